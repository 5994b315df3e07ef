# The worker as a process: in nobody's way, not to be lost, still when there is
# nothing to do.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);
use TimetapTest;

my $test = TimetapTest->start('process', 'max_prepared_transactions = 2');
my $node = $test->node;
my $hang = { match => { path => 'events' }, fault => 'delay', seconds => 60, when => 'before' };
$test->add_host('ana');
$test->book('ana/intro', 0);
$test->wait_synced;

# Book while Google hangs; returns when the request is under way.
sub book_hanging
{
	my ($event_type, $n) = @_;

	$test->forget_requests;
	$test->fault($hang);
	my $booking = $test->book($event_type, $n);
	$test->wait_until(sub { scalar $test->requests('events.insert') }, 'the request has arrived');
	return $booking;
}

# With a request under way there is no transaction, no snapshot, no lock.
my $booking = book_hanging('ana/intro', 1);
is($test->worker('state, xact_start IS NULL, backend_xid IS NULL, backend_xmin IS NULL'), 'idle|t|t|t',
	'no transaction and no snapshot');
my $pid = $test->worker('pid');
is($test->sql("SELECT count(*) FROM pg_locks WHERE pid = $pid AND locktype = 'relation'"), '0', 'no lock');
is($test->sql('SELECT in_flight FROM timetap.worker_status()'), '1', 'one request is under way');

# Nobody waits for it.
$test->sql('CREATE DATABASE elsewhere');
my $start = time;
$test->sql("SET statement_timeout = '20s'; DROP DATABASE elsewhere");
pass('DROP DATABASE of another one does not wait for the request');
note sprintf 'DROP DATABASE took %.2f s', time - $start;

# Terminated: it comes back, and finds what it was about.
$test->sql("SELECT pg_terminate_backend($pid)");
$test->heal;
$test->wait_synced;
isnt($test->worker('pid'), $pid, 'terminated, and back');
$pid = $test->worker('pid');
is($test->booking($booking, 'sync_state'), 'synced', 'with the job of the one before');
is(scalar $test->live_events, 2, 'one event for each');

# Without work it does not turn.
my ($turns, $before) = (-1, -2);
$test->wait_until(
	sub {
		$before = $turns;
		$turns = $test->sql('SELECT wake_ups FROM timetap.worker_status() CROSS JOIN pg_sleep(1.5)');
		return $turns == $before;
	},
	'the worker is still');
pass('no turn without work');

# A customer's transaction holds the booking when the answer comes: it is not
# waited for, neither by him nor by others.
my $session = $test->session;
$test->forget_requests;
$test->fault({ match => { path => 'events' }, nth => 1, fault => 'delay', seconds => 1.5 });
$booking = $test->book('ana/intro', 2);
$session->("BEGIN; SELECT FROM timetap.bookings WHERE id = '$booking' FOR UPDATE");
$test->wait_until(sub { grep { $_->{finished} } $test->requests('events.insert') }, 'the answer is sent');
is($session->("SELECT (timetap.cancel('$booking')).status"), 'cancelled', 'a locked booking is cancelled while its answer comes');
$session->('COMMIT');
$test->wait_synced;
is($test->booking($booking, 'google_event_id IS NULL'), 't', 'and its event deleted');
is(scalar $test->live_events, 2, 'nothing is left of it');
$test->heal;

# A row that cannot be settled, or claimed, is that row's trouble.
$test->sql(q{
	CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		RAISE EXCEPTION 'not this one';
	END $$;
	CREATE TRIGGER refuse BEFORE INSERT ON timetap.calendar_events FOR EACH ROW EXECUTE FUNCTION refuse();
});
$booking = $test->book('ana/intro', 3);
$test->wait_for("SELECT last_error = 'not this one' AND attempts > 2 FROM timetap.sync_jobs");
$test->sql('DROP TRIGGER refuse ON timetap.calendar_events');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'an error in claiming is tried again');
$test->sql(q{
	CREATE TRIGGER refuse BEFORE UPDATE ON timetap.calendar_events FOR EACH ROW
		WHEN (NEW.state = 'live') EXECUTE FUNCTION refuse();
});
$booking = $test->book('ana/intro', 4);
$test->wait_for("SELECT last_error = 'not this one' AND attempts > 2 FROM timetap.sync_jobs");
$test->sql("SELECT timetap.cancel(id) FROM timetap.bookings WHERE google_event_id IS NOT NULL");
$test->wait_for("SELECT count(*) FILTER (WHERE google_event_id IS NOT NULL) = 0 FROM timetap.bookings");
pass('while others go on');
$test->sql('DROP TRIGGER refuse ON timetap.calendar_events');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'an error in settling is tried again');
is($test->worker('pid'), $pid, 'by the same worker');

# A failure of everything is slept over.
my $offset = -s $node->logfile;
$session->('BEGIN; LOCK TABLE timetap.sync_queue');
$test->sql('SELECT timetap_private.wake_worker()');
$test->wait_until(sub { slurp_file($node->logfile, $offset) =~ /lock timeout/ }, 'a turn has failed');
like($test->sql('SELECT last_error FROM timetap.worker_status()'), qr/lock timeout/, 'which can be seen');
$session->('ROLLBACK');
$booking = $test->book('ana/intro', 5);
$test->wait_synced;
is($test->worker('pid'), $pid, 'the same worker goes on');

# Work that was prepared wakes nobody when it commits.
$session->('BEGIN; SELECT FROM timetap.book(\'ana/intro\', ' . $test->slot(6) . ", 'joe\@example.org')");
$session->("PREPARE TRANSACTION 'work'");
$test->sql("COMMIT PREPARED 'work'");
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE attendee_email = 'joe\@example.org'");
pass('a prepared booking gets its event');

# The extension is dropped under a request, and made again.
book_hanging('ana/intro', 7);
$offset = -s $node->logfile;
$start = time;
$test->sql("SET statement_timeout = '20s'; DROP EXTENSION timetap CASCADE");
note sprintf 'DROP EXTENSION took %.2f s', time - $start;
$test->wait_until(sub { slurp_file($node->logfile, $offset) =~ /worker waits: the extension was dropped/ }, 'the worker has seen it')
  if $test->control('DELETE', 'faults');
$test->sql('CREATE EXTENSION timetap CASCADE');
$test->sql("SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-test-secret')");
$test->wait_for("SELECT state = 'running' FROM timetap.worker_status()");
is($test->worker('pid'), $pid, 'the worker survives DROP EXTENSION');
$test->add_host('eva');
$booking = $test->book('eva/intro', 1);
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'and works for the new one');
is(() = slurp_file($node->logfile, $offset) =~ /timetap worker (?:waits|goes on)/g, 2, 'a log line when it went, one when it came');

# So does one of another version.
my $version = $test->sql("SELECT extversion FROM pg_extension WHERE extname = 'timetap'");
$test->sql("UPDATE pg_extension SET extversion = '99' WHERE extname = 'timetap'");
$test->book('eva/intro', 10);
$test->wait_until(sub { slurp_file($node->logfile, $offset) =~ /worker waits: the extension has version 99/ },
	'the worker has seen the version');
is($test->sql("SELECT state FROM timetap.worker_status()"), 'idle', 'another version is waited for, too');
$test->sql("UPDATE pg_extension SET extversion = '$version' WHERE extname = 'timetap'");
$test->sql('SELECT timetap_private.wake_worker()');
$test->wait_synced;

# It may go when there is nothing to do, and is there when there is.
$test->set('timetap.worker_idle', '1');
$test->wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'timetap worker'");
is($test->sql('SELECT state FROM timetap.worker_status()'), 'not running', 'without work the worker may go');
$booking = $test->book('eva/intro', 2);
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'it comes back for work');
$test->reset('timetap.worker_idle');

# A shutdown does not wait either.
$booking = book_hanging('eva/intro', 3);
$start = time;
$node->stop('fast');
note sprintf 'fast shutdown took %.2f s', time - $start;
$test->heal;
$node->start;
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'what was under way at a shutdown is done after it');
is(scalar grep({ ($_->{attendees}[0]{email} // '') eq 'bob@example.org' && $_->{organizer}{email} eq 'eva@example.com' }
	$test->live_events), 4, 'once');

is(() = slurp_file($node->logfile) =~ /PANIC|server process.*was terminated/g, 0, 'no process has crashed');
$test->stop;
done_testing();
