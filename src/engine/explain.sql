-- Explain day: why what is not offered is not.

CREATE FUNCTION timetap.explain_day(event_type text, on_date date)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, kind text, code text, detail text)
LANGUAGE C STABLE PARALLEL SAFE COST 1000 ROWS 20 AS 'MODULE_PATHNAME', 'timetap_explain_day';
COMMENT ON FUNCTION timetap.explain_day(text, date) IS
'The host''s local date in stretches without gaps, and why each is or is not offered: kind is free, notice, horizon, blocked (detail: the reason given), closed, off_grid, limit, booking and hold (detail: the event type), busy (detail: the source), buffer (detail: of what) or inactive. A start of the grid stands for the time until the next one or the grid''s step, and code is what check_slot() says of it (NULL: it can be booked); in a stretch without such starts, what it says of any time in it. Borders that lie before a block or closing by the duration are told to the minute. For the service and administrators. Errors: PT404 event_type_not_found, PT422 bad_range, 42501 not_allowed.';
