#include "detect/memo.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 16u

void ash_memo_init(ash_memo *m, size_t size, uint32_t max)
{
    *m = (ash_memo){.size = size, .max_buckets = max / ASH_MEMO_WAYS};
}

void ash_memo_free(ash_memo *m)
{
    free(m->entries);
    m->entries = NULL;
    m->buckets = m->n = 0;
}

static ash_memo_head *bucket_of(const ash_memo *m, uint64_t key)
{
    return ash_memo_at(m, (uint32_t)(key & (m->buckets - 1)) * ASH_MEMO_WAYS);
}

static ash_memo_head *way(const ash_memo *m, ash_memo_head *bucket, unsigned i)
{
    return (ash_memo_head *)((char *)bucket + i * m->size);
}

void *ash_memo_find(const ash_memo *m, uint64_t key)
{
    if (m->n == 0)
        return NULL;
    ash_memo_head *b = bucket_of(m, key);
    for (unsigned i = 0; i < ASH_MEMO_WAYS; i++)
        if (way(m, b, i)->key == key)
            return way(m, b, i);
    return NULL;
}

/* A free place in the key's bucket, or NULL; *ret_oldest is where one can be made. */
static ash_memo_head *free_place(const ash_memo *m, uint64_t key, ash_memo_head **ret_oldest)
{
    ash_memo_head *b = bucket_of(m, key);
    *ret_oldest = b;
    for (unsigned i = 0; i < ASH_MEMO_WAYS; i++) {
        ash_memo_head *e = way(m, b, i);
        if (e->key == 0)
            return e;
        if (e->used < (*ret_oldest)->used)
            *ret_oldest = e;
    }
    return NULL;
}

static ash_memo_head *place_for(ash_memo *m, uint64_t key)
{
    ash_memo_head *oldest, *e = free_place(m, key, &oldest);
    if (e != NULL) {
        m->n++;
        return e;
    }
    m->forgotten++;
    return oldest;
}

static bool resize(ash_memo *m, uint32_t buckets)
{
    ash_memo old = *m;
    char *entries = calloc((size_t)buckets * ASH_MEMO_WAYS, m->size);
    if (entries == NULL)
        return false;
    m->entries = entries;
    m->buckets = buckets;
    m->n = 0;
    for (uint32_t i = 0; i < old.buckets * ASH_MEMO_WAYS; i++) {
        const ash_memo_head *e = ash_memo_at(&old, i);
        if (e->key != 0)
            memcpy(place_for(m, e->key), e, m->size);
    }
    free(old.entries);
    return true;
}

void *ash_memo_get(ash_memo *m, uint64_t key, int32_t day)
{
    ash_memo_head *e = ash_memo_find(m, key), *oldest;
    if (e == NULL) {
        if (m->buckets == 0 && !resize(m, FIRST_BUCKETS < m->max_buckets ? FIRST_BUCKETS : m->max_buckets))
            return NULL;
        /* A bucket runs full by chance long before the table does. */
        while (free_place(m, key, &oldest) == NULL && m->buckets < m->max_buckets &&
               m->n >= m->buckets * ASH_MEMO_WAYS / 3)
            if (!resize(m, m->buckets * 2))
                break;
        e = place_for(m, key);
        memset(e, 0, m->size);
        e->key = key;
        e->used = day;
    }
    return e;
}

void ash_memo_save(const ash_memo *m, ash_memo_put *put, ash_buf *out)
{
    ash_put_u32(out, m->buckets);
    ash_put_u32(out, m->n);
    ash_put_u64(out, m->forgotten);
    for (uint32_t i = 0; i < m->buckets * ASH_MEMO_WAYS; i++) {
        const ash_memo_head *e = ash_memo_at(m, i);
        if (e->key == 0)
            continue;
        ash_put_u32(out, i);
        ash_put_u64(out, e->key);
        ash_put_u32(out, (uint32_t)e->used);
        ash_put_u32(out, e->more);
        if (put != NULL)
            put(e, out);
    }
}

bool ash_memo_load(ash_memo *m, ash_memo_take *take, ash_cursor *in)
{
    uint32_t buckets = ash_get_u32(in), n = ash_get_u32(in);
    m->forgotten = ash_get_u64(in);
    if (in->failed || buckets > m->max_buckets || (buckets & (buckets - 1)) != 0 ||
        n > buckets * ASH_MEMO_WAYS)
        return false;
    if (buckets > 0 && !resize(m, buckets))
        return false;
    for (uint32_t k = 0; k < n && !in->failed; k++) {
        uint32_t i = ash_get_u32(in);
        uint64_t key = ash_get_u64(in);
        if (key == 0 || i >= buckets * ASH_MEMO_WAYS || i / ASH_MEMO_WAYS != (key & (buckets - 1)))
            return false;
        ash_memo_head *e = ash_memo_at(m, i);
        if (e->key != 0)
            return false;
        e->key = key;
        e->used = (int32_t)ash_get_u32(in);
        e->more = ash_get_u32(in);
        if (take != NULL)
            take(e, in);
        m->n++;
    }
    return !in->failed;
}
