/*-------------------------------------------------------------------------
 *
 * host_lock.c
 *	  The host's lock: one writer of a host's time at a time.
 *
 * An advisory lock of a class of its own: pg_advisory_lock() and its kin
 * write 1 or 2 into the tag's fourth field, so no SQL caller can take or
 * drop this one.  It is not a row lock, which would give even a refused
 * attempt a transaction id and a flush of the log.  Two hosts whose ids share
 * their first 64 bits would wait for each other, and that is all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "storage/lock.h"

#include "host_lock.h"

#define HOST_LOCK_CLASS		5

static void
set_tag(LOCKTAG *tag, const pg_uuid_t *host)
{
	uint32		key[2];

	memcpy(key, host->data, sizeof(key));
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, pg_ntoh32(key[0]), pg_ntoh32(key[1]),
						 HOST_LOCK_CLASS);
}

/*
 * Wait for the host's lock.  lock_timeout and deadlock detection apply as to
 * any lock; taken twice by one transaction it is counted.
 */
void
tt_host_lock_acquire(const pg_uuid_t *host)
{
	LOCKTAG		tag;

	set_tag(&tag, host);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/*
 * Give back what was taken last.
 */
void
tt_host_lock_release(const pg_uuid_t *host)
{
	LOCKTAG		tag;

	set_tag(&tag, host);
	LockRelease(&tag, ExclusiveLock, false);
}
