# A booking's way to the calendar: created, moved, deleted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('sync');
$test->add_host('ana');

# Booked: an event with a link, under the id that the booking has.
my ($booking, $state) = split /\|/,
  $test->sql('SELECT id, sync_state FROM timetap.book(\'ana/intro\', ' . $test->slot(1) . ", 'bob\@example.org', 'Bob')");
is($state, 'pending', 'a booking does not wait for its event');
$test->wait_synced;
my ($event) = $test->live_events;
is($test->booking($booking, 'google_event_id'), $event->{id}, 'event id on the booking');
is($test->booking($booking, 'meet_link'), $event->{hangoutLink}, 'link on the booking');
is($test->booking($booking, 'sync_state'), 'synced', 'booking is synced');
is($test->booking($booking, 'version'), 1, 'which is no change of the booking');
is($event->{summary}, '[TimeTap] Session with bob@example.org', 'title');
like($event->{description}, qr/Ana/, 'description names the host');
like($event->{description}, qr/Intro call/, 'description names the event type');
is($event->{start}{timeZone}, 'Europe/Lisbon', 'in the host\'s zone');
is_deeply([ map { $_->{email} } @{ $event->{attendees} } ], ['bob@example.org'], 'attendee is the guest');
my ($insert) = $test->requests('events.insert');
is($insert->{query}, 'conferenceDataVersion=1&sendUpdates=all', 'asked for link and invitations');

# Rescheduled: the same event at another time, with the link it had.
$test->sql("SELECT timetap.reschedule('$booking', " . $test->slot(4) . ')');
$test->wait_synced;
my ($moved) = $test->live_events;
is($moved->{id}, $event->{id}, 'the same event');
isnt($moved->{start}{dateTime}, $event->{start}{dateTime}, 'at another time');
is($moved->{hangoutLink}, $event->{hangoutLink}, 'with the same link');
is($test->booking($booking, 'meet_link'), $event->{hangoutLink}, 'link stays on the booking');
is(scalar $test->requests('events.patch'), 1, 'by one PATCH');

# Cancelled: the event is gone.
$test->sql("SELECT timetap.cancel('$booking')");
$test->wait_synced;
is(scalar $test->live_events, 0, 'event is deleted');
is($test->booking($booking, 'google_event_id IS NULL AND meet_link IS NULL'), 't', 'which the booking shows');
is($test->booking($booking, 'sync_state'), 'synced', 'and the calendar agrees');
is_deeply([ sort map { $_->{kind} } @{ $test->control('GET', 'mails') } ],
	[ 'cancel', 'invite', 'update' ], 'the guest got one mail for each');

# A transaction that is rolled back leaves nothing.
$test->forget_requests;
$test->sql("BEGIN; SELECT timetap.book('ana/intro', " . $test->slot(1) . ", 'eve\@example.org'); ROLLBACK");
my $after = $test->book('ana/intro', 2);
$test->wait_synced;
is(scalar $test->requests, 1, 'a booking rolled back makes no request, the one after it does');
is($test->sql("SELECT count(*) FROM timetap.bookings WHERE attendee_email = 'eve\@example.org'"), '0', 'nor leaves a row');

# Changes before the worker looks are one request.
$test->forget_requests;
$test->sql('BEGIN; SELECT id AS id FROM timetap.book(\'ana/intro\', ' . $test->slot(6) . ", 'joe\@example.org') \\gset\n"
	  . 'SELECT timetap.reschedule(:\'id\', ' . $test->slot(7) . '); SELECT timetap.reschedule(:\'id\', '
	  . $test->slot(8) . "); COMMIT;");
$test->wait_synced;
is_deeply([ map { $_->{name} } $test->requests ], ['events.insert'], 'booked and moved twice: one event');
$test->forget_requests;
$test->sql('BEGIN; SELECT id AS id FROM timetap.book(\'ana/intro\', ' . $test->slot(9) . ", 'joe\@example.org') \\gset\n"
	  . 'SELECT timetap.cancel(:\'id\'); COMMIT;');
$test->wait_synced;
is(scalar $test->requests, 0, 'booked and cancelled: no event');

# Booked while there was no calendar: it comes with the connection.
$test->add_host('eva', unconnected => 1);
my @early = map { $test->book('eva/intro', $_) } 1 .. 3;
is($test->booking($early[0], 'sync_state'), 'not_connected', 'no calendar, no job');
is($test->sql('SELECT count(*) FROM timetap.sync_queue'), '0', 'nothing is queued');
$test->sql("SELECT timetap.cancel('$early[2]')");
$test->connect_calendar('eva');
$test->wait_synced;
is_deeply([ map { $test->booking($_, 'sync_state') } @early ], [ 'synced', 'synced', 'none' ],
	'connecting brings the events of what is booked');
is($test->booking($early[1], 'meet_link IS NOT NULL'), 't', 'with links');

# A meeting that is over is not touched.
$test->forget_requests;
$test->set('timetap.now', '2100-01-01 00:00+00');
$test->sql(q{
	UPDATE timetap.bookings SET sync_state = 'pending' WHERE status = 'confirmed';
	INSERT INTO timetap.sync_queue (host_id, meeting_id, next_attempt_at)
		SELECT host_id, meeting_id, now() FROM timetap.bookings WHERE status = 'confirmed';
	SELECT timetap.google_connect('ana', '1//0auto-ana');
	SELECT timetap.google_connect('eva', '1//0auto-eva');
});
$test->wait_synced;
is(scalar $test->requests, 0, 'no request for meetings that are over');
is($test->sql("SELECT DISTINCT sync_state FROM timetap.bookings WHERE status = 'confirmed'"), 'failed',
	'bookings show that it will not come');
$test->reset('timetap.now');

# What no booking speaks of is left as it is, visibly.
my $meeting = $test->sql(q{
	SELECT gen_random_uuid() AS meeting \gset
	INSERT INTO timetap.calendar_events (host_id, meeting_id, connection_id, provider, calendar_id, event_id, state)
		SELECT host_id, :'meeting', id, 'google', 'primary', 'ttnobody', 'live'
		FROM timetap_private.connections LIMIT 1;
	INSERT INTO timetap.sync_queue (host_id, meeting_id, next_attempt_at)
		SELECT host_id, meeting_id, now() FROM timetap.calendar_events WHERE event_id = 'ttnobody';
	SELECT timetap.google_connect('ana', '1//0auto-ana'), timetap.google_connect('eva', '1//0auto-eva');
	SELECT :'meeting';
});
$test->wait_for("SELECT parked FROM timetap.sync_queue WHERE last_error ~ 'no booking'");
is(scalar grep({ $_->{path} =~ /ttnobody/ } $test->requests), 0, 'a missing row is not read as cancelled');

is($test->sql("SELECT state, in_flight > 0, done > 0, failed FROM timetap.worker_status()"), 'running|f|t|0',
	'the worker has counted');
$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
