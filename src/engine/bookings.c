/*-------------------------------------------------------------------------
 *
 * bookings.c
 *	  Bookings as rows: found, opened for a caller, handed out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "bookings.h"
#include "manage_tokens.h"
#include "statements.h"

/* the one statement that may lack the host: it finds it */
static TTStatement find_host = {
	"SELECT b.host_id FROM timetap.bookings b WHERE b.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

#define FIND_BOOKING \
	"SELECT b.id, b.status, b.starts_at, b.ends_at, h.handle," \
	" o.handle" CONCAT "'/'" CONCAT "e.slug, e.title, b.meeting_id, b.series_id," \
	" b.expires_at, b.amount, b.currency, b.payment_status, b.meet_link, b.google_event_id," \
	" b.sync_state, b.version, NULL::pg_catalog.text, b.host_id, b.event_type_id, b.token_version" \
	" FROM timetap.bookings b" \
	" JOIN timetap.hosts h ON h.id" EQ "b.host_id" \
	" JOIN timetap.event_types e ON e.id" EQ "b.event_type_id" \
	" JOIN timetap.hosts o ON o.id" EQ "e.host_id" \
	" WHERE b.id" EQ "$1 AND b.host_id" EQ "$2"

enum
{
	COL_ID = 1, COL_STATUS, COL_STARTS, COL_ENDS, COL_MEETING = 8, COL_EXPIRES = 10, COL_LINK = 14,
	COL_SYNC_STATE = 16, COL_VERSION = 17, COL_HOST = TT_RESULT_COLUMNS + 1,
	COL_EVENT_TYPE, COL_TOKEN_VERSION
};

static TTStatement find_booking = {FIND_BOOKING, {UUIDOID, UUIDOID, InvalidOid}};

static bool
refuse_not_found(const pg_uuid_t *id, TTRefusal *refusal)
{
	return tt_errors_refuse(refusal, TT_BOOKING_NOT_FOUND,
							"Give the booking's id and, unless you call as the service, its manage token.",
							"there is no booking %s that you may see",
							DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id))));
}

static void
read_row(TTBooking *booking)
{
	for (int i = 0; i < TT_RESULT_COLUMNS; i++)
		booking->result[i] = tt_statements_column(0, i + 1, &booking->nulls[i]);
	booking->id = *DatumGetUUIDP(tt_statements_value(0, COL_ID));
	booking->status = tt_statements_text(0, COL_STATUS);
	booking->starts_at = DatumGetTimestampTz(tt_statements_value(0, COL_STARTS));
	booking->ends_at = DatumGetTimestampTz(tt_statements_value(0, COL_ENDS));
	booking->meeting = *DatumGetUUIDP(tt_statements_value(0, COL_MEETING));
	booking->expires_at = DT_NOEND;
	if (strcmp(booking->status, "held") == 0)
		booking->expires_at = DatumGetTimestampTz(tt_statements_value(0, COL_EXPIRES));
	booking->meet_link = tt_statements_text(0, COL_LINK);
	booking->sync_state = tt_statements_text(0, COL_SYNC_STATE);
	booking->version = DatumGetInt32(tt_statements_value(0, COL_VERSION));
	booking->host = *DatumGetUUIDP(tt_statements_value(0, COL_HOST));
	booking->event_type = *DatumGetUUIDP(tt_statements_value(0, COL_EVENT_TYPE));
	booking->token_version = DatumGetInt32(tt_statements_value(0, COL_TOKEN_VERSION));
}

/*
 * Find a booking that the caller may see.
 */
bool
tt_bookings_open(const pg_uuid_t *id, const char *token, TTActor *actor,
				 Snapshot snapshot, TTBooking *booking, TTRefusal *refusal)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(id)), TT_NULL};

	if (tt_statements_read(&find_host, parameters, snapshot) == 0)
		return refuse_not_found(id, refusal);
	parameters[1] = TT_VALUE(tt_statements_value(0, 1));
	if (tt_statements_read(&find_booking, parameters, snapshot) == 0)
		return refuse_not_found(id, refusal);
	read_row(booking);

	if (token == NULL)
		return actor->service || refuse_not_found(id, refusal);

	/*
	 * Who shows a token acts as the attendee, whoever calls: an application's
	 * server passes on what a browser sent.
	 */
	if (!tt_manage_tokens_match(token, &booking->host, &booking->id,
								booking->token_version, snapshot))
		return refuse_not_found(id, refusal);
	actor->service = false;
	actor->who = "token";
	return true;
}

/*
 * Read it again, with this transaction's own changes.
 */
void
tt_bookings_reread(TTBooking *booking)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&booking->id)),
		TT_VALUE(UUIDPGetDatum(&booking->host))
	};

	if (tt_statements_write(&find_booking, parameters) == 0)
		elog(ERROR, "a booking that was just changed is gone");
	read_row(booking);
}

/*
 * A row of booking_result.  The function must be declared to return it.
 */
Datum
tt_bookings_result(FunctionCallInfo fcinfo, TTBooking *booking)
{
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "function must return timetap.booking_result");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), booking->result, booking->nulls));
}
