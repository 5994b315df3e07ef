/*-------------------------------------------------------------------------
 *
 * provider.c
 *	  What all calendar providers share: finding one by name, and the answer
 *	  to a request that got no answer.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "provider.h"

/* A refused certificate is a mistake or an attack: neither ends in a second. */
#define BAD_CERTIFICATE_WAIT_S	300

static const TTProvider *const providers[] = {
	&tt_google_provider
};

const TTProvider *
tt_provider_find(const char *name)
{
	for (size_t i = 0; i < lengthof(providers); i++)
	{
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	}
	return NULL;
}

const char *
tt_provider_verb(TTProviderAction action)
{
	static const char *const verbs[] = {
		[TT_ACTION_CREATE] = "creating the event",
		[TT_ACTION_GET] = "reading the event",
		[TT_ACTION_PATCH] = "changing the event",
		[TT_ACTION_DELETE] = "deleting the event",
		[TT_ACTION_CHECK] = "reading the calendar",
		[TT_ACTION_TOKEN] = "getting an access token"
	};

	return verbs[action];
}

void
tt_provider_transport_answer(TTProviderAction action, const TTHttpReply *reply,
							 TTProviderAnswer *answer)
{
	char		message[TT_PROVIDER_MAX_MESSAGE];

	snprintf(message, sizeof(message), "%s: %s", tt_provider_verb(action), reply->message);

	memset(answer, 0, sizeof(*answer));
	answer->class = TT_ANSWER_RETRY;
	answer->then = TT_ANSWER_RETRY;
	answer->message = pstrdup(message);
	answer->hint = reply->hint;
	answer->retry_after_s = reply->bad_certificate ? BAD_CERTIFICATE_WAIT_S : 0;
	answer->shared = true;
	answer->state.revision = -1;
}
