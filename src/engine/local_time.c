/*-------------------------------------------------------------------------
 *
 * local_time.c
 *	  Local dates and clock times to instants and back, by zone rules.
 *
 * A zone is a row of stretches of constant offset.  A local time happens in a
 * stretch if local - offset lies in it, so the stretches around it tell how
 * often it happens: once, not at all (the clock jumps over it), or twice.
 * Far enough from the borders of a stretch, nothing but that stretch can
 * matter, and a subtraction is all there is to do; the last two stretches are
 * kept, so that near a clock change the rules are not asked again either.
 *
 *-------------------------------------------------------------------------
 */
#include "local_time.h"
#include "saturated.h"

#define USECS_PER_DAY	INT64_C(86400000000)

/* Where a local time happens, or where the clock jumps over it. */
typedef struct Matches
{
	bool		happens;
	int64_t		first;
	int64_t		last;
	bool		skipped;
	int64_t		moved;			/* the local time, moved forward by the gap */
} Matches;

/* Note in which local times only the current stretch can matter. */
static void
set_sure_range(TTZone *zone)
{
	const TTOffset *current = &zone->current;

	zone->sure_from = INT64_MIN;
	if (current->from > INT64_MIN)
		zone->sure_from = add_saturated(add_saturated(current->from, current->offset),
										TT_OFFSETS_APART);
	zone->sure_until = INT64_MAX;
	if (current->until < INT64_MAX)
		zone->sure_until = subtract_saturated(add_saturated(current->until, current->offset),
											  TT_OFFSETS_APART);
}

static bool
holds(const TTOffset *stretch, int64_t at)
{
	return stretch->from <= at &&
		(at < stretch->until || stretch->until == INT64_MAX);
}

/* Make the stretch that holds an instant the current one. */
static void
find_stretch(TTZone *zone, int64_t at)
{
	TTOffset	found;

	if (holds(&zone->current, at))
		return;
	if (holds(&zone->previous, at))
		found = zone->previous;
	else
		zone->lookup(zone->rules, at, &found);
	zone->previous = zone->current;
	zone->current = found;
	set_sure_range(zone);
}

/* Does a local time happen once, in the current stretch? */
static bool
is_sure(const TTZone *zone, int64_t local)
{
	return local >= zone->sure_from && local < zone->sure_until;
}

/*
 * Go through the stretches around a local time.  The first is too early for it
 * or holds it, so that one in which it would be before the beginning has
 * another before.
 */
static Matches
find_matches(TTZone *zone, int64_t local)
{
	Matches		matches = {0};
	int64_t		at = subtract_saturated(local, TT_OFFSETS_APART);
	int64_t		end = add_saturated(local, TT_OFFSETS_APART);
	int64_t		instant = at;

	for (;;)
	{
		int64_t		before = instant;

		find_stretch(zone, at);
		instant = subtract_saturated(local, zone->current.offset);
		if (holds(&zone->current, instant))
		{
			if (!matches.happens)
				matches.first = instant;
			matches.last = instant;
			matches.happens = true;
		}
		else if (instant < zone->current.from && !matches.skipped)
		{
			/* Later than all of the last stretch, earlier than this one. */
			matches.skipped = true;
			matches.moved = before;
		}
		if (zone->current.until > end || zone->current.until == INT64_MAX)
			return matches;
		at = zone->current.until;
	}
}

void
tt_local_time_init(TTZone *zone, const void *rules, TTOffsetLookup lookup)
{
	/* Stretches that hold nothing: the first question looks for a real one. */
	static const TTOffset none = {INT64_MAX, INT64_MIN, 0};

	zone->rules = rules;
	zone->lookup = lookup;
	zone->current = none;
	zone->previous = none;
	zone->sure_from = INT64_MAX;
	zone->sure_until = INT64_MIN;
}

int64_t
tt_local_time_to_instant(TTZone *zone, int64_t local, TTFold fold)
{
	Matches		matches;

	if (is_sure(zone, local))
		return subtract_saturated(local, zone->current.offset);
	matches = find_matches(zone, local);
	if (!matches.happens)
		return matches.moved;
	return fold == TT_FOLD_FIRST ? matches.first : matches.last;
}

int64_t
tt_local_time_offset(TTZone *zone, int64_t instant)
{
	find_stretch(zone, instant);
	return zone->current.offset;
}

void
tt_local_time_split(TTZone *zone, int64_t instant, int32_t *date, int64_t *time)
{
	int64_t		local = add_saturated(instant, tt_local_time_offset(zone, instant));
	int64_t		days = local / USECS_PER_DAY;

	*time = local % USECS_PER_DAY;
	if (*time < 0)
	{
		*time += USECS_PER_DAY;
		days--;
	}
	*date = (int32_t) days;
}

int32_t
tt_local_time_date(TTZone *zone, int64_t instant)
{
	int32_t		date;
	int64_t		time;

	tt_local_time_split(zone, instant, &date, &time);
	return date;
}

/* The local time 00:00 of a date. */
static int64_t
midnight(int64_t date)
{
	int64_t		local;

	if (__builtin_mul_overflow(date, USECS_PER_DAY, &local))
		return date < 0 ? INT64_MIN : INT64_MAX;
	return local;
}

/*
 * Not the instants at which the clock shows 00:00: it may skip that, or jump
 * back to it, without the date before being on again.
 */
int64_t
tt_local_time_day_start(TTZone *zone, int32_t date)
{
	int64_t		local = midnight(date);
	int64_t		at = subtract_saturated(local, TT_OFFSETS_APART);

	if (is_sure(zone, local))
		return subtract_saturated(local, zone->current.offset);
	for (;;)
	{
		int64_t		reached;

		find_stretch(zone, at);
		reached = subtract_saturated(local, zone->current.offset);
		if (reached < zone->current.until || zone->current.until == INT64_MAX)
			return reached > at ? reached : at;
		at = zone->current.until;
	}
}

int64_t
tt_local_time_day_end(TTZone *zone, int32_t date)
{
	int64_t		local = midnight((int64_t) date + 1);
	int64_t		at = subtract_saturated(local, TT_OFFSETS_APART);
	int64_t		last = add_saturated(local, TT_OFFSETS_APART);
	int64_t		end = at;

	if (is_sure(zone, local))
		return subtract_saturated(local, zone->current.offset);
	for (;;)
	{
		int64_t		reached;
		int64_t		until;

		find_stretch(zone, at);
		until = zone->current.until;
		reached = subtract_saturated(local, zone->current.offset);
		if (reached > at)
			end = reached < until ? reached : until;
		if (until > last || until == INT64_MAX)
			return end;
		at = until;
	}
}
