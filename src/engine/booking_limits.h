/*-------------------------------------------------------------------------
 *
 * booking_limits.h
 *	  Limits of bookings and minutes per local day, week, month and year.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_BOOKING_LIMITS_H
#define TT_BOOKING_LIMITS_H

#include "datatype/timestamp.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "slot_core.h"

typedef enum TTPeriod
{
	TT_DAY,
	TT_WEEK,					/* from Monday */
	TT_MONTH,
	TT_YEAR,
	TT_PERIODS
} TTPeriod;

#define TT_NO_LIMIT		(-1)

/* The columns "limits" of event types and hosts. */
typedef struct TTLimits
{
	bool		any;			/* else nothing below is set */
	int32		bookings[TT_PERIODS];	/* TT_NO_LIMIT: none */
	int32		minutes[TT_PERIODS];
} TTLimits;

/* Read a column "limits". */
extern void tt_booking_limits_read(TTLimits *limits, Datum value, bool isnull);

struct TTEventType;

/*
 * Inside a section.  The stretches of [from, until) in which no booking of
 * this duration may start, since a limit of the event type or of its host is
 * reached: ordered and disjoint, in the current memory context.  A meeting
 * "ignored" does not count.
 */
extern TTRange *tt_booking_limits_full(struct TTEventType *event, int64 duration, TimestampTz now,
							   TimestampTz from, TimestampTz until,
							   const pg_uuid_t *ignored, Snapshot snapshot, size_t *count);

#endif							/* TT_BOOKING_LIMITS_H */
