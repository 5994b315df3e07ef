/*-------------------------------------------------------------------------
 *
 * zone.c
 *	  The server's time zones: which names there are, and their rules.
 *
 * pg_tzset takes any text that reads like a POSIX zone ('Foo5') and keeps 24
 * kB for it as long as the backend lives, so a name must be known to be in
 * the server's zone list before it gets there.  Walking that list
 * (pg_tzenumerate_next) loads every zone: 27 ms, 100 ms when the files are
 * not cached, in each backend.  pg_open_tzfile is what the server itself
 * finds a zone's file with: without regard to case, giving the canonical
 * spelling, never outside of the zone directory.  That takes 50 us and says
 * the same: a zone is in the list if its file is there, is a zone file, and
 * has no leap seconds.
 *
 * Names found are kept for the life of the backend, with their rules; there
 * are not more of them than zone files.  Names not found are not kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "saturated.h"
#include "zone.h"

/* Of the server's src/timezone/pgtz.h, which is not installed. */
extern int	pg_open_tzfile(const char *name, char *canonname);

/* What each zone file begins with. */
#define ZONE_FILE_MAGIC		"TZif"

/* A stretch's start is looked for this far before the instant asked for. */
#define PROBE_SECS			(INT64CONST(4) * SECS_PER_DAY)

/*
 * Names, or their beginnings, that mean whatever this server has set up, or
 * another name's zone once more: no calendar would understand them.
 */
static const char *const local_names[] = {"localtime", "posixrules", "posix/", "Factory"};

typedef struct ZoneEntry
{
	char		name[TZ_STRLEN_MAX + 1];	/* folded to lower case: hash key */
	pg_tz	   *rules;
} ZoneEntry;

static HTAB *zones = NULL;

static void
create_zones(void)
{
	HASHCTL		control;

	control.keysize = TZ_STRLEN_MAX + 1;
	control.entrysize = sizeof(ZoneEntry);
	control.hcxt = TopMemoryContext;
	zones = hash_create("timetap time zones", 64, &control,
						HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

/* Find a zone's file and its canonical name, which is then safe to load. */
static bool
zone_file_exists(const char *name, char *canonical)
{
	char		magic[sizeof(ZONE_FILE_MAGIC) - 1];
	bool		is_zone;
	int			fd = pg_open_tzfile(name, canonical);

	if (fd < 0)
		return false;
	is_zone = read(fd, magic, sizeof(magic)) == (ssize_t) sizeof(magic) &&
		memcmp(magic, ZONE_FILE_MAGIC, sizeof(magic)) == 0;
	close(fd);
	return is_zone;
}

pg_tz *
tt_zone_rules(const char *name)
{
	char		key[TZ_STRLEN_MAX + 1];
	char		canonical[TZ_STRLEN_MAX + 1];
	size_t		length = 0;
	ZoneEntry  *entry;
	pg_tz	   *rules;

	/* Zone names are ASCII; other bytes stay as they are and match nothing. */
	for (; name[length] != '\0'; length++)
	{
		if (length == TZ_STRLEN_MAX)
			return NULL;
		key[length] = (char) pg_ascii_tolower((unsigned char) name[length]);
	}
	key[length] = '\0';

	if (zones == NULL)
		create_zones();
	entry = hash_search(zones, key, HASH_FIND, NULL);
	if (entry != NULL)
		return entry->rules;

	if (!zone_file_exists(key, canonical))
		return NULL;
	rules = pg_tzset(canonical);
	if (rules == NULL || !pg_tz_acceptable(rules))
		return NULL;
	entry = hash_search(zones, key, HASH_ENTER, NULL);
	entry->rules = rules;
	return rules;
}

const char *
tt_zone_canonical(const char *name)
{
	pg_tz	   *rules = tt_zone_rules(name);
	const char *canonical = rules == NULL ? NULL : pg_get_timezone_name(rules);

	for (size_t i = 0; canonical != NULL && i < lengthof(local_names); i++)
	{
		if (strncmp(canonical, local_names[i], strlen(local_names[i])) == 0)
			return NULL;
	}
	return canonical;
}

/* Seconds since 1970, as zone rules count, to the server's microseconds. */
static int64
from_unix(pg_time_t seconds)
{
	const int64 epochs_apart = (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	int64		usecs;

	seconds = subtract_saturated(seconds, epochs_apart);
	if (__builtin_mul_overflow(seconds, USECS_PER_SEC, &usecs))
		return seconds < 0 ? PG_INT64_MIN : PG_INT64_MAX;
	return usecs;
}

/* The TTOffsetLookup of the server's zones. */
static void
lookup_offset(const void *rules, int64_t at, TTOffset *result)
{
	const int64 epochs_apart = (int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	pg_time_t	second = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0) + epochs_apart;
	pg_time_t	probe = second - PROBE_SECS;
	pg_time_t	boundary;
	long int	before;
	long int	after;
	int			isdst;
	int			found;

	result->from = from_unix(probe);
	for (;;)
	{
		found = pg_next_dst_boundary(&probe, &before, &isdst, &boundary,
									 &after, &isdst, (const pg_tz *) rules);
		if (found <= 0 || boundary > second)
			break;
		probe = boundary;
		result->from = from_unix(probe);
	}
	if (found < 0)
		elog(ERROR, "rules of time zone \"%s\" are unusable",
			 pg_get_timezone_name(unconstify(pg_tz *, (const pg_tz *) rules)));
	result->until = found == 0 ? PG_INT64_MAX : from_unix(boundary);
	result->offset = (int64) before * USECS_PER_SEC;
}

void
tt_zone_open(TTZone *zone, pg_tz *rules)
{
	tt_local_time_init(zone, rules, lookup_offset);
}
