-- event_type_info and host_event_types: what a booking page shows
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

SELECT handle FROM timetap.add_host('info-ana', 'ana-private@example.org', 'Ana', 'Europe/Berlin', 'owner-private');
SELECT slug FROM timetap.add_event_type('info-ana/intro', 'Intro call', '30 min', description => E'A first talk.\nFree.');
SELECT slug FROM timetap.add_event_type('info-ana/coaching', durations => '{90 min,30 min,2 hours}', metadata => '{"secret": 1}');
SELECT slug FROM timetap.add_event_type('info-ana/gone', active => false);
SELECT slug FROM timetap.add_event_type('info-ana/b-day', duration => '1 day');
\pset expanded on
\pset null ~
SELECT address, title, description, minutes, durations_minutes, price, currency, capacity, location, questions, add_ons,
	requires_approval, requires_login, host_handle, host_name, host_time_zone, degraded, busy_synced_at
FROM timetap.event_type_info('info-ana/intro');
\pset expanded off
SELECT address, minutes, durations_minutes, location FROM timetap.event_type_info('info-ana/coaching');
SELECT e.slug, i.address, i.id = e.id AS same FROM timetap.event_types e, timetap.event_type_info(e.id::text) i WHERE e.slug = 'gone';

-- of a host: active ones, by address
SELECT address, title, minutes, durations_minutes FROM timetap.host_event_types('info-ana');
SELECT count(*) FROM timetap.hosts h, timetap.host_event_types(h.id::text) WHERE h.handle = 'info-ana';
SELECT handle FROM timetap.add_host('info-bo', time_zone => 'UTC');
SELECT count(*) FROM timetap.host_event_types('info-bo');
-- every duration that is shown is one that slots() takes
SELECT timetap.set_hours('info-ana', 'Mon-Sun 00:00-24:00');
SELECT i.address, m AS minutes, n.ends_at - n.starts_at = make_interval(mins => m) AS taken
FROM timetap.host_event_types('info-ana') i, unnest(i.durations_minutes) m,
	timetap.next_slots(i.address, duration => make_interval(mins => m)) n
ORDER BY 1, 2;

-- nothing that is private
SELECT 'private' WHERE (SELECT string_agg(i::text, '') FROM timetap.host_event_types('info-ana') i) ~ 'private|secret';
SELECT count(*) FROM timetap.event_type_info(NULL);
SELECT count(*) FROM timetap.host_event_types(NULL);
SELECT * FROM timetap.event_type_info('info-ana/none');
SELECT * FROM timetap.event_type_info('info ana');
SELECT * FROM timetap.host_event_types('info-cleo');

DELETE FROM timetap.hosts WHERE handle LIKE 'info-%';
