/*-------------------------------------------------------------------------
 *
 * preferences.c
 *	  Hours and days that somebody likes better than others.
 *
 * Both are read by the parser of opening hours (hours_text.c): hours are those
 * of a date, a day is written as the days of weekly hours are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "address.h"
#include "errors.h"
#include "hours_text.h"
#include "preferences.h"

#define PREFER_HINT	"Write, for example, {\"hours\": [\"09:00-12:00\"], \"days\": [\"Mon\", \"Wed-Fri\"]}."

/* More texts than this in one array are refused. */
#define MAX_TEXTS	100

typedef void (*TextReader) (TTPreferences *preferences, const char *text);

static void
refuse_text(const char *key, const char *text, const char *reason)
{
	tt_errors_throw(TT_BAD_HOURS, PREFER_HINT, "%s of prefer are not understood at \"%s\": %s",
					key, tt_address_shown(text), reason);
}

/*
 * Hours such as '09:00-12:00'; an end at or before the start is on the next day.
 */
static void
read_hours(TTPreferences *preferences, const char *text)
{
	TTHours    *hours = palloc(sizeof(TTHours) * TT_MAX_HOURS);
	TTHoursError error = {0};
	int			count = tt_hours_text_date(text, strlen(text), hours, &error);

	if (count < 0)
		refuse_text("hours", text, error.message);
	for (int i = 0; i < count; i++)
	{
		int			ends = hours[i].ends / SECS_PER_MINUTE;

		if (hours[i].ends <= hours[i].starts)
			ends += TT_MINUTES_PER_DAY;
		for (int minute = hours[i].starts / SECS_PER_MINUTE; minute < ends; minute++)
			preferences->minutes[minute % TT_MINUTES_PER_DAY] = true;
	}
	pfree(hours);
}

/*
 * Days such as 'Mon' or 'Wed-Fri'.
 */
static void
read_days(TTPreferences *preferences, const char *text)
{
	TTHours    *hours = palloc(sizeof(TTHours) * TT_MAX_HOURS);
	TTHoursError error = {0};
	char	   *weekly = psprintf("%s 00:00-24:00", text);
	int			count = -1;

	error.message = "this is not a day";
	if (strpbrk(text, ":;") == NULL)
		count = tt_hours_text_weekly(weekly, strlen(weekly), hours, &error);
	if (count < 0)
		refuse_text("days", text, error.message);
	for (int i = 0; i < count; i++)
		preferences->days[hours[i].day] = true;
	pfree(hours);
}

/*
 * Hand over each text of an array.
 */
static void
read_texts(TTPreferences *preferences, const char *key, JsonbValue *array, TextReader reader)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	int			count = 0;

	if (array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data))
		tt_errors_throw(TT_BAD_ARGUMENT, PREFER_HINT, "%s of prefer must be an array", key);
	iterator = JsonbIteratorInit(array->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		if (value.type != jbvString)
			tt_errors_throw(TT_BAD_ARGUMENT, PREFER_HINT, "%s of prefer must be texts", key);
		if (++count > MAX_TEXTS)
			tt_errors_throw(TT_BAD_ARGUMENT, NULL, "%s of prefer are more than %d", key, MAX_TEXTS);
		reader(preferences, pnstrdup(value.val.string.val, value.val.string.len));
	}
}

/*
 * Read the value of a key.
 */
static void
read_key(TTPreferences *preferences, const char *key, JsonbValue *value,
		 bool *has_hours, bool *has_days)
{
	if (strcmp(key, "hours") == 0)
	{
		read_texts(preferences, key, value, read_hours);
		*has_hours = true;
	}
	else if (strcmp(key, "days") == 0)
	{
		read_texts(preferences, key, value, read_days);
		*has_days = true;
	}
	else
		tt_errors_throw(TT_BAD_ARGUMENT, PREFER_HINT, "prefer has no key \"%s\"", tt_address_shown(key));
}

/*
 * Read them all; what is left out is liked equally.
 */
void
tt_preferences_read(TTPreferences *preferences, Jsonb *prefer)
{
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	char	   *key = "";
	bool		has_hours = false;
	bool		has_days = false;

	memset(preferences, 0, sizeof(TTPreferences));
	if (prefer == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(prefer))
		tt_errors_throw(TT_BAD_ARGUMENT, PREFER_HINT, "prefer must be a JSON object");
	iterator = JsonbIteratorInit(&prefer->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE)
			read_key(preferences, key, &value, &has_hours, &has_days);
	}
	preferences->any = has_hours || has_days;
	if (!has_hours)
		memset(preferences->minutes, true, sizeof(preferences->minutes));
	if (!has_days)
		memset(preferences->days, true, sizeof(preferences->days));
}

/*
 * Is a local start preferred?
 */
bool
tt_preferences_match(const TTPreferences *preferences, DateADT date, TimeADT time)
{
	return preferences->any && preferences->minutes[time / USECS_PER_MINUTE] &&
		preferences->days[j2day(date + POSTGRES_EPOCH_JDATE)];
}
