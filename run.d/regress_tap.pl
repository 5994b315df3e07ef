#!/usr/bin/perl
#
# regress_tap.pl regress|isolation [name..]
#
# Runs pg_regress over sql/, or pg_isolation_regress over test/specs/, in a
# server of its own that preloads the staged extension, and tells the outcome
# in TAP: one test for each file.

use strict;
use warnings;

use File::Basename qw(basename);

my %kinds = (
	regress => {
		program => $ENV{PG_REGRESS},
		inputdir => '.',
		files => 'sql/*.sql',
	},
	isolation => {
		program => $ENV{PG_ISOLATION_REGRESS},
		inputdir => 'test',
		files => 'test/specs/*.spec',
	},);

my $longest_diff = 300;    # lines

my ($kind, @names) = @ARGV;
my $how = $kinds{$kind} or die "regress or isolation?\n";
my $outputdir = "$ENV{TIMETAP_RESULTS}/$kind";
mkdir $outputdir;

my @files = glob $how->{files};
@names = map { basename($_) =~ s/\.\w+$//r } sort @files unless @names;
print '1..' . @names . "\n";

my @command = (
	$how->{program}, "--inputdir=$how->{inputdir}", "--outputdir=$outputdir",
	"--temp-instance=$outputdir/instance", "--temp-config=$ENV{TEMP_CONFIG}",
	'--bindir=', '--encoding=UTF8', '--no-locale', @names);
open(my $output, '-|', 'sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh', @command)
  or die "cannot run $how->{program}: $!\n";

# "test NAME ... ok 12 ms" up to PostgreSQL 15, TAP from 16 on
my (%passed, @lines);
while (my $line = <$output>)
{
	push @lines, $line;
	$passed{$1} = $2 eq 'ok' if $line =~ /^test\s+(\S+)\s+\.\.\.\s+(ok|FAILED)/;
	$passed{$2} = $1 eq 'ok' if $line =~ /^(ok|not ok)\s+\d+\s+[-+]\s+(\S+)/;
}
close $output;
my $status = $?;

my $number = 0;
for my $name (@names)
{
	printf "%s %d - %s %s\n", $passed{$name} ? 'ok' : 'not ok', ++$number, $kind, $name;
}
exit 0 if $status == 0;

@lines = grep { !/^=====/ } @lines;
if (open(my $diffs, '<', "$outputdir/regression.diffs"))
{
	my @diff = <$diffs>;
	splice @diff, $longest_diff, @diff - $longest_diff, "...\n" if @diff > $longest_diff;
	push @lines, @diff;
}
print STDERR map { "# $_" } @lines;
exit 1;
