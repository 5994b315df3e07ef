/*-------------------------------------------------------------------------
 *
 * local_time.h
 *	  Local dates and clock times to instants and back, by zone rules.
 *
 * Instants and local times are int64 microseconds since 2000-01-01 (the
 * server's timestamptz and timestamp).  A local time that a clock change
 * skips moves forward by the gap; one that happens twice is the first or the
 * second, as asked.  The zone's rules are asked for only near a clock change:
 * the offset in force and the stretch it holds for are kept in TTZone.
 *
 * Everything saturates at the ends of int64.  An instant and a local time
 * are at most TT_OFFSETS_APART apart, and so are any two offsets of a zone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_LOCAL_TIME_H
#define TT_LOCAL_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* From UTC-12 to UTC+14; the zones of the past were no wider. */
#define TT_OFFSETS_APART	(INT64_C(26) * 3600 * 1000000)

/*
 * One stretch of constant offset: [from, until) instants, local = instant +
 * offset.  It may be a part of the real one: a border is a border of what is
 * known, and the offset may be the same beyond it.
 */
typedef struct TTOffset
{
	int64_t		from;			/* INT64_MIN: since ever */
	int64_t		until;			/* INT64_MAX: for ever */
	int64_t		offset;			/* microseconds */
} TTOffset;

/*
 * Asks a zone's rules for a stretch that holds the instant "at" (from <= at <
 * until; at INT64_MAX, from <= at).
 */
typedef void (*TTOffsetLookup) (const void *rules, int64_t at, TTOffset *result);

typedef struct TTZone
{
	const void *rules;			/* a pg_tz in the server, anything in a test */
	TTOffsetLookup lookup;
	TTOffset	current;		/* the stretch last used */
	TTOffset	previous;		/* the one before that */
	int64_t		sure_from;		/* local times in [sure_from, sure_until) */
	int64_t		sure_until;		/* happen once, in the current stretch */
} TTZone;

typedef enum TTFold
{
	TT_FOLD_FIRST,				/* a local time that happens twice: the first */
	TT_FOLD_SECOND				/* ... the second */
} TTFold;

extern void tt_local_time_init(TTZone *zone, const void *rules, TTOffsetLookup lookup);
extern int64_t tt_local_time_to_instant(TTZone *zone, int64_t local, TTFold fold);
extern int64_t tt_local_time_offset(TTZone *zone, int64_t instant);

/* Local date and clock time (microseconds after midnight) of an instant. */
extern void tt_local_time_split(TTZone *zone, int64_t instant, int32_t *date, int64_t *time);

/* Local date (days since 2000-01-01) of an instant. */
extern int32_t tt_local_time_date(TTZone *zone, int64_t instant);

/*
 * The first instant of a local date, and the instant after its last one.
 * Where midnight is skipped, both are the clock change, and a date that the
 * zone skips is empty.  Where the clock is put back over midnight (St. John's
 * until 2011) a date ends after the next one's first start.
 */
extern int64_t tt_local_time_day_start(TTZone *zone, int32_t date);
extern int64_t tt_local_time_day_end(TTZone *zone, int32_t date);

#endif							/* TT_LOCAL_TIME_H */
