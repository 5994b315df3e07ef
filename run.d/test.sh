# shellcheck shell=bash
#
# All tests: one harness runs every kind of them, and counts.

run_tests()
{
	local more_packages=()

	! asked_for fuzz "$@" || more_packages=("${fuzz_packages[@]}")
	install_packages "${more_packages[@]}"
	build
	make_work test "$@"
	compile_unit_tests "$work/unit" || die "the unit tests do not compile"
	! asked_for fuzz "$@" || compile_fuzz_targets "$work/fuzz" || die "the fuzz targets do not compile"
	stage_settings >"$work/temp_config"
	mkdir "$work/results"

	local pgxs status=0
	pgxs=$(dirname "$("$pg_config" --pgxs)")/../..
	export TEMP_CONFIG=$work/temp_config
	export PG_REGRESS=$pgxs/src/test/regress/pg_regress
	export PG_ISOLATION_REGRESS=$pgxs/src/test/isolation/pg_isolation_regress
	export PERL5LIB=$pgxs/src/test/perl:$top/test/lib:$top${PERL5LIB:+:$PERL5LIB}
	export TIMETAP_UNIT_TESTS=$work/unit TIMETAP_RESULTS=$work/results
	export TIMETAP_FUZZ_TARGETS=$work/fuzz TIMETAP_FUZZ_OPTIONS=${fuzz_options[*]}
	perl run.d/harness.pl "$@" || status=$?
	[ $status -eq 0 ] || [ -n "${CI:-}" ] || keep_results
	return $status
}

asked_for()		# KIND [run_tests' arguments]: without any, everything is
{
	[ $# -eq 1 ] || [[ " ${*:2} " = *" $1 "* ]]
}

# For whoever looks into a failure, or wants new expected output: everything
# but the servers' data.  The harness's count stays the last line of stdout.
keep_results()
{
	local kept_results=$work.results

	rm -rf "$work"/results/*/instance "$work"/results/tmp_check/t_*
	mv "$work/results" "$kept_results"
	say "the results are in $kept_results"
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
