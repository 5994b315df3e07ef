/*-------------------------------------------------------------------------
 *
 * jobs.h
 *	  The jobs that the worker has.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_JOBS_H
#define TT_JOBS_H

#include "claim.h"
#include "job.h"

extern dlist_head tt_jobs_list;

/*
 * Requests that are under way or about to be; *waiting becomes the number of
 * answers that are still to be settled.
 */
extern int	tt_jobs_count_requests(int *waiting);

/* How many jobs may be claimed? */
extern int	tt_jobs_room(void);

/*
 * Leave out the hosts of answers that are still to be settled: their calendars
 * are not free, even if the lease has run out meanwhile.
 */
extern void tt_jobs_skip_waiting(TTSkipped *skipped);

/* A transaction was rolled back: put everything back as it was before. */
extern void tt_jobs_put_back(void);

/* Forget all of them. */
extern void tt_jobs_drop_all(void);

#endif							/* TT_JOBS_H */
