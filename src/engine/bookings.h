/*-------------------------------------------------------------------------
 *
 * bookings.h
 *	  Bookings as rows: found, opened for a caller, handed out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_BOOKINGS_H
#define TT_BOOKINGS_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "actor.h"
#include "errors.h"

/* An instant in the history: the same text whatever the session's settings. */
#define TT_INSTANT_TEXT(parameter) \
	"pg_catalog.to_char(pg_catalog.timezone('UTC', " parameter "), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* booking_result's columns; the last is the manage token. */
#define TT_RESULT_COLUMNS	18

/* A booking, and its booking_result. */
typedef struct TTBooking
{
	pg_uuid_t	id;
	pg_uuid_t	host;
	pg_uuid_t	event_type;
	pg_uuid_t	meeting;
	TimestampTz starts_at;
	TimestampTz ends_at;
	TimestampTz expires_at;		/* of a hold; else DT_NOEND */
	char	   *status;
	char	   *meet_link;		/* NULL: none */
	char	   *sync_state;
	int32		version;
	int32		token_version;
	Datum		result[TT_RESULT_COLUMNS];
	bool		nulls[TT_RESULT_COLUMNS];
} TTBooking;

/*
 * Inside a section.  Find the booking "id" that the caller may see: whoever
 * shows a manage token the one that it is for, as its attendee; without one
 * an administrator or the service any.  False with *refusal booking_not_found, also when it is hidden.
 */
extern bool tt_bookings_open(const pg_uuid_t *id, const char *token, TTActor *actor,
							 Snapshot snapshot, TTBooking *booking, TTRefusal *refusal);

/* Inside a section.  Read it again, with this transaction's own changes. */
extern void tt_bookings_reread(TTBooking *booking);

/* A row of booking_result, in the caller's memory. */
extern Datum tt_bookings_result(FunctionCallInfo fcinfo, TTBooking *booking);

#endif							/* TT_BOOKINGS_H */
