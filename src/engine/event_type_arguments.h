/*-------------------------------------------------------------------------
 *
 * event_type_arguments.h
 *	  The arguments of add_event_type(), by their place, and their checks.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_EVENT_TYPE_ARGUMENTS_H
#define TT_EVENT_TYPE_ARGUMENTS_H

#include "datatype/timestamp.h"
#include "fmgr.h"

/* In the contract's order. */
typedef enum TTEventTypeArgument
{
	TT_ARG_EVENT_TYPE,
	TT_ARG_TITLE,
	TT_ARG_DURATION,
	TT_ARG_SLOT_INTERVAL,
	TT_ARG_BUFFER_BEFORE,
	TT_ARG_BUFFER_AFTER,
	TT_ARG_MIN_NOTICE,
	TT_ARG_HORIZON,
	TT_ARG_CAPACITY,
	TT_ARG_REQUIRES_APPROVAL,
	TT_ARG_PRICE,
	TT_ARG_CURRENCY,
	TT_ARG_ALIGN,
	TT_ARG_DURATIONS,
	TT_ARG_START_OFFSET,
	TT_ARG_BOOKABLE_FROM,
	TT_ARG_BOOKABLE_UNTIL,
	TT_ARG_SCHEDULE,
	TT_ARG_HOSTS,
	TT_ARG_ASSIGNMENT,
	TT_ARG_LOCATION,
	TT_ARG_LOCATION_DETAIL,
	TT_ARG_DESCRIPTION,
	TT_ARG_PACKAGE,
	TT_ARG_QUESTIONS,
	TT_ARG_ADD_ONS,
	TT_ARG_REQUIRES_LOGIN,
	TT_ARG_RESCHEDULE_CUTOFF,
	TT_ARG_CANCEL_CUTOFF,
	TT_ARG_PENDING_TTL,
	TT_ARG_CALENDAR_ID,
	TT_ARG_TITLE_TEMPLATE,
	TT_ARG_DESCRIPTION_TEMPLATE,
	TT_ARG_INVITE_VIA,
	TT_ARG_ACTIVE,
	TT_ARG_HIDDEN,
	TT_ARG_METADATA,
	TT_ARG_OPTIONS
} TTEventTypeArgument;

/* Refuse values whose work is not in this version. */
extern void tt_event_type_arguments_supported(FunctionCallInfo fcinfo);

/* One of the intervals, within its bounds; NULL for NULL. */
extern const Interval *tt_event_type_arguments_interval(FunctionCallInfo fcinfo,
														TTEventTypeArgument argument);

/*
 * The durations that a caller may choose from, the usual one among them: an
 * array, or 0 when the argument is NULL.
 */
extern Datum tt_event_type_arguments_durations(FunctionCallInfo fcinfo, const Interval *usual);

#endif							/* TT_EVENT_TYPE_ARGUMENTS_H */
