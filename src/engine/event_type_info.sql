-- Event type info: what a booking page shows of event types and their hosts.

CREATE FUNCTION timetap.event_type_info(event_type text)
RETURNS TABLE (id uuid, address text, title text, description text, minutes int, durations_minutes int[], price numeric,
	currency text, capacity int, location text, questions jsonb, add_ons jsonb, requires_approval boolean,
	requires_login boolean, host_handle text, host_name text, host_time_zone text, degraded boolean, busy_synced_at timestamptz)
LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 1 AS 'MODULE_PATHNAME', 'timetap_event_type_info';
COMMENT ON FUNCTION timetap.event_type_info(text) IS
'What a booking page shows of an event type and its host, whether it is active or not; durations_minutes are all durations that may be picked, minutes the one that is taken otherwise. Never the host''s e-mail or owner. Errors: PT404 event_type_not_found.';

CREATE FUNCTION timetap.host_event_types(host text)
RETURNS TABLE (id uuid, address text, title text, description text, minutes int, durations_minutes int[], price numeric,
	currency text, capacity int, location text, questions jsonb, add_ons jsonb, requires_approval boolean,
	requires_login boolean, host_handle text, host_name text, host_time_zone text, degraded boolean, busy_synced_at timestamptz)
LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 5 AS 'MODULE_PATHNAME', 'timetap_host_event_types';
COMMENT ON FUNCTION timetap.host_event_types(text) IS
'The same as event_type_info() for each event type of a host that is active and not hidden, by address. Errors: PT404 host_not_found.';
