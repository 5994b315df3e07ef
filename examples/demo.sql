-- timetap's main job, in plain SQL: ./run demo runs this against a private
-- server and a simulated Google Calendar.

\set QUIET on
\pset footer on

\echo
\echo '== The extension. It brings its schema, timetap.'
CREATE EXTENSION timetap CASCADE;
SELECT extversion FROM pg_extension WHERE extname = 'timetap';
-- shows: 0.

\echo
\echo '== A host, with opening hours in her own time zone, and what can be booked with her.'
SELECT handle, name, time_zone FROM timetap.add_host('ana', 'ana@example.com', 'Ana Silva', 'Europe/Berlin');
-- shows: ana    | Ana Silva
SELECT timetap.set_hours('ana', 'Mon-Fri 09:00-12:00, 13:00-17:00');
-- shows: 10
SELECT slug, duration, buffer_after FROM timetap.add_event_type('ana/intro', 'Intro call', '60 min');
-- shows: intro | 01:00:00

\echo
\echo '== Her Google Calendar: the application''s credentials, then her own. They are stored encrypted.'
SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-test-secret');
SELECT timetap.google_connect('ana', '1//0test-refresh-token');
SELECT host, provider, state, pending FROM timetap.sync_status;
-- shows: ana  | google

\echo
\echo '== When is Ana free next Monday morning? (as she sees it, and as an instant)'
SELECT date_trunc('week', now() AT TIME ZONE 'Europe/Berlin')::date + 7 AS monday \gset
SELECT (:'monday'::date + time '00:00') AT TIME ZONE 'Europe/Berlin' AS morning,
  (:'monday'::date + time '10:00') AT TIME ZONE 'Europe/Berlin' AS ten,
  (:'monday'::date + time '12:00') AT TIME ZONE 'Europe/Berlin' AS noon \gset
SELECT local_date, local_time, starts_at, seats_left
  FROM timetap.slots('ana/intro', :'morning', :'noon');
-- shows: 09:00:00
-- shows: 10:00:00
-- shows: 11:00:00
-- shows: (3 rows)

\echo
\echo '== Bob books ten o''clock. It is his, with everything else of the transaction, at the commit.'
SELECT id, status, sync_state, version FROM timetap.book('ana/intro', :'ten', 'bob@example.com', 'Bob');
-- shows: confirmed | pending
-- shows: (1 row)
SELECT id AS booking FROM timetap.bookings WHERE attendee_email = 'bob@example.com' \gset

\echo
\echo '== The slot is gone.'
SELECT local_time
  FROM timetap.slots('ana/intro', :'morning', :'noon');
-- shows: 09:00:00
-- shows: 11:00:00
-- shows: (2 rows)

\echo
\echo '== Eve is late: a clean refusal, with what is still free that day.'
SELECT id FROM timetap.book('ana/intro', :'ten', 'eve@example.com', 'Eve');
-- shows: ERROR:
-- shows: "slot_taken"
-- shows: "alternatives"
\echo SQLSTATE :LAST_ERROR_SQLSTATE
-- shows: SQLSTATE PT409

\echo
\echo '== The worker has put the meeting on the calendar, and brings back the Meet link.'
SELECT timetap.wait_for_link(:'booking');
-- shows: https://meet.google.com/
SELECT status, sync_state, google_event_id, meet_link FROM timetap.bookings WHERE id = :'booking';
-- shows: confirmed | synced
-- shows: https://meet.google.com/

\echo
\echo '== The same event as the (simulated) Google Calendar has it.'
\! python3 examples/calendar.py
-- shows: [TimeTap] Session with bob@example.com
-- shows: bob@example.com
-- shows: https://meet.google.com/
-- shows: events in the calendar: 1, requests that Google would refuse: 0

\echo
\echo '== Bob cancels: the slot is free again at once, and the event goes.'
SELECT status FROM timetap.cancel(:'booking', NULL, 'Flu');
-- shows: cancelled
SELECT count(*) AS free_slots
  FROM timetap.slots('ana/intro', :'morning', :'noon');
-- shows:           3
\! python3 examples/calendar.py --after-delete
-- shows: events in the calendar: 0, requests that Google would refuse: 0

\echo
\echo '== The history tells the whole story.'
SELECT version, what, who, reason FROM timetap.booking_events WHERE booking_id = :'booking' ORDER BY version;
-- shows: 1 | booked
-- shows: cancelled
