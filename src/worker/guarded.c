/*-------------------------------------------------------------------------
 *
 * guarded.c
 *	  Work on one job in a subtransaction, so that an error is that job's own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/resowner.h"

#include "guarded.h"
#include "statements.h"

/* Somebody else's lock: try again a little later. */
static bool
is_about_locks(int sqlstate)
{
	return sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED ||
		sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE;
}

/*
 * Nothing that another job would be spared.  A key file that cannot be read is
 * a system error, too, but the connection's.
 */
static bool
is_for_everybody(const TTJob *job, int sqlstate)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_OPERATOR_INTERVENTION ||
		(category == ERRCODE_SYSTEM_ERROR && !job->blames_connection) ||
		sqlstate == ERRCODE_UNDEFINED_TABLE || sqlstate == ERRCODE_UNDEFINED_COLUMN ||
		sqlstate == ERRCODE_UNDEFINED_SCHEMA || sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION;
}

static bool
run_in_section(bool (*work) (TTJob *job), TTJob *job)
{
	TTSection	section;
	bool		done;

	tt_statements_begin(&section);
	done = work(job);
	tt_statements_end(&section);
	return done;
}

TTGuarded
tt_guarded_run(bool (*work) (TTJob *job), TTJob *job, ErrorData **error)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile	TTGuarded result = TT_GUARDED_DONE;

	*error = NULL;
	BeginInternalSubTransaction(NULL);
	PG_TRY();
	{
		if (run_in_section(work, job))
			ReleaseCurrentSubTransaction();
		else
		{
			RollbackAndReleaseCurrentSubTransaction();
			result = TT_GUARDED_BUSY;
		}
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(job->context);
		*error = CopyErrorData();
		if (is_for_everybody(job, (*error)->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		result = TT_GUARDED_FAILED;
		if (is_about_locks((*error)->sqlerrcode))
		{
			FreeErrorData(*error);
			*error = NULL;
			result = TT_GUARDED_BLOCKED;
		}
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return result;
}
