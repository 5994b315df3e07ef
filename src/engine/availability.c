/*-------------------------------------------------------------------------
 *
 * availability.c
 *	  A host's time around the range of interest, as the slot core wants it.
 *
 * Four statements, each on one index: weekly rules, date overrides,
 * allocations, busy times.  Each border of a window is turned into an instant
 * once, by the host's zone; from there on everything is int64.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "statements.h"

/* A window as the clock tells it, of a weekday or of one date. */
typedef struct ClockWindow
{
	int32		day;			/* weekday, 0 Sunday; or date */
	int64		starts;			/* microseconds after midnight */
	int64		ends;
} ClockWindow;

/* The overrides of one date. */
typedef struct Override
{
	int32		date;
	char		kind;			/* first letter: hours, closed, blocked */
	int64		starts;
	int64		ends;
} Override;

static TTStatement weekly_rules = {
	"SELECT r.day_of_week, r.starts, r.ends FROM timetap.availability_rules r"
	" WHERE r.host_id" EQ "$1 AND r.schedule" EQ "$2",
	{UUIDOID, TEXTOID, InvalidOid}
};

static TTStatement date_overrides = {
	"SELECT o.on_date, o.kind, o.starts, o.ends FROM timetap.date_overrides o"
	" WHERE o.host_id" EQ "$1 AND o.on_date" GE "$2 AND o.on_date" LE "$3"
	" AND (o.schedule" EQ "$4 OR o.kind" EQ "'blocked')"
	" ORDER BY o.on_date",
	{UUIDOID, DATEOID, DATEOID, TEXTOID, InvalidOid}
};

/*
 * Allocations of a host never overlap, so of those that begin before the
 * range only the last can reach into it.
 */
#define ALLOCATIONS_FROM \
	" FROM timetap.allocations a WHERE a.host_id" EQ "$1 AND a.blocked_from" LT "$3" \
	" AND a.blocked_from" GE "COALESCE((SELECT pg_catalog.max(p.blocked_from)" \
	" FROM timetap.allocations p WHERE p.host_id" EQ "$1 AND p.blocked_from" LE "$2), '-infinity')" \
	" ORDER BY a.blocked_from"

static TTStatement allocations = {
	"SELECT a.blocked_from, a.blocked_until, a.expires_at" ALLOCATIONS_FROM,
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement allocations_with_reasons = {
	"SELECT a.blocked_from, a.blocked_until, a.expires_at, a.starts_at, a.ends_at, a.meeting_id" ALLOCATIONS_FROM,
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

/* $4 is $2 less a day: entries of up to a day are found by their start. */
static TTStatement busy_times = {
	"SELECT b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND NOT b.lasts_long"
	" AND b.starts_at" GE "$4 AND b.starts_at" LT "$3"
	" UNION ALL "
	"SELECT b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND b.lasts_long"
	" AND b.ends_at" GT "$2 AND b.starts_at" LT "$3",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

#define ST_SORT sort_taken
#define ST_ELEMENT_TYPE TTTaken
#define ST_COMPARE(a, b) ((a)->lo < (b)->lo ? -1 : (a)->lo > (b)->lo)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_windows
#define ST_ELEMENT_TYPE TTWindow
#define ST_COMPARE(a, b) ((a)->lo < (b)->lo ? -1 : (a)->lo > (b)->lo)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Local dates of interest are few enough for an int everywhere. */
static int
weekday_of(int32 date)
{
	return j2day(date + POSTGRES_EPOCH_JDATE);
}

static ClockWindow *
read_rules(const TTEventType *event, Snapshot snapshot, int *count)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&event->host)), TT_TEXT(event->schedule)};
	uint64		rows = tt_statements_read(&weekly_rules, parameters, snapshot);
	ClockWindow *rules = palloc(sizeof(ClockWindow) * Max(rows, 1));

	for (uint64 i = 0; i < rows; i++)
	{
		rules[i].day = DatumGetInt16(tt_statements_value(i, 1));
		rules[i].starts = DatumGetTimeADT(tt_statements_value(i, 2));
		rules[i].ends = DatumGetTimeADT(tt_statements_value(i, 3));
	}
	SPI_freetuptable(SPI_tuptable);
	*count = (int) rows;
	return rules;
}

static Override *
read_overrides(const TTEventType *event, int32 first, int32 last, Snapshot snapshot, int *count)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(DateADTGetDatum(first)),
		TT_VALUE(DateADTGetDatum(last)),
		TT_TEXT(event->schedule)
	};
	uint64		rows = tt_statements_read(&date_overrides, parameters, snapshot);
	Override   *overrides = palloc(sizeof(Override) * Max(rows, 1));

	for (uint64 i = 0; i < rows; i++)
	{
		bool		isnull;

		overrides[i].date = DatumGetDateADT(tt_statements_value(i, 1));
		overrides[i].kind = *VARDATA_ANY(DatumGetTextPP(tt_statements_value(i, 2)));
		overrides[i].starts = DatumGetTimeADT(tt_statements_column(i, 3, &isnull));
		overrides[i].ends = DatumGetTimeADT(tt_statements_column(i, 4, &isnull));
	}
	SPI_freetuptable(SPI_tuptable);
	*count = (int) rows;
	return overrides;
}

/*
 * Turn a window's borders into instants; one that a clock change leaves empty
 * or reversed is dropped.
 */
static void
add_window(TTWindow *windows, size_t *count, TTEventType *event, int32 date,
		   int64 starts, int64 ends)
{
	TTWindow   *window = &windows[*count];
	int64		midnight = (int64) date * USECS_PER_DAY;

	if (ends <= starts)
		ends += USECS_PER_DAY;
	window->lo = tt_local_time_to_instant(&event->zone, midnight + starts, TT_FOLD_FIRST);
	window->hi = tt_local_time_to_instant(&event->zone, midnight + ends, TT_FOLD_SECOND);
	if (window->hi <= window->lo)
		return;
	window->day = date;
	window->utc_offset = event->align == TT_ALIGN_CLOCK ?
		tt_local_time_offset(&event->zone, window->lo) : 0;
	(*count)++;
}

/*
 * Take a whole local date away.  Where the clock goes back over midnight the
 * date is still on when the next one has begun: the ranges must stay disjoint.
 */
static void
add_blocked(TTRange *blocked, size_t *count, TTEventType *event, int32 date)
{
	TTRange    *range = &blocked[*count];

	range->lo = tt_local_time_day_start(&event->zone, date);
	if (*count > 0)
		range->lo = Max(range->lo, blocked[*count - 1].hi);
	range->hi = tt_local_time_day_end(&event->zone, date);
	(*count)++;
}

/*
 * All windows and blocked dates of the local dates first .. last.
 */
static void
load_windows(TTCalendar *calendar, TTEventType *event, int32 first, int32 last,
			 Snapshot snapshot)
{
	int			nrules;
	int			noverrides;
	ClockWindow *rules = read_rules(event, snapshot, &nrules);
	Override   *overrides = read_overrides(event, first, last, snapshot, &noverrides);
	int			next = 0;
	TTWindow   *windows;
	TTRange    *blocked;
	size_t		nwindows = 0;
	size_t		nblocked = 0;
	bool		ordered = true;

	windows = MemoryContextAllocHuge(CurrentMemoryContext,
									 sizeof(TTWindow) * ((Size) (last - first + 1) * nrules + noverrides + 1));
	blocked = palloc(sizeof(TTRange) * (noverrides + 1));

	for (int32 date = first; date <= last; date++)
	{
		size_t		before = nwindows;
		bool		replaced = false;

		CHECK_FOR_INTERRUPTS();
		for (; next < noverrides && overrides[next].date == date; next++)
		{
			if (overrides[next].kind == 'b')
			{
				add_blocked(blocked, &nblocked, event, date);
				continue;
			}
			replaced = true;
			if (overrides[next].kind == 'h')
				add_window(windows, &nwindows, event, date, overrides[next].starts, overrides[next].ends);
		}
		if (!replaced)
		{
			int			weekday = weekday_of(date);

			for (int i = 0; i < nrules; i++)
			{
				if (rules[i].day == weekday)
					add_window(windows, &nwindows, event, date, rules[i].starts, rules[i].ends);
			}
		}
		for (size_t i = Max(before, 1); i < nwindows; i++)
			ordered = ordered && windows[i - 1].lo <= windows[i].lo;
	}
	if (!ordered)
		sort_windows(windows, nwindows);
	calendar->windows = windows;
	calendar->nwindows = nwindows;
	calendar->blocked = blocked;
	calendar->nblocked = nblocked;
}

/*
 * Allocations that block some of [from, until).
 */
static size_t
read_allocations(TTAvailability *availability, const TTEventType *event, TimestampTz now,
				 TimestampTz from, TimestampTz until, const TTAvailabilityWish *wish,
				 Snapshot snapshot, TTTaken **taken)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(TimestampTzGetDatum(from)),
		TT_VALUE(TimestampTzGetDatum(until))
	};
	bool		reasons = wish->reasons || wish->ignored != NULL;
	uint64		rows = tt_statements_read(reasons ? &allocations_with_reasons : &allocations,
										  parameters, snapshot);
	size_t		count = 0;

	*taken = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(TTTaken) * (rows + 1));
	for (uint64 i = 0; i < rows; i++)
	{
		TTTaken    *one = &(*taken)[count];
		bool		lasts;
		TimestampTz expires = DatumGetTimestampTz(tt_statements_column(i, 3, &lasts));

		if (!lasts && expires <= now)
		{
			availability->expired_holds = true;
			continue;
		}
		if (wish->ignored != NULL &&
			memcmp(DatumGetUUIDP(tt_statements_value(i, 6)), wish->ignored, UUID_LEN) == 0)
			continue;
		one->lo = DatumGetTimestampTz(tt_statements_value(i, 1));
		one->hi = DatumGetTimestampTz(tt_statements_value(i, 2));
		one->core_lo = reasons ? DatumGetTimestampTz(tt_statements_value(i, 4)) : one->lo;
		one->core_hi = reasons ? DatumGetTimestampTz(tt_statements_value(i, 5)) : one->hi;
		one->kind = lasts ? TT_TAKEN_MEETING : TT_TAKEN_HOLD;
		count++;
	}
	SPI_freetuptable(SPI_tuptable);
	return count;
}

/*
 * Everything that takes some of [from, until).
 */
static void
load_taken(TTAvailability *availability, const TTEventType *event, TimestampTz now,
		   TimestampTz from, TimestampTz until, const TTAvailabilityWish *wish,
		   Snapshot snapshot)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(TimestampTzGetDatum(from)),
		TT_VALUE(TimestampTzGetDatum(until)),
		TT_VALUE(TimestampTzGetDatum(from - USECS_PER_DAY))
	};
	TTTaken    *taken;
	size_t		count;
	uint64		rows;
	bool		ordered = true;

	count = read_allocations(availability, event, now, from, until, wish, snapshot, &taken);
	rows = tt_statements_read(&busy_times, parameters, snapshot);
	if (rows > 0)
	{
		taken = repalloc_huge(taken, sizeof(TTTaken) * (count + rows + 1));
		for (uint64 i = 0; i < rows; i++)
		{
			TTTaken    *one = &taken[count];

			one->lo = one->core_lo = DatumGetTimestampTz(tt_statements_value(i, 1));
			one->hi = one->core_hi = DatumGetTimestampTz(tt_statements_value(i, 2));
			one->kind = TT_TAKEN_BUSY;
			ordered = ordered && (count == 0 || taken[count - 1].lo <= one->lo);
			count++;
		}
	}
	SPI_freetuptable(SPI_tuptable);
	if (!ordered)
		sort_taken(taken, count);
	availability->calendar.taken = taken;
	availability->calendar.ntaken = count;
}

/*
 * First start that notice and bookable_from allow, and the first that the
 * horizon or bookable_until does not.
 */
static void
set_bounds(TTSlotRules *rules, TTEventType *event, TimestampTz now)
{
	rules->not_before = now + event->min_notice;
	if (event->bookable_from != DATEVAL_NOBEGIN)
		rules->not_before = Max(rules->not_before,
								tt_local_time_day_start(&event->zone, event->bookable_from));

	rules->not_after = TT_FOREVER;
	if (event->has_horizon)
	{
		/* whole days: to the end of that local date; otherwise an instant */
		if (event->horizon.time == 0)
			rules->not_after = tt_local_time_day_start(&event->zone,
													   tt_local_time_date(&event->zone, now) + event->horizon.day + 1);
		else
			rules->not_after = now + event->horizon.day * USECS_PER_DAY + event->horizon.time;
	}
	if (event->bookable_until != DATEVAL_NOEND)
		rules->not_after = Min(rules->not_after,
							   tt_local_time_day_start(&event->zone, event->bookable_until + 1));
}

/*
 * Load it all.
 */
void
tt_availability_load(TTAvailability *availability, TTEventType *event,
					 int64 duration, TimestampTz now, TimestampTz from, TimestampTz until,
					 const TTAvailabilityWish *wish, Snapshot snapshot)
{
	TTSlotRules *rules = &availability->rules;
	TTCalendar *calendar = &availability->calendar;
	int32		first;
	int32		last;
	TimestampTz taken_from;

	memset(availability, 0, sizeof(TTAvailability));
	rules->duration = duration;
	rules->interval = event->interval;
	rules->start_offset = event->start_offset;
	rules->buffer_before = event->buffer_before;
	rules->buffer_after = event->buffer_after;
	rules->align = event->align;
	set_bounds(rules, event, now);

	/* to tell reasons, starts beyond notice and horizon matter as well */
	availability->from = wish->reasons ? from : Max(from, rules->not_before);
	availability->until = wish->reasons ? until : Min(until, rules->not_after);
	if (availability->from >= availability->until)
	{
		availability->until = availability->from;
		return;
	}

	first = tt_local_time_date(&event->zone, availability->from) - (TT_LOOKBACK_DAYS + 1);
	last = tt_local_time_date(&event->zone, availability->until + duration) + 1;
	load_windows(calendar, event, first, last, snapshot);
	availability->segments = MemoryContextAllocHuge(CurrentMemoryContext,
													sizeof(TTSegment) * TT_SEGMENTS_NEEDED(calendar->nwindows, calendar->nblocked));
	availability->nsegments = tt_slot_core_segments(rules, calendar, availability->segments);
	if (availability->nsegments == 0)
		return;

	/* the grid of "gap" depends on what was taken before */
	taken_from = availability->from;
	if (event->align == TT_ALIGN_GAP)
		taken_from = Min(taken_from, availability->segments[0].opens);
	load_taken(availability, event, now, taken_from - event->buffer_before,
			   availability->until + duration + event->buffer_after, wish, snapshot);
}
