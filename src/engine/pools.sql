-- Pools: the slots of several event types together.

CREATE FUNCTION timetap.pool_slots(event_types text[], n int DEFAULT NULL, from_time timestamptz DEFAULT NULL,
	until_time timestamptz DEFAULT NULL, mode text DEFAULT NULL, time_zone text DEFAULT NULL, duration interval DEFAULT NULL)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, local_date date, local_time time, hosts text[], addresses text[])
LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 200 AS 'MODULE_PATHNAME', 'timetap_pool_slots';
COMMENT ON FUNCTION timetap.pool_slots(text[], int, timestamptz, timestamptz, text, text, interval) IS
'The slots of up to 10,000 event types together, in order: with mode ''any'' (the default) those that some of them have free, with ''all'' those that all have. hosts and addresses, side by side, are of the event types that have the slot free, in the order given. n: only the first n, which stops reading as soon as it has them. An event type that is named twice counts once; one that is NULL or inactive has no slots. Local dates and times are those of the first event type''s host, or of time_zone. Defaults and errors as slots(), and without until_time as next_slots() if there is an n; 22023 bad_argument for another mode.';
