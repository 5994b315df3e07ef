/*-------------------------------------------------------------------------
 *
 * returned_row.h
 *	  Hands a row that a statement gave back to the function's caller.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_RETURNED_ROW_H
#define TT_RETURNED_ROW_H

#include "fmgr.h"

/*
 * Inside a section, after a statement that ends in RETURNING t.*: its row as
 * a value of the function's composite type, which outlives the section.
 */
extern Datum tt_returned_row_datum(FunctionCallInfo fcinfo, uint64 row);

#endif							/* TT_RETURNED_ROW_H */
