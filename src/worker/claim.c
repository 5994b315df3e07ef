/*-------------------------------------------------------------------------
 *
 * claim.c
 *	  Finding a job that is due and taking it.
 *
 * In two steps: first a host with due work whose connection may be used now,
 * then that host's job.  The connection's row is locked and leased, so there
 * is at most one request at a time for each calendar.  All locks are taken
 * with SKIP LOCKED: who books or connects is never waited for, and waits for
 * the few milliseconds that a claim takes at most.
 *
 * However many jobs wait for a connection that may not be used, only the first
 * few that are due are looked at.  If none of them will do and there are more,
 * the connections are asked for their first job.
 *
 * The claim is counted, and the event's id written down, in the transaction
 * that ends before the request is sent.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "action.h"
#include "claim.h"
#include "connection.h"
#include "guarded.h"
#include "known_event.h"
#include "queue_row.h"
#include "request.h"
#include "statements.h"
#include "trouble.h"
#include "wish.h"
#include "write_back.h"

/* Due jobs that are looked at in their order. */
#define WINDOW	256

/* What is due, in the words that sync_queue_due_idx has. */
#define IS_DUE	" NOT q.parked AND q.next_attempt_at" LT "'infinity' AND q.next_attempt_at" LE "$1"

/* May a connection that is connected be used now? */
#define IS_FREE	" (c.not_before IS NULL OR c.not_before" LE "$1)" \
	" AND (c.lease_until IS NULL OR c.lease_until" LE "$1)"

#define FIRST_DUE " (SELECT q.host_id, q.meeting_id, q.next_attempt_at FROM timetap.sync_queue q" \
	" WHERE" IS_DUE " ORDER BY q.next_attempt_at LIMIT " CppAsString2(WINDOW) ") AS q"

/* The first due job of a connection, by sync_queue_host_idx. */
#define OF_CONNECTION " CROSS JOIN LATERAL (SELECT q.next_attempt_at FROM timetap.sync_queue q" \
	" WHERE q.host_id" EQ "c.host_id AND NOT q.parked AND q.next_attempt_at" LE "$1" \
	" ORDER BY q.next_attempt_at LIMIT 1) AS q"

static TTStatement find_host = {
	"SELECT c.host_id, c.id FROM" FIRST_DUE
	" JOIN timetap_private.connections c ON c.host_id" EQ "q.host_id"
	" WHERE c.state" EQ "'connected' AND" IS_FREE " AND q.host_id" NE "ALL ($2)"
	" ORDER BY q.next_attempt_at LIMIT 1",
	{TIMESTAMPTZOID, UUIDARRAYOID, InvalidOid},
	NULL
};

/* Is more due than is looked at? */
static TTStatement find_more = {
	"SELECT FROM timetap.sync_queue q WHERE" IS_DUE
	" ORDER BY q.next_attempt_at OFFSET " CppAsString2(WINDOW) " LIMIT 1",
	{TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement find_free = {
	"SELECT c.host_id, c.id FROM timetap_private.connections c" OF_CONNECTION
	" WHERE c.state" EQ "'connected' AND" IS_FREE " AND c.host_id" NE "ALL ($2) LIMIT 1",
	{TIMESTAMPTZOID, UUIDARRAYOID, InvalidOid},
	NULL
};

static TTStatement find_later = {
	"SELECT q.next_attempt_at FROM timetap.sync_queue q"
	" WHERE NOT q.parked AND q.next_attempt_at" LT "'infinity' AND q.next_attempt_at" GT "$1"
	" ORDER BY q.next_attempt_at LIMIT 1",
	{TIMESTAMPTZOID, InvalidOid},
	NULL
};

/* Due, but the connection is paused or leased: when will the first be free? */
#define HELD_BACK "SELECT pg_catalog.min(GREATEST(c.not_before, c.lease_until)) FROM"
#define IS_HELD_BACK " WHERE c.state" EQ "'connected' AND (c.not_before" GT "$1 OR c.lease_until" GT "$1)"

static TTStatement find_held_back = {
	HELD_BACK FIRST_DUE " JOIN timetap_private.connections c ON c.host_id" EQ "q.host_id" IS_HELD_BACK,
	{TIMESTAMPTZOID, InvalidOid},
	NULL
};

static TTStatement find_all_held_back = {
	HELD_BACK " timetap_private.connections c" OF_CONNECTION IS_HELD_BACK,
	{TIMESTAMPTZOID, InvalidOid},
	NULL
};

/*
 * Due, but only a person can mend the connection, and whoever does makes all
 * jobs of its host due.  Both rows are locked, so he has either not begun or is
 * seen.
 */
static TTStatement set_aside = {
	"UPDATE timetap.sync_queue AS q SET next_attempt_at = 'infinity'"
	" FROM (SELECT q.host_id, q.meeting_id FROM" FIRST_DUE
	" JOIN timetap_private.connections c ON c.host_id" EQ "q.host_id"
	" JOIN timetap.sync_queue l ON l.host_id" EQ "q.host_id AND l.meeting_id" EQ "q.meeting_id"
	" WHERE c.state" EQ "ANY ('{revoked,failed}'::pg_catalog.text[])"
	" AND NOT EXISTS (SELECT FROM timetap_private.connections o"
	" WHERE o.host_id" EQ "c.host_id AND o.state" EQ "'connected')"
	" FOR NO KEY UPDATE OF l, c SKIP LOCKED) AS d"
	" WHERE q.host_id" EQ "d.host_id AND q.meeting_id" EQ "d.meeting_id",
	{TIMESTAMPTZOID, InvalidOid},
	NULL
};

/*
 * A host to look at; false if there is none.
 */
static bool
find_connection(TTJob *job, TTSkipped *skipped, TimestampTz now)
{
	ArrayType  *hosts = construct_array(skipped->hosts, skipped->count, UUIDOID, UUID_LEN, false,
										TYPALIGN_CHAR);
	TTParameter parameters[] = {
		TT_VALUE(TimestampTzGetDatum(now)),
		TT_VALUE(PointerGetDatum(hosts))
	};
	TTSection	section;
	bool		found;

	tt_statements_begin(&section);
	found = tt_statements_write(&find_host, parameters) > 0 ||
		(tt_statements_write(&find_more, parameters) > 0 &&
		 tt_statements_write(&find_free, parameters) > 0);
	if (found)
	{
		job->connection.host = *DatumGetUUIDP(tt_statements_value(0, 1));
		job->connection.id = *DatumGetUUIDP(tt_statements_value(0, 2));
	}
	tt_statements_end(&section);
	return found;
}

/*
 * The calendar agrees with the meeting, or can't be brought to: the job ends
 * without a request.
 */
static bool
close_without_request(TTJob *job)
{
	if (!tt_write_back_lock(&job->row))
		return false;
	switch (job->decision)
	{
		case TT_DECIDE_LEAVE:
			job->row.last_error = "no booking of the meeting is there to tell what the calendar should have";
			job->row.hint = "Its event was left as it is: remove it by hand if it is not wanted.";
			job->row.parked = true;
			tt_queue_row_write(&job->row);
			return true;
		case TT_DECIDE_EXPIRED:
			tt_write_back_failed(&job->row);
			break;
		default:
			if (job->now.known.state == TT_KNOWN_LIVE)
				tt_write_back_event(&job->row, &job->now.known);
			tt_write_back_synced(&job->row);
			break;
	}
	tt_queue_row_delete(&job->row);
	return true;
}

/*
 * Lease the connection, count the claim, and make ready what is to be sent.
 */
static void
take(TTJob *job, TimestampTz now)
{
	job->now.lease_until = tt_connection_lease_end(now);
	job->connection.lease_until = job->now.lease_until;
	tt_connection_write(&job->connection);
	tt_queue_row_claim(&job->row, now, job->now.lease_until);
	tt_known_event_prepare(job);
	tt_request_build(job, now);
}

/*
 * The guarded part: lock connection and job, decide.
 */
static bool
claim(TTJob *job)
{
	TimestampTz now = GetCurrentTimestamp();

	job->blames_connection = true;
	if (tt_connection_lock_free(&job->connection.host, &job->connection.id, now, job->context,
								&job->connection) != TT_LOCKED)
		return false;
	if (job->connection.provider == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this version does not know the connection's calendar provider")));
	job->blames_connection = false;

	if (tt_queue_row_lock_due(&job->connection.host, now, job->context, &job->row) != TT_LOCKED)
		return false;
	tt_known_event_load(job);
	tt_wish_load(job);
	job->decision = tt_action_decide(&job->wish, &job->now.known);
	if (!tt_action_needs_request(job->decision))
		return close_without_request(job);
	take(job, now);
	return true;
}

void
tt_claim_skip(TTSkipped *skipped, const pg_uuid_t *host)
{
	pg_uuid_t  *id = &skipped->ids[skipped->count];

	*id = *host;
	skipped->hosts[skipped->count++] = UUIDPGetDatum(id);
}

TTClaimed
tt_claim_next(TTJob *job, TTSkipped *skipped, TimestampTz now)
{
	ErrorData  *error;
	TTGuarded	result;

	if (skipped->count == TT_MAX_SKIPPED || !find_connection(job, skipped, now))
		return TT_CLAIMED_NONE;

	job->now.stage = TT_STAGE_CLAIMED;
	result = tt_guarded_run(claim, job, &error);
	if (result == TT_GUARDED_DONE)
		return !tt_action_needs_request(job->decision) ? TT_CLAIMED_CLOSED : TT_CLAIMED_REQUEST;
	if (result == TT_GUARDED_FAILED && tt_trouble_mark(job, error))
		return TT_CLAIMED_CLOSED;
	tt_claim_skip(skipped, &job->connection.host);
	return result == TT_GUARDED_BLOCKED ? TT_CLAIMED_BLOCKED : TT_CLAIMED_BUSY;
}

bool
tt_claim_set_aside(TimestampTz now)
{
	TTParameter parameters[] = {TT_VALUE(TimestampTzGetDatum(now))};
	TTSection	section;
	bool		found;

	tt_statements_begin(&section);
	found = tt_statements_write(&set_aside, parameters) > 0;
	tt_statements_end(&section);
	return found;
}

TimestampTz
tt_claim_next_due(TimestampTz now)
{
	TTParameter parameters[] = {TT_VALUE(TimestampTzGetDatum(now))};
	TimestampTz next = DT_NOEND;
	TTSection	section;
	bool		is_more;
	bool		isnull;
	Datum		held_back;

	tt_statements_begin(&section);
	if (tt_statements_write(&find_later, parameters) > 0)
		next = DatumGetTimestampTz(tt_statements_value(0, 1));
	is_more = tt_statements_write(&find_more, parameters) > 0;
	tt_statements_write(is_more ? &find_all_held_back : &find_held_back, parameters);
	held_back = tt_statements_column(0, 1, &isnull);
	if (!isnull)
		next = Min(next, DatumGetTimestampTz(held_back));
	tt_statements_end(&section);
	return next;
}

void
tt_claim_free_leases(void)
{
	TTSection	section;

	tt_statements_begin(&section);
	tt_connection_free_leases();
	tt_queue_row_free_leases();
	tt_statements_end(&section);
}
