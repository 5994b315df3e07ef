-- Event types: what can be booked with a host.

CREATE TABLE timetap.event_types (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	host_id uuid NOT NULL REFERENCES timetap.hosts (id) ON DELETE CASCADE,
	slug text NOT NULL,
	title text NOT NULL,
	duration interval NOT NULL DEFAULT '60 min',
	slot_interval interval NOT NULL DEFAULT '60 min',
	buffer_before interval NOT NULL DEFAULT '0',
	buffer_after interval NOT NULL DEFAULT '0',
	min_notice interval NOT NULL DEFAULT '0',
	horizon interval DEFAULT '60 days',
	capacity int NOT NULL DEFAULT 1,
	requires_approval boolean NOT NULL DEFAULT false,
	price numeric,
	currency text,
	align text NOT NULL DEFAULT 'window',
	durations interval[],
	start_offset interval NOT NULL DEFAULT '0',
	bookable_from date,
	bookable_until date,
	schedule text NOT NULL DEFAULT 'default',
	assignment text NOT NULL DEFAULT 'single',
	location text NOT NULL DEFAULT 'meet',
	location_detail text,
	description text,
	package text,
	questions jsonb,
	add_ons jsonb,
	requires_login boolean NOT NULL DEFAULT false,
	reschedule_cutoff interval NOT NULL DEFAULT '0',
	cancel_cutoff interval NOT NULL DEFAULT '0',
	pending_ttl interval,
	calendar_id text,
	title_template text,
	description_template text,
	invite_via text NOT NULL DEFAULT 'calendar',
	active boolean NOT NULL DEFAULT true,
	hidden boolean NOT NULL DEFAULT false,
	metadata jsonb NOT NULL DEFAULT '{}',
	options jsonb NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT now(),
	limits int[],
	UNIQUE (host_id, slug),
	CONSTRAINT event_types_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'
		AND slug !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
	CONSTRAINT event_types_title_check CHECK (title <> ''),
	CONSTRAINT event_types_duration_check CHECK (duration > interval '0' AND duration <= interval '366 days' AND extract(year FROM duration) = 0 AND extract(month FROM duration) = 0),
	CONSTRAINT event_types_slot_interval_check CHECK (slot_interval > interval '0' AND slot_interval <= interval '366 days' AND extract(year FROM slot_interval) = 0 AND extract(month FROM slot_interval) = 0),
	CONSTRAINT event_types_buffer_check CHECK (buffer_before >= interval '0' AND buffer_after >= interval '0'
		AND buffer_before <= interval '30 days' AND buffer_after <= interval '30 days'
		AND extract(year FROM buffer_before) = 0 AND extract(month FROM buffer_before) = 0
		AND extract(year FROM buffer_after) = 0 AND extract(month FROM buffer_after) = 0),
	CONSTRAINT event_types_min_notice_check CHECK (min_notice >= interval '0' AND min_notice <= interval '36600 days'
		AND extract(year FROM min_notice) = 0 AND extract(month FROM min_notice) = 0),
	CONSTRAINT event_types_horizon_check CHECK (horizon > interval '0' AND horizon <= interval '36600 days'
		AND extract(year FROM horizon) = 0 AND extract(month FROM horizon) = 0),
	CONSTRAINT event_types_start_offset_check CHECK (start_offset >= interval '0' AND start_offset <= interval '366 days'
		AND extract(year FROM start_offset) = 0 AND extract(month FROM start_offset) = 0),
	CONSTRAINT event_types_bookable_check CHECK (bookable_from <= bookable_until),
	CONSTRAINT event_types_capacity_check CHECK (capacity >= 1),
	CONSTRAINT event_types_price_check CHECK (price >= 0),
	CONSTRAINT event_types_align_check CHECK (align IN ('window', 'gap', 'clock')),
	CONSTRAINT event_types_schedule_check CHECK (schedule ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT event_types_assignment_check CHECK (assignment IN ('single', 'round_robin', 'collective')),
	CONSTRAINT event_types_location_check CHECK (location IN ('meet', 'phone', 'address', 'link', 'none')),
	CONSTRAINT event_types_invite_via_check CHECK (invite_via IN ('calendar', 'mail', 'none')),
	CONSTRAINT event_types_durations_check CHECK (array_position(durations, NULL) IS NULL
		AND interval '0' < ALL (durations) AND interval '366 days' >= ALL (durations)),
	CONSTRAINT event_types_limits_check CHECK (array_ndims(limits) = 1 AND array_lower(limits, 1) = 1
		AND array_length(limits, 1) = 8 AND 0 <= ALL (array_replace(limits, NULL, 0))),
	CONSTRAINT event_types_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
	-- What this version cannot keep it does not promise either, whoever writes
	-- the row; a version that can drops its part of this.
	CONSTRAINT event_types_later_check CHECK (capacity = 1 AND NOT requires_approval AND price IS NULL AND currency IS NULL
		AND assignment = 'single' AND location_detail IS NULL AND package IS NULL
		AND questions IS NULL AND add_ons IS NULL AND NOT requires_login AND reschedule_cutoff = interval '0'
		AND cancel_cutoff = interval '0' AND pending_ttl IS NULL AND calendar_id IS NULL AND title_template IS NULL
		AND description_template IS NULL AND invite_via = 'calendar' AND NOT hidden AND options = '{}')
);
SELECT pg_catalog.pg_extension_config_dump('timetap.event_types', '');

COMMENT ON TABLE timetap.event_types IS 'What can be booked with a host; its address is handle/slug';
COMMENT ON COLUMN timetap.event_types.slot_interval IS 'Step of the grid of starts, in elapsed time';
COMMENT ON COLUMN timetap.event_types.horizon IS 'How far ahead may be booked: whole days to the end of that local date, otherwise to the instant; NULL: without end';
COMMENT ON COLUMN timetap.event_types.limits IS 'Most bookings per day, week, month, year, then most minutes per day, week, month, year, as set_limits() takes them; an element or all NULL: no limit';
COMMENT ON COLUMN timetap.event_types.align IS 'Where the grid starts: window (the opening window''s start), gap (again after each taken stretch), clock (rounded up on the host''s clock)';

-- Only horizon has a default of its own: its NULL means that there is none.
CREATE FUNCTION timetap.add_event_type(event_type text, title text DEFAULT NULL, duration interval DEFAULT NULL,
	slot_interval interval DEFAULT NULL, buffer_before interval DEFAULT NULL, buffer_after interval DEFAULT NULL,
	min_notice interval DEFAULT NULL, horizon interval DEFAULT '60 days', capacity int DEFAULT NULL,
	requires_approval boolean DEFAULT NULL, price numeric DEFAULT NULL, currency text DEFAULT NULL,
	align text DEFAULT NULL, durations interval[] DEFAULT NULL, start_offset interval DEFAULT NULL,
	bookable_from date DEFAULT NULL, bookable_until date DEFAULT NULL, schedule text DEFAULT NULL,
	hosts text[] DEFAULT NULL, assignment text DEFAULT NULL, location text DEFAULT NULL,
	location_detail text DEFAULT NULL, description text DEFAULT NULL, package text DEFAULT NULL,
	questions jsonb DEFAULT NULL, add_ons jsonb DEFAULT NULL, requires_login boolean DEFAULT NULL,
	reschedule_cutoff interval DEFAULT NULL, cancel_cutoff interval DEFAULT NULL, pending_ttl interval DEFAULT NULL,
	calendar_id text DEFAULT NULL, title_template text DEFAULT NULL, description_template text DEFAULT NULL,
	invite_via text DEFAULT NULL, active boolean DEFAULT NULL, hidden boolean DEFAULT NULL,
	metadata jsonb DEFAULT NULL, options jsonb DEFAULT NULL)
RETURNS timetap.event_types
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_add_event_type';
COMMENT ON FUNCTION timetap.add_event_type(text, text, interval, interval, interval, interval, interval, interval, int,
	boolean, numeric, text, text, interval[], interval, date, date, text, text[], text, text, text, text, text, jsonb,
	jsonb, boolean, interval, interval, interval, text, text, text, text, boolean, boolean, jsonb, jsonb) IS
'Add an event type at an address ''handle/slug''. NULL means the default: the slug as title, 60 minutes, starts every duration, no buffers, no notice; but a NULL horizon means none. Errors: PT404 host_not_found, PT409 already_exists, PT422 bad_handle, bad_duration, bad_range; 0A000 for an argument whose work is not in this version.';
