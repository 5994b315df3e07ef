/*-------------------------------------------------------------------------
 *
 * turn.c
 *	  A turn of the worker: settle what was answered, claim what is due, send.
 *
 * A turn has one transaction, and only if there is something to do in it.
 * First the answers that came in are settled, then jobs are claimed until as
 * many are under way as may be.  After the commit their requests are sent; no
 * transaction and no snapshot is open while they are under way.  If the
 * transaction fails as a whole, the jobs claimed in it never were, and the
 * answers are settled again later.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "claim.h"
#include "credentials.h"
#include "installed.h"
#include "jobs.h"
#include "prepared.h"
#include "settings.h"
#include "settle.h"
#include "shared_state.h"
#include "turn.h"

/* Rows that were locked are tried again after this, then after twice that .. */
#define FIRST_LOCK_WAIT		(50 * INT64CONST(1000))
#define LAST_LOCK_WAIT		USECS_PER_SEC

/* A turn that failed is repeated after this, then after twice that .. */
#define FIRST_FAILURE_WAIT	USECS_PER_SEC
#define LAST_FAILURE_WAIT	USECS_PER_MINUTE

/* Prepared transactions are looked at so often; see prepared.c. */
#define PREPARED_WAIT		USECS_PER_SEC

/* Jobs that one transaction closes without a request, so that it stays short. */
#define MAX_CLOSED			32

static bool is_installed;		/* the extension, in our version */
static bool is_started;			/* the leases of a worker before us are freed */
static bool is_work_possible = true;	/* a claim may find something */
static TimestampTz next_due = DT_NOEND;	/* when there will be a job to claim */
static TimestampTz not_before;	/* no transaction before, after a failure */
static int64 failure_wait;
static int64 lock_wait;
static TTWorkerCounters counters;

static int64
doubled(int64 wait, int64 first, int64 last)
{
	return wait == 0 ? first : Min(2 * wait, last);
}

/*
 * The requests that have finished: their jobs are to be settled.
 */
static void
collect_answers(void)
{
	TTHttpReply reply;

	tt_http_process();
	while (tt_http_next_done(&reply))
	{
		TTJob	   *job = reply.owner;

		job->reply = reply;
		job->now.stage = TT_STAGE_ANSWERED;
		job->committed = job->now;
		job->settle_at = 0;
		job->settle_wait = 0;
	}
}

static bool
is_to_be_settled(const TTJob *job, TimestampTz now)
{
	return job->now.stage == TT_STAGE_ANSWERED && job->settle_at <= now;
}

/*
 * Settle what can be settled; false if a table is locked, for which each job
 * would wait anew.
 */
static bool
settle_answers(TimestampTz now)
{
	TTGuarded	settled = TT_GUARDED_DONE;
	dlist_iter	iter;

	dlist_foreach(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		if (!is_to_be_settled(job, now))
			continue;
		if (settled != TT_GUARDED_BLOCKED)
			settled = tt_settle(job);
		if (job->now.stage != TT_STAGE_ANSWERED)
			continue;
		job->settle_wait = doubled(job->settle_wait, FIRST_LOCK_WAIT, LAST_LOCK_WAIT);
		job->settle_at = now + job->settle_wait;
	}
	return settled != TT_GUARDED_BLOCKED;
}

/*
 * Claim until nothing is due or enough is under way; note when to look again.
 */
static void
claim_jobs(TimestampTz now)
{
	int			room = tt_jobs_room();
	int			nclosed = 0;
	int			nwaiting;
	TTSkipped	skipped = {.count = 0};
	TTClaimed	claimed = TT_CLAIMED_CLOSED;

	next_due = DT_NOEND;
	is_work_possible = false;
	if (room <= 0)
		return;
	tt_jobs_skip_waiting(&skipped);
	nwaiting = skipped.count;
	while (room > 0 && nclosed < MAX_CLOSED && claimed != TT_CLAIMED_NONE && claimed != TT_CLAIMED_BLOCKED)
	{
		TTJob	   *job = tt_job_new();

		dlist_push_tail(&tt_jobs_list, &job->node);
		job->now.stage = TT_STAGE_CLAIMED;
		claimed = tt_claim_next(job, &skipped, now);
		if (claimed == TT_CLAIMED_REQUEST)
		{
			room--;
			continue;
		}
		job->now.stage = TT_STAGE_ENDED;
		nclosed += claimed == TT_CLAIMED_CLOSED;
	}

	if (claimed != TT_CLAIMED_BLOCKED)
		is_work_possible = nclosed == MAX_CLOSED || (room > 0 && tt_claim_set_aside(now));
	if (room > 0 && !is_work_possible)
		next_due = tt_claim_next_due(now);
	lock_wait = skipped.count > nwaiting ? doubled(lock_wait, FIRST_LOCK_WAIT, LAST_LOCK_WAIT) : 0;
	if (skipped.count > nwaiting)
		next_due = Min(next_due, now + lock_wait);
}

/*
 * Without the extension there are no jobs: forget what is under way.
 */
static void
forget_jobs(void)
{
	tt_http_cancel(NULL);
	tt_credentials_drop_all();
	tt_jobs_drop_all();
	is_started = false;
	is_work_possible = false;
	next_due = DT_NOEND;
}

/*
 * What a turn does in its transaction.
 */
static void
work(void)
{
	TimestampTz now = GetCurrentTimestamp();
	bool		is_prepared;

	is_installed = tt_installed_check();
	if (!is_installed)
		return;
	if (!is_started)
		tt_claim_free_leases();
	if (!settle_answers(now))
		return;
	is_prepared = tt_prepared_is_waiting();
	claim_jobs(now);
	if (is_prepared)
		next_due = Min(next_due, now + PREPARED_WAIT);
}

static void
run_transaction(void)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, "timetap: settling and claiming sync jobs");
	work();
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_activity(STATE_IDLE, NULL);
	pgstat_report_stat(false);
}

static void
count_answer(const TTJob *job)
{
	if (job->now.problem == NULL)
	{
		counters.done++;
		counters.last_success_at = GetCurrentTimestamp();
		return;
	}
	counters.failed++;
	strlcpy(counters.last_error, job->now.problem, sizeof(counters.last_error));
}

static void
tell_news(TTJob *job)
{
	if (job->now.news != NULL)
		ereport(LOG,
				(errmsg_internal("%s", job->now.news),
				 job->now.news_hint ? errhint("%s", job->now.news_hint) : 0));
	job->now.news = NULL;
}

/*
 * After the commit: let go of what has ended, send what is ready.
 */
static void
go_on(void)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		tell_news(job);
		if (job->committed.stage == TT_STAGE_ANSWERED && job->now.stage != TT_STAGE_ANSWERED)
		{
			count_answer(job);
			tt_job_wipe_reply(job);
			memset(&job->reply, 0, sizeof(job->reply));
		}
		if (job->now.stage == TT_STAGE_ENDED)
		{
			dlist_delete(iter.cur);
			tt_job_free(job);
			continue;
		}
		if (job->now.stage == TT_STAGE_CLAIMED)
			job->now.stage = TT_STAGE_READY;
		job->committed = job->now;
	}
}

static void
send_requests(void)
{
	dlist_iter	iter;

	dlist_foreach(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		if (job->now.stage != TT_STAGE_READY)
			continue;
		tt_http_start(&job->now.request, job->context, job);
		tt_http_wipe_request(&job->now.request);
		job->now.stage = TT_STAGE_UNDER_WAY;
		job->committed = job->now;
	}
}

/*
 * Is there something to do in a transaction?
 */
static bool
needs_transaction(TimestampTz now)
{
	dlist_iter	iter;

	if (now < not_before)
		return false;
	dlist_foreach(iter, &tt_jobs_list)
	{
		if (is_to_be_settled(dlist_container(TTJob, node, iter.cur), now))
			return true;
	}
	return tt_jobs_room() > 0 && (is_work_possible || next_due <= now);
}

static void
report(void)
{
	int			waiting;

	counters.in_flight = tt_jobs_count_requests(&waiting);
	counters.wake_ups++;
	timetap_shared_state_report(&counters);
}

void
tt_turn_run(bool woken)
{
	static bool is_known_counters = false;

	if (!is_known_counters)
		timetap_shared_state_counters(&counters);
	is_known_counters = true;

	if (woken)
		is_work_possible = true;
	collect_answers();
	if (needs_transaction(GetCurrentTimestamp()))
	{
		run_transaction();
		failure_wait = 0;
		not_before = 0;
		if (is_installed)
			is_started = true;
		else
			forget_jobs();
		go_on();
	}
	send_requests();
	report();
}

/*
 * The transaction was rolled back: put everything back as it was before.
 */
void
tt_turn_failed(const char *problem)
{
	tt_jobs_put_back();
	failure_wait = doubled(failure_wait, FIRST_FAILURE_WAIT, LAST_FAILURE_WAIT);
	not_before = GetCurrentTimestamp() + failure_wait;
	is_work_possible = true;
	strlcpy(counters.last_error, problem, sizeof(counters.last_error));
	report();
}

TimestampTz
tt_turn_next(void)
{
	TimestampTz next = DT_NOEND;
	dlist_iter	iter;

	dlist_foreach(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		if (job->now.stage == TT_STAGE_ANSWERED)
			next = Min(next, job->settle_at);
	}
	if (tt_jobs_room() > 0)
		next = Min(next, is_work_possible ? 0 : next_due);
	return Max(next, not_before);
}

bool
tt_turn_is_idle(void)
{
	return dlist_is_empty(&tt_jobs_list) && !is_work_possible && next_due == DT_NOEND;
}
