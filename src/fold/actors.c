#include "fold/actors.h"

#include <stdlib.h>

#include "base/limits.h"
#include "source/origins.h"

/* Each table is an origin table with unused parts left empty. */
struct ash_actors {
    ash_origins *actors;  /* all but share */
    ash_origins *shares;  /* server and share */
    ash_origins *servers; /* server only */
    uint32_t n_actors, n_shares, n_servers;
};

ash_actors *ash_actors_new(void)
{
    ash_actors *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->actors = ash_origins_new();
    a->shares = ash_origins_new();
    a->servers = ash_origins_new();
    if (a->actors == NULL || a->shares == NULL || a->servers == NULL) {
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

int ash_actors_intern(ash_actors *a, const ash_origin *o, ash_ids *ret, bool *ret_overflow,
                      ash_error *err)
{
    ash_origin who = *o;
    who.share = (ash_view){0};
    ash_ids ids = {
        .actor = intern(a->actors, who, UINT32_MAX, &a->n_actors, ret_overflow),
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
                      ? intern(a->actors, *o, UINT32_MAX, &a->n_actors, &overflow)
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

ash_actor ash_actors_at(const ash_actors *a, uint32_t id)
{
    const ash_origin *o = ash_origins_at(a->actors, id);
    return (ash_actor){o->server, o->account, o->client, o->workstation};
}

ash_share ash_shares_at(const ash_actors *a, uint32_t id)
{
    const ash_origin *o = ash_origins_at(a->shares, id);
    return (ash_share){o->server, o->share};
}

ash_view ash_servers_at(const ash_actors *a, uint32_t id)
{
    return ash_origins_at(a->servers, id)->server;
}
