/*-------------------------------------------------------------------------
 *
 * google_rules.c
 *	  What an error of Google's means, as a table: by action, HTTP code and
 *	  reason, first match counts.
 *
 * Google's messages are localised and change, so they decide nothing, with
 * one exception: that a calendar can't have Meet links is told apart from
 * other invalid requests by the message alone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "google.h"

#define CREATE		(1U << TT_ACTION_CREATE)
#define GET			(1U << TT_ACTION_GET)
#define PATCH		(1U << TT_ACTION_PATCH)
#define DELETE		(1U << TT_ACTION_DELETE)
#define CHECK		(1U << TT_ACTION_CHECK)
#define TOKEN		(1U << TT_ACTION_TOKEN)
#define EVENT		(CREATE | GET | PATCH | DELETE | CHECK)
#define ANY			(EVENT | TOKEN)

#define GONE		TT_ANSWER_GONE
#define MISSING		TT_ANSWER_MISSING
#define RETRY		TT_ANSWER_RETRY
#define REFRESH		TT_ANSWER_REFRESH
#define REREAD		TT_ANSWER_REREAD
#define WITHOUT_LINK	TT_ANSWER_WITHOUT_LINK
#define PAUSE		TT_ANSWER_PAUSE
#define HUMAN		TT_ANSWER_HUMAN
#define PERMANENT	TT_ANSWER_PERMANENT

#define AN_HOUR_S			3600
#define REDIRECT_WAIT_S		300

/* A range of one HTTP code. */
#define ALONE(status)		status, status

static const char connect_again[] =
"Connect the calendar again with timetap.google_connect().";
static const char refused_content[] =
"Google refused the event as it is: look at the attendee's address and the host's time zone.";
static const char no_meet[] =
"This calendar can't have Meet links: the account's administrator may have switched Meet off.";
static const char no_right[] =
"The connected account needs the right to make changes to events of this calendar.";
static const char wait_for_quota[] =
"Google limits this account for some hours, usually for many invitations in a short time; timetap goes on by itself.";
static const char wrong_calendar[] =
"The calendar was deleted or is no longer shared with the connected account: connect the right one.";
static const char check_client[] =
"Check the OAuth client in Google's console and set it again with timetap.google_configure().";
static const char connect_expired[] =
"Connect the calendar again with timetap.google_connect(). While the OAuth consent screen is in testing, Google ends each grant after 7 days.";
static const char check_scope[] =
"Connect the calendar again and grant the scope https://www.googleapis.com/auth/calendar.events.";
static const char enable_api[] =
"Enable the Google Calendar API in the project of the OAuth client.";
static const char ask_admin[] =
"An administrator of the Google Workspace must allow Calendar and this OAuth client.";
static const char check_api_url[] =
"Look at timetap.google_api_url: something else than the API answered there.";
static const char check_token_url[] =
"Look at timetap.google_token_url: something else than the token endpoint answered there.";

static const TTGoogleRule rules[] = {
	/* actions, HTTP codes, reason, text, class, then, wait, shared, operator needed, hint */

	/* The token endpoint. */
	{TOKEN, 300, 399, NULL, NULL, RETRY, RETRY, REDIRECT_WAIT_S, true, true, check_token_url},
	{TOKEN, 400, 499, "internal_failure", NULL, RETRY, RETRY, 0, true, false, NULL},
	{TOKEN, 400, 499, "temporarily_unavailable", NULL, RETRY, RETRY, 0, true, false, NULL},
	{TOKEN, 400, 499, "invalid_grant", NULL, HUMAN, HUMAN, 0, false, false, connect_expired},
	{TOKEN, 400, 499, "invalid_client", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "deleted_client", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "disabled_client", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "unauthorized_client", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "access_denied", NULL, HUMAN, HUMAN, 0, false, false, connect_again},
	{TOKEN, 400, 499, "admin_policy_enforced", NULL, HUMAN, HUMAN, 0, false, false, ask_admin},
	{TOKEN, 400, 499, "org_internal", NULL, HUMAN, HUMAN, 0, false, false, ask_admin},
	{TOKEN, 400, 499, "invalid_scope", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "invalid_request", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "unsupported_grant_type", NULL, HUMAN, HUMAN, 0, false, true, check_client},
	{TOKEN, 400, 499, "redirect_uri_mismatch", NULL, HUMAN, HUMAN, 0, false, true, check_client},

	/* Events: the request itself. */
	{EVENT, 300, 399, NULL, NULL, RETRY, RETRY, REDIRECT_WAIT_S, true, true, check_api_url},
	{CREATE | PATCH, ALONE(400), "invalid", "Invalid conference type value.", WITHOUT_LINK, PERMANENT, 0, false, false, no_meet},
	{CREATE, ALONE(400), "invalid", NULL, PERMANENT, PERMANENT, 0, false, false, refused_content},
	{CREATE, ALONE(400), "required", NULL, PERMANENT, PERMANENT, 0, false, false, refused_content},

	/*
	 * A change may be refused in either way because the event was deleted
	 * meanwhile: look, and only then blame the wish.
	 */
	{PATCH, ALONE(400), NULL, NULL, REREAD, PERMANENT, 0, false, false, refused_content},
	{PATCH, ALONE(403), "forbidden", NULL, REREAD, PERMANENT, 0, false, false, no_right},

	/* Events: the credential. */
	{EVENT, ALONE(401), "required", NULL, PERMANENT, PERMANENT, 0, false, false, NULL},
	{EVENT, ALONE(401), NULL, NULL, REFRESH, HUMAN, 0, false, false, connect_again},
	{EVENT, ALONE(403), "insufficientPermissions", NULL, HUMAN, HUMAN, 0, false, false, check_scope},
	{EVENT, ALONE(403), "ACCESS_TOKEN_SCOPE_INSUFFICIENT", NULL, HUMAN, HUMAN, 0, false, false, check_scope},
	{EVENT, ALONE(403), "accessNotConfigured", NULL, HUMAN, HUMAN, 0, false, true, enable_api},
	{EVENT, ALONE(403), "SERVICE_DISABLED", NULL, HUMAN, HUMAN, 0, false, true, enable_api},
	{EVENT, ALONE(403), "domainPolicy", NULL, HUMAN, HUMAN, 0, false, true, ask_admin},

	/* Events: too much or too fast. */
	{EVENT, ALONE(403), "rateLimitExceeded", NULL, RETRY, RETRY, 0, true, false, NULL},
	{EVENT, ALONE(403), "userRateLimitExceeded", NULL, RETRY, RETRY, 0, true, false, NULL},
	{EVENT, ALONE(403), "RATE_LIMIT_EXCEEDED", NULL, RETRY, RETRY, 0, true, false, NULL},
	{EVENT, ALONE(403), "RESOURCE_EXHAUSTED", NULL, RETRY, RETRY, 0, true, false, NULL},
	{EVENT, ALONE(403), "quotaExceeded", NULL, PAUSE, PAUSE, AN_HOUR_S, true, false, wait_for_quota},
	{EVENT, ALONE(403), "dailyLimitExceeded", NULL, PAUSE, PAUSE, 6 * AN_HOUR_S, true, false, wait_for_quota},
	{EVENT, ALONE(403), NULL, NULL, PERMANENT, PERMANENT, 0, false, false, no_right},

	/*
	 * Events: what is there already, or no longer. 404 means the calendar
	 * where the path names no event, and may mean it elsewhere.
	 */
	{CREATE | CHECK, ALONE(404), NULL, NULL, RETRY, HUMAN, 0, false, false, wrong_calendar},
	{GET | DELETE, ALONE(404), NULL, NULL, MISSING, MISSING, 0, false, false, NULL},
	{GET | DELETE, ALONE(410), NULL, NULL, GONE, GONE, 0, false, false, NULL},
	{PATCH, ALONE(404), NULL, NULL, REREAD, REREAD, 0, false, false, NULL},
	{PATCH, ALONE(410), NULL, NULL, REREAD, REREAD, 0, false, false, NULL},
	{EVENT, ALONE(409), "conflict", NULL, RETRY, RETRY, 0, false, false, NULL},
	{CREATE, ALONE(409), NULL, NULL, REREAD, REREAD, 0, false, false, NULL},
	{EVENT, ALONE(409), NULL, NULL, RETRY, RETRY, 0, false, false, NULL},
	{EVENT, ALONE(412), NULL, NULL, REREAD, REREAD, 0, false, false, NULL},

	/* The rest, by code alone. */
	{ANY, ALONE(408), NULL, NULL, RETRY, RETRY, 0, true, false, NULL},
	{ANY, ALONE(429), NULL, NULL, RETRY, RETRY, 0, true, false, NULL},
	{TOKEN, 400, 499, NULL, NULL, RETRY, HUMAN, 0, false, true, check_token_url},
	{EVENT, 400, 499, NULL, NULL, PERMANENT, PERMANENT, 0, false, false, NULL},
	{ANY, 0, PG_INT32_MAX, NULL, NULL, RETRY, RETRY, 0, true, false, NULL},
};

static bool
fits(const char *wanted, const char *found)
{
	return wanted == NULL || (found != NULL && strcmp(wanted, found) == 0);
}

const TTGoogleRule *
tt_google_rules_find(TTProviderAction action, int status, const char *reason,
					 const char *text)
{
	const TTGoogleRule *rule = rules;

	/* The last row fits whatever comes. */
	while ((rule->actions & (1U << action)) == 0 ||
		   status < rule->from_status || status > rule->to_status ||
		   !fits(rule->reason, reason) || !fits(rule->text, text))
		rule++;

	return rule;
}
