/*-------------------------------------------------------------------------
 *
 * slot_core_cases.h
 *	  The rules of the slot core, one case each.
 *
 * Times are written as people write them, with the day in front when it is
 * not the first: '9:00', '3+22:30'.  Windows and blocked ranges are
 * '9:00-12:00 13:00-17:00'; taken stretches have their kind in front, M
 * (meeting), H (hold) or B (busy), and their core behind if it differs:
 * 'M9:50-11:10(10:00-11:00)'.  The result is every start of the grid, with the
 * verdict if it is not free.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SLOT_CORE_CASES_H
#define SLOT_CORE_CASES_H

#include "slot_core.h"

typedef struct Case
{
	const char *name;
	const char *windows;
	const char *blocked;
	const char *taken;
	int			duration;		/* minutes, as all below */
	int			interval;
	int			start_offset;
	int			before;
	int			after;
	TTAlign		align;
	int			utc_offset;
	const char *not_before;		/* NULL: no bound */
	const char *not_after;
	const char *from;			/* NULL: the first day's midnight */
	const char *until;			/* NULL: the next one */
	const char *starts;			/* expected */
} Case;

extern const Case slot_core_cases[];
extern const size_t slot_core_ncases;

#endif							/* SLOT_CORE_CASES_H */
