-- Changing bookings, and looking at them.

CREATE FUNCTION timetap.reschedule(booking uuid, new_starts_at timestamptz, token text DEFAULT NULL, reason text DEFAULT NULL,
	new_duration interval DEFAULT NULL, if_version int DEFAULT NULL)
RETURNS timetap.booking_result
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'timetap_reschedule';
COMMENT ON FUNCTION timetap.reschedule(uuid, timestamptz, text, text, interval, int) IS
'Moves a booking to another free start: same booking, meeting, calendar event and link, version + 1. Its own time counts as free; its present start and duration change nothing. new_duration defaults to the booking''s. Needs the manage token unless called by the service; with a token every caller acts as the attendee. Errors: PT404 booking_not_found, PT409 slot_taken (with alternatives), wrong_state, version_conflict, PT410 hold_expired, PT422 cutoff_passed (after its start; not for the service), and those of book() on the new start.';

CREATE FUNCTION timetap.cancel(booking uuid, token text DEFAULT NULL, reason text DEFAULT NULL, if_version int DEFAULT NULL)
RETURNS timetap.booking_result
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'timetap_cancel';
COMMENT ON FUNCTION timetap.cancel(uuid, text, text, int) IS
'Cancels a booking: its time is free in the same transaction, its calendar event is removed. Needs the manage token unless called by the service; with a token every caller acts as the attendee. Errors: PT404 booking_not_found, PT409 wrong_state, version_conflict, PT410 hold_expired, PT422 cutoff_passed (after its start; not for the service).';

CREATE FUNCTION timetap.get_booking(booking uuid, token text DEFAULT NULL)
RETURNS timetap.booking_info
LANGUAGE C STABLE PARALLEL SAFE COST 500 AS 'MODULE_PATHNAME', 'timetap_get_booking';
COMMENT ON FUNCTION timetap.get_booking(uuid, text) IS
'One booking as its attendee and its host see it. Needs the manage token unless called by the service; with a token every caller acts as the attendee. Errors: PT404 booking_not_found.';

CREATE FUNCTION timetap.wait_for_link(booking uuid, token text DEFAULT NULL, max_wait interval DEFAULT NULL)
RETURNS text
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000 AS 'MODULE_PATHNAME', 'timetap_wait_for_link';
COMMENT ON FUNCTION timetap.wait_for_link(uuid, text, interval) IS
'Waits until the booking has its meeting link and gives it; NULL after max_wait (default 10 s, at most 5 min, 30 s for callers with a token), or at once when none is to come. Call it in a transaction of its own, after the one that booked. Needs the manage token unless called by the service; with a token every caller acts as the attendee. Errors: PT404 booking_not_found, PT422 bad_duration.';
