-- book, try_book, get_booking, reschedule, cancel and wait_for_link, and the wall
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

-- a Monday, early in the morning
SET timetap.now = '2030-01-07 06:00+00';

-- SQLSTATE and code that a statement is refused with; messages may have ids in them
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	IF detail LIKE '{%' THEN
		RETURN sqlstate || ' ' || (detail::jsonb ->> 'code');
	END IF;
	RETURN sqlstate || ' ' || sqlerrm;
END $$;

SELECT handle FROM timetap.add_host('book-ana', 'ana@example.com', 'Ana Lima', 'Europe/Berlin');
SELECT timetap.set_hours('book-ana', 'Mon-Fri 09:00-12:00,13:00-17:00');
SELECT slug FROM timetap.add_event_type('book-ana/intro', 'First talk', slot_interval => '30 min', durations => '{30 min,90 min}', horizon => '30 days');
SELECT slug FROM timetap.add_event_type('book-ana/care', buffer_before => '30 min', buffer_after => '60 min');

-- a booking with e-mail alone, as its result tells it
SELECT status, starts_at, ends_at, host, event_type, title, series_id, expires_at, amount, currency, payment_status, meet_link,
	google_event_id, sync_state, version, length(manage_token) AS token, id <> meeting_id AS ids
FROM timetap.book('book-ana/intro', '2030-01-07 13:00+00', 'ben@example.org');
SELECT b.status, b.attendee_email, b.attendee_name, b.attendee_time_zone, b.metadata, b.external_id, b.attendee_id, b.host_id = b.event_host_id AS own,
	b.created_at, a.starts_at, a.ends_at, a.blocked, a.expires_at, a.capacity, a.seats_taken
FROM timetap.bookings b JOIN timetap.allocations a USING (host_id, meeting_id);
SELECT version, what, who = 'role:' || current_user AS who, at, old, new, reason FROM timetap.booking_events;
SELECT count(*) AS jobs FROM timetap.sync_queue;

-- the same again is refused, with the nearest three free starts of that day; so is what overlaps
SELECT * FROM timetap.book('book-ana/intro', '2030-01-07 13:00+00', 'cy@example.org');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM timetap.book('book-ana/intro', '2030-01-07 13:30+00', 'cy@example.org', duration => '90 min');
SELECT * FROM timetap.book('book-ana/care', '2030-01-07 12:00+00', 'cy@example.org');
-- at the end of a day the alternatives are before, at its beginning after
SELECT status FROM timetap.book('book-ana/intro', '2030-01-08 08:00+00', 'ben@example.org');
SELECT status FROM timetap.book('book-ana/intro', '2030-01-08 15:00+00', 'ben@example.org');
SELECT * FROM timetap.book('book-ana/intro', '2030-01-08 08:00+00', 'cy@example.org');
SELECT * FROM timetap.book('book-ana/intro', '2030-01-08 15:00+00', 'cy@example.org');
-- there may be less than three, or none
SELECT timetap.set_date_hours('book-ana', '2030-01-09', '09:00-10:00,12:00-13:00');
SELECT status FROM timetap.book('book-ana/intro', '2030-01-09 08:00+00', 'ben@example.org');
SELECT * FROM timetap.book('book-ana/intro', '2030-01-09 08:00+00', 'cy@example.org');
SELECT status FROM timetap.book('book-ana/intro', '2030-01-09 11:00+00', 'ben@example.org');
SELECT * FROM timetap.book('book-ana/intro', '2030-01-09 11:00+00', 'cy@example.org');

-- every alternative can be booked
SELECT ok, code FROM timetap.try_book('book-ana/intro', '2030-01-07 14:00+00', 'cy@example.org');

-- try_book: the booking, or the refusal as a row; without alternatives
SELECT ok, code, message, hint, booking IS NOT NULL AS booking, status, starts_at, ends_at, length(manage_token) AS token
FROM timetap.try_book('book-ana/intro', '2030-01-10 08:00+00', 'cy@example.org');
SELECT * FROM timetap.try_book('book-ana/intro', '2030-01-10 08:30+00', 'dee@example.org');

-- every code; try_book says what book raises
SELECT timetap.block_dates('book-ana', '2030-01-11');
SELECT source FROM timetap.add_busy('book-ana', '2030-01-14 08:15+00', '2030-01-14 08:30+00');
UPDATE timetap.event_types SET min_notice = '2 hours 30 min' WHERE slug = 'care';
SELECT slug FROM timetap.add_event_type('book-ana/off', active => false);
SELECT t.starts, t.code AS wanted, b.code, b.hint,
	pg_temp.refused(format('SELECT timetap.book(%L, %L, %L, duration => %L)', t.event_type, t.starts, t.email, t.duration)) AS book
FROM (VALUES
	('book-ana/intro', '2030-01-07 13:00+00', 'cy@example.org', NULL, 'slot_taken'),
	('book-ana/care', '2030-01-07 08:00+00', 'cy@example.org', NULL, 'too_soon'),
	('book-ana/intro', '2030-02-07 08:00+00', 'cy@example.org', NULL, 'too_far'),
	('book-ana/intro', '2030-01-11 08:00+00', 'cy@example.org', NULL, 'blocked_date'),
	('book-ana/intro', '2030-01-12 08:00+00', 'cy@example.org', NULL, 'outside_hours'),
	('book-ana/intro', '2030-01-14 10:30+00', 'cy@example.org', NULL, 'outside_hours'),
	('book-ana/intro', '2030-01-14 08:10+00', 'cy@example.org', NULL, 'off_grid'),
	('book-ana/intro', '2030-01-14 08:00+00', 'cy@example.org', NULL, 'slot_taken'),
	('book-ana/care', '2030-01-10 09:00+00', 'cy@example.org', NULL, 'slot_taken'),
	('book-ana/intro', '2030-01-14 12:00+00', 'cy@example.org', '45 min', 'bad_duration'),
	('book-ana/intro', '2030-01-14 12:00+00', 'cy@example.org', '60', 'bad_duration'),
	('book-ana/intro', '2030-01-14 12:00+00', '', NULL, 'bad_email'),
	('book-ana/intro', '2030-01-14 12:00+00', NULL, NULL, 'bad_email'),
	('book-ana/off', '2030-01-14 12:00+00', 'cy@example.org', NULL, 'inactive'),
	('book-ana/none', '2030-01-14 12:00+00', 'cy@example.org', NULL, 'event_type_not_found'),
	(NULL, '2030-01-14 12:00+00', 'cy@example.org', NULL, 'event_type_not_found'),
	('book-ana/intro', NULL, 'cy@example.org', NULL, 'bad_range'),
	('book-ana/intro', 'infinity', 'cy@example.org', NULL, 'bad_range')
) t (event_type, starts, email, duration, code),
	timetap.try_book(t.event_type, t.starts::timestamptz, t.email, duration => t.duration::interval) b;
-- the code that check_slot names is the code of the refusal; held, busy and buffer are kinds of slot_taken
SELECT c.code, b.code FROM timetap.check_slot('book-ana/care', '2030-01-10 09:00+00') c,
	timetap.try_book('book-ana/care', '2030-01-10 09:00+00', 'cy@example.org') b;

-- all that is stored of an attendee
SELECT id AS full, manage_token AS token FROM timetap.book('book-ana/intro', '2030-01-15 08:00+00', 'Dee.D+x@Example.org', 'Dée D.', '+49 30 1234',
	E'two\nlines', 'europe/PARIS', '90 min', NULL, '{"a": [1]}', 'ext-1', attendee_id => 'user_7') \gset
SELECT * FROM timetap.bookings b WHERE b.id = :'full' \gset
\echo :starts_at :ends_at :attendee_email :attendee_name :attendee_phone :attendee_time_zone :metadata :external_id :attendee_id
SELECT status, starts_at, ends_at, host, event_type, title, payment_status, sync_state, version, attendee_name, attendee_email,
	attendee_phone, attendee_time_zone, notes, answers, add_ons, guests, package, host_name, local_date, local_time, cancelled_at,
	cancel_reason, refund_due, created_at
FROM timetap.get_booking(:'full');

-- arguments whose work comes later take their default only: NULL, or nothing in them
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-15 14:00+00', 'cy@example.org', answers => '{}', add_ons => '{}', guests => '{}', options => '{}');
SELECT * FROM timetap.book('book-ana/intro', '2030-01-15 15:00+00', 'cy@example.org', guests => '{a@example.org}');
\echo :LAST_ERROR_SQLSTATE
SELECT a.argument, b.code, b.message, pg_temp.refused(format('SELECT timetap.book(%L, %L, %L, %I => %L)',
	'book-ana/intro', '2030-01-15 15:00+00', 'cy@example.org', a.argument, a.value)) AS book
FROM (VALUES ('answers', '{"a": 1}'), ('answers', '[]'), ('answers', 'null'), ('idempotency_key', 'k'), ('idempotency_key', ''),
		('add_ons', '{x}'), ('guests', '{NULL}'), ('package', 'gold'), ('options', '{"x": 1}')) a (argument, value),
	timetap.try_book('book-ana/intro', '2030-01-15 15:00+00', 'cy@example.org',
		answers => CASE a.argument WHEN 'answers' THEN a.value::jsonb END,
		idempotency_key => CASE a.argument WHEN 'idempotency_key' THEN a.value END,
		add_ons => CASE a.argument WHEN 'add_ons' THEN a.value::text[] END,
		guests => CASE a.argument WHEN 'guests' THEN a.value::text[] END,
		package => CASE a.argument WHEN 'package' THEN a.value END,
		options => CASE a.argument WHEN 'options' THEN a.value::jsonb END) b;
SELECT count(*) FROM timetap.bookings WHERE starts_at = '2030-01-15 15:00+00';

-- in the caller's transaction, with its own rows; rolled back, nothing is left
SELECT count(*) AS bookings FROM timetap.bookings \gset before_
BEGIN;
SELECT status FROM timetap.book('book-ana/intro', '2030-01-16 08:00+00', 'ben@example.org');
-- the transaction itself sees the slot taken, by slots() as by book()
SELECT min(starts_at) FROM timetap.slots('book-ana/intro', '2030-01-16');
SELECT ok, code FROM timetap.try_book('book-ana/intro', '2030-01-16 08:00+00', 'ben@example.org');
ROLLBACK;
SELECT count(*) - :before_bookings AS more FROM timetap.bookings;
SELECT count(*) FROM timetap.booking_events e WHERE NOT EXISTS (SELECT FROM timetap.bookings b WHERE b.id = e.booking_id);
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-16 08:00+00', 'ben@example.org');
-- two in one statement: the second sees the first
SELECT (timetap.try_book('book-ana/intro', '2030-01-16 10:00+00', 'ben@example.org')).code AS first,
	(timetap.try_book('book-ana/intro', '2030-01-16 10:00+00', 'cy@example.org')).code AS second;
-- and rolled back to a savepoint it is free again
BEGIN;
SAVEPOINT s;
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-16 14:00+00', 'ben@example.org');
ROLLBACK TO s;
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-16 14:00+00', 'cy@example.org');
COMMIT;
-- a transaction that only reads cannot book
BEGIN READ ONLY;
SELECT pg_temp.refused($$SELECT timetap.book('book-ana/intro', '2030-01-16 15:00+00', 'ben@example.org')$$);
ROLLBACK;

-- reschedule: the same booking and meeting, one version on
SELECT id, meeting_id, manage_token AS token FROM timetap.book('book-ana/intro', '2030-01-17 08:00+00', 'ben@example.org') \gset
SELECT id = :'id' AS id, meeting_id = :'meeting_id' AS meeting, status, starts_at, ends_at, version, sync_state, manage_token
FROM timetap.reschedule(:'id', '2030-01-17 12:00+00', reason => 'train');
SELECT a.starts_at, a.ends_at, a.blocked FROM timetap.allocations a WHERE a.meeting_id = :'meeting_id';
SELECT version, what, old, new, reason FROM timetap.booking_events WHERE booking_id = :'id' ORDER BY version;
-- half an hour later: overlaps its own old time
SELECT starts_at, ends_at, version FROM timetap.reschedule(:'id', '2030-01-17 12:30+00');
-- another duration; and the old one is kept where none is given
SELECT starts_at, ends_at, version FROM timetap.reschedule(:'id', '2030-01-17 13:00+00', new_duration => '90 min');
SELECT starts_at, ends_at, version FROM timetap.reschedule(:'id', '2030-01-17 12:00+00');
-- its old time is free
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-17 08:00+00', 'cy@example.org');
-- onto a taken slot: refused, with alternatives that count its own time as free; nothing has changed
SELECT starts_at FROM timetap.reschedule(:'id', '2030-01-17 08:30+00');
SELECT starts_at, ends_at, version FROM timetap.get_booking(:'id');
SELECT pg_temp.refused(format('SELECT timetap.reschedule(%L, %L, new_duration => %L)', :'id', t.starts, t.duration))
FROM (VALUES ('2030-01-17 12:10+00', NULL), ('2030-01-17 16:00+00', NULL), ('2030-01-11 08:00+00', NULL), ('2030-03-01 08:00+00', NULL),
	('2030-01-07 05:00+00', NULL), ('infinity', NULL), (NULL, NULL), ('2030-01-17 12:00+00', '45 min')) t (starts, duration);
-- of another version than the caller saw
SELECT starts_at FROM timetap.reschedule(:'id', '2030-01-17 14:00+00', if_version => 4);
SELECT starts_at, version FROM timetap.reschedule(:'id', '2030-01-17 14:00+00', if_version => 5);
SELECT version FROM timetap.cancel(:'id', if_version => 5);
-- buffers are those of the event type as it is now
SELECT id AS care, meeting_id AS care_meeting FROM timetap.book('book-ana/care', '2030-01-18 08:00+00', 'ben@example.org') \gset
SELECT blocked FROM timetap.allocations WHERE meeting_id = :'care_meeting';
SELECT starts_at FROM timetap.reschedule(:'care', '2030-01-18 09:00+00');
SELECT blocked FROM timetap.allocations WHERE meeting_id = :'care_meeting';

-- cancel: the time is free at once, what happened is kept
SELECT id = :'id' AS id, status, starts_at, version, sync_state, manage_token FROM timetap.cancel(:'id', reason => 'ill');
SELECT status, cancelled_at, cancelled_by = 'role:' || current_user AS by, cancel_reason, version FROM timetap.bookings WHERE id = :'id';
SELECT version, what, at, old, new, reason FROM timetap.booking_events WHERE booking_id = :'id' ORDER BY version DESC LIMIT 1;
SELECT count(*) FROM timetap.allocations WHERE meeting_id = :'meeting_id';
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-17 14:00+00', 'cy@example.org', duration => '90 min');
-- once
SELECT status FROM timetap.cancel(:'id');
\echo :LAST_ERROR_SQLSTATE
SELECT status FROM timetap.reschedule(:'id', '2030-01-17 12:00+00');
SELECT status FROM timetap.get_booking(:'id');
-- no such booking
SELECT timetap.cancel('00000000-0000-4000-8000-000000000000');
SELECT pg_temp.refused(s) FROM unnest('{SELECT timetap.cancel(NULL),"SELECT timetap.reschedule(NULL, now())",SELECT timetap.get_booking(NULL),SELECT timetap.wait_for_link(NULL)}'::text[]) s;
-- statuses that cannot be changed
SELECT id AS done FROM timetap.book('book-ana/intro', '2030-01-18 14:00+00', 'ben@example.org') \gset
UPDATE timetap.bookings SET status = 'completed' WHERE id = :'done';
SELECT pg_temp.refused(format('SELECT timetap.cancel(%L)', :'done')), pg_temp.refused(format('SELECT timetap.reschedule(%L, %L)', :'done', '2030-01-18 12:00+00'));

-- what was asked for and not granted takes no time: it can be cancelled, not moved
SELECT gen_random_uuid() AS requested \gset
INSERT INTO timetap.bookings (id, host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status)
	SELECT :'requested', h.id, e.id, h.id, gen_random_uuid(), '2030-01-18 15:00+00', '2030-01-18 16:00+00', 'requested'
	FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id WHERE e.slug = 'intro';
SELECT pg_temp.refused(format('SELECT timetap.reschedule(%L, %L)', :'requested', '2030-01-18 12:00+00'));
SELECT status, version FROM timetap.cancel(:'requested');

-- expired holds in the way are swept by book(), with their history; live ones and those elsewhere stay
CREATE FUNCTION pg_temp.hold(starts timestamptz, expires timestamptz) RETURNS uuid LANGUAGE sql AS $$
	WITH h AS (SELECT h.id AS host, e.id AS event, gen_random_uuid() AS meeting FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id
		WHERE h.handle = 'book-ana' AND e.slug = 'intro'),
	a AS (INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
		SELECT host, meeting, event, starts, starts + '60 min', tstzrange(starts, starts + '60 min'), expires FROM h)
	INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status, expires_at)
		SELECT host, event, host, meeting, starts, starts + '60 min', 'held', expires FROM h RETURNING id
$$;
SELECT pg_temp.hold('2030-01-21 08:00+00', '2030-01-07 05:59+00') AS expired, pg_temp.hold('2030-01-21 09:00+00', '2030-01-07 06:00+00') AS just,
	pg_temp.hold('2030-01-21 12:00+00', '2030-01-07 06:01+00') AS live, pg_temp.hold('2030-01-21 14:00+00', '2030-01-07 05:00+00') AS elsewhere \gset
SELECT * FROM timetap.book('book-ana/intro', '2030-01-21 12:00+00', 'ben@example.org');
SELECT ok FROM timetap.try_book('book-ana/intro', '2030-01-21 08:30+00', 'ben@example.org');
SELECT CASE id WHEN :'expired' THEN 'expired' WHEN :'just' THEN 'just' WHEN :'live' THEN 'live' ELSE 'elsewhere' END AS hold, b.status, b.version, a.meeting_id IS NOT NULL AS takes_time
FROM timetap.bookings b LEFT JOIN timetap.allocations a USING (host_id, meeting_id)
WHERE b.id IN (:'expired', :'just', :'live', :'elsewhere') ORDER BY b.starts_at;
SELECT version, what, who, at, old, new FROM timetap.booking_events WHERE booking_id = :'expired';
-- a booking that moves sweeps, too
SELECT id AS mover FROM timetap.book('book-ana/intro', '2030-01-21 15:00+00', 'ben@example.org') \gset
SELECT starts_at FROM timetap.reschedule(:'mover', '2030-01-21 14:00+00');
SELECT status FROM timetap.bookings WHERE id = :'elsewhere';
-- a refusal sweeps nothing
SELECT pg_temp.hold('2030-01-22 08:00+00', '2030-01-07 05:00+00') AS kept \gset
SELECT code FROM timetap.try_book('book-ana/intro', '2030-01-22 08:10+00', 'ben@example.org');
SELECT status FROM timetap.bookings WHERE id = :'kept';

-- the wall stands against rows written by hand
SELECT h.id AS host, e.id AS event FROM timetap.hosts h JOIN timetap.event_types e ON e.host_id = h.id WHERE e.slug = 'intro' AND h.handle = 'book-ana' \gset
SELECT meeting_id AS taken FROM timetap.bookings WHERE starts_at = '2030-01-07 13:00+00' \gset
-- a booking without an allocation, and for another time than its meeting's
SELECT pg_temp.refused(format('INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status) VALUES (%1$L, %2$L, %1$L, %3$L, %4$L, %5$L, %6$L)',
	:'host', :'event', t.meeting, t.starts, t.ends, t.status))
FROM (VALUES ('00000000-0000-4000-8000-000000000001', '2030-01-23 08:00+00', '2030-01-23 09:00+00', 'confirmed'),
	('00000000-0000-4000-8000-000000000001', '2030-01-23 08:00+00', '2030-01-23 09:00+00', 'no_show'),
	(:'taken', '2030-01-07 13:00+00', '2030-01-07 13:30+00', 'confirmed'),
	(:'taken', '2030-01-07 12:00+00', '2030-01-07 13:00+00', 'pending')) t (meeting, starts, ends, status);
-- an allocation over another one, over its buffers only, and moved onto another one
SELECT pg_temp.refused(s) FROM (VALUES
	(format('INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked) VALUES (%L, gen_random_uuid(), %L, %L, %L, %L)',
		:'host', :'event', '2030-01-07 12:30+00', '2030-01-07 13:30+00', '[2030-01-07 12:30+00,2030-01-07 13:30+00)')),
	(format('INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked) VALUES (%L, gen_random_uuid(), %L, %L, %L, %L)',
		:'host', :'event', '2030-01-18 08:00+00', '2030-01-18 08:31+00', '[2030-01-18 08:00+00,2030-01-18 08:31+00)')),
	(format('UPDATE timetap.allocations SET blocked = %L WHERE meeting_id = %L', '[2030-01-07 12:00+00,2030-01-07 15:00+00)', :'taken'))) t (s);
-- a booking moved without its allocation, and an allocation taken from under its booking
SELECT pg_temp.refused(s) FROM (VALUES
	(format('UPDATE timetap.bookings SET starts_at = starts_at + %L, ends_at = ends_at + %1$L WHERE meeting_id = %L', '1 day', :'taken')),
	(format('UPDATE timetap.allocations SET starts_at = starts_at + %L WHERE meeting_id = %L', '10 min', :'taken')),
	(format('DELETE FROM timetap.allocations WHERE meeting_id = %L', :'taken'))) t (s);
-- allocations that cannot be
SELECT pg_temp.refused(format('INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, capacity, seats_taken) VALUES (%L, gen_random_uuid(), %L, %L, %L, %L, %L, %L)',
	:'host', :'event', t.starts, t.ends, t.blocked, t.capacity, t.seats))
FROM (VALUES
	('2030-01-23 08:00+00', '2030-01-23 08:00+00', '[2030-01-23 08:00+00,2030-01-23 09:00+00)', 1, 1),
	('2030-01-23 09:00+00', '2030-01-23 08:00+00', '[2030-01-23 08:00+00,2030-01-23 09:00+00)', 1, 1),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 08:00+00,2030-01-23 08:30+00)', 1, 1),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 08:00+00,2030-01-23 09:00+00]', 1, 1),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '(2030-01-23 07:00+00,2030-01-23 09:00+00)', 1, 1),
	('2030-01-23 08:00+00', 'infinity', '[2030-01-23 08:00+00,infinity)', 1, 1),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 08:00+00,infinity)', 1, 1),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 08:00+00,2030-01-23 09:00+00)', 1, 2),
	('2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 08:00+00,2030-01-23 09:00+00)', 1, 0)
) t (starts, ends, blocked, capacity, seats);
SELECT pg_temp.refused(format('INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked) VALUES (%L, gen_random_uuid(), %L, %L, %L, %L)',
	:'host', :'event', '2030-01-23 08:00+00', '2030-01-23 09:00+00', NULL));
-- an allocation by hand takes its time like any other, and its booking fits it
BEGIN;
INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked)
	VALUES (:'host', '00000000-0000-4000-8000-000000000001', :'event', '2030-01-23 08:00+00', '2030-01-23 09:00+00', '[2030-01-23 07:30+00,2030-01-23 09:00+00)');
INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at)
	VALUES (:'host', :'event', :'host', '00000000-0000-4000-8000-000000000001', '2030-01-23 08:00+00', '2030-01-23 09:00+00');
SELECT min(starts_at) FROM timetap.slots('book-ana/intro', '2030-01-23');
ROLLBACK;

-- manage tokens: who is neither administrator nor service needs the booking's own
CREATE ROLE regress_timetap_caller;
GRANT USAGE ON SCHEMA timetap TO regress_timetap_caller;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO regress_timetap_caller;
GRANT EXECUTE ON FUNCTION pg_temp.refused TO regress_timetap_caller;
SET ROLE regress_timetap_caller;
SELECT id AS mine, manage_token AS my_token FROM timetap.book('book-ana/intro', '2030-01-24 08:00+00', 'mo@example.org') \gset
SELECT id AS other, manage_token AS other_token FROM timetap.book('book-ana/intro', '2030-01-24 09:00+00', 'nat@example.org') \gset
SELECT :'my_token' <> :'other_token' AS differ, :'my_token' ~ '^[A-Za-z0-9_-]{43}$' AS form;
SELECT status, attendee_email FROM timetap.get_booking(:'mine', :'my_token');
SELECT starts_at, version FROM timetap.reschedule(:'mine', '2030-01-24 13:00+00', :'my_token');
-- none, a wrong one, another booking's, and one of a booking that is not there: as if it were not there
SELECT t.how, pg_temp.refused(format('SELECT timetap.get_booking(%L, %L)', t.booking, t.token)) AS get_booking,
	pg_temp.refused(format('SELECT timetap.reschedule(%L, %L, %L)', t.booking, '2030-01-24 14:00+00', t.token)) AS reschedule,
	pg_temp.refused(format('SELECT timetap.cancel(%L, %L)', t.booking, t.token)) AS cancel,
	pg_temp.refused(format('SELECT timetap.wait_for_link(%L, %L)', t.booking, t.token)) AS wait_for_link
FROM (VALUES (1, 'none', :'mine', NULL), (2, 'empty', :'mine', ''), (3, 'wrong', :'mine', repeat('A', 43)),
	(4, 'of another booking', :'mine', :'other_token'), (5, 'a letter more', :'mine', :'my_token' || 'A'), (6, 'in upper case', :'mine', upper(:'my_token')),
	(7, 'no such booking', '00000000-0000-4000-8000-000000000000', :'my_token')) t (n, how, booking, token) ORDER BY t.n;
SELECT pg_temp.refused(format('SELECT timetap.book(%L, %L, %L, attendee_id => %L)', 'book-ana/intro', '2030-01-24 14:00+00', 'mo@example.org', 'user_1'));
SELECT pg_temp.refused('SELECT * FROM timetap.bookings'), pg_temp.refused('SELECT * FROM timetap.allocations');
SELECT status FROM timetap.cancel(:'mine', :'my_token', 'ill');
SELECT status, cancel_reason FROM timetap.get_booking(:'mine', :'my_token');
RESET ROLE;
SELECT version, what, who, reason FROM timetap.booking_events WHERE booking_id = :'mine' ORDER BY version;
-- raising token_version revokes; an older key goes on verifying
UPDATE timetap.bookings SET token_version = 2 WHERE id = :'other';
SET ROLE regress_timetap_caller;
SELECT pg_temp.refused(format('SELECT timetap.get_booking(%L, %L)', :'other', :'other_token'));
RESET ROLE;
UPDATE timetap.bookings SET token_version = 1 WHERE id = :'other';
BEGIN;
INSERT INTO timetap_private.manage_token_keys (key) VALUES (sha256('another'));
SET LOCAL ROLE regress_timetap_caller;
SELECT manage_token AS new_token, id AS new FROM timetap.book('book-ana/intro', '2030-01-24 14:00+00', 'mo@example.org') \gset
SELECT (timetap.get_booking(:'other', :'other_token')).status AS old_key, (timetap.get_booking(:'new', :'new_token')).status AS new_key;
RESET ROLE;
DELETE FROM timetap_private.manage_token_keys WHERE key <> sha256('another');
SET LOCAL ROLE regress_timetap_caller;
SELECT pg_temp.refused(format('SELECT timetap.get_booking(%L, %L)', :'other', :'other_token')) AS without_old_key, (timetap.get_booking(:'new', :'new_token')).status AS new_key;
ROLLBACK;

-- the service: whoever has the rights of the role named to grant_api()
CREATE ROLE regress_timetap_service;
SELECT timetap.grant_api('', '', 'regress_timetap_service');
GRANT regress_timetap_service TO regress_timetap_caller;
SET ROLE regress_timetap_caller;
SELECT status FROM timetap.get_booking(:'other');
BEGIN;
SELECT id AS for_user FROM timetap.book('book-ana/intro', '2030-01-24 14:00+00', 'mo@example.org', attendee_id => 'user_1') \gset
RESET ROLE;
SELECT attendee_id FROM timetap.bookings WHERE id = :'for_user';
ROLLBACK;
RESET ROLE;
SELECT timetap.grant_api('', '', '');

-- wait_for_link: not connected, so no link is to come, and there is no waiting
SELECT timetap.wait_for_link(:'other', max_wait => '5 min');
SELECT timetap.wait_for_link(:'id', max_wait => '5 min');
SELECT pg_temp.refused(format('SELECT timetap.wait_for_link(%L, max_wait => %L)', :'other', w)) FROM unnest('{-1 s,5 min 1 s,1 mon}'::text[]) w;
-- a link that is there
UPDATE timetap.bookings SET meet_link = 'https://meet.example.com/abc' WHERE id = :'other';
SELECT timetap.wait_for_link(:'other');
-- with a connection: queued once, in the same transaction, in which no link can come
BEGIN;
INSERT INTO timetap_private.connections (host_id, provider, calendar_id, credential_kind) VALUES (:'host', 'google', 'primary', 'refresh_token');
SELECT id AS queued, meeting_id AS queued_meeting, sync_state FROM timetap.book('book-ana/intro', '2030-01-25 08:00+00', 'ben@example.org') \gset
\echo :sync_state
SELECT timetap.wait_for_link(:'queued', max_wait => '5 min');
SELECT sync_state FROM timetap.reschedule(:'queued', '2030-01-25 09:00+00');
SELECT sync_state FROM timetap.cancel(:'queued');
SELECT count(*), max(wish) AS wish FROM timetap.sync_queue WHERE meeting_id = :'queued_meeting';
ROLLBACK;
SELECT count(*) FROM timetap.sync_queue;
-- a booking that the calendar is still to be told of: waits, and no longer than asked to
UPDATE timetap.bookings SET sync_state = 'pending', meet_link = NULL WHERE id = :'other';
SELECT clock_timestamp() AS since \gset
SELECT timetap.wait_for_link(:'other', max_wait => '200 ms');
SELECT clock_timestamp() - :'since' BETWEEN interval '200 ms' AND '10 s' AS waited;
SELECT timetap.wait_for_link(:'other', max_wait => '0');

DROP OWNED BY regress_timetap_caller, regress_timetap_service;
DROP ROLE regress_timetap_caller, regress_timetap_service;
DELETE FROM timetap.booking_events;
DELETE FROM timetap.bookings;
DELETE FROM timetap.allocations;
DELETE FROM timetap.hosts WHERE handle LIKE 'book-%';
