/*-------------------------------------------------------------------------
 *
 * shared_state.h
 *	  What backends, launcher and workers tell one another.
 *
 * A small struct in shared memory, plain numbers only.  Functions named
 * tt_shared_state_* are the engine's; those named timetap_shared_state_* are
 * also for the worker's library, and only in a worker process, which the
 * engine has attached before (see worker_entry.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SHARED_STATE_H
#define TT_SHARED_STATE_H

#include "datatype/timestamp.h"
#include "postgres_ext.h"

/* More databases than this with a worker each are not served. */
#define TT_MAX_DATABASES	64

/* Longest error that worker_status() shows, with its NUL. */
#define TT_MAX_WORKER_ERROR	200

typedef enum TTWorkerState
{
	TT_WORKER_NONE,				/* no worker: it went for lack of work, or none
								 * was started yet */
	TT_WORKER_STARTING,			/* asked for, or looking for the extension */
	TT_WORKER_RUNNING,
	TT_WORKER_IDLE,				/* runs, but the extension is gone or of
								 * another version: waits for it */
	TT_WORKER_ABSENT,			/* no worker: the database has no timetap */
	TT_WORKER_DIED,				/* no worker, but one will be started again */
	TT_WORKER_STOPPED			/* no worker until start_worker() */
} TTWorkerState;

/* What a worker tells of itself; only the worker changes it. */
typedef struct TTWorkerCounters
{
	int32		in_flight;		/* requests under way now */
	int64		done;			/* requests that did what they should */
	int64		failed;			/* requests that did not */
	int64		wake_ups;		/* turns of its loop */
	TimestampTz last_success_at;	/* 0: never */
	char		last_error[TT_MAX_WORKER_ERROR];	/* "": none; free of secrets,
													 * in the database's encoding */
} TTWorkerCounters;

/* A copy of what is known of one database's worker. */
typedef struct TTWorkerInfo
{
	Oid			database;		/* InvalidOid: slot not in use */
	TTWorkerState state;
	int			pid;			/* 0: no process */
	int			procno;			/* index in ProcGlobal->allProcs, -1: none */
	bool		requested;		/* somebody missed a worker here */
	bool		stopped;		/* stop_worker(): none is wanted */
	bool		prepared;		/* a prepared transaction may hold work */
	TimestampTz started_at;		/* of the process, 0: never */
	TTWorkerCounters counters;	/* since the server's start */
} TTWorkerInfo;

/*
 * For the worker's library.
 */

/* What an earlier worker of this database had counted: go on from there. */
extern PGDLLEXPORT void timetap_shared_state_counters(TTWorkerCounters *counters);

/* Publish the counters, after each turn in which they changed. */
extern PGDLLEXPORT void timetap_shared_state_report(const TTWorkerCounters *counters);

/* True while the extension is gone or of another version. */
extern PGDLLEXPORT void timetap_shared_state_set_idle(bool idle);

/*
 * Has a transaction with work been prepared since the last call?  True at the
 * first call of a new worker.  Whoever is told so looks at pg_prepared_xacts
 * until it has no row of this database.
 */
extern PGDLLEXPORT bool timetap_shared_state_take_prepared(void);

/* Would a worker that goes be started again for work that comes? */
extern PGDLLEXPORT bool timetap_shared_state_has_launcher(void);

/*
 * For the engine.
 */

/* Ask for the memory, when the library is preloaded. */
extern void tt_shared_state_request(void);

/* Make the struct, or find it; false when shared memory is exhausted. */
extern bool tt_shared_state_init(void);

/* Copy a database's slot; false when it has none. */
extern bool tt_shared_state_find(Oid database, TTWorkerInfo *info);

/* Copy slot n, 0 .. TT_MAX_DATABASES - 1, in use or not. */
extern void tt_shared_state_slot(int n, TTWorkerInfo *info);

/*
 * Set the state of a database without a worker process, making its slot if
 * need be; false when there is a process, or no slot is left.
 */
extern bool tt_shared_state_set(Oid database, TTWorkerState state);

/* stop_worker() and start_worker(); false when no slot is left. */
extern bool tt_shared_state_set_stopped(Oid database, bool stopped);

/* Forget a database that is no more. */
extern void tt_shared_state_forget(Oid database);

/* A request for a worker is answered: forget it. */
extern void tt_shared_state_clear_request(Oid database);

/*
 * This process is the worker of its database from now on: false when there is
 * one, none is wanted, or no slot is left.  Then it leaves, saying why; if it
 * ends without a word it has died.
 */
extern bool tt_shared_state_attach(void);
extern void tt_shared_state_leave(TTWorkerState why, const char *error);

/*
 * Wake the worker of this process's database or, when there is none, ask the
 * launcher for one.  Raises nothing: it is called when a commit is done.
 */
extern void tt_shared_state_wake(bool prepared);

/* This process is the launcher. */
extern void tt_shared_state_set_launcher(void);

#endif							/* TT_SHARED_STATE_H */
