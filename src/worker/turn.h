/*-------------------------------------------------------------------------
 *
 * turn.h
 *	  A turn of the worker: settle what was answered, claim what is due, send.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_TURN_H
#define TT_TURN_H

#include "datatype/timestamp.h"

/*
 * One turn.  "woken" says that somebody set the latch: there may be work that
 * was not known of.
 */
extern void tt_turn_run(bool woken);

/* The turn raised an error: nothing of it counts; after a while again. */
extern void tt_turn_failed(const char *problem);

/* When the next turn must be if nothing happens before; DT_NOEND: never. */
extern TimestampTz tt_turn_next(void);

/* Is there nothing at all to do, now or later? */
extern bool tt_turn_is_idle(void);

#endif							/* TT_TURN_H */
