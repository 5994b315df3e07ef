/*-------------------------------------------------------------------------
 *
 * preferences.h
 *	  Hours and days that somebody likes better than others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_PREFERENCES_H
#define TT_PREFERENCES_H

#include "utils/date.h"
#include "utils/jsonb.h"

#define TT_MINUTES_PER_DAY	1440

/* A start is preferred if both its local minute and its weekday are. */
typedef struct TTPreferences
{
	bool		any;			/* otherwise all starts are liked equally */
	bool		minutes[TT_MINUTES_PER_DAY];
	bool		days[7];		/* 0 Sunday */
} TTPreferences;

/*
 * Read {"hours": ["09:00-12:00"], "days": ["Mon", "Wed-Fri"]}; either may be
 * left out, NULL is no preference.  Raises bad_argument and bad_hours.
 */
extern void tt_preferences_read(TTPreferences *preferences, Jsonb *prefer);

extern bool tt_preferences_match(const TTPreferences *preferences, DateADT date, TimeADT time);

#endif							/* TT_PREFERENCES_H */
