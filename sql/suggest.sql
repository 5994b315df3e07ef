-- suggest: the slots to offer first
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SET timetap.now = '2030-01-07 06:00+00';

SELECT handle FROM timetap.add_host('suggest-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('suggest-ana', 'Mon-Fri 09:00-12:00');
SELECT slug FROM timetap.add_event_type('suggest-ana/intro', slot_interval => '30 min');
SELECT status FROM timetap.book('suggest-ana/intro', '2030-01-08 09:00+00', 'ben@example.org');

-- between a meeting and the border of the hours: nothing of the time is lost
SELECT * FROM timetap.suggest('suggest-ana/intro', from_time => '2030-01-08', until_time => '2030-01-09');
-- at a border rather than half an hour from it, which nobody could use
SELECT local_time, reason FROM timetap.suggest('suggest-ana/intro', 2, '2030-01-09', '2030-01-10');
SELECT local_time, reason FROM timetap.suggest('suggest-ana/intro', 4, '2030-01-09', '2030-01-10');
SELECT local_time, reason FROM timetap.suggest('suggest-ana/intro', 9, '2030-01-09', '2030-01-10');
-- with buffers, too
SELECT slug FROM timetap.add_event_type('suggest-ana/buffered', duration => '30 min', buffer_before => '15 min', buffer_after => '15 min');
SELECT local_time, reason FROM timetap.suggest('suggest-ana/buffered', 5, '2030-01-09', '2030-01-10');

-- hours and days that are preferred come first, best first among them
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 3, prefer => '{"hours": ["10:00-11:00"], "days": ["Wed-Thu"]}');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 2, prefer => '{"days": ["fri", "0"]}');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 2, prefer => '{"hours": ["22:00-02:00,10:00-10:30"]}');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 2, prefer => '{"hours": ["13:00-14:00"]}');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 1, prefer => '{"hours": []}');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-ana/intro', 1, prefer => '{}');

-- where nothing else tells: what was booked most in the past 90 days, on the host's clock
SELECT handle FROM timetap.add_host('suggest-bo', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('suggest-bo', 'Mon-Fri 09:00-12:00');
SELECT slug FROM timetap.add_event_type('suggest-bo/intro');
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-bo/intro', 2);
SET timetap.now = '2029-08-01 06:00+00';
SELECT count(*) FROM generate_series(0, 6) i, timetap.book('suggest-bo/intro', timestamptz '2029-08-06 07:00+00' + make_interval(days => 7 * i), 'ben@example.org');
SET timetap.now = '2029-10-20 06:00+00';
SELECT count(*) FROM generate_series(0, 3) i, timetap.book('suggest-bo/intro', timestamptz '2029-11-05 10:00+00' + make_interval(days => 7 * i), 'ben@example.org');
SELECT count(*) FROM timetap.book('suggest-bo/intro', '2029-10-26 09:00+00', 'ben@example.org');
SELECT timetap.cancel(b.id) IS NOT NULL FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id
WHERE h.handle = 'suggest-bo' AND b.starts_at > '2029-11-20';
SET timetap.now = '2030-01-07 06:00+00';
SELECT local_date, local_time, reason FROM timetap.suggest('suggest-bo/intro', 2);

-- suggestions are free slots, the same each time, and best first whatever n is
SELECT count(*) FROM timetap.suggest('suggest-ana/intro', 1000) g LEFT JOIN timetap.slots('suggest-ana/intro') s
	ON (s.starts_at, s.ends_at, s.local_date, s.local_time, s.seats_left) = (g.starts_at, g.ends_at, g.local_date, g.local_time, g.seats_left)
WHERE s.starts_at IS NULL;
SELECT (SELECT count(*) FROM timetap.suggest('suggest-ana/intro', 1000)) = (SELECT count(*) FROM timetap.slots('suggest-ana/intro')) AS all_of_them;
SELECT count(*) FROM (VALUES (1), (2), (5), (50)) n (n),
	LATERAL (SELECT array_agg(starts_at) AS few FROM timetap.suggest('suggest-ana/intro', n.n)) a,
	LATERAL (SELECT array_agg(starts_at) AS many FROM timetap.suggest('suggest-ana/intro', 1000)) b
WHERE a.few = b.many[1:n.n];

-- nothing, nobody, inactive
SELECT count(*) FROM timetap.suggest('suggest-ana/intro', from_time => '2030-01-12', until_time => '2030-01-13');
SELECT active FROM timetap.add_event_type('suggest-ana/old', active => false);
SELECT count(*) FROM timetap.suggest('suggest-ana/old');
SELECT count(*) FROM timetap.suggest(NULL);
-- what cannot be asked
SELECT * FROM timetap.suggest('suggest-ana/none');
SELECT * FROM timetap.suggest('suggest-ana/intro', 0);
SELECT * FROM timetap.suggest('suggest-ana/intro', until_time => '2029-01-01');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"hour": ["09:00-12:00"]}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '["09:00-12:00"]');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"hours": "09:00-12:00"}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"days": [1]}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"hours": ["9-12"]}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"days": ["Noday"]}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => '{"days": ["Mon 09:00-10:00; Tue"]}');
SELECT * FROM timetap.suggest('suggest-ana/intro', prefer => jsonb_build_object('days', array_fill('Mon'::text, '{101}')));

DELETE FROM timetap.booking_events USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'suggest-%';
DELETE FROM timetap.bookings USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'suggest-%';
DELETE FROM timetap.allocations USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'suggest-%';
DELETE FROM timetap.hosts WHERE handle LIKE 'suggest-%';
