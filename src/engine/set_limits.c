/*-------------------------------------------------------------------------
 *
 * set_limits.c
 *	  set_limits() and set_host_limits().
 *
 * Both hold the host's lock, under which bookings are counted: a limit that
 * is committed holds for every booking after it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "actor.h"
#include "address.h"
#include "arguments.h"
#include "event_type_find.h"
#include "host_lock.h"
#include "booking_limits.h"
#include "returned_row.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_set_limits);
PG_FUNCTION_INFO_V1(timetap_set_host_limits);

#define NLIMITS		(2 * TT_PERIODS)

static const char *const names[NLIMITS] = {
	"per_day", "per_week", "per_month", "per_year",
	"minutes_per_day", "minutes_per_week", "minutes_per_month", "minutes_per_year"
};

static TTStatement set_of_event_type = {
	"UPDATE timetap.event_types AS e SET limits = $3"
	" WHERE e.id" EQ "$1 AND e.host_id" EQ "$2 RETURNING e.*",
	{UUIDOID, UUIDOID, INT4ARRAYOID, InvalidOid}
};

static TTStatement set_of_host = {
	"UPDATE timetap.hosts AS h SET limits = $2 WHERE h.id" EQ "$1 RETURNING h.*",
	{UUIDOID, INT4ARRAYOID, InvalidOid}
};

/*
 * The eight arguments after the first as the column has them; NULL when there
 * is no limit at all.
 */
static TTParameter
read_limits(FunctionCallInfo fcinfo)
{
	Datum		values[NLIMITS];
	bool		nulls[NLIMITS];
	int			dims[1] = {NLIMITS};
	int			lbs[1] = {1};
	bool		any = false;

	for (int i = 0; i < NLIMITS; i++)
	{
		nulls[i] = PG_ARGISNULL(i + 1);
		values[i] = nulls[i] ? (Datum) 0 : PG_GETARG_DATUM(i + 1);
		any |= !nulls[i];
		if (!nulls[i] && DatumGetInt32(values[i]) < 0)
			tt_errors_throw(TT_BAD_RANGE, "Pass NULL for no limit.",
							"%s must not be negative: %d", names[i], DatumGetInt32(values[i]));
	}
	if (!any)
		return TT_NULL;
	return TT_VALUE(PointerGetDatum(construct_md_array(values, nulls, 1, dims, lbs, INT4OID,
													   sizeof(int32), true, TYPALIGN_INT)));
}

/*
 * set_limits(event_type, per_day, ...) -> event_types
 */
Datum
timetap_set_limits(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter limits;
	TTParameter parameters[3];
	TTEventType event;
	TTRefusal	refusal;
	Datum		row;

	tt_actor_require_service("set limits");
	limits = read_limits(fcinfo);
	if (PG_ARGISNULL(0))
		tt_errors_throw(TT_EVENT_TYPE_NOT_FOUND, NULL, "event_type must not be null");

	tt_statements_begin(&section);
	if (!tt_event_type_find(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, &event, &refusal))
		tt_errors_raise(&refusal);
	tt_host_lock_acquire(&event.host);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&event.id));
	parameters[1] = TT_VALUE(UUIDPGetDatum(&event.host));
	parameters[2] = limits;
	if (tt_statements_write(&set_of_event_type, parameters) == 0)
		tt_errors_throw(TT_EVENT_TYPE_NOT_FOUND, NULL, "the event type is gone");
	row = tt_returned_row_datum(fcinfo, 0);
	tt_statements_end(&section);
	return row;
}

/*
 * set_host_limits(host, per_day, ...) -> hosts
 */
Datum
timetap_set_host_limits(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter limits;
	TTParameter parameters[2];
	char	   *called;
	pg_uuid_t	host;
	Datum		row;

	tt_actor_require_service("set limits");
	limits = read_limits(fcinfo);
	called = tt_arguments_host(fcinfo, 0);

	tt_statements_begin(&section);
	tt_arguments_find_host(called, &host);
	tt_host_lock_acquire(&host);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&host));
	parameters[1] = limits;
	if (tt_statements_write(&set_of_host, parameters) == 0)
		tt_errors_throw(TT_HOST_NOT_FOUND, NULL, "the host is gone");
	row = tt_returned_row_datum(fcinfo, 0);
	tt_statements_end(&section);
	return row;
}
