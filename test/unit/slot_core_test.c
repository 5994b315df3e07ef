/*-------------------------------------------------------------------------
 *
 * slot_core_test.c
 *	  The rules of the slot core, one case each.
 *
 * The cases' expected starts must come out of all three ways to ask: the
 * sweep over the grid, the sweep over the free starts, and a check of every
 * minute.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "slot_core_cases.h"

#define MINUTE		TT_USECS_PER_MINUTE
#define DAY_MINUTES	1440
#define MAX_RANGES	200
#define MAX_TEXT	20000

/* A Monday's midnight, long after the epoch. */
#define BASE		(INT64_C(9000) * TT_USECS_PER_DAY)

static const char *const verdict_names[] = {
	[TT_FREE] = "", [TT_TOO_SOON] = "soon", [TT_TOO_FAR] = "far",
	[TT_BLOCKED_DATE] = "blocked", [TT_OUTSIDE_HOURS] = "outside", [TT_LIMIT_REACHED] = "limit",
	[TT_OFF_GRID] = "grid", [TT_SLOT_TAKEN] = "taken", [TT_HELD] = "held",
	[TT_BUSY] = "busy", [TT_BUFFER] = "buffer"
};

/* Read a time such as '3+22:30'. */
static int64_t
read_time(const char **text)
{
	char	   *end;
	long		number = strtol(*text, &end, 10);
	long		day = 0;

	if (*end == '+')
	{
		day = number;
		number = strtol(end + 1, &end, 10);
	}
	if (*end != ':')
		abort();
	number = number * 60 + strtol(end + 1, &end, 10);
	*text = end;
	return BASE + (day * DAY_MINUTES + number) * MINUTE;
}

static int64_t
time_of(const char *text, int64_t otherwise)
{
	return text == NULL ? otherwise : read_time(&text);
}

static TTRange
read_range(const char **text)
{
	TTRange		range;

	range.lo = read_time(text);
	(*text)++;
	range.hi = read_time(text);
	return range;
}

static void
next_word(const char **text)
{
	*text += strspn(*text, " )");
}

typedef struct Host
{
	TTSlotRules rules;
	TTCalendar	calendar;
	TTWindow	windows[MAX_RANGES];
	TTRange		blocked[MAX_RANGES];
	TTTaken		taken[MAX_RANGES];
	TTSegment	segments[TT_SEGMENTS_NEEDED(MAX_RANGES, MAX_RANGES)];
	size_t		nsegments;
} Host;

static void
read_taken(Host *host, const char *text)
{
	static const char kinds[] = {[TT_TAKEN_MEETING] = 'M', [TT_TAKEN_HOLD] = 'H', [TT_TAKEN_BUSY] = 'B'};

	while (text != NULL && *text != '\0')
	{
		TTTaken    *taken = &host->taken[host->calendar.ntaken++];
		TTRange		range;

		taken->kind = (TTTakenKind) ((const char *) memchr(kinds, *text++, sizeof(kinds)) - kinds);
		range = read_range(&text);
		taken->lo = range.lo;
		taken->hi = range.hi;
		if (*text == '(')
		{
			text++;
			range = read_range(&text);
		}
		taken->core_lo = range.lo;
		taken->core_hi = range.hi;
		next_word(&text);
	}
}

static void
read_case(const Case *c, Host *host)
{
	const char *text;

	memset(host, 0, sizeof(*host));
	host->rules.duration = c->duration * MINUTE;
	host->rules.interval = c->interval * MINUTE;
	host->rules.start_offset = c->start_offset * MINUTE;
	host->rules.buffer_before = c->before * MINUTE;
	host->rules.buffer_after = c->after * MINUTE;
	host->rules.align = c->align;
	host->rules.not_before = time_of(c->not_before, TT_EVER_BEFORE);
	host->rules.not_after = time_of(c->not_after, TT_FOREVER);
	host->calendar.windows = host->windows;
	host->calendar.blocked = host->blocked;
	host->calendar.taken = host->taken;
	for (text = c->windows; *text != '\0'; next_word(&text))
	{
		TTWindow   *window = &host->windows[host->calendar.nwindows++];
		TTRange		range = read_range(&text);

		window->lo = range.lo;
		window->hi = range.hi;
		window->utc_offset = c->utc_offset * MINUTE;
		window->day = (int32_t) ((range.lo - BASE) / TT_USECS_PER_DAY);
	}
	for (text = c->blocked; text != NULL && *text != '\0'; next_word(&text))
		host->blocked[host->calendar.nblocked++] = read_range(&text);
	read_taken(host, c->taken);
	host->nsegments = tt_slot_core_segments(&host->rules, &host->calendar, host->segments);
}

static void
write_start(char *text, int64_t at, TTVerdict verdict)
{
	int			minutes = (int) ((at - BASE) / MINUTE);
	size_t		used = strlen(text);
	char		day[16] = "";

	if (minutes >= DAY_MINUTES)
		snprintf(day, sizeof(day), "%d+", minutes / DAY_MINUTES);
	snprintf(text + used, MAX_TEXT - used, "%s%s%d:%02d%s%s", used > 0 ? " " : "",
			 day, minutes % DAY_MINUTES / 60, minutes % 60,
			 verdict == TT_FREE ? "" : "=", verdict_names[verdict]);
}

/* Each minute of the range that check() does not call outside or off the grid. */
static void
write_checked(const Host *host, int64_t from, int64_t until, char *grid, char *free)
{
	for (int64_t at = from; at < until; at += MINUTE)
	{
		TTSlotRules unbounded = host->rules;
		TTVerdict	verdict;

		/* Notice and horizon hide the grid: ask for it without them. */
		unbounded.not_before = TT_EVER_BEFORE;
		unbounded.not_after = TT_FOREVER;
		verdict = tt_slot_core_check(&unbounded, &host->calendar, host->segments,
									 host->nsegments, at);
		if (verdict == TT_OUTSIDE_HOURS || verdict == TT_OFF_GRID ||
			verdict == TT_BLOCKED_DATE)
			continue;
		verdict = tt_slot_core_check(&host->rules, &host->calendar, host->segments,
									 host->nsegments, at);
		write_start(grid, at, verdict);
		if (verdict == TT_FREE)
			write_start(free, at, verdict);
	}
}

static void
run_case(const Case *c)
{
	static Host host;
	static char listed[MAX_TEXT];
	static char listed_free[MAX_TEXT];
	static char checked[MAX_TEXT];
	static char checked_free[MAX_TEXT];
	int64_t		from = time_of(c->from, BASE);
	int64_t		until = time_of(c->until, BASE + TT_USECS_PER_DAY);
	TTSweep		sweep;
	TTStart		start;
	int64_t		at;

	read_case(c, &host);
	listed[0] = listed_free[0] = checked[0] = checked_free[0] = '\0';
	tt_slot_core_begin(&sweep, &host.rules, &host.calendar, host.segments,
					   host.nsegments, from, until);
	while (tt_slot_core_next(&sweep, &start))
		write_start(listed, start.at, start.verdict);
	tt_slot_core_begin(&sweep, &host.rules, &host.calendar, host.segments,
					   host.nsegments, from, until);
	while (tt_slot_core_next_free(&sweep, &at))
		write_start(listed_free, at, TT_FREE);
	write_checked(&host, from, until, checked, checked_free);

	check_text(listed, c->starts, "%s", c->name);
	check_text(checked, c->starts, "%s: check agrees", c->name);
	check_text(listed_free, checked_free, "%s: the free starts alone agree", c->name);
}

/* The verdicts that no start of the grid has, and which comes first. */
static void
check_verdicts(void)
{
	static const Case host_case = {
		.windows = "9:00-12:00 1+9:00-1+12:00 2+9:00-2+12:00", .blocked = "1+0:00-2+0:00",
		.taken = "M10:00-11:00", .duration = 60, .interval = 60, .start_offset = 30,
		.not_before = "8:00", .not_after = "2+10:30"
	};
	static const struct
	{
		const char *at;
		TTVerdict	verdict;
	}			expected[] = {
		{"7:59", TT_TOO_SOON},
		{"8:00", TT_OUTSIDE_HOURS},
		{"8:59", TT_OUTSIDE_HOURS},
		{"9:00", TT_OFF_GRID},
		{"9:30", TT_SLOT_TAKEN},
		{"9:31", TT_OFF_GRID},
		{"11:00", TT_OFF_GRID},
		{"11:01", TT_OUTSIDE_HOURS},
		{"12:00", TT_OUTSIDE_HOURS},
		{"23:00", TT_OUTSIDE_HOURS},
		{"23:01", TT_BLOCKED_DATE},
		{"1+9:30", TT_BLOCKED_DATE},
		{"1+23:59", TT_BLOCKED_DATE},
		{"2+0:00", TT_OUTSIDE_HOURS},
		{"2+9:30", TT_FREE},
		{"2+10:29", TT_OFF_GRID},
		{"2+10:30", TT_TOO_FAR},
		{"3+0:00", TT_TOO_FAR}
	};
	static Host host;

	read_case(&host_case, &host);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
	{
		TTVerdict	got = tt_slot_core_check(&host.rules, &host.calendar, host.segments,
											 host.nsegments, time_of(expected[i].at, 0));

		check_text(verdict_names[got], verdict_names[expected[i].verdict],
				   "the verdict on %s", expected[i].at);
	}
}

/* Rules that no event type can have give nothing, instead of a loop. */
static void
check_bad_rules(void)
{
	static const Case host_case = {.windows = "9:00-12:00", .duration = 60, .interval = 60};
	static Host host;
	int64_t    *const fields[] = {&host.rules.duration, &host.rules.interval,
		&host.rules.start_offset, &host.rules.buffer_before, &host.rules.buffer_after};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
	{
		read_case(&host_case, &host);
		*fields[i] = -1;
		check(tt_slot_core_segments(&host.rules, &host.calendar, host.segments) == 0,
			  "rule %zu below its range gives no segment", i);
		check(tt_slot_core_check(&host.rules, &host.calendar, host.segments, 0,
								 BASE + 540 * MINUTE) == TT_OUTSIDE_HOURS,
			  "rule %zu below its range: outside hours", i);
	}
	for (size_t i = 0; i < 2; i++)
	{
		read_case(&host_case, &host);
		*fields[i] = 0;
		check(tt_slot_core_segments(&host.rules, &host.calendar, host.segments) == 0,
			  "a %s of nothing gives no segment", i == 0 ? "duration" : "interval");
	}
}

/* A host with a year-long busy time below 200,000 others: linear, not square. */
static void
check_linear(void)
{
	enum
	{
		COUNT = 200000
	};
	static TTTaken taken[COUNT];
	static TTSegment segments[TT_SEGMENTS_NEEDED(1, 0)];
	TTWindow	window = {BASE, BASE + COUNT * 10 * MINUTE, 0, 0};
	TTCalendar	calendar = {&window, 1, NULL, 0, taken, COUNT, NULL, 0};
	TTSlotRules rules = {.duration = 5 * MINUTE, .interval = 5 * MINUTE,
		.not_before = TT_EVER_BEFORE, .not_after = TT_FOREVER};
	clock_t		begun = clock();
	size_t		starts = 0;
	TTSweep		sweep;
	TTStart		start;

	for (int i = 0; i < COUNT; i++)
	{
		taken[i].lo = taken[i].core_lo = BASE + i * 10 * MINUTE;
		taken[i].hi = taken[i].core_hi = taken[i].lo + (i == 0 ? COUNT * 10 : 5) * MINUTE;
		taken[i].kind = i == 0 ? TT_TAKEN_BUSY : TT_TAKEN_MEETING;
	}
	tt_slot_core_begin(&sweep, &rules, &calendar, segments,
					   tt_slot_core_segments(&rules, &calendar, segments),
					   TT_EVER_BEFORE, TT_FOREVER);
	while (tt_slot_core_next(&sweep, &start))
		starts += start.verdict == (starts % 2 == 0 && starts > 0 ? TT_SLOT_TAKEN : TT_BUSY);
	check(starts == 2 * COUNT, "400,000 starts below a year-long busy time");

	/* A square sweep takes a minute and more. */
	check(clock() - begun < 5 * CLOCKS_PER_SEC, "... in linear time");
}

int
main(void)
{
	for (size_t i = 0; i < slot_core_ncases; i++)
		run_case(&slot_core_cases[i]);
	check_verdicts();
	check_bad_rules();
	check_linear();
	return checks_done();
}
