/*-------------------------------------------------------------------------
 *
 * sealing.h
 *	  What a sealed value is bound to: the associated data of its encryption.
 *
 * Engine (which seals) and worker (which opens) build it here, both alike: a
 * sealed value copied to another host, connection or purpose does not open.
 *
 * The plain text of a connection's credential is the token itself; that of
 * the secret "google_client" is a jsonb object as text with the strings
 * client_id, client_secret and, if given, redirect_uri.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_SEALING_H
#define TT_SEALING_H

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/uuid.h"

/* Names in timetap_private.secrets. */
#define TT_SECRET_GOOGLE_CLIENT	"google_client"

/*
 * For connections.credential; palloc'd text, its strlen() is its length.
 */
static inline char *
tt_sealing_credential_aad(const char *provider, const pg_uuid_t *host, const pg_uuid_t *connection)
{
	char	   *host_text = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(host)));
	char	   *connection_text = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(connection)));

	return psprintf("timetap credential %s %s %s", provider, host_text, connection_text);
}

/*
 * For secrets.value.
 */
static inline char *
tt_sealing_secret_aad(const char *name)
{
	return psprintf("timetap secret %s", name);
}

#endif							/* TT_SEALING_H */
