# How long it takes from a commit to the first byte of its request.  The times
# are shown; they are not compared with anything, for machines differ.  Unlike
# in other tests, commits go to the disk.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('latency', 'fsync = on', 'track_commit_timestamp = on', 'timetap.max_in_flight = 16');
my $n = 30;

# Book one slot after the other.  Returns by how many milliseconds each request
# came after the answer to its commit, in order, and whether none came before
# the commit itself.
sub measure
{
	my ($handle) = @_;
	my (%answered, %committed, @latencies);
	my $in_order = 1;

	$test->add_host($handle);
	$test->forget_requests;
	for my $i (1 .. $n)
	{
		my ($booking, $clock) = split /\s+/, $test->sql(
			"SELECT id FROM timetap.book('$handle/intro', " . $test->slot($i) . ", 'guest$i\@$handle.example');"
			  . ' SELECT extract(epoch FROM clock_timestamp());');
		$answered{$i} = $clock;
		$test->sql("SELECT timetap.wait_for_link('$booking')");
		$committed{$i} = $test->sql('SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin))'
			  . " FROM timetap.booking_events WHERE booking_id = '$booking'");
	}
	for my $request ($test->requests('events.insert'))
	{
		my ($i) = $request->{body} =~ /guest(\d+)\@$handle\./ or next;
		push @latencies, 1000 * ($request->{time} - $answered{$i});
		$in_order &&= $request->{time} > $committed{$i};
	}
	return ($in_order, sort { $a <=> $b } @latencies);
}

sub show
{
	my ($when, @latencies) = @_;

	note sprintf 'commit to first byte, %s: median %.1f ms, 90 %% %.1f ms, longest %.1f ms',
	  $when, $latencies[ @latencies / 2 ], $latencies[ @latencies * 0.9 ], $latencies[-1];
}

my ($in_order, @idle) = measure('ana');
is(scalar @idle, $n, 'a request for each booking');
ok($in_order, 'none before its commit');
show('an idle worker', @idle);

# Other calendars that do not answer are in nobody's way.
my @slow = map { "slow$_" } 1 .. 8;
$test->add_host($_) for @slow;
$test->fault({ match => { path => 'events', email => '^slow' }, fault => 'delay', seconds => 60 });
$test->book("$_/intro", 1) for @slow;
$test->wait_until(sub { $test->control('GET', 'stats')->{most_in_flight} >= 8 }, 'all of them are slow');
($in_order, my @busy) = measure('eva');
is(scalar @busy, $n, 'a request for each booking beside slow calendars');
ok($in_order, 'none before its commit');
show('eight slow calendars', @busy);
is($test->sql('SELECT in_flight FROM timetap.worker_status()'), '8', 'which were slow all the time');

$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
