
=pod

=head1 NAME

TimetapTest - a server with timetap, connected to a simulated Google Calendar

=head1 SYNOPSIS

  my $test = TimetapTest->start('sync', 'timetap.retry_base = 10ms');
  $test->add_host('ana');
  my $booking = $test->book('ana/intro', 1);
  $test->wait_synced;
  is(scalar $test->live_events, 1, 'one event');
  $test->stop;

=cut

package TimetapTest;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IPC::Open2 qw(open2);
use IPC::Run ();
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $test_dir = dirname(dirname(abs_path(__FILE__)));
my $json = JSON::PP->new->canonical->allow_nonref;

# Start both, with timetap in the database postgres.
sub start
{
	my ($class, $name, @settings) = @_;
	my $self = bless { name => $name, dir => PostgreSQL::Test::Utils::tempdir_short(), sessions => [] },
	  $class;

	$self->start_fake;
	$self->make_key_file("$self->{dir}/key");
	$self->{node} = PostgreSQL::Test::Cluster->new($name);
	$self->{node}->init(allows_streaming => 1);
	$self->{node}->append_conf('postgresql.conf', join("\n",
		"shared_preload_libraries = 'timetap'",
		"timetap.key_file = '$self->{dir}/key'",
		"timetap.ca_file = '$self->{fake_dir}/ca.pem'",
		"timetap.google_api_url = 'https://localhost:$self->{fake_port}/calendar/v3/'",
		"timetap.google_token_url = 'https://localhost:$self->{fake_port}/token'",
		"timetap.retry_base = 20ms",
		"timetap.retry_cap = 200ms",
		@settings, ''));
	$self->{node}->start;
	$self->sql('CREATE EXTENSION timetap CASCADE');
	$self->sql("SELECT timetap.google_configure('test-client.apps.googleusercontent.com', 'GOCSPX-test-secret')");
	return $self;
}

sub stop
{
	my ($self) = @_;

	$_->kill_kill for splice @{ $self->{sessions} };
	$self->{node}->stop('fast');
	close $self->{to_control};
	waitpid $self->{control_pid}, 0;
	close $self->{to_fake};
	waitpid $self->{fake_pid}, 0;
}

sub node { return $_[0]->{node} }

# The simulated calendar ends when this process does, for it then loses its
# standard input.
sub start_fake
{
	my ($self) = @_;
	my $from_fake;

	$self->{fake_dir} = "$self->{dir}/fake";
	$self->{fake_pid} = open2($from_fake, $self->{to_fake}, 'python3', "$test_dir/fake_google",
		'--dir', $self->{fake_dir}, '--exit-with-stdin');
	my $ready = <$from_fake>;
	($self->{fake_port}) = ($ready // '') =~ /^ready port=(\d+)/
	  or die "the simulated calendar did not start\n";
	$self->{control_pid} = open2($self->{from_control}, $self->{to_control}, 'python3',
		"$test_dir/lib/fake_control.py", $self->{fake_port}, "$self->{fake_dir}/ca.pem");
	$self->{to_control}->autoflush(1);
}

sub make_key_file
{
	my ($self, $path) = @_;

	open my $file, '>', $path or die "$path: $!";
	print $file unpack('H*', join '', map { chr int rand 256 } 1 .. 32), "\n";
	close $file;
	chmod 0600, $path;
}

# A control request to the simulated calendar; see its README.
sub control
{
	my ($self, $method, $path, $data) = @_;

	print { $self->{to_control} } $json->encode([ $method, $path, $data ]), "\n";
	my $line = readline $self->{from_control};
	die "the simulated calendar is gone\n" unless defined $line;
	my ($status, $answer) = @{ $json->decode($line) };
	die "control request $path: $status " . $json->encode($answer) . "\n" if $status != 200;
	return $answer;
}

sub fault { my ($self, @rules) = @_; return $self->control('POST', 'faults', \@rules) }
sub heal { return $_[0]->control('DELETE', 'faults') }
sub settings { my ($self, %settings) = @_; return $self->control('POST', 'settings', \%settings) }

# Requests so far, those of a name ("events.insert"), or tokens' ("/token").
sub requests
{
	my ($self, $which) = @_;
	my $filter = !defined $which ? '' : $which =~ m{^/} ? "?path=$which" : "?name=$which";

	return @{ $self->control('GET', "log$filter") };
}

sub forget_requests { return $_[0]->control('DELETE', 'log') }

sub events { return @{ $_[0]->control('GET', 'events?calendar=*') } }
sub live_events { return grep { !$_->{tombstone} } $_[0]->events }

sub sql
{
	my ($self, $sql, %options) = @_;

	return $self->{node}->safe_psql('postgres', $sql, %options);
}

# A session that stays open: a function that runs statements and returns what
# they print.
sub session
{
	my ($self) = @_;
	my ($in, $out) = ('', '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d',
			$self->{node}->connstr('postgres'), '-f', '-' ], \$in, \$out,
		IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default));

	push @{ $self->{sessions} }, $psql;
	return sub {
		my ($sql) = @_;

		$out = '';
		$in .= "$sql;\n\\echo done\n";
		$psql->pump until $out =~ s/^done\n\z//m;
		chomp $out;
		return $out;
	};
}

# Of the worker's process, as pg_stat_activity tells it.
sub worker
{
	my ($self, $column) = @_;

	return $self->sql("SELECT $column FROM pg_stat_activity WHERE backend_type = 'timetap worker'"
		  . ' AND datname = current_database()');
}

# A host that is open at all hours, with an event type "intro", and connected
# to a calendar of its own.
sub add_host
{
	my ($self, $handle, %options) = @_;

	$self->sql(qq{
		SELECT timetap.add_host('$handle', '$handle\@example.com', '\u$handle', 'Europe/Lisbon');
		SELECT timetap.set_hours('$handle', 'Mon-Sun 00:00-24:00');
		SELECT timetap.add_event_type('$handle/intro', 'Intro call', '30 min');
	});
	$self->connect_calendar($handle) unless $options{unconnected};
}

sub connect_calendar
{
	my ($self, $handle) = @_;

	$self->sql("SELECT timetap.google_connect('$handle', '1//0auto-$handle')");
}

# SQL for the n-th half hour from tomorrow noon on.
sub slot
{
	my ($self, $n) = @_;

	return "(date_trunc('day', now(), 'UTC') + interval '36 hours' + interval '30 min' * $n)";
}

# Book the n-th slot; returns the booking's id.
sub book
{
	my ($self, $event_type, $n, $email) = @_;

	$email //= 'bob@example.org';
	return $self->sql("SELECT id FROM timetap.book('$event_type', " . $self->slot($n) . ", '$email', 'Bob')");
}

# A column of a booking.
sub booking
{
	my ($self, $id, $column) = @_;

	return $self->sql("SELECT $column FROM timetap.bookings WHERE id = '$id'");
}

# Wait for a query to answer "t", or what is given.
sub wait_for
{
	my ($self, $query, $expected) = @_;

	return $self->{node}->poll_query_until('postgres', $query, $expected)
	  || die "timed out waiting for: $query\n";
}

# Change a setting of the server, and wait until it is in force.
sub set
{
	my ($self, $name, $value) = @_;

	$self->sql("ALTER SYSTEM SET $name = '$value'; SELECT pg_reload_conf()");
	return $self->wait_for("SELECT setting::text = '$value' OR current_setting(name) = '$value'"
		  . " FROM pg_settings WHERE name = '$name'");
}

sub reset
{
	my ($self, $name) = @_;

	return $self->sql("ALTER SYSTEM RESET $name; SELECT pg_reload_conf()");
}

# Wait until nothing is left to be done.
sub wait_synced
{
	my ($self) = @_;

	return $self->wait_for('SELECT count(*) = 0 FROM timetap.sync_queue');
}

# Wait for a condition in this process's hands.
sub wait_until
{
	my ($self, $condition, $what) = @_;

	for (1 .. 20 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return 1 if $condition->();
		usleep 50_000;
	}
	die "timed out waiting until $what\n";
}

# The simulated calendar notes whatever Google would not have liked.
sub check_manners
{
	my ($self) = @_;
	my $violations = $self->control('GET', 'violations');

	is_deeply($violations, [], 'Google has nothing to complain about') or diag $json->encode($violations);
}

# Not when workers died: what they sent may still be under way.
sub check_one_at_a_time
{
	my ($self) = @_;

	is_deeply($self->control('GET', 'stats')->{overlapping_writes}, [], 'one write at a time on each calendar');
}

1;
