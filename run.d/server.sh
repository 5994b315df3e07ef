# shellcheck shell=bash
#
# The private server and the simulated Google Calendar, in a directory given.

# start_server DIRECTORY < further settings
start_server()
{
	local directory=$1

	initdb --pgdata "$directory/data" --username postgres --auth trust --encoding UTF8 \
		--locale C.UTF-8 --no-sync >"$directory/initdb.log" 2>&1 ||
		die "initdb failed: $(tail -n 5 "$directory/initdb.log")"
	{
		# only the socket, in a directory that none but its owner can enter
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$directory'"
		stage_settings
		cat
	} >>"$directory/data/postgresql.conf"
	pg_ctl --pgdata "$directory/data" --log "$directory/server.log" --silent --wait start >&2 ||
		die "the server did not start: $(tail -n 20 "$directory/server.log")"
}

# The key that credentials are sealed with.
make_key_file()
{
	(umask 077 && openssl rand -hex 32 >"$1")
}

# Sets $fake_port.  The server of the simulated calendar is a session of its
# own, so that the Ctrl-C meant for a later command does not end a kept one.
start_fake()
{
	local directory=$1 ready

	mkdir "$directory"
	coproc FAKE { exec setsid python3 test/fake_google --dir "$directory" 2>"$directory/log" </dev/null; }
	echo "$FAKE_PID" >"$directory/pid"
	if ! read -r -t 60 -u "${FAKE[0]}" ready || [ "${ready#ready port=}" = "$ready" ]
	then
		die "the simulated calendar did not start: $(tail -n 5 "$directory/log")"
	fi
	fake_port=${ready#ready port=}
}

fake_settings()		# DIRECTORY
{
	cat <<-SETTINGS
		timetap.google_api_url = 'https://localhost:$fake_port/calendar/v3/'
		timetap.google_token_url = 'https://localhost:$fake_port/token'
		timetap.ca_file = '$1/ca.pem'
	SETTINGS
}

stop_servers()
{
	local directory=$1 pid

	if [ -f "$directory/data/postmaster.pid" ]
	then
		pg_ctl --pgdata "$directory/data" --mode fast --silent --wait stop >&2 ||
			pg_ctl --pgdata "$directory/data" --mode immediate --silent stop >&2 || true
	fi
	if pid=$(cat "$directory/fake/pid" 2>/dev/null) &&
		grep -qsF -- "$directory/fake" "/proc/$pid/cmdline"
	then
		kill "$pid"
	fi
}

# The server that "demo --keep" leaves: its directory's name is in $kept.
kept=$top/build/kept

kept_directory()
{
	local directory

	directory=$(cat "$kept" 2>/dev/null) || directory=
	[ -f "$directory/data/postmaster.pid" ] || die "no server is kept: ./run demo --keep"
	echo "$directory"
}

kept_psql()
{
	local directory

	directory=$(kept_directory)
	PATH=$("$pg_config" --bindir):$PATH
	exec psql --host "$directory" --username postgres --dbname demo "$@"
}

kept_stop()
{
	local directory as=()

	directory=$(kept_directory)
	PATH=$("$pg_config" --bindir):$PATH
	# as the servers' user: root must not act on what that user may write
	[ "$(id -u)" -ne 0 ] || as=(as_postgres)
	(cd / && "${as[@]}" bash -c "$(declare -f stop_servers)"'; stop_servers "$1"; rm -rf "$1"' stop "$directory")
	rm -f "$kept"
	say "stopped"
}
