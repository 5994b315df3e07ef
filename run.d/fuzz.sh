# shellcheck shell=bash
#
# The pure C parts under libFuzzer: test/fuzz.

# Leaks are not looked for: nothing under test allocates, and where processes
# may not be traced the search for them fails.
fuzz_options=(-timeout=10 -detect_leaks=0)

# Each target in turn.  What is found stays under build/fuzz: inputs that reach
# further, for the next run to begin with, and those that fail; to repeat one,
# build/fuzz/bin/TARGET FILE.
fuzz()
{
	local seconds=${1:-60} target targets failed=()

	if [ $# -gt 1 ] || [[ ! $seconds =~ ^[1-9][0-9]{0,5}$ ]]
	then
		die "fuzz takes a number of seconds"
	fi
	install_packages "${fuzz_packages[@]}"
	compile_fuzz_targets "$top/build/fuzz/bin" || die "the fuzz targets do not compile"
	targets=(test/fuzz/corpus/*)
	for target in "${targets[@]##*/}"
	do
		say "fuzzing $target"
		fuzz_target "$target" $(((seconds + ${#targets[@]} - 1) / ${#targets[@]})) || failed+=("$target")
	done
	[ ${#failed[@]} -eq 0 ] || die "failed: ${failed[*]}; the inputs are in build/fuzz"
}

compile_fuzz_targets()		# DIRECTORY [make's arguments]
{
	local directory=$1

	shift
	make --silent -C test/fuzz BUILD="$directory" "$@" all >&2
}

fuzz_target()		# TARGET SECONDS
{
	local places=build/fuzz/$1

	mkdir -p "$places"
	if build/fuzz/bin/"$1" "${fuzz_options[@]}" -max_total_time="$2" -print_final_stats=1 \
		-artifact_prefix="$places." "$places" "test/fuzz/corpus/$1" >"$places.log" 2>&1
	then
		sed -n 's/^stat::number_of_executed_units: */runs: /p' "$places.log" >&2
	else
		grep -vE '^#[0-9]+|# Uses:' "$places.log" | tail -n 80 >&2
		return 1
	fi
}
