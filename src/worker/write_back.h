/*-------------------------------------------------------------------------
 *
 * write_back.h
 *	  What the bookings of a meeting are told about its calendar event.
 *
 * All inside a section.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WRITE_BACK_H
#define TT_WRITE_BACK_H

#include "job.h"

/* Lock all bookings of the meeting; false if somebody else has one. */
extern bool tt_write_back_lock(const TTQueueRow *row);

/* The event is there: its id, its link if there is one. */
extern void tt_write_back_event(const TTQueueRow *row, const TTKnownEvent *known);

/* The calendar agrees with the meeting. */
extern void tt_write_back_synced(const TTQueueRow *row);

/* It won't, until somebody asks for it. */
extern void tt_write_back_failed(const TTQueueRow *row);

#endif							/* TT_WRITE_BACK_H */
