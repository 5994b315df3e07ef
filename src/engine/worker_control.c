/*-------------------------------------------------------------------------
 *
 * worker_control.c
 *	  What people do with this database's worker: look at it, start it, stop it.
 *
 * A worker started here belongs to the server, not to the launcher: it needs
 * no preloading, and the server starts it again when it dies, until the next
 * restart of the server.  Stopping is remembered in shared memory, where the
 * launcher, the server's own restart of the process and every commit find it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <signal.h>

#include "access/htup_details.h"
#include "access/xlog.h"
#include "commands/dbcommands.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "errors.h"
#include "shared_state.h"
#include "wakeup.h"
#include "worker_entry.h"

#define RESTART_AFTER	5		/* s, of a worker that died */
#define WAIT_FOR		10000	/* ms, for a worker to start or end */
#define LOOK_EVERY		10		/* ms, while waiting for it */

/* What people read. */
static const char *const state_names[] = {
	[TT_WORKER_NONE] = "not running",
	[TT_WORKER_STARTING] = "starting",
	[TT_WORKER_RUNNING] = "running",
	[TT_WORKER_IDLE] = "idle",
	[TT_WORKER_ABSENT] = "not running",
	[TT_WORKER_DIED] = "not running",
	[TT_WORKER_STOPPED] = "stopped",
};

#define STATUS_COLUMNS	10

PG_FUNCTION_INFO_V1(timetap_worker_status);
PG_FUNCTION_INFO_V1(timetap_start_worker);
PG_FUNCTION_INFO_V1(timetap_stop_worker);
PG_FUNCTION_INFO_V1(timetap_wake_worker);

/*
 * What is known of this database's worker; all zeroes when nothing is.
 */
static void
look(TTWorkerInfo *info)
{
	if (!tt_shared_state_init() || !tt_shared_state_find(MyDatabaseId, info))
		memset(info, 0, sizeof(TTWorkerInfo));
}

static Datum
time_or_null(TimestampTz time, bool *isnull)
{
	*isnull = time == 0;
	return TimestampTzGetDatum(time);
}

/*
 * worker_status()
 */
Datum
timetap_worker_status(PG_FUNCTION_ARGS)
{
	TTWorkerInfo info;
	TupleDesc	descriptor;
	Datum		values[STATUS_COLUMNS] = {0};
	bool		nulls[STATUS_COLUMNS] = {false};

	tt_actor_require_service("see the worker's state");
	look(&info);
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	values[0] = Int32GetDatum(info.pid);
	nulls[0] = info.pid == 0;
	values[1] = CStringGetTextDatum(get_database_name(MyDatabaseId));
	values[2] = CStringGetTextDatum(state_names[info.state]);
	values[3] = time_or_null(info.pid == 0 ? 0 : info.started_at, &nulls[3]);
	values[4] = Int32GetDatum(info.counters.in_flight);
	values[5] = Int64GetDatum(info.counters.done);
	values[6] = Int64GetDatum(info.counters.failed);
	values[7] = time_or_null(info.counters.last_success_at, &nulls[7]);
	values[8] = CStringGetTextDatum(info.counters.last_error);
	nulls[8] = info.counters.last_error[0] == '\0';
	values[9] = Int64GetDatum(info.counters.wake_ups);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

/*
 * One short sleep of a loop that has lasted since "since"; false when it has
 * lasted too long.
 */
static bool
wait_a_little(TimestampTz since)
{
	CHECK_FOR_INTERRUPTS();
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
					 LOOK_EVERY, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	return !TimestampDifferenceExceeds(since, GetCurrentTimestamp(), WAIT_FOR);
}

static void
refuse_start(const char *message, const char *hint)
{
	tt_errors_throw(TT_WORKER_UNAVAILABLE, hint, "%s", message);
}

/*
 * Wait until this database has a worker, whoever started it.
 */
static void
wait_for_start(BackgroundWorkerHandle *handle)
{
	TimestampTz since = GetCurrentTimestamp();
	TTWorkerInfo info;
	bool		ended;
	pid_t		pid;

	do
	{
		ended = GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED;
		look(&info);
		if (info.state == TT_WORKER_RUNNING || info.state == TT_WORKER_IDLE)
			return;
	} while (!(ended && info.pid == 0) && wait_a_little(since));

	/* or the server would try again and again behind the caller's back */
	TerminateBackgroundWorker(handle);
	tt_shared_state_set(MyDatabaseId, TT_WORKER_NONE);
	if (info.state == TT_WORKER_ABSENT)
		refuse_start("the worker found no extension timetap in this database",
					 "Commit the transaction that creates it first.");
	refuse_start("the worker of this database did not start",
				 info.counters.last_error[0] ? psprintf("It said: %s.", info.counters.last_error) :
				 "Look into the server's log for the reason.");
}

/*
 * start_worker()
 */
Datum
timetap_start_worker(PG_FUNCTION_ARGS pg_attribute_unused())
{
	BackgroundWorkerHandle *handle;
	TTWorkerInfo info;

	tt_actor_require_service("start the worker");
	if (RecoveryInProgress())
		refuse_start("a worker cannot run on a standby",
					 "Call it on the primary. After a promotion the launcher starts the worker.");
	if (!tt_shared_state_init() || !tt_shared_state_set_stopped(MyDatabaseId, false))
		refuse_start("no shared memory is left for a worker of this database",
					 "Add timetap to shared_preload_libraries, and restart the server.");
	look(&info);
	if (info.pid == 0)
	{
		tt_shared_state_set(MyDatabaseId, TT_WORKER_STARTING);
		if (!tt_worker_entry_register(MyDatabaseId, RESTART_AFTER, &handle))
		{
			tt_shared_state_set(MyDatabaseId, TT_WORKER_NONE);
			refuse_start("no process is left for a worker",
						 "Raise max_worker_processes, and restart the server.");
		}
		wait_for_start(handle);
	}
	PG_RETURN_BOOL(true);
}

/*
 * stop_worker()
 */
Datum
timetap_stop_worker(PG_FUNCTION_ARGS pg_attribute_unused())
{
	TimestampTz since = GetCurrentTimestamp();
	TTWorkerInfo info;

	tt_actor_require_service("stop the worker");
	if (!tt_shared_state_init() || !tt_shared_state_set_stopped(MyDatabaseId, true))
		PG_RETURN_BOOL(false);
	look(&info);				/* from here on no other one comes */
	if (info.pid == 0)
		PG_RETURN_BOOL(false);

	if (BackendPidGetProc(info.pid) != NULL)
		(void) kill(info.pid, SIGTERM);
	while (BackendPidGetProc(info.pid) != NULL)
	{
		if (!wait_a_little(since))
		{
			ereport(WARNING,
					errmsg("the worker with process id %d has not ended yet", info.pid));
			break;
		}
	}
	PG_RETURN_BOOL(true);
}

/*
 * For the install script: have the launcher look at this database.
 */
Datum
timetap_wake_worker(PG_FUNCTION_ARGS pg_attribute_unused())
{
	tt_wakeup_at_commit();
	PG_RETURN_VOID();
}
