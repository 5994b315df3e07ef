-- explain_day: why what is not offered is not
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SET timetap.now = '2030-01-07 06:00+00';

-- What is said of a date, on the host's clock.
CREATE FUNCTION pg_temp.explained(event_type text, on_date date)
RETURNS TABLE (local_from text, local_until text, kind text, code text, detail text) LANGUAGE sql STABLE AS $$
	SELECT to_char(x.starts_at AT TIME ZONE h.time_zone, 'HH24:MI'), to_char(x.ends_at AT TIME ZONE h.time_zone, 'HH24:MI'), x.kind, x.code, x.detail
	FROM timetap.hosts h, timetap.explain_day(event_type, on_date) x
	WHERE h.handle = split_part(event_type, '/', 1)
$$;

SELECT handle FROM timetap.add_host('why-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('why-ana', 'Mon-Fri 09:00-12:00,13:00-17:15');
SELECT slug FROM timetap.add_event_type('why-ana/intro', slot_interval => '30 min', min_notice => '2 hours', horizon => '9 days');
SELECT slug FROM timetap.add_event_type('why-ana/buffered', duration => '30 min', buffer_before => '15 min', buffer_after => '30 min');
SELECT slug FROM timetap.add_event_type('why-ana/gap', align => 'gap', start_offset => '20 min');
SELECT active FROM timetap.add_event_type('why-ana/old', active => false);
SELECT status FROM timetap.book('why-ana/buffered', '2030-01-08 09:30+00', 'ben@example.org');
SELECT count(*) FROM timetap.add_busy('why-ana', '2030-01-08 14:10+00', '2030-01-08 14:40+00', 'google');
SELECT count(*) FROM timetap.add_busy('why-ana', '2030-01-09 11:30+00', '2030-01-11 09:00+00', 'holiday');
SELECT count(*) FROM timetap.add_busy('why-ana', '2030-01-08 12:30+00', '2030-01-08 12:30+00', 'nothing');
WITH a AS (
	INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
	SELECT e.host_id, gen_random_uuid(), e.id, t.at, t.at + interval '30 min', tstzrange(t.at, t.at + interval '30 min'), t.expires
	FROM timetap.event_types e, (VALUES ('2030-01-08 12:00+00'::timestamptz, '2030-01-08 06:00+00'::timestamptz), ('2030-01-08 13:00+00', '2030-01-07 05:00+00')) t (at, expires)
	WHERE e.slug = 'intro' RETURNING 1)
SELECT count(*) AS holds FROM a;
SELECT slug FROM timetap.add_event_type('why-ana/limited');
SELECT limits IS NOT NULL FROM timetap.set_limits('why-ana/limited', per_day => 1);
SELECT status FROM timetap.book('why-ana/limited', '2030-01-15 09:00+00', 'ben@example.org');
SELECT timetap.block_dates('why-ana', '2030-01-14', '2030-01-14', 'trade fair');

-- notice; buffers, a hold, busy; a long busy time; a weekend; the day before a block, and the block; the horizon
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-07');
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-08');
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-09');
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-13');
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-14');
SELECT * FROM pg_temp.explained('why-ana/intro', '2030-01-17');
SELECT * FROM pg_temp.explained('why-ana/buffered', '2030-01-08');
SELECT * FROM pg_temp.explained('why-ana/gap', '2030-01-08');
SELECT * FROM pg_temp.explained('why-ana/limited', '2030-01-15');
SELECT * FROM pg_temp.explained('why-ana/old', '2030-01-08');

-- For every five minutes of many dates: the stretches leave no gap, and what
-- they say is what check_slot() says, of the starts of the grid and of all
-- times that no start stands for.
CREATE FUNCTION pg_temp.disagreement(from_date date, to_date date)
RETURNS TABLE (address text, at timestamptz, explained text, checked text) LANGUAGE sql STABLE AS $$
	SELECT i.address, m.at, x.code, c.code
	FROM timetap.hosts h, timetap.host_event_types(h.handle) i, generate_series(from_date, to_date, interval '1 day') d (day),
		LATERAL (SELECT coalesce(array_agg(starts_at), '{}') AS grid FROM timetap.day_slots(i.address, d.day::date)) g,
		generate_series(d.day::timestamp AT TIME ZONE h.time_zone, (d.day + interval '1 day')::timestamp AT TIME ZONE h.time_zone - interval '5 min', '5 min') m (at)
		LEFT JOIN LATERAL (SELECT * FROM timetap.explain_day(i.address, d.day::date) e WHERE e.starts_at <= m.at AND m.at < e.ends_at) x ON true,
		timetap.check_slot(i.address, m.at) c
	WHERE h.handle LIKE 'why-%' AND (x.kind IS NULL OR x.code IS DISTINCT FROM c.code
		AND NOT (m.at <> ALL (g.grid) AND c.code IN ('off_grid', 'outside_hours', 'blocked_date')
			-- in a start's own time only
			AND EXISTS (SELECT FROM unnest(g.grid) s (start), timetap.event_types t WHERE t.id = i.id
				AND x.starts_at <= s.start AND s.start < m.at AND m.at < s.start + t.slot_interval)))
$$;
SELECT * FROM pg_temp.disagreement('2030-01-06', '2030-01-18');
-- also where the clock changes, and with hours over midnight
SELECT handle FROM timetap.add_host('why-bo', time_zone => 'America/New_York');
SELECT timetap.set_hours('why-bo', 'Fri-Sun 20:00-04:30');
SELECT slug FROM timetap.add_event_type('why-bo/night', duration => '45 min', align => 'clock', horizon => NULL);
SELECT timetap.block_dates('why-bo', '2030-11-09', reason => 'tired');
SELECT * FROM pg_temp.disagreement('2030-03-09', '2030-03-11');
SELECT * FROM pg_temp.disagreement('2030-11-02', '2030-11-04');
SELECT * FROM pg_temp.disagreement('2030-11-07', '2030-11-11');
SELECT * FROM timetap.explain_day('why-bo/night', '2030-11-03');
SELECT * FROM pg_temp.explained('why-bo/night', '2030-11-08');
SELECT * FROM pg_temp.explained('why-bo/night', '2030-11-09');
-- a date that the zone skips
SELECT handle FROM timetap.add_host('why-sina', time_zone => 'Pacific/Apia');
SELECT slug FROM timetap.add_event_type('why-sina/intro');
SELECT * FROM timetap.explain_day('why-sina/intro', '2011-12-30');

-- NULL, unknown, and who may not ask
SELECT * FROM timetap.explain_day(NULL, '2030-01-08');
SELECT * FROM timetap.explain_day('why-ana/none', '2030-01-08');
SELECT * FROM timetap.explain_day('why-ana/intro', NULL);
SELECT * FROM timetap.explain_day('why-ana/intro', '2200-01-01');
CREATE ROLE regress_tt_curious;
GRANT USAGE ON SCHEMA timetap TO regress_tt_curious;
GRANT EXECUTE ON FUNCTION timetap.explain_day TO regress_tt_curious;
SET ROLE regress_tt_curious;
SELECT * FROM timetap.explain_day('why-ana/intro', '2030-01-08');
RESET ROLE;
DROP OWNED BY regress_tt_curious;
DROP ROLE regress_tt_curious;

DELETE FROM timetap.booking_events USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'why-%';
DELETE FROM timetap.bookings USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'why-%';
DELETE FROM timetap.allocations USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'why-%';
DELETE FROM timetap.hosts WHERE handle LIKE 'why-%';
