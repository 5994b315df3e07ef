/*-------------------------------------------------------------------------
 *
 * action.c
 *	  What to do about a meeting, and what an answer means for it.
 *
 * There are two sides: what should be (a meeting has an event exactly if one
 * of its bookings stands on the calendar) and what is known of the event.
 * The table below says what to do for each pair.  An answer changes only what
 * is known; then the table is asked again, until it says that nothing is left
 * to do.  So it does not matter which request was lost, applied twice or
 * overtaken by a change: every way leads through the same states.
 *
 *		none -> creating -> live -> gone -> (next generation) creating
 *					\		 /
 *					 unknown		an answer contradicted what was known, or
 *									the event was not found: read it, then
 *									decide
 *
 * An id that was used once stays taken at the provider for ever, so a new
 * event for the same meeting has the next generation's id, and that is made
 * only when the event before is known to be gone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "action.h"

/* A link that is not there after so many looks (about ten minutes) won't come. */
#define MAX_LINK_LOOKS		15
#define FIRST_LINK_LOOKS	5

/*
 * An event that was there, or whose id is taken, and is not found: the calendar
 * is looked at after the first time, and the event is gone after so many, with
 * twice the wait each time (some two minutes in all with a base of a second).
 */
#define CHECK_LOOKS			1
#define MAX_MISSING_LOOKS	8

static const TTDecision decisions[2][TT_NUM_KNOWN_STATES] = {
	/* not wanted */
	{
		[TT_KNOWN_NONE] = TT_DECIDE_CLOSE,
		[TT_KNOWN_CREATING] = TT_DECIDE_DELETE,
		[TT_KNOWN_UNKNOWN] = TT_DECIDE_DELETE,
		[TT_KNOWN_LIVE] = TT_DECIDE_DELETE,
		[TT_KNOWN_GONE] = TT_DECIDE_CLOSE
	},
	/* wanted */
	{
		[TT_KNOWN_NONE] = TT_DECIDE_CREATE,
		[TT_KNOWN_CREATING] = TT_DECIDE_CREATE,
		[TT_KNOWN_UNKNOWN] = TT_DECIDE_READ,
		[TT_KNOWN_LIVE] = TT_DECIDE_CLOSE,	/* but see decide_live() */
		[TT_KNOWN_GONE] = TT_DECIDE_CREATE_ANEW
	}
};

static TTDecision
decide_live(const TTWish *wish, const TTKnownEvent *known)
{
	if (known->revision != wish->event.revision)
		return TT_DECIDE_MOVE;
	if (!wish->event.want_link || known->link_state == TT_LINK_READY)
		return TT_DECIDE_CLOSE;
	if (known->link_state == TT_LINK_PENDING)
		return TT_DECIDE_READ;
	return known->link_request < TT_LAST_LINK_REQUEST ? TT_DECIDE_ASK_LINK : TT_DECIDE_CLOSE;
}

TTDecision
tt_action_decide(const TTWish *wish, const TTKnownEvent *known)
{
	/* No booking at all says nothing about what should be. */
	if (!wish->is_known)
		return known->state == TT_KNOWN_NONE || known->state == TT_KNOWN_GONE ?
			TT_DECIDE_CLOSE : TT_DECIDE_LEAVE;
	if (wish->is_past)
		return TT_DECIDE_EXPIRED;
	/* Another calendar was connected since: nothing more is made in this one. */
	if (known->state == TT_KNOWN_CREATING && known->is_elsewhere)
		return TT_DECIDE_READ;
	if (known->state == TT_KNOWN_UNKNOWN && known->looks == CHECK_LOOKS)
		return TT_DECIDE_CHECK;
	if (wish->is_wanted && known->state == TT_KNOWN_LIVE)
		return decide_live(wish, known);
	return decisions[wish->is_wanted][known->state];
}

TTProviderAction
tt_action_request(TTDecision decision)
{
	static const TTProviderAction requests[] = {
		[TT_DECIDE_CREATE] = TT_ACTION_CREATE,
		[TT_DECIDE_CREATE_ANEW] = TT_ACTION_CREATE,
		[TT_DECIDE_READ] = TT_ACTION_GET,
		[TT_DECIDE_CHECK] = TT_ACTION_CHECK,
		[TT_DECIDE_MOVE] = TT_ACTION_PATCH,
		[TT_DECIDE_ASK_LINK] = TT_ACTION_PATCH,
		[TT_DECIDE_DELETE] = TT_ACTION_DELETE
	};

	return requests[decision];
}

int64
tt_action_link_wait(const TTKnownEvent *known)
{
	return known->looks < FIRST_LINK_LOOKS ? (INT64CONST(1) << known->looks) * USECS_PER_SEC :
		USECS_PER_MINUTE;
}

/*
 * Look again for an event that was not found.
 */
static void
wait_for_missing(const TTKnownEvent *known, int64 base_us, TTConclusion *conclusion)
{
	conclusion->next = TT_NEXT_WAIT;
	conclusion->wait_us = base_us << (known->looks - 1);
}

static void
enter_state(TTKnownEvent *known, TTKnownState state)
{
	if (known->state != state)
		known->looks = 0;
	known->state = state;
}

/* A new string replaces the old one; none leaves it. */
static void
keep(char **known, char *found)
{
	if (found != NULL)
		*known = found;
}

/*
 * Take over the event as an answer shows it.
 */
static void
record_event(TTKnownEvent *known, const TTEventState *found, int64 revision)
{
	enter_state(known, TT_KNOWN_LIVE);
	known->revision = revision;
	keep(&known->calendar_id, found->calendar_id);
	keep(&known->etag, found->etag);
	keep(&known->html_link, found->html_link);
	keep(&known->ical_uid, found->ical_uid);
	keep(&known->link, found->link);

	/* A link given up stays so, and one that was there is not unlearnt. */
	if (known->link != NULL)
		known->link_state = TT_LINK_READY;
	else if (known->link_request < TT_LAST_LINK_REQUEST || known->link_state != TT_LINK_FAILED)
		known->link_state = found->link_state;
	if (known->link_request >= TT_LAST_LINK_REQUEST && known->warning == NULL &&
		(known->link_state == TT_LINK_FAILED || known->link_state == TT_LINK_NONE))
		known->warning = "the calendar did not make a link";
}

/*
 * The link was asked for once more, and that was answered.
 */
static void
link_asked(const TTEventState *found, TTKnownEvent *known)
{
	known->link_request++;
	known->link_state = TT_LINK_PENDING;
	known->looks = 0;
	record_event(known, found, known->revision);
}

/*
 * There will be no link.
 */
static void
give_up_link(TTKnownEvent *known, const char *why)
{
	known->link_state = TT_LINK_FAILED;
	known->link_request = TT_LAST_LINK_REQUEST;
	known->warning = unconstify(char *, why);
}

/*
 * The event was read.
 */
static void
read_done(const TTJob *job, const TTEventState *found, TTKnownEvent *known, TTConclusion *conclusion)
{
	if (found->cancelled)
	{
		enter_state(known, TT_KNOWN_GONE);
		return;
	}
	if (found->meeting == NULL || strcmp(found->meeting, job->wish.event.meeting) != 0)
	{
		conclusion->next = TT_NEXT_PARK;
		conclusion->problem = "the calendar has another event under this meeting's id";
		return;
	}

	record_event(known, found, found->revision);
	if (known->link_state != TT_LINK_PENDING)
		return;
	known->looks++;
	if (known->looks >= MAX_LINK_LOOKS)
		give_up_link(known, "the calendar did not make a link in time");
}

/*
 * The request was carried out.
 */
static void
action_done(const TTJob *job, const TTEventState *found, int64 base_us, TTKnownEvent *known,
			TTConclusion *conclusion)
{
	TTProviderAction action = tt_action_request(job->decision);

	if (action == TT_ACTION_GET)
		read_done(job, found, known, conclusion);
	else if (action == TT_ACTION_CHECK)
	{
		known->looks++;
		wait_for_missing(known, base_us, conclusion);
	}
	else if (action == TT_ACTION_DELETE || found->cancelled)
		enter_state(known, TT_KNOWN_GONE);
	else if (job->decision == TT_DECIDE_ASK_LINK)
		link_asked(found, known);
	else
		record_event(known, found, job->wish.event.revision);
}

/*
 * Looking for an event that was never seen, in a calendar that is no longer
 * the connection's: not to be found and not to be had are the same there.
 */
static bool
is_out_of_reach(const TTJob *job, const TTProviderAnswer *answer)
{
	const TTKnownEvent *known = &job->now.known;

	return known->is_elsewhere && known->revision < 0 &&
		tt_action_request(job->decision) == TT_ACTION_GET &&
		(answer->class == TT_ANSWER_MISSING || answer->class == TT_ANSWER_PERMANENT);
}

/*
 * There is no such event.  That is final, once another calendar is connected,
 * for one that was never seen.  An answer that was never seen may be the one to
 * a create that is still on its way: delete again once that has run out.  And
 * an event may be out of sight for a while only, with its calendar or while the
 * provider's copies differ: be patient.
 */
static void
action_missing(const TTJob *job, const TTProviderAnswer *answer, int64 timeout_us, int64 base_us,
			   TTKnownEvent *known, TTConclusion *conclusion)
{
	if (!is_out_of_reach(job, answer))
	{
		if (known->state == TT_KNOWN_CREATING && known->looks == 0)
		{
			known->looks++;
			conclusion->next = TT_NEXT_WAIT;
			conclusion->wait_us = timeout_us;
			return;
		}
		enter_state(known, TT_KNOWN_UNKNOWN);
		known->looks++;
		if (known->looks < MAX_MISSING_LOOKS)
		{
			if (known->looks > CHECK_LOOKS)
				wait_for_missing(known, base_us, conclusion);
			return;
		}
	}
	enter_state(known, TT_KNOWN_GONE);
	conclusion->next = TT_NEXT_LOOK;	/* also where access was refused */
	conclusion->problem = conclusion->hint = NULL;
}

/*
 * A success that shows another event than was asked for proves nothing.
 */
static bool
is_about_another(const TTJob *job, const TTProviderAnswer *answer)
{
	return answer->class == TT_ANSWER_DONE && answer->state.event_id != NULL &&
		strcmp(answer->state.event_id, job->now.known.event_id) != 0;
}

/*
 * What an answer means after its remedy was tried in vain.
 */
static TTAnswerClass
class_of(const TTJob *job, const TTProviderAnswer *answer)
{
	bool		is_tried = false;

	switch (answer->class)
	{
		case TT_ANSWER_REFRESH:
			is_tried = job->now.is_refreshed;
			break;
		case TT_ANSWER_WITHOUT_LINK:
			is_tried = job->now.is_without_link;
			break;
		case TT_ANSWER_REREAD:
			/* Read since, and refused in the same way. */
			is_tried = job->row.failures > 1 && job->row.http_status == answer->http_status;
			break;
		case TT_ANSWER_RETRY:
			is_tried = job->row.failures >= TT_PROVIDER_FEW_TRIES &&
				job->row.http_status == answer->http_status;
			break;
		default:
			break;
	}
	return is_tried ? answer->then : answer->class;
}

/*
 * The same where it matters what was asked of the event.
 */
static TTAnswerClass
event_class_of(const TTJob *job, const TTProviderAnswer *answer)
{
	TTAnswerClass class = class_of(job, answer);

	if (is_out_of_reach(job, answer))
		return TT_ANSWER_MISSING;
	if (is_about_another(job, answer))
		return TT_ANSWER_RETRY;
	/* Its event is there: only the link can't be had. */
	if (class == TT_ANSWER_PERMANENT && job->decision == TT_DECIDE_ASK_LINK)
		return TT_ANSWER_WITHOUT_LINK;
	return class;
}

/*
 * What a class of answer means where it does not depend on the event.
 */
static void
begin_conclusion(TTAnswerClass class, const TTProviderAnswer *answer, TTConclusion *conclusion)
{
	static const TTNext nexts[] = {
		[TT_ANSWER_DONE] = TT_NEXT_LOOK,
		[TT_ANSWER_GONE] = TT_NEXT_LOOK,
		[TT_ANSWER_MISSING] = TT_NEXT_LOOK,
		[TT_ANSWER_RETRY] = TT_NEXT_RETRY,
		[TT_ANSWER_REFRESH] = TT_NEXT_REFRESH,
		[TT_ANSWER_REREAD] = TT_NEXT_LOOK,
		[TT_ANSWER_WITHOUT_LINK] = TT_NEXT_REPEAT,
		[TT_ANSWER_PAUSE] = TT_NEXT_PAUSE,
		[TT_ANSWER_HUMAN] = TT_NEXT_HUMAN,
		[TT_ANSWER_PERMANENT] = TT_NEXT_PARK
	};

	conclusion->next = nexts[class];
	conclusion->wait_us = answer->retry_after_s * USECS_PER_SEC;
	conclusion->problem = class == TT_ANSWER_GONE ? NULL : answer->message;
	conclusion->hint = conclusion->problem ? answer->hint : NULL;
}

void
tt_action_event_answer(const TTJob *job, const TTProviderAnswer *answer,
					   int64 timeout_us, int64 base_us, TTKnownEvent *known,
					   TTConclusion *conclusion)
{
	TTAnswerClass class = event_class_of(job, answer);

	*known = job->now.known;
	begin_conclusion(class, answer, conclusion);
	if (is_about_another(job, answer))
		conclusion->problem = "the calendar answered about another event than it was asked about";
	switch (class)
	{
		case TT_ANSWER_DONE:
			action_done(job, &answer->state, base_us, known, conclusion);
			break;
		case TT_ANSWER_GONE:
			enter_state(known, TT_KNOWN_GONE);
			break;
		case TT_ANSWER_MISSING:
			action_missing(job, answer, timeout_us, base_us, known, conclusion);
			break;
		case TT_ANSWER_HUMAN:
			if (job->decision == TT_DECIDE_CHECK && answer->class == TT_ANSWER_RETRY &&
				known->is_elsewhere)
			{
				conclusion->next = TT_NEXT_PARK;
				conclusion->problem = "the event is in a calendar that the connected account has no access to";
				conclusion->hint = "Connect the account that made the event again; timetap.calendar_events.calendar_id says whose calendar it is.";
			}
			break;
		case TT_ANSWER_REREAD:
			enter_state(known, TT_KNOWN_UNKNOWN);
			break;
		case TT_ANSWER_WITHOUT_LINK:
			give_up_link(known, answer->message);
			/* An event that exists has all it can have. */
			if (known->state == TT_KNOWN_LIVE)
				conclusion->next = TT_NEXT_LOOK;
			break;
		default:
			break;
	}
}

void
tt_action_token_answer(const TTJob *job, const TTProviderAnswer *answer,
					   TTConclusion *conclusion)
{
	TTAnswerClass class = class_of(job, answer);

	begin_conclusion(class, answer, conclusion);
	if (class == TT_ANSWER_DONE)
		conclusion->next = TT_NEXT_REPEAT;
	else if (class == TT_ANSWER_PERMANENT)
		conclusion->next = TT_NEXT_HUMAN;	/* no job of this connection can go on */
}
