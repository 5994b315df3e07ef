/*-------------------------------------------------------------------------
 *
 * connection.h
 *	  A connection: leased for one request at a time, paused, or left to a
 *	  person.
 *
 * All inside a section.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CONNECTION_H
#define TT_CONNECTION_H

#include "job.h"
#include "queue_row.h"

/* How long a lease lasts: longer than any request takes. */
extern TimestampTz tt_connection_lease_end(TimestampTz now);

/* The calendar's id, as far as it is known. */
extern const char *tt_connection_calendar(const TTConnection *connection);

/* An event was found in a calendar of that id, when asked for in known's. */
extern void tt_connection_learn_calendar(TTConnection *connection, const char *asked,
										 const char *found);

/* Lock a connection that may be used now; "missing" if there is none. */
extern TTLocked tt_connection_lock_free(const pg_uuid_t *host, const pg_uuid_t *id, TimestampTz now,
										MemoryContext context, TTConnection *connection);

/* Lock the job's connection as it is now; "missing" if its lease is lost. */
extern TTLocked tt_connection_lock_leased(const TTJob *job, TTConnection *connection);

/* Write a locked connection back. */
extern void tt_connection_write(const TTConnection *connection);

/*
 * Something is wrong with the connection itself: say so in it, and in the
 * server's log after the commit unless it said just that before.  "state" is its new state.
 */
extern void tt_connection_trouble(TTJob *job, TTConnection *connection, const char *state,
								  const char *problem, const char *hint);

/*
 * The service or the line is in trouble: no request for a while, which grows
 * with each one that fails, whichever job it belongs to.
 */
extern void tt_connection_hold_back(TTJob *job, TTConnection *connection, int64 floor_us,
									const char *problem, const char *hint, TimestampTz now);

/* A request has succeeded. */
extern void tt_connection_success(TTJob *job, TTConnection *connection, TimestampTz now);

/* Store a new credential, unless somebody else has meanwhile. */
extern void tt_connection_store_credential(const TTConnection *connection, bytea *sealed);

/* Free the leases that a dead worker left. */
extern void tt_connection_free_leases(void);

#endif							/* TT_CONNECTION_H */
