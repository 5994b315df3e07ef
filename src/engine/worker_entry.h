/*-------------------------------------------------------------------------
 *
 * worker_entry.h
 *	  How a worker process begins: in the engine, then in the worker's library.
 *
 * The engine's part connects to the database, looks for the extension, takes
 * the database's worker lock and the slot in shared memory, and only then
 * loads timetap_worker.so, so that no network code is loaded where there is
 * no timetap.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_WORKER_ENTRY_H
#define TT_WORKER_ENTRY_H

#include "postgres_ext.h"

/* As pg_stat_activity shows it. */
#define TT_WORKER_TYPE		"timetap worker"

/* The worker's library and its main function. */
#define TT_WORKER_LIBRARY	"timetap_worker"
#define TT_WORKER_MAIN		"timetap_worker_main"

/*
 * The worker's main function, exported by its library.
 *
 * When it is called the process is connected to the database as the superuser
 * who made the cluster, outside of a transaction; signals are unblocked, with
 * the server's own handlers (SIGTERM: die, SIGHUP:
 * SignalHandlerForConfigReload); this is the only worker of the database; its
 * slot in shared memory says "running"; at least one transaction before saw
 * the extension.
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

#endif							/* TT_WORKER_ENTRY_H */
