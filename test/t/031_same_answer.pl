# A day's slots are the same whatever range a query asks for, whoever looks,
# and whatever the session's settings: of random hosts, all slots of four
# months are read once, and then in pieces, cut anywhere or at somebody's
# midnights, by dates, n by n and as a pool, with other settings each time.
#
# TIMETAP_SEED=n runs the same cases again, TIMETAP_CASES=n so many of them.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TIMETAP_SEED} // time;
my $cases = $ENV{TIMETAP_CASES} // 8000;
my $hosts = 60;
note("seed $seed, $cases cases");

my $node = PostgreSQL::Test::Cluster->new('same_answer');
$node->init;
$node->append_conf('postgresql.conf', "timetap.now = '2030-03-01 10:07:03+00'\nclient_min_messages = warning\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION timetap CASCADE;

CREATE FUNCTION now_() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT current_setting('timetap.now')::timestamptz $$;

CREATE FUNCTION one_of(VARIADIC of text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT of[1 + floor(random() * cardinality(of))::int] $$;
CREATE FUNCTION up_to(n int) RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT floor(random() * (n + 1))::int $$;

-- Zones without clock changes, with those of an hour in spring or autumn, at
-- and around midnight, of half an hour and of two; three with odd offsets.
CREATE FUNCTION a_zone() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT one_of('UTC', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Marquesas', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe',
		'Africa/Cairo', 'America/Santiago', 'Asia/Beirut', 'America/Havana', 'Atlantic/Azores', 'Pacific/Chatham', 'Antarctica/Troll', 'Pacific/Auckland')
$$;

CREATE FUNCTION clock(quarter int) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT format('%s:%s', quarter / 4 % 24, lpad((quarter % 4 * 15)::text, 2, '0')) $$;

-- One or two windows, the second perhaps over midnight.
CREATE FUNCTION windows() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	a int := up_to(50);
	b int := a + 1 + up_to(40);
	c int := b + up_to(40);
BEGIN
	RETURN clock(a) || '-' || clock(b) || CASE WHEN c < 95 AND random() < 0.5 THEN ',' || clock(c) || '-' || clock(c + 1 + up_to(30)) ELSE '' END;
END $$;

CREATE FUNCTION weekly_hours() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	hours text := '';
	day text;
BEGIN
	-- a grid that never ends, or nearly so
	IF random() < 0.25 THEN
		RETURN one_of('Mon-Sun 00:00-24:00', 'Mon-Sun 12:00-11:45', 'Mon-Sun 22:00-10:00,10:00-22:00', 'Sun-Fri 0:00-24:00', 'Mon-Sun 0:00-23:00');
	END IF;
	FOREACH day IN ARRAY '{Sun,Mon,Tue,Wed,Thu,Fri,Sat}'::text[] LOOP
		hours := hours || CASE WHEN random() < 0.8 THEN day || ' ' || windows() || ';' ELSE '' END;
	END LOOP;
	RETURN hours;
END $$;

CREATE FUNCTION add_random_host(handle text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	address text := handle || '/call';
	zone text := a_zone();
	today date := (now_() AT TIME ZONE zone)::date;
	at timestamptz;
BEGIN
	PERFORM timetap.add_host(handle, time_zone => zone);
	PERFORM timetap.set_hours(handle, weekly_hours());
	FOR i IN 1 .. up_to(6) LOOP
		PERFORM timetap.set_date_hours(handle, today + up_to(100), CASE WHEN random() < 0.2 THEN '' ELSE windows() END);
		PERFORM timetap.block_dates(handle, d, d + up_to(4)) FROM (SELECT today + up_to(100) AS d) r;
	END LOOP;
	PERFORM timetap.add_event_type(address, duration => one_of('15 min', '30 min', '45 min', '60 min', '90 min', '300 min')::interval,
		slot_interval => one_of('15 min', '20 min', '30 min', '45 min', '75 min', '180 min', '1000 min')::interval,
		buffer_before => one_of('0', '0', '10 min', '60 min')::interval, buffer_after => one_of('0', '0', '15 min', '90 min')::interval,
		min_notice => one_of('0', '2 hours', '3 days')::interval, horizon => one_of('60 days', '1000 hours', NULL, NULL)::interval,
		align => one_of('window', 'gap', 'gap', 'clock'), start_offset => one_of('0', '0', '0', '10 min', '25 min')::interval,
		bookable_until => CASE WHEN random() < 0.2 THEN today + 70 + up_to(40) END);
	IF random() < 0.5 THEN
		PERFORM timetap.set_limits(address, per_day => one_of('1', '2', NULL)::int, per_week => one_of('2', '5', NULL)::int,
			minutes_per_month => one_of('180', '600', NULL)::int);
	END IF;
	FOR i IN 1 .. up_to(12) LOOP
		at := now_() + up_to(150000) * interval '1 min';
		PERFORM timetap.add_busy(handle, at, at + one_of('0', '10 min', '45 min', '3 hours', '24 hours', '6 days')::interval);
	END LOOP;
	PERFORM timetap.try_book(address, s.starts_at, 'guest@example.org')
	FROM (SELECT s.starts_at FROM timetap.slots(address, now_(), now_() + interval '110 days') s ORDER BY random() LIMIT up_to(40)) s;
END $$;

-- All slots of four months, each host's read at once.
CREATE TABLE whole (host text, zone text, starts_at timestamptz, ends_at timestamptz, local timestamp, PRIMARY KEY (host, starts_at));

CREATE FUNCTION add_random_hosts(count int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	host text;
BEGIN
	FOR i IN 1 .. count LOOP
		host := 'host-' || i;
		PERFORM add_random_host(host);
		INSERT INTO whole SELECT host, h.time_zone, s.starts_at, s.ends_at, s.local_date + s.local_time
			FROM timetap.hosts h, timetap.slots(host || '/call', now_() - interval '5 days', now_() + interval '115 days') s WHERE h.handle = host;
	END LOOP;
END $$;

CREATE FUNCTION set_random_settings() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN concat_ws(', ',
		set_config('timezone', one_of('UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Europe/London', 'EST5EDT', '<ODD>+11:17', '-3.5'), false),
		set_config('datestyle', one_of('ISO', 'German, DMY', 'SQL, MDY', 'Postgres, YMD'), false),
		set_config('intervalstyle', one_of('postgres', 'sql_standard', 'iso_8601', 'postgres_verbose'), false));
END $$;

-- A time in the four months: a slot's start, a date's, or any.
CREATE FUNCTION a_time(wanted_host text) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	at timestamptz := now_() + (random() * 120 - 5) * interval '24 hours';
BEGIN
	RETURN CASE one_of('slot', 'date', 'any')
		WHEN 'slot' THEN coalesce((SELECT min(starts_at) FROM whole WHERE host = wanted_host AND starts_at >= at), at)
		WHEN 'date' THEN (SELECT date_trunc('day', at, time_zone) FROM timetap.hosts WHERE handle = wanted_host)
		ELSE at END;
END $$;

-- Where a range is cut: anywhere, or at each midnight of a zone.
CREATE FUNCTION cuts(wanted_host text, from_time timestamptz, until_time timestamptz, at_midnights_of text) RETURNS timestamptz[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	found timestamptz[];
BEGIN
	IF at_midnights_of IS NULL THEN
		found := ARRAY(SELECT a_time(wanted_host) FROM generate_series(1, up_to(5)));
	ELSE
		found := ARRAY(SELECT d AT TIME ZONE at_midnights_of FROM generate_series(date_trunc('day', from_time AT TIME ZONE at_midnights_of),
			until_time AT TIME ZONE at_midnights_of, interval '1 day') d);
	END IF;
	RETURN ARRAY(SELECT DISTINCT c FROM unnest(found || from_time || until_time) c WHERE c BETWEEN from_time AND until_time ORDER BY c);
END $$;

CREATE TYPE answer AS (starts timestamptz[], ends timestamptz[], locals timestamp[]);

CREATE FUNCTION in_pieces(address text, cuts timestamptz[], viewer text) RETURNS answer LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s.starts_at ORDER BY p, n), '{}'), coalesce(array_agg(s.ends_at ORDER BY p, n), '{}'),
		coalesce(array_agg(s.local_date + s.local_time ORDER BY p, n), '{}')
	FROM generate_series(1, cardinality(cuts) - 1) p,
		timetap.slots(address, cuts[p], cuts[p + 1], time_zone => viewer) WITH ORDINALITY s (starts_at, ends_at, local_date, local_time, seats_left, n)
$$;

-- Three times the next n, each from after the last.
CREATE FUNCTION n_by_n(address text, n int, from_time timestamptz, until_time timestamptz, viewer text) RETURNS answer LANGUAGE plpgsql STABLE AS $$
DECLARE
	part answer;
	found answer := ('{}', '{}', '{}');
BEGIN
	FOR i IN 1 .. 3 LOOP
		SELECT array_agg(starts_at), array_agg(ends_at), array_agg(local_date + local_time) INTO part
			FROM timetap.next_slots(address, n, from_time, until_time, time_zone => viewer);
		EXIT WHEN part.starts IS NULL;
		found.starts := found.starts || part.starts;
		found.ends := found.ends || part.ends;
		found.locals := found.locals || part.locals;
		from_time := part.starts[cardinality(part.starts)] + interval '1 us';
	END LOOP;
	RETURN found;
END $$;

-- By dates: all at once, or one by one, the grid's free starts.  The ends are not told by days().
CREATE FUNCTION by_days(address text, from_date date, to_date date, viewer text) RETURNS answer LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s ORDER BY s), '{}'), NULL::timestamptz[], coalesce(array_agg(d.day + t ORDER BY s), '{}')
	FROM timetap.days(address, from_date, to_date, time_zone => viewer) d, unnest(d.starts, d.times) u (s, t)
$$;

CREATE FUNCTION by_day_slots(address text, from_date date, to_date date, viewer text) RETURNS answer LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(s.starts_at ORDER BY d, n), '{}'), coalesce(array_agg(s.ends_at ORDER BY d, n), '{}'),
		coalesce(array_agg(from_date + d + s.local_time ORDER BY d, n), '{}')
	FROM generate_series(0, to_date - from_date) d,
		timetap.day_slots(address, from_date + d, time_zone => viewer) WITH ORDINALITY s (starts_at, ends_at, local_time, available, seats_left, code, n)
	WHERE s.available
$$;

-- A pool of one.
CREATE FUNCTION in_pool(address text, n int, from_time timestamptz, until_time timestamptz, viewer text) RETURNS answer LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(array_agg(starts_at), '{}'), coalesce(array_agg(ends_at), '{}'), coalesce(array_agg(local_date + local_time), '{}')
	FROM timetap.pool_slots(ARRAY[address], n, from_time, until_time, one_of('any', 'all'), time_zone => viewer)
$$;

CREATE FUNCTION expected(wanted_host text, from_time timestamptz, until_time timestamptz, most int, viewer text) RETURNS answer LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(w.starts_at ORDER BY w.starts_at), '{}'), coalesce(array_agg(w.ends_at ORDER BY w.starts_at), '{}'),
		coalesce(array_agg(CASE WHEN viewer IS NULL THEN w.local ELSE w.starts_at AT TIME ZONE viewer END ORDER BY w.starts_at), '{}')
	FROM (SELECT * FROM whole WHERE host = wanted_host AND starts_at >= from_time AND starts_at < until_time ORDER BY starts_at LIMIT most) w
$$;

CREATE TABLE counted (way text, slots int);

CREATE FUNCTION differences(cases int, hosts int) RETURNS SETOF text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	until_last timestamptz := now_() + interval '115 days';
	wanted_host text;
	address text;
	settings text;
	viewer text;
	home text;
	zone text;
	way text;
	cut timestamptz[];
	first date;
	last date;
	from_time timestamptz;
	until_time timestamptz;
	n int;
	most int;
	expected answer;
	got answer;
BEGIN
	FOR i IN 1 .. cases LOOP
		settings := set_random_settings();
		wanted_host := 'host-' || 1 + up_to(hosts - 1);
		address := wanted_host || '/call';
		viewer := CASE WHEN random() < 0.7 THEN a_zone() END;
		SELECT h.time_zone INTO home FROM timetap.hosts h WHERE h.handle = wanted_host;
		way := one_of('cuts', 'midnights', 'next', 'days', 'day_slots', 'pool');
		from_time := a_time(wanted_host);
		n := NULL;
		most := NULL;
		cut := NULL;
		IF way IN ('days', 'day_slots') THEN
			zone := coalesce(viewer, home);
			first := (from_time AT TIME ZONE zone)::date + 1;
			last := first + up_to(12);
			from_time := first::timestamp AT TIME ZONE zone;
			until_time := (last + 1)::timestamp AT TIME ZONE zone;
		ELSIF way = 'midnights' THEN
			until_time := from_time + (1 + up_to(14)) * interval '24 hours';
		ELSE
			until_time := a_time(wanted_host);
		END IF;
		CONTINUE WHEN until_time < from_time OR until_time > until_last;

		CASE way
			WHEN 'cuts' THEN
				cut := cuts(wanted_host, from_time, until_time, NULL);
				got := in_pieces(address, cut, viewer);
			WHEN 'midnights' THEN
				cut := cuts(wanted_host, from_time, until_time, coalesce(viewer, a_zone()));
				got := in_pieces(address, cut, viewer);
			WHEN 'next' THEN
				n := 1 + up_to(30);
				got := n_by_n(address, n, from_time, until_time, viewer);
				most := 3 * n;
			WHEN 'pool' THEN
				most := CASE WHEN random() < 0.5 THEN 1 + up_to(30) END;
				got := in_pool(address, most, from_time, until_time, viewer);
			WHEN 'days' THEN
				got := by_days(address, first, last, viewer);
			WHEN 'day_slots' THEN
				got := by_day_slots(address, first, last, viewer);
		END CASE;
		expected := expected(wanted_host, from_time, until_time, most, viewer);
		got.ends := coalesce(got.ends, expected.ends);
		INSERT INTO counted VALUES (way, cardinality(got.starts));
		IF got IS DISTINCT FROM expected THEN
			RETURN NEXT format('case %s: %s, %s, from %s until %s, at most %s, cut at %s, viewer in %s, settings %s: %s slots with %s, instead of %s with %s',
				i, address, way, from_time, until_time, most, cut, viewer, settings,
				cardinality(got.starts), ARRAY(SELECT unnest(got.starts) EXCEPT SELECT unnest(expected.starts) ORDER BY 1 LIMIT 5),
				cardinality(expected.starts), ARRAY(SELECT unnest(expected.starts) EXCEPT SELECT unnest(got.starts) ORDER BY 1 LIMIT 5));
		END IF;
	END LOOP;
END $$;
SQL

my ($code, $out, $err) = $node->psql('postgres', sprintf("SELECT setseed(%.9f);", $seed % 1_000_000_007 / 1_000_000_007)
	  . " SELECT add_random_hosts($hosts); VACUUM ANALYZE; SELECT differences($cases, $hosts)");
is($code, 0, 'every case ran') or diag($err);
my @differences = grep { /^case/ } split /\n/, $out;
is(scalar @differences, 0, 'every answer is part of the whole one') or diag(join "\n", @differences[ 0 .. ($#differences < 10 ? $#differences : 10) ]);

# and there was something to differ
my ($listed, $openers) = split /\|/, $node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT host) FROM whole');
note("$openers hosts with $listed slots");
cmp_ok($openers, '>', $hosts / 2, 'hosts with slots');
foreach my $way (qw(cuts midnights next days day_slots pool))
{
	my ($asked, $slots) = split /\|/, $node->safe_psql('postgres', "SELECT count(*), coalesce(sum(slots), 0) FROM counted WHERE way = '$way'");
	note("$way: $asked times, $slots slots");
	cmp_ok($asked, '>', $cases / 15, "asked by $way");
	cmp_ok($slots, '>', $cases, "slots by $way");
}

$node->stop;
done_testing();
