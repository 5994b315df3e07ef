/*-------------------------------------------------------------------------
 *
 * backoff_test.c
 *	  How long the worker waits before it tries again.
 *
 *-------------------------------------------------------------------------
 */
#include <limits.h>
#include <stddef.h>

#include "backoff.h"
#include "check.h"

#define SECOND		INT64_C(1000000)
#define ALMOST_ONE	0.9999999999

/* The longest wait after so many tries, to the millisecond. */
static int64_t
longest(int64_t base, int64_t cap, int attempt)
{
	return (tt_backoff_wait(base, cap, attempt, ALMOST_ONE, 0) + 999) / 1000;
}

int
main(void)
{
	static const struct
	{
		int			attempt;
		int64_t		longest_ms;
	}			doubling[] = {
		{-1, 1000}, {0, 1000}, {1, 1000}, {2, 2000}, {3, 4000}, {9, 256000},
		{10, 512000}, {11, 900000}, {12, 900000}, {1000, 900000}, {INT_MAX, 900000}
	};

	for (size_t i = 0; i < sizeof(doubling) / sizeof(doubling[0]); i++)
		check(longest(SECOND, 900 * SECOND, doubling[i].attempt) == doubling[i].longest_ms,
			  "after %d tries the wait is up to %lld ms", doubling[i].attempt,
			  (long long) doubling[i].longest_ms);

	check(tt_backoff_wait(SECOND, 900 * SECOND, 5, 0.0, 0) == 0, "the jitter is full: down to nothing");
	check(tt_backoff_wait(SECOND, 900 * SECOND, 2, 0.5, 0) == SECOND, "and even in between");
	check(tt_backoff_wait(10 * SECOND, SECOND, 1, 0.5, 0) == SECOND / 2, "a base above the cap is capped");
	check(longest(0, SECOND, INT_MAX) == 0, "a base of nothing stays nothing, and ends");
	check(tt_backoff_wait(INT64_MAX / 2, INT64_MAX / 2, INT_MAX, 0.5, 0) > 0, "the largest cap does not overflow");

	check(tt_backoff_wait(SECOND, SECOND, 1, 0.0, 17) == 17 * SECOND, "Retry-After is a floor");
	check(tt_backoff_wait(SECOND, SECOND, 1, 0.5, 17) == 17 * SECOND + SECOND / 2, "with the jitter on top");
	check(tt_backoff_wait(SECOND, SECOND, 1, 0.0, -5) == 0, "one in the past asks for nothing");
	check(tt_backoff_wait(SECOND, SECOND, 1, 0.0, INT64_MAX) == TT_BACKOFF_MAX_RETRY_AFTER_S * SECOND,
		  "one beyond reason is cut");

	return checks_done();
}
