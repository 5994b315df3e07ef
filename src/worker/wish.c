/*-------------------------------------------------------------------------
 *
 * wish.c
 *	  What the calendar should have for a meeting.
 *
 * A meeting has an event exactly if one of its bookings stands on the
 * calendar, with the attendees of those as guests.  The revision is the sum of
 * the versions of all its bookings: it grows with every change of any.
 *
 * The caller holds the queue row's lock.  Whoever changes a booking renews the
 * queue row in the same transaction, so what is read here is what the row's
 * wish stands for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "booking_status.h"
#include "clock.h"
#include "statements.h"
#include "wish.h"

/* Longer texts of attendees are cut, with a mark. */
#define MAX_TEXT		2000

static TTStatement load_bookings = {
	"SELECT b.status" TT_ON_CALENDAR ", b.version, b.starts_at, b.ends_at, b.event_type_id,"
	" b.attendee_email, b.attendee_name, b.notes"
	" FROM timetap.bookings b WHERE b.host_id" EQ "$1 AND b.meeting_id" EQ "$2"
	" ORDER BY b.created_at, b.id",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

static TTStatement load_names = {
	"SELECT h.name, h.time_zone, t.title, t.description, t.location"
	" FROM timetap.hosts h, timetap.event_types t WHERE h.id" EQ "$1 AND t.id" EQ "$2",
	{UUIDOID, UUIDOID, InvalidOid},
	NULL
};

/*
 * "[TimeTap] Session with {email}".
 */
static char *
make_summary(const TTEventWish *event, const char *host_name)
{
	const TTEventGuest *first = event->guests;

	if (event->nguests == 0)
		return psprintf("[TimeTap] Session with %s", host_name);
	if (event->nguests == 1)
		return psprintf("[TimeTap] Session with %s", first->email);
	return psprintf("[TimeTap] Session with %s and %d other%s", first->email,
					event->nguests - 1, event->nguests == 2 ? "" : "s");
}

/*
 * Add a line to the description: a label of ours and somebody's text.
 */
static void
append_line(StringInfo out, const TTProvider *provider, const char *label, const char *text)
{
	char	   *cut;

	if (text == NULL || *text == '\0')
		return;
	cut = pnstrdup(text, pg_mbcliplen(text, strlen(text), MAX_TEXT));
	appendStringInfo(out, "%s%s%s%s", out->len > 0 ? "<br>" : "", label,
					 provider->escape_text(cut), strlen(cut) < strlen(text) ? "..." : "");
}

/*
 * Read the meeting's bookings; returns the event type.  The attendee's notes
 * are for the description if there is one attendee only: others are not to
 * read them.
 */
static pg_uuid_t
read_bookings(TTJob *job, uint64 nbookings, char **notes)
{
	TTWish	   *wish = &job->wish;
	TTEventGuest *guests = MemoryContextAlloc(job->context, nbookings * sizeof(TTEventGuest));
	pg_uuid_t	event_type = {{0}};

	wish->event.guests = guests;
	for (uint64 row = 0; row < nbookings; row++)
	{
		bool		stands = DatumGetBool(tt_statements_value(row, 1));

		wish->event.revision += DatumGetInt32(tt_statements_value(row, 2));
		if (!stands && (wish->is_wanted || row > 0))
			continue;
		wish->event.starts_at = DatumGetTimestampTz(tt_statements_value(row, 3));
		wish->event.ends_at = DatumGetTimestampTz(tt_statements_value(row, 4));
		event_type = *DatumGetUUIDP(tt_statements_value(row, 5));
		if (!stands)
			continue;
		wish->is_wanted = true;
		guests[wish->event.nguests].email = tt_job_text(job->context, row, 6);
		guests[wish->event.nguests].name = tt_job_text(job->context, row, 7);
		*notes = tt_job_text(job->context, row, 8);
		if (guests[wish->event.nguests].email != NULL)
			wish->event.nguests++;
	}
	if (wish->event.nguests > 1)
		*notes = NULL;
	return event_type;
}

void
tt_wish_load(TTJob *job)
{
	TTWish	   *wish = &job->wish;
	TTParameter parameters[] = {
		TT_VALUE(UUIDPGetDatum(&job->row.host)),
		TT_VALUE(UUIDPGetDatum(&job->row.meeting))
	};
	uint64		nbookings = tt_statements_write(&load_bookings, parameters);
	pg_uuid_t	event_type;
	StringInfoData description;
	MemoryContext caller;
	char	   *notes = NULL;
	char	   *location;
	char	   *host_name;

	memset(wish, 0, sizeof(*wish));
	wish->event.meeting = MemoryContextStrdup(job->context,
											  DatumGetCString(DirectFunctionCall1(uuid_out, parameters[1].value)));
	if (nbookings == 0)
		return;
	wish->is_known = true;
	event_type = read_bookings(job, nbookings, &notes);
	wish->is_past = wish->event.ends_at <= timetap_clock();
	if (wish->is_past || !wish->is_wanted)
		return;

	parameters[1] = TT_VALUE(UUIDPGetDatum(&event_type));
	if (tt_statements_write(&load_names, parameters) != 1)
		elog(ERROR, "host or event type of a meeting not found");
	caller = MemoryContextSwitchTo(job->context);
	host_name = tt_statements_text(0, 1);
	wish->event.time_zone = tt_statements_text(0, 2);
	location = tt_statements_text(0, 5);
	wish->event.want_link = location != NULL && strcmp(location, "meet") == 0;
	wish->event.summary = make_summary(&wish->event, host_name);
	initStringInfo(&description);
	append_line(&description, job->connection.provider, "Session: ", tt_statements_text(0, 3));
	append_line(&description, job->connection.provider, "Host: ", host_name);
	append_line(&description, job->connection.provider, "", tt_statements_text(0, 4));
	append_line(&description, job->connection.provider, "Notes: ", notes);
	wish->event.description = description.data;
	MemoryContextSwitchTo(caller);
}
