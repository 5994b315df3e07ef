-- what a session keeps between calls: nothing that an error, a cancelled wait or a new extension could spoil
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

SET timetap.now = '2030-01-07 06:00+00';
SELECT handle FROM timetap.add_host('session-ana', time_zone => 'UTC');
SELECT timetap.set_hours('session-ana', 'Mon-Fri 09:00-17:00');
SELECT slug FROM timetap.add_event_type('session-ana/intro');
CREATE ROLE regress_timetap_session;
GRANT USAGE ON SCHEMA timetap TO regress_timetap_session;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_timetap_session;

-- an error in the middle of a call leaves the caller who he was, and without the owner's rights
SET ROLE regress_timetap_session;
SELECT id, manage_token AS token FROM timetap.book('session-ana/intro', '2030-01-07 09:00+00', 'ben@example.org') \gset
DO $$
DECLARE
	statement text;
BEGIN
	FOREACH statement IN ARRAY ARRAY[
		$q$SELECT timetap.book('session-ana/intro', '2030-01-07 09:00+00', 'cy@example.org')$q$,
		$q$SELECT timetap.book('session-ana/none', '2030-01-07 09:00+00', 'cy@example.org')$q$,
		$q$SELECT count(*) FROM timetap.slots('session-ana/intro', time_zone => 'Mars')$q$,
		$q$SELECT timetap.cancel('00000000-0000-4000-8000-000000000000')$q$,
		$q$SELECT timetap.add_host('session-bo')$q$]
	LOOP
		BEGIN
			EXECUTE statement;
			RAISE 'not refused: %', statement;
		EXCEPTION WHEN OTHERS THEN
			RAISE NOTICE '% %, and then %', sqlstate, sqlerrm, current_user;
			BEGIN
				PERFORM FROM timetap.bookings;
				RAISE WARNING 'can read the table';
			EXCEPTION WHEN insufficient_privilege THEN NULL;
			END;
		END;
	END LOOP;
END $$;
-- as does a call that ends well
SELECT ok, current_user FROM timetap.try_book('session-ana/intro', '2030-01-07 10:00+00', 'ben@example.org');
SELECT current_user;
RESET ROLE;

-- a booking in a savepoint that is rolled back leaves no lock behind, one that is kept keeps it
BEGIN;
SAVEPOINT s;
SELECT ok FROM timetap.try_book('session-ana/intro', '2030-01-07 11:00+00', 'ben@example.org');
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
ROLLBACK TO s;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
SELECT ok FROM timetap.try_book('session-ana/intro', '2030-01-07 11:00+00', 'ben@example.org');
-- a refusal in the same transaction does not give it back
SELECT code FROM timetap.try_book('session-ana/intro', '2030-01-07 11:00+00', 'ben@example.org');
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
COMMIT;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();

-- no caller can take or drop the host's lock with the functions for advisory locks
BEGIN;
SELECT ok FROM timetap.try_book('session-ana/intro', '2030-01-07 12:00+00', 'ben@example.org');
SET client_min_messages = error;
SELECT pg_advisory_unlock(classid::bigint << 32 | objid::bigint) AS by_one_key,
	pg_advisory_unlock(('x' || lpad(to_hex(classid::bigint), 8, '0'))::bit(32)::int, ('x' || lpad(to_hex(objid::bigint), 8, '0'))::bit(32)::int) AS by_two
FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
SELECT pg_advisory_unlock_all();
RESET client_min_messages;
SELECT objsubid, mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
COMMIT;

-- an interrupted wait for a link is over at once
UPDATE timetap.bookings SET sync_state = 'pending' WHERE id = :'id';
SET statement_timeout = '50ms';
SELECT timetap.wait_for_link(:'id', max_wait => '5 min');
RESET statement_timeout;

-- statements that were kept find the tables of an extension that was dropped and created again
SET client_min_messages = warning;
DROP OWNED BY regress_timetap_session;
DROP ROLE regress_timetap_session;
DROP EXTENSION timetap;
CREATE EXTENSION timetap;
SELECT handle FROM timetap.add_host('session-ana', time_zone => 'UTC');
SELECT timetap.set_hours('session-ana', 'Mon-Fri 09:00-17:00');
SELECT slug FROM timetap.add_event_type('session-ana/intro');
SELECT count(*) FROM timetap.slots('session-ana/intro', '2030-01-07', '2030-01-08');
SELECT id, manage_token AS token FROM timetap.book('session-ana/intro', '2030-01-07 09:00+00', 'ben@example.org') \gset
SELECT starts_at FROM timetap.reschedule(:'id', '2030-01-07 10:00+00');
SELECT status FROM timetap.get_booking(:'id');
SELECT status FROM timetap.cancel(:'id');
SELECT count(*) FROM timetap.slots('session-ana/intro', '2030-01-07', '2030-01-08');
-- also when a column has been added to a table and another dropped
ALTER TABLE timetap.bookings ADD COLUMN colour text;
SELECT ok FROM timetap.try_book('session-ana/intro', '2030-01-07 09:00+00', 'ben@example.org');
ALTER TABLE timetap.bookings DROP COLUMN colour;
SELECT ok FROM timetap.try_book('session-ana/intro', '2030-01-07 10:00+00', 'ben@example.org');

DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
DELETE FROM timetap.hosts WHERE handle LIKE 'session-%';
