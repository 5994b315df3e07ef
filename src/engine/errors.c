/*-------------------------------------------------------------------------
 *
 * errors.c
 *	  Refusals: the errors that callers of timetap are promised.
 *
 * One table says for each code its name and SQLSTATE.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "errors.h"

static const struct
{
	const char *name;
	const char *sqlstate;
}			codes[TT_NUM_CODES] =
{
	[TT_HOST_NOT_FOUND] = {"host_not_found", "PT404"},
	[TT_EVENT_TYPE_NOT_FOUND] = {"event_type_not_found", "PT404"},
	[TT_BOOKING_NOT_FOUND] = {"booking_not_found", "PT404"},
	[TT_CODE_SLOT_TAKEN] = {"slot_taken", "PT409"},
	[TT_WRONG_STATE] = {"wrong_state", "PT409"},
	[TT_ALREADY_EXISTS] = {"already_exists", "PT409"},
	[TT_VERSION_CONFLICT] = {"version_conflict", "PT409"},
	[TT_CODE_OUTSIDE_HOURS] = {"outside_hours", "PT422"},
	[TT_CODE_BLOCKED_DATE] = {"blocked_date", "PT422"},
	[TT_CODE_TOO_SOON] = {"too_soon", "PT422"},
	[TT_CODE_TOO_FAR] = {"too_far", "PT422"},
	[TT_CODE_OFF_GRID] = {"off_grid", "PT422"},
	[TT_CODE_LIMIT_REACHED] = {"limit_reached", "PT422"},
	[TT_BAD_DURATION] = {"bad_duration", "PT422"},
	[TT_BAD_TIME_ZONE] = {"bad_time_zone", "PT422"},
	[TT_BAD_EMAIL] = {"bad_email", "PT422"},
	[TT_BAD_HOURS] = {"bad_hours", "PT422"},
	[TT_BAD_RANGE] = {"bad_range", "PT422"},
	[TT_BAD_HANDLE] = {"bad_handle", "PT422"},
	[TT_SPAN_TOO_LONG] = {"span_too_long", "PT422"},
	[TT_CUTOFF_PASSED] = {"cutoff_passed", "PT422"},
	[TT_INACTIVE] = {"inactive", "PT422"},
	[TT_HOLD_EXPIRED] = {"hold_expired", "PT410"},
	[TT_WORKER_UNAVAILABLE] = {"worker_unavailable", "PT503"},
	[TT_NOT_ALLOWED] = {"not_allowed", "42501"},
	[TT_BAD_ARGUMENT] = {"bad_argument", "22023"},
	[TT_NOT_SUPPORTED] = {"not_supported", "0A000"},
};

/*
 * The contract's name of a code.
 */
const char *
tt_errors_code_name(TTCode code)
{
	return codes[code].name;
}

static __attribute__((format(printf, 1, 0))) char *
format_message(const char *format, va_list args)
{
	StringInfoData message;

	initStringInfo(&message);
	for (;;)
	{
		va_list		copy;
		int			needed;

		va_copy(copy, args);
		needed = appendStringInfoVA(&message, format, copy);
		va_end(copy);
		if (needed == 0)
			break;
		enlargeStringInfo(&message, needed);
	}
	return message.data;
}

/*
 * Fill in a refusal, its strings in the current memory context.
 */
bool
tt_errors_refuse(TTRefusal *refusal, TTCode code, const char *hint,
				 const char *format,...)
{
	va_list		args;

	va_start(args, format);
	refusal->code = code;
	refusal->message = format_message(format, args);
	refusal->hint = hint ? pstrdup(hint) : NULL;
	refusal->reason = NULL;
	refusal->detail = NULL;
	va_end(args);
	return false;
}

/*
 * Raise a refusal.
 */
void
tt_errors_raise(const TTRefusal *refusal)
{
	const char *state = codes[refusal->code].sqlstate;
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfoString(&detail, "{\"code\": ");
	escape_json(&detail, codes[refusal->code].name);
	if (refusal->detail)
		appendStringInfo(&detail, ", %s", refusal->detail);
	appendStringInfoChar(&detail, '}');

	ereport(ERROR,
			errcode(MAKE_SQLSTATE(state[0], state[1], state[2], state[3], state[4])),
			errmsg_internal("%s", refusal->message),
			errdetail_internal("%s", detail.data),
			refusal->hint ? errhint("%s", refusal->hint) : 0);
	pg_unreachable();
}

/*
 * Fill in and raise.
 */
void
tt_errors_throw(TTCode code, const char *hint, const char *format,...)
{
	TTRefusal	refusal;
	va_list		args;

	va_start(args, format);
	refusal.code = code;
	refusal.message = format_message(format, args);
	refusal.hint = hint ? pstrdup(hint) : NULL;
	refusal.reason = NULL;
	refusal.detail = NULL;
	va_end(args);
	tt_errors_raise(&refusal);
}
