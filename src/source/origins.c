#include "source/origins.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"

#define PAGE 1024u
#define PAGES ((ASH_ORIGINS_MAX + 1 + PAGE - 1) / PAGE)

struct ash_origins {
    ash_origin *pages[PAGES];
    uint32_t n;
    uint32_t overflow; /* index of "(too many actors)", or ASH_ORIGIN_NONE */
    uint32_t *slots;   /* open addressing; index + 1, 0 = free */
    uint32_t mask;
    ash_arena arena;
};

ash_origins *ash_origins_new(void)
{
    ash_origins *o = calloc(1, sizeof *o);
    if (o == NULL)
        return NULL;
    o->mask = 1023;
    o->overflow = ASH_ORIGIN_NONE;
    o->slots = calloc(o->mask + 1, sizeof *o->slots);
    if (o->slots == NULL) {
        free(o);
        return NULL;
    }
    ash_arena_init(&o->arena, 0);
    return o;
}

void ash_origins_free(ash_origins *o)
{
    if (o == NULL)
        return;
    for (size_t i = 0; i < PAGES; i++)
        free(o->pages[i]);
    free(o->slots);
    ash_arena_free(&o->arena);
    free(o);
}

const ash_origin *ash_origins_at(const ash_origins *o, uint32_t i)
{
    return &o->pages[i / PAGE][i % PAGE];
}

static uint64_t key_hash(const ash_origin *k)
{
    uint64_t h = ash_hash64(k->server.p, k->server.n, 1);
    h = ash_hash64(k->share.p, k->share.n, h);
    h = ash_hash64(k->account.p, k->account.n, h);
    h = ash_hash64(k->client.p, k->client.n, h);
    return ash_hash64(k->workstation.p, k->workstation.n, h);
}

static bool key_eq(const ash_origin *a, const ash_origin *b)
{
    return ash_view_eq(a->account, b->account) && ash_view_eq(a->client, b->client) &&
           ash_view_eq(a->share, b->share) && ash_view_eq(a->workstation, b->workstation) &&
           ash_view_eq(a->server, b->server);
}

static bool grow(ash_origins *o)
{
    uint32_t mask = o->mask * 2 + 1;
    uint32_t *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < o->n; i++) {
        uint32_t s = (uint32_t)key_hash(ash_origins_at(o, i)) & mask;
        while (slots[s] != 0)
            s = (s + 1) & mask;
        slots[s] = i + 1;
    }
    free(o->slots);
    o->slots = slots;
    o->mask = mask;
    return true;
}

static bool copy_name(ash_origins *o, ash_view in, ash_view *out)
{
    *out = ash_arena_copy(&o->arena, in);
    return out->p != NULL || in.n == 0;
}

static ash_view cut_name(ash_view v)
{
    return ash_view_first(v, ASH_NAME_MAX);
}

static uint32_t append(ash_origins *o, const ash_origin *k, uint32_t slot)
{
    uint32_t i = o->n;
    if (o->pages[i / PAGE] == NULL) {
        o->pages[i / PAGE] = calloc(PAGE, sizeof(ash_origin));
        if (o->pages[i / PAGE] == NULL)
            return ASH_ORIGIN_NONE;
    }
    ash_origin *e = &o->pages[i / PAGE][i % PAGE];
    if (!copy_name(o, k->server, &e->server) || !copy_name(o, k->share, &e->share) ||
        !copy_name(o, k->account, &e->account) || !copy_name(o, k->client, &e->client) ||
        !copy_name(o, k->workstation, &e->workstation))
        return ASH_ORIGIN_NONE;
    o->n++;
    o->slots[slot] = i + 1;
    return i;
}

uint32_t ash_origins_intern(ash_origins *o, const ash_origin *key, bool *ret_overflow)
{
    ash_origin k = {
        .server = cut_name(key->server),
        .share = cut_name(key->share),
        .account = cut_name(key->account),
        .client = cut_name(key->client),
        .workstation = cut_name(key->workstation),
    };
    if ((o->n + 1) * 2 > o->mask && !grow(o))
        return ASH_ORIGIN_NONE;
    uint32_t s = (uint32_t)key_hash(&k) & o->mask;
    for (; o->slots[s] != 0; s = (s + 1) & o->mask)
        if (key_eq(ash_origins_at(o, o->slots[s] - 1), &k))
            return o->slots[s] - 1;
    if (o->n < ASH_ORIGINS_MAX)
        return append(o, &k, s);
    *ret_overflow = true;
    if (o->overflow == ASH_ORIGIN_NONE) {
        ash_origin many = {.account = ASH_VIEW_LIT("(too many actors)")};
        s = (uint32_t)key_hash(&many) & o->mask;
        while (o->slots[s] != 0)
            s = (s + 1) & o->mask;
        o->overflow = append(o, &many, s);
    }
    return o->overflow;
}
