/*-------------------------------------------------------------------------
 *
 * manage_tokens.h
 *	  Manage tokens: what lets an attendee without an account change his
 *	  booking.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_MANAGE_TOKENS_H
#define TT_MANAGE_TOKENS_H

#include "utils/snapshot.h"
#include "utils/uuid.h"

/* The token of a booking, signed with a key from manage_token_keys. */
extern char *tt_manage_tokens_sign(const bytea *key, const pg_uuid_t *host,
								   const pg_uuid_t *booking, int32 version);

/*
 * Inside a section.  Is it the booking's token?  Takes the same time for
 * every wrong one.
 */
extern bool tt_manage_tokens_match(const char *token, const pg_uuid_t *host,
								   const pg_uuid_t *booking, int32 version,
								   Snapshot snapshot);

#endif							/* TT_MANAGE_TOKENS_H */
