/*-------------------------------------------------------------------------
 *
 * hours_merge.c
 *	  Makes one window of opening windows that touch or overlap.
 *
 * The slot core merges windows anyhow, across days too; here it is done so
 * that what is stored is what people see.  Two windows stay apart when their
 * union could not be written as one: a window over midnight whose end is not
 * before its start would read as a shorter one.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

#include "hours_merge.h"

#define SECONDS_A_DAY	86400

/* The end in seconds after the 00:00 that starts counts from. */
static int32_t
unrolled_end(const TTHours *hours)
{
	return hours->ends <= hours->starts ? hours->ends + SECONDS_A_DAY : hours->ends;
}

static int
compare(const void *a, const void *b)
{
	const TTHours *left = a;
	const TTHours *right = b;

	if (left->day != right->day)
		return left->day < right->day ? -1 : 1;
	if (left->starts != right->starts)
		return left->starts < right->starts ? -1 : 1;
	return (unrolled_end(left) > unrolled_end(right)) - (unrolled_end(left) < unrolled_end(right));
}

/*
 * Merge.
 */
int
tt_hours_merge(TTHours *hours, int count)
{
	int			kept = 0;

	if (count == 0)
		return 0;
	qsort(hours, (size_t) count, sizeof(TTHours), compare);
	for (int i = 1; i < count; i++)
	{
		TTHours    *last = &hours[kept];
		int32_t		end = unrolled_end(last);

		if (unrolled_end(&hours[i]) > end)
			end = unrolled_end(&hours[i]);
		if (hours[i].day == last->day && hours[i].starts <= unrolled_end(last) &&
			(end <= SECONDS_A_DAY || end - last->starts < SECONDS_A_DAY))
			last->ends = end <= SECONDS_A_DAY ? end : end - SECONDS_A_DAY;
		else
			hours[++kept] = hours[i];
	}
	return kept + 1;
}
