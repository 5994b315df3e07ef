/*-------------------------------------------------------------------------
 *
 * slot_check.h
 *	  May this start be booked: the check of every verb that takes time.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SLOT_CHECK_H
#define TT_SLOT_CHECK_H

#include "utils/snapshot.h"

#include "event_type_find.h"

/* What is to be taken. */
typedef struct TTSlotWish
{
	TimestampTz now;			/* what notice, horizon and holds go by */
	TimestampTz start;
	const pg_uuid_t *ignored;	/* the meeting that moves; NULL: a new one */
	bool		alternatives;	/* name up to three when the time is taken */
	int64		duration;
} TTSlotWish;

/*
 * Inside a section, under one snapshot (NULL: the active one).  The same sweep
 * that slots() runs; a refusal's reason is what check_slot() calls it.
 * *expired_holds tells that the wall may have holds to be swept first.
 */
extern bool tt_slot_check(TTEventType *event, const TTSlotWish *wish, Snapshot snapshot,
						  bool *expired_holds, TTRefusal *refusal);

/*
 * Inside a section, under the host's lock.  End the expired holds of a host
 * that stand in the way of [from, until).
 */
extern void tt_slot_check_sweep_holds(const pg_uuid_t *host, TimestampTz from,
									  TimestampTz until);

#endif							/* TT_SLOT_CHECK_H */
