-- slots where the clock is changed: all expected instants below are worked out by hand
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;

SET timetap.now = '2030-01-07 06:00+00';

-- A host in a zone, open as told, with one event type of an hour on an hourly
-- grid.  Returns nothing to see.
CREATE FUNCTION pg_temp.open(handle text, zone text, hours text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM timetap.add_host(handle, time_zone => zone);
	PERFORM timetap.set_hours(handle, hours);
	PERFORM timetap.add_event_type(handle || '/hour', horizon => NULL);
END $$;

-- Starts in [from_time, until_time) as UTC and as the host's clock.
CREATE FUNCTION pg_temp.starts(handle text, from_time timestamptz, until_time timestamptz)
RETURNS TABLE (day text, utc text, local text) LANGUAGE sql STABLE AS $$
	SELECT to_char(s.local_date, 'Dy DD Mon YYYY'), string_agg(to_char(s.starts_at AT TIME ZONE 'UTC', 'DD HH24:MI'), ' ' ORDER BY s.starts_at),
		string_agg(to_char(s.local_time, 'HH24:MI'), ' ' ORDER BY s.starts_at)
	FROM timetap.slots(handle || '/hour', from_time, until_time) s
	GROUP BY s.local_date ORDER BY s.local_date
$$;

-- New York, 10 March 2030: 02:00 EST (07:00 UTC) becomes 03:00 EDT. From 05:00 to 10:00 UTC are five hours.
-- 3 November: 02:00 EDT (06:00 UTC) becomes 01:00 EST. From 04:00 to 11:00 UTC are seven, two of them at 01:00.
SELECT pg_temp.open('zones-ny', 'America/New_York', 'Sun 00:00-06:00');
SELECT * FROM pg_temp.starts('zones-ny', '2030-03-09', '2030-03-12');
SELECT * FROM pg_temp.starts('zones-ny', '2030-11-02', '2030-11-05');
-- an ordinary Sunday has six
SELECT * FROM pg_temp.starts('zones-ny', '2030-03-17', '2030-03-18');

-- In the gap from 02:00 to 03:00, borders move forward by an hour:
-- 02:15-02:45 is 03:15-03:45; 01:30-02:30 is 01:30-03:30, an hour; 02:30-03:15 is reversed and 02:00-03:00 empty
SELECT pg_temp.open('zones-gap' || n, 'America/New_York', 'Sun ' || hours)
	FROM (VALUES (1, '02:15-02:45'), (2, '01:30-02:30'), (3, '02:30-03:15'), (4, '02:00-03:00'), (5, '02:30-06:00')) t (n, hours);
UPDATE timetap.event_types SET duration = '30 min', slot_interval = '30 min' WHERE host_id IN
	(SELECT id FROM timetap.hosts WHERE handle LIKE 'zones-gap%');
SELECT n, s.* FROM generate_series(1, 5) n, pg_temp.starts('zones-gap' || n, '2030-03-10', '2030-03-11') s ORDER BY n;
-- In the fold from 01:00 to 02:00 a start is the first, an end the second:
-- 01:15-01:45 lasts from 05:15 to 06:45 UTC; 00:30-01:30 from 04:30 to 06:30; 01:30-02:00 from 05:30 to 07:00
SELECT pg_temp.open('zones-fold' || n, 'America/New_York', 'Sun ' || hours)
	FROM (VALUES (1, '01:15-01:45'), (2, '00:30-01:30'), (3, '01:30-02:00'), (4, '02:00-03:00')) t (n, hours);
UPDATE timetap.event_types SET duration = '30 min', slot_interval = '30 min' WHERE host_id IN
	(SELECT id FROM timetap.hosts WHERE handle LIKE 'zones-fold%');
SELECT n, s.* FROM generate_series(1, 4) n, pg_temp.starts('zones-fold' || n, '2030-11-03', '2030-11-04') s ORDER BY n;

-- Berlin: 31 March 02:00 becomes 03:00, 27 October 03:00 becomes 02:00, both at 01:00 UTC.
-- Weekdays 09:00 are 08:00 UTC in winter, 07:00 in summer. Sat 23:00-04:00 over midnight: four hours, then six.
SELECT pg_temp.open('zones-berlin', 'Europe/Berlin', 'Fri,Mon 09:00-10:00; Sat 23:00-04:00');
SELECT * FROM pg_temp.starts('zones-berlin', '2030-03-29', '2030-04-02');
SELECT * FROM pg_temp.starts('zones-berlin', '2030-10-25', '2030-10-29');
-- days without clock change have 24 hours, these 23 and 25: always open
SELECT pg_temp.open('zones-always', 'Europe/Berlin', 'Mon-Sun 00:00-24:00');
SELECT local_date, count(*) FROM timetap.slots('zones-always/hour', '2030-03-29 23:00', '2030-04-01 22:00') GROUP BY local_date ORDER BY local_date;
SELECT local_date, count(*) FROM timetap.slots('zones-always/hour', '2030-10-25 22:00', '2030-10-28 23:00') GROUP BY local_date ORDER BY local_date;
-- a horizon of whole days ends with the local date, whatever its length: 31 March ends at 22:00 UTC, 27 October at 23:00
UPDATE timetap.event_types SET horizon = '1 day' WHERE host_id = (SELECT id FROM timetap.hosts WHERE handle = 'zones-always');
SET timetap.now = '2030-03-30 12:00+00';
SELECT max(starts_at) FROM timetap.slots('zones-always/hour');
SET timetap.now = '2030-10-26 12:00+00';
SELECT max(starts_at) FROM timetap.slots('zones-always/hour');
-- a blocked date is all of its 25 hours
SELECT timetap.block_dates('zones-always', '2030-10-27');
SELECT min(starts_at), max(starts_at), count(*) FROM timetap.slots('zones-always/hour');
SELECT code FROM timetap.check_slot('zones-always/hour', '2030-10-26 22:00');
SELECT code FROM timetap.check_slot('zones-always/hour', '2030-10-26 21:00');
UPDATE timetap.event_types SET horizon = NULL WHERE host_id = (SELECT id FROM timetap.hosts WHERE handle = 'zones-always');
SET timetap.now = '2030-01-07 06:00+00';

-- Lord Howe goes by half an hour: 7 April 02:00 +11 becomes 01:30 +10:30, 6 October 02:00 +10:30 becomes 02:30 +11.
-- Sun 01:00-04:00 lasts three and a half hours (14:00 to 17:30 UTC), then two and a half (14:30 to 17:00).
SELECT pg_temp.open('zones-howe', 'Australia/Lord_Howe', 'Sun 01:00-04:00');
SELECT * FROM pg_temp.starts('zones-howe', '2030-04-06', '2030-04-08');
SELECT * FROM pg_temp.starts('zones-howe', '2030-10-05', '2030-10-07');
-- in the gap 02:10 is 02:40: only the other window is left
SELECT pg_temp.open('zones-howe-gap', 'Australia/Lord_Howe', 'Sun 02:10-02:40,03:00-04:00');
SELECT * FROM pg_temp.starts('zones-howe-gap', '2030-10-05', '2030-10-07');

-- no clock changes, and offsets that are no full hours: Jakarta +7, Kathmandu +5:45
SELECT pg_temp.open('zones-jakarta', 'Asia/Jakarta', 'Mon 09:00-11:00');
SELECT * FROM pg_temp.starts('zones-jakarta', '2030-01-14', '2030-01-15');
SELECT * FROM pg_temp.starts('zones-jakarta', '2030-07-15', '2030-07-16');
SELECT pg_temp.open('zones-kathmandu', 'Asia/Kathmandu', 'Mon 00:00-02:00');
SELECT * FROM pg_temp.starts('zones-kathmandu', '2030-01-13', '2030-01-15');

-- Apia, +13 since 2021. In 2011 it went from 29 December (UTC-10) right to the 31st (UTC+14): the 30th is not there,
-- its 09:00 is the next day's. A host with hours every day has 09:00 of the 31st once; blocking the 30th takes nothing away.
SELECT pg_temp.open('zones-apia', 'Pacific/Apia', 'Mon-Sun 09:00-10:00');
SELECT * FROM pg_temp.starts('zones-apia', '2030-01-14', '2030-01-15');
SET timetap.now = '2011-12-01 00:00+00';
SELECT * FROM pg_temp.starts('zones-apia', '2011-12-29', '2012-01-01');
SELECT timetap.block_dates('zones-apia', '2011-12-30');
SELECT count(*) FROM pg_temp.starts('zones-apia', '2011-12-29', '2012-01-01');
-- the 30th was a Friday: its windows do not move to the Saturday
SELECT pg_temp.open('zones-apia-fri', 'Pacific/Apia', 'Fri 09:00-10:00');
SELECT * FROM pg_temp.starts('zones-apia-fri', '2011-12-24', '2012-01-07');

-- St. John's, 7 November 2010: at 00:01 (02:31 UTC) the clock went back to 23:01 of the 6th, which ended at 03:30 UTC.
-- Blocking the 6th takes all of it: of Sat 22:00-02:00 (00:30 to 05:30 UTC) two hours are left.
SET timetap.now = '2010-10-01 00:00+00';
SELECT pg_temp.open('zones-john', 'America/St_Johns', 'Sat 22:00-02:00');
SELECT * FROM pg_temp.starts('zones-john', '2010-11-06', '2010-11-08');
SELECT timetap.block_dates('zones-john', '2010-11-06');
SELECT * FROM pg_temp.starts('zones-john', '2010-11-06', '2010-11-08');
-- and blocking both days leaves nothing
SELECT timetap.block_dates('zones-john', '2010-11-07');
SELECT * FROM pg_temp.starts('zones-john', '2010-11-06', '2010-11-08');
SET timetap.now = '2030-01-07 06:00+00';

-- The answer depends neither on the session's settings ...
CREATE FUNCTION pg_temp.fingerprint() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT md5(string_agg(h.handle || extract(epoch FROM s.starts_at) || (s.local_date - date '2000-01-01') || extract(epoch FROM s.local_time), ','
		ORDER BY h.handle, s.starts_at))
	FROM timetap.hosts h, timetap.slots(h.handle || '/hour',
		timestamptz '2030-03-01 00:00+00', timestamptz '2030-12-01 00:00+00') s
	WHERE h.handle LIKE 'zones-%'
$$;
CREATE TEMP TABLE seen AS SELECT 'UTC, ISO' AS settings, pg_temp.fingerprint() AS fingerprint;
SET timezone = 'America/New_York';
SET datestyle = 'German, DMY';
INSERT INTO seen SELECT 'New York, German', pg_temp.fingerprint();
SET timezone = 'Pacific/Kiritimati';
SET datestyle = 'SQL, MDY';
INSERT INTO seen SELECT 'Kiritimati, SQL', pg_temp.fingerprint();
SET timezone = '<ODD>+11:17';
SET datestyle = 'Postgres, YMD';
SET intervalstyle = 'iso_8601';
INSERT INTO seen SELECT 'odd', pg_temp.fingerprint();
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SELECT count(*), count(DISTINCT fingerprint) AS answers FROM seen;

-- ... nor on the query's range: whole years against pieces of 37 hours, and against next_slots
CREATE TEMP TABLE differing AS
WITH hosts AS (SELECT handle || '/hour' AS event_type FROM timetap.hosts WHERE handle LIKE 'zones-%'),
whole AS (SELECT h.event_type, s.starts_at FROM hosts h, timetap.slots(h.event_type, '2030-03-01', '2030-12-01') s),
pieces AS (SELECT h.event_type, s.starts_at FROM hosts h,
	generate_series(timestamptz '2030-03-01', '2030-12-01', '37 hours') f (t),
	timetap.slots(h.event_type, f.t, least(f.t + '37 hours', timestamptz '2030-12-01')) s),
next AS (SELECT h.event_type, s.starts_at FROM hosts h,
	timetap.next_slots(h.event_type, 100000, '2030-03-01', '2030-12-01') s)
SELECT 'pieces' AS how, * FROM ((TABLE whole EXCEPT TABLE pieces) UNION ALL (TABLE pieces EXCEPT TABLE whole)) p
UNION ALL
SELECT 'next', * FROM ((TABLE whole EXCEPT TABLE next) UNION ALL (TABLE next EXCEPT TABLE whole)) n;
SELECT * FROM differing;
-- ... nor on the viewer's zone, and every slot is one that check_slot agrees with
SELECT count(*) > 1000 AS enough, bool_and(c.bookable) AS bookable,
	bool_and(s.local_date + s.local_time = s.starts_at AT TIME ZONE 'Asia/Kathmandu') AS local
FROM timetap.hosts h, timetap.slots(h.handle || '/hour', '2030-03-01', '2030-12-01', time_zone => 'Asia/Kathmandu') s,
	timetap.check_slot(h.handle || '/hour', s.starts_at) c
WHERE h.handle LIKE 'zones-%';

DELETE FROM timetap.hosts WHERE handle LIKE 'zones-%';
