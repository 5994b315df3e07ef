# shellcheck shell=bash
#
# The private directory that a verb works in, and the user it works as.

# The directory's name is short, for a socket's path may have 107 characters.
work_base()
{
	local base=${TMPDIR:-/tmp}

	if [ ${#base} -gt 40 ] || { [ "$(id -u)" -eq 0 ] && ! as_postgres test -w "$base" -a -x "$base"; }
	then
		base=/tmp
	fi
	echo "$base"
}

# Sets $work, which is removed when this process ends, whatever ends it.
make_work()
{
	if [ -n "${TIMETAP_WORK:-}" ]
	then
		work=$TIMETAP_WORK
		unset TIMETAP_WORK
	else
		work=$(mktemp -d "$(work_base)/timetap-XXXXXX")
	fi
	trap leave_work EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	leave_root "$@"
	mkdir -p "$work/tmp"
	# PG* settings of the caller's are about other servers
	unset PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGOPTIONS PGDATA PGSSLMODE PGPASSFILE
	export TMPDIR=$work/tmp HOME=$work LC_ALL=C.UTF-8
	PATH=$("$pg_config" --bindir):$PATH
}

leave_work()
{
	local status=$?

	trap - EXIT
	trap '' INT TERM HUP
	stop_servers "$work"
	rm -rf "$work"
	exit $status
}

# Root goes on as postgres with the verb and arguments it was called with, in
# a copy of the tree: the checkout may lie where postgres cannot read.
leave_root()
{
	[ "$(id -u)" -eq 0 ] || return 0
	mkdir "$work/tree"
	tar -cf - --exclude=./.git --exclude=./build/lint --exclude=./build/kept . | tar -xf - -C "$work/tree" --no-same-owner
	chown -R postgres: "$work"
	export TIMETAP_WORK=$work
	as_postgres_instead "$work/tree/run" "$@"
}

# setpriv and not runuser or su: no process stays between us and the signals
# meant for the command.
as_postgres()
{
	setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
}

as_postgres_instead()
{
	exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
}
