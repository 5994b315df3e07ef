-- days and day_slots: the slots of local dates
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- a Monday, at ten
SET timetap.now = '2030-01-07 10:00+00';
SELECT handle FROM timetap.add_host('days-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('days-ana', 'Mon-Fri 09:00-12:00');
SELECT horizon FROM timetap.add_event_type('days-ana/intro', horizon => '10 days');
SELECT timetap.block_dates('days-ana', '2030-01-10', reason => 'fair');
SELECT timetap.set_date_hours('days-ana', '2030-01-12', '14:00-16:00');
SELECT timetap.set_date_hours('days-ana', '2030-01-14', '10:00-10:30');
SELECT count(*) FROM timetap.add_busy('days-ana', '2030-01-11 08:00+00', '2030-01-11 10:30+00');
SELECT status FROM timetap.book('days-ana/intro', '2030-01-09 08:00+00', 'ben@example.org');
SELECT status FROM timetap.book('days-ana/intro', '2030-01-09 09:00+00', 'ben@example.org');
SELECT status FROM timetap.book('days-ana/intro', '2030-01-09 10:00+00', 'ben@example.org');
SELECT status FROM timetap.book('days-ana/intro', '2030-01-15 09:00+00', 'ben@example.org');

-- a row for every date, and why there is nothing: what is over, weekends, a
-- block, meetings, a busy time, hours that are too short, the horizon
SELECT * FROM timetap.days('days-ana/intro', '2030-01-06', '2030-01-18');
-- from today for 30 dates; the zone decides what today is
SELECT count(*), min(day), max(day), sum(free_slots) FROM timetap.days('days-ana/intro');
SET timetap.now = '2030-01-07 23:30+00';
SELECT min(day) FROM timetap.days('days-ana/intro');
SELECT min(day) FROM timetap.days('days-ana/intro', time_zone => 'UTC');
SELECT min(day), max(day) FROM timetap.days('days-ana/intro', NULL, '2030-01-09', NULL, NULL);
SET timetap.now = '2030-01-07 06:00+00';
-- a date in part over, the rest taken: that is why
SELECT day, free_slots, code FROM timetap.days('days-ana/intro', '2030-01-09', '2030-01-09');
SET timetap.now = '2030-01-09 09:30+00';
SELECT day, free_slots, code FROM timetap.days('days-ana/intro', '2030-01-09', '2030-01-09');
SET timetap.now = '2030-01-09 10:30+00';
SELECT day, free_slots, code FROM timetap.days('days-ana/intro', '2030-01-09', '2030-01-09');
SET timetap.now = '2030-01-07 06:00+00';
-- in a zone of the viewer, the same slots are on other dates
SELECT day, free_slots, times, code FROM timetap.days('days-ana/intro', '2030-01-07', '2030-01-09', 'Pacific/Auckland');
SELECT day, free_slots, times, code FROM timetap.days('days-ana/intro', '2030-01-07', '2030-01-09', 'Pacific/Honolulu');

-- as many as slots() lists, whatever the zone
SELECT z.name FROM unnest('{UTC,Asia/Jakarta,Asia/Kathmandu,Australia/Lord_Howe,America/New_York,Pacific/Kiritimati}'::text[]) z (name),
	LATERAL (SELECT array_agg(s) AS starts FROM timetap.days('days-ana/intro', '2030-01-01', '2030-02-01', z.name) d, unnest(d.starts) s) d,
	LATERAL (SELECT array_agg(d.day + t) AS times FROM timetap.days('days-ana/intro', '2030-01-01', '2030-02-01', z.name) d, unnest(d.times) t) t,
	LATERAL (SELECT array_agg(s.starts_at) AS starts, array_agg(s.local_date + s.local_time) AS times
		FROM timetap.slots('days-ana/intro', '2030-01-01', '2030-02-01', z.name) s) s
WHERE d.starts IS DISTINCT FROM s.starts OR t.times IS DISTINCT FROM s.times OR cardinality(s.starts) < 5;

-- a date's grid, free and taken
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-11');
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-09', 'America/New_York');
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-10');
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-06');
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-18');
-- with buffers, a finer grid and other durations
SELECT slug FROM timetap.add_event_type('days-ana/long', duration => '60 min', slot_interval => '30 min', buffer_before => '15 min', durations => '{30 min}');
SELECT local_time, available, code FROM timetap.day_slots('days-ana/long', '2030-01-15');
SELECT local_time, available, code FROM timetap.day_slots('days-ana/long', '2030-01-15', duration => '30 min');
SELECT day, times FROM timetap.days('days-ana/long', '2030-01-15', '2030-01-15', duration => '30 min');

-- every code is check_slot's, every available start is one of slots()
SELECT e.slug, s.starts_at, s.code, c.code
FROM timetap.event_types e JOIN timetap.hosts h ON h.id = e.host_id,
	generate_series(date '2030-01-05', '2030-01-20', '1 day') g (day),
	timetap.day_slots(e.id::text, g.day::date) s, timetap.check_slot(e.id::text, s.starts_at) c
WHERE h.handle = 'days-ana' AND (s.code IS DISTINCT FROM c.code OR s.available <> c.bookable);
SELECT count(*) FROM timetap.event_types e JOIN timetap.hosts h ON h.id = e.host_id,
	LATERAL (SELECT array_agg(s.starts_at) AS starts FROM generate_series(date '2030-01-05', '2030-01-20', '1 day') g (day),
		timetap.day_slots(e.id::text, g.day::date) s WHERE s.available) d,
	LATERAL (SELECT array_agg(s.starts_at) AS starts FROM timetap.slots(e.id::text, '2030-01-05', '2030-01-21') s) s
WHERE h.handle = 'days-ana' AND d.starts = s.starts;

-- clock changes: a date that is on again when the next one has begun, and one that the zone skips
SET timetap.now = '2010-11-06 00:00+00';
SELECT handle FROM timetap.add_host('days-john', time_zone => 'America/St_Johns');
SELECT timetap.set_hours('days-john', 'Sat-Sun 00:00-24:00');
SELECT slug FROM timetap.add_event_type('days-john/half', duration => '30 min');
SELECT day, free_slots, times[1:2] AS first, times[free_slots - 3:] AS last, starts[1], starts[free_slots] FROM timetap.days('days-john/half', '2010-11-05', '2010-11-08');
SELECT count(*), min(starts_at), max(starts_at) FROM timetap.day_slots('days-john/half', '2010-11-06');
SET timetap.now = '2011-12-28 00:00+00';
SELECT handle FROM timetap.add_host('days-sina', time_zone => 'Pacific/Apia');
SELECT timetap.set_hours('days-sina', 'Mon-Sun 09:00-11:00');
SELECT slug FROM timetap.add_event_type('days-sina/intro');
SELECT * FROM timetap.days('days-sina/intro', '2011-12-29', '2011-12-31');
SELECT * FROM timetap.day_slots('days-sina/intro', '2011-12-30');

-- inactive, hidden behind NULL, unknown
SET timetap.now = '2030-01-07 06:00+00';
SELECT active FROM timetap.add_event_type('days-ana/old', active => false);
SELECT * FROM timetap.days('days-ana/old', '2030-01-08', '2030-01-09');
SELECT local_time, available, code FROM timetap.day_slots('days-ana/old', '2030-01-08');
SELECT * FROM timetap.days(NULL);
SELECT * FROM timetap.day_slots(NULL, '2030-01-08');
SELECT * FROM timetap.days('days-ana/none');
SELECT * FROM timetap.day_slots('days-ana/none', '2030-01-08');
-- what cannot be asked
SELECT * FROM timetap.day_slots('days-ana/intro', NULL);
SELECT * FROM timetap.day_slots('days-ana/intro', 'infinity');
SELECT * FROM timetap.day_slots('days-ana/intro', '2030-01-08', 'Mars/Base');
SELECT * FROM timetap.days('days-ana/intro', '1899-12-31');
SELECT * FROM timetap.days('days-ana/intro', to_date => '2200-01-01');
SELECT * FROM timetap.days('days-ana/intro', '2030-01-08', '2030-01-07');
SELECT * FROM timetap.days('days-ana/intro', '-infinity', 'infinity');
SELECT * FROM timetap.days('days-ana/intro', '2030-01-01', '2032-12-31');
SELECT count(*) FROM timetap.days('days-ana/intro', '2030-01-01', '2032-12-29');
SELECT * FROM timetap.days('days-ana/intro', time_zone => 'Mars/Base');
SELECT * FROM timetap.days('days-ana/intro', duration => '61 min');
-- the last dates there are
SELECT count(*), max(day) FROM timetap.days('days-ana/intro', '2199-12-20');

DELETE FROM timetap.booking_events USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'days-%';
DELETE FROM timetap.bookings USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'days-%';
DELETE FROM timetap.allocations USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'days-%';
DELETE FROM timetap.hosts WHERE handle LIKE 'days-%';
