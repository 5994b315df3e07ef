/*-------------------------------------------------------------------------
 *
 * statements.c
 *	  timetap's own SQL statements: kept plans, run as the tables' owner.
 *
 * Callers have no rights on the tables: a function checks what its caller may
 * do, then opens a section here.  Row-level security does not apply in it,
 * and the caller cannot change the user from inside (see
 * SECURITY_LOCAL_USERID_CHANGE in miscinit.c).  The server resets user and
 * SPI when an error unwinds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "statements.h"

/*
 * The role that owns timetap's schema and tables.
 */
Oid
tt_statements_owner(void)
{
	HeapTuple	tuple;
	Oid			owner;

	tuple = SearchSysCache1(NAMESPACEOID,
							ObjectIdGetDatum(get_namespace_oid("timetap", false)));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema timetap");
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

/*
 * Open a section.
 */
void
tt_statements_begin(TTSection *section)
{
	section->caller = CurrentMemoryContext;
	GetUserIdAndSecContext(&section->user, &section->security);
	SetUserIdAndSecContext(tt_statements_owner(),
						   section->security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

/*
 * Close it; everything allocated inside is gone.
 */
void
tt_statements_end(TTSection *section)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "could not disconnect from SPI");
	SetUserIdAndSecContext(section->user, section->security);
	MemoryContextSwitchTo(section->caller);
}

/*
 * Make a statement's plan: generic from the start, or the first five
 * executions would each be planned anew.
 */
static void
prepare(TTStatement *statement)
{
	SPIPlanPtr	plan;
	int			nargs = 0;

	while (statement->types[nargs] != InvalidOid)
		nargs++;
	plan = SPI_prepare_cursor(statement->sql, nargs, statement->types,
							  CURSOR_OPT_GENERIC_PLAN | (statement->few ? CURSOR_OPT_FAST_PLAN : 0));
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
			 SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep a plan");
	statement->plan = plan;
}

/*
 * Run a statement; "snapshot" NULL: the active one to read, a new one to
 * write.
 */
static uint64
run(TTStatement *statement, const TTParameter *parameters, Snapshot snapshot, bool reads)
{
	Datum		values[TT_MAX_PARAMETERS];
	char		nulls[TT_MAX_PARAMETERS];
	int			result;

	if (unlikely(statement->plan == NULL))
		prepare(statement);
	for (int i = 0; statement->types[i] != InvalidOid; i++)
	{
		values[i] = parameters[i].value;
		nulls[i] = parameters[i].isnull ? 'n' : ' ';
	}
	if (snapshot != NULL)
		result = SPI_execute_snapshot(statement->plan, values, nulls, snapshot,
									  InvalidSnapshot, reads, true, 0);
	else
		result = SPI_execute_plan(statement->plan, values, nulls, reads, 0);
	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement->sql,
			 SPI_result_code_string(result));
	return SPI_processed;
}

/*
 * Run a statement that reads; returns the number of rows.
 */
uint64
tt_statements_read(TTStatement *statement, const TTParameter *parameters, Snapshot snapshot)
{
	return run(statement, parameters, snapshot, true);
}

/*
 * The same under the latest snapshot.
 */
uint64
tt_statements_read_latest(TTStatement *statement, const TTParameter *parameters)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	uint64		rows = run(statement, parameters, snapshot, true);

	UnregisterSnapshot(snapshot);
	return rows;
}

/*
 * Run a statement that writes; returns the number of rows written or, with
 * RETURNING, given back.
 */
uint64
tt_statements_write(TTStatement *statement, const TTParameter *parameters)
{
	return run(statement, parameters, NULL, false);
}

/*
 * The same under the latest snapshot.
 */
uint64
tt_statements_write_latest(TTStatement *statement, const TTParameter *parameters)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	uint64		rows = run(statement, parameters, snapshot, false);

	UnregisterSnapshot(snapshot);
	return rows;
}

/* Hands rows to a reader. */
typedef struct RowReceiver
{
	DestReceiver pub;
	TTRowReader reader;
	void	   *state;
} RowReceiver;

static void
receiver_startup(DestReceiver *self pg_attribute_unused(), int operation pg_attribute_unused(),
				 TupleDesc desc pg_attribute_unused())
{
}

static void
receiver_shutdown(DestReceiver *self pg_attribute_unused())
{
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;

	slot_getallattrs(slot);
	return receiver->reader(receiver->state, slot->tts_values, slot->tts_isnull);
}

/*
 * Run a statement that reads, handing over each row as the executor has it:
 * SPI would copy it twice.
 */
void
tt_statements_scan(TTStatement *statement, const TTParameter *parameters,
				   Snapshot snapshot, TTRowReader reader, void *state)
{
	RowReceiver receiver = {
		{receive_row, receiver_startup, receiver_shutdown, receiver_shutdown, DestNone},
		reader, state
	};
	SPIExecuteOptions options = {0};
	int			nargs = 0;
	int			result;

	if (unlikely(statement->plan == NULL))
		prepare(statement);
	while (statement->types[nargs] != InvalidOid)
		nargs++;
	options.params = makeParamList(nargs);
	for (int i = 0; i < nargs; i++)
	{
		ParamExternData *param = &options.params->params[i];

		param->value = parameters[i].value;
		param->isnull = parameters[i].isnull;
		param->pflags = PARAM_FLAG_CONST;
		param->ptype = statement->types[i];
	}
	options.read_only = true;
	options.dest = &receiver.pub;
	if (snapshot != NULL)
		PushActiveSnapshot(snapshot);
	result = SPI_execute_plan_extended(statement->plan, &options);
	if (snapshot != NULL)
		PopActiveSnapshot();
	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement->sql,
			 SPI_result_code_string(result));
}

/*
 * A column of the last result.
 */
Datum
tt_statements_column(uint64 row, int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

Datum
tt_statements_value(uint64 row, int column)
{
	bool		isnull;
	Datum		value = tt_statements_column(row, column, &isnull);

	if (isnull)
		elog(ERROR, "column %d is null", column);
	return value;
}

char *
tt_statements_text(uint64 row, int column)
{
	bool		isnull;
	Datum		value = tt_statements_column(row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}
