/*-------------------------------------------------------------------------
 *
 * installed.h
 *	  Is the extension there, in the version that this library is of?
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_INSTALLED_H
#define TT_INSTALLED_H

/* Inside a transaction.  Says in the log when the answer changes. */
extern bool tt_installed_check(void);

#endif							/* TT_INSTALLED_H */
