/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  All settings of timetap, the worker's included.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SETTINGS_H
#define TT_SETTINGS_H

#include "datatype/timestamp.h"

/* Engine; durations in the unit named. */
extern PGDLLEXPORT int timetap_min_duration;	/* s */
extern PGDLLEXPORT int timetap_max_span;	/* min */

/* Worker; every variable is exported because the worker's library reads it. */
extern PGDLLEXPORT char *timetap_databases;
extern PGDLLEXPORT char *timetap_key_file;
extern PGDLLEXPORT char *timetap_ca_file;
extern PGDLLEXPORT char *timetap_google_api_url;
extern PGDLLEXPORT char *timetap_google_token_url;
extern PGDLLEXPORT int timetap_request_timeout;	/* ms */
extern PGDLLEXPORT int timetap_retry_base;	/* ms */
extern PGDLLEXPORT int timetap_retry_cap;	/* ms */
extern PGDLLEXPORT int timetap_max_attempts;
extern PGDLLEXPORT int timetap_max_in_flight;
extern PGDLLEXPORT int timetap_worker_idle;	/* s; -1 never */

extern void tt_settings_define(void);

/* timetap.now, if it is set. */
extern bool tt_settings_now(TimestampTz *now);

#endif							/* TT_SETTINGS_H */
