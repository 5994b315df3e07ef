/*-------------------------------------------------------------------------
 *
 * slot_oracle.h
 *	  The slot core's answer to one start, found the slow and plain way.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SLOT_ORACLE_H
#define SLOT_ORACLE_H

#include "slot_core.h"

extern TTVerdict slot_oracle_verdict(const TTSlotRules *rules,
									 const TTCalendar *calendar, int64_t start);

/* Is the start on the grid, inside hours and not on a blocked date? */
extern bool slot_oracle_on_grid(const TTSlotRules *rules,
								const TTCalendar *calendar, int64_t start);

#endif							/* SLOT_ORACLE_H */
