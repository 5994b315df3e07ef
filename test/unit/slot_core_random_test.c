/*-------------------------------------------------------------------------
 *
 * slot_core_random_test.c
 *	  The slot core against a plain oracle, over random hosts.
 *
 * Over small hosts, every single start of a range has the verdict that the
 * oracle gives, and the sweeps list just the starts that they should.  Over
 * hostile ones, with infinities and sums that overflow, the same at and around
 * every border.  The first argument is the seed.
 *
 *-------------------------------------------------------------------------
 */
#include <inttypes.h>

#include "check.h"
#include "random_host.h"
#include "slot_oracle.h"

#define SMALL_CASES		4000
#define HOSTILE_CASES	4000
#define MAX_PROBES		2000

/* In order, in range, and what the oracle says. */
static bool
listing_is_right(const Host *host, int64_t from, int64_t until, const Listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
	{
		const TTStart *start = &listing->starts[i];

		if (start->at < from || start->at >= until ||
			(i > 0 && start->at <= listing->starts[i - 1].at) ||
			!slot_oracle_on_grid(&host->rules, &host->calendar, start->at) ||
			slot_oracle_verdict(&host->rules, &host->calendar, start->at) != start->verdict)
			return false;
	}
	return true;
}

/* Is it listed?  "expected" also where the listing ended for want of room. */
static bool
is_listed(const Listing *listing, int64_t at, bool expected)
{
	size_t		i = 0;

	while (i < listing->count && listing->starts[i].at < at)
		i++;
	if (i == listing->count)
		return listing->complete ? false : expected;
	return listing->starts[i].at == at;
}

/* Compare all that is said of the starts in a range, and of some in particular. */
static bool
compare_host(const Host *host, int64_t from, int64_t until,
			 const int64_t *probes, size_t nprobes)
{
	static Listing grid;
	static Listing frees;

	list_starts(host, from, until, false, &grid);
	list_starts(host, from, until, true, &frees);
	if (!segments_are_right(host) ||
		!listing_is_right(host, from, until, &grid) ||
		!listing_is_right(host, from, until, &frees))
		return false;
	for (size_t i = 0; i < nprobes; i++)
	{
		int64_t		at = probes[i];
		TTVerdict	verdict = slot_oracle_verdict(&host->rules, &host->calendar, at);
		bool		on_grid = slot_oracle_on_grid(&host->rules, &host->calendar, at);
		bool		in_range = from <= at && at < until;

		if (tt_slot_core_check(&host->rules, &host->calendar, host->segments,
							   host->nsegments, at) != verdict ||
			is_listed(&grid, at, on_grid && in_range) != (on_grid && in_range) ||
			is_listed(&frees, at, verdict == TT_FREE && in_range) !=
			(verdict == TT_FREE && in_range))
			return false;
	}
	return true;
}

/* Compare, and show the first host of which something is wrong. */
static int
count_wrong(const Host *host, int64_t from, int64_t until,
			const int64_t *probes, size_t nprobes)
{
	static bool shown = false;

	if (compare_host(host, from, until, probes, nprobes))
		return 0;
	if (!shown)
	{
		note("the first wrong host, asked from %" PRId64 " until %" PRId64, from, until);
		show_host(host);
		shown = true;
	}
	return 1;
}

/* Every start of small hosts, a minute being the unit. */
static void
check_small_hosts(void)
{
	static Host host;
	static int64_t probes[MAX_PROBES];
	int			wrong = 0;

	for (int i = 0; i < SMALL_CASES; i++)
	{
		Scale		scale = {0, MINUTE, 0};
		size_t		nprobes = 0;

		scale.base = random_between(-20000, 20000) * MINUTE;
		scale.length = (int) random_between(10, 200);
		random_rules(&host.rules, &scale);
		if (host.rules.align == TT_ALIGN_CLOCK && chance(50))
			host.rules.interval = 5 * random_between(1, 24) * MINUTE;
		random_windows(&host, &scale);
		random_blocked(&host, &scale);
		random_full(&host, &scale);
		random_taken(&host, &scale);
		finish_host(&host);
		for (int64_t minute = -20; minute < scale.length * 3 / 2; minute++)
			probes[nprobes++] = scale.base + minute * MINUTE;
		wrong += count_wrong(&host, random_time(&scale), random_time(&scale), probes, nprobes);
		wrong += count_wrong(&host, TT_EVER_BEFORE, TT_FOREVER, probes, nprobes);
	}
	check(wrong == 0, "every start of %d small hosts is as the oracle says (%d wrong)",
		  SMALL_CASES, wrong);
}

/* A time at or near an end of int64, or near 0. */
static int64_t
hostile_time(void)
{
	int64_t		near = chance(50) ? random_between(0, 3) : random_between(0, 40) * MINUTE;

	switch (random_between(0, 3))
	{
		case 0:
			return INT64_MIN + near;
		case 1:
			return INT64_MAX - near;
		case 2:
			return near;
		default:
			return (int64_t) random_bits();
	}
}

static int64_t
hostile_length(int64_t least)
{
	int64_t		length = hostile_time();

	return chance(60) ? random_between(least, 30) * MINUTE + (least == 0 ? 0 : chance(20)) :
		length < least ? least : length;
}

static void
hostile_host(Host *host)
{
	host->rules.duration = hostile_length(1);
	host->rules.interval = hostile_length(1);
	host->rules.start_offset = chance(50) ? 0 : hostile_length(0);
	host->rules.buffer_before = chance(50) ? 0 : hostile_length(0);
	host->rules.buffer_after = chance(50) ? 0 : hostile_length(0);
	host->rules.align = (TTAlign) random_between(TT_ALIGN_WINDOW, TT_ALIGN_CLOCK);
	host->rules.not_before = chance(60) ? TT_EVER_BEFORE : hostile_time();
	host->rules.not_after = chance(60) ? TT_FOREVER : hostile_time();
	host->calendar.nwindows = (size_t) random_between(1, 6);
	for (size_t i = 0; i < host->calendar.nwindows; i++)
	{
		host->windows[i].lo = hostile_time();
		host->windows[i].hi = hostile_time();
		host->windows[i].day = (int32_t) random_between(-2, 2);
		host->windows[i].utc_offset = 345 * MINUTE;
	}
	host->calendar.nblocked = chance(70) ? 0 : 1;
	host->blocked[0].lo = hostile_time();
	host->blocked[0].hi = hostile_time();
	host->calendar.nfull = chance(70) ? 0 : 1;
	host->full[0].lo = hostile_time();
	host->full[0].hi = hostile_time();
	host->calendar.ntaken = (size_t) random_between(0, 5);
	for (size_t i = 0; i < host->calendar.ntaken; i++)
	{
		host->taken[i].lo = hostile_time();
		host->taken[i].hi = hostile_time();
		host->taken[i].core_lo = chance(50) ? host->taken[i].lo : hostile_time();
		host->taken[i].core_hi = chance(50) ? host->taken[i].hi : hostile_time();
		host->taken[i].kind = (TTTakenKind) random_between(TT_TAKEN_MEETING, TT_TAKEN_BUSY);
	}
	finish_host(host);
}

/* Two times and what is next to their sum; none where it overflows. */
static size_t
add_probes(int64_t *probes, int64_t a, int64_t b)
{
	size_t		count = 0;
	int64_t		sum;
	int64_t		probe;

	if (__builtin_add_overflow(a, b, &sum))
		return 0;
	for (int64_t near = -1; near <= 1; near++)
	{
		if (!__builtin_add_overflow(sum, near, &probe))
			probes[count++] = probe;
	}
	return count;
}

/* Starts at and next to where a verdict can change. */
static size_t
hostile_probes(const Host *host, int64_t *probes)
{
	const int64_t shifts[] = {0, -host->rules.duration, host->rules.buffer_before,
	host->rules.start_offset, host->rules.interval};
	size_t		count = 0;

	for (size_t shift = 0; shift < sizeof(shifts) / sizeof(shifts[0]); shift++)
	{
		for (size_t i = 0; i < host->calendar.nwindows; i++)
		{
			count += add_probes(probes + count, host->windows[i].lo, shifts[shift]);
			count += add_probes(probes + count, host->windows[i].hi, shifts[shift]);
		}
		for (size_t i = 0; i < host->calendar.ntaken; i++)
		{
			count += add_probes(probes + count, host->taken[i].lo, shifts[shift]);
			count += add_probes(probes + count, host->taken[i].hi, shifts[shift]);
		}
		for (size_t i = 0; i < host->nsegments; i++)
			count += add_probes(probes + count, host->segments[i].anchor, shifts[shift]);
		count += add_probes(probes + count, host->rules.not_before, shifts[shift]);
		count += add_probes(probes + count, host->rules.not_after, shifts[shift]);
	}
	return count;
}

static void
check_hostile_hosts(void)
{
	static Host host;
	static int64_t probes[MAX_PROBES];
	int			wrong = 0;

	for (int i = 0; i < HOSTILE_CASES; i++)
	{
		size_t		nprobes;

		hostile_host(&host);
		nprobes = hostile_probes(&host, probes);
		wrong += count_wrong(&host, TT_EVER_BEFORE, TT_FOREVER, probes, nprobes);
		wrong += count_wrong(&host, hostile_time(), hostile_time(), probes, nprobes);
	}
	check(wrong == 0, "infinities and overflows in %d hosts do no harm (%d wrong)",
		  HOSTILE_CASES, wrong);
}

int
main(int argc, char **argv)
{
	random_seed(seed_of(argc, argv));
	check_small_hosts();
	check_hostile_hosts();
	return checks_done();
}
