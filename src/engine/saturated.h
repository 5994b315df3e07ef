/*-------------------------------------------------------------------------
 *
 * saturated.h
 *	  Arithmetic on int64 time that stops at the infinities instead of wrapping.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SATURATED_H
#define TT_SATURATED_H

#include <stdint.h>

static inline int64_t
add_saturated(int64_t a, int64_t b)
{
	int64_t		sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static inline int64_t
subtract_saturated(int64_t a, int64_t b)
{
	int64_t		difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return b < 0 ? INT64_MAX : INT64_MIN;
	return difference;
}

/* The distance from lo to hi, lo <= hi, which need not fit int64. */
static inline uint64_t
distance(int64_t lo, int64_t hi)
{
	return (uint64_t) hi - (uint64_t) lo;
}

#endif							/* TT_SATURATED_H */
