/*-------------------------------------------------------------------------
 *
 * enqueue.h
 *	  Puts a meeting into the sync queue, in the caller's transaction.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ENQUEUE_H
#define TT_ENQUEUE_H

#include "utils/uuid.h"

/* Inside a section.  Does the host have a connection that wants events? */
extern bool tt_enqueue_wanted(const pg_uuid_t *host);

/*
 * Inside a section.  Queue a meeting, or renew its wish if it is queued, and
 * wake the worker at commit.
 */
extern void tt_enqueue_meeting(const pg_uuid_t *host, const pg_uuid_t *meeting);

#endif							/* TT_ENQUEUE_H */
