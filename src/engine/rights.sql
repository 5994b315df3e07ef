-- Rights: who may call what.  This part comes last.

CREATE TABLE timetap_private.api_rights (
	name name PRIMARY KEY,
	section text NOT NULL,
	anonymous boolean NOT NULL,
	authenticated boolean NOT NULL,
	service boolean NOT NULL,
	CONSTRAINT api_rights_section_check CHECK (section IN ('set up', 'read', 'book', 'host', 'service', 'calendar'))
);

COMMENT ON TABLE timetap_private.api_rights IS 'Who may call each function, and select from each view, of schema timetap; what nobody may is for administrators. Part of the extension: not to be changed';
COMMENT ON COLUMN timetap_private.api_rights.anonymous IS 'Whoever is not logged in';
COMMENT ON COLUMN timetap_private.api_rights.authenticated IS 'Whoever is logged in, as himself';
COMMENT ON COLUMN timetap_private.api_rights.service IS 'The application''s own server';

-- The set-up verbs are for the service alone as long as there are no claims
-- that tell an authenticated caller's own hosts from those of others.
INSERT INTO timetap_private.api_rights (name, section, anonymous, authenticated, service) VALUES
	('add_host', 'set up', false, false, true),
	('set_hours', 'set up', false, false, true),
	('set_date_hours', 'set up', false, false, true),
	('block_dates', 'set up', false, false, true),
	('unblock_dates', 'set up', false, false, true),
	('add_busy', 'set up', false, false, true),
	('block_time', 'set up', false, false, true),
	('remove_busy', 'set up', false, false, true),
	('add_event_type', 'set up', false, false, true),
	('set_limits', 'set up', false, false, true),
	('set_host_limits', 'set up', false, false, true),
	('grant_api', 'set up', false, false, false),
	('slots', 'read', true, true, true),
	('next_slots', 'read', true, true, true),
	('check_slot', 'read', true, true, true),
	('days', 'read', true, true, true),
	('day_slots', 'read', true, true, true),
	('host_hours', 'read', true, true, true),
	('free_busy', 'read', true, true, true),
	('event_type_info', 'read', true, true, true),
	('host_event_types', 'read', true, true, true),
	('explain_day', 'read', false, false, true),
	('pool_slots', 'read', true, true, true),
	('suggest', 'read', true, true, true),
	('book', 'book', true, true, true),
	('try_book', 'book', true, true, true),
	('cancel', 'book', true, true, true),
	('reschedule', 'book', true, true, true),
	('get_booking', 'book', true, true, true),
	('wait_for_link', 'book', true, true, true),
	('google_configure', 'calendar', false, false, false),
	('google_connect', 'calendar', false, false, true),
	('disconnect_calendar', 'calendar', false, false, true),
	('sync_status', 'calendar', false, false, true),
	('sync_jobs', 'calendar', false, false, true),
	('retry_sync', 'calendar', false, false, true),
	('retry_failed', 'calendar', false, false, true),
	('worker_status', 'calendar', false, false, true),
	('start_worker', 'calendar', false, false, true),
	('stop_worker', 'calendar', false, false, true);

CREATE TABLE timetap_private.api_roles (
	caller text PRIMARY KEY,
	role_name text NOT NULL,
	CONSTRAINT api_roles_caller_check CHECK (caller IN ('anonymous', 'authenticated', 'service'))
);
SELECT pg_catalog.pg_extension_config_dump('timetap_private.api_roles', '');

COMMENT ON TABLE timetap_private.api_roles IS 'The roles that grant_api() was told, so that upgrades can grant again and the service is known';

CREATE FUNCTION timetap.grant_api(anon text DEFAULT NULL, authenticated text DEFAULT NULL, service text DEFAULT NULL)
RETURNS void
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_grant_api';
COMMENT ON FUNCTION timetap.grant_api(text, text, text) IS
'Grant the API to the roles of callers that are not logged in (default anon), that are (default authenticated), and of the application''s server (default service_role); '''' grants nothing to that kind of caller. Takes it back from the roles named before. For administrators. Makes no roles.';

-- CREATE FUNCTION lets everybody execute: take that back from all of them,
-- here and at the end of every upgrade script.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA timetap, timetap_private FROM PUBLIC;

-- So may ALTER DEFAULT PRIVILEGES have given rights to others: rights come from
-- grant_api() and from nowhere else.
DO $$
DECLARE
	stranger text;
BEGIN
	FOR stranger IN
		SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
		FROM (
			SELECT nspacl, nspowner FROM pg_namespace WHERE nspname IN ('timetap', 'timetap_private')
			UNION ALL
			SELECT relacl, relowner FROM pg_class WHERE relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace)
			UNION ALL
			SELECT proacl, proowner FROM pg_proc WHERE pronamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace)
		) o (acl, owner), aclexplode(o.acl) a
		WHERE a.grantee <> o.owner
	LOOP
		EXECUTE format('REVOKE ALL ON SCHEMA timetap, timetap_private FROM %s', stranger);
		EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA timetap, timetap_private FROM %s', stranger);
		EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA timetap, timetap_private FROM %s', stranger);
	END LOOP;
END
$$;
