/*-------------------------------------------------------------------------
 *
 * backoff.h
 *	  When to try again: exponential backoff with full jitter.
 *
 * Pure: standard C only, no server headers, so that it is also compiled and
 * tested outside the server. The caller brings the random number and keeps
 * the attempt count and the resulting time in its row.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_BACKOFF_H
#define TT_BACKOFF_H

#include <stdint.h>

/* A Retry-After that asks for more than this is cut down to it. */
#define TT_BACKOFF_MAX_RETRY_AFTER_S	INT64_C(86400)

/*
 * Microseconds to wait after `attempt` tries (1 = the first one failed):
 * anything up to base_us, doubled with each further try, at most cap_us.
 * `random` is uniform in [0, 1). `retry_after_s` is what the answer asked
 * for, or 0: it is waited out first and the jitter comes on top, so that rows
 * told the same time do not all come back in the same instant.
 */
extern int64_t tt_backoff_wait(int64_t base_us, int64_t cap_us, int attempt,
							   double random, int64_t retry_after_s);

#endif							/* TT_BACKOFF_H */
