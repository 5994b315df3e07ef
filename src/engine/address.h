/*-------------------------------------------------------------------------
 *
 * address.h
 *	  What hosts and event types are called: handles, slugs, uuids as text.
 *
 * A host is called by its handle or its uuid, an event type 'handle/slug' or
 * by its uuid.  A handle or slug is [a-z0-9][a-z0-9_-]{0,62} and never looks
 * like a uuid, so a text means one thing only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_ADDRESS_H
#define TT_ADDRESS_H

#include "utils/uuid.h"

#include "errors.h"

#define TT_MAX_HANDLE	63		/* bytes of a handle or slug */

/*
 * Is the text a uuid?  Only the form with four hyphens, in either case: 32
 * digits in a row are a valid handle.  "id" may be NULL.
 */
extern bool tt_address_is_uuid(const char *text, pg_uuid_t *id);

/* May the text be a handle, or a slug? */
extern bool tt_address_is_handle(const char *text);

/* Split 'handle/slug'; false unless both halves are well-formed. */
extern bool tt_address_split(const char *address, char handle[TT_MAX_HANDLE + 1],
							 char slug[TT_MAX_HANDLE + 1]);

/* For hints: a valid handle or slug made of any text, or what to say otherwise. */
extern const char *tt_address_suggest(const char *text, const char *otherwise);

/* Any text of a caller, cut to what a message can show. */
extern char *tt_address_shown(const char *text);

/*
 * Inside a section.  The id of the host called so, or false with *refusal
 * host_not_found.  "host" must not be NULL.
 */
extern bool tt_address_find_host(const char *host, pg_uuid_t *id, TTRefusal *refusal);

#endif							/* TT_ADDRESS_H */
