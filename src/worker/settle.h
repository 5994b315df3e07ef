/*-------------------------------------------------------------------------
 *
 * settle.h
 *	  Writing down what an answer says.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SETTLE_H
#define TT_SETTLE_H

#include "guarded.h"
#include "job.h"

/*
 * Inside a transaction.  Settle the job's answer: afterwards its stage says
 * that it has ended, or that its next request is ready.  "Busy" or "blocked" if
 * locks were in the way: the answer is to be kept and settled later.
 */
extern TTGuarded tt_settle(TTJob *job);

#endif							/* TT_SETTLE_H */
