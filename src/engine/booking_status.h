/*-------------------------------------------------------------------------
 *
 * booking_status.h
 *	  Which statuses of a booking have an event on the calendar, as SQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_BOOKING_STATUS_H
#define TT_BOOKING_STATUS_H

/* Follows a status column; the operator is written out, see statements.h. */
#define TT_ON_CALENDAR	" OPERATOR(pg_catalog.=) ANY ('{confirmed,completed,no_show}'::pg_catalog.text[])"

#endif							/* TT_BOOKING_STATUS_H */
