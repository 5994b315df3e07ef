-- Suggest: the slots to offer first.

CREATE FUNCTION timetap.suggest(event_type text, n int DEFAULT NULL, from_time timestamptz DEFAULT NULL,
	until_time timestamptz DEFAULT NULL, prefer jsonb DEFAULT NULL)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, local_date date, local_time time, seats_left int, reason text)
LANGUAGE C STABLE PARALLEL SAFE COST 2000 ROWS 3 AS 'MODULE_PATHNAME', 'timetap_suggest';
COMMENT ON FUNCTION timetap.suggest(text, int, timestamptz, timestamptz, jsonb) IS
'The n (default 3) slots to offer first, best first: those in the hours and on the days of prefer ({"hours": ["09:00-12:00"], "days": ["Mon", "Wed-Fri"]}, on the host''s clock); then those that leave the least time that is too short for another slot; then those that leave free time in the fewest pieces; then those at whose local time the event type was booked most in the past 90 days; then the earliest. The same question has the same answer. reason names the first of these rules by which a slot is before one that is left out. Range and errors as slots(); PT422 bad_range for n below 1, bad_hours and 22023 bad_argument for prefer.';
