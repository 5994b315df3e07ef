/*-------------------------------------------------------------------------
 *
 * refusals.h
 *	  The slot core's verdicts as refusals for people.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_REFUSALS_H
#define TT_REFUSALS_H

#include "availability.h"

/* 2200-01-01 UTC: nothing is booked from then on */
#define TT_REFUSALS_LATEST	(INT64CONST(73049) * USECS_PER_DAY)

/*
 * The refusal that book() answers a verdict other than TT_FREE with; its
 * reason is the verdict's name for check_slot().  Always false.  "rules" tell
 * the bounds of notice and horizon.
 */
extern bool tt_refusals_from_verdict(TTRefusal *refusal, TTVerdict verdict,
									 const TTEventType *event, const TTSlotRules *rules,
									 TimestampTz start);

/* The code by which check_slot() calls a verdict; NULL for TT_FREE. */
extern const char *tt_refusals_verdict_name(TTVerdict verdict);

/* What check_slot() says of a start that can be booked. */
extern char *tt_refusals_free_text(const TTEventType *event, TimestampTz start);

/* Refuse a range of time that is reversed, infinite, too far off or too long. */
extern bool tt_refusals_check_range(TimestampTz from, TimestampTz until, TTRefusal *refusal);
extern bool tt_refusals_check_instant(const char *what, TimestampTz instant, TTRefusal *refusal);

/* A time as people read it, in the session's zone. */
extern char *tt_refusals_time(TimestampTz instant);

#endif							/* TT_REFUSALS_H */
