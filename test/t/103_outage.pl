# Google is down, slow or refuses: bookings stand, and their events come later.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('outage');
$test->add_host($_) for qw(ana eva);
$test->book('ana/intro', 0);
$test->wait_synced;

# 500 for ever.
$test->fault({ match => { path => 'events' }, fault => 'status', status => 500 });
my $booking = $test->book('ana/intro', 1);
is($test->booking($booking, "status || ' ' || sync_state || ' ' || (meet_link IS NULL)"), 'confirmed pending true',
	'a booking stands without its event');
$test->wait_for('SELECT max(attempts) > 3 FROM timetap.sync_jobs');
is($test->sql('SELECT http_status, last_error FROM timetap.sync_jobs'), '500|creating the event: HTTP 500 backendError',
	'what is wrong can be seen');
$test->heal;
$test->wait_synced;
is($test->booking($booking, "sync_state || ' ' || (meet_link IS NOT NULL)"), 'synced true', 'the link comes by itself');

# Retry-After is waited for, and holds back the calendar's other jobs.
$test->forget_requests;
$test->fault({ match => { path => 'events' }, nth => 1, fault => 'status', status => 429, retry_after => 2 });
$test->book('ana/intro', $_) for 2 .. 3;
$test->wait_synced;
$test->heal;
my @requests = $test->requests('events.insert');
is(scalar @requests, 3, 'refused once');
cmp_ok($requests[1]{time} - $requests[0]{time}, '>=', 2, 'Retry-After is waited for');

# A pause for the whole credential; others go on.
$test->fault({ match => { email => 'ana@' }, fault => 'status', status => 403, reason => 'quotaExceeded' });
$test->book('ana/intro', $_) for 4 .. 5;
$test->book('eva/intro', 4);
$test->wait_for("SELECT count(*) = 0 FROM timetap.sync_queue q JOIN timetap.hosts h ON h.id = q.host_id WHERE h.handle = 'eva'");
$test->wait_for("SELECT state = 'connected' AND last_error ~ 'quotaExceeded' FROM timetap.sync_status WHERE host = 'ana'");
is($test->sql("SELECT not_before - now() BETWEEN '55 min' AND '80 min' FROM timetap_private.connections WHERE last_error IS NOT NULL"),
	't', 'an hour or a little more');
is($test->sql('SELECT max(failures) FROM timetap.sync_queue'), '0', 'no job is blamed');
$test->heal;
$test->connect_calendar('ana');
$test->wait_synced;

# What is refused is parked, alone, and tried again when somebody says so.
$test->fault({ match => { email => 'ana@' }, nth => 1, fault => 'status', status => 400, reason => 'invalid' });
my $refused = $test->book('ana/intro', 6);
$test->wait_for('SELECT parked FROM timetap.sync_queue');
my $next = $test->book('ana/intro', 7);
$test->wait_for("SELECT sync_state = 'synced' FROM timetap.bookings WHERE id = '$next'");
is($test->booking($refused, 'sync_state'), 'failed', 'a refused event fails its booking');
is($test->sql('SELECT state, hint IS NOT NULL FROM timetap.sync_jobs'), 'failed|t', 'and says what to do');
is($test->sql('SELECT timetap.retry_failed()'), '1', 'asked for again');
$test->wait_synced;
is($test->booking($refused, 'sync_state'), 'synced', 'it works');
$test->heal;

# What is refused once the event was read again is parked, too, and says why.
$refused = $test->book('ana/intro', 12);
$test->wait_synced;
$test->fault({ match => { name => 'events.patch' }, fault => 'status', status => 400, reason => 'invalid' });
$test->forget_requests;
$test->sql("SELECT timetap.reschedule('$refused', " . $test->slot(13) . ')');
$test->wait_for('SELECT parked FROM timetap.sync_queue');
is_deeply([ map { $_->{name} } $test->requests ], [ 'events.patch', 'events.get', 'events.patch' ], 'read once between');
is($test->sql('SELECT http_status, last_error FROM timetap.sync_jobs'), '400|changing the event: HTTP 400 invalid', 'with the error');
$test->heal;
$test->sql('SELECT timetap.retry_failed()');
$test->wait_synced;
is($test->booking($refused, 'sync_state'), 'synced', 'it works');

# Given up after so many failures, and taken up again by a change.
$test->set('timetap.max_attempts', '3');
$test->forget_requests;
$test->fault({ match => { path => 'events' }, fault => 'status', status => 409, reason => 'conflict' });
$booking = $test->book('ana/intro', 8);
$test->wait_for('SELECT parked FROM timetap.sync_queue');
is(scalar $test->requests('events.insert'), 3, 'given up after three failures');
is($test->booking($booking, 'sync_state'), 'failed', 'which the booking shows');
$test->heal;
$test->sql("SELECT timetap.reschedule('$booking', " . $test->slot(9) . ')');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'a change is a new wish');
$test->reset('timetap.max_attempts');

# An outage is no job's fault: their number does not matter, nor does its
# length, and all of the connection wait longer and longer.
$test->set('timetap.max_attempts', '3');
$test->fault({ match => { path => 'events' }, fault => 'status', status => 503 });
$test->book('ana/intro', $_) for 20 .. 23;
$test->wait_for("SELECT max(attempt) > 3 AND count(*) = 4 FROM timetap.sync_queue");
$test->wait_for('SELECT max(failures) > 5 FROM timetap_private.connections');
is($test->sql('SELECT max(failures) < 3, bool_or(parked) FROM timetap.sync_queue'), 't|f', 'the connection counts, and no job is given up in an outage');
like($test->sql("SELECT last_error FROM timetap.sync_status WHERE host = 'ana'"), qr/HTTP 503/, 'and says why');
$test->heal;
$test->wait_synced;
is($test->sql("SELECT state || coalesce(last_error, '') FROM timetap.sync_status WHERE host = 'ana'"), 'connected', 'until it works');
is($test->sql('SELECT max(failures) FROM timetap_private.connections'), '0', 'then it counts anew');
$test->reset('timetap.max_attempts');

# A calendar that does not answer: given up in time, the phase told.
$test->set('timetap.request_timeout', '300ms');
$test->fault({ match => { path => 'events' }, fault => 'delay', seconds => 2 });
$booking = $test->book('ana/intro', 10);
$test->wait_for("SELECT last_error ~ 'time' FROM timetap.sync_jobs WHERE last_error IS NOT NULL");
$test->heal;
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'a timeout is got over');

# Nobody there at all.
$test->set('timetap.google_api_url', 'https://localhost:1/calendar/v3/');
$booking = $test->book('ana/intro', 11);
$test->wait_for("SELECT last_error ~ 'connect' FROM timetap.sync_jobs WHERE last_error IS NOT NULL");
$test->reset('timetap.google_api_url');
$test->wait_synced;
is($test->booking($booking, 'sync_state'), 'synced', 'nor does a refused connection matter');

is($test->sql('SELECT count(*) FROM timetap.bookings b LEFT JOIN timetap.calendar_events e USING (host_id, meeting_id)'
		  . " WHERE e.state IS DISTINCT FROM 'live' OR b.meet_link IS DISTINCT FROM e.link"),
	'0', 'in the end every booking has its event');
$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
