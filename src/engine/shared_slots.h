/*-------------------------------------------------------------------------
 *
 * shared_slots.h
 *	  The struct in shared memory, for the files that implement
 *	  shared_state.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SHARED_SLOTS_H
#define TT_SHARED_SLOTS_H

#include "storage/spin.h"

#include "shared_state.h"

typedef struct TTSharedState
{
	slock_t		mutex;			/* for changes of everything below */
	int			launcher;		/* its process number, -1: none */
	TTWorkerInfo slots[TT_MAX_DATABASES];
} TTSharedState;

extern TTSharedState *tt_shared;

/* Find a slot; without the mutex the answer may be old.  NULL: none. */
extern TTWorkerInfo *tt_shared_slots_find(Oid database);

/* Find or make a slot, the mutex being held; NULL: none is left. */
extern TTWorkerInfo *tt_shared_slots_make(Oid database);

/* Set the latch of a process by its number, if it is not -1. */
extern void tt_shared_slots_set_latch(int procno);

#endif							/* TT_SHARED_SLOTS_H */
