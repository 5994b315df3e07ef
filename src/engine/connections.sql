-- Connections to calendars, their credentials, and the secrets of the
-- installation.  Sealed values are AES-256-GCM, see src/worker/crypto.c.

CREATE TABLE timetap_private.connections (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	host_id uuid NOT NULL REFERENCES timetap.hosts (id),
	provider text NOT NULL,
	account text,
	calendar_id text NOT NULL,
	state text NOT NULL DEFAULT 'connected',
	credential_kind text NOT NULL,
	credential bytea,
	version int NOT NULL DEFAULT 1,
	lease_until timestamptz,
	leased_by text,
	not_before timestamptz,
	failures int NOT NULL DEFAULT 0,
	last_error text,
	hint text,
	last_success_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (id, host_id),
	UNIQUE (host_id, provider),
	CONSTRAINT connections_state_check CHECK (state IN ('not_connected', 'connecting', 'connected', 'revoked', 'paused', 'failed')),
	CONSTRAINT connections_kind_check CHECK (credential_kind IN ('refresh_token'))
) WITH (fillfactor = 70);
SELECT pg_catalog.pg_extension_config_dump('timetap_private.connections', '');

COMMENT ON TABLE timetap_private.connections IS 'A host''s calendar account: where events are written, its sealed credential and its state';
COMMENT ON COLUMN timetap_private.connections.version IS 'Grows with each new credential; a cached access token belongs to one version';
COMMENT ON COLUMN timetap_private.connections.lease_until IS 'At most one request per calendar is under way: until then it belongs to leased_by';
COMMENT ON COLUMN timetap_private.connections.not_before IS 'No request before: the provider asked for a pause, or is in trouble';
COMMENT ON COLUMN timetap_private.connections.failures IS 'Requests in a row that failed for no reason of their own: no answer, or the service in trouble; sets the backoff of all jobs';

CREATE TABLE timetap_private.secrets (
	name text PRIMARY KEY,
	value bytea NOT NULL,
	sealed boolean NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT pg_catalog.pg_extension_config_dump('timetap_private.secrets', '');

COMMENT ON TABLE timetap_private.secrets IS 'google_client: the OAuth client, sealed';

-- Keys of the HMAC in manage tokens: the newest signs, all verify.  A restored
-- copy brings its old keys along with the new one made here, so that tokens
-- in mails that were sent before go on working.
CREATE TABLE timetap_private.manage_token_keys (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	key bytea NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	CONSTRAINT manage_token_keys_key_check CHECK (octet_length(key) >= 32)
);
INSERT INTO timetap_private.manage_token_keys (key)
	VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
SELECT pg_catalog.pg_extension_config_dump('timetap_private.manage_token_keys', '');

COMMENT ON TABLE timetap_private.manage_token_keys IS 'Keys of the HMAC in manage tokens: the newest signs, all verify';
