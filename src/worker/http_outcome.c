/*-------------------------------------------------------------------------
 *
 * http_outcome.c
 *	  One HTTP request: from curl's result to an outcome that says what came
 *	  back, or how far the request got and whether the server may have seen it.
 *
 * Failures that curl has a code of its own for are a table; the others are
 * placed by what curl notes of a transfer's course.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "http_call.h"

/* Failures of curl's that name the phase by themselves. */
static const struct
{
	CURLcode	code;
	TTHttpPhase phase;
	bool		bad_certificate;
	const char *hint;
}			failures[] = {
	{CURLE_SSL_CACERT_BADFILE, TT_HTTP_SETUP, false,
	"Install the package ca-certificates, or let timetap.ca_file name a readable file of trusted certificates."},
	{CURLE_COULDNT_RESOLVE_HOST, TT_HTTP_DNS, false, NULL},
	{CURLE_COULDNT_CONNECT, TT_HTTP_CONNECT, false, NULL},
	{CURLE_SSL_CONNECT_ERROR, TT_HTTP_TLS, false, NULL},
	{CURLE_PEER_FAILED_VERIFICATION, TT_HTTP_TLS, true,
	"If the server's certificate comes from an authority of your own, let timetap.ca_file name a file with that authority's certificate."},
};

static const char *const phase_names[] = {
	[TT_HTTP_SETUP] = "setup",
	[TT_HTTP_DNS] = "DNS",
	[TT_HTTP_CONNECT] = "connect",
	[TT_HTTP_TLS] = "TLS",
	[TT_HTTP_SENDING] = "HTTP",
	[TT_HTTP_RECEIVING] = "HTTP",
	[TT_HTTP_COMPLETE] = "complete"
};

/*
 * Set the outcome of a call that failed. The text is ours or curl's; the
 * latter may quote the server's certificate, so only what is printable stays.
 */
static void
set_failure(TTHttpCall *call, TTHttpPhase phase, const char *what, const char *hint)
{
	call->phase = phase;
	call->hint = hint;
	snprintf(call->message, sizeof(call->message), "%s: %s", phase_names[phase], what);
	for (char *p = call->message; *p != '\0'; p++)
	{
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	}
}

void
tt_http_call_refuse(TTHttpCall *call, const char *why)
{
	set_failure(call, TT_HTTP_SETUP, why, NULL);
	tt_http_call_end_transfer(call);
}

/*
 * Whether curl noted that it was through with a step; such times are above
 * zero once noted, on a reused connection too.
 */
static bool
is_through(TTHttpCall *call, CURLINFO step)
{
	curl_off_t	microseconds = 0;

	return curl_easy_getinfo(call->easy, step, &microseconds) == CURLE_OK &&
		microseconds > 0;
}

/*
 * How far a failed transfer got. Once the connection stands the request
 * counts as sent: curl may have handed over a part of it before it noted so.
 */
static TTHttpPhase
phase_reached(TTHttpCall *call)
{
	long		port = 0;

	if (is_through(call, CURLINFO_STARTTRANSFER_TIME_T))
		return TT_HTTP_RECEIVING;
	if (is_through(call, CURLINFO_PRETRANSFER_TIME_T) ||
		is_through(call, call->is_tls ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T))
		return TT_HTTP_SENDING;

	/* With TLS the connect's time may be noted after the handshake only. */
	if (curl_easy_getinfo(call->easy, CURLINFO_LOCAL_PORT, &port) == CURLE_OK && port > 0)
		return TT_HTTP_TLS;
	return is_through(call, CURLINFO_NAMELOOKUP_TIME_T) ? TT_HTTP_CONNECT : TT_HTTP_DNS;
}

/*
 * Explain a transfer that failed. Whether something was sent is asked of the
 * transfer's course, not of its error: when a reused connection proves dead,
 * curl opens another one, and may fail at that with the request sent before.
 */
static void
explain_failure(TTHttpCall *call, CURLcode result)
{
	TTHttpPhase phase = phase_reached(call);
	const char *what = call->error[0] != '\0' ? call->error : curl_easy_strerror(result);
	const char *hint = NULL;

	for (size_t i = 0; i < lengthof(failures); i++)
	{
		if (failures[i].code == result)
		{
			phase = failures[i].phase;
			hint = failures[i].hint;
			call->bad_certificate = failures[i].bad_certificate;
			break;
		}
	}
	if (call->answer_too_large || result == CURLE_FILESIZE_EXCEEDED)
		what = "the answer is larger than 1 MB";
	set_failure(call, phase, what, hint);
}

void
tt_http_call_finish(TTHttpCall *call, CURLcode result)
{
	long		status = 0;
	curl_off_t	retry_after = 0;

	(void) curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	(void) curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after);

	if (result == CURLE_OK)
	{
		call->phase = TT_HTTP_COMPLETE;
		call->status = (int) status;
		call->retry_after_s = Min(Max(retry_after, 0), TT_HTTP_MAX_RETRY_AFTER_S);
	}
	else
		explain_failure(call, result);
	tt_http_call_end_transfer(call);
}
