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

#define MAX_METADATA	(64 * 1024)

typedef enum TextKind
{
	TEXT_LINE,
	TEXT_LINES,					/* may have line breaks and tabs */
	TEXT_KEY					/* a line that is looked for: never blank */
} TextKind;

/* Texts, how long they may be in bytes, and what a wrong one is refused with. */
static const struct
{
	int			arg;
	const char *name;
	Size		most;
	TextKind	kind;
	TTCode		code;
	size_t		field;
}			texts[] =
{
	{ARG_EMAIL, "email", 254, TEXT_LINE, TT_BAD_EMAIL, offsetof(TTBookRequest, email)},
	{ARG_NAME, "name", 200, TEXT_LINE, TT_BAD_ARGUMENT, offsetof(TTBookRequest, name)},
	{ARG_PHONE, "phone", 50, TEXT_LINE, TT_BAD_ARGUMENT, offsetof(TTBookRequest, phone)},
	{ARG_NOTES, "notes", 8192, TEXT_LINES, TT_BAD_ARGUMENT, offsetof(TTBookRequest, notes)},
	{ARG_TIME_ZONE, "time_zone", 63, TEXT_LINE, TT_BAD_TIME_ZONE, offsetof(TTBookRequest, time_zone)},
	{ARG_EXTERNAL_ID, "external_id", 200, TEXT_KEY, TT_BAD_ARGUMENT, offsetof(TTBookRequest, external_id)},
	{ARG_ATTENDEE_ID, "attendee_id", 200, TEXT_KEY, TT_BAD_ARGUMENT, offsetof(TTBookRequest, attendee_id)},
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

/*
 * No control characters, which could end a header or garble a screen; line
 * breaks and tabs only where there may be several lines.
 */
static bool
is_clean(const char *text, TextKind kind)
{
	for (const unsigned char *p = (const unsigned char *) text; *p; p++)
	{
		bool		line_break = *p == '\n' || *p == '\r' || *p == '\t';

		if ((*p < 0x20 || *p == 0x7f) && !(line_break && kind == TEXT_LINES))
			return false;
	}
	return true;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " ")] == '\0';
}

static bool
read_texts(FunctionCallInfo fcinfo, TTBookRequest *request, TTRefusal *refusal)
{
	for (int i = 0; i < (int) lengthof(texts); i++)
	{
		char	  **field = (char **) ((char *) request + texts[i].field);
		text	   *value;

		*field = NULL;
		if (PG_ARGISNULL(texts[i].arg))
			continue;
		value = PG_GETARG_TEXT_PP(texts[i].arg);
		if (VARSIZE_ANY_EXHDR(value) > texts[i].most)
			return tt_errors_refuse(refusal, texts[i].code, NULL, "%s is longer than %zu bytes",
									texts[i].name, texts[i].most);
		*field = text_to_cstring(value);
		if (!is_clean(*field, texts[i].kind))
			return tt_errors_refuse(refusal, texts[i].code,
									texts[i].kind == TEXT_LINES ? "Of control characters, only line breaks and tabs may be in it." :
									"Write it on one line, without tabs.",
									"%s has a control character", texts[i].name);
		if (texts[i].kind == TEXT_KEY && is_blank(*field))
			return tt_errors_refuse(refusal, texts[i].code, "Leave it out, or pass NULL, when there is none.",
									"%s must not be empty", texts[i].name);
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
	if (!PG_ARGISNULL(ARG_METADATA))
	{
		Jsonb	   *metadata = PG_GETARG_JSONB_P(ARG_METADATA);

		if (!JB_ROOT_IS_OBJECT(metadata) || VARSIZE_ANY_EXHDR(metadata) > MAX_METADATA)
			return tt_errors_refuse(refusal, TT_BAD_ARGUMENT, NULL,
									"metadata must be a JSON object of at most %d bytes", MAX_METADATA);
		request->metadata = JsonbPGetDatum(metadata);
		request->has_metadata = true;
	}
	return read_texts(fcinfo, request, refusal) &&
		read_later(fcinfo, refusal) &&
		check_attendee(actor, request, refusal);
}
