# Errors inside the worker: a turn that fails as a whole is repeated by the same
# process, and leaves nothing behind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Utils;
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('errors', 'timetap.max_in_flight = 1');
my $node = $test->node;
$test->add_host('ana');
$test->book('ana/intro', 0);
$test->wait_synced;
my $pid = $test->worker('pid');

# What the log says from here on, once it says it.
sub log_reader
{
	my $offset = -s $node->logfile;

	return sub {
		my ($pattern) = @_;

		$test->wait_until(sub { slurp_file($node->logfile, $offset) =~ $pattern }, "the log has $pattern");
		return slurp_file($node->logfile, $offset);
	};
}

# Book while Google is slow; returns when the request is under way.
sub book_slowly
{
	my ($event_type, $n) = @_;

	$test->forget_requests;
	$test->fault({ match => { path => 'events' }, fault => 'none', delay => 0.6 });
	my $booking = $test->book($event_type, $n);
	$test->wait_until(sub { scalar $test->requests('events.insert') }, 'the request has arrived');
	return $booking;
}

# The answer cannot be settled for want of a table: that is no job's own error.
# It is raised in a subtransaction, which the transaction around must not survive.
my $log = log_reader();
my $booking = book_slowly('ana/intro', 1);

$test->sql('ALTER TABLE timetap.calendar_events RENAME TO away');
$log->(qr/ERROR:  relation "timetap.calendar_events" does not exist/);
is($test->worker('xact_start IS NULL'), 't', 'no transaction is open after a turn that failed');
$test->heal;
$test->sql('ALTER TABLE timetap.away RENAME TO calendar_events; SELECT timetap_private.wake_worker()');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'the answer is settled when the table is back');
is($test->worker('pid'), $pid, 'by the same worker');

# So is the wish of whoever cancels the worker's statement, wherever it comes.
$log = log_reader();
$test->sql("SELECT pg_cancel_backend($pid)");
$log->(qr/canceling statement due to user request/);
$test->book('ana/intro', 3);
$test->wait_synced;
is($test->worker('pid'), $pid, 'a worker whose statement is cancelled goes on');

# A token that lives for no time is used all the same, and not asked for again
# and again.
$test->settings(token_lifetime => 1);
$test->add_host('eva');
$test->forget_requests;
$booking = $test->book('eva/intro', 1);
$test->wait_synced;
is(scalar $test->requests('/token'), 1, 'a token of no lifetime is asked for once');
$test->settings(token_lifetime => 3599);

# Cancelled while a token is asked for: the event is not made any more.
$test->add_host('leo');
$test->forget_requests;
$test->fault({ match => { path => '^/token' }, fault => 'none', delay => 0.5 });
$booking = $test->book('leo/intro', 1);
$test->wait_until(sub { scalar $test->requests('/token') }, 'the request has arrived');
$test->sql("SELECT timetap.cancel('$booking')");
$test->heal;
$test->wait_until(sub { scalar $test->requests('events.delete') }, 'the event is looked for');
is(scalar $test->requests('events.insert'), 0, 'what is cancelled before its event is asked for is not made');

# An answer that waits for a locked booking has no request under way: others'
# go out.
$test->add_host('max');
$booking = book_slowly('max/intro', 1);
my $session = $test->session;
$session->("BEGIN; SELECT FROM timetap.bookings WHERE id = '$booking' FOR UPDATE");
$test->heal;
my $other = $test->book('ana/intro', 4);
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$other'");
is($test->booking($booking, 'sync_state'), 'pending', 'while an answer waits for a locked booking others are synced');

# A table that is locked holds up the turn only as long as it is.
$session->('ROLLBACK; BEGIN; LOCK TABLE timetap.bookings IN ACCESS EXCLUSIVE MODE');
$test->wait_for("SELECT count(*) > 0 FROM pg_locks WHERE pid = $pid AND NOT granted");
$session->('ROLLBACK');
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$booking'");
pass('and it is settled when the locks are gone');

# More jobs than are looked at wait for a connection that pauses: others' are
# found behind them.
$test->add_host('bob', unconnected => 1);
$test->connect_calendar('bob');
my $of_bob = "host_id = (SELECT id FROM timetap.hosts WHERE handle = 'bob')";
$test->sql("UPDATE timetap_private.connections SET not_before = now() + interval '1 hour' WHERE $of_bob");
$booking = $test->book('bob/intro', 1);
$test->sql(q{INSERT INTO timetap.sync_queue (host_id, meeting_id, next_attempt_at)
	SELECT id, gen_random_uuid(), now() - interval '1 hour' FROM timetap.hosts, generate_series(1, 300)
	WHERE handle = 'bob'});
$other = $test->book('ana/intro', 5);
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$other'");
is($test->sql("SELECT count(*) FROM timetap.sync_queue WHERE $of_bob AND attempt = 0"), '301',
	'jobs are found behind those of a paused connection');

# What waits for a failed one is set aside, and due again with the connection.
$test->sql("UPDATE timetap_private.connections SET state = 'failed', not_before = NULL WHERE $of_bob;"
	  . 'SELECT timetap_private.wake_worker()');
$test->wait_for("SELECT count(*) = 301 FROM timetap.sync_queue WHERE $of_bob AND next_attempt_at = 'infinity'");
is($test->sql("SELECT timetap.retry_sync('$booking')"), 't', 'a person has mended the connection');
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$booking'");
$test->wait_for("SELECT count(*) = 0 FROM timetap.sync_queue WHERE $of_bob");
pass('what was set aside is looked at again');

# Nothing is left of the answers that could not be settled.
$log = log_reader();
$test->sql("SELECT pg_log_backend_memory_contexts($pid)");
$log = $log->(qr/Grand total/);
unlike($log, qr/timetap (?:job|settlement)/, 'no memory is left of them');

is(() = slurp_file($node->logfile) =~ /PANIC|FATAL.*transaction/g, 0, 'nothing worse has happened');
$test->stop;

# Without a launcher nobody would start it again: it stays.
$test = TimetapTest->start('alone', "shared_preload_libraries = ''", 'timetap.worker_idle = 0');
$test->add_host('ana');
$test->sql('SELECT timetap.start_worker()');
for my $n (1 .. 2)
{
	my $booking = $test->book('ana/intro', $n);

	$test->wait_synced;
	is($test->booking($booking, 'sync_state'), 'synced', "without a launcher there is a worker for booking $n");
}
$test->stop;
done_testing();
