#include "investigate/activity.h"

#include <stdlib.h>
#include <strings.h>

int ash_activity_load(ash_activity *h, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    h->n = ash_actors_count(r->actors);
    h->active = calloc((size_t)h->n + 1, sizeof *h->active);
    if (h->active == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = ash_duck_query(r->duck,
                            "SELECT actor, sum(last_cs - first_cs + 100)::BIGINT FROM session_ "
                            "GROUP BY actor",
                            NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t actor = ash_rows_int(rows, 0);
        if (actor < h->n)
            h->active[actor] = ash_rows_int(rows, 1);
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

void ash_activity_free(ash_activity *h)
{
    free(h->active);
    *h = (ash_activity){0};
}

bool ash_same_client(ash_actor x, ash_actor y)
{
    return ash_view_eq(x.client, y.client) && (x.client.n > 0 || ash_view_eq(x.account, y.account));
}

bool ash_same_workstation(ash_actor x, ash_actor y)
{
    return x.workstation.n > 0 && x.workstation.n == y.workstation.n &&
           strncasecmp(x.workstation.p, y.workstation.p, x.workstation.n) == 0;
}

bool ash_same_machine(ash_actor x, ash_actor y)
{
    return ash_same_client(x, y) &&
           (x.workstation.n == 0 || y.workstation.n == 0 || ash_same_workstation(x, y));
}

bool ash_activity_usual(const ash_activity *h, const ash_reader *r, uint32_t actor)
{
    ash_actor x = ash_actors_at(r->actors, actor);
    int64_t mine = 0, other_best = 0;
    for (uint32_t i = 0; i < h->n; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        if (!ash_view_eq(x.account, y.account))
            continue;
        if (ash_view_eq(x.client, y.client))
            mine += h->active[i];
        else if (h->active[i] > other_best)
            other_best = h->active[i];
    }
    return mine >= other_best;
}
