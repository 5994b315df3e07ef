/*-------------------------------------------------------------------------
 *
 * hours_text.h
 *	  Reads opening hours as people write them: 'Mon-Fri 09:00-12:00,
 *	  13:00-17:00; Sat 10:00-14:00'.
 *
 * Pure C, no server header, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_HOURS_TEXT_H
#define TT_HOURS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More windows than this in one text are refused. */
#define TT_MAX_HOURS	1000

typedef struct TTHours
{
	int			day;			/* 0 Sunday .. 6 Saturday; -1 in a date's hours */
	int32_t		starts;			/* seconds after 00:00, 0 .. 86399 */
	int32_t		ends;			/* 1 .. 86400; < starts: runs over midnight */
} TTHours;

typedef struct TTHoursError
{
	size_t		position;		/* byte offset in the text, from 0 */
	const char *message;		/* static text: "the day name is not known" */
	size_t		length;			/* bytes of the faulty word, for quoting: 40 at
								 * most, whole characters, 0 at the end */
} TTHoursError;

/*
 * Weekly hours: entries separated by ';', each days, blank, windows.  Days:
 * names, short names of two or three letters or 0-6, lists 'Mon,Wed' and
 * ranges 'Fri-Mon'.  Windows 'H:MM-H:MM' separated by ','; the end may be
 * 24:00, and an end at or before the start is on the next day (an equal start
 * and end is a fault, as is 24:00 as a start; 0:00 as an end is 24:00).  Case
 * does not matter, blanks may stand around every sign, an empty entry is
 * skipped and an empty text is no hours.  "hours" has room for TT_MAX_HOURS.
 * Returns the number of windows, or -1 with *error filled in.
 */
extern int	tt_hours_text_weekly(const char *text, size_t length, TTHours *hours,
								 TTHoursError *error);

/* The hours of one date: windows only, day is -1. */
extern int	tt_hours_text_date(const char *text, size_t length, TTHours *hours,
							   TTHoursError *error);

#endif							/* TT_HOURS_TEXT_H */
