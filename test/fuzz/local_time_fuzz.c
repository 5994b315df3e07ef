/*-------------------------------------------------------------------------
 *
 * local_time_fuzz.c
 *	  Local times of zones that a fuzzer makes up.
 *
 * The input is a script (script.h) with a line for each fact:
 *
 *	  z OFFSET           the offset before any clock change
 *	  c AT OFFSET        a clock change
 *	  k LENGTH           the lookup knows only pieces of that length
 *	  t TIME             a time to ask about, as a local time and an instant
 *	  d DATE             a date to ask about, days since 2000
 *
 * The oracle goes by definition through all stretches between clock changes,
 * without the cache, and without knowing how far apart what matters can be.
 * Everything is asked twice: in the script's order, each time where the
 * last question left the cache, and of a zone that knows nothing yet.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "local_time.h"
#include "script.h"

#define MINUTE			INT64_C(60000000)
#define DAY				(1440 * MINUTE)
#define MOST_CHANGES	8
#define MOST_QUESTIONS	8

/* Further out than this only the ends of int64 are of interest. */
#define FAR_AWAY		(INT64_C(1) << 60)

/* Offsets are less than 13 hours west or east: no two are too far apart. */
#define WIDEST			(13 * 60 * MINUTE)

/* A stretch of constant offset, [from, until) */
typedef struct Stretch
{
	int64_t		from;
	int64_t		until;
	int64_t		offset;
} Stretch;

typedef struct FakeZone
{
	Stretch		stretches[MOST_CHANGES + 1];
	int			count;
	int64_t		piece;			/* 0: a lookup tells all of a stretch */
} FakeZone;

static FakeZone fake;
static TTZone warm;

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static const Stretch *
stretch_at(int64_t at)
{
	int			i = 0;

	while (i < fake.count - 1 && at >= fake.stretches[i].until)
		i++;
	return &fake.stretches[i];
}

static void
lookup_offset(const void *rules, int64_t at, TTOffset *result)
{
	const FakeZone *zone = rules;
	const Stretch *stretch = stretch_at(at);

	result->from = stretch->from;
	result->until = stretch->until;
	result->offset = stretch->offset;
	if (zone->piece > 0 && llabs(at / 2) < FAR_AWAY)
	{
		int64_t		begun = at - ((at % zone->piece) + zone->piece) % zone->piece;

		if (begun > result->from)
			result->from = begun;
		if (begun + zone->piece < result->until)
			result->until = begun + zone->piece;
	}
}

static int
compare_stretches(const void *a, const void *b)
{
	const Stretch *x = a;
	const Stretch *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Stretches by their beginnings; two clock changes at once are one. */
static void
finish_zone(void)
{
	int			kept = 0;

	qsort(fake.stretches + 1, (size_t) (fake.count - 1), sizeof(Stretch), compare_stretches);
	for (int i = 1; i < fake.count; i++)
	{
		if (fake.stretches[i].from == fake.stretches[kept].from)
			fake.stretches[kept].offset = fake.stretches[i].offset;
		else
			fake.stretches[++kept] = fake.stretches[i];
	}
	fake.count = kept + 1;
	for (int i = 0; i < fake.count; i++)
		fake.stretches[i].until = i == kept ? INT64_MAX : fake.stretches[i + 1].from;
}

static void
read_zone(const uint8_t *data, size_t length)
{
	Script		script = {data, length, 0};
	char		letter;

	fake = (FakeZone) {.stretches = {{.from = INT64_MIN}}, .count = 1};
	while (script_next(&script, &letter))
	{
		if (letter == 'z')
			fake.stretches[0].offset = script_time(&script) % WIDEST;
		else if (letter == 'k')
		{
			/* shorter ones only take time */
			fake.piece = llabs(script_time(&script) % (100 * DAY));
			if (fake.piece > 0 && fake.piece < 60 * MINUTE)
				fake.piece = 60 * MINUTE;
		}
		else if (letter == 'c' && fake.count <= MOST_CHANGES)
		{
			Stretch    *stretch = &fake.stretches[fake.count++];

			stretch->from = script_time(&script) % FAR_AWAY;
			stretch->offset = script_time(&script) % WIDEST;
		}
	}
	finish_zone();
}

/* When the clock shows a local time, or where it goes if it is skipped. */
static int64_t
expected_instant(int64_t local, TTFold fold)
{
	int64_t		found = INT64_MIN;

	for (int i = 0; i < fake.count; i++)
	{
		int64_t		at = local - fake.stretches[i].offset;

		if (at >= fake.stretches[i].from && at < fake.stretches[i].until &&
			(found == INT64_MIN || fold == TT_FOLD_SECOND))
			found = at;
	}
	for (int i = 1; i < fake.count && found == INT64_MIN; i++)
	{
		int64_t		change = fake.stretches[i].from;

		if (local >= change + fake.stretches[i - 1].offset && local < change + fake.stretches[i].offset)
			found = local - fake.stretches[i - 1].offset;
	}
	return found;
}

/* The first instant at which the clock shows a midnight or a later time. */
static int64_t
expected_start(int64_t midnight)
{
	for (int i = 0; i < fake.count; i++)
	{
		int64_t		at = midnight - fake.stretches[i].offset;

		if (at < fake.stretches[i].until)
			return at > fake.stretches[i].from ? at : fake.stretches[i].from;
	}
	abort();
}

/* Where the last stretch of time ends in which it shows an earlier one. */
static int64_t
expected_end(int64_t midnight)
{
	for (int i = fake.count; i-- > 0;)
	{
		int64_t		at = midnight - fake.stretches[i].offset;

		if (at > fake.stretches[i].from)
			return at < fake.stretches[i].until ? at : fake.stretches[i].until;
	}
	abort();
}

static void
check_date(TTZone *zone, int32_t date)
{
	int64_t		start = tt_local_time_day_start(zone, date);
	int64_t		end = tt_local_time_day_end(zone, date);

	if (llabs(date) > FAR_AWAY / DAY)
	{
		must(start <= end || start == INT64_MAX, "a date ends after it starts, far away too");
		return;
	}
	must(start == expected_start(date * DAY), "where a date starts");
	must(end == expected_end((date + INT64_C(1)) * DAY), "where a date ends");
}

static void
check_time(TTZone *zone, int64_t time)
{
	int64_t		first = tt_local_time_to_instant(zone, time, TT_FOLD_FIRST);
	int64_t		second = tt_local_time_to_instant(zone, time, TT_FOLD_SECOND);
	int64_t		offset = tt_local_time_offset(zone, time);
	int64_t		of_date;
	int32_t		date;

	must(first <= second, "the first comes first");
	must(offset == stretch_at(time)->offset, "the offset at an instant");
	tt_local_time_split(zone, time, &date, &of_date);
	must(date == tt_local_time_date(zone, time), "the date alone is the same");
	must(of_date >= 0 && of_date < DAY, "a time of day");
	if (time < -FAR_AWAY * 2 || time > FAR_AWAY * 2)
		return;
	must(first == expected_instant(time, TT_FOLD_FIRST), "the first instant of a local time");
	must(second == expected_instant(time, TT_FOLD_SECOND), "the second instant of a local time");
	must(date * DAY + of_date == time + offset, "date and time of day");
	check_date(zone, date);
}

/* Of the zone that was asked before, and of one that was not. */
static void
ask_time(int64_t time)
{
	TTZone		cold;

	tt_local_time_init(&cold, &fake, lookup_offset);
	check_time(&warm, time);
	check_time(&cold, time);
}

static void
ask_date(int32_t date)
{
	TTZone		cold;

	tt_local_time_init(&cold, &fake, lookup_offset);
	check_date(&warm, date);
	check_date(&cold, date);
}

/* A clock change as an instant, and what the clock shows on both sides. */
static void
ask_around(const Stretch *before, const Stretch *after)
{
	const int64_t times[] = {after->from, after->from + before->offset, after->from + after->offset};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
	{
		for (int64_t near = -1; near <= 1; near++)
			ask_time(times[i] + near);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	Script		script = {data, length, 0};
	int			questions = 0;
	char		letter;

	read_zone(data, length);
	tt_local_time_init(&warm, &fake, lookup_offset);
	while (script_next(&script, &letter) && questions < MOST_QUESTIONS)
	{
		if (letter == 't')
			ask_time(script_time(&script));
		else if (letter == 'd')
			ask_date((int32_t) script_number(&script));
		questions += letter == 't' || letter == 'd';
	}
	for (int i = 1; i < fake.count; i++)
		ask_around(&fake.stretches[i - 1], &fake.stretches[i]);
	return 0;
}
