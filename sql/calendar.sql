-- sync_status, sync_jobs, disconnect_calendar, retry_sync, retry_failed and the
-- refusals of google_configure and google_connect.  What needs the worker's
-- library and a key file is in test/t/.
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- no worker may touch the connections made up below; it stays away, for a
-- worker keeps the next run from dropping this database
SELECT timetap.stop_worker() IS NOT NULL AS stopped;
SELECT pid, database = current_database() AS here, state, started_at, in_flight FROM timetap.worker_status();
SELECT timetap.stop_worker();

SELECT handle FROM timetap.add_host('cal-ana', time_zone => 'UTC');
SELECT handle FROM timetap.add_host('cal-bob', time_zone => 'UTC');
SELECT id AS ana FROM timetap.hosts WHERE handle = 'cal-ana' \gset
SELECT timetap.set_hours('cal-ana', 'Mon-Sun 09:00-17:00');
SELECT slug FROM timetap.add_event_type('cal-ana/talk', min_notice => '0');
CREATE FUNCTION pg_temp.book(n int) RETURNS uuid LANGUAGE sql AS $$
SELECT b.id FROM timetap.book('cal-ana/talk',
	(SELECT starts_at FROM timetap.next_slots('cal-ana/talk', 1, date_trunc('day', now()) + n * interval '1 day')),
	'guest' || n || '@example.org') b $$;
CREATE VIEW pg_temp.state AS
SELECT attendee_email, status, sync_state, q.parked, q.failures, q.wish, q.next_attempt_at <= now() AS due
FROM timetap.bookings b LEFT JOIN timetap.sync_queue q USING (host_id, meeting_id)
WHERE b.host_id = (SELECT id FROM timetap.hosts WHERE handle = 'cal-ana') ORDER BY starts_at;

-- not connected: the booking stands, nothing is queued, and that is seen
SELECT pg_temp.book(2) AS early \gset
SELECT * FROM pg_temp.state;
SELECT host, provider, state, account, pending, failed, oldest_pending, last_error, hint, busy_synced_at, degraded
FROM timetap.sync_status WHERE host LIKE 'cal-%';
SELECT count(*) FROM timetap.sync_jobs WHERE host LIKE 'cal-%';
SELECT timetap.retry_sync(:'early');
SELECT timetap.retry_failed('cal-ana');
SELECT timetap.disconnect_calendar('cal-ana');

-- connected, by hand: a connection as google_connect() makes it
INSERT INTO timetap_private.connections (host_id, provider, calendar_id, credential_kind, credential)
VALUES (:'ana', 'google', 'primary', 'refresh_token', '\x00');
SELECT pg_temp.book(3) AS booking \gset
SELECT pg_temp.book(4) AS other \gset
SELECT meeting_id AS meeting FROM timetap.bookings WHERE id = :'booking' \gset
SELECT * FROM pg_temp.state;
SELECT host, provider, state, pending, failed, oldest_pending IS NOT NULL AS waits FROM timetap.sync_status WHERE host LIKE 'cal-%';
SELECT job = meeting_id AS same, host, bookings = ARRAY[:'booking'::uuid] AS its_own, action, state, attempts, last_attempt_at, http_status, last_error
FROM timetap.sync_jobs WHERE meeting_id = :'meeting';

-- what a job is about to do, and how it fares
CREATE FUNCTION pg_temp.event(p_state text, p_link text, p_status text) RETURNS TABLE (action text, job_state text) LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM timetap.calendar_events e USING timetap.hosts h WHERE h.id = e.host_id AND h.handle = 'cal-ana';
	IF p_state IS NOT NULL THEN
		INSERT INTO timetap.calendar_events (host_id, meeting_id, connection_id, provider, calendar_id, event_id, state, link_state, revision)
		SELECT b.host_id, b.meeting_id, c.id, 'google', 'primary', 'tt1', p_state, p_link, 1
		FROM timetap.bookings b JOIN timetap_private.connections c USING (host_id) WHERE attendee_email = 'guest3@example.org';
	END IF;
	UPDATE timetap.bookings SET status = p_status WHERE attendee_email = 'guest3@example.org';
	RETURN QUERY SELECT j.action, j.state FROM timetap.sync_jobs j JOIN timetap.bookings b USING (meeting_id)
		WHERE attendee_email = 'guest3@example.org';
END $$;
BEGIN;
SELECT w.*, e.* FROM (VALUES
	(1, NULL, 'none', 'confirmed'), (2, 'creating', 'none', 'confirmed'), (3, 'unknown', 'none', 'confirmed'),
	(4, 'live', 'ready', 'confirmed'), (5, 'live', 'pending', 'confirmed'), (6, 'gone', 'none', 'completed'),
	(7, 'live', 'ready', 'cancelled'), (8, NULL, 'none', 'declined'), (9, 'live', 'none', 'no_show'))
	w (n, event, link, status), pg_temp.event(event, link, status) e ORDER BY n;
UPDATE timetap.sync_queue SET lease_until = now() + interval '1 min' WHERE host_id = :'ana';
SELECT DISTINCT state FROM timetap.sync_jobs WHERE host = 'cal-ana';
ROLLBACK;

-- given up: seen, and tried again on demand
UPDATE timetap.sync_queue SET parked = true, failures = 100, attempt = 100, last_attempt_at = now(), http_status = 500,
	last_error = 'creating the event: HTTP 500', next_attempt_at = now() + interval '1 h' WHERE host_id = :'ana';
UPDATE timetap.bookings SET sync_state = 'failed' WHERE host_id = :'ana' AND sync_state = 'pending';
SELECT host, state, pending, failed, oldest_pending, last_error FROM timetap.sync_status WHERE host = 'cal-ana';
SELECT action, state, attempts, http_status, last_error, hint FROM timetap.sync_jobs WHERE meeting_id = :'meeting';
SELECT timetap.retry_failed('cal-bob');
SELECT timetap.retry_sync(:'booking');
SELECT * FROM pg_temp.state;
SELECT timetap.retry_failed('cal-ana');
SELECT * FROM pg_temp.state;
SELECT timetap.retry_failed('cal-ana');
-- one under way is not failed, though its failure is counted in advance
UPDATE timetap.sync_queue SET failures = 1, lease_until = now() + interval '1 min' WHERE meeting_id = :'meeting';
SELECT timetap.retry_failed();
UPDATE timetap.sync_queue SET lease_until = NULL WHERE meeting_id = :'meeting';
UPDATE timetap_private.connections SET state = 'failed', not_before = now() + interval '1 h' WHERE host_id = :'ana';
SELECT timetap.retry_failed();
SELECT state, not_before FROM timetap_private.connections WHERE host_id = :'ana';

-- disconnected: no credential stays, no job, and no booking says that it waits
SELECT pg_temp.event('live', 'ready', 'confirmed') IS NOT NULL AS there;
UPDATE timetap.bookings SET sync_state = 'synced' WHERE id = :'booking';
SELECT status, sync_state FROM timetap.cancel(:'other');
SELECT timetap.disconnect_calendar('cal-ana', 'google');
SELECT state, credential, version FROM timetap_private.connections WHERE host_id = :'ana';
SELECT * FROM pg_temp.state;
SELECT provider, state, pending, hint FROM timetap.sync_status WHERE host = 'cal-ana';
SELECT timetap.retry_sync(:'booking');

-- the service may, nobody else
CREATE ROLE regress_timetap_service;
CREATE ROLE regress_timetap_user;
SELECT timetap.grant_api('', '', 'regress_timetap_service');
SET ROLE regress_timetap_service;
SELECT host, state FROM timetap.sync_status WHERE host LIKE 'cal-%';
SELECT count(*) FROM timetap.sync_jobs WHERE host LIKE 'cal-%';
SELECT state FROM timetap.worker_status();
SELECT timetap.retry_failed('cal-ana');
SELECT timetap.google_configure('id', 'secret');
RESET ROLE;
-- also where somebody granted more than grant_api() does
GRANT USAGE ON SCHEMA timetap TO regress_timetap_user;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_timetap_user;
GRANT SELECT ON timetap.sync_status, timetap.sync_jobs TO regress_timetap_user;
SET ROLE regress_timetap_user;
SELECT * FROM timetap.sync_status;
SELECT * FROM timetap.sync_jobs;
SELECT * FROM timetap.worker_status();
SELECT timetap.start_worker();
SELECT timetap.stop_worker();
SELECT timetap.retry_sync(gen_random_uuid());
SELECT timetap.retry_failed();
SELECT timetap.google_configure('id', 'secret');
SELECT timetap.google_connect('cal-ana', 'token');
SELECT timetap.disconnect_calendar('cal-ana');
RESET ROLE;
SELECT timetap.grant_api('', '', '');
DROP OWNED BY regress_timetap_user;
DROP ROLE regress_timetap_service, regress_timetap_user;

-- bad input; no message repeats a secret
SELECT timetap.google_connect('nobody', 'token-xyz');
SELECT timetap.google_connect(NULL, 'token-xyz');
SELECT timetap.google_connect('cal-ana', NULL);
SELECT timetap.google_connect('cal-ana', '');
SELECT timetap.google_connect('cal-ana', ' token-xyz');
SELECT timetap.google_connect('cal-ana', E'token-xyz\n');
SELECT timetap.google_connect('cal-ana', 'tökén');
SELECT timetap.google_connect('cal-ana', repeat('x', 4097));
SELECT timetap.google_connect('cal-ana', 'token-xyz', '');
SELECT timetap.google_configure(NULL, 'secret-xyz');
SELECT timetap.google_configure('id', '');
SELECT timetap.google_configure('id', 'secret-xyz', 'https://example.org/ back');
SELECT timetap.disconnect_calendar('nobody');
SELECT timetap.disconnect_calendar(NULL);
SELECT timetap.disconnect_calendar('cal-ana', 'outlook');
SELECT timetap.retry_sync(NULL);
SELECT timetap.retry_sync('00000000-0000-0000-0000-000000000000');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.retry_failed('nobody');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM timetap_private.secrets WHERE name = 'google_client';

-- others count bookings
DELETE FROM timetap.calendar_events WHERE host_id = :'ana';
DELETE FROM timetap.booking_events WHERE host_id = :'ana';
DELETE FROM timetap.bookings WHERE host_id = :'ana';
DELETE FROM timetap.allocations WHERE host_id = :'ana';
DELETE FROM timetap_private.connections WHERE host_id = :'ana';
DELETE FROM timetap.hosts WHERE handle LIKE 'cal-%';
