/*-------------------------------------------------------------------------
 *
 * host_lock.h
 *	  The host's lock: one writer of a host's time at a time.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_HOST_LOCK_H
#define TT_HOST_LOCK_H

#include "utils/uuid.h"

/* Wait for the lock and hold it until the transaction ends. */
extern void tt_host_lock_acquire(const pg_uuid_t *host);

/* Give it back at once: only when nothing was written under it. */
extern void tt_host_lock_release(const pg_uuid_t *host);

#endif							/* TT_HOST_LOCK_H */
