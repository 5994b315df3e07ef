/*-------------------------------------------------------------------------
 *
 * opening.h
 *	  A host's opening windows: weekly rules and date overrides as instants.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_OPENING_H
#define TT_OPENING_H

#include "utils/snapshot.h"

#include "event_type_find.h"
#include "slot_core.h"

typedef struct TTOpening
{
	TTWindow   *windows;		/* ordered by lo */
	size_t		nwindows;
	TTRange    *blocked;		/* blocked local dates, ordered */
	size_t		nblocked;
	int32	   *special;		/* dates whose own hours replace the weekly ones,
								 * ordered */
	size_t		nspecial;
} TTOpening;

/*
 * Inside a section.  All windows that begin on the local dates first .. last,
 * and the blocked ones of these dates, under a snapshot (NULL: the active
 * one).
 */
extern void tt_opening_load(TTOpening *opening, TTEventType *event,
							int32 first, int32 last, Snapshot snapshot);

#endif							/* TT_OPENING_H */
