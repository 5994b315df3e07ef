/*-------------------------------------------------------------------------
 *
 * random_host.h
 *	  Random hosts for the tests of the slot core, and what a sweep lists of them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef RANDOM_HOST_H
#define RANDOM_HOST_H

#include "slot_core.h"

#define MINUTE			TT_USECS_PER_MINUTE
#define MAX_RANGES		40
#define MAX_WINDOWS		400
#define MAX_LISTED		1000

typedef struct Host
{
	TTSlotRules rules;
	TTCalendar	calendar;
	TTWindow	windows[MAX_WINDOWS];
	TTRange		blocked[MAX_RANGES];
	TTRange		full[3];
	TTTaken		taken[MAX_RANGES];
	TTSegment	segments[TT_SEGMENTS_NEEDED(MAX_WINDOWS, MAX_RANGES)];
	size_t		nsegments;
} Host;

/* What a case is made of: times as multiples of a unit since a base. */
typedef struct Scale
{
	int64_t		base;
	int64_t		unit;
	int			length;
} Scale;

/* The starts that a sweep lists, as many as there is room for. */
typedef struct Listing
{
	TTStart		starts[MAX_LISTED];
	size_t		count;
	bool		complete;
} Listing;

/* Does something happen that does so in so many cases of a hundred? */
extern bool chance(int percent);

extern int64_t random_time(const Scale *scale);
extern void random_rules(TTSlotRules *rules, const Scale *scale);
extern void random_windows(Host *host, const Scale *scale);
extern void random_blocked(Host *host, const Scale *scale);
extern void random_full(Host *host, const Scale *scale);
extern void random_taken(Host *host, const Scale *scale);

/* Put everything in order and make the segments. */
extern void finish_host(Host *host);

/* Are the segments in order, disjoint, and none of them empty? */
extern bool segments_are_right(const Host *host);

/* Show a host of which something was wrong, in TAP comments. */
extern void show_host(const Host *host);

extern void list_starts(const Host *host, int64_t from, int64_t until, bool only_free,
						Listing *listing);

#endif							/* RANDOM_HOST_H */
