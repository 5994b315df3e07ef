/*-------------------------------------------------------------------------
 *
 * days.c
 *	  days() and day_slots(): the slots of local dates.
 *
 * One load and one sweep over all starts of the grid, free or not.  The sweep
 * goes by instants, the rows by dates: where the clock is put back over
 * midnight a date is on again when the next one has begun, so a date's row is
 * finished only when the date after it is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "clock.h"
#include "question.h"
#include "refusals.h"
#include "statements.h"

PG_FUNCTION_INFO_V1(timetap_days);
PG_FUNCTION_INFO_V1(timetap_day_slots);

/* What is known of a date so far. */
typedef struct Day
{
	int64	   *starts;			/* of the free slots */
	int64	   *times;
	int			room;
	int			counts[TT_VERDICTS];	/* starts of the grid by verdict */
} Day;

/* The dates that are not finished: the one the sweep is at, and that before. */
typedef struct DayList
{
	ReturnSetInfo *set;
	TTQuestion *question;
	TTAvailability *availability;
	TTDates		dates;
	DateADT		current;
	size_t		blocked;		/* first blocked date not before the row's */
	Day			days[2];
} DayList;

static Day *
day_of(DayList *list, DateADT date)
{
	return &list->days[(uint32) date % 2];
}

static Datum
int64_array(const int64 *values, int count, Oid type)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + sizeof(int64) * count;
	ArrayType  *array;

	if (count == 0)
		return PointerGetDatum(construct_empty_array(type));
	array = palloc(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = type;
	ARR_DIMS(array)[0] = count;
	ARR_LBOUND(array)[0] = 1;
	memcpy(ARR_DATA_PTR(array), values, sizeof(int64) * count);
	return PointerGetDatum(array);
}

/*
 * Why a date has no start of the grid.
 */
static TTVerdict
empty_verdict(DayList *list, DateADT date)
{
	const TTSlotRules *rules = &list->availability->rules;
	const TTCalendar *calendar = &list->availability->calendar;
	int64		from = tt_local_time_day_start(list->question->zone, date);
	int64		until = tt_local_time_day_end(list->question->zone, date);

	if (until <= rules->not_before)
		return TT_TOO_SOON;
	if (from >= rules->not_after)
		return TT_TOO_FAR;
	while (list->blocked < calendar->nblocked && calendar->blocked[list->blocked].hi <= from)
		list->blocked++;
	if (list->blocked < calendar->nblocked && calendar->blocked[list->blocked].lo < until)
		return TT_BLOCKED_DATE;
	return TT_OUTSIDE_HOURS;
}

/*
 * Why a date has no free slots: what takes most of its starts, and only if
 * nothing does, that they are too soon or too far.
 */
static TTVerdict
day_verdict(DayList *list, DateADT date)
{
	const int  *counts = day_of(list, date)->counts;
	TTVerdict	most = TT_FREE;
	int			count = 0;

	for (TTVerdict verdict = TT_BLOCKED_DATE; verdict < TT_VERDICTS; verdict++)
	{
		if (counts[verdict] > count)
		{
			most = verdict;
			count = counts[verdict];
		}
	}
	if (count > 0)
		return most;
	if (counts[TT_TOO_SOON] + counts[TT_TOO_FAR] == 0)
		return empty_verdict(list, date);
	return counts[TT_TOO_SOON] >= counts[TT_TOO_FAR] ? TT_TOO_SOON : TT_TOO_FAR;
}

/*
 * Put out a date's row and forget the date.
 */
static void
put_day(DayList *list, DateADT date)
{
	Day		   *day = day_of(list, date);
	int			count = day->counts[TT_FREE];
	const char *code = "inactive";
	Datum		values[5];
	bool		nulls[5] = {false};

	if (date < list->dates.first)
		return;
	if (list->question->event.active)
		code = count > 0 ? NULL : tt_refusals_verdict_name(day_verdict(list, date));
	values[0] = DateADTGetDatum(date);
	values[1] = Int32GetDatum(count);
	values[2] = int64_array(day->times, count, TIMEOID);
	values[3] = int64_array(day->starts, count, TIMESTAMPTZOID);
	values[4] = code ? CStringGetTextDatum(code) : (Datum) 0;
	nulls[4] = code == NULL;
	tuplestore_putvalues(list->set->setResult, list->set->setDesc, values, nulls);
	pfree(DatumGetPointer(values[2]));
	pfree(DatumGetPointer(values[3]));
	memset(day->counts, 0, sizeof(day->counts));
}

/*
 * Go on to a date; those before the date before it are finished.
 */
static void
go_to_date(DayList *list, DateADT date)
{
	while (list->current < date)
	{
		put_day(list, list->current - 1);
		list->current++;
		CHECK_FOR_INTERRUPTS();
	}
}

static void
add_start(DayList *list, const TTStart *start)
{
	DateADT		date;
	TimeADT		time;
	Day		   *day;

	tt_local_time_split(list->question->zone, start->at, &date, &time);
	if (date < list->dates.first || date > list->dates.last)
		return;
	go_to_date(list, date);
	day = day_of(list, date);
	if (start->verdict == TT_FREE)
	{
		int			count = day->counts[TT_FREE];

		if (count == day->room)
		{
			day->room *= 2;
			day->starts = repalloc(day->starts, sizeof(int64) * day->room);
			day->times = repalloc(day->times, sizeof(int64) * day->room);
		}
		day->starts[count] = start->at;
		day->times[count] = time;
	}
	day->counts[start->verdict]++;
}

static void
begin_list(DayList *list, ReturnSetInfo *set, TTQuestion *question, TTAvailability *availability)
{
	list->set = set;
	list->question = question;
	list->availability = availability;
	list->current = list->dates.first;
	list->blocked = 0;
	memset(list->days, 0, sizeof(list->days));
	for (int i = 0; i < 2; i++)
	{
		list->days[i].room = 32;
		list->days[i].starts = palloc(sizeof(int64) * list->days[i].room);
		list->days[i].times = palloc(sizeof(int64) * list->days[i].room);
	}
}

/*
 * days(event_type, from_date, to_date, time_zone, duration)
 */
Datum
timetap_days(PG_FUNCTION_ARGS)
{
	TimestampTz now = tt_clock_statement();
	TTAvailabilityWish wish = {.out_of_bounds = true};
	TTSection	section;
	TTQuestion	question;
	TTAvailability availability;
	TTSweep		sweep;
	TTStart		start;
	DayList		list;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	tt_statements_begin(&section);
	tt_question_read(&question, text_to_cstring(PG_GETARG_TEXT_PP(0)), TT_TEXT_ARGUMENT(3),
					 TT_INTERVAL_ARGUMENT(4));
	{
		DateADT		from_date = PG_ARGISNULL(1) ? 0 : PG_GETARG_DATEADT(1);
		DateADT		to_date = PG_ARGISNULL(2) ? 0 : PG_GETARG_DATEADT(2);

		tt_question_dates(&list.dates, question.zone, now, PG_ARGISNULL(1) ? NULL : &from_date,
						  PG_ARGISNULL(2) ? NULL : &to_date);
	}
	begin_list(&list, (ReturnSetInfo *) fcinfo->resultinfo, &question, &availability);
	if (question.event.active)
	{
		tt_availability_load(&availability, &question.event, question.duration, now,
							 list.dates.from, list.dates.until, &wish, NULL);
		tt_slot_core_begin(&sweep, &availability.rules, &availability.calendar,
						   availability.segments, availability.nsegments,
						   availability.from, availability.until);
		while (tt_slot_core_next(&sweep, &start))
			add_start(&list, &start);
	}
	go_to_date(&list, list.dates.last + 2);
	tt_statements_end(&section);
	return (Datum) 0;
}

/*
 * Put out every start of the grid that is on the date.
 */
static void
put_day_slots(ReturnSetInfo *set, TTQuestion *question, const TTAvailability *availability,
			  DateADT on_date)
{
	TTSweep		sweep;
	TTStart		start;

	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   availability->from, availability->until);
	while (tt_slot_core_next(&sweep, &start))
	{
		bool		available = question->event.active && start.verdict == TT_FREE;
		const char *code = question->event.active ? tt_refusals_verdict_name(start.verdict) : "inactive";
		DateADT		date;
		TimeADT		time;
		Datum		values[6];
		bool		nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		tt_local_time_split(question->zone, start.at, &date, &time);
		if (date != on_date)
			continue;
		values[0] = TimestampTzGetDatum(start.at);
		values[1] = TimestampTzGetDatum(start.at + question->duration);
		values[2] = TimeADTGetDatum(time);
		values[3] = BoolGetDatum(available);
		values[4] = Int32GetDatum(available ? 1 : 0);
		values[5] = available ? (Datum) 0 : CStringGetTextDatum(code);
		nulls[5] = available;
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
}

/*
 * day_slots(event_type, on_date, time_zone, duration)
 */
Datum
timetap_day_slots(PG_FUNCTION_ARGS)
{
	TTAvailabilityWish wish = {.reasons = true};
	TTSection	section;
	TTQuestion	question;
	TTDates		dates;
	TTAvailability availability;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	if (PG_ARGISNULL(1))
		tt_errors_throw(TT_BAD_RANGE, NULL, "on_date must not be null");

	tt_statements_begin(&section);
	tt_question_read(&question, text_to_cstring(PG_GETARG_TEXT_PP(0)), TT_TEXT_ARGUMENT(2),
					 TT_INTERVAL_ARGUMENT(3));
	tt_question_date(&dates, question.zone, "on_date", PG_GETARG_DATEADT(1));
	tt_availability_load(&availability, &question.event, question.duration, tt_clock_statement(),
						 dates.from, dates.until, &wish, NULL);
	put_day_slots((ReturnSetInfo *) fcinfo->resultinfo, &question, &availability,
				  PG_GETARG_DATEADT(1));
	tt_statements_end(&section);
	return (Datum) 0;
}
