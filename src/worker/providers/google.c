/*-------------------------------------------------------------------------
 *
 * google.c
 *	  The Google Calendar provider: its requests.
 *
 * Repeating a request must be harmless, because an answer can be lost after
 * the request was applied: events are created under an id of our own making
 * (a second create is refused), ask for their link under an id too (a second
 * wish for the same one is ignored), and are changed only if they still are
 * as we know them (If-Match).
 *
 * All mail is asked for explicitly and once: by creating, moving and deleting,
 * not by asking for a link anew.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "../json.h"
#include "google.h"

#define UUID_DIGITS			32
#define MAX_HEADER_VALUE	8192	/* an access token may be long */

#define QUERY_TELL_ALL		"?conferenceDataVersion=1&sendUpdates=all"
#define QUERY_TELL_NOBODY	"?conferenceDataVersion=1&sendUpdates=none"
#define QUERY_DELETE		"?sendUpdates=all"
#define QUERY_CHECK			"?maxResults=1&fields=kind"

/*
 * "tt", the meeting's uuid without its dashes, and from the second generation
 * on "g" and its number: all within Google's alphabet for ids (0-9, a-v).
 */
static char *
event_id(const char *meeting, int generation)
{
	char		digits[UUID_DIGITS + 1];
	int			n = 0;

	for (const char *p = meeting; *p != '\0' && n < UUID_DIGITS; p++)
	{
		if (*p != '-')
			digits[n++] = (char) pg_tolower((unsigned char) *p);
	}
	digits[n] = '\0';

	return generation > 1 ? psprintf("tt%sg%d", digits, generation) : psprintf("tt%s", digits);
}

/*
 * Add a header that ends with a value from elsewhere. A value that could end
 * the line and start another header is refused; the error does not show it,
 * for it may be a token. The memory is of the exact size, so that growing it
 * leaves no other copy.
 */
static void
add_header(TTHttpRequest *request, const char *name, const char *value)
{
	Size		size = strlen(name) + strlen(value) + 1;
	char	   *header;

	Assert(request->nheaders < TT_HTTP_MAX_HEADERS);
	if (!tt_google_text_is_plain(value, MAX_HEADER_VALUE))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("stored access token or etag cannot be sent"),
				 errhint("Connect the calendar again with timetap.google_connect().")));
	header = palloc(size);
	snprintf(header, size, "%s%s", name, value);
	request->headers[request->nheaders++] = header;
}

/*
 * Start a request to the calendar's events, or to one of them.
 */
static void
begin_request(TTHttpRequest *request, const char *method,
			  const TTProviderCalendar *calendar, const char *id, const char *query)
{
	Size		base_length = strlen(calendar->api_url);
	StringInfoData url;

	initStringInfo(&url);
	appendStringInfoString(&url, calendar->api_url);
	if (base_length == 0 || calendar->api_url[base_length - 1] != '/')
		appendStringInfoChar(&url, '/');
	appendStringInfoString(&url, "calendars/");
	tt_google_text_percent(&url, calendar->calendar_id);
	appendStringInfoString(&url, "/events");
	if (id != NULL)
	{
		appendStringInfoChar(&url, '/');
		tt_google_text_percent(&url, id);
	}
	appendStringInfoString(&url, query);

	memset(request, 0, sizeof(*request));
	request->method = method;
	request->url = url.data;
	add_header(request, "Authorization: Bearer ", calendar->access_token);
	add_header(request, "Accept: ", "application/json");
}

static void
set_body(TTHttpRequest *request, const StringInfoData *json)
{
	request->body = tt_json_to_utf8(json, &request->body_length);
	add_header(request, "Content-Type: ", "application/json");
}

/*
 * Start a change of one event as it was last seen. Only an event whose etag
 * Google never told is changed unconditionally.
 */
static void
begin_patch(TTHttpRequest *request, const TTProviderCalendar *calendar,
			const TTEventWish *wish, const char *query)
{
	begin_request(request, "PATCH", calendar, wish->event_id, query);
	if (wish->etag != NULL)
		add_header(request, "If-Match: ", wish->etag);
}

static void
append_time(StringInfo json, const char *key, TimestampTz instant, const char *time_zone)
{
	tt_json_append_key(json, key);
	appendStringInfoChar(json, '{');
	tt_json_append_text(json, "dateTime", tt_google_text_time(instant));
	tt_json_append_text(json, "timeZone", time_zone);
	appendStringInfoChar(json, '}');
}

static void
append_guests(StringInfo json, const TTEventWish *wish)
{
	tt_json_append_key(json, "attendees");
	appendStringInfoChar(json, '[');
	for (int i = 0; i < wish->nguests; i++)
	{
		appendStringInfoString(json, i == 0 ? "{" : ",{");
		tt_json_append_text(json, "email", wish->guests[i].email);
		tt_json_append_text(json, "displayName", wish->guests[i].name);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

static void
append_link_wish(StringInfo json, const TTEventWish *wish)
{
	tt_json_append_key(json, "conferenceData");
	appendStringInfoString(json, "{\"createRequest\":{");
	tt_json_append_text(json, "requestId",
						psprintf("%s-%d", wish->event_id, wish->link_request));
	tt_json_append_key(json, "conferenceSolutionKey");
	appendStringInfoString(json, "{\"type\":\"hangoutsMeet\"}}}");
}

/*
 * Our marks in the event: whose it is (set once) and which revision of the
 * wish it fulfils.
 */
static void
append_marks(StringInfo json, const char *meeting, int64 revision)
{
	tt_json_append_key(json, "extendedProperties");
	appendStringInfoString(json, "{\"private\":{");
	tt_json_append_text(json, "timetap_meeting", meeting);
	tt_json_append_text(json, "timetap_rev", psprintf(INT64_FORMAT, revision));
	appendStringInfoString(json, "}}");
}

static void
create_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			   TTHttpRequest *request)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	tt_json_append_text(&json, "id", wish->event_id);
	tt_json_append_text(&json, "summary",
						tt_google_text_cut(wish->summary, TT_GOOGLE_MAX_SUMMARY));
	if (wish->description != NULL)
		tt_json_append_text(&json, "description",
							tt_google_text_cut(wish->description, TT_GOOGLE_MAX_DESCRIPTION));
	append_time(&json, "start", wish->starts_at, wish->time_zone);
	append_time(&json, "end", wish->ends_at, wish->time_zone);
	append_guests(&json, wish);
	if (wish->want_link)
		append_link_wish(&json, wish);
	tt_json_append_key(&json, "reminders");
	appendStringInfoString(&json, "{\"useDefault\":true}");
	append_marks(&json, wish->meeting, wish->revision);
	appendStringInfoChar(&json, '}');

	begin_request(request, "POST", calendar, NULL, QUERY_TELL_ALL);
	set_body(request, &json);
}

static void
get_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			TTHttpRequest *request)
{
	begin_request(request, "GET", calendar, wish->event_id, "");
}

/*
 * Only the times and the revision: the guests' answers, the link and what
 * people changed stay as they are.
 */
static void
change_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			   TTHttpRequest *request)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	append_time(&json, "start", wish->starts_at, wish->time_zone);
	append_time(&json, "end", wish->ends_at, wish->time_zone);
	append_marks(&json, NULL, wish->revision);
	appendStringInfoChar(&json, '}');

	begin_patch(request, calendar, wish, QUERY_TELL_ALL);
	set_body(request, &json);
}

static void
link_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			 TTHttpRequest *request)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	append_link_wish(&json, wish);
	appendStringInfoChar(&json, '}');

	begin_patch(request, calendar, wish, QUERY_TELL_NOBODY);
	set_body(request, &json);
}

static void
delete_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			   TTHttpRequest *request)
{
	begin_request(request, "DELETE", calendar, wish->event_id, QUERY_DELETE);
}

/*
 * The list of events, because our scope does not cover the calendar itself.
 */
static void
check_request(const TTProviderCalendar *calendar, const TTEventWish *wish,
			  TTHttpRequest *request)
{
	(void) wish;
	begin_request(request, "GET", calendar, NULL, QUERY_CHECK);
}

/*
 * The refresh grant. The body is made in memory that need not grow, so that
 * no part of a secret stays in memory given back.
 */
static void
token_request(const TTProviderCredential *credential, TTHttpRequest *request)
{
	const char *const fields[][2] = {
		{"grant_type=", "refresh_token"},
		{"&refresh_token=", credential->refresh_token},
		{"&client_id=", credential->client_id},
		{"&client_secret=", credential->client_secret}
	};
	StringInfoData form;
	Size		size = 1;

	for (size_t i = 0; i < lengthof(fields); i++)
		size += strlen(fields[i][0]) + 3 * strlen(fields[i][1]);
	initStringInfo(&form);
	enlargeStringInfo(&form, (int) size);
	for (size_t i = 0; i < lengthof(fields); i++)
	{
		appendStringInfoString(&form, fields[i][0]);
		tt_google_text_percent(&form, fields[i][1]);
	}

	memset(request, 0, sizeof(*request));
	request->method = "POST";
	request->url = pstrdup(credential->token_url);
	add_header(request, "Accept: ", "application/json");
	add_header(request, "Content-Type: ", "application/x-www-form-urlencoded");
	request->body = form.data;
	request->body_length = (Size) form.len;
}

const TTProvider tt_google_provider = {
	.name = "google",
	.own_calendar = "primary",
	.event_id = event_id,
	.escape_text = tt_google_text_escape,
	.token_request = token_request,
	.token_answer = tt_google_answer_token,
	.create_request = create_request,
	.get_request = get_request,
	.change_request = change_request,
	.link_request = link_request,
	.delete_request = delete_request,
	.check_request = check_request,
	.event_answer = tt_google_answer_event
};
