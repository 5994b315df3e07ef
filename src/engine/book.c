/*-------------------------------------------------------------------------
 *
 * book.c
 *	  book() and try_book(): the way of a write.
 *
 * Look without a lock: a taken slot costs no transaction id and no log.  Take
 * the host's lock.  Take one fresh snapshot and run the whole check again
 * under it: several statements with several snapshots could mix an old zone
 * with new hours, and under REPEATABLE READ the transaction's own snapshot
 * would still show the slot free.  Then write, allocation first: ON CONFLICT
 * DO NOTHING never deadlocks and needs no subtransaction where a plain INSERT
 * against an exclusion constraint would.  It can only fail against a writer
 * who does not take the host's lock.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "book_request.h"
#include "bookings.h"
#include "clock.h"
#include "enqueue.h"
#include "host_lock.h"
#include "manage_tokens.h"
#include "refusals.h"
#include "slot_check.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_book);
PG_FUNCTION_INFO_V1(timetap_try_book);

/* Allocation, booking and history in one statement; no row: taken. */
static TTStatement insert_booking = {
	"WITH wall AS ("
	"INSERT INTO timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked)"
	" VALUES ($1, $2, $3, $4, $5, pg_catalog.tstzrange($6, $7))"
	" ON CONFLICT ON CONSTRAINT allocations_wall DO NOTHING RETURNING host_id),"
	" booking AS ("
	"INSERT INTO timetap.bookings (id, host_id, event_type_id, event_host_id, meeting_id, starts_at, ends_at,"
	" status, attendee_id, attendee_name, attendee_email, attendee_phone, attendee_time_zone, notes,"
	" external_id, metadata, sync_state, created_at, updated_at)"
	" SELECT $8, $1, $3, $1, $2, $4, $5, 'confirmed', $9, $10, $11, $12, $13, $14, $15,"
	" $16, $17, $18, $18 FROM wall)"
	" INSERT INTO timetap.booking_events (host_id, booking_id, version, what, who, at, new)"
	" SELECT $1, $8, 1, 'booked', $19, $18, pg_catalog.jsonb_build_object("
	"'status', 'confirmed', 'starts_at', " TT_INSTANT_TEXT("$4") ", 'ends_at', " TT_INSTANT_TEXT("$5") ") FROM wall"
	" RETURNING (SELECT k.key FROM timetap_private.manage_token_keys k ORDER BY k.created_at DESC LIMIT 1)",
	{UUIDOID, UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
		UUIDOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID,
	TEXTOID, TIMESTAMPTZOID, TEXTOID, InvalidOid}
};

static pg_uuid_t
new_uuid(void)
{
	return *DatumGetUUIDP(DirectFunctionCall1(gen_random_uuid, (Datum) 0));
}

/*
 * Find the event type and check the slot, under one fresh snapshot; with the
 * host's lock held, also whether the host has a connection.
 */
static bool
look(const TTBookRequest *request, bool with_alternatives, TTEventType *event,
	 TTSlotWish *wish, bool *expired_holds, bool *connected, TTRefusal *refusal)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		bookable;

	bookable = tt_event_type_find(request->event_type, snapshot, event, refusal) &&
		tt_event_type_duration(event, request->duration, &wish->duration, refusal);
	if (bookable)
	{
		wish->now = timetap_clock();
		wish->start = request->start;
		wish->ignored = NULL;
		wish->alternatives = with_alternatives;
		bookable = tt_slot_check(event, wish, snapshot, expired_holds, refusal);
	}
	if (bookable && connected != NULL)
		*connected = tt_enqueue_wanted(&event->host, snapshot);
	UnregisterSnapshot(snapshot);
	return bookable;
}

/*
 * The booking as its result shows it, without reading it back.
 */
static void
fill_result(TTBooking *booking, const TTEventType *event, const char *sync_state,
			const char *token)
{
	memset(booking->result, 0, sizeof(booking->result));
	memset(booking->nulls, true, sizeof(booking->nulls));
#define PUT(column, datum) \
	(booking->result[(column) - 1] = (datum), booking->nulls[(column) - 1] = false)
	PUT(1, UUIDPGetDatum(&booking->id));
	PUT(2, CStringGetTextDatum("confirmed"));
	PUT(3, TimestampTzGetDatum(booking->starts_at));
	PUT(4, TimestampTzGetDatum(booking->ends_at));
	PUT(5, CStringGetTextDatum(event->handle));
	PUT(6, CStringGetTextDatum(psprintf("%s/%s", event->handle, event->slug)));
	PUT(7, CStringGetTextDatum(event->title));
	PUT(8, UUIDPGetDatum(&booking->meeting));
	PUT(13, CStringGetTextDatum("none"));
	PUT(16, CStringGetTextDatum(sync_state));
	PUT(17, Int32GetDatum(1));
	PUT(18, CStringGetTextDatum(token));
#undef PUT
}

/*
 * Write it all; false when a writer without the host's lock was faster.
 */
static bool
write_booking(const TTBookRequest *request, const TTActor *actor, const TTEventType *event,
			  const TTSlotWish *wish, bool connected, TTBooking *booking)
{
	const char *sync_state = connected ? "pending" : "not_connected";
	TimestampTz end = wish->start + wish->duration;
	pg_uuid_t	id = new_uuid();
	pg_uuid_t	meeting = new_uuid();
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(UUIDPGetDatum(&meeting)),
		TT_VALUE(UUIDPGetDatum(&event->id)),
		TT_VALUE(TimestampTzGetDatum(wish->start)),
		TT_VALUE(TimestampTzGetDatum(end)),
		TT_VALUE(TimestampTzGetDatum(wish->start - event->buffer_before)),
		TT_VALUE(TimestampTzGetDatum(end + event->buffer_after)),
		TT_VALUE(UUIDPGetDatum(&id)),
		TT_TEXT(request->attendee_id),
		TT_TEXT(request->name),
		TT_TEXT(request->email),
		TT_TEXT(request->phone),
		TT_TEXT(request->time_zone),
		TT_TEXT(request->notes),
		TT_TEXT(request->external_id),
		TT_VALUE(request->metadata),
		TT_TEXT(sync_state),
		TT_VALUE(TimestampTzGetDatum(timetap_clock())),
		TT_TEXT(actor->who)
	};

	if (tt_statements_write(&insert_booking, parameters) == 0)
		return false;

	booking->id = id;
	booking->host = event->host;
	booking->meeting = meeting;
	booking->starts_at = wish->start;
	booking->ends_at = end;
	fill_result(booking, event, sync_state,
				tt_manage_tokens_sign(DatumGetByteaPP(tt_statements_value(0, 1)),
									  &event->host, &booking->id, 1));
	if (connected)
		tt_enqueue_meeting(&event->host, &meeting);
	return true;
}

/*
 * At the isolation levels that keep one snapshot, foreign keys are checked
 * under it: they do not find an event type that is younger.
 */
static void
check_visible(const pg_uuid_t *event_type)
{
	TTEventType seen;
	TTRefusal	refusal;

	if (IsolationUsesXactSnapshot() &&
		!tt_event_type_find_by_id(event_type, NULL, &seen, &refusal))
		ereport(ERROR,
				errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				errmsg("could not serialize access due to concurrent update"));
}

/*
 * Book, inside a section.
 */
static bool
book(const TTBookRequest *request, const TTActor *actor, bool with_alternatives,
	 TTBooking *booking, TTRefusal *refusal)
{
	TTEventType event;
	TTSlotWish	wish;
	bool		expired_holds;
	bool		connected;
	pg_uuid_t	host;

	if (!look(request, with_alternatives, &event, &wish, &expired_holds, NULL, refusal))
		return false;
	for (;;)
	{
		host = event.host;
		tt_host_lock_acquire(&host);
		if (!look(request, with_alternatives, &event, &wish, &expired_holds, &connected, refusal))
		{
			tt_host_lock_release(&host);
			return false;
		}
		if (memcmp(&event.host, &host, sizeof(pg_uuid_t)) == 0)
			break;

		/* the address was given to another host's event type meanwhile */
		tt_host_lock_release(&host);
	}
	check_visible(&event.id);
	if (expired_holds)
		tt_slot_check_sweep_holds(&host, wish.start - event.buffer_before,
								  wish.start + wish.duration + event.buffer_after);
	if (write_booking(request, actor, &event, &wish, connected, booking))
		return true;
	return tt_refusals_from_verdict(refusal, TT_SLOT_TAKEN, &event, NULL, wish.start);
}

/*
 * book(event_type, starts_at, email, ...) returns booking_result
 */
Datum
timetap_book(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTActor		actor;
	TTBookRequest request;
	TTBooking	booking;
	TTRefusal	refusal;
	Datum		result;

	tt_actor_get(&actor);
	if (!tt_book_request_read(fcinfo, &actor, &request, &refusal))
		tt_errors_raise(&refusal);
	tt_statements_begin(&section);
	if (!book(&request, &actor, true, &booking, &refusal))
		tt_errors_raise(&refusal);
	MemoryContextSwitchTo(section.caller);
	result = tt_bookings_result(fcinfo, &booking);
	tt_statements_end(&section);
	return result;
}

/*
 * A row of try_book(), in the caller's memory.
 */
static Datum
try_result(FunctionCallInfo fcinfo, bool ok, const TTBooking *booking, const TTRefusal *refusal)
{
	TupleDesc	desc;
	Datum		values[9];
	bool		nulls[9];

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "try_book() must return a row");
	memset(nulls, true, sizeof(nulls));
	values[0] = BoolGetDatum(ok);
	nulls[0] = false;
	if (ok)
	{
		/* booking_result's columns that follow: id, status, times, token */
		static const int columns[] = {1, 2, 3, 4, TT_RESULT_COLUMNS};

		for (int i = 0; i < (int) lengthof(columns); i++)
		{
			values[4 + i] = booking->result[columns[i] - 1];
			nulls[4 + i] = false;
		}
	}
	else
	{
		values[1] = CStringGetTextDatum(tt_errors_code_name(refusal->code));
		values[2] = CStringGetTextDatum(refusal->message);
		values[3] = refusal->hint ? CStringGetTextDatum(refusal->hint) : (Datum) 0;
		nulls[1] = nulls[2] = false;
		nulls[3] = refusal->hint == NULL;
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/*
 * try_book(the same): every refusal as a row
 */
Datum
timetap_try_book(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTActor		actor;
	TTBookRequest request;
	TTBooking	booking;
	TTRefusal	refusal;
	bool		ok;
	Datum		result;

	tt_actor_get(&actor);
	if (!tt_book_request_read(fcinfo, &actor, &request, &refusal))
		return try_result(fcinfo, false, NULL, &refusal);
	tt_statements_begin(&section);
	ok = book(&request, &actor, false, &booking, &refusal);
	MemoryContextSwitchTo(section.caller);
	result = try_result(fcinfo, ok, &booking, &refusal);
	tt_statements_end(&section);
	return result;
}
