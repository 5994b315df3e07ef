/*-------------------------------------------------------------------------
 *
 * manage_tokens.c
 *	  Manage tokens: what lets an attendee without an account change his
 *	  booking.
 *
 * A token is the HMAC-SHA256 (RFC 2104; the server's own) of the booking's
 * host, id and token version, in base64url without padding (RFC 4648, section
 * 5).  It stands in no table: it can be made again at any time, and raising
 * bookings.token_version revokes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "manage_tokens.h"
#include "statements.h"

/* keeps these MACs apart from any other use of the key */
static const char purpose[] = "timetap manage token";

static TTStatement all_keys = {
	"SELECT k.key FROM timetap_private.manage_token_keys k ORDER BY k.created_at DESC",
	{InvalidOid}
};

/*
 * The token of a booking.
 */
char *
tt_manage_tokens_sign(const bytea *key, const pg_uuid_t *host,
					  const pg_uuid_t *booking, int32 version)
{
	uint8		mac[PG_SHA256_DIGEST_LENGTH];
	uint32		version_bytes = pg_hton32((uint32) version);
	int			size = pg_b64_enc_len(sizeof(mac));
	char	   *token = palloc(size + 1);
	int			length;
	pg_hmac_ctx *ctx = pg_hmac_create(PG_SHA256);

	if (ctx == NULL ||
		pg_hmac_init(ctx, (const uint8 *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)) < 0 ||
		pg_hmac_update(ctx, (const uint8 *) purpose, sizeof(purpose)) < 0 ||
		pg_hmac_update(ctx, host->data, UUID_LEN) < 0 ||
		pg_hmac_update(ctx, booking->data, UUID_LEN) < 0 ||
		pg_hmac_update(ctx, (const uint8 *) &version_bytes, sizeof(version_bytes)) < 0 ||
		pg_hmac_final(ctx, mac, sizeof(mac)) < 0)
	{
		pg_hmac_free(ctx);
		elog(ERROR, "could not compute a manage token");
	}
	pg_hmac_free(ctx);

	length = pg_b64_encode((const char *) mac, sizeof(mac), token, size);
	if (length < 0)
		elog(ERROR, "could not encode a manage token");
	while (length > 0 && token[length - 1] == '=')
		length--;
	token[length] = '\0';
	for (int i = 0; i < length; i++)
	{
		if (token[i] == '+')
			token[i] = '-';
		else if (token[i] == '/')
			token[i] = '_';
	}
	return token;
}

/*
 * Equal, in a time that depends on the length only.
 */
static bool
same_token(const char *a, const char *b)
{
	size_t		length = strlen(a);
	unsigned char differences = 0;

	if (strlen(b) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		differences |= (unsigned char) a[i] ^ (unsigned char) b[i];
	return differences == 0;
}

/*
 * Is it the booking's token?
 */
bool
tt_manage_tokens_match(const char *token, const pg_uuid_t *host,
					   const pg_uuid_t *booking, int32 version, Snapshot snapshot)
{
	uint64		keys = tt_statements_read(&all_keys, NULL, snapshot);
	bool		match = false;

	for (uint64 i = 0; i < keys; i++)
		match |= same_token(token,
							tt_manage_tokens_sign(DatumGetByteaPP(tt_statements_value(i, 1)),
												  host, booking, version));
	return match;
}
