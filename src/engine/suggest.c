/*-------------------------------------------------------------------------
 *
 * suggest.c
 *	  suggest(): the slots to offer first.
 *
 * Every free slot of the range is a candidate.  Rules rank them, one after the
 * other; the last, the earlier start, never ties.  So the order is total.  The
 * reason for a suggestion is the first rule by which it is before a candidate
 * that is left out: what tells it from the last of them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "clock.h"
#include "preferences.h"
#include "question.h"
#include "statements.h"

#define DEFAULT_SUGGESTIONS	3
#define POPULAR_SPAN		(90 * USECS_PER_DAY)

PG_FUNCTION_INFO_V1(timetap_suggest);

/* The rules, in order; of each, the candidate with less comes first. */
typedef enum Rule
{
	RULE_PREFERRED,				/* 0 preferred, 1 not */
	RULE_WASTE,					/* microseconds that become too short to use */
	RULE_PIECES,				/* free pieces beside it: 0, 1, 2 */
	RULE_POPULAR,				/* less the number of past bookings */
	RULE_EARLIER,				/* the start */
	NUM_RULES
} Rule;

static const char *const reasons[NUM_RULES] = {
	[RULE_PREFERRED] = "in the preferred hours",
	[RULE_WASTE] = "leaves the least time that is too short to use",
	[RULE_PIECES] = "keeps the free time together",
	[RULE_POPULAR] = "booked more often at this time",
	[RULE_EARLIER] = "earlier than others"
};

typedef struct Candidate
{
	int64		ranks[NUM_RULES];
} Candidate;

static int
deciding_rule(const Candidate *a, const Candidate *b)
{
	int			rule = 0;

	while (rule < RULE_EARLIER && a->ranks[rule] == b->ranks[rule])
		rule++;
	return rule;
}

static int
compare_candidates(const Candidate *a, const Candidate *b)
{
	int			rule = deciding_rule(a, b);

	return (a->ranks[rule] > b->ranks[rule]) - (a->ranks[rule] < b->ranks[rule]);
}

#define ST_SORT sort_candidates
#define ST_ELEMENT_TYPE Candidate
#define ST_COMPARE(a, b) compare_candidates(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Candidates, and what is needed to rank one more; they come in order. */
typedef struct Ranking
{
	TTQuestion *question;
	const TTAvailability *availability;
	TTPreferences preferences;
	int			popularity[TT_MINUTES_PER_DAY];
	Candidate  *candidates;
	size_t		count;
	size_t		room;
	size_t		segment;		/* first that ends after the candidate's start */
	size_t		taken;			/* first that begins after it */
	TimestampTz taken_until;	/* what those before it reach to */
} Ranking;

static TTStatement past_bookings = {
	"SELECT b.starts_at FROM timetap.bookings b"
	" WHERE b.host_id" EQ "$1 AND b.event_type_id" EQ "$2 AND b.wall_id IS NOT NULL"
	" AND b.starts_at" GE "$3 AND b.starts_at" LT "$4",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

static bool
count_booking(void *state, const Datum *values, const bool *nulls pg_attribute_unused())
{
	Ranking    *ranking = state;
	DateADT		date;
	TimeADT		time;

	tt_local_time_split(&ranking->question->event.zone, DatumGetTimestampTz(values[0]), &date, &time);
	ranking->popularity[time / USECS_PER_MINUTE]++;
	return true;
}

static void
read_popularity(Ranking *ranking, TimestampTz now)
{
	TTEventType *event = &ranking->question->event;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&event->host)),
		TT_VALUE(UUIDPGetDatum(&event->id)),
		TT_VALUE(TimestampTzGetDatum(now - POPULAR_SPAN)),
		TT_VALUE(TimestampTzGetDatum(now))
	};

	memset(ranking->popularity, 0, sizeof(ranking->popularity));
	tt_statements_scan(&past_bookings, parameters, NULL, count_booking, ranking);
}

/*
 * Rank what is left of free time beside a candidate.
 */
static void
rank_piece(Candidate *candidate, int64 piece, int64 needed)
{
	if (piece <= 0)
		return;
	if (piece < needed)
		candidate->ranks[RULE_WASTE] += piece;
	candidate->ranks[RULE_PIECES]++;
}

/*
 * Rank by the free time before and after a slot: it reaches to the border of
 * the hours or to taken time, from which buffers keep apart.
 */
static void
rank_fragmentation(Ranking *ranking, Candidate *candidate, TimestampTz start)
{
	const TTAvailability *availability = ranking->availability;
	const TTSlotRules *rules = &availability->rules;
	const TTCalendar *calendar = &availability->calendar;
	TimestampTz end = start + rules->duration;
	const TTSegment *segment;
	TimestampTz from;
	TimestampTz until;

	while (availability->segments[ranking->segment].until <= start)
		ranking->segment++;
	segment = &availability->segments[ranking->segment];
	for (; ranking->taken < calendar->ntaken && calendar->taken[ranking->taken].lo < end + rules->buffer_after; ranking->taken++)
		ranking->taken_until = Max(ranking->taken_until, calendar->taken[ranking->taken].hi);

	/* where another slot could begin, and where it would have to end */
	from = Max(segment->opens, ranking->taken_until + rules->buffer_before);
	until = segment->limit;
	if (ranking->taken < calendar->ntaken)
		until = Min(until, calendar->taken[ranking->taken].lo - rules->buffer_after);
	rank_piece(candidate, start - rules->buffer_before - rules->buffer_after - from, rules->duration);
	rank_piece(candidate, until - (end + rules->buffer_after + rules->buffer_before), rules->duration);
}

static void
add_candidate(Ranking *ranking, TimestampTz start)
{
	Candidate  *candidate;
	DateADT		date;
	TimeADT		time;

	if (ranking->count == ranking->room)
		ranking->candidates = repalloc_huge(ranking->candidates, sizeof(Candidate) * (ranking->room *= 2));
	candidate = &ranking->candidates[ranking->count++];
	memset(candidate, 0, sizeof(Candidate));
	tt_local_time_split(&ranking->question->event.zone, start, &date, &time);
	candidate->ranks[RULE_PREFERRED] = tt_preferences_match(&ranking->preferences, date, time) ? 0 : 1;
	rank_fragmentation(ranking, candidate, start);
	candidate->ranks[RULE_POPULAR] = -ranking->popularity[time / USECS_PER_MINUTE];
	candidate->ranks[RULE_EARLIER] = start;
	CHECK_FOR_INTERRUPTS();
}

/*
 * All free slots that were loaded, best first.
 */
static void
rank_slots(Ranking *ranking)
{
	const TTAvailability *availability = ranking->availability;
	TTSweep		sweep;
	int64		start;

	ranking->count = 0;
	ranking->room = 256;
	ranking->candidates = palloc(sizeof(Candidate) * ranking->room);
	ranking->segment = 0;
	ranking->taken = 0;
	ranking->taken_until = PG_INT64_MIN / 2;	/* buffers are added to it */
	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   availability->from, availability->until);
	while (tt_slot_core_next_free(&sweep, &start))
		add_candidate(ranking, start);
	sort_candidates(ranking->candidates, ranking->count);
}

static void
put_suggestion(ReturnSetInfo *set, const Ranking *ranking, size_t number, size_t most)
{
	const Candidate *candidate = &ranking->candidates[number];
	TimestampTz start = candidate->ranks[RULE_EARLIER];
	const char *reason = "no other is free";
	DateADT		date;
	TimeADT		time;
	Datum		values[6];
	bool		nulls[6] = {false};

	if (most < ranking->count)
		reason = reasons[deciding_rule(candidate, &ranking->candidates[ranking->count - 1])];
	tt_local_time_split(&ranking->question->event.zone, start, &date, &time);
	values[0] = TimestampTzGetDatum(start);
	values[1] = TimestampTzGetDatum(start + ranking->question->duration);
	values[2] = DateADTGetDatum(date);
	values[3] = TimeADTGetDatum(time);
	values[4] = Int32GetDatum(1);
	values[5] = CStringGetTextDatum(reason);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

/*
 * suggest(event_type, n, from_time, until_time, prefer)
 */
Datum
timetap_suggest(PG_FUNCTION_ARGS)
{
	TimestampTz now = tt_clock_statement();
	TimestampTz from = PG_ARGISNULL(2) ? 0 : PG_GETARG_TIMESTAMPTZ(2);
	TimestampTz until = PG_ARGISNULL(3) ? 0 : PG_GETARG_TIMESTAMPTZ(3);
	int			n = PG_ARGISNULL(1) ? DEFAULT_SUGGESTIONS : PG_GETARG_INT32(1);
	TTAvailabilityWish wish = {0};
	TTSection	section;
	TTQuestion	question;
	TTAvailability availability;
	Ranking    *ranking = palloc(sizeof(Ranking));

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	if (n < 1)
		tt_errors_throw(TT_BAD_RANGE, NULL, "n must be at least 1, not %d", n);
	tt_question_range(now, PG_ARGISNULL(2) ? NULL : &from, PG_ARGISNULL(3) ? NULL : &until, false,
					  &from, &until);
	tt_preferences_read(&ranking->preferences, PG_ARGISNULL(4) ? NULL : PG_GETARG_JSONB_P(4));

	tt_statements_begin(&section);
	tt_question_read(&question, text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL, NULL);
	ranking->question = &question;
	ranking->availability = &availability;
	if (question.event.active)
	{
		tt_availability_load(&availability, &question.event, question.duration, now, from, until, &wish, NULL);
		read_popularity(ranking, now);
		rank_slots(ranking);
		for (size_t i = 0; i < ranking->count && i < (size_t) n; i++)
			put_suggestion((ReturnSetInfo *) fcinfo->resultinfo, ranking, i, (size_t) n);
	}
	tt_statements_end(&section);
	return (Datum) 0;
}
