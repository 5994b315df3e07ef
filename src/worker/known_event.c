/*-------------------------------------------------------------------------
 *
 * known_event.c
 *	  The calendar event of a meeting as last known: its row.
 *
 * The row is written, and committed, before the first byte of a create goes
 * out: a worker that dies then finds the id under which to ask again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "connection.h"
#include "known_event.h"
#include "statements.h"

static const char *const state_names[] = {
	[TT_KNOWN_CREATING] = "creating",
	[TT_KNOWN_UNKNOWN] = "unknown",
	[TT_KNOWN_LIVE] = "live",
	[TT_KNOWN_GONE] = "gone"
};

static const char *const link_state_names[] = {
	[TT_LINK_NONE] = "none",
	[TT_LINK_PENDING] = "pending",
	[TT_LINK_READY] = "ready",
	[TT_LINK_FAILED] = "failed"
};

static TTStatement load_row = {
	"SELECT e.state, e.connection_id, e.calendar_id, e.event_id, e.generation, e.revision, e.etag,"
	" e.html_link, e.ical_uid, e.link, e.link_state, e.link_request, e.looks, e.warning"
	" FROM timetap.calendar_events e WHERE e.host_id" EQ "$1 AND e.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

static TTStatement insert_row = {
	"INSERT INTO timetap.calendar_events (host_id, meeting_id, connection_id, provider, calendar_id,"
	" event_id, generation) VALUES ($1, $2, $3, $4, $5, $6, $7)",
	{UUIDOID, UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, InvalidOid},
	NULL
};

static TTStatement next_generation = {
	"UPDATE timetap.calendar_events AS e SET connection_id = $3, provider = $4, calendar_id = $5,"
	" event_id = $6, generation = $7, state = 'creating', revision = NULL, etag = NULL,"
	" html_link = NULL, ical_uid = NULL, link = NULL, link_state = 'none', link_request = 1,"
	" looks = 0, warning = NULL, updated_at = pg_catalog.now()"
	" WHERE e.host_id" EQ "$1 AND e.meeting_id" EQ "$2",
	{UUIDOID, UUIDOID, UUIDOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, InvalidOid},
	NULL
};

static TTStatement record_row = {
	"UPDATE timetap.calendar_events AS e SET state = $4, revision = $5, etag = $6, html_link = $7,"
	" ical_uid = $8, link = $9, link_state = $10, link_request = $11, looks = $12,"
	" warning = $13, calendar_id = $14, updated_at = pg_catalog.now()"
	" WHERE e.host_id" EQ "$1 AND e.meeting_id" EQ "$2 AND e.event_id" EQ "$3",
	{UUIDOID, UUIDOID, TEXTOID, TEXTOID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	INT4OID, INT4OID, TEXTOID, TEXTOID, InvalidOid},
	NULL
};

/*
 * The value of a name; the tables' CHECKs allow no other.
 */
static int
find_name(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
	{
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return i;
	}
	elog(ERROR, "unexpected state \"%s\" of a calendar event", name);
}

void
tt_known_event_load(TTJob *job)
{
	TTKnownEvent *known = &job->now.known;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&job->row.host)),
		TT_VALUE(UUIDPGetDatum(&job->row.meeting))
	};
	bool		isnull;
	Datum		revision;

	memset(known, 0, sizeof(*known));
	known->revision = -1;
	if (tt_statements_write(&load_row, parameters) == 0)
		return;					/* TT_KNOWN_NONE */

	known->state = find_name(state_names, lengthof(state_names), tt_statements_text(0, 1));
	known->connection = *DatumGetUUIDP(tt_statements_value(0, 2));
	known->calendar_id = tt_job_text(job->context, 0, 3);
	known->is_elsewhere = memcmp(&known->connection, &job->connection.id, UUID_LEN) != 0 ||
		strcmp(known->calendar_id, tt_connection_calendar(&job->connection)) != 0;
	known->event_id = tt_job_text(job->context, 0, 4);
	known->generation = DatumGetInt32(tt_statements_value(0, 5));
	revision = tt_statements_column(0, 6, &isnull);
	if (!isnull)
		known->revision = DatumGetInt64(revision);
	known->etag = tt_job_text(job->context, 0, 7);
	known->html_link = tt_job_text(job->context, 0, 8);
	known->ical_uid = tt_job_text(job->context, 0, 9);
	known->link = tt_job_text(job->context, 0, 10);
	known->link_state = find_name(link_state_names, lengthof(link_state_names), tt_statements_text(0, 11));
	known->link_request = DatumGetInt32(tt_statements_value(0, 12));
	known->looks = DatumGetInt32(tt_statements_value(0, 13));
	known->warning = tt_job_text(job->context, 0, 14);
}

/*
 * A new event: under the id of its generation, in the connection's calendar.
 */
static void
begin_generation(TTJob *job, int32 generation, TTStatement *statement)
{
	TTKnownEvent *known = &job->now.known;
	const TTConnection *connection = &job->connection;
	MemoryContext caller = MemoryContextSwitchTo(job->context);

	memset(known, 0, sizeof(*known));
	known->state = TT_KNOWN_CREATING;
	known->connection = connection->id;
	known->calendar_id = pstrdup(tt_connection_calendar(connection));
	known->event_id = connection->provider->event_id(job->wish.event.meeting, generation);
	known->generation = generation;
	known->revision = -1;
	known->link_request = 1;
	MemoryContextSwitchTo(caller);

	{
		TTParameter parameters[] = {
			TT_VALUE(UUIDPGetDatum(&job->row.host)),
			TT_VALUE(UUIDPGetDatum(&job->row.meeting)),
			TT_VALUE(UUIDPGetDatum(&known->connection)),
			TT_TEXT(connection->provider->name),
			TT_TEXT(known->calendar_id),
			TT_TEXT(known->event_id),
			TT_VALUE(Int32GetDatum(generation))
		};

		tt_statements_write(statement, parameters);
	}
}

void
tt_known_event_prepare(TTJob *job)
{
	if (job->decision == TT_DECIDE_CREATE && job->now.known.state == TT_KNOWN_NONE)
		begin_generation(job, 1, &insert_row);
	else if (job->decision == TT_DECIDE_CREATE_ANEW)
		begin_generation(job, job->now.known.generation + 1, &next_generation);
}

void
tt_known_event_record(const TTJob *job, const TTKnownEvent *known)
{
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&job->row.host)),
		TT_VALUE(UUIDPGetDatum(&job->row.meeting)),
		TT_TEXT(job->now.known.event_id),
		TT_TEXT(state_names[known->state]),
		known->revision < 0 ? TT_NULL : TT_VALUE(Int64GetDatum(known->revision)),
		TT_TEXT(known->etag),
		TT_TEXT(known->html_link),
		TT_TEXT(known->ical_uid),
		TT_TEXT(known->link),
		TT_TEXT(link_state_names[known->link_state]),
		TT_VALUE(Int32GetDatum(known->link_request)),
		TT_VALUE(Int32GetDatum(known->looks)),
		TT_TEXT(known->warning),
		TT_TEXT(known->calendar_id)
	};

	tt_statements_write(&record_row, parameters);
}

bool
tt_known_event_differs(const TTKnownEvent *a, const TTKnownEvent *b)
{
	return a->state != b->state ||
		memcmp(&a->connection, &b->connection, sizeof(pg_uuid_t)) != 0 ||
		a->calendar_id != b->calendar_id ||
		a->is_elsewhere != b->is_elsewhere ||
		a->event_id != b->event_id ||
		a->generation != b->generation ||
		a->revision != b->revision ||
		a->etag != b->etag ||
		a->html_link != b->html_link ||
		a->ical_uid != b->ical_uid ||
		a->link != b->link ||
		a->link_state != b->link_state ||
		a->link_request != b->link_request ||
		a->looks != b->looks ||
		a->warning != b->warning;
}
