-- Days: the slots of local dates, for month and day views.

CREATE FUNCTION timetap.days(event_type text, from_date date DEFAULT NULL, to_date date DEFAULT NULL,
	time_zone text DEFAULT NULL, duration interval DEFAULT NULL)
RETURNS TABLE (day date, free_slots int, times time[], starts timestamptz[], code text)
LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 30 AS 'MODULE_PATHNAME', 'timetap_days';
COMMENT ON FUNCTION timetap.days(text, date, date, text, interval) IS
'A row for each local date from from_date (default today) to to_date (inclusive, default 30 dates in all) with its free slots: how many, their local times, their starts. Where there are none, the arrays are empty and the code says why: too_soon, too_far, blocked_date, outside_hours (no hours, or none that are long enough), what takes most of the day''s starts (slot_taken, held, busy, buffer), or inactive. Dates and times are the host''s, or those of time_zone. Errors: PT404 event_type_not_found, PT422 bad_range, span_too_long, bad_time_zone, bad_duration.';

CREATE FUNCTION timetap.day_slots(event_type text, on_date date, time_zone text DEFAULT NULL, duration interval DEFAULT NULL)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, local_time time, available boolean, seats_left int, code text)
LANGUAGE C STABLE PARALLEL SAFE COST 500 ROWS 20 AS 'MODULE_PATHNAME', 'timetap_day_slots';
COMMENT ON FUNCTION timetap.day_slots(text, date, text, interval) IS
'Every start of an event type''s grid on a local date (the host''s, or that of time_zone), free and taken, in order; for one that is not available the code that check_slot() gives. Errors: PT404 event_type_not_found, PT422 bad_range, bad_time_zone, bad_duration.';
