/*-------------------------------------------------------------------------
 *
 * durations.h
 *	  Intervals as timetap means them: elapsed time.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_DURATIONS_H
#define TT_DURATIONS_H

#include "datatype/timestamp.h"

/*
 * An interval in microseconds, a day being 24 hours.  False when it has
 * months or years, which are no elapsed time, or does not fit.
 */
extern bool tt_durations_usecs(const Interval *interval, int64 *usecs);

#endif							/* TT_DURATIONS_H */
