/*-------------------------------------------------------------------------
 *
 * watched.c
 *	  The databases that the launcher watches, and how it finds them.
 *
 * Watched are those that want a worker process, and those whose process was
 * started by this launcher.  A look through pg_database finds new ones,
 * requests for a worker are in shared memory.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "pgstat.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#include "settings.h"
#include "shared_state.h"
#include "watched.h"

#define FIRST_BACKOFF		1	/* s, of a worker that died */
#define LAST_BACKOFF		60

static List *watched;			/* of TTWatched *, in TopMemoryContext */

static TTWatched *
find(Oid database)
{
	ListCell   *cell;

	foreach(cell, watched)
	{
		TTWatched  *one = lfirst(cell);

		if (one->database == database)
			return one;
	}
	return NULL;
}

static TTWatched *
watch(Oid database)
{
	MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
	TTWatched  *one = palloc0(sizeof(TTWatched));

	one->database = database;
	one->start_at = GetCurrentTimestamp();
	one->named = true;
	watched = lappend(watched, one);
	MemoryContextSwitchTo(caller);
	return one;
}

/*
 * All of them.
 */
List *
tt_watched_all(void)
{
	return watched;
}

/*
 * Stop watching a database.
 */
void
tt_watched_forget(TTWatched *one)
{
	watched = list_delete_ptr(watched, one);
	if (one->handle != NULL)
		pfree(one->handle);
	pfree(one);
}

/*
 * Try again later, later still each time.
 */
void
tt_watched_put_off(TTWatched *one)
{
	one->backoff = Min(Max(one->backoff * 2, FIRST_BACKOFF), LAST_BACKOFF);
	one->start_at = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), one->backoff * 1000);
}

/*
 * Has a database's worker died that was not started here, but by
 * start_worker() or by a launcher before this one?
 */
static bool
has_died(const TTWorkerInfo *info)
{
	return info->pid == 0 && info->state == TT_WORKER_DIED &&
		find(info->database) == NULL;
}

/*
 * May a database have a worker?  "names" is timetap.databases, NIL for any.
 */
static bool
is_allowed(Form_pg_database database, List *names)
{
	ListCell   *cell;

	if (!database->datallowconn || database->datistemplate)
		return false;
	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), NameStr(database->datname)) == 0)
			return true;
	}
	return names == NIL;
}

/*
 * One database: is it to be watched from now on, or still?  A request that
 * comes while a process is on its way out stays until that has ended.
 */
static void
consider(Oid database, bool all)
{
	TTWorkerInfo info;
	bool		known = tt_shared_state_find(database, &info);
	bool		requested = known && info.requested;
	TTWatched  *one = find(database);

	if (one != NULL)
		one->named = true;
	else if (known && has_died(&info))
		tt_watched_put_off(watch(database));
	else if ((all || requested) && !(known && (info.stopped || info.pid != 0)))
		watch(database);
	if (requested && (one == NULL || one->handle == NULL))
		tt_shared_state_clear_request(database);
}

/*
 * Stop watching what the scan did not name: databases that are gone, or that
 * timetap.databases does not name any more.
 */
static void
drop_unnamed(void)
{
	List	   *list = list_copy(watched);
	ListCell   *cell;

	foreach(cell, list)
	{
		TTWatched  *one = lfirst(cell);

		if (one->named)
			continue;
		if (one->handle != NULL)
			TerminateBackgroundWorker(one->handle);
		tt_watched_forget(one);
	}
}

static List *
databases_with_slot(void)
{
	List	   *result = NIL;

	for (int i = 0; i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo info;

		tt_shared_state_slot(i, &info);
		if (OidIsValid(info.database))
			result = lappend_oid(result, info.database);
	}
	return result;
}

static void
forget_dropped_databases(List *with_slot, List *present)
{
	ListCell   *cell;

	foreach(cell, with_slot)
	{
		if (!list_member_oid(present, lfirst_oid(cell)))
			tt_shared_state_forget(lfirst_oid(cell));
	}
}

/*
 * Look through pg_database.  All databases that may have a worker are
 * considered, or those which one was requested for.  Slots are read before the
 * scan, or that of a database that is made meanwhile would be forgotten.
 */
static void
scan_databases(List *names, bool all)
{
	List	   *with_slot = databases_with_slot();
	List	   *present = NIL;
	Relation	relation = table_open(DatabaseRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(relation, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		present = lappend_oid(present, database->oid);
		if (is_allowed(database, names))
			consider(database->oid, all);
	}
	table_endscan(scan);
	table_close(relation, AccessShareLock);

	drop_unnamed();
	forget_dropped_databases(with_slot, present);
}

/*
 * A scan in a transaction of its own, its memory freed with it.
 */
void
tt_watched_look(bool all)
{
	ListCell   *cell;
	List	   *names;

	foreach(cell, watched)
		((TTWatched *) lfirst(cell))->named = false;

	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	if (SplitGUCList(pstrdup(timetap_databases), ',', &names))
		scan_databases(names, all);
	else
		ereport(WARNING,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("timetap.databases is not a list of names: no worker is started"),
				errhint("Separate the names by commas, and quote those that hold a comma or a blank."));
	CommitTransactionCommand();
	pgstat_report_stat(true);
}

/*
 * Has a commit or an install script asked for a worker, or does a database
 * miss one?
 */
bool
tt_watched_is_requested(void)
{
	for (int i = 0; i < TT_MAX_DATABASES; i++)
	{
		TTWorkerInfo info;

		tt_shared_state_slot(i, &info);
		if (OidIsValid(info.database) && (info.requested || has_died(&info)))
			return true;
	}
	return false;
}

