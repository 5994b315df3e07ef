# Many sessions that want the same time, at every isolation level: no two
# meetings overlap, nothing that could be booked is left over, and nobody gets
# another error than "taken" (at SERIALIZABLE also "try again").

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $sessions = 16;
my $starts = 50;
my $hosts = 16;
my @levels = ('read committed', 'repeatable read', 'serializable');

# Every line of the log begins with its SQLSTATE.  A deadlock would be broken,
# and told, at once.
my $node = PostgreSQL::Test::Cluster->new('race');
$node->init;
$node->append_conf('postgresql.conf', <<'SETTINGS');
max_connections = 50
max_pred_locks_per_transaction = 256
log_line_prefix = '%e: '
log_statement = none
log_min_error_statement = panic
deadlock_timeout = 20ms
timetap.now = '2030-01-07 00:00+00'
SETTINGS
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION timetap CASCADE');
my @address = ('-h', $node->host, '-p', $node->port);

# A host who is open for 25 and a half hours: 50 starts every half an hour for
# meetings of an hour, so that each overlaps its neighbours.
sub add_host
{
	my ($handle) = @_;

	$node->safe_psql('postgres', <<SQL);
SELECT timetap.add_host('$handle', time_zone => 'UTC');
SELECT timetap.set_hours('$handle', 'Mon 00:00-24:00; Tue 00:00-01:30');
SELECT timetap.add_event_type('$handle/intro', slot_interval => '30 min');
SELECT count(*) FROM timetap.slots('$handle/intro', '2030-01-07', '2030-01-09');
SQL
}

sub start_sql { return "timestamptz '2030-01-07 00:00+00' + $_[0] * interval '30 min'" }

# What must be true whatever happened: of hosts whose handle begins so.
sub check_consistent
{
	my ($like, $name) = @_;

	is($node->safe_psql('postgres', <<SQL), '0|0|0|0|0|0', "$name: meetings, bookings and history agree, none overlaps");
WITH host AS (SELECT id FROM timetap.hosts WHERE handle LIKE '$like%'),
b AS (SELECT * FROM timetap.bookings WHERE host_id IN (SELECT id FROM host)),
a AS (SELECT * FROM timetap.allocations WHERE host_id IN (SELECT id FROM host))
SELECT (SELECT count(*) FROM a x JOIN a y USING (host_id) WHERE x.meeting_id < y.meeting_id AND x.blocked && y.blocked),
	(SELECT count(*) FROM b x JOIN b y USING (host_id) WHERE x.id < y.id AND x.status = 'confirmed' AND y.status = 'confirmed'
		AND x.starts_at < y.ends_at AND y.starts_at < x.ends_at),
	(SELECT count(*) FROM b FULL JOIN a USING (host_id, meeting_id)
		WHERE a.meeting_id IS NULL AND b.status = 'confirmed' OR b.meeting_id IS NULL),
	(SELECT count(*) FROM b JOIN a USING (host_id, meeting_id)
		WHERE b.status <> 'confirmed' OR (b.starts_at, b.ends_at) IS DISTINCT FROM (a.starts_at, a.ends_at)),
	(SELECT count(*) FROM b WHERE version <> (SELECT count(*) FROM timetap.booking_events e WHERE e.booking_id = b.id)),
	(SELECT count(*) FROM b WHERE version <> (SELECT max(version) FROM timetap.booking_events e WHERE e.booking_id = b.id))
SQL
}

sub bookings { return $node->safe_psql('postgres', "SELECT count(*) FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id WHERE h.handle LIKE '$_[0]%'") }

# Nothing is free any more, and the wall has a stone for each booking.  Fifty
# starts hold 25 meetings at best and, with half an hour lost between any two,
# 17 at least.
sub check_full
{
	my ($handle, $name) = @_;
	my $booked = bookings($handle);

	is($node->safe_psql('postgres', "SELECT count(*) FROM timetap.slots('$handle/intro', '2030-01-07', '2030-01-09')"),
		0, "$name: nothing is free");
	cmp_ok($booked, '>=', 17, "$name: $booked bookings are enough");
	cmp_ok($booked, '<=', 25, "$name: and not too many");
}

sub script_file
{
	my ($name, $text) = @_;
	my $path = $node->basedir . "/$name.sql";

	open(my $file, '>', $path) or die "$path: $!\n";
	print $file $text;
	close $file;
	return $path;
}

# Each session goes through all the places, in an order of its own.
sub race_pgbench
{
	my ($level, $places, $sql) = @_;
	# counted on at the end: a transaction that is retried tries the same place
	my $script = script_file('pgbench', "\\set n (:client_id * 13 + :i * 7) % $places\n$sql\n\\set i :i + 1\n");
	my ($out, $err);

	local $ENV{PGOPTIONS} = '-c default_transaction_isolation=' . ($level =~ s/ /\\ /r);
	my $tries = $level eq 'serializable' ? 1000 : 1;
	my $ok = IPC::Run::run(
		[ 'pgbench', @address, '-n', '-c', $sessions, '-j', 2, '-t', $places, '-D', 'i=0',
			"--max-tries=$tries", '--failures-detailed', '-f', $script, 'postgres' ],
		'>', \$out, '2>', \$err);
	ok($ok, "$level: pgbench ends well") or diag($out, $err);
	my $all = $sessions * $places;
	like($out, qr{transactions actually processed: $all/$all$}m, "$level: all $all attempts were answered") or diag($out);
	like($out, qr/number of failed transactions: 0 /, "$level: none failed");
	my ($retried) = $out =~ /number of transactions retried: (\d+)/;
	note("$level: $retried transactions retried") if defined $retried;
	unlike($err, qr/ERROR/, "$level: no error");
}

# Run scripts in sessions at once; returns how often each SQLSTATE came, and
# the lines that were printed.  They all wait for a lock, so that none is done
# before the last has connected.
sub race_psql
{
	my ($level, @scripts) = @_;
	my (@runs, %states, @lines);
	my ($hold, $held) = ("SELECT 'held', pg_advisory_lock(1);\n", '');
	my $holder = IPC::Run::start([ 'psql', @address, '-XAtq', 'postgres' ], '<', \$hold, '>', \$held);

	$holder->pump until $held =~ /held/;
	local $ENV{PGOPTIONS} = '-c default_transaction_isolation=' . ($level =~ s/ /\\ /r);
	foreach my $script (@scripts)
	{
		my ($out, $err) = ('', '');
		my $file = script_file('session' . @runs,
			"\\set VERBOSITY sqlstate\nSELECT FROM pg_advisory_lock_shared(1);\n$script\n");

		push @runs, [ IPC::Run::start([ 'psql', @address, '-XAtq', '-f', $file, 'postgres' ],
			'<', \undef, '>', \$out, '2>', \$err), \$out, \$err ];
	}
	$node->poll_query_until('postgres',
		'SELECT count(*) = ' . @scripts . " FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
	  or die "not all sessions wait\n";
	$holder->finish;
	foreach my $run (@runs)
	{
		$run->[0]->finish or $states{ 'psql ended with ' . $run->[0]->result }++;
		push @lines, grep { $_ ne '' } split /\n/, ${ $run->[1] };
		foreach my $line (split /\n/, ${ $run->[2] })
		{
			$states{ $line =~ /^(?:psql:.*: )?ERROR:  (\w{5})$/ ? $1 : $line }++;
		}
	}
	return (\%states, @lines);
}

sub shuffled_starts
{
	my @order = 0 .. $starts - 1;

	foreach my $i (reverse 1 .. $#order)
	{
		my $j = int rand($i + 1);
		@order[ $i, $j ] = @order[ $j, $i ];
	}
	return @order;
}

sub only_states
{
	my ($states, $allowed, $name) = @_;
	my %others = %$states;

	delete @others{@$allowed};
	is_deeply(\%others, {}, "$name: no errors but @$allowed");
	note("$name: " . join ', ', map { "$_ $states->{$_} times" } sort keys %$states);
}

my $seed = $ENV{TIMETAP_SEED} // time;
srand $seed;
note("seed $seed: TIMETAP_SEED=$seed runs the same orders again");

foreach my $level (@levels)
{
	my $short = $level =~ s/ .*//r;
	my @allowed = ('PT409', $level eq 'serializable' ? '40001' : ());

	# try_book: one host ...
	add_host("try-$short");
	race_pgbench($level, $starts,
		"SELECT ok FROM timetap.try_book('try-$short/intro', " . start_sql(':n') . ", 'c:client_id\@example.org');");
	check_consistent("try-$short", "try_book, $level");
	check_full("try-$short", "try_book, $level");

	# ... and as many as there are sessions, with five places each, all of which can be taken
	add_host("many-$short-$_") foreach 0 .. $hosts - 1;
	race_pgbench($level, 5 * $hosts,
		"SELECT ok FROM timetap.try_book('many-$short-' || :n / 5 || '/intro', " . start_sql('(:n % 5 * 2)') . ", 'c:client_id\@example.org');");
	check_consistent("many-$short", "try_book on $hosts hosts, $level");
	is(bookings("many-$short"), 5 * $hosts, "try_book on $hosts hosts, $level: all places are taken");

	# book, which raises
	add_host("book-$short");
	my @scripts = map {
		my $session = $_;
		join "\n", map { "SELECT status FROM timetap.book('book-$short/intro', " . start_sql($_) . ", 's$session\@example.org');" } shuffled_starts()
	} 1 .. $sessions;
	my ($states, @lines) = race_psql($level, @scripts);
	only_states($states, \@allowed, "book, $level");
	is(scalar(grep { $_ eq 'confirmed' } @lines), bookings("book-$short"), "book, $level: what was confirmed is there");
	is(@lines + eval { my $n = 0; $n += $_ foreach values %$states; $n }, $sessions * $starts, "book, $level: every call was answered");
	# what could not be serialized was not tried again above
	race_psql($level, $scripts[0]) if $states->{40001};
	check_consistent("book-$short", "book, $level");
	check_full("book-$short", "book, $level");

	# everything at once: booking, moving, cancelling, on a day that is half full
	add_host("mixed-$short");
	my $some = "(SELECT b.id FROM timetap.bookings b JOIN timetap.hosts h ON h.id = b.host_id"
	  . " WHERE h.handle = 'mixed-$short' AND b.status = 'confirmed' ORDER BY md5(b.id::text || '%s') LIMIT 1)";
	@scripts = map {
		my $session = $_;
		my @order = shuffled_starts();
		join "\n", map {
			my $n = $_;
			my $start = start_sql($order[$n]);
			my $one = sprintf $some, rand;
			$n % 5 == 4 ? "SELECT status FROM timetap.cancel($one);"
			  : $n % 5 > 1 ? "SELECT status FROM timetap.reschedule($one, $start);"
			  : "SELECT status FROM timetap.book('mixed-$short/intro', $start, 's$session\@example.org');"
		} 0 .. $#order
	} 1 .. $sessions;
	($states, @lines) = race_psql($level, @scripts);
	# PT404: there was nothing to change
	only_states($states, [ 'PT409', 'PT404', $level eq 'read committed' ? () : '40001' ], "mixed, $level");
	cmp_ok(scalar(grep { $_ eq 'cancelled' } @lines), '>', 0, "mixed, $level: some were cancelled");
	check_consistent("mixed-$short", "mixed, $level");
}

$node->stop;
my @log = split /\n/, slurp_file($node->logfile);
is(join("\n", grep { /^(?:40P01|23P01|XX)|deadlock|PANIC:/i } @log), '', 'no deadlock, exclusion violation or internal error in the log');
cmp_ok(scalar(grep { /^PT409/ } @log), '>', 0, 'the log does show SQLSTATEs');

done_testing();
