-- Rules that every object of the extension keeps to, read from the catalog
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

CREATE TEMP VIEW pg_temp.functions AS
SELECT p.*, p.oid AS id FROM pg_proc p WHERE p.pronamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace);
CREATE TEMP VIEW pg_temp.relations AS
SELECT c.*, c.oid AS id FROM pg_class c WHERE c.relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace);

-- functions: C, none with its owner's rights, none in SQL over the tables, all with a comment
SELECT f.id::regprocedure FROM pg_temp.functions f JOIN pg_language l ON l.oid = f.prolang WHERE f.prosecdef OR l.lanname <> 'c';
SELECT f.id::regprocedure FROM pg_temp.functions f WHERE coalesce(obj_description(f.id, 'pg_proc'), '') = '';
-- argument names are not those of output columns, where the function only reads
SELECT f.id::regprocedure FROM pg_temp.functions f WHERE f.provolatile = 's' AND f.proargmodes IS NOT NULL AND EXISTS (
	SELECT n FROM unnest(f.proargnames, f.proargmodes) AS a (n, m) WHERE n <> '' GROUP BY n HAVING count(*) > 1);

-- tables, views and schemas have a comment
SELECT r.id::regclass FROM pg_temp.relations r WHERE relkind IN ('r', 'p', 'v', 'c') AND CASE WHEN relkind = 'c'
	THEN obj_description(reltype, 'pg_type') ELSE obj_description(r.id, 'pg_class') END IS NULL;
SELECT nspname FROM pg_namespace WHERE nspname IN ('timetap', 'timetap_private') AND obj_description(oid, 'pg_namespace') IS NULL;

-- nothing of the API schemas is outside the extension
SELECT r.id::regclass FROM pg_temp.relations r WHERE relkind IN ('r', 'p', 'v', 'c', 'S') AND NOT EXISTS (
	SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.id AND d.deptype = 'e')
	AND NOT (relkind = 'c' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = r.reltype AND d.deptype = 'e'));

-- distribution: tables are per host, but for these
SELECT r.id::regclass AS not_per_host FROM pg_temp.relations r WHERE relkind = 'r'
	AND (r.id IN ('timetap.hosts'::regclass, 'timetap.event_types'::regclass)
		OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.id AND a.attname = 'host_id' AND NOT a.attisdropped))
ORDER BY r.id::regclass::text;
CREATE TEMP VIEW pg_temp.per_host AS
SELECT r.id, r.relname, a.attnum AS host_id, a.attnotnull, a.atttypid::regtype AS type
FROM pg_temp.relations r JOIN pg_attribute a ON a.attrelid = r.id AND a.attname = 'host_id'
WHERE relkind = 'r' AND r.id NOT IN ('timetap.hosts'::regclass, 'timetap.event_types'::regclass);
SELECT count(*) > 5 AS there_are FROM pg_temp.per_host;
SELECT id::regclass FROM pg_temp.per_host WHERE NOT attnotnull OR type <> 'uuid'::regtype;
-- each has a primary key; keys, unique and exclusion constraints and indexes have host_id, with =
SELECT id::regclass FROM pg_temp.per_host t WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = t.id AND c.contype = 'p');
SELECT c.conrelid::regclass, c.conname FROM pg_constraint c JOIN pg_temp.per_host t ON t.id = c.conrelid
WHERE c.contype IN ('p', 'u', 'x') AND (t.host_id = ANY (c.conkey)) IS NOT TRUE;
SELECT c.conrelid::regclass, c.conname FROM pg_constraint c JOIN pg_temp.per_host t ON t.id = c.conrelid
WHERE c.contype = 'x' AND c.conexclop[array_position(c.conkey, t.host_id)] <> '=(uuid,uuid)'::regoperator;
SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_temp.per_host t ON t.id = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND NOT t.host_id = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]);
-- foreign keys go to the tables that are everywhere, or from host_id to host_id
SELECT c.conrelid::regclass, c.conname FROM pg_constraint c JOIN pg_temp.per_host t ON t.id = c.conrelid
WHERE c.contype = 'f' AND c.confrelid NOT IN ('timetap.hosts'::regclass, 'timetap.event_types'::regclass)
	AND NOT EXISTS (SELECT FROM pg_temp.per_host f WHERE f.id = c.confrelid
		AND c.confkey[array_position(c.conkey, t.host_id)] = f.host_id);
-- no foreign key to its own table, none that cascades into bookings
SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid AND conrelid IN (SELECT id FROM pg_temp.relations);
SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')
	AND conrelid IN ('timetap.bookings'::regclass, 'timetap.allocations'::regclass, 'timetap.booking_events'::regclass);
-- ids are uuids; no sequences, no triggers but those of foreign keys
SELECT a.attrelid::regclass, a.attname FROM pg_attribute a JOIN pg_temp.relations r ON r.id = a.attrelid
WHERE r.relkind = 'r' AND a.attname = 'id' AND a.atttypid <> 'uuid'::regtype;
SELECT id::regclass FROM pg_temp.relations WHERE relkind = 'S';
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgrelid IN (SELECT id FROM pg_temp.relations) AND NOT tgisinternal;
-- rows of every table are dumped, but for those that the script makes
SELECT r.id::regclass AS not_dumped FROM pg_temp.relations r WHERE relkind = 'r'
	AND r.id <> ALL (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'timetap');
DROP VIEW pg_temp.per_host, pg_temp.functions, pg_temp.relations;
