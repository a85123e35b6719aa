#include "base/hash.h"

#include <openssl/evp.h>
#include <sodium/crypto_shorthash_siphash24.h>
#include <stdlib.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t ash_hash64(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p, n, seed);
}

struct ash_hash64_stream {
    XXH3_state_t *state;
};

ash_hash64_stream *ash_hash64_begin(uint64_t seed)
{
    ash_hash64_stream *s = malloc(sizeof *s);
    XXH3_state_t *state = XXH3_createState();
    if (s == NULL || state == NULL) {
        free(s);
        XXH3_freeState(state);
        return NULL;
    }
    XXH3_64bits_reset_withSeed(state, seed);
    s->state = state;
    return s;
}

void ash_hash64_update(ash_hash64_stream *s, const void *p, size_t n)
{
    XXH3_64bits_update(s->state, p, n);
}

uint64_t ash_hash64_end(ash_hash64_stream *s)
{
    uint64_t h = XXH3_64bits_digest(s->state);
    XXH3_freeState(s->state);
    free(s);
    return h;
}

ash_hash128 ash_hash128_of(const void *p, size_t n)
{
    XXH128_hash_t h = XXH3_128bits(p, n);
    return (ash_hash128){.lo = h.low64, .hi = h.high64};
}

ash_hash128 ash_siphash128(const void *p, size_t n, const uint8_t key[ASH_SIPKEY_SIZE])
{
    unsigned char out[crypto_shorthash_siphashx24_BYTES];
    crypto_shorthash_siphashx24(out, p, n, key);
    ash_hash128 h;
    memcpy(&h.lo, out, 8);
    memcpy(&h.hi, out + 8, 8);
    return h;
}

struct ash_sha256 {
    EVP_MD_CTX *ctx;
};

int ash_sha256_new(ash_sha256 **ret, ash_error *err)
{
    ash_sha256 *h = calloc(1, sizeof *h);
    if (h == NULL)
        return ash_fail(err, ASH_E_NOMEM, "hash", "out of memory");
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
        ash_sha256_free(h);
        return ash_fail(err, ASH_E_NOMEM, "hash", "the SHA-256 implementation cannot be started");
    }
    *ret = h;
    return 0;
}

void ash_sha256_update(ash_sha256 *h, const void *p, size_t n)
{
    EVP_DigestUpdate(h->ctx, p, n);
}

void ash_sha256_digest(const ash_sha256 *h, uint8_t out[ASH_SHA256_SIZE])
{
    memset(out, 0, ASH_SHA256_SIZE);
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy != NULL && EVP_MD_CTX_copy_ex(copy, h->ctx) == 1)
        EVP_DigestFinal_ex(copy, out, NULL);
    EVP_MD_CTX_free(copy);
}

void ash_sha256_take(ash_sha256 *h, uint8_t out[ASH_SHA256_SIZE])
{
    memset(out, 0, ASH_SHA256_SIZE);
    EVP_DigestFinal_ex(h->ctx, out, NULL);
    EVP_DigestInit_ex(h->ctx, NULL, NULL);
}

void ash_sha256_free(ash_sha256 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    free(h);
}

char *ash_hex(char *out, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[b[i] >> 4];
        out[2 * i + 1] = digits[b[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int ash_unhex(void *out, size_t n, ash_view hex)
{
    uint8_t *b = out;
    if (hex.n != 2 * n)
        return ASH_E_FORMAT;
    for (size_t i = 0; i < n; i++) {
        int hi = nibble(hex.p[2 * i]), lo = nibble(hex.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return ASH_E_FORMAT;
        b[i] = (uint8_t)(hi << 4 | lo);
    }
    return 0;
}

int ash_random(void *out, size_t n, ash_error *err)
{
    if (getrandom(out, n, 0) != (ssize_t)n)
        return ash_fail(err, ASH_E_IO, "hash", "no random bytes from the kernel");
    return 0;
}
