/*-------------------------------------------------------------------------
 *
 * statements.h
 *	  timetap's own SQL statements: kept plans, run as the tables' owner.
 *
 * Every statement on timetap's tables goes through here.  A statement is a
 * static TTStatement at its place of use; its plan is made once per session,
 * generic, and kept.  Text rules, because the caller's search_path is in
 * force when the server analyzes it: tables, functions and types carry their
 * schema, operators are written with the macros below, and IN, BETWEEN,
 * LIKE, IS DISTINCT FROM and NULLIF (which look operators up by name) are
 * not used.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_STATEMENTS_H
#define TT_STATEMENTS_H

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/snapshot.h"

#define EQ	" OPERATOR(pg_catalog.=) "
#define NE	" OPERATOR(pg_catalog.<>) "
#define LT	" OPERATOR(pg_catalog.<) "
#define LE	" OPERATOR(pg_catalog.<=) "
#define GT	" OPERATOR(pg_catalog.>) "
#define GE	" OPERATOR(pg_catalog.>=) "
#define OVERLAPS	" OPERATOR(pg_catalog.&&) "
#define PLUS	" OPERATOR(pg_catalog.+) "
#define MINUS	" OPERATOR(pg_catalog.-) "
#define CONCAT	" OPERATOR(pg_catalog.||) "

#define TT_MAX_PARAMETERS	48

/* a statement is written without its plan, which then is NULL */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct TTStatement
{
	const char *sql;
	Oid			types[TT_MAX_PARAMETERS];	/* ends with InvalidOid */
	SPIPlanPtr	plan;			/* kept once made */
	bool		few;			/* its first rows are wanted, in order, rather
								 * than all: plan for a fast start */
} TTStatement;

/* One parameter; pass an array of these. */
typedef struct TTParameter
{
	Datum		value;
	bool		isnull;
} TTParameter;

#define TT_VALUE(datum)		((TTParameter) {(datum), false})
#define TT_NULL				((TTParameter) {(Datum) 0, true})
#define TT_TEXT(cstring)	tt_statements_text_parameter(cstring)

/* A text parameter, NULL for NULL. */
static inline TTParameter
tt_statements_text_parameter(const char *text)
{
	return text ? TT_VALUE(CStringGetTextDatum(text)) : TT_NULL;
}

/*
 * A section in which the tables' owner is the current user and SPI is
 * connected.  What has to outlive it is allocated in "caller".  An error
 * inside leaves it by the server's own clean-up.
 */
typedef struct TTSection
{
	MemoryContext caller;
	Oid			user;			/* who called */
	int			security;
} TTSection;

extern void tt_statements_begin(TTSection *section);
extern void tt_statements_end(TTSection *section);
extern Oid	tt_statements_owner(void);

/* Run one that reads, under the given snapshot (NULL: the active one). */
extern uint64 tt_statements_read(TTStatement *statement, const TTParameter *parameters,
								 Snapshot snapshot);

/*
 * The same for many rows, without keeping them: each is handed to a reader,
 * whose values are good for the time of the call, until it returns false.  It
 * runs in a memory context of the executor's.
 */
typedef bool (*TTRowReader) (void *state, const Datum *values, const bool *nulls);

extern void tt_statements_scan(TTStatement *statement, const TTParameter *parameters,
							   Snapshot snapshot, TTRowReader reader, void *state);

/* Run one that writes (or locks rows); it sees all of this command's past. */
extern uint64 tt_statements_write(TTStatement *statement, const TTParameter *parameters);

/*
 * The same, seeing what others have committed until now, also at isolation
 * levels that keep one snapshot: for what is done under a host's lock.
 */
extern uint64 tt_statements_read_latest(TTStatement *statement, const TTParameter *parameters);
extern uint64 tt_statements_write_latest(TTStatement *statement, const TTParameter *parameters);

/* A column of a row of the last result; columns count from 1. */
extern Datum tt_statements_column(uint64 row, int column, bool *isnull);
extern Datum tt_statements_value(uint64 row, int column);	/* must not be NULL */
extern char *tt_statements_text(uint64 row, int column);	/* NULL for NULL; in the
															 * section's memory */

#endif							/* TT_STATEMENTS_H */
