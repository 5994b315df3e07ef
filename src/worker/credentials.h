/*-------------------------------------------------------------------------
 *
 * credentials.h
 *	  Access tokens, and the secrets that they are got with.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CREDENTIALS_H
#define TT_CREDENTIALS_H

#include "job.h"

/* The connection's access token, NULL if there is none that will do. */
extern const char *tt_credentials_token(const TTConnection *connection, TimestampTz now);

/* Remember one. */
extern void tt_credentials_keep(const TTConnection *connection, const TTProviderToken *token,
								TimestampTz now);

/* Forget it: the provider does not take it. */
extern void tt_credentials_drop(const TTConnection *connection);
extern void tt_credentials_drop_all(void);

/*
 * Inside a section.  Open what is needed to ask for a token, with errors for
 * people where that can't be done; wiped by the other.
 */
extern void tt_credentials_open(const TTConnection *connection, TTProviderCredential *credential);
extern void tt_credentials_wipe(TTProviderCredential *credential);

/* Overwrite what a token request yielded. */
extern void tt_credentials_wipe_token(const TTProviderToken *token);

/* Inside a section.  Store the new refresh token that came with a token. */
extern void tt_credentials_store_rotated(const TTConnection *connection, const TTProviderToken *token);

#endif							/* TT_CREDENTIALS_H */
