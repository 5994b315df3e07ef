/*-------------------------------------------------------------------------
 *
 * explain.c
 *	  explain_day(): why what is not offered is not.
 *
 * The sweep gives the starts of the grid with their verdicts; each stands for
 * the time until the next one, at most for a step of the grid.  What is left
 * between them is divided where a verdict can change, and the slot core's
 * check of the first instant tells the rest.  So nothing here decides
 * anything: it only looks up what a verdict is due to.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "actor.h"
#include "availability.h"
#include "clock.h"
#include "question.h"
#include "refusals.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_explain_day);

/* The allocation of a host that begins last before $3, if it fits. */
#define ALLOCATION(condition) \
	{ \
		"SELECT h.handle" CONCAT "'/'" CONCAT "e.slug FROM timetap.allocations a" \
		" JOIN timetap.event_types e ON e.id" EQ "a.event_type_id" \
		" JOIN timetap.hosts h ON h.id" EQ "e.host_id" \
		" WHERE a.host_id" EQ "$1 AND a.blocked_from" LT "$3 AND " condition \
		" ORDER BY a.blocked_from DESC LIMIT 1", \
		{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}, \
		.few = true \
	}

/* Of the host's time from $2 to $3; $4 is now. */
static TTStatement meeting = ALLOCATION("a.starts_at" LT "$3 AND a.ends_at" GT "$2 AND a.expires_at IS NULL");
static TTStatement hold = ALLOCATION("a.starts_at" LT "$3 AND a.ends_at" GT "$2 AND a.expires_at" GT "$4");
static TTStatement neighbour = ALLOCATION("a.blocked_until" GT "$2 AND (a.expires_at IS NULL OR a.expires_at" GT "$4)");

/* $4 is $2 less a day: see taken.c. */
static TTStatement busy_source = {
	"SELECT b.source FROM ("
	"SELECT b.source, b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND NOT b.lasts_long"
	" AND b.starts_at" GE "$4 AND b.starts_at" LT "$3"
	" UNION ALL "
	"SELECT b.source, b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND b.lasts_long"
	" AND b.ends_at" GT "$2 AND b.starts_at" LT "$3"
	") b WHERE b.ends_at" GT "$2 AND b.ends_at" GT "b.starts_at"
	" ORDER BY b.starts_at, b.source LIMIT 1",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement block_reason = {
	"SELECT o.reason FROM timetap.date_overrides o"
	" WHERE o.host_id" EQ "$1 AND o.kind" EQ "'blocked' AND o.on_date" GE "$2 AND o.on_date" LE "$3"
	" ORDER BY o.on_date LIMIT 1",
	{UUIDOID, DATEOID, DATEOID, InvalidOid}
};

/* A day being explained; the stretch that may go on is not put out yet. */
typedef struct Explanation
{
	ReturnSetInfo *set;
	TTQuestion *question;
	TTAvailability *availability;
	TimestampTz now;
	TimestampTz from;			/* the stretch; empty: none yet */
	TimestampTz until;
	TTVerdict	verdict;
	char	   *detail;
} Explanation;

static char *
look_up(TTStatement *statement, const TTParameter *parameters)
{
	return tt_statements_read(statement, parameters, NULL) > 0 ? tt_statements_text(0, 1) : NULL;
}

/*
 * What is in the way of a slot: looked for in [from, until) of the host's time.
 */
static char *
taken_by(const Explanation *day, TTStatement *statement, TimestampTz from, TimestampTz until)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&day->question->event.host)),
		TT_VALUE(TimestampTzGetDatum(from)),
		TT_VALUE(TimestampTzGetDatum(until)),
		TT_VALUE(TimestampTzGetDatum(statement == &busy_source ? from - USECS_PER_DAY : day->now))
	};

	return look_up(statement, parameters);
}

static char *
blocked_because(const Explanation *day, TimestampTz from, TimestampTz until)
{
	TTZone	   *zone = &day->question->event.zone;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&day->question->event.host)),
		TT_VALUE(DateADTGetDatum(tt_local_time_date(zone, from))),
		TT_VALUE(DateADTGetDatum(tt_local_time_date(zone, until - 1)))
	};

	return look_up(&block_reason, parameters);
}

/*
 * What the verdict on a start is due to.
 */
static char *
find_detail(const Explanation *day, TTVerdict verdict, TimestampTz start)
{
	const TTSlotRules *rules = &day->availability->rules;
	TimestampTz end = start + rules->duration;
	char	   *detail;

	switch (verdict)
	{
		case TT_BLOCKED_DATE:
			return blocked_because(day, start, end);
		case TT_SLOT_TAKEN:
			return taken_by(day, &meeting, start, end);
		case TT_HELD:
			return taken_by(day, &hold, start, end);
		case TT_BUSY:
			return taken_by(day, &busy_source, start, end);
		case TT_BUFFER:
			start -= rules->buffer_before;
			end += rules->buffer_after;
			detail = taken_by(day, &neighbour, start, end);
			return detail ? detail : taken_by(day, &busy_source, start, end);
		default:
			return NULL;
	}
}

static const char *const kinds[TT_VERDICTS] = {
	[TT_FREE] = "free",
	[TT_TOO_SOON] = "notice",
	[TT_TOO_FAR] = "horizon",
	[TT_BLOCKED_DATE] = "blocked",
	[TT_OUTSIDE_HOURS] = "closed",
	[TT_OFF_GRID] = "off_grid",
	[TT_LIMIT_REACHED] = "limit",
	[TT_SLOT_TAKEN] = "booking",
	[TT_HELD] = "hold",
	[TT_BUSY] = "busy",
	[TT_BUFFER] = "buffer"
};

static void
put_row(ReturnSetInfo *set, TimestampTz from, TimestampTz until, const char *kind,
		const char *code, const char *detail)
{
	Datum		values[5];
	bool		nulls[5] = {false, false, false, code == NULL, detail == NULL};

	values[0] = TimestampTzGetDatum(from);
	values[1] = TimestampTzGetDatum(until);
	values[2] = CStringGetTextDatum(kind);
	values[3] = code ? CStringGetTextDatum(code) : (Datum) 0;
	values[4] = detail ? CStringGetTextDatum(detail) : (Datum) 0;
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

static void
put_stretch(const Explanation *day)
{
	if (day->from < day->until)
		put_row(day->set, day->from, day->until, kinds[day->verdict],
				tt_refusals_verdict_name(day->verdict), day->detail);
}

static bool
same_detail(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/*
 * Go on to "until" with the verdict on the start at the last stretch's end.
 */
static void
add_stretch(Explanation *day, TimestampTz until, TTVerdict verdict)
{
	char	   *detail = find_detail(day, verdict, day->until);

	CHECK_FOR_INTERRUPTS();
	if (verdict != day->verdict || !same_detail(detail, day->detail))
	{
		put_stretch(day);
		day->from = day->until;
		day->verdict = verdict;
		day->detail = detail;
	}
	day->until = until;
}

/*
 * Take the earlier of two borders, of those after "at".
 */
static TimestampTz
earlier(TimestampTz at, TimestampTz border, TimestampTz other)
{
	return other > at && other < border ? other : border;
}

/* The first whole minute after an instant. */
static TimestampTz
next_minute(TimestampTz at)
{
	TimestampTz past = at % USECS_PER_MINUTE;

	return at - past + (past < 0 ? 0 : USECS_PER_MINUTE);
}

/*
 * Where, after "at", the verdict on starts off the grid may change.
 */
static TimestampTz
next_border(const TTAvailability *availability, TimestampTz at, TimestampTz border)
{
	const TTSlotRules *rules = &availability->rules;

	border = earlier(at, border, rules->not_before);
	border = earlier(at, border, rules->not_after);
	for (size_t i = 0; i < availability->calendar.nblocked; i++)
	{
		const TTRange *blocked = &availability->calendar.blocked[i];

		border = earlier(at, border, next_minute(blocked->lo - rules->duration));
		border = earlier(at, border, blocked->lo);
		border = earlier(at, border, blocked->hi);
	}
	for (size_t i = 0; i < availability->nsegments; i++)
	{
		const TTSegment *segment = &availability->segments[i];

		border = earlier(at, border, segment->opens);
		border = earlier(at, border, next_minute(segment->limit - rules->duration));
		border = earlier(at, border, segment->limit);
	}
	return border;
}

/*
 * Explain time that no start of the grid stands for.
 */
static void
explain_rest(Explanation *day, TimestampTz until)
{
	const TTAvailability *availability = day->availability;

	while (day->until < until)
		add_stretch(day, next_border(availability, day->until, until),
					tt_slot_core_check(&availability->rules, &availability->calendar,
									   availability->segments, availability->nsegments,
									   day->until));
}

/*
 * Explain time from a start of the grid on; the next one is not before "next".
 */
static void
explain_start(Explanation *day, const TTStart *start, TimestampTz next)
{
	const TTAvailability *availability = day->availability;
	const TTSlotRules *rules = &availability->rules;
	TimestampTz until = Min(start->at + rules->interval, next);

	until = earlier(start->at, until, rules->not_before);
	until = earlier(start->at, until, rules->not_after);
	for (size_t i = 0; i < availability->nsegments; i++)
		until = earlier(start->at, until, availability->segments[i].limit);
	add_stretch(day, until, start->verdict);
}

static void
explain(Explanation *day, const TTDates *dates)
{
	const TTAvailability *availability = day->availability;
	TTSweep		sweep;
	TTStart		start;
	TTStart		next;
	bool		more;

	day->from = day->until = dates->from;
	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   dates->from, dates->until);
	more = tt_slot_core_next(&sweep, &next);
	while (more)
	{
		start = next;
		explain_rest(day, start.at);
		more = tt_slot_core_next(&sweep, &next);
		explain_start(day, &start, more ? next.at : dates->until);
	}
	explain_rest(day, dates->until);
	put_stretch(day);
}

/*
 * explain_day(event_type, on_date)
 */
Datum
timetap_explain_day(PG_FUNCTION_ARGS)
{
	TTAvailabilityWish wish = {.reasons = true};
	Explanation day = {.set = (ReturnSetInfo *) fcinfo->resultinfo, .now = tt_clock_statement()};
	TTSection	section;
	TTQuestion	question;
	TTDates		dates;
	TTAvailability availability;

	tt_actor_require_service("ask why time is not offered");
	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	if (PG_ARGISNULL(1))
		tt_errors_throw(TT_BAD_RANGE, NULL, "on_date must not be null");

	tt_statements_begin(&section);
	tt_question_read(&question, text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, NULL);
	tt_question_date(&dates, question.zone, "on_date", PG_GETARG_DATEADT(1));
	if (dates.from >= dates.until)
		;						/* the zone skips the date */
	else if (!question.event.active)
		put_row(day.set, dates.from, dates.until, "inactive", "inactive", NULL);
	else
	{
		tt_availability_load(&availability, &question.event, question.duration, day.now,
							 dates.from, dates.until, &wish, NULL);
		day.question = &question;
		day.availability = &availability;
		explain(&day, &dates);
	}
	tt_statements_end(&section);
	return (Datum) 0;
}
