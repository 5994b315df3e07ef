-- complain if the script is sourced in psql rather than by CREATE EXTENSION
\echo Use "CREATE EXTENSION timetap CASCADE" to load this file. \quit

-- The schemas are made here, not by CREATE EXTENSION: a schema that somebody
-- made beforehand, with objects of his own in it, is an error, not a trap.
CREATE SCHEMA timetap;
COMMENT ON SCHEMA timetap IS 'timetap: hosts, event types, slots and bookings';

CREATE SCHEMA timetap_private;
COMMENT ON SCHEMA timetap_private IS 'timetap: credentials, secrets and internals; no API role has any right here';
