# The life of workers: who starts them, where, and who ends them.

use strict;
use warnings;

use File::Temp;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What must not take long; far more than it takes, far less than it would take
# to wait for something.
my $soon = "SET statement_timeout = '5s';";

sub start_node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init;
	$node->append_conf('postgresql.conf', "$_\n") foreach @settings;
	$node->start;
	return $node;
}

sub wait_for
{
	my ($node, $database, $query, $what) = @_;

	ok($node->poll_query_until($database, $query), $what);
}

sub wait_for_state
{
	my ($node, $database, $state, $what) = @_;

	wait_for($node, $database, "SELECT state = '$state' FROM timetap.worker_status()", $what);
}

sub databases_with_worker
{
	return "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_stat_activity"
	  . " WHERE backend_type = 'timetap worker'";
}

sub worker_pid
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, 'SELECT pid FROM timetap.worker_status()');
}

# SQLSTATE of an error, or '' for none
sub error_of
{
	my ($node, $database, $query) = @_;
	my ($code, $out, $error) = $node->psql($database, "\\set VERBOSITY sqlstate\n$query");

	return $error =~ /ERROR:\s+(\S{5})$/m ? $1 : $error;
}

# A commit that has work for the worker, and nothing else.
my $wake = 'SELECT timetap_private.wake_worker()';
my $create = 'SET client_min_messages = warning; CREATE EXTENSION timetap CASCADE';

my $node = start_node('preloaded');

# Databases are probed one after the other from the start on, and new ones
# when the extension is made.
wait_for($node, 'postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'timetap launcher'",
	'the launcher is there');
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('postgres', 'CREATE DATABASE "two, words"');
$node->safe_psql('shop', $create);
wait_for_state($node, 'shop', 'running', 'CREATE EXTENSION in a second database starts a worker');
is( $node->safe_psql('shop', "SELECT s.pid = a.pid AND s.database = 'shop' AND a.datname = 'shop' AND s.started_at < now()"
		  . " FROM timetap.worker_status() s, pg_stat_activity a WHERE a.backend_type = 'timetap worker'"),
	't', 'worker_status() tells of that process');
$node->safe_psql('two, words', $create);
wait_for_state($node, 'two, words', 'running', 'and in a third');
is($node->safe_psql('postgres', databases_with_worker()), 'shop two, words', 'no worker where there is no extension');

$node->restart;
wait_for_state($node, 'shop', 'running', 'a restart brings the workers back');
wait_for_state($node, 'two, words', 'running', 'all of them');
is($node->safe_psql('postgres', databases_with_worker()), 'shop two, words', 'and no others');

# A worker that is terminated comes back; so does the launcher, which then
# leaves the workers alone.
my $pid = worker_pid($node, 'shop');
$node->safe_psql('shop', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'shop', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'a terminated worker comes back');
$pid = worker_pid($node, 'shop');
my $launcher = $node->safe_psql('postgres',
	"SELECT pid FROM pg_stat_activity, pg_terminate_backend(pid) WHERE backend_type = 'timetap launcher'");
wait_for($node, 'postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'timetap launcher' AND pid <> $launcher",
	'a terminated launcher comes back');
is(worker_pid($node, 'shop'), $pid, 'and leaves the workers alone');
$node->safe_psql('shop', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'shop', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'the new launcher has a worker started again that the old one had started');

# Stopped is stopped, whatever is committed, until it is started.
is($node->safe_psql('shop', 'SELECT timetap.stop_worker()'), 't', 'stop_worker() stops it');
is($node->safe_psql('shop', 'SELECT pid, state FROM timetap.worker_status()'), '|stopped', 'it is stopped');
$node->safe_psql('shop', $wake);
$pid = worker_pid($node, 'two, words');
$node->safe_psql('two, words', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'two, words', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'the launcher has had its turn');
is($node->safe_psql('shop', 'SELECT pid, state FROM timetap.worker_status()'), '|stopped', 'it stays stopped');
is($node->safe_psql('shop', 'SELECT timetap.stop_worker()'), 'f', 'nothing more to stop');
is($node->safe_psql('shop', 'SELECT timetap.start_worker()'), 't', 'start_worker() starts it');
is($node->safe_psql('shop', 'SELECT state FROM timetap.worker_status()'), 'running', 'and waits for it');
is($node->safe_psql('shop', 'SELECT timetap.start_worker()'), 't', 'which it also says when it runs already');
$pid = worker_pid($node, 'shop');
$node->safe_psql('shop', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'shop', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'one that was started so comes back when terminated, too');

# The worker is in nobody's way but of those who want its own database.
$pid = worker_pid($node, 'shop');
$node->safe_psql('shop', "$soon DROP EXTENSION timetap");
is($node->safe_psql('shop', "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid"), 1,
	'the worker survives DROP EXTENSION');
$node->safe_psql('shop', $create);
wait_for_state($node, 'shop', 'running', 'and goes on when it is made again');
is(worker_pid($node, 'shop'), $pid, 'being the same');
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('postgres', "$soon DROP DATABASE other");
pass('DROP DATABASE of another database does not wait');
is(error_of($node, 'postgres', 'DROP DATABASE shop'), '55006', 'a database with a worker is not dropped');
$node->safe_psql('shop', 'SELECT timetap.stop_worker()');
is(error_of($node, 'postgres', 'DROP DATABASE shop'), '', 'without it is');

# timetap.databases, and timetap.worker_idle
$node->safe_psql('postgres', $create);
wait_for_state($node, 'postgres', 'running', 'a worker in another one');
$node->append_conf('postgresql.conf', q(timetap.databases = '"two, words"'));
$node->reload;
wait_for_state($node, 'postgres', 'not running', 'databases that are not named lose their worker');
$node->safe_psql('postgres', $wake);
$pid = worker_pid($node, 'two, words');
$node->safe_psql('two, words', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'two, words', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'a named one keeps its own');
is($node->safe_psql('postgres', databases_with_worker()), 'two, words', 'a commit does not bring the other one back');
$node->append_conf('postgresql.conf', "timetap.databases = ''\ntimetap.worker_idle = '1s'");
$node->reload;
wait_for($node, 'postgres', "SELECT started_at IS NULL AND wake_ups > 0 AND state = 'not running' FROM timetap.worker_status()",
	'a worker without work goes after timetap.worker_idle');
$node->append_conf('postgresql.conf', 'timetap.worker_idle = -1');
$node->reload;
$node->safe_psql('postgres', $wake);
wait_for_state($node, 'postgres', 'running', 'a commit brings it back');

my $began = time;
$node->stop('fast');
cmp_ok(time - $began, '<', 10, 'a fast shutdown does not wait');

# Without preloading
$node = start_node('unloaded', "shared_preload_libraries = ''");
$node->safe_psql('postgres', $create);
is($node->safe_psql('postgres', 'SELECT pid, database, state, in_flight FROM timetap.worker_status()'), '|postgres|not running|0',
	'worker_status() works without preloading');
is($node->safe_psql('postgres', 'SELECT timetap.stop_worker()'), 'f', 'nothing to stop');
is($node->safe_psql('postgres', 'SELECT timetap.start_worker()'), 't', 'a worker can be started');
$pid = worker_pid($node, 'postgres');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
wait_for($node, 'postgres', "SELECT state = 'running' AND pid <> $pid FROM timetap.worker_status()",
	'and comes back when terminated');
$node->restart;
is($node->safe_psql('postgres', 'SELECT pid, state FROM timetap.worker_status()'), '|not running', 'until the server is restarted');
is( error_of($node, 'postgres', "DROP EXTENSION timetap;\nBEGIN;\nCREATE EXTENSION timetap;\nSELECT timetap.start_worker();"),
	'PT503', 'a worker cannot start for an extension that nobody sees yet');
$node->stop;

# No process left
$node = start_node('full', 'max_worker_processes = 1', 'max_logical_replication_workers = 0');
$node->safe_psql('postgres', $create);
$node->wait_for_log(qr/WARNING: .*no process is left for a timetap worker\n.*HINT: .*max_worker_processes/);
pass('the launcher says that max_worker_processes is too low');
is(error_of($node, 'postgres', 'SELECT timetap.start_worker()'), 'PT503', 'and so does start_worker()');
$node->stop;

# The worker's library is not installed
my ($stage) = slurp_file($ENV{TEMP_CONFIG}) =~ /extension_destdir\s*=\s*'(.*)'/;
SKIP:
{
	skip 'the extension is not staged', 3 unless $stage;
	my $partial = File::Temp->newdir;
	system_or_bail('cp', '-r', "$stage/.", "$partial");
	my $libraries = `pg_config --pkglibdir` =~ s/\n//r;
	unlink "$partial$libraries/timetap_worker.so" or die "no worker's library to leave out: $!";
	$node = start_node('partial', "extension_destdir = '$partial'",
		"dynamic_library_path = '$partial$libraries:\$libdir'");
	$node->safe_psql('postgres', $create);
	wait_for_state($node, 'postgres', 'stopped', 'without the library there is no worker');
	$node->safe_psql('postgres', $wake);
	is(error_of($node, 'postgres', 'SELECT timetap.start_worker()'), 'PT503', 'nor can one be started');
	is(error_of($node, 'postgres', "SELECT timetap.google_configure('id', 'secret')"), '58P01', 'nor anything be sealed');
	$node->stop;
}

# A standby has none until it is promoted.
$node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 1);
$node->start;
$node->safe_psql('postgres', $create);
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pid, state FROM timetap.worker_status()'), '|not running', 'no worker on a standby');
is(error_of($standby, 'postgres', 'SELECT timetap.start_worker()'), 'PT503', 'and none can be started there');
$standby->promote;
wait_for_state($standby, 'postgres', 'running', 'one starts at promotion');
$standby->stop;
$node->stop;

done_testing();
