/*-------------------------------------------------------------------------
 *
 * zone.h
 *	  The server's time zones: which names there are, and their rules.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ZONE_H
#define TT_ZONE_H

#include "pgtime.h"

#include "local_time.h"

/* A name as the server's zone list spells it, or NULL if it is not there. */
extern const char *tt_zone_canonical(const char *name);

/* The rules of a zone, or NULL if the name is not in the server's list. */
extern pg_tz *tt_zone_rules(const char *name);

extern void tt_zone_open(TTZone *zone, pg_tz *rules);

#endif							/* TT_ZONE_H */
