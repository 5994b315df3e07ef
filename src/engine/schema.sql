-- complain if the script is sourced in psql rather than by CREATE EXTENSION
\echo Use "CREATE EXTENSION timetap CASCADE" to load this file. \quit

-- CREATE EXTENSION puts the schema of btree_gist into the path, where others
-- may have put operators that fit better than the server's: leave it out.
SET LOCAL search_path TO pg_catalog, pg_temp;

-- The schemas are made here, not by CREATE EXTENSION: a schema that somebody
-- made beforehand, with objects of his own in it, is an error, not a trap.
CREATE SCHEMA timetap;
COMMENT ON SCHEMA timetap IS 'timetap: hosts, event types, slots and bookings';

CREATE SCHEMA timetap_private;
COMMENT ON SCHEMA timetap_private IS 'timetap: credentials, secrets and internals; no API role has any right here';
