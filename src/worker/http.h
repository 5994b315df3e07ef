/*-------------------------------------------------------------------------
 *
 * http.h
 *	  Asynchronous HTTPS requests for a background worker.
 *
 * The life of a request, seen from the worker's main loop:
 *
 *	tt_http_init(&settings);						once, in the worker's main
 *	for (;;)
 *	{
 *		tt_http_start(&request, context, owner);	as often as there is work
 *
 *		WaitLatchOrSocket(MyLatch,
 *						  WL_LATCH_SET | WL_SOCKET_READABLE | WL_TIMEOUT |
 *						  WL_EXIT_ON_PM_DEATH,
 *						  tt_http_epoll_fd(),
 *						  min(tt_http_timeout_ms(), own timeout), ...);
 *		ResetLatch(MyLatch);
 *		CHECK_FOR_INTERRUPTS();
 *
 *		tt_http_process();
 *		while (tt_http_next_done(&reply))
 *			settle(reply.owner, &reply);
 *	}
 *
 * All of the transport's sockets live in the one epoll fd, so waiting for it
 * is waiting for all of them. Nothing here needs a transaction, and none
 * should be open while requests are under way.
 *
 * Nothing here raises an error but for want of memory: a request that cannot
 * be started (bad URL, plain http to a distant host) comes back from
 * tt_http_next_done() like any other failure.
 *
 * The types are plain data and say nothing of the library underneath:
 * providers build TTHttpRequest and read TTHttpReply without linking it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_HTTP_H
#define TT_HTTP_H

#define TT_HTTP_MAX_HEADERS		8
#define TT_HTTP_MAX_BODY		1048576 /* of an answer, unpacked */
#define TT_HTTP_CONNECT_TIMEOUT_MS	10000
#define TT_HTTP_MAX_RETRY_AFTER_S	86400

typedef struct TTHttpSettings
{
	const char *user_agent;		/* "timetap/<version> (gzip)" */
	const char *ca_file;		/* PEM bundle; NULL or "" = the system's */
	int			timeout_ms;		/* a whole request, from start to last byte */
} TTHttpSettings;

typedef struct TTHttpRequest
{
	const char *method;			/* "GET", "POST", "PATCH", "DELETE" */
	char	   *url;
	int			nheaders;
	char	   *headers[TT_HTTP_MAX_HEADERS];	/* "Name: value" */
	char	   *body;			/* NULL = none */
	Size		body_length;
} TTHttpRequest;

/*
 * How far a request got. Whatever fails before SENDING left nothing at the
 * server; from there on the outcome is unknown.
 */
typedef enum TTHttpPhase
{
	TT_HTTP_SETUP,				/* our request or settings were unusable */
	TT_HTTP_DNS,
	TT_HTTP_CONNECT,
	TT_HTTP_TLS,
	TT_HTTP_SENDING,			/* or waiting for the answer */
	TT_HTTP_RECEIVING,
	TT_HTTP_COMPLETE			/* a whole answer is there */
} TTHttpPhase;

typedef struct TTHttpReply
{
	void	   *owner;			/* as given to tt_http_start() */
	TTHttpPhase phase;			/* TT_HTTP_COMPLETE, or where it failed */

	/* Meaningful in TT_HTTP_COMPLETE only. */
	int			status;			/* HTTP status code; else 0 */
	char	   *body;			/* never NULL, NUL-terminated; bytes unchecked */
	Size		body_length;
	int64		retry_after_s;	/* 0 = not asked for */

	/* Meaningful in all other phases. */
	bool		bad_certificate;	/* the server's certificate was refused */
	const char *message;		/* for people, free of secrets; else NULL */
	const char *hint;			/* what to do about it, or NULL */
} TTHttpReply;

/* Once per process, in the worker's main, before anything else here. */
extern void tt_http_init(const TTHttpSettings *settings);

/* After a reload: copies the settings; they hold for requests not started. */
extern void tt_http_configure(const TTHttpSettings *settings);

/* The fd to wait for; valid and the same for the life of the process. */
extern int	tt_http_epoll_fd(void);

/* Milliseconds until tt_http_process() must be called anyway, -1 = never. */
extern long tt_http_timeout_ms(void);

/*
 * Start a request. Everything in *request is copied; the reply's strings will
 * be allocated in `context`, which must live until the reply was fetched or
 * the request was cancelled. `owner` comes back in the reply.
 */
extern void tt_http_start(const TTHttpRequest *request, MemoryContext context,
						  void *owner);

/* Drive everything that is ready; never waits. */
extern void tt_http_process(void);

/* Fetch one finished request, oldest first; false if there is none. */
extern bool tt_http_next_done(TTHttpReply *reply);

/* Drop the requests of an owner, or all (NULL), without a reply. */
extern void tt_http_cancel(void *owner);

/* Overwrite the secrets in a request's headers and body, after the start. */
extern void tt_http_wipe_request(TTHttpRequest *request);

#endif							/* TT_HTTP_H */
