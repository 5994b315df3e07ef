/*-------------------------------------------------------------------------
 *
 * backoff.c
 *	  When to try again: exponential backoff with full jitter.
 *
 * Full jitter (anything between nothing and the bound) spreads the rows that
 * failed together better than a jittered fixed wait does.
 *
 *-------------------------------------------------------------------------
 */
#include "backoff.h"

#define USECS_PER_SECOND	INT64_C(1000000)

/*
 * The upper end of the wait, without overflow for any number of tries.
 */
static int64_t
bound_of(int64_t base_us, int64_t cap_us, int attempt)
{
	int64_t		bound = base_us;

	for (int i = 1; i < attempt && bound > 0 && bound < cap_us; i++)
		bound = bound > cap_us / 2 ? cap_us : bound * 2;

	return bound < cap_us ? bound : cap_us;
}

int64_t
tt_backoff_wait(int64_t base_us, int64_t cap_us, int attempt,
				double random, int64_t retry_after_s)
{
	int64_t		first_s = retry_after_s > 0 ? retry_after_s : 0;

	if (first_s > TT_BACKOFF_MAX_RETRY_AFTER_S)
		first_s = TT_BACKOFF_MAX_RETRY_AFTER_S;

	return first_s * USECS_PER_SECOND +
		(int64_t) ((double) bound_of(base_us, cap_us, attempt) * random);
}
