/*-------------------------------------------------------------------------
 *
 * event_type_arguments.c
 *	  The arguments of add_event_type() that tables of data can check.
 *
 * One table says which arguments may have no other value than their default
 * because their work is not in this version, another one the bounds of the
 * intervals.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_collation_d.h"
#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "address.h"
#include "durations.h"
#include "errors.h"
#include "event_type_arguments.h"
#include "settings.h"

#define MAX_DURATIONS	100

static const struct
{
	TTEventTypeArgument argument;
	const char *name;
	Oid			type;
	const char *initial;		/* the default, or NULL */
}			unsupported[] =
{
	{TT_ARG_CAPACITY, "capacity", INT4OID, "1"},
	{TT_ARG_REQUIRES_APPROVAL, "requires_approval", BOOLOID, "false"},
	{TT_ARG_PRICE, "price", NUMERICOID, NULL},
	{TT_ARG_CURRENCY, "currency", TEXTOID, NULL},
	{TT_ARG_HOSTS, "hosts", TEXTARRAYOID, NULL},
	{TT_ARG_ASSIGNMENT, "assignment", TEXTOID, "single"},
	{TT_ARG_LOCATION, "location", TEXTOID, "meet"},
	{TT_ARG_LOCATION_DETAIL, "location_detail", TEXTOID, NULL},
	{TT_ARG_PACKAGE, "package", TEXTOID, NULL},
	{TT_ARG_QUESTIONS, "questions", JSONBOID, NULL},
	{TT_ARG_ADD_ONS, "add_ons", JSONBOID, NULL},
	{TT_ARG_REQUIRES_LOGIN, "requires_login", BOOLOID, "false"},
	{TT_ARG_RESCHEDULE_CUTOFF, "reschedule_cutoff", INTERVALOID, "0"},
	{TT_ARG_CANCEL_CUTOFF, "cancel_cutoff", INTERVALOID, "0"},
	{TT_ARG_PENDING_TTL, "pending_ttl", INTERVALOID, NULL},
	{TT_ARG_CALENDAR_ID, "calendar_id", TEXTOID, NULL},
	{TT_ARG_TITLE_TEMPLATE, "title_template", TEXTOID, NULL},
	{TT_ARG_DESCRIPTION_TEMPLATE, "description_template", TEXTOID, NULL},
	{TT_ARG_INVITE_VIA, "invite_via", TEXTOID, "calendar"},
	{TT_ARG_HIDDEN, "hidden", BOOLOID, "false"},
	{TT_ARG_OPTIONS, "options", JSONBOID, "{}"},
};

/* From where on an interval is taken for a slip ('60' is sixty seconds). */
typedef enum Least
{
	LEAST_DURATION,				/* timetap.min_duration */
	LEAST_ZERO					/* zero, or a minute */
} Least;

static const struct
{
	TTEventTypeArgument argument;
	const char *name;
	Least		least;
	int			most;			/* days; as the table's CHECKs */
}			intervals[] =
{
	{TT_ARG_DURATION, "duration", LEAST_DURATION, 366},
	{TT_ARG_DURATIONS, "one of durations", LEAST_DURATION, 366},
	{TT_ARG_SLOT_INTERVAL, "slot_interval", LEAST_DURATION, 366},
	{TT_ARG_BUFFER_BEFORE, "buffer_before", LEAST_ZERO, 30},
	{TT_ARG_BUFFER_AFTER, "buffer_after", LEAST_ZERO, 30},
	{TT_ARG_MIN_NOTICE, "min_notice", LEAST_ZERO, 36600},
	{TT_ARG_HORIZON, "horizon", LEAST_DURATION, 36600},
	{TT_ARG_START_OFFSET, "start_offset", LEAST_ZERO, 366},
};

static bool
is_initial(Datum value, Oid type, const char *initial)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
	Oid			input;
	Oid			parameter;

	if (initial == NULL)
		return false;
	getTypeInputInfo(type, &input, &parameter);
	return DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, DEFAULT_COLLATION_OID, value,
										  OidInputFunctionCall(input, unconstify(char *, initial),
															   parameter, -1)));
}

/*
 * Refuse what is not supported, by name and value.
 */
void
tt_event_type_arguments_supported(FunctionCallInfo fcinfo)
{
	for (int i = 0; i < (int) lengthof(unsupported); i++)
	{
		int			argument = unsupported[i].argument;
		const char *name = unsupported[i].name;
		const char *initial = unsupported[i].initial;
		Oid			output;
		bool		is_varlena;

		if (PG_ARGISNULL(argument) ||
			is_initial(PG_GETARG_DATUM(argument), unsupported[i].type, initial))
			continue;
		getTypeOutputInfo(unsupported[i].type, &output, &is_varlena);
		tt_errors_throw(TT_NOT_SUPPORTED,
						initial ? psprintf("Leave %s out, or pass '%s'.", name, initial) :
						psprintf("Leave %s out.", name),
						"%s \"%s\" is not supported by this version of timetap", name,
						tt_address_shown(OidOutputFunctionCall(output, PG_GETARG_DATUM(argument))));
	}
}

/* The smallest value that is not zero, in microseconds. */
static int64
least_usecs(Least least)
{
	int			seconds = timetap_min_duration;

	if (least == LEAST_ZERO)
		seconds = Min(seconds, SECS_PER_MINUTE);
	return seconds * USECS_PER_SEC;
}

static void
check_interval(const Interval *value, TTEventTypeArgument argument)
{
	int			i = 0;
	int64		usecs;

	while (intervals[i].argument != argument)
		i++;
	if (value->month != 0)
		tt_errors_throw(TT_BAD_DURATION, "Months differ in length: write days, hours or minutes, such as '30 days'.",
						"%s must not have months or years", intervals[i].name);
	if (!tt_durations_usecs(value, &usecs) || usecs > intervals[i].most * USECS_PER_DAY)
		tt_errors_throw(TT_BAD_DURATION, NULL, "%s is too long: at most %d days",
						intervals[i].name, intervals[i].most);
	if (usecs < 0)
		tt_errors_throw(TT_BAD_DURATION, NULL, "%s must not be negative", intervals[i].name);
	if (usecs < least_usecs(intervals[i].least) && !(usecs == 0 && intervals[i].least == LEAST_ZERO))
		tt_errors_throw(TT_BAD_DURATION,
						"Write '60 min': in SQL '60' is sixty seconds. The setting timetap.min_duration allows for shorter ones.",
						"%s is too short: %g seconds, at least %d", intervals[i].name,
						(double) usecs / USECS_PER_SEC,
						(int) (least_usecs(intervals[i].least) / USECS_PER_SEC));
}

/*
 * One interval.
 */
const Interval *
tt_event_type_arguments_interval(FunctionCallInfo fcinfo, TTEventTypeArgument argument)
{
	if (PG_ARGISNULL(argument))
		return NULL;
	check_interval(PG_GETARG_INTERVAL_P(argument), argument);
	return PG_GETARG_INTERVAL_P(argument);
}

static bool
contains(const Datum *durations, int count, const Interval *wanted)
{
	int64		wanted_usecs;
	int64		usecs;

	(void) tt_durations_usecs(wanted, &wanted_usecs);
	for (int i = 0; i < count; i++)
	{
		(void) tt_durations_usecs(DatumGetIntervalP(durations[i]), &usecs);
		if (usecs == wanted_usecs)
			return true;
	}
	return false;
}

/*
 * The durations to choose from, each once: the usual one first if it is not
 * among the others.
 */
Datum
tt_event_type_arguments_durations(FunctionCallInfo fcinfo, const Interval *usual)
{
	Datum	   *given;
	bool	   *nulls;
	int			ngiven;
	Datum	   *kept;
	int			nkept = 0;

	if (PG_ARGISNULL(TT_ARG_DURATIONS))
		return (Datum) 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(TT_ARG_DURATIONS), INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &given, &nulls, &ngiven);
	if (ngiven > MAX_DURATIONS)
		tt_errors_throw(TT_BAD_ARGUMENT, NULL, "durations are too many: %d, at most %d", ngiven, MAX_DURATIONS);
	for (int i = 0; i < ngiven; i++)
	{
		if (nulls[i])
			tt_errors_throw(TT_BAD_DURATION, NULL, "durations must not have nulls in them");
		check_interval(DatumGetIntervalP(given[i]), TT_ARG_DURATIONS);
	}
	kept = palloc((ngiven + 1) * sizeof(Datum));
	if (!contains(given, ngiven, usual))
		kept[nkept++] = IntervalPGetDatum(usual);
	for (int i = 0; i < ngiven; i++)
		if (!contains(kept, nkept, DatumGetIntervalP(given[i])))
			kept[nkept++] = given[i];
	return PointerGetDatum(construct_array(kept, nkept, INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE));
}
