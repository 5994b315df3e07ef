/*-------------------------------------------------------------------------
 *
 * worker_entry.c
 *	  How a worker process begins.
 *
 * The exit code says whether the server starts the process again (those of
 * start_worker(); the launcher goes by shared memory): 0 where no worker is
 * wanted, anything else where one died.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "tcop/tcopprot.h"
#include "utils/timestamp.h"

#include "shared_state.h"
#include "worker_entry.h"
#include "worker_library.h"

PGDLLEXPORT void timetap_worker_start(Datum main_arg);

/*
 * Have a worker process started in a database.
 */
bool
tt_worker_entry_register(Oid database, int restart_after, BackgroundWorkerHandle **handle)
{
	BackgroundWorker worker = {
		.bgw_type = TT_WORKER_TYPE,
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = restart_after,
		.bgw_library_name = TT_ENGINE_LIBRARY,
		.bgw_function_name = "timetap_worker_start",
		.bgw_main_arg = ObjectIdGetDatum(database),
		.bgw_notify_pid = MyProcPid
	};

	snprintf(worker.bgw_name, BGW_MAXLEN, TT_WORKER_TYPE " for database %u", database);
	return RegisterDynamicBackgroundWorker(&worker, handle);
}

static bool
extension_exists(void)
{
	bool		exists;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	exists = OidIsValid(get_extension_oid("timetap", true));
	CommitTransactionCommand();
	pgstat_report_stat(true);
	return exists;
}

/*
 * Find the worker's main function; without it, say so once and stay away.
 */
static TTWorkerMain
load_worker(void)
{
	char	   *error = NULL;
	TTWorkerMain result = (TTWorkerMain) tt_worker_library_find(TT_WORKER_MAIN, &error);

	if (result == NULL)
	{
		ereport(WARNING,
				errcode(ERRCODE_UNDEFINED_FILE),
				errmsg("no calendar is kept in step: the library " TT_WORKER_LIBRARY " cannot be loaded"),
				errdetail_internal("%s", error),
				errhint("Install it, and call timetap.start_worker()."));
		tt_shared_state_leave(TT_WORKER_STOPPED, error);
	}
	return result;
}

/*
 * The life of a worker process; its argument is the database.
 */
void
timetap_worker_start(Datum main_arg)
{
	TTWorkerMain worker_main;

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(main_arg), InvalidOid, 0);

	if (!tt_shared_state_init() || !tt_shared_state_attach())
		proc_exit(0);

	/* from here on the latch says that somebody wants something */
	ResetLatch(MyLatch);
	if (!extension_exists())
	{
		tt_shared_state_leave(TT_WORKER_ABSENT, NULL);
		proc_exit(0);
	}
	worker_main = load_worker();
	if (worker_main == NULL)
		proc_exit(0);

	timetap_shared_state_set_idle(false);
	worker_main(MyDatabaseId);
	tt_shared_state_leave(TT_WORKER_NONE, NULL);
	proc_exit(0);
}
