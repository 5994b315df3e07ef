/*-------------------------------------------------------------------------
 *
 * http_outcome.c
 *	  One HTTP request: from curl's result to an outcome that says what came
 *	  back, or how far the request got and whether the server may have seen it.
 *
 * Failures that curl has a code of its own for are a table; the others are
 * placed by the times that curl notes. Like http_call.c it raises no error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "http_call.h"

/* What a failure of curl's means; phase COMPLETE: look how far it got. */
static const struct
{
	CURLcode	code;
	TTHttpPhase phase;
	bool		bad_certificate;
	const char *hint;
}			failures[] = {
	{CURLE_URL_MALFORMAT, TT_HTTP_SETUP, false, NULL},
	{CURLE_UNSUPPORTED_PROTOCOL, TT_HTTP_SETUP, false, NULL},
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
	[TT_HTTP_SENDING] = "HTTP, sending",
	[TT_HTTP_RECEIVING] = "HTTP, receiving",
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
	call->maybe_sent = phase >= TT_HTTP_SENDING;
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
 * How far a failed transfer got, by the times that curl notes when it is
 * through with each step (all above zero once noted, on a reused connection
 * too). Once the connection stands the request counts as sent: curl may have
 * handed over a part of it before it noted so.
 */
static TTHttpPhase
phase_reached(TTHttpCall *call)
{
	static const struct
	{
		CURLINFO	time;
		bool		tls_only;
		TTHttpPhase phase;
	}			steps[] = {
		{CURLINFO_STARTTRANSFER_TIME_T, false, TT_HTTP_RECEIVING},
		{CURLINFO_PRETRANSFER_TIME_T, false, TT_HTTP_SENDING},
		{CURLINFO_APPCONNECT_TIME_T, true, TT_HTTP_SENDING},
		{CURLINFO_CONNECT_TIME_T, true, TT_HTTP_TLS},
		{CURLINFO_CONNECT_TIME_T, false, TT_HTTP_SENDING},
		{CURLINFO_NAMELOOKUP_TIME_T, false, TT_HTTP_CONNECT},
	};

	for (size_t i = 0; i < lengthof(steps); i++)
	{
		curl_off_t	microseconds = 0;

		if (steps[i].tls_only && !call->is_tls)
			continue;
		if (curl_easy_getinfo(call->easy, steps[i].time, &microseconds) == CURLE_OK &&
			microseconds > 0)
			return steps[i].phase;
	}
	return TT_HTTP_DNS;
}

/*
 * Explain a transfer that failed.
 */
static void
explain_failure(TTHttpCall *call, CURLcode result)
{
	TTHttpPhase phase = TT_HTTP_COMPLETE;
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
	if (phase == TT_HTTP_COMPLETE)
		phase = phase_reached(call);

	if (call->answer_too_large || result == CURLE_FILESIZE_EXCEEDED)
		what = "the answer is larger than 1 MB";
	call->timed_out = result == CURLE_OPERATION_TIMEDOUT;
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
		call->maybe_sent = true;
		call->retry_after_s = Min(Max(retry_after, 0), TT_HTTP_MAX_RETRY_AFTER_S);
	}
	else
		explain_failure(call, result);
	tt_http_call_end_transfer(call);
}
