# shellcheck shell=bash
#
# timetap beside the SQL that one would write instead, in a server of its own.

bench()
{
	local status=0

	case "$*" in
		"" | quick) ;;
		*) die "bench takes no other argument than quick" ;;
	esac
	install_packages
	build
	make_work bench "$@"
	compile_bench "$work/programs"
	bench_settings | start_server "$work"
	PGHOST=$work PGUSER=postgres python3 bench/bench.py "$work/programs" "$@" || status=$?
	return $status
}

compile_bench()
{
	local program

	mkdir "$1"
	for program in slotbench bookbench
	do
		gcc -std=gnu99 -O2 -Wall -pthread -I"$("$pg_config" --includedir)" \
			-o "$1/$program" "bench/$program.c" bench/statement_file.c -lpq
	done
}

# A server as one would set it up, but for what would disturb the clock:
# autovacuum (the data is vacuumed before it is measured), checkpoints and jit.
bench_settings()
{
	local quarter

	quarter=$(awk '/^MemTotal:/ { print int($2 / 1024 / 4) }' /proc/meminfo)
	cat <<-SETTINGS
		shared_buffers = $((quarter < 3072 ? quarter : 3072))MB
		max_wal_size = 16GB
		checkpoint_timeout = 1h
		autovacuum = off
		jit = off
		max_connections = 100
		timetap.now = '2026-02-01 00:00+00'
	SETTINGS
}
