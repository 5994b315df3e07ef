-- Opening hours: weekly availability rules, and date overrides.

CREATE TABLE timetap.availability_rules (
	host_id uuid NOT NULL REFERENCES timetap.hosts (id) ON DELETE CASCADE,
	schedule text NOT NULL DEFAULT 'default',
	day_of_week smallint NOT NULL,
	starts time NOT NULL,
	ends time NOT NULL,
	PRIMARY KEY (host_id, day_of_week, schedule, starts, ends),
	CONSTRAINT availability_rules_schedule_check CHECK (schedule ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
	CONSTRAINT availability_rules_day_check CHECK (day_of_week BETWEEN 0 AND 6),
	CONSTRAINT availability_rules_window_check CHECK (starts <> ends AND starts < time '24:00' AND ends > time '00:00')
);
SELECT pg_catalog.pg_extension_config_dump('timetap.availability_rules', '');

COMMENT ON TABLE timetap.availability_rules IS 'Weekly opening windows in the host''s time zone';
COMMENT ON COLUMN timetap.availability_rules.day_of_week IS '0 Sunday to 6 Saturday: the date the window starts on';
COMMENT ON COLUMN timetap.availability_rules.ends IS 'Before starts: on the next day; 24:00 is the end of the day';

CREATE TABLE timetap.date_overrides (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	host_id uuid NOT NULL REFERENCES timetap.hosts (id) ON DELETE CASCADE,
	schedule text NOT NULL DEFAULT 'default',
	on_date date NOT NULL,
	starts time,
	ends time,
	kind text NOT NULL,
	reason text,
	PRIMARY KEY (id, host_id),
	CONSTRAINT date_overrides_date_check CHECK (isfinite(on_date)),
	CONSTRAINT date_overrides_kind_check CHECK (CASE kind
		WHEN 'hours' THEN starts IS NOT NULL AND ends IS NOT NULL AND starts <> ends
			AND starts < time '24:00' AND ends > time '00:00'
		WHEN 'closed' THEN starts IS NULL AND ends IS NULL
		WHEN 'blocked' THEN starts IS NULL AND ends IS NULL
		ELSE false END),
	-- a block holds for every schedule of the host
	CONSTRAINT date_overrides_schedule_check CHECK (CASE WHEN kind = 'blocked' THEN schedule = '*'
		ELSE schedule ~ '^[a-z0-9][a-z0-9_-]{0,62}$' END)
);
CREATE INDEX date_overrides_host_date_idx ON timetap.date_overrides (host_id, on_date) INCLUDE (schedule, kind, starts, ends);
CREATE UNIQUE INDEX date_overrides_hours_key ON timetap.date_overrides (host_id, schedule, on_date, starts, ends)
	WHERE kind = 'hours';
CREATE UNIQUE INDEX date_overrides_day_key ON timetap.date_overrides (host_id, schedule, on_date, kind)
	WHERE kind <> 'hours';
SELECT pg_catalog.pg_extension_config_dump('timetap.date_overrides', '');

COMMENT ON TABLE timetap.date_overrides IS 'Other hours for one local date, or none: a row of kind hours or closed replaces the weekly rules of its date, one of kind blocked takes the whole local date away';
COMMENT ON COLUMN timetap.date_overrides.schedule IS 'The schedule it is for; ''*'' in blocked rows, which hold for all';

CREATE FUNCTION timetap.set_hours(host text, hours text, schedule text DEFAULT NULL)
RETURNS int
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_set_hours';
COMMENT ON FUNCTION timetap.set_hours(text, text, text) IS
'Replace a host''s weekly hours (of the schedule, by default ''default''), such as ''Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00''; empty: none. The clock has 24 hours; ''Fri 22:00-02:00'' runs over midnight, ''Sat 10:00-24:00'' to the end of the day. Returns the number of windows. Errors: PT404 host_not_found, PT422 bad_hours, bad_handle (schedule).';

CREATE FUNCTION timetap.set_date_hours(host text, on_date date, hours text, schedule text DEFAULT NULL)
RETURNS int
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_set_date_hours';
COMMENT ON FUNCTION timetap.set_date_hours(text, date, text, text) IS
'Replace a host''s hours on one local date, such as ''10:00-14:00,15:00-16:00''; empty: not available; NULL: the weekly hours again. Returns the number of windows. Errors: PT404 host_not_found, PT422 bad_hours, bad_range, bad_handle (schedule).';

CREATE FUNCTION timetap.block_dates(host text, from_date date, to_date date DEFAULT NULL, reason text DEFAULT NULL)
RETURNS int
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_block_dates';
COMMENT ON FUNCTION timetap.block_dates(text, date, date, text) IS
'Take local dates away from all of a host''s schedules, from_date (by default only this) to to_date inclusive; hours set for such a date come back with unblock_dates(). A reason replaces the one of a date that is blocked already. Returns how many dates it newly blocked. Errors: PT404 host_not_found, PT422 bad_range, span_too_long.';

CREATE FUNCTION timetap.unblock_dates(host text, from_date date, to_date date DEFAULT NULL)
RETURNS int
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'timetap_unblock_dates';
COMMENT ON FUNCTION timetap.unblock_dates(text, date, date) IS
'Undo block_dates() for the dates from from_date (by default only this) to to_date inclusive. Returns how many dates it unblocked. Errors: PT404 host_not_found, PT422 bad_range, span_too_long.';
