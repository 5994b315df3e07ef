/*-------------------------------------------------------------------------
 *
 * shared_state_worker.c
 *	  The worker's own side of the shared state: its slot.
 *
 * A worker process takes its database's slot first of all, and gives it back
 * in an exit callback, which every end of a process runs but those that make
 * the server start anew.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/timestamp.h"

#include "shared_slots.h"

static TTWorkerInfo *mine;		/* this process's slot, NULL: it is no worker */

/*
 * Copy an error, cut at a whole character.
 */
static void
copy_error(char *copy, const char *error)
{
	int			length = (int) strnlen(error, TT_MAX_WORKER_ERROR);

	length = pg_mbcliplen(error, length, TT_MAX_WORKER_ERROR - 1);
	memcpy(copy, error, length);
	copy[length] = '\0';
}

/*
 * The worker goes; the launcher looks what is to be done about it.
 */
static void
detach(TTWorkerState why, const char *error)
{
	char		copy[TT_MAX_WORKER_ERROR] = "";

	if (error != NULL)
		copy_error(copy, error);
	SpinLockAcquire(&tt_shared->mutex);
	mine->pid = 0;
	mine->procno = -1;
	mine->counters.in_flight = 0;
	mine->state = why;
	if (mine->stopped || why == TT_WORKER_STOPPED)
	{
		mine->state = TT_WORKER_STOPPED;
		mine->stopped = true;
	}
	if (error != NULL)
		memcpy(mine->counters.last_error, copy, TT_MAX_WORKER_ERROR);
	SpinLockRelease(&tt_shared->mutex);
	mine = NULL;
	tt_shared_slots_set_latch(tt_shared->launcher);
}

static void
detach_at_exit(int code pg_attribute_unused(), Datum arg pg_attribute_unused())
{
	if (mine != NULL)
		detach(TT_WORKER_DIED, NULL);
}

/*
 * Become the worker of this database.
 */
bool
tt_shared_state_attach(void)
{
	TimestampTz now = GetCurrentTimestamp();
	TTWorkerInfo *slot;

	before_shmem_exit(detach_at_exit, 0);
	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_make(MyDatabaseId);
	if (slot != NULL && slot->pid == 0 && !slot->stopped)
	{
		mine = slot;
		mine->pid = MyProcPid;
		mine->procno = (int) (MyProc - ProcGlobal->allProcs);
		mine->state = TT_WORKER_STARTING;
		mine->requested = false;
		mine->prepared = true;	/* what was prepared before is not known */
		mine->started_at = now;
		mine->counters.in_flight = 0;
		mine->counters.last_error[0] = '\0';
	}
	SpinLockRelease(&tt_shared->mutex);
	return mine != NULL;
}

/*
 * Go, and say why.  A commit may have woken this process after it looked for
 * work for the last time: whoever set the latch before the slot was given back
 * is answered here, whoever set it later sees for himself that the worker is
 * gone (see tt_shared_state_wake).
 */
void
tt_shared_state_leave(TTWorkerState why, const char *error)
{
	detach(why, error);
	pg_memory_barrier();
	if (((volatile Latch *) MyLatch)->is_set)
		tt_shared_state_wake(false);
}

/*
 * What the workers of this database have counted so far.
 */
void
timetap_shared_state_counters(TTWorkerCounters *counters)
{
	*counters = mine->counters;
}

/*
 * Publish the worker's counters.
 */
void
timetap_shared_state_report(const TTWorkerCounters *counters)
{
	TTWorkerCounters copy = *counters;

	copy_error(copy.last_error, counters->last_error);
	SpinLockAcquire(&tt_shared->mutex);
	mine->counters = copy;
	SpinLockRelease(&tt_shared->mutex);
}

/*
 * Tell whether the worker has the extension it works for.  The launcher goes
 * on to the next database when a worker has come so far.
 */
void
timetap_shared_state_set_idle(bool idle)
{
	SpinLockAcquire(&tt_shared->mutex);
	mine->state = idle ? TT_WORKER_IDLE : TT_WORKER_RUNNING;
	SpinLockRelease(&tt_shared->mutex);
	tt_shared_slots_set_latch(tt_shared->launcher);
}

/*
 * Has work been prepared?
 */
bool
timetap_shared_state_take_prepared(void)
{
	bool		prepared;

	SpinLockAcquire(&tt_shared->mutex);
	prepared = mine->prepared;
	mine->prepared = false;
	SpinLockRelease(&tt_shared->mutex);
	return prepared;
}

/*
 * Would a worker that goes be started again for work that comes?
 */
bool
timetap_shared_state_has_launcher(void)
{
	return tt_shared->launcher >= 0;
}
