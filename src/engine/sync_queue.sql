-- What the calendar has to be told, and what it is known to have.

CREATE TABLE timetap.sync_queue (
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	meeting_id uuid NOT NULL,
	wish int NOT NULL DEFAULT 1,
	attempt int NOT NULL DEFAULT 0,
	failures int NOT NULL DEFAULT 0,
	parked boolean NOT NULL DEFAULT false,
	next_attempt_at timestamptz NOT NULL,
	lease_until timestamptz,
	leased_by text,
	last_attempt_at timestamptz,
	http_status int,
	last_error text,
	hint text,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (meeting_id, host_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
-- a claim changes none of these columns: its update stays on the page (HOT)
-- without what was set aside; nothing else may take this index for a host's jobs
CREATE INDEX sync_queue_due_idx ON timetap.sync_queue (next_attempt_at) INCLUDE (host_id)
	WHERE NOT parked AND next_attempt_at < 'infinity';
CREATE INDEX sync_queue_host_idx ON timetap.sync_queue (host_id, next_attempt_at) WHERE NOT parked;
SELECT pg_catalog.pg_extension_config_dump('timetap.sync_queue', '');

COMMENT ON TABLE timetap.sync_queue IS 'A sync job per meeting that needs attention: make the calendar agree with this meeting';
COMMENT ON COLUMN timetap.sync_queue.wish IS 'Grows when the meeting changes: an answer to an older wish does not close the job';
COMMENT ON COLUMN timetap.sync_queue.attempt IS 'Counts claims: an answer counts only for the claim it belongs to';
COMMENT ON COLUMN timetap.sync_queue.failures IS 'Failures in a row, counted at claim so that a crash counts too; sets the backoff';
COMMENT ON COLUMN timetap.sync_queue.parked IS 'Given up until a person asks for it again: retry_sync(), retry_failed()';

CREATE TABLE timetap.calendar_events (
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	meeting_id uuid NOT NULL,
	connection_id uuid NOT NULL,
	provider text NOT NULL,
	calendar_id text NOT NULL,
	event_id text NOT NULL,
	generation int NOT NULL DEFAULT 1,
	state text NOT NULL DEFAULT 'creating',
	revision bigint,
	etag text,
	html_link text,
	ical_uid text,
	link text,
	link_state text NOT NULL DEFAULT 'none',
	link_request int NOT NULL DEFAULT 1,
	looks int NOT NULL DEFAULT 0,
	warning text,
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (meeting_id, host_id),
	CONSTRAINT calendar_events_state_check CHECK (state IN ('creating', 'unknown', 'live', 'gone')),
	CONSTRAINT calendar_events_link_state_check CHECK (link_state IN ('none', 'pending', 'ready', 'failed'))
) WITH (fillfactor = 80);
CREATE INDEX calendar_events_warning_idx ON timetap.calendar_events (host_id) WHERE warning IS NOT NULL;
SELECT pg_catalog.pg_extension_config_dump('timetap.calendar_events', '');

COMMENT ON TABLE timetap.calendar_events IS 'The one calendar event of a meeting, as last known';
COMMENT ON COLUMN timetap.calendar_events.generation IS 'Part of the event id; grows only when the event before is known to be gone';
COMMENT ON COLUMN timetap.calendar_events.state IS 'creating: sent or about to be, answer not seen; unknown: has to be read first; live: there; gone: deleted';
COMMENT ON COLUMN timetap.calendar_events.looks IS 'Readings in its present state that brought nothing';
COMMENT ON COLUMN timetap.calendar_events.revision IS 'Sum of the versions of the meeting''s bookings when it was last written';
