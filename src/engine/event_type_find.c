/*-------------------------------------------------------------------------
 *
 * event_type_find.c
 *	  An event type and its host, read into memory for the slot core.
 *
 * One statement reads both, by whichever name the caller used: slots() runs
 * hundreds of times for every booking, and each statement costs some 2 us.
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

#define EVENT_TYPE_COLUMNS \
	"SELECT e.id, e.host_id, h.handle, e.slug, e.title, e.schedule, h.time_zone," \
	" e.duration, e.slot_interval, e.start_offset, e.buffer_before, e.buffer_after, e.min_notice," \
	" e.horizon, e.bookable_from, e.bookable_until, e.align, e.active, e.durations" \
	" FROM timetap.event_types e JOIN timetap.hosts h ON h.id" EQ "e.host_id "

enum
{
	COL_ID = 1, COL_HOST, COL_HANDLE, COL_SLUG, COL_TITLE, COL_SCHEDULE, COL_ZONE,
	COL_DURATION, COL_INTERVAL, COL_OFFSET, COL_BEFORE, COL_AFTER, COL_NOTICE,
	COL_HORIZON, COL_FROM, COL_UNTIL, COL_ALIGN, COL_ACTIVE, COL_DURATIONS
};

static TTStatement by_address = {
	EVENT_TYPE_COLUMNS "WHERE h.handle" EQ "$1 AND e.slug" EQ "$2",
	{TEXTOID, TEXTOID, InvalidOid}
};

static TTStatement by_id = {
	EVENT_TYPE_COLUMNS "WHERE e.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

static int64
usecs_column(int column)
{
	int64		usecs;

	if (!tt_durations_usecs(DatumGetIntervalP(tt_statements_value(0, column)), &usecs))
		ereport(ERROR,
				errcode(ERRCODE_CHECK_VIOLATION),
				errmsg("an interval of event type \"%s/%s\" has months or is too long",
					   tt_statements_text(0, COL_HANDLE), tt_statements_text(0, COL_SLUG)),
				errhint("Correct its row in timetap.event_types."));
	return usecs;
}

static DateADT
date_column(int column, DateADT when_null)
{
	bool		isnull;
	Datum		value = tt_statements_column(0, column, &isnull);

	return isnull ? when_null : DatumGetDateADT(value);
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

static void
read_choices(TTEventType *event)
{
	bool		isnull;
	Datum		value = tt_statements_column(0, COL_DURATIONS, &isnull);
	Datum	   *elements;
	int			count;

	event->nchoices = 0;
	event->choices = NULL;
	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &elements, NULL, &count);
	event->choices = palloc(sizeof(int64) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		int64		usecs;

		if (tt_durations_usecs(DatumGetIntervalP(elements[i]), &usecs))
			event->choices[event->nchoices++] = usecs;
	}
}

/*
 * Read the one row of the last result.
 */
static void
read_row(TTEventType *event)
{
	bool		isnull;
	Datum		horizon;
	char	   *zone_name;
	pg_tz	   *rules;

	event->id = *DatumGetUUIDP(tt_statements_value(0, COL_ID));
	event->host = *DatumGetUUIDP(tt_statements_value(0, COL_HOST));
	event->handle = tt_statements_text(0, COL_HANDLE);
	event->slug = tt_statements_text(0, COL_SLUG);
	event->title = tt_statements_text(0, COL_TITLE);
	event->schedule = tt_statements_text(0, COL_SCHEDULE);
	event->duration = usecs_column(COL_DURATION);
	event->interval = usecs_column(COL_INTERVAL);
	event->start_offset = usecs_column(COL_OFFSET);
	event->buffer_before = usecs_column(COL_BEFORE);
	event->buffer_after = usecs_column(COL_AFTER);
	event->min_notice = usecs_column(COL_NOTICE);
	horizon = tt_statements_column(0, COL_HORIZON, &isnull);
	event->has_horizon = !isnull;
	if (!isnull)
	{
		(void) usecs_column(COL_HORIZON);
		event->horizon = *DatumGetIntervalP(horizon);
	}
	event->bookable_from = date_column(COL_FROM, DATEVAL_NOBEGIN);
	event->bookable_until = date_column(COL_UNTIL, DATEVAL_NOEND);
	event->align = align_of(tt_statements_text(0, COL_ALIGN));
	event->active = DatumGetBool(tt_statements_value(0, COL_ACTIVE));
	read_choices(event);

	zone_name = tt_statements_text(0, COL_ZONE);
	rules = tt_zone_rules(zone_name);
	if (rules == NULL)
		tt_errors_throw(TT_BAD_TIME_ZONE,
						"Give the host a zone that this server knows: see pg_timezone_names.",
						"time zone \"%s\" of host \"%s\" is not known to this server",
						zone_name, event->handle);
	tt_zone_open(&event->zone, rules);
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
	uint64		found = 0;

	if (tt_address_split(address, handle, slug))
	{
		TTParameter parameters[] = {TT_TEXT(handle), TT_TEXT(slug)};

		found = tt_statements_read(&by_address, parameters, snapshot);
	}
	else if (tt_address_is_uuid(address, &id))
		return tt_event_type_find_by_id(&id, snapshot, event, refusal);

	if (found == 0)
		return tt_errors_refuse(refusal, TT_EVENT_TYPE_NOT_FOUND,
								"Write 'handle/slug', such as 'ana/intro', or the event type's uuid.",
								"there is no event type \"%s\"", tt_address_shown(address));
	read_row(event);
	return true;
}

/*
 * Find one by its id.
 */
bool
tt_event_type_find_by_id(const pg_uuid_t *id, Snapshot snapshot, TTEventType *event,
						 TTRefusal *refusal)
{
	TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(id))};

	if (tt_statements_read(&by_id, parameters, snapshot) == 0)
		return tt_errors_refuse(refusal, TT_EVENT_TYPE_NOT_FOUND, NULL,
								"there is no event type %s",
								DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id))));
	read_row(event);
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
