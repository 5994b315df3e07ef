/*-------------------------------------------------------------------------
 *
 * change.c
 *	  cancel() and reschedule(): changing a booking.
 *
 * Both open the booking for their caller, take its host's lock, read it again
 * under one fresh snapshot, and change it with its history row and its place
 * in the sync queue.  Locks are taken in the order host, booking, queue.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "bookings.h"
#include "clock.h"
#include "durations.h"
#include "enqueue.h"
#include "host_lock.h"
#include "refusals.h"
#include "slot_check.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_cancel);
PG_FUNCTION_INFO_V1(timetap_reschedule);

/* What the verbs do, and the statuses that they can do it from. */
typedef struct Verb
{
	const char *participle;
	const char *statuses[5];
} Verb;

static const Verb cancelling = {"cancelled", {"held", "pending", "requested", "confirmed"}};

/* not requested: that takes no time yet */
static const Verb moving = {"rescheduled", {"held", "pending", "confirmed"}};

/* What both verbs are given, and what they find. */
typedef struct Change
{
	const Verb *verb;
	pg_uuid_t	id;
	char	   *token;
	char	   *reason;
	bool		has_version;
	int32		version;
	TTActor		actor;
	TTBooking	booking;
	bool		connected;		/* the calendar is to be told */
} Change;

/*
 * A held or cancelled booking leaves the wall with its last seat.
 */
static TTStatement cancel_booking = {
	"WITH changed AS (UPDATE timetap.bookings b"
	" SET status = 'cancelled', version = b.version" PLUS "1, updated_at = $3, cancelled_at = $3,"
	" cancelled_by = $4, cancel_reason = $5, sync_state = $6"
	" WHERE b.id" EQ "$1 AND b.host_id" EQ "$2 RETURNING b.version)"
	" INSERT INTO timetap.booking_events (host_id, booking_id, version, what, who, at, old, new, reason)"
	" SELECT $2, $1, c.version, 'cancelled', $4, $3, pg_catalog.jsonb_build_object('status', $7),"
	" '{\"status\": \"cancelled\"}', $5 FROM changed c",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, InvalidOid}
};

static TTStatement free_allocation = {
	"DELETE FROM timetap.allocations a WHERE a.host_id" EQ "$1 AND a.meeting_id" EQ "$2 AND a.seats_taken" EQ "1",
	{UUIDOID, UUIDOID, InvalidOid}
};

static TTStatement free_seat = {
	"UPDATE timetap.allocations a SET seats_taken = a.seats_taken" MINUS "1"
	" WHERE a.host_id" EQ "$1 AND a.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid}
};

/*
 * The wall and the booking move in one statement: the foreign key between
 * them is checked at its end.
 */
static TTStatement move_booking = {
	"WITH moved AS (UPDATE timetap.allocations a"
	" SET starts_at = $4, ends_at = $5, blocked = pg_catalog.tstzrange($6, $7)"
	" WHERE a.host_id" EQ "$2 AND a.meeting_id" EQ "$3 RETURNING a.meeting_id),"
	" changed AS (UPDATE timetap.bookings b"
	" SET starts_at = $4, ends_at = $5, version = b.version" PLUS "1, updated_at = $8, sync_state = $9"
	" WHERE b.id" EQ "$1 AND b.host_id" EQ "$2 AND EXISTS (SELECT FROM moved) RETURNING b.version)"
	" INSERT INTO timetap.booking_events (host_id, booking_id, version, what, who, at, old, new, reason)"
	" SELECT $2, $1, c.version, 'rescheduled', $10, $8,"
	" pg_catalog.jsonb_build_object('starts_at', " TT_INSTANT_TEXT("$11") ", 'ends_at', " TT_INSTANT_TEXT("$12") "),"
	" pg_catalog.jsonb_build_object('starts_at', " TT_INSTANT_TEXT("$4") ", 'ends_at', " TT_INSTANT_TEXT("$5") "),"
	" $13 FROM changed c",
	{UUIDOID, UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, InvalidOid}
};

static void
read_arguments(FunctionCallInfo fcinfo, Change *change, const Verb *verb,
			   int token, int reason, int version)
{
	memset(change, 0, sizeof(Change));
	change->verb = verb;
	if (PG_ARGISNULL(0))
		tt_errors_throw(TT_BOOKING_NOT_FOUND, NULL, "booking must not be null");
	change->id = *PG_GETARG_UUID_P(0);
	change->token = PG_ARGISNULL(token) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(token));
	change->reason = tt_arguments_text(fcinfo, reason, "reason", TT_TEXT_LINES, TT_MAX_REASON);
	change->has_version = !PG_ARGISNULL(version);
	if (change->has_version)
		change->version = PG_GETARG_INT32(version);
	tt_actor_get(&change->actor);
}

/*
 * Refuse unless the booking is in a status to be changed from, of the version
 * that the caller saw, and still to come.  The service may put right what is
 * past.
 */
static void
check_state(const Change *change)
{
	const TTBooking *booking = &change->booking;
	bool		found = false;

	if (change->has_version && change->version != booking->version)
		tt_errors_throw(TT_VERSION_CONFLICT, "Read the booking again before you change it.",
						"the booking has changed: it is at version %d, not %d",
						booking->version, change->version);
	for (int i = 0; change->verb->statuses[i] != NULL; i++)
		found |= strcmp(change->verb->statuses[i], booking->status) == 0;
	if (!found)
		tt_errors_throw(TT_WRONG_STATE, NULL, "a booking that is %s cannot be %s",
						booking->status, change->verb->participle);
	if (booking->expires_at <= timetap_clock())
		tt_errors_throw(TT_HOLD_EXPIRED, "Book again.", "the hold expired at %s",
						tt_refusals_time(booking->expires_at));
	if (!change->actor.service && booking->starts_at <= timetap_clock())
		tt_errors_throw(TT_CUTOFF_PASSED, "Ask the host.",
						"a booking cannot be %s after its start, which was at %s",
						change->verb->participle, tt_refusals_time(booking->starts_at));
}

static void
open_booking(Change *change, Snapshot snapshot)
{
	TTRefusal	refusal;

	if (!tt_bookings_open(&change->id, change->token, &change->actor, snapshot,
						  &change->booking, &refusal))
		tt_errors_raise(&refusal);
	check_state(change);
}

/*
 * Open it, take its host's lock, and see it again as it is now.
 */
static void
open_and_lock(Change *change)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());

	open_booking(change, snapshot);
	UnregisterSnapshot(snapshot);
	tt_host_lock_acquire(&change->booking.host);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	open_booking(change, snapshot);
	change->connected = tt_enqueue_wanted(&change->booking.host, snapshot);
	UnregisterSnapshot(snapshot);
}

/*
 * Write to the booking that was opened.  At the isolation levels that keep
 * one snapshot, a statement that writes does not find what others have
 * committed since that was taken.
 */
static void
write_booking(TTStatement *statement, const TTParameter *parameters)
{
	if (tt_statements_write(statement, parameters) > 0)
		return;
	if (!IsolationUsesXactSnapshot())
		elog(ERROR, "the rows of a booking do not fit one another");
	ereport(ERROR,
			errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			errmsg("could not serialize access due to concurrent update"));
}

/*
 * cancel(booking, token, reason, if_version)
 */
Datum
timetap_cancel(PG_FUNCTION_ARGS)
{
	TTSection	section;
	Change		change;
	TTBooking  *booking = &change.booking;
	Datum		result;

	read_arguments(fcinfo, &change, &cancelling, 1, 2, 3);
	tt_statements_begin(&section);
	open_and_lock(&change);
	{
		TTParameter cancelled[] = {
			TT_VALUE(UUIDPGetDatum(&booking->id)),
			TT_VALUE(UUIDPGetDatum(&booking->host)),
			TT_VALUE(TimestampTzGetDatum(timetap_clock())),
			TT_TEXT(change.actor.who),
			TT_TEXT(change.reason),
			TT_TEXT(change.connected ? "pending" : "none"),
			TT_TEXT(booking->status)
		};
		TTParameter freed[] = {
			TT_VALUE(UUIDPGetDatum(&booking->host)),
			TT_VALUE(UUIDPGetDatum(&booking->meeting))
		};

		write_booking(&cancel_booking, cancelled);
		if (strcmp(booking->status, "requested") != 0 &&
			tt_statements_write(&free_allocation, freed) == 0)
			tt_statements_write(&free_seat, freed);
	}
	if (change.connected)
		tt_enqueue_meeting(&booking->host, &booking->meeting);
	tt_bookings_reread(booking);
	MemoryContextSwitchTo(section.caller);
	result = tt_bookings_result(fcinfo, booking);
	tt_statements_end(&section);
	return result;
}

/*
 * Check the new time under one fresh snapshot; the booking's own is free.
 */
static void
check_new_time(Change *change, TimestampTz start, const Interval *duration,
			   TTEventType *event, TTSlotWish *wish, bool *expired_holds)
{
	TTBooking  *booking = &change->booking;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TTRefusal	refusal;

	wish->now = timetap_clock();
	wish->start = start;
	wish->ignored = &booking->meeting;
	wish->alternatives = true;
	wish->duration = booking->ends_at - booking->starts_at;
	if (!tt_event_type_find_by_id(&booking->event_type, snapshot, event, &refusal) ||
		(duration != NULL &&
		 !tt_event_type_duration(event, duration, &wish->duration, &refusal)) ||
		!tt_slot_check(event, wish, snapshot, expired_holds, &refusal))
		tt_errors_raise(&refusal);
	UnregisterSnapshot(snapshot);
}

/*
 * Move allocation and booking.  Under the host's lock only a writer who does
 * not take it can be in the way: his conflict reads as any other.
 */
static void
move(const Change *change, const TTEventType *event, const TTSlotWish *wish)
{
	const TTBooking *booking = &change->booking;
	TimestampTz end = wish->start + wish->duration;
	MemoryContext context = CurrentMemoryContext;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&booking->id)),
		TT_VALUE(UUIDPGetDatum(&booking->host)),
		TT_VALUE(UUIDPGetDatum(&booking->meeting)),
		TT_VALUE(TimestampTzGetDatum(wish->start)),
		TT_VALUE(TimestampTzGetDatum(end)),
		TT_VALUE(TimestampTzGetDatum(wish->start - event->buffer_before)),
		TT_VALUE(TimestampTzGetDatum(end + event->buffer_after)),
		TT_VALUE(TimestampTzGetDatum(timetap_clock())),
		TT_TEXT(change->connected ? "pending" : "not_connected"),
		TT_TEXT(change->actor.who),
		TT_VALUE(TimestampTzGetDatum(booking->starts_at)),
		TT_VALUE(TimestampTzGetDatum(booking->ends_at)),
		TT_TEXT(change->reason)
	};

	PG_TRY();
	{
		write_booking(&move_booking, parameters);
	}
	PG_CATCH();
	{
		TTRefusal	refusal;

		if (geterrcode() != ERRCODE_EXCLUSION_VIOLATION)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
		tt_refusals_from_verdict(&refusal, TT_SLOT_TAKEN, event, NULL, wish->start);
		tt_errors_raise(&refusal);
	}
	PG_END_TRY();
}

/*
 * Nothing would change: no reason to tell the guests of an update.
 */
static bool
is_same_time(const TTBooking *booking, TimestampTz start, const Interval *duration)
{
	int64		usecs = booking->ends_at - booking->starts_at;

	return start == booking->starts_at &&
		(duration == NULL || (tt_durations_usecs(duration, &usecs) &&
							  usecs == booking->ends_at - booking->starts_at));
}

/*
 * reschedule(booking, new_starts_at, token, reason, new_duration, if_version)
 */
Datum
timetap_reschedule(PG_FUNCTION_ARGS)
{
	TTSection	section;
	Change		change;
	TTBooking  *booking = &change.booking;
	TTEventType event;
	TTSlotWish	wish;
	TTRefusal	refusal;
	TimestampTz start;
	const Interval *duration = PG_ARGISNULL(4) ? NULL : PG_GETARG_INTERVAL_P(4);
	bool		expired_holds;
	Datum		result;

	read_arguments(fcinfo, &change, &moving, 2, 3, 5);
	if (PG_ARGISNULL(1))
		tt_errors_throw(TT_BAD_RANGE, "Take a start from timetap.slots().",
						"new_starts_at must not be null");
	start = PG_GETARG_TIMESTAMPTZ(1);
	if (!tt_refusals_check_instant("new_starts_at", start, &refusal))
		tt_errors_raise(&refusal);

	tt_statements_begin(&section);
	open_and_lock(&change);
	if (!is_same_time(booking, start, duration))
	{
		check_new_time(&change, start, duration, &event, &wish, &expired_holds);
		if (expired_holds)
			tt_slot_check_sweep_holds(&booking->host, start - event.buffer_before,
									  start + wish.duration + event.buffer_after);
		move(&change, &event, &wish);
		if (change.connected)
			tt_enqueue_meeting(&booking->host, &booking->meeting);
		tt_bookings_reread(booking);
	}
	MemoryContextSwitchTo(section.caller);
	result = tt_bookings_result(fcinfo, booking);
	tt_statements_end(&section);
	return result;
}
