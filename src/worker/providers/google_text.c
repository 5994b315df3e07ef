/*-------------------------------------------------------------------------
 *
 * google_text.c
 *	  Text the way Google wants it: HTML in descriptions, limits on lengths,
 *	  times of RFC 3339, percent-encoding.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/timestamp.h"

#include "google.h"

#define CUT_MARK			"..."
#define MAX_ENTITY_LENGTH	10

char *
tt_google_text_escape(const char *text)
{
	static const struct
	{
		char		character;
		const char *entity;
	}			entities[] = {
		{'&', "&amp;"},
		{'<', "&lt;"},
		{'>', "&gt;"},
		{'"', "&quot;"},
		{'\'', "&#39;"}
	};
	StringInfoData out;

	initStringInfo(&out);
	for (const char *p = text; *p != '\0'; p++)
	{
		const char *entity = NULL;

		for (size_t i = 0; i < lengthof(entities); i++)
		{
			if (*p == entities[i].character)
				entity = entities[i].entity;
		}
		if (entity != NULL)
			appendStringInfoString(&out, entity);
		else
			appendStringInfoChar(&out, *p);
	}
	return out.data;
}

/*
 * The cut never splits a character, nor an HTML entity such as "&amp;", half
 * of which would show.
 */
char *
tt_google_text_cut(const char *text, int max_characters)
{
	int			length = (int) strlen(text);
	int			kept;

	if (pg_mbstrlen(text) <= max_characters)
		return pstrdup(text);

	kept = pg_mbcharcliplen(text, length, max_characters - (int) strlen(CUT_MARK));
	/* Such a database knows bytes only, which we send as UTF-8. */
	while (GetDatabaseEncoding() == PG_SQL_ASCII && kept > 0 && (text[kept] & 0xC0) == 0x80)
		kept--;

	for (int i = kept - 1; i >= 0 && i >= kept - MAX_ENTITY_LENGTH; i--)
	{
		if (text[i] == ';')
			break;
		if (text[i] == '&')
		{
			kept = i;
			break;
		}
	}
	return psprintf("%.*s%s", kept, text, CUT_MARK);
}

char *
tt_google_text_time(TimestampTz instant)
{
	struct pg_tm tm;
	fsec_t		fraction;
	char		microseconds[16] = "";

	/* Four digits of year are all that RFC 3339 has. */
	if (TIMESTAMP_NOT_FINITE(instant) ||
		timestamp2tm(instant, NULL, &tm, &fraction, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time cannot be put on a calendar")));

	if (fraction != 0)
		snprintf(microseconds, sizeof(microseconds), ".%06d", (int) fraction);
	return psprintf("%04d-%02d-%02dT%02d:%02d:%02d%sZ", tm.tm_year, tm.tm_mon,
					tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, microseconds);
}

void
tt_google_text_percent(StringInfo out, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const unsigned char *p = (const unsigned char *) text; *p != '\0'; p++)
	{
		if ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
			(*p >= '0' && *p <= '9') || strchr("-._~", *p) != NULL)
			appendStringInfoChar(out, (char) *p);
		else
		{
			appendStringInfoChar(out, '%');
			appendStringInfoChar(out, digits[*p >> 4]);
			appendStringInfoChar(out, digits[*p & 15]);
		}
	}
}

bool
tt_google_text_is_plain(const char *text, Size max_length)
{
	Size		length = strlen(text);

	for (Size i = 0; i < length; i++)
	{
		if (text[i] <= 0x20 || text[i] > 0x7e)
			return false;
	}
	return length > 0 && length <= max_length;
}
