/*-------------------------------------------------------------------------
 *
 * settings.c
 *	  All settings of timetap, the worker's included, as two tables.
 *
 * They are defined in the engine so that they exist wherever the extension
 * does.  None is PGC_POSTMASTER (such a setting kills sessions that load the
 * library late), and none is a secret (any role can SHOW a placeholder, and
 * ALTER DATABASE .. SET is readable by all).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <limits.h>

#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "settings.h"

int			timetap_min_duration;
int			timetap_max_span;
char	   *timetap_databases;
char	   *timetap_key_file;
char	   *timetap_ca_file;
char	   *timetap_google_api_url;
char	   *timetap_google_token_url;
int			timetap_request_timeout;
int			timetap_retry_base;
int			timetap_retry_cap;
int			timetap_max_attempts;
int			timetap_max_in_flight;
int			timetap_worker_idle;

static char *now_text;
static TimestampTz now_value;	/* DT_NOBEGIN: not set */

static const struct
{
	const char *name;
	const char *description;
	int		   *variable;
	int			initial;
	int			least;
	int			most;
	GucContext	context;
	int			flags;
}			int_settings[] =
{
	{"timetap.min_duration", "Shortest duration that an event type may be given.",
	&timetap_min_duration, 5 * 60, 1, INT_MAX, PGC_USERSET, GUC_UNIT_S},
	{"timetap.max_span", "Stretches of time that one call asks about must be shorter than this.",
	&timetap_max_span, 3 * 365 * 24 * 60, 1, 100 * 366 * 24 * 60, PGC_SUSET, GUC_UNIT_MIN},
	{"timetap.request_timeout", "Time after which a request to a calendar is given up.",
	&timetap_request_timeout, 30 * 1000, 10, 10 * 60 * 1000, PGC_SIGHUP, GUC_UNIT_MS},
	{"timetap.retry_base", "First upper bound of the random wait before a failed sync job is tried again; doubles with each failure.",
	&timetap_retry_base, 1000, 1, 60 * 60 * 1000, PGC_SIGHUP, GUC_UNIT_MS},
	{"timetap.retry_cap", "Largest upper bound of the random wait before a failed sync job is tried again.",
	&timetap_retry_cap, 15 * 60 * 1000, 1, 24 * 60 * 60 * 1000, PGC_SIGHUP, GUC_UNIT_MS},
	{"timetap.max_attempts", "Failures in a row after which a sync job is parked until retry_sync() or retry_failed().",
	&timetap_max_attempts, 100, 1, INT_MAX, PGC_SIGHUP, 0},
	{"timetap.max_in_flight", "Requests that the worker of a database has under way at once.",
	&timetap_max_in_flight, 8, 1, 64, PGC_SIGHUP, 0},
	{"timetap.worker_idle", "Time without work after which the worker of a database exits; -1 keeps it.",
	&timetap_worker_idle, -1, -1, INT_MAX, PGC_SIGHUP, GUC_UNIT_S},
};

static const struct
{
	const char *name;
	const char *description;
	char	  **variable;
	const char *initial;
	GucContext	context;
	int			flags;
}			string_settings[] =
{
	{"timetap.databases", "Databases that get a worker, separated by commas; empty: every database that has the extension.",
	&timetap_databases, "", PGC_SIGHUP, GUC_LIST_INPUT},
	{"timetap.key_file", "File with the key that credentials are sealed with: 64 hexadecimal digits, mode 0600.",
	&timetap_key_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY},
	{"timetap.ca_file", "File with the certificate authorities that calendar servers are verified with; empty: the system's.",
	&timetap_ca_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY},
	{"timetap.google_api_url", "Base address of the Google Calendar API.",
	&timetap_google_api_url, "https://www.googleapis.com/calendar/v3/", PGC_SIGHUP, 0},
	{"timetap.google_token_url", "Address of Google's token endpoint.",
	&timetap_google_token_url, "https://oauth2.googleapis.com/token", PGC_SIGHUP, 0},
};

/*
 * timetap.now: a timestamp, read the way recovery_target_time is (the input
 * function cannot be used, for it may throw).
 */
static bool
check_now(char **newval, void **extra, GucSource source pg_attribute_unused())
{
	char		buffer[MAXDATELEN + MAXDATEFIELDS];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nf;
	int			dtype;
	int			tz;
	fsec_t		fsec;
	struct pg_tm tm;
	TimestampTz value = DT_NOBEGIN;

	if (**newval != '\0')
	{
		if (ParseDateTime(*newval, buffer, sizeof(buffer), field, ftype, MAXDATEFIELDS, &nf) != 0 ||
			tt_compat_decode_datetime(field, ftype, nf, &dtype, &tm, &fsec, &tz) != 0 ||
			dtype != DTK_DATE ||
			tm2timestamp(&tm, fsec, &tz, &value) != 0)
		{
			GUC_check_errdetail("It must be a time such as 2030-01-07 09:00+00, or empty.");
			return false;
		}
	}
	*extra = tt_compat_guc_malloc(sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	memcpy(*extra, &value, sizeof(TimestampTz));
	return true;
}

static void
assign_now(const char *newval pg_attribute_unused(), void *extra)
{
	memcpy(&now_value, extra, sizeof(TimestampTz));
}

/*
 * The value of timetap.now, or false when it is not set.
 */
bool
tt_settings_now(TimestampTz *now)
{
	*now = now_value;
	return now_value != DT_NOBEGIN;
}

/*
 * Define all settings; called once, from _PG_init.
 */
void
tt_settings_define(void)
{
	now_value = DT_NOBEGIN;
	for (int i = 0; i < (int) lengthof(int_settings); i++)
		DefineCustomIntVariable(int_settings[i].name, int_settings[i].description, NULL,
								int_settings[i].variable, int_settings[i].initial,
								int_settings[i].least, int_settings[i].most,
								int_settings[i].context, int_settings[i].flags,
								NULL, NULL, NULL);
	for (int i = 0; i < (int) lengthof(string_settings); i++)
		DefineCustomStringVariable(string_settings[i].name, string_settings[i].description, NULL,
								   string_settings[i].variable, string_settings[i].initial,
								   string_settings[i].context, string_settings[i].flags,
								   NULL, NULL, NULL);
	DefineCustomStringVariable("timetap.now",
							   "Time to take for now, for tests; empty: the clock.",
							   NULL, &now_text, "", PGC_SUSET, GUC_NOT_IN_SAMPLE,
							   check_now, assign_now, NULL);
	MarkGUCPrefixReserved("timetap");
}
