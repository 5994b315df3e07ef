# shellcheck shell=bash
#
# All tests: one harness runs every kind of them, and counts.

run_tests()
{
	install_packages
	build
	make_work test "$@"
	compile_unit_tests "$work/unit" || die "the unit tests do not compile"
	stage_settings >"$work/temp_config"
	mkdir "$work/results"

	local pgxs status=0
	pgxs=$(dirname "$("$pg_config" --pgxs)")/../..
	export TEMP_CONFIG=$work/temp_config
	export PG_REGRESS=$pgxs/src/test/regress/pg_regress
	export PG_ISOLATION_REGRESS=$pgxs/src/test/isolation/pg_isolation_regress
	export PERL5LIB=$pgxs/src/test/perl:$top/test/lib:$top${PERL5LIB:+:$PERL5LIB}
	export TIMETAP_UNIT_TESTS=$work/unit TIMETAP_RESULTS=$work/results
	perl run.d/harness.pl "$@" || status=$?
	return $status
}

# The parts that need no server to run; each directory brings its Makefile.
compile_unit_tests()		# DIRECTORY [make's arguments]
{
	local suite directory=$1

	shift
	for suite in test/*unit
	do
		make --silent -C "$suite" BUILD="$directory/${suite##*/}" PG_CONFIG="$pg_config" "$@" all >&2 || return
	done
}
