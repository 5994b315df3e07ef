/*-------------------------------------------------------------------------
 *
 * settle.c
 *	  Writing down what an answer says.
 *
 * What an answer proves about the event is always recorded, also when the
 * wish has changed meanwhile.  Only closing the job depends on the claim being
 * the last one and the wish being the one that was carried out; otherwise the
 * job is due again at once.
 *
 * All rows are locked with SKIP LOCKED.  If one is not to be had, everything
 * is rolled back, the answer stays in memory, and the worker comes back to it:
 * a worker that waited here while somebody cancels would deadlock with him.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "utils/memutils.h"

#include "action.h"
#include "connection.h"
#include "credentials.h"
#include "guarded.h"
#include "known_event.h"
#include "queue_row.h"
#include "request.h"
#include "settings.h"
#include "settle.h"
#include "trouble.h"
#include "write_back.h"

/* So many rereads in a row go without a wait between them. */
#define FREE_LOOKS		4

typedef struct Settlement
{
	TTJob	   *job;
	TimestampTz now;
	TTProviderAnswer answer;
	TTProviderToken token;		/* NULLs unless the answer brought one */
	TTConclusion	conclusion;
	TTKnownEvent known;			/* as the answer proves it */
	bool		is_known_new;	/* it proves something */
	TTQueueRow	row;			/* locked */
	bool		is_ours;		/* the row belongs to this claim */
	bool		is_same_wish;	/* and wants what was asked for */
	TTConnection connection;	/* locked */
	bool		has_lease;		/* the connection still is leased to this claim */
} Settlement;

/*
 * The answer to a request for an access token.
 */
static void
read_token_answer(Settlement *s)
{
	TTJob	   *job = s->job;

	job->connection.provider->token_answer(&job->reply, &s->answer, &s->token);
	tt_action_token_answer(job, &s->answer, &s->conclusion);
	s->known = job->now.known;
}

/*
 * Keep the tokens that came.  The connection is locked, so that a new refresh
 * token can be stored without waiting; a connection that is no longer ours has
 * another one already.
 */
static void
keep_tokens(Settlement *s)
{
	TTJob	   *job = s->job;

	if (s->token.access_token == NULL)
		return;
	tt_credentials_keep(&job->connection, &s->token, s->now);
	if (s->has_lease)
	{
		job->blames_connection = true;
		tt_credentials_store_rotated(&job->connection, &s->token);
		job->blames_connection = false;
	}
	tt_credentials_wipe_token(&s->token);
}

static void
read_event_answer(Settlement *s)
{
	TTJob	   *job = s->job;

	job->connection.provider->event_answer(tt_action_request(job->decision), &job->reply, &s->answer);
	tt_action_event_answer(job, &s->answer, (int64) timetap_request_timeout * 1000,
						   (int64) timetap_retry_base * 1000, &s->known, &s->conclusion);
	s->is_known_new = tt_known_event_differs(&s->known, &job->now.known);
}

static void
read_answer(Settlement *s)
{
	MemoryContext caller = MemoryContextSwitchTo(s->job->context);

	if (s->job->now.step == TT_STEP_TOKEN)
		read_token_answer(s);
	else
		read_event_answer(s);
	MemoryContextSwitchTo(caller);
}

/*
 * Lock connection and job; false if somebody else has one of them.
 */
static bool
lock_rows(Settlement *s)
{
	TTJob	   *job = s->job;
	TTLocked	locked = tt_connection_lock_leased(job, &s->connection);

	if (locked == TT_LOCKED_BY_OTHER)
		return false;
	s->has_lease = locked == TT_LOCKED;

	locked = tt_queue_row_lock(&job->row.host, &job->row.meeting, job->context, &s->row);
	if (locked == TT_LOCKED_BY_OTHER)
		return false;
	s->is_ours = locked == TT_LOCKED && s->row.attempt == job->row.attempt;
	s->is_same_wish = s->is_ours && s->row.wish == job->row.wish;
	return true;
}

/*
 * Is there anything new for the bookings?  A look for a link that is not there
 * yet brings nothing.
 */
static bool
has_news(const Settlement *s)
{
	const TTKnownEvent *before = &s->job->now.known;

	return s->known.state == TT_KNOWN_LIVE &&
		(before->state != TT_KNOWN_LIVE || s->job->decision != TT_DECIDE_READ ||
		 s->known.link != before->link);
}

/*
 * Record what is proved about the event, and tell the bookings.
 */
static bool
record(Settlement *s)
{
	TTJob	   *job = s->job;

	if (!s->is_known_new)
		return true;
	tt_known_event_record(job, &s->known);
	if (!has_news(s))
		return true;
	if (!tt_write_back_lock(&job->row))
		return false;
	tt_write_back_event(&job->row, &s->known);
	return true;
}

/*
 * Go on within this claim, unless it was taken from us or something else is
 * wanted by now: one more request.
 */
static bool
repeat(Settlement *s)
{
	TTJob	   *job = s->job;

	if (s->conclusion.next == TT_NEXT_REFRESH)
	{
		tt_credentials_drop(&job->connection);
		job->now.is_refreshed = true;
	}
	if (s->answer.class == TT_ANSWER_WITHOUT_LINK)
		job->now.is_without_link = true;
	if (!s->is_same_wish || !s->has_lease || s->connection.version != job->connection.version ||
		strcmp(s->connection.state, "connected") != 0)
		return false;

	job->now.known = s->known;
	job->now.lease_until = tt_connection_lease_end(s->now);
	s->connection.lease_until = job->now.lease_until;
	tt_connection_write(&s->connection);
	job->connection.credential = s->connection.credential;	/* it may be a new one */
	tt_request_build(job, s->now);
	job->now.stage = TT_STAGE_READY;
	return true;
}

/*
 * The event was dealt with: close the job, or look again, at once or when the
 * link may be there.
 */
static bool
look_again(Settlement *s)
{
	TTJob	   *job = s->job;
	TTDecision	decision = tt_action_decide(&job->wish, &s->known);

	if (s->has_lease)
		tt_connection_success(s->job, &s->connection, s->now);
	s->row.next_attempt_at = s->now;
	if (!s->is_same_wish)
		return true;
	if (!tt_action_needs_request(decision))
	{
		if (!tt_write_back_lock(&s->row))
			return false;
		tt_write_back_synced(&s->row);
		tt_queue_row_delete(&s->row);
		s->is_ours = false;
		return true;
	}
	if (decision == TT_DECIDE_READ && s->known.state == TT_KNOWN_LIVE)
	{
		s->row.failures = 0;
		s->row.next_attempt_at += tt_action_link_wait(&s->known);
		return true;
	}
	/* Answers that contradict each other for ever are slowed down. */
	return s->row.failures < FREE_LOOKS || tt_trouble_retry(&s->row, 0, s->now);
}

/*
 * The credential, or the whole connection, is in trouble; the job is not to
 * blame for it.  A credential that was replaced meanwhile is tried at once.
 */
static void
blame_connection(Settlement *s)
{
	bool		is_current = s->has_lease && s->connection.version == s->job->connection.version;

	s->row.failures = Max(s->row.failures - 1, 0);
	s->row.next_attempt_at = s->now;
	if (s->conclusion.next == TT_NEXT_HUMAN)
		tt_credentials_drop(&s->job->connection);
	if (!is_current || strcmp(s->connection.state, "connected") != 0)
		return;
	if (s->conclusion.next == TT_NEXT_PAUSE)
	{
		/* Up to a quarter more, so that not all come back at once. */
		s->connection.not_before = s->now + s->conclusion.wait_us +
			(int64) ((double) s->conclusion.wait_us * pg_prng_double(&pg_global_prng_state) / 4);
		tt_connection_trouble(s->job, &s->connection, "connected", s->conclusion.problem, s->conclusion.hint);
	}
	else
		tt_connection_trouble(s->job, &s->connection, s->answer.operator_needed ? "failed" : "revoked",
							  s->conclusion.problem, s->conclusion.hint);
}

/*
 * The same again later.  What is no fault of this row's holds back all jobs of
 * the connection and does not count against the row; but a row that fails
 * where others go through may be the trouble itself, so that the first failure
 * in a row counts.
 */
static bool
retry(Settlement *s)
{
	bool		is_shared = s->answer.shared && s->has_lease;
	bool		counts = !is_shared || s->connection.failures == 0;

	if (is_shared)
		tt_connection_hold_back(s->job, &s->connection, s->conclusion.wait_us, s->conclusion.problem,
								s->conclusion.hint, s->now);
	if (counts)
		return !s->is_ours || tt_trouble_retry(&s->row, s->conclusion.wait_us, s->now);
	s->row.failures = Max(s->row.failures - 1, 0);
	s->row.next_attempt_at = s->now;
	return true;
}

/*
 * What becomes of the locked row.
 */
static bool
decide_row(Settlement *s)
{
	switch (s->conclusion.next)
	{
		case TT_NEXT_LOOK:
			return look_again(s);
		case TT_NEXT_WAIT:
			s->row.failures = Max(s->row.failures - 1, 0);
			s->row.next_attempt_at = s->now + s->conclusion.wait_us;
			return true;
		case TT_NEXT_REPEAT:
		case TT_NEXT_REFRESH:
			s->row.next_attempt_at = s->now;	/* by another claim */
			return true;
		case TT_NEXT_PAUSE:
		case TT_NEXT_HUMAN:
			blame_connection(s);
			return true;
		case TT_NEXT_PARK:
			return !s->is_same_wish || tt_trouble_park(&s->row);
		case TT_NEXT_RETRY:
			break;
	}
	return retry(s);
}

/*
 * The guarded part.
 */
static bool
settle(TTJob *job)
{
	Settlement	s = {.job = job, .now = GetCurrentTimestamp()};

	read_answer(&s);
	job->now.problem = s.conclusion.problem;
	if (!lock_rows(&s))
	{
		tt_credentials_wipe_token(&s.token);
		return false;
	}
	keep_tokens(&s);
	if (!record(&s))
		return false;
	if ((s.conclusion.next == TT_NEXT_REPEAT || s.conclusion.next == TT_NEXT_REFRESH) && repeat(&s))
		return true;

	/* A success on the way does not unsay why the wish is not fulfilled yet. */
	if (s.conclusion.problem != NULL)
	{
		s.row.http_status = s.answer.http_status;
		s.row.last_error = s.conclusion.problem;
		s.row.hint = s.conclusion.hint;
	}
	if (!s.answer.shared)
		s.connection.failures = 0;
	if (!decide_row(&s))
		return false;
	if (s.is_ours)
		tt_queue_row_write(&s.row);
	if (s.has_lease)
	{
		if (s.connection.version == job->connection.version)
			tt_connection_learn_calendar(&s.connection, job->now.known.calendar_id,
										 s.answer.state.calendar_id);
		s.connection.lease_until = TT_NO_TIME;
		tt_connection_write(&s.connection);
	}
	job->now.stage = TT_STAGE_ENDED;
	return true;
}

/*
 * Settling may be tried often; what a try leaves in memory is needed only if
 * it works, or to say why it did not.
 */
static TTGuarded
try_to_settle(TTJob *job, ErrorData **error)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = job->context;
	volatile	TTGuarded result = TT_GUARDED_BUSY;

	job->context = AllocSetContextCreate(context, "timetap settlement", ALLOCSET_SMALL_SIZES);
	job->blames_connection = false;
	PG_TRY();
	{
		result = tt_guarded_run(settle, job, error);
	}
	PG_FINALLY();
	{
		MemoryContextSwitchTo(caller);
		if (result == TT_GUARDED_BUSY || result == TT_GUARDED_BLOCKED)
			MemoryContextDelete(job->context);
		job->context = context;
	}
	PG_END_TRY();
	return result;
}

TTGuarded
tt_settle(TTJob *job)
{
	TTProgress	before = job->now;
	ErrorData  *error;
	TTGuarded	result = try_to_settle(job, &error);

	if (result == TT_GUARDED_DONE)
		return result;
	job->now = before;
	if (result != TT_GUARDED_FAILED)
		return result;

	/* What can't even be marked is found again when its lease has run out. */
	if (!tt_trouble_mark(job, error))
		ereport(LOG,
				(errmsg("timetap could not settle an answer: %s", job->error)));
	job->now.problem = job->error;
	job->now.stage = TT_STAGE_ENDED;
	return TT_GUARDED_DONE;
}
