#!/usr/bin/perl
#
# Runs the tests of every kind, two at a time, and counts them together.
#
#   harness.pl [unit] [regress [name..]] [isolation [name..]] [tap [part of a name..]] [fuzz] [fake] [demo]
#
# Everything speaks TAP: the unit tests and test/t do so by themselves,
# regress_tap.pl translates pg_regress, command_tap.pl makes one test of a
# command.  The environment is made by run.d/test.sh.  The last line of the
# output is "N passed, N failed".

use strict;
use warnings;

use File::Basename qw(basename);
use TAP::Harness;

my $longest_log = 60;    # lines
my $results = $ENV{TIMETAP_RESULTS} or die "TIMETAP_RESULTS is not set\n";

# Each kind gives a list of [name, command..], from the names asked for.
my %kinds = (
	unit => sub { map { [ 'unit ' . basename($_), $_ ] } glob "$ENV{TIMETAP_UNIT_TESTS}/*/*_test" },
	regress => sub { [ 'regress', $^X, 'run.d/regress_tap.pl', 'regress', @_ ] },
	isolation => sub { [ 'isolation', $^X, 'run.d/regress_tap.pl', 'isolation', @_ ] },
	tap => \&tap_files,
	fuzz => \&fuzz_targets,
	fake => sub { [ 'fake', $^X, 'run.d/command_tap.pl', 'python3', 'test/fake_google/selftest.py' ] },
	demo => sub { [ 'demo', $^X, 'run.d/command_tap.pl', './run', 'demo' ] },);

# The longest first: two processors are then busy to the end.
my @all = qw(tap regress isolation demo fake fuzz unit);

sub tap_files
{
	my @parts = @_;
	my @files = sort glob 'test/t/*.pl';

	@files = grep {
		my $name = basename($_);
		grep { index($name, $_) >= 0 } @parts
	} @files if @parts;
	return map { [ $_, $^X, $_ ] } @files;
}

# So many runs from a fixed seed are the same each time, and take two seconds.
sub fuzz_targets
{
	my %runs = (slot_core => 5_000, local_time => 6_000, hours_text => 100_000);
	my @tests;

	foreach my $target (map { basename($_) } glob 'test/fuzz/corpus/*')
	{
		# inputs that it finds must not get into the corpus
		my $findings = "$results/fuzz_$target";

		mkdir $findings;
		push @tests,
		  [ "fuzz $target", $^X, 'run.d/command_tap.pl', "$ENV{TIMETAP_FUZZ_TARGETS}/$target",
			split(/ /, $ENV{TIMETAP_FUZZ_OPTIONS}), '-seed=1', "-runs=" . ($runs{$target} // 5_000),
			"-artifact_prefix=$findings.", $findings, "test/fuzz/corpus/$target" ];
	}
	return @tests;
}

sub tests_asked_for
{
	my @words = @_ ? @_ : @all;
	my @tests;

	while (defined(my $kind = shift @words))
	{
		die "no such kind of test: $kind; there are: @all\n" unless $kinds{$kind};
		my @names;
		push @names, shift @words while @words && !$kinds{ $words[0] };
		my @found = $kinds{$kind}->(@names);
		die "no such test: $kind @names\n" unless @found;
		push @tests, @found;
	}
	return @tests;
}

# The end of what a failed TAP test wrote, and of what its servers did.
sub show_logs
{
	my ($name) = @_;
	my $base = basename($name, '.pl');

	for my $log (grep { -f } glob "$results/tmp_check/log/{regress_log_$base,${base}_*.log}")
	{
		open(my $file, '<', $log) or next;
		my @lines = grep { !/LOG:  statement: / } <$file>;
		splice @lines, 0, @lines - $longest_log if @lines > $longest_log;
		print "\n--- the end of ", basename($log), "\n", @lines;
	}
}

my @tests = tests_asked_for(@ARGV);
my %command = map { $_->[0] => [ @$_[ 1 .. $#$_ ] ] } @tests;
$ENV{TESTDIR} = $results;                              # PostgreSQL 15
$ENV{TESTDATADIR} = "$results/tmp_check";              # and later ones
$ENV{TESTLOGDIR} = "$results/tmp_check/log";

my $harness = TAP::Harness->new({
	jobs => 2,
	timer => 1,
	failures => 1,
	comments => 1,
	exec => sub { $command{ $_[1] } },
});
my $aggregate = $harness->runtests(map { $_->[0] } @tests);

# A program that died counts as a failure, also when its tests passed.
my $failed = $aggregate->failed;
for my $name ($aggregate->descriptions)
{
	my ($parser) = $aggregate->parsers($name);
	next unless $parser->has_problems;
	$failed++ unless $parser->failed;
	show_logs($name);
}
printf "%d passed, %d failed\n", scalar $aggregate->passed, $failed;
exit($failed ? 1 : 0);
