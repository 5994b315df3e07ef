/*-------------------------------------------------------------------------
 *
 * enqueue.h
 *	  Puts a meeting into the sync queue, in the caller's transaction.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ENQUEUE_H
#define TT_ENQUEUE_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

/*
 * Inside a section, under a snapshot (NULL: the active one).  Does the host
 * have a connection?  Asked under the host's lock with a snapshot taken after
 * it, so that a first connection and a booking cannot miss each other.
 */
extern bool tt_enqueue_wanted(const pg_uuid_t *host, Snapshot snapshot);

/*
 * Inside a section.  Queue a meeting, or renew its wish if it is queued, and
 * wake the worker at commit.
 */
extern void tt_enqueue_meeting(const pg_uuid_t *host, const pg_uuid_t *meeting);

#endif							/* TT_ENQUEUE_H */
