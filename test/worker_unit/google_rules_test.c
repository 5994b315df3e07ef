/*-------------------------------------------------------------------------
 *
 * google_rules_test.c
 *	  What each of Google's errors asks of the worker.
 *
 * The expectations are Google's documentation and what users report, written
 * down once more and by case, not read from the table under test.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "check.h"
#include "google.h"

static const char *const actions[] = {"create", "get", "patch", "delete", "look at calendar", "token"};
static const char *const classes[] = {
	[TT_ANSWER_DONE] = "done",
	[TT_ANSWER_GONE] = "gone",
	[TT_ANSWER_MISSING] = "missing",
	[TT_ANSWER_RETRY] = "retry",
	[TT_ANSWER_REFRESH] = "refresh",
	[TT_ANSWER_REREAD] = "reread",
	[TT_ANSWER_WITHOUT_LINK] = "without link",
	[TT_ANSWER_PAUSE] = "pause",
	[TT_ANSWER_HUMAN] = "human",
	[TT_ANSWER_PERMANENT] = "permanent"
};

/* An error, what it asks for, and what if it comes again after that. */
static const struct
{
	const char *actions;		/* c g p d l t */
	int			status;
	const char *reason;
	const char *text;
	const char *class;
	const char *then;
}			cases[] = {
	/* Our request. */
	{"cgd", 400, "badRequest", NULL, "permanent", "permanent"},
	{"cgd", 400, NULL, NULL, "permanent", "permanent"},
	{"c", 400, "timeRangeEmpty", NULL, "permanent", "permanent"},
	{"c", 400, "invalid", "Invalid resource id value.", "permanent", "permanent"},
	{"cp", 400, "invalid", "Invalid conference type value.", "without link", "permanent"},
	{"c", 400, "required", "Invalid conference type value.", "permanent", "permanent"},
	{"p", 400, "invalid", "Invalid sequence value.", "reread", "permanent"},
	{"cgpd", 413, NULL, NULL, "permanent", "permanent"},
	{"cgpd", 418, "teapot", NULL, "permanent", "permanent"},

	/* The credential. */
	{"cgpd", 401, "authError", NULL, "refresh", "human"},
	{"cgpd", 401, "UNAUTHENTICATED", NULL, "refresh", "human"},
	{"cgpd", 401, NULL, NULL, "refresh", "human"},
	{"cgpd", 401, "required", "Login Required.", "permanent", "permanent"},
	{"cgpd", 403, "insufficientPermissions", NULL, "human", "human"},
	{"cgpd", 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", NULL, "human", "human"},
	{"cgpd", 403, "accessNotConfigured", NULL, "human", "human"},
	{"cgpd", 403, "SERVICE_DISABLED", NULL, "human", "human"},
	{"cgpd", 403, "domainPolicy", NULL, "human", "human"},
	{"cgd", 403, "forbidden", NULL, "permanent", "permanent"},
	{"p", 403, "forbidden", NULL, "reread", "permanent"},
	{"cgpd", 403, "forbiddenForNonOrganizer", NULL, "permanent", "permanent"},
	{"c", 403, "forbiddenForServiceAccounts", NULL, "permanent", "permanent"},
	{"cgpd", 403, "requiredAccessLevel", NULL, "permanent", "permanent"},
	{"cgpd", 403, NULL, NULL, "permanent", "permanent"},

	/* Too much, too fast. */
	{"cgpd", 403, "rateLimitExceeded", NULL, "retry", "retry"},
	{"cgpd", 403, "userRateLimitExceeded", NULL, "retry", "retry"},
	{"cgpd", 403, "quotaExceeded", NULL, "pause", "pause"},
	{"cgpd", 403, "dailyLimitExceeded", NULL, "pause", "pause"},
	{"cgpdt", 429, "rateLimitExceeded", NULL, "retry", "retry"},
	{"cgpdt", 429, NULL, NULL, "retry", "retry"},
	{"cgpdt", 408, NULL, NULL, "retry", "retry"},

	/* What is there. */
	{"cl", 404, "notFound", NULL, "retry", "human"},
	{"gd", 404, "notFound", NULL, "missing", "missing"},
	{"p", 404, "notFound", NULL, "reread", "reread"},
	{"gd", 410, "deleted", NULL, "gone", "gone"},
	{"p", 410, "deleted", NULL, "reread", "reread"},
	{"c", 409, "duplicate", NULL, "reread", "reread"},
	{"c", 409, NULL, NULL, "reread", "reread"},
	{"cgpd", 409, "conflict", NULL, "retry", "retry"},
	{"cgpd", 412, "conditionNotMet", NULL, "reread", "reread"},

	/* The service, or something in between. */
	{"cgpdt", 500, "backendError", NULL, "retry", "retry"},
	{"cgpdt", 502, NULL, NULL, "retry", "retry"},
	{"cgpdt", 503, "forbidden", NULL, "retry", "retry"},
	{"cgpdt", 599, NULL, NULL, "retry", "retry"},
	{"cgpdt", 302, NULL, NULL, "retry", "retry"},
	{"cgpdt", 100, NULL, NULL, "retry", "retry"},
	{"cgpdt", 0, NULL, NULL, "retry", "retry"},
	{"cgpdt", PG_INT32_MAX, NULL, NULL, "retry", "retry"},

	/* The token endpoint. */
	{"t", 400, "invalid_grant", NULL, "human", "human"},
	{"t", 401, "invalid_client", NULL, "human", "human"},
	{"t", 401, "deleted_client", NULL, "human", "human"},
	{"t", 401, "disabled_client", NULL, "human", "human"},
	{"t", 400, "unauthorized_client", NULL, "human", "human"},
	{"t", 401, "unauthorized_client", NULL, "human", "human"},
	{"t", 403, "access_denied", NULL, "human", "human"},
	{"t", 400, "admin_policy_enforced", NULL, "human", "human"},
	{"t", 403, "org_internal", NULL, "human", "human"},
	{"t", 400, "invalid_scope", NULL, "human", "human"},
	{"t", 400, "invalid_request", NULL, "human", "human"},
	{"t", 400, "unsupported_grant_type", NULL, "human", "human"},
	{"t", 400, "temporarily_unavailable", NULL, "retry", "retry"},
	{"t", 400, "internal_failure", NULL, "retry", "retry"},
	{"t", 503, "invalid_grant", NULL, "retry", "retry"},
	{"t", 404, NULL, NULL, "retry", "human"},
	{"t", 401, "authError", NULL, "retry", "human"},
};

static void
check_classes(void)
{
	for (size_t i = 0; i < lengthof(cases); i++)
	{
		for (int action = 0; action < (int) lengthof(actions); action++)
		{
			const TTGoogleRule *rule;

			if (strchr(cases[i].actions, actions[action][0]) == NULL)
				continue;
			rule = tt_google_rules_find(action, cases[i].status, cases[i].reason, cases[i].text);
			check_text(classes[rule->class], cases[i].class, "%s %d %s", actions[action],
					   cases[i].status, cases[i].reason ? cases[i].reason : "-");
			check_text(classes[rule->then], cases[i].then, "%s %d %s, again", actions[action],
					   cases[i].status, cases[i].reason ? cases[i].reason : "-");
		}
	}
}

/*
 * Whatever a person must act on says how, and to whom it is said.
 */
static void
check_hints(void)
{
	const TTGoogleRule *rule;

	for (size_t i = 0; i < lengthof(cases); i++)
	{
		for (int action = 0; action < (int) lengthof(actions); action++)
		{
			rule = tt_google_rules_find(action, cases[i].status, cases[i].reason, cases[i].text);
			if (rule->class == TT_ANSWER_HUMAN || rule->then == TT_ANSWER_HUMAN ||
				rule->class == TT_ANSWER_PAUSE)
				check(rule->hint != NULL, "%s %d %s has a hint", actions[action],
					  cases[i].status, cases[i].reason ? cases[i].reason : "-");
		}
	}

	check(!tt_google_rules_find(TT_ACTION_TOKEN, 400, "invalid_grant", NULL)->operator_needed,
		  "a grant that ended is for the calendar's owner to renew");
	check(tt_google_rules_find(TT_ACTION_TOKEN, 401, "invalid_client", NULL)->operator_needed,
		  "a wrong client is for the operator to mend");
	check(tt_google_rules_find(TT_ACTION_CREATE, 403, "quotaExceeded", NULL)->wait_s >= 3600,
		  "an account over its quota rests for an hour at least");
	check(tt_google_rules_find(TT_ACTION_GET, 503, NULL, NULL)->shared,
		  "trouble of the service is not held against a row");
	check(!tt_google_rules_find(TT_ACTION_CREATE, 409, "duplicate", NULL)->shared,
		  "a duplicate is the row's own matter");
}

int
main(void)
{
	check_classes();
	check_hints();

	return checks_done();
}
