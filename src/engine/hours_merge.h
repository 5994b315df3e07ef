/*-------------------------------------------------------------------------
 *
 * hours_merge.h
 *	  Makes one window of opening windows that touch or overlap.
 *
 * Pure C, no server header, no allocation.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_HOURS_MERGE_H
#define TT_HOURS_MERGE_H

#include "hours_text.h"

/*
 * Sort the windows by day and start, and merge those of one day, in place.
 * Returns how many are left.
 */
extern int	tt_hours_merge(TTHours *hours, int count);

#endif							/* TT_HOURS_MERGE_H */
