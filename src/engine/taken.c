/*-------------------------------------------------------------------------
 *
 * taken.c
 *	  A host's taken time: allocations and busy times.
 *
 * Two statements, each on covering indexes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "statements.h"
#include "taken.h"

/*
 * Allocations of a host never overlap, so of those that begin before the
 * range only the last can reach into it: they are read backwards, from the
 * range's end, until one begins at its start or before.
 */
#define ALLOCATIONS_FROM \
	" FROM timetap.allocations a WHERE a.host_id" EQ "$1 AND a.blocked_from" LT "$2" \
	" ORDER BY a.blocked_from DESC"

static TTStatement allocations = {
	"SELECT a.blocked_from, a.blocked_until, a.expires_at" ALLOCATIONS_FROM,
	{UUIDOID, TIMESTAMPTZOID, InvalidOid},
	.few = true
};

static TTStatement allocations_with_reasons = {
	"SELECT a.blocked_from, a.blocked_until, a.expires_at, a.starts_at, a.ends_at, a.meeting_id" ALLOCATIONS_FROM,
	{UUIDOID, TIMESTAMPTZOID, InvalidOid},
	.few = true
};

/* $4 is $3 less a day: entries of up to a day are found by their start. */
static TTStatement busy_times = {
	"SELECT b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND NOT b.lasts_long"
	" AND b.starts_at" GE "$4 AND b.starts_at" LT "$2"
	" UNION ALL "
	"SELECT b.starts_at, b.ends_at FROM timetap.busy_times b"
	" WHERE b.host_id" EQ "$1 AND NOT b.transparent AND b.lasts_long"
	" AND b.ends_at" GT "$3 AND b.starts_at" LT "$2",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

#define ST_SORT sort_taken
#define ST_ELEMENT_TYPE TTTaken
#define ST_COMPARE(a, b) ((a)->lo < (b)->lo ? -1 : (a)->lo > (b)->lo)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* What rows are read into, and how. */
typedef struct Reading
{
	TTTakenList *list;
	const TTTakenWish *wish;
	TimestampTz from;
} Reading;

/*
 * Room for one more stretch; the array stays in the context it was made in.
 */
static TTTaken *
new_taken(TTTakenList *list)
{
	if (list->count == list->room)
		list->taken = repalloc_huge(list->taken, sizeof(TTTaken) * (list->room *= 2));
	return &list->taken[list->count++];
}

/*
 * An allocation; false when those before it cannot reach into the range.
 */
static bool
read_allocation(void *state, const Datum *values, const bool *nulls)
{
	Reading    *reading = state;
	const TTTakenWish *wish = reading->wish;
	TimestampTz blocked_from = DatumGetTimestampTz(values[0]);
	bool		expired = !nulls[2] && DatumGetTimestampTz(values[2]) <= wish->now;
	bool		ignored = wish->ignored != NULL &&
	memcmp(DatumGetUUIDP(values[5]), wish->ignored, UUID_LEN) == 0;

	if (expired)
		reading->list->expired_holds = true;
	else if (!ignored)
	{
		TTTaken    *one = new_taken(reading->list);

		one->lo = blocked_from;
		one->hi = DatumGetTimestampTz(values[1]);
		one->core_lo = wish->reasons ? DatumGetTimestampTz(values[3]) : one->lo;
		one->core_hi = wish->reasons ? DatumGetTimestampTz(values[4]) : one->hi;
		one->kind = nulls[2] ? TT_TAKEN_MEETING : TT_TAKEN_HOLD;
	}
	return blocked_from > reading->from;
}

static bool
read_busy_time(void *state, const Datum *values, const bool *nulls pg_attribute_unused())
{
	Reading    *reading = state;
	TTTaken    *one = new_taken(reading->list);

	one->lo = one->core_lo = DatumGetTimestampTz(values[0]);
	one->hi = one->core_hi = DatumGetTimestampTz(values[1]);
	one->kind = TT_TAKEN_BUSY;
	return true;
}

static void
reverse(TTTakenList *list)
{
	for (size_t i = 0; i < list->count / 2; i++)
	{
		TTTaken		other = list->taken[i];

		list->taken[i] = list->taken[list->count - 1 - i];
		list->taken[list->count - 1 - i] = other;
	}
}

static bool
is_ordered(const TTTakenList *list)
{
	for (size_t i = 1; i < list->count; i++)
	{
		if (list->taken[i - 1].lo > list->taken[i].lo)
			return false;
	}
	return true;
}

/*
 * Everything that takes some of [from, until).
 */
void
tt_taken_load(TTTakenList *list, const pg_uuid_t *host, TimestampTz from,
			  TimestampTz until, const TTTakenWish *wish, Snapshot snapshot)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(until)),
		TT_VALUE(TimestampTzGetDatum(from)),
		TT_VALUE(TimestampTzGetDatum(from - USECS_PER_DAY))
	};
	Reading		reading = {list, wish, from};

	list->count = 0;
	list->room = 64;
	list->taken = palloc(sizeof(TTTaken) * list->room);
	list->expired_holds = false;
	tt_statements_scan(wish->reasons || wish->ignored != NULL ? &allocations_with_reasons : &allocations,
					   parameters, snapshot, read_allocation, &reading);
	reverse(list);
	tt_statements_scan(&busy_times, parameters, snapshot, read_busy_time, &reading);
	if (!is_ordered(list))
		sort_taken(list->taken, list->count);
}
