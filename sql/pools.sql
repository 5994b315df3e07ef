-- pool_slots: the slots of several event types together
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SET timetap.now = '2030-01-07 06:00+00';

SELECT handle FROM timetap.add_host('pool-ana', time_zone => 'Europe/Berlin');
SELECT handle FROM timetap.add_host('pool-bo', time_zone => 'America/New_York');
SELECT handle FROM timetap.add_host('pool-cleo', time_zone => 'Asia/Kathmandu');
SELECT timetap.set_hours('pool-ana', 'Mon-Fri 09:00-17:00'), timetap.set_hours('pool-bo', 'Mon-Thu 04:00-09:00'), timetap.set_hours('pool-cleo', 'Tue 14:45-18:45');
SELECT slug FROM timetap.add_event_type('pool-ana/intro');
SELECT slug FROM timetap.add_event_type('pool-ana/long', duration => '2 hours', durations => '{60 min}');
SELECT slug FROM timetap.add_event_type('pool-bo/intro');
SELECT slug FROM timetap.add_event_type('pool-cleo/intro');
SELECT active FROM timetap.add_event_type('pool-cleo/old', active => false);
SELECT status FROM timetap.book('pool-ana/intro', '2030-01-08 10:00+00', 'ben@example.org');
SELECT count(*) FROM timetap.add_busy('pool-bo', '2030-01-08 11:00+00', '2030-01-08 12:00+00');

-- who has it free: any, all
SELECT * FROM timetap.pool_slots('{pool-ana/intro,pool-bo/intro,pool-cleo/intro}', from_time => '2030-01-08', until_time => '2030-01-09');
SELECT * FROM timetap.pool_slots('{pool-ana/intro,pool-bo/intro,pool-cleo/intro}', from_time => '2030-01-08', until_time => '2030-01-09', mode => 'all');
-- the order given, once each, the zone of the first or another
SELECT e.id AS bo FROM timetap.event_types e JOIN timetap.hosts h ON h.id = e.host_id WHERE h.handle = 'pool-bo' \gset
SELECT * FROM timetap.pool_slots(ARRAY['pool-bo/intro', 'pool-ana/intro', :'bo', 'pool-ana/intro'], from_time => '2030-01-08 09:00', until_time => '2030-01-08 13:00');
SELECT local_date, local_time, hosts FROM timetap.pool_slots('{pool-bo/intro}', 2, time_zone => 'Asia/Tokyo');
-- other lengths: a slot each; with a duration that both have they are one
SELECT starts_at, ends_at, addresses FROM timetap.pool_slots('{pool-ana/intro,pool-ana/long,pool-bo/intro}', from_time => '2030-01-09 10:00', until_time => '2030-01-09 12:00');
SELECT * FROM timetap.pool_slots('{pool-ana/intro,pool-ana/long}', mode => 'all');
SELECT starts_at, hosts, addresses FROM timetap.pool_slots('{pool-bo/intro,pool-ana/long}', 2, '2030-01-09', mode => 'all', duration => '60 min');
-- the first n, wherever they are
SELECT starts_at, hosts FROM timetap.pool_slots('{pool-cleo/intro,pool-ana/intro,pool-bo/intro}', 4);
SELECT starts_at, hosts FROM timetap.pool_slots('{pool-cleo/intro,pool-ana/intro,pool-bo/intro}', 3, mode => 'all');
SELECT starts_at, hosts FROM timetap.pool_slots('{pool-cleo/intro}', 2, '2030-02-20');
SELECT starts_at, hosts FROM timetap.pool_slots('{pool-cleo/intro}', 1, '2030-03-08');

-- the same as the slots of each, put together: any and all, with and without n
CREATE FUNCTION pg_temp.together(addresses text[], from_time timestamptz, until_time timestamptz)
RETURNS TABLE (at timestamptz, addresses text[]) LANGUAGE sql STABLE AS $$
	SELECT s.starts_at, array_agg(a.address ORDER BY a.number)
	FROM unnest(addresses) WITH ORDINALITY a (address, number), timetap.slots(a.address, from_time, until_time) s
	GROUP BY 1 ORDER BY 1
$$;
SELECT handle FROM generate_series(1, 12) i, timetap.add_host('pool-' || i, time_zone => 'UTC');
SELECT sum(timetap.set_hours('pool-' || i, format('Mon-Sun %s:00-%s:00', lpad((6 + i % 5)::text, 2, '0'), 14 + i % 4))) FROM generate_series(1, 12) i;
SELECT count(*) FROM generate_series(1, 12) i, timetap.add_event_type('pool-' || i || '/intro', slot_interval => '30 min', buffer_after => make_interval(mins => i));
SELECT count(*) FROM generate_series(1, 12) i, generate_series(1, 40) j,
	timetap.add_busy('pool-' || i, timestamptz '2030-01-08' + make_interval(hours => (i * 7 + j * 13) % 720), timestamptz '2030-01-08' + make_interval(hours => (i * 7 + j * 13) % 720 + 1 + j % 3));
SELECT array_agg('pool-' || i || '/intro' ORDER BY i * 5 % 12) AS twelve FROM generate_series(1, 12) i \gset
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE (t.at, t.addresses) IS DISTINCT FROM (p.starts_at, p.addresses)) AS differ
FROM pg_temp.together(:'twelve', '2030-01-08', '2030-02-20') t FULL JOIN timetap.pool_slots(:'twelve', NULL, '2030-01-08', '2030-02-20') p ON p.starts_at = t.at;
SELECT count(*) > 10 AS many, count(*) FILTER (WHERE t.at IS DISTINCT FROM p.starts_at OR cardinality(p.addresses) <> 12) AS differ
FROM (SELECT * FROM pg_temp.together(:'twelve', '2030-01-08', '2030-02-20') WHERE cardinality(addresses) = 12) t
	FULL JOIN timetap.pool_slots(:'twelve', NULL, '2030-01-08', '2030-02-20', 'all') p ON p.starts_at = t.at;
SELECT n.n, count(*) = n.n AS right_number, count(*) FILTER (WHERE (t.at, t.addresses) IS DISTINCT FROM (p.starts_at, p.addresses)) AS differ
FROM (VALUES (1), (2), (7), (100)) n (n),
	LATERAL (SELECT row_number() OVER (ORDER BY at), * FROM pg_temp.together(:'twelve', '2030-01-08 05:00', '2030-02-20') LIMIT n.n) t
	FULL JOIN LATERAL (SELECT row_number() OVER (ORDER BY starts_at), * FROM timetap.pool_slots(:'twelve', n.n, '2030-01-08 05:00')) p USING (row_number)
GROUP BY 1 ORDER BY 1;

-- nothing, nobody, NULL, inactive
SELECT * FROM timetap.pool_slots(NULL);
SELECT * FROM timetap.pool_slots('{}');
SELECT count(*) FROM timetap.pool_slots('{NULL,pool-ana/intro,pool-cleo/old}', 3);
SELECT count(*) FROM timetap.pool_slots('{NULL,pool-ana/intro}', 3, mode => 'all');
SELECT count(*) FROM timetap.pool_slots('{pool-ana/intro,pool-cleo/old}', 3, mode => 'all');
SELECT count(*) FROM timetap.pool_slots('{pool-ana/intro}', from_time => '2030-01-08', until_time => '2030-01-08');
-- what cannot be asked
SELECT * FROM timetap.pool_slots('{pool-ana/intro,pool-ana/none}');
SELECT * FROM timetap.pool_slots('{pool-ana/intro}', mode => 'some');
SELECT * FROM timetap.pool_slots('{pool-ana/intro}', 0);
SELECT * FROM timetap.pool_slots('{pool-ana/intro}', until_time => 'infinity');
SELECT * FROM timetap.pool_slots('{pool-ana/intro}', time_zone => 'Mars/Base');
SELECT * FROM timetap.pool_slots('{pool-ana/intro,pool-bo/intro}', duration => '2 hours');
SELECT * FROM timetap.pool_slots(array_fill('pool-ana/intro'::text, '{10001}'));

DELETE FROM timetap.booking_events USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'pool-%';
DELETE FROM timetap.bookings USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'pool-%';
DELETE FROM timetap.allocations USING timetap.hosts WHERE host_id = hosts.id AND handle LIKE 'pool-%';
DELETE FROM timetap.hosts WHERE handle LIKE 'pool-%';
