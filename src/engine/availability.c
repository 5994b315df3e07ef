/*-------------------------------------------------------------------------
 *
 * availability.c
 *	  A host's time around the range of interest, as the slot core wants it:
 *	  opening windows (opening.c), taken time (taken.c), and the event type's
 *	  rules with the bounds of the moment.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/date.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "opening.h"
#include "taken.h"

/*
 * First start that notice and bookable_from allow, and the first that the
 * horizon or bookable_until does not.
 */
static void
set_bounds(TTSlotRules *rules, TTEventType *event, TimestampTz now)
{
	rules->not_before = now + event->min_notice;
	if (event->bookable_from != DATEVAL_NOBEGIN)
		rules->not_before = Max(rules->not_before,
								tt_local_time_day_start(&event->zone, event->bookable_from));

	rules->not_after = TT_FOREVER;
	if (event->has_horizon)
	{
		/* whole days: to the end of that local date; otherwise an instant */
		if (event->horizon.time == 0)
			rules->not_after = tt_local_time_day_start(&event->zone,
													   tt_local_time_date(&event->zone, now) + event->horizon.day + 1);
		else
			rules->not_after = now + event->horizon.day * USECS_PER_DAY + event->horizon.time;
	}
	if (event->bookable_until != DATEVAL_NOEND)
		rules->not_after = Min(rules->not_after,
							   tt_local_time_day_start(&event->zone, event->bookable_until + 1));
}

/*
 * Is there a start of the grid to ask about at all?  Where taken time restarts
 * the grid, only what is taken tells.
 */
static bool
has_starts(const TTAvailability *availability)
{
	TTSweep		sweep;
	TTStart		start;

	if (availability->rules.align == TT_ALIGN_GAP)
		return availability->nsegments > 0;
	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   availability->from, availability->until);
	return tt_slot_core_next(&sweep, &start);
}

/*
 * Load it all.
 */
void
tt_availability_load(TTAvailability *availability, TTEventType *event,
					 int64 duration, TimestampTz now, TimestampTz from, TimestampTz until,
					 const TTAvailabilityWish *wish, Snapshot snapshot)
{
	TTSlotRules *rules = &availability->rules;
	TTCalendar *calendar = &availability->calendar;
	TTTakenWish taken_wish = {now, wish->reasons, wish->ignored};
	bool		everything = wish->reasons || wish->out_of_bounds;
	TTOpening	opening;
	TTTakenList taken;
	int32		first;
	int32		last;
	TimestampTz taken_from;

	memset(availability, 0, sizeof(TTAvailability));
	rules->duration = duration;
	rules->interval = event->interval;
	rules->start_offset = event->start_offset;
	rules->buffer_before = event->buffer_before;
	rules->buffer_after = event->buffer_after;
	rules->align = event->align;
	set_bounds(rules, event, now);

	/* to tell reasons, starts beyond notice and horizon matter as well */
	availability->from = everything ? from : Max(from, rules->not_before);
	availability->until = everything ? until : Min(until, rules->not_after);
	if (availability->from >= availability->until)
	{
		availability->until = availability->from;
		return;
	}

	first = tt_local_time_date(&event->zone, availability->from) - (TT_LOOKBACK_DAYS + 1);
	last = tt_local_time_date(&event->zone, availability->until + duration) + 1;
	tt_opening_load(&opening, event, first, last, snapshot);
	calendar->windows = opening.windows;
	calendar->nwindows = opening.nwindows;
	calendar->blocked = opening.blocked;
	calendar->nblocked = opening.nblocked;
	availability->segments = MemoryContextAllocHuge(CurrentMemoryContext,
													sizeof(TTSegment) * TT_SEGMENTS_NEEDED(calendar->nwindows, calendar->nblocked));
	availability->nsegments = tt_slot_core_segments(rules, calendar, availability->segments);
	if (!has_starts(availability))
		return;

	/* the grid of "gap" depends on what was taken before */
	taken_from = availability->from;
	if (event->align == TT_ALIGN_GAP)
		taken_from = Min(taken_from, availability->segments[0].opens);
	tt_taken_load(&taken, &event->host, taken_from - event->buffer_before,
				  availability->until + duration + event->buffer_after, &taken_wish, snapshot);
	if (event->limits.any || event->host_limits.any)
		calendar->full = tt_booking_limits_full(event, duration, now, availability->from, availability->until,
										wish->ignored, snapshot, &calendar->nfull);
	calendar->taken = taken.taken;
	calendar->ntaken = taken.count;
	availability->expired_holds = taken.expired_holds;
}
