/*-------------------------------------------------------------------------
 *
 * busy_times.c
 *	  add_busy() and remove_busy(): time taken by something else.
 *
 * Neither takes the host's lock.  Each changes one row that stands for
 * itself, so there is nothing that two of them could mix.  And a busy time is
 * no wall: it may lie over a booking (an import brings what it brings), and a
 * book() that has just looked when one arrives is a book() that came a moment
 * earlier.  An import of thousands of rows shall not hold up bookings.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "actor.h"
#include "arguments.h"
#include "errors.h"
#include "returned_row.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_add_busy);
PG_FUNCTION_INFO_V1(timetap_block_time);
PG_FUNCTION_INFO_V1(timetap_remove_busy);

/* Without an external id there is no conflict: NULLs are distinct. */
static TTStatement upsert = {
	"INSERT INTO timetap.busy_times AS b (host_id, starts_at, ends_at, source, external_id, transparent)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (host_id, source, external_id) DO UPDATE"
	" SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, transparent = excluded.transparent"
	" RETURNING b.*",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, BOOLOID, InvalidOid}
};

static TTStatement block = {
	"INSERT INTO timetap.busy_times AS b (host_id, starts_at, ends_at, source, reason)"
	" VALUES ($1, $2, $3, 'blocked', $4) RETURNING b.*",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, InvalidOid}
};

static TTStatement remove_one = {
	"DELETE FROM timetap.busy_times b WHERE b.host_id" EQ "$1 AND b.id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid}
};

/*
 * Read starts_at and ends_at, the second and third argument.
 */
static void
read_range(FunctionCallInfo fcinfo, TTParameter *starts_at, TTParameter *ends_at)
{
	TimestampTz from = tt_arguments_instant(fcinfo, 1, "starts_at");
	TimestampTz until = tt_arguments_instant(fcinfo, 2, "ends_at");

	if (until < from)
		tt_errors_throw(TT_BAD_RANGE, "Pass the earlier of the two as starts_at.",
						"ends_at is before starts_at");
	*starts_at = TT_VALUE(TimestampTzGetDatum(from));
	*ends_at = TT_VALUE(TimestampTzGetDatum(until));
}

/*
 * Write a busy time; the first parameter becomes its host.
 */
static Datum
write_busy_time(FunctionCallInfo fcinfo, TTStatement *statement, const char *host,
				TTParameter *parameters)
{
	TTSection	section;
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	Datum		result;

	tt_statements_begin(&section);
	tt_arguments_find_host(host, id);
	parameters[0] = TT_VALUE(UUIDPGetDatum(id));
	tt_statements_write(statement, parameters);
	result = tt_returned_row_datum(fcinfo, 0);
	tt_statements_end(&section);
	return result;
}

/*
 * add_busy(host, starts_at, ends_at, source, external_id, transparent) -> busy_times
 */
Datum
timetap_add_busy(PG_FUNCTION_ARGS)
{
	TTParameter parameters[6];
	char	   *host;
	char	   *source;

	tt_actor_require_service("add busy times");
	host = tt_arguments_host(fcinfo, 0);
	read_range(fcinfo, &parameters[1], &parameters[2]);
	source = tt_arguments_text(fcinfo, 3, "source", TT_TEXT_KEY, TT_MAX_KEY);
	parameters[3] = TT_TEXT(source ? source : "manual");
	parameters[4] = TT_TEXT(tt_arguments_text(fcinfo, 4, "external_id", TT_TEXT_KEY, TT_MAX_EXTERNAL_ID));
	parameters[5] = TT_VALUE(BoolGetDatum(!PG_ARGISNULL(5) && PG_GETARG_BOOL(5)));
	return write_busy_time(fcinfo, &upsert, host, parameters);
}

/*
 * block_time(host, starts_at, ends_at, reason) -> busy_times
 */
Datum
timetap_block_time(PG_FUNCTION_ARGS)
{
	TTParameter parameters[4];
	char	   *host;

	tt_actor_require_service("block time");
	host = tt_arguments_host(fcinfo, 0);
	read_range(fcinfo, &parameters[1], &parameters[2]);
	parameters[3] = TT_TEXT(tt_arguments_text(fcinfo, 3, "reason", TT_TEXT_LINES, TT_MAX_REASON));
	return write_busy_time(fcinfo, &block, host, parameters);
}

/*
 * remove_busy(host, busy) -> boolean
 */
Datum
timetap_remove_busy(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[2];
	pg_uuid_t	id;
	char	   *host;
	bool		removed;

	tt_actor_require_service("remove busy times");
	host = tt_arguments_host(fcinfo, 0);
	if (PG_ARGISNULL(1))
		tt_errors_throw(TT_BAD_ARGUMENT, "Pass the id that add_busy() returned.", "busy must not be null");
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	parameters[1] = TT_VALUE(PG_GETARG_DATUM(1));

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	removed = tt_statements_write(&remove_one, parameters) > 0;
	tt_statements_end(&section);
	PG_RETURN_BOOL(removed);
}
