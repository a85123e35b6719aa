/* The key that signs a case's heads: Ed25519 (RFC 8032), in a file that is never
 * in the case.
 *
 *   ashiato-key 1
 *   public HEX
 *   secret HEX                                      the 32-byte seed
 *   sealed OPSLIMIT MEMLIMIT SALT NONCE BOX         or so, with a passphrase:
 *                                                   Argon2id, then XSalsa20-Poly1305
 *
 * The file and its folder must belong to the user (or root); nobody else may read
 * the one or write to the other. */
#ifndef ASH_LEDGER_KEY_H
#define ASH_LEDGER_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

#define ASH_PUBLIC_KEY_SIZE 32
#define ASH_SIGNATURE_SIZE 64
#define ASH_KEY_ID_SIZE 17 /* 16 hexadecimal digits and NUL */

typedef struct ash_key {
    uint8_t public_key[ASH_PUBLIC_KEY_SIZE];
    uint8_t secret[64]; /* seed and public key; wiped by ash_key_wipe */
} ash_key;

/* Asks for a key file's passphrase: fills buf, false if there is none to be had. */
typedef bool (*ash_passphrase_source)(const char *path, char *buf, size_t size);

/* The file to use: `given`, else $ASHIATO_KEY, else ashiato/keys/ledger.key below
 * $XDG_CONFIG_HOME or ~/.config. ASH_E_NOTFOUND if there is no home. */
int ash_key_path(const char *given, char *buf, size_t size, ash_error *err) ASH_MUST_USE;

/* Reads a key file; ASH_E_NOTFOUND if there is none, ASH_E_STATE if others could
 * read or replace it. ask may be NULL. */
int ash_key_load(ash_key *ret, const char *path, ash_passphrase_source ask, ash_error *err)
    ASH_MUST_USE;

/* Makes a key and its file (and folder), unless another process was faster: then
 * that one's is loaded. */
int ash_key_make(ash_key *ret, const char *path, ash_error *err) ASH_MUST_USE;

/* Replaces the key file by a new key; the old one is kept beside it as ID.key,
 * where ash_key_former finds it. */
int ash_key_renew(ash_key *ret, const char *path, ash_passphrase_source ask, ash_error *err)
    ASH_MUST_USE;
/* Loads ID.key beside path, for the public key it must have. */
int ash_key_former(ash_key *ret, const char *path, const uint8_t public_key[ASH_PUBLIC_KEY_SIZE],
                   ash_passphrase_source ask, ash_error *err) ASH_MUST_USE;

/* Writes the key file anew, sealed with the passphrase; NULL or "": open. */
int ash_key_protect(const ash_key *k, const char *path, const char *passphrase, ash_error *err)
    ASH_MUST_USE;

/* A public key: 64 hexadecimal digits, or a file that holds them (a key file, what
 * `ashiato ledger key` prints). */
int ash_key_read_public(const char *given, uint8_t ret[ASH_PUBLIC_KEY_SIZE], ash_error *err)
    ASH_MUST_USE;

void ash_key_sign(const ash_key *k, ash_view text, uint8_t out[ASH_SIGNATURE_SIZE]);
bool ash_key_check(const uint8_t public_key[ASH_PUBLIC_KEY_SIZE], ash_view text,
                   const uint8_t signature[ASH_SIGNATURE_SIZE]);
void ash_key_wipe(ash_key *k);

/* First 8 bytes of the public key's SHA-256, in hexadecimal: for people and for
 * file names. */
const char *ash_key_id(const uint8_t public_key[ASH_PUBLIC_KEY_SIZE], char buf[ASH_KEY_ID_SIZE]);

#endif
