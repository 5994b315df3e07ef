/*-------------------------------------------------------------------------
 *
 * google_answer.c
 *	  Reading Google's answers.
 *
 * Success is read into the event's state or the token; each string is checked
 * for what it will be used for (a header, a link that people click), and one
 * that fails counts as absent. An error is reduced to its HTTP code and
 * Google's one-word reason, and a table (google_rules.c) says what that means.
 * Messages for people are made of these two alone: Google's own text may name
 * guests.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "../json.h"
#include "google.h"

#define MAX_REASON			64
#define MAX_ID				1024
#define MAX_LINK			2048
#define MAX_TOKEN			8192
#define MAX_ELEMENTS		64		/* looked at in a list */

/* Used when Google does not say, and at most believed. */
#define TOKEN_LIFETIME_S		3600
#define TOKEN_MAX_LIFETIME_S	86400

/*
 * A string of an answer if it is printable ASCII of reasonable length.
 */
static char *
plain_text(JsonbContainer *object, const char *key, Size max_length)
{
	char	   *text = tt_json_text(object, key);

	return text != NULL && tt_google_text_is_plain(text, max_length) ? text : NULL;
}

/*
 * A link that may be shown to people: no other scheme than https.
 */
static char *
https_link(JsonbContainer *object, const char *key)
{
	char	   *link = plain_text(object, key, MAX_LINK);

	return link != NULL && pg_strncasecmp(link, "https://", 8) == 0 ? link : NULL;
}

/*
 * A reason goes into messages and is looked up: anything but one word counts
 * as none.
 */
static char *
word(JsonbContainer *object, const char *key)
{
	char	   *text = plain_text(object, key, MAX_REASON);

	if (text != NULL &&
		text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] != '\0')
		return NULL;
	return text;
}

/*
 * Google's word for an error, from whichever of its envelopes: the Calendar
 * backend's list of errors, the front end's details, its status, or the token
 * endpoint's flat form. *text becomes Google's message, or NULL.
 */
static char *
find_reason(JsonbContainer *root, char **text)
{
	JsonbContainer *error = tt_json_child(root, "error");
	JsonbContainer *first = tt_json_element(tt_json_child(error, "errors"), 0);
	JsonbContainer *details = tt_json_child(error, "details");
	char	   *reason;

	*text = tt_json_text(first != NULL ? first : error, "message");
	if (error == NULL)
		return word(root, "error");

	reason = word(first, "reason");
	for (uint32 i = 0; reason == NULL && i < MAX_ELEMENTS; i++)
		reason = word(tt_json_element(details, i), "reason");
	if (reason == NULL)
		reason = word(error, "status");

	return reason;
}

static char *
make_message(TTProviderAction action, int status, const char *what)
{
	return psprintf("%s: HTTP %d%s%s", tt_provider_verb(action), status,
					what == NULL ? "" : " ", what == NULL ? "" : what);
}

/*
 * Fill the answer to anything but a success.
 */
static void
read_error(TTProviderAction action, const TTHttpReply *reply,
		   JsonbContainer *root, TTProviderAnswer *answer)
{
	char	   *text;
	char	   *reason = find_reason(root, &text);
	const TTGoogleRule *rule = tt_google_rules_find(action, reply->status, reason, text);

	answer->class = rule->class;
	answer->then = rule->then;
	answer->reason = reason;
	answer->message = make_message(action, reply->status, reason);
	answer->hint = rule->hint;
	answer->shared = rule->shared;
	answer->operator_needed = rule->operator_needed;
	answer->retry_after_s = Max(reply->retry_after_s, rule->wait_s);
}

/*
 * Fill the answer to a success that can't be read: a broken proxy's page, or
 * an answer cut short. Whether the request was applied is then unknown.
 */
static void
read_nonsense(TTProviderAction action, const TTHttpReply *reply,
			  const char *what, TTProviderAnswer *answer)
{
	answer->class = TT_ANSWER_RETRY;
	answer->then = TT_ANSWER_RETRY;
	answer->message = make_message(action, reply->status, what);
	answer->retry_after_s = reply->retry_after_s;
}

/*
 * Start with what all answers have in common; false if there is nothing more
 * to read. *document is NULL for a body that is not JSON.
 */
static bool
begin_answer(TTProviderAction action, const TTHttpReply *reply,
			 TTProviderAnswer *answer, Jsonb **document)
{
	*document = NULL;
	if (reply->phase != TT_HTTP_COMPLETE)
	{
		tt_provider_transport_answer(action, reply, answer);
		return false;
	}

	memset(answer, 0, sizeof(*answer));
	answer->class = TT_ANSWER_DONE;
	answer->then = TT_ANSWER_DONE;
	answer->http_status = reply->status;
	answer->state.revision = -1;
	*document = tt_json_parse(reply->body, reply->body_length);
	if (reply->status < 200 || reply->status > 299)
	{
		read_error(action, reply, tt_json_root(*document), answer);
		return false;
	}
	return true;
}

/*
 * The link and its state. Among the entry points may be telephones too, in
 * any order; a conference that was asked for and has no link yet is pending.
 */
static void
read_link(JsonbContainer *event, TTEventState *state)
{
	JsonbContainer *conference = tt_json_child(event, "conferenceData");
	JsonbContainer *entry_points = tt_json_child(conference, "entryPoints");
	JsonbContainer *request = tt_json_child(conference, "createRequest");
	char	   *status = tt_json_text(tt_json_child(request, "status"), "statusCode");

	for (uint32 i = 0; state->link == NULL && i < MAX_ELEMENTS; i++)
	{
		JsonbContainer *entry = tt_json_element(entry_points, i);
		char	   *type = tt_json_text(entry, "entryPointType");

		if (type != NULL && strcmp(type, "video") == 0)
			state->link = https_link(entry, "uri");
	}
	if (state->link == NULL)
		state->link = https_link(event, "hangoutLink");

	if (state->link != NULL)
		state->link_state = TT_LINK_READY;
	else if (status == NULL)
		state->link_state = TT_LINK_NONE;
	else if (strcmp(status, "failure") == 0)
		state->link_state = TT_LINK_FAILED;
	else
		state->link_state = TT_LINK_PENDING;
}

/*
 * The id of the calendar that an event is in.  "primary" is another one with
 * each account; events of our making are organized by the calendar itself.
 */
static char *
find_calendar(JsonbContainer *event)
{
	JsonbContainer *organizer = tt_json_child(event, "organizer");

	if (organizer == NULL)
		organizer = tt_json_child(event, "creator");
	return tt_json_bool(organizer, "self") ? plain_text(organizer, "email", MAX_ID) : NULL;
}

void
tt_google_answer_event(TTProviderAction action, const TTHttpReply *reply,
					   TTProviderAnswer *answer)
{
	TTEventState *state = &answer->state;
	JsonbContainer *event;
	JsonbContainer *marks;
	Jsonb	   *document;
	char	   *status;

	if (!begin_answer(action, reply, answer, &document))
		return;
	if (action == TT_ACTION_DELETE)
	{
		/* Google says 204 and nothing more; a proxy's page proves nothing. */
		if (reply->body_length > 0)
			read_nonsense(action, reply, "with an unexpected page", answer);
		return;
	}
	if (action == TT_ACTION_CHECK)
	{
		if (tt_json_text(tt_json_root(document), "kind") == NULL)
			read_nonsense(action, reply, "without a calendar", answer);
		return;
	}

	event = tt_json_root(document);
	state->event_id = plain_text(event, "id", MAX_ID);
	if (state->event_id == NULL)
	{
		read_nonsense(action, reply, "without an event", answer);
		return;
	}
	state->etag = plain_text(event, "etag", MAX_ID);
	state->html_link = https_link(event, "htmlLink");
	state->ical_uid = plain_text(event, "iCalUID", MAX_ID);
	status = tt_json_text(event, "status");
	state->cancelled = status != NULL && strcmp(status, "cancelled") == 0;

	state->calendar_id = find_calendar(event);
	marks = tt_json_child(tt_json_child(event, "extendedProperties"), "private");
	state->meeting = plain_text(marks, "timetap_meeting", MAX_ID);
	state->revision = tt_json_int64(marks, "timetap_rev", -1);
	read_link(event, state);
}

static void
wipe(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
}

void
tt_google_answer_token(const TTHttpReply *reply, TTProviderAnswer *answer,
					   TTProviderToken *token)
{
	JsonbContainer *root;
	Jsonb	   *document;
	char	   *type;
	int64		lifetime_s;

	memset(token, 0, sizeof(*token));
	if (!begin_answer(TT_ACTION_TOKEN, reply, answer, &document))
		return;

	root = tt_json_root(document);
	type = tt_json_text(root, "token_type");
	token->access_token = plain_text(root, "access_token", MAX_TOKEN);
	token->refresh_token = plain_text(root, "refresh_token", MAX_TOKEN);
	lifetime_s = tt_json_int64(root, "expires_in", TOKEN_LIFETIME_S);
	token->expires_in_s = Min(Max(lifetime_s, 0), TOKEN_MAX_LIFETIME_S);

	/* The document holds copies of what must not linger. */
	if (document != NULL)
		explicit_bzero(VARDATA(document), VARSIZE(document) - VARHDRSZ);

	if (token->access_token == NULL ||
		(type != NULL && pg_strcasecmp(type, "Bearer") != 0))
	{
		wipe(token->access_token);
		wipe(token->refresh_token);
		memset(token, 0, sizeof(*token));
		read_nonsense(TT_ACTION_TOKEN, reply, "without a token", answer);
	}
}
