-- Host hours: when a host is open, and when his time is taken.

CREATE FUNCTION timetap.host_hours(host text, from_date date, to_date date, schedule text DEFAULT NULL)
RETURNS TABLE (day date, opens_at timestamptz, closes_at timestamptz, origin text)
LANGUAGE C STABLE PARALLEL SAFE COST 500 ROWS 30 AS 'MODULE_PATHNAME', 'timetap_host_hours';
COMMENT ON FUNCTION timetap.host_hours(text, date, date, text) IS
'A host''s opening windows (of the schedule, by default ''default'') that begin on the local dates from_date to to_date inclusive, as instants and in order; origin tells weekly hours (''weekly'') from those set for the date (''date''). Windows of two dates are not merged, blocked dates are cut out, and a date on which the host does not open has no row. Errors: PT404 host_not_found, PT422 bad_range, span_too_long, bad_handle (schedule).';

CREATE FUNCTION timetap.free_busy(host text, from_time timestamptz, until_time timestamptz)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz)
LANGUAGE C STABLE PARALLEL SAFE COST 300 ROWS 50 AS 'MODULE_PATHNAME', 'timetap_free_busy';
COMMENT ON FUNCTION timetap.free_busy(text, timestamptz, timestamptz) IS
'The stretches of [from_time, until_time) in which a host''s time is taken, by meetings with their buffers, holds or busy times: merged, clipped to the range, in order; times only. Errors: PT404 host_not_found, PT422 bad_range, span_too_long.';
