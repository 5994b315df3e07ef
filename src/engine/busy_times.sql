-- Busy times: stretches taken by something else.

CREATE TABLE timetap.busy_times (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	host_id uuid NOT NULL REFERENCES timetap.hosts (id) ON DELETE CASCADE,
	starts_at timestamptz NOT NULL,
	ends_at timestamptz NOT NULL,
	source text NOT NULL DEFAULT 'manual',
	external_id text,
	transparent boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	-- Entries of up to a day are found by their start alone; the few longer
	-- ones by their end.  So one long entry does not slow down every reading.
	lasts_long boolean NOT NULL GENERATED ALWAYS AS (ends_at - starts_at > interval '1 day') STORED,
	reason text,
	PRIMARY KEY (id, host_id),
	CONSTRAINT busy_times_range_check CHECK (starts_at <= ends_at AND isfinite(starts_at) AND isfinite(ends_at)),
	CONSTRAINT busy_times_source_check CHECK (source <> '')
);
CREATE UNIQUE INDEX busy_times_external_id_key ON timetap.busy_times (host_id, source, external_id);
CREATE INDEX busy_times_short_idx ON timetap.busy_times (host_id, starts_at) INCLUDE (ends_at)
	WHERE NOT transparent AND NOT lasts_long;
CREATE INDEX busy_times_long_idx ON timetap.busy_times (host_id, ends_at) INCLUDE (starts_at)
	WHERE NOT transparent AND lasts_long;
ALTER TABLE timetap.busy_times SET (autovacuum_vacuum_insert_scale_factor = 0.02);
SELECT pg_catalog.pg_extension_config_dump('timetap.busy_times', '');

COMMENT ON TABLE timetap.busy_times IS 'A host''s time taken by something that is no booking: imported from a calendar, or entered by hand';
COMMENT ON COLUMN timetap.busy_times.transparent IS 'Shown as free in its calendar: does not block';
COMMENT ON COLUMN timetap.busy_times.reason IS 'Why block_time() took it off; for the owner';
COMMENT ON COLUMN timetap.busy_times.lasts_long IS 'Longer than a day; which index finds it';

CREATE FUNCTION timetap.add_busy(host text, starts_at timestamptz, ends_at timestamptz, source text DEFAULT NULL,
	external_id text DEFAULT NULL, transparent boolean DEFAULT NULL)
RETURNS timetap.busy_times
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_add_busy';
COMMENT ON FUNCTION timetap.add_busy(text, timestamptz, timestamptz, text, text, boolean) IS
'Enter a stretch of a host''s time that is taken by something else. The source is ''manual'' by default; one with an external_id takes the place of what the source entered under this id before. A transparent one, or one without length, does not block. Errors: PT404 host_not_found, PT422 bad_range.';

CREATE FUNCTION timetap.block_time(host text, starts_at timestamptz, ends_at timestamptz, reason text DEFAULT NULL)
RETURNS timetap.busy_times
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_block_time';
COMMENT ON FUNCTION timetap.block_time(text, timestamptz, timestamptz, text) IS
'Take a stretch of a host''s time off, inside a day or over many: a busy time of source ''blocked'' with the reason, which only the owner sees. remove_busy() gives it back. Bookings that are there already stay. Errors: PT404 host_not_found, PT422 bad_range.';

CREATE FUNCTION timetap.remove_busy(host text, busy uuid)
RETURNS boolean
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_remove_busy';
COMMENT ON FUNCTION timetap.remove_busy(text, uuid) IS
'Remove a busy time by its id; false when the host has none with this id. Errors: PT404 host_not_found.';
