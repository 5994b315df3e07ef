/*-------------------------------------------------------------------------
 *
 * prepared.c
 *	  Work that hides in prepared transactions.
 *
 * COMMIT PREPARED runs none of our code, so it wakes nobody.  After a
 * transaction with work was prepared, the worker therefore looks again and
 * again, as long as its database has a prepared transaction at all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "prepared.h"
#include "shared_state.h"
#include "statements.h"

static TTStatement find_prepared = {
	"SELECT FROM pg_catalog.pg_prepared_xacts p"
	" WHERE p.database" EQ "pg_catalog.current_database() LIMIT 1",
	{InvalidOid},
	NULL
};

bool
tt_prepared_is_waiting(void)
{
	static bool is_waiting = false;
	TTSection	section;

	if (timetap_shared_state_take_prepared())
		is_waiting = true;
	if (!is_waiting)
		return false;
	tt_statements_begin(&section);
	is_waiting = tt_statements_write(&find_prepared, NULL) > 0;
	tt_statements_end(&section);
	return is_waiting;
}
