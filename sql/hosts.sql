-- add_host: defaults, canonical spellings, and every refusal
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- defaults: only the handle is needed; the zone left out is worth a notice
SELECT id IS NOT NULL AS id, handle, name, email, time_zone, owner_id, kind, metadata, created_at IS NOT NULL AS created
FROM timetap.add_host('hosts-ana');
-- nulls are defaults too
SELECT handle, name, email, time_zone, owner_id, kind, metadata
FROM timetap.add_host('hosts-bo', NULL, NULL, NULL, NULL, NULL, NULL);
-- everything given; the zone is stored as the zone list spells it
SELECT handle, name, email, time_zone, owner_id, kind, metadata
FROM timetap.add_host('hosts-r1', 'Room.1+x@example.com', 'Großer Saal', 'europe/PARIS', 'user_1', 'room', '{"floor": 3}');
SELECT (timetap.add_host(handle => 'hosts-team', time_zone => 'UTC', kind => 'team')).kind;
SELECT count(*) FROM timetap.hosts WHERE handle LIKE 'hosts-%';

-- handles
SELECT timetap.add_host(NULL);
SELECT timetap.add_host('');
SELECT timetap.add_host('Ana Smith');
SELECT timetap.add_host('-ana');
SELECT timetap.add_host('ana/intro');
SELECT timetap.add_host('änne');
SELECT timetap.add_host(E'ana\n');
SELECT timetap.add_host('0f3c0d6e-9a55-4f0e-8c69-2d3a1f0e7b11');
SELECT timetap.add_host(repeat('a', 64));
SELECT timetap.add_host(repeat('é', 300));
SELECT length((timetap.add_host(repeat('a', 63), time_zone => 'UTC')).handle);
-- 32 digits in a row are a handle; only the form with hyphens is a uuid
SELECT (timetap.add_host('0f3c0d6e9a554f0e8c692d3a1f0e7b11', time_zone => 'UTC')).handle;
-- what a hint suggests is accepted
CREATE FUNCTION pg_temp.suggested(bad text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM timetap.add_host(bad);
	RETURN 'not refused';
EXCEPTION WHEN sqlstate 'PT422' THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN (timetap.add_host(substring(hint from '''([^'']*)'', for example'), time_zone => 'UTC')).handle;
END $$;
SELECT bad, pg_temp.suggested(bad)
FROM unnest('{Hosts Ana  Smith, __hosts__b__, hosts/é/x-, 1F3C0D6E-9a55-4f0e-8c69-2d3a1f0e7b11}'::text[]) AS bad;

-- a second one of the same name
SELECT timetap.add_host('hosts-ana', time_zone => 'UTC');
\echo :LAST_ERROR_SQLSTATE

-- e-mail
SELECT timetap.add_host('hosts-x', '');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_host('hosts-x', 'ana');
SELECT timetap.add_host('hosts-x', E'ana@example.com\r\nBcc: all@example.com');
SELECT timetap.add_host('hosts-x', 'Ana <ana@example.com>');

CREATE FUNCTION pg_temp.accepts(email text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM timetap.add_host('hosts-email', email, time_zone => 'UTC');
	DELETE FROM timetap.hosts WHERE handle = 'hosts-email';
	RETURN true;
EXCEPTION WHEN sqlstate 'PT422' THEN
	RETURN false;
END $$;
-- accepted
SELECT e AS not_accepted FROM unnest(ARRAY['a@b.co', 'a.b+c_d%e@x-1.example.com', '!#$&''*/=?^`{|}~@example.com', 'анна@пример.рф',
	'x@1.2.example', 'ana@EXAMPLE.com', repeat('a', 64) || '@example.com',
	'a@' || repeat('b', 63) || '.' || repeat('c', 63) || '.' || repeat('d', 63) || '.' || repeat('e', 58) || '.f']) AS e
WHERE NOT pg_temp.accepts(e);
-- refused
SELECT e AS accepted FROM unnest(ARRAY['@', 'a@', '@b.co', 'a@b', 'a@b@c.co', 'a b@c.co', 'a@b c.co', ' a@b.co', 'a@b.co ', E'a@b.co\n',
	E'a\tb@c.co', '.a@b.co', 'a.@b.co', 'a..b@c.co', 'a@.b.co', 'a@b..co', 'a@b.co.', 'a@-b.co', 'a@b-.co', 'a@b_c.co', '"a b"@c.co',
	'a,b@c.co', 'a;b@c.co', 'a(b)@c.co', '<a@b.co>', 'a@[127.0.0.1]', 'a@127.0.0.1', 'mailto:a@b.co', U&'a\00A0b@c.co', U&'a@b.co\200B',
	U&'a\202Eb@c.co', U&'\FEFFa@b.co', E'a\x7F@b.co', repeat('a', 65) || '@example.com', 'a@' || repeat('b', 64) || '.co',
	'a@' || repeat('b', 63) || '.' || repeat('c', 63) || '.' || repeat('d', 63) || '.' || repeat('e', 59) || '.f']) AS e
WHERE pg_temp.accepts(e);

-- time zones: not what only reads like one
SELECT timetap.add_host('hosts-x', time_zone => 'Mars/Phobos');
SELECT timetap.add_host('hosts-x', time_zone => 'Foo5');
SELECT timetap.add_host('hosts-x', time_zone => '');
SELECT timetap.add_host('hosts-x', time_zone => '../../etc/passwd');

-- the others
SELECT timetap.add_host('hosts-x', name => '');
SELECT timetap.add_host('hosts-x', name => '   ');
SELECT timetap.add_host('hosts-x', name => E'two\nlines');
SELECT timetap.add_host('hosts-x', name => repeat('é', 201));
SELECT timetap.add_host('hosts-x', owner_id => '');
SELECT timetap.add_host('hosts-x', owner_id => repeat('u', 256));
SELECT timetap.add_host('hosts-x', kind => 'dog');
SELECT timetap.add_host('hosts-x', metadata => '[1]');
SELECT timetap.add_host('hosts-x', metadata => jsonb_build_object('a', repeat('a', 70000)));

-- no refusal has left anything behind, and the limits themselves are allowed
SELECT count(*) FROM timetap.hosts WHERE handle = 'hosts-x';
SELECT length(name), length(owner_id) FROM timetap.add_host('hosts-x', name => repeat('é', 200), owner_id => repeat('u', 255), time_zone => 'UTC');

-- rows written by hand keep to the same form
\set VERBOSITY terse
INSERT INTO timetap.hosts (handle, name) VALUES ('Not-A-Handle', 'x');
INSERT INTO timetap.hosts (handle, name) VALUES ('0f3c0d6e-9a55-4f0e-8c69-2d3a1f0e7b11', 'x');
\set VERBOSITY default

DELETE FROM timetap.hosts WHERE handle ~ '^h-|^hosts' OR length(handle) IN (32, 63);
