/*-------------------------------------------------------------------------
 *
 * action.h
 *	  What to do about a meeting, and what an answer means for it.
 *
 * Pure functions of their arguments: no tables, no clock, no transport.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ACTION_H
#define TT_ACTION_H

#include "job.h"

/* An event is asked for a link with its creation, and at most once more. */
#define TT_LAST_LINK_REQUEST	2

/* What becomes of the job. */
typedef enum TTNext
{
	TT_NEXT_LOOK,				/* decide anew: there may be more to do, or
								 * nothing */
	TT_NEXT_RETRY,				/* the same again later, by backoff */
	TT_NEXT_WAIT,				/* the same again after wait_us */
	TT_NEXT_REPEAT,				/* at once, within this claim */
	TT_NEXT_REFRESH,			/* at once, with a new access token */
	TT_NEXT_PAUSE,				/* no request on this connection for wait_us */
	TT_NEXT_HUMAN,				/* no request until the credential is mended */
	TT_NEXT_PARK				/* given up until a person asks for it */
} TTNext;

typedef struct TTConclusion
{
	TTNext		next;
	int64		wait_us;
	const char *problem;		/* why it did not work, or NULL */
	const char *hint;			/* or NULL */
} TTConclusion;

/* What to do, given what should be and what is known. */
extern TTDecision tt_action_decide(const TTWish *wish, const TTKnownEvent *known);

/* The request that a decision leads to. */
extern TTProviderAction tt_action_request(TTDecision decision);

/* Does a decision lead to a request? */
static inline bool
tt_action_needs_request(TTDecision decision)
{
	return decision >= TT_DECIDE_CREATE;
}

/*
 * Read an answer to the job's event request: *known becomes what it proves.
 * "timeout_us" is how long a request may be under way, "base_us" the first wait
 * before something is tried again.
 */
extern void tt_action_event_answer(const TTJob *job, const TTProviderAnswer *answer,
								   int64 timeout_us, int64 base_us, TTKnownEvent *known,
								   TTConclusion *conclusion);

/* Read an answer to the job's request for an access token. */
extern void tt_action_token_answer(const TTJob *job, const TTProviderAnswer *answer,
								   TTConclusion *conclusion);

/* How long to wait before an event is read again for its link. */
extern int64 tt_action_link_wait(const TTKnownEvent *known);

#endif							/* TT_ACTION_H */
