/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Differences between the server versions timetap builds with.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_COMPAT_H
#define TT_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "timetap needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#define tt_compat_guc_malloc(size)	guc_malloc(LOG, (size))
#define tt_compat_decode_datetime(field, ftype, nf, dtype, tm, fsec, tz) \
	__extension__ ({ DateTimeErrorExtra extra_; \
		DecodeDateTime((field), (ftype), (nf), (dtype), (tm), (fsec), (tz), &extra_); })
#else
#define tt_compat_guc_malloc(size)	malloc(size)
#define tt_compat_decode_datetime(field, ftype, nf, dtype, tm, fsec, tz) \
	DecodeDateTime((field), (ftype), (nf), (dtype), (tm), (fsec), (tz))
#endif

#endif							/* TT_COMPAT_H */
