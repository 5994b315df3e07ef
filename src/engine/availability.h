/*-------------------------------------------------------------------------
 *
 * availability.h
 *	  A host's time around the range of interest, as the slot core wants it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_AVAILABILITY_H
#define TT_AVAILABILITY_H

#include "datatype/timestamp.h"
#include "utils/snapshot.h"

#include "event_type_find.h"
#include "slot_core.h"

/* What to read beyond the plain list of free slots. */
typedef struct TTAvailabilityWish
{
	bool		reasons;		/* tell meetings from their buffers, and holds
								 * from meetings */
	const pg_uuid_t *ignored;	/* a meeting whose own time counts as free */
	bool		out_of_bounds;	/* also starts that notice or horizon forbid */
} TTAvailabilityWish;

typedef struct TTAvailability
{
	TTSlotRules rules;
	TTCalendar	calendar;
	TTSegment  *segments;
	size_t		nsegments;
	int64		from;			/* starts that rules and range allow */
	int64		until;
	bool		expired_holds;	/* some allocation read is an expired hold */
} TTAvailability;

/*
 * Inside a section.  Read what decides about starts in [from, until), under
 * one snapshot (NULL: the active one).
 */
extern void tt_availability_load(TTAvailability *availability, TTEventType *event,
								 int64 duration, TimestampTz now,
								 TimestampTz from, TimestampTz until,
								 const TTAvailabilityWish *wish, Snapshot snapshot);

#endif							/* TT_AVAILABILITY_H */
