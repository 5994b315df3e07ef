-- Limits of bookings and minutes.

CREATE FUNCTION timetap.set_limits(event_type text, per_day int DEFAULT NULL, per_week int DEFAULT NULL,
	per_month int DEFAULT NULL, per_year int DEFAULT NULL, minutes_per_day int DEFAULT NULL,
	minutes_per_week int DEFAULT NULL, minutes_per_month int DEFAULT NULL, minutes_per_year int DEFAULT NULL)
RETURNS timetap.event_types
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_set_limits';
COMMENT ON FUNCTION timetap.set_limits(text, int, int, int, int, int, int, int, int) IS
'How many bookings, and how many minutes of meetings, an event type may have in a day, week (from Monday), month and year of the host''s zone. Bookings that keep their time count, where they start. Replaces all limits; NULL is no limit, 0 takes no booking. Errors: PT404 event_type_not_found, PT422 bad_range.';

CREATE FUNCTION timetap.set_host_limits(host text, per_day int DEFAULT NULL, per_week int DEFAULT NULL,
	per_month int DEFAULT NULL, per_year int DEFAULT NULL, minutes_per_day int DEFAULT NULL,
	minutes_per_week int DEFAULT NULL, minutes_per_month int DEFAULT NULL, minutes_per_year int DEFAULT NULL)
RETURNS timetap.hosts
LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_set_host_limits';
COMMENT ON FUNCTION timetap.set_host_limits(text, int, int, int, int, int, int, int, int) IS
'As set_limits(), counted over all event types of a host. Errors: PT404 host_not_found, PT422 bad_range.';
