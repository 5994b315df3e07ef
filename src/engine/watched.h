/*-------------------------------------------------------------------------
 *
 * watched.h
 *	  The databases that the launcher watches, and how it finds them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WATCHED_H
#define TT_WATCHED_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "postmaster/bgworker.h"

/* A database that wants a worker, or has one that was started here. */
typedef struct TTWatched
{
	Oid			database;
	BackgroundWorkerHandle *handle; /* its process, NULL: none */
	TimestampTz started_at;
	TimestampTz start_at;		/* without a process: when to start one */
	int			backoff;		/* s */
	bool		named;			/* by the look that is under way */
} TTWatched;

/* All of them, as TTWatched *. */
extern List *tt_watched_all(void);

/*
 * Look for databases: for all that may have a worker, or for those only which
 * one was asked for.  Those that are gone are not watched any more.
 */
extern void tt_watched_look(bool all);

/* Has it to be looked for databases? */
extern bool tt_watched_is_requested(void);

/* Start a worker later, later still each time. */
extern void tt_watched_put_off(TTWatched *one);

extern void tt_watched_forget(TTWatched *one);

#endif							/* TT_WATCHED_H */
