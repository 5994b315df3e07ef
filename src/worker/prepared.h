/*-------------------------------------------------------------------------
 *
 * prepared.h
 *	  Work that hides in prepared transactions.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_PREPARED_H
#define TT_PREPARED_H

/*
 * Inside a transaction.  May a prepared transaction of this database hold
 * work?  Asked before looking for jobs, so that nothing falls between.
 */
extern bool tt_prepared_is_waiting(void);

#endif							/* TT_PREPARED_H */
