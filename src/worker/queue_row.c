/*-------------------------------------------------------------------------
 *
 * queue_row.c
 *	  A row of the sync queue: locked, changed in memory, written back.
 *
 * The worker never waits for a row: bookings wait for nobody but each other.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "queue_row.h"
#include "statements.h"

#define COLUMNS	" q.meeting_id, q.wish, q.attempt, q.failures, q.parked, q.next_attempt_at," \
	" q.http_status, q.last_error, q.hint "

static TTStatement lock_due = {
	"SELECT" COLUMNS "FROM timetap.sync_queue q"
	" WHERE q.host_id" EQ "$1 AND NOT q.parked AND q.next_attempt_at" LE "$2"
	" ORDER BY q.next_attempt_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED",
	{UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement lock_row = {
	"SELECT" COLUMNS "FROM timetap.sync_queue q"
	" WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "$2 FOR NO KEY UPDATE SKIP LOCKED",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

static TTStatement find_row = {
	"SELECT FROM timetap.sync_queue q WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

/* Changes no indexed column, so it stays on its page. */
static TTStatement claim_row = {
	"UPDATE timetap.sync_queue AS q SET attempt = $3, failures = $4, last_attempt_at = $5,"
	" lease_until = $6, leased_by = 'worker'"
	" WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement write_row = {
	"UPDATE timetap.sync_queue AS q SET attempt = $3, failures = $4, parked = $5, next_attempt_at = $6,"
	" http_status = $7, last_error = $8, hint = $9, lease_until = NULL, leased_by = NULL"
	" WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, INT4OID, INT4OID, BOOLOID, TIMESTAMPTZOID, INT4OID, TEXTOID, TEXTOID,
	InvalidOid},
	NULL
};

static TTStatement delete_row = {
	"DELETE FROM timetap.sync_queue q WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

static TTStatement free_leases = {
	"UPDATE timetap.sync_queue AS q SET lease_until = NULL, leased_by = NULL"
	" WHERE q.leased_by" EQ "'worker'",
	{InvalidOid},
	NULL
};

/*
 * Take the row that a statement locked.
 */
static void
read_row(const pg_uuid_t *host, MemoryContext context, TTQueueRow *row)
{
	bool		isnull;
	Datum		status;

	memset(row, 0, sizeof(*row));
	row->host = *host;
	row->meeting = *DatumGetUUIDP(tt_statements_value(0, 1));
	row->wish = DatumGetInt32(tt_statements_value(0, 2));
	row->attempt = DatumGetInt32(tt_statements_value(0, 3));
	row->failures = DatumGetInt32(tt_statements_value(0, 4));
	row->parked = DatumGetBool(tt_statements_value(0, 5));
	row->next_attempt_at = DatumGetTimestampTz(tt_statements_value(0, 6));
	status = tt_statements_column(0, 7, &isnull);
	row->http_status = isnull ? 0 : DatumGetInt32(status);
	row->last_error = tt_job_text(context, 0, 8);
	row->hint = tt_job_text(context, 0, 9);
}

TTLocked
tt_queue_row_lock_due(const pg_uuid_t *host, TimestampTz now, MemoryContext context,
					  TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(now))
	};

	if (tt_statements_write(&lock_due, parameters) == 0)
		return TT_LOCKED_MISSING;
	read_row(host, context, row);
	return TT_LOCKED;
}

TTLocked
tt_queue_row_lock(const pg_uuid_t *host, const pg_uuid_t *meeting, MemoryContext context,
				  TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(UUIDPGetDatum(meeting))
	};

	if (tt_statements_write(&lock_row, parameters) == 1)
	{
		read_row(host, context, row);
		return TT_LOCKED;
	}
	return tt_statements_write(&find_row, parameters) == 1 ?
		TT_LOCKED_BY_OTHER : TT_LOCKED_MISSING;
}

void
tt_queue_row_claim(TTQueueRow *row, TimestampTz now, TimestampTz lease_until)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting)),
		TT_VALUE(Int32GetDatum(row->attempt + 1)),
		TT_VALUE(Int32GetDatum(row->failures + 1)),
		TT_VALUE(TimestampTzGetDatum(now)),
		TT_VALUE(TimestampTzGetDatum(lease_until))
	};

	tt_statements_write(&claim_row, parameters);
	row->attempt++;
	row->failures++;
}

void
tt_queue_row_write(const TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting)),
		TT_VALUE(Int32GetDatum(row->attempt)),
		TT_VALUE(Int32GetDatum(row->failures)),
		TT_VALUE(BoolGetDatum(row->parked)),
		TT_VALUE(TimestampTzGetDatum(row->next_attempt_at)),
		row->http_status == 0 ? TT_NULL : TT_VALUE(Int32GetDatum(row->http_status)),
		TT_TEXT(row->last_error),
		TT_TEXT(row->hint)
	};

	tt_statements_write(&write_row, parameters);
}

void
tt_queue_row_delete(const TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting))
	};

	tt_statements_write(&delete_row, parameters);
}

void
tt_queue_row_free_leases(void)
{
	tt_statements_write(&free_leases, NULL);
}
