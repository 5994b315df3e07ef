/*-------------------------------------------------------------------------
 *
 * opening.c
 *	  A host's opening windows: weekly rules and date overrides as instants.
 *
 * Two statements, each on one index.  Each border of a window is turned into
 * an instant once, by the host's zone; from there on everything is int64.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "opening.h"
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

/* Arrays that grow while rows come in, in the section's memory. */
typedef struct RuleList
{
	ClockWindow *rules;
	int			count;
	int			room;
} RuleList;

typedef struct OverrideList
{
	Override   *overrides;
	int			count;
	int			room;
} OverrideList;

/* Room for one more; the array stays in the context it was made in. */
#define MAKE_ROOM(array, count, room) \
	do { \
		if ((count) == (room)) \
			(array) = repalloc_huge((array), sizeof(*(array)) * ((room) *= 2)); \
	} while (0)

static bool
read_rule(void *state, const Datum *values, const bool *nulls pg_attribute_unused())
{
	RuleList   *list = state;
	ClockWindow *rule;

	MAKE_ROOM(list->rules, list->count, list->room);
	rule = &list->rules[list->count++];
	rule->day = DatumGetInt16(values[0]);
	rule->starts = DatumGetTimeADT(values[1]);
	rule->ends = DatumGetTimeADT(values[2]);
	return true;
}

static RuleList
read_rules(const TTEventType *event, Snapshot snapshot)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&event->host)), TT_TEXT(event->schedule)};
	RuleList	list = {palloc(sizeof(ClockWindow) * 32), 0, 32};

	tt_statements_scan(&weekly_rules, parameters, snapshot, read_rule, &list);
	return list;
}

static bool
read_override(void *state, const Datum *values, const bool *nulls pg_attribute_unused())
{
	OverrideList *list = state;
	Override   *override;

	MAKE_ROOM(list->overrides, list->count, list->room);
	override = &list->overrides[list->count++];
	override->date = DatumGetDateADT(values[0]);
	override->kind = *VARDATA_ANY(DatumGetTextPP(values[1]));
	override->starts = DatumGetTimeADT(values[2]);
	override->ends = DatumGetTimeADT(values[3]);
	return true;
}

static OverrideList
read_overrides(const TTEventType *event, int32 first, int32 last, Snapshot snapshot)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(DateADTGetDatum(first)),
		TT_VALUE(DateADTGetDatum(last)),
		TT_TEXT(event->schedule)
	};
	OverrideList list = {palloc(sizeof(Override) * 16), 0, 16};

	tt_statements_scan(&date_overrides, parameters, snapshot, read_override, &list);
	return list;
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

	/* 24:00 is the date's end, also where the next one begins twice */
	if (ends == USECS_PER_DAY)
		window->hi = tt_local_time_day_end(&event->zone, date);
	else
		window->hi = tt_local_time_to_instant(&event->zone, midnight + ends, TT_FOLD_SECOND);
	if (window->hi <= window->lo)
		return;

	/* a date that the zone skips has no windows, and lends none to the next */
	if (tt_local_time_date(&event->zone, window->lo) != date &&
		tt_local_time_day_start(&event->zone, date) == tt_local_time_day_end(&event->zone, date))
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
 * The windows of one date, and whether it is blocked; overrides are read from
 * *next on.
 */
static void
add_date(TTOpening *opening, TTEventType *event, int32 date, const RuleList *rules,
		 const OverrideList *overrides, int *next)
{
	bool		replaced = false;
	int			weekday;

	for (; *next < overrides->count && overrides->overrides[*next].date == date; (*next)++)
	{
		const Override *override = &overrides->overrides[*next];

		if (override->kind == 'b')
		{
			add_blocked(opening->blocked, &opening->nblocked, event, date);
			continue;
		}
		replaced = true;
		if (override->kind == 'h')
			add_window(opening->windows, &opening->nwindows, event, date,
					   override->starts, override->ends);
	}
	if (replaced)
	{
		opening->special[opening->nspecial++] = date;
		return;
	}
	weekday = weekday_of(date);
	for (int i = 0; i < rules->count; i++)
	{
		if (rules->rules[i].day == weekday)
			add_window(opening->windows, &opening->nwindows, event, date,
					   rules->rules[i].starts, rules->rules[i].ends);
	}
}

/*
 * All windows and blocked dates of the local dates first .. last.
 */
void
tt_opening_load(TTOpening *opening, TTEventType *event, int32 first, int32 last,
				Snapshot snapshot)
{
	RuleList	rules = read_rules(event, snapshot);
	OverrideList overrides = read_overrides(event, first, last, snapshot);
	int			next = 0;
	bool		ordered = true;

	opening->nwindows = 0;
	opening->nblocked = 0;
	opening->nspecial = 0;
	opening->windows = MemoryContextAllocHuge(CurrentMemoryContext,
											  sizeof(TTWindow) * ((Size) (last - first + 1) * rules.count + overrides.count + 1));
	opening->blocked = palloc(sizeof(TTRange) * (overrides.count + 1));
	opening->special = palloc(sizeof(int32) * (overrides.count + 1));
	for (int32 date = first; date <= last; date++)
	{
		size_t		before = opening->nwindows;

		CHECK_FOR_INTERRUPTS();
		add_date(opening, event, date, &rules, &overrides, &next);
		for (size_t i = Max(before, 1); i < opening->nwindows; i++)
			ordered = ordered && opening->windows[i - 1].lo <= opening->windows[i].lo;
	}
	if (!ordered)
		sort_windows(opening->windows, opening->nwindows);
}
