-- Bookings, the meetings they make, and the wall that keeps two meetings of
-- a host apart.

CREATE TABLE timetap.allocations (
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	meeting_id uuid NOT NULL,
	event_type_id uuid NOT NULL REFERENCES timetap.event_types (id),
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	blocked tstzrange NOT NULL,
	blocked_from timestamptz NOT NULL GENERATED ALWAYS AS (lower(blocked)) STORED,
	blocked_until timestamptz NOT NULL GENERATED ALWAYS AS (upper(blocked)) STORED,
	expires_at timestamptz,
	capacity int NOT NULL DEFAULT 1,
	seats_taken int NOT NULL DEFAULT 1,
	PRIMARY KEY (host_id, meeting_id),
	-- what bookings point to, so that none can claim another time than its wall has
	CONSTRAINT allocations_time_key UNIQUE (host_id, meeting_id, starts_at, ends_at),
	CONSTRAINT allocations_wall EXCLUDE USING gist (host_id WITH =, blocked WITH &&),
	CONSTRAINT allocations_times_check CHECK (starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at)),
	CONSTRAINT allocations_blocked_check CHECK (NOT isempty(blocked) AND lower_inc(blocked) AND NOT upper_inc(blocked)
		AND isfinite(lower(blocked)) AND isfinite(upper(blocked)) AND blocked @> tstzrange(starts_at, ends_at)),
	CONSTRAINT allocations_seats_check CHECK (seats_taken BETWEEN 1 AND capacity)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02);
-- all that availability reads, limits included
CREATE INDEX allocations_blocked_idx ON timetap.allocations (host_id, blocked_from)
	INCLUDE (blocked_until, expires_at, event_type_id, starts_at, ends_at, seats_taken);
SELECT pg_catalog.pg_extension_config_dump('timetap.allocations', '');

COMMENT ON TABLE timetap.allocations IS 'The wall: a stretch of one host''s time taken by a meeting, buffers included; no two of a host overlap';
COMMENT ON COLUMN timetap.allocations.blocked IS 'The meeting with its buffers';
COMMENT ON COLUMN timetap.allocations.expires_at IS 'Set while the meeting consists of holds only: from then on it takes no time';

CREATE TABLE timetap.bookings (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	event_type_id uuid NOT NULL REFERENCES timetap.event_types (id),
	event_host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	meeting_id uuid NOT NULL,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	status text NOT NULL DEFAULT 'confirmed',
	expires_at timestamptz,
	attendee_id text,
	attendee_name text,
	attendee_email text,
	attendee_phone text,
	attendee_time_zone text,
	notes text,
	answers jsonb,
	add_ons jsonb,
	guests text[],
	amount numeric,
	currency text,
	payment_status text NOT NULL DEFAULT 'none',
	payment_id text,
	refund_due boolean NOT NULL DEFAULT false,
	external_id text,
	package text,
	series_id uuid,
	metadata jsonb NOT NULL DEFAULT '{}',
	meet_link text,
	google_event_id text,
	sync_state text NOT NULL DEFAULT 'none',
	version int NOT NULL DEFAULT 1,
	token_version int NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	cancelled_at timestamptz,
	cancelled_by text,
	cancel_reason text,
	-- the meeting while the booking keeps its time: the foreign key below then
	-- demands an allocation of just this time, also of rows written by hand
	wall_id uuid GENERATED ALWAYS AS (CASE WHEN status IN ('held', 'pending', 'confirmed', 'completed', 'no_show')
		THEN meeting_id END) STORED,
	PRIMARY KEY (id, host_id),
	CONSTRAINT bookings_wall_fkey FOREIGN KEY (host_id, wall_id, starts_at, ends_at)
		REFERENCES timetap.allocations (host_id, meeting_id, starts_at, ends_at),
	CONSTRAINT bookings_times_check CHECK (starts_at < ends_at AND isfinite(starts_at) AND isfinite(ends_at)),
	CONSTRAINT bookings_status_check CHECK (status IN ('held', 'pending', 'requested', 'confirmed', 'completed', 'no_show', 'cancelled', 'declined', 'expired')),
	CONSTRAINT bookings_held_check CHECK (status <> 'held' OR expires_at IS NOT NULL),
	CONSTRAINT bookings_attendee_check CHECK (attendee_email <> ''),
	CONSTRAINT bookings_payment_status_check CHECK (payment_status IN ('none', 'pending', 'completed', 'failed', 'refunded')),
	CONSTRAINT bookings_sync_state_check CHECK (sync_state IN ('none', 'not_connected', 'pending', 'synced', 'failed')),
	CONSTRAINT bookings_metadata_check CHECK (jsonb_typeof(metadata) = 'object')
);
CREATE INDEX bookings_host_starts_idx ON timetap.bookings (host_id, starts_at);
CREATE INDEX bookings_meeting_idx ON timetap.bookings (host_id, meeting_id);
CREATE INDEX bookings_status_starts_idx ON timetap.bookings (status, starts_at);
CREATE INDEX bookings_event_type_idx ON timetap.bookings (event_type_id);
CREATE INDEX bookings_attendee_id_idx ON timetap.bookings (attendee_id) WHERE attendee_id IS NOT NULL;
CREATE INDEX bookings_attendee_email_idx ON timetap.bookings (lower(attendee_email)) WHERE attendee_email IS NOT NULL;
CREATE INDEX bookings_external_id_idx ON timetap.bookings (external_id) WHERE external_id IS NOT NULL;
SELECT pg_catalog.pg_extension_config_dump('timetap.bookings', '');

COMMENT ON TABLE timetap.bookings IS 'One customer''s reservation';
COMMENT ON COLUMN timetap.bookings.event_host_id IS 'The host that owns the event type; host_id is the one who was assigned';
COMMENT ON COLUMN timetap.bookings.meeting_id IS 'What takes place: bookings of one meeting share time and calendar event';
COMMENT ON COLUMN timetap.bookings.version IS 'Grows with every change of state; booking_events has a row for each';
COMMENT ON COLUMN timetap.bookings.wall_id IS 'The meeting while the status keeps its time, else NULL';

CREATE TABLE timetap.booking_events (
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	booking_id uuid NOT NULL,
	version int NOT NULL,
	what text NOT NULL,
	who text NOT NULL,
	at timestamptz NOT NULL,
	old jsonb,
	new jsonb,
	reason text,
	PRIMARY KEY (booking_id, host_id, version),
	CONSTRAINT booking_events_booking_fkey FOREIGN KEY (booking_id, host_id) REFERENCES timetap.bookings (id, host_id)
);
SELECT pg_catalog.pg_extension_config_dump('timetap.booking_events', '');

COMMENT ON TABLE timetap.booking_events IS 'History: a row for every change of a booking''s state, never changed';
COMMENT ON COLUMN timetap.booking_events.what IS 'booked, rescheduled, cancelled, expired';
COMMENT ON COLUMN timetap.booking_events.who IS 'user:ID, role:NAME, token (who held the manage token) or engine';

CREATE TYPE timetap.booking_result AS (
	id uuid, status text, starts_at timestamptz, ends_at timestamptz, host text, event_type text, title text,
	meeting_id uuid, series_id uuid, expires_at timestamptz, amount numeric, currency text, payment_status text,
	meet_link text, google_event_id text, sync_state text, version int, manage_token text);
COMMENT ON TYPE timetap.booking_result IS 'What every booking verb returns; manage_token only from verbs that make a booking';

CREATE TYPE timetap.booking_info AS (
	id uuid, status text, starts_at timestamptz, ends_at timestamptz, host text, event_type text, title text,
	meeting_id uuid, series_id uuid, expires_at timestamptz, amount numeric, currency text, payment_status text,
	meet_link text, google_event_id text, sync_state text, version int,
	attendee_name text, attendee_email text, attendee_phone text, attendee_time_zone text, notes text, answers jsonb,
	add_ons jsonb, guests text[], package text, host_name text, local_date date, local_time time,
	cancelled_at timestamptz, cancel_reason text, refund_due boolean, created_at timestamptz);
COMMENT ON TYPE timetap.booking_info IS 'A booking as its attendee and its host see it; local_date and local_time are the host''s';
