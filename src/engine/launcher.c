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
 * databases have their worker.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#include "launcher.h"
#include "settings.h"
#include "shared_state.h"
#include "worker_entry.h"

#define RESTART_AFTER		5	/* s, of the launcher */
#define FIRST_BACKOFF		1	/* s, of a worker that died */
#define LAST_BACKOFF		60
#define STEADY				60	/* s; who ran so long did not die at once */
#define STARTING_FOR		10	/* s; then the next database's turn comes anyway */

/* A database that wants a worker, or has one that was started here. */
typedef struct Watched
{
	Oid			database;
	BackgroundWorkerHandle *handle; /* its process, NULL: none */
	TimestampTz started_at;
	TimestampTz start_at;		/* without a process: when to start one */
	int			backoff;		/* s */
	bool		named;			/* by the scan that is under way */
} Watched;

static List *watched;			/* of Watched *, in TopMemoryContext */
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

static Watched *
find_watched(Oid database)
{
	ListCell   *cell;

	foreach(cell, watched)
	{
		Watched    *one = lfirst(cell);

		if (one->database == database)
			return one;
	}
	return NULL;
}

static void
watch(Oid database)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	Watched    *one = palloc0(sizeof(Watched));

	one->database = database;
	one->start_at = GetCurrentTimestamp();
	one->named = true;
	watched = lappend(watched, one);
	MemoryContextSwitchTo(caller);
}

static void
forget(Watched *one)
{
	watched = list_delete_ptr(watched, one);
	if (one->handle != NULL)
		pfree(one->handle);
	pfree(one);
}

/*
 * May a database have a worker?  "names" is timetap.databases, NIL for any.
 */
static bool
is_allowed(Form_pg_database database, List *names)
{
	ListCell   *cell;

	if (!database->datallowconn || database->datistemplate)
		return false;
	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), NameStr(database->datname)) == 0)
			return true;
	}
	return names == NIL;
}

/*
 * One database: is it to be watched from now on, or still?  A request that
 * comes while a process is on its way out stays until that has ended.
 */
static void
consider(Oid database, bool all)
{
	TTWorkerInfo info;
	bool		known = tt_shared_state_find(database, &info);
	bool		requested = known && info.requested;
	Watched    *one = find_watched(database);

	if (one != NULL)
		one->named = true;
	else if ((all || requested) && !(known && (info.stopped || info.pid != 0)))
		watch(database);
	if (requested && (one == NULL || one->handle == NULL))
		tt_shared_state_clear_request(database);
}

/*
 * Stop watching what the scan did not name: databases that are gone, or that
 * timetap.databases does not name any more.
 */
static void
drop_unnamed(void)
{
	List	   *list = list_copy(watched);
	ListCell   *cell;

	foreach(cell, list)
	{
		Watched    *one = lfirst(cell);

		if (one->named)
			continue;
		if (one->handle != NULL)
			TerminateBackgroundWorker(one->handle);
		forget(one);
	}
}

static void
forget_dropped_databases(List *present)
{
	for (int i = 0; i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo info;

		tt_shared_state_slot(i, &info);
		if (OidIsValid(info.database) && !list_member_oid(present, info.database))
			tt_shared_state_forget(info.database);
	}
}

/*
 * Look through pg_database.  All databases that may have a worker are
 * considered, or those which one was requested for.
 */
static void
scan_databases(List *names, bool all)
{
	List	   *present = NIL;
	Relation	relation = table_open(DatabaseRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(relation, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		present = lappend_oid(present, database->oid);
		if (is_allowed(database, names))
			consider(database->oid, all);
	}
	table_endscan(scan);
	table_close(relation, AccessShareLock);

	drop_unnamed();
	forget_dropped_databases(present);
}

/*
 * A scan in a transaction of its own, its memory freed with it.
 */
static void
look_for_databases(bool all)
{
	ListCell   *cell;
	List	   *names;

	foreach(cell, watched)
		((Watched *) lfirst(cell))->named = false;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	if (SplitGUCList(pstrdup(timetap_databases), ',', &names))
		scan_databases(names, all);
	else
		ereport(WARNING,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("timetap.databases is not a list of names: no worker is started"),
				errhint("Separate the names by commas, and quote those that hold a comma or a blank."));
	CommitTransactionCommand();
	pgstat_report_stat(true);
}

/*
 * Has a commit or an install script asked for a worker?
 */
static bool
is_requested(void)
{
	for (int i = 0; i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo info;

		tt_shared_state_slot(i, &info);
		if (OidIsValid(info.database) && info.requested)
			return true;
	}
	return false;
}

/*
 * Try again later, later still each time.
 */
static void
put_off(Watched *one)
{
	one->backoff = Min(Max(one->backoff * 2, FIRST_BACKOFF), LAST_BACKOFF);
	one->start_at = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), one->backoff * 1000);
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
start(Watched *one)
{
	TTWorkerInfo info;
	MemoryContext caller;
	bool		registered;

	if (tt_shared_state_find(one->database, &info) && (info.stopped || info.pid != 0))
	{
		forget(one);
		return;
	}
	if (!tt_shared_state_set(one->database, TT_WORKER_STARTING))
	{
		warn_once("timetap serves no further database with a worker",
				  "At most " CppAsString2(TT_MAX_DATABASES) " databases have one; name those that need it in timetap.databases.");
		put_off(one);
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
		put_off(one);
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
end(Watched *one)
{
	TTWorkerInfo info;

	pfree(one->handle);
	one->handle = NULL;
	if (!tt_shared_state_find(one->database, &info) || info.pid != 0 ||
		(info.state != TT_WORKER_DIED && info.state != TT_WORKER_STARTING))
	{
		forget(one);
		return;
	}
	tt_shared_state_set(one->database, TT_WORKER_DIED);
	if (TimestampDifferenceExceeds(one->started_at, GetCurrentTimestamp(), STEADY * 1000))
		one->backoff = 0;
	put_off(one);
}

static void
notice_ended_workers(void)
{
	List	   *list = list_copy(watched);
	ListCell   *cell;

	foreach(cell, list)
	{
		Watched    *one = lfirst(cell);
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

	foreach(cell, watched)
	{
		Watched    *one = lfirst(cell);
		TimestampTz until = TimestampTzPlusMilliseconds(one->started_at, STARTING_FOR * 1000);
		TTWorkerInfo info;

		if (one->handle != NULL && now < until &&
			tt_shared_state_find(one->database, &info) && info.state == TT_WORKER_STARTING)
			return until;
	}
	return 0;
}

static Watched *
first_to_start(void)
{
	Watched    *first = NULL;
	ListCell   *cell;

	foreach(cell, watched)
	{
		Watched    *one = lfirst(cell);

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
		Watched    *next = first_to_start();

		if (next == NULL)
			return DT_NOEND;
		if (wait_until != 0)
			return wait_until;
		if (next->start_at > now)
			return next->start_at;

		/* it may have been dropped while it waited */
		look_for_databases(false);
		if (list_member_ptr(watched, next))
			start(next);
	}
}

static void
reload(void)
{
	char	   *before = MemoryContextStrdup(TopMemoryContext, timetap_databases);

	ProcessConfigFile(PGC_SIGHUP);
	if (strcmp(before, timetap_databases) != 0)
		look_for_databases(true);
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
	look_for_databases(true);

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			reload();
		}
		notice_ended_workers();
		if (is_requested())
			look_for_databases(false);
		wait_until(start_due_workers());
	}
}
