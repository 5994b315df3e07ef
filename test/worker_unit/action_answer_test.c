/*-------------------------------------------------------------------------
 *
 * action_answer_test.c
 *	  What single answers mean for an event: those that must not be believed
 *	  at once, and those that come again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "action.h"
#include "check.h"

#define TIMEOUT		1000
#define BASE		10

static const char *const next_names[] = {
	[TT_NEXT_LOOK] = "look",
	[TT_NEXT_RETRY] = "retry",
	[TT_NEXT_WAIT] = "wait",
	[TT_NEXT_REPEAT] = "repeat",
	[TT_NEXT_REFRESH] = "refresh",
	[TT_NEXT_PAUSE] = "pause",
	[TT_NEXT_HUMAN] = "human",
	[TT_NEXT_PARK] = "park"
};

static const char *const state_names[] = {"none", "creating", "unknown", "live", "gone"};

static const struct
{
	const char *what;
	TTDecision	decision;
	TTKnownState state;
	int			looks;
	int			revision;
	bool		is_elsewhere;
	int			failures;		/* in the row, this claim included */
	int			row_status;
	int			status;			/* of the answer */
	TTAnswerClass class;
	TTAnswerClass then;
	const char *next;
	const char *becomes;
	int			wait;
}			cases[] = {
	/* Not found. */
	{"delete of a live event", TT_DECIDE_DELETE, TT_KNOWN_LIVE, 0, 1, false, 1, 0,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "look", "unknown", 0},
	{"the calendar is there", TT_DECIDE_CHECK, TT_KNOWN_UNKNOWN, 1, 1, false, 2, 404,
	200, TT_ANSWER_DONE, TT_ANSWER_DONE, "wait", "unknown", 2 * BASE},
	{"still not found", TT_DECIDE_DELETE, TT_KNOWN_UNKNOWN, 2, 1, false, 1, 404,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "wait", "unknown", 4 * BASE},
	{"not found after many looks", TT_DECIDE_DELETE, TT_KNOWN_UNKNOWN, 7, 1, false, 1, 404,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "look", "gone", 0},
	{"known to be deleted", TT_DECIDE_DELETE, TT_KNOWN_LIVE, 0, 1, false, 1, 0,
	410, TT_ANSWER_GONE, TT_ANSWER_GONE, "look", "gone", 0},
	{"delete of a create under way", TT_DECIDE_DELETE, TT_KNOWN_CREATING, 0, -1, false, 1, 0,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "wait", "creating", TIMEOUT},
	{"delete of it again", TT_DECIDE_DELETE, TT_KNOWN_CREATING, 1, -1, false, 1, 404,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "look", "unknown", 0},

	/* The calendar. */
	{"calendar not found", TT_DECIDE_CHECK, TT_KNOWN_UNKNOWN, 1, 1, false, 1, 404,
	404, TT_ANSWER_RETRY, TT_ANSWER_HUMAN, "retry", "unknown", 0},
	{"calendar lost", TT_DECIDE_CHECK, TT_KNOWN_UNKNOWN, 1, 1, false, 3, 404,
	404, TT_ANSWER_RETRY, TT_ANSWER_HUMAN, "human", "unknown", 0},
	{"another calendar lost", TT_DECIDE_CHECK, TT_KNOWN_UNKNOWN, 1, 1, true, 3, 404,
	404, TT_ANSWER_RETRY, TT_ANSWER_HUMAN, "park", "unknown", 0},
	{"never seen, not found elsewhere", TT_DECIDE_READ, TT_KNOWN_CREATING, 0, -1, true, 1, 404,
	404, TT_ANSWER_MISSING, TT_ANSWER_MISSING, "look", "gone", 0},
	{"never seen, not to be read elsewhere", TT_DECIDE_READ, TT_KNOWN_CREATING, 0, -1, true, 1, 404,
	403, TT_ANSWER_PERMANENT, TT_ANSWER_PERMANENT, "look", "gone", 0},
	{"seen, not to be read elsewhere", TT_DECIDE_READ, TT_KNOWN_UNKNOWN, 0, 1, true, 1, 404,
	403, TT_ANSWER_PERMANENT, TT_ANSWER_PERMANENT, "park", "unknown", 0},

	/* Refused, and again. */
	{"change refused", TT_DECIDE_MOVE, TT_KNOWN_LIVE, 0, 1, false, 1, 0,
	400, TT_ANSWER_REREAD, TT_ANSWER_PERMANENT, "look", "unknown", 0},
	{"change refused before, for another wish", TT_DECIDE_MOVE, TT_KNOWN_LIVE, 0, 1, false, 1, 400,
	400, TT_ANSWER_REREAD, TT_ANSWER_PERMANENT, "look", "unknown", 0},
	{"change refused again", TT_DECIDE_MOVE, TT_KNOWN_LIVE, 0, 1, false, 3, 400,
	400, TT_ANSWER_REREAD, TT_ANSWER_PERMANENT, "park", "live", 0},
	{"link refused again", TT_DECIDE_ASK_LINK, TT_KNOWN_LIVE, 0, 1, false, 3, 400,
	400, TT_ANSWER_REREAD, TT_ANSWER_PERMANENT, "look", "live", 0},
	{"changed meanwhile, again", TT_DECIDE_MOVE, TT_KNOWN_LIVE, 0, 1, false, 3, 412,
	412, TT_ANSWER_REREAD, TT_ANSWER_REREAD, "look", "unknown", 0},
};

static void
check_cases(void)
{
	for (size_t i = 0; i < lengthof(cases); i++)
	{
		TTJob		job = {
			.row = {.failures = cases[i].failures, .http_status = cases[i].row_status},
			.wish = {.is_known = true, .event = {.meeting = "m", .revision = 2}},
			.decision = cases[i].decision,
			.now.known = {
				.state = cases[i].state,
				.looks = cases[i].looks,
				.revision = cases[i].revision,
				.is_elsewhere = cases[i].is_elsewhere,
				.link_request = 1
			}
		};
		TTProviderAnswer answer = {
			.class = cases[i].class,
			.then = cases[i].then,
			.http_status = cases[i].status,
			.message = cases[i].class == TT_ANSWER_DONE ? NULL : "trouble"
		};
		TTKnownEvent known;
		TTConclusion conclusion;

		tt_action_event_answer(&job, &answer, TIMEOUT, BASE, &known, &conclusion);
		check_text(next_names[conclusion.next], cases[i].next, "%s: next", cases[i].what);
		check_text(state_names[known.state], cases[i].becomes, "%s: state", cases[i].what);
		check(conclusion.wait_us == cases[i].wait, "%s: wait", cases[i].what);
	}
}

/*
 * Successes.
 */
static void
check_found(void)
{
	TTJob		job = {
		.wish = {.is_known = true, .is_wanted = true,
		.event = {.meeting = "m", .revision = 2, .want_link = true}},
		.decision = TT_DECIDE_MOVE,
		.now.known = {.state = TT_KNOWN_LIVE, .revision = 1, .event_id = "ours",
		.calendar_id = "primary", .link_request = 1, .link_state = TT_LINK_FAILED}
	};
	TTProviderAnswer answer = {
		.class = TT_ANSWER_DONE,
		.then = TT_ANSWER_DONE,
		.http_status = 200,
		.state = {.event_id = "another", .calendar_id = "ana@example.com",
		.revision = 2, .link_state = TT_LINK_FAILED}
	};
	TTKnownEvent known;
	TTConclusion conclusion;

	tt_action_event_answer(&job, &answer, TIMEOUT, BASE, &known, &conclusion);
	check_text(next_names[conclusion.next], "retry", "an answer about another event");
	check(known.revision == 1 && conclusion.problem != NULL, "proves nothing");

	answer.state.event_id = job.now.known.event_id;
	tt_action_event_answer(&job, &answer, TIMEOUT, BASE, &known, &conclusion);
	check(known.revision == 2, "one about ours does");
	check_text(known.calendar_id, "ana@example.com", "and tells the calendar's own id");
	check(known.link_request == 1, "a change is no request for a link");

	job.now.known = known;
	check(tt_action_decide(&job.wish, &known) == TT_DECIDE_ASK_LINK, "one that failed is asked for once more");
	job.decision = TT_DECIDE_ASK_LINK;
	tt_action_event_answer(&job, &answer, TIMEOUT, BASE, &known, &conclusion);
	check(known.link_request == 2 && known.warning != NULL, "which counts when it is answered");
	check(tt_action_decide(&job.wish, &known) == TT_DECIDE_CLOSE, "and then no more");
}

int
main(void)
{
	check_cases();
	check_found();
	return checks_done();
}
