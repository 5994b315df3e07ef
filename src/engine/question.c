/*-------------------------------------------------------------------------
 *
 * question.c
 *	  What a function that reads slots is asked: an event type, a duration, a
 *	  zone, dates.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "address.h"
#include "question.h"
#include "refusals.h"
#include "settings.h"
#include "zone.h"

#define DEFAULT_SPAN	(30 * USECS_PER_DAY)
#define DEFAULT_DATES	30

/* 1900-01-01 and 2199-12-31, in days since 2000-01-01 */
#define FIRST_DATE	(-36524)
#define LAST_DATE	((DateADT) (TT_REFUSALS_LATEST / USECS_PER_DAY) - 1)

/*
 * The zone of local dates and times.
 */
static void
read_zone(TTQuestion *question, text *name)
{
	pg_tz	   *rules;

	question->zone = &question->event.zone;
	if (name == NULL)
		return;
	rules = tt_zone_rules(text_to_cstring(name));
	if (rules == NULL)
		tt_errors_throw(TT_BAD_TIME_ZONE, "Take a name from pg_timezone_names, such as 'Europe/Berlin'.",
						"time zone \"%s\" is not known", tt_address_shown(text_to_cstring(name)));
	tt_zone_open(&question->asked, rules);
	question->zone = &question->asked;
}

/*
 * Event type, zone and duration.
 */
void
tt_question_read(TTQuestion *question, const char *event_type, text *time_zone,
				 const Interval *duration)
{
	TTRefusal	refusal;

	if (!tt_event_type_find(event_type, NULL, &question->event, &refusal) ||
		!tt_event_type_duration(&question->event, duration, &question->duration, &refusal))
		tt_errors_raise(&refusal);
	read_zone(question, time_zone);
}

/*
 * A range of instants.
 */
void
tt_question_range(TimestampTz now, const TimestampTz *from_time,
				  const TimestampTz *until_time, bool first_few,
				  TimestampTz *from, TimestampTz *until)
{
	int64		span = first_few ? (int64) timetap_max_span * USECS_PER_MINUTE - 1 : DEFAULT_SPAN;
	TTRefusal	refusal;

	*from = from_time ? *from_time : now;
	if (until_time != NULL)
		*until = *until_time;
	else if (*from > TT_REFUSALS_LATEST)
		*until = *from;
	else
		*until = Min(*from + span, TT_REFUSALS_LATEST);
	if (!tt_refusals_check_range(*from, *until, &refusal))
		tt_errors_raise(&refusal);
}

static void
check_date(const char *name, DateADT date)
{
	if (date < FIRST_DATE || date > LAST_DATE)
		tt_errors_throw(TT_BAD_RANGE, "Take a date from 1900 to 2199.", "%s is out of range", name);
}

static void
set_instants(TTDates *dates, TTZone *zone)
{
	dates->from = tt_local_time_day_start(zone, dates->first);
	dates->until = Min(tt_local_time_day_end(zone, dates->last), TT_REFUSALS_LATEST);
}

/*
 * A range of dates.
 */
void
tt_question_dates(TTDates *dates, TTZone *zone, TimestampTz now,
				  const DateADT *from_date, const DateADT *to_date)
{
	dates->first = from_date ? *from_date : tt_local_time_date(zone, now);
	check_date("from_date", dates->first);
	dates->last = to_date ? *to_date : Min(dates->first + DEFAULT_DATES - 1, LAST_DATE);
	check_date("to_date", dates->last);
	if (dates->last < dates->first)
		tt_errors_throw(TT_BAD_RANGE, "to_date must not be before from_date.",
						"the range ends before it starts");
	if ((int64) (dates->last - dates->first + 1) * (MINS_PER_HOUR * HOURS_PER_DAY) >= timetap_max_span)
		tt_errors_throw(TT_SPAN_TOO_LONG,
						"Ask for a shorter range, or have an administrator raise timetap.max_span.",
						"%d dates are not shorter than timetap.max_span", dates->last - dates->first + 1);
	set_instants(dates, zone);
}

/*
 * One date.
 */
void
tt_question_date(TTDates *dates, TTZone *zone, const char *name, DateADT date)
{
	check_date(name, date);
	dates->first = dates->last = date;
	set_instants(dates, zone);
}
