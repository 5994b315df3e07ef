#!/usr/bin/perl
#
# command_tap.pl COMMAND [argument..]
#
# One test in TAP: the command ends with status 0.  What it printed is shown
# if it does not.

use strict;
use warnings;

open(my $output, '-|', 'sh', '-c', 'exec "$@" 2>&1 </dev/null', 'sh', @ARGV)
  or die "cannot run $ARGV[0]: $!\n";
my @lines = <$output>;
my $passed = close $output;

print "1..1\n", $passed ? 'ok' : 'not ok', " 1 - @ARGV\n";
print STDERR map { "# $_" } @lines unless $passed;
exit($passed ? 0 : 1);
