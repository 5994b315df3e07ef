/*-------------------------------------------------------------------------
 *
 * clock.c
 *	  What time it is: the clock, or timetap.now where that is set.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "clock.h"
#include "settings.h"

/*
 * Now, for reads: the same in all of a statement.
 */
TimestampTz
tt_clock_statement(void)
{
	TimestampTz now;

	return tt_settings_now(&now) ? now : GetCurrentStatementStartTimestamp();
}

/*
 * Now, for writes.
 */
TimestampTz
timetap_clock(void)
{
	TimestampTz now;

	return tt_settings_now(&now) ? now : GetCurrentTimestamp();
}
