# shellcheck shell=bash
#
# The walk of examples/demo.sql through a private server and the simulated
# Google Calendar.

# What the walk must have shown stands in examples/demo.sql, in lines
# "-- shows: TEXT" behind the statements; they are not sent.
demo()
{
	local keep=false

	case "$*" in
		"") ;;
		--keep) keep=true ;;
		*) die "demo takes no other argument than --keep" ;;
	esac
	install_packages
	build
	if $keep
	then
		keep_work
	fi
	make_work demo "$@"
	start_fake "$work/fake"
	make_key_file "$work/key"
	{
		echo "timetap.key_file = '$work/key'"
		fake_settings "$work/fake"
	} | start_server "$work"
	createdb --host "$work" --username postgres demo
	walk
	if $keep
	then
		trap - EXIT
		say "The server stays: ./run psql connects, ./run stop ends and removes it."
	else
		say "Nothing is left behind. To stay connected: ./run demo --keep, then ./run psql; ./run stop ends it."
	fi
}

# The directory is made, and noted in the checkout, before root turns into
# postgres, who may not write there.
keep_work()
{
	[ -z "${TIMETAP_WORK:-}" ] || return 0
	if (kept_directory >/dev/null 2>&1)
	then
		die "a server is kept already: ./run psql, or ./run stop"
	fi
	TIMETAP_WORK=$(mktemp -d "$(work_base)/timetap-XXXXXX")
	echo "$TIMETAP_WORK" >"$kept"
}

walk()
{
	local status=0

	grep -v '^-- shows: ' examples/demo.sql >"$work/walk.sql"
	sed -n 's/^-- shows: //p' examples/demo.sql >"$work/shows"
	PGTZ=UTC FAKE_GOOGLE=$work/fake psql --no-psqlrc --echo-queries --host "$work" --username postgres \
		--dbname demo <"$work/walk.sql" 2>&1 | tee "$work/walk.out" || status=$?
	[ "$status" -eq 0 ] || die "the walk was not finished"
	check_walk
}

# Every text that was to be shown, in this order; and no error but one.
check_walk()
{
	local missing

	missing=$(awk '
		NR == FNR { text[++n] = $0; next }
		{ while (seen < n && index($0, text[seen + 1])) seen++ }
		END { if (seen < n) print text[seen + 1] }
	' "$work/shows" "$work/walk.out")
	[ -z "$missing" ] || die "the walk did not show: $missing"
	[ "$(grep -c 'ERROR: ' "$work/walk.out")" -eq 1 ] || die "the walk met an error that is not part of it"
}
