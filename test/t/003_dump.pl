# A dump keeps everything: every row of every table comes back, rights and
# manage tokens go on working, and so does booking.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
# no worker: nothing but the test shall change a row
$node->append_conf('postgresql.conf', <<'SETTINGS');
timetap.databases = 'none'
timetap.now = '2030-01-07 06:00+00'
timezone = 'UTC'
SETTINGS
$node->start;

$node->safe_psql('postgres', <<'SQL');
CREATE ROLE dump_anon;
CREATE ROLE dump_service;
CREATE DATABASE source;
SQL
$node->safe_psql('source', <<'SQL');
CREATE EXTENSION timetap CASCADE;
SELECT timetap.grant_api('dump_anon', '', 'dump_service');
SELECT timetap.add_host(h, h || '@example.com', time_zone => 'Europe/Berlin', metadata => '{"a": [1]}') FROM unnest('{ana,bo,cy}'::text[]) h;
SELECT timetap.set_hours(h, 'Mon-Fri 09:00-17:00'), timetap.set_hours(h, 'Sat 22:00-02:00', 'late') FROM unnest('{ana,bo,cy}'::text[]) h;
SELECT timetap.set_date_hours('ana', '2030-01-09', '10:00-12:00'), timetap.set_date_hours('ana', '2030-01-10', ''),
	timetap.block_dates('bo', '2030-01-08', '2030-01-09', 'away');
SELECT timetap.add_event_type(h || '/intro', buffer_after => '15 min', durations => '{30 min}') FROM unnest('{ana,bo,cy}'::text[]) h;
SELECT timetap.add_busy('ana', '2030-01-11 08:00+00', '2030-01-11 09:00+00', external_id => 'x'), timetap.add_busy('bo', '2030-01-01', '2030-01-05');
CREATE TABLE made AS
	SELECT n, b.id, b.manage_token FROM generate_series(0, 59) n,
		timetap.book((ARRAY['ana', 'bo', 'cy'])[1 + n % 3] || '/intro', timestamptz '2030-01-14 08:00+00' + n / 12 * interval '1 day' + n % 4 * interval '2 hours',
			n || '@example.org', 'Guest ' || n, metadata => '{"n": 1}', external_id => 'x' || n) b;
SELECT timetap.cancel(id, reason => 'ill') FROM made WHERE n % 10 = 1;
SELECT timetap.reschedule(id, '2030-02-04 08:00+00', reason => 'train') FROM made WHERE n = 5;
UPDATE timetap.bookings SET token_version = 2 WHERE id = (SELECT id FROM made WHERE n = 7);
-- what other verbs would have written
INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
	SELECT host_id, '00000000-0000-4000-8000-000000000001', id, '2030-02-05 08:00+00', '2030-02-05 09:00+00', '[2030-02-05 08:00+00,2030-02-05 09:15+00)', '2030-01-07 06:10+00'
	FROM timetap.event_types ORDER BY id LIMIT 1;
INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status, expires_at)
	SELECT host_id, event_type_id, host_id, meeting_id, starts_at, ends_at, 'held', expires_at FROM timetap.allocations WHERE expires_at IS NOT NULL;
INSERT INTO timetap_private.connections (host_id, provider, account, calendar_id, credential_kind, credential)
	SELECT id, 'google', email, 'primary', 'refresh_token', '\x00ff10' FROM timetap.hosts;
INSERT INTO timetap_private.secrets (name, value, sealed) VALUES ('google_client', '\x0001', true);
INSERT INTO timetap.sync_queue (host_id, meeting_id, next_attempt_at, last_error)
	SELECT host_id, meeting_id, '2030-01-07 06:00+00', 'it was busy' FROM timetap.allocations;
INSERT INTO timetap.calendar_events (host_id, meeting_id, connection_id, provider, calendar_id, event_id, link)
	SELECT a.host_id, a.meeting_id, c.id, 'google', 'primary', replace(a.meeting_id::text, '-', ''), 'https://meet.example.com/x'
	FROM timetap.allocations a JOIN timetap_private.connections c USING (host_id);
SQL

my @tables = split /\n/, $node->safe_psql('source', <<'SQL');
SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'p')
	AND relnamespace IN ('timetap'::regnamespace, 'timetap_private'::regnamespace) ORDER BY 1
SQL

# Each table's rows, and the booking that a token opens.
sub contents
{
	my ($database, $table) = @_;

	# a new installation has a new key of its own, beside those restored
	my $only = $table =~ /manage_token_keys/ ? 'ORDER BY created_at LIMIT 1' : '';
	return $node->safe_psql($database,
		"SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM (SELECT * FROM $table $only) t");
}

sub check_restored
{
	my ($database, $name) = @_;

	is(contents($database, $_), contents('source', $_), "$name: $_") foreach @tables;

	my $anon = "SET ROLE dump_anon; SELECT status FROM timetap.get_booking";
	my ($id, $token) = split /\|/, $node->safe_psql($database, 'SELECT id, manage_token FROM made WHERE n = 3');
	is($node->safe_psql($database, "$anon('$id', '$token')"), 'confirmed', "$name: an old manage token opens its booking");
	is($node->safe_psql($database, "SET ROLE dump_anon; SELECT status FROM timetap.cancel('$id', '$token')"),
		'cancelled', "$name: and cancels it");
	($id, $token) = split /\|/, $node->safe_psql($database, 'SELECT id, manage_token FROM made WHERE n = 7');
	my ($code, $out, $error) = $node->psql($database, "$anon('$id', '$token')");
	like($error, qr/booking_not_found/, "$name: a revoked one does not");
	is($node->safe_psql($database, "SET ROLE dump_service; SELECT timetap.set_hours('cy', 'Mon 09:00-10:00')"), 1, "$name: the service has its rights");
	($code, $out, $error) = $node->psql($database, "SET ROLE dump_anon; SELECT timetap.set_hours('cy', '')");
	like($error, qr/permission denied/, "$name: others have no more than theirs");
	is($node->safe_psql($database, "SELECT ok FROM timetap.try_book('ana/intro', '2030-02-07 08:00+00', 'new\@example.org')"), 't', "$name: a free slot is booked");
	is($node->safe_psql($database, "SELECT code FROM timetap.try_book('ana/intro', '2030-02-07 08:00+00', 'new\@example.org')"), 'slot_taken', "$name: a taken one is not");
}

# no table is empty, or its rows could not be lost
is(join(', ', grep { contents('source', $_) =~ /^0\|/ } @tables), '', 'every table has rows');

my $dump = $node->basedir . '/source.dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, 'source' ], 'pg_dump -Fc');

$node->safe_psql('postgres', "CREATE DATABASE restored_$_") foreach qw(one four plain);
$node->command_ok([ 'pg_restore', '--exit-on-error', '-j1', '-d', 'restored_one', $dump ], 'pg_restore -j1');
check_restored('restored_one', '-j1');

# in parallel, rows come in an order that foreign keys forbid
{
	local $ENV{PGOPTIONS} = '-c session_replication_role=replica';
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-j4', '-d', 'restored_four', $dump ], 'pg_restore -j4');
}
check_restored('restored_four', '-j4');

my $text = $node->basedir . '/source.sql';
$node->command_ok([ 'pg_dump', '-f', $text, 'source' ], 'pg_dump as text');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'restored_plain', '-f', $text ], 'and psql');
check_restored('restored_plain', 'text');

$node->stop;
done_testing();
