# Customers change their minds while the worker writes back: nobody waits for
# the other in a circle, and in the end the calendar has what is booked.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";
use PostgreSQL::Test::Utils;
use Test::More;
use TimetapTest;

my $test = TimetapTest->start('contention', 'deadlock_timeout = 50ms');
my $node = $test->node;
$test->add_host($_) for qw(ana eva joe);

# A customer books, moves, cancels, or leaves it; what is refused is refused.
# Each step is a transaction of its own, as the worker works between them.
$test->sql(q{
	CREATE TABLE refusals (code text);
	CREATE PROCEDURE customer(n int) LANGUAGE plpgsql AS $$
	DECLARE
		event_type text := (ARRAY['ana/intro', 'eva/intro', 'joe/intro'])[1 + n % 3];
		tomorrow timestamptz := date_trunc('day', now(), 'UTC') + interval '36 hours';
		mine uuid;
	BEGIN
		SELECT booking INTO mine FROM timetap.try_book(event_type, tomorrow + (random() * 200)::int * interval '30 min', 'c@example.org');
		COMMIT;
		FOR step IN 1 .. 3 LOOP
			BEGIN
				IF mine IS NULL OR random() < 0.3 THEN
					CONTINUE;
				ELSIF random() < 0.7 THEN
					PERFORM timetap.reschedule(mine, tomorrow + (random() * 200)::int * interval '30 min');
				ELSE
					PERFORM timetap.cancel(mine);
				END IF;
			EXCEPTION WHEN SQLSTATE 'PT409' THEN
				INSERT INTO refusals VALUES (SQLERRM);
			END;
			COMMIT;
		END LOOP;
	END $$;
});

$test->settings(latency => 0.005);
my $script = "$test->{dir}/customer.sql";
append_to_file($script, "\\set n random(1, 1000000)\nCALL customer(:n);\n");
$node->command_ok([ 'pgbench', '-n', '-c', '6', '-t', '60', '-f', $script, 'postgres' ],
	'no customer met an error');
$test->wait_synced;

is($test->sql("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"), '0', 'no deadlock');
unlike(slurp_file($node->logfile), qr/deadlock detected|lock timeout/, 'nor a lock waited for too long');
cmp_ok($test->sql("SELECT count(*) FROM timetap.bookings WHERE status = 'cancelled'"), '>', 0, 'some were cancelled');
cmp_ok($test->sql("SELECT count(*) FROM timetap.booking_events WHERE what = 'rescheduled'"), '>', 0, 'some were moved');

my %live = map { $_->{id} => $_->{start}{dateTime} } $test->live_events;
my $times = join ', ', map { "('$_', '$live{$_}'::timestamptz)" } keys %live;
my $confirmed = $test->sql("SELECT count(*) FROM timetap.bookings WHERE status = 'confirmed'");
is(scalar keys %live, $confirmed, 'as many events as confirmed bookings');
is($test->sql("SELECT count(*) FROM timetap.bookings b JOIN (VALUES $times) AS t (id, at) ON b.google_event_id = t.id"
		  . " WHERE b.status = 'confirmed' AND b.sync_state = 'synced' AND b.starts_at = t.at"),
	$confirmed, 'each at its booking\'s time');

$test->check_manners;
$test->check_one_at_a_time;
$test->stop;
done_testing();
