-- a caller with schemas, temporary tables and settings of his own changes nothing
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;

SET timetap.now = '2030-01-07 06:00+00';
SELECT handle FROM timetap.add_host('hostile-ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('hostile-ana', 'Mon-Fri 09:00-12:00');
SELECT slug FROM timetap.add_event_type('hostile-ana/intro', slot_interval => '30 min');

CREATE ROLE regress_timetap_mallory;
CREATE SCHEMA regress_mallory AUTHORIZATION regress_timetap_mallory;
GRANT USAGE ON SCHEMA timetap TO regress_timetap_mallory;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_timetap_mallory;
GRANT SET ON PARAMETER timetap.now TO regress_timetap_mallory;

-- a new session: every statement is analyzed for the first time with all of this in the way
\c -
SET SESSION AUTHORIZATION regress_timetap_mallory;
SET timezone = 'UTC';
SELECT count(*) FROM timetap.slots(NULL);
SET timetap.now = '2030-01-07 06:00+00';

-- what a caller may not set, or see
SET timetap.max_span = '100000 days';
SHOW timetap.key_file;

-- operators and functions that tell on whose rights they were run, if they are
DO $$
DECLARE
	name text;
	operator text;
	trap text := ' RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN RAISE ''caught as %'', current_user; END $f$';
BEGIN
	FOREACH name IN ARRAY '{uuid,text,timestamptz,tstzrange,jsonb,int4,int2,bool,time,date,interval,bytea,name}'::text[] LOOP
		EXECUTE format('CREATE FUNCTION regress_mallory.trap(%1$s, %1$s)', name) || trap;
		FOREACH operator IN ARRAY '{=,<>,<,<=,>,>=,&&,@>,+,-,||,~}'::text[] LOOP
			EXECUTE format('CREATE OPERATOR regress_mallory.%1$s (FUNCTION = regress_mallory.trap, LEFTARG = %2$s, RIGHTARG = %2$s)', operator, name);
		END LOOP;
	END LOOP;
	FOREACH name IN ARRAY '{lower(tstzrange),lower(text),upper(tstzrange),now(),max(timestamptz),"tstzrange(timestamptz, timestamptz)",
			"timezone(text, timestamptz)",gen_random_uuid(),isempty(tstzrange),isfinite(timestamptz),sha256(bytea),"generate_series(int, int)"}'::text[] LOOP
		EXECUTE format('CREATE FUNCTION regress_mallory.%s', name) || trap;
	END LOOP;
END $$;
CREATE DOMAIN regress_mallory.text AS pg_catalog.int4;
CREATE DOMAIN regress_mallory.date AS pg_catalog.int4;
CREATE DOMAIN regress_mallory.time AS pg_catalog.int4;
CREATE TYPE regress_mallory.booking_result AS (id int);
-- tables of our names, in his schema and in the temporary one
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY '{hosts,event_types,availability_rules,date_overrides,busy_times,bookings,booking_events,allocations,sync_queue,calendar_events,
			connections,manage_token_keys,api_roles,api_rights,secrets}'::text[] LOOP
		EXECUTE format('CREATE TABLE regress_mallory.%I (nothing int)', name);
		EXECUTE format('CREATE TEMP TABLE %I (nothing int)', name);
	END LOOP;
END $$;
SET search_path = pg_temp, regress_mallory, pg_catalog;
SELECT 1 FROM hosts WHERE 'a'::pg_catalog.text = 'b'::pg_catalog.text;
SELECT 'a'::pg_catalog.text = 'b'::pg_catalog.text;
-- settings that change how SQL is read, planned and shown
SET transform_null_equals = on;
SET standard_conforming_strings = off;
SET quote_all_identifiers = on;
SET array_nulls = off;
SET row_security = off;
SET intervalstyle = sql_standard;
SET datestyle = 'German, DMY';
SET bytea_output = escape;
SET plan_cache_mode = force_custom_plan;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET enable_nestloop = off;
SET from_collapse_limit = 1;
SET session_replication_role = replica;
SET default_transaction_isolation = 'repeatable read';
SET work_mem = '64kB';

SELECT starts_at, local_date, local_time FROM timetap.slots('hostile-ana/intro', '2030-01-07 00:00+00', '2030-01-08 00:00+00');
SELECT starts_at FROM timetap.next_slots('hostile-ana/intro', 1);
SELECT code FROM timetap.check_slot('hostile-ana/intro', '2030-01-07 08:10+00');
SELECT id, manage_token AS token, status, starts_at FROM timetap.book('hostile-ana/intro', '2030-01-07 08:00+00', 'ben@example.org', metadata => '{"a": null}') \gset
\echo :status :starts_at
SELECT * FROM timetap.book('hostile-ana/intro', '2030-01-07 08:30+00', 'cy@example.org');
SELECT ok, code FROM timetap.try_book('hostile-ana/intro', '2030-01-07 09:00+00', 'cy@example.org');
SELECT starts_at, ends_at, version FROM timetap.reschedule(:'id', '2030-01-07 10:00+00', :'token', 'why');
SELECT status, local_date, local_time FROM timetap.get_booking(:'id', :'token');
SELECT timetap.wait_for_link(:'id', :'token');
SELECT status, version FROM timetap.cancel(:'id', :'token');
-- set-up is not for him
SELECT timetap.set_hours('hostile-ana', '');
SELECT timetap.add_busy('hostile-ana', '2030-01-07 09:00+00', '2030-01-07 10:00+00');
-- nor are the tables
SELECT pg_catalog.count(*) FROM timetap.bookings;
SELECT pg_catalog.count(*) FROM timetap_private.manage_token_keys;

-- what he wrote is what was written
\c -
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
SELECT b.status, b.starts_at, b.metadata, a.starts_at AS allocated FROM timetap.bookings b LEFT JOIN timetap.allocations a USING (host_id, meeting_id) ORDER BY b.created_at, b.starts_at;
SELECT e.version, e.what, e.who, e.reason FROM timetap.booking_events e WHERE e.booking_id = :'id' ORDER BY e.version;

DROP OWNED BY regress_timetap_mallory CASCADE;
DROP ROLE regress_timetap_mallory;
DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
DELETE FROM timetap.hosts WHERE handle LIKE 'hostile-%';
