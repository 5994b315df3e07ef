/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  get_booking() and wait_for_link(): looking at a booking.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "bookings.h"
#include "durations.h"
#include "statements.h"
#include "zone.h"

PG_FUNCTION_INFO_V1(timetap_get_booking);
PG_FUNCTION_INFO_V1(timetap_wait_for_link);

#define INFO_COLUMNS	33
#define COL_LOCAL_DATE	28
#define COL_LOCAL_TIME	29
#define COL_TIME_ZONE	(INFO_COLUMNS + 1)

#define DEFAULT_WAIT	(10 * USECS_PER_SEC)
#define LONGEST_WAIT	(5 * USECS_PER_MINUTE)

/* whoever holds a manage token must not be able to keep a backend for long */
#define LONGEST_WAIT_OF_OTHERS	(30 * USECS_PER_SEC)

/* looks become rarer the longer it takes */
#define FIRST_PAUSE_MS	10
#define LAST_PAUSE_MS	250

/* booking_info's columns, in its order */
static TTStatement booking_info = {
	"SELECT b.id, b.status, b.starts_at, b.ends_at, h.handle,"
	" o.handle" CONCAT "'/'" CONCAT "e.slug, e.title, b.meeting_id, b.series_id,"
	" b.expires_at, b.amount, b.currency, b.payment_status, b.meet_link, b.google_event_id,"
	" b.sync_state, b.version, b.attendee_name, b.attendee_email, b.attendee_phone,"
	" b.attendee_time_zone, b.notes, b.answers, b.add_ons, b.guests, b.package, h.name,"
	" NULL::pg_catalog.date, NULL::pg_catalog.time,"	/* filled in below */
	" b.cancelled_at, b.cancel_reason, b.refund_due, b.created_at, h.time_zone"
	" FROM timetap.bookings b"
	" JOIN timetap.hosts h ON h.id" EQ "b.host_id"
	" JOIN timetap.event_types e ON e.id" EQ "b.event_type_id"
	" JOIN timetap.hosts o ON o.id" EQ "e.host_id"
	" WHERE b.id" EQ "$1 AND b.host_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid}
};

/* Was the booking made by this very transaction? */
static TTStatement made_by = {
	"SELECT b.xmin FROM timetap.bookings b WHERE b.id" EQ "$1 AND b.host_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid}
};

static void
open_booking(FunctionCallInfo fcinfo, TTActor *actor, Snapshot snapshot, TTBooking *booking)
{
	TTRefusal	refusal;

	if (!tt_bookings_open(PG_GETARG_UUID_P(0),
						  PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1)),
						  actor, snapshot, booking, &refusal))
		tt_errors_raise(&refusal);
}

static void
check_not_null(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		tt_errors_throw(TT_BOOKING_NOT_FOUND, NULL, "booking must not be null");
}

/*
 * The start on the host's clock.  By our own zone rules: timezone() takes
 * names like CET for an abbreviation, which knows no summer time.
 */
static void
fill_local_time(const TTBooking *booking, Datum *values, bool *nulls)
{
	const char *name = tt_statements_text(0, COL_TIME_ZONE);
	pg_tz	   *rules = tt_zone_rules(name);
	TTZone		zone;
	int32		date;
	int64		time;

	if (rules == NULL)
		tt_errors_throw(TT_BAD_TIME_ZONE,
						"Give the host a zone that this server knows: see pg_timezone_names.",
						"time zone \"%s\" of the booking's host is not known to this server", name);
	tt_zone_open(&zone, rules);
	tt_local_time_split(&zone, booking->starts_at, &date, &time);
	values[COL_LOCAL_DATE - 1] = DateADTGetDatum(date);
	values[COL_LOCAL_TIME - 1] = TimeADTGetDatum(time);
	nulls[COL_LOCAL_DATE - 1] = nulls[COL_LOCAL_TIME - 1] = false;
}

/*
 * get_booking(booking, token)
 */
Datum
timetap_get_booking(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTActor		actor;
	TTBooking	booking;
	TupleDesc	desc;
	Datum		values[INFO_COLUMNS];
	bool		nulls[INFO_COLUMNS];
	HeapTuple	tuple;

	check_not_null(fcinfo);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != INFO_COLUMNS)
		elog(ERROR, "get_booking() must return timetap.booking_info");
	desc = BlessTupleDesc(desc);
	tt_actor_get(&actor);
	tt_statements_begin(&section);
	open_booking(fcinfo, &actor, NULL, &booking);
	{
		TTParameter parameters[] = {
			TT_VALUE(UUIDPGetDatum(&booking.id)),
			TT_VALUE(UUIDPGetDatum(&booking.host))
		};

		if (tt_statements_read(&booking_info, parameters, NULL) != 1)
			elog(ERROR, "a booking that was just read is gone");
	}
	for (int i = 0; i < INFO_COLUMNS; i++)
		values[i] = tt_statements_column(0, i + 1, &nulls[i]);
	fill_local_time(&booking, values, nulls);
	MemoryContextSwitchTo(section.caller);
	tuple = heap_form_tuple(desc, values, nulls);
	tt_statements_end(&section);
	return HeapTupleGetDatum(tuple);
}

static int64
longest_wait(FunctionCallInfo fcinfo, const TTActor *actor)
{
	int64		most = actor->service ? LONGEST_WAIT : LONGEST_WAIT_OF_OTHERS;
	int64		wait = DEFAULT_WAIT;

	if (!PG_ARGISNULL(2) &&
		(!tt_durations_usecs(PG_GETARG_INTERVAL_P(2), &wait) || wait < 0 || wait > most))
		tt_errors_throw(TT_BAD_DURATION, NULL, "max_wait must be between 0 and %d seconds, not %s",
						(int) (most / USECS_PER_SEC),
						DatumGetCString(DirectFunctionCall1(interval_out, PG_GETARG_DATUM(2))));
	return wait;
}

/*
 * Has a booking of this status an event?
 */
static bool
is_on_calendar(const char *status)
{
	return strcmp(status, "confirmed") == 0 || strcmp(status, "completed") == 0 ||
		strcmp(status, "no_show") == 0;
}

/*
 * Look at the booking as it is now.  True when there is no use in waiting on:
 * *link is there, or none is to come.
 */
static bool
look_for_link(FunctionCallInfo fcinfo, TTActor *actor, char **link)
{
	TTSection	section;
	TTBooking	booking;
	Snapshot	snapshot;
	TransactionId xmin;
	bool		done;

	tt_statements_begin(&section);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	open_booking(fcinfo, actor, snapshot, &booking);
	{
		TTParameter parameters[] = {
			TT_VALUE(UUIDPGetDatum(&booking.id)),
			TT_VALUE(UUIDPGetDatum(&booking.host))
		};

		tt_statements_read(&made_by, parameters, snapshot);
		xmin = DatumGetTransactionId(tt_statements_value(0, 1));
	}
	UnregisterSnapshot(snapshot);
	if (booking.meet_link != NULL)
		*link = MemoryContextStrdup(section.caller, booking.meet_link);
	done = booking.meet_link != NULL || strcmp(booking.sync_state, "pending") != 0 ||
		!is_on_calendar(booking.status);
	tt_statements_end(&section);

	if (!done && TransactionIdIsCurrentTransactionId(xmin))
	{
		ereport(NOTICE,
				errmsg("the booking is not committed yet, so no link can come"),
				errhint("Commit first, then call timetap.wait_for_link()."));
		return true;
	}
	return done;
}

/*
 * wait_for_link(booking, token, max_wait)
 */
Datum
timetap_wait_for_link(PG_FUNCTION_ARGS)
{
	TTActor		actor;
	TimestampTz deadline;
	long		pause = FIRST_PAUSE_MS;
	char	   *link = NULL;

	check_not_null(fcinfo);
	tt_actor_get(&actor);
	deadline = GetCurrentTimestamp() + longest_wait(fcinfo, &actor);
	while (!look_for_link(fcinfo, &actor, &link) && GetCurrentTimestamp() < deadline)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 pause, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		pause = Min(pause * 2, LAST_PAUSE_MS);
	}
	if (link == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(link));
}
