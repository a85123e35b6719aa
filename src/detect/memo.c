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
    free(m->keys);
    m->entries = NULL;
    m->keys = NULL;
    m->buckets = m->n = 0;
}

static uint32_t bucket_of(const ash_memo *m, uint64_t key)
{
    return (uint32_t)(key & (m->buckets - 1)) * ASH_MEMO_WAYS;
}

void *ash_memo_find(const ash_memo *m, uint64_t key)
{
    if (m->n == 0)
        return NULL;
    uint32_t b = bucket_of(m, key);
    for (uint32_t i = b; i < b + ASH_MEMO_WAYS; i++)
        if (m->keys[i] == key)
            return ash_memo_at(m, i);
    return NULL;
}

static bool has_room(const ash_memo *m, uint64_t key)
{
    uint32_t b = bucket_of(m, key), i = b;
    while (i < b + ASH_MEMO_WAYS && m->keys[i] != 0)
        i++;
    return i < b + ASH_MEMO_WAYS;
}

/* A free place in the key's bucket, or that of its oldest entry. */
static uint32_t place_for(ash_memo *m, uint64_t key)
{
    uint32_t b = bucket_of(m, key), oldest = b;
    for (uint32_t i = b; i < b + ASH_MEMO_WAYS; i++) {
        const ash_memo_head *e = ash_memo_at(m, i), *o = ash_memo_at(m, oldest);
        if (m->keys[i] == 0) {
            m->n++;
            return i;
        }
        if (e->used < o->used)
            oldest = i;
    }
    m->forgotten++;
    return oldest;
}

static bool resize(ash_memo *m, uint32_t buckets)
{
    ash_memo old = *m;
    char *entries = calloc((size_t)buckets * ASH_MEMO_WAYS, m->size);
    uint64_t *keys = calloc((size_t)buckets * ASH_MEMO_WAYS, sizeof *keys);
    if (entries == NULL || keys == NULL) {
        free(entries);
        free(keys);
        return false;
    }
    m->entries = entries;
    m->keys = keys;
    m->buckets = buckets;
    m->n = 0;
    for (uint32_t i = 0; i < old.buckets * ASH_MEMO_WAYS; i++) {
        if (old.keys[i] == 0)
            continue;
        uint32_t to = place_for(m, old.keys[i]);
        m->keys[to] = old.keys[i];
        memcpy(ash_memo_at(m, to), ash_memo_at(&old, i), m->size);
    }
    free(old.entries);
    free(old.keys);
    return true;
}

void *ash_memo_get(ash_memo *m, uint64_t key, int32_t day)
{
    void *known = ash_memo_find(m, key);
    if (known != NULL)
        return known;
    if (m->buckets == 0 &&
        !resize(m, FIRST_BUCKETS < m->max_buckets ? FIRST_BUCKETS : m->max_buckets))
        return NULL;
    /* A bucket runs full by chance long before the table does. */
    while (!has_room(m, key) && m->buckets < m->max_buckets && m->n >= m->buckets * ASH_MEMO_WAYS / 3)
        if (!resize(m, m->buckets * 2))
            break;
    uint32_t i = place_for(m, key);
    ash_memo_head *e = ash_memo_at(m, i);
    memset(e, 0, m->size);
    m->keys[i] = e->key = key;
    e->used = day;
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
        m->keys[i] = e->key = key;
        e->used = (int32_t)ash_get_u32(in);
        e->more = ash_get_u32(in);
        if (take != NULL)
            take(e, in);
        m->n++;
    }
    return !in->failed;
}
