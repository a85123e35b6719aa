#include "fold/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "base/view.h"

/* Half full at most: probes stay short. A slot holds all that finding and
 * removing need, so that neither touches an access that is not meant: 24 bits
 * of the key to compare, its home slot (20 bits), and the index + 1 (20 bits). */
#define SLOTS (ASH_OPEN_ACCESSES_MAX * 2)
#define INDEX_MASK 0xfffffu
_Static_assert((SLOTS & (SLOTS - 1)) == 0 && SLOTS <= 1u << 20, "slots");
_Static_assert(ASH_OPEN_ACCESSES_MAX < INDEX_MASK, "index bits");

int ash_table_init(ash_table *t, ash_error *err)
{
    memset(t, 0, sizeof *t);
    /* calloc gives untouched pages: a small log does not pay for a big table. */
    t->open = calloc(ASH_OPEN_ACCESSES_MAX, sizeof *t->open);
    t->slots = calloc(SLOTS, sizeof *t->slots);
    t->free_list = ASH_OPEN_NONE;
    bool rings = ash_ring_init(&t->young, ASH_OPEN_YOUNG_BYTES, ASH_OPEN_ACCESSES_MAX) &&
                 ash_ring_init(&t->old, ASH_OPEN_OLD_BYTES, ASH_OPEN_ACCESSES_MAX);
    if (t->open == NULL || t->slots == NULL || !rings) {
        ash_table_free(t);
        return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for open accesses");
    }
    return 0;
}

void ash_table_free(ash_table *t)
{
    free(t->open);
    free(t->slots);
    ash_ring_free(&t->young);
    ash_ring_free(&t->old);
    memset(t, 0, sizeof *t);
}

uint64_t ash_table_key(uint32_t actor, uint32_t share, uint64_t path_hash)
{
    uint64_t h = path_hash ^ ((uint64_t)actor << 20 ^ share) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 32;
    return h | UINT64_C(0x8000000000000000); /* never 0 */
}

static uint32_t home_of(uint64_t key)
{
    return (uint32_t)key & (SLOTS - 1);
}

static uint64_t slot_of(uint64_t key, uint32_t index)
{
    return (key & UINT64_C(0xffffff0000000000)) | (uint64_t)home_of(key) << 20 | (index + 1);
}

static uint32_t index_in(uint64_t slot)
{
    return (uint32_t)(slot & INDEX_MASK) - 1;
}

static uint32_t home_in(uint64_t slot)
{
    return (uint32_t)(slot >> 20) & INDEX_MASK;
}

void ash_table_prefetch_slot(const ash_table *t, uint64_t key)
{
    __builtin_prefetch(&t->slots[home_of(key)]);
}

void ash_table_prefetch_entry(const ash_table *t, uint64_t key)
{
    uint64_t slot = t->slots[home_of(key)];
    if (slot != 0) {
        const ash_open *o = &t->open[index_in(slot)];
        __builtin_prefetch(o, 1);
        __builtin_prefetch((const char *)o + 64, 1);
    }
}

#define TAIL_AHEAD 4u

void ash_table_prefetch_tail(const ash_table *t, bool old)
{
    const ash_ring *r = old ? &t->old : &t->young;
    if (r->n <= TAIL_AHEAD)
        return;
    uint32_t at = r->n_tail + TAIL_AHEAD;
    const ash_open *o = &t->open[r->pieces[at >= r->n_cap ? at - r->n_cap : at].owner];
    __builtin_prefetch(o, 1);
    __builtin_prefetch((const char *)o + 64, 1);
    __builtin_prefetch((const char *)o + 128, 1);
}

uint32_t ash_table_find(const ash_table *t, uint64_t key, uint32_t actor, uint32_t share,
                        ash_view path)
{
    for (uint32_t s = home_of(key); t->slots[s] != 0; s = (s + 1) & (SLOTS - 1)) {
        if ((t->slots[s] ^ key) >> 40 != 0)
            continue;
        uint32_t i = index_in(t->slots[s]);
        const ash_open *o = &t->open[i];
        if (o->key == key && o->actor == actor && o->share == share &&
            ash_view_eq(ash_table_path(t, o), path))
            return i;
    }
    return ASH_OPEN_NONE;
}

uint32_t ash_table_by_key(const ash_table *t, uint64_t key)
{
    for (uint32_t s = home_of(key); t->slots[s] != 0; s = (s + 1) & (SLOTS - 1))
        if (t->open[index_in(t->slots[s])].key == key)
            return index_in(t->slots[s]);
    return ASH_OPEN_NONE;
}

static ash_ring_piece piece_of(uint32_t owner, uint32_t serial, int64_t now)
{
    return (ash_ring_piece){
        .owner = owner, .serial = serial, .stamp = (uint32_t)(now / ASH_NS_PER_S)};
}

uint32_t ash_table_add(ash_table *t, uint64_t key, ash_view path, int64_t now)
{
    uint32_t i = t->free_list, at;
    if (i == ASH_OPEN_NONE) {
        if (t->n == ASH_OPEN_ACCESSES_MAX)
            return ASH_OPEN_NONE;
        i = t->n;
    }
    uint32_t serial = t->open[i].serial + 1;
    if (!ash_ring_push(&t->young, (uint32_t)path.n, piece_of(i, serial, now), &at))
        return ASH_OPEN_NONE;
    if (i == t->n)
        t->n++;
    else
        t->free_list = t->open[i].at;
    memcpy(ash_ring_bytes(&t->young, at), path.p, path.n);
    t->open[i] = (ash_open){.key = key, .serial = serial, .at = at, .path_n = (uint32_t)path.n};
    uint32_t s = home_of(key);
    while (t->slots[s] != 0)
        s = (s + 1) & (SLOTS - 1);
    t->slots[s] = slot_of(key, i);
    return i;
}

bool ash_table_move(ash_table *t, uint32_t i, bool to_old, ash_view new_path, int64_t now)
{
    ash_open *o = &t->open[i];
    ash_view path = ash_table_path(t, o);
    ash_ring *to = to_old ? &t->old : &t->young;
    uint32_t at, n = (uint32_t)(path.n + new_path.n);
    /* The old bytes stay readable until their piece is popped. */
    if (!ash_ring_push(to, n, piece_of(i, o->serial + 1, now), &at))
        return false;
    memmove(ash_ring_bytes(to, at), path.p, path.n);
    if (new_path.n > 0)
        memmove(ash_ring_bytes(to, at) + path.n, new_path.p, new_path.n);
    o->serial++;
    o->at = at;
    o->new_n = (uint32_t)new_path.n;
    o->old = to_old;
    return true;
}

void ash_table_remove(ash_table *t, uint32_t i)
{
    ash_open *o = &t->open[i];
    uint32_t s = home_of(o->key);
    while (index_in(t->slots[s]) != i)
        s = (s + 1) & (SLOTS - 1);
    /* Close the gap: move back every later entry that may stand here. */
    for (uint32_t next = (s + 1) & (SLOTS - 1); t->slots[next] != 0; next = (next + 1) & (SLOTS - 1)) {
        uint32_t home = home_in(t->slots[next]);
        if (((next - home) & (SLOTS - 1)) >= ((next - s) & (SLOTS - 1))) {
            t->slots[s] = t->slots[next];
            s = next;
        }
    }
    t->slots[s] = 0;
    o->key = 0;
    o->at = t->free_list;
    t->free_list = i;
}
