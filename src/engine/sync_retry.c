/*-------------------------------------------------------------------------
 *
 * sync_retry.c
 *	  People ask for what has failed to be tried again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "actor.h"
#include "arguments.h"
#include "booking_status.h"
#include "clock.h"
#include "enqueue.h"
#include "errors.h"
#include "host_lock.h"
#include "requeue.h"
#include "statements.h"

static TTStatement find_meeting = {
	"SELECT b.host_id, b.meeting_id FROM timetap.bookings b WHERE b.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

/* Is the meeting to come, and should it be on the calendar or may it be? */
static TTStatement find_wish = {
	"SELECT FROM timetap.bookings b WHERE b.host_id" EQ "$1 AND b.meeting_id" EQ "$2 AND b.ends_at" GT "$3"
	" AND (b.status" TT_ON_CALENDAR " OR EXISTS (SELECT FROM timetap.calendar_events e"
	" WHERE e.host_id" EQ "$1 AND e.meeting_id" EQ "$2 AND e.state" NE "'gone'))",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

PG_FUNCTION_INFO_V1(timetap_retry_sync);
PG_FUNCTION_INFO_V1(timetap_retry_failed);

static void
find_booking(const pg_uuid_t *booking, pg_uuid_t *host, pg_uuid_t *meeting)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(booking))};

	if (tt_statements_read_latest(&find_meeting, parameters) == 0)
		tt_errors_throw(TT_BOOKING_NOT_FOUND, NULL, "booking not found");
	*host = *DatumGetUUIDP(tt_statements_value(0, 1));
	*meeting = *DatumGetUUIDP(tt_statements_value(0, 2));
}

/*
 * Has the calendar to be told anything of the meeting?
 */
static bool
is_wanted(const pg_uuid_t *host, const pg_uuid_t *meeting)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(UUIDPGetDatum(meeting)),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		wanted;

	wanted = tt_enqueue_wanted(host, snapshot) &&
		tt_statements_read(&find_wish, parameters, snapshot) > 0;
	UnregisterSnapshot(snapshot);
	return wanted;
}

/*
 * retry_sync(booking)
 */
Datum
timetap_retry_sync(PG_FUNCTION_ARGS)
{
	TTSection	section;
	pg_uuid_t	host;
	pg_uuid_t	meeting;
	bool		wanted;

	tt_actor_require_service("retry a sync job");
	if (PG_ARGISNULL(0))
		tt_errors_throw(TT_BOOKING_NOT_FOUND, NULL, "booking must not be null");

	tt_statements_begin(&section);
	find_booking(PG_GETARG_UUID_P(0), &host, &meeting);
	tt_host_lock_acquire(&host);
	wanted = is_wanted(&host, &meeting);
	if (wanted)
	{
		tt_requeue_connection(&host);
		tt_requeue_meeting(&host, &meeting);
	}
	else
		tt_host_lock_release(&host);
	tt_statements_end(&section);
	PG_RETURN_BOOL(wanted);
}

/*
 * retry_failed(host)
 */
Datum
timetap_retry_failed(PG_FUNCTION_ARGS)
{
	TTSection	section;
	int64		retried;

	tt_actor_require_service("retry failed sync jobs");
	tt_statements_begin(&section);
	if (PG_ARGISNULL(0))
		retried = tt_requeue_failed_of_all();
	else
	{
		pg_uuid_t	host;

		tt_arguments_find_host(tt_arguments_host(fcinfo, 0), &host);
		retried = tt_requeue_failed(&host);
	}
	tt_statements_end(&section);
	PG_RETURN_INT32((int32) Min(retried, PG_INT32_MAX));
}
