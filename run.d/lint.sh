# shellcheck shell=bash
#
# Strict compilers and checkers over everything that is not SQL.  A finding
# fails; what a checker is known to be wrong about is named here, with reason.

strict_flags='-Wall -Wextra -Werror -Wshadow'

# bugprone-easily-swappable-parameters: PostgreSQL's own signatures are such.
# clang-analyzer-optin.performance.Padding: fields stand in the order in which
#   they are read; a few bytes do not matter.
# bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp: _PG_init is the
#   server's name for it.
# bugprone-narrowing-conversions, bugprone-implicit-widening-of-multiplication-result:
#   they find characters in ints and constants such as 64 * 1024.
tidy_checks='-*,clang-analyzer-*,bugprone-*,cert-*,performance-*'
tidy_checks+=',-bugprone-easily-swappable-parameters'
tidy_checks+=',-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result'
tidy_checks+=',-clang-analyzer-optin.performance.Padding'
tidy_checks+=',-bugprone-reserved-identifier,-cert-dcl37-c,-cert-dcl51-cpp'

# uninitvar: cppcheck takes every loop for one that may not run at all; gcc and
#   clang look for the same, and look better.
# arrayIndexThenCheck: text that ends with a zero is read before its length is
#   judged.
cppcheck_options=(--quiet --error-exitcode=1 --std=c99 --library=run.d/cppcheck.cfg
	--enable=warning,portability,performance --suppress=missingInclude
	--suppress=uninitvar --suppress=arrayIndexThenCheck)

lint()
{
	local findings=0

	install_packages "${lint_packages[@]}" "${fuzz_packages[@]}"
	mkdir -p build/lint
	lint_step "gcc" strict_build gcc
	lint_step "gcc -fanalyzer" strict_build gcc -fanalyzer
	# the flags that the server was built with have some that clang does not know
	lint_step "clang" strict_build clang "-Wno-ignored-optimization-argument -Wno-unknown-warning-option"
	lint_step "clang-tidy" tidy
	lint_step "cppcheck" cppcheck "${cppcheck_options[@]}" src test/*unit test/fuzz bench
	lint_step "C of tests and bench" compile_programs
	lint_step "python" compile_python
	lint_step "perl" compile_perl
	lint_step "shell" shellcheck --external-sources run .ci/run
	[ $findings -eq 0 ] || die "$findings of the checks found something"
}

lint_step()		# NAME COMMAND..
{
	local name=$1

	shift
	if "$@" >build/lint/log 2>&1
	then
		say "clean: $name"
	else
		say "FOUND by $name:"
		cat build/lint/log >&2
		findings=$((findings + 1))
	fi
}

# In a copy: objects of another compiler must not get into the checkout's build.
strict_build()		# COMPILER [FLAGS]
{
	local directory=build/lint/$1

	rm -rf "$directory"
	mkdir -p "$directory"
	cp -a Makefile timetap.control src "$directory"
	find "$directory" -name '*.o' -delete
	make -C "$directory" -j"$(nproc)" CC="$1" PG_CONFIG="$pg_config" PG_CFLAGS="$strict_flags ${2:-}" \
		PG_CPPFLAGS="-isystem $("$pg_config" --includedir-server) -Isrc/engine -DTIMETAP_VERSION='\"lint\"'"
}

tidy()
{
	find src -name '*.c' -print0 | xargs -0 -I{} -P "$(nproc)" \
		clang-tidy --quiet --warnings-as-errors='*' -checks="$tidy_checks" {} -- \
		-isystem "$("$pg_config" --includedir-server)" -Isrc/engine -std=gnu99 -D_GNU_SOURCE -DTIMETAP_VERSION='"lint"'
}

compile_programs()
{
	local compiler file

	for compiler in gcc clang
	do
		for file in bench/*.c
		do
			"$compiler" -std=gnu99 $strict_flags -isystem "$("$pg_config" --includedir)" -fsyntax-only "$file" || return
		done
		compile_unit_tests "$top/build/lint/unit-$compiler" CC="$compiler" || return
	done
	compile_fuzz_targets "$top/build/lint/fuzz"
}

compile_python()
{
	local file

	git ls-files '*.py' | while read -r file
	do
		python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$file" || return
	done
}

compile_perl()
{
	local file pgxs

	pgxs=$(dirname "$("$pg_config" --pgxs)")/../..
	find run.d test -name '*.p[lm]' | while read -r file
	do
		perl -Itest/lib -I"$pgxs/src/test/perl" -c "$file" || return
	done
}
