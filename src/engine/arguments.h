/*-------------------------------------------------------------------------
 *
 * arguments.h
 *	  Arguments that several set-up verbs take, read and checked one way.
 *
 * Each raises the contract's error for a value that cannot be; "name" is the
 * argument's name in SQL, for the message.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ARGUMENTS_H
#define TT_ARGUMENTS_H

#include "fmgr.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "errors.h"

/* Longest texts, in characters; of keys, in bytes. */
#define TT_MAX_NAME			200
#define TT_MAX_REASON		1000
#define TT_MAX_DESCRIPTION	8192
#define TT_MAX_KEY			255
#define TT_MAX_EXTERNAL_ID	1024
#define TT_MAX_METADATA		(64 * 1024) /* bytes */

typedef enum TTTextKind
{
	TT_TEXT_LINE,				/* one line for people: never empty */
	TT_TEXT_FORM_LINE,			/* one line that somebody filled in, or not */
	TT_TEXT_LINES,				/* may have line breaks and tabs, may be empty */
	TT_TEXT_KEY					/* as a line, but for indexes: counted in bytes */
} TTTextKind;

/*
 * Read a text, NULL for NULL; false with *refusal for one that cannot be.
 */
extern bool tt_arguments_read_text(FunctionCallInfo fcinfo, int number, const char *name,
								   TTTextKind kind, int most, char **value, TTRefusal *refusal);

/* The same, raising the refusal. */
extern char *tt_arguments_text(FunctionCallInfo fcinfo, int number, const char *name,
							   TTTextKind kind, int most);

/* A jsonb object, empty for NULL. */
extern bool tt_arguments_read_metadata(FunctionCallInfo fcinfo, int number, Datum *value,
									   TTRefusal *refusal);
extern Datum tt_arguments_metadata(FunctionCallInfo fcinfo, int number);

/* A schedule's name, 'default' for NULL. */
extern char *tt_arguments_schedule(FunctionCallInfo fcinfo, int number);

/* Dates and instants must be from 1900 to 2199, not NULL, not infinite. */
extern DateADT tt_arguments_date(FunctionCallInfo fcinfo, int number, const char *name);
extern TimestampTz tt_arguments_instant(FunctionCallInfo fcinfo, int number, const char *name);

/* What a host is called. */
extern char *tt_arguments_host(FunctionCallInfo fcinfo, int number);

/*
 * Inside a section of a verb that writes: the host's id.  A host made earlier
 * in the same statement is found too.
 */
extern void tt_arguments_find_host(const char *host, pg_uuid_t *id);

#endif							/* TT_ARGUMENTS_H */
