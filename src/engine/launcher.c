/*-------------------------------------------------------------------------
 *
 * launcher.c
 *	  The process that sees to it that every database with timetap has a
 *	  worker.
 *
 * Only a process inside a database can tell whether timetap is there, so the
 * launcher starts one in each database, one after the other: a worker that
 * finds no extension says so in shared memory and exits.  Later it is woken
 * for a database by the install script or by a commit that missed a worker.
 * A worker that died is started again after 1 s, then 2 s, up to a minute.
 *
 * The launcher itself is connected to no database, so it is in nobody's way,
 * and sleeps on its latch without a timeout whenever there is nothing to start.
 * When it dies the server starts it anew; it then finds in shared memory which
 * databases have their worker, and which one loses it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "launcher.h"
#include "settings.h"
#include "shared_state.h"
#include "watched.h"
#include "worker_entry.h"

#define RESTART_AFTER		5	/* s, of the launcher */
#define STEADY				60	/* s; who ran so long did not die at once */
#define STARTING_FOR		10	/* s; then the next database's turn comes anyway */

static bool warned;				/* that a worker could not be started */

PGDLLEXPORT void timetap_launcher_main(Datum main_arg);

/*
 * Register the launcher, and ask for shared memory, when preloaded.
 */
void
tt_launcher_register(void)
{
	BackgroundWorker worker = {
		.bgw_name = "timetap launcher",
		.bgw_type = "timetap launcher",
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = RESTART_AFTER,
		.bgw_library_name = TT_ENGINE_LIBRARY,
		.bgw_function_name = "timetap_launcher_main"
	};

	if (!process_shared_preload_libraries_in_progress)
		return;
	tt_shared_state_request();
	RegisterBackgroundWorker(&worker);
}

static void
warn_once(const char *message, const char *hint)
{
	if (!warned)
		ereport(WARNING,
				errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				errmsg_internal("%s", message),
				errhint("%s", hint));
	warned = true;
}

/*
 * Start a worker process in a database, unless it has got one meanwhile or
 * wants none.
 */
static void
start(TTWatched *one)
{
	TTWorkerInfo info;
	MemoryContext caller;
	bool		registered;

	if (tt_shared_state_find(one->database, &info) && (info.stopped || info.pid != 0))
	{
		tt_watched_forget(one);
		return;
	}
	if (!tt_shared_state_set(one->database, TT_WORKER_STARTING))
	{
		warn_once("timetap serves no further database with a worker",
				  "At most " CppAsString2(TT_MAX_DATABASES) " databases have one; name those that need it in timetap.databases.");
		tt_watched_put_off(one);
		return;
	}

	caller = MemoryContextSwitchTo(TopMemoryContext);
	registered = tt_worker_entry_register(one->database, BGW_NEVER_RESTART, &one->handle);
	MemoryContextSwitchTo(caller);
	if (!registered)
	{
		tt_shared_state_set(one->database, TT_WORKER_DIED);
		one->handle = NULL;
		warn_once("no process is left for a timetap worker",
				  "Raise max_worker_processes, and restart the server.");
		tt_watched_put_off(one);
		return;
	}
	warned = false;
	one->started_at = GetCurrentTimestamp();
}

/*
 * A worker process has ended: start another one, unless it said that none is
 * needed, or another one is there.
 */
static void
end(TTWatched *one)
{
	TTWorkerInfo info;

	pfree(one->handle);
	one->handle = NULL;
	if (!tt_shared_state_find(one->database, &info) || info.pid != 0 ||
		(info.state != TT_WORKER_DIED && info.state != TT_WORKER_STARTING))
	{
		tt_watched_forget(one);
		return;
	}
	tt_shared_state_set(one->database, TT_WORKER_DIED);
	if (TimestampDifferenceExceeds(one->started_at, GetCurrentTimestamp(), STEADY * 1000))
		one->backoff = 0;
	tt_watched_put_off(one);
}

static void
notice_ended_workers(void)
{
	List	   *list = list_copy(tt_watched_all());
	ListCell   *cell;

	foreach(cell, list)
	{
		TTWatched  *one = lfirst(cell);
		pid_t		pid;

		if (one->handle != NULL && GetBackgroundWorkerPid(one->handle, &pid) == BGWH_STOPPED)
			end(one);
	}
	list_free(list);
}

/*
 * Until when does everybody else wait for a worker that is just starting?
 */
static TimestampTz
start_under_way(TimestampTz now)
{
	ListCell   *cell;

	foreach(cell, tt_watched_all())
	{
		TTWatched  *one = lfirst(cell);
		TimestampTz until = TimestampTzPlusMilliseconds(one->started_at, STARTING_FOR * 1000);
		TTWorkerInfo info;

		if (one->handle != NULL && now < until &&
			tt_shared_state_find(one->database, &info) && info.state == TT_WORKER_STARTING)
			return until;
	}
	return 0;
}

static TTWatched *
first_to_start(void)
{
	TTWatched  *first = NULL;
	ListCell   *cell;

	foreach(cell, tt_watched_all())
	{
		TTWatched  *one = lfirst(cell);

		if (one->handle == NULL && (first == NULL || one->start_at < first->start_at))
			first = one;
	}
	return first;
}

/*
 * Start what is due, one at a time.  Returns when there will be something to
 * do again, DT_NOEND if not before the latch is set.
 */
static TimestampTz
start_due_workers(void)
{
	for (;;)
	{
		TimestampTz now = GetCurrentTimestamp();
		TimestampTz wait_until = start_under_way(now);
		TTWatched  *next = first_to_start();

		if (next == NULL)
			return DT_NOEND;
		if (wait_until != 0)
			return wait_until;
		if (next->start_at > now)
			return next->start_at;

		/* it may have been dropped while it waited */
		tt_watched_look(false);
		if (list_member_ptr(tt_watched_all(), next))
			start(next);
	}
}

static void
reload(void)
{
	char	   *before = MemoryContextStrdup(TopMemoryContext, timetap_databases);

	ProcessConfigFile(PGC_SIGHUP);
	if (strcmp(before, timetap_databases) != 0)
		tt_watched_look(true);
	pfree(before);
}

static void
wait_until(TimestampTz then)
{
	int			events = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH;
	long		timeout = -1;

	if (then != DT_NOEND)
	{
		events |= WL_TIMEOUT;
		timeout = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), then);
	}
	(void) WaitLatch(MyLatch, events, timeout, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
}

/*
 * The launcher's life.
 */
void
timetap_launcher_main(Datum main_arg pg_attribute_unused())
{
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);

	if (!tt_shared_state_init())
		proc_exit(0);
	tt_shared_state_set_launcher();
	tt_watched_look(true);

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			reload();
		}
		notice_ended_workers();
		if (tt_watched_is_requested())
			tt_watched_look(false);
		wait_until(start_due_workers());
	}
}
