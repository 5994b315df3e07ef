-- bad input gets a clear error of the contract and leaves nothing behind
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

SET timetap.now = '2030-01-07 06:00+00';
SELECT handle FROM timetap.add_host('bad-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('bad-ana', 'Mon-Fri 09:00-17:00');
SELECT slug FROM timetap.add_event_type('bad-ana/intro');
SELECT id AS booking, manage_token AS token FROM timetap.book('bad-ana/intro', '2030-01-07 08:00+00', 'ben@example.org') \gset

-- as people come across it
SELECT timetap.set_hours('nobody', 'Mon 09:00-12:00');
SELECT timetap.set_hours('bad-ana', 'Mon 09:00-25:00');
SELECT timetap.set_hours('bad-ana', 'Mon nine to five');
SELECT timetap.add_host('bad-new', time_zone => 'Europe/Berlinn');
SELECT * FROM timetap.slots('bad-ana/intro', time_zone => 'Berlin');
SELECT timetap.add_busy('bad-ana', '2030-01-08 10:00+00', '2030-01-08 09:00+00');
SELECT * FROM timetap.slots('bad-ana/intro', '2030-01-08 10:00+00', '2030-01-08 09:00+00');
SELECT timetap.block_dates('bad-ana', '2030-01-09', '2030-01-08');
SELECT timetap.add_event_type('bad-ana/new', buffer_before => '-5 min');
SELECT timetap.book('bad-ana/intro', '2030-01-08 09:00+00', '');
SELECT timetap.book('bad-ana/intro', '2030-01-08 09:00+00');
SELECT * FROM timetap.slots('bad-ana/intro', '2030-01-01', '2033-01-01');
SELECT * FROM timetap.next_slots('bad-ana/intro', 1, '2030-01-01', '2033-01-02');
SELECT * FROM timetap.slots('bad-ana/intro', '-infinity');
SELECT * FROM timetap.slots('bad-ana/intro', '2030-01-08', 'infinity');
SELECT timetap.book('bad-ana/intro', 'infinity', 'cy@example.org');
SELECT timetap.block_dates('bad-ana', '-infinity', 'infinity');
SELECT timetap.add_event_type('bad-ana/new', duration => '60');
SELECT timetap.add_event_type('bad-ana/new', duration => '1 month');
SELECT timetap.book('bad-ana/intro', '2030-01-08 09:00+00', 'cy@example.org', E'Cy\r\nBcc: all@example.org');
SELECT timetap.book('bad-ana/intro', '2030-01-08 09:00+00', 'cy@example.org', notes => E'bell \x07');
SELECT timetap.book('bad-ana/intro', '2030-01-08 09:00+00', repeat('c', 1000000) || '@example.org');

-- ranges end where bookings do
SELECT * FROM timetap.slots('bad-ana/intro', '2199-12-20');
SELECT * FROM timetap.next_slots('bad-ana/intro', 1, '2199-12-20');
SELECT * FROM timetap.slots('bad-ana/intro', '2200-01-02');
SELECT * FROM timetap.slots('bad-ana/intro', '1899-12-31');

-- a row written by hand can be wrong: said so, not guessed at
BEGIN;
UPDATE timetap.event_types SET durations = '{60 min,1 month}' WHERE slug = 'intro';
SELECT * FROM timetap.slots('bad-ana/intro');
ROLLBACK;
BEGIN;
UPDATE timetap.hosts SET time_zone = 'Mars/Phobos' WHERE handle = 'bad-ana';
SELECT * FROM timetap.slots('bad-ana/intro');
ROLLBACK;

-- Now everything, by table: a good call of each function, argument by argument.
CREATE TEMP TABLE calls (function text, good text[]);
INSERT INTO calls VALUES
	('add_host', ARRAY['bad-new', 'new@example.org', 'New', 'UTC', 'owner', 'person', '{}']),
	('set_hours', '{bad-ana,Mon 09:00-12:00,default}'),
	('set_date_hours', '{bad-ana,2030-01-08,09:00-12:00,default}'),
	('block_dates', '{bad-ana,2030-01-08,2030-01-09,holiday}'),
	('unblock_dates', '{bad-ana,2030-01-08,2030-01-09}'),
	('add_busy', '{bad-ana,2030-01-08 08:00+00,2030-01-08 09:00+00,manual,x,false}'),
	('block_time', '{bad-ana,2030-01-08 08:00+00,2030-01-08 09:00+00,dentist}'),
	('remove_busy', '{bad-ana,00000000-0000-4000-8000-000000000000}'),
	('add_event_type', ARRAY['bad-ana/new', 'New', '60 min', '30 min', '5 min', '5 min', '1 day', '60 days', '1', 'false', NULL, NULL, 'gap', '{30 min}',
		'0', '2030-01-01', '2031-01-01', 'default', NULL, 'single', 'meet', NULL, 'about', NULL, NULL, NULL, 'false', '0', '0', NULL, NULL, NULL, NULL,
		'calendar', 'true', 'false', '{}', '{}']),
	('set_limits', '{bad-ana/intro,9,9,9,9,9999,9999,9999,9999}'),
	('set_host_limits', '{bad-ana,9,9,9,9,9999,9999,9999,9999}'),
	('slots', '{bad-ana/intro,2030-01-08,2030-01-09,UTC,60 min}'),
	('next_slots', '{bad-ana/intro,3,2030-01-08,2030-01-09,UTC,60 min}'),
	('days', '{bad-ana/intro,2030-01-08,2030-01-09,UTC,60 min}'),
	('day_slots', '{bad-ana/intro,2030-01-08,UTC,60 min}'),
	('host_hours', '{bad-ana,2030-01-08,2030-01-09,default}'),
	('free_busy', '{bad-ana,2030-01-08,2030-01-09}'),
	('event_type_info', '{bad-ana/intro}'),
	('explain_day', '{bad-ana/intro,2030-01-08}'),
	('pool_slots', ARRAY['{bad-ana/intro}', '3', '2030-01-08', '2030-01-09', 'any', 'UTC', '60 min']),
	('host_event_types', '{bad-ana}'),
	('suggest', ARRAY['bad-ana/intro', '2', '2030-01-08 08:00+00', '2030-01-09 08:00+00', '{"hours": ["09:00-12:00"]}']),
	('check_slot', '{bad-ana/intro,2030-01-08 08:00+00,60 min}'),
	('book', ARRAY['bad-ana/intro', '2030-01-08 08:00+00', 'cy@example.org', 'Cy', '+49', 'notes', 'UTC', '60 min', NULL, '{}', 'x', NULL, NULL, NULL, NULL, 'user', NULL]),
	('try_book', ARRAY['bad-ana/intro', '2030-01-08 08:00+00', 'cy@example.org', 'Cy', '+49', 'notes', 'UTC', '60 min', NULL, '{}', 'x', NULL, NULL, NULL, NULL, 'user', NULL]),
	('reschedule', ARRAY[:'booking', '2030-01-08 08:00+00', :'token', 'reason', '60 min', '1']),
	('cancel', ARRAY[:'booking', :'token', 'reason', '1']),
	('get_booking', ARRAY[:'booking', :'token']),
	('wait_for_link', ARRAY[:'booking', :'token', '1 s']);
-- none is forgotten: what is not here is the calendar's, the worker's or the administrator's
SELECT name FROM timetap_private.api_rights WHERE section NOT IN ('calendar') AND name <> 'grant_api'
EXCEPT SELECT function FROM calls;

CREATE FUNCTION pg_temp.megabyte(letter text) RETURNS text LANGUAGE sql AS $$ SELECT repeat(letter, 1000000) $$;
CREATE TEMP TABLE bad (type text, label text, value text);
INSERT INTO bad
	SELECT 'text', * FROM (VALUES ('empty', ''), ('blank', '  '), ('line break', E'a\nb'), ('bell', E'a\x07'), ('delete', E'a\x7f'), ('a megabyte', pg_temp.megabyte('a')),
		('a megabyte of slashes', pg_temp.megabyte('/')), ('umlauts', repeat('ä', 1000)),
		('injection', ''';DROP TABLE timetap.hosts; --'), ('format', '%s%n%1$s\%'), ('path', '../../../etc/passwd'), ('slashes', 'a/b/c'), ('upper case', 'BAD-ANA/INTRO')) v
	UNION ALL SELECT 'timestamp with time zone', v, v FROM unnest('{infinity,-infinity,4713-01-01 BC,294276-12-31,1899-12-31 23:59+00,2200-01-02}'::text[]) v
	UNION ALL SELECT 'date', v, v FROM unnest('{infinity,-infinity,4713-01-01 BC,5874897-12-31,1899-12-31,2200-01-01}'::text[]) v
	UNION ALL SELECT 'interval', v, v FROM unnest('{-1 min,0,1 us,60,1 month,-1 month,178000000 years,-178000000 years,2147483647 days,-2147483648 days,1 month -30 days,100000 days}'::text[]) v
	UNION ALL SELECT 'interval[]', v, v FROM unnest('{"{}","{NULL}","{-1 min}","{1 month}","{{30 min,60 min},{90 min,2 hours}}","{2147483647 days}"}'::text[]) v
	UNION ALL SELECT 'interval[]', 'many', array_agg(make_interval(mins => n))::text FROM generate_series(5, 1000) n
	UNION ALL SELECT 'text[]', v, v FROM unnest('{"{NULL}","{a}","{{a,b},{c,d}}"}'::text[]) v
	UNION ALL SELECT 'text[]', 'a megabyte', '{' || pg_temp.megabyte('a') || '}'
	UNION ALL SELECT 'jsonb', v, v FROM unnest('{"null",true,1,"\"a\"",[],"[{}]"}'::text[]) v
	UNION ALL SELECT 'jsonb', 'a megabyte', '{"a": "' || pg_temp.megabyte('a') || '"}'
	UNION ALL SELECT 'jsonb', 'deep', repeat('{"a":', 1000) || '1' || repeat('}', 1000)
	UNION ALL SELECT 'integer', v, v FROM unnest('{-2147483648,-1,0,2,2147483647}'::text[]) v
	UNION ALL SELECT 'numeric', v, v FROM unnest('{NaN,-1,0,Infinity,1e1000}'::text[]) v
	UNION ALL SELECT 'uuid', v, v FROM unnest('{00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff}'::text[]) v
	UNION ALL SELECT 'boolean', v, v FROM unnest('{true,false}'::text[]) v;
INSERT INTO bad SELECT DISTINCT type, 'NULL', NULL FROM bad;

-- What a call with one argument changed says; if it is allowed, it is undone.
CREATE FUNCTION pg_temp.outcome(called text, good text[], changed int, value text, OUT outcome text) LANGUAGE plpgsql AS $$
DECLARE
	statement text;
	detail text;
	answer record;
BEGIN
	SELECT format('SELECT * FROM timetap.%I(%s)', called,
		string_agg(format('%L::%s', CASE WHEN n = changed THEN value ELSE good[n] END, format_type(p.proargtypes[n - 1], NULL)), ', ' ORDER BY n))
	INTO STRICT statement
	FROM pg_proc p, generate_series(1, p.pronargs) n
	WHERE p.proname = called AND p.pronamespace = 'timetap'::regnamespace GROUP BY p.oid;
	BEGIN
		EXECUTE statement INTO answer;
		IF called IN ('try_book', 'check_slot') THEN
			outcome := answer.code;
		END IF;
		RAISE EXCEPTION USING errcode = 'TT000';
	EXCEPTION
		WHEN SQLSTATE 'TT000' THEN
			outcome := coalesce(outcome, 'allowed');
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			outcome := sqlstate || ' ' || CASE WHEN detail LIKE '{%' THEN detail::jsonb ->> 'code' ELSE sqlerrm END;
			IF length(sqlerrm) > 300 THEN
				outcome := outcome || ': too long a message';
			END IF;
	END;
END $$;

CREATE TEMP TABLE outcomes AS
SELECT c.function, n, p.proargnames[n] AS argument, b.label, o.outcome
FROM calls c JOIN pg_proc p ON p.proname = c.function AND p.pronamespace = 'timetap'::regnamespace,
	generate_series(1, p.pronargs) n,
	LATERAL (SELECT label, value FROM bad WHERE type = format_type(p.proargtypes[n - 1], NULL)) b,
	pg_temp.outcome(c.function, c.good, n, b.value) o
-- these would be taken for a wait of that length
WHERE NOT (p.proargnames[n] = 'max_wait' AND b.label IN ('60', 'NULL'));
-- every good call is one
SELECT function, outcome FROM calls, pg_temp.outcome(function, good, 0, NULL) WHERE outcome <> 'allowed';
-- nothing but refusals of the contract: those of PostgREST's kind, bad_argument, not_supported, not_allowed
SELECT * FROM outcomes WHERE outcome !~ '^((PT4(04|09|22)|22023|0A000|42501) [a-z_]+|allowed)$'
	AND NOT (function IN ('try_book', 'check_slot') AND outcome ~ '^[a-z_]+$');
-- try_book raises nothing at all
SELECT * FROM outcomes WHERE function = 'try_book' AND outcome LIKE '% %';
-- and refuses what book refuses, with the same code
SELECT b.argument, b.label, b.outcome AS book, t.outcome AS try_book FROM outcomes b JOIN outcomes t USING (n, label)
WHERE b.function = 'book' AND t.function = 'try_book' AND t.outcome <> split_part(b.outcome, ' ', CASE b.outcome WHEN 'allowed' THEN 1 ELSE 2 END);
-- which is which (unaligned: a new function is a few new lines)
\pset format unaligned
SELECT function, argument, outcome, string_agg(label, ', ' ORDER BY label COLLATE "C") AS inputs
FROM outcomes WHERE function <> 'try_book' GROUP BY function, n, argument, outcome ORDER BY function COLLATE "C", n, outcome COLLATE "C";
\pset format aligned

-- a manage token of any kind, from a caller who needs one: there is no such booking
CREATE ROLE regress_timetap_bad;
GRANT USAGE ON SCHEMA timetap TO regress_timetap_bad;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_timetap_bad;
GRANT SELECT ON calls, bad TO regress_timetap_bad;
SET ROLE regress_timetap_bad;
SELECT o.outcome, count(*) FROM calls c JOIN pg_proc p ON p.proname = c.function AND p.pronamespace = 'timetap'::regnamespace,
	bad b, pg_temp.outcome(c.function, c.good, array_position(p.proargnames, 'token'), b.value) o
WHERE 'token' = ANY (p.proargnames) AND b.type = 'text' GROUP BY o.outcome;
RESET ROLE;
DROP OWNED BY regress_timetap_bad;
DROP ROLE regress_timetap_bad;

-- NULLs everywhere
\pset format unaligned
SELECT p.proname, pg_temp.outcome(p.proname, '{}', 0, NULL) AS outcome FROM pg_proc p
WHERE p.pronamespace = 'timetap'::regnamespace AND p.pronargs > 0 ORDER BY p.proname COLLATE "C";
\pset format aligned

-- nothing is left behind: no row, and of a refusal in a transaction no lock and no transaction id
SELECT (SELECT count(*) FROM timetap.hosts WHERE handle LIKE 'bad-%') AS hosts, (SELECT count(*) FROM timetap.event_types) AS event_types,
	(SELECT count(*) FROM timetap.availability_rules) AS availability_rules, (SELECT count(*) FROM timetap.date_overrides) AS date_overrides,
	(SELECT count(*) FROM timetap.busy_times) AS busy_times, (SELECT count(*) FROM timetap.allocations) AS allocations,
	(SELECT count(*) FROM timetap.bookings) AS bookings, (SELECT count(*) FROM timetap.booking_events) AS booking_events,
	(SELECT count(*) FROM timetap.sync_queue) AS sync_queue;
BEGIN;
SELECT code FROM timetap.try_book('bad-ana/intro', '2030-01-07 08:00+00', 'cy@example.org');
SELECT code FROM timetap.try_book('bad-ana/intro', '2030-01-07 08:00+00', 'cy');
SELECT code FROM timetap.try_book('bad-ana/none', '2030-01-07 08:00+00', 'cy@example.org');
SELECT pg_current_xact_id_if_assigned() IS NULL AS no_transaction_id, count(*) AS locks FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory';
COMMIT;

DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
DELETE FROM timetap.hosts WHERE handle LIKE 'bad-%';
