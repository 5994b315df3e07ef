/*-------------------------------------------------------------------------
 *
 * json.h
 *	  Reading other people's JSON with the server's own parser, and writing
 *	  ours.
 *
 * Reading: tt_json_parse() returns NULL for whatever is not valid UTF-8 or
 * not JSON, or nested or sized beyond what the server's parser takes: such
 * errors are caught inside. What it still raises is out of memory and query
 * cancel, so callers need no PG_TRY because of hostile content. It does pure
 * memory work and needs no transaction. The look-ups accept NULL and wrong
 * types and answer NULL.
 *
 * Writing: append to a StringInfo in the database's encoding, then
 * tt_json_to_utf8() once at the end.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_JSON_H
#define TT_JSON_H

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

/* Everything is allocated in CurrentMemoryContext. */
extern Jsonb *tt_json_parse(const char *text, Size length);

/* The top level as a container, NULL for NULL. */
extern JsonbContainer *tt_json_root(Jsonb *document);

/* The object or array under a key of an object; NULL if there is none. */
extern JsonbContainer *tt_json_child(JsonbContainer *object, const char *key);

/* The n-th element of an array (from 0) if that is an object or array. */
extern JsonbContainer *tt_json_element(JsonbContainer *array, uint32 n);

/* A string under a key of an object, NUL-terminated copy; NULL if none. */
extern char *tt_json_text(JsonbContainer *object, const char *key);

/* Whether there is true under a key of an object. */
extern bool tt_json_bool(JsonbContainer *object, const char *key);

/* A number, or a string that is one, as int64; `absent` if there is none. */
extern int64 tt_json_int64(JsonbContainer *object, const char *key, int64 absent);

/* Append "key": to an object, after a comma unless it is the first key. */
extern void tt_json_append_key(StringInfo out, const char *key);

/* Append "key":"value" with both escaped, or nothing if value is NULL. */
extern void tt_json_append_text(StringInfo out, const char *key, const char *value);

/*
 * The text in UTF-8: the same memory, or a copy. Raises an error if the text
 * cannot be converted; where the database's encoding is another one, it needs
 * a transaction.
 */
extern char *tt_json_to_utf8(const StringInfoData *text, Size *length);

#endif							/* TT_JSON_H */
