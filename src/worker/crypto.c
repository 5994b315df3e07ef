/*-------------------------------------------------------------------------
 *
 * crypto.c
 *	  Sealing of credentials for storage: AES-256-GCM with a key that lives
 *	  in a file outside the database.
 *
 * The key is read from its file at each call and overwritten before the call
 * ends, whichever way: so a backend keeps no key, and a new key file needs no
 * reload. Steps that can fail are therefore gathered in functions that return
 * a verdict, and the errors are raised afterwards.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/fd.h"

#include "crypto.h"

#define KEY_SIZE		32
#define KEY_DIGITS		64
#define KEY_ID_SIZE		8
#define NONCE_SIZE		12
#define TAG_SIZE		16
#define FORMAT_VERSION	1
#define HEADER_SIZE		(1 + KEY_ID_SIZE)
#define OVERHEAD		(HEADER_SIZE + NONCE_SIZE + TAG_SIZE)

typedef struct SealingKey
{
	uint8		header[HEADER_SIZE];	/* format version and the key's id */
	uint8		bytes[KEY_SIZE];
} SealingKey;

/* Where the parts of a sealed value start. */
#define NONCE_OF(sealed)	((sealed) + HEADER_SIZE)
#define TEXT_OF(sealed)		((sealed) + HEADER_SIZE + NONCE_SIZE)

/*
 * The rules the server has for ssl_key_file: ours and closed to others, or
 * root's and at most readable for a group of ours.
 */
static void
check_key_file(const char *path, const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" is not a regular file", path)));
	if (status->st_uid != geteuid() && status->st_uid != 0)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" must be owned by the database user or root", path)));
	if (status->st_mode & (status->st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO))
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" has group or world access", path),
				 errhint("File must have permissions u=rw (0600) or less if owned by the database user, or permissions u=rw,g=r (0640) or less if owned by root.")));
}

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
 * The key from the file's content: 64 hexadecimal digits, perhaps with an end
 * of line.
 */
static bool
parse_key(const char *text, ssize_t length, SealingKey *key)
{
	uint8		digest[SHA256_DIGEST_LENGTH];
	int			bad = 0;

	if (length > 0 && text[length - 1] == '\n')
		length--;
	if (length > 0 && text[length - 1] == '\r')
		length--;
	if (length != KEY_DIGITS)
		return false;

	for (int i = 0; i < KEY_SIZE; i++)
	{
		int			high = hex_digit(*text++);
		int			low = hex_digit(*text++);

		bad |= high | low;
		key->bytes[i] = (uint8) (((unsigned) high << 4) | (unsigned) low);
	}
	if (bad < 0 || SHA256(key->bytes, KEY_SIZE, digest) == NULL)
		return false;

	key->header[0] = FORMAT_VERSION;
	memcpy(key->header + 1, digest, KEY_ID_SIZE);
	return true;
}

/*
 * Read the key; on an error nothing of it stays behind.
 */
static void
read_key(const char *path, SealingKey *key)
{
	char		text[KEY_DIGITS + 3];	/* one more than a good file has */
	struct stat status;
	ssize_t		length;
	bool		is_good;
	int			fd;

	if (path == NULL || path[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no key to seal credentials with"),
				 errhint("Make one on the server with \"openssl rand -hex 32 > FILE; chmod 600 FILE\" and let timetap.key_file name it.")));

	/* Without O_NONBLOCK a named pipe would hang us here. */
	fd = OpenTransientFile(path, O_RDONLY | O_NONBLOCK | PG_BINARY);
	if (fd < 0)
	{
		bool		is_missing = errno == ENOENT;

		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not open key file \"%s\": %m", path),
				 !is_missing ? 0 :
				 errhint("If credentials were stored before, bring back the file they were sealed with. Otherwise make one on the server with \"openssl rand -hex 32 > FILE; chmod 600 FILE\", as the user the server runs as.")));
	}
	if (fstat(fd, &status) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat key file \"%s\": %m", path)));
	check_key_file(path, &status);

	length = read(fd, text, sizeof(text));
	if (length < 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read key file \"%s\": %m", path)));
	is_good = parse_key(text, length, key);
	explicit_bzero(text, sizeof(text));
	CloseTransientFile(fd);

	if (!is_good)
	{
		explicit_bzero(key, sizeof(*key));
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("key file \"%s\" does not hold a key", path),
				 errhint("It must hold 64 hexadecimal digits, as \"openssl rand -hex 32\" prints them.")));
	}
}

/*
 * Feed what is authenticated but not hidden: format and key id, then the
 * caller's data.
 */
static bool
add_associated_data(EVP_CIPHER_CTX *cipher, const uint8 *header,
					const char *aad, Size aad_length)
{
	int			done;

	return EVP_CipherUpdate(cipher, NULL, &done, header, HEADER_SIZE) == 1 &&
		(aad_length == 0 ||
		 EVP_CipherUpdate(cipher, NULL, &done, (const uint8 *) aad, (int) aad_length) == 1);
}

/*
 * Fill a sealed value of the right size, whose last part is the tag.
 */
static bool
encrypt(const SealingKey *key, const char *plain, Size length,
		const char *aad, Size aad_length, uint8 *sealed)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int			done = 0;
	int			rest = 0;
	bool		is_good;

	memcpy(sealed, key->header, HEADER_SIZE);
	is_good = cipher != NULL &&
		RAND_bytes(NONCE_OF(sealed), NONCE_SIZE) == 1 &&
		EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, NONCE_OF(sealed), 1) == 1 &&
		add_associated_data(cipher, key->header, aad, aad_length) &&
		EVP_CipherUpdate(cipher, TEXT_OF(sealed), &done, (const uint8 *) plain, (int) length) == 1 &&
		EVP_CipherFinal_ex(cipher, TEXT_OF(sealed) + done, &rest) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, TEXT_OF(sealed) + length) == 1;
	EVP_CIPHER_CTX_free(cipher);
	ERR_clear_error();

	return is_good;
}

/*
 * Fill `plain`, which has `length` bytes; false also if tag or associated
 * data don't fit, and then nothing of the text stays.
 */
static bool
decrypt(const SealingKey *key, uint8 *sealed, const char *aad, Size aad_length,
		char *plain, Size length)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int			done = 0;
	int			rest = 0;
	bool		is_good;

	is_good = cipher != NULL &&
		EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes, NONCE_OF(sealed), 0) == 1 &&
		add_associated_data(cipher, key->header, aad, aad_length) &&
		EVP_CipherUpdate(cipher, (uint8 *) plain, &done, TEXT_OF(sealed), (int) length) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, TEXT_OF(sealed) + length) == 1 &&
		EVP_CipherFinal_ex(cipher, (uint8 *) plain + done, &rest) == 1;
	EVP_CIPHER_CTX_free(cipher);
	ERR_clear_error();
	if (!is_good)
		explicit_bzero(plain, length);

	return is_good;
}

bytea *
timetap_worker_seal(const char *key_file, const char *plain, Size length,
					const char *aad, Size aad_length)
{
	SealingKey	key;
	bytea	   *sealed;
	bool		is_good;

	if (length > TT_CRYPTO_MAX_PLAIN || aad_length > TT_CRYPTO_MAX_PLAIN)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("credential is too long"),
				 errdetail("It may have up to %d bytes.", TT_CRYPTO_MAX_PLAIN)));

	sealed = palloc(VARHDRSZ + OVERHEAD + length);
	SET_VARSIZE(sealed, VARHDRSZ + OVERHEAD + length);
	read_key(key_file, &key);
	is_good = encrypt(&key, plain, length, aad, aad_length, (uint8 *) VARDATA(sealed));
	explicit_bzero(&key, sizeof(key));
	if (!is_good)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not encrypt the credential")));

	return sealed;
}

char *
timetap_worker_open(const char *key_file, bytea *sealed,
					const char *aad, Size aad_length, Size *length)
{
	uint8	   *bytes = (uint8 *) VARDATA_ANY(sealed);
	Size		size = VARSIZE_ANY_EXHDR(sealed);
	SealingKey	key;
	char	   *plain;
	bool		is_same_key;
	bool		is_good;

	if (size < OVERHEAD || size > OVERHEAD + TT_CRYPTO_MAX_PLAIN ||
		aad_length > TT_CRYPTO_MAX_PLAIN || bytes[0] != FORMAT_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored credential has an unknown format")));

	*length = size - OVERHEAD;
	plain = palloc(*length + 1);
	read_key(key_file, &key);
	is_same_key = memcmp(bytes, key.header, HEADER_SIZE) == 0;
	is_good = is_same_key && decrypt(&key, bytes, aad, aad_length, plain, *length);
	explicit_bzero(&key, sizeof(key));
	if (!is_same_key)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("stored credential was sealed with another key than that in \"%s\"", key_file),
				 errhint("Bring back the key file it was sealed with, or store it anew: the client with timetap.google_configure(), a host's token with timetap.google_connect().")));
	if (!is_good)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored credential could not be opened"),
				 errdetail("It was changed, or belongs to another connection.")));
	plain[*length] = '\0';

	return plain;
}
