#include "fold/actors.h"

#include <stdlib.h>

#include "base/limits.h"
#include "source/origins.h"

/* The actor one stands for, ASH_ID_NONE: itself; and whether one stands for it. */
typedef struct binding {
    uint32_t to;
    bool stood_for;
} binding;

/* Each table is an origin table with unused parts left empty. */
struct ash_actors {
    ash_origins *actors;  /* all but share */
    ash_origins *shares;  /* server and share */
    ash_origins *servers; /* server only */
    ash_origins *accounts; /* account only */
    uint32_t *account_first; /* per account: its first actor */
    uint32_t *principal;     /* per actor */
    binding *bound;          /* per actor */
    uint32_t cap;            /* of all three */
    uint32_t *fresh;         /* bound, not taken yet */
    uint32_t n_fresh, cap_fresh;
    uint32_t n_actors, n_shares, n_servers, n_accounts;
};

ash_actors *ash_actors_new(void)
{
    ash_actors *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->actors = ash_origins_new();
    a->shares = ash_origins_new();
    a->servers = ash_origins_new();
    a->accounts = ash_origins_new();
    if (a->actors == NULL || a->shares == NULL || a->servers == NULL || a->accounts == NULL) {
        ash_actors_free(a);
        return NULL;
    }
    return a;
}

void ash_actors_free(ash_actors *a)
{
    if (a == NULL)
        return;
    ash_origins_free(a->actors);
    ash_origins_free(a->shares);
    ash_origins_free(a->servers);
    ash_origins_free(a->accounts);
    free(a->account_first);
    free(a->principal);
    free(a->bound);
    free(a->fresh);
    free(a);
}

static uint32_t intern(ash_origins *table, ash_origin key, uint32_t max, uint32_t *count,
                       bool *ret_overflow)
{
    uint32_t id = ash_origins_intern(table, &key, ret_overflow);
    if (id == ASH_ORIGIN_NONE)
        return id;
    if (id >= max) {
        id = max - 1;
        *ret_overflow = true;
    }
    if (id >= *count)
        *count = id + 1;
    return id;
}

static bool reserve(ash_actors *a, uint32_t n)
{
    if (n <= a->cap)
        return true;
    uint32_t cap = a->cap == 0 ? 256 : a->cap * 2;
    cap = cap < n ? n : cap;
    uint32_t *first = realloc(a->account_first, cap * sizeof *first);
    if (first != NULL)
        a->account_first = first;
    uint32_t *principal = realloc(a->principal, cap * sizeof *principal);
    if (principal != NULL)
        a->principal = principal;
    binding *bound = realloc(a->bound, cap * sizeof *bound);
    if (bound != NULL)
        a->bound = bound;
    if (first == NULL || principal == NULL || bound == NULL)
        return false;
    a->cap = cap;
    return true;
}

static uint32_t intern_actor(ash_actors *a, const ash_origin *who, bool *ret_overflow)
{
    uint32_t before = a->n_actors;
    uint32_t id = intern(a->actors, *who, UINT32_MAX, &a->n_actors, ret_overflow);
    if (id == ASH_ORIGIN_NONE || id < before)
        return id;
    /* Actors are never fewer than accounts: as many places do for both. */
    bool overflow = false;
    uint32_t account = ash_origins_intern(a->accounts, &(ash_origin){.account = who->account}, &overflow);
    if (account == ASH_ORIGIN_NONE || !reserve(a, account >= id ? account + 1 : id + 1))
        return ASH_ORIGIN_NONE;
    if (account >= a->n_accounts) {
        a->n_accounts = account + 1;
        a->account_first[account] = id;
    }
    a->principal[id] = a->account_first[account];
    a->bound[id] = (binding){.to = ASH_ID_NONE};
    return id;
}

int ash_actors_intern(ash_actors *a, const ash_origin *o, ash_ids *ret, bool *ret_overflow,
                      ash_error *err)
{
    ash_origin who = *o;
    who.share = (ash_view){0};
    ash_ids ids = {
        .actor = intern_actor(a, &who, ret_overflow),
        .share = intern(a->shares, (ash_origin){.server = o->server, .share = o->share},
                        ASH_SHARES_MAX, &a->n_shares, ret_overflow),
        .server = intern(a->servers, (ash_origin){.server = o->server}, ASH_SHARES_MAX,
                         &a->n_servers, ret_overflow),
    };
    if (ids.actor == ASH_ORIGIN_NONE || ids.share == ASH_ORIGIN_NONE ||
        ids.server == ASH_ORIGIN_NONE)
        return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for actors");
    *ret = ids;
    return 0;
}

int ash_actors_restore(ash_actors *a, const ash_origin *o, ash_actors_table t, ash_error *err)
{
    bool overflow = false;
    uint32_t id = t == ASH_TABLE_ACTORS
                      ? intern_actor(a, o, &overflow)
                  : t == ASH_TABLE_SHARES
                      ? intern(a->shares, *o, ASH_SHARES_MAX, &a->n_shares, &overflow)
                      : intern(a->servers, *o, ASH_SHARES_MAX, &a->n_servers, &overflow);
    return id == ASH_ORIGIN_NONE ? ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for actors") : 0;
}

uint32_t ash_actors_count(const ash_actors *a)
{
    return a->n_actors;
}

uint32_t ash_shares_count(const ash_actors *a)
{
    return a->n_shares;
}

uint32_t ash_servers_count(const ash_actors *a)
{
    return a->n_servers;
}

static bool mark_fresh(ash_actors *a, uint32_t id)
{
    if (a->n_fresh == a->cap_fresh) {
        uint32_t cap = a->cap_fresh == 0 ? 64 : a->cap_fresh * 2;
        uint32_t *p = realloc(a->fresh, cap * sizeof *p);
        if (p == NULL)
            return false;
        a->fresh = p;
        a->cap_fresh = cap;
    }
    a->fresh[a->n_fresh++] = id;
    return true;
}

void ash_actors_bind(ash_actors *a, uint32_t id, uint32_t to)
{
    for (uint32_t x = to; x != ASH_ID_NONE; x = a->bound[x].to)
        if (x == id)
            return; /* it would stand for itself */
    if (!mark_fresh(a, id))
        return; /* it stays a session without a known client */
    /* What stands for this one has another text now, too. */
    for (uint32_t x = 0; a->bound[id].stood_for && x < a->n_actors; x++)
        if (a->bound[x].to == id)
            mark_fresh(a, x);
    a->bound[id].to = to;
    a->bound[to].stood_for = true;
}

uint32_t ash_actors_take_bound(ash_actors *a)
{
    return a->n_fresh == 0 ? ASH_ID_NONE : a->fresh[--a->n_fresh];
}

ash_actor ash_actors_at(const ash_actors *a, uint32_t id)
{
    while (id < a->n_actors && a->bound[id].to != ASH_ID_NONE)
        id = a->bound[id].to;
    return ash_actors_original(a, id);
}

ash_actor ash_actors_original(const ash_actors *a, uint32_t id)
{
    if (id >= a->n_actors)
        return (ash_actor){0};
    const ash_origin *o = ash_origins_at(a->actors, id);
    return (ash_actor){o->server, o->account, o->client, o->workstation};
}

uint32_t ash_actors_principal(const ash_actors *a, uint32_t id)
{
    return a->principal[id];
}

ash_share ash_shares_at(const ash_actors *a, uint32_t id)
{
    if (id >= a->n_shares)
        return (ash_share){0};
    const ash_origin *o = ash_origins_at(a->shares, id);
    return (ash_share){o->server, o->share};
}

ash_view ash_servers_at(const ash_actors *a, uint32_t id)
{
    return id < a->n_servers ? ash_origins_at(a->servers, id)->server : (ash_view){0};
}
