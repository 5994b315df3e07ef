-- The worker of this database, which keeps the calendars in step.

CREATE FUNCTION timetap.worker_status(OUT pid int, OUT database text, OUT state text, OUT started_at timestamptz,
	OUT in_flight int, OUT done bigint, OUT failed bigint, OUT last_success_at timestamptz, OUT last_error text, OUT wake_ups bigint)
LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'timetap_worker_status';
COMMENT ON FUNCTION timetap.worker_status() IS
'One row: this database''s worker. State: ''running'', ''starting'', ''idle'' (waits for an extension of its version), ''stopped'' (by stop_worker(), or its library is missing), ''not running'' (also when timetap is not in shared_preload_libraries). Counters since the server''s start: requests done and failed, turns of the worker''s loop.';

CREATE FUNCTION timetap.start_worker() RETURNS boolean
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_start_worker';
COMMENT ON FUNCTION timetap.start_worker() IS
'Start this database''s worker, also without timetap in shared_preload_libraries: it then runs until the server is restarted. Takes back stop_worker(). True when one was started or runs already. Errors: PT503 worker_unavailable.';

CREATE FUNCTION timetap.stop_worker() RETURNS boolean
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_stop_worker';
COMMENT ON FUNCTION timetap.stop_worker() IS
'Stop this database''s worker, and start none until start_worker() or a restart of the server. Needed before DROP DATABASE and CREATE DATABASE .. TEMPLATE of this database. True when one was running.';

CREATE FUNCTION timetap_private.wake_worker() RETURNS void
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_wake_worker';
COMMENT ON FUNCTION timetap_private.wake_worker() IS
'Wake this database''s worker at commit, or have the launcher start one.';

-- the launcher looks at this database when CREATE EXTENSION is committed
SELECT timetap_private.wake_worker();
