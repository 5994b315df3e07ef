/*-------------------------------------------------------------------------
 *
 * jobs.c
 *	  The jobs that the worker has.
 *
 * An answer that waits for a lock has no request under way, so it takes no
 * room from other calendars' requests.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "jobs.h"
#include "settings.h"

/* With so many answers that wait for locks no job is claimed. */
#define MAX_WAITING			64

dlist_head	tt_jobs_list = DLIST_STATIC_INIT(tt_jobs_list);

int
tt_jobs_count_requests(int *waiting)
{
	dlist_iter	iter;
	int			count = 0;

	*waiting = 0;
	dlist_foreach(iter, &tt_jobs_list)
	{
		TTStage		stage = dlist_container(TTJob, node, iter.cur)->now.stage;

		*waiting += stage == TT_STAGE_ANSWERED;
		count += stage != TT_STAGE_ANSWERED && stage != TT_STAGE_ENDED;
	}
	return count;
}

int
tt_jobs_room(void)
{
	int			waiting;
	int			count = tt_jobs_count_requests(&waiting);

	return waiting < MAX_WAITING ? timetap_max_in_flight - count : 0;
}

void
tt_jobs_skip_waiting(TTSkipped *skipped)
{
	dlist_iter	iter;

	dlist_foreach(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		if (job->now.stage == TT_STAGE_ANSWERED)
			tt_claim_skip(skipped, &job->connection.host);
	}
}

void
tt_jobs_put_back(void)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &tt_jobs_list)
	{
		TTJob	   *job = dlist_container(TTJob, node, iter.cur);

		if (job->committed.stage == TT_STAGE_CLAIMED)
		{
			dlist_delete(iter.cur);
			tt_job_free(job);
		}
		else
		{
			/* The request was made of an answer that is settled again. */
			if (job->committed.stage == TT_STAGE_ANSWERED && job->now.stage == TT_STAGE_READY)
				tt_http_wipe_request(&job->now.request);
			job->now = job->committed;
		}
	}
}

void
tt_jobs_drop_all(void)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &tt_jobs_list)
	{
		dlist_delete(iter.cur);
		tt_job_free(dlist_container(TTJob, node, iter.cur));
	}
}
