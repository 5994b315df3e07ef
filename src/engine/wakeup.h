/*-------------------------------------------------------------------------
 *
 * wakeup.h
 *	  Waking the worker of this database when a transaction commits.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WAKEUP_H
#define TT_WAKEUP_H

/* Register the transaction callback, once per process. */
extern void tt_wakeup_init(void);

/* Wake the worker when the current transaction has committed. */
extern void tt_wakeup_at_commit(void);

#endif							/* TT_WAKEUP_H */
