/*-------------------------------------------------------------------------
 *
 * credentials.c
 *	  Access tokens, and the secrets that they are got with.
 *
 * Access tokens live in this process's memory only, by connection and version
 * of its credential: a new credential has no token.  They are renewed before
 * they expire, never by two requests at once, because the connection is leased
 * to one job.  Refresh tokens and the client's secret are opened for the
 * moment in which a request is made of them.  Whatever held a secret is
 * overwritten.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "connection.h"
#include "credentials.h"
#include "crypto.h"
#include "json.h"
#include "sealing.h"
#include "settings.h"
#include "statements.h"

/* A token is not used in its last minutes, nor in the second half of a short life. */
#define RENEW_BEFORE_S	300

/*
 * However short it is said to live, a token is used for so long: it would
 * otherwise be asked for again and again.  If it is refused, that shows.
 */
#define MIN_USABLE_S	10

/* The cache is cleared of what has expired when it has this many tokens. */
#define SWEEP_AT		64

typedef struct TokenKey
{
	pg_uuid_t	connection;
	int32		version;
} TokenKey;

typedef struct TokenEntry
{
	TokenKey	key;			/* must be first */
	char	   *token;
	TimestampTz usable_until;
} TokenEntry;

static HTAB *tokens;

static TTStatement load_client = {
	"SELECT s.value FROM timetap_private.secrets s WHERE s.name" EQ "$1 AND s.sealed",
	{TEXTOID, InvalidOid},
	NULL
};

static TokenKey
key_of(const TTConnection *connection)
{
	TokenKey	key;

	memset(&key, 0, sizeof(key));
	key.connection = connection->id;
	key.version = connection->version;
	return key;
}

static void
forget(TokenEntry *entry)
{
	explicit_bzero(entry->token, strlen(entry->token));
	pfree(entry->token);
	hash_search(tokens, &entry->key, HASH_REMOVE, NULL);
}

static void
sweep(TimestampTz now)
{
	HASH_SEQ_STATUS scan;
	TokenEntry *entry;

	hash_seq_init(&scan, tokens);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		if (entry->usable_until <= now)
			forget(entry);
	}
}

const char *
tt_credentials_token(const TTConnection *connection, TimestampTz now)
{
	TokenKey	key = key_of(connection);
	TokenEntry *entry = tokens ? hash_search(tokens, &key, HASH_FIND, NULL) : NULL;

	return entry != NULL && entry->usable_until > now ? entry->token : NULL;
}

void
tt_credentials_keep(const TTConnection *connection, const TTProviderToken *token, TimestampTz now)
{
	TokenKey	key = key_of(connection);
	int64		usable_s = token->expires_in_s > 2 * RENEW_BEFORE_S ?
	token->expires_in_s - RENEW_BEFORE_S : token->expires_in_s / 2;
	char	   *copy = MemoryContextStrdup(TopMemoryContext, token->access_token);
	TokenEntry *entry;

	usable_s = Max(usable_s, MIN_USABLE_S);
	if (tokens == NULL)
	{
		HASHCTL		control = {
			.keysize = sizeof(TokenKey),
			.entrysize = sizeof(TokenEntry),
			.hcxt = TopMemoryContext
		};

		tokens = hash_create("timetap access tokens", SWEEP_AT, &control,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	tt_credentials_drop(connection);
	if (hash_get_num_entries(tokens) >= SWEEP_AT)
		sweep(now);
	entry = hash_search(tokens, &key, HASH_ENTER, NULL);
	entry->token = copy;
	entry->usable_until = now + usable_s * USECS_PER_SEC;
}

void
tt_credentials_drop(const TTConnection *connection)
{
	TokenKey	key = key_of(connection);
	TokenEntry *entry = tokens ? hash_search(tokens, &key, HASH_FIND, NULL) : NULL;

	if (entry != NULL)
		forget(entry);
}

void
tt_credentials_drop_all(void)
{
	if (tokens != NULL)
		sweep(DT_NOEND);
}

/*
 * Open the OAuth client: its id and secret.
 */
static void
open_client(TTProviderCredential *credential)
{
	TTParameter parameters[] = {TT_TEXT(TT_SECRET_GOOGLE_CLIENT)};
	char	   *aad = tt_sealing_secret_aad(TT_SECRET_GOOGLE_CLIENT);
	MemoryContext caller = CurrentMemoryContext;
	uint64		found = tt_statements_write(&load_client, parameters);
	char	   *plain;
	Size		length;
	Jsonb	   *document;

	/* A statement leaves us in SPI's memory, which ends with the section. */
	MemoryContextSwitchTo(caller);
	if (found == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the Google client is not configured"),
				 errhint("Call timetap.google_configure() with the OAuth client's id and secret.")));
	plain = timetap_worker_open(timetap_key_file, DatumGetByteaPP(tt_statements_value(0, 1)),
								aad, strlen(aad), &length);
	document = tt_json_parse(plain, length);
	explicit_bzero(plain, length);
	credential->client_id = tt_json_text(tt_json_root(document), "client_id");
	credential->client_secret = tt_json_text(tt_json_root(document), "client_secret");
	if (document != NULL)
		explicit_bzero(VARDATA(document), VARSIZE(document) - VARHDRSZ);
	if (credential->client_id == NULL || credential->client_secret == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the stored Google client cannot be read"),
				 errhint("Call timetap.google_configure() again.")));
}

void
tt_credentials_open(const TTConnection *connection, TTProviderCredential *credential)
{
	char	   *aad = tt_sealing_credential_aad(connection->provider->name, &connection->host,
												&connection->id);
	Size		length;

	if (connection->credential == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the connection has no credential"),
				 errhint("Connect the calendar again with timetap.google_connect().")));
	open_client(credential);
	credential->refresh_token = timetap_worker_open(timetap_key_file, connection->credential,
													aad, strlen(aad), &length);
}

static void
wipe(const char *secret)
{
	if (secret != NULL)
		explicit_bzero(unconstify(char *, secret), strlen(secret));
}

void
tt_credentials_wipe(TTProviderCredential *credential)
{
	wipe(credential->client_secret);
	wipe(credential->refresh_token);
}

void
tt_credentials_wipe_token(const TTProviderToken *token)
{
	wipe(token->access_token);
	wipe(token->refresh_token);
}

void
tt_credentials_store_rotated(const TTConnection *connection, const TTProviderToken *token)
{
	char	   *aad;

	if (token->refresh_token == NULL)
		return;
	aad = tt_sealing_credential_aad(connection->provider->name, &connection->host, &connection->id);
	tt_connection_store_credential(connection,
								   timetap_worker_seal(timetap_key_file, token->refresh_token,
													   strlen(token->refresh_token), aad, strlen(aad)));
}
