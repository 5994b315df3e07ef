/*-------------------------------------------------------------------------
 *
 * event_types.c
 *	  add_event_type(): what can be booked with a host.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "actor.h"
#include "address.h"
#include "arguments.h"
#include "errors.h"
#include "event_type_arguments.h"
#include "returned_row.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_add_event_type);

#define INTERVAL(argument)	tt_event_type_arguments_interval(fcinfo, argument)

static const Interval an_hour = {USECS_PER_HOUR, 0, 0};
static const Interval nothing = {0, 0, 0};

static const char *const aligns[] = {"window", "gap", "clock"};

/* What is not named has the table's default, which is the contract's. */
static TTStatement insert = {
	"INSERT INTO timetap.event_types AS e (host_id, slug, title, duration, slot_interval, buffer_before,"
	" buffer_after, min_notice, horizon, align, durations, start_offset, bookable_from, bookable_until,"
	" schedule, description, active, metadata)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
	" ON CONFLICT (host_id, slug) DO NOTHING RETURNING e.*",
	{UUIDOID, TEXTOID, TEXTOID, INTERVALOID, INTERVALOID, INTERVALOID, INTERVALOID, INTERVALOID, INTERVALOID,
	TEXTOID, INTERVALARRAYOID, INTERVALOID, DATEOID, DATEOID, TEXTOID, TEXTOID, BOOLOID, JSONBOID, InvalidOid}
};

/*
 * Split the new address; returns the slug.  The host's half is looked up as
 * any host is.
 */
static char *
get_address(FunctionCallInfo fcinfo, char **host)
{
	char	   *slug;

	if (PG_ARGISNULL(TT_ARG_EVENT_TYPE))
		tt_errors_throw(TT_BAD_HANDLE, "Write 'handle/slug', such as 'ana/intro'.",
						"event_type must not be null");
	*host = text_to_cstring(PG_GETARG_TEXT_PP(TT_ARG_EVENT_TYPE));
	slug = strchr(*host, '/');
	if (slug == NULL || slug[1] == '\0')
		tt_errors_throw(TT_BAD_HANDLE, "Write 'handle/slug', such as 'ana/intro'.",
						"\"%s\" is not the address of an event type", tt_address_shown(*host));
	*slug++ = '\0';
	if (!tt_address_is_handle(slug))
		tt_errors_throw(TT_BAD_HANDLE,
						psprintf("Slugs are up to 63 of a-z, 0-9, _ and -, the first a letter or digit, and no uuid: '%s', for example.",
								 tt_address_suggest(slug, "intro")),
						"\"%s\" is not a valid slug", tt_address_shown(slug));
	return slug;
}

static const char *
get_align(FunctionCallInfo fcinfo)
{
	char	   *align;

	if (PG_ARGISNULL(TT_ARG_ALIGN))
		return aligns[0];
	align = text_to_cstring(PG_GETARG_TEXT_PP(TT_ARG_ALIGN));
	for (int i = 0; i < (int) lengthof(aligns); i++)
		if (strcmp(align, aligns[i]) == 0)
			return aligns[i];
	tt_errors_throw(TT_BAD_ARGUMENT, "The grid of starts is aligned to window, gap or clock.",
					"align \"%s\" is not known", tt_address_shown(align));
}

/*
 * The dates from and until which can be booked.
 */
static void
get_bookable(FunctionCallInfo fcinfo, TTParameter *from, TTParameter *until)
{
	*from = TT_NULL;
	*until = TT_NULL;
	if (!PG_ARGISNULL(TT_ARG_BOOKABLE_FROM))
		*from = TT_VALUE(DateADTGetDatum(tt_arguments_date(fcinfo, TT_ARG_BOOKABLE_FROM, "bookable_from")));
	if (!PG_ARGISNULL(TT_ARG_BOOKABLE_UNTIL))
		*until = TT_VALUE(DateADTGetDatum(tt_arguments_date(fcinfo, TT_ARG_BOOKABLE_UNTIL, "bookable_until")));
	if (!from->isnull && !until->isnull && DatumGetDateADT(from->value) > DatumGetDateADT(until->value))
		tt_errors_throw(TT_BAD_RANGE, "Both dates are part of the range.",
						"bookable_from is after bookable_until");
}

static TTParameter
interval_or(const Interval *value, const Interval *initial)
{
	if (value == NULL)
		value = initial;
	return value ? TT_VALUE(IntervalPGetDatum(value)) : TT_NULL;
}

/*
 * Check all arguments but the address, into the statement's parameters.
 */
static void
get_parameters(FunctionCallInfo fcinfo, const char *slug, TTParameter *parameters)
{
	const char *title = tt_arguments_text(fcinfo, TT_ARG_TITLE, "title", TT_TEXT_LINE, TT_MAX_NAME);
	const Interval *duration = INTERVAL(TT_ARG_DURATION);
	Datum		durations;

	if (duration == NULL)
		duration = &an_hour;
	durations = tt_event_type_arguments_durations(fcinfo, duration);
	parameters[1] = TT_TEXT(slug);
	parameters[2] = TT_TEXT(title ? title : slug);
	parameters[3] = TT_VALUE(IntervalPGetDatum(duration));
	parameters[4] = interval_or(INTERVAL(TT_ARG_SLOT_INTERVAL), duration);
	parameters[5] = interval_or(INTERVAL(TT_ARG_BUFFER_BEFORE), &nothing);
	parameters[6] = interval_or(INTERVAL(TT_ARG_BUFFER_AFTER), &nothing);
	parameters[7] = interval_or(INTERVAL(TT_ARG_MIN_NOTICE), &nothing);
	parameters[8] = interval_or(INTERVAL(TT_ARG_HORIZON), NULL);
	parameters[9] = TT_TEXT(get_align(fcinfo));
	parameters[10] = durations ? TT_VALUE(durations) : TT_NULL;
	parameters[11] = interval_or(INTERVAL(TT_ARG_START_OFFSET), &nothing);
	get_bookable(fcinfo, &parameters[12], &parameters[13]);
	parameters[14] = TT_TEXT(tt_arguments_schedule(fcinfo, TT_ARG_SCHEDULE));
	parameters[15] = TT_TEXT(tt_arguments_text(fcinfo, TT_ARG_DESCRIPTION, "description",
											   TT_TEXT_LINES, TT_MAX_DESCRIPTION));
	parameters[16] = TT_VALUE(BoolGetDatum(PG_ARGISNULL(TT_ARG_ACTIVE) || PG_GETARG_BOOL(TT_ARG_ACTIVE)));
	parameters[17] = TT_VALUE(tt_arguments_metadata(fcinfo, TT_ARG_METADATA));
}

/*
 * add_event_type(event_type, ...) -> event_types
 */
Datum
timetap_add_event_type(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[18];
	pg_uuid_t	id;
	char	   *host;
	char	   *slug;
	Datum		result;

	tt_actor_require_service("add event types");
	slug = get_address(fcinfo, &host);
	get_parameters(fcinfo, slug, parameters);
	parameters[0] = TT_VALUE(UUIDPGetDatum(&id));
	tt_event_type_arguments_supported(fcinfo);

	tt_statements_begin(&section);
	tt_arguments_find_host(host, &id);
	if (tt_statements_write(&insert, parameters) == 0)
		tt_errors_throw(TT_ALREADY_EXISTS, "Choose another slug.",
						"event type \"%s/%s\" already exists", host, slug);
	result = tt_returned_row_datum(fcinfo, 0);
	tt_statements_end(&section);
	return result;
}
