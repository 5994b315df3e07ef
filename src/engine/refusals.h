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

/* Verdict's code for check_slot: slot_taken, held, busy, buffer, too_soon ... */
extern const char *tt_refusals_verdict_name(TTVerdict verdict);

/* What a verdict means, in words. */
extern char *tt_refusals_verdict_text(TTVerdict verdict, const TTEventType *event,
									  const TTAvailability *availability, TimestampTz start);

/* The refusal that book() answers a verdict with; always false. */
extern bool tt_refusals_from_verdict(TTRefusal *refusal, TTVerdict verdict,
									 const TTEventType *event,
									 const TTAvailability *availability,
									 TimestampTz start);

/* Refuse a range of time that is reversed, infinite, too far off or too long. */
extern bool tt_refusals_check_range(TimestampTz from, TimestampTz until, TTRefusal *refusal);
extern bool tt_refusals_check_instant(const char *what, TimestampTz instant, TTRefusal *refusal);

/* A time as people read it, in the session's zone. */
extern char *tt_refusals_time(TimestampTz instant);

#endif							/* TT_REFUSALS_H */
