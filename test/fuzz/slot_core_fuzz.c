/*-------------------------------------------------------------------------
 *
 * slot_core_fuzz.c
 *	  The slot core on hosts that a fuzzer makes up.
 *
 * The input is a script (script.h) with a line for each fact:
 *
 *	  d DURATION   i INTERVAL   o START_OFFSET   b BEFORE AFTER
 *	  a ALIGN (0 window, 1 gap, 2 clock)   n NOT_BEFORE   h NOT_AFTER
 *	  w LO HI DAY UTC_OFFSET           an opening window
 *	  x LO HI      l LO HI             a blocked date, a full period
 *	  m LO HI BEFORE AFTER             a meeting with its buffers inside
 *	  k LO HI BEFORE AFTER             a hold   y LO HI: a busy time
 *	  q FROM UNTIL                     the range asked for
 *	  p START                          a start to look at
 *
 * What is in order by the slot core's contract is put in order; everything
 * else is as the fuzzer wants it.  What must hold: both sweeps list what is on
 * the oracle's grid and as the oracle says, check() gives the same verdicts, a
 * sweep begun later goes on as one begun earlier, and nothing overflows.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>

#include "random_host.h"
#include "saturated.h"
#include "script.h"
#include "slot_oracle.h"

/* Few of each: the oracle takes time that grows with their square. */
#define MOST_WINDOWS	8
#define MOST_BORDERS	6
#define MOST_TAKEN		8
#define MOST_STARTS		8
#define MOST_PROBES		1000

typedef struct Case
{
	Host		host;
	int64_t		blocked[MOST_BORDERS];
	size_t		nblocked;
	int64_t		full[MOST_BORDERS];
	size_t		nfull;
	int64_t		from;
	int64_t		until;
	int64_t		starts[MOST_STARTS];
	size_t		nstarts;
} Case;

static Case c;
static Listing grid;
static Listing frees;

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void
hold_that(bool holds, const char *what, int64_t at)
{
	if (holds)
		return;
	printf("# asked for [%lld, %lld), at %lld\n", (long long) c.from,
		   (long long) c.until, (long long) at);
	show_host(&c.host);
	must(false, what);
}

static void
add_borders(Script *script, int64_t *borders, size_t *count)
{
	for (int i = 0; i < 2 && *count < MOST_BORDERS; i++)
		borders[(*count)++] = script_time(script);
}

static void
add_window(Script *script)
{
	TTWindow   *window = &c.host.windows[c.host.calendar.nwindows];

	if (c.host.calendar.nwindows == MOST_WINDOWS)
		return;
	c.host.calendar.nwindows++;
	window->lo = script_time(script);
	window->hi = script_time(script);
	window->day = (int32_t) script_number(script);
	window->utc_offset = script_time(script);
}

static void
add_taken(Script *script, TTTakenKind kind)
{
	TTTaken    *taken = &c.host.taken[c.host.calendar.ntaken];

	if (c.host.calendar.ntaken == MOST_TAKEN)
		return;
	c.host.calendar.ntaken++;
	taken->kind = kind;
	taken->lo = script_time(script);
	taken->hi = script_time(script);
	taken->core_lo = add_saturated(taken->lo, script_time(script));
	taken->core_hi = subtract_saturated(taken->hi, script_time(script));
}

static void
read_line(Script *script, char letter)
{
	TTSlotRules *rules = &c.host.rules;

	switch (letter)
	{
		case 'd':
			rules->duration = script_time(script);
			break;
		case 'i':
			rules->interval = script_time(script);
			break;
		case 'o':
			rules->start_offset = script_time(script);
			break;
		case 'b':
			rules->buffer_before = script_time(script);
			rules->buffer_after = script_time(script);
			break;
		case 'a':
			rules->align = (TTAlign) ((uint64_t) script_number(script) % (TT_ALIGN_CLOCK + 1));
			break;
		case 'n':
			rules->not_before = script_time(script);
			break;
		case 'h':
			rules->not_after = script_time(script);
			break;
		case 'w':
			add_window(script);
			break;
		case 'x':
			add_borders(script, c.blocked, &c.nblocked);
			break;
		case 'l':
			add_borders(script, c.full, &c.nfull);
			break;
		case 'm':
			add_taken(script, TT_TAKEN_MEETING);
			break;
		case 'k':
			add_taken(script, TT_TAKEN_HOLD);
			break;
		case 'y':
			add_taken(script, TT_TAKEN_BUSY);
			break;
		case 'q':
			c.from = script_time(script);
			c.until = script_time(script);
			break;
		case 'p':
			if (c.nstarts < MOST_STARTS)
				c.starts[c.nstarts++] = script_time(script);
			break;
	}
}

static int
compare_times(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/* Ranges that are ordered and disjoint, whatever their borders were. */
static size_t
make_ranges(int64_t *borders, size_t count, TTRange *ranges)
{
	qsort(borders, count, sizeof(int64_t), compare_times);
	for (size_t i = 0; i < count / 2; i++)
	{
		ranges[i].lo = borders[2 * i];
		ranges[i].hi = borders[2 * i + 1];
	}
	return count / 2;
}

static void
read_case(const uint8_t *data, size_t length)
{
	static const Case nothing = {
		.host.rules = {.duration = 30 * MINUTE, .interval = 30 * MINUTE,
		.not_before = TT_EVER_BEFORE, .not_after = TT_FOREVER},
		.from = TT_EVER_BEFORE, .until = TT_FOREVER
	};
	Script		script = {data, length, 0};
	char		letter;

	c = nothing;
	while (script_next(&script, &letter))
		read_line(&script, letter);
	c.host.calendar.nblocked = make_ranges(c.blocked, c.nblocked, c.host.blocked);
	c.host.calendar.nfull = make_ranges(c.full, c.nfull, c.host.full);
	finish_host(&c.host);

	/* The clock shows one time at one instant. */
	for (size_t i = 1; i < c.host.calendar.nwindows; i++)
	{
		if (c.host.windows[i].lo == c.host.windows[i - 1].lo)
			c.host.windows[i].utc_offset = c.host.windows[i - 1].utc_offset;
	}
	finish_host(&c.host);
}

/* The rules' own borders; rules outside of them offer nothing. */
static bool
rules_in_range(const TTSlotRules *rules)
{
	return rules->duration > 0 && rules->interval > 0 && rules->start_offset >= 0 &&
		rules->buffer_before >= 0 && rules->buffer_after >= 0;
}

static TTVerdict
check_start(int64_t at)
{
	return tt_slot_core_check(&c.host.rules, &c.host.calendar, c.host.segments,
							  c.host.nsegments, at);
}

/* In order, in range, inside a segment, on the grid, and with that verdict. */
static void
check_listing(const Listing *listing)
{
	const Host *host = &c.host;
	size_t		segment = 0;

	for (size_t i = 0; i < listing->count; i++)
	{
		int64_t		at = listing->starts[i].at;

		while (segment < host->nsegments && host->segments[segment].until <= at)
			segment++;
		hold_that(at >= c.from && at < c.until, "a listed start is in the range", at);
		hold_that(i == 0 || at > listing->starts[i - 1].at, "starts are listed in order", at);
		hold_that(segment < host->nsegments && host->segments[segment].anchor <= at &&
				  at <= host->segments[segment].limit - host->rules.duration,
				  "a listed slot is inside a segment", at);
		hold_that(slot_oracle_on_grid(&host->rules, &host->calendar, at), "it is on the oracle's grid", at);
		hold_that(slot_oracle_verdict(&host->rules, &host->calendar, at) == listing->starts[i].verdict,
				  "its verdict is the oracle's", at);
		hold_that(check_start(at) == listing->starts[i].verdict, "check() agrees with the sweep", at);
	}
}

/* The free ones of the one sweep are those of the other. */
static void
compare_listings(void)
{
	size_t		matched = 0;

	for (size_t i = 0; i < grid.count; i++)
	{
		if (grid.starts[i].verdict != TT_FREE)
			continue;
		hold_that(matched < frees.count && frees.starts[matched].at == grid.starts[i].at,
				  "both sweeps list the same free starts", grid.starts[i].at);
		matched++;
	}
	hold_that(matched == frees.count || !grid.complete, "no free start is off the grid", c.from);
}

/* The place of the first listed start at or after "at". */
static size_t
find_listed(const Listing *listing, int64_t at)
{
	size_t		i = 0;

	while (i < listing->count && listing->starts[i].at < at)
		i++;
	return i;
}

/* All that is said of one start. */
static void
check_probe(int64_t at)
{
	const Host *host = &c.host;
	size_t		i = find_listed(&grid, at);
	bool		listed = i < grid.count && grid.starts[i].at == at;
	TTSweep		sweep;
	TTStart		start;

	hold_that(check_start(at) == slot_oracle_verdict(&host->rules, &host->calendar, at),
			  "check() says what the oracle says", at);
	if (at < c.from || at >= c.until || (i == grid.count && !grid.complete))
		return;
	hold_that(listed == slot_oracle_on_grid(&host->rules, &host->calendar, at),
			  "what is on the oracle's grid is listed", at);
	tt_slot_core_begin(&sweep, &host->rules, &host->calendar, host->segments, host->nsegments,
					   at, c.until);
	for (size_t end = i + 3; i < end; i++)
	{
		bool		more = tt_slot_core_next(&sweep, &start);

		if (i == grid.count && !grid.complete)
			break;
		hold_that(more == (i < grid.count), "a sweep begun later ends where one begun earlier does", at);
		if (!more)
			break;
		hold_that(start.at == grid.starts[i].at && start.verdict == grid.starts[i].verdict,
				  "a sweep begun later lists the same", start.at);
	}
}

/* At a border and next to it, moved as a slot's parts are. */
static void
check_around(int64_t border)
{
	const TTSlotRules *rules = &c.host.rules;
	const int64_t moved[] = {
		border, subtract_saturated(border, rules->duration), add_saturated(border, rules->buffer_before),
		subtract_saturated(subtract_saturated(border, rules->duration), rules->buffer_after)
	};

	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++)
	{
		for (int64_t near = -1; near <= 1; near++)
			check_probe(add_saturated(moved[i], near));
	}
}

static void
check_borders(void)
{
	const Host *host = &c.host;

	for (size_t i = 0; i < c.nstarts; i++)
		check_around(c.starts[i]);
	for (size_t i = 0; i < host->calendar.nwindows; i++)
	{
		check_around(host->windows[i].lo);
		check_around(host->windows[i].hi);
	}
	for (size_t i = 0; i < host->calendar.ntaken; i++)
	{
		check_around(host->taken[i].lo);
		check_around(host->taken[i].hi);
		check_probe(host->taken[i].core_lo);
		check_probe(host->taken[i].core_hi);
	}
	for (size_t i = 0; i < c.nblocked; i++)
		check_around(c.blocked[i]);
	for (size_t i = 0; i < c.nfull; i++)
		check_around(c.full[i]);
	for (size_t i = 0; i < host->nsegments; i++)
		check_around(host->segments[i].anchor);
	check_around(host->rules.not_before);
	check_around(host->rules.not_after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	read_case(data, length);
	if (!rules_in_range(&c.host.rules))
	{
		hold_that(c.host.nsegments == 0, "rules out of range offer nothing", 0);
		return 0;
	}
	hold_that(segments_are_right(&c.host), "the segments are in order", 0);
	list_starts(&c.host, c.from, c.until, false, &grid);
	list_starts(&c.host, c.from, c.until, true, &frees);
	check_listing(&grid);
	check_listing(&frees);
	compare_listings();
	check_borders();
	return 0;
}
