/* Hashes: XXH3 for tables and for noticing that bytes changed, SHA-256 for
 * evidence, SipHash-2-4-128 where an intruder could profit from a collision
 * because the hash stands for the text. */
#ifndef ASH_BASE_HASH_H
#define ASH_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

#define ASH_SHA256_SIZE 32
#define ASH_SIPKEY_SIZE 16

typedef struct ash_hash128 {
    uint64_t lo, hi;
} ash_hash128;

uint64_t ash_hash64(const void *p, size_t n, uint64_t seed);
/* The same over pieces. */
typedef struct ash_hash64_stream ash_hash64_stream;
ash_hash64_stream *ash_hash64_begin(uint64_t seed); /* NULL: out of memory; caller ends */
void ash_hash64_update(ash_hash64_stream *s, const void *p, size_t n);
uint64_t ash_hash64_end(ash_hash64_stream *s); /* frees */

ash_hash128 ash_hash128_of(const void *p, size_t n);
ash_hash128 ash_siphash128(const void *p, size_t n, const uint8_t key[ASH_SIPKEY_SIZE]);

/* SHA-256 over a stream (OpenSSL's, which uses the CPU's SHA instructions). */
typedef struct ash_sha256 ash_sha256;
int ash_sha256_new(ash_sha256 **ret, ash_error *err) ASH_MUST_USE; /* caller frees */
void ash_sha256_update(ash_sha256 *h, const void *p, size_t n);
/* Digest of everything so far; the stream may go on. */
void ash_sha256_digest(const ash_sha256 *h, uint8_t out[ASH_SHA256_SIZE]);
/* The digest, and begin again: for many short texts with one object. */
void ash_sha256_take(ash_sha256 *h, uint8_t out[ASH_SHA256_SIZE]);
void ash_sha256_free(ash_sha256 *h); /* NULL is fine */

/* Lower-case hexadecimal of n bytes into out (2n+1 bytes). Returns out. */
char *ash_hex(char *out, const void *p, size_t n);

/* Reads exactly n bytes of hexadecimal; 0 or ASH_E_FORMAT. */
int ash_unhex(void *out, size_t n, ash_view hex);

/* n bytes from the kernel's random source. */
int ash_random(void *out, size_t n, ash_error *err) ASH_MUST_USE;

#endif
