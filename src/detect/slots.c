#include "detect/slots.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_NONE UINT32_MAX

void ash_slots_init(ash_slots *s, size_t size, uint32_t limit)
{
    *s = (ash_slots){.size = size, .limit = limit, .oldest = SLOT_NONE, .newest = SLOT_NONE};
}

void ash_slots_free(ash_slots *s)
{
    free(s->states);
    free(s->links);
    free(s->table);
    ash_slots_init(s, s->size, s->limit);
}

static uint32_t home(const ash_slots *s, uint32_t key)
{
    return key * 0x9e3779b1u >> 7 & s->mask;
}

/* Key and slot together: a search reads no slot but the one it finds. */
static uint64_t entry_of(uint32_t key, uint32_t slot)
{
    return (uint64_t)key << 32 | (slot + 1);
}

static bool rebuild(ash_slots *s, uint32_t mask)
{
    uint64_t *table = calloc((size_t)mask + 1, sizeof *table);
    if (table == NULL)
        return false;
    free(s->table);
    s->table = table;
    s->mask = mask;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = home(s, s->links[i].key);
        while (table[h] != 0)
            h = (h + 1) & mask;
        table[h] = entry_of(s->links[i].key, i);
    }
    return true;
}

static bool grow(ash_slots *s)
{
    uint32_t cap = s->cap == 0 ? 64 : s->cap * 2;
    if (cap > s->limit)
        cap = s->limit;
    char *states = realloc(s->states, cap * s->size);
    if (states != NULL)
        s->states = states;
    struct ash_slot_link *links = realloc(s->links, cap * sizeof *links);
    if (links != NULL)
        s->links = links;
    uint32_t mask = 127;
    while (mask < cap * 2 - 1)
        mask = mask * 2 + 1;
    if (states == NULL || links == NULL || !rebuild(s, mask))
        return false;
    s->cap = cap;
    return true;
}

void *ash_slots_find(const ash_slots *s, uint32_t key)
{
    if (s->n == 0)
        return NULL;
    for (uint32_t h = home(s, key); s->table[h] != 0; h = (h + 1) & s->mask)
        if (s->table[h] >> 32 == key)
            return ash_slots_at(s, (uint32_t)s->table[h] - 1);
    return NULL;
}

static uint32_t index_of(const ash_slots *s, const void *state)
{
    return (uint32_t)((size_t)((const char *)state - s->states) / s->size);
}

static void unlink_slot(ash_slots *s, uint32_t i)
{
    const struct ash_slot_link *l = &s->links[i];
    *(l->older == SLOT_NONE ? &s->oldest : &s->links[l->older].newer) = l->newer;
    *(l->newer == SLOT_NONE ? &s->newest : &s->links[l->newer].older) = l->older;
}

static void link_newest(ash_slots *s, uint32_t i)
{
    s->links[i].turn = s->turn;
    s->links[i].older = s->newest;
    s->links[i].newer = SLOT_NONE;
    *(s->newest == SLOT_NONE ? &s->oldest : &s->links[s->newest].newer) = i;
    s->newest = i;
}

/* Takes a key out of the table; those behind it that it stood in the way of move up
 * (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
static void remove_key(ash_slots *s, uint32_t slot)
{
    uint32_t h = home(s, s->links[slot].key);
    while ((uint32_t)s->table[h] != slot + 1)
        h = (h + 1) & s->mask;
    for (uint32_t next = (h + 1) & s->mask; s->table[next] != 0; next = (next + 1) & s->mask) {
        uint32_t want = home(s, (uint32_t)(s->table[next] >> 32));
        if (((next - want) & s->mask) < ((next - h) & s->mask))
            continue;
        s->table[h] = s->table[next];
        h = next;
    }
    s->table[h] = 0;
}

void *ash_slots_get(ash_slots *s, uint32_t key, void (*evict)(void *, void *), void *user)
{
    void *known = ash_slots_find(s, key);
    uint32_t i = s->n;
    s->turn++;
    if (known != NULL) {
        i = index_of(s, known);
        if (s->turn - s->links[i].turn > s->limit / 4) {
            unlink_slot(s, i);
            link_newest(s, i);
        }
        return known;
    }
    if (s->n == s->limit) {
        i = s->oldest;
        evict(user, ash_slots_at(s, i));
        s->evictions++;
        unlink_slot(s, i);
        remove_key(s, i);
    } else {
        if (s->n == s->cap && !grow(s))
            return NULL;
        s->n++;
    }
    s->links[i].key = key;
    uint32_t h = home(s, key);
    while (s->table[h] != 0)
        h = (h + 1) & s->mask;
    s->table[h] = entry_of(key, i);
    link_newest(s, i);
    memset(ash_slots_at(s, i), 0, s->size);
    return ash_slots_at(s, i);
}

void *ash_slots_oldest(const ash_slots *s)
{
    return s->oldest == SLOT_NONE ? NULL : ash_slots_at(s, s->oldest);
}

void *ash_slots_next(const ash_slots *s, const void *state)
{
    uint32_t i = s->links[index_of(s, state)].newer;
    return i == SLOT_NONE ? NULL : ash_slots_at(s, i);
}

/* --- saving ------------------------------------------------------------ */

void ash_slots_save_begin(const ash_slots *s, ash_buf *out)
{
    ash_put_u32(out, s->turn);
    ash_put_u32(out, s->n);
}

void ash_slots_save_key(const ash_slots *s, const void *state, ash_buf *out)
{
    ash_put_u32(out, s->links[index_of(s, state)].key);
    ash_put_u32(out, s->links[index_of(s, state)].turn);
}

uint32_t ash_slots_load_begin(ash_slots *s, ash_cursor *in)
{
    s->turn = ash_get_u32(in);
    uint32_t n = ash_get_u32(in);
    if (n > s->limit)
        in->failed = true;
    return in->failed ? 0 : n;
}

void *ash_slots_load_key(ash_slots *s, ash_cursor *in)
{
    uint32_t key = ash_get_u32(in), turn = ash_get_u32(in);
    if (in->failed || s->n == s->limit || ash_slots_find(s, key) != NULL)
        return NULL;
    uint32_t now = s->turn;
    void *state = ash_slots_get(s, key, NULL, NULL);
    s->turn = now;
    if (state != NULL)
        s->links[s->newest].turn = turn;
    return state;
}
