/*-------------------------------------------------------------------------
 *
 * slot_check.c
 *	  May this start be booked: the check of every verb that takes time.
 *
 * The whole local day of the start is loaded, so that a refusal can name
 * alternatives of that day at no further cost.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "availability.h"
#include "clock.h"
#include "refusals.h"
#include "slot_check.h"
#include "statements.h"

#define MAX_ALTERNATIVES	3

/*
 * An expired hold takes no time, but its row would still be in the wall's
 * way: the index cannot say now().
 */
static TTStatement expire_bookings = {
	"WITH gone AS (UPDATE timetap.bookings b"
	" SET status = 'expired', version = b.version" PLUS "1, updated_at = $4"
	" FROM timetap.allocations a"
	" WHERE a.host_id" EQ "$1 AND a.expires_at" LE "$4"
	" AND a.blocked" OVERLAPS "pg_catalog.tstzrange($2, $3)"
	" AND b.host_id" EQ "$1 AND b.meeting_id" EQ "a.meeting_id AND b.status" EQ "'held'"
	" RETURNING b.id, b.version)"
	" INSERT INTO timetap.booking_events (host_id, booking_id, version, what, who, at, old, new)"
	" SELECT $1, g.id, g.version, 'expired', 'engine', $4,"
	" '{\"status\": \"held\"}', '{\"status\": \"expired\"}' FROM gone g",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

static TTStatement expire_allocations = {
	"DELETE FROM timetap.allocations a"
	" WHERE a.host_id" EQ "$1 AND a.expires_at" LE "$4"
	" AND a.blocked" OVERLAPS "pg_catalog.tstzrange($2, $3)",
	{UUIDOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, InvalidOid}
};

/*
 * End the expired holds that stand in the way.
 */
void
tt_slot_check_sweep_holds(const pg_uuid_t *host, TimestampTz from, TimestampTz until)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(host)),
		TT_VALUE(TimestampTzGetDatum(from)),
		TT_VALUE(TimestampTzGetDatum(until)),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};

	tt_statements_write(&expire_bookings, parameters);
	tt_statements_write(&expire_allocations, parameters);
}

/*
 * Add the free starts of the loaded day that are nearest to the one wanted,
 * in order, to a refusal: a member of DETAIL's object.
 */
static void
add_alternatives(TTRefusal *refusal, TTAvailability *availability, TimestampTz wanted)
{
	TTSweep		sweep;
	int64		start;
	int64		nearest[MAX_ALTERNATIVES];
	int			count = 0;
	StringInfoData text;

	tt_slot_core_begin(&sweep, &availability->rules, &availability->calendar,
					   availability->segments, availability->nsegments,
					   availability->from, availability->until);
	while (tt_slot_core_next_free(&sweep, &start))
	{
		/* in order of time, so the furthest so far is always the first */
		if (count < MAX_ALTERNATIVES)
			nearest[count++] = start;
		else if (start - wanted < wanted - nearest[0])
		{
			memmove(nearest, nearest + 1, sizeof(int64) * (MAX_ALTERNATIVES - 1));
			nearest[MAX_ALTERNATIVES - 1] = start;
		}
		else
			break;
	}

	initStringInfo(&text);
	appendStringInfoString(&text, "\"alternatives\": [");
	for (int i = 0; i < count; i++)
	{
		char		buffer[MAXDATELEN + 1];

		appendStringInfo(&text, "%s\"%s\"", i > 0 ? ", " : "",
						 JsonEncodeDateTime(buffer, TimestampTzGetDatum(nearest[i]),
											TIMESTAMPTZOID, NULL));
	}
	appendStringInfoChar(&text, ']');
	refusal->detail = text.data;
	if (count > 0)
		refusal->hint = pstrdup("Take one of the alternatives, or another slot from timetap.slots().");
}

/*
 * May this start be booked?
 */
bool
tt_slot_check(TTEventType *event, const TTSlotWish *wish, Snapshot snapshot,
			  bool *expired_holds, TTRefusal *refusal)
{
	TTAvailabilityWish load = {true, wish->ignored};
	TTAvailability availability;
	TTVerdict	verdict;
	int32		date = tt_local_time_date(&event->zone, wish->start);

	if (!event->active)
		return tt_errors_refuse(refusal, TT_INACTIVE, NULL,
								"event type \"%s/%s\" is not active", event->handle, event->slug);
	tt_availability_load(&availability, event, wish->duration, wish->now,
						 Min(wish->start, tt_local_time_day_start(&event->zone, date)),
						 Max(wish->start + 1, tt_local_time_day_start(&event->zone, date + 1)),
						 &load, snapshot);
	*expired_holds = availability.expired_holds;
	verdict = tt_slot_core_check(&availability.rules, &availability.calendar,
								 availability.segments, availability.nsegments, wish->start);
	if (verdict == TT_FREE)
		return true;
	tt_refusals_from_verdict(refusal, verdict, event, &availability.rules, wish->start);
	if (wish->alternatives && refusal->code == TT_CODE_SLOT_TAKEN)
		add_alternatives(refusal, &availability, wish->start);
	return false;
}
