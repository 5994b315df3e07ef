/*-------------------------------------------------------------------------
 *
 * write_back.c
 *	  What the bookings of a meeting are told about its calendar event.
 *
 * A booking's version does not change by this: it counts what people did.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "booking_status.h"
#include "clock.h"
#include "statements.h"
#include "write_back.h"

#define OF_MEETING	" WHERE b.host_id" EQ "$1 AND b.meeting_id" EQ "$2"

static TTStatement lock_bookings = {
	"SELECT FROM timetap.bookings b" OF_MEETING " FOR NO KEY UPDATE SKIP LOCKED",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

static TTStatement count_bookings = {
	"SELECT FROM timetap.bookings b" OF_MEETING,
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

/* A link that is known is never taken back by an answer without one. */
static TTStatement write_event = {
	"UPDATE timetap.bookings AS b SET google_event_id = $3, meet_link = COALESCE($4, b.meet_link),"
	" updated_at = $5" OF_MEETING " AND b.status" TT_ON_CALENDAR,
	{UUIDOID, UUIDOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement write_synced = {
	"UPDATE timetap.bookings AS b SET sync_state = 'synced', updated_at = $3" OF_MEETING
	" AND b.status" TT_ON_CALENDAR,
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

/* Bookings that are no more on the calendar show it. */
static TTStatement write_removed = {
	"UPDATE timetap.bookings AS b SET sync_state = 'synced', google_event_id = NULL, meet_link = NULL,"
	" updated_at = $3" OF_MEETING " AND NOT (b.status" TT_ON_CALENDAR ")"
	" AND (b.google_event_id IS NOT NULL OR b.sync_state" EQ "ANY ('{pending,failed}'::pg_catalog.text[]))",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement write_failed = {
	"UPDATE timetap.bookings AS b SET sync_state = 'failed', updated_at = $3" OF_MEETING
	" AND b.sync_state" EQ "'pending'",
	{UUIDOID, UUIDOID, TIMESTAMPTZOID, InvalidOid},
	NULL
};

bool
tt_write_back_lock(const TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting))
	};
	uint64		count = tt_statements_write(&count_bookings, parameters);

	return tt_statements_write(&lock_bookings, parameters) >= count;
}

static void
write_state(TTStatement *statement, const TTQueueRow *row)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting)),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};

	tt_statements_write(statement, parameters);
}

void
tt_write_back_event(const TTQueueRow *row, const TTKnownEvent *known)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&row->host)),
		TT_VALUE(UUIDPGetDatum(&row->meeting)),
		TT_TEXT(known->event_id),
		TT_TEXT(known->link),
		TT_VALUE(TimestampTzGetDatum(timetap_clock()))
	};

	tt_statements_write(&write_event, parameters);
}

void
tt_write_back_synced(const TTQueueRow *row)
{
	write_state(&write_synced, row);
	write_state(&write_removed, row);
}

void
tt_write_back_failed(const TTQueueRow *row)
{
	write_state(&write_failed, row);
}
