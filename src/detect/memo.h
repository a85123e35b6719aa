/* A bounded memory of keyed entries: a set-associative hash table whose buckets
 * forget their oldest entry when they are full.
 *
 * It grows by doubling up to its limit, and then forgets, bucket by bucket, what was
 * not used for longest. Forgetting costs nothing to find out, and depends on nothing
 * but the entries: the same stream forgets the same ones, also when it is saved and
 * loaded in between. */
#ifndef ASH_DETECT_MEMO_H
#define ASH_DETECT_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

#define ASH_MEMO_WAYS 8u

/* First member of every entry. */
typedef struct ash_memo_head {
    uint64_t key;  /* 0: free */
    int32_t used;  /* day of the last use; kept by the owner after it was made */
    uint32_t more; /* for the owner */
} ash_memo_head;

typedef struct ash_memo {
    char *entries;  /* owned; buckets * ASH_MEMO_WAYS of them */
    uint64_t *keys; /* theirs again, owned: a bucket's lie in one line of the cache */
    size_t size;   /* of one */
    uint32_t buckets, max_buckets;
    uint32_t n;
    uint64_t forgotten;
} ash_memo;

/* How the owner's part of an entry, all behind the head, is stored; may be NULL. */
typedef void ash_memo_put(const void *entry, ash_buf *out);
typedef void ash_memo_take(void *entry, ash_cursor *in);

/* size: of an entry, with its head. max: entries at most, a power of two from 8 on. */
void ash_memo_init(ash_memo *m, size_t size, uint32_t max);
void ash_memo_free(ash_memo *m);

/* The entry of a key, or NULL. Valid until the next ash_memo_get. */
void *ash_memo_find(const ash_memo *m, uint64_t key);
/* The same, made (zeroed but for its head) if need be; NULL: out of memory. */
void *ash_memo_get(ash_memo *m, uint64_t key, int32_t day);

void ash_memo_save(const ash_memo *m, ash_memo_put *put, ash_buf *out);
/* Into one that was just initialised. False: damaged, or out of memory. */
bool ash_memo_load(ash_memo *m, ash_memo_take *take, ash_cursor *in);

/* The i-th entry of buckets * ASH_MEMO_WAYS; its key may be 0. */
static inline void *ash_memo_at(const ash_memo *m, uint32_t i)
{
    return m->entries + (size_t)i * m->size;
}

/* Mixes two numbers into a key that is never 0 (the finaliser of MurmurHash3). */
static inline uint64_t ash_memo_key(uint64_t a, uint64_t b)
{
    uint64_t x = a * UINT64_C(0x9e3779b97f4a7c15) ^ b;
    x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    x ^= x >> 33;
    return x == 0 ? 1 : x;
}

#endif
