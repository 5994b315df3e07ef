/*-------------------------------------------------------------------------
 *
 * worker_entry.h
 *	  How a worker process begins: in the engine, then in the worker's library.
 *
 * The engine's part connects to the database, takes the database's slot in
 * shared memory (a second worker finds it taken and exits), looks for the
 * extension, and only then loads timetap_worker.so, so that no network code
 * is loaded where there is no timetap.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WORKER_ENTRY_H
#define TT_WORKER_ENTRY_H

#include "postmaster/bgworker.h"

/* As pg_stat_activity shows it. */
#define TT_WORKER_TYPE		"timetap worker"

/* The library that holds this, for background processes. */
#define TT_ENGINE_LIBRARY	"timetap"

/* The main function, in the library that worker_library.h names. */
#define TT_WORKER_MAIN		"timetap_worker_main"

/*
 * The worker's main function, exported by its library.
 *
 * When it is called the process is connected to the database as the superuser
 * who made the cluster, outside of a transaction; signals are unblocked, with
 * the server's own handlers (SIGTERM: die, SIGHUP:
 * SignalHandlerForConfigReload); this is the only worker of the database; its
 * slot in shared memory says "running"; at least one transaction before saw
 * the extension.  It looks for work before it waits for the first time.
 *
 * Waking: the process's latch (MyLatch) is set after each commit with work.
 * Stopping: stop_worker(), shutdown and pg_terminate_backend() all come as
 * SIGTERM, so CHECK_FOR_INTERRUPTS() each turn is all that is needed.
 *
 * Returning means "no work for timetap.worker_idle: may go": the process then
 * ends, and comes back when an enqueue asks the launcher for it.  Whoever wants
 * to be started again lets an error escape instead.
 */
typedef void (*TTWorkerMain) (Oid database);

extern PGDLLEXPORT void timetap_worker_main(Oid database);

/*
 * Have a worker process started; false when there is no process left for it.
 * "restart_after" is in seconds, or BGW_NEVER_RESTART.
 */
extern bool tt_worker_entry_register(Oid database, int restart_after,
									 BackgroundWorkerHandle **handle);

#endif							/* TT_WORKER_ENTRY_H */
