-- Calendars: connecting a host's, and seeing what becomes of it.

CREATE FUNCTION timetap.google_configure(client_id text, client_secret text, redirect_uri text DEFAULT NULL) RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_google_configure';
COMMENT ON FUNCTION timetap.google_configure(text, text, text) IS
'Set the OAuth client that timetap asks Google with, and try again what has failed. Stored encrypted, with the key in timetap.key_file. Pass secrets as bind parameters: log_statement and its kin keep a statement''s text. Administrators only.';

CREATE FUNCTION timetap.google_connect(host text, refresh_token text, calendar_id text DEFAULT NULL) RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_google_connect';
COMMENT ON FUNCTION timetap.google_connect(text, text, text) IS
'Connect a host''s Google calendar (default ''primary''), or renew its token. The token is stored encrypted; pass it as a bind parameter: log_statement and its kin keep a statement''s text. Queues an event for every meeting to come that has none. Errors: PT404 host_not_found.';

CREATE FUNCTION timetap.disconnect_calendar(host text, provider text DEFAULT NULL) RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_disconnect_calendar';
COMMENT ON FUNCTION timetap.disconnect_calendar(text, text) IS
'Forget a host''s token and stop writing to the calendar. Events that are there stay. Errors: PT404 host_not_found.';

CREATE FUNCTION timetap.retry_sync(booking uuid) RETURNS boolean
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_retry_sync';
COMMENT ON FUNCTION timetap.retry_sync(uuid) IS
'Make the calendar agree with this booking''s meeting, now and whatever has failed before. False when there is nothing to do: no calendar connected, the meeting is over, or it neither is nor should be on the calendar. Errors: PT404 booking_not_found.';

CREATE FUNCTION timetap.retry_failed(host text DEFAULT NULL) RETURNS int
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_retry_failed';
COMMENT ON FUNCTION timetap.retry_failed(text) IS
'Try all failed sync jobs of a host again, now; of all hosts without one. Gives their number. Errors: PT404 host_not_found.';

-- The views' functions have the views' names, so that the table of rights gives
-- both to the same callers: a view's functions are called with the rights of
-- whoever selects from it.

CREATE FUNCTION timetap.sync_status()
RETURNS TABLE (host text, provider text, state text, account text, pending int, failed int, oldest_pending timestamptz,
	last_error text, hint text, busy_synced_at timestamptz, degraded boolean)
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 AS 'MODULE_PATHNAME', 'timetap_sync_status';
COMMENT ON FUNCTION timetap.sync_status() IS 'Rows of the view timetap.sync_status; for the service and administrators';

CREATE VIEW timetap.sync_status AS SELECT s.* FROM timetap.sync_status() s;
COMMENT ON VIEW timetap.sync_status IS
'Every host, its calendar''s connection and what waits for it: pending jobs, failed ones (given up until retried), and what to do about it. For the service and administrators';

CREATE FUNCTION timetap.sync_jobs()
RETURNS TABLE (job uuid, host text, meeting_id uuid, bookings uuid[], action text, state text, attempts int,
	next_attempt_at timestamptz, last_attempt_at timestamptz, http_status int, last_error text, hint text)
LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000 AS 'MODULE_PATHNAME', 'timetap_sync_jobs';
COMMENT ON FUNCTION timetap.sync_jobs() IS 'Rows of the view timetap.sync_jobs; for the service and administrators';

CREATE VIEW timetap.sync_jobs AS SELECT j.* FROM timetap.sync_jobs() j;
COMMENT ON VIEW timetap.sync_jobs IS
'Meetings that the calendar has still to be told of, what will be done (create, change, delete, read) and how it went so far. For the service and administrators';
