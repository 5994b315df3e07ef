/*-------------------------------------------------------------------------
 *
 * known_event.h
 *	  The calendar event of a meeting as last known: its row.
 *
 * All inside a section.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_KNOWN_EVENT_H
#define TT_KNOWN_EVENT_H

#include "job.h"

/* Load what is known about the job's meeting. */
extern void tt_known_event_load(TTJob *job);

/*
 * Before the request: what has to be known of it should its answer be lost.
 */
extern void tt_known_event_prepare(TTJob *job);

/*
 * Does one say anything else than the other, which it was copied from?  A
 * string that was replaced counts as another.
 */
extern bool tt_known_event_differs(const TTKnownEvent *a, const TTKnownEvent *b);

/*
 * Record what an answer proved, unless the row speaks of another event by
 * now.
 */
extern void tt_known_event_record(const TTJob *job, const TTKnownEvent *known);

#endif							/* TT_KNOWN_EVENT_H */
