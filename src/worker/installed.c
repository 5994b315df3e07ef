/*-------------------------------------------------------------------------
 *
 * installed.c
 *	  Is the extension there, in the version that this library is of?
 *
 * Asked in each of the worker's transactions: an extension can be dropped,
 * made again and updated while the worker lives.  While it is not there the
 * worker only waits; CREATE EXTENSION wakes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "installed.h"
#include "shared_state.h"

/*
 * The version of the extension in the catalog.
 */
static char *
find_version(Oid extension)
{
	Relation	relation = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *version = NULL;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(relation, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, Anum_pg_extension_extversion,
										 RelationGetDescr(relation), &isnull);

		version = isnull ? NULL : TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return version;
}

bool
tt_installed_check(void)
{
	static bool was_there = true;
	Oid			extension = get_extension_oid("timetap", true);
	char	   *version = OidIsValid(extension) ? find_version(extension) : NULL;
	bool		is_there = version != NULL && strcmp(version, TIMETAP_VERSION) == 0;

	if (is_there != was_there)
	{
		if (is_there)
			ereport(LOG,
					(errmsg("timetap worker goes on: the extension is there")));
		else if (version == NULL)
			ereport(LOG,
					(errmsg("timetap worker waits: the extension was dropped")));
		else
			ereport(LOG,
					(errmsg("timetap worker waits: the extension has version %s, the library %s",
							version, TIMETAP_VERSION),
					 errhint("Run ALTER EXTENSION timetap UPDATE.")));
		timetap_shared_state_set_idle(!is_there);
		was_there = is_there;
	}
	return is_there;
}
