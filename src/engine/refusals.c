/*-------------------------------------------------------------------------
 *
 * refusals.c
 *	  The slot core's verdicts as refusals for people.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "refusals.h"
#include "settings.h"

/* 1900-01-01 UTC: nothing is booked before */
#define EARLIEST	(INT64CONST(-36524) * USECS_PER_DAY)

/* How each verdict is told, and what book() answers it with. */
static const struct
{
	const char *name;
	TTCode		code;
	const char *text;			/* follows "START " */
	const char *hint;
}			verdicts[] =
{
	[TT_TOO_SOON] = {"too_soon", TT_CODE_TOO_SOON, "is too soon", NULL},
	[TT_TOO_FAR] = {"too_far", TT_CODE_TOO_FAR, "is too far ahead", NULL},
	[TT_BLOCKED_DATE] = {"blocked_date", TT_CODE_BLOCKED_DATE, "is on a date that the host has blocked",
	"Choose another date: timetap.slots() lists what is free."},
	[TT_OUTSIDE_HOURS] = {"outside_hours", TT_CODE_OUTSIDE_HOURS, "is outside the host's hours",
	"timetap.slots() lists what is free."},
	[TT_OFF_GRID] = {"off_grid", TT_CODE_OFF_GRID, "is not one of the starts that are offered",
	"Take a start from timetap.slots() as it is."},
	[TT_LIMIT_REACHED] = {"limit_reached", TT_CODE_LIMIT_REACHED, "is in a day, week, month or year whose limit of bookings is reached",
	"Choose a time in another period: timetap.slots() lists what is free."},
	[TT_SLOT_TAKEN] = {"slot_taken", TT_CODE_SLOT_TAKEN, "is taken",
	"Take another slot: timetap.slots() lists what is free."},
	[TT_HELD] = {"held", TT_CODE_SLOT_TAKEN, "is held for somebody else",
	"Take another slot from timetap.slots(), or try again when the hold has expired."},
	[TT_BUSY] = {"busy", TT_CODE_SLOT_TAKEN, "is taken: the host is busy",
	"Take another slot: timetap.slots() lists what is free."},
	[TT_BUFFER] = {"buffer", TT_CODE_SLOT_TAKEN, "is too close to another meeting",
	"Take another slot: timetap.slots() lists what is free."},
};

/*
 * A time as people read it.
 */
char *
tt_refusals_time(TimestampTz instant)
{
	return pstrdup(timestamptz_to_str(instant));
}

/*
 * The code by which check_slot() calls a verdict.
 */
const char *
tt_refusals_verdict_name(TTVerdict verdict)
{
	return verdicts[verdict].name;
}

/*
 * What check_slot() says of a start that can be booked.
 */
char *
tt_refusals_free_text(const TTEventType *event, TimestampTz start)
{
	return psprintf("%s with \"%s/%s\" is free", tt_refusals_time(start),
					event->handle, event->slug);
}

/*
 * The refusal that a verdict is.
 */
bool
tt_refusals_from_verdict(TTRefusal *refusal, TTVerdict verdict,
						 const TTEventType *event, const TTSlotRules *rules,
						 TimestampTz start)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%s with \"%s/%s\" %s", tt_refusals_time(start),
					 event->handle, event->slug, verdicts[verdict].text);
	if (verdict == TT_TOO_SOON)
		appendStringInfo(&text, ": the first start that can be booked is %s",
						 tt_refusals_time(rules->not_before));
	else if (verdict == TT_TOO_FAR)
		appendStringInfo(&text, ": starts before %s can be booked",
						 tt_refusals_time(rules->not_after));
	tt_errors_refuse(refusal, verdicts[verdict].code, verdicts[verdict].hint, "%s", text.data);
	refusal->reason = verdicts[verdict].name;
	return false;
}

/*
 * An instant that can be in a booking.
 */
bool
tt_refusals_check_instant(const char *what, TimestampTz instant, TTRefusal *refusal)
{
	if (instant >= EARLIEST && instant <= TT_REFUSALS_LATEST)
		return true;
	return tt_errors_refuse(refusal, TT_BAD_RANGE, "Take a time from 1900 to 2199.",
							"%s must not be %s", what, tt_refusals_time(instant));
}

/*
 * A range that can be asked about.
 */
bool
tt_refusals_check_range(TimestampTz from, TimestampTz until, TTRefusal *refusal)
{
	int64		most = (int64) timetap_max_span * SECS_PER_MINUTE * USECS_PER_SEC;

	if (!tt_refusals_check_instant("from_time", from, refusal) ||
		!tt_refusals_check_instant("until_time", until, refusal))
		return false;
	if (until < from)
		return tt_errors_refuse(refusal, TT_BAD_RANGE, "until_time must not be before from_time.",
								"the range ends at %s, before it starts at %s",
								tt_refusals_time(until), tt_refusals_time(from));
	if (until - from >= most)
		return tt_errors_refuse(refusal, TT_SPAN_TOO_LONG,
								"Ask for a shorter range, or have an administrator raise timetap.max_span.",
								"the range from %s to %s is not shorter than timetap.max_span",
								tt_refusals_time(from), tt_refusals_time(until));
	return true;
}
