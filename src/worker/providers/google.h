/*-------------------------------------------------------------------------
 *
 * google.h
 *	  What the files of the Google provider share.
 *
 * google.c builds requests, google_answer.c reads answers, google_rules.c
 * says what an error means, google_text.c writes text the way Google wants it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_GOOGLE_H
#define TT_GOOGLE_H

#include "lib/stringinfo.h"
#include "provider.h"

/* What is known of Google's practical limits, in characters. */
#define TT_GOOGLE_MAX_SUMMARY		1024
#define TT_GOOGLE_MAX_DESCRIPTION	8192

/* What an error of Google's asks of the worker, one row of a table. */
typedef struct TTGoogleRule
{
	uint32		actions;		/* bits of TTProviderAction */
	int			from_status;	/* HTTP codes, both included */
	int			to_status;
	const char *reason;			/* NULL = any, or none at all */
	const char *text;			/* Google's message; NULL = any */
	TTAnswerClass class;
	TTAnswerClass then;
	int			wait_s;			/* floor for the next try */
	bool		shared;
	bool		operator_needed;
	const char *hint;
} TTGoogleRule;

/*
 * The rule for an answer that is no success; there always is one. `reason`
 * and `text` may be NULL.
 */
extern const TTGoogleRule *tt_google_rules_find(TTProviderAction action,
												int status, const char *reason,
												const char *text);

extern void tt_google_answer_token(const TTHttpReply *reply,
								   TTProviderAnswer *answer,
								   TTProviderToken *token);
extern void tt_google_answer_event(TTProviderAction action,
								   const TTHttpReply *reply,
								   TTProviderAnswer *answer);

/* Text with all that means something in HTML escaped. */
extern char *tt_google_text_escape(const char *text);

/* At most max_characters; what is cut off leaves three dots. */
extern char *tt_google_text_cut(const char *text, int max_characters);

/* RFC 3339, in UTC. */
extern char *tt_google_text_time(TimestampTz instant);

/* Append with all but unreserved characters percent-encoded. */
extern void tt_google_text_percent(StringInfo out, const char *text);

/* Whether all is printable ASCII without spaces, and not empty or too long. */
extern bool tt_google_text_is_plain(const char *text, Size max_length);

#endif							/* TT_GOOGLE_H */
