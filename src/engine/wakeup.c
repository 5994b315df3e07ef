/*-------------------------------------------------------------------------
 *
 * wakeup.c
 *	  Waking the worker of this database when a transaction commits.
 *
 * One callback for the life of the process and a flag: most transactions end
 * with nothing but a test of the flag.  What a rolled back savepoint wanted is
 * not taken back: the worker then wakes for nothing, which costs a look at the
 * queue.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"

#include "shared_state.h"
#include "wakeup.h"

static bool needed;

/*
 * Nothing here may raise an error: the transaction is already committed.
 */
static void
at_end_of_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	if (likely(!needed))
		return;
	switch (event)
	{
		case XACT_EVENT_COMMIT:
			needed = false;
			tt_shared_state_wake(false);
			break;
		case XACT_EVENT_PREPARE:
			/* COMMIT PREPARED will come from who knows where, and run no callback */
			needed = false;
			tt_shared_state_wake(true);
			break;
		case XACT_EVENT_ABORT:
			needed = false;
			break;
		default:
			break;
	}
}

/*
 * Register the callback; called once, from _PG_init.
 */
void
tt_wakeup_init(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
}

/*
 * Wake the worker at commit.  The shared struct is found now, when that may
 * still take its time.
 */
void
tt_wakeup_at_commit(void)
{
	needed = tt_shared_state_init();
}
