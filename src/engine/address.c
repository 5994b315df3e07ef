/*-------------------------------------------------------------------------
 *
 * address.c
 *	  What hosts and event types are called: handles, slugs, uuids as text.
 *
 * The rules of form are plain C on bytes, because a regular expression or
 * an input function would depend on the collation or throw.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "address.h"
#include "statements.h"

#define UUID_TEXT_LENGTH	36
#define SHOWN_LENGTH		80	/* bytes of a caller's text in a message */

static TTStatement host_by_handle = {
	"SELECT h.id FROM timetap.hosts h WHERE h.handle" EQ "$1",
	{TEXTOID, InvalidOid}
};

static TTStatement host_by_id = {
	"SELECT h.id FROM timetap.hosts h WHERE h.id" EQ "$1",
	{UUIDOID, InvalidOid}
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Read a uuid of the form 8-4-4-4-12.
 */
bool
tt_address_is_uuid(const char *text, pg_uuid_t *id)
{
	pg_uuid_t	result = {{0}};
	int			digits = 0;

	if (strlen(text) != UUID_TEXT_LENGTH)
		return false;
	for (int i = 0; i < UUID_TEXT_LENGTH; i++)
	{
		int			value = hex_digit(text[i]);

		if (i == 8 || i == 13 || i == 18 || i == 23)
		{
			if (text[i] != '-')
				return false;
			continue;
		}
		if (value < 0)
			return false;
		result.data[digits / 2] = (unsigned char) (result.data[digits / 2] << 4 | value);
		digits++;
	}
	if (id != NULL)
		*id = result;
	return true;
}

static bool
is_handle_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_handle_character(char c)
{
	return is_handle_start(c) || c == '_' || c == '-';
}

/*
 * Check the form of a handle or slug.
 */
bool
tt_address_is_handle(const char *text)
{
	size_t		length = 0;

	if (!is_handle_start(text[0]))
		return false;
	while (is_handle_character(text[length]))
		length++;
	return text[length] == '\0' && length <= TT_MAX_HANDLE && !tt_address_is_uuid(text, NULL);
}

/*
 * Split an event type's address into its two halves.
 */
bool
tt_address_split(const char *address, char handle[TT_MAX_HANDLE + 1],
				 char slug[TT_MAX_HANDLE + 1])
{
	const char *slash = strchr(address, '/');

	if (slash == NULL || slash - address > TT_MAX_HANDLE || strlen(slash + 1) > TT_MAX_HANDLE)
		return false;
	strlcpy(handle, address, slash - address + 1);
	strlcpy(slug, slash + 1, TT_MAX_HANDLE + 1);
	return tt_address_is_handle(handle) && tt_address_is_handle(slug);
}

/*
 * Make a valid handle of any text: ASCII letters in lower case, and one
 * hyphen for each stretch of what may not be in a handle.
 */
const char *
tt_address_suggest(const char *text, const char *otherwise)
{
	StringInfoData handle;

	initStringInfo(&handle);
	if (tt_address_is_uuid(text, NULL))
		appendStringInfoString(&handle, "h-");
	for (const char *at = text; *at != '\0' && handle.len < TT_MAX_HANDLE; at++)
	{
		char		c = *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at;

		if (is_handle_start(c) || (c == '_' && handle.len > 0))
			appendStringInfoChar(&handle, c);
		else if (handle.len > 0 && handle.data[handle.len - 1] != '-')
			appendStringInfoChar(&handle, '-');
	}
	while (handle.len > 0 && handle.data[handle.len - 1] == '-')
		handle.data[--handle.len] = '\0';
	return handle.len > 0 ? handle.data : otherwise;
}

/*
 * Cut a text at a character's border, for a message of one line.
 */
char *
tt_address_shown(const char *text)
{
	size_t		length = strlen(text);
	char	   *shown;

	if (length <= SHOWN_LENGTH)
		shown = pstrdup(text);
	else
		shown = psprintf("%.*s...", pg_mbcliplen(text, (int) Min(length, 2 * SHOWN_LENGTH), SHOWN_LENGTH),
						 text);
	for (char *at = shown; *at != '\0'; at++)
		if ((unsigned char) *at < ' ' || *at == 0x7F)
			*at = '?';
	return shown;
}

/*
 * Find a host by what it is called.  A text that can be neither handle nor
 * uuid is not looked for at all.
 */
bool
tt_address_find_host(const char *host, pg_uuid_t *id, TTRefusal *refusal)
{
	uint64		found = 0;

	if (tt_address_is_uuid(host, id))
	{
		TTParameter parameters[] = {TT_VALUE(UUIDPGetDatum(id))};

		found = tt_statements_read(&host_by_id, parameters, NULL);
	}
	else if (tt_address_is_handle(host))
	{
		TTParameter parameters[] = {TT_VALUE(CStringGetTextDatum(host))};

		found = tt_statements_read(&host_by_handle, parameters, NULL);
	}
	if (found == 0)
		return tt_errors_refuse(refusal, TT_HOST_NOT_FOUND,
								"Hosts are called by handle or id.",
								"host \"%s\" not found", tt_address_shown(host));
	*id = *DatumGetUUIDP(tt_statements_value(0, 1));
	return true;
}
