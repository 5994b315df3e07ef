/*-------------------------------------------------------------------------
 *
 * job.h
 *	  A sync job while the worker has it: what was claimed, what should be,
 *	  what is known, and the request under way.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_JOB_H
#define TT_JOB_H

#include "lib/ilist.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "http.h"
#include "providers/provider.h"

/* A timestamp that is NULL in its row. */
#define TT_NO_TIME		((TimestampTz) 0)

/* The row of timetap.sync_queue, as it was claimed or locked. */
typedef struct TTQueueRow
{
	pg_uuid_t	host;
	pg_uuid_t	meeting;
	int32		wish;
	int32		attempt;
	int32		failures;
	bool		parked;
	TimestampTz next_attempt_at;
	int32		http_status;	/* of the last problem; 0: no answer */
	const char *last_error;		/* or NULL */
	const char *hint;			/* or NULL */
} TTQueueRow;

/* The row of timetap_private.connections. */
typedef struct TTConnection
{
	pg_uuid_t	id;
	pg_uuid_t	host;
	const TTProvider *provider;
	char	   *calendar_id;	/* may be what the provider calls the account's own */
	char	   *account;		/* its id then, as learnt from an answer, or NULL */
	bytea	   *credential;		/* sealed, or NULL */
	int32		version;
	const char *state;
	TimestampTz lease_until;	/* TT_NO_TIME: none */
	TimestampTz not_before;		/* TT_NO_TIME: none */
	int32		failures;		/* in a row, of the service or the line */
	TimestampTz last_success_at;	/* TT_NO_TIME: none */
	const char *last_error;		/* or NULL */
	const char *hint;			/* or NULL */
} TTConnection;

/* What the calendar should have, from the meeting's bookings. */
typedef struct TTWish
{
	bool		is_known;		/* false: no booking of the meeting was found,
								 * which says nothing */
	bool		is_wanted;		/* a booking stands on the calendar */
	bool		is_past;		/* the meeting has ended: never touched */
	TTEventWish event;			/* filled in as far as the above allows */
} TTWish;

typedef enum TTKnownState
{
	TT_KNOWN_NONE,				/* no row */
	TT_KNOWN_CREATING,			/* sent or about to be, answer not seen */
	TT_KNOWN_UNKNOWN,			/* has to be read first */
	TT_KNOWN_LIVE,
	TT_KNOWN_GONE
} TTKnownState;

#define TT_NUM_KNOWN_STATES		5

/* The row of timetap.calendar_events: the event as last known. */
typedef struct TTKnownEvent
{
	TTKnownState state;
	pg_uuid_t	connection;
	char	   *calendar_id;
	bool		is_elsewhere;	/* not in the connection's present calendar */
	char	   *event_id;
	int32		generation;
	int64		revision;		/* last written, -1: none */
	char	   *etag;
	char	   *html_link;
	char	   *ical_uid;
	char	   *link;
	TTLinkState link_state;
	int32		link_request;	/* number of the last conference request that
								 * was answered, or went with the create */
	int32		looks;			/* looks in this state that brought nothing */
	char	   *warning;
} TTKnownEvent;

/* What to do about a meeting; see action.c. */
typedef enum TTDecision
{
	TT_DECIDE_CLOSE,			/* the calendar agrees */
	TT_DECIDE_EXPIRED,			/* past: close, whatever the calendar has */
	TT_DECIDE_LEAVE,			/* no booking to tell what should be */
	TT_DECIDE_CREATE,
	TT_DECIDE_CREATE_ANEW,		/* as the next generation */
	TT_DECIDE_READ,
	TT_DECIDE_CHECK,			/* look whether the calendar is there */
	TT_DECIDE_MOVE,
	TT_DECIDE_ASK_LINK,
	TT_DECIDE_DELETE
} TTDecision;

typedef enum TTStep
{
	TT_STEP_TOKEN,				/* the request gets an access token */
	TT_STEP_EVENT				/* the request is about the event */
} TTStep;

typedef enum TTStage
{
	TT_STAGE_CLAIMED,			/* its claim is not committed yet */
	TT_STAGE_READY,				/* the request may be sent */
	TT_STAGE_UNDER_WAY,
	TT_STAGE_ANSWERED,			/* to be settled */
	TT_STAGE_ENDED				/* settled, not committed yet */
} TTStage;

/*
 * How far a claim has come.  Settling an answer changes it; if what it wrote is
 * rolled back, the progress is put back too and the answer is settled again.
 */
typedef struct TTProgress
{
	TTStage		stage;
	TTStep		step;
	TTHttpRequest request;
	TTKnownEvent known;
	TimestampTz lease_until;	/* ours on the connection */
	bool		is_refreshed;	/* a new access token was got for this claim */
	bool		is_without_link;	/* the link was given up in this claim */
	const char *problem;		/* of the last answer settled; NULL: success */
	const char *news;			/* for the log, after the commit; or NULL */
	const char *news_hint;		/* or NULL */
} TTProgress;

typedef struct TTJob
{
	dlist_node	node;
	MemoryContext context;		/* holds the job and all that belongs to it */

	TTQueueRow	row;			/* as claimed */
	TTConnection connection;	/* as claimed */
	TTWish		wish;
	TTDecision	decision;

	TTProgress	now;
	TTProgress	committed;
	TTHttpReply reply;

	bool		blames_connection;	/* an error raised now is the connection's
									 * fault, not this row's */
	char	   *error;			/* raised while working on it, to be stored */
	char	   *error_hint;		/* or NULL */
	TimestampTz settle_at;		/* rows were locked: try again then */
	int64		settle_wait;	/* us waited for that the last time */
} TTJob;

/* A job in a memory context of its own, and its end. */
extern TTJob *tt_job_new(void);
extern void tt_job_free(TTJob *job);

/* Overwrite the body of the job's reply: it may hold a token. */
extern void tt_job_wipe_reply(TTJob *job);

/* A column of the last statement, copied; NULL, TT_NO_TIME for NULL. */
extern char *tt_job_text(MemoryContext context, uint64 row, int column);
extern TimestampTz tt_job_time(uint64 row, int column);

#endif							/* TT_JOB_H */
