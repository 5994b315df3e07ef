/*-------------------------------------------------------------------------
 *
 * http_call.c
 *	  One HTTP request: from TTHttpRequest to curl's options.
 *
 * What is allowed on the wire is decided here and nowhere else: https only
 * (http for the machine itself), certificates always verified, no redirects,
 * no proxy, no user name from a URL, nothing taken from the environment or
 * from a .netrc.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "http_call.h"

#define ANSWER_FIRST_SIZE	8192

/* curl's options that are numbers and the same for every request. */
static const struct
{
	CURLoption	option;
	long		value;
}			fixed_options[] = {
	{CURLOPT_NOSIGNAL, 1},
	{CURLOPT_SSL_VERIFYPEER, 1},
	{CURLOPT_SSL_VERIFYHOST, 2},
	{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	{CURLOPT_FOLLOWLOCATION, 0},
	{CURLOPT_PATH_AS_IS, 1},
	{CURLOPT_NETRC, CURL_NETRC_IGNORED},
	{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS},
	{CURLOPT_TCP_KEEPALIVE, 1},
	{CURLOPT_CONNECTTIMEOUT_MS, TT_HTTP_CONNECT_TIMEOUT_MS},
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A mended bundle of certificates should not take a day to be noticed. */
	{CURLOPT_CA_CACHE_TIMEOUT, 60},
	/* Never wait for a resolver's thread that hangs: it ends by itself. */
	{CURLOPT_QUICK_EXIT, 1},
#endif
};

/*
 * Overwrite and free a piece of memory that may hold a token.
 */
static void
free_secret(char *secret, size_t length)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, length);
	free(secret);
}

/*
 * curl's write callback. Returning short makes curl give up the transfer.
 */
static size_t
take_answer(char *data, size_t unit, size_t count, void *argument)
{
	TTHttpCall *call = argument;
	size_t		length = unit * count;

	if (length > TT_HTTP_MAX_BODY - call->answer_length)
	{
		call->answer_too_large = true;
		return 0;
	}
	if (call->answer_length + length > call->answer_size)
	{
		size_t		size = Max(call->answer_size * 2, ANSWER_FIRST_SIZE);
		char	   *larger;

		while (size < call->answer_length + length)
			size *= 2;
		larger = realloc(call->answer, size);
		if (larger == NULL)
			return 0;
		call->answer = larger;
		call->answer_size = size;
	}
	memcpy(call->answer + call->answer_length, data, length);
	call->answer_length += length;

	return length;
}

void
tt_http_call_end_transfer(TTHttpCall *call)
{
	curl_easy_cleanup(call->easy);
	call->easy = NULL;

	for (struct curl_slist *item = call->headers; item != NULL; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	curl_slist_free_all(call->headers);
	call->headers = NULL;

	free_secret(call->body, call->body_length);
	call->body = NULL;
}

void
tt_http_call_free(TTHttpCall *call)
{
	tt_http_call_end_transfer(call);
	free_secret(call->answer, call->answer_size);
	pfree(call);
}

/*
 * One part of a parsed URL, to be freed with curl_free(); NULL if absent.
 */
static char *
url_part(CURLU *url, CURLUPart part)
{
	char	   *text = NULL;

	return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/*
 * Whether the URL may be asked at all: NULL, or the reason why not.
 */
static const char *
check_url(const char *text, bool *is_tls)
{
	static const char *const own_hosts[] = {"127.0.0.1", "[::1]", "::1", "localhost"};
	CURLU	   *url = curl_url();
	char	   *scheme = NULL;
	char	   *host = NULL;
	char	   *user = NULL;
	const char *problem = NULL;
	bool		is_own_host = false;

	*is_tls = true;
	if (url == NULL || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
		problem = "the URL is malformed";
	else
	{
		scheme = url_part(url, CURLUPART_SCHEME);
		host = url_part(url, CURLUPART_HOST);
		user = url_part(url, CURLUPART_USER);
		for (size_t i = 0; host != NULL && i < lengthof(own_hosts); i++)
			is_own_host |= pg_strcasecmp(host, own_hosts[i]) == 0;

		*is_tls = scheme != NULL && pg_strcasecmp(scheme, "https") == 0;
		if (user != NULL)
			problem = "the URL contains a user name";
		else if (!*is_tls && (scheme == NULL || pg_strcasecmp(scheme, "http") != 0))
			problem = "the URL is neither https nor http";
		else if (!*is_tls && !is_own_host)
			problem = "http without TLS is allowed to this machine itself only";
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(url);

	return problem;
}

/*
 * Copy headers and body, which the caller may free at once.
 */
static bool
copy_content(TTHttpCall *call, const TTHttpRequest *request)
{
	for (int i = 0; i <= request->nheaders; i++)
	{
		/* Last, an empty Expect: never wait for a "100 continue". */
		const char *header = i < request->nheaders ? request->headers[i] : "Expect:";
		struct curl_slist *longer = curl_slist_append(call->headers, header);

		if (longer == NULL)
			return false;
		call->headers = longer;
	}
	if (request->body != NULL)
	{
		call->body = malloc(request->body_length + 1);
		if (call->body == NULL)
			return false;
		call->body_length = request->body_length;
		memcpy(call->body, request->body, request->body_length);
	}
	return true;
}

/*
 * Everything that curl must know. Any refusal counts: an option that is not
 * there may be the one that keeps us safe.
 */
static CURLcode
set_options(TTHttpCall *call, const TTHttpRequest *request,
			const TTHttpSettings *settings)
{
	CURL	   *easy = call->easy;
	CURLcode	result = CURLE_OK;

#define SET(option, value) \
	do { \
		if (result == CURLE_OK) \
			result = curl_easy_setopt(easy, option, value); \
	} while (0)

	for (size_t i = 0; i < lengthof(fixed_options); i++)
		SET(fixed_options[i].option, fixed_options[i].value);

#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, call->is_tls ? "https" : "http");
#else
	SET(CURLOPT_PROTOCOLS, (long) (call->is_tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP));
#endif
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_TIMEOUT_MS, (long) settings->timeout_ms);
	SET(CURLOPT_USERAGENT, settings->user_agent);
	SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	if (settings->ca_file != NULL)
	{
		/* The system's directory would be trusted beside the file. */
		SET(CURLOPT_CAINFO, settings->ca_file);
		SET(CURLOPT_CAPATH, (char *) NULL);
	}
	SET(CURLOPT_ERRORBUFFER, call->error);
	SET(CURLOPT_PRIVATE, (char *) call);
	SET(CURLOPT_WRITEFUNCTION, take_answer);
	SET(CURLOPT_WRITEDATA, (void *) call);
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_HTTPHEADER, call->headers);
	if (call->body != NULL)
	{
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) call->body_length);
		SET(CURLOPT_POSTFIELDS, call->body);
	}
	SET(CURLOPT_CUSTOMREQUEST, request->method);
#undef SET

	return result;
}

TTHttpCall *
tt_http_call_make(const TTHttpRequest *request, const TTHttpSettings *settings)
{
	TTHttpCall *call = MemoryContextAllocZero(TopMemoryContext, sizeof(TTHttpCall));
	const char *problem = check_url(request->url, &call->is_tls);

	if (problem == NULL)
	{
		call->easy = curl_easy_init();
		if (call->easy == NULL || !copy_content(call, request))
			problem = "out of memory";
		else if (set_options(call, request, settings) != CURLE_OK)
			problem = "this libcurl lacks an option that timetap needs";
	}
	if (problem != NULL)
		tt_http_call_refuse(call, problem);

	return call;
}
