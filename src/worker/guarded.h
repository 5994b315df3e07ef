/*-------------------------------------------------------------------------
 *
 * guarded.h
 *	  Work on one job in a subtransaction, so that an error is that job's own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_GUARDED_H
#define TT_GUARDED_H

#include "job.h"

typedef enum TTGuarded
{
	TT_GUARDED_DONE,
	TT_GUARDED_BUSY,			/* rolled back: somebody has a row */
	TT_GUARDED_BLOCKED,			/* rolled back: waited for a lock in vain */
	TT_GUARDED_FAILED			/* rolled back: error for this job */
} TTGuarded;

/*
 * Inside a transaction.  Run "work", which opens a section, in a
 * subtransaction; it returns false if a row it needs is locked.  *error is
 * allocated in the job's memory.  Errors that are not the job's own (the
 * extension is gone, the disk is full, somebody cancels) are raised again.
 */
extern TTGuarded tt_guarded_run(bool (*work) (TTJob *job), TTJob *job, ErrorData **error);

#endif							/* TT_GUARDED_H */
