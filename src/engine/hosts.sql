-- Hosts: whose time is booked.

CREATE TABLE timetap.hosts (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	handle text NOT NULL UNIQUE,
	name text NOT NULL,
	email text,
	time_zone text NOT NULL DEFAULT 'UTC',
	owner_id text,
	kind text NOT NULL DEFAULT 'person',
	metadata jsonb NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT now(),
	limits int[],
	CONSTRAINT hosts_handle_check CHECK (handle ~ '^[a-z0-9][a-z0-9_-]{0,62}$'
		AND handle !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
	CONSTRAINT hosts_name_check CHECK (name <> ''),
	CONSTRAINT hosts_kind_check CHECK (kind IN ('person', 'room', 'equipment', 'team')),
	CONSTRAINT hosts_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
	CONSTRAINT hosts_limits_check CHECK (array_ndims(limits) = 1 AND array_lower(limits, 1) = 1
		AND array_length(limits, 1) = 8 AND 0 <= ALL (array_replace(limits, NULL, 0)))
);
CREATE INDEX hosts_owner_id_idx ON timetap.hosts (owner_id) WHERE owner_id IS NOT NULL;
SELECT pg_catalog.pg_extension_config_dump('timetap.hosts', '');

COMMENT ON TABLE timetap.hosts IS 'Whose time is booked: a person, a room, equipment or a team';
COMMENT ON COLUMN timetap.hosts.handle IS 'Short name, part of the address handle/slug of the host''s event types';
COMMENT ON COLUMN timetap.hosts.time_zone IS 'Name from pg_timezone_names; opening hours, local dates and limits are meant in it';
COMMENT ON COLUMN timetap.hosts.limits IS 'As event_types.limits, over all event types, as set_host_limits() takes them';
COMMENT ON COLUMN timetap.hosts.owner_id IS 'The user, as the application knows him, who may manage this host';

CREATE FUNCTION timetap.add_host(handle text, email text DEFAULT NULL, name text DEFAULT NULL, time_zone text DEFAULT NULL,
	owner_id text DEFAULT NULL, kind text DEFAULT NULL, metadata jsonb DEFAULT NULL)
RETURNS timetap.hosts
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_add_host';
COMMENT ON FUNCTION timetap.add_host(text, text, text, text, text, text, jsonb) IS
'Add a host. Defaults: the handle as name, time zone UTC (with a notice), kind person (or room, equipment, team). Errors: PT409 already_exists, PT422 bad_handle, bad_email, bad_time_zone.';
