# Meet links: made later, made in vain, not to be had.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('link');
$test->add_host('ana');

# A link that is made after the event: read until it is there.
$test->settings(meet => { mode => 'pending', reads => 1 });
my $booking = $test->book('ana/intro', 1);
$test->wait_for("SELECT google_event_id IS NOT NULL FROM timetap.bookings WHERE id = '$booking'");
is($test->booking($booking, 'sync_state'), 'pending', 'event is there, its link is not');
$test->wait_synced;
my ($event) = $test->live_events;
is($test->booking($booking, 'meet_link'), $event->{hangoutLink}, 'link comes later');
is($test->booking($booking, 'sync_state'), 'synced', 'then the booking is synced');
is_deeply([ map { $_->{name} } $test->requests ], [ undef, 'events.insert', 'events.get', 'events.get' ],
	'read until it was there');

# One that is not made: asked for once more, by a request that mails nobody.
$test->settings(meet => { mode => 'immediate', outcome => 'failure' });
$test->forget_requests;
$booking = $test->book('ana/intro', 2);
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'event without link is better than none');
is($test->booking($booking, 'meet_link IS NULL AND google_event_id IS NOT NULL'), 't', 'event without a link');
is_deeply([ map { "$_->{name} $_->{query}" } $test->requests ],
	[ 'events.insert conferenceDataVersion=1&sendUpdates=all', 'events.patch conferenceDataVersion=1&sendUpdates=none' ],
	'asked for once more, quietly');
$test->forget_requests;
$test->sql("SELECT timetap.reschedule('$booking', " . $test->slot(5) . ')');
$test->wait_synced;
is_deeply([ map { $_->{name} } $test->requests ], ['events.patch'], 'and then no more');

# That is refused for the moment: it still is the one that counts.
sub link_requests
{
	return map { ref $_->{body} ? $_->{body}{conferenceData}{createRequest}{requestId} : $_->{body} =~ /"requestId":\s*"([^"]+)"/ }
	  $test->requests('events.patch');
}
$test->forget_requests;
$test->fault({ match => { name => 'events.patch' }, nth => 1, fault => 'status', status => 503, retry_after => 1 });
$booking = $test->book('ana/intro', 6);
$test->wait_until(sub { scalar $test->requests('events.patch') }, 'the link is asked for once more');
$test->settings(meet => { mode => 'immediate', outcome => 'success' });
$test->wait_synced;
$test->heal;
is($test->booking($booking, 'meet_link IS NOT NULL'), 't', 'a request for a link that failed is repeated');
my @ids = link_requests();
is_deeply(\@ids, [ $ids[0], $ids[0] ], 'under the same number');

# Its answer is lost: repeated, which is the same request to the calendar.
$test->settings(meet => { mode => 'immediate', outcome => 'failure' });
$test->forget_requests;
$test->fault({ match => { name => 'events.patch' }, nth => 1, fault => 'drop_after_apply' });
$booking = $test->book('ana/intro', 7);
$test->wait_synced;
$test->heal;
@ids = link_requests();
is_deeply(\@ids, [ ($ids[0]) x 3 ], 'lost, refused for what it changed, and repeated');
like($test->sql("SELECT warning FROM timetap.calendar_events WHERE meeting_id = '" . $test->booking($booking, 'meeting_id') . "'"),
	qr/did not make a link/, 'a link given up leaves a warning');

# It is refused, and again when the event was read: only the link is given up.
$test->forget_requests;
$test->fault({ match => { name => 'events.patch' }, fault => 'status', status => 400, reason => 'invalid' });
$booking = $test->book('ana/intro', 8);
$test->wait_synced;
$test->heal;
is_deeply([ map { $_->{name} } $test->requests ], [ 'events.insert', 'events.patch', 'events.get', 'events.patch' ],
	'read once between');
is($test->booking($booking, "sync_state || ' ' || (google_event_id IS NOT NULL)"), 'synced true', 'the event stays');

# A calendar that can't have any.
$test->settings(meet => { mode => 'immediate', outcome => 'success' });
$test->control('POST', 'calendars', { id => 'primary', account => 'ana@example.com', allow_meet => JSON::PP::false() });
$test->forget_requests;
$booking = $test->book('ana/intro', 3);
$test->wait_synced;
is($test->booking($booking, "sync_state || ' ' || (meet_link IS NULL)"), 'synced true', 'created without a link');
is(scalar $test->requests('events.insert'), 2, 'at the second try');
is($test->sql("SELECT link_state || ' ' || (warning ~ 'Invalid|invalid') FROM timetap.calendar_events WHERE meeting_id = '"
		  . $test->booking($booking, 'meeting_id') . "'"), 'failed true', 'with a warning');
is($test->sql("SELECT last_error ~ 'Invalid|invalid', hint FROM timetap.sync_status"),
	't|Meetings to come that have no link: 4. Put another one into their events by hand.', 'which the host can see');
is($test->sql('SELECT count(*) FROM timetap.bookings b JOIN timetap.calendar_events e USING (host_id, meeting_id)'
		  . ' WHERE b.google_event_id IS DISTINCT FROM e.event_id OR b.meet_link IS DISTINCT FROM e.link'),
	'0', 'bookings have what is known of their events');

$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
