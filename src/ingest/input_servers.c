#include "ingest/input_servers.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "source/origins.h"

/* A bit for each origin of one decoder: origins name many actors of few servers. */
struct ash_origins_seen {
    const struct ash_origins *of;
    uint8_t bits[ASH_ORIGINS_MAX / 8 + 1];
};

void ash_input_servers_init(ash_input_servers *x, uint64_t seed)
{
    memset(x, 0, sizeof *x);
    x->seed = seed;
    ash_arena_init(&x->text, 0);
}

void ash_input_servers_free(ash_input_servers *x)
{
    free(x->decoders);
    free(x->slots);
    free(x->fresh);
    ash_arena_free(&x->text);
}

void ash_input_servers_begin(ash_input_servers *x)
{
    x->n_decoders = 0;
    x->n = 0;
    if (x->slots != NULL)
        memset(x->slots, 0, x->cap * sizeof *x->slots);
}

static struct ash_origins_seen *seen_of(ash_input_servers *x, const struct ash_origins *of)
{
    for (size_t i = 0; i < x->n_decoders; i++)
        if (x->decoders[i].of == of)
            return &x->decoders[i];
    struct ash_origins_seen *p = realloc(x->decoders, (x->n_decoders + 1) * sizeof *p);
    if (p == NULL)
        return NULL;
    x->decoders = p;
    p[x->n_decoders].of = of;
    memset(p[x->n_decoders].bits, 0, sizeof p[0].bits);
    return &p[x->n_decoders++];
}

static bool grow(ash_input_servers *x)
{
    uint32_t cap = x->cap == 0 ? 64 : x->cap * 2;
    uint64_t *slots = calloc(cap, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < x->cap; i++) {
        uint64_t h = x->slots[i];
        uint32_t at = (uint32_t)h & (cap - 1);
        while (h != 0 && slots[at] != 0)
            at = (at + 1) & (cap - 1);
        if (h != 0)
            slots[at] = h;
    }
    free(x->slots);
    x->slots = slots;
    x->cap = cap;
    return true;
}

static bool add_fresh(ash_input_servers *x, int64_t input, ash_view name)
{
    if (x->n_fresh == x->cap_fresh) {
        size_t cap = x->cap_fresh == 0 ? 16 : x->cap_fresh * 2;
        ash_input_server *p = realloc(x->fresh, cap * sizeof *p);
        if (p == NULL)
            return false;
        x->fresh = p;
        x->cap_fresh = cap;
    }
    ash_view copy = ash_arena_copy(&x->text, name);
    if (copy.p == NULL && name.n > 0)
        return false;
    x->fresh[x->n_fresh++] = (ash_input_server){input, copy};
    return true;
}

/* Beyond the servers a case keeps apart all others are one, as in the fold. */
static bool add_name(ash_input_servers *x, int64_t input, ash_view name)
{
    uint64_t h = ash_hash64(name.p, name.n, x->seed) | 1;
    if ((x->n + 1) * 2 > x->cap && !grow(x))
        return false;
    uint32_t at = (uint32_t)h & (x->cap - 1);
    for (; x->slots[at] != 0; at = (at + 1) & (x->cap - 1))
        if (x->slots[at] == h)
            return true;
    if (x->n >= ASH_SHARES_MAX)
        return true;
    x->slots[at] = h;
    x->n++;
    return add_fresh(x, input, name);
}

bool ash_input_servers_note(ash_input_servers *x, int64_t input, const ash_batch *b)
{
    uint32_t last = ASH_ORIGIN_NONE;
    struct ash_origins_seen *seen = b->n == 0 ? NULL : seen_of(x, b->origins);
    if (b->n > 0 && seen == NULL)
        return false;
    for (size_t i = 0; i < b->n; i++) {
        uint32_t origin = b->events[i].origin;
        if (origin == last)
            continue;
        last = origin;
        uint8_t bit = (uint8_t)(1u << (origin % 8));
        if (seen->bits[origin / 8] & bit)
            continue;
        seen->bits[origin / 8] |= bit;
        if (!add_name(x, input, ash_origins_at(b->origins, origin)->server))
            return false;
    }
    return true;
}

int ash_input_servers_store(ash_input_servers *x, ash_case *c, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < x->n_fresh && rc == 0; i++)
        rc = ash_db_exec(&c->db, err, "INSERT OR IGNORE INTO input_servers VALUES(?, ?)", "iv",
                         x->fresh[i].input, x->fresh[i].name);
    if (rc == 0) {
        x->n_fresh = 0;
        ash_arena_reset(&x->text);
    }
    return rc;
}
