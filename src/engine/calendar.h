/*-------------------------------------------------------------------------
 *
 * calendar.h
 *	  The calendar provider's client, and how the verbs of calendars handle
 *	  secrets.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CALENDAR_H
#define TT_CALENDAR_H

#include "fmgr.h"

/* Have logs and pg_stat_activity show this instead of the statement. */
extern void tt_calendar_hide_statement(const char *shown);

/* An argument of visible ASCII characters, not NULL, not empty. */
extern char *tt_calendar_visible_text(FunctionCallInfo fcinfo, int number, const char *name);

/* Seal a text for storage; "what" is what cannot be done without. */
extern Datum tt_calendar_seal(const char *plain, const char *aad, const char *what);

/* Inside a section.  Has google_configure() been called? */
extern bool tt_calendar_has_client(void);

#endif							/* TT_CALENDAR_H */
