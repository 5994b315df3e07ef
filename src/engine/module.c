/*-------------------------------------------------------------------------
 *
 * module.c
 *	  Loading of the engine's library.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "launcher.h"
#include "settings.h"
#include "wakeup.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	tt_settings_define();
	if (IsBinaryUpgrade)
		return;
	tt_wakeup_init();
	tt_launcher_register();
}
