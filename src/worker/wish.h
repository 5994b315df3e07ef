/*-------------------------------------------------------------------------
 *
 * wish.h
 *	  What the calendar should have for a meeting.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WISH_H
#define TT_WISH_H

#include "job.h"

/* Inside a section.  Load the job's wish from the meeting's bookings. */
extern void tt_wish_load(TTJob *job);

#endif							/* TT_WISH_H */
