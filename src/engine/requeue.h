/*-------------------------------------------------------------------------
 *
 * requeue.h
 *	  Sync jobs that are tried once more.
 *
 * All inside a section; the worker is woken at commit.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_REQUEUE_H
#define TT_REQUEUE_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

/*
 * With the host's lock held.  Queue a meeting, or renew its wish if it is
 * queued, and say so in its bookings.
 */
extern void tt_requeue_meeting(const pg_uuid_t *host, const pg_uuid_t *meeting);

/*
 * The host's jobs that have failed are due at once.  Needs no host lock:
 * what somebody else has locked is skipped, for he sees to it himself.
 * Returns their number.
 */
extern int64 tt_requeue_failed(const pg_uuid_t *host);

/* The same for all hosts. */
extern int64 tt_requeue_failed_of_all(void);

/* A connection in state 'failed', or one that pauses, is tried again. */
extern void tt_requeue_connection(const pg_uuid_t *host);

#endif							/* TT_REQUEUE_H */
