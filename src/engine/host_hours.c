/*-------------------------------------------------------------------------
 *
 * host_hours.c
 *	  host_hours() and free_busy(): when a host is open, and when his time is
 *	  taken.
 *
 * What the slot core is given, put out as it is: opening windows before they
 * are merged over dates, and taken time.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "arguments.h"
#include "clock.h"
#include "opening.h"
#include "question.h"
#include "refusals.h"
#include "statements.h"
#include "taken.h"

PG_FUNCTION_INFO_V1(timetap_host_hours);
PG_FUNCTION_INFO_V1(timetap_free_busy);

/* Where windows go, which come in order. */
typedef struct HoursOutput
{
	ReturnSetInfo *set;
	const TTDates *dates;
	TTZone	   *zone;
	const TTOpening *opening;
	size_t		blocked;		/* first blocked date that ends after the window begins */
	size_t		special;		/* first special date not before the window's */
} HoursOutput;

/*
 * Put out a window, or a part of one: what a blocked date leaves over midnight
 * begins on the date after it.
 */
static void
put_hours(HoursOutput *output, const TTWindow *window, int64 opens, int64 closes)
{
	const TTOpening *opening = output->opening;
	DateADT		day = opens == window->lo ? window->day : tt_local_time_date(output->zone, opens);
	bool		special;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (day < output->dates->first || day > output->dates->last)
		return;
	while (output->special < opening->nspecial && opening->special[output->special] < window->day)
		output->special++;
	special = output->special < opening->nspecial && opening->special[output->special] == window->day;
	values[0] = DateADTGetDatum(day);
	values[1] = TimestampTzGetDatum(opens);
	values[2] = TimestampTzGetDatum(closes);
	values[3] = CStringGetTextDatum(special ? "date" : "weekly");
	tuplestore_putvalues(output->set->setResult, output->set->setDesc, values, nulls);
	CHECK_FOR_INTERRUPTS();
}

/*
 * Put out what blocked dates leave of a window.
 */
static void
put_window(HoursOutput *output, const TTWindow *window)
{
	const TTRange *blocked = output->opening->blocked;
	size_t		nblocked = output->opening->nblocked;
	int64		opens = window->lo;

	while (output->blocked < nblocked && blocked[output->blocked].hi <= window->lo)
		output->blocked++;
	for (size_t i = output->blocked; i < nblocked && blocked[i].lo < window->hi; i++)
	{
		if (blocked[i].lo > opens)
			put_hours(output, window, opens, blocked[i].lo);
		opens = Max(opens, blocked[i].hi);
	}
	if (opens < window->hi)
		put_hours(output, window, opens, window->hi);
}

/*
 * Put out all windows; of one date, those that touch or overlap are one.
 */
static void
put_windows(HoursOutput *output)
{
	const TTOpening *opening = output->opening;

	for (size_t i = 0; i < opening->nwindows;)
	{
		TTWindow	window = opening->windows[i];

		for (i++; i < opening->nwindows; i++)
		{
			const TTWindow *next = &opening->windows[i];

			if (next->day != window.day || next->lo > window.hi)
				break;
			window.hi = Max(window.hi, next->hi);
		}
		put_window(output, &window);
	}
}

/*
 * host_hours(host, from_date, to_date, schedule)
 */
Datum
timetap_host_hours(PG_FUNCTION_ARGS)
{
	HoursOutput output = {.set = (ReturnSetInfo *) fcinfo->resultinfo};
	TTSection	section;
	TTEventType host;
	TTRefusal	refusal;
	TTOpening	opening;
	TTDates		dates;
	DateADT		from_date;
	DateADT		to_date;
	char	   *schedule;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	from_date = tt_arguments_date(fcinfo, 1, "from_date");
	to_date = tt_arguments_date(fcinfo, 2, "to_date");
	schedule = tt_arguments_schedule(fcinfo, 3);

	tt_statements_begin(&section);
	if (!tt_event_type_find_host(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, &host, &refusal))
		tt_errors_raise(&refusal);
	tt_question_dates(&dates, &host.zone, tt_clock_statement(), &from_date, &to_date);
	host.schedule = schedule;

	/* windows run over midnight, and there into and out of blocked dates */
	tt_opening_load(&opening, &host, dates.first - 2, dates.last + 2, NULL);
	output.dates = &dates;
	output.zone = &host.zone;
	output.opening = &opening;
	put_windows(&output);
	tt_statements_end(&section);
	return (Datum) 0;
}

/*
 * Put out what is taken of [from, until), merged.
 */
static void
put_taken(ReturnSetInfo *set, const TTTakenList *list, TimestampTz from, TimestampTz until)
{
	for (size_t i = 0; i < list->count;)
	{
		int64		lo = Max(list->taken[i].lo, from);
		int64		hi = lo;
		Datum		values[2];
		bool		nulls[2] = {false};

		/* an empty stretch takes nothing, and joins no others */
		for (; i < list->count && list->taken[i].lo <= hi; i++)
		{
			if (list->taken[i].hi > list->taken[i].lo)
				hi = Max(hi, list->taken[i].hi);
			CHECK_FOR_INTERRUPTS();
		}
		hi = Min(hi, until);
		if (hi <= lo)
			continue;
		values[0] = TimestampTzGetDatum(lo);
		values[1] = TimestampTzGetDatum(hi);
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
}

/*
 * free_busy(host, from_time, until_time)
 */
Datum
timetap_free_busy(PG_FUNCTION_ARGS)
{
	TTTakenWish wish = {.now = tt_clock_statement()};
	TTSection	section;
	TTEventType host;
	TTRefusal	refusal;
	TTTakenList taken;
	TimestampTz from;
	TimestampTz until;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	from = tt_arguments_instant(fcinfo, 1, "from_time");
	until = tt_arguments_instant(fcinfo, 2, "until_time");

	tt_statements_begin(&section);
	if (!tt_refusals_check_range(from, until, &refusal) ||
		!tt_event_type_find_host(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, &host, &refusal))
		tt_errors_raise(&refusal);
	tt_taken_load(&taken, &host.host, from, until, &wish, NULL);
	put_taken((ReturnSetInfo *) fcinfo->resultinfo, &taken, from, until);
	tt_statements_end(&section);
	return (Datum) 0;
}
