-- Who may call what: the table of rights, the catalog, and grant_api
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

CREATE TEMP VIEW pg_temp.functions AS
SELECT p.*, p.oid AS id FROM pg_proc p WHERE p.pronamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace);
CREATE TEMP VIEW pg_temp.relations AS
SELECT c.*, c.oid AS id FROM pg_class c WHERE c.relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace);

-- PUBLIC has nothing: no schema, function, table or view
SELECT nspname FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
WHERE nspname IN ('timetap', 'timetap_private') AND a.grantee = 0;
SELECT f.id::regprocedure FROM pg_temp.functions f, aclexplode(coalesce(proacl, acldefault('f', proowner))) a WHERE a.grantee = 0;
SELECT r.id::regclass FROM pg_temp.relations r, aclexplode(coalesce(relacl, acldefault('r', relowner))) a WHERE a.grantee = 0;

-- every function and view of the API has its row of rights, and every row its function or view
SELECT proname AS without_rights FROM pg_temp.functions WHERE pronamespace = 'timetap'::regnamespace
UNION SELECT relname FROM pg_temp.relations WHERE relnamespace = 'timetap'::regnamespace AND relkind = 'v'
EXCEPT SELECT name FROM timetap_private.api_rights;
SELECT name AS without_object FROM timetap_private.api_rights
EXCEPT SELECT proname FROM pg_temp.functions WHERE pronamespace = 'timetap'::regnamespace
EXCEPT SELECT relname FROM pg_temp.relations WHERE relnamespace = 'timetap'::regnamespace AND relkind = 'v';
-- one name, one signature
SELECT proname FROM pg_temp.functions GROUP BY pronamespace, proname HAVING count(*) > 1;
-- the rights, by the contract's sections
SELECT section, anonymous, authenticated, service, string_agg(name, ' ' ORDER BY name) AS names
FROM timetap_private.api_rights GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
-- whoever may as anonymous may as authenticated and as service too
SELECT name FROM timetap_private.api_rights WHERE anonymous AND NOT authenticated OR authenticated AND NOT service;

DROP VIEW pg_temp.functions, pg_temp.relations;

-- grant_api: roles that do not exist, and callers who may not
SELECT timetap.grant_api();
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.grant_api('', '', 'public');
SELECT count(*) FROM timetap_private.api_roles;
CREATE ROLE regress_tt_anon;
CREATE ROLE "regress tt ""user""";
CREATE ROLE regress_tt_service;
CREATE ROLE regress_tt_other;
SELECT timetap.grant_api('regress_tt_anon', 'regress tt "user"', 'regress_tt_service');
SELECT * FROM timetap_private.api_roles ORDER BY caller;

-- what the catalog says they may is what the table of rights says
CREATE TEMP VIEW pg_temp.differences AS
SELECT r.rolname, p.oid::regprocedure AS function, has_function_privilege(r.rolname, p.oid, 'EXECUTE') AS may
FROM timetap_private.api_rights t JOIN pg_proc p ON p.proname = t.name AND p.pronamespace = 'timetap'::regnamespace,
	(VALUES ('regress_tt_anon', 'anonymous'), ('regress tt "user"', 'authenticated'), ('regress_tt_service', 'service')) AS r (rolname, caller)
WHERE has_function_privilege(r.rolname, p.oid, 'EXECUTE') <> (to_jsonb(t) ->> r.caller)::boolean
ORDER BY 1, 2;
SELECT * FROM pg_temp.differences;
CREATE TEMP VIEW pg_temp.more AS
SELECT r.rolname, has_schema_privilege(r.rolname, 'timetap', 'USAGE') AS usage,
	has_schema_privilege(r.rolname, 'timetap', 'CREATE') OR has_schema_privilege(r.rolname, 'timetap_private', 'USAGE')
	OR has_schema_privilege(r.rolname, 'timetap_private', 'CREATE') AS too_much,
	(SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'timetap'::regnamespace AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')) > 0 AS functions,
	(SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'timetap_private'::regnamespace AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')) AS private_functions,
	(SELECT count(*) FROM pg_class c WHERE c.relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace)
		AND c.relkind IN ('r', 'p', 'm') AND has_any_column_privilege(r.rolname, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
		OR c.relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace) AND c.relkind = 'r'
		AND has_table_privilege(r.rolname, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')) AS tables
FROM pg_roles r WHERE r.rolname LIKE 'regress%tt%' ORDER BY 1;
SELECT * FROM pg_temp.more;

-- as these roles
SET ROLE regress_tt_anon;
SELECT count(*) FROM timetap.slots(NULL);
SELECT timetap.add_host('rights-ana', time_zone => 'UTC');
SELECT * FROM timetap.hosts;
SELECT * FROM timetap.sync_status;
RESET ROLE;
SET ROLE "regress tt ""user""";
SELECT timetap.set_hours('rights-ana', '');
RESET ROLE;
SET ROLE regress_tt_service;
SELECT handle FROM timetap.add_host('rights-ana', time_zone => 'UTC');
SELECT timetap.set_hours('rights-ana', 'Mon 9:00-12:00');
SELECT count(*) FROM timetap.sync_status WHERE host = 'rights-ana';
SELECT count(*) FROM timetap.sync_jobs WHERE host = 'rights-ana';
SELECT timetap.grant_api('', '', 'regress_tt_service');
SELECT * FROM timetap.hosts;
SELECT * FROM timetap_private.secrets;
RESET ROLE;
SET ROLE regress_tt_other;
SELECT timetap.set_hours('rights-ana', '');
RESET ROLE;

-- a right to execute, given by hand, makes nobody the service or an administrator
GRANT USAGE ON SCHEMA timetap TO regress_tt_other;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_tt_other;
SET ROLE regress_tt_other;
SELECT timetap.set_hours('rights-ana', '');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_host('rights-bo');
SELECT timetap.set_date_hours('rights-ana', '2030-01-01', '');
SELECT timetap.block_dates('rights-ana', '2030-01-01');
SELECT timetap.unblock_dates('rights-ana', '2030-01-01');
SELECT timetap.add_busy('rights-ana', '2030-01-01 10:00+00', '2030-01-01 11:00+00');
SELECT timetap.remove_busy('rights-ana', gen_random_uuid());
SELECT timetap.add_event_type('rights-ana/intro');
SELECT timetap.grant_api('', '', 'regress_tt_other');
RESET ROLE;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap FROM regress_tt_other;
REVOKE USAGE ON SCHEMA timetap FROM regress_tt_other;

-- members of the service's role are the service
GRANT regress_tt_service TO regress_tt_other;
SET ROLE regress_tt_other;
SELECT timetap.set_hours('rights-ana', 'Tue 9:00-12:00');
RESET ROLE;
REVOKE regress_tt_service FROM regress_tt_other;

-- again, otherwise: who is no longer named loses what he had
SELECT timetap.grant_api('', 'regress_tt_service', 'regress tt "user"');
SELECT * FROM timetap_private.api_roles ORDER BY caller;
SELECT * FROM pg_temp.more;
SET ROLE regress_tt_service;
SELECT timetap.set_hours('rights-ana', '');
RESET ROLE;
SET ROLE "regress tt ""user""";
SELECT timetap.set_hours('rights-ana', '');
RESET ROLE;
-- one role for all callers
SELECT timetap.grant_api('regress_tt_other', 'regress_tt_other', 'regress_tt_other');
SELECT rolname, usage, functions FROM pg_temp.more;
-- a role that is gone in between
INSERT INTO timetap_private.api_roles VALUES ('anonymous', 'regress_tt_gone') ON CONFLICT (caller) DO UPDATE SET role_name = excluded.role_name;
SELECT timetap.grant_api('', '', '');
SELECT rolname, usage, functions FROM pg_temp.more;
SELECT count(*) FROM timetap_private.api_roles;
DROP VIEW pg_temp.differences, pg_temp.more;
DELETE FROM timetap.hosts WHERE handle LIKE 'rights-%';
DROP ROLE regress_tt_anon, "regress tt ""user""", regress_tt_service, regress_tt_other;
