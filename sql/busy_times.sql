-- add_busy, remove_busy
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SELECT handle FROM timetap.add_host('busy-ana', time_zone => 'UTC');
SELECT id AS ana FROM timetap.hosts WHERE handle = 'busy-ana' \gset
CREATE VIEW pg_temp.busy AS
SELECT starts_at, ends_at, source, external_id, transparent, lasts_long
FROM timetap.busy_times b WHERE host_id = (SELECT id FROM timetap.hosts WHERE handle = 'busy-ana') ORDER BY 1, 2, 3, 4;

SELECT starts_at, ends_at, source, external_id, transparent, host_id = :'ana' AS of_ana
FROM timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00');
SELECT starts_at, ends_at, source, external_id, transparent
FROM timetap.add_busy(:'ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00', NULL, NULL, NULL);
SELECT source, external_id, transparent
FROM timetap.add_busy('busy-ana', '2030-01-08 10:00+02', '2030-01-10 11:00+02', 'google', 'ev1', true);
SELECT * FROM pg_temp.busy;

-- the same id of the same source takes the first one's place; of another one does not
SELECT id AS first FROM timetap.busy_times WHERE external_id = 'ev1' \gset
SELECT id = :'first' AS same, starts_at, ends_at, transparent
FROM timetap.add_busy('busy-ana', '2030-01-09 10:00+00', '2030-01-09 10:30+00', 'google', 'ev1');
SELECT id = :'first' AS same FROM timetap.add_busy('busy-ana', '2030-01-09 10:00+00', '2030-01-09 10:30+00', 'outlook', 'ev1');
SELECT * FROM pg_temp.busy;

-- no length is allowed, and the range's own ends
SELECT starts_at, ends_at FROM timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 10:00+00');
SELECT starts_at, ends_at FROM timetap.add_busy('busy-ana', '1900-01-01 00:00+00', '2200-01-01 00:00+00');
-- the longest keys there may be fit their index
SELECT length(external_id) FROM timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 10:00+00', repeat('s', 255),
	(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 32) i));

-- refused
SELECT timetap.add_busy('busy-ana', '2030-01-07 11:00+00', '2030-01-07 10:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_busy('busy-ana', NULL, '2030-01-07 10:00+00');
SELECT timetap.add_busy('busy-ana', '2030-01-07 11:00+00', NULL);
SELECT timetap.add_busy('busy-ana', '2030-01-07 11:00+00', 'infinity');
SELECT timetap.add_busy('busy-ana', '-infinity', '2030-01-07 11:00+00');
SELECT timetap.add_busy('busy-ana', '1899-12-31 23:59+00', '2030-01-07 11:00+00');
SELECT timetap.add_busy('busy-ana', '2030-01-07 11:00+00', '2200-01-01 00:01+00');
SELECT timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00', '');
SELECT timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00', 'google', '');
SELECT timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00', 'google', repeat('x', 1025));
SELECT timetap.add_busy('busy-nobody', '2030-01-07 10:00+00', '2030-01-07 11:00+00');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_busy(NULL, '2030-01-07 10:00+00', '2030-01-07 11:00+00');
SELECT count(*) FROM pg_temp.busy;

-- removing: only the host's own
SELECT handle FROM timetap.add_host('busy-bo', time_zone => 'UTC');
SELECT timetap.remove_busy('busy-bo', :'first');
SELECT timetap.remove_busy('busy-ana', :'first');
SELECT timetap.remove_busy('busy-ana', :'first');
SELECT timetap.remove_busy('busy-nobody', :'first');
SELECT timetap.remove_busy('busy-ana', NULL);
SELECT count(*) FROM pg_temp.busy;

-- what blocks: not the transparent, nor what has no length
DELETE FROM timetap.busy_times WHERE host_id = :'ana';
SET timetap.now = '2030-01-01 00:00+00';
SELECT timetap.set_hours('busy-ana', 'Mon 9:00-12:00');
SELECT slug FROM timetap.add_event_type('busy-ana/intro');
SELECT external_id FROM timetap.add_busy('busy-ana', '2030-01-07 10:30+00', '2030-01-07 10:30+00', 'test', 'no length');
SELECT external_id FROM timetap.add_busy('busy-ana', '2030-01-07 10:00+00', '2030-01-07 11:00+00', 'test', 'shown as free', true);
SELECT bookable, code FROM timetap.check_slot('busy-ana/intro', '2030-01-07 10:00+00');
SELECT external_id FROM timetap.add_busy('busy-ana', '2030-01-07 10:59+00', '2030-01-07 11:00+00', 'test', 'busy');
SELECT bookable, code FROM timetap.check_slot('busy-ana/intro', '2030-01-07 10:00+00');
SELECT bookable, code FROM timetap.check_slot('busy-ana/intro', '2030-01-07 11:00+00');

DROP VIEW pg_temp.busy;
-- block_time: time off with a reason, given back by remove_busy
SELECT source, starts_at, ends_at, reason, transparent FROM timetap.block_time('busy-ana', '2030-01-28 09:30+00', '2030-01-28 10:30+00', 'dentist');
SELECT bookable, code FROM timetap.check_slot('busy-ana/intro', '2030-01-28 10:00+00');
SELECT timetap.remove_busy('busy-ana', (SELECT id FROM timetap.busy_times WHERE reason = 'dentist'));
SELECT timetap.block_time('busy-ana', '2030-01-28 10:30+00', '2030-01-28 09:30+00');
SELECT timetap.block_time('busy-nobody', '2030-01-28 09:30+00', '2030-01-28 10:30+00');

DELETE FROM timetap.hosts WHERE handle LIKE 'busy-%';
