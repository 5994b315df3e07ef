/*-------------------------------------------------------------------------
 *
 * requeue.c
 *	  Sync jobs that are tried once more.
 *
 * A job that is under way has its failure counted in advance, so only those
 * without a lease count as failed here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "booking_status.h"
#include "enqueue.h"
#include "requeue.h"
#include "statements.h"
#include "wakeup.h"

/* A cancelled booking is pending as long as its event may be there. */
static TTStatement mark_bookings = {
	"UPDATE timetap.bookings AS b SET sync_state = 'pending'"
	" WHERE b.host_id" EQ "$1 AND b.meeting_id" EQ "$2 AND b.sync_state" NE "'pending'"
	" AND (b.status" TT_ON_CALENDAR
	" OR b.status" EQ "'cancelled' AND EXISTS (SELECT FROM timetap.calendar_events e"
	" WHERE e.host_id" EQ "$1 AND e.meeting_id" EQ "$2 AND e.state" NE "'gone'))",
	{UUIDOID, UUIDOID, InvalidOid}
};

static TTStatement retry_jobs = {
	"WITH failed AS (SELECT q.meeting_id FROM timetap.sync_queue q WHERE q.host_id" EQ "$1"
	" AND (q.parked OR q.failures" GT "0 OR q.next_attempt_at" EQ "'infinity') AND (q.lease_until IS NULL OR q.lease_until" LE "$2)"
	" FOR NO KEY UPDATE SKIP LOCKED)"
	" UPDATE timetap.sync_queue AS q SET failures = 0, parked = false, next_attempt_at = $2"
	" FROM failed f WHERE q.host_id" EQ "$1 AND q.meeting_id" EQ "f.meeting_id",
	{UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement mark_retried_bookings = {
	"WITH retried AS (SELECT b.id FROM timetap.sync_queue q"
	" JOIN timetap.bookings b ON b.host_id" EQ "q.host_id AND b.meeting_id" EQ "q.meeting_id"
	" WHERE q.host_id" EQ "$1 AND b.host_id" EQ "$1 AND NOT q.parked AND b.sync_state" EQ "'failed'"
	" FOR NO KEY UPDATE OF b SKIP LOCKED)"
	" UPDATE timetap.bookings AS b SET sync_state = 'pending'"
	" FROM retried r WHERE b.host_id" EQ "$1 AND b.id" EQ "r.id",
	{UUIDOID, InvalidOid}
};

/*
 * Also one that pauses: a person who says "now" knows more than the last
 * answer did.  Its row may be locked by the worker, for as long as one of its
 * transactions takes.
 */
static TTStatement retry_connection = {
	"UPDATE timetap_private.connections AS c"
	" SET state = 'connected', not_before = NULL, failures = 0, updated_at = pg_catalog.now()"
	" WHERE c.host_id" EQ "$1"
	" AND (c.state" EQ "'failed' OR c.state" EQ "'connected' AND c.not_before IS NOT NULL)",
	{UUIDOID, InvalidOid}
};

/* What the worker has set aside because the connection failed. */
static TTStatement make_set_aside_due = {
	"UPDATE timetap.sync_queue AS q SET next_attempt_at = $2"
	" WHERE q.host_id" EQ "$1 AND NOT q.parked AND q.next_attempt_at" EQ "'infinity'",
	{UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement hosts_with_failures = {
	"SELECT q.host_id FROM timetap.sync_queue q WHERE q.parked OR q.failures" GT "0"
	" UNION SELECT c.host_id FROM timetap_private.connections c"
	" WHERE c.state" EQ "'failed' OR c.state" EQ "'connected' AND c.not_before IS NOT NULL"
	" ORDER BY 1",				/* one order of locks for all who do this */
	{InvalidOid}
};

/*
 * Queue a meeting again.
 */
void
tt_requeue_meeting(const pg_uuid_t *host, const pg_uuid_t *meeting)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(UUIDPGetDatum(meeting))
	};

	tt_statements_write_latest(&mark_bookings, parameters);
	tt_enqueue_meeting(host, meeting);
}

/*
 * Try a host's connection again.
 */
void
tt_requeue_connection(const pg_uuid_t *host)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(GetCurrentTimestamp()))
	};

	if (tt_statements_write(&retry_connection, parameters) > 0)
		tt_statements_write_latest(&make_set_aside_due, parameters);
}

/*
 * Try a host's failed jobs again.
 */
int64
tt_requeue_failed(const pg_uuid_t *host)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(GetCurrentTimestamp()))
	};
	uint64		retried;

	tt_requeue_connection(host);
	retried = tt_statements_write(&retry_jobs, parameters);
	tt_statements_write(&mark_retried_bookings, parameters);
	tt_wakeup_at_commit();
	return (int64) retried;
}

/*
 * Try all hosts' failed jobs again.
 */
int64
tt_requeue_failed_of_all(void)
{
	uint64		nhosts = tt_statements_read(&hosts_with_failures, NULL, NULL);
	pg_uuid_t  *hosts = palloc(Max(nhosts, 1) * sizeof(pg_uuid_t));
	int64		retried = 0;

	for (uint64 i = 0; i < nhosts; i++)
		hosts[i] = *DatumGetUUIDP(tt_statements_value(i, 1));
	for (uint64 i = 0; i < nhosts; i++)
		retried += tt_requeue_failed(&hosts[i]);
	tt_wakeup_at_commit();
	return retried;
}
