/*-------------------------------------------------------------------------
 *
 * slot_core.h
 *	  The slot core: opening windows and taken time in, slots out.
 *
 * Pure C on int64 microseconds since any one epoch (the server's is used):
 * no server header, no allocation, no clock, no time zone.  The same sweep
 * answers "which slots are free" (slots, next_slots), "may this start be
 * booked" (check_slot, book) and "why not", so what is offered can be booked
 * and what is not offered cannot.
 *
 * All ranges are half-open, [lo, hi).
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SLOT_CORE_H
#define TT_SLOT_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TT_USECS_PER_MINUTE	INT64_C(60000000)
#define TT_USECS_PER_DAY	INT64_C(86400000000)
#define TT_FOREVER			INT64_MAX
#define TT_EVER_BEFORE		INT64_MIN

typedef struct TTRange
{
	int64_t		lo;
	int64_t		hi;
} TTRange;

/* One opening window, its borders turned into instants once. */
typedef struct TTWindow
{
	int64_t		lo;
	int64_t		hi;
	int64_t		utc_offset;		/* local clock minus UTC at lo, microseconds;
								 * only read when align is TT_ALIGN_CLOCK */
	int32_t		day;			/* local date the window starts on, any day
								 * count; windows of one date share it */
} TTWindow;

typedef enum TTTakenKind
{
	TT_TAKEN_MEETING,
	TT_TAKEN_HOLD,
	TT_TAKEN_BUSY
} TTTakenKind;

#define TT_TAKEN_KINDS		3

/* A stretch of the host's time that is taken. */
typedef struct TTTaken
{
	int64_t		lo;				/* what it blocks, its own buffers included */
	int64_t		hi;
	int64_t		core_lo;		/* without its buffers; equal to lo and hi when */
	int64_t		core_hi;		/* the difference is not known or there is none */
	TTTakenKind kind;
} TTTaken;

typedef enum TTAlign
{
	TT_ALIGN_WINDOW,			/* the grid starts at the window's start */
	TT_ALIGN_GAP,				/* ... and again at the earliest start that
								 * clears each taken stretch: its end plus
								 * buffer_before.  Stretches that touch or
								 * overlap are one; up to the restart, also
								 * through the taken time, the old grid runs */
	TT_ALIGN_CLOCK				/* the grid's first start, start_offset
								 * included, is rounded up on the host's clock
								 * to the first of 60, 30, 20, 15, 10, 5
								 * minutes that divides the interval; steps
								 * are elapsed time from there */
} TTAlign;

/* The rules of one event type, and the moment's bounds. */
typedef struct TTSlotRules
{
	int64_t		duration;		/* > 0 */
	int64_t		interval;		/* grid step, > 0 */
	int64_t		start_offset;	/* >= 0, added to the grid's first start */
	int64_t		buffer_before;	/* >= 0 */
	int64_t		buffer_after;	/* >= 0 */
	TTAlign		align;
	int64_t		not_before;		/* first start that notice allows */
	int64_t		not_after;		/* starts from here on are beyond the horizon;
								 * TT_FOREVER: no horizon */
} TTSlotRules;

/*
 * A host's time around the range of interest.  The windows of every local
 * date from TT_LOOKBACK_DAYS + 1 days before the first start of interest
 * until the last start of interest plus the duration must be there, and the
 * blocked dates among them.  Of taken time, everything that overlaps the
 * slots of interest and their buffers; with TT_ALIGN_GAP, where the grid
 * depends on what was taken before, everything that ends later than
 * buffer_before before the first window.
 *
 * Empty ranges (hi <= lo) are ignored everywhere.
 */
typedef struct TTCalendar
{
	const TTWindow *windows;	/* ordered by lo */
	size_t		nwindows;
	const TTRange *blocked;		/* blocked local dates, ordered, disjoint */
	size_t		nblocked;
	const TTTaken *taken;		/* ordered by lo; may overlap one another */
	size_t		ntaken;
	const TTRange *full;		/* no start here, a limit is reached; ordered,
								 * disjoint */
	size_t		nfull;
} TTCalendar;

/*
 * Windows that touch or overlap are one stretch with one grid, anchored at
 * the stretch's start.  A stretch that has lasted for more than
 * TT_RESTART_DAYS (a host who is always open) restarts its grid at the first
 * window of each local date: a day's slots must not depend on how far back a
 * query looked.  TT_LOOKBACK_DAYS is larger by enough for a window over
 * midnight at either end and for a date that the zone skips, so that whoever
 * sees less than the whole stretch sees more than TT_RESTART_DAYS of it.
 */
#define TT_LOOKBACK_DAYS	7
#define TT_RESTART_DAYS		4

/* Why a start can or cannot be booked; the order is that of precedence. */
typedef enum TTVerdict
{
	TT_FREE,
	TT_TOO_SOON,
	TT_TOO_FAR,
	TT_BLOCKED_DATE,
	TT_OUTSIDE_HOURS,
	TT_OFF_GRID,
	TT_LIMIT_REACHED,			/* of bookings or minutes in a period */
	TT_SLOT_TAKEN,				/* overlaps a meeting */
	TT_HELD,					/* overlaps a hold */
	TT_BUSY,					/* overlaps a busy time */
	TT_BUFFER					/* only its or its neighbour's buffer does */
} TTVerdict;

#define TT_VERDICTS			(TT_BUFFER + 1)

/* A piece of the grid: starts anchor + k * interval, before until, ends by limit. */
typedef struct TTSegment
{
	int64_t		opens;			/* where the host's hours begin; a start before
								 * the anchor is off the grid, not outside */
	int64_t		anchor;
	int64_t		until;
	int64_t		limit;
} TTSegment;

/* Room that tt_slot_core_segments needs in its output array. */
#define TT_SEGMENTS_NEEDED(nwindows, nblocked)	((nwindows) + (nblocked) + 1)

typedef struct TTSweep
{
	const TTSlotRules *rules;
	const TTCalendar *calendar;
	const TTSegment *segments;
	size_t		nsegments;
	int64_t		until;			/* starts before this one */

	/* Where on the grid; at the end when segment is nsegments. */
	size_t		segment;
	int64_t		next;			/* next start to look at */
	int64_t		anchor;			/* grid anchor in force in this segment */
	int64_t		last;			/* no start of this segment is after this */
	size_t		gap_taken;		/* TT_ALIGN_GAP: first stretch not yet looked at */
	int64_t		gap_anchor;		/* ... the next restart, or TT_FOREVER */

	/*
	 * What is taken.  The stretches before "taken" begin before the current
	 * slot's buffered end, so the furthest of their ends tells whether any
	 * overlaps it.  The same for cores, by kind, before "ripe".
	 */
	size_t		taken;
	int64_t		reach;
	size_t		ripe;
	int64_t		core_reach[TT_TAKEN_KINDS];
	size_t		full;			/* first full range that ends after the start */
} TTSweep;

/* One start of the grid and what is to be said of it. */
typedef struct TTStart
{
	int64_t		at;
	TTVerdict	verdict;
} TTStart;

/*
 * Merge windows, less blocked dates, into segments of the grid, ordered and
 * disjoint.  Returns their number; none when a rule is out of its range.
 */
extern size_t tt_slot_core_segments(const TTSlotRules *rules, const TTCalendar *calendar,
									TTSegment *segments);

/*
 * Begin a sweep over the starts in [from, until), which may be empty.  The
 * sweep keeps pointers to its arguments.
 */
extern void tt_slot_core_begin(TTSweep *sweep, const TTSlotRules *rules,
							   const TTCalendar *calendar,
							   const TTSegment *segments, size_t nsegments,
							   int64_t from, int64_t until);

/* The next free start, or false at the end.  Skips over taken time at once. */
extern bool tt_slot_core_next_free(TTSweep *sweep, int64_t *start);

/*
 * The next start of the grid with its verdict, or false at the end.  The
 * starts with verdict TT_FREE are those of tt_slot_core_next_free.
 */
extern bool tt_slot_core_next(TTSweep *sweep, TTStart *start);

/*
 * The verdict on one start, on the grid or not: TT_FREE if and only if a
 * sweep lists it.  A slot that runs into a blocked date is TT_BLOCKED_DATE.
 */
extern TTVerdict tt_slot_core_check(const TTSlotRules *rules, const TTCalendar *calendar,
									const TTSegment *segments, size_t nsegments,
									int64_t start);

#endif							/* TT_SLOT_CORE_H */
