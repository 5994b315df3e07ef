/*-------------------------------------------------------------------------
 *
 * trouble.c
 *	  What becomes of a job that did not work out.
 *
 * One bad row must neither stop the worker nor the other rows: an error is
 * written into the row it belongs to, and that row is tried again later and
 * later, until it is left to a person.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "mb/pg_wchar.h"

#include "backoff.h"
#include "connection.h"
#include "guarded.h"
#include "queue_row.h"
#include "settings.h"
#include "trouble.h"
#include "write_back.h"

/* Credentials that cannot be opened are tried again in such steps. */
#define CREDENTIAL_WAIT		USECS_PER_MINUTE

/* Longest error that is stored, in bytes. */
#define MAX_ERROR			200

bool
tt_trouble_park(TTQueueRow *row)
{
	if (!tt_write_back_lock(row))
		return false;
	row->parked = true;
	tt_write_back_failed(row);
	return true;
}

bool
tt_trouble_retry(TTQueueRow *row, int64 floor_us, TimestampTz now)
{
	if (row->failures >= timetap_max_attempts)
		return tt_trouble_park(row);
	row->next_attempt_at = now + tt_backoff_wait((int64) timetap_retry_base * 1000,
												 (int64) timetap_retry_cap * 1000,
												 Max(row->failures, 1),
												 pg_prng_double(&pg_global_prng_state),
												 floor_us / USECS_PER_SEC);
	return true;
}

/*
 * Lock the job's connection, whether its lease is committed or not.
 */
static TTLocked
lock_connection(TTJob *job, TTConnection *connection)
{
	if (job->now.stage == TT_STAGE_CLAIMED)
		return tt_connection_lock_free(&job->connection.host, &job->connection.id,
									   GetCurrentTimestamp(), job->context, connection);
	return tt_connection_lock_leased(job, connection);
}

/*
 * Give the connection's lease back, and say what is wrong with it if that is
 * where the error is.
 */
static bool
mark_connection(TTJob *job)
{
	TTConnection connection;
	TTLocked	locked = lock_connection(job, &connection);

	if (locked != TT_LOCKED)
		return locked == TT_LOCKED_MISSING;
	connection.lease_until = TT_NO_TIME;
	if (job->blames_connection)
	{
		connection.not_before = GetCurrentTimestamp() + CREDENTIAL_WAIT;
		tt_connection_trouble(job, &connection, connection.state, job->error, job->error_hint);
	}
	tt_connection_write(&connection);
	return true;
}

static bool
mark_row(TTJob *job)
{
	TTQueueRow	row;
	TTLocked	locked = tt_queue_row_lock(&job->row.host, &job->row.meeting, job->context, &row);

	if (locked != TT_LOCKED)
		return locked == TT_LOCKED_MISSING;
	if (job->now.stage != TT_STAGE_CLAIMED && row.attempt != job->row.attempt)
		return true;			/* another claim has it by now */
	if (job->now.stage == TT_STAGE_CLAIMED)
	{
		/* The claim was rolled back, and counts all the same. */
		row.attempt++;
		row.failures++;
	}
	row.last_error = job->error;
	row.hint = job->error_hint;
	if (job->blames_connection)
		row.failures = Max(row.failures - 1, 0);
	else if (!tt_trouble_retry(&row, 0, GetCurrentTimestamp()))
		return false;
	tt_queue_row_write(&row);
	return true;
}

/*
 * Both, in one subtransaction.  When the connection's row was the trouble, the
 * job's may not have been looked at yet.
 */
static bool
mark(TTJob *job)
{
	bool		is_row_known = job->row.wish > 0;

	return mark_connection(job) && (!is_row_known || mark_row(job));
}

bool
tt_trouble_mark(TTJob *job, const ErrorData *error)
{
	ErrorData  *another;
	TTGuarded	result;

	job->error = MemoryContextStrdup(job->context, error->message ? error->message : "unknown error");
	job->error[pg_mbcliplen(job->error, strlen(job->error), MAX_ERROR)] = '\0';
	job->error_hint = error->hint ? MemoryContextStrdup(job->context, error->hint) : NULL;
	result = tt_guarded_run(mark, job, &another);
	if (result == TT_GUARDED_FAILED)
		ereport(WARNING,
				(errcode(another->sqlerrcode),
				 errmsg("timetap could not mark a failed sync job: %s", another->message)));
	if (result != TT_GUARDED_DONE)
		job->now.news = NULL;
	return result == TT_GUARDED_DONE;
}
