/*-------------------------------------------------------------------------
 *
 * http.c
 *	  Asynchronous HTTPS requests for a background worker: the event loop's
 *	  half, over curl's multi interface.
 *
 * curl tells which sockets it wants to hear of, and each of them goes into one
 * epoll set, whose fd the worker waits for together with its latch. curl's
 * wish for a timer is only noted as a deadline. The worker calls
 * tt_http_process() when the fd is readable or the deadline has come, and
 * fetches what is finished. There is one multi handle for the life of the
 * process, because the connections (and their TLS sessions) live in it.
 *
 * Three things would go wrong without care. curl resolves names in a thread,
 * and a thread inherits the mask of signals: one that takes the postmaster's
 * SIGTERM in our stead would run the server's handlers outside the server's
 * thread, so all signals are blocked wherever curl may start one. An error
 * raised inside a callback would jump over curl's frames, so callbacks only
 * note, and what they gather is malloc'ed and copied when the reply is fetched.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "utils/memutils.h"

#include "http.h"
#include "http_call.h"

#define MAX_EVENTS			64
#define MAX_IDLE_CONNECTIONS	16

static CURLM *multi = NULL;
static int	epoll_fd = -1;
static TTHttpSettings current;
static bool has_deadline = false;
static int64 deadline_ms;		/* on the monotonic clock */
static dlist_head under_way = DLIST_STATIC_INIT(under_way);
static dlist_head done = DLIST_STATIC_INIT(done);

static int64
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
block_signals(sigset_t *before)
{
	sigset_t	all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

static void
restore_signals(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/*
 * curl's callback about a socket it wants watched, otherwise, or no longer.
 * curl may have closed the socket already, and its number may be in use
 * again: so adding and changing both do either, and a removal may fail.
 */
static int
watch_socket(CURL *easy pg_attribute_unused(), curl_socket_t fd, int what,
			 void *argument pg_attribute_unused(),
			 void *socket_argument pg_attribute_unused())
{
	struct epoll_event event = {.data.fd = fd};

	if (what == CURL_POLL_REMOVE)
	{
		(void) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what != CURL_POLL_OUT)
		event.events |= EPOLLIN;
	if (what != CURL_POLL_IN)
		event.events |= EPOLLOUT;

	/* Should this fail for want of memory, the request's timeout ends it. */
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
		(void) epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &event);
	return 0;
}

/*
 * curl's callback about the time it wants to be called at the latest.
 */
static int
note_deadline(CURLM *handle pg_attribute_unused(), long timeout_ms,
			  void *argument pg_attribute_unused())
{
	has_deadline = timeout_ms >= 0;
	if (has_deadline)
		deadline_ms = clock_ms() + timeout_ms;
	return 0;
}

static char *
copy_setting(const char *value)
{
	return value == NULL || value[0] == '\0' ? NULL : MemoryContextStrdup(TopMemoryContext, value);
}

void
tt_http_configure(const TTHttpSettings *settings)
{
	TTHttpSettings fresh = *settings;

	fresh.user_agent = copy_setting(settings->user_agent);
	fresh.ca_file = copy_setting(settings->ca_file);
	if (current.user_agent != NULL)
		pfree(unconstify(char *, current.user_agent));
	if (current.ca_file != NULL)
		pfree(unconstify(char *, current.ca_file));
	current = fresh;
}

void
tt_http_init(const TTHttpSettings *settings)
{
	Assert(multi == NULL);

	/* curl's OpenSSL would write the keys of our connections to this file. */
	unsetenv("SSLKEYLOGFILE");

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
		(multi = curl_multi_init()) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("could not initialize libcurl")));

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		ereport(ERROR,
				(errcode_for_socket_access(),
				 errmsg("could not create an epoll instance: %m")));

	if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket) != CURLM_OK ||
		curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, note_deadline) != CURLM_OK ||
		curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long) MAX_IDLE_CONNECTIONS) != CURLM_OK)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("libcurl refuses to be driven by an event loop")));

	tt_http_configure(settings);
}

int
tt_http_epoll_fd(void)
{
	return epoll_fd;
}

long
tt_http_timeout_ms(void)
{
	if (!dlist_is_empty(&done))
		return 0;
	return has_deadline ? (long) Max(deadline_ms - clock_ms(), 0) : -1;
}

/*
 * Move what curl has finished to the list of the done. Signals are blocked.
 */
static void
collect_done(void)
{
	CURLMsg    *message;
	int			left;

	while ((message = curl_multi_info_read(multi, &left)) != NULL)
	{
		CURL	   *easy = message->easy_handle;
		CURLcode	result = message->data.result;
		char	   *private_data = NULL;
		TTHttpCall *call;

		/* The message is gone with this. */
		curl_multi_remove_handle(multi, easy);
		(void) curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private_data);
		call = (TTHttpCall *) private_data;
		tt_http_call_finish(call, result);
		dlist_delete(&call->node);
		dlist_push_tail(&done, &call->node);
	}
}

/*
 * Let curl look at its clock. Signals are blocked.
 */
static void
run_timers(void)
{
	int			running;

	/* curl notes the next one from inside. */
	has_deadline = false;
	(void) curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

void
tt_http_start(const TTHttpRequest *request, MemoryContext context, void *owner)
{
	TTHttpCall *call = tt_http_call_make(request, &current);
	sigset_t	before;

	call->owner = owner;
	call->context = context;

	block_signals(&before);
	if (call->easy != NULL && curl_multi_add_handle(multi, call->easy) != CURLM_OK)
		tt_http_call_refuse(call, "libcurl did not take the request");
	dlist_push_tail(call->easy != NULL ? &under_way : &done, &call->node);

	/* curl has only noted the request: have the first bytes go out now. */
	run_timers();
	collect_done();
	restore_signals(&before);
}

void
tt_http_process(void)
{
	struct epoll_event events[MAX_EVENTS];
	sigset_t	before;
	int			nevents;
	int			running;

	block_signals(&before);
	nevents = epoll_wait(epoll_fd, events, MAX_EVENTS, 0);
	for (int i = 0; i < nevents; i++)
	{
		int			ready = 0;

		if (events[i].events & EPOLLIN)
			ready |= CURL_CSELECT_IN;
		if (events[i].events & EPOLLOUT)
			ready |= CURL_CSELECT_OUT;
		if (events[i].events & (EPOLLERR | EPOLLHUP))
			ready |= CURL_CSELECT_ERR;
		(void) curl_multi_socket_action(multi, events[i].data.fd, ready, &running);
	}
	if (has_deadline && deadline_ms <= clock_ms())
		run_timers();
	collect_done();
	restore_signals(&before);
}

bool
tt_http_next_done(TTHttpReply *reply)
{
	TTHttpCall *call;
	MemoryContext before;

	if (dlist_is_empty(&done))
		return false;
	call = dlist_head_element(TTHttpCall, node, &done);

	/* Copy first: should memory fail, the call stays for another time. */
	before = MemoryContextSwitchTo(call->context);
	*reply = (TTHttpReply) {
		.owner = call->owner,
		.phase = call->phase,
		.status = call->status,
		.retry_after_s = call->retry_after_s,
		.bad_certificate = call->bad_certificate,
		.hint = call->hint
	};
	reply->body_length = call->phase == TT_HTTP_COMPLETE ? call->answer_length : 0;
	reply->body = palloc(reply->body_length + 1);
	if (reply->body_length > 0)
		memcpy(reply->body, call->answer, reply->body_length);
	reply->body[reply->body_length] = '\0';
	if (call->phase != TT_HTTP_COMPLETE)
		reply->message = pstrdup(call->message);
	MemoryContextSwitchTo(before);

	dlist_delete(&call->node);
	tt_http_call_free(call);
	return true;
}

/*
 * Take the calls of an owner (NULL: all) from one of the lists.
 */
static void
cancel_in(dlist_head *calls, void *owner)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, calls)
	{
		TTHttpCall *call = dlist_container(TTHttpCall, node, iter.cur);

		if (owner != NULL && call->owner != owner)
			continue;
		if (call->easy != NULL)
			(void) curl_multi_remove_handle(multi, call->easy);
		dlist_delete(&call->node);
		tt_http_call_free(call);
	}
}

void
tt_http_cancel(void *owner)
{
	sigset_t	before;

	block_signals(&before);
	cancel_in(&under_way, owner);
	cancel_in(&done, owner);
	restore_signals(&before);
}

void
tt_http_wipe_request(TTHttpRequest *request)
{
	for (int i = 0; i < request->nheaders; i++)
		explicit_bzero(request->headers[i], strlen(request->headers[i]));
	if (request->body != NULL)
		explicit_bzero(request->body, request->body_length);
}
