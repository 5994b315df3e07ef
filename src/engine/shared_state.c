/*-------------------------------------------------------------------------
 *
 * shared_state.c
 *	  What backends, launcher and workers tell one another.
 *
 * One struct of fixed size with a slot per database that has, had or wants a
 * worker.  It is made by whoever needs it first, so that it works without
 * preloading, too: it then lives in the memory that the server leaves for
 * such guests.
 *
 * The slot is also what keeps a database from having two workers: a worker
 * process takes it first of all, and gives it back in an exit callback, which
 * every end of a process runs but those that make the server start anew.
 *
 * Changes are made under one spinlock.  Waking, the only thing that every
 * commit with work does, reads without it: a latch is set by its process
 * number, which always is valid memory, and setting it for the wrong process
 * costs that one a turn of its loop.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/timestamp.h"

#include "shared_state.h"

typedef struct TTSharedState
{
	slock_t		mutex;
	int			launcher;		/* its process number, -1: none */
	TTWorkerInfo slots[TT_MAX_DATABASES];
} TTSharedState;

StaticAssertDecl(sizeof(TTSharedState) < 32 * 1024,
				 "the shared state must fit into the memory left for guests");

static TTSharedState *shared;
static TTWorkerInfo *mine;		/* in a worker process: its slot */
static shmem_request_hook_type previous_request_hook;

static void
request_memory(void)
{
	if (previous_request_hook)
		previous_request_hook();
	RequestAddinShmemSpace(MAXALIGN(sizeof(TTSharedState)));
}

/*
 * When preloaded: be sure of the memory.
 */
void
tt_shared_state_request(void)
{
	previous_request_hook = shmem_request_hook;
	shmem_request_hook = request_memory;
}

static void
make_or_find(void)
{
	bool		found;
	TTSharedState *state = ShmemInitStruct("timetap", sizeof(TTSharedState), &found);

	if (!found)
	{
		memset(state, 0, sizeof(TTSharedState));
		SpinLockInit(&state->mutex);
		state->launcher = -1;
		for (int i = 0; i < TT_MAX_DATABASES; i++)
			state->slots[i].procno = -1;
	}
	shared = state;
}

/*
 * Make the struct, or find it.  No error escapes when there is no memory, for
 * a booking must not fail because a worker cannot be woken.
 */
bool
tt_shared_state_init(void)
{
	static bool exhausted = false;
	MemoryContext context = CurrentMemoryContext;
	ErrorData  *volatile error = NULL;

	if (likely(shared != NULL))
		return true;
	if (exhausted)
		return false;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	PG_TRY();
	{
		make_or_find();
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();		/* raising the error forgot those of the lock */
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		exhausted = true;
	}
	PG_END_TRY();
	LWLockRelease(AddinShmemInitLock);

	if (error != NULL)
		ereport(LOG,
				errmsg("timetap has no shared memory: calendar workers cannot be woken or started"),
				errdetail_internal("%s", error->message),
				errhint("Add timetap to shared_preload_libraries."));
	return shared != NULL;
}

static TTWorkerInfo *
find_slot(Oid database)
{
	for (int i = 0; i < TT_MAX_DATABASES; i++)
		if (shared->slots[i].database == database)
			return &shared->slots[i];
	return NULL;
}

/*
 * Find or make a slot, the mutex being held.  When all are in use, one that
 * says nothing but history is taken over.  NULL when there is none.
 */
static TTWorkerInfo *
make_slot(Oid database)
{
	TTWorkerInfo *slot = find_slot(database);

	if (slot != NULL)
		return slot;
	slot = find_slot(InvalidOid);
	for (int i = 0; slot == NULL && i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo *other = &shared->slots[i];

		if (other->pid == 0 && !other->stopped && !other->requested &&
			other->state != TT_WORKER_STARTING)
			slot = other;
	}
	if (slot != NULL)
	{
		memset(slot, 0, sizeof(TTWorkerInfo));
		slot->procno = -1;
		slot->database = database;
	}
	return slot;
}

/*
 * Copy a database's slot.
 */
bool
tt_shared_state_find(Oid database, TTWorkerInfo *info)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&shared->mutex);
	slot = find_slot(database);
	if (slot != NULL)
		*info = *slot;
	SpinLockRelease(&shared->mutex);
	return slot != NULL;
}

/*
 * Copy the n-th slot.
 */
void
tt_shared_state_slot(int n, TTWorkerInfo *info)
{
	SpinLockAcquire(&shared->mutex);
	*info = shared->slots[n];
	SpinLockRelease(&shared->mutex);
}

/*
 * Set the state of a database without a worker.
 */
bool
tt_shared_state_set(Oid database, TTWorkerState state)
{
	TTWorkerInfo *slot;
	bool		done = false;

	SpinLockAcquire(&shared->mutex);
	slot = make_slot(database);
	if (slot != NULL && slot->pid == 0)
	{
		slot->state = state;
		done = true;
	}
	SpinLockRelease(&shared->mutex);
	return done;
}

/*
 * From now on no worker is wanted in a database, or one may be again.
 */
bool
tt_shared_state_set_stopped(Oid database, bool stopped)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&shared->mutex);
	slot = make_slot(database);
	if (slot != NULL)
	{
		slot->stopped = stopped;
		if (slot->pid == 0)
			slot->state = stopped ? TT_WORKER_STOPPED : TT_WORKER_NONE;
	}
	SpinLockRelease(&shared->mutex);
	return slot != NULL;
}

/*
 * Forget a database.
 */
void
tt_shared_state_forget(Oid database)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&shared->mutex);
	slot = find_slot(database);
	if (slot != NULL && slot->pid == 0)
		slot->database = InvalidOid;
	SpinLockRelease(&shared->mutex);
}

/*
 * Forget that a worker was asked for.
 */
void
tt_shared_state_clear_request(Oid database)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&shared->mutex);
	slot = find_slot(database);
	if (slot != NULL)
		slot->requested = false;
	SpinLockRelease(&shared->mutex);
}

static void
set_latch_of(int procno)
{
	if (procno >= 0)
		SetLatch(&ProcGlobal->allProcs[procno].procLatch);
}

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
	SpinLockAcquire(&shared->mutex);
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
	SpinLockRelease(&shared->mutex);
	mine = NULL;
	set_latch_of(shared->launcher);
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
	SpinLockAcquire(&shared->mutex);
	slot = make_slot(MyDatabaseId);
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
	SpinLockRelease(&shared->mutex);
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
 * Is there nobody who would come by himself?  A worker that died is started
 * again anyway, and one that was stopped is not wanted.
 */
static bool
must_request(const TTWorkerInfo *slot)
{
	return !slot->stopped && !slot->requested && slot->pid == 0 &&
		slot->state != TT_WORKER_DIED && slot->state != TT_WORKER_STOPPED;
}

static void
request_worker(void)
{
	TTWorkerInfo *slot;
	bool		requested = false;

	SpinLockAcquire(&shared->mutex);
	slot = make_slot(MyDatabaseId);
	if (slot != NULL && must_request(slot))
		slot->requested = requested = true;
	SpinLockRelease(&shared->mutex);
	if (requested)
		set_latch_of(shared->launcher);
}

/*
 * Wake the worker of this database, or ask for one.
 */
void
tt_shared_state_wake(bool prepared)
{
	static TTWorkerInfo *known = NULL;
	int			procno;

	if (shared == NULL)
		return;
	if (known == NULL || known->database != MyDatabaseId)
		known = find_slot(MyDatabaseId);

	if (known != NULL && prepared)
	{
		SpinLockAcquire(&shared->mutex);
		known->prepared = true;
		SpinLockRelease(&shared->mutex);
	}
	pg_memory_barrier();
	procno = known ? ((volatile TTWorkerInfo *) known)->procno : -1;
	set_latch_of(procno);
	if (procno >= 0 && ((volatile TTWorkerInfo *) known)->procno == procno)
		return;
	request_worker();
}

static void
forget_launcher(int code pg_attribute_unused(), Datum arg pg_attribute_unused())
{
	shared->launcher = -1;
}

/*
 * Requests are from now on told to this process.
 */
void
tt_shared_state_set_launcher(void)
{
	before_shmem_exit(forget_launcher, 0);
	shared->launcher = (int) (MyProc - ProcGlobal->allProcs);
	pg_memory_barrier();		/* before it looks for earlier requests */
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
	SpinLockAcquire(&shared->mutex);
	mine->counters = copy;
	SpinLockRelease(&shared->mutex);
}

/*
 * Tell whether the worker has the extension it works for.  The launcher goes
 * on to the next database when a worker has come so far.
 */
void
timetap_shared_state_set_idle(bool idle)
{
	SpinLockAcquire(&shared->mutex);
	mine->state = idle ? TT_WORKER_IDLE : TT_WORKER_RUNNING;
	SpinLockRelease(&shared->mutex);
	set_latch_of(shared->launcher);
}

/*
 * Has work been prepared?
 */
bool
timetap_shared_state_take_prepared(void)
{
	bool		prepared;

	SpinLockAcquire(&shared->mutex);
	prepared = mine->prepared;
	mine->prepared = false;
	SpinLockRelease(&shared->mutex);
	return prepared;
}
