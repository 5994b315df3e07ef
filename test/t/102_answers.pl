# Lost answers and surprising ones: still exactly one event for each meeting.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('answers', 'timetap.retry_base = 4ms');
$test->add_host('ana');
my $slot = 0;

# Booked and synced without trouble.
sub synced_booking
{
	my $booking = $test->book('ana/intro', $slot++);
	$test->wait_synced;
	return $booking;
}

# Book while a fault is on; returns the booking and the requests it took.
sub book_with
{
	$test->forget_requests;
	$test->fault(@_);
	my $booking = synced_booking();
	$test->heal;
	return ($booking, [ map { $_->{name} // 'token' } $test->requests ]);
}

sub move_with
{
	my ($booking, @faults) = @_;
	$test->forget_requests;
	$test->fault(@faults) if @faults;
	$test->sql("SELECT timetap.reschedule('$booking', " . $test->slot($slot++) . ')');
	$test->wait_synced;
	$test->heal;
	return [ map { $_->{name} } $test->requests ];
}

sub cancel_with
{
	my ($booking, @faults) = @_;
	$test->forget_requests;
	$test->fault(@faults) if @faults;
	$test->sql("SELECT timetap.cancel('$booking')");
	$test->wait_synced;
	$test->heal;
	return [ map { $_->{name} } $test->requests ];
}

# The booking's event is the calendar's, at the booking's time.
sub check_event
{
	my ($booking, $what) = @_;
	my ($id, $link, $time, $state) = split /\|/, $test->sql(
		'SELECT google_event_id, meet_link, extract(epoch FROM starts_at)::bigint, sync_state'
		  . " FROM timetap.bookings WHERE id = '$booking'");
	my $meeting = $test->booking($booking, 'meeting_id');
	my @found = grep { ($_->{extendedProperties}{private}{timetap_meeting} // '') eq $meeting } $test->live_events;

	is(join(' ', map { $_->{id} } @found), $id, "$what: one event, the booking's");
	is($found[0]{hangoutLink}, $link, "$what: with its link");
	is($state, 'synced', "$what: synced");
	my $start = $test->sql("SELECT extract(epoch FROM '$found[0]{start}{dateTime}'::timestamptz)::bigint");
	is($start, $time, "$what: at its time");
}

my ($booking, $requests) = (synced_booking());

# Creating.
($booking, $requests) = book_with({ match => { name => 'events.insert' }, nth => 1, fault => 'drop_after_apply' });
is_deeply($requests, [ 'events.insert', 'events.insert', 'events.get' ], 'lost answer to a create: again, then read');
check_event($booking, 'lost answer');

($booking, $requests) = book_with({ match => { name => 'events.insert' }, nth => [ 1, 2 ], fault => 'status', status => 503 });
is_deeply($requests, [ ('events.insert') x 3 ], '503 twice: the same again');
check_event($booking, '503');

($booking, $requests) = book_with({ match => { name => 'events.insert' }, nth => 1, fault => 'non_json_200' });
check_event($booking, 'unreadable success');

($booking, $requests) = book_with({ match => { name => 'events.insert' }, nth => 1, fault => 'truncate' });
check_event($booking, 'truncated success');

($booking, $requests) = book_with(
	{ match => { name => 'events.insert' }, nth => 1, fault => 'drop_after_apply' },
	{ match => { name => 'events.get' }, nth => 1, fault => 'status', status => 404, reason => 'notFound' });
is_deeply($requests, [ 'events.insert', 'events.insert', 'events.get', 'events.list', 'events.get' ],
	'a read ahead of its time is repeated, the calendar being there');
check_event($booking, 'late read');

($booking, $requests) = book_with({ match => { name => 'events.insert' }, nth => 1, fault => 'non_json_200',
	body => '{"id": "another", "etag": "\"1\"", "status": "confirmed"}' });
check_event($booking, 'an answer about another event');

# The answer to a create is lost, and a person deletes the event: a new one.
$test->fault({ match => { name => 'events.insert' }, nth => 1, fault => 'drop_after_apply' },
	{ match => { name => 'events.insert' }, nth => 1, fault => 'status', status => 503, retry_after => 1 });
$booking = $test->book('ana/intro', $slot++);
my $meeting = $test->booking($booking, 'meeting_id');
$test->wait_until(sub { grep { $_->{extendedProperties}{private}{timetap_meeting} eq $meeting } $test->live_events },
	'the event is there');
my ($lost) = grep { $_->{extendedProperties}{private}{timetap_meeting} eq $meeting } $test->live_events;
$test->control('POST', 'human', { op => 'delete', account => 'ana@example.com', event => $lost->{id} });
$test->heal;
$test->wait_synced;
check_event($booking, 'deleted before it was known');
is($test->booking($booking, 'google_event_id'), "$lost->{id}g2", 'a deleted id stays taken: the next generation');

# Moving.
$booking = synced_booking();
$requests = move_with($booking, { match => { name => 'events.patch' }, nth => 1, fault => 'drop_after_apply' });
is_deeply($requests, [ 'events.patch', 'events.patch', 'events.get' ], 'lost answer to a move: refused, then read');
check_event($booking, 'lost move');

my $event_id = $test->booking($booking, 'google_event_id');
$test->control('POST', 'human', { op => 'edit', account => 'ana@example.com', event => $event_id, body => { summary => 'mine' } });
$requests = move_with($booking);
is_deeply($requests, [ 'events.patch', 'events.get', 'events.patch' ], 'changed by a person: read, then moved');
check_event($booking, 'edited');
is((grep { $_->{id} eq $event_id } $test->live_events)[0]{summary}, 'mine', 'what a person changed stays');

$test->control('POST', 'human', { op => 'delete', account => 'ana@example.com', event => $event_id });
move_with($booking);
check_event($booking, 'deleted by a person');
is($test->booking($booking, 'google_event_id'), "${event_id}g2", 'then moved: created anew');

$test->control('POST', 'human', { op => 'purge', account => 'ana@example.com', event => "${event_id}g2" });
move_with($booking);
check_event($booking, 'purged');
is($test->booking($booking, 'google_event_id'), "${event_id}g3", 'gone without a trace: created anew');

# Deleting.
$requests = cancel_with($booking, { match => { name => 'events.delete' }, nth => 1, fault => 'drop_after_apply' });
is_deeply($requests, [ 'events.delete', 'events.delete' ], 'lost answer to a delete: again');
is($test->booking($booking, "sync_state || coalesce(google_event_id, '')"), 'synced', 'gone is gone');

$booking = synced_booking();
$test->control('POST', 'human', { op => 'delete', account => 'ana@example.com', event => $test->booking($booking, 'google_event_id') });
cancel_with($booking);
is($test->booking($booking, "sync_state || coalesce(google_event_id, '')"), 'synced', 'deleted by both');

# Out of sight for a while is not gone.
$booking = synced_booking();
$event_id = $test->booking($booking, 'google_event_id');
$requests = cancel_with($booking, { match => { name => 'events.delete' }, nth => [ 1 .. 3 ], fault => 'status', status => 404, reason => 'notFound' });
is_deeply($requests, [ 'events.delete', 'events.list', ('events.delete') x 3 ], 'deleted again until it is');
is(scalar grep({ $_->{id} eq $event_id } $test->live_events), 0, 'and it is');

$booking = synced_booking();
$event_id = $test->booking($booking, 'google_event_id');
$requests = move_with($booking, { match => { name => 'events.patch' }, nth => 1, fault => 'status', status => 404, reason => 'notFound' },
	{ match => { name => 'events.get' }, nth => [ 1 .. 4 ], fault => 'status', status => 404, reason => 'notFound' });
is_deeply($requests, [ 'events.patch', 'events.get', 'events.list', ('events.get') x 4, 'events.patch' ], 'looked for until it is found');
check_event($booking, 'out of sight');
is($test->booking($booking, 'google_event_id'), $event_id, 'and not made again');

# Cancelled before any answer to the create: deleted all the same, and looked
# for a second time when the create has run out.
$test->set('timetap.request_timeout', '500ms');
$test->forget_requests;
$test->fault({ match => { name => 'events.insert' }, fault => 'delay', seconds => 0.8, when => 'before' });
$booking = $test->book('ana/intro', $slot++);
$test->wait_until(sub { scalar $test->requests('events.insert') }, 'the create has been sent');
$test->sql("SELECT timetap.cancel('$booking')");
$test->wait_synced;
$test->heal;
my @deletes = $test->requests('events.delete');
cmp_ok(scalar @deletes, '>=', 2, 'deleted twice');
cmp_ok($deletes[-1]{time} - $deletes[0]{time}, '>=', 0.5, 'a request\'s time apart');
$meeting = $test->booking($booking, 'meeting_id');
is(scalar grep({ $_->{extendedProperties}{private}{timetap_meeting} eq $meeting } $test->live_events), 0,
	'a create that came late has left nothing');
$test->reset('timetap.request_timeout');

# Another's event under our id.
$test->control('POST', 'reset');
$test->connect_calendar('ana');
$test->fault({ match => { name => 'events.insert' }, nth => 1, fault => 'status', status => 503, retry_after => 1 });
$booking = $test->book('ana/intro', $slot++);
$test->wait_for("SELECT last_error IS NOT NULL FROM timetap.sync_queue");
my $taken = $test->sql("SELECT event_id FROM timetap.calendar_events e JOIN timetap.bookings b USING (meeting_id) WHERE b.id = '$booking'");
$test->control('POST', 'human', { op => 'insert', account => 'ana@example.com', event => $taken,
	body => { summary => 'private', start => { dateTime => '2030-01-01T10:00:00Z' }, end => { dateTime => '2030-01-01T11:00:00Z' } } });
$test->heal;
$test->wait_for('SELECT parked FROM timetap.sync_queue');
like($test->sql('SELECT last_error FROM timetap.sync_queue'), qr/another event/, 'another\'s event is left alone');
is($test->booking($booking, 'sync_state'), 'failed', 'and the booking shows it');
is((grep { $_->{id} eq $taken } $test->live_events)[0]{summary}, 'private', 'untouched');
$test->control('POST', 'human', { op => 'delete', account => 'ana@example.com', event => $taken });
is($test->sql("SELECT timetap.retry_sync('$booking')"), 't', 'tried again by a person');
$test->wait_synced;
check_event($booking, 'retried');

$test->stop;
done_testing();
