/*-------------------------------------------------------------------------
 *
 * trouble.h
 *	  What becomes of a job that did not work out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_TROUBLE_H
#define TT_TROUBLE_H

#include "job.h"

/*
 * Inside a section, the row locked.  Try again later, by backoff but not
 * before floor_us have passed; park it when it was tried often enough.  False
 * if that takes rows that somebody else has locked.
 */
extern bool tt_trouble_retry(TTQueueRow *row, int64 floor_us, TimestampTz now);

/* Inside a section, the row locked.  Give up until a person asks for it. */
extern bool tt_trouble_park(TTQueueRow *row);

/*
 * Inside a transaction.  Working on the job raised an error: mark its row, or
 * its connection if the error is that one's.  False if not even that worked.
 */
extern bool tt_trouble_mark(TTJob *job, const ErrorData *error);

#endif							/* TT_TROUBLE_H */
