#include "detect/slots.h"

#include <stdlib.h>
#include <string.h>

void ash_slots_init(ash_slots *s, size_t size)
{
    *s = (ash_slots){.size = size};
}

void ash_slots_free(ash_slots *s)
{
    free(s->states);
    free(s->keys);
    free(s->used_at);
    free(s->table);
    *s = (ash_slots){.size = s->size};
}

static uint32_t home(const ash_slots *s, uint32_t key)
{
    return key * 0x9e3779b1u >> 7 & s->mask;
}

static bool rebuild(ash_slots *s, uint32_t mask)
{
    uint32_t *table = calloc((size_t)mask + 1, sizeof *table);
    if (table == NULL)
        return false;
    free(s->table);
    s->table = table;
    s->mask = mask;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t h = home(s, s->keys[i]);
        while (table[h] != 0)
            h = (h + 1) & mask;
        table[h] = i + 1;
    }
    return true;
}

static bool grow(ash_slots *s)
{
    uint32_t cap = s->cap == 0 ? 64 : s->cap * 2;
    char *states = realloc(s->states, cap * s->size);
    if (states != NULL)
        s->states = states;
    uint32_t *keys = realloc(s->keys, cap * sizeof *keys);
    if (keys != NULL)
        s->keys = keys;
    int64_t *used = realloc(s->used_at, cap * sizeof *used);
    if (used != NULL)
        s->used_at = used;
    if (states == NULL || keys == NULL || used == NULL)
        return false;
    s->cap = cap;
    return rebuild(s, cap * 2 - 1);
}

void *ash_slots_find(const ash_slots *s, uint32_t key)
{
    if (s->n == 0)
        return NULL;
    for (uint32_t h = home(s, key); s->table[h] != 0; h = (h + 1) & s->mask)
        if (s->keys[s->table[h] - 1] == key)
            return ash_slots_at(s, s->table[h] - 1);
    return NULL;
}

static uint32_t oldest(const ash_slots *s)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < s->n; i++)
        if (s->used_at[i] < s->used_at[best])
            best = i;
    return best;
}

void *ash_slots_get(ash_slots *s, uint32_t key, int64_t now, void (*evict)(void *, void *),
                    void *user)
{
    char *state = ash_slots_find(s, key);
    if (state != NULL) {
        s->used_at[(size_t)(state - s->states) / s->size] = now;
        return state;
    }
    uint32_t i = s->n;
    if (s->n == ASH_DETECT_SUBJECTS) {
        i = oldest(s);
        evict(user, ash_slots_at(s, i));
        s->evictions++;
        s->keys[i] = key;
        if (!rebuild(s, s->mask))
            return NULL;
    } else {
        if (s->n == s->cap && !grow(s))
            return NULL;
        s->keys[s->n++] = key;
        uint32_t h = home(s, key);
        while (s->table[h] != 0)
            h = (h + 1) & s->mask;
        s->table[h] = i + 1;
    }
    s->used_at[i] = now;
    memset(ash_slots_at(s, i), 0, s->size);
    return ash_slots_at(s, i);
}
