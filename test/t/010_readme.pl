# Every SQL example of README.md, run in order as it stands there.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $readme = slurp_file("$FindBin::RealBin/../../README.md");
my @examples = $readme =~ /^```sql\n(.*?)^```$/msg;
cmp_ok(scalar @examples, '>=', 3, 'README has examples');

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->start;

# one session: an example goes on where the one before it ended
my ($status, $output, $errors) = $node->psql('postgres', join('', @examples), on_error_stop => 1);
is($status, 0, 'all of them run') or diag($errors);
unlike($errors, qr/ERROR|WARNING/, 'without an error or warning');
like($output, qr/\|confirmed\|/, 'the first booking is made');
like($output, qr/^confirmed\|[^|]+\|2$/m, 'the attendee moves one');
like($output, qr/^cancelled$/m, 'and cancels it');

# Each setting that README names is there, and the other way round.
my %documented = map { $_ => 1 } $readme =~ /^\| `(timetap\.\w+)` \|/mg;
my %defined = map { $_ => 1 } split /\n/,
  $node->safe_psql('postgres', "LOAD 'timetap'; SELECT name FROM pg_settings WHERE name LIKE 'timetap.%'");
is_deeply([ sort keys %documented ], [ sort keys %defined ], 'the table of settings is complete');

# Each function that README names exists, and each that exists is named.
my ($table) = $readme =~ /^\| to \| call \|\n(.*?)\n\n/ms;
my %named = map { $_ => 1 } grep { $_ ne 'call' } $table =~ /`(\w+)`/g;
my %callable = map { $_ => 1 } split /\n/,
  $node->safe_psql('postgres', 'SELECT name FROM timetap_private.api_rights');
is_deeply([ sort keys %named ], [ sort keys %callable ], 'the table of calls is complete');

$node->stop;
done_testing();
