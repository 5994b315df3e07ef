-- host_hours and free_busy: when a host is open, and when his time is taken
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SET timetap.now = '2030-01-07 06:00+00';

SELECT handle FROM timetap.add_host('hours-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('hours-ana', 'Mon-Wed 09:00-12:00,13:00-17:00; Fri 22:00-02:00; Sat 00:00-24:00; Sun 00:00-06:00');
SELECT timetap.set_hours('hours-ana', 'Mon 18:00-20:00', 'evening');
SELECT timetap.block_dates('hours-ana', '2030-01-08', reason => 'fair');
SELECT timetap.set_date_hours('hours-ana', '2030-01-09', '10:00-11:00');
SELECT timetap.set_date_hours('hours-ana', '2030-01-10', '14:00-16:00');
SELECT timetap.set_date_hours('hours-ana', '2030-01-15', '');

-- a row for each window that begins on the dates; windows of two dates stay apart
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-07', '2030-01-15');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-11', '2030-01-11');
-- of another schedule; one that nobody has set
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-07', '2030-01-15', 'evening');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-07', '2030-01-15', 'morning');
-- a blocked date is cut out of what runs into it, and of what runs out of it
SELECT timetap.block_dates('hours-ana', '2030-01-12');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-11', '2030-01-12');
SELECT timetap.unblock_dates('hours-ana', '2030-01-12') AS unblocked, timetap.block_dates('hours-ana', '2030-01-11');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-11', '2030-01-11');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-12', '2030-01-12');
-- rows by hand that overlap are one window
INSERT INTO timetap.availability_rules (host_id, day_of_week, starts, ends)
	SELECT id, 4, t.starts, t.ends FROM timetap.hosts,
		(VALUES (time '13:00', time '15:00'), ('09:15', '14:00'), ('10:00', '11:00'), ('15:00', '15:30')) t (starts, ends)
	WHERE handle = 'hours-ana';
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-17', '2030-01-17');
-- clock changes: an hour less, an hour more
SELECT day, opens_at, closes_at, closes_at - opens_at AS open FROM timetap.host_hours('hours-ana', '2030-03-30', '2030-03-31');
SELECT day, opens_at, closes_at, closes_at - opens_at AS open FROM timetap.host_hours('hours-ana', '2030-10-26', '2030-10-27');
-- slots lie in them
SELECT slug FROM timetap.add_event_type('hours-ana/intro', slot_interval => '30 min');
SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM timetap.host_hours('hours-ana', '2030-01-06', '2030-02-06') h
	WHERE h.opens_at <= s.starts_at AND s.starts_at < h.closes_at)) AS inside
FROM timetap.slots('hours-ana/intro', '2030-01-07', '2030-02-04') s;

-- taken: a meeting with its buffers, busy times that overlap, touch, are long, empty or transparent, a hold
SELECT slug FROM timetap.add_event_type('hours-ana/buffered', buffer_before => '15 min', buffer_after => '10 min');
SELECT status FROM timetap.book('hours-ana/buffered', '2030-01-07 09:00+00', 'ben@example.org');
SELECT count(*) FROM
	(VALUES ('2030-01-07 12:00+00'::timestamptz, '2030-01-07 13:00+00'::timestamptz, false), ('2030-01-07 12:30+00', '2030-01-07 14:00+00', false),
		('2030-01-07 14:00+00', '2030-01-07 14:30+00', false), ('2030-01-07 15:00+00', '2030-01-07 16:00+00', true),
		('2030-01-07 17:00+00', '2030-01-07 17:00+00', false), ('2030-01-09 00:00+00', '2030-01-12 00:00+00', false)) t (lo, hi, free),
	timetap.add_busy('hours-ana', t.lo, t.hi, transparent => t.free);
WITH a AS (
	INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
	SELECT e.host_id, gen_random_uuid(), e.id, t.at, t.at + interval '1 hour', tstzrange(t.at, t.at + interval '1 hour'), t.expires
	FROM timetap.event_types e, (VALUES ('2030-01-08 09:00+00'::timestamptz, '2030-01-07 07:00+00'::timestamptz), ('2030-01-08 11:00+00', '2030-01-07 05:00+00')) t (at, expires)
	WHERE e.slug = 'buffered' RETURNING 1)
SELECT count(*) AS holds FROM a;
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-07', '2030-01-14');
-- clipped to the range; half-open
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-07 09:30', '2030-01-07 12:10');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-10', '2030-01-11');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-07 10:10', '2030-01-07 12:00');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-07 09:00', '2030-01-07 09:00');
-- no slot lies in taken time
SELECT count(*) FROM timetap.slots('hours-ana/intro', '2030-01-07', '2030-01-14') s
	JOIN timetap.free_busy('hours-ana', '2030-01-07', '2030-01-14') b ON tstzrange(s.starts_at, s.ends_at) && tstzrange(b.starts_at, b.ends_at);
-- by id, too
SELECT count(*) FROM timetap.hosts h, timetap.free_busy(h.id::text, '2030-01-07', '2030-01-14') WHERE h.handle = 'hours-ana';
SELECT count(*) FROM timetap.hosts h, timetap.host_hours(h.id::text, '2030-01-07', '2030-01-08') WHERE h.handle = 'hours-ana';

-- no host, an unknown one, what cannot be asked
SELECT * FROM timetap.host_hours(NULL, '2030-01-07', '2030-01-14');
SELECT * FROM timetap.free_busy(NULL, '2030-01-07', '2030-01-14');
SELECT * FROM timetap.host_hours('hours-bo', '2030-01-07', '2030-01-14');
SELECT * FROM timetap.free_busy('hours-bo', '2030-01-07', '2030-01-14');
SELECT * FROM timetap.host_hours('hours-ana', NULL, '2030-01-14');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-14', 'infinity');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-14', '2030-01-13');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-01', '2033-01-01');
SELECT * FROM timetap.host_hours('hours-ana', '2030-01-14', '2030-01-15', 'No schedule');
SELECT * FROM timetap.free_busy('hours-ana', NULL, '2030-01-14');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-14', '2030-01-13');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-14', '2033-01-13');
SELECT * FROM timetap.free_busy('hours-ana', '2030-01-14', 'infinity');

DELETE FROM timetap.booking_events USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'hours-%';
DELETE FROM timetap.bookings USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'hours-%';
DELETE FROM timetap.allocations USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'hours-%';
DELETE FROM timetap.hosts WHERE handle LIKE 'hours-%';
