/*-------------------------------------------------------------------------
 *
 * local_time_test.c
 *	  Local time arithmetic, with clock changes made for the purpose.
 *
 * Each zone is a table.  What is asked of it is known by counting: every
 * minute around its changes is turned into a local time, and that tells at
 * which instants a local time happens.  The rules are asked through a lookup
 * that knows only a part of each stretch, as the server's does, and at every
 * place of the cache: in order, backwards and at random.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "local_time.h"

#define MINUTE			INT64_C(60000000)
#define HOUR			(60 * MINUTE)
#define DAY				(24 * HOUR)
#define MAX_CHANGES		8

typedef struct FakeZone
{
	const char *name;
	int			first;			/* offset before any change, seconds */
	int			nchanges;
	struct
	{
		int64_t		at;			/* minutes since 2000-01-01 00:00 UTC */
		int			offset;		/* seconds */
	}			changes[MAX_CHANGES];
} FakeZone;

static const FakeZone zones[] = {
	{"UTC", 0, 0, {{0, 0}}},
	{"an hour forward and back (Berlin)", 3600, 4, {
		{100 * 1440 + 60, 7200}, {300 * 1440 + 60, 3600},
	{465 * 1440 + 60, 7200}, {665 * 1440 + 60, 3600}}},
	{"an hour in the west (New York)", -18000, 2, {
	{100 * 1440 + 420, -14400}, {300 * 1440 + 360, -18000}}},
	{"half an hour (Lord Howe)", 37800, 2, {
	{100 * 1440 + 930, 39600}, {300 * 1440 + 900, 37800}}},
	{"a date skipped (Samoa)", -36000, 1, {{100 * 1440 + 600, 50400}}},
	{"a date twice (Kwajalein, the other way)", 43200, 1, {{100 * 1440 + 720, -43200}}},
	{"midnight skipped (Beirut)", 7200, 1, {{100 * 1440 - 120, 10800}}},
	{"the hour before midnight twice", 10800, 1, {{100 * 1440 - 180, 7200}}},
	{"a minute after midnight (St. John's)", -12600, 2, {
	{100 * 1440 + 211, -9000}, {300 * 1440 + 151, -12600}}},
	{"half an hour around midnight skipped", 0, 1, {{100 * 1440 - 15, 1800}}},
	{"four changes in two days", 0, 4, {
		{100 * 1440, 3600}, {100 * 1440 + 600, 7200},
	{101 * 1440, 0}, {101 * 1440 + 900, 10800}}},
	{"forward and back within the hour", 3600, 2, {
	{100 * 1440, 7200}, {100 * 1440 + 30, 3600}}},
	{"back and forward within the hour", 3600, 2, {
	{100 * 1440, 0}, {100 * 1440 + 30, 3600}}},
	{"changes of the name alone", 3600, 2, {
	{100 * 1440, 3600}, {101 * 1440, 3600}}},
	{"seconds in the offset (local mean time)", 1172, 1, {{100 * 1440, 1200}}},
	{"long ago and far ahead", 3600, 2, {
	{-52594560, 7200}, {105189120, 3600}}}
};

static int64_t lookups;

/* How far before the instant asked for a stretch is known, or 0: all of it. */
static int64_t known_before;

static void
lookup_offset(const void *rules, int64_t at, TTOffset *result)
{
	const FakeZone *zone = rules;

	lookups++;
	result->from = INT64_MIN;
	result->until = INT64_MAX;
	result->offset = zone->first * INT64_C(1000000);
	for (int i = 0; i < zone->nchanges; i++)
	{
		int64_t		change = zone->changes[i].at * MINUTE;

		if (change > at)
		{
			result->until = change;
			break;
		}
		result->from = change;
		result->offset = zone->changes[i].offset * INT64_C(1000000);
	}
	if (known_before > 0 && at > INT64_MIN + known_before &&
		result->from < at - known_before)
		result->from = at - known_before;
}

static int64_t
offset_at(const FakeZone *zone, int64_t at)
{
	int			offset = zone->first;

	for (int i = 0; i < zone->nchanges && zone->changes[i].at * MINUTE <= at; i++)
		offset = zone->changes[i].offset;
	return offset * INT64_C(1000000);
}

/* Count by minutes, by seconds where offsets have some. */
static int64_t
step_around(const FakeZone *zone, int64_t change)
{
	if (offset_at(zone, change) % MINUTE == 0 && offset_at(zone, change - 1) % MINUTE == 0)
		return MINUTE;
	return MINUTE / 60;
}

/* What counting tells about the local minutes around one change. */
enum
{
	AROUND = 3 * 1440,			/* minutes on each side */
	COUNTED = 2 * AROUND
};

typedef struct Counted
{
	int64_t		local;			/* of the first minute */
	int64_t		first[COUNTED];	/* INT64_MIN: never */
	int64_t		last[COUNTED];
} Counted;

static void
count_minutes(const FakeZone *zone, int64_t change, Counted *counted)
{
	int64_t		step = step_around(zone, change);

	counted->local = change - AROUND * MINUTE;
	for (int i = 0; i < COUNTED; i++)
		counted->first[i] = counted->last[i] = INT64_MIN;

	for (int64_t at = change - (AROUND + 2000) * MINUTE; at < change + (AROUND + 2000) * MINUTE;
		 at += step)
	{
		int64_t		past = at + offset_at(zone, at) - counted->local;

		if (past < 0 || past % MINUTE != 0 || past / MINUTE >= COUNTED)
			continue;
		if (counted->first[past / MINUTE] == INT64_MIN)
			counted->first[past / MINUTE] = at;
		counted->last[past / MINUTE] = at;
	}
}

/* The rule for a skipped local time: the offset before the change that skips it. */
static int64_t
moved_forward(const FakeZone *zone, int64_t local)
{
	int64_t		before = zone->first * INT64_C(1000000);

	for (int i = 0; i < zone->nchanges; i++)
	{
		int64_t		change = zone->changes[i].at * MINUTE;
		int64_t		after = zone->changes[i].offset * INT64_C(1000000);

		if (local >= change + before && local < change + after)
			return local - before;
		before = after;
	}
	abort();
}

/* Ask for a counted minute and its neighbour second; false if one is wrong. */
static bool
minute_is_right(const FakeZone *fake, TTZone *zone, const Counted *counted, int i)
{
	int64_t		local = counted->local + i * MINUTE;
	int64_t		first = counted->first[i];
	int64_t		last = counted->last[i];

	if (first == INT64_MIN)
		first = last = moved_forward(fake, local);
	if (i % 2 == 0)
		return tt_local_time_to_instant(zone, local, TT_FOLD_FIRST) == first &&
			tt_local_time_to_instant(zone, local, TT_FOLD_SECOND) == last;
	return tt_local_time_to_instant(zone, local, TT_FOLD_SECOND) == last &&
		tt_local_time_to_instant(zone, local, TT_FOLD_FIRST) == first &&
		tt_local_time_offset(zone, first) == offset_at(fake, first);
}

static void
check_change(const FakeZone *fake, int64_t change)
{
	static Counted counted;
	TTZone		zone;
	int			wrong = 0;

	count_minutes(fake, change, &counted);
	tt_local_time_init(&zone, fake, lookup_offset);
	for (int i = 0; i < COUNTED; i++)
		wrong += !minute_is_right(fake, &zone, &counted, i);
	for (int i = COUNTED; i-- > 0;)
		wrong += !minute_is_right(fake, &zone, &counted, i);
	for (int i = 0; i < COUNTED; i++)
		wrong += !minute_is_right(fake, &zone, &counted, (int) random_between(0, COUNTED - 1));
	check(wrong == 0, "%s: the minutes around %lld (%d wrong)", fake->name,
		  (long long) (change / MINUTE), wrong);
}

/* Dates against the definition: the first and last minute that has them. */
static void
check_dates(const FakeZone *fake, int64_t change)
{
	int32_t		middle = (int32_t) (change / DAY);
	TTZone		zone;
	int			wrong = 0;

	tt_local_time_init(&zone, fake, lookup_offset);
	for (int32_t date = middle - 3; date <= middle + 3; date++)
	{
		int64_t		start = INT64_MAX;
		int64_t		end = INT64_MIN;
		int64_t		step = step_around(fake, change);

		for (int64_t at = (date - 3) * DAY; at < (date + 4) * DAY; at += step)
		{
			int64_t		local = at + offset_at(fake, at);

			if (local >= date * DAY && at < start)
				start = at;
			if (local < (date + 1) * DAY && at >= end)
				end = at + step;
			if (local >= date * DAY && local < (date + 1) * DAY)
				wrong += tt_local_time_date(&zone, at) != date;
		}
		wrong += tt_local_time_day_start(&zone, date) != start;
		wrong += tt_local_time_day_end(&zone, date) != end;
	}
	check(wrong == 0, "%s: the dates around %lld (%d wrong)", fake->name,
		  (long long) (change / MINUTE), wrong);
}

static void
check_zones(void)
{
	static const int64_t known[] = {0, 4 * DAY, 1};

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
	{
		known_before = known[k];
		for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		{
			if (zones[i].nchanges == 0)
			{
				check_change(&zones[i], 100 * DAY);
				check_dates(&zones[i], 100 * DAY);
			}
			for (int j = 0; j < zones[i].nchanges; j++)
			{
				check_change(&zones[i], zones[i].changes[j].at * MINUTE);
				check_dates(&zones[i], zones[i].changes[j].at * MINUTE);
			}
		}
	}
}

/* The named cases, with their results written out. */
static void
check_by_name(void)
{
	const FakeZone *berlin = &zones[1];
	const FakeZone *samoa = &zones[4];
	int64_t		spring = 100 * DAY;
	int64_t		autumn = 300 * DAY;
	TTZone		zone;

	known_before = 4 * DAY;
	tt_local_time_init(&zone, berlin, lookup_offset);
	check(tt_local_time_to_instant(&zone, spring + 2 * HOUR + 30 * MINUTE, TT_FOLD_FIRST) ==
		  spring + HOUR + 30 * MINUTE, "02:30 in the gap is 03:30");
	check(tt_local_time_to_instant(&zone, spring + 3 * HOUR, TT_FOLD_FIRST) ==
		  spring + HOUR, "03:00 after the gap is the change");
	check(tt_local_time_to_instant(&zone, autumn + 2 * HOUR + 30 * MINUTE, TT_FOLD_FIRST) ==
		  autumn + 30 * MINUTE, "the first 02:30");
	check(tt_local_time_to_instant(&zone, autumn + 2 * HOUR + 30 * MINUTE, TT_FOLD_SECOND) ==
		  autumn + HOUR + 30 * MINUTE, "the second 02:30");
	check(tt_local_time_to_instant(&zone, autumn + 3 * HOUR, TT_FOLD_FIRST) ==
		  autumn + 2 * HOUR, "03:00 happens once");
	tt_local_time_init(&zone, samoa, lookup_offset);
	check(tt_local_time_day_start(&zone, 100) == tt_local_time_day_end(&zone, 100),
		  "a skipped date is empty");
	check(tt_local_time_date(&zone, 100 * DAY + 10 * HOUR - 1) == 99 &&
		  tt_local_time_date(&zone, 100 * DAY + 10 * HOUR) == 101,
		  "the dates around a skipped one");
	check(tt_local_time_date(&zone, -1 + 10 * HOUR) == -1, "a date before 2000");
}

/* Ends of int64 and of the calendar: no overflow, in order, in the right place. */
static void
check_extremes(void)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN + 12 * HOUR,
	INT64_MIN + 30 * HOUR, INT64_MAX - 30 * HOUR, INT64_MAX - 12 * HOUR, INT64_MAX - 1, INT64_MAX};
	static const int32_t dates[] = {INT32_MIN, INT32_MIN + 1, -106751992, 106751991, INT32_MAX - 1, INT32_MAX};
	int			wrong = 0;

	for (size_t z = 0; z < sizeof(zones) / sizeof(zones[0]); z++)
	{
		TTZone		zone;
		int64_t		before = INT64_MIN;

		known_before = z % 2 == 0 ? 0 : 4 * DAY;
		tt_local_time_init(&zone, &zones[z], lookup_offset);
		for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		{
			int64_t		first = tt_local_time_to_instant(&zone, times[i], TT_FOLD_FIRST);
			int64_t		second = tt_local_time_to_instant(&zone, times[i], TT_FOLD_SECOND);
			int64_t		apart = (int64_t) ((uint64_t) times[i] - (uint64_t) first);

			wrong += first != second || first < before || llabs(apart) > TT_OFFSETS_APART;
			before = first;
			wrong += llabs(tt_local_time_offset(&zone, times[i])) > TT_OFFSETS_APART;
			wrong += (tt_local_time_date(&zone, times[i]) < 0) != (times[i] < 0);
		}
		before = INT64_MIN;
		for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		{
			wrong += tt_local_time_day_start(&zone, dates[i]) < before;
			before = tt_local_time_day_start(&zone, dates[i]);
			wrong += tt_local_time_day_end(&zone, dates[i]) < before;
		}
	}
	check(wrong == 0, "the ends of int64 saturate (%d wrong)", wrong);
}

/* A year of borders asks the rules a handful of times. */
static void
check_lookups(void)
{
	TTZone		zone;

	known_before = 4 * DAY;
	tt_local_time_init(&zone, &zones[1], lookup_offset);
	lookups = 0;
	for (int64_t date = 10; date < 375; date++)
	{
		for (int hour = 0; hour <= 24; hour++)
			tt_local_time_to_instant(&zone, date * DAY + hour * HOUR, TT_FOLD_FIRST);
		tt_local_time_day_start(&zone, (int32_t) date);
	}
	check(lookups <= 6, "a year asks the rules %lld times", (long long) lookups);
	check(zone.sure_from <= 302 * DAY && zone.sure_until > 465 * DAY - 2 * DAY,
		  "between clock changes there is nothing to look for");
	known_before = 0;
	tt_local_time_init(&zone, &zones[0], lookup_offset);
	tt_local_time_to_instant(&zone, 0, TT_FOLD_FIRST);
	check(zone.sure_from == INT64_MIN && zone.sure_until == INT64_MAX,
		  "without clock changes there never is");
}

int
main(int argc, char **argv)
{
	random_seed(seed_of(argc, argv));
	check_zones();
	check_by_name();
	check_extremes();
	check_lookups();
	return checks_done();
}
