/*-------------------------------------------------------------------------
 *
 * worker_library.h
 *	  Reaching into timetap_worker.so, which may not be installed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WORKER_LIBRARY_H
#define TT_WORKER_LIBRARY_H

#define TT_WORKER_LIBRARY	"timetap_worker"

/* Load the library and find a function; else NULL and the reason. */
extern void *tt_worker_library_find(const char *function, char **error);

/* The same, or a clear error that says what cannot be done. */
extern void *tt_worker_library_require(const char *function, const char *what);

#endif							/* TT_WORKER_LIBRARY_H */
