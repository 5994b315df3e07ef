/*-------------------------------------------------------------------------
 *
 * enqueue.c
 *	  Puts a meeting into the sync queue, in the caller's transaction.
 *
 * The queue holds wishes, not operations: a row says "make the calendar agree
 * with this meeting".  A meeting that changes while it is queued, or while its
 * request is under way, only renews its wish.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "enqueue.h"
#include "statements.h"
#include "wakeup.h"

static TTStatement wanted = {
	"SELECT FROM timetap_private.connections c"
	" WHERE c.host_id" EQ "$1 AND c.state" NE "'not_connected'",
	{UUIDOID, InvalidOid}
};

static TTStatement enqueue = {
	"INSERT INTO timetap.sync_queue AS q (host_id, meeting_id, next_attempt_at) VALUES ($1, $2, $3)"
	" ON CONFLICT (meeting_id, host_id) DO UPDATE SET wish = q.wish" PLUS "1, failures = 0,"
	" parked = false, next_attempt_at = excluded.next_attempt_at",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

/*
 * Does the host have a connection?
 */
bool
tt_enqueue_wanted(const pg_uuid_t *host, Snapshot snapshot)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(host))};

	return tt_statements_read(&wanted, parameters, snapshot) > 0;
}

/*
 * Queue a meeting.  The queue goes by the real clock, never by timetap.now.
 */
void
tt_enqueue_meeting(const pg_uuid_t *host, const pg_uuid_t *meeting)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(UUIDPGetDatum(meeting)),
		TT_VALUE(TimestampTzGetDatum(GetCurrentTimestamp()))
	};

	tt_statements_write(&enqueue, parameters);
	tt_wakeup_at_commit();
}
