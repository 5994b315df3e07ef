# On a standby everything that reads works, and everything that writes says
# why it does not; after a promotion bookings go on.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "timetap.now = '2030-01-07 06:00+00'\ntimezone = 'UTC'\n");
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION timetap CASCADE;
CREATE ROLE caller;
GRANT USAGE ON SCHEMA timetap TO caller;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA timetap TO caller;
SELECT timetap.add_host('ana', time_zone => 'Europe/Berlin');
SELECT timetap.set_hours('ana', 'Mon-Fri 09:00-17:00');
SELECT timetap.add_event_type('ana/intro');
SQL
my ($id, $token) = split /\|/,
  $primary->safe_psql('postgres', "SELECT id, manage_token FROM timetap.book('ana/intro', '2030-01-07 08:00+00', 'ben\@example.org')");

$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('flush'));

my @reads = (
	"SELECT count(*), min(starts_at) FROM timetap.slots('ana/intro')",
	"SELECT starts_at FROM timetap.next_slots('ana/intro', 3)",
	"SELECT bookable, code FROM timetap.check_slot('ana/intro', '2030-01-07 08:00+00')",
	"SET ROLE caller; SELECT status, starts_at, local_time FROM timetap.get_booking('$id', '$token')",
	"SELECT coalesce(timetap.wait_for_link('$id'), 'none')",);
foreach my $read (@reads)
{
	my $answer = $primary->safe_psql('postgres', $read);
	isnt($answer, '', "primary: $read");
	is($standby->safe_psql('postgres', $read), $answer, 'the standby answers the same');
}

# refusals are the same, for they write nothing
is( $standby->safe_psql('postgres', "SELECT code FROM timetap.try_book('ana/intro', '2030-01-07 08:00+00', 'cy\@example.org')"),
	'slot_taken', 'a taken slot is refused');
my %writes = (
	book => "timetap.book('ana/intro', '2030-01-07 09:00+00', 'cy\@example.org')",
	cancel => "timetap.cancel('$id')",
	reschedule => "timetap.reschedule('$id', '2030-01-07 09:00+00')",);
foreach my $verb (sort keys %writes)
{
	my ($code, $out, $error) = $standby->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT status FROM $writes{$verb}");
	like($error, qr/ERROR:  25006/, "$verb: refused on a standby");
}

$standby->promote;
is($standby->safe_psql('postgres', "SELECT status FROM $writes{book}"), 'confirmed', 'booked after the promotion');
is($standby->safe_psql('postgres', "SELECT status FROM $writes{cancel}"), 'cancelled', 'and cancelled');
is($standby->safe_psql('postgres', "SET ROLE caller; SELECT status FROM timetap.get_booking('$id', '$token')"), 'cancelled', 'with the token of before');

$standby->stop;
$primary->stop;
done_testing();
