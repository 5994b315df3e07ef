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
 * The slot is also what keeps a database from having two workers; how it is
 * taken and given back is in shared_state_worker.c.
 *
 * Changes are made under one spinlock.  Waking, the only thing that every
 * commit with work does, reads without it: a latch is set by its process
 * number, which always is valid memory, and setting it for the wrong process
 * costs that one a turn of its loop.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/timestamp.h"

#include "shared_slots.h"

StaticAssertDecl(sizeof(TTSharedState) < 32 * 1024,
				 "the shared state must fit into the memory left for guests");

TTSharedState *tt_shared;

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
	tt_shared = state;
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

	if (likely(tt_shared != NULL))
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
	return tt_shared != NULL;
}

/*
 * Find a database's slot, or one that is not in use (InvalidOid).
 */
TTWorkerInfo *
tt_shared_slots_find(Oid database)
{
	for (int i = 0; i < TT_MAX_DATABASES; i++)
		if (tt_shared->slots[i].database == database)
			return &tt_shared->slots[i];
	return NULL;
}

/*
 * Find or make a slot.  When all are in use, one that says nothing but history
 * is taken over.
 */
TTWorkerInfo *
tt_shared_slots_make(Oid database)
{
	TTWorkerInfo *slot = tt_shared_slots_find(database);

	if (slot != NULL)
		return slot;
	slot = tt_shared_slots_find(InvalidOid);
	for (int i = 0; slot == NULL && i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo *other = &tt_shared->slots[i];

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

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_find(database);
	if (slot != NULL)
		*info = *slot;
	SpinLockRelease(&tt_shared->mutex);
	return slot != NULL;
}

/*
 * Copy the n-th slot.
 */
void
tt_shared_state_slot(int n, TTWorkerInfo *info)
{
	SpinLockAcquire(&tt_shared->mutex);
	*info = tt_shared->slots[n];
	SpinLockRelease(&tt_shared->mutex);
}

/*
 * Set the state of a database without a worker; stopped stays stopped.
 */
bool
tt_shared_state_set(Oid database, TTWorkerState state)
{
	TTWorkerInfo *slot;
	bool		done = false;

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_make(database);
	if (slot != NULL && slot->pid == 0)
	{
		slot->state = slot->stopped ? TT_WORKER_STOPPED : state;
		done = true;
	}
	SpinLockRelease(&tt_shared->mutex);
	return done;
}

/*
 * From now on no worker is wanted in a database, or one may be again.
 */
bool
tt_shared_state_set_stopped(Oid database, bool stopped)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_make(database);
	if (slot != NULL)
	{
		slot->stopped = stopped;
		if (slot->pid == 0)
			slot->state = stopped ? TT_WORKER_STOPPED : TT_WORKER_NONE;
	}
	SpinLockRelease(&tt_shared->mutex);
	return slot != NULL;
}

/*
 * Forget a database.
 */
void
tt_shared_state_forget(Oid database)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_find(database);
	if (slot != NULL && slot->pid == 0)
		slot->database = InvalidOid;
	SpinLockRelease(&tt_shared->mutex);
}

/*
 * Forget that a worker was asked for.
 */
void
tt_shared_state_clear_request(Oid database)
{
	TTWorkerInfo *slot;

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_find(database);
	if (slot != NULL)
		slot->requested = false;
	SpinLockRelease(&tt_shared->mutex);
}

/*
 * Set the latch of a process.
 */
void
tt_shared_slots_set_latch(int procno)
{
	if (procno >= 0)
		SetLatch(&ProcGlobal->allProcs[procno].procLatch);
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

	SpinLockAcquire(&tt_shared->mutex);
	slot = tt_shared_slots_make(MyDatabaseId);
	if (slot != NULL && must_request(slot))
		slot->requested = requested = true;
	SpinLockRelease(&tt_shared->mutex);
	if (requested)
		tt_shared_slots_set_latch(tt_shared->launcher);
}

/*
 * Wake the worker of this database, or ask for one.
 */
void
tt_shared_state_wake(bool prepared)
{
	static TTWorkerInfo *known = NULL;
	int			procno;

	if (tt_shared == NULL)
		return;
	if (known == NULL || known->database != MyDatabaseId)
		known = tt_shared_slots_find(MyDatabaseId);

	if (known != NULL && prepared)
	{
		SpinLockAcquire(&tt_shared->mutex);
		known->prepared = true;
		SpinLockRelease(&tt_shared->mutex);
	}
	pg_memory_barrier();
	procno = known ? ((volatile TTWorkerInfo *) known)->procno : -1;
	tt_shared_slots_set_latch(procno);
	if (procno >= 0 && ((volatile TTWorkerInfo *) known)->procno == procno)
		return;
	request_worker();
}

static void
forget_launcher(int code pg_attribute_unused(), Datum arg pg_attribute_unused())
{
	tt_shared->launcher = -1;
}

/*
 * Requests are from now on told to this process.
 */
void
tt_shared_state_set_launcher(void)
{
	before_shmem_exit(forget_launcher, 0);
	tt_shared->launcher = (int) (MyProc - ProcGlobal->allProcs);
	pg_memory_barrier();		/* before it looks for earlier requests */
}
