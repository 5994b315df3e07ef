/*-------------------------------------------------------------------------
 *
 * book_request.h
 *	  What a caller of book() and its kin asks for, checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_BOOK_REQUEST_H
#define TT_BOOK_REQUEST_H

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "actor.h"
#include "errors.h"

typedef struct TTBookRequest
{
	char	   *event_type;
	TimestampTz start;
	const Interval *duration;	/* NULL: the event type's */
	char	   *email;
	char	   *name;
	char	   *phone;
	char	   *notes;
	char	   *time_zone;		/* canonical name */
	char	   *external_id;
	char	   *attendee_id;
	Datum		metadata;		/* a jsonb object */
} TTBookRequest;

/* Read the arguments of book(); false with *refusal when one is unusable. */
extern bool tt_book_request_read(FunctionCallInfo fcinfo, const TTActor *actor,
								 TTBookRequest *request, TTRefusal *refusal);

#endif							/* TT_BOOK_REQUEST_H */
