/*-------------------------------------------------------------------------
 *
 * connections.c
 *	  Connecting a host's calendar, and disconnecting it.
 *
 * Both hold the host's lock.  A booking asks under that lock whether the host
 * has a connection, with a snapshot taken after it; connecting looks for the
 * host's meetings in the same way.  Whichever of the two comes second
 * therefore sees the first, and no meeting is left without its event.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "arguments.h"
#include "booking_status.h"
#include "calendar.h"
#include "clock.h"
#include "enqueue.h"
#include "errors.h"
#include "host_lock.h"
#include "requeue.h"
#include "sealing.h"
#include "statements.h"
#include "wakeup.h"

#define GOOGLE			"google"
#define MAX_CALENDAR_ID	1024	/* characters */

static TTStatement find_connection = {
	"SELECT c.id FROM timetap_private.connections c WHERE c.host_id" EQ "$1 AND c.provider" EQ "$2",
	{UUIDOID, TEXTOID, InvalidOid}
};

/* A lease stays: its request is under way, whatever becomes of its answer. */
static TTStatement store_connection = {
	"INSERT INTO timetap_private.connections AS c"
	" (id, host_id, provider, calendar_id, credential_kind, credential)"
	" VALUES ($1, $2, $3, $4, 'refresh_token', $5)"
	" ON CONFLICT (host_id, provider) DO UPDATE SET calendar_id = excluded.calendar_id,"
	" credential_kind = excluded.credential_kind, credential = excluded.credential,"
	" account = NULL, state = 'connected', version = c.version" PLUS "1, not_before = NULL,"
	" failures = 0, last_error = NULL, hint = NULL, updated_at = pg_catalog.now()",
	{UUIDOID, UUIDOID, TEXTOID, TEXTOID, BYTEAOID, InvalidOid}
};

static TTStatement make_jobs_due = {
	"UPDATE timetap.sync_queue AS q SET failures = 0, parked = false, next_attempt_at = $2"
	" WHERE q.host_id" EQ "$1",
	{UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

/*
 * Meetings to come that the calendar does not show as they are: without an
 * event, or with one that changes have missed while there was no connection.
 */
static TTStatement find_unsynced = {
	"SELECT b.meeting_id FROM timetap.bookings b"
	" LEFT JOIN timetap.calendar_events e ON e.host_id" EQ "b.host_id AND e.meeting_id" EQ "b.meeting_id"
	" WHERE b.host_id" EQ "$1 AND b.ends_at" GT "$2"
	" GROUP BY b.meeting_id, e.state, e.revision"
	" HAVING CASE WHEN e.state IS NULL OR e.state" EQ "'gone'"
	" THEN pg_catalog.bool_or(b.status" TT_ON_CALENDAR ")"
	" ELSE e.revision IS NULL OR e.revision" NE "pg_catalog.sum(b.version) END",
	{UUIDOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement disconnect = {
	"UPDATE timetap_private.connections AS c SET state = 'not_connected', credential = NULL,"
	" version = c.version" PLUS "1, not_before = NULL, last_error = NULL, hint = NULL,"
	" updated_at = pg_catalog.now()"
	" WHERE c.host_id" EQ "$1 AND c.state" NE "'not_connected'"
	" AND ($2 IS NULL OR c.provider" EQ "$2)",
	{UUIDOID, TEXTOID, InvalidOid}
};

static TTStatement mark_unsynced = {
	"UPDATE timetap.bookings AS b"
	" SET sync_state = CASE WHEN b.status" TT_ON_CALENDAR " THEN 'not_connected' ELSE 'none' END"
	" WHERE b.host_id" EQ "$1 AND b.sync_state" EQ "ANY ('{pending,failed}'::pg_catalog.text[])",
	{UUIDOID, InvalidOid}
};

static TTStatement drop_jobs = {
	"DELETE FROM timetap.sync_queue q WHERE q.host_id" EQ "$1",
	{UUIDOID, InvalidOid}
};

PG_FUNCTION_INFO_V1(timetap_google_connect);
PG_FUNCTION_INFO_V1(timetap_disconnect_calendar);

/*
 * The id of the host's connection, which its credential is bound to.
 */
static pg_uuid_t
connection_id(const pg_uuid_t *host, const char *provider)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(host)), TT_TEXT(provider)};

	if (tt_statements_read_latest(&find_connection, parameters) > 0)
		return *DatumGetUUIDP(tt_statements_value(0, 1));
	return *DatumGetUUIDP(DirectFunctionCall1(gen_random_uuid, (Datum) 0));
}

static void
store(const pg_uuid_t *host, const char *provider, const char *calendar_id, const char *token)
{
	pg_uuid_t	id = connection_id(host, provider);
	Datum		credential = tt_calendar_seal(token, tt_sealing_credential_aad(provider, host, &id),
											  "connect a calendar");
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&id)),
		TT_VALUE(UUIDPGetDatum(host)),
		TT_TEXT(provider),
		TT_TEXT(calendar_id),
		TT_VALUE(credential)
	};

	tt_statements_write(&store_connection, parameters);
}

/*
 * Queue what the calendar does not show yet, and what was waiting for the
 * connection.
 */
static void
queue_unsynced(const pg_uuid_t *host)
{
	TTParameter due[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(GetCurrentTimestamp()))
	};
	TTParameter unsynced[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};
	uint64		nmeetings;
	pg_uuid_t  *meetings;

	tt_statements_write_latest(&make_jobs_due, due);
	nmeetings = tt_statements_read_latest(&find_unsynced, unsynced);
	meetings = palloc(Max(nmeetings, 1) * sizeof(pg_uuid_t));
	for (uint64 i = 0; i < nmeetings; i++)
		meetings[i] = *DatumGetUUIDP(tt_statements_value(i, 1));
	for (uint64 i = 0; i < nmeetings; i++)
		tt_requeue_meeting(host, &meetings[i]);
	tt_wakeup_at_commit();
}

/*
 * google_connect(host, refresh_token, calendar_id)
 */
Datum
timetap_google_connect(PG_FUNCTION_ARGS)
{
	TTSection	section;
	pg_uuid_t	host;
	char	   *called;
	char	   *token;
	char	   *calendar_id;
	bool		has_client;

	tt_calendar_hide_statement("SELECT timetap.google_connect(...)");
	tt_actor_require_service("connect a calendar");
	called = tt_arguments_host(fcinfo, 0);
	token = tt_calendar_visible_text(fcinfo, 1, "refresh_token");
	calendar_id = tt_arguments_text(fcinfo, 2, "calendar_id", TT_TEXT_LINE, MAX_CALENDAR_ID);

	tt_statements_begin(&section);
	tt_arguments_find_host(called, &host);
	tt_host_lock_acquire(&host);
	store(&host, GOOGLE, calendar_id ? calendar_id : "primary", token);
	queue_unsynced(&host);
	has_client = tt_calendar_has_client();
	tt_statements_end(&section);

	if (!has_client)
		ereport(WARNING,
				errmsg("nothing is written to the calendar before Google's client is configured"),
				errhint("Call timetap.google_configure(client_id, client_secret)."));
	PG_RETURN_VOID();
}

/*
 * Is there still a connection?
 */
static bool
is_connected(const pg_uuid_t *host)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		connected = tt_enqueue_wanted(host, snapshot);

	UnregisterSnapshot(snapshot);
	return connected;
}

/*
 * disconnect_calendar(host, provider)
 */
Datum
timetap_disconnect_calendar(PG_FUNCTION_ARGS)
{
	TTSection	section;
	pg_uuid_t	host;
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&host)), TT_NULL};
	char	   *called;
	char	   *provider = NULL;

	tt_actor_require_service("disconnect a calendar");
	called = tt_arguments_host(fcinfo, 0);
	if (!PG_ARGISNULL(1))
		provider = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (provider != NULL && strcmp(provider, GOOGLE) != 0)
		tt_errors_throw(TT_BAD_ARGUMENT, "Take '" GOOGLE "', or leave it out for all of them.",
						"provider is not known");
	parameters[1] = TT_TEXT(provider);

	tt_statements_begin(&section);
	tt_arguments_find_host(called, &host);
	tt_host_lock_acquire(&host);
	if (tt_statements_write(&disconnect, parameters) > 0 &&
		!is_connected(&host))
	{
		tt_statements_write_latest(&mark_unsynced, parameters);
		tt_statements_write_latest(&drop_jobs, parameters);
	}
	tt_statements_end(&section);
	PG_RETURN_VOID();
}
