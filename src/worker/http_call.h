/*-------------------------------------------------------------------------
 *
 * http_call.h
 *	  One request on its way: what http.c (the event loop) http_call.c
 *	  (a request's options) and http_outcome.c (its outcome) share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_HTTP_CALL_H
#define TT_HTTP_CALL_H

#include <curl/curl.h>

#include "lib/ilist.h"
#include "http.h"

/*
 * What grows while curl is at work (`answer`) and what curl made is malloc's,
 * because curl's callbacks must not raise errors. Only tt_http_next_done()
 * copies into the owner's memory context.
 */
typedef struct TTHttpCall
{
	dlist_node	node;			/* in the list of those under way, or done */
	void	   *owner;
	MemoryContext context;		/* for the reply's strings */

	CURL	   *easy;			/* NULL once finished */
	struct curl_slist *headers;
	char	   *body;			/* what we send */
	size_t		body_length;
	bool		is_tls;
	char		error[CURL_ERROR_SIZE];

	char	   *answer;			/* what came back so far */
	size_t		answer_length;
	size_t		answer_size;
	bool		answer_too_large;

	/* The outcome, as in TTHttpReply. */
	TTHttpPhase phase;
	int			status;
	int64		retry_after_s;
	bool		bad_certificate;
	char		message[256];
	const char *hint;
} TTHttpCall;

/*
 * A call made from a request. When the request cannot be started, `easy` is
 * NULL and the outcome says why.
 */
extern TTHttpCall *tt_http_call_make(const TTHttpRequest *request,
									 const TTHttpSettings *settings);

/* Free what a call needs only while curl works on it. */
extern void tt_http_call_end_transfer(TTHttpCall *call);

/* Free everything; curl must no longer be at it. */
extern void tt_http_call_free(TTHttpCall *call);

/* Read the outcome off curl's handle and let go of that. */
extern void tt_http_call_finish(TTHttpCall *call, CURLcode result);

/* The outcome of a call that curl did not take. */
extern void tt_http_call_refuse(TTHttpCall *call, const char *why);

#endif							/* TT_HTTP_CALL_H */
