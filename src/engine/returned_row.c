/*-------------------------------------------------------------------------
 *
 * returned_row.c
 *	  Hands a row that a statement gave back to the function's caller.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/tupconvert.h"
#include "executor/spi.h"
#include "funcapi.h"

#include "returned_row.h"

/*
 * A row as a value.  RETURNING t.* leaves out columns that the table has
 * dropped, its row type does not: hence the conversion, which is none as
 * long as no upgrade has dropped one.
 */
Datum
tt_returned_row_datum(FunctionCallInfo fcinfo, uint64 row)
{
	TupleDesc	type;
	TupleConversionMap *map;
	HeapTuple	tuple = SPI_tuptable->vals[row];

	if (get_call_result_type(fcinfo, NULL, &type) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	map = convert_tuples_by_position(SPI_tuptable->tupdesc, type,
									 "the row does not fit the function's type");
	if (map != NULL)
		tuple = execute_attr_map_tuple(tuple, map);
	return PointerGetDatum(SPI_returntuple(tuple, type));
}
