-- What has begun is over for whoever holds a manage token; what would change
-- nothing changes nothing; a hold that has expired is gone.
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
DROP ROLE IF EXISTS past_anon;
CREATE ROLE past_anon NOLOGIN;
RESET client_min_messages;
SET timetap.now = '2030-01-07 06:00+00';

SELECT handle FROM timetap.add_host('past-ana', name => 'Ana', time_zone => 'CET');
SELECT timetap.set_hours('past-ana', 'Mon-Fri 09:00-17:00');
SELECT slug FROM timetap.add_event_type('past-ana/talk', horizon => NULL);
SELECT timetap.grant_api(anon => 'past_anon', authenticated => '', service => '');

-- CET has summer time here, though SQL's timezone() would take it for an abbreviation
SELECT id, manage_token FROM timetap.book('past-ana/talk', '2030-07-01 07:00+00', 'ben@example.org') \gset
SELECT local_date, local_time FROM timetap.get_booking(:'id');
SELECT local_time FROM timetap.slots('past-ana/talk', '2030-07-02', '2030-07-03') LIMIT 1;

-- the same time and duration: the booking as it is, no history, nobody is told
SELECT version, starts_at FROM timetap.reschedule(:'id', '2030-07-01 07:00+00', :'manage_token');
SELECT version FROM timetap.reschedule(:'id', '2030-07-01 07:00+00', new_duration => '60 min');
SELECT count(*) FROM timetap.booking_events WHERE booking_id = :'id';

-- once it has begun
SET timetap.now = '2030-07-01 07:00+00';
SET ROLE past_anon;
SELECT status FROM timetap.reschedule(:'id', '2030-07-02 07:00+00', :'manage_token');
SELECT status FROM timetap.cancel(:'id', :'manage_token');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
-- the service may still put it right
SELECT status, version FROM timetap.cancel(:'id', reason => 'did not take place');

-- a hold (by hand: hold() is not there yet) before and after its end
SET timetap.now = '2030-01-07 06:00+00';
INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
SELECT h.id, '00000000-0000-4000-8000-00000000aa01', e.id, '2030-01-08 08:00+00', '2030-01-08 09:00+00',
	tstzrange('2030-01-08 08:00+00', '2030-01-08 09:00+00'), '2030-01-07 06:15+00'
FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id WHERE h.handle = 'past-ana';
INSERT INTO timetap.bookings (id, host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status, expires_at)
SELECT '00000000-0000-4000-8000-00000000aa02', a.host_id, a.event_type_id, a.host_id, a.meeting_id, a.starts_at, a.ends_at, 'held', a.expires_at
FROM timetap.allocations a WHERE a.meeting_id = '00000000-0000-4000-8000-00000000aa01';
SELECT status, starts_at FROM timetap.reschedule('00000000-0000-4000-8000-00000000aa02', '2030-01-08 09:00+00');
SET timetap.now = '2030-01-07 06:15+00';
SELECT status FROM timetap.reschedule('00000000-0000-4000-8000-00000000aa02', '2030-01-08 10:00+00');
SELECT status FROM timetap.cancel('00000000-0000-4000-8000-00000000aa02');

-- an event type's row promises nothing that this version does not keep
\set VERBOSITY terse
UPDATE timetap.event_types SET capacity = 5 WHERE slug = 'talk';
UPDATE timetap.event_types SET requires_login = true, price = 50, currency = 'EUR' WHERE slug = 'talk';
UPDATE timetap.event_types SET buffer_after = '1 month' WHERE slug = 'talk';
UPDATE timetap.event_types SET durations = '{60 min,NULL}' WHERE slug = 'talk';
\set VERBOSITY default

-- zones that mean whatever a server has set up
SELECT timetap.add_host('past-bob', time_zone => 'localtime');
SELECT timetap.add_host('past-bob', time_zone => 'posix/Europe/Berlin');

SELECT timetap.grant_api(anon => '', authenticated => '', service => '');
DROP ROLE past_anon;
