/*-------------------------------------------------------------------------
 *
 * blocked_dates.c
 *	  block_dates() and unblock_dates(): local dates taken away.
 *
 * A block is a row of its own beside the hours that may be set for the date,
 * so unblocking gives those back.  It holds for every schedule: its schedule
 * is '*', which none can be called.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"

#include "actor.h"
#include "arguments.h"
#include "errors.h"
#include "host_lock.h"
#include "statements.h"

/* Ten years. */
#define MAX_DATES	3660

PG_FUNCTION_INFO_V1(timetap_block_dates);
PG_FUNCTION_INFO_V1(timetap_unblock_dates);

#define BLOCKS	" o.host_id" EQ "$1 AND o.schedule" EQ "'*' AND o.kind" EQ "'blocked'" \
	" AND o.on_date" GE "$2 AND o.on_date" LE "$3"

static TTStatement change_reason = {
	"UPDATE timetap.date_overrides o SET reason = $4 WHERE" BLOCKS
	" AND (o.reason IS NULL OR o.reason" NE "$4)",
	{UUIDOID, DATEOID, DATEOID, TEXTOID, InvalidOid}
};

static TTStatement block = {
	"INSERT INTO timetap.date_overrides (host_id, schedule, on_date, kind, reason)"
	" SELECT $1, '*', $2" PLUS "n.n, 'blocked', $4 FROM pg_catalog.generate_series(0, $3" MINUS "$2) n (n)"
	" ON CONFLICT (host_id, schedule, on_date, kind) WHERE kind" NE "'hours' DO NOTHING",
	{UUIDOID, DATEOID, DATEOID, TEXTOID, InvalidOid}
};

static TTStatement unblock = {
	"DELETE FROM timetap.date_overrides o WHERE" BLOCKS,
	{UUIDOID, DATEOID, DATEOID, InvalidOid}
};

/*
 * The dates from from_date to to_date, both inclusive.
 */
static void
get_dates(FunctionCallInfo fcinfo, TTParameter *first, TTParameter *last)
{
	DateADT		from = tt_arguments_date(fcinfo, 1, "from_date");
	DateADT		to = PG_ARGISNULL(2) ? from : tt_arguments_date(fcinfo, 2, "to_date");

	if (from > to)
		tt_errors_throw(TT_BAD_RANGE, "Both dates are part of the range; leave to_date out for one date.",
						"from_date is after to_date");
	if (to - from >= MAX_DATES)
		tt_errors_throw(TT_SPAN_TOO_LONG, "Call it for shorter stretches, one after the other.",
						"%d dates are too many, at most %d", to - from + 1, MAX_DATES);
	*first = TT_VALUE(DateADTGetDatum(from));
	*last = TT_VALUE(DateADTGetDatum(to));
}

/*
 * block_dates(host, from_date, to_date, reason) -> int
 */
Datum
timetap_block_dates(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[4];
	pg_uuid_t	id;
	char	   *host;
	uint64		blocked;

	tt_actor_require_service("block dates");
	host = tt_arguments_host(fcinfo, 0);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	get_dates(fcinfo, &parameters[1], &parameters[2]);
	parameters[3] = TT_TEXT(tt_arguments_text(fcinfo, 3, "reason", TT_TEXT_LINES, TT_MAX_REASON));

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	tt_host_lock_acquire(&id);
	if (!parameters[3].isnull)
		tt_statements_write(&change_reason, parameters);
	blocked = tt_statements_write(&block, parameters);
	tt_statements_end(&section);
	PG_RETURN_INT32((int32) blocked);
}

/*
 * unblock_dates(host, from_date, to_date) -> int
 */
Datum
timetap_unblock_dates(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[3];
	pg_uuid_t	id;
	char	   *host;
	uint64		unblocked;

	tt_actor_require_service("unblock dates");
	host = tt_arguments_host(fcinfo, 0);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	get_dates(fcinfo, &parameters[1], &parameters[2]);

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	tt_host_lock_acquire(&id);
	unblocked = tt_statements_write(&unblock, parameters);
	tt_statements_end(&section);
	PG_RETURN_INT32((int32) unblocked);
}
