/*-------------------------------------------------------------------------
 *
 * booking_limits.c
 *	  Limits of bookings and minutes per local day, week, month and year.
 *
 * Bookings that keep time count, in the period of the host's zone that they
 * start in.  They are counted from the allocations, whose seats are the
 * bookings of a meeting; a meeting's minutes count once.  What comes out is
 * where no booking of the wanted duration may start: the slot core needs to
 * know no more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "event_type_find.h"
#include "booking_limits.h"
#include "statements.h"

/* No buffer is longer; see the CHECK of event_types. */
#define LONGEST_BUFFER	(30 * USECS_PER_DAY)

/* One period and what is booked in it. */
typedef struct Period
{
	TimestampTz lo;
	TimestampTz hi;
	int64		bookings[2];	/* of the event type; of the host */
	int64		usecs[2];
} Period;

/* All periods of one kind that touch the range, in order, without gaps. */
typedef struct PeriodList
{
	Period	   *periods;
	int			count;
} PeriodList;

typedef struct Counting
{
	PeriodList	lists[TT_PERIODS];
	const pg_uuid_t *event_type;
	const pg_uuid_t *ignored;
	TimestampTz now;
} Counting;

#define COUNTED_ALLOCATIONS \
	" FROM timetap.allocations a WHERE a.host_id" EQ "$1" \
	" AND a.blocked_from" GE "$2 AND a.blocked_from" LT "$3"

static TTStatement counted = {
	"SELECT a.starts_at, a.ends_at, a.seats_taken, a.event_type_id, a.expires_at" COUNTED_ALLOCATIONS,
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement counted_with_meetings = {
	"SELECT a.starts_at, a.ends_at, a.seats_taken, a.event_type_id, a.expires_at, a.meeting_id" COUNTED_ALLOCATIONS,
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

#define ST_SORT sort_ranges
#define ST_ELEMENT_TYPE TTRange
#define ST_COMPARE(a, b) ((a)->lo < (b)->lo ? -1 : (a)->lo > (b)->lo)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Read a column "limits": eight numbers or NULLs.
 */
void
tt_booking_limits_read(TTLimits *limits, Datum value, bool isnull)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	limits->any = !isnull;
	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), INT4OID, sizeof(int32), true,
					  TYPALIGN_INT, &elements, &nulls, &count);
	if (count != 2 * TT_PERIODS)
		elog(ERROR, "limits have %d elements", count);
	for (int i = 0; i < TT_PERIODS; i++)
	{
		limits->bookings[i] = nulls[i] ? TT_NO_LIMIT : DatumGetInt32(elements[i]);
		limits->minutes[i] = nulls[TT_PERIODS + i] ? TT_NO_LIMIT :
			DatumGetInt32(elements[TT_PERIODS + i]);
	}
}

/*
 * The first date of the period that holds a date, or of one some periods on.
 */
static int32
period_start(TTPeriod kind, int32 date, int on)
{
	int			year;
	int			month;
	int			day;

	if (kind == TT_DAY)
		return date + on;
	if (kind == TT_WEEK)
		return date - (j2day(date + POSTGRES_EPOCH_JDATE) + 6) % 7 + 7 * on;
	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	if (kind == TT_YEAR)
		return date2j(year + on, 1, 1) - POSTGRES_EPOCH_JDATE;
	month += on - 1;
	return date2j(year + month / 12, month % 12 + 1, 1) - POSTGRES_EPOCH_JDATE;
}

static bool
is_limited(const TTEventType *event, TTPeriod kind)
{
	const TTLimits *both[2] = {&event->limits, &event->host_limits};

	for (int i = 0; i < 2; i++)
	{
		if (both[i]->any && (both[i]->bookings[kind] != TT_NO_LIMIT ||
							 both[i]->minutes[kind] != TT_NO_LIMIT))
			return true;
	}
	return false;
}

/*
 * Lay out the periods of one kind that touch [from, until).
 */
static void
make_periods(PeriodList *list, TTEventType *event, TTPeriod kind,
			 TimestampTz from, TimestampTz until)
{
	int32		date = period_start(kind, tt_local_time_date(&event->zone, from), 0);
	int32		last = tt_local_time_date(&event->zone, until - 1);
	int			room = (last - date) / (kind == TT_DAY ? 1 : kind == TT_WEEK ? 7 : kind == TT_MONTH ? 28 : 365) + 2;

	list->periods = MemoryContextAllocExtended(CurrentMemoryContext, sizeof(Period) * room,
											   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	list->count = 0;
	while (date <= last)
	{
		Period	   *period = &list->periods[list->count++];

		period->lo = tt_local_time_day_start(&event->zone, date);
		date = period_start(kind, date, 1);
		period->hi = tt_local_time_day_start(&event->zone, date);
	}
}

/*
 * The period that holds an instant, or NULL.
 */
static Period *
find_period(const PeriodList *list, TimestampTz at)
{
	int			lo = 0;
	int			hi = list->count;

	while (lo < hi)
	{
		int			middle = lo + (hi - lo) / 2;

		if (list->periods[middle].hi <= at)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < list->count && list->periods[lo].lo <= at ? &list->periods[lo] : NULL;
}

static bool
count_allocation(void *state, const Datum *values, const bool *nulls)
{
	Counting   *counting = state;
	TimestampTz starts = DatumGetTimestampTz(values[0]);
	bool		of_event_type = memcmp(DatumGetUUIDP(values[3]), counting->event_type, UUID_LEN) == 0;

	if (!nulls[4] && DatumGetTimestampTz(values[4]) <= counting->now)
		return true;
	if (counting->ignored != NULL &&
		memcmp(DatumGetUUIDP(values[5]), counting->ignored, UUID_LEN) == 0)
		return true;
	for (int kind = 0; kind < TT_PERIODS; kind++)
	{
		Period	   *period = find_period(&counting->lists[kind], starts);

		for (int i = of_event_type ? 0 : 1; period != NULL && i < 2; i++)
		{
			period->bookings[i] += DatumGetInt32(values[2]);
			period->usecs[i] += DatumGetTimestampTz(values[1]) - starts;
		}
	}
	return true;
}

/*
 * May one more booking of this duration start in the period?
 */
static bool
is_full(const TTEventType *event, TTPeriod kind, const Period *period, int64 duration)
{
	const TTLimits *both[2] = {&event->limits, &event->host_limits};

	for (int i = 0; i < 2; i++)
	{
		const TTLimits *limits = both[i];

		if (!limits->any)
			continue;
		if (limits->bookings[kind] != TT_NO_LIMIT && period->bookings[i] >= limits->bookings[kind])
			return true;
		if (limits->minutes[kind] != TT_NO_LIMIT &&
			period->usecs[i] + duration > (int64) limits->minutes[kind] * USECS_PER_MINUTE)
			return true;
	}
	return false;
}

/*
 * Count what is booked in all periods.
 */
static void
count_allocations(Counting *counting, const pg_uuid_t *host, Snapshot snapshot)
{
	TimestampTz from = DT_NOEND;
	TimestampTz until = DT_NOBEGIN;
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(host)), TT_NULL, TT_NULL};

	for (int kind = 0; kind < TT_PERIODS; kind++)
	{
		const PeriodList *list = &counting->lists[kind];

		if (list->count > 0)
		{
			from = Min(from, list->periods[0].lo);
			until = Max(until, list->periods[list->count - 1].hi);
		}
	}
	parameters[1] = TT_VALUE(TimestampTzGetDatum(from - LONGEST_BUFFER));
	parameters[2] = TT_VALUE(TimestampTzGetDatum(until));
	tt_statements_scan(counting->ignored != NULL ? &counted_with_meetings : &counted,
					   parameters, snapshot, count_allocation, counting);
}

/*
 * Order ranges and merge those that touch; returns how many are left.
 */
static size_t
merge_ranges(TTRange *ranges, size_t count)
{
	size_t		merged = 0;

	sort_ranges(ranges, count);
	for (size_t i = 0; i < count; i++)
	{
		if (merged > 0 && ranges[i].lo <= ranges[merged - 1].hi)
			ranges[merged - 1].hi = Max(ranges[merged - 1].hi, ranges[i].hi);
		else
			ranges[merged++] = ranges[i];
	}
	return merged;
}

/*
 * Where a limit is reached.
 */
TTRange *
tt_booking_limits_full(TTEventType *event, int64 duration, TimestampTz now,
			   TimestampTz from, TimestampTz until,
			   const pg_uuid_t *ignored, Snapshot snapshot, size_t *count)
{
	Counting	counting = {.event_type = &event->id, .ignored = ignored, .now = now};
	TTRange    *full;
	size_t		room = 1;

	for (int kind = 0; kind < TT_PERIODS; kind++)
	{
		if (is_limited(event, kind))
			make_periods(&counting.lists[kind], event, kind, from, until);
		room += counting.lists[kind].count;
	}
	*count = 0;
	full = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(TTRange) * room);
	if (room == 1)
		return full;
	count_allocations(&counting, &event->host, snapshot);
	for (int kind = 0; kind < TT_PERIODS; kind++)
	{
		for (int i = 0; i < counting.lists[kind].count; i++)
		{
			const Period *period = &counting.lists[kind].periods[i];

			if (is_full(event, kind, period, duration))
				full[(*count)++] = (TTRange) {period->lo, period->hi};
		}
	}
	*count = merge_ranges(full, *count);
	return full;
}
