/*-------------------------------------------------------------------------
 *
 * json.c
 *	  Reading other people's JSON with the server's own parser, and writing
 *	  ours.
 *
 * An answer becomes a jsonb, and the few fields that matter are looked up in
 * it. jsonb_in() reports bad input by raising an error; here that is caught
 * and becomes NULL, because a broken answer is an ordinary event for the
 * worker. Catching it without a subtransaction is safe: between PG_TRY and
 * PG_CATCH nothing but memory is touched, no lock, buffer or catalog.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <errno.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "json.h"

/*
 * Whether an error says something about the input rather than about us: data
 * exceptions (syntax, numbers, encodings), limits (nesting), and escapes of
 * characters that the database's encoding has not got.
 */
static bool
is_error_of_content(int sqlerrcode)
{
	int			category = ERRCODE_TO_CATEGORY(sqlerrcode);

	return category == ERRCODE_DATA_EXCEPTION ||
		category == ERRCODE_PROGRAM_LIMIT_EXCEEDED ||
		category == ERRCODE_FEATURE_NOT_SUPPORTED;
}

/*
 * The text as the server's parser may see it: a NUL-terminated copy, in a
 * database of another encoding with '?' for all that is not ASCII. What we
 * read (ids, etags, links, codes) is ASCII; a guest's name that the database
 * can't spell must not make the whole answer unreadable. (Escaped as \u.... it
 * still does; Google sends such characters as they are.)
 */
static char *
copy_for_server(const char *text, Size length)
{
	char	   *copy = pnstrdup(text, length);

	if (GetDatabaseEncoding() != PG_UTF8)
	{
		for (char *p = copy; *p != '\0'; p++)
		{
			if (IS_HIGHBIT_SET(*p))
				*p = '?';
		}
	}
	return copy;
}

Jsonb *
tt_json_parse(const char *text, Size length)
{
	MemoryContext context = CurrentMemoryContext;
	Jsonb	   *volatile document = NULL;
	char	   *copy;

	/* This refuses NUL bytes too. */
	if (length >= MaxAllocSize ||
		!pg_verify_mbstr(PG_UTF8, text, (int) length, true))
		return NULL;

	copy = copy_for_server(text, length);
	PG_TRY();
	{
		document = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
													  CStringGetDatum(copy)));
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (!is_error_of_content(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		FreeErrorData(error);
	}
	PG_END_TRY();
	explicit_bzero(copy, strlen(copy));
	pfree(copy);

	return document;
}

JsonbContainer *
tt_json_root(Jsonb *document)
{
	return document == NULL ? NULL : &document->root;
}

/*
 * The value under a key, NULL if the container is no object or has no such
 * key.
 */
static JsonbValue *
look_up(JsonbContainer *object, const char *key)
{
	if (object == NULL || !JsonContainerIsObject(object))
		return NULL;
	return getKeyJsonValueFromContainer(object, key, (int) strlen(key), NULL);
}

static JsonbContainer *
container_of(JsonbValue *value)
{
	return value == NULL || value->type != jbvBinary ? NULL : value->val.binary.data;
}

JsonbContainer *
tt_json_child(JsonbContainer *object, const char *key)
{
	return container_of(look_up(object, key));
}

JsonbContainer *
tt_json_element(JsonbContainer *array, uint32 n)
{
	if (array == NULL || !JsonContainerIsArray(array))
		return NULL;
	return container_of(getIthJsonbValueFromContainer(array, n));
}

char *
tt_json_text(JsonbContainer *object, const char *key)
{
	JsonbValue *value = look_up(object, key);

	if (value == NULL || value->type != jbvString)
		return NULL;
	return pnstrdup(value->val.string.val, (Size) value->val.string.len);
}

bool
tt_json_bool(JsonbContainer *object, const char *key)
{
	JsonbValue *value = look_up(object, key);

	return value != NULL && value->type == jbvBool && value->val.boolean;
}

int64
tt_json_int64(JsonbContainer *object, const char *key, int64 absent)
{
	JsonbValue *value = look_up(object, key);
	char	   *text;
	char	   *end;
	int64		result;

	if (value != NULL && value->type == jbvNumeric)
		text = DatumGetCString(DirectFunctionCall1(numeric_out,
												   NumericGetDatum(value->val.numeric)));
	else
		text = tt_json_text(object, key);
	if (text == NULL)
		return absent;

	errno = 0;
	result = strtoi64(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		result = absent;
	pfree(text);

	return result;
}

void
tt_json_append_key(StringInfo out, const char *key)
{
	if (out->len > 0 && strchr("{[", out->data[out->len - 1]) == NULL)
		appendStringInfoChar(out, ',');
	escape_json(out, key);
	appendStringInfoChar(out, ':');
}

void
tt_json_append_text(StringInfo out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	tt_json_append_key(out, key);
	escape_json(out, value);
}

char *
tt_json_to_utf8(const StringInfoData *text, Size *length)
{
	char	   *converted = pg_server_to_any(text->data, text->len, PG_UTF8);

	*length = strlen(converted);
	return converted;
}
