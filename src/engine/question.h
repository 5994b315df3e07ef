/*-------------------------------------------------------------------------
 *
 * question.h
 *	  What a function that reads slots is asked: an event type, a duration, a
 *	  zone, dates.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_QUESTION_H
#define TT_QUESTION_H

#include "fmgr.h"

#include "event_type_find.h"

/* Not to be copied: the zone may be part of it. */
typedef struct TTQuestion
{
	TTEventType event;
	int64		duration;
	TTZone	   *zone;			/* of local dates and times: the one asked for,
								 * else the host's */
	TTZone		asked;
} TTQuestion;

/* Local dates of a zone, and the instants that may be on them. */
typedef struct TTDates
{
	DateADT		first;
	DateADT		last;			/* inclusive */
	TimestampTz from;
	TimestampTz until;
} TTDates;

/*
 * Inside a section.  Find the event type, and read zone and duration (NULL:
 * the host's, the event type's).  Raises event_type_not_found, bad_time_zone,
 * bad_duration.
 */
extern void tt_question_read(TTQuestion *question, const char *event_type,
							 text *time_zone, const Interval *duration);

/*
 * Instants from from_time (NULL: now) until until_time (NULL: 30 days on; if
 * only the first few slots are wanted, as far as can be asked).  Raises
 * bad_range and span_too_long.
 */
extern void tt_question_range(TimestampTz now, const TimestampTz *from_time,
							  const TimestampTz *until_time, bool first_few,
							  TimestampTz *from, TimestampTz *until);

/*
 * Dates from_date (NULL: today) to to_date (NULL: 30 dates in all, fewer at the
 * end of time).  Raises bad_range and span_too_long.
 */
extern void tt_question_dates(TTDates *dates, TTZone *zone, TimestampTz now,
							  const DateADT *from_date, const DateADT *to_date);

/* The same for one date, called so. */
extern void tt_question_date(TTDates *dates, TTZone *zone, const char *name, DateADT date);

/* Arguments of a call, NULL for NULL. */
#define TT_TEXT_ARGUMENT(n)		(PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n))
#define TT_INTERVAL_ARGUMENT(n)	(PG_ARGISNULL(n) ? NULL : PG_GETARG_INTERVAL_P(n))

#endif							/* TT_QUESTION_H */
