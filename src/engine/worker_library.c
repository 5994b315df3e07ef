/*-------------------------------------------------------------------------
 *
 * worker_library.c
 *	  Reaching into timetap_worker.so, which may not be installed.
 *
 * The engine needs nothing but the server; what needs the network or
 * cryptography lies in a second library, which is loaded only where it is
 * called for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "worker_library.h"

/*
 * Find a function.  Loading touches nothing that a transaction would have to
 * clean up, so its error can be taken as an answer.
 */
void *
tt_worker_library_find(const char *function, char **error)
{
	MemoryContext context = CurrentMemoryContext;
	void	   *volatile result = NULL;

	PG_TRY();
	{
		result = load_external_function(TT_WORKER_LIBRARY, function, true, NULL);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		*error = CopyErrorData()->message;
		FlushErrorState();
	}
	PG_END_TRY();
	return result;
}

/*
 * Find a function that is needed now.
 */
void *
tt_worker_library_require(const char *function, const char *what)
{
	char	   *error = NULL;
	void	   *result = tt_worker_library_find(function, &error);

	if (result == NULL)
		ereport(ERROR,
				errcode(ERRCODE_UNDEFINED_FILE),
				errmsg("cannot %s: the library " TT_WORKER_LIBRARY " cannot be loaded", what),
				errdetail_internal("%s", error),
				errhint("Install timetap with its worker's library on this server."));
	return result;
}
