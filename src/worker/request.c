/*-------------------------------------------------------------------------
 *
 * request.c
 *	  The next request of a job.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "action.h"
#include "credentials.h"
#include "request.h"
#include "settings.h"

/* Where a provider is reached. */
static const struct
{
	const TTProvider *provider;
	char	  **api_url;
	char	  **token_url;
}			addresses[] = {
	{&tt_google_provider, &timetap_google_api_url, &timetap_google_token_url},
};

static int
find_addresses(const TTProvider *provider)
{
	int			i = 0;

	while (addresses[i].provider != provider)
		i++;
	return i;
}

/*
 * Open the secrets and make the request of them; however it ends, they are
 * wiped.
 */
static void
use_credential(TTJob *job, TTProviderCredential *credential)
{
	PG_TRY();
	{
		tt_credentials_open(&job->connection, credential);
		job->connection.provider->token_request(credential, &job->now.request);
	}
	PG_CATCH();
	{
		tt_credentials_wipe(credential);
		PG_RE_THROW();
	}
	PG_END_TRY();
	tt_credentials_wipe(credential);
}

/*
 * Ask for an access token.
 */
static void
build_token_request(TTJob *job)
{
	TTProviderCredential credential = {
		.token_url = *addresses[find_addresses(job->connection.provider)].token_url
	};

	job->now.step = TT_STEP_TOKEN;
	job->blames_connection = true;
	use_credential(job, &credential);
	job->blames_connection = false;
}

/*
 * Ask about the event.
 */
static void
build_event_request(TTJob *job, const char *access_token)
{
	const TTProvider *provider = job->connection.provider;
	const TTKnownEvent *known = &job->now.known;
	TTProviderCalendar calendar = {
		.api_url = *addresses[find_addresses(provider)].api_url,
		.calendar_id = known->calendar_id,
		.access_token = access_token
	};
	TTEventWish wish = job->wish.event;

	wish.event_id = known->event_id;
	wish.etag = known->etag;
	wish.link_request = known->link_request;
	if (known->link_state == TT_LINK_FAILED)
		wish.want_link = false;

	job->now.step = TT_STEP_EVENT;
	switch (job->decision)
	{
		case TT_DECIDE_CREATE:
		case TT_DECIDE_CREATE_ANEW:
			provider->create_request(&calendar, &wish, &job->now.request);
			break;
		case TT_DECIDE_READ:
			provider->get_request(&calendar, &wish, &job->now.request);
			break;
		case TT_DECIDE_CHECK:
			provider->check_request(&calendar, &wish, &job->now.request);
			break;
		case TT_DECIDE_MOVE:
			provider->change_request(&calendar, &wish, &job->now.request);
			break;
		case TT_DECIDE_ASK_LINK:
			/* Repeated under the same number until an answer is seen. */
			wish.want_link = true;
			wish.link_request++;
			provider->link_request(&calendar, &wish, &job->now.request);
			break;
		case TT_DECIDE_DELETE:
			provider->delete_request(&calendar, &wish, &job->now.request);
			break;
		default:
			elog(ERROR, "decision %d needs no request", job->decision);
	}
}

void
tt_request_build(TTJob *job, TimestampTz now)
{
	MemoryContext caller = MemoryContextSwitchTo(job->context);
	const char *access_token = tt_credentials_token(&job->connection, now);

	memset(&job->now.request, 0, sizeof(job->now.request));
	if (access_token == NULL)
		build_token_request(job);
	else
		build_event_request(job, access_token);
	MemoryContextSwitchTo(caller);
}
