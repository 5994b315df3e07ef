/*-------------------------------------------------------------------------
 *
 * durations.c
 *	  Intervals as timetap means them: elapsed time.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/int.h"

#include "durations.h"

/*
 * An interval in microseconds.
 */
bool
tt_durations_usecs(const Interval *interval, int64 *usecs)
{
	int64		days;

	if (interval->month != 0 ||
		pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &days))
		return false;
	return !pg_add_s64_overflow(days, interval->time, usecs);
}
