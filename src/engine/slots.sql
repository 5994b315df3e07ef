-- Slots: what can be booked now.

CREATE FUNCTION timetap.slots(event_type text, from_time timestamptz DEFAULT NULL, until_time timestamptz DEFAULT NULL,
	time_zone text DEFAULT NULL, duration interval DEFAULT NULL)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, local_date date, local_time time, seats_left int)
LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 200 AS 'MODULE_PATHNAME', 'timetap_slots';
COMMENT ON FUNCTION timetap.slots(text, timestamptz, timestamptz, text, interval) IS
'The free slots of an event type (''handle/slug'' or uuid) that start in [from_time, until_time), in order. Defaults: from now, 30 days, local date and time in the host''s zone, the event type''s duration. Errors: PT404 event_type_not_found, PT422 bad_range, span_too_long, bad_time_zone, bad_duration. A NULL or inactive event type has none.';

CREATE FUNCTION timetap.next_slots(event_type text, n int DEFAULT NULL, from_time timestamptz DEFAULT NULL,
	until_time timestamptz DEFAULT NULL, time_zone text DEFAULT NULL, duration interval DEFAULT NULL)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, local_date date, local_time time, seats_left int)
LANGUAGE C STABLE PARALLEL SAFE COST 500 ROWS 5 AS 'MODULE_PATHNAME', 'timetap_next_slots';
COMMENT ON FUNCTION timetap.next_slots(text, int, timestamptz, timestamptz, text, interval) IS
'The first n (default 1) free slots of an event type from from_time (default now) on; stops reading as soon as it has them. Without until_time it looks to the horizon, or as far as timetap.max_span where there is none. Errors as slots(); PT422 bad_range for n below 1.';

CREATE FUNCTION timetap.check_slot(event_type text, slot_start timestamptz, duration interval DEFAULT NULL)
RETURNS TABLE (bookable boolean, code text, message text)
LANGUAGE C STABLE PARALLEL SAFE COST 500 ROWS 1 AS 'MODULE_PATHNAME', 'timetap_check_slot';
COMMENT ON FUNCTION timetap.check_slot(text, timestamptz, interval) IS
'Can this start be booked now, and if not, why: too_soon, too_far, blocked_date, outside_hours, off_grid, slot_taken, held, busy, buffer, inactive, bad_duration or bad_range. The code is NULL when it can. Errors: PT404 event_type_not_found.';
