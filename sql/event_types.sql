-- add_event_type: defaults, bounds, and what this version does not take
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
RESET client_min_messages;
SELECT handle FROM timetap.add_host('types-ana', time_zone => 'UTC');
SELECT id AS ana FROM timetap.hosts WHERE handle = 'types-ana' \gset

-- the defaults, all of them
SELECT count(*) FROM timetap.add_event_type('types-ana/intro') WHERE host_id = :'ana';
SELECT key, value FROM timetap.event_types e, jsonb_each_text(to_jsonb(e) - 'id' - 'host_id' - 'created_at') WHERE host_id = :'ana' ORDER BY key;
-- nulls are the same, but for the horizon: none
SELECT horizon IS NULL AS without_end, to_jsonb(e) - 'id' - 'created_at' - 'slug' - 'title' - 'horizon' =
	(SELECT to_jsonb(i) - 'id' - 'created_at' - 'slug' - 'title' - 'horizon' FROM timetap.event_types i WHERE slug = 'intro') AS same
FROM timetap.add_event_type('types-ana/nulls', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL) e;
-- everything that can be given; the host by its id
SELECT slug, title, duration, slot_interval, buffer_before, buffer_after, min_notice, horizon, align, durations, start_offset,
	bookable_from, bookable_until, schedule, description, active, metadata
FROM timetap.add_event_type(:'ana' || '/full', title => 'Voller Umfang', duration => '45 min', slot_interval => '15 min',
	buffer_before => '5 min', buffer_after => '1 day', min_notice => '2 days 3 hours', horizon => '90 days', align => 'clock',
	durations => '{30 min,45 min,1 hour,60 min}', start_offset => '10 min', bookable_from => '2030-01-01',
	bookable_until => '2030-01-01', schedule => 'summer', description => E'Two\n\tlines', active => false, metadata => '{"a": [1]}') \gx
-- what a version to come takes may be said as long as it is the default
SELECT slug FROM timetap.add_event_type('types-ana/said', capacity => 1, requires_approval => false, assignment => 'single',
	location => 'meet', requires_login => false, reschedule_cutoff => '0 min', cancel_cutoff => '00:00', invite_via => 'calendar',
	hidden => false, options => '{}');
-- the slots take the duration as their interval, and a choice of durations has the usual one among them
SELECT slot_interval, durations FROM timetap.add_event_type('types-ana/short', duration => '20 min', durations => '{30 min,40 min}');
SELECT durations FROM timetap.add_event_type('types-ana/one', durations => '{}');

-- addresses
SELECT timetap.add_event_type(NULL);
SELECT timetap.add_event_type('intro');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_event_type('types-ana/');
SELECT timetap.add_event_type('types-ana/First Talk');
SELECT timetap.add_event_type('types-ana/intro/more');
SELECT timetap.add_event_type('types-ana/0f3c0d6e-9a55-4f0e-8c69-2d3a1f0e7b11');
SELECT timetap.add_event_type('types-nobody/intro');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_event_type('/intro');
SELECT timetap.add_event_type('types-ana/intro');
\echo :LAST_ERROR_SQLSTATE

-- durations and their kin
SELECT timetap.add_event_type('types-ana/x', duration => '60');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_event_type('types-ana/x', duration => '4 min 59.9 s');
SELECT timetap.add_event_type('types-ana/x', duration => '0');
SELECT timetap.add_event_type('types-ana/x', duration => '-1 hour');
SELECT timetap.add_event_type('types-ana/x', duration => '1 month');
SELECT timetap.add_event_type('types-ana/x', duration => '1 year -12 months 1 hour', durations => '{1 month}');
SELECT timetap.add_event_type('types-ana/x', duration => '366 days 1 s');
SELECT timetap.add_event_type('types-ana/x', duration => '2147483647 days');
SELECT timetap.add_event_type('types-ana/x', duration => '1 hour', slot_interval => '15');
SELECT timetap.add_event_type('types-ana/x', buffer_before => '-5 min');
SELECT timetap.add_event_type('types-ana/x', buffer_after => '10');
SELECT timetap.add_event_type('types-ana/x', buffer_after => '31 days');
SELECT timetap.add_event_type('types-ana/x', min_notice => '-1 s');
SELECT timetap.add_event_type('types-ana/x', min_notice => '1 month');
SELECT timetap.add_event_type('types-ana/x', min_notice => '36601 days');
SELECT timetap.add_event_type('types-ana/x', horizon => '0');
SELECT timetap.add_event_type('types-ana/x', horizon => '2 months');
SELECT timetap.add_event_type('types-ana/x', start_offset => '-1 min');
SELECT timetap.add_event_type('types-ana/x', durations => '{30 min,NULL}');
SELECT timetap.add_event_type('types-ana/x', durations => '{30 min,45}');
SELECT timetap.add_event_type('types-ana/x', durations => array_fill(interval '1 hour', '{101}'));
-- shorter ones are for whoever asks for them
SET timetap.min_duration = '1 s';
SELECT duration, slot_interval, buffer_before FROM timetap.add_event_type('types-ana/tiny', duration => '2 s', slot_interval => '1 s', buffer_before => '1 s');
SELECT timetap.add_event_type('types-ana/x', duration => '0.9 s');
RESET timetap.min_duration;
-- the largest there are
SELECT duration, slot_interval, buffer_before, buffer_after, min_notice, horizon, start_offset
FROM timetap.add_event_type('types-ana/large', duration => '366 days', buffer_before => '720 hours', buffer_after => '30 days',
	min_notice => '36600 days', horizon => '36600 days', start_offset => '366 days');

-- the others
SELECT timetap.add_event_type('types-ana/x', title => '');
SELECT timetap.add_event_type('types-ana/x', title => E'a\tb');
SELECT timetap.add_event_type('types-ana/x', title => repeat('x', 201));
SELECT timetap.add_event_type('types-ana/x', description => repeat('x', 8193));
SELECT timetap.add_event_type('types-ana/x', description => E'bell \007');
SELECT timetap.add_event_type('types-ana/x', align => 'left');
SELECT timetap.add_event_type('types-ana/x', schedule => 'Summer');
SELECT timetap.add_event_type('types-ana/x', bookable_from => '2030-01-02', bookable_until => '2030-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_event_type('types-ana/x', bookable_from => '-infinity');
SELECT timetap.add_event_type('types-ana/x', bookable_until => '2200-01-01');
SELECT timetap.add_event_type('types-ana/x', metadata => 'null');

-- not in this version, each by its name
SELECT timetap.add_event_type('types-ana/x', capacity => 2);
\echo :LAST_ERROR_SQLSTATE
SELECT timetap.add_event_type('types-ana/x', requires_approval => true);
SELECT timetap.add_event_type('types-ana/x', price => 10.50);
SELECT timetap.add_event_type('types-ana/x', currency => 'EUR');
SELECT timetap.add_event_type('types-ana/x', hosts => '{a,b}');
SELECT timetap.add_event_type('types-ana/x', assignment => 'round_robin');
SELECT timetap.add_event_type('types-ana/x', location => 'phone');
SELECT timetap.add_event_type('types-ana/x', location_detail => '+33 1 23 45 67 89');
SELECT timetap.add_event_type('types-ana/x', package => 'ten');
SELECT timetap.add_event_type('types-ana/x', questions => '[{"key": "q"}]');
SELECT timetap.add_event_type('types-ana/x', add_ons => '[{"key": "a"}]');
SELECT timetap.add_event_type('types-ana/x', requires_login => true);
SELECT timetap.add_event_type('types-ana/x', reschedule_cutoff => '1 day');
SELECT timetap.add_event_type('types-ana/x', cancel_cutoff => '1 day');
SELECT timetap.add_event_type('types-ana/x', pending_ttl => '1 day');
SELECT timetap.add_event_type('types-ana/x', calendar_id => 'primary');
SELECT timetap.add_event_type('types-ana/x', title_template => '{title}');
SELECT timetap.add_event_type('types-ana/x', description_template => '{title}');
SELECT timetap.add_event_type('types-ana/x', invite_via => 'mail');
SELECT timetap.add_event_type('types-ana/x', hidden => true);
SELECT timetap.add_event_type('types-ana/x', options => '{"color": 3}');

-- no refusal has left anything behind
SELECT count(*) FROM timetap.event_types WHERE slug = 'x';
-- the set-up verbs' surface as the contract has it
\pset format unaligned
SELECT proname, pg_get_function_arguments(oid) AS arguments FROM pg_proc
WHERE pronamespace = 'timetap'::regnamespace AND proname IN ('add_event_type', 'add_host', 'set_hours', 'set_date_hours', 'block_dates', 'unblock_dates', 'add_busy', 'remove_busy')
ORDER BY 1;
\pset format aligned

DELETE FROM timetap.hosts WHERE handle LIKE 'types-%';
