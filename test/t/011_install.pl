# Installing into a database where others have prepared traps: operators and
# functions that fit better than the server's, schemas, default privileges.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('install');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE anybody NOLOGIN');

# Operators and functions in a schema that is in the path while the script runs.
$node->safe_psql('postgres', 'CREATE DATABASE trapped');
$node->safe_psql('trapped', 'GRANT CREATE ON SCHEMA public TO mallory; CREATE EXTENSION btree_gist SCHEMA public');
$node->safe_psql('trapped', <<'EOS');
SET ROLE mallory;
CREATE TABLE public.sprung (what text);
GRANT INSERT ON public.sprung TO PUBLIC;
CREATE FUNCTION public.trap_eq(numeric, int) RETURNS boolean LANGUAGE plpgsql
	AS $$BEGIN INSERT INTO public.sprung VALUES ('='); RETURN true; END$$;
CREATE OPERATOR public.= (LEFTARG = numeric, RIGHTARG = int, FUNCTION = public.trap_eq);
CREATE FUNCTION public.trap_ge(numeric, int) RETURNS boolean LANGUAGE plpgsql
	AS $$BEGIN INSERT INTO public.sprung VALUES ('>='); RETURN true; END$$;
CREATE OPERATOR public.>= (LEFTARG = numeric, RIGHTARG = int, FUNCTION = public.trap_ge);
CREATE FUNCTION public.isempty(tstzrange) RETURNS boolean LANGUAGE plpgsql
	AS $$BEGIN INSERT INTO public.sprung VALUES ('isempty'); RETURN false; END$$;
EOS
$node->safe_psql('trapped', <<'EOS');
CREATE EXTENSION timetap;
SELECT timetap.add_host('ana', time_zone => 'UTC');
SELECT timetap.set_hours('ana', 'Sun-Sat 00:00-24:00');
SELECT timetap.add_event_type('ana/x');
SELECT timetap.book('ana/x', (SELECT starts_at FROM timetap.next_slots('ana/x')), 'ben@example.org');
EOS
is($node->safe_psql('trapped', 'SELECT count(*) FROM public.sprung'), '0', 'no trap in the path is sprung');

# A schema that somebody made beforehand.
$node->safe_psql('postgres', 'CREATE DATABASE squatted');
$node->safe_psql('squatted', 'GRANT CREATE ON DATABASE squatted TO mallory; SET ROLE mallory; CREATE SCHEMA timetap');
my ($status, $output, $errors) = $node->psql('squatted', 'CREATE EXTENSION timetap CASCADE');
isnt($status, 0, 'a squatted schema is refused');
like($errors, qr/schema "timetap" already exists/, 'with the reason');

# Rights come from grant_api() only, whatever the database gives by default.
$node->safe_psql('postgres', 'CREATE DATABASE generous');
$node->safe_psql('generous', <<'EOS');
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anybody, PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anybody;
ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO anybody;
CREATE EXTENSION timetap CASCADE;
EOS
is($node->safe_psql('generous', <<'EOS'), '0', 'default privileges give nobody anything');
SELECT count(*) FROM (
	SELECT nspacl, nspowner FROM pg_namespace WHERE nspname LIKE 'timetap%'
	UNION ALL SELECT relacl, relowner FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'timetap%'
	UNION ALL SELECT proacl, proowner FROM pg_proc WHERE pronamespace::regnamespace::text LIKE 'timetap%'
) o (acl, owner), aclexplode(o.acl) a WHERE a.grantee <> o.owner
EOS

$node->stop;
done_testing();
