/*-------------------------------------------------------------------------
 *
 * hosts.c
 *	  add_host(): whose time is booked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "actor.h"
#include "address.h"
#include "arguments.h"
#include "email.h"
#include "errors.h"
#include "returned_row.h"
#include "statements.h"
#include "zone.h"

PG_FUNCTION_INFO_V1(timetap_add_host);

static const char *const kinds[] = {"person", "room", "equipment", "team"};

static TTStatement insert = {
	"INSERT INTO timetap.hosts AS h (handle, email, name, time_zone, owner_id, kind, metadata)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (handle) DO NOTHING RETURNING h.*",
	{TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID, InvalidOid}
};

static char *
get_handle(FunctionCallInfo fcinfo)
{
	char	   *handle;

	if (PG_ARGISNULL(0))
		tt_errors_throw(TT_BAD_HANDLE, "Call the host 'ana', for example.", "handle must not be null");
	handle = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (!tt_address_is_handle(handle))
		tt_errors_throw(TT_BAD_HANDLE,
						psprintf("Handles are up to 63 of a-z, 0-9, _ and -, the first a letter or digit, and no uuid: '%s', for example.",
								 tt_address_suggest(handle, "ana")),
						"\"%s\" is not a valid handle", tt_address_shown(handle));
	return handle;
}

static char *
get_email(FunctionCallInfo fcinfo)
{
	char	   *email;

	if (PG_ARGISNULL(1))
		return NULL;
	email = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (!tt_email_valid(email))
		tt_errors_throw(TT_BAD_EMAIL, "Write one address such as 'ana@example.com', without a name or blanks.",
						"\"%s\" is not an e-mail address", tt_address_shown(email));
	return email;
}

static const char *
get_time_zone(FunctionCallInfo fcinfo)
{
	char	   *name;
	const char *canonical;

	if (PG_ARGISNULL(3))
		return "UTC";
	name = text_to_cstring(PG_GETARG_TEXT_PP(3));
	canonical = tt_zone_canonical(name);
	if (canonical == NULL)
		tt_errors_throw(TT_BAD_TIME_ZONE, "Names are those of pg_timezone_names, such as 'Europe/Paris'.",
						"time zone \"%s\" is not known", tt_address_shown(name));
	return canonical;
}

static const char *
get_kind(FunctionCallInfo fcinfo)
{
	char	   *kind;

	if (PG_ARGISNULL(5))
		return kinds[0];
	kind = text_to_cstring(PG_GETARG_TEXT_PP(5));
	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return kinds[i];
	tt_errors_throw(TT_BAD_ARGUMENT, "A host is a person, room, equipment or team.",
					"kind \"%s\" is not known", tt_address_shown(kind));
}

/*
 * add_host(handle, email, name, time_zone, owner_id, kind, metadata) -> hosts
 *
 * A handle that is there already is told by the insert itself, which also
 * waits for somebody who is about to add the same.
 */
Datum
timetap_add_host(PG_FUNCTION_ARGS)
{
	TTSection	section;
	TTParameter parameters[7];
	char	   *handle;
	char	   *name;
	Datum		result;

	tt_actor_require_service("add hosts");
	handle = get_handle(fcinfo);
	name = tt_arguments_text(fcinfo, 2, "name", TT_TEXT_LINE, TT_MAX_NAME);
	parameters[0] = TT_TEXT(handle);
	parameters[1] = TT_TEXT(get_email(fcinfo));
	parameters[2] = TT_TEXT(name ? name : handle);
	parameters[3] = TT_TEXT(get_time_zone(fcinfo));
	parameters[4] = TT_TEXT(tt_arguments_text(fcinfo, 4, "owner_id", TT_TEXT_KEY, TT_MAX_KEY));
	parameters[5] = TT_TEXT(get_kind(fcinfo));
	parameters[6] = TT_VALUE(tt_arguments_metadata(fcinfo, 6));

	tt_statements_begin(&section);
	if (tt_statements_write(&insert, parameters) == 0)
		tt_errors_throw(TT_ALREADY_EXISTS, "Choose another handle.",
						"host \"%s\" already exists", handle);
	result = tt_returned_row_datum(fcinfo, 0);
	tt_statements_end(&section);

	if (PG_ARGISNULL(3))
		ereport(NOTICE,
				errmsg("host \"%s\" is in time zone UTC", handle),
				errhint("Opening hours are meant in it. Pass time_zone => 'Europe/Paris', for example, for another."));
	return result;
}
