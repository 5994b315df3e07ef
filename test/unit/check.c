/*-------------------------------------------------------------------------
 *
 * check.c
 *	  What a test program outside of the server needs: one TAP line a check.
 *
 *-------------------------------------------------------------------------
 */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int	checks = 0;
static int	failures = 0;
static uint64_t random_state;

static void
report(bool passed, const char *name, va_list args)
{
	checks++;
	if (!passed)
		failures++;
	printf("%s %d - ", passed ? "ok" : "not ok", checks);
	vprintf(name, args);
	printf("\n");
	fflush(stdout);
}

bool
check(bool passed, const char *name,...)
{
	va_list		args;

	va_start(args, name);
	report(passed, name, args);
	va_end(args);
	return passed;
}

bool
check_text(const char *got, const char *expected, const char *name,...)
{
	bool		same = strcmp(got, expected) == 0;
	va_list		args;

	va_start(args, name);
	report(same, name, args);
	va_end(args);
	if (!same)
	{
		note("got:      %s", got);
		note("expected: %s", expected);
	}
	return same;
}

void
note(const char *format,...)
{
	va_list		args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

int
checks_done(void)
{
	printf("1..%d\n", checks);
	if (failures > 0)
		note("%d of %d failed", failures, checks);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void
random_seed(uint64_t seed)
{
	random_state = seed;
}

uint64_t
random_bits(void)
{
	uint64_t	z = (random_state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

int64_t
random_between(int64_t lo, int64_t hi)
{
	uint64_t	count = (uint64_t) hi - (uint64_t) lo + 1;

	if (count == 0)
		return (int64_t) random_bits();
	return (int64_t) ((uint64_t) lo + random_bits() % count);
}

uint64_t
seed_of(int argc, char **argv)
{
	uint64_t	seed = (uint64_t) time(NULL);

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	note("seed %llu (repeat with: %s %llu)", (unsigned long long) seed,
		 argv[0], (unsigned long long) seed);
	return seed;
}
