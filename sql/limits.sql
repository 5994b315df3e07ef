-- Limits of bookings and minutes per local day, week, month and year.
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
-- Monday, 7 January 2030, 01:00 in Auckland is still Sunday noon in UTC
SET timetap.now = '2030-01-06 12:00+00';

SELECT handle FROM timetap.add_host('limits-ana', time_zone => 'Pacific/Auckland');
SELECT timetap.set_hours('limits-ana', 'Sun-Sat 08:00-12:00');
SELECT slug, limits FROM timetap.add_event_type('limits-ana/one', horizon => NULL);
SELECT slug, limits FROM timetap.add_event_type('limits-ana/two', duration => '30 min', horizon => NULL);

-- free starts by local date, of the days from 7 January on
CREATE FUNCTION pg_temp.free(event_type text, days int DEFAULT 9) RETURNS TABLE (day text, starts text)
LANGUAGE sql AS $$
	SELECT to_char(d, 'Dy DD Mon'), coalesce(string_agg(to_char(local_time, 'HH24:MI'), ' ' ORDER BY starts_at), '')
	FROM generate_series(timestamp '2030-01-07', timestamp '2030-01-07' + (days - 1) * interval '1 day', '1 day') d
	LEFT JOIN timetap.slots($1, '2030-01-06 11:00+00', '2031-06-01') s ON s.local_date = d
	GROUP BY d ORDER BY d
$$;
-- book at a local time of Auckland
CREATE FUNCTION pg_temp.book(event_type text, at timestamp) RETURNS text LANGUAGE sql AS
	$$SELECT coalesce(code, status) FROM timetap.try_book($1, $2 AT TIME ZONE 'Pacific/Auckland', 'ben@example.org')$$;

-- one a day, three a week: the week begins on Monday, the day at local midnight
SELECT limits FROM timetap.set_limits('limits-ana/one', per_day => 1, per_week => 3);
SELECT pg_temp.book('limits-ana/one', '2030-01-07 08:00');
SELECT pg_temp.book('limits-ana/one', '2030-01-07 09:00');
SELECT pg_temp.book('limits-ana/one', '2030-01-09 11:00');
SELECT * FROM pg_temp.free('limits-ana/one');
SELECT pg_temp.book('limits-ana/one', '2030-01-13 08:00');
SELECT * FROM pg_temp.free('limits-ana/one');
SELECT bookable, code, message FROM timetap.check_slot('limits-ana/one', timestamp '2030-01-10 08:00' AT TIME ZONE 'Pacific/Auckland');
SELECT pg_temp.book('limits-ana/one', '2030-01-10 08:00');
-- a limit is told before what else is taken; another event type is not concerned
SELECT pg_temp.book('limits-ana/one', '2030-01-07 08:00');
SELECT pg_temp.book('limits-ana/two', '2030-01-07 09:00');
-- the next slot is found beyond the full week
SELECT local_date, local_time FROM timetap.next_slots('limits-ana/one', 2);

-- what is cancelled counts no more
SELECT status FROM timetap.cancel((SELECT id FROM timetap.bookings WHERE starts_at = timestamp '2030-01-13 08:00' AT TIME ZONE 'Pacific/Auckland'));
SELECT pg_temp.book('limits-ana/one', '2030-01-13 09:00');
-- a booking that is moved does not count against itself
SELECT status FROM timetap.reschedule((SELECT id FROM timetap.bookings WHERE status = 'confirmed'
	AND starts_at = timestamp '2030-01-13 09:00' AT TIME ZONE 'Pacific/Auckland'), timestamp '2030-01-13 11:00' AT TIME ZONE 'Pacific/Auckland');
\set SHOW_CONTEXT never
SELECT status FROM timetap.reschedule((SELECT id FROM timetap.bookings WHERE status = 'confirmed'
	AND starts_at = timestamp '2030-01-13 11:00' AT TIME ZONE 'Pacific/Auckland'), timestamp '2030-01-07 11:00' AT TIME ZONE 'Pacific/Auckland');

-- minutes: 45 a day leave no room for a second half hour, 60 a month none for a third
SELECT limits FROM timetap.set_limits('limits-ana/one');
SELECT limits FROM timetap.set_limits('limits-ana/two', minutes_per_day => 45, minutes_per_month => 60);
SELECT * FROM pg_temp.free('limits-ana/two', 2);
SELECT pg_temp.book('limits-ana/two', '2030-01-31 11:30');
SELECT pg_temp.book('limits-ana/two', '2030-01-30 11:30');
SELECT pg_temp.book('limits-ana/two', '2030-02-01 08:00');

-- of the host: over all its event types, by month and year
SELECT limits FROM timetap.set_limits('limits-ana/two');
SELECT limits FROM timetap.set_host_limits('limits-ana', per_month => 6, per_year => 8, minutes_per_week => 240);
SELECT count(*) FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id
	WHERE h.handle = 'limits-ana' AND b.status = 'confirmed' AND b.starts_at < '2030-01-31 11:00+00';
SELECT pg_temp.book('limits-ana/one', '2030-01-20 08:00');
SELECT pg_temp.book('limits-ana/two', '2030-01-20 10:00');
SELECT pg_temp.book('limits-ana/one', '2030-02-20 10:00');
SELECT pg_temp.book('limits-ana/two', '2030-12-31 11:30');
SELECT pg_temp.book('limits-ana/two', '2031-01-01 08:00');

-- none at all
SELECT limits FROM timetap.set_host_limits('limits-ana', per_day => 0);
SELECT count(*) FROM timetap.slots('limits-ana/one', '2030-03-01', '2030-04-01');
SELECT limits FROM timetap.set_host_limits('limits-ana');

-- refused
SELECT timetap.set_limits('limits-ana/one', per_day => -1);
SELECT timetap.set_limits('limits-ana/none', per_day => 1);
SELECT timetap.set_limits(NULL, per_day => 1);
SELECT timetap.set_host_limits('limits-nobody', per_day => 1);
SELECT timetap.set_host_limits(NULL);
\set VERBOSITY terse
UPDATE timetap.event_types SET limits = '{1,2}' WHERE slug = 'one';
UPDATE timetap.event_types SET limits = '{1,2,3,4,5,6,7,-8}' WHERE slug = 'one';
\set VERBOSITY default

-- an expired hold does not count
SELECT limits FROM timetap.set_limits('limits-ana/one', per_day => 1);
INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
SELECT h.id, gen_random_uuid(), e.id, s.at, s.at + interval '1 hour', tstzrange(s.at, s.at + interval '1 hour'), x.expires_at
FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id AND e.slug = 'one',
	(VALUES (timestamptz '2030-03-03 20:00+00', timestamptz '2030-01-06 11:59+00'), ('2030-03-04 20:00+00', '2030-01-06 12:01+00')) x (at, expires_at),
	LATERAL (SELECT x.at) s
WHERE h.handle = 'limits-ana';
SELECT local_date, count(*) FROM timetap.slots('limits-ana/one', '2030-03-03 11:00+00', '2030-03-05 11:00+00') GROUP BY 1 ORDER BY 1;

DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
