/*-------------------------------------------------------------------------
 *
 * job.c
 *	  A sync job while the worker has it: its memory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "job.h"
#include "statements.h"

TTJob *
tt_job_new(void)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "timetap job",
												  ALLOCSET_DEFAULT_SIZES);
	TTJob	   *job = MemoryContextAllocZero(context, sizeof(TTJob));

	job->context = context;
	return job;
}

void
tt_job_wipe_reply(TTJob *job)
{
	if (job->reply.body != NULL)
		explicit_bzero(job->reply.body, job->reply.body_length);
}

void
tt_job_free(TTJob *job)
{
	tt_job_wipe_reply(job);
	tt_http_wipe_request(&job->now.request);
	MemoryContextDelete(job->context);
}

char *
tt_job_text(MemoryContext context, uint64 row, int column)
{
	char	   *text = tt_statements_text(row, column);

	return text ? MemoryContextStrdup(context, text) : NULL;
}

TimestampTz
tt_job_time(uint64 row, int column)
{
	bool		isnull;
	Datum		value = tt_statements_column(row, column, &isnull);

	return isnull ? TT_NO_TIME : DatumGetTimestampTz(value);
}
