/*-------------------------------------------------------------------------
 *
 * book_request.c
 *	  What a caller of book() and its kin asks for, checked.
 *
 * The arguments' positions, greatest lengths and states of support are one
 * table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "address.h"
#include "arguments.h"
#include "book_request.h"
#include "email.h"
#include "refusals.h"
#include "zone.h"

/* Positions of book()'s arguments. */
enum
{
	ARG_EVENT_TYPE, ARG_STARTS_AT, ARG_EMAIL, ARG_NAME, ARG_PHONE, ARG_NOTES, ARG_TIME_ZONE,
	ARG_DURATION, ARG_ANSWERS, ARG_METADATA, ARG_EXTERNAL_ID, ARG_IDEMPOTENCY_KEY,
	ARG_ADD_ONS, ARG_GUESTS, ARG_PACKAGE, ARG_ATTENDEE_ID, ARG_OPTIONS
};

/* Texts, how long they may be, and what a wrong one is refused with. */
static const struct
{
	int			arg;
	const char *name;
	TTTextKind	kind;
	int			most;
	TTCode		code;
	size_t		field;
}			texts[] =
{
	{ARG_EMAIL, "email", TT_TEXT_FORM_LINE, TT_MAX_EMAIL, TT_BAD_EMAIL, offsetof(TTBookRequest, email)},
	{ARG_NAME, "name", TT_TEXT_FORM_LINE, TT_MAX_NAME, TT_BAD_ARGUMENT, offsetof(TTBookRequest, name)},
	{ARG_PHONE, "phone", TT_TEXT_FORM_LINE, 50, TT_BAD_ARGUMENT, offsetof(TTBookRequest, phone)},
	{ARG_NOTES, "notes", TT_TEXT_LINES, TT_MAX_DESCRIPTION, TT_BAD_ARGUMENT, offsetof(TTBookRequest, notes)},
	{ARG_TIME_ZONE, "time_zone", TT_TEXT_FORM_LINE, 63, TT_BAD_TIME_ZONE, offsetof(TTBookRequest, time_zone)},
	{ARG_EXTERNAL_ID, "external_id", TT_TEXT_KEY, TT_MAX_KEY, TT_BAD_ARGUMENT, offsetof(TTBookRequest, external_id)},
	{ARG_ATTENDEE_ID, "attendee_id", TT_TEXT_KEY, TT_MAX_KEY, TT_BAD_ARGUMENT, offsetof(TTBookRequest, attendee_id)},
};

/* Arguments that this version takes at their default only. */
typedef enum LaterKind
{
	LATER_TEXT,
	LATER_TEXTS,				/* an empty array is the default, too */
	LATER_JSON					/* an empty object is */
} LaterKind;

static const struct
{
	int			arg;
	const char *name;
	LaterKind	kind;
}			later[] =
{
	{ARG_ANSWERS, "answers", LATER_JSON},
	{ARG_IDEMPOTENCY_KEY, "idempotency_key", LATER_TEXT},
	{ARG_ADD_ONS, "add_ons", LATER_TEXTS},
	{ARG_GUESTS, "guests", LATER_TEXTS},
	{ARG_PACKAGE, "package", LATER_TEXT},
	{ARG_OPTIONS, "options", LATER_JSON},
};

static bool
at_default(FunctionCallInfo fcinfo, int arg, LaterKind kind)
{
	if (PG_ARGISNULL(arg))
		return true;
	if (kind == LATER_TEXTS)
		return ARR_NDIM(PG_GETARG_ARRAYTYPE_P(arg)) == 0;
	if (kind == LATER_JSON)
		return JB_ROOT_IS_OBJECT(PG_GETARG_JSONB_P(arg)) &&
			JB_ROOT_COUNT(PG_GETARG_JSONB_P(arg)) == 0;
	return false;
}

static bool
read_later(FunctionCallInfo fcinfo, TTRefusal *refusal)
{
	for (int i = 0; i < (int) lengthof(later); i++)
	{
		if (!at_default(fcinfo, later[i].arg, later[i].kind))
			return tt_errors_refuse(refusal, TT_NOT_SUPPORTED,
									"Leave the argument out.",
									"this version of timetap does not take %s yet",
									later[i].name);
	}
	return true;
}

static bool
read_texts(FunctionCallInfo fcinfo, TTBookRequest *request, TTRefusal *refusal)
{
	for (int i = 0; i < (int) lengthof(texts); i++)
	{
		if (!tt_arguments_read_text(fcinfo, texts[i].arg, texts[i].name, texts[i].kind, texts[i].most,
									(char **) ((char *) request + texts[i].field), refusal))
		{
			refusal->code = texts[i].code;
			return false;
		}
	}
	return true;
}

/*
 * Who comes: an e-mail address is needed, a time zone must be known, and only
 * the service may say which user it is.
 */
static bool
check_attendee(const TTActor *actor, TTBookRequest *request, TTRefusal *refusal)
{
	if (request->email == NULL || !tt_email_valid(request->email))
		return tt_errors_refuse(refusal, TT_BAD_EMAIL,
								"Give the attendee's address, such as 'ben@example.org'.",
								request->email ? "\"%s\" is not an e-mail address" : "email must not be null",
								request->email);
	if (request->time_zone != NULL)
	{
		const char *canonical = tt_zone_canonical(request->time_zone);

		if (canonical == NULL)
			return tt_errors_refuse(refusal, TT_BAD_TIME_ZONE,
									"Take a name from pg_timezone_names, such as 'Europe/Berlin'.",
									"time zone \"%s\" is not known",
									tt_address_shown(request->time_zone));
		request->time_zone = pstrdup(canonical);
	}
	if (request->attendee_id != NULL && !actor->service)
		return tt_errors_refuse(refusal, TT_NOT_ALLOWED, "Leave attendee_id out.",
								"only the service may say whom a booking is for");
	return true;
}

/*
 * Read the arguments of book().
 */
bool
tt_book_request_read(FunctionCallInfo fcinfo, const TTActor *actor,
					 TTBookRequest *request, TTRefusal *refusal)
{
	memset(request, 0, sizeof(TTBookRequest));
	if (PG_ARGISNULL(ARG_EVENT_TYPE))
		return tt_errors_refuse(refusal, TT_EVENT_TYPE_NOT_FOUND,
								"Write 'handle/slug', such as 'ana/intro', or the event type's uuid.",
								"event_type must not be null");
	if (PG_ARGISNULL(ARG_STARTS_AT))
		return tt_errors_refuse(refusal, TT_BAD_RANGE, "Take a start from timetap.slots().",
								"starts_at must not be null");
	request->event_type = text_to_cstring(PG_GETARG_TEXT_PP(ARG_EVENT_TYPE));
	request->start = PG_GETARG_TIMESTAMPTZ(ARG_STARTS_AT);
	if (!tt_refusals_check_instant("starts_at", request->start, refusal))
		return false;
	if (!PG_ARGISNULL(ARG_DURATION))
		request->duration = PG_GETARG_INTERVAL_P(ARG_DURATION);
	return tt_arguments_read_metadata(fcinfo, ARG_METADATA, &request->metadata, refusal) &&
		read_texts(fcinfo, request, refusal) &&
		read_later(fcinfo, refusal) &&
		check_attendee(actor, request, refusal);
}
