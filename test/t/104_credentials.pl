# Credentials: tokens got, kept and renewed; grants that end; secrets that stay secret.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Utils;
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('credentials', 'log_min_messages = debug5', 'log_statement = all');
my $node = $test->node;
$test->add_host('ana');

# One token for many requests.
$test->book('ana/intro', $_) for 1 .. 5;
$test->wait_synced;
is(scalar $test->requests('/token'), 1, 'one access token for all requests');

# Refused though it should be good: a new one, once.
$test->control('POST', 'expire_tokens', {});
$test->book('ana/intro', 6);
$test->wait_synced;
is(scalar $test->requests('/token'), 2, 'an expired token is replaced');
is($test->sql("SELECT count(*) FROM timetap.bookings WHERE sync_state = 'synced'"), '6', 'and the request repeated');

# Refused for ever.
$test->fault({ match => { path => 'events' }, fault => 'status', status => 401, reason => 'authError' });
$test->book('ana/intro', 7);
$test->wait_for("SELECT state = 'revoked' FROM timetap.sync_status WHERE host = 'ana'");
is(scalar $test->requests('/token'), 3, 'not asked for ever');
$test->heal;
$test->connect_calendar('ana');
$test->wait_synced;

# The grant ends: the connection says so, jobs wait, nobody is asked again.
$test->control('POST', 'revoke', { email => 'ana@example.com' });
$test->control('POST', 'expire_tokens', {});
my $booking = $test->book('ana/intro', 8);
$test->wait_for("SELECT state = 'revoked' FROM timetap.sync_status WHERE host = 'ana'");
like($test->sql("SELECT last_error FROM timetap.sync_status WHERE host = 'ana'"), qr/invalid_grant/, 'why is shown');
like($test->sql("SELECT hint FROM timetap.sync_status WHERE host = 'ana'"), qr/google_connect/, 'and what to do');
my $asked = $test->requests;
$test->book('ana/intro', $_) for 9 .. 10;
$test->add_host('eva');
$test->book('eva/intro', 1);
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id WHERE h.handle = 'eva'");
is(scalar grep({ $_->{email} // '' eq 'ana@example.com' } ($test->requests)[ $asked .. -1 ]), 0,
	'nothing is asked for in vain');
is($test->sql('SELECT count(*), count(*) FILTER (WHERE parked), max(failures) FROM timetap.sync_queue'), '3|0|0',
	'jobs wait, none is blamed');
is($test->sql("SELECT count(*) FROM timetap.sync_queue WHERE next_attempt_at < 'infinity'"), '0', 'and are not looked at');
is($test->booking($booking, "status || ' ' || sync_state"), 'confirmed pending', 'and bookings stand');
$test->control('POST', 'restore', { email => 'ana@example.com' });
$test->connect_calendar('ana');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'connected again: all is caught up');
my $log = slurp_file($node->logfile);
my @changes = $log =~ /LOG:  timetap: connection \S+ (is revoked|works again)/g;
is_deeply(\@changes, [ 'is revoked', 'is revoked' ], 'a log line for each change');

# The client itself is wrong: the operator's task.
$test->sql("SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-wrong')");
$test->control('POST', 'expire_tokens', {});
$booking = $test->book('ana/intro', 11);
$test->wait_for("SELECT state = 'failed' AND hint ~ 'google_configure' FROM timetap.sync_status WHERE host = 'ana'");
$test->sql("SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-test-secret')");
$test->sql('SELECT timetap.retry_failed()');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'set right, and tried again');

# A new refresh token comes with an access token: it is the one to be used.
$test->settings(rotate_refresh_tokens => JSON::PP::true());
for my $n (12 .. 13)
{
	$test->control('POST', 'expire_tokens', {});
	$test->book('ana/intro', $n);
	$test->wait_synced;
}
is($test->sql("SELECT state FROM timetap.sync_status WHERE host = 'ana'"), 'connected', 'rotated refresh tokens are stored');
$test->settings(rotate_refresh_tokens => JSON::PP::false());

# No key file: nothing can be opened, which is said, and mended without us.
rename "$test->{dir}/key", "$test->{dir}/key.away" or die $!;
$test->control('POST', 'expire_tokens', {});
$booking = $test->book('ana/intro', 14);
$test->wait_for("SELECT last_error ~ 'key file' FROM timetap.sync_status WHERE host = 'ana'");
is($test->sql('SELECT max(failures) FROM timetap.sync_queue'), '0', 'no job is blamed for it');
rename "$test->{dir}/key.away", "$test->{dir}/key" or die $!;
$test->sql("UPDATE timetap_private.connections SET not_before = NULL");
$test->book('eva/intro', 14);
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'it goes on when the key is back');

# Nothing of a secret anywhere.
my @secrets = ('1//0auto-ana', 'GOCSPX-test-secret', 'ya29.');
my $activity = $test->sql("SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE backend_type = 'timetap worker'");
my ($dump) = run_command([ 'pg_dump', '-h', $node->host, '-p', $node->port, 'postgres' ]);
like($dump, qr/timetap_private/, 'the dump has the connections');
# Statements that bring a secret are logged by log_statement, which is not ours.
my $server_log = join '', grep { !/google_con(nect|figure)\(/ } split /^/m, slurp_file($node->logfile);
like($server_log, qr/DEBUG/, 'the log has every detail');
for my $secret (@secrets)
{
	is(index($server_log, $secret), -1, "no $secret in the server's log");
	is(index($activity, $secret), -1, "no $secret in pg_stat_activity");
	is(index($dump, $secret), -1, "no $secret in a dump");
}
is(() = $server_log =~ /^.*timetap worker.*bob\@example.org/mg, 0, 'no attendee in the worker\'s log lines');

$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
