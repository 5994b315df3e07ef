# One booking for each meeting, one event for each booking, whatever happens:
# a fifth of the answers are lost after Google did what it was asked, a fifth
# of the requests get a 503, the worker is terminated again and again, and the
# server is stopped at once in the midst of it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $n = 200;
my $test = TimetapTest->start('chaos', 'timetap.retry_cap = 100ms', 'timetap.request_timeout = 2s',
	'timetap.max_attempts = 1000');
my $node = $test->node;
my @hosts = map { "host$_" } 1 .. 8;
$test->add_host($_) for @hosts;

# Of the requests about events: 20 % lost, and 25 % of the other 80 %.
$test->fault(
	{ match => { path => '/events' }, share => 0.2, seed => 7, fault => 'drop_after_apply' },
	{ match => { path => '/events' }, share => 0.25, seed => 8, fault => 'status', status => 503 });

# Bookings by the hosts in turn; what they are is asked of the tables.
sub book_some
{
	my ($from, $to) = @_;
	$test->sql(join '', map { "SELECT FROM timetap.book('$hosts[$_ % @hosts]/intro', " . $test->slot(int $_ / @hosts)
		  . ", 'guest$_\@example.org', 'Guest $_');\n" } $from .. $to);
}

sub synced { return $test->sql("SELECT count(*) FROM timetap.bookings WHERE sync_state = 'synced'") }

# Terminate the worker when so many bookings are synced.
sub terminate_at
{
	my ($count) = @_;
	$test->wait_until(sub { synced() >= $count }, "$count are synced");
	$test->wait_until(
		sub {
			$test->sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'timetap worker'");
		},
		'there is a worker to terminate');
}

book_some(0, 59);
terminate_at(10);
book_some(60, 119);
terminate_at(40);

$test->wait_until(sub { synced() >= 60 }, '60 are synced');
book_some(120, 159);
$node->stop('immediate');
$node->start;

book_some(160, $n - 1);
terminate_at(100);
terminate_at(140);
note($test->sql('SELECT count(*) FROM timetap.sync_queue') . ' jobs are left by the last worker that was terminated');
$test->wait_synced;

is($test->sql("SELECT count(*), count(DISTINCT meeting_id), count(DISTINCT google_event_id), count(DISTINCT meet_link)"
		  . " FROM timetap.bookings WHERE status = 'confirmed' AND sync_state = 'synced'"),
	"$n|$n|$n|$n", "$n bookings, as many meetings, events and links");
my %link_of = map { $_->{id} => $_->{hangoutLink} } $test->live_events;
is(scalar keys %link_of, $n, "exactly $n live events");
my %stored = map { split /\|/ } split /\n/, $test->sql('SELECT google_event_id, meet_link FROM timetap.bookings');
is_deeply(\%stored, \%link_of, 'each with the link that its booking stores');
is($test->sql('SELECT count(*) FROM timetap.sync_queue'), '0', 'nothing is left in the queue');
is($test->sql("SELECT count(*) FROM timetap_private.connections WHERE lease_until IS NOT NULL OR state <> 'connected'"),
	'0', 'no connection is leased or in trouble');

# Half of them are moved and half of those cancelled, with faults as before.
my @ids = split /\n/, $test->sql('SELECT id FROM timetap.bookings ORDER BY id');
my @move = @ids[ 0 .. $n / 2 - 1 ];
my @cancel = @ids[ $n / 4 .. 3 * $n / 4 - 1 ];
$test->sql(join '', map { "SELECT timetap.reschedule('$_', starts_at + interval '40 days') FROM timetap.bookings WHERE id = '$_';\n" } @move);
$test->wait_until(sub { synced() >= $n / 2 }, 'some are synced');
$test->sql(join '', map { "SELECT timetap.cancel('$_');\n" } @cancel);
$test->wait_synced;
my @faults = @{ $test->heal };
cmp_ok($faults[$_]{fired}, '>', $n / 10, "$faults[$_]{fault} hit") for 0 .. 1;

%link_of = map { $_->{id} => $_->{hangoutLink} } $test->live_events;
is(scalar keys %link_of, $n / 2, 'cancelled ones are gone');
%stored = map { split /\|/ } split /\n/,
  $test->sql("SELECT google_event_id, meet_link FROM timetap.bookings WHERE status = 'confirmed'");
is_deeply(\%stored, \%link_of, 'each has the link that its booking stores');
my %time_of = map { $_->{id} => $_->{start}{dateTime} } $test->live_events;
my $times = join ', ', map { "('$_', '$time_of{$_}'::timestamptz)" } keys %time_of;
is($test->sql("SELECT count(*) FROM timetap.bookings b JOIN (VALUES $times) AS t (id, at) ON b.google_event_id = t.id"
		  . ' WHERE b.starts_at = t.at'),
	$n / 2, 'at the booking\'s time');
is($test->sql("SELECT count(*) FROM timetap.bookings WHERE status = 'cancelled' AND (google_event_id IS NOT NULL OR meet_link IS NOT NULL OR sync_state <> 'synced')"),
	'0', 'cancelled bookings show it');

$test->check_manners;
$test->stop;
done_testing();
