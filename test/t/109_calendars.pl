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


# Cancelled before the right one is connected: nothing is made at all.
$test->sql("SELECT timetap.google_connect('ana', '1//0auto-ana', 'nosuch\@group.calendar.google.com')");
$booking = $test->book('ana/intro', 2);
$test->wait_for("SELECT state = 'revoked' FROM timetap.sync_status WHERE host = 'ana'");
$test->sql("SELECT timetap.cancel('$booking')");
$test->forget_requests;
$test->connect_calendar('ana');
$test->wait_synced;
is_deeply([ map { "$_->{name} $_->{status}" } grep { $_->{name} } $test->requests ], ['events.get 404'], 'looked for, not there');
is($test->booking($booking, 'sync_state'), 'synced', 'which is as it should be');

# The connected account loses the calendar: the event is not taken for gone.
$booking = $test->book('ana/intro', 3);
$test->wait_synced;
$test->fault({ match => { path => 'events' }, fault => 'status', status => 404, reason => 'notFound' });
$test->sql("SELECT timetap.cancel('$booking')");
$test->wait_for("SELECT state = 'revoked' FROM timetap.sync_status WHERE host = 'ana'");
is($test->booking($booking, 'sync_state'), 'pending', 'a calendar that is lost is for a person to find');
$test->heal;
$test->connect_calendar('ana');
$test->wait_synced;
is(scalar $test->live_events, 1, 'then the event is deleted');

# Another account: its calendar of the same name is not the one that the event
# is in.
$test->add_host('leo');
$booking = $test->book('leo/intro', 1);
$test->wait_synced;
my $event_id = $test->booking($booking, 'google_event_id');
is($test->sql("SELECT c.account || ' ' || e.calendar_id FROM timetap.sync_status c, timetap.calendar_events e"
		  . " WHERE c.host = 'leo' AND e.event_id = '$event_id'"),
	'leo@example.com leo@example.com', 'the account is learnt, and the event\'s calendar');
$test->sql("SELECT timetap.google_connect('leo', '1//0auto-other'); SELECT timetap.cancel('$booking')");
$test->wait_for('SELECT parked FROM timetap.sync_queue');
like($test->sql('SELECT last_error FROM timetap.sync_jobs'), qr/calendar that the connected account has no access to/,
	'an event out of reach is not taken for a deleted one');
like($test->sql('SELECT hint FROM timetap.sync_jobs'), qr/Connect the account/, 'and the hint says what to do');
is($test->sql("SELECT state FROM timetap.sync_status WHERE host = 'leo'"), 'connected', 'the connection is not to blame');
is($test->booking($booking, 'sync_state'), 'failed', 'but the booking shows it');
my $other = $test->book('leo/intro', 2);
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$other'");
is($test->sql("SELECT account FROM timetap.sync_status WHERE host = 'leo'"), 'other@example.com', 'others go on');
$test->connect_calendar('leo');
$test->wait_synced;
is(scalar grep({ $_->{id} eq $event_id } $test->live_events), 0, 'deleted when its account is connected again');

$test->check_manners;
$test->stop;
done_testing();
