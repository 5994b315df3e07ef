/*-------------------------------------------------------------------------
 *
 * calendar.c
 *	  The calendar provider's client, and how the verbs of calendars handle
 *	  secrets.
 *
 * Secrets come as arguments and are sealed at once, by the worker's library,
 * with the key in timetap.key_file.  No message ever repeats one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "actor.h"
#include "calendar.h"
#include "errors.h"
#include "requeue.h"
#include "sealing.h"
#include "settings.h"
#include "statements.h"
#include "worker_library.h"

#define MAX_SECRET		4096	/* bytes */

static TTStatement store_secret = {
	"INSERT INTO timetap_private.secrets AS s (name, value, sealed) VALUES ($1, $2, true)"
	" ON CONFLICT (name) DO UPDATE SET value = excluded.value, sealed = true, updated_at = pg_catalog.now()",
	{TEXTOID, BYTEAOID, InvalidOid}
};

static TTStatement find_secret = {
	"SELECT FROM timetap_private.secrets s WHERE s.name" EQ "$1",
	{TEXTOID, InvalidOid}
};

PG_FUNCTION_INFO_V1(timetap_google_configure);

/*
 * A statement with a secret written into it would be shown by
 * pg_stat_activity, even after its end, and be logged with any error.
 */
void
tt_calendar_hide_statement(const char *shown)
{
	debug_query_string = shown;
	pgstat_report_activity(STATE_RUNNING, shown);
}

/*
 * Read a secret or a name that a provider has made: visible ASCII, as all of
 * them are, so that a blank or line break that was copied with it is found
 * here and not by a refusal at some later time.
 */
char *
tt_calendar_visible_text(FunctionCallInfo fcinfo, int number, const char *name)
{
	char	   *value;
	size_t		length;

	if (PG_ARGISNULL(number))
		tt_errors_throw(TT_BAD_ARGUMENT, NULL, "%s must not be null", name);
	value = text_to_cstring(PG_GETARG_TEXT_PP(number));
	length = strlen(value);
	if (length == 0)
		tt_errors_throw(TT_BAD_ARGUMENT, NULL, "%s must not be empty", name);
	if (length > MAX_SECRET)
		tt_errors_throw(TT_BAD_ARGUMENT, NULL, "%s is too long: %zu bytes, at most %d",
						name, length, MAX_SECRET);
	for (const char *at = value; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			tt_errors_throw(TT_BAD_ARGUMENT,
							"It has neither blanks nor line breaks; look at both ends of what was copied.",
							"%s has a character that cannot be in it", name);
	return value;
}

/*
 * Seal a text.
 */
Datum
tt_calendar_seal(const char *plain, const char *aad, const char *what)
{
	bytea	   *(*seal) (const char *key_file, const char *text, Size length,
						 const char *data, Size data_length);

	seal = tt_worker_library_require("timetap_worker_seal", what);
	return PointerGetDatum(seal(timetap_key_file, plain, strlen(plain), aad, strlen(aad)));
}

/*
 * Is the provider's client there?
 */
bool
tt_calendar_has_client(void)
{
	TTParameter parameters[] = {TT_TEXT(TT_SECRET_GOOGLE_CLIENT)};

	return tt_statements_read(&find_secret, parameters, NULL) > 0;
}

static void
append_member(StringInfo object, const char *name, const char *value)
{
	appendStringInfoString(object, object->len > 1 ? ", " : "");
	escape_json(object, name);
	appendStringInfoString(object, ": ");
	escape_json(object, value);
}

/*
 * google_configure(client_id, client_secret, redirect_uri)
 */
Datum
timetap_google_configure(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[] = {TT_TEXT(TT_SECRET_GOOGLE_CLIENT), TT_NULL};
	StringInfoData client;

	tt_calendar_hide_statement("SELECT timetap.google_configure(...)");
	tt_actor_require_administrator("configure the Google client");

	initStringInfo(&client);
	appendStringInfoChar(&client, '{');
	append_member(&client, "client_id", tt_calendar_visible_text(fcinfo, 0, "client_id"));
	append_member(&client, "client_secret", tt_calendar_visible_text(fcinfo, 1, "client_secret"));
	if (!PG_ARGISNULL(2))
		append_member(&client, "redirect_uri", tt_calendar_visible_text(fcinfo, 2, "redirect_uri"));
	appendStringInfoChar(&client, '}');

	tt_statements_begin(&section);
	parameters[1] = TT_VALUE(tt_calendar_seal(client.data, tt_sealing_secret_aad(TT_SECRET_GOOGLE_CLIENT),
											  "configure the Google client"));
	tt_statements_write(&store_secret, parameters);
	tt_requeue_failed_of_all();
	tt_statements_end(&section);
	PG_RETURN_VOID();
}
