/*-------------------------------------------------------------------------
 *
 * queue_row.h
 *	  A row of the sync queue: locked, changed in memory, written back.
 *
 * All inside a section.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_QUEUE_ROW_H
#define TT_QUEUE_ROW_H

#include "job.h"

typedef enum TTLocked
{
	TT_LOCKED,
	TT_LOCKED_BY_OTHER,			/* somebody else has the lock: not waited for */
	TT_LOCKED_MISSING			/* there is no such row */
} TTLocked;

/* Lock the host's job that is due longest, "missing" if none is to be had. */
extern TTLocked tt_queue_row_lock_due(const pg_uuid_t *host, TimestampTz now,
									  MemoryContext context, TTQueueRow *row);

/* Lock the meeting's job. */
extern TTLocked tt_queue_row_lock(const pg_uuid_t *host, const pg_uuid_t *meeting,
								  MemoryContext context, TTQueueRow *row);

/* Count a claim in a locked row and lease it. */
extern void tt_queue_row_claim(TTQueueRow *row, TimestampTz now, TimestampTz lease_until);

/* Write a locked row back, without its lease. */
extern void tt_queue_row_write(const TTQueueRow *row);

/* The job is done. */
extern void tt_queue_row_delete(const TTQueueRow *row);

/* Free the leases that a dead worker left. */
extern void tt_queue_row_free_leases(void);

#endif							/* TT_QUEUE_ROW_H */
