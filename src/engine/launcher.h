/*-------------------------------------------------------------------------
 *
 * launcher.h
 *	  The process that sees to it that every database with timetap has a
 *	  worker.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_LAUNCHER_H
#define TT_LAUNCHER_H

/* Register the launcher, when the library is preloaded. */
extern void tt_launcher_register(void);

#endif							/* TT_LAUNCHER_H */
