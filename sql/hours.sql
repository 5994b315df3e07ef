-- set_hours, set_date_hours, block_dates, unblock_dates
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SELECT handle FROM timetap.add_host('hours-ana', time_zone => 'Europe/Paris');
SELECT id AS ana FROM timetap.hosts WHERE handle = 'hours-ana' \gset

CREATE VIEW pg_temp.rules AS
SELECT schedule, day_of_week AS day, string_agg(starts || '-' || ends, ' ' ORDER BY starts, ends) AS windows
FROM timetap.availability_rules r JOIN timetap.hosts h ON h.id = r.host_id
WHERE h.handle = 'hours-ana' GROUP BY 1, 2 ORDER BY 1, 2;
CREATE VIEW pg_temp.overrides AS
SELECT o.schedule, on_date, o.kind, starts, ends, reason
FROM timetap.date_overrides o JOIN timetap.hosts h ON h.id = o.host_id
WHERE h.handle = 'hours-ana' ORDER BY 1, 2, 3, 4;

-- weekly: the number of windows, and what is stored
SELECT timetap.set_hours('hours-ana', 'Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00');
SELECT * FROM pg_temp.rules;
-- replaces all; the host's id works as well as the handle
SELECT timetap.set_hours(:'ana', 'Fri 22:00-02:00; 0 0:00-24:00');
SELECT * FROM pg_temp.rules;
-- touching and overlapping windows of a day are one, over midnight too
SELECT timetap.set_hours('hours-ana', 'Mon 12:00-14:00,9:00-12:00,10:00-11:00; Tue 20:00-24:00,22:00-03:00; Wed 9:00-10:00,9:00-10:00');
SELECT * FROM pg_temp.rules;
-- unless one window could not say it: a day long and longer
SELECT timetap.set_hours('hours-ana', 'Mon 10:00-24:00,20:00-12:00; Tue 10:00-22:00,22:00-10:00; Wed 0:00-12:00,12:00-24:00');
SELECT * FROM pg_temp.rules;
-- schedules are apart; NULL is the default one
SELECT timetap.set_hours('hours-ana', 'Mon 8:00-9:00', 'summer'), timetap.set_hours('hours-ana', 'Tue 8:00-9:00', NULL);
SELECT * FROM pg_temp.rules;
-- none
SELECT timetap.set_hours('hours-ana', ''), timetap.set_hours('hours-ana', ' ', 'summer');
SELECT * FROM pg_temp.rules;

-- refused, saying where; what was there stays
SELECT timetap.set_hours('hours-ana', 'Mon 9:00-17:00');
SELECT timetap.set_hours('hours-ana', 'Mon-Fri 09:00-12:00; Sonday 10:00-12:00');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-');
SELECT timetap.set_hours('hours-ana', 'Mon 9-17');
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-25:00');
SELECT timetap.set_hours('hours-ana', 'Mon 24:00-02:00');
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-09:00');
SELECT timetap.set_hours('hours-ana', '09:00-17:00');
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-12:00 13:00-14:00');
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-12:00; Dé 9:00-12:00');
SELECT timetap.set_hours('hours-ana', 'Mon ' || repeat('9:00-10:00,', 1000) || '9:00-10:00');
SELECT timetap.set_hours('hours-ana', NULL);
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-12:00', 'Not a name');
SELECT timetap.set_hours('hours-ana', 'Mon 09:00-12:00', '*');
SELECT timetap.set_hours('hours-nobody', 'Mon 09:00-12:00');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.set_hours('00000000-0000-0000-0000-000000000000', 'Mon 09:00-12:00');
SELECT timetap.set_hours(E'x''; DROP TABLE timetap.hosts; --', 'Mon 09:00-12:00');
SELECT timetap.set_hours(NULL, 'Mon 09:00-12:00');
SELECT * FROM pg_temp.rules;

-- one date: other hours, none, the weekly ones again
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', '10:00-14:00,15:00-16:00');
SELECT timetap.set_date_hours('hours-ana', '2030-12-31', '');
SELECT timetap.set_date_hours('hours-ana', '2030-12-31', '22:00-04:00,23:00-24:00', 'summer');
SELECT * FROM pg_temp.overrides;
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', '11:00-12:00');
SELECT timetap.set_date_hours('hours-ana', '2030-12-31', NULL);
SELECT timetap.set_date_hours('hours-ana', '2030-12-31', '', 'summer');
SELECT timetap.set_date_hours('hours-ana', '2030-12-31', '', 'summer');
SELECT * FROM pg_temp.overrides;
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', 'Mon 10:00-14:00');
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', '10:00-14:00; 15:00-16:00');
SELECT timetap.set_date_hours('hours-ana', NULL, '10:00-14:00');
SELECT timetap.set_date_hours('hours-ana', 'infinity', '10:00-14:00');
SELECT timetap.set_date_hours('hours-ana', '1899-12-31', '10:00-14:00');
SELECT timetap.set_date_hours('hours-ana', '2200-01-01', '10:00-14:00');
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', '10:00-14:00', '');
SELECT timetap.set_date_hours('hours-nobody', '2030-12-24', NULL);

-- blocks: beside the hours of the date, once for all schedules
SELECT timetap.block_dates('hours-ana', '2030-12-24', '2030-12-26', 'Christmas');
SELECT * FROM pg_temp.overrides;
-- again, further, with a new reason: only the new dates count
SELECT timetap.block_dates('hours-ana', '2030-12-25', '2030-12-27', 'Holidays');
-- without a reason the old one stays
SELECT timetap.block_dates('hours-ana', '2030-12-24', '2030-12-27');
-- other hours for a blocked date leave the block alone
SELECT timetap.set_date_hours('hours-ana', '2030-12-24', '12:00-13:00');
SELECT * FROM pg_temp.overrides;
-- unblocking gives the hours back
SELECT timetap.unblock_dates('hours-ana', '2030-12-24');
SELECT timetap.unblock_dates('hours-ana', '2030-12-24', '2031-12-24');
SELECT timetap.unblock_dates('hours-ana', '2030-12-24', '2031-12-24');
SELECT * FROM pg_temp.overrides;
-- the longest stretch, with a leap day and the range's own ends
SELECT timetap.block_dates('hours-ana', '2180-01-01', date '2180-01-01' + 3659);
SELECT timetap.block_dates('hours-ana', '1900-01-01'), timetap.block_dates('hours-ana', '2199-12-31');
SELECT count(*), min(on_date), max(on_date) FROM pg_temp.overrides WHERE kind = 'blocked';
SELECT timetap.unblock_dates('hours-ana', '2180-01-01', date '2180-01-01' + 3659);
SELECT timetap.block_dates('hours-ana', '2030-01-01', date '2030-01-01' + 3660);
SELECT timetap.unblock_dates('hours-ana', '1900-01-01', '2199-12-31');
SELECT timetap.block_dates('hours-ana', '2030-12-26', '2030-12-24');
SELECT timetap.unblock_dates('hours-ana', '2030-12-26', '2030-12-24');
SELECT timetap.block_dates('hours-ana', NULL);
SELECT timetap.block_dates('hours-ana', '-infinity', 'infinity');
SELECT timetap.block_dates('hours-ana', '2030-12-24', 'infinity');
SELECT timetap.block_dates('hours-ana', '2030-12-24', '5874897-12-31');
SELECT timetap.block_dates('hours-ana', '2030-12-24', NULL, repeat('x', 1001));
SELECT timetap.block_dates('hours-nobody', '2030-12-24');
SELECT timetap.unblock_dates(NULL, '2030-12-24');

-- in one statement: what it wrote before is seen
SELECT (timetap.add_host('hours-bo', time_zone => 'UTC')).handle, timetap.set_hours('hours-bo', 'Mon 9:00-10:00'),
	timetap.set_hours('hours-bo', 'Tue 9:00-10:00'), timetap.block_dates('hours-bo', '2030-01-01'), timetap.unblock_dates('hours-bo', '2030-01-01');
SELECT day_of_week, starts, ends FROM timetap.availability_rules r JOIN timetap.hosts h ON h.id = r.host_id WHERE h.handle = 'hours-bo';

DROP VIEW pg_temp.rules, pg_temp.overrides;
DELETE FROM timetap.hosts WHERE handle LIKE 'hours-%';
SELECT count(*) FROM timetap.availability_rules r WHERE host_id = :'ana';
