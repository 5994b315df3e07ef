-- slots, next_slots and check_slot: what is offered, and why something is not
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- a Monday, early in the morning
SET timetap.now = '2030-01-07 06:00+00';

-- Starts as the host's clock shows them, of the days from on_date on.
CREATE FUNCTION pg_temp.starts(event_type text, on_date date, days int DEFAULT 1, duration interval DEFAULT NULL)
RETURNS TABLE (day text, starts text) LANGUAGE sql STABLE AS $$
	SELECT to_char(s.local_date, 'Dy DD Mon'), string_agg(to_char(s.local_time, 'HH24:MI'), ' ' ORDER BY s.starts_at)
	FROM timetap.hosts h,
		timetap.slots(event_type, on_date::timestamp AT TIME ZONE h.time_zone,
			(on_date + days)::timestamp AT TIME ZONE h.time_zone, duration => duration) s
	WHERE h.handle = split_part(event_type, '/', 1)
	GROUP BY s.local_date ORDER BY s.local_date
$$;

SELECT handle, time_zone FROM timetap.add_host('slots-ana', time_zone => 'UTC');
SELECT timetap.set_hours('slots-ana', 'Mon-Fri 09:00-12:00,13:00-17:00');
SELECT duration, slot_interval, horizon FROM timetap.add_event_type('slots-ana/intro');

-- the grid: hourly from each window's start, the last one ends with its window
SELECT * FROM timetap.slots('slots-ana/intro', '2030-01-07', '2030-01-08');
-- not at the weekend
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-10', 5);
-- from_time inclusive, until_time exclusive
SELECT local_time FROM timetap.slots('slots-ana/intro', '2030-01-07 09:00', '2030-01-07 11:00');
SELECT local_time FROM timetap.slots('slots-ana/intro', '2030-01-07 09:00:00.000001', '2030-01-07 11:00:00.000001');
SELECT count(*) FROM timetap.slots('slots-ana/intro', '2030-01-07 09:00', '2030-01-07 09:00');
-- from now for 30 days: 22 weekdays with 7 starts, to Tue 5 Feb inclusive
SELECT count(*), min(starts_at), max(starts_at) FROM timetap.slots('slots-ana/intro');
SELECT count(*), min(starts_at), max(starts_at) FROM timetap.slots('slots-ana/intro', NULL, NULL, NULL, NULL);
-- by uuid, too
SELECT count(*) FROM timetap.event_types e, timetap.slots(e.id::text) s WHERE e.slug = 'intro';
-- what has begun is gone: the first start is not before now
SET timetap.now = '2030-01-07 10:00+00';
SELECT local_time FROM timetap.slots('slots-ana/intro', '2030-01-07', '2030-01-08') LIMIT 1;
SET timetap.now = '2030-01-07 10:00:00.000001+00';
SELECT local_time FROM timetap.slots('slots-ana/intro', '2030-01-07', '2030-01-08') LIMIT 1;
SET timetap.now = '2030-01-07 06:00+00';

-- a finer grid, and durations to choose from: more starts at 30 minutes, fewer at 90
SELECT durations FROM timetap.add_event_type('slots-ana/flexible', slot_interval => '30 min', durations => '{30 min,90 min}');
SELECT '30' AS minutes, starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-07', duration => '30 min')
UNION ALL SELECT '60', starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-07')
UNION ALL SELECT '90', starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-07', duration => '90 min');
SELECT starts_at, ends_at FROM timetap.slots('slots-ana/flexible', '2030-01-07', '2030-01-08', duration => '1.5 hours') LIMIT 1;
SELECT * FROM timetap.slots('slots-ana/flexible', duration => '45 min');
SELECT * FROM timetap.slots('slots-ana/intro', duration => '30 min');

-- 14:00 for 60 minutes blocks 13:30 and 14:30, not 13:00 and 15:00, for every event type of the host
SELECT status FROM timetap.book('slots-ana/intro', '2030-01-07 14:00+00', 'ben@example.org');
SELECT starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-07');
SELECT starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-07', duration => '30 min');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-07');

-- windows that touch are one: the grid goes on over the border
SELECT timetap.set_hours('slots-ana', 'Mon 09:00-10:30; Mon 10:30-12:00');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-14');
-- rows by hand that overlap are one as well
INSERT INTO timetap.availability_rules (host_id, day_of_week, starts, ends)
	SELECT id, 2, t.starts, t.ends FROM timetap.hosts,
		(VALUES (time '13:00', time '15:00'), ('09:15', '14:00'), ('10:00', '11:00')) t (starts, ends)
	WHERE handle = 'slots-ana';
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-15');
-- windows too short for the duration offer nothing
SELECT timetap.set_hours('slots-ana', 'Mon 09:00-09:59,10:00-11:00');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-14');

-- over midnight, from the date on that it starts on; Sat 00:00 is not a start of Friday's window
SELECT timetap.set_hours('slots-ana', 'Fri 22:00-02:00');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-10', 5);
-- also when it is asked for what lies after midnight only
SELECT starts_at FROM timetap.slots('slots-ana/intro', '2030-01-12 00:30', '2030-01-13');
-- up to 24:00, and on from 00:00: one window of 8 hours, so 90 minutes run over midnight
SELECT timetap.set_hours('slots-ana', 'Mon 20:00-24:00; Tue 00:00-04:00');
SELECT duration FROM timetap.add_event_type('slots-ana/long', duration => '90 min');
SELECT * FROM pg_temp.starts('slots-ana/long', '2030-01-14', 2);
-- a window over midnight and one of the next day that it runs into
SELECT timetap.set_hours('slots-ana', 'Mon 22:00-03:00; Tue 02:00-06:00');
SELECT * FROM pg_temp.starts('slots-ana/long', '2030-01-14', 2);

-- always open: every date has the same starts, wherever the query begins
SELECT timetap.set_hours('slots-ana', 'Mon-Sun 00:00-24:00');
SELECT slot_interval FROM timetap.add_event_type('slots-ana/seven', slot_interval => '7 hours');
SELECT * FROM pg_temp.starts('slots-ana/seven', '2030-01-15', 3);
SELECT count(*) AS differing FROM generate_series(timestamptz '2030-01-15', '2030-01-16', '1 hour') f (t),
	LATERAL (SELECT array_agg(starts_at) AS a FROM timetap.slots('slots-ana/seven', f.t, '2030-01-20')) ranged,
	LATERAL (SELECT array_agg(starts_at) AS a FROM timetap.slots('slots-ana/seven', '2030-01-08', '2030-01-20') WHERE starts_at >= f.t) cut
WHERE ranged.a IS DISTINCT FROM cut.a;

-- buffers: before 15 and after 30 minutes may stick out of the window
SELECT timetap.set_hours('slots-ana', 'Mon 08:00-18:00');
SELECT buffer_before, buffer_after FROM timetap.add_event_type('slots-ana/buffered', buffer_before => '15 min', buffer_after => '30 min');
SELECT starts FROM pg_temp.starts('slots-ana/buffered', '2030-01-14');
-- 12:00 takes 11:45 to 13:30: with their own buffers 11:00 ends at 12:30 and 13:00 begins at 12:45; 10:00 and 14:00 just fit
SELECT status FROM timetap.book('slots-ana/buffered', '2030-01-14 12:00+00', 'ben@example.org');
SELECT starts FROM pg_temp.starts('slots-ana/buffered', '2030-01-14');
-- without buffers of its own: only what overlaps 11:45 to 13:30 is gone
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-14');
SELECT starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-14', duration => '30 min');
-- a busy time has no buffers: of 09:00 the 30 minutes after reach into it, 10:00 is its own time
SELECT source FROM timetap.add_busy('slots-ana', '2030-01-14 10:15+00', '2030-01-14 10:30+00', external_id => 'a');
SELECT starts FROM pg_temp.starts('slots-ana/buffered', '2030-01-14');
SELECT starts FROM pg_temp.starts('slots-ana/flexible', '2030-01-14', duration => '30 min');

-- busy times: transparent ones and those without length do not count; the same external id again moves
SELECT transparent FROM timetap.add_busy('slots-ana', '2030-01-14 10:15+00', '2030-01-14 10:30+00', external_id => 'a', transparent => true);
SELECT transparent FROM timetap.add_busy('slots-ana', '2030-01-14 16:30+00', '2030-01-14 16:30+00');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-14');
-- of exactly a day, and of longer than a day; both over the weekly day, found by starts and by ends
SELECT lasts_long FROM timetap.add_busy('slots-ana', '2030-01-20 17:00+00', '2030-01-21 17:00+00', external_id => 'day');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-21');
SELECT lasts_long FROM timetap.add_busy('slots-ana', '2030-01-01 00:00+00', '2030-01-21 16:00+00', external_id => 'day');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-07', 15);
SELECT timetap.remove_busy('slots-ana', b.id) FROM timetap.busy_times b WHERE b.external_id = 'day';
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-07', 15);

-- notice: exactly three hours are enough for 09:00, a microsecond more is not
SELECT timetap.set_hours('slots-ana', 'Mon-Fri 09:00-12:00');
SELECT min_notice FROM timetap.add_event_type('slots-ana/notice', min_notice => '3 hours');
SELECT starts FROM pg_temp.starts('slots-ana/notice', '2030-01-07');
SET timetap.now = '2030-01-07 06:00:00.000001+00';
SELECT starts FROM pg_temp.starts('slots-ana/notice', '2030-01-07');
SET timetap.now = '2030-01-07 06:00+00';

-- horizon: whole days to the end of that local date, hours to the instant, NULL none
SELECT horizon FROM timetap.add_event_type('slots-ana/one-day', horizon => '1 day');
SELECT horizon FROM timetap.add_event_type('slots-ana/hours', horizon => '27 hours 1 min');
SELECT horizon FROM timetap.add_event_type('slots-ana/just', horizon => '27 hours');
SELECT horizon FROM timetap.add_event_type('slots-ana/endless', horizon => NULL);
SELECT 'one-day' AS event_type, * FROM pg_temp.starts('slots-ana/one-day', '2030-01-07', 7)
UNION ALL SELECT 'hours', * FROM pg_temp.starts('slots-ana/hours', '2030-01-07', 7)
UNION ALL SELECT 'just', * FROM pg_temp.starts('slots-ana/just', '2030-01-07', 7);
SELECT count(*) FROM timetap.slots('slots-ana/endless', '2032-01-05', '2032-01-06');
-- sixty days by default: 8 March
SELECT max(local_date) FROM timetap.slots('slots-ana/intro', '2030-02-01', '2030-04-01');
-- the end of the date is the host's: in Auckland Tue 8 Jan ends at 11:00 UTC, where the next slot would begin
SELECT time_zone FROM timetap.add_host('slots-kiri', time_zone => 'Pacific/Auckland');
SELECT timetap.set_hours('slots-kiri', 'Mon-Sun 23:00-24:00; Mon-Sun 00:00-02:00');
SELECT horizon FROM timetap.add_event_type('slots-kiri/intro', horizon => '1 day');
SELECT starts_at, local_date, local_time FROM timetap.slots('slots-kiri/intro');

-- bookable_from and bookable_until are local dates, both inclusive
SELECT bookable_from, bookable_until FROM timetap.add_event_type('slots-ana/season', bookable_from => '2030-01-09', bookable_until => '2030-01-10');
SELECT * FROM pg_temp.starts('slots-ana/season', '2030-01-01', 30);

-- start_offset
SELECT start_offset FROM timetap.add_event_type('slots-ana/offset', start_offset => '20 min');
SELECT starts FROM pg_temp.starts('slots-ana/offset', '2030-01-07');

-- align: with 09:20 to 09:50 busy the window's grid goes on at 10:00, the gap's restarts at 09:50
SELECT source FROM timetap.add_busy('slots-ana', '2030-01-08 09:20+00', '2030-01-08 09:50+00');
SELECT align FROM timetap.add_event_type('slots-ana/gap', align => 'gap');
SELECT align FROM timetap.add_event_type('slots-ana/clock', align => 'clock', slot_interval => '45 min');
SELECT 'window' AS align, starts FROM pg_temp.starts('slots-ana/intro', '2030-01-08')
UNION ALL SELECT 'gap', starts FROM pg_temp.starts('slots-ana/gap', '2030-01-08');
-- after two meetings that touch it restarts once, at the end of the second; buffer_before is part of it
SELECT buffer_before FROM timetap.add_event_type('slots-ana/gap-buffer', duration => '20 min', align => 'gap', buffer_before => '10 min');
SELECT source FROM timetap.add_busy('slots-ana', '2030-01-08 09:50+00', '2030-01-08 10:05+00');
SELECT starts FROM pg_temp.starts('slots-ana/gap', '2030-01-08')
UNION ALL SELECT starts FROM pg_temp.starts('slots-ana/gap-buffer', '2030-01-08');
-- clock: 45 minutes begin at a quarter of an hour, 60 at the full hour; a window from 09:10 on
SELECT timetap.set_date_hours('slots-ana', '2030-01-09', '09:10-12:10');
SELECT align FROM timetap.add_event_type('slots-ana/clock-hour', align => 'clock');
SELECT align FROM timetap.add_event_type('slots-ana/clock-offset', align => 'clock', start_offset => '5 min');
SELECT 'window' AS align, starts FROM pg_temp.starts('slots-ana/intro', '2030-01-09')
UNION ALL SELECT 'clock 45', starts FROM pg_temp.starts('slots-ana/clock', '2030-01-09')
UNION ALL SELECT 'clock 60', starts FROM pg_temp.starts('slots-ana/clock-hour', '2030-01-09')
UNION ALL SELECT 'clock 60 + 5', starts FROM pg_temp.starts('slots-ana/clock-offset', '2030-01-09');

-- schedules: each event type reads its own; one without hours offers nothing
SELECT timetap.set_hours('slots-ana', 'Mon-Fri 18:00-20:00', 'evening');
SELECT schedule FROM timetap.add_event_type('slots-ana/evening', schedule => 'evening');
SELECT schedule FROM timetap.add_event_type('slots-ana/nowhere', schedule => 'nowhere');
SELECT * FROM pg_temp.starts('slots-ana/evening', '2030-01-11', 4);
SELECT * FROM pg_temp.starts('slots-ana/nowhere', '2030-01-11', 4);

-- other hours on a date replace the weekly ones, of their schedule only
SELECT timetap.set_date_hours('slots-ana', '2030-01-11', '10:00-11:00,15:00-16:00');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-11')
UNION ALL SELECT starts FROM pg_temp.starts('slots-ana/evening', '2030-01-11');
-- also on a date without weekly hours, and over midnight
SELECT timetap.set_date_hours('slots-ana', '2030-01-12', '22:30-01:30');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-11', 4);
-- not available; and back to weekly
SELECT timetap.set_date_hours('slots-ana', '2030-01-11', '');
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-11');
SELECT timetap.set_date_hours('slots-ana', '2030-01-11', NULL);
SELECT starts FROM pg_temp.starts('slots-ana/intro', '2030-01-11');

-- blocked dates take every schedule, and every instant of the date: of a window over midnight the part before or after
SELECT timetap.block_dates('slots-ana', '2030-01-14', '2030-01-15', 'holiday');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-14', 3);
SELECT * FROM pg_temp.starts('slots-ana/evening', '2030-01-14', 3);
SELECT timetap.set_hours('slots-ana', 'Sun 22:00-02:00; Tue 22:00-02:00');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-13', 4);
-- a slot that would run into the blocked date does not fit
SELECT * FROM pg_temp.starts('slots-ana/long', '2030-01-13', 4);
-- special hours on a blocked date come back when it is unblocked
SELECT timetap.set_date_hours('slots-ana', '2030-01-14', '15:00-16:00');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-14', 2);
SELECT timetap.unblock_dates('slots-ana', '2030-01-14', '2030-01-15');
SELECT * FROM pg_temp.starts('slots-ana/intro', '2030-01-14', 2);

-- holds take their time until they expire
SELECT handle FROM timetap.add_host('slots-bo', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('slots-bo', 'Mon-Fri 09:00-13:00');
SELECT slug FROM timetap.add_event_type('slots-bo/intro', buffer_after => '30 min', slot_interval => '30 min', horizon => '14 days');
WITH h AS (SELECT h.id AS host, e.id AS event, m.meeting, m.starts, m.expires
	FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id,
		(VALUES ('00000000-0000-4000-8000-000000000001'::uuid, timestamptz '2030-01-07 08:00+00', timestamptz '2030-01-07 06:10+00'),
			('00000000-0000-4000-8000-000000000002', '2030-01-07 10:00+00', '2030-01-07 06:00+00')) m (meeting, starts, expires)
	WHERE h.handle = 'slots-bo'),
a AS (INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
	SELECT host, meeting, event, starts, starts + '60 min', tstzrange(starts, starts + '90 min'), expires FROM h)
INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status, expires_at)
	SELECT host, event, host, meeting, starts, starts + '60 min', 'held', expires FROM h;
-- 09:00 to 10:30 is held until 06:10; the hold at 11:00 ended at 06:00, this very moment
SELECT starts FROM pg_temp.starts('slots-bo/intro', '2030-01-07');
SET timetap.now = '2030-01-07 06:10+00';
SELECT starts FROM pg_temp.starts('slots-bo/intro', '2030-01-07');
SET timetap.now = '2030-01-07 06:00+00';

-- local date and time are the host's, or those of the zone asked for
SELECT starts_at, local_date, local_time FROM timetap.next_slots('slots-bo/intro', 1, '2030-01-08');
SELECT starts_at, local_date, local_time FROM timetap.next_slots('slots-bo/intro', 1, '2030-01-08', time_zone => 'Asia/Kathmandu');
SELECT starts_at, local_date, local_time FROM timetap.next_slots('slots-bo/intro', 1, '2030-01-08', time_zone => 'pacific/honolulu');
SELECT * FROM timetap.slots('slots-bo/intro', time_zone => 'Foo5');
SELECT * FROM timetap.next_slots('slots-bo/intro', time_zone => 'Mars/Phobos');

-- next_slots: the same slots, as many as wanted, over gaps of any length
SELECT local_date, local_time FROM timetap.next_slots('slots-bo/intro');
SELECT local_date, local_time FROM timetap.next_slots('slots-bo/intro', 3, '2030-01-07 11:00+00');
SELECT timetap.block_dates('slots-bo', '2030-01-08', '2030-01-20');
SELECT local_date, local_time FROM timetap.next_slots('slots-bo/intro', 2, '2030-01-08');
-- only to until_time, and to the horizon: Mon 21 January
SELECT count(*) FROM timetap.next_slots('slots-bo/intro', 1, '2030-01-08', '2030-01-21');
SELECT count(*) FROM timetap.next_slots('slots-bo/intro', 1000, '2030-01-08');
SELECT count(*) FROM timetap.slots('slots-bo/intro', '2030-01-08', '2031-01-01');
SELECT array_agg(n ORDER BY n.starts_at) = (SELECT array_agg(s ORDER BY s.starts_at) FROM timetap.slots('slots-bo/intro') s) AS same
	FROM timetap.next_slots('slots-bo/intro', 1000) n;
SELECT * FROM timetap.next_slots('slots-bo/intro', 0);
SELECT * FROM timetap.next_slots('slots-bo/intro', -1);

-- check_slot: each reason, in the order of precedence
SELECT status FROM timetap.book('slots-bo/intro', '2030-01-21 10:00+00', 'ben@example.org');
SELECT source FROM timetap.add_busy('slots-bo', '2030-01-21 08:15+00', '2030-01-21 08:30+00');
SELECT t.wanted, c.bookable, c.code, c.message FROM (VALUES
	(1, 'free', '2030-01-07 10:00'),		-- the expired hold does not count
	(2, 'too soon', '2030-01-07 05:00'),
	(3, 'too far', '2030-01-22 09:00'),
	(4, 'blocked', '2030-01-09 08:00'),
	(5, 'outside', '2030-01-07 13:00'),
	(6, 'outside', '2030-01-07 11:30'),		-- would end after the window
	(7, 'outside', '2030-01-12 09:00'),		-- blocked as well: that comes first
	(8, 'off grid', '2030-01-07 10:15'),
	(9, 'taken', '2030-01-21 10:30'),
	(10, 'held', '2030-01-07 08:30'),
	(11, 'busy', '2030-01-21 08:00'),
	(12, 'buffer', '2030-01-21 09:00'),		-- its own buffer meets the booking at 10:00
	(13, 'buffer', '2030-01-07 09:00'),		-- the hold's buffer
	(14, 'free', '2030-01-21 08:30')
) t (n, wanted, starts), timetap.check_slot('slots-bo/intro', (t.starts || '+00')::timestamptz) c ORDER BY t.n;
SELECT * FROM timetap.check_slot('slots-bo/intro', '2030-01-07 10:00+00', '30 min');
SELECT * FROM timetap.check_slot('slots-bo/intro', '2030-01-07 10:00+00', '60 min');
SELECT * FROM timetap.check_slot('slots-bo/intro', NULL);
SELECT * FROM timetap.check_slot('slots-bo/intro', 'infinity');
SELECT * FROM timetap.check_slot('slots-bo/nothing', '2030-01-07 10:00+00');

-- not active: nothing is offered
UPDATE timetap.event_types SET active = false WHERE slug = 'season';
SELECT count(*) FROM timetap.slots('slots-ana/season');
SELECT count(*) FROM timetap.next_slots('slots-ana/season');
SELECT * FROM timetap.check_slot('slots-ana/season', '2030-01-09 09:00+00');

-- a NULL address has no rows, an unknown one is an error
SELECT * FROM timetap.slots(NULL);
SELECT * FROM timetap.next_slots(NULL);
SELECT * FROM timetap.check_slot(NULL, '2030-01-07 10:00+00');
SELECT * FROM timetap.slots('slots-bo/nothing');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM timetap.slots('slots-bo');
SELECT * FROM timetap.slots('00000000-0000-4000-8000-000000000000');
SELECT * FROM timetap.next_slots('nobody/intro');

-- they read only
BEGIN READ ONLY;
SELECT count(*) FROM timetap.slots('slots-bo/intro');
SELECT count(*) FROM timetap.next_slots('slots-bo/intro');
SELECT code FROM timetap.check_slot('slots-bo/intro', '2030-01-07 08:30+00');
COMMIT;
-- also in a parallel worker
SELECT count(*) AS slots FROM timetap.slots('slots-bo/intro') \gset leader_
SELECT count(set_config(name, 'on', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
EXPLAIN (COSTS OFF) SELECT count(*) FROM timetap.slots('slots-bo/intro');
SELECT count(*) = :leader_slots AS same FROM timetap.slots('slots-bo/intro');
SELECT local_time FROM timetap.next_slots('slots-bo/intro');
SELECT code FROM timetap.check_slot('slots-bo/intro', '2030-01-07 08:30+00');
SELECT count(set_config(name, 'off', false)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');

DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
DELETE FROM timetap.hosts WHERE handle LIKE 'slots-%';
