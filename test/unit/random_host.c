/*-------------------------------------------------------------------------
 *
 * random_host.c
 *	  Random hosts for the tests of the slot core, and what a sweep lists of them.
 *
 *-------------------------------------------------------------------------
 */
#include "random_host.h"

#include <inttypes.h>
#include <stdlib.h>

#include "check.h"

static int
compare_int64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_windows(const void *a, const void *b)
{
	return compare_int64(((const TTWindow *) a)->lo, ((const TTWindow *) b)->lo);
}

static int
compare_taken(const void *a, const void *b)
{
	return compare_int64(((const TTTaken *) a)->lo, ((const TTTaken *) b)->lo);
}

static int
compare_times(const void *a, const void *b)
{
	return compare_int64(*(const int64_t *) a, *(const int64_t *) b);
}

bool
chance(int percent)
{
	return random_between(1, 100) <= percent;
}

int64_t
random_time(const Scale *scale)
{
	return scale->base + random_between(0, scale->length) * scale->unit;
}

void
finish_host(Host *host)
{
	qsort(host->windows, host->calendar.nwindows, sizeof(TTWindow), compare_windows);
	qsort(host->taken, host->calendar.ntaken, sizeof(TTTaken), compare_taken);
	host->calendar.windows = host->windows;
	host->calendar.blocked = host->blocked;
	host->calendar.full = host->full;
	host->calendar.taken = host->taken;
	host->nsegments = tt_slot_core_segments(&host->rules, &host->calendar, host->segments);
}

void
random_rules(TTSlotRules *rules, const Scale *scale)
{
	rules->duration = random_between(1, 8) * scale->unit;
	rules->interval = random_between(1, 12) * scale->unit;
	rules->start_offset = chance(30) ? random_between(0, 9) * scale->unit : 0;
	rules->buffer_before = chance(50) ? random_between(0, 5) * scale->unit : 0;
	rules->buffer_after = chance(50) ? random_between(0, 5) * scale->unit : 0;
	rules->align = (TTAlign) random_between(TT_ALIGN_WINDOW, TT_ALIGN_CLOCK);
	rules->not_before = chance(70) ? TT_EVER_BEFORE : random_time(scale);
	rules->not_after = chance(70) ? TT_FOREVER : random_time(scale);
}

void
random_windows(Host *host, const Scale *scale)
{
	static const int offsets[] = {0, 60, -210, 345, 630, 7};

	host->calendar.nwindows = (size_t) random_between(0, 8);
	for (size_t i = 0; i < host->calendar.nwindows; i++)
	{
		host->windows[i].lo = random_time(scale);
		host->windows[i].hi = host->windows[i].lo +
			random_between(-1, scale->length / 3) * scale->unit;
	}
	qsort(host->windows, host->calendar.nwindows, sizeof(TTWindow), compare_windows);
	for (size_t i = 0; i < host->calendar.nwindows; i++)
	{
		bool		same = i > 0 && host->windows[i].lo == host->windows[i - 1].lo;

		host->windows[i].day = i == 0 ? 0 : host->windows[i - 1].day + chance(60);
		host->windows[i].utc_offset = same ? host->windows[i - 1].utc_offset :
			offsets[random_between(0, 5)] * MINUTE;
	}
}

/* At most three ranges, ordered and disjoint. */
static size_t
random_ranges(TTRange ranges[3], const Scale *scale)
{
	int64_t		borders[6] = {0};
	size_t		count = (size_t) random_between(0, 3);

	for (size_t i = 0; i < 2 * count; i++)
		borders[i] = random_time(scale);
	qsort(borders, 2 * count, sizeof(int64_t), compare_times);
	for (size_t i = 0; i < count; i++)
	{
		ranges[i].lo = borders[2 * i];
		ranges[i].hi = borders[2 * i + 1];
	}
	return chance(50) ? count : 0;
}

void
random_blocked(Host *host, const Scale *scale)
{
	host->calendar.nblocked = random_ranges(host->blocked, scale);
}

void
random_full(Host *host, const Scale *scale)
{
	host->calendar.nfull = random_ranges(host->full, scale);
}

void
random_taken(Host *host, const Scale *scale)
{
	host->calendar.ntaken = (size_t) random_between(0, 9);
	for (size_t i = 0; i < host->calendar.ntaken; i++)
	{
		TTTaken    *taken = &host->taken[i];
		int			longest = chance(15) ? scale->length : 12;

		taken->lo = random_time(scale);
		taken->hi = taken->lo + random_between(chance(10) ? -1 : 1, longest) * scale->unit;
		taken->core_lo = taken->lo + (chance(40) ? random_between(0, 4) * scale->unit : 0);
		taken->core_hi = taken->hi - (chance(40) ? random_between(-1, 4) * scale->unit : 0);
		taken->kind = (TTTakenKind) random_between(TT_TAKEN_MEETING, TT_TAKEN_BUSY);
	}
}

void
show_host(const Host *host)
{
	const TTSlotRules *rules = &host->rules;

	note("duration %" PRId64 ", interval %" PRId64 ", offset %" PRId64 ", buffers %" PRId64
		 " and %" PRId64 ", align %d, from %" PRId64 " to %" PRId64,
		 rules->duration, rules->interval, rules->start_offset, rules->buffer_before,
		 rules->buffer_after, rules->align, rules->not_before, rules->not_after);
	for (size_t i = 0; i < host->calendar.nwindows; i++)
		note("window [%" PRId64 ", %" PRId64 ") of day %d, offset %" PRId64,
			 host->windows[i].lo, host->windows[i].hi, host->windows[i].day,
			 host->windows[i].utc_offset);
	for (size_t i = 0; i < host->calendar.nfull; i++)
		note("full [%" PRId64 ", %" PRId64 ")", host->full[i].lo, host->full[i].hi);
	for (size_t i = 0; i < host->calendar.nblocked; i++)
		note("blocked [%" PRId64 ", %" PRId64 ")", host->blocked[i].lo, host->blocked[i].hi);
	for (size_t i = 0; i < host->calendar.ntaken; i++)
		note("taken [%" PRId64 ", %" PRId64 "), core [%" PRId64 ", %" PRId64 "), kind %d",
			 host->taken[i].lo, host->taken[i].hi, host->taken[i].core_lo,
			 host->taken[i].core_hi, host->taken[i].kind);
	for (size_t i = 0; i < host->nsegments; i++)
		note("segment [%" PRId64 ", %" PRId64 ") from %" PRId64 ", ends by %" PRId64,
			 host->segments[i].opens, host->segments[i].until,
			 host->segments[i].anchor, host->segments[i].limit);
}

bool
segments_are_right(const Host *host)
{
	for (size_t i = 0; i < host->nsegments; i++)
	{
		const TTSegment *segment = &host->segments[i];

		if (segment->opens >= segment->until || segment->until > segment->limit ||
			segment->anchor < segment->opens ||
			(i > 0 && segment->opens < host->segments[i - 1].until))
			return false;
	}
	return host->nsegments <= host->calendar.nwindows + host->calendar.nblocked;
}

void
list_starts(const Host *host, int64_t from, int64_t until, bool only_free, Listing *listing)
{
	TTSweep		sweep;

	tt_slot_core_begin(&sweep, &host->rules, &host->calendar, host->segments,
					   host->nsegments, from, until);
	for (listing->count = 0; listing->count < MAX_LISTED; listing->count++)
	{
		TTStart    *start = &listing->starts[listing->count];

		start->verdict = TT_FREE;
		listing->complete = only_free ? !tt_slot_core_next_free(&sweep, &start->at) :
			!tt_slot_core_next(&sweep, start);
		if (listing->complete)
			return;
	}
}
