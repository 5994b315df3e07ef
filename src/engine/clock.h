/*-------------------------------------------------------------------------
 *
 * clock.h
 *	  What time it is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CLOCK_H
#define TT_CLOCK_H

#include "datatype/timestamp.h"

/* For reads: the start of the statement. */
extern TimestampTz tt_clock_statement(void);

/* For writes: the clock, taken after the host's lock. */
extern PGDLLEXPORT TimestampTz timetap_clock(void);

#endif							/* TT_CLOCK_H */
