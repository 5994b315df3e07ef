# A host connects another calendar, or one that it can't use: jobs follow, and
# events stay where they are.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('calendars', 'timetap.retry_base = 5ms');

# The wrong calendar, then the right one.
$test->add_host('ana', unconnected => 1);
$test->sql("SELECT timetap.google_connect('ana', '1//0auto-ana', 'nosuch\@group.calendar.google.com')");
my $booking = $test->book('ana/intro', 1);
$test->wait_for("SELECT state = 'revoked' FROM timetap.sync_status WHERE host = 'ana'");
like($test->sql('SELECT hint FROM timetap.sync_status'), qr/connect the right one/, 'the wrong calendar is told');
$test->forget_requests;
$test->connect_calendar('ana');
$test->wait_synced;
is_deeply([ map { "$_->{name} $_->{status}" } grep { $_->{name} } $test->requests ], [ 'events.get 404', 'events.insert 200' ],
	'looked for in the wrong calendar, made in the right one');
is($test->sql("SELECT state || coalesce(last_error, '') FROM timetap.sync_status"), 'connected',
	'which is not blamed');
is($test->booking($booking, 'google_event_id'), ($test->live_events)[0]{id}, 'one event, the booking\'s');

$test->check_manners;
$test->stop;
done_testing();
