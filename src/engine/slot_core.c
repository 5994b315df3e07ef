/*-------------------------------------------------------------------------
 *
 * slot_core.c
 *	  The slot core: opening windows and taken time in, slots out.
 *
 * A sweep walks the grid (its segments come from slot_segments.c) in the order
 * of time.  It never looks back: the stretches of taken time that begin
 * before the current slot's end are behind a pointer, and of those only the
 * furthest end matters, since a slot overlaps one of them if and only if that
 * end is after the slot's beginning.  So overlapping and long stretches cost
 * nothing extra, and a conflict says at once where the next free start can be.
 *
 * The verdict on a single start is a sweep too, begun at that start: what
 * tt_slot_core_check says and what a sweep lists cannot differ.
 *
 * Every sum saturates or is checked: an input may hold infinities.
 *
 *-------------------------------------------------------------------------
 */
#include "saturated.h"
#include "slot_core.h"

/* The first segment with starts after "at", one of nsegments if none. */
static size_t
find_segment(const TTSegment *segments, size_t nsegments, int64_t at)
{
	size_t		lo = 0;
	size_t		hi = nsegments;

	while (lo < hi)
	{
		size_t		middle = lo + (hi - lo) / 2;

		if (segments[middle].until > at)
			hi = middle;
		else
			lo = middle + 1;
	}
	return lo;
}

/* Find the end of the next run of taken stretches: there the grid restarts. */
static void
next_gap(TTSweep *sweep)
{
	const TTTaken *taken = sweep->calendar->taken;
	size_t		ntaken = sweep->calendar->ntaken;
	size_t		i = sweep->gap_taken;
	int64_t		end;

	while (i < ntaken && taken[i].hi <= taken[i].lo)
		i++;
	if (i == ntaken)
	{
		sweep->gap_taken = i;
		sweep->gap_anchor = TT_FOREVER;
		return;
	}
	end = taken[i].hi;
	for (i++; i < ntaken && taken[i].lo <= end; i++)
	{
		if (taken[i].hi > end)
			end = taken[i].hi;
	}
	sweep->gap_taken = i;
	sweep->gap_anchor = add_saturated(end, sweep->rules->buffer_before);
}

/* Go to a segment, before its first start. */
static void
enter_segment(TTSweep *sweep, size_t segment)
{
	const TTSegment *s = &sweep->segments[segment];
	int64_t		last;

	sweep->segment = segment;
	if (segment == sweep->nsegments)
		return;
	sweep->anchor = s->anchor;
	last = subtract_saturated(s->limit, sweep->rules->duration);
	if (last >= s->until)
		last = s->until - 1;
	if (last >= sweep->until)
		last = sweep->until - 1;
	sweep->last = last;
}

/* Go to the first start of the current segment at or after "at", if any. */
static bool
seek_in_segment(TTSweep *sweep, int64_t at)
{
	if (at < sweep->anchor)
		at = sweep->anchor;
	if (at > sweep->last)
		return false;
	while (sweep->gap_anchor <= at)
	{
		if (sweep->gap_anchor > sweep->anchor)
			sweep->anchor = sweep->gap_anchor;
		next_gap(sweep);
	}
	if (at > sweep->anchor)
	{
		uint64_t	past = distance(sweep->anchor, at) % (uint64_t) sweep->rules->interval;

		if (past > 0)
			at = add_saturated(at, sweep->rules->interval - (int64_t) past);
	}

	/* A restart on the way is a start; it is in force from then on. */
	if (at > sweep->gap_anchor)
		at = sweep->gap_anchor;
	sweep->next = at;
	return at <= sweep->last;
}

/* Go to the first start of the grid at or after "at", from here onwards. */
static void
seek(TTSweep *sweep, int64_t at)
{
	while (sweep->segment < sweep->nsegments)
	{
		if (at <= sweep->last && seek_in_segment(sweep, at))
			return;
		enter_segment(sweep, sweep->segment + 1);
	}
}

/* Go to the start after the current one. */
static void
step(TTSweep *sweep)
{
	int64_t		at = add_saturated(sweep->next, sweep->rules->interval);

	if (at <= sweep->last && at < sweep->gap_anchor)
		sweep->next = at;
	else
		seek(sweep, sweep->next + 1);
}

void
tt_slot_core_begin(TTSweep *sweep, const TTSlotRules *rules,
				   const TTCalendar *calendar,
				   const TTSegment *segments, size_t nsegments,
				   int64_t from, int64_t until)
{
	sweep->rules = rules;
	sweep->calendar = calendar;
	sweep->segments = segments;
	sweep->nsegments = until > from ? nsegments : 0;
	sweep->until = until;
	sweep->next = from;
	sweep->gap_taken = 0;
	sweep->gap_anchor = TT_FOREVER;
	sweep->taken = 0;
	sweep->reach = INT64_MIN;
	sweep->ripe = 0;
	sweep->full = 0;
	for (int kind = 0; kind < TT_TAKEN_KINDS; kind++)
		sweep->core_reach[kind] = INT64_MIN;

	if (rules->align == TT_ALIGN_GAP)
		next_gap(sweep);
	enter_segment(sweep, find_segment(segments, sweep->nsegments, from));
	seek(sweep, from);
}

/* Does anything taken overlap the slot at "at" and its buffers? */
static bool
overlaps_taken(TTSweep *sweep, int64_t at)
{
	const TTTaken *taken = sweep->calendar->taken;
	size_t		ntaken = sweep->calendar->ntaken;
	int64_t		end = add_saturated(add_saturated(at, sweep->rules->duration),
									sweep->rules->buffer_after);

	for (; sweep->taken < ntaken && taken[sweep->taken].lo < end; sweep->taken++)
	{
		const TTTaken *t = &taken[sweep->taken];

		if (t->hi > sweep->reach && t->hi > t->lo)
			sweep->reach = t->hi;
	}
	return sweep->reach > subtract_saturated(at, sweep->rules->buffer_before);
}

/* The full range that holds the start "at", or NULL. */
static const TTRange *
find_full(TTSweep *sweep, int64_t at)
{
	const TTCalendar *calendar = sweep->calendar;

	while (sweep->full < calendar->nfull && calendar->full[sweep->full].hi <= at)
		sweep->full++;
	if (sweep->full < calendar->nfull && calendar->full[sweep->full].lo <= at)
		return &calendar->full[sweep->full];
	return NULL;
}

/* A taken stretch's core, as far as it is part of the stretch. */
static TTRange
core_of(const TTTaken *t)
{
	TTRange		core;

	core.lo = t->core_lo > t->lo ? t->core_lo : t->lo;
	core.hi = t->core_hi < t->hi ? t->core_hi : t->hi;
	return core;
}

/* The verdict on a start of the grid as far as limits and taken time go. */
static TTVerdict
taken_verdict(TTSweep *sweep, int64_t at)
{
	static const TTVerdict verdicts[TT_TAKEN_KINDS] = {
		[TT_TAKEN_MEETING] = TT_SLOT_TAKEN,
		[TT_TAKEN_HOLD] = TT_HELD,
		[TT_TAKEN_BUSY] = TT_BUSY
	};
	const TTTaken *taken = sweep->calendar->taken;
	int64_t		end = add_saturated(at, sweep->rules->duration);
	TTVerdict	worst = TT_BUFFER;

	if (find_full(sweep, at) != NULL)
		return TT_LIMIT_REACHED;
	if (!overlaps_taken(sweep, at))
		return TT_FREE;
	for (size_t i = sweep->ripe; i < sweep->taken; i++)
	{
		TTTakenKind kind = taken[i].kind;
		TTRange		core = core_of(&taken[i]);

		/* Cores are not in order: one that is not ripe keeps those after it. */
		if (core.lo < end && i == sweep->ripe)
		{
			sweep->ripe++;
			if (core.lo < core.hi && core.hi > sweep->core_reach[kind])
				sweep->core_reach[kind] = core.hi;
		}
		else if (core.lo < end && core.hi > at && core.lo < core.hi &&
				 verdicts[kind] < worst)
			worst = verdicts[kind];
	}
	for (int kind = 0; kind < TT_TAKEN_KINDS; kind++)
	{
		if (sweep->core_reach[kind] > at && verdicts[kind] < worst)
			worst = verdicts[kind];
	}
	return worst;
}

/* The verdict on any start as far as notice, horizon and blocked dates go. */
static TTVerdict
date_verdict(const TTSlotRules *rules, const TTCalendar *calendar, int64_t at)
{
	int64_t		end = add_saturated(at, rules->duration);
	size_t		lo = 0;
	size_t		hi = calendar->nblocked;

	if (at < rules->not_before)
		return TT_TOO_SOON;
	if (at >= rules->not_after && rules->not_after != TT_FOREVER)
		return TT_TOO_FAR;
	while (lo < hi)
	{
		size_t		middle = lo + (hi - lo) / 2;

		if (calendar->blocked[middle].hi > at)
			hi = middle;
		else
			lo = middle + 1;
	}
	for (; lo < calendar->nblocked && calendar->blocked[lo].lo < end; lo++)
	{
		if (calendar->blocked[lo].lo < calendar->blocked[lo].hi)
			return TT_BLOCKED_DATE;
	}
	return TT_FREE;
}

bool
tt_slot_core_next_free(TTSweep *sweep, int64_t *start)
{
	const TTSlotRules *rules = sweep->rules;

	if (sweep->segment < sweep->nsegments && sweep->next < rules->not_before)
		seek(sweep, rules->not_before);
	while (sweep->segment < sweep->nsegments)
	{
		int64_t		at = sweep->next;
		int64_t		clear;
		const TTRange *full;

		if (at >= rules->not_after)
			return false;
		full = find_full(sweep, at);
		if (full != NULL)
		{
			seek(sweep, full->hi);
			continue;
		}
		if (!overlaps_taken(sweep, at))
		{
			*start = at;
			step(sweep);
			return true;
		}

		/* Taken for ever when the sum overflows. */
		if (__builtin_add_overflow(sweep->reach, rules->buffer_before, &clear))
			return false;
		seek(sweep, clear);
	}
	return false;
}

bool
tt_slot_core_next(TTSweep *sweep, TTStart *start)
{
	if (sweep->segment == sweep->nsegments)
		return false;
	start->at = sweep->next;
	start->verdict = date_verdict(sweep->rules, sweep->calendar, start->at);
	if (start->verdict == TT_FREE)
		start->verdict = taken_verdict(sweep, start->at);
	step(sweep);
	return true;
}

TTVerdict
tt_slot_core_check(const TTSlotRules *rules, const TTCalendar *calendar,
				   const TTSegment *segments, size_t nsegments, int64_t start)
{
	TTVerdict	verdict = date_verdict(rules, calendar, start);
	size_t		i = find_segment(segments, nsegments, start);
	TTSweep		sweep;

	if (verdict != TT_FREE)
		return verdict;
	if (i == nsegments || start < segments[i].opens || start > segments[i].limit ||
		distance(start, segments[i].limit) < (uint64_t) rules->duration)
		return TT_OUTSIDE_HOURS;
	tt_slot_core_begin(&sweep, rules, calendar, segments, nsegments,
					   start, TT_FOREVER);
	if (sweep.segment != i || sweep.next != start)
		return TT_OFF_GRID;
	return taken_verdict(&sweep, start);
}
