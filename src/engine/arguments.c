/*-------------------------------------------------------------------------
 *
 * arguments.c
 *	  Arguments that several set-up verbs take, read and checked one way.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"

#include "address.h"
#include "arguments.h"
#include "refusals.h"

/* 1900-01-01 and 2200-01-01, in days since 2000-01-01. */
#define FIRST_DATE	(-36524)
#define DATES_END	73049

/*
 * Refuse characters that no person typed and that could garble what another
 * one is shown.
 */
static bool
check_characters(const char *text, const char *name, TTTextKind kind, TTRefusal *refusal)
{
	bool		blank = true;

	for (const char *at = text; *at != '\0'; at++)
	{
		unsigned char c = (unsigned char) *at;
		bool		line_break = c == '\n' || c == '\r' || c == '\t';

		if ((c < ' ' || c == 0x7F) && !(line_break && kind == TT_TEXT_LINES))
			return tt_errors_refuse(refusal, TT_BAD_ARGUMENT,
									kind == TT_TEXT_LINES ? "Of control characters, only line breaks and tabs may be in it." :
									"Write it as one line, without tabs.",
									"%s has a control character", name);
		blank = blank && c == ' ';
	}
	if (blank && (kind == TT_TEXT_LINE || kind == TT_TEXT_KEY))
		return tt_errors_refuse(refusal, TT_BAD_ARGUMENT, "Leave it out, or pass NULL, for its default.",
								"%s must not be empty", name);
	return true;
}

/*
 * A text that is stored.
 */
bool
tt_arguments_read_text(FunctionCallInfo fcinfo, int number, const char *name,
					   TTTextKind kind, int most, char **value, TTRefusal *refusal)
{
	text	   *given;
	int			length;

	*value = NULL;
	if (PG_ARGISNULL(number))
		return true;
	given = PG_GETARG_TEXT_PP(number);
	length = (int) VARSIZE_ANY_EXHDR(given);
	if (kind != TT_TEXT_KEY)
		length = pg_mbstrlen_with_len(VARDATA_ANY(given), length);
	if (length > most)
		return tt_errors_refuse(refusal, TT_BAD_ARGUMENT, NULL,
								"%s is too long: %d %s, at most %d", name, length,
								kind == TT_TEXT_KEY ? "bytes" : "characters", most);
	*value = text_to_cstring(given);
	return check_characters(*value, name, kind, refusal);
}

char *
tt_arguments_text(FunctionCallInfo fcinfo, int number, const char *name,
				  TTTextKind kind, int most)
{
	TTRefusal	refusal;
	char	   *value;

	if (!tt_arguments_read_text(fcinfo, number, name, kind, most, &value, &refusal))
		tt_errors_raise(&refusal);
	return value;
}

/*
 * A jsonb object of the caller's own.
 */
bool
tt_arguments_read_metadata(FunctionCallInfo fcinfo, int number, Datum *value,
						   TTRefusal *refusal)
{
	Jsonb	   *given;

	if (PG_ARGISNULL(number))
	{
		*value = DirectFunctionCall1(jsonb_in, CStringGetDatum("{}"));
		return true;
	}
	given = PG_GETARG_JSONB_P(number);
	*value = JsonbPGetDatum(given);
	if (!JB_ROOT_IS_OBJECT(given))
		return tt_errors_refuse(refusal, TT_BAD_ARGUMENT, "Pass an object such as '{\"color\": \"green\"}'.",
								"metadata must be a JSON object");
	if (VARSIZE(given) > TT_MAX_METADATA)
		return tt_errors_refuse(refusal, TT_BAD_ARGUMENT, NULL,
								"metadata is too long: %u bytes, at most %d",
								(unsigned int) VARSIZE(given), TT_MAX_METADATA);
	return true;
}

Datum
tt_arguments_metadata(FunctionCallInfo fcinfo, int number)
{
	TTRefusal	refusal;
	Datum		value;

	if (!tt_arguments_read_metadata(fcinfo, number, &value, &refusal))
		tt_errors_raise(&refusal);
	return value;
}

/*
 * The name of a schedule.
 */
char *
tt_arguments_schedule(FunctionCallInfo fcinfo, int number)
{
	char	   *schedule;

	if (PG_ARGISNULL(number))
		return pstrdup("default");
	schedule = text_to_cstring(PG_GETARG_TEXT_PP(number));
	if (!tt_address_is_handle(schedule))
		tt_errors_throw(TT_BAD_HANDLE, psprintf("Call it '%s', for example.", tt_address_suggest(schedule, "default")),
						"schedule \"%s\" is not a valid name", tt_address_shown(schedule));
	return schedule;
}

/*
 * A local date.
 */
DateADT
tt_arguments_date(FunctionCallInfo fcinfo, int number, const char *name)
{
	DateADT		date;

	if (PG_ARGISNULL(number))
		tt_errors_throw(TT_BAD_RANGE, NULL, "%s must not be null", name);
	date = PG_GETARG_DATEADT(number);
	if (date < FIRST_DATE || date >= DATES_END)
		tt_errors_throw(TT_BAD_RANGE, "Take a date from 1900 to 2199.", "%s is out of range", name);
	return date;
}

/*
 * An instant.
 */
TimestampTz
tt_arguments_instant(FunctionCallInfo fcinfo, int number, const char *name)
{
	TTRefusal	refusal;

	if (PG_ARGISNULL(number))
		tt_errors_throw(TT_BAD_RANGE, NULL, "%s must not be null", name);
	if (!tt_refusals_check_instant(name, PG_GETARG_TIMESTAMPTZ(number), &refusal))
		tt_errors_raise(&refusal);
	return PG_GETARG_TIMESTAMPTZ(number);
}

/*
 * A handle or uuid, not looked up yet.
 */
char *
tt_arguments_host(FunctionCallInfo fcinfo, int number)
{
	if (PG_ARGISNULL(number))
		tt_errors_throw(TT_BAD_ARGUMENT, "Pass the host's handle or id.", "host must not be null");
	return text_to_cstring(PG_GETARG_TEXT_PP(number));
}

/*
 * Look the host up, under a snapshot of its own: the statement's would not
 * show what the statement has written itself.
 */
void
tt_arguments_find_host(const char *host, pg_uuid_t *id)
{
	TTRefusal	refusal;
	bool		found;

	PushActiveSnapshot(GetLatestSnapshot());
	found = tt_address_find_host(host, id, &refusal);
	PopActiveSnapshot();
	if (!found)
		tt_errors_raise(&refusal);
}
