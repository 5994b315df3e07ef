/*-------------------------------------------------------------------------
 *
 * taken.h
 *	  A host's taken time: allocations and busy times.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_TAKEN_H
#define TT_TAKEN_H

#include "datatype/timestamp.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "slot_core.h"

/* What counts, and what is to be known of it. */
typedef struct TTTakenWish
{
	TimestampTz now;			/* holds that expire by then do not count */
	bool		reasons;		/* tell meetings from their buffers */
	const pg_uuid_t *ignored;	/* a meeting whose time counts as free, or NULL */
} TTTakenWish;

typedef struct TTTakenList
{
	TTTaken    *taken;			/* ordered by lo */
	size_t		count;
	size_t		room;
	bool		expired_holds;	/* some allocation was an expired hold */
} TTTakenList;

/*
 * Inside a section.  Everything that takes some of a host's [from, until),
 * under a snapshot (NULL: the active one).
 */
extern void tt_taken_load(TTTakenList *list, const pg_uuid_t *host, TimestampTz from,
						  TimestampTz until, const TTTakenWish *wish, Snapshot snapshot);

#endif							/* TT_TAKEN_H */
