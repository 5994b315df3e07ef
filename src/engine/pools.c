/*-------------------------------------------------------------------------
 *
 * pools.c
 *	  pool_slots(): the slots of several event types together.
 *
 * Goes through the range stride by stride, and within a stride through the
 * pool's members, each loaded and swept by itself.  What is known bounds what
 * is read of the next member: when the first n are wanted that somebody has
 * free, nothing later than the n-th best so far matters; when all must have
 * them free, nothing outside of what is common so far.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "address.h"
#include "availability.h"
#include "clock.h"
#include "question.h"
#include "statements.h"

#define MAX_MEMBERS		10000

/* For the first n it reads so far first, then twice as far, and so on; ... */
#define FIRST_STRIDE	(2 * USECS_PER_DAY)

/* ... for all, so much of the range at a time. */
#define WHOLE_STRIDE	(32 * USECS_PER_DAY)

PG_FUNCTION_INFO_V1(timetap_pool_slots);

/* A slot, and which member has it free. */
typedef struct FreeSlot
{
	int64		start;
	int64		duration;
	int			member;
} FreeSlot;

typedef struct SlotList
{
	FreeSlot   *slots;
	size_t		count;
	size_t		room;
} SlotList;

typedef struct Pool
{
	ReturnSetInfo *set;
	TTQuestion *members;
	Datum	   *handles;		/* of their hosts, as text */
	Datum	   *addresses;
	int			count;
	bool		all;			/* all must have a slot free, not only some */
	bool		hopeless;		/* ... and one has none */
	TimestampTz now;
	int64		most;			/* rows still wanted */
	SlotList	found;			/* in this stride, by all members or one */
	SlotList	best;			/* some: the first distinct ones, at most
								 * "most"; all: those common so far */
	SlotList	merged;			/* room for the next "best" */
	MemoryContext scratch;		/* for what one member's load takes */
} Pool;

static int
compare_slots(const FreeSlot *a, const FreeSlot *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->duration > b->duration) - (a->duration < b->duration);
}

/* Of one slot, the members in the order given. */
static int
compare_members(const FreeSlot *a, const FreeSlot *b)
{
	int			order = compare_slots(a, b);

	return order != 0 ? order : (a->member > b->member) - (a->member < b->member);
}

#define ST_SORT sort_slots
#define ST_ELEMENT_TYPE FreeSlot
#define ST_COMPARE(a, b) compare_members(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static void
init_list(SlotList *list)
{
	list->count = 0;
	list->room = 64;
	list->slots = palloc(sizeof(FreeSlot) * list->room);
}

static void
add_slot(SlotList *list, const FreeSlot *slot)
{
	if (list->count == list->room)
		list->slots = repalloc_huge(list->slots, sizeof(FreeSlot) * (list->room *= 2));
	list->slots[list->count++] = *slot;
}

static void
exchange_lists(SlotList *a, SlotList *b)
{
	SlotList	other = *a;

	*a = *b;
	*b = other;
}

/*
 * Some: merge one member's slots, from the first-th found on, into the best.
 */
static void
merge_best(Pool *pool, size_t first)
{
	const SlotList *best = &pool->best;
	const SlotList *found = &pool->found;
	size_t		i = 0;
	size_t		j = first;

	if (first == found->count)
		return;
	pool->merged.count = 0;
	while ((int64) pool->merged.count < pool->most && (i < best->count || j < found->count))
	{
		int			order = i == best->count ? 1 : j == found->count ? -1 :
		compare_slots(&best->slots[i], &found->slots[j]);

		add_slot(&pool->merged, order <= 0 ? &best->slots[i] : &found->slots[j]);
		if (order <= 0)
			i++;
		if (order >= 0)
			j++;
	}
	exchange_lists(&pool->best, &pool->merged);
}

/*
 * All: keep of the best what one member has found, too.
 */
static void
keep_common(Pool *pool)
{
	SlotList   *best = &pool->best;
	const SlotList *found = &pool->found;
	size_t		kept = 0;
	size_t		j = 0;

	for (size_t i = 0; i < best->count; i++)
	{
		while (j < found->count && found->slots[j].start < best->slots[i].start)
			j++;
		if (j < found->count && found->slots[j].start == best->slots[i].start)
			best->slots[kept++] = best->slots[i];
	}
	best->count = kept;
}

/*
 * Find the free slots of a member in [from, until), at most as many as given.
 */
static void
read_member(Pool *pool, int member, TimestampTz from, TimestampTz until, int64 most)
{
	TTQuestion *question = &pool->members[member];
	TTAvailabilityWish wish = {0};
	TTAvailability availability;
	TTSweep		sweep;
	FreeSlot	slot = {0, question->duration, member};
	MemoryContext caller = MemoryContextSwitchTo(pool->scratch);

	CHECK_FOR_INTERRUPTS();
	tt_availability_load(&availability, &question->event, question->duration, pool->now,
						 from, until, &wish, NULL);
	tt_slot_core_begin(&sweep, &availability.rules, &availability.calendar,
					   availability.segments, availability.nsegments,
					   availability.from, availability.until);
	for (; most > 0 && tt_slot_core_next_free(&sweep, &slot.start); most--)
		add_slot(&pool->found, &slot);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(pool->scratch);
}

/*
 * Put out a slot with whoever has it free.
 */
static void
put_slot(Pool *pool, const FreeSlot *slot, Datum *handles, Datum *addresses, int count)
{
	DateADT		date;
	TimeADT		time;
	Datum		values[6];
	bool		nulls[6] = {false};

	tt_local_time_split(pool->members[0].zone, slot->start, &date, &time);
	values[0] = TimestampTzGetDatum(slot->start);
	values[1] = TimestampTzGetDatum(slot->start + slot->duration);
	values[2] = DateADTGetDatum(date);
	values[3] = TimeADTGetDatum(time);
	values[4] = PointerGetDatum(construct_array(handles, count, TEXTOID, -1, false, TYPALIGN_INT));
	values[5] = PointerGetDatum(construct_array(addresses, count, TEXTOID, -1, false, TYPALIGN_INT));
	tuplestore_putvalues(pool->set->setResult, pool->set->setDesc, values, nulls);
	pfree(DatumGetPointer(values[4]));
	pfree(DatumGetPointer(values[5]));
	pool->most--;
	CHECK_FOR_INTERRUPTS();
}

/*
 * Put out what was found, each slot with the members that have it.
 */
static void
put_found(Pool *pool)
{
	SlotList   *found = &pool->found;
	Datum	   *handles = palloc(sizeof(Datum) * pool->count);
	Datum	   *addresses = palloc(sizeof(Datum) * pool->count);

	sort_slots(found->slots, found->count);
	for (size_t i = 0; i < found->count && pool->most > 0;)
	{
		const FreeSlot *slot = &found->slots[i];
		int			count = 0;

		for (; i < found->count && compare_slots(slot, &found->slots[i]) == 0; i++)
		{
			handles[count] = pool->handles[found->slots[i].member];
			addresses[count++] = pool->addresses[found->slots[i].member];
		}
		put_slot(pool, slot, handles, addresses, count);
	}
	pfree(handles);
	pfree(addresses);
}

/*
 * Some members: put out the slots of [from, until) that any has free.
 */
static void
read_some(Pool *pool, TimestampTz from, TimestampTz until)
{
	bool		bounded = pool->most < PG_INT64_MAX;

	pool->found.count = 0;
	pool->best.count = 0;
	for (int i = 0; i < pool->count; i++)
	{
		size_t		first = pool->found.count;

		read_member(pool, i, from, until, pool->most);
		if (!bounded)
			continue;
		merge_best(pool, first);
		if ((int64) pool->best.count == pool->most)
			until = pool->best.slots[pool->best.count - 1].start + 1;
	}
	put_found(pool);
}

/*
 * All members: put out the slots of [from, until) that none has taken.
 */
static void
read_common(Pool *pool, TimestampTz from, TimestampTz until)
{
	for (int i = 0; i < pool->count && from < until; i++)
	{
		pool->found.count = 0;
		read_member(pool, i, from, until, PG_INT64_MAX);
		if (i == 0)
			exchange_lists(&pool->best, &pool->found);
		else
			keep_common(pool);
		if (pool->best.count == 0)
			return;
		from = pool->best.slots[0].start;
		until = pool->best.slots[pool->best.count - 1].start + 1;
	}
	for (size_t i = 0; i < pool->best.count && pool->most > 0; i++)
		put_slot(pool, &pool->best.slots[i], pool->handles, pool->addresses, pool->count);
}

static void
read_range(Pool *pool, TimestampTz from, TimestampTz until)
{
	bool		first_few = pool->most < PG_INT64_MAX;
	int64		stride = first_few ? FIRST_STRIDE : WHOLE_STRIDE;

	while (pool->most > 0 && from < until)
	{
		TimestampTz stop = until - from > stride ? from + stride : until;

		if (pool->all)
			read_common(pool, from, stop);
		else
			read_some(pool, from, stop);
		from = stop;
		if (first_few)
			stride *= 2;
	}
}

/*
 * All must have the same slots, so these must be of the same length.
 */
static void
check_same_duration(const Pool *pool)
{
	for (int i = 1; i < pool->count; i++)
	{
		if (pool->members[i].duration != pool->members[0].duration)
			tt_errors_throw(TT_BAD_DURATION, "Pass a duration that all of them can be booked for.",
							"\"%s\" and \"%s\" do not last equally long",
							TextDatumGetCString(pool->addresses[0]),
							TextDatumGetCString(pool->addresses[i]));
	}
}

/*
 * Find the members; each counts once.
 */
static void
read_members(Pool *pool, ArrayType *event_types, text *time_zone, const Interval *duration)
{
	HASHCTL		control = {.keysize = sizeof(pg_uuid_t), .entrysize = sizeof(pg_uuid_t), .hcxt = CurrentMemoryContext};
	HTAB	   *known = hash_create("members of a pool", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	Datum	   *elements;
	bool	   *nulls;
	int			given;

	deconstruct_array(event_types, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &given);
	if (given > MAX_MEMBERS)
		tt_errors_throw(TT_BAD_ARGUMENT, NULL, "a pool has at most %d event types, not %d", MAX_MEMBERS, given);
	pool->members = palloc(sizeof(TTQuestion) * Max(given, 1));
	pool->handles = palloc(sizeof(Datum) * Max(given, 1));
	pool->addresses = palloc(sizeof(Datum) * Max(given, 1));
	for (int i = 0; i < given; i++)
	{
		TTQuestion *member = &pool->members[pool->count];
		bool		again = false;

		if (!nulls[i])
		{
			tt_question_read(member, TextDatumGetCString(elements[i]),
							 pool->count == 0 ? time_zone : NULL, duration);
			hash_search(known, &member->event.id, HASH_ENTER, &again);
		}
		if (nulls[i] || (!member->event.active && !again))
			pool->hopeless = pool->all;
		else if (!again)
		{
			pool->handles[pool->count] = CStringGetTextDatum(member->event.handle);
			pool->addresses[pool->count++] = CStringGetTextDatum(psprintf("%s/%s", member->event.handle, member->event.slug));
		}
	}
}

static bool
read_mode(text *mode)
{
	char	   *name = mode ? text_to_cstring(mode) : "any";

	if (strcmp(name, "any") != 0 && strcmp(name, "all") != 0)
		tt_errors_throw(TT_BAD_ARGUMENT, "Pass 'any' or 'all'.", "mode \"%s\" is not known", tt_address_shown(name));
	return strcmp(name, "all") == 0;
}

/*
 * pool_slots(event_types, n, from_time, until_time, mode, time_zone, duration)
 */
Datum
timetap_pool_slots(PG_FUNCTION_ARGS)
{
	Pool		pool = {.set = (ReturnSetInfo *) fcinfo->resultinfo, .now = tt_clock_statement()};
	TimestampTz from = PG_ARGISNULL(2) ? 0 : PG_GETARG_TIMESTAMPTZ(2);
	TimestampTz until = PG_ARGISNULL(3) ? 0 : PG_GETARG_TIMESTAMPTZ(3);
	TTSection	section;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	pool.most = PG_ARGISNULL(1) ? PG_INT64_MAX : PG_GETARG_INT32(1);
	if (pool.most < 1)
		tt_errors_throw(TT_BAD_RANGE, NULL, "n must be at least 1, not %d", PG_GETARG_INT32(1));
	pool.all = read_mode(TT_TEXT_ARGUMENT(4));
	tt_question_range(pool.now, PG_ARGISNULL(2) ? NULL : &from, PG_ARGISNULL(3) ? NULL : &until,
					  pool.most < PG_INT64_MAX, &from, &until);

	tt_statements_begin(&section);
	pool.scratch = AllocSetContextCreate(CurrentMemoryContext, "member of a pool", ALLOCSET_DEFAULT_SIZES);
	init_list(&pool.found);
	init_list(&pool.best);
	init_list(&pool.merged);
	read_members(&pool, PG_GETARG_ARRAYTYPE_P(0), TT_TEXT_ARGUMENT(5), TT_INTERVAL_ARGUMENT(6));
	if (pool.all)
		check_same_duration(&pool);
	if (pool.count > 0 && !pool.hopeless)
		read_range(&pool, from, until);
	tt_statements_end(&section);
	return (Datum) 0;
}
