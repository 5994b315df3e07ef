# Connecting and disconnecting a calendar: no meeting is missed, whatever
# happens at the same time, and nothing changes unseen while it is away.

use strict;
use warnings;

use FindBin;
use IPC::Run ();
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Utils;
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('connect', 'log_min_messages = debug1', 'log_statement = none');
my $node = $test->node;
my $connect = "SELECT timetap.google_connect('ana', '1//0auto-ana')";
my $waiting = "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'";

# Begin a statement that will wait, and see it wait; returns what finishes it.
sub begin_waiting
{
	my ($sql) = @_;
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
			'-c', $sql ], '>', \my $out, IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default));

	$test->wait_for($waiting);
	return sub { return $psql->finish };
}

# What was booked before there was a calendar is on it soon after.
$test->add_host('ana', unconnected => 1);
my @early = map { $test->book('ana/intro', $_) } 1 .. 3;
$test->sql("SELECT timetap.cancel('$early[2]')");
is($test->booking($early[0], 'sync_state'), 'not_connected', 'booked before');
my ($before, $after, $mixed) = map { $test->session } 1 .. 3;

# A booking that is not committed when the calendar is connected.
$before->('BEGIN; SELECT FROM timetap.book(\'ana/intro\', ' . $test->slot(4) . ", 'during\@example.org')");
my $finish = begin_waiting($connect);
$before->('COMMIT');
ok($finish->(), 'connecting waits for a booking under way');
$test->wait_for("SELECT count(*) = 3 FROM timetap.bookings WHERE sync_state = 'synced' AND meet_link IS NOT NULL");
is(scalar $test->live_events, 3, 'every meeting has its event, the cancelled one has none');

# A booking that comes while the calendar is being connected.
$test->sql("SELECT timetap.disconnect_calendar('ana')");
$before->("BEGIN; $connect");
$finish = begin_waiting('SELECT FROM timetap.book(\'ana/intro\', ' . $test->slot(5) . ", 'later\@example.org')");
$before->('COMMIT');
ok($finish->(), 'a booking waits for the connection under way');
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE attendee_email = 'later\@example.org'");

# Connecting in a transaction that sees none of the bookings made since.
$test->sql("SELECT timetap.disconnect_calendar('ana')");
$mixed->('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
my $unseen = $test->book('ana/intro', 6);
$mixed->("$connect; COMMIT");
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$unseen'");
is(scalar $test->live_events, 5, 'a booking that the transaction does not see is not missed');

# Nothing is written while it is disconnected; then everything is caught up.
$test->forget_requests;
$test->sql("SELECT timetap.disconnect_calendar('ana', 'google')");
is($test->sql("SELECT state, credential IS NULL FROM timetap_private.connections"), 'not_connected|t', 'the token is gone');
my ($moved, $cancelled, $same) = (@early[ 0, 1 ], $unseen);
my $event_id = $test->booking($moved, 'google_event_id');
$test->sql("SELECT timetap.reschedule('$moved', " . $test->slot(20) . ')');
$test->sql("SELECT timetap.cancel('$cancelled')");
my $new = $test->book('ana/intro', 2);
is($test->sql('SELECT count(*) FROM timetap.sync_queue'), '0', 'nothing is queued');
is($test->sql("SELECT timetap.retry_sync('$moved')"), 'f', 'nor can it be');
is(scalar $test->requests, 0, 'and nothing sent');
is($test->booking($moved, 'sync_state'), 'not_connected', 'which the moved booking shows');
$test->sql($connect);
$test->wait_synced;
my ($event) = grep { $_->{id} eq $event_id } $test->live_events;
is($test->sql("SELECT starts_at = '$event->{start}{dateTime}' FROM timetap.bookings WHERE id = '$moved'"), 't', 'the event was moved');
is(scalar $test->live_events, 5, 'one deleted, one made');
is($test->booking($_, 'sync_state'), 'synced', 'synced again') for $moved, $new, $same;
is(scalar $test->requests('events.insert'), 1, 'what had not changed was left alone');
is($test->sql("SELECT version FROM timetap_private.connections"), '7', 'each credential has its version');

# Without Google's client there is a warning, and nothing is lost.
$test->sql("DELETE FROM timetap_private.secrets WHERE name = 'google_client'");
$test->add_host('eva', unconnected => 1);
my $early = $test->book('eva/intro', 1);
my (undef, undef, $warning) = $node->psql('postgres', "SELECT timetap.google_connect('eva', '1//0auto-eva')");
like($warning, qr/WARNING: .*configured\nHINT: .*google_configure/, 'connecting before configuring warns');
like($test->sql("SELECT hint FROM timetap.sync_status WHERE host = 'eva'"), qr/google_configure/, 'the status says what to do');
$test->wait_for("SELECT last_error LIKE '%not configured%' FROM timetap.sync_status WHERE host = 'eva'");
$test->sql("SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-test-secret')");
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$early'");
pass('configuring the client makes up for it');

# A statement with a secret in it is shown nowhere, whether it failed or not.
my $secret = '1//0auto-nobody';
my $idle = $test->session;
$idle->("SELECT timetap.google_connect('eva', '$secret')");
is($test->sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%google_connect(...)%' AND state = 'idle' AND query NOT LIKE '%auto%'"),
	'1', 'pg_stat_activity shows only what was called');
$node->psql('postgres', "SELECT timetap.google_connect('nobody', '$secret')");
$node->psql('postgres', "SELECT timetap.google_connect('eva', '$secret ')");
$node->psql('postgres', "SELECT timetap.google_configure('id', '$secret ')");
my $log = slurp_file($node->logfile);
is(() = $log =~ /STATEMENT:  SELECT timetap\.google_con(?:nect|figure)\(\.\.\.\)/g, 3, 'nor does the log of a failure');
is(index($log, $secret), -1, 'no secret in the log');

$test->check_manners;
$test->stop;
done_testing();
