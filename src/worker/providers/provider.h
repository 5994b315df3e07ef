/*-------------------------------------------------------------------------
 *
 * provider.h
 *	  What a calendar provider is to the worker: a builder of requests and a
 *	  reader of answers.
 *
 * A provider knows its service's URLs, JSON and error codes. It does not know
 * the transport, the queue, leases, tables or settings, and keeps no state:
 * every function is a function of its arguments. The worker knows only the
 * class of an answer and the event's state.
 *
 * Text in and out is in the database's encoding; request bodies are UTF-8.
 * Everything is allocated in CurrentMemoryContext. Builders raise errors for
 * wishes that cannot be expressed (infinite times, text that is no UTF-8,
 * control characters in a token), so they run inside the subtransaction of
 * their row. Readers never raise because of what an answer contains: bodies
 * are checked and parsed by the server's own code (see json.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_PROVIDER_H
#define TT_PROVIDER_H

#include "datatype/timestamp.h"
#include "../http.h"

/* A credential as it is sent for an access token. */
typedef struct TTProviderCredential
{
	const char *token_url;		/* whole URL */
	const char *client_id;
	const char *client_secret;
	const char *refresh_token;
} TTProviderCredential;

/* The calendar that event requests go to. */
typedef struct TTProviderCalendar
{
	const char *api_url;		/* base URL, with or without the last slash */
	const char *calendar_id;
	const char *access_token;	/* goes into the Authorization header only */
} TTProviderCalendar;

typedef struct TTEventGuest
{
	const char *email;
	const char *name;			/* or NULL */
} TTEventGuest;

/* The event as it should be. */
typedef struct TTEventWish
{
	const char *meeting;		/* meeting's uuid in its usual text form */
	const char *event_id;		/* from provider->event_id() at creation, then
								 * the stored one */
	const char *etag;			/* last one known, NULL if none (change only) */
	const char *summary;
	const char *description;	/* untrusted parts passed through
								 * provider->escape_text() */
	TimestampTz starts_at;
	TimestampTz ends_at;
	const char *time_zone;		/* IANA name */
	int			nguests;
	const TTEventGuest *guests;
	bool		want_link;
	int			link_request;	/* number of the conference request, from 1;
								 * only a new number asks for a new link */
	int64		revision;		/* of the wish; comes back in TTEventState */
} TTEventWish;

typedef enum TTLinkState
{
	TT_LINK_NONE,				/* the event has no conference */
	TT_LINK_PENDING,			/* being made: poll with get_request() */
	TT_LINK_READY,
	TT_LINK_FAILED				/* ask once more with link_request() */
} TTLinkState;

/*
 * The event as an answer proves it. Strings are NULL where the answer says
 * nothing; never overwrite a stored link with that.
 */
typedef struct TTEventState
{
	char	   *event_id;
	char	   *calendar_id;	/* the calendar's own id, whatever it was called
								 * in the request */
	char	   *etag;
	char	   *html_link;
	char	   *ical_uid;
	char	   *link;
	TTLinkState link_state;
	char	   *meeting;		/* our marker; NULL = not an event of ours */
	int64		revision;		/* found in the event, -1 = none */
	bool		cancelled;		/* deleted, but its id stays taken */
} TTEventState;

typedef enum TTProviderAction
{
	TT_ACTION_CREATE,
	TT_ACTION_GET,
	TT_ACTION_PATCH,			/* change_request() and link_request() */
	TT_ACTION_DELETE,
	TT_ACTION_CHECK,			/* is the calendar there? */
	TT_ACTION_TOKEN
} TTProviderAction;

/*
 * What an answer asks the worker to do.
 */
typedef enum TTAnswerClass
{
	TT_ANSWER_DONE,				/* applied; `state` is filled (not by DELETE):
								 * look at its `cancelled` before all else */
	TT_ANSWER_GONE,				/* the event is known to have been deleted */
	TT_ANSWER_MISSING,			/* no such event: gone, never made, or out of
								 * sight for a while */
	TT_ANSWER_RETRY,			/* again with backoff, same ids */
	TT_ANSWER_REFRESH,			/* get a new access token, repeat at once */
	TT_ANSWER_REREAD,			/* GET the event, then decide (409, 412, 410) */
	TT_ANSWER_WITHOUT_LINK,		/* repeat at once with want_link = false */
	TT_ANSWER_PAUSE,			/* hold the whole credential for retry_after_s */
	TT_ANSWER_HUMAN,			/* the credential must be mended: park its rows */
	TT_ANSWER_PERMANENT			/* this job cannot succeed as it is */
} TTAnswerClass;

/* How often an answer with class RETRY and another `then` is retried. */
#define TT_PROVIDER_FEW_TRIES	3

/* Longest message of an answer, with its NUL. */
#define TT_PROVIDER_MAX_MESSAGE	200

typedef struct TTProviderAnswer
{
	TTAnswerClass class;

	/*
	 * What the same answer means when it comes again after the remedy was
	 * tried: a refreshed token (REFRESH), no link (WITHOUT_LINK), a re-read
	 * (REREAD), TT_PROVIDER_FEW_TRIES tries (RETRY). Equals `class` where
	 * repeating it is right.
	 */
	TTAnswerClass then;

	int			http_status;	/* 0 = no answer */
	char	   *reason;			/* provider's word for it, checked; or NULL */
	char	   *message;		/* "creating the event: HTTP 503 backendError";
								 * never text of the answer; NULL if DONE */
	const char *hint;			/* what a person should do, or NULL */
	int64		retry_after_s;	/* floor for the next try, 0 = none */
	bool		shared;			/* trouble of the service or the line, not of
								 * this row: hold back the credential's others */
	bool		operator_needed;	/* HUMAN: whoever runs the server must act;
									 * else the calendar's owner connects again */
	TTEventState state;			/* event answers: valid with DONE */
} TTProviderAnswer;

/* What a token request yielded; valid with class DONE. */
typedef struct TTProviderToken
{
	char	   *access_token;	/* overwrite when done, as refresh_token */
	int64		expires_in_s;	/* lifetime as told, sane bounds applied */
	char	   *refresh_token;	/* a new one to be stored, or NULL */
} TTProviderToken;

typedef struct TTProvider
{
	const char *name;			/* as in connections.provider */
	const char *own_calendar;	/* what the account's own calendar is called */

	/* The event's id; the same for the same meeting and generation (from 1). */
	char	   *(*event_id) (const char *meeting, int generation);

	/* Untrusted text for use in a description. */
	char	   *(*escape_text) (const char *text);

	void		(*token_request) (const TTProviderCredential *credential,
								  TTHttpRequest *request);
	void		(*token_answer) (const TTHttpReply *reply,
								 TTProviderAnswer *answer,
								 TTProviderToken *token);

	/* Create the wish, guests invited by the same call. */
	void		(*create_request) (const TTProviderCalendar *calendar,
								   const TTEventWish *wish,
								   TTHttpRequest *request);

	/* Read the event: wish->event_id is all that is looked at. */
	void		(*get_request) (const TTProviderCalendar *calendar,
								const TTEventWish *wish,
								TTHttpRequest *request);

	/* Move the event to the wish's times; link, guests and text stay. */
	void		(*change_request) (const TTProviderCalendar *calendar,
								   const TTEventWish *wish,
								   TTHttpRequest *request);

	/* Ask an existing event for a link anew; mails nobody. */
	void		(*link_request) (const TTProviderCalendar *calendar,
								 const TTEventWish *wish,
								 TTHttpRequest *request);

	/* Delete the event, guests told by the same call: only event_id is used. */
	void		(*delete_request) (const TTProviderCalendar *calendar,
								   const TTEventWish *wish,
								   TTHttpRequest *request);

	/* Read from the calendar, whatever is in it: no part of the wish is used. */
	void		(*check_request) (const TTProviderCalendar *calendar,
								  const TTEventWish *wish,
								  TTHttpRequest *request);

	/* Read the answer to any of these; also of a reply that failed. */
	void		(*event_answer) (TTProviderAction action,
								 const TTHttpReply *reply,
								 TTProviderAnswer *answer);
} TTProvider;

extern const TTProvider tt_google_provider;

/* The provider of that name, or NULL. */
extern const TTProvider *tt_provider_find(const char *name);

/* For providers: what a message says was being done. */
extern const char *tt_provider_verb(TTProviderAction action);

/* For providers: the answer to a reply that is not TT_HTTP_COMPLETE. */
extern void tt_provider_transport_answer(TTProviderAction action,
										 const TTHttpReply *reply,
										 TTProviderAnswer *answer);

#endif							/* TT_PROVIDER_H */
