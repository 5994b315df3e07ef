/*-------------------------------------------------------------------------
 *
 * claim.h
 *	  Finding a job that is due and taking it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CLAIM_H
#define TT_CLAIM_H

#include "job.h"

typedef enum TTClaimed
{
	TT_CLAIMED_REQUEST,			/* the job's request is to be sent */
	TT_CLAIMED_CLOSED,			/* nothing was left to do */
	TT_CLAIMED_BUSY,			/* rows were locked: another time */
	TT_CLAIMED_BLOCKED,			/* a table was locked, as for any other job */
	TT_CLAIMED_NONE				/* no job is due */
} TTClaimed;

/* Hosts that a turn of the worker leaves out. */
#define TT_MAX_SKIPPED	128

typedef struct TTSkipped
{
	int			count;
	Datum		hosts[TT_MAX_SKIPPED];
	pg_uuid_t	ids[TT_MAX_SKIPPED];
} TTSkipped;

/* Leave out a host. */
extern void tt_claim_skip(TTSkipped *skipped, const pg_uuid_t *host);

/*
 * Inside a transaction.  Take the job that is due longest, of a host that is
 * not skipped and whose connection is free, into the given empty job.  A host
 * whose rows are locked is added to those skipped.
 */
extern TTClaimed tt_claim_next(TTJob *job, TTSkipped *skipped, TimestampTz now);

/*
 * Inside a transaction.  Set aside what waits for a person to mend the
 * connection, so that it is not looked at time and again.  True if there
 * may be more of it.
 */
extern bool tt_claim_set_aside(TimestampTz now);

/* Inside a transaction.  When a job will be due next; DT_NOEND: none. */
extern TimestampTz tt_claim_next_due(TimestampTz now);

/* Inside a transaction.  Free what a dead worker of this database had. */
extern void tt_claim_free_leases(void);

#endif							/* TT_CLAIM_H */
