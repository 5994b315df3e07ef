/*-------------------------------------------------------------------------
 *
 * sync_views.c
 *	  What people see of the calendars' state: the functions under the views
 *	  sync_status and sync_jobs.
 *
 * Callers have no right on the tables, so each function says who may see
 * anything and then reads everything in one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "actor.h"
#include "booking_status.h"
#include "clock.h"
#include "requeue.h"
#include "sealing.h"
#include "shared_state.h"
#include "statements.h"

/*
 * $1: a worker is running; $2: now.  A link that could not be had is told as
 * long as its meeting is to come and nothing worse is the matter.
 */
static TTStatement status = {
	"SELECT h.handle, c.provider, COALESCE(c.state, 'not_connected'), c.account,"
	" COALESCE(q.pending, 0)::pg_catalog.int4, COALESCE(q.failed, 0)::pg_catalog.int4, q.oldest_pending,"
	" COALESCE(c.last_error, q.last_error, w.warning),"
	" CASE WHEN c.state IS NULL OR c.state" EQ "'not_connected'"
	" THEN 'Connect a calendar: timetap.google_connect(host, refresh_token).'"
	" WHEN NOT EXISTS (SELECT FROM timetap_private.secrets s WHERE s.name" EQ "'" TT_SECRET_GOOGLE_CLIENT "')"
	" THEN 'Configure Google''s client: timetap.google_configure(client_id, client_secret).'"
	" WHEN c.hint IS NOT NULL THEN c.hint"
	" WHEN q.pending" GT "0 AND NOT $1 THEN 'No worker is running: see timetap.worker_status().'"
	" WHEN c.last_error IS NULL AND q.last_error IS NULL AND w.warning IS NOT NULL"
	" THEN pg_catalog.concat('Meetings to come that have no link: ', w.meetings,"
	" '. Put another one into their events by hand.')"
	" ELSE q.hint END,"
	" NULL::pg_catalog.timestamptz, false"
	" FROM timetap.hosts h"
	" LEFT JOIN timetap_private.connections c ON c.host_id" EQ "h.id"
	" LEFT JOIN (SELECT j.host_id, pg_catalog.count(*) FILTER (WHERE NOT j.parked) AS pending,"
	" pg_catalog.count(*) FILTER (WHERE j.parked) AS failed,"
	" pg_catalog.min(j.created_at) FILTER (WHERE NOT j.parked) AS oldest_pending,"
	" (pg_catalog.array_agg(j.last_error ORDER BY j.last_attempt_at DESC)"
	" FILTER (WHERE j.last_error IS NOT NULL))[1] AS last_error,"
	" (pg_catalog.array_agg(j.hint ORDER BY j.last_attempt_at DESC)"
	" FILTER (WHERE j.last_error IS NOT NULL))[1] AS hint"
	" FROM timetap.sync_queue j GROUP BY j.host_id) q ON q.host_id" EQ "h.id"
	" LEFT JOIN (SELECT e.host_id, pg_catalog.count(*) AS meetings,"
	" (pg_catalog.array_agg(e.warning ORDER BY e.updated_at DESC))[1] AS warning"
	" FROM timetap.calendar_events e WHERE e.warning IS NOT NULL AND e.state" EQ "'live'"
	" AND EXISTS (SELECT FROM timetap.bookings b WHERE b.host_id" EQ "e.host_id"
	" AND b.meeting_id" EQ "e.meeting_id AND b.ends_at" GT "$2 AND b.status" TT_ON_CALENDAR ")"
	" GROUP BY e.host_id) w ON w.host_id" EQ "h.id"
	" ORDER BY h.handle, c.provider",
	{BOOLOID, TIMESTAMPTZOID, InvalidOid}
};

/* $1: now. */
static TTStatement jobs = {
	"SELECT q.meeting_id, h.handle, q.meeting_id,"
	" pg_catalog.array_agg(b.id ORDER BY b.created_at, b.id) FILTER (WHERE b.id IS NOT NULL),"
	" CASE WHEN NOT COALESCE(pg_catalog.bool_or(b.status" TT_ON_CALENDAR "), false) THEN 'delete'"
	" WHEN e.state IS NULL OR e.state" EQ "ANY ('{gone,creating}'::pg_catalog.text[]) THEN 'create'"
	" WHEN e.state" EQ "'unknown' OR e.link_state" EQ "'pending' THEN 'read' ELSE 'change' END,"
	" CASE WHEN q.parked THEN 'failed' WHEN q.lease_until" GT "$1 THEN 'running' ELSE 'waiting' END,"
	" q.attempt, q.next_attempt_at, q.last_attempt_at, q.http_status, q.last_error,"
	" COALESCE(q.hint, c.hint, CASE WHEN q.parked"
	" THEN 'Mend the cause, then call timetap.retry_failed() or retry_sync(booking).' END)"
	" FROM timetap.sync_queue q"
	" JOIN timetap.hosts h ON h.id" EQ "q.host_id"
	" LEFT JOIN timetap_private.connections c ON c.host_id" EQ "q.host_id"
	" LEFT JOIN timetap.calendar_events e ON e.host_id" EQ "q.host_id AND e.meeting_id" EQ "q.meeting_id"
	" LEFT JOIN timetap.bookings b ON b.host_id" EQ "q.host_id AND b.meeting_id" EQ "q.meeting_id"
	" GROUP BY q.meeting_id, q.host_id, h.handle, c.hint, e.state, e.link_state"
	" ORDER BY q.next_attempt_at, q.meeting_id",
	{TIMESTAMPTZOID, InvalidOid}
};

PG_FUNCTION_INFO_V1(timetap_sync_status);
PG_FUNCTION_INFO_V1(timetap_sync_jobs);

/*
 * Hand all rows of a statement to the caller.
 */
static Datum
return_rows(FunctionCallInfo fcinfo, TTStatement *statement, const TTParameter *parameters)
{
	TTSection	section;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	uint64		nrows;

	InitMaterializedSRF(fcinfo, 0);
	tt_statements_begin(&section);
	nrows = tt_statements_read(statement, parameters, NULL);
	for (uint64 row = 0; row < nrows; row++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[row]);
	tt_statements_end(&section);
	return (Datum) 0;
}

static bool
worker_is_running(void)
{
	TTWorkerInfo info;

	return tt_shared_state_init() && tt_shared_state_find(MyDatabaseId, &info) && info.pid != 0;
}

/*
 * The view sync_status.
 */
Datum
timetap_sync_status(PG_FUNCTION_ARGS)
{
	TTParameter parameters[] = {
		TT_VALUE(BoolGetDatum(worker_is_running())),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};

	tt_actor_require_service("see the calendars' state");
	return return_rows(fcinfo, &status, parameters);
}

/*
 * The view sync_jobs.
 */
Datum
timetap_sync_jobs(PG_FUNCTION_ARGS)
{
	TTParameter parameters[] = {TT_VALUE(TimestampTzGetDatum(GetCurrentTimestamp()))};

	tt_actor_require_service("see sync jobs");
	return return_rows(fcinfo, &jobs, parameters);
}
