-- Making bookings.

CREATE FUNCTION timetap.book(event_type text, starts_at timestamptz, email text DEFAULT NULL, name text DEFAULT NULL,
	phone text DEFAULT NULL, notes text DEFAULT NULL, time_zone text DEFAULT NULL, duration interval DEFAULT NULL,
	answers jsonb DEFAULT NULL, metadata jsonb DEFAULT NULL, external_id text DEFAULT NULL, idempotency_key text DEFAULT NULL,
	add_ons text[] DEFAULT NULL, guests text[] DEFAULT NULL, package text DEFAULT NULL, attendee_id text DEFAULT NULL,
	options jsonb DEFAULT NULL)
RETURNS timetap.booking_result
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'timetap_book';
COMMENT ON FUNCTION timetap.book(text, timestamptz, text, text, text, text, text, interval, jsonb, jsonb, text, text, text[], text[], text, text, jsonb) IS
'Books a slot that slots() offers, in this transaction, and queues its calendar event. Call it as SELECT * FROM timetap.book(...). Gives the booking with its manage_token. Errors: PT404 event_type_not_found, PT409 slot_taken (DETAIL has up to three alternatives of that day), PT422 outside_hours, blocked_date, too_soon, too_far, off_grid, bad_duration, bad_email, bad_time_zone, bad_range, inactive; 0A000 for an argument that this version does not take.';

CREATE TYPE timetap.try_book_result AS (
	ok boolean, code text, message text, hint text, booking uuid, status text,
	starts_at timestamptz, ends_at timestamptz, manage_token text);
COMMENT ON TYPE timetap.try_book_result IS 'What try_book() returns: the booking, or why there is none';

CREATE FUNCTION timetap.try_book(event_type text, starts_at timestamptz, email text DEFAULT NULL, name text DEFAULT NULL,
	phone text DEFAULT NULL, notes text DEFAULT NULL, time_zone text DEFAULT NULL, duration interval DEFAULT NULL,
	answers jsonb DEFAULT NULL, metadata jsonb DEFAULT NULL, external_id text DEFAULT NULL, idempotency_key text DEFAULT NULL,
	add_ons text[] DEFAULT NULL, guests text[] DEFAULT NULL, package text DEFAULT NULL, attendee_id text DEFAULT NULL,
	options jsonb DEFAULT NULL)
RETURNS timetap.try_book_result
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'timetap_try_book';
COMMENT ON FUNCTION timetap.try_book(text, timestamptz, text, text, text, text, text, interval, jsonb, jsonb, text, text, text[], text[], text, text, jsonb) IS
'As book(), but gives every refusal as a row instead of an error: ok, and either code, message and hint, or the booking. Computes no alternatives.';
