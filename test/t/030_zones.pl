# Every zone of the server, every clock change of two years: the slots around
# it are compared with those that test/zone_oracle.py works out from Python's
# zone rules.
#
# Whole weeks are the matter of sql/zones.sql, with a few zones and results
# worked out by hand.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $oracle = dirname(dirname(abs_path(__FILE__))) . '/zone_oracle.py';

my $node = PostgreSQL::Test::Cluster->new('zones');
$node->init;
$node->append_conf('postgresql.conf', "timetap.now = '2028-12-01 00:00+00'\ntimezone = 'UTC'\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION timetap CASCADE;

-- The clock changes of the session's zone: days that end with another offset
-- than they begin with, halved until a second is left.  AT TIME ZONE would
-- take CET, EET, MET and WET for abbreviations, and those have no summer.
CREATE FUNCTION clock_changes(from_time bigint, until_time bigint, OUT at bigint, OUT ahead int) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	day bigint;
	before bigint;
	middle bigint;
BEGIN
	FOR day IN
		SELECT d FROM generate_series(from_time, until_time - 1, 86400) d
		WHERE extract(timezone FROM to_timestamp(d)) <> extract(timezone FROM to_timestamp(d + 86400))
	LOOP
		before := day;
		at := day + 86400;
		WHILE at - before > 1 LOOP
			middle := (before + at) / 2;
			IF extract(timezone FROM to_timestamp(middle)) = extract(timezone FROM to_timestamp(day)) THEN
				before := middle;
			ELSE
				at := middle;
			END IF;
		END LOOP;
		ahead := extract(timezone FROM to_timestamp(at));
		RETURN NEXT;
	END LOOP;
END $$;

CREATE TABLE span AS SELECT extract(epoch FROM timestamptz '2029-01-01 00:00+00')::bigint AS from_time,
	extract(epoch FROM timestamptz '2031-01-01 00:00+00')::bigint AS until_time;
CREATE TABLE zones AS SELECT name, 'zone-' || row_number() OVER (ORDER BY name) AS handle
	FROM pg_timezone_names WHERE name !~ '^(posix/|localtime$|posixrules$|Factory$)';
CREATE TABLE changes (name text, at bigint, ahead int);
DO $$
DECLARE
	zone text;
BEGIN
	FOR zone IN SELECT name FROM zones LOOP
		PERFORM set_config('timezone', zone, true);
		INSERT INTO changes SELECT zone, c.* FROM span, clock_changes(from_time, until_time) c;
	END LOOP;
END $$;

-- Each window alone, so that both its borders can be seen; together, where the
-- one over midnight runs into the morning's; windows that are as long as what
-- most changes skip or repeat; and whole dates.
CREATE TABLE rules (schedule text, day_of_week int, starts time, ends time);
INSERT INTO rules
	SELECT s.schedule, d, s.starts::time, s.ends::time
	FROM (VALUES ('night', '00:00', '06:00'), ('day', '09:00', '17:00'), ('late', '22:00', '02:00'),
		('all', '00:00', '06:00'), ('all', '09:00', '17:00'), ('all', '22:00', '02:00'),
		('short', '00:10', '00:50'), ('short', '01:15', '01:45'), ('short', '02:00', '03:00'), ('short', '23:15', '00:00')) s (schedule, starts, ends),
		generate_series(0, 6) d
	UNION ALL
	SELECT 'date', d, '00:00', '24:00' FROM unnest('{0,3,5}'::int[]) d;
UPDATE rules SET ends = '24:00' WHERE ends = '00:00';

SELECT timetap.add_host(handle, time_zone => name) FROM zones;
INSERT INTO timetap.availability_rules (host_id, schedule, day_of_week, starts, ends) SELECT h.id, r.* FROM timetap.hosts h, rules r;
INSERT INTO timetap.event_types (host_id, slug, title, schedule, duration, slot_interval, horizon)
	SELECT h.id, schedule, schedule, schedule, '30 min', '30 min', NULL FROM timetap.hosts h, (SELECT DISTINCT schedule FROM rules) r;
VACUUM ANALYZE;
SQL

# A day and a half on either side of each change; of a zone without any, two
# weekends on which others have theirs.
my $facts = $node->safe_psql('postgres', <<'SQL');
COPY (SELECT 'span', from_time, until_time FROM span) TO STDOUT;
COPY (SELECT 'rule', schedule, day_of_week, starts, ends FROM rules) TO STDOUT;
COPY (SELECT 'change', name, at, ahead FROM changes ORDER BY at) TO STDOUT;
COPY (
	WITH ranges AS (
		SELECT z.name, z.handle, to_timestamp(m.at) - interval '36 hours' AS from_time, to_timestamp(m.at) + interval '36 hours' AS until_time
		FROM zones z, LATERAL (
			SELECT c.at FROM changes c WHERE c.name = z.name
			UNION ALL
			SELECT extract(epoch FROM t)::bigint FROM unnest('{2029-03-25 01:00+00,2030-11-03 06:00+00}'::timestamptz[]) t
			WHERE NOT EXISTS (SELECT FROM changes c WHERE c.name = z.name)) m)
	SELECT 'slots', r.name, e.slug, extract(epoch FROM from_time)::bigint, extract(epoch FROM until_time)::bigint, coalesce(s.starts, '{}'), coalesce(s.locals, '{}')
	FROM ranges r JOIN timetap.hosts h USING (handle) JOIN timetap.event_types e ON e.host_id = h.id,
		LATERAL (SELECT array_agg(extract(epoch FROM starts_at)::bigint) AS starts,
				array_agg(extract(epoch FROM local_date + local_time - (starts_at AT TIME ZONE 'UTC'))::int) AS locals
			FROM timetap.slots(r.handle || '/' || e.slug, r.from_time, r.until_time)) s
	ORDER BY r.name, from_time, e.slug
) TO STDOUT;
SQL
my $zones = $node->safe_psql('postgres', 'SELECT count(*) FROM zones');
$node->stop;

my ($out, $err) = ('', '');
ok(IPC::Run::run([ 'python3', $oracle ], \$facts, \$out, \$err), 'the oracle ran') or diag($err);
my @lines = map { [ split /\t/ ] } split /\n/, $out;
my @wrong = map { join ' ', @$_[ 1 .. $#$_ ] } grep { $_->[0] eq 'wrong' } @lines;
my ($skipped) = map { [ @$_[ 1 .. $#$_ ] ] } grep { $_->[0] eq 'skipped' } @lines;
my ($alike, $changes, $ranges, $slots) = map { @$_[ 1 .. $#$_ ] } grep { $_->[0] eq 'count' } @lines;

note("$zones zones of the server, $alike compared with $changes clock changes: $slots slots in $ranges lists");
note(scalar @$skipped, " zones skipped, whose clock changes are others for Python: @$skipped");
is(scalar @wrong, 0, 'the slots around every clock change are those of the oracle')
  or diag(join "\n", @wrong[ 0 .. ($#wrong < 20 ? $#wrong : 20) ]);
cmp_ok($alike, '>', 300, 'zones compared');
cmp_ok($alike, '>', $zones * 0.9, 'and few skipped');
cmp_ok($changes, '>', 500, 'clock changes');
cmp_ok($slots, '>', 100_000, 'slots');

done_testing();
