/*-------------------------------------------------------------------------
 *
 * backoff.c
 *	  When to try again: exponential backoff with full jitter.
 *
 * Full jitter (anything between nothing and the bound) spreads the rows that
 * failed together better than a jittered fixed wait does. The bound doubles
 * with each try until the cap; after the first tries, which cover a hiccup, a
 * far larger cap takes over, for an outage.
 *
 *-------------------------------------------------------------------------
 */
#include "worker/backoff.h"

#define USECS_PER_SECOND	INT64_C(1000000)

const TTBackoff tt_backoff_default = {
	.base_us = 1 * USECS_PER_SECOND,
	.cap_us = 64 * USECS_PER_SECOND,
	.capped_tries = 8,
	.late_cap_us = 15 * 60 * USECS_PER_SECOND
};

/*
 * The upper end of the wait after `attempt` tries, without overflow for any
 * number of them.
 */
static int64_t
bound_of(const TTBackoff *policy, int attempt)
{
	int64_t		cap;
	int64_t		bound = policy->base_us;

	cap = attempt <= policy->capped_tries ? policy->cap_us : policy->late_cap_us;
	for (int i = 1; i < attempt && bound < cap; i++)
		bound = bound > cap / 2 ? cap : bound * 2;

	return bound < cap ? bound : cap;
}

int64_t
tt_backoff_wait(const TTBackoff *policy, int attempt, double random,
				int64_t retry_after_s)
{
	int64_t		floor_s = retry_after_s > 0 ? retry_after_s : 0;

	if (floor_s > TT_BACKOFF_MAX_RETRY_AFTER_S)
		floor_s = TT_BACKOFF_MAX_RETRY_AFTER_S;

	return floor_s * USECS_PER_SECOND +
		(int64_t) ((double) bound_of(policy, attempt) * random);
}
