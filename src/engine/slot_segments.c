/*-------------------------------------------------------------------------
 *
 * slot_segments.c
 *	  Opening windows to segments of the grid.
 *
 * Windows that touch or overlap are merged, what is left of them after the
 * blocked dates are cut out are stretches, and each stretch is one segment,
 * with one grid, or several when it lasts for days.  One pass: a pointer into
 * the windows merges, one into the blocked dates cuts, and a third follows
 * behind the first and finds the windows at which a long stretch's grid
 * restarts.
 *
 *-------------------------------------------------------------------------
 */
#include "saturated.h"
#include "slot_core.h"

/* What a start can be rounded up to on the clock, in minutes, widest first. */
static const int64_t clock_steps[] = {60, 30, 20, 15, 10, 5};

static bool
rules_valid(const TTSlotRules *rules)
{
	return rules->duration > 0 && rules->interval > 0 &&
		rules->start_offset >= 0 && rules->buffer_before >= 0 &&
		rules->buffer_after >= 0;
}

/* What the grid's first start is rounded up to, or 0. */
static int64_t
clock_step(const TTSlotRules *rules)
{
	if (rules->align != TT_ALIGN_CLOCK)
		return 0;
	for (size_t i = 0; i < sizeof(clock_steps) / sizeof(clock_steps[0]); i++)
	{
		int64_t		step = clock_steps[i] * TT_USECS_PER_MINUTE;

		if (rules->interval % step == 0)
			return step;
	}
	return 0;
}

/* How far a value is past a multiple of step, also a negative value. */
static int64_t
remainder_of(int64_t value, int64_t step)
{
	int64_t		past = value % step;

	return past < 0 ? past + step : past;
}

/*
 * The grid's first start in a stretch that opens at a window's start or, when
 * window is NULL, at the end of a blocked date.
 */
static int64_t
first_start(const TTSlotRules *rules, int64_t step, int64_t opens,
			const TTWindow *window)
{
	int64_t		start = add_saturated(opens, rules->start_offset);
	int64_t		past;

	if (step == 0)
		return start;

	/*
	 * A blocked date ends at a local midnight: the clock shows 00:00 there,
	 * whatever the window's offset was when it began.
	 */
	if (window == NULL)
		past = rules->start_offset % step;
	else
		past = (remainder_of(start, step) + remainder_of(window->utc_offset, step)) % step;
	return past == 0 ? start : add_saturated(start, step - past);
}

/*
 * Write the segments of one stretch [lo, hi), which opens at a window's start
 * unless "opener" is NULL.  *position is the first window that may restart
 * the grid, *day the latest local date met so far.
 */
static size_t
stretch_segments(const TTSlotRules *rules, const TTCalendar *calendar,
				 TTRange stretch, const TTWindow *opener,
				 size_t *position, int64_t *day, TTSegment *segments)
{
	int64_t		step = clock_step(rules);
	size_t		count = 1;

	segments[0].opens = stretch.lo;
	segments[0].anchor = first_start(rules, step, stretch.lo, opener);
	segments[0].until = stretch.hi;
	segments[0].limit = stretch.hi;

	for (; *position < calendar->nwindows; (*position)++)
	{
		const TTWindow *window = &calendar->windows[*position];
		bool		new_day;

		if (window->lo >= stretch.hi)
			break;
		if (window->hi <= window->lo)
			continue;
		new_day = window->day > *day;
		if (new_day)
			*day = window->day;
		if (!new_day || window->lo <= segments[count - 1].opens ||
			distance(stretch.lo, window->lo) <= TT_RESTART_DAYS * TT_USECS_PER_DAY)
			continue;

		segments[count - 1].until = window->lo;
		segments[count].opens = window->lo;
		segments[count].anchor = first_start(rules, step, window->lo, window);
		segments[count].until = stretch.hi;
		segments[count].limit = stretch.hi;
		count++;
	}
	return count;
}

/*
 * Take the windows from *position on that touch or overlap one another:
 * returns the first of them and sets what they cover, or returns NULL.
 */
static const TTWindow *
merge_windows(const TTCalendar *calendar, size_t *position, TTRange *covered)
{
	const TTWindow *first = NULL;

	for (; *position < calendar->nwindows; (*position)++)
	{
		const TTWindow *window = &calendar->windows[*position];

		if (window->hi <= window->lo)
			continue;
		if (first == NULL)
		{
			first = window;
			covered->lo = window->lo;
			covered->hi = window->hi;
		}
		else if (window->lo > covered->hi)
			break;
		else if (window->hi > covered->hi)
			covered->hi = window->hi;
	}

	/*
	 * A grid cannot be counted from minus infinity.  One microsecond later it
	 * can, and then "before any anchor" is a value of int64.
	 */
	if (first != NULL && covered->lo == INT64_MIN)
		covered->lo++;
	return first;
}

size_t
tt_slot_core_segments(const TTSlotRules *rules, const TTCalendar *calendar,
					  TTSegment *segments)
{
	size_t		count = 0;
	size_t		window = 0;
	size_t		restart = 0;
	size_t		blocked = 0;
	int64_t		day = INT64_MIN;
	const TTWindow *opener;
	TTRange		left;

	if (!rules_valid(rules))
		return 0;
	while ((opener = merge_windows(calendar, &window, &left)) != NULL)
	{
		while (left.lo < left.hi)
		{
			TTRange		stretch = left;
			const TTRange *cut;

			while (blocked < calendar->nblocked &&
				   (calendar->blocked[blocked].hi <= left.lo ||
					calendar->blocked[blocked].hi <= calendar->blocked[blocked].lo))
				blocked++;
			cut = blocked < calendar->nblocked ? &calendar->blocked[blocked] : NULL;
			if (cut != NULL && cut->lo < left.hi)
			{
				stretch.hi = cut->lo;
				left.lo = cut->hi;
			}
			else
				left.lo = left.hi;
			if (stretch.lo < stretch.hi)
				count += stretch_segments(rules, calendar, stretch, opener,
										  &restart, &day, segments + count);
			opener = NULL;
		}
	}
	return count;
}
