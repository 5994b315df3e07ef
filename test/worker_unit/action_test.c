/*-------------------------------------------------------------------------
 *
 * action_test.c
 *	  What is done about a meeting: each pair of what should be and what is
 *	  known, and random lives of meetings against a small calendar that loses
 *	  requests and answers, and that people work in.
 *
 * A life ends when the calendar behaves again: then the worker must come to
 * rest, with exactly the event that should be there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "action.h"
#include "check.h"

#define LIVES				20000
#define TROUBLES			40		/* steps of a life */
#define GENERATIONS			(3 * TROUBLES)
#define MISSED				6		/* times that an event is out of sight, at most */
#define REST_AFTER			60		/* steps, at most, without trouble */

static const char *const decision_names[] = {
	[TT_DECIDE_CLOSE] = "close",
	[TT_DECIDE_EXPIRED] = "expired",
	[TT_DECIDE_LEAVE] = "leave",
	[TT_DECIDE_CREATE] = "create",
	[TT_DECIDE_CREATE_ANEW] = "create anew",
	[TT_DECIDE_READ] = "read",
	[TT_DECIDE_CHECK] = "check",
	[TT_DECIDE_MOVE] = "move",
	[TT_DECIDE_ASK_LINK] = "ask link",
	[TT_DECIDE_DELETE] = "delete"
};

/* u: no booking known, w: wanted, n: not wanted, p: past. */
static const struct
{
	char		wish;
	TTKnownState state;
	int			revision;		/* known; the wish's is 2 */
	TTLinkState link_state;
	int			link_request;
	const char *decision;
	bool		is_elsewhere;
}			cases[] = {
	{'w', TT_KNOWN_NONE, -1, TT_LINK_NONE, 0, "create", false},
	{'w', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "create", false},
	{'w', TT_KNOWN_UNKNOWN, 2, TT_LINK_READY, 1, "read", false},
	{'w', TT_KNOWN_GONE, 2, TT_LINK_READY, 1, "create anew", false},
	{'w', TT_KNOWN_LIVE, 2, TT_LINK_READY, 1, "close", false},
	{'w', TT_KNOWN_LIVE, 1, TT_LINK_READY, 1, "move", false},
	{'w', TT_KNOWN_LIVE, 1, TT_LINK_PENDING, 1, "move", false},
	{'w', TT_KNOWN_LIVE, 2, TT_LINK_PENDING, 1, "read", false},
	{'w', TT_KNOWN_LIVE, 2, TT_LINK_FAILED, 1, "ask link", false},
	{'w', TT_KNOWN_LIVE, 2, TT_LINK_NONE, 1, "ask link", false},
	{'w', TT_KNOWN_LIVE, 2, TT_LINK_FAILED, 2, "close", false},
	{'n', TT_KNOWN_NONE, -1, TT_LINK_NONE, 0, "close", false},
	{'n', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "delete", false},
	{'n', TT_KNOWN_UNKNOWN, 1, TT_LINK_READY, 1, "delete", false},
	{'n', TT_KNOWN_LIVE, 2, TT_LINK_READY, 1, "delete", false},
	{'n', TT_KNOWN_GONE, 2, TT_LINK_READY, 1, "close", false},
	{'p', TT_KNOWN_NONE, -1, TT_LINK_NONE, 0, "expired", false},
	{'p', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "expired", false},
	{'p', TT_KNOWN_LIVE, 1, TT_LINK_READY, 1, "expired", false},
	{'u', TT_KNOWN_NONE, -1, TT_LINK_NONE, 0, "close", false},
	{'u', TT_KNOWN_GONE, 2, TT_LINK_READY, 1, "close", false},
	{'u', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "leave", false},
	{'u', TT_KNOWN_LIVE, 2, TT_LINK_READY, 1, "leave", false},
	{'w', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "read", true},
	{'n', TT_KNOWN_CREATING, -1, TT_LINK_NONE, 1, "read", true},
	{'w', TT_KNOWN_LIVE, 1, TT_LINK_READY, 1, "move", true},
	{'n', TT_KNOWN_LIVE, 2, TT_LINK_READY, 1, "delete", true},
	{'w', TT_KNOWN_GONE, -1, TT_LINK_NONE, 1, "create anew", true},
};

/* An event of the small calendar; its place is its generation. */
typedef struct Event
{
	bool		is_taken;		/* its id was used once */
	bool		is_live;
	bool		is_purged;		/* taken, but can't be read any more */
	int64		revision;
	int			etag;
	bool		has_link;
} Event;

typedef struct Life
{
	Event		events[GENERATIONS + 1];
	TTJob		job;			/* with the wish, and what is known */
	int			etag;			/* known */
	bool		is_troubled;
	int			nmissed;		/* true events not found, in a row */
} Life;

static void
check_cases(void)
{
	for (size_t i = 0; i < lengthof(cases); i++)
	{
		TTWish		wish = {
			.is_known = cases[i].wish != 'u',
			.is_wanted = cases[i].wish == 'w',
			.is_past = cases[i].wish == 'p',
			.event = {.revision = 2, .want_link = true}
		};
		TTKnownEvent known = {
			.state = cases[i].state,
			.revision = cases[i].revision,
			.link_state = cases[i].link_state,
			.link_request = cases[i].link_request,
			.is_elsewhere = cases[i].is_elsewhere
		};

		check_text(decision_names[tt_action_decide(&wish, &known)], cases[i].decision,
				   "wish %c, state %d, revision %d, link %d, request %d", cases[i].wish,
				   cases[i].state, cases[i].revision, cases[i].link_state, cases[i].link_request);
	}
}

static bool
chance(int percent)
{
	return random_between(1, 100) <= percent;
}

static void
answer_error(TTProviderAnswer *answer, TTAnswerClass class)
{
	answer->class = class;
	answer->then = class;
	answer->message = "trouble";
}

static void
answer_event(const Life *life, const Event *event, TTProviderAnswer *answer)
{
	static char link[] = "https://meet.google.com/abc-defg-hij";

	answer->class = TT_ANSWER_DONE;
	answer->then = TT_ANSWER_DONE;
	answer->state.meeting = unconstify(char *, life->job.wish.event.meeting);
	answer->state.revision = event->revision;
	answer->state.cancelled = !event->is_live;
	answer->state.link = event->has_link ? link : NULL;
	answer->state.link_state = event->has_link ? TT_LINK_READY :
		chance(50) ? TT_LINK_PENDING : TT_LINK_FAILED;
}

/*
 * Create under an id that may be taken.
 */
static void
serve_create(Life *life, Event *event, TTProviderAnswer *answer)
{
	if (event->is_taken)
	{
		answer_error(answer, TT_ANSWER_REREAD);
		return;
	}
	event->is_taken = event->is_live = true;
	event->revision = life->job.wish.event.revision;
	event->etag++;
	event->has_link = chance(70);
	answer_event(life, event, answer);
}

static void
serve_patch(Life *life, Event *event, TTProviderAnswer *answer)
{
	if (event->is_purged || !event->is_taken || event->etag != life->etag)
	{
		answer_error(answer, TT_ANSWER_REREAD);
		return;
	}
	if (event->is_live)
	{
		if (life->job.decision == TT_DECIDE_MOVE)
			event->revision = life->job.wish.event.revision;
		else
			event->has_link = chance(50);
		event->etag++;
	}
	answer_event(life, event, answer);
}

static void
serve_delete(Event *event, TTProviderAnswer *answer)
{
	answer_error(answer, event->is_live ? TT_ANSWER_DONE :
				 event->is_taken && !event->is_purged ? TT_ANSWER_GONE : TT_ANSWER_MISSING);
	event->etag += event->is_live;
	event->is_live = false;
}

static void
serve_get(Life *life, Event *event, TTProviderAnswer *answer)
{
	event->has_link = event->has_link || chance(30);
	if (event->is_purged || !event->is_taken)
		answer_error(answer, TT_ANSWER_MISSING);
	else
		answer_event(life, event, answer);
}

/*
 * The calendar is out of sight for a while: nothing is found in it.
 */
static bool
is_out_of_sight(Life *life, TTProviderAnswer *answer)
{
	TTProviderAction action = tt_action_request(life->job.decision);

	if (action == TT_ACTION_CREATE || action == TT_ACTION_CHECK)
		return false;
	if (!life->is_troubled || life->nmissed >= MISSED || !chance(life->nmissed > 0 ? 80 : 10))
		return false;
	life->nmissed++;
	answer_error(answer, action == TT_ACTION_PATCH ? TT_ANSWER_REREAD : TT_ANSWER_MISSING);
	return true;
}

/*
 * The calendar carries out a request, or not, and answers it, or not.
 */
static void
serve(Life *life, TTProviderAnswer *answer)
{
	Event	   *event = &life->events[life->job.now.known.generation];

	memset(answer, 0, sizeof(*answer));
	if (life->is_troubled && chance(20))
	{
		answer_error(answer, TT_ANSWER_RETRY);
		return;
	}
	if (is_out_of_sight(life, answer))
		return;
	switch (tt_action_request(life->job.decision))
	{
		case TT_ACTION_CREATE:
			serve_create(life, event, answer);
			break;
		case TT_ACTION_PATCH:
			serve_patch(life, event, answer);
			break;
		case TT_ACTION_DELETE:
			serve_delete(event, answer);
			break;
		case TT_ACTION_CHECK:
			answer_error(answer, TT_ANSWER_DONE);
			break;
		default:
			serve_get(life, event, answer);
			break;
	}
	if (life->is_troubled && chance(20))
	{
		memset(answer, 0, sizeof(*answer));
		answer_error(answer, TT_ANSWER_RETRY);
	}
}

/*
 * What the worker writes down before a request.
 */
static void
prepare(Life *life)
{
	TTKnownEvent *known = &life->job.now.known;

	if (known->state == TT_KNOWN_NONE || life->job.decision == TT_DECIDE_CREATE_ANEW)
	{
		int			generation = known->generation + 1;

		memset(known, 0, sizeof(*known));
		known->state = TT_KNOWN_CREATING;
		known->generation = generation;
		known->revision = -1;
		known->link_request = 1;
	}
}

/*
 * A claim of the worker and what comes of it; false if nothing is to be done.
 */
static bool
work(Life *life)
{
	TTProviderAnswer answer;
	TTConclusion	conclusion;
	TTKnownEvent known;

	life->job.decision = tt_action_decide(&life->job.wish, &life->job.now.known);
	if (life->job.decision < TT_DECIDE_CREATE)
		return false;
	prepare(life);
	serve(life, &answer);
	if (life->is_troubled && chance(10))
		return true;			/* the worker dies before it settles */
	tt_action_event_answer(&life->job, &answer, 1, 1, &known, &conclusion);
	if (answer.class == TT_ANSWER_DONE)
		life->etag = life->events[known.generation].etag;
	if (known.state == TT_KNOWN_LIVE || known.state == TT_KNOWN_GONE)
		life->nmissed = 0;
	life->job.now.known = known;
	return true;
}

/*
 * People: who booked changes his mind, and somebody tidies up the calendar.
 */
static void
meddle(Life *life)
{
	Event	   *event = &life->events[life->job.now.known.generation];

	if (chance(20))
		life->job.wish.event.revision++;
	if (chance(10))
	{
		life->job.wish.is_wanted = !life->job.wish.is_wanted;
		life->job.wish.event.revision++;
	}
	if (event->is_live && chance(10))
	{
		event->is_live = false;
		event->is_purged = chance(30);
		event->etag++;
	}
}

/*
 * One life; true if it ends as it should.
 */
static bool
live(void)
{
	static Life life;
	int			steps = 0;
	int			nlive = 0;
	const Event *event;

	memset(&life, 0, sizeof(life));
	life.job.wish.is_known = life.job.wish.is_wanted = true;
	life.job.wish.event.meeting = "m";
	life.job.wish.event.revision = 1;
	life.job.wish.event.want_link = chance(80);
	life.job.now.known.revision = -1;

	life.is_troubled = true;
	for (int i = 0; i < TROUBLES; i++)
	{
		meddle(&life);
		work(&life);
	}
	life.is_troubled = false;
	life.job.wish.event.revision++;
	while (work(&life) && steps < REST_AFTER)
		steps++;

	for (int i = 0; i <= GENERATIONS; i++)
		nlive += life.events[i].is_live;
	event = &life.events[life.job.now.known.generation];
	if (steps < REST_AFTER && nlive == life.job.wish.is_wanted &&
		(nlive == 0 || (event->is_live && event->revision == life.job.wish.event.revision)))
		return true;
	note("%d live events, wanted %d, state %d, generation %d, revision %d of %d, %d steps",
		 nlive, life.job.wish.is_wanted, life.job.now.known.state, life.job.now.known.generation,
		 (int) event->revision, (int) life.job.wish.event.revision, steps);
	return false;
}

int
main(int argc, char **argv)
{
	int			failed = 0;

	check_cases();
	random_seed(seed_of(argc, argv));
	for (int i = 0; i < LIVES && failed < 5; i++)
		failed += !live();
	check(failed == 0, "every life ends with the event that should be there");
	return checks_done();
}
