/*-------------------------------------------------------------------------
 *
 * event_type_find.c
 *	  An event type and its host, read into memory for the slot core.
 *
 * Two statements on one table each: a join of the two would hand all columns
 * of both from node to node, and cost half as much again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "address.h"
#include "durations.h"
#include "event_type_find.h"
#include "statements.h"
#include "zone.h"

#define HOST_COLUMNS \
	"SELECT h.id, h.handle, h.time_zone, h.limits FROM timetap.hosts h "

#define EVENT_TYPE_COLUMNS \
	"SELECT e.id, e.host_id, e.slug, e.title, e.schedule," \
	" e.duration, e.slot_interval, e.start_offset, e.buffer_before, e.buffer_after, e.min_notice," \
	" e.horizon, e.bookable_from, e.bookable_until, e.align, e.active, e.durations, e.limits" \
	" FROM timetap.event_types e "

enum
{
	COL_ID, COL_HOST, COL_SLUG, COL_TITLE, COL_SCHEDULE,
	COL_DURATION, COL_INTERVAL, COL_OFFSET, COL_BEFORE, COL_AFTER, COL_NOTICE,
	COL_HORIZON, COL_FROM, COL_UNTIL, COL_ALIGN, COL_ACTIVE, COL_DURATIONS,
	COL_LIMITS
};

static TTStatement host_by_handle = {
	HOST_COLUMNS "WHERE h.handle" EQ "$1",
	{TEXTOID, InvalidOid}
};

static TTStatement host_by_id = {
	HOST_COLUMNS "WHERE h.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

static TTStatement by_slug = {
	EVENT_TYPE_COLUMNS "WHERE e.host_id" EQ "$1 AND e.slug" EQ "$2",
	{UUIDOID, TEXTOID, InvalidOid}
};

static TTStatement by_id = {
	EVENT_TYPE_COLUMNS "WHERE e.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

/*
 * What a row is read into.  Values are checked after the statement's end: an
 * error is about the row, not about the statement.
 */
typedef struct Reading
{
	TTEventType *event;
	MemoryContext context;		/* of what the event type points to */
	bool		found;
	char	   *zone_name;
	Interval	intervals[COL_HORIZON - COL_DURATION + 1];
	ArrayType  *durations;
} Reading;

static int64
usecs_of(const TTEventType *event, const Interval *interval)
{
	int64		usecs;

	if (!tt_durations_usecs(interval, &usecs))
		ereport(ERROR,
				errcode(ERRCODE_CHECK_VIOLATION),
				errmsg("an interval of event type \"%s\" has months or is too long", event->slug),
				errhint("Correct its row in timetap.event_types."));
	return usecs;
}

static TTAlign
align_of(const char *text)
{
	if (strcmp(text, "gap") == 0)
		return TT_ALIGN_GAP;
	if (strcmp(text, "clock") == 0)
		return TT_ALIGN_CLOCK;
	return TT_ALIGN_WINDOW;
}

static bool
read_host(void *state, const Datum *values, const bool *nulls)
{
	Reading    *reading = state;
	MemoryContext caller = MemoryContextSwitchTo(reading->context);

	reading->found = true;
	reading->event->host = *DatumGetUUIDP(values[0]);
	reading->event->handle = TextDatumGetCString(values[1]);
	reading->zone_name = TextDatumGetCString(values[2]);
	tt_booking_limits_read(&reading->event->host_limits, values[3], nulls[3]);
	MemoryContextSwitchTo(caller);
	return true;
}

static void
finish_host(Reading *reading)
{
	pg_tz	   *rules = tt_zone_rules(reading->zone_name);

	if (rules == NULL)
		tt_errors_throw(TT_BAD_TIME_ZONE,
						"Give the host a zone that this server knows: see pg_timezone_names.",
						"time zone \"%s\" of host \"%s\" is not known to this server",
						reading->zone_name, reading->event->handle);
	tt_zone_open(&reading->event->zone, rules);
}

static bool
read_event_type(void *state, const Datum *values, const bool *nulls)
{
	Reading    *reading = state;
	TTEventType *event = reading->event;
	MemoryContext caller = MemoryContextSwitchTo(reading->context);

	reading->found = true;
	event->id = *DatumGetUUIDP(values[COL_ID]);
	event->host = *DatumGetUUIDP(values[COL_HOST]);
	event->slug = TextDatumGetCString(values[COL_SLUG]);
	event->title = TextDatumGetCString(values[COL_TITLE]);
	event->schedule = TextDatumGetCString(values[COL_SCHEDULE]);
	for (int i = COL_DURATION; i <= COL_HORIZON; i++)
	{
		if (!nulls[i])
			reading->intervals[i - COL_DURATION] = *DatumGetIntervalP(values[i]);
	}
	event->has_horizon = !nulls[COL_HORIZON];
	event->bookable_from = nulls[COL_FROM] ? DATEVAL_NOBEGIN : DatumGetDateADT(values[COL_FROM]);
	event->bookable_until = nulls[COL_UNTIL] ? DATEVAL_NOEND : DatumGetDateADT(values[COL_UNTIL]);
	event->align = align_of(TextDatumGetCString(values[COL_ALIGN]));
	event->active = DatumGetBool(values[COL_ACTIVE]);
	tt_booking_limits_read(&event->limits, values[COL_LIMITS], nulls[COL_LIMITS]);
	reading->durations = nulls[COL_DURATIONS] ? NULL : DatumGetArrayTypePCopy(values[COL_DURATIONS]);
	MemoryContextSwitchTo(caller);
	return true;
}

static void
finish_choices(TTEventType *event, ArrayType *durations)
{
	Datum	   *elements;
	int			count;

	event->nchoices = 0;
	event->choices = NULL;
	if (durations == NULL)
		return;
	deconstruct_array(durations, INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &elements, NULL, &count);
	event->choices = palloc(sizeof(int64) * Max(count, 1));
	for (int i = 0; i < count; i++)
		event->choices[event->nchoices++] = usecs_of(event, DatumGetIntervalP(elements[i]));
}

static void
finish_event_type(Reading *reading)
{
	TTEventType *event = reading->event;

	event->duration = usecs_of(event, &reading->intervals[COL_DURATION - COL_DURATION]);
	event->interval = usecs_of(event, &reading->intervals[COL_INTERVAL - COL_DURATION]);
	event->start_offset = usecs_of(event, &reading->intervals[COL_OFFSET - COL_DURATION]);
	event->buffer_before = usecs_of(event, &reading->intervals[COL_BEFORE - COL_DURATION]);
	event->buffer_after = usecs_of(event, &reading->intervals[COL_AFTER - COL_DURATION]);
	event->min_notice = usecs_of(event, &reading->intervals[COL_NOTICE - COL_DURATION]);
	if (event->has_horizon)
	{
		(void) usecs_of(event, &reading->intervals[COL_HORIZON - COL_DURATION]);
		event->horizon = reading->intervals[COL_HORIZON - COL_DURATION];
	}
	finish_choices(event, reading->durations);
}

/*
 * Run a statement that finds a host or an event type; false when it finds
 * nothing.
 */
static bool
find_host(TTStatement *statement, const TTParameter *parameters, Snapshot snapshot,
		  TTEventType *event)
{
	Reading		reading = {.event = event, .context = CurrentMemoryContext};

	tt_statements_scan(statement, parameters, snapshot, read_host, &reading);
	if (reading.found)
		finish_host(&reading);
	return reading.found;
}

static bool
find_event_type(TTStatement *statement, const TTParameter *parameters, Snapshot snapshot,
				TTEventType *event)
{
	Reading		reading = {.event = event, .context = CurrentMemoryContext};

	tt_statements_scan(statement, parameters, snapshot, read_event_type, &reading);
	if (reading.found)
		finish_event_type(&reading);
	return reading.found;
}

/*
 * Find an event type by its address.
 */
bool
tt_event_type_find(const char *address, Snapshot snapshot, TTEventType *event,
				   TTRefusal *refusal)
{
	char		handle[TT_MAX_HANDLE + 1];
	char		slug[TT_MAX_HANDLE + 1];
	pg_uuid_t	id;

	if (tt_address_split(address, handle, slug))
	{
		TTParameter parameters[] = {TT_TEXT(handle), TT_TEXT(slug)};

		if (find_host(&host_by_handle, parameters, snapshot, event))
		{
			parameters[0] = TT_VALUE(UUIDPGetDatum(&event->host));
			if (find_event_type(&by_slug, parameters, snapshot, event))
				return true;
		}
	}
	else if (tt_address_is_uuid(address, &id))
		return tt_event_type_find_by_id(&id, snapshot, event, refusal);

	return tt_errors_refuse(refusal, TT_EVENT_TYPE_NOT_FOUND,
							"Write 'handle/slug', such as 'ana/intro', or the event type's uuid.",
							"there is no event type \"%s\"", tt_address_shown(address));
}

/*
 * Find one by its id.
 */
bool
tt_event_type_find_by_id(const pg_uuid_t *id, Snapshot snapshot, TTEventType *event,
						 TTRefusal *refusal)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(id))};

	if (find_event_type(&by_id, parameters, snapshot, event))
	{
		parameters[0] = TT_VALUE(UUIDPGetDatum(&event->host));
		if (find_host(&host_by_id, parameters, snapshot, event))
			return true;
	}
	return tt_errors_refuse(refusal, TT_EVENT_TYPE_NOT_FOUND, NULL,
							"there is no event type %s",
							DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id))));
}

/*
 * A host for itself.
 */
bool
tt_event_type_find_host(const char *host, Snapshot snapshot, TTEventType *event,
						TTRefusal *refusal)
{
	pg_uuid_t	id;
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(&id))};

	memset(event, 0, sizeof(TTEventType));
	if (!tt_address_find_host(host, &id, refusal))
		return false;
	if (!find_host(&host_by_id, parameters, snapshot, event))
		elog(ERROR, "a host that was just found is gone");
	return true;
}

/*
 * The duration to use.
 */
bool
tt_event_type_duration(const TTEventType *event, const Interval *wanted,
					   int64 *duration, TTRefusal *refusal)
{
	*duration = event->duration;
	if (wanted == NULL)
		return true;
	if (tt_durations_usecs(wanted, duration))
	{
		if (*duration == event->duration)
			return true;
		for (int i = 0; i < event->nchoices; i++)
		{
			if (*duration == event->choices[i])
				return true;
		}
	}
	return tt_errors_refuse(refusal, TT_BAD_DURATION,
							"Leave the duration out, or take one of the event type's durations. Write '60 min': '60' is sixty seconds.",
							"event type \"%s/%s\" cannot be booked for %s",
							event->handle, event->slug,
							DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(wanted))));
}
