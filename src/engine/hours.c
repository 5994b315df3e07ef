/*-------------------------------------------------------------------------
 *
 * hours.c
 *	  set_hours() and set_date_hours(): when a host is open.
 *
 * Both replace what was there, under the host's lock: two that replace at
 * once would otherwise leave the union of both.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "actor.h"
#include "arguments.h"
#include "errors.h"
#include "host_lock.h"
#include "hours_merge.h"
#include "hours_text.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_set_hours);
PG_FUNCTION_INFO_V1(timetap_set_date_hours);

/* What a replacing verb finds and deletes; both take the same parameters. */
typedef struct Replaced
{
	TTStatement find;
	TTStatement remove;
} Replaced;

#define RULES	" timetap.availability_rules r WHERE r.host_id" EQ "$1 AND r.schedule" EQ "$2"

static Replaced weekly = {
	{"SELECT FROM" RULES, {UUIDOID, TEXTOID, InvalidOid}},
	{"DELETE FROM" RULES, {UUIDOID, TEXTOID, InvalidOid}}
};

/* Not the date's block: that is beside its hours. */
#define OVERRIDES " timetap.date_overrides o WHERE o.host_id" EQ "$1 AND o.schedule" EQ "$2" \
	" AND o.on_date" EQ "$3 AND o.kind" NE "'blocked'"

static Replaced of_date = {
	{"SELECT FROM" OVERRIDES, {UUIDOID, TEXTOID, DATEOID, InvalidOid}},
	{"DELETE FROM" OVERRIDES, {UUIDOID, TEXTOID, DATEOID, InvalidOid}}
};

static TTStatement insert_weekly = {
	"INSERT INTO timetap.availability_rules (host_id, schedule, day_of_week, starts, ends)"
	" SELECT $1, $2, u.day, u.starts, u.ends FROM ROWS FROM"
	" (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5)) AS u (day, starts, ends)",
	{UUIDOID, TEXTOID, INT2ARRAYOID, TIMEARRAYOID, TIMEARRAYOID, InvalidOid}
};

static TTStatement insert_of_date = {
	"INSERT INTO timetap.date_overrides (host_id, schedule, on_date, kind, starts, ends)"
	" SELECT $1, $2, $3, 'hours', u.starts, u.ends FROM ROWS FROM"
	" (pg_catalog.unnest($4), pg_catalog.unnest($5)) AS u (starts, ends)",
	{UUIDOID, TEXTOID, DATEOID, TIMEARRAYOID, TIMEARRAYOID, InvalidOid}
};

static TTStatement insert_closed = {
	"INSERT INTO timetap.date_overrides (host_id, schedule, on_date, kind) VALUES ($1, $2, $3, 'closed')",
	{UUIDOID, TEXTOID, DATEOID, InvalidOid}
};

/*
 * Delete what is replaced.  At the isolation levels that keep one snapshot,
 * the DELETE does not see rows that somebody wrote while we waited for the
 * lock: we must not add ours to them.
 */
static void
remove_replaced(Replaced *replaced, const TTParameter *parameters)
{
	uint64		there = 0;

	if (IsolationUsesXactSnapshot())
		there = tt_statements_read(&replaced->find, parameters, GetLatestSnapshot());
	if (tt_statements_write(&replaced->remove, parameters) != there && IsolationUsesXactSnapshot())
		ereport(ERROR,
				errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				errmsg("could not serialize access due to concurrent update"));
}

/* The two ways hours are written. */
typedef struct Notation
{
	int			(*read) (const char *text, size_t length, TTHours *hours, TTHoursError *error);
	const char *hint;
} Notation;

static const Notation weekly_notation = {
	tt_hours_text_weekly,
	"Write, for example, 'Mon-Fri 09:00-12:00,13:00-17:00; Sat 10:00-14:00'."
};

static const Notation date_notation = {
	tt_hours_text_date,
	"Write, for example, '10:00-14:00,15:00-16:00'; the date is an argument of its own."
};

/*
 * Read the hours; the windows are those to be stored.
 */
static int
get_hours(FunctionCallInfo fcinfo, int number, const Notation *notation, TTHours *hours)
{
	TTHoursError error;
	char	   *written = text_to_cstring(PG_GETARG_TEXT_PP(number));
	int			count = notation->read(written, strlen(written), hours, &error);

	if (count >= 0)
		return tt_hours_merge(hours, count);
	if (error.length == 0)
		tt_errors_throw(TT_BAD_HOURS, notation->hint, "hours are not understood at their end: %s",
						error.message);
	tt_errors_throw(TT_BAD_HOURS, notation->hint,
					"hours are not understood at character %d, \"%s\": %s",
					pg_mbstrlen_with_len(written, (int) error.position) + 1,
					pnstrdup(written + error.position, error.length), error.message);
}

/* Days, starts and ends of windows as arrays, to be unnested side by side. */
static void
set_window_parameters(const TTHours *hours, int count, TTParameter *days,
					  TTParameter *starts, TTParameter *ends)
{
	Datum	   *elements = palloc(3 * count * sizeof(Datum));

	for (int i = 0; i < count; i++)
	{
		elements[i] = Int16GetDatum((int16) hours[i].day);
		elements[count + i] = TimeADTGetDatum(hours[i].starts * USECS_PER_SEC);
		elements[2 * count + i] = TimeADTGetDatum(hours[i].ends * USECS_PER_SEC);
	}
	if (days != NULL)
		*days = TT_VALUE(PointerGetDatum(construct_array(elements, count, INT2OID, sizeof(int16),
														 true, TYPALIGN_SHORT)));
	*starts = TT_VALUE(PointerGetDatum(construct_array(elements + count, count, TIMEOID, sizeof(TimeADT),
													   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
	*ends = TT_VALUE(PointerGetDatum(construct_array(elements + 2 * count, count, TIMEOID, sizeof(TimeADT),
													 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

/*
 * set_hours(host, hours, schedule) -> int
 */
Datum
timetap_set_hours(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTHours    *hours = palloc(TT_MAX_HOURS * sizeof(TTHours));
	TTParameter parameters[5];
	pg_uuid_t	id;
	char	   *host;
	int			count;

	tt_actor_require_service("set hours");
	host = tt_arguments_host(fcinfo, 0);
	if (PG_ARGISNULL(1))
		tt_errors_throw(TT_BAD_HOURS, "For no hours at all pass ''.", "hours must not be null");
	count = get_hours(fcinfo, 1, &weekly_notation, hours);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	parameters[1] = TT_TEXT(tt_arguments_schedule(fcinfo, 2));
	set_window_parameters(hours, count, &parameters[2], &parameters[3], &parameters[4]);

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	tt_host_lock_acquire(&id);
	remove_replaced(&weekly, parameters);
	if (count > 0)
		tt_statements_write(&insert_weekly, parameters);
	tt_statements_end(&section);
	PG_RETURN_INT32(count);
}

/*
 * set_date_hours(host, on_date, hours, schedule) -> int
 */
Datum
timetap_set_date_hours(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTHours    *hours = palloc(TT_MAX_HOURS * sizeof(TTHours));
	TTParameter parameters[5];
	pg_uuid_t	id;
	char	   *host;
	int			count;

	tt_actor_require_service("set hours");
	host = tt_arguments_host(fcinfo, 0);
	count = PG_ARGISNULL(2) ? 0 : get_hours(fcinfo, 2, &date_notation, hours);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	parameters[1] = TT_TEXT(tt_arguments_schedule(fcinfo, 3));
	parameters[2] = TT_VALUE(DateADTGetDatum(tt_arguments_date(fcinfo, 1, "on_date")));
	set_window_parameters(hours, count, NULL, &parameters[3], &parameters[4]);

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	tt_host_lock_acquire(&id);
	remove_replaced(&of_date, parameters);
	if (count > 0)
		tt_statements_write(&insert_of_date, parameters);
	else if (!PG_ARGISNULL(2))
		tt_statements_write(&insert_closed, parameters);
	tt_statements_end(&section);
	PG_RETURN_INT32(count);
}
