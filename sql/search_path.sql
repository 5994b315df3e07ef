-- A search_path that the caller has set changes nothing
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- all of these would raise an error if any statement found them
CREATE SCHEMA regress_trap;
DO $$
DECLARE
	operator text;
	type text;
BEGIN
	FOREACH type IN ARRAY '{uuid,text,date,int4,timestamptz,bool,name,oid,"\"char\"",interval}'::text[] LOOP
		EXECUTE format('CREATE FUNCTION regress_trap.trap(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN RAISE ''trapped''; END $f$', type);
		FOREACH operator IN ARRAY '{=,<>,<,<=,>,>=}'::text[] LOOP
			EXECUTE format('CREATE OPERATOR regress_trap.%1$s (FUNCTION = regress_trap.trap, LEFTARG = %2$s, RIGHTARG = %2$s)', operator, type);
		END LOOP;
	END LOOP;
	FOREACH type IN ARRAY '{"date, int","date, date","timestamptz, interval","timestamptz, timestamptz","int, int","text, text"}'::text[] LOOP
		EXECUTE format('CREATE FUNCTION regress_trap.other(%s) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RAISE ''trapped''; END $f$', type);
		FOREACH operator IN ARRAY '{+,-,||}'::text[] LOOP
			EXECUTE format('CREATE OPERATOR regress_trap.%s (FUNCTION = regress_trap.other, LEFTARG = %s, RIGHTARG = %s)', operator,
				split_part(type, ', ', 1), split_part(type, ', ', 2));
		END LOOP;
	END LOOP;
END $$;
CREATE FUNCTION regress_trap.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
CREATE FUNCTION regress_trap.generate_series(int, int) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
CREATE FUNCTION regress_trap.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE 'trapped'; END $$;
CREATE TABLE regress_trap.hosts (id uuid, handle text);
CREATE TABLE regress_trap.event_types (id uuid, slug text);
CREATE DOMAIN regress_trap.uuid AS int;
CREATE DOMAIN regress_trap.date AS int;
SET search_path = regress_trap, pg_catalog;
-- the trap works
SELECT 'a'::text = 'a'::text;
SELECT now() + interval '1 day';
SELECT (timetap.add_host('path-cy', time_zone => 'UTC')).kind;
SELECT timetap.set_hours('path-cy', 'Mon 9:00-12:00'), timetap.set_date_hours('path-cy', '2030-01-01', '9:00-12:00'),
	timetap.set_date_hours('path-cy', '2030-01-01', ''), timetap.block_dates('path-cy', '2030-01-01', '2030-01-03', 'a'),
	timetap.block_dates('path-cy', '2030-01-01', '2030-01-03', 'b'), timetap.unblock_dates('path-cy', '2030-01-01');
SELECT timetap.remove_busy('path-cy', (timetap.add_busy('path-cy', '2030-01-01 10:00+00', '2030-01-01 11:00+00', 'x', 'y')).id);
SELECT (timetap.add_event_type('path-cy/intro', options => '{}', capacity => 1, location => 'meet')).slug;
SELECT timetap.grant_api('', '', '');
SET timetap.now = '2030-01-01 00:00+00';
SELECT count(*) FROM timetap.slots('path-cy/intro', '2030-01-07 00:00+00', '2030-01-08 00:00+00');
SELECT count(*) FROM timetap.next_slots('path-cy/intro', 2);
SELECT (timetap.check_slot('path-cy/intro', '2030-01-07 09:00+00')).bookable;
SELECT id AS booking, manage_token AS token FROM timetap.book('path-cy/intro', '2030-01-07 09:00+00', 'bo@example.com') \gset
SELECT (timetap.try_book('path-cy/intro', '2030-01-07 09:00+00', 'bo@example.com')).code;
SELECT (timetap.get_booking(:'booking', :'token')).status;
SELECT (timetap.reschedule(:'booking', '2030-01-07 10:00+00', :'token')).starts_at;
SELECT (timetap.cancel(:'booking', :'token')).status;
SELECT count(*) > 0 FROM timetap.sync_status;
SELECT count(*) FROM timetap.sync_jobs WHERE bookings IS NULL;
SELECT timetap.retry_sync(:'booking');
SELECT timetap.retry_failed('path-cy');
SELECT timetap.disconnect_calendar('path-cy');
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA regress_trap CASCADE;
RESET client_min_messages;
DELETE FROM timetap.booking_events WHERE booking_id = :'booking';
DELETE FROM timetap.bookings WHERE id = :'booking';
DELETE FROM timetap.hosts WHERE handle LIKE 'path-%';
