/*-------------------------------------------------------------------------
 *
 * slot_oracle.c
 *	  The slot core's answer to one start, found the slow and plain way.
 *
 * Written from the rules, not from the code: no order is relied upon, nothing
 * is merged, sorted or carried from one start to the next, and 128 bits make
 * overflow impossible.  A stretch is found by walking from the start outwards
 * until no window goes on.
 *
 *-------------------------------------------------------------------------
 */
#include "slot_oracle.h"

__extension__ typedef __int128 Wide;

static bool
window_empty(const TTWindow *window)
{
	return window->hi <= window->lo;
}

/* Minus infinity is no anchor: such a window begins one microsecond later. */
static Wide
window_start(const TTWindow *window)
{
	return window->lo == INT64_MIN ? (Wide) INT64_MIN + 1 : window->lo;
}

static bool
is_blocked(const TTCalendar *calendar, Wide lo, Wide hi)
{
	for (size_t i = 0; i < calendar->nblocked; i++)
	{
		const TTRange *range = &calendar->blocked[i];

		if (range->lo < range->hi && range->lo < hi && range->hi > lo)
			return true;
	}
	return false;
}

static bool
is_open(const TTCalendar *calendar, Wide at)
{
	for (size_t i = 0; i < calendar->nwindows; i++)
	{
		const TTWindow *window = &calendar->windows[i];

		if (!window_empty(window) && window_start(window) <= at && at < window->hi)
			return !is_blocked(calendar, at, at + 1);
	}
	return false;
}

/* The start of the stretch that holds "at"; *cut: it is a blocked date's end. */
static Wide
stretch_start(const TTCalendar *calendar, Wide at, bool *cut)
{
	Wide		covered = at;
	bool		moved = true;

	while (moved)
	{
		moved = false;
		for (size_t i = 0; i < calendar->nwindows; i++)
		{
			const TTWindow *window = &calendar->windows[i];

			if (!window_empty(window) && window_start(window) < covered &&
				window->hi >= covered)
			{
				covered = window_start(window);
				moved = true;
			}
		}
	}
	*cut = false;
	for (size_t i = 0; i < calendar->nblocked; i++)
	{
		const TTRange *range = &calendar->blocked[i];

		if (range->lo < range->hi && range->hi <= at && range->hi > covered)
		{
			covered = range->hi;
			*cut = true;
		}
	}
	return covered;
}

static Wide
stretch_end(const TTCalendar *calendar, Wide at)
{
	Wide		covered = at;
	bool		moved = true;

	while (moved)
	{
		moved = false;
		for (size_t i = 0; i < calendar->nwindows; i++)
		{
			const TTWindow *window = &calendar->windows[i];

			if (!window_empty(window) && window_start(window) <= covered &&
				window->hi > covered)
			{
				covered = window->hi;
				moved = true;
			}
		}
	}
	for (size_t i = 0; i < calendar->nblocked; i++)
	{
		const TTRange *range = &calendar->blocked[i];

		if (range->lo < range->hi && range->lo > at && range->lo < covered)
			covered = range->lo;
	}
	return covered;
}

/* No window of the same or a later date comes before this one. */
static bool
is_first_of_date(const TTCalendar *calendar, size_t i)
{
	for (size_t j = 0; j < i; j++)
	{
		if (!window_empty(&calendar->windows[j]) &&
			calendar->windows[j].day >= calendar->windows[i].day)
			return false;
	}
	return true;
}

/* Where the grid that holds "at" opens, and by which offset, if by any. */
static Wide
grid_opening(const TTCalendar *calendar, Wide at, bool *midnight, Wide *utc_offset)
{
	Wide		begun = stretch_start(calendar, at, midnight);
	Wide		opens = begun;

	for (size_t i = 0; i < calendar->nwindows; i++)
	{
		const TTWindow *window = &calendar->windows[i];
		Wide		lo = window_start(window);

		if (window_empty(window) || lo > at)
			continue;
		if (lo - begun > (Wide) TT_RESTART_DAYS * TT_USECS_PER_DAY &&
			is_first_of_date(calendar, i) && lo > opens)
		{
			opens = lo;
			*midnight = false;
		}
	}
	for (size_t i = 0; i < calendar->nwindows; i++)
	{
		if (!window_empty(&calendar->windows[i]) && window_start(&calendar->windows[i]) == opens)
			*utc_offset = calendar->windows[i].utc_offset;
	}
	return opens;
}

static Wide
first_of_grid(const TTSlotRules *rules, const TTCalendar *calendar, Wide at)
{
	static const int minutes[] = {60, 30, 20, 15, 10, 5};
	bool		midnight;
	Wide		utc_offset = 0;
	Wide		opens = grid_opening(calendar, at, &midnight, &utc_offset);
	Wide		first = opens + rules->start_offset;

	if (rules->align != TT_ALIGN_CLOCK)
		return first;
	for (int i = 0; i < 6; i++)
	{
		Wide		step = (Wide) minutes[i] * TT_USECS_PER_MINUTE;
		Wide		local = midnight ? rules->start_offset : first + utc_offset;

		if (rules->interval % step == 0)
			return first + ((-local) % step + step) % step;
	}
	return first;
}

/* The grid's anchor for "at" with TT_ALIGN_GAP. */
static Wide
gap_anchor(const TTSlotRules *rules, const TTCalendar *calendar, Wide at, Wide first)
{
	Wide		anchor = first;

	for (size_t i = 0; i < calendar->ntaken; i++)
	{
		const TTTaken *taken = &calendar->taken[i];
		Wide		clear = (Wide) taken->hi + rules->buffer_before;
		bool		goes_on = taken->lo >= taken->hi;

		for (size_t j = 0; j < calendar->ntaken; j++)
		{
			const TTTaken *other = &calendar->taken[j];

			goes_on |= other->lo < other->hi && other->lo <= taken->hi && other->hi > taken->hi;
		}
		if (!goes_on && clear <= at && clear > anchor)
			anchor = clear;
	}
	return anchor;
}

static TTVerdict
hours_verdict(const TTSlotRules *rules, const TTCalendar *calendar, Wide start)
{
	Wide		anchor;

	if (is_blocked(calendar, start, start + rules->duration))
		return TT_BLOCKED_DATE;
	if (!is_open(calendar, start) ||
		start + rules->duration > stretch_end(calendar, start))
		return TT_OUTSIDE_HOURS;
	anchor = first_of_grid(rules, calendar, start);
	if (start < anchor)
		return TT_OFF_GRID;
	if (rules->align == TT_ALIGN_GAP)
		anchor = gap_anchor(rules, calendar, start, anchor);
	return (start - anchor) % rules->interval == 0 ? TT_FREE : TT_OFF_GRID;
}

static TTVerdict
taken_verdict(const TTSlotRules *rules, const TTCalendar *calendar, Wide start)
{
	TTVerdict	verdict = TT_FREE;

	for (size_t i = 0; i < calendar->ntaken; i++)
	{
		const TTTaken *taken = &calendar->taken[i];
		Wide		core_lo = taken->core_lo > taken->lo ? taken->core_lo : taken->lo;
		Wide		core_hi = taken->core_hi < taken->hi ? taken->core_hi : taken->hi;
		TTVerdict	mine = TT_BUFFER;

		if (taken->lo >= taken->hi ||
			taken->lo >= start + rules->duration + rules->buffer_after ||
			taken->hi <= start - rules->buffer_before)
			continue;
		if (core_lo < core_hi && core_lo < start + rules->duration && core_hi > start)
			mine = taken->kind == TT_TAKEN_MEETING ? TT_SLOT_TAKEN :
				taken->kind == TT_TAKEN_HOLD ? TT_HELD : TT_BUSY;
		if (verdict == TT_FREE || mine < verdict)
			verdict = mine;
	}
	return verdict;
}

bool
slot_oracle_on_grid(const TTSlotRules *rules, const TTCalendar *calendar, int64_t start)
{
	return hours_verdict(rules, calendar, start) == TT_FREE;
}

TTVerdict
slot_oracle_verdict(const TTSlotRules *rules, const TTCalendar *calendar, int64_t start)
{
	TTVerdict	verdict;

	if (start < rules->not_before)
		return TT_TOO_SOON;
	if (rules->not_after != TT_FOREVER && start >= rules->not_after)
		return TT_TOO_FAR;
	verdict = hours_verdict(rules, calendar, start);
	for (size_t i = 0; verdict == TT_FREE && i < calendar->nfull; i++)
	{
		if (calendar->full[i].lo <= start && start < calendar->full[i].hi)
			verdict = TT_LIMIT_REACHED;
	}
	return verdict == TT_FREE ? taken_verdict(rules, calendar, start) : verdict;
}
