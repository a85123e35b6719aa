#include "investigate/parts.h"

#include <stdlib.h>
#include <string.h>

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

int ash_parts_add(ash_parts *l, ash_part p, ash_error *err)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 8 : l->cap * 2;
        ash_part *x = realloc(l->p, cap * sizeof *x);
        if (x == NULL)
            return nomem(err);
        l->p = x;
        l->cap = cap;
    }
    l->p[l->n++] = p;
    return 0;
}

void ash_parts_free(ash_parts *l)
{
    free(l->p);
    *l = (ash_parts){0};
}

int ash_parts_add_clipped(ash_parts *l, ash_part p, int64_t since, int64_t until, ash_error *err)
{
    if (since != ASH_TIME_NONE && since > p.first) {
        p.first = since;
        p.cut = true;
    }
    if (until != ASH_TIME_NONE && until < p.last) {
        p.last = until;
        p.cut = true;
    }
    return p.first > p.last ? 0 : ash_parts_add(l, p, err);
}

static int compare_parts(const void *a, const void *b)
{
    const ash_part *x = a, *y = b;
    if (x->actor != y->actor)
        return x->actor < y->actor ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* The first of sorted parts whose actor is not below this one. */
static size_t lower_bound(const ash_part *sorted, size_t n, uint32_t actor)
{
    size_t lo = 0;
    while (lo < n) {
        size_t middle = lo + (n - lo) / 2;
        if (sorted[middle].actor < actor)
            lo = middle + 1;
        else
            n = middle;
    }
    return lo;
}

/* Adds what sorted parts leave of p: pieces before, between and behind them. */
static int add_rest(ash_parts *l, ash_part p, const ash_part *sorted, size_t n, ash_error *err)
{
    int rc = 0;
    for (size_t i = lower_bound(sorted, n, p.actor);
         i < n && sorted[i].actor == p.actor && p.first <= p.last && rc == 0; i++) {
        if (sorted[i].last < p.first || sorted[i].first > p.last)
            continue;
        if (sorted[i].first > p.first)
            rc = ash_parts_add_clipped(l, p, ASH_TIME_NONE, sorted[i].first - 1, err);
        p.first = sorted[i].last + 1;
        p.cut = true;
    }
    return rc == 0 && p.first <= p.last ? ash_parts_add(l, p, err) : rc;
}

int ash_parts_subtract(ash_parts *from, const ash_part *away, size_t n, ash_error *err)
{
    ash_parts left = {0};
    ash_part *sorted = malloc((n + 1) * sizeof *sorted);
    if (sorted == NULL)
        return nomem(err);
    int rc = 0;
    if (n > 0)
        memcpy(sorted, away, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_parts);
    for (size_t i = 0; i < from->n && rc == 0; i++)
        rc = add_rest(&left, from->p[i], sorted, n, err);
    free(sorted);
    if (rc < 0) {
        ash_parts_free(&left);
        return rc;
    }
    ash_parts_free(from);
    *from = left;
    return 0;
}

/* --- narrowing --------------------------------------------------------- */

static int make_table(const ash_parts *l, ash_reader *r, ash_error *err)
{
    int64_t *all = malloc((4 * l->n + 1) * sizeof *all);
    if (all == NULL)
        return nomem(err);
    int64_t *number = all, *actor = all + l->n, *from = all + 2 * l->n, *to = all + 3 * l->n;
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (!l->p[i].cut)
            continue;
        number[n] = (int64_t)i;
        actor[n] = l->p[i].actor;
        from[n] = l->p[i].first / ASH_CS_NS;
        to[n++] = l->p[i].last / ASH_CS_NS;
    }
    const ash_column columns[] = {{.name = "number", .type = ASH_COL_I64, .data = number},
                                  {.name = "actor", .type = ASH_COL_I64, .data = actor},
                                  {.name = "from_cs", .type = ASH_COL_I64, .data = from},
                                  {.name = "to_cs", .type = ASH_COL_I64, .data = to}};
    const ash_columns c = {
        .columns = columns, .n_columns = sizeof columns / sizeof columns[0], .n_rows = n};
    int rc = ash_duck_table(r->duck, &c, "piece", err);
    free(all);
    return rc;
}

/* From the first to the last thing recorded in each piece; the principals let
 * most of the accesses be passed over unread. */
static const char recorded_in[] =
    "SELECT number, min(lo)::BIGINT, max(hi)::BIGINT FROM (SELECT w.number, greatest(a.first_cs, "
    "w.from_cs) AS lo, least(a.last_cs, w.to_cs) AS hi FROM a JOIN (SELECT p.*, c.principal FROM "
    "piece p JOIN actor c USING (actor)) w ON a.actor = w.actor AND a.principal = w.principal AND "
    "a.last_cs >= w.from_cs AND a.first_cs <= w.to_cs UNION ALL SELECT p.number, l.time_cs, l.time_cs "
    "FROM logon_ l JOIN piece p ON l.actor = p.actor AND l.time_cs BETWEEN p.from_cs AND p.to_cs) "
    "GROUP BY number";

static void narrow_one(ash_part *p, int64_t first_cs, int64_t last_cs)
{
    int64_t first = first_cs * ASH_CS_NS, last = last_cs * ASH_CS_NS + ASH_CS_NS - 1;
    p->first = first > p->first ? first : p->first;
    p->last = last < p->last ? last : p->last;
    p->cut = false;
}

int ash_parts_narrow(ash_parts *l, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    bool any = false;
    size_t left = 0;
    for (size_t i = 0; i < l->n; i++)
        any = any || l->p[i].cut;
    if (!any)
        return 0;
    int rc = make_table(l, r, err);
    if (rc == 0)
        rc = ash_duck_query(r->duck, recorded_in, NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t i = ash_rows_int(rows, 0);
        if (i >= 0 && (size_t)i < l->n)
            narrow_one(&l->p[i], ash_rows_int(rows, 1), ash_rows_int(rows, 2));
        rc = 0;
    }
    ash_rows_free(rows);
    for (size_t i = 0; i < l->n && rc == 0; i++)
        if (!l->p[i].cut)
            l->p[left++] = l->p[i];
    if (rc == 0)
        l->n = left;
    return rc;
}
