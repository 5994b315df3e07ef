/*-------------------------------------------------------------------------
 *
 * crypto.h
 *	  Sealing of credentials for storage: AES-256-GCM with a key that lives
 *	  in a file outside the database.
 *
 * Sealed form: version (1 byte), key id (the first 8 bytes of the key's
 * SHA-256), nonce (12 random bytes), ciphertext, tag (16 bytes). Version and
 * key id are authenticated together with the caller's associated data, which
 * ties a sealed value to its row and purpose: a value copied to another host
 * or connection does not open.
 *
 * The engine reaches both functions with
 *		load_external_function("$libdir/timetap_worker", "timetap_worker_seal",
 *							   true, NULL)
 * as plain C functions, hence the typedefs. Both raise errors that name the
 * key file and the remedy and never contain key, plain or sealed text. Key
 * material is overwritten before they return or raise.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TT_CRYPTO_H
#define TT_CRYPTO_H

#define TT_CRYPTO_MAX_PLAIN		65536

typedef bytea *(*TTWorkerSeal) (const char *key_file, const char *plain,
								Size length, const char *aad, Size aad_length);
typedef char *(*TTWorkerOpen) (const char *key_file, bytea *sealed,
							   const char *aad, Size aad_length, Size *length);

/* The result is palloc'd. */
extern PGDLLEXPORT bytea *timetap_worker_seal(const char *key_file,
											  const char *plain, Size length,
											  const char *aad, Size aad_length);

/*
 * The result is palloc'd, NUL-terminated for convenience, *length without the
 * NUL; the caller overwrites it (explicit_bzero) when done. `sealed` must be
 * detoasted.
 */
extern PGDLLEXPORT char *timetap_worker_open(const char *key_file,
											 bytea *sealed, const char *aad,
											 Size aad_length, Size *length);

#endif							/* TT_CRYPTO_H */
