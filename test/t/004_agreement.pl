# What is offered can be booked, what is not offered cannot: on random hosts,
# slots(), next_slots(), check_slot(), book() and reschedule() must agree, and
# slots() with a plain SQL statement that works out the same another way.
#
# TIMETAP_SEED=n runs the same cases again, TIMETAP_CASES=n so many of them.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{TIMETAP_SEED} // time;
my $cases = $ENV{TIMETAP_CASES} // 200;
srand $seed;
note("seed $seed, $cases cases");

# Where the clock is changed in the days from then on, the plain statement is
# not asked: its borders would be the server's idea of such times.
my @plain_times = ([ 'UTC', '2030-01-08 05:10+00' ], [ 'Asia/Kathmandu', '2030-05-20 17:00+00' ], [ 'Europe/Berlin', '2030-01-10 12:34+00' ],
	[ 'America/New_York', '2030-07-03 23:59+00' ], [ 'Pacific/Auckland', '2030-01-30 11:00+00' ], [ 'Pacific/Kiritimati', '2030-02-27 00:00+00' ]);
my @changing_times = ([ 'Europe/Berlin', '2030-03-29 08:00+00' ], [ 'Europe/Berlin', '2030-10-25 20:00+00' ], [ 'America/New_York', '2030-03-08 12:00+00' ],
	[ 'America/New_York', '2030-11-01 12:00+00' ], [ 'Australia/Lord_Howe', '2030-04-05 00:00+00' ], [ 'Australia/Lord_Howe', '2030-10-04 00:00+00' ],
	[ 'Africa/Cairo', '2030-04-24 00:00+00' ], [ 'America/Santiago', '2030-09-06 00:00+00' ]);

sub one_of { return $_[ int rand @_ ] }
sub minutes { return one_of(@_) . ' min' }
sub clock { return sprintf '%02d:%02d', int $_[0] / 4, $_[0] % 4 * 15 }

# Windows of a day, in quarters of an hour; the last may run over midnight.
sub windows
{
	my @windows;
	my $at = int rand 60;

	foreach (1 .. 1 + int rand 3)
	{
		my $end = $at + 1 + int rand 28;
		push @windows, clock($at) . '-' . clock($end <= 96 ? $end : $end - 96);
		$at = $end + int rand 12;
		last if $at >= 95;
	}
	return join ',', @windows;
}

sub weekly_hours
{
	return 'Mon-Sun 00:00-24:00' if rand() < 0.05;
	return join '; ', map { rand() < 0.2 ? () : "$_ " . windows() } qw(Sun Mon Tue Wed Thu Fri Sat);
}

sub event_type_sql
{
	my ($address) = @_;

	return sprintf "PERFORM timetap.add_event_type('%s', duration => '%s', slot_interval => '%s', buffer_before => '%s', buffer_after => '%s',"
	  . " min_notice => '%s', horizon => %s, align => '%s', start_offset => '%s', durations => '{30 min,75 min}',"
	  . " bookable_from => %s, bookable_until => %s);\n",
	  $address, minutes(15, 30, 45, 60, 90, 120, 300), minutes(15, 20, 30, 45, 60, 75, 90), minutes(0, 0, 5, 15, 60), minutes(0, 0, 10, 30, 90),
	  one_of('0', '0', '2 hours', '1 day'), one_of("'2 days'", "'60 days'", "'40 hours'", 'NULL'), one_of(qw(window window gap clock)), minutes(0, 0, 0, 10, 25),
	  one_of('NULL', 'NULL', 'NULL', 'day + 1'), one_of('NULL', 'NULL', 'NULL', 'day + 2');
}

# A host with everything that takes or gives time, and the call that looks
# whether all agree about him.
sub case_sql
{
	my ($number) = @_;
	my $plain = rand() < 0.6;
	my ($zone, $now) = @{ one_of($plain ? @plain_times : @changing_times) };
	my $host = "host-$number";
	my $sql = "SET timetap.now = '$now';\nDO \$\$\nDECLARE\n\tday date := (timestamptz '$now' AT TIME ZONE '$zone')::date;\nBEGIN\n";

	$sql .= "PERFORM timetap.add_host('$host', time_zone => '$zone');\n";
	$sql .= "PERFORM timetap.set_hours('$host', '" . weekly_hours() . "');\n";
	$sql .= "PERFORM timetap.set_date_hours('$host', day + " . int(rand 5) . ", '" . one_of('', windows(), windows()) . "');\n" if rand() < 0.4;
	$sql .= "PERFORM timetap.block_dates('$host', day + " . int(rand 5) . ");\n" if rand() < 0.4;
	$sql .= event_type_sql("$host/$_") foreach qw(one two);
	foreach (1 .. int rand 4)
	{
		$sql .= sprintf "PERFORM timetap.add_busy('$host', timestamptz '$now' + '%d min', timestamptz '$now' + '%d min', transparent => %s);\n",
		  $_->[0], $_->[0] + $_->[1], one_of(qw(false false false true))
		  foreach [ int(rand 5000) - 600, one_of(0, 10, 30, 45, 120, 1440, 2000) ];
	}
	$sql .= "PERFORM fill('$host/one', $number, " . int(rand 5) . ");\nPERFORM fill('$host/two', $number, " . int(rand 5) . ");\n";
	$sql .= "PERFORM hold('$host/one', $number, interval '" . one_of('-1 min', '0', '1 min') . "');\n" if rand() < 0.5;
	return $sql . "END \$\$;\nSELECT $number, p FROM disagreements('$host', $number, " . ($plain ? 'true' : 'false') . ") p;\n";
}

my $node = PostgreSQL::Test::Cluster->new('agreement');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION timetap CASCADE;

CREATE FUNCTION now_() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT current_setting('timetap.now')::timestamptz $$;

-- Book some slots of an event type, a pick that depends on nothing but the case.
CREATE FUNCTION fill(address text, pick int, n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM timetap.try_book(address, s.starts_at, 'guest@example.org')
	FROM (SELECT s.starts_at FROM timetap.slots(address, now_() - interval '1 day', now_() + interval '5 days') s
		ORDER BY md5(s.starts_at::text || pick) LIMIT n) s;
END $$;

-- A hold over a free slot that expires then; one in the past takes no time.
CREATE FUNCTION hold(address text, pick int, expires interval) RETURNS void LANGUAGE sql AS $$
	WITH slot AS (SELECT s.starts_at, s.ends_at, e.* FROM timetap.slots(address, now_(), now_() + interval '4 days') s,
			timetap.event_types e JOIN timetap.hosts h ON h.id = e.host_id WHERE h.handle || '/' || e.slug = address
		ORDER BY md5(s.starts_at::text || pick) LIMIT 1),
	wall AS (INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked, expires_at)
		SELECT host_id, gen_random_uuid(), id, starts_at, ends_at, tstzrange(starts_at - buffer_before, ends_at + buffer_after), now_() + expires FROM slot RETURNING *)
	INSERT INTO timetap.bookings (host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at, status, expires_at)
		SELECT host_id, event_type_id, host_id, meeting_id, starts_at, ends_at, 'held', expires_at FROM wall
$$;

-- The same as slots() by multiranges; NULL where it cannot tell.
CREATE FUNCTION plain_slots(host_handle text, event_slug text, from_time timestamptz, until_time timestamptz, wanted interval) RETURNS timestamptz[] LANGUAGE plpgsql AS $$
DECLARE
	h timetap.hosts;
	e timetap.event_types;
	opened tstzmultirange;
	today date;
	step interval;
	answer timestamptz[];
BEGIN
	SELECT * INTO STRICT h FROM timetap.hosts WHERE handle = host_handle;
	SELECT * INTO STRICT e FROM timetap.event_types WHERE host_id = h.id AND slug = event_slug;
	today := (now_() AT TIME ZONE h.time_zone)::date;
	WITH days AS (SELECT d::date AS day FROM generate_series((from_time AT TIME ZONE h.time_zone)::date - 9, (until_time AT TIME ZONE h.time_zone)::date + 2, '1 day') d),
	windows AS (
		SELECT d.day, r.starts, r.ends FROM days d JOIN timetap.availability_rules r ON r.day_of_week = extract(dow FROM d.day)
		WHERE r.host_id = h.id AND NOT EXISTS (SELECT FROM timetap.date_overrides o WHERE o.host_id = h.id AND o.on_date = d.day AND o.kind <> 'blocked')
		UNION ALL
		SELECT o.on_date, o.starts, o.ends FROM timetap.date_overrides o WHERE o.host_id = h.id AND o.kind = 'hours')
	SELECT range_agg(tstzrange((day + starts) AT TIME ZONE h.time_zone, (day + ends + CASE WHEN ends <= starts THEN interval '1 day' ELSE '0' END) AT TIME ZONE h.time_zone))
			- coalesce((SELECT range_agg(tstzrange(on_date::timestamp AT TIME ZONE h.time_zone, (on_date + 1)::timestamp AT TIME ZONE h.time_zone))
				FROM timetap.date_overrides WHERE host_id = h.id AND kind = 'blocked'), '{}')
		INTO opened FROM windows;
	IF e.align = 'gap' OR EXISTS (SELECT FROM unnest(opened) w WHERE upper(w) - lower(w) > interval '4 days') THEN
		RETURN NULL;
	END IF;
	SELECT s INTO step FROM unnest('{60 min,30 min,20 min,15 min,10 min,5 min}'::interval[]) WITH ORDINALITY s (s, n)
		WHERE extract(epoch FROM e.slot_interval)::int % extract(epoch FROM s)::int = 0 ORDER BY n LIMIT 1;
	SELECT coalesce(array_agg(g ORDER BY g), '{}') INTO answer
	FROM unnest(coalesce(opened, '{}')) w,
		LATERAL (SELECT lower(w) + e.start_offset AS first) f,
		LATERAL (SELECT f.first AT TIME ZONE h.time_zone AS clock) c,
		LATERAL (SELECT CASE WHEN e.align = 'clock' AND date_bin(step, c.clock, '2000-01-01') <> c.clock
			THEN f.first + step - (c.clock - date_bin(step, c.clock, '2000-01-01')) ELSE f.first END AS anchor) a,
		generate_series(a.anchor, upper(w) - wanted, e.slot_interval) g
	WHERE g >= from_time AND g < until_time AND g >= now_() + e.min_notice
		AND (e.horizon IS NULL OR g < CASE WHEN e.horizon IN ('2 days', '60 days')
			THEN (today + extract(day FROM e.horizon)::int + 1)::timestamp AT TIME ZONE h.time_zone ELSE now_() + e.horizon END)
		AND (e.bookable_from IS NULL OR (g AT TIME ZONE h.time_zone)::date >= e.bookable_from)
		AND (e.bookable_until IS NULL OR (g AT TIME ZONE h.time_zone)::date <= e.bookable_until)
		AND NOT EXISTS (SELECT FROM timetap.allocations t WHERE t.host_id = h.id AND (t.expires_at IS NULL OR t.expires_at > now_())
			AND t.blocked && tstzrange(g - e.buffer_before, g + wanted + e.buffer_after))
		AND NOT EXISTS (SELECT FROM timetap.busy_times b WHERE b.host_id = h.id AND NOT b.transparent
			AND tstzrange(b.starts_at, b.ends_at) && tstzrange(g - e.buffer_before, g + wanted + e.buffer_after));
	RETURN answer;
END $$;

-- What book() makes of a start, undone: NULL for a booking, else the code; of
-- a taken one also the alternatives.
CREATE FUNCTION try(address text, start timestamptz, wanted interval, OUT code text, OUT alternatives timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM timetap.book(address, start, 'guest@example.org', duration => wanted);
	RAISE EXCEPTION USING errcode = 'TT000';
EXCEPTION
	WHEN SQLSTATE 'TT000' THEN NULL;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		code := coalesce(detail::jsonb ->> 'code', sqlstate);
		SELECT array_agg(a::timestamptz) INTO alternatives FROM jsonb_array_elements_text(detail::jsonb -> 'alternatives') a;
END $$;

CREATE FUNCTION try_move(booking uuid, start timestamptz, OUT code text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	PERFORM timetap.reschedule(booking, start);
	RAISE EXCEPTION USING errcode = 'TT000';
EXCEPTION
	WHEN SQLSTATE 'TT000' THEN NULL;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		code := coalesce(detail::jsonb ->> 'code', sqlstate);
END $$;

-- The slots as they would be without a booking.
CREATE FUNCTION slots_without(booking uuid, address text, from_time timestamptz, until_time timestamptz, wanted interval, OUT starts timestamptz[]) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM timetap.cancel(booking);
	starts := ARRAY(SELECT starts_at FROM timetap.slots(address, from_time, until_time, duration => wanted));
	RAISE EXCEPTION USING errcode = 'TT000';
EXCEPTION
	WHEN SQLSTATE 'TT000' THEN NULL;
END $$;

-- The starts there would be if nothing were taken.
CREATE FUNCTION grid(address text, from_time timestamptz, until_time timestamptz, wanted interval, OUT starts timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE
	host uuid := (SELECT id FROM timetap.hosts WHERE handle = split_part(address, '/', 1));
BEGIN
	DELETE FROM timetap.booking_events WHERE host_id = host;
	DELETE FROM timetap.bookings WHERE host_id = host;
	DELETE FROM timetap.allocations WHERE host_id = host;
	DELETE FROM timetap.busy_times WHERE host_id = host;
	starts := ARRAY(SELECT starts_at FROM timetap.slots(address, from_time, until_time, duration => wanted));
	RAISE EXCEPTION USING errcode = 'TT000';
EXCEPTION
	WHEN SQLSTATE 'TT000' THEN NULL;
END $$;

CREATE TABLE counted (host text, listed int, refused int, moved int, plain int);

CREATE FUNCTION disagreements(host_handle text, pick int, use_plain boolean) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	address text := host_handle || '/one';
	from_time timestamptz := now_() - interval '7 hours';
	until_time timestamptz := now_() + interval '4 days';
	middle timestamptz := now_() + (pick * 7919 % 5000) * interval '1 min';
	zone text := (SELECT time_zone FROM timetap.hosts WHERE handle = host_handle);
	wanted interval;
	listed timestamptz[];
	plain timestamptz[];
	other timestamptz[];
	start timestamptz;
	tried record;
	checked text;
	moving uuid;
	c counted := (host_handle, 0, 0, 0, 0);
BEGIN
	SELECT (ARRAY[duration, '30 min', '75 min'])[1 + pick % 3] INTO wanted FROM timetap.event_types e JOIN timetap.hosts h ON h.id = e.host_id
		WHERE h.handle = host_handle AND e.slug = 'one';
	listed := ARRAY(SELECT starts_at FROM timetap.slots(address, from_time, until_time, duration => wanted));
	c.listed := cardinality(listed);

	-- the query's range does not matter, next_slots gives the same
	other := ARRAY(SELECT starts_at FROM timetap.slots(address, from_time, middle, duration => wanted))
		|| ARRAY(SELECT starts_at FROM timetap.slots(address, middle, until_time, duration => wanted));
	IF other <> listed AND middle < until_time THEN
		RETURN NEXT format('slots() in two pieces at %s: %s and not %s', middle, other, listed);
	END IF;
	other := ARRAY(SELECT starts_at FROM timetap.next_slots(address, 5, from_time, until_time, duration => wanted));
	IF other <> listed[:5] THEN
		RETURN NEXT format('next_slots(): %s and not %s', other, listed[:5]);
	END IF;
	IF use_plain THEN
		plain := plain_slots(host_handle, 'one', from_time, until_time, wanted);
		c.plain := (plain IS NOT NULL)::int;
		IF plain <> listed THEN
			RETURN NEXT format('plain SQL: %s and not %s', plain, listed);
		END IF;
	END IF;

	-- some of what is listed, of what would be if nothing were taken, and of all times
	FOR start IN
		SELECT s FROM (SELECT s FROM unnest(listed) s ORDER BY md5(s::text || pick) LIMIT 8) a
		UNION SELECT s FROM (SELECT s FROM unnest(grid(address, from_time, until_time, wanted)) s
			WHERE s <> ALL (listed) ORDER BY md5(s::text || pick) LIMIT 20) b
		UNION SELECT s FROM (SELECT s FROM generate_series(date_trunc('hour', from_time), until_time - interval '1 us', '5 min') s
			WHERE s >= from_time ORDER BY md5(s::text || pick) LIMIT 10) c
	LOOP
		SELECT * INTO tried FROM try(address, start, wanted);
		SELECT CASE WHEN s.code IN ('held', 'busy', 'buffer') THEN 'slot_taken' ELSE s.code END INTO checked
			FROM timetap.check_slot(address, start, wanted) s;
		IF (tried.code IS NULL) <> (start = ANY (listed)) THEN
			RETURN NEXT format('book(%s, %s): %s, listed: %s', start, wanted, tried.code, start = ANY (listed));
		END IF;
		IF tried.code IS DISTINCT FROM checked THEN
			RETURN NEXT format('book(%s, %s): %s, check_slot: %s', start, wanted, tried.code, checked);
		END IF;
		c.refused := c.refused + (tried.code IS NOT NULL)::int;
		-- alternatives are the three nearest free slots of that local date
		IF tried.code = 'slot_taken' THEN
			other := ARRAY(SELECT a.at FROM (SELECT s.starts_at AS at FROM timetap.slots(address,
					(start AT TIME ZONE zone)::date::timestamp AT TIME ZONE zone, ((start AT TIME ZONE zone)::date + 1)::timestamp AT TIME ZONE zone, duration => wanted) s
				ORDER BY abs(extract(epoch FROM s.starts_at - start)), s.starts_at LIMIT 3) a ORDER BY a.at);
			IF coalesce(tried.alternatives, '{}') <> other THEN
				RETURN NEXT format('alternatives to %s: %s and not %s', start, tried.alternatives, other);
			END IF;
		END IF;
	END LOOP;

	-- a booking can be moved to just the slots that there are without it
	SELECT b.id INTO moving FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id JOIN timetap.event_types e ON e.id = b.event_type_id
		WHERE h.handle = host_handle AND e.slug = 'one' AND b.status = 'confirmed' ORDER BY b.starts_at LIMIT 1;
	IF FOUND THEN
		listed := slots_without(moving, address, from_time, until_time, NULL);
		FOR start IN
			SELECT s FROM (SELECT s FROM unnest(listed) s ORDER BY md5(s::text || pick) LIMIT 3) a
			UNION SELECT s FROM (SELECT s FROM generate_series(date_trunc('hour', from_time), until_time - interval '1 us', '15 min') s
				WHERE s >= from_time ORDER BY md5(s::text || pick) LIMIT 5) b
			UNION SELECT starts_at FROM timetap.bookings WHERE id = moving AND starts_at < until_time
		LOOP
			SELECT * INTO tried FROM try_move(moving, start);
			-- where it is it may stay, offered or not
			IF (tried.code IS NULL) <> (start = ANY (listed) OR start = (SELECT b.starts_at FROM timetap.bookings b WHERE b.id = moving)) THEN
				RETURN NEXT format('reschedule(%s): %s, listed: %s', start, tried.code, start = ANY (listed));
			END IF;
			c.moved := c.moved + (tried.code IS NULL)::int;
		END LOOP;
	END IF;
	INSERT INTO counted SELECT c.*;
END $$;
SQL

my $sql = join '', map { case_sql($_) } 1 .. $cases;
my ($code, $out, $err) = $node->psql('postgres', "SET client_min_messages = warning; SET timezone = 'UTC'; SET datestyle = ISO;\n$sql");
is($code, 0, 'every case ran') or diag($err);
my @disagreements = grep { /\|/ } split /\n/, $out;
is(scalar @disagreements, 0, 'all agree') or diag(join "\n", @disagreements[ 0 .. ($#disagreements < 20 ? $#disagreements : 20) ]);

# and there was something to disagree about
my ($hosts, $listed, $refused, $moved, $plain) = split /\|/, $node->safe_psql('postgres',
	'SELECT count(*), sum(listed), sum(refused), sum(moved), sum(plain) FROM counted');
note("$hosts hosts, $listed slots, $refused starts refused, $moved moves, $plain lists compared with plain SQL");
is($hosts, $cases, 'every host was looked at');
cmp_ok($listed, '>', 5 * $cases, 'slots');
cmp_ok($refused, '>', 5 * $cases, 'refusals');
cmp_ok($moved, '>', $cases / 4, 'moves');
cmp_ok($plain, '>', $cases / 4, 'comparisons');
is($node->safe_psql('postgres', "SELECT count(*) FROM timetap.booking_events WHERE what = 'rescheduled'"), 0, 'what was tried was undone');

$node->stop;
done_testing();
