/*-------------------------------------------------------------------------
 *
 * slots.c
 *	  slots(), next_slots() and check_slot(): what can be booked now.
 *
 * All three load a host's time (availability.c) and run the slot core's
 * sweep over it.  They write nothing and run under the caller's snapshot.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "clock.h"
#include "question.h"
#include "refusals.h"
#include "slot_check.h"
#include "statements.h"

/* next_slots() reads this far first, then twice as far, and so on */
#define FIRST_STRIDE	(2 * USECS_PER_DAY)

PG_FUNCTION_INFO_V1(timetap_slots);
PG_FUNCTION_INFO_V1(timetap_next_slots);
PG_FUNCTION_INFO_V1(timetap_check_slot);

/*
 * A row of slots as it lies in a tuple: no column is NULL or of variable
 * length, and the compiler's alignment is the server's.
 */
typedef struct SlotRow
{
	TimestampTz starts_at;
	TimestampTz ends_at;
	DateADT		local_date;
	TimeADT		local_time;
	int32		seats_left;
} SlotRow;

/*
 * Where rows of slots go.  From some two hundred rows on their output costs as
 * much as all the rest, so one tuple is made once and filled in for each.
 */
typedef struct SlotOutput
{
	ReturnSetInfo *set;
	TTZone	   *zone;			/* of local_date and local_time */
	int64		duration;
	HeapTuple	tuple;
	SlotRow    *row;			/* the tuple's data */
} SlotOutput;

static void
begin_output(SlotOutput *output, ReturnSetInfo *set)
{
	Datum		values[5] = {0};
	bool		nulls[5] = {false, false, false, false, false};

	StaticAssertStmt(ALIGNOF_DOUBLE == 8 && offsetof(SlotRow, local_time) == 24,
					 "a row of slots must be aligned as the server does");
	output->set = set;
	output->tuple = heap_form_tuple(set->setDesc, values, nulls);
	output->row = (SlotRow *) ((char *) output->tuple->t_data + output->tuple->t_data->t_hoff);
	output->row->seats_left = 1;
}

static void
put_slot(SlotOutput *output, TimestampTz start)
{
	SlotRow    *row = output->row;

	row->starts_at = start;
	row->ends_at = start + output->duration;
	tt_local_time_split(output->zone, start, &row->local_date, &row->local_time);
	tuplestore_puttuple(output->set->setResult, output->tuple);
}

/*
 * Output at most "most" of the free slots that were loaded; returns how many.
 */
static int64
put_free_slots(TTAvailability *availability, SlotOutput *output, int64 most)
{
	TTSweep		sweep;
	int64		start;
	int64		count = 0;

	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   availability->from, availability->until);
	while (count < most && tt_slot_core_next_free(&sweep, &start))
	{
		put_slot(output, start);
		if ((++count & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return count;
}

/*
 * Output the first "most" free slots in [from, until), reading in growing
 * strides.
 */
static void
put_next_slots(TTEventType *event, SlotOutput *output, TimestampTz now,
			   TimestampTz from, TimestampTz until, int64 most)
{
	TTAvailabilityWish wish = {0};
	int64		stride = FIRST_STRIDE;

	while (most > 0 && from < until)
	{
		TimestampTz stop = until - from > stride ? from + stride : until;
		TTAvailability availability;

		CHECK_FOR_INTERRUPTS();
		tt_availability_load(&availability, event, output->duration, now, from, stop, &wish, NULL);
		most -= put_free_slots(&availability, output, most);
		if (stop >= availability.rules.not_after)
			break;
		/* nothing before what notice allows: go on from there */
		from = Max(stop, Min(availability.rules.not_before, until));
		stride *= 2;
	}
}

/*
 * slots() for n < 0, next_slots() otherwise; "arg" is from_time's position,
 * the following arguments are the same in both.
 */
static void
list_slots(FunctionCallInfo fcinfo, int arg, int64 n)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz now = tt_clock_statement();
	TimestampTz from = PG_ARGISNULL(arg) ? 0 : PG_GETARG_TIMESTAMPTZ(arg);
	TimestampTz until = PG_ARGISNULL(arg + 1) ? 0 : PG_GETARG_TIMESTAMPTZ(arg + 1);
	TTSection	section;
	TTQuestion	question;
	SlotOutput	output;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return;
	tt_question_range(now, PG_ARGISNULL(arg) ? NULL : &from, PG_ARGISNULL(arg + 1) ? NULL : &until,
					  n >= 0, &from, &until);

	tt_statements_begin(&section);
	begin_output(&output, set);
	tt_question_read(&question, text_to_cstring(PG_GETARG_TEXT_PP(0)), TT_TEXT_ARGUMENT(arg + 2),
					 TT_INTERVAL_ARGUMENT(arg + 3));
	output.duration = question.duration;
	output.zone = question.zone;

	if (!question.event.active)
		;						/* offers nothing */
	else if (n >= 0)
		put_next_slots(&question.event, &output, now, from, until, n);
	else
	{
		TTAvailabilityWish wish = {0};
		TTAvailability availability;

		tt_availability_load(&availability, &question.event, output.duration, now, from, until, &wish, NULL);
		put_free_slots(&availability, &output, PG_INT64_MAX);
	}
	tt_statements_end(&section);
}

/*
 * slots(event_type, from_time, until_time, time_zone, duration)
 */
Datum
timetap_slots(PG_FUNCTION_ARGS)
{
	list_slots(fcinfo, 1, -1);
	return (Datum) 0;
}

/*
 * next_slots(event_type, n, from_time, until_time, time_zone, duration)
 */
Datum
timetap_next_slots(PG_FUNCTION_ARGS)
{
	int32		n = PG_ARGISNULL(1) ? 1 : PG_GETARG_INT32(1);

	if (n < 1)
		tt_errors_throw(TT_BAD_RANGE, NULL, "n must be at least 1, not %d", n);
	list_slots(fcinfo, 2, n);
	return (Datum) 0;
}

/*
 * May this start be booked?  The check of book(), without its lock.
 */
static bool
check_start(TTEventType *event, FunctionCallInfo fcinfo, TTRefusal *refusal)
{
	TTSlotWish	wish = {.now = tt_clock_statement()};
	bool		expired_holds;

	if (PG_ARGISNULL(1))
		return tt_errors_refuse(refusal, TT_BAD_RANGE, NULL, "slot_start must not be null");
	wish.start = PG_GETARG_TIMESTAMPTZ(1);
	return tt_refusals_check_instant("slot_start", wish.start, refusal) &&
		tt_event_type_duration(event, PG_ARGISNULL(2) ? NULL : PG_GETARG_INTERVAL_P(2),
							   &wish.duration, refusal) &&
		tt_slot_check(event, &wish, NULL, &expired_holds, refusal);
}

/*
 * check_slot(event_type, slot_start, duration)
 */
Datum
timetap_check_slot(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	TTSection	section;
	TTEventType event;
	TTRefusal	refusal;
	bool		bookable;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	tt_statements_begin(&section);
	if (!tt_event_type_find(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, &event, &refusal))
		tt_errors_raise(&refusal);
	bookable = check_start(&event, fcinfo, &refusal);
	values[0] = BoolGetDatum(bookable);
	nulls[1] = bookable;
	if (!bookable)
		values[1] = CStringGetTextDatum(refusal.reason ? refusal.reason : tt_errors_code_name(refusal.code));
	values[2] = CStringGetTextDatum(bookable ? tt_refusals_free_text(&event, PG_GETARG_TIMESTAMPTZ(1)) :
									refusal.message);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	tt_statements_end(&section);
	return (Datum) 0;
}
