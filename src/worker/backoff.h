/*
 * backoff.h
 *		When to try again: exponential backoff with full jitter.
 *
 * Pure: standard C only, no server headers, so that it is also compiled and
 * tested outside the server. The caller brings the random number and keeps
 * the attempt count and the resulting time in its row.
 */
#ifndef TT_BACKOFF_H
#define TT_BACKOFF_H

#include <stdint.h>

typedef struct TTBackoff
{
	int64_t		base_us;		/* upper end of the first wait */
	int64_t		cap_us;			/* upper end of the waits of the first tries */
	int			capped_tries;	/* how many tries count as first tries */
	int64_t		late_cap_us;	/* upper end of every wait after those */
} TTBackoff;

/* What Google documents: base 1 s, cap 64 s for 8 tries, then 15 minutes. */
extern const TTBackoff tt_backoff_default;

/* A Retry-After that asks for more than this is cut down to it. */
#define TT_BACKOFF_MAX_RETRY_AFTER_S	(24 * 3600)

/*
 * Microseconds to wait after `attempt` tries (1 = the first one failed).
 * `random` is uniform in [0, 1). `retry_after_s` is what the answer asked
 * for, or 0: the wait is at least that long, plus the jitter, so that many
 * rows told the same time do not come back in the same instant.
 */
extern int64_t tt_backoff_wait(const TTBackoff *policy, int attempt,
							   double random, int64_t retry_after_s);

#endif							/* TT_BACKOFF_H */
