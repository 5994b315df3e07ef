/*-------------------------------------------------------------------------
 *
 * slot_core_lookback_test.c
 *	  A day's slots are the same however far back a query looked.
 *
 * Random hosts who are open around the clock or nearly, with a clock change:
 * each day's starts as they come from the windows that a query for that day
 * loads, against those from all windows.  The first argument is the seed.
 *
 *-------------------------------------------------------------------------
 */
#include "check.h"
#include "random_host.h"

#define OPEN_CASES		600
#define OPEN_DAYS		24

/*
 * Hosts who are open around the clock, or nearly: minutes of a day; an end
 * after 1440 is on the next day.
 */
static const struct
{
	int			lo;
	int			hi;
}			styles[][3] = {
	{{0, 1440}},
	{{0, 660}, {660, 1440}},
	{{60, 780}, {780, 1500}},
	{{1260, 1320}, {1320, 2700}},
	{{1437, 1438}, {1438, 2877}},
	{{1439, 2878}, {1438, 1439}},
	{{0, 1439}},
	{{600, 1100}, {1000, 2039}},
};

/* A zone with one clock change, which may skip a whole date. */
typedef struct Change
{
	int64_t		at;				/* local time */
	int64_t		forward;
} Change;

static int64_t
to_instant(const Change *change, int64_t local)
{
	int64_t		gap_end = change->at + (change->forward > 0 ? change->forward : 0);

	return local < gap_end ? local : local - change->forward;
}

static void
open_host(Host *host, const Change *change)
{
	size_t		style = (size_t) random_between(0, sizeof(styles) / sizeof(styles[0]) - 1);
	bool		days_off = chance(40);

	host->calendar.nwindows = 0;
	for (int32_t day = 0; day < OPEN_DAYS; day++)
	{
		int64_t		midnight = day * TT_USECS_PER_DAY;

		/* A date that the zone skips has no windows. */
		if (change->forward == TT_USECS_PER_DAY && change->at == midnight)
			continue;
		for (int i = 0; i < 3 && styles[style][i].hi > 0; i++)
		{
			TTWindow   *window = &host->windows[host->calendar.nwindows];

			if (days_off && chance(8))
				continue;
			window->lo = to_instant(change, midnight + styles[style][i].lo * MINUTE);
			window->hi = to_instant(change, midnight + styles[style][i].hi * MINUTE);
			window->day = day;
			window->utc_offset = midnight + styles[style][i].lo * MINUTE - window->lo;
			host->calendar.nwindows++;
		}
	}
}

/* The part of a host that a query for one day loads. */
static void
load_part(const Host *whole, int32_t day, Host *part)
{
	part->rules = whole->rules;
	part->calendar.nwindows = 0;
	for (size_t i = 0; i < whole->calendar.nwindows; i++)
	{
		const TTWindow *window = &whole->windows[i];

		if (window->day >= day - TT_LOOKBACK_DAYS - 1 && window->day <= day + 2)
			part->windows[part->calendar.nwindows++] = *window;
	}
	part->calendar.nblocked = 0;
	part->calendar.ntaken = 0;
	if (part->calendar.nwindows > 0)
	{
		int64_t		since = part->windows[0].lo - part->rules.buffer_before;

		for (size_t i = 0; i < whole->calendar.nblocked; i++)
		{
			if (whole->blocked[i].hi > part->windows[0].lo)
				part->blocked[part->calendar.nblocked++] = whole->blocked[i];
		}
		for (size_t i = 0; i < whole->calendar.ntaken; i++)
		{
			if (whole->taken[i].hi > since)
				part->taken[part->calendar.ntaken++] = whole->taken[i];
		}
	}
	finish_host(part);
}

/* A day's starts as a query for it alone gives them, against a query for all. */
static bool
day_is_the_same(const Host *whole, const Change *change, int32_t day)
{
	static Host part;
	static Listing expected;
	static Listing got;
	int64_t		from = to_instant(change, day * TT_USECS_PER_DAY);
	int64_t		until = to_instant(change, (day + 1) * TT_USECS_PER_DAY);

	load_part(whole, day, &part);
	list_starts(whole, from, until, false, &expected);
	list_starts(&part, from, until, false, &got);
	if (got.count != expected.count)
		return false;
	for (size_t i = 0; i < got.count; i++)
	{
		if (got.starts[i].at != expected.starts[i].at ||
			got.starts[i].verdict != expected.starts[i].verdict)
			return false;
	}
	return true;
}

static void
check_open_hosts(void)
{
	static const int64_t changes[] = {0, 60, -60, 30, -30, 1440};
	static Host host;
	int			wrong = 0;

	for (int i = 0; i < OPEN_CASES; i++)
	{
		Scale		scale = {0, 61 * MINUTE, OPEN_DAYS * 24};
		Change		change;

		change.forward = changes[random_between(0, 5)] * MINUTE;
		change.at = random_between(2, OPEN_DAYS - 4) * TT_USECS_PER_DAY +
			(change.forward == TT_USECS_PER_DAY || chance(30) ? 0 : 120 * MINUTE);
		random_rules(&host.rules, &scale);
		host.rules.interval = random_between(5, 2000) * MINUTE;
		open_host(&host, &change);
		random_taken(&host, &scale);
		host.calendar.nblocked = chance(30) ? 1 : 0;
		host.blocked[0].lo = random_between(0, OPEN_DAYS) * TT_USECS_PER_DAY;
		host.blocked[0].hi = to_instant(&change, host.blocked[0].lo + TT_USECS_PER_DAY);
		host.blocked[0].lo = to_instant(&change, host.blocked[0].lo);
		finish_host(&host);
		wrong += !segments_are_right(&host);
		for (int32_t day = 0; day < OPEN_DAYS - 2; day++)
		{
			if (day_is_the_same(&host, &change, day))
				continue;
			if (wrong++ == 0)
			{
				note("the first wrong host, on day %d", (int) day);
				show_host(&host);
			}
		}
	}
	check(wrong == 0, "a day of %d open hosts is the same however far one looks back (%d wrong)",
		  OPEN_CASES, wrong);
}

int
main(int argc, char **argv)
{
	random_seed(seed_of(argc, argv));
	check_open_hosts();
	return checks_done();
}
