/*-------------------------------------------------------------------------
 *
 * event_type_find.h
 *	  An event type and its host, read into memory for the slot core.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_EVENT_TYPE_FIND_H
#define TT_EVENT_TYPE_FIND_H

#include "datatype/timestamp.h"
#include "utils/date.h"
#include "utils/snapshot.h"
#include "utils/uuid.h"

#include "errors.h"
#include "booking_limits.h"
#include "local_time.h"
#include "slot_core.h"

/* Durations in microseconds. */
typedef struct TTEventType
{
	pg_uuid_t	id;
	pg_uuid_t	host;
	char	   *handle;
	char	   *slug;
	char	   *title;
	char	   *schedule;
	TTZone		zone;			/* the host's */
	int64		duration;
	int64		interval;
	int64		start_offset;
	int64		buffer_before;
	int64		buffer_after;
	int64		min_notice;
	bool		has_horizon;
	Interval	horizon;
	DateADT		bookable_from;	/* DATEVAL_NOBEGIN: no bound */
	DateADT		bookable_until; /* DATEVAL_NOEND: no bound */
	TTAlign		align;
	bool		active;
	TTLimits	limits;			/* of this event type */
	TTLimits	host_limits;	/* of the host, over all its event types */
	int			nchoices;		/* durations that a caller may pick besides */
	int64	   *choices;
} TTEventType;

/*
 * Inside a section.  Find an event type by its address ('handle/slug' or
 * uuid), under a snapshot (NULL: the active one).  False with *refusal
 * event_type_not_found.
 */
extern bool tt_event_type_find(const char *address, Snapshot snapshot,
							   TTEventType *event, TTRefusal *refusal);

/* The same by id; for bookings that name theirs. */
extern bool tt_event_type_find_by_id(const pg_uuid_t *id, Snapshot snapshot,
									 TTEventType *event, TTRefusal *refusal);

/*
 * A host for itself, by handle or uuid: of *event only host, handle and zone
 * are set.  False with *refusal host_not_found.
 */
extern bool tt_event_type_find_host(const char *host, Snapshot snapshot,
									TTEventType *event, TTRefusal *refusal);

/*
 * The duration to use: the event type's own for NULL, else the caller's if
 * the event type allows it; otherwise false with *refusal bad_duration.
 */
extern bool tt_event_type_duration(const TTEventType *event, const Interval *wanted,
								   int64 *duration, TTRefusal *refusal);

#endif							/* TT_EVENT_TYPE_FIND_H */
