#include "investigate/grow.h"

#include <stdlib.h>

#include "base/limits.h"
#include "investigate/score.h"

typedef struct growing {
    ash_grown *to;
    ash_reader *r;
    const ash_activity *habits;
    ash_map map;
    ash_parts seeds;     /* those given, and what was found since */
    uint32_t *accounts;  /* principals, in the order they were found */
    size_t n_accounts;
    ash_error *err;
} growing;

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

void ash_grown_free(ash_grown *g)
{
    ash_parts_free(&g->parts);
    free(g->judged);
    *g = (ash_grown){0};
}

static void add_account(growing *g, uint32_t principal)
{
    for (size_t i = 0; i < g->n_accounts; i++)
        if (g->accounts[i] == principal)
            return;
    if (g->n_accounts < ASH_GROW_ACCOUNTS_MAX)
        g->accounts[g->n_accounts++] = principal;
}

/* --- one account ------------------------------------------------------- */

/* An actor's visits, summed up. */
typedef struct tally {
    uint32_t visits, probable, possible;
    bool usual;
    double sum;
    int64_t first_cs, last_cs; /* of those that may be the intruder's */
} tally;

static void add_up(tally *by_actor, const ash_visits *v)
{
    for (size_t i = 0; i < v->n; i++) {
        const ash_visit *x = &v->v[i];
        tally *t = &by_actor[x->actor];
        double p = (double)x->probability;
        t->visits++;
        t->usual = x->usual;
        t->sum += p;
        t->probable += p >= ASH_PROBABLE_FROM;
        if (p < ASH_POSSIBLE_FROM)
            continue;
        t->first_cs = t->possible == 0 || x->first_cs < t->first_cs ? x->first_cs : t->first_cs;
        t->last_cs = t->possible == 0 || x->last_cs > t->last_cs ? x->last_cs : t->last_cs;
        t->possible++;
    }
}

/* All from a machine counts where hardly anything from it can be the owner's. */
static bool is_whole(const tally *t)
{
    return t->visits > 0 && !t->usual && 10 * (uint64_t)t->probable >= 9 * (uint64_t)t->visits;
}

static int add_judged(growing *g, const ash_visits *v, const ash_touch *x)
{
    ash_grown *to = g->to;
    const ash_visit *y = &v->v[x->visit];
    if (to->n_judged == to->cap_judged) {
        size_t cap = to->cap_judged == 0 ? 1024 : 2 * to->cap_judged;
        ash_judged *p = realloc(to->judged, cap * sizeof *p);
        if (p == NULL)
            return nomem(g->err);
        to->judged = p;
        to->cap_judged = cap;
    }
    double sum = 0;
    for (int i = 0; i < ASH_TERMS; i++)
        sum += (double)y->terms[i];
    to->judged[to->n_judged++] = (ash_judged){.segment = x->segment,
                                              .row = x->row,
                                              .actor = y->actor,
                                              .at_cs = x->at_cs,
                                              .why = ash_visit_why(y),
                                              .score = (int32_t)(sum * 100),
                                              .standing = (uint8_t)ash_standing_of((double)y->probability)};
    return 0;
}

static int add_life(growing *g, uint32_t actor, int reason, ash_standing standing)
{
    sqlite3_stmt *st;
    ash_part p = {.actor = actor, .reason = reason, .standing = (uint8_t)standing};
    int rc = ash_db_query(&g->r->c->db, &st, g->err,
                          "SELECT first_cs, last_cs FROM actors WHERE id = ? AND first_cs IS NOT NULL", "i",
                          (int64_t)actor);
    if (rc < 0)
        return rc;
    rc = ash_db_step(&g->r->c->db, st, g->err);
    if (rc == 1) {
        p.first = sqlite3_column_int64(st, 0) * ASH_CS_NS;
        p.last = sqlite3_column_int64(st, 1) * ASH_CS_NS + ASH_CS_NS - 1;
        rc = ash_parts_add(&g->to->parts, p, g->err);
    }
    sqlite3_finalize(st);
    return rc;
}

static bool is_seed(const growing *g, uint32_t actor)
{
    for (size_t i = 0; i < g->seeds.n; i++)
        if (ash_same_client(ash_actors_at(g->r->actors, g->seeds.p[i].actor), ash_actors_at(g->r->actors, actor)))
            return true;
    return false;
}

static bool has_part(const growing *g, uint32_t actor)
{
    for (size_t i = 0; i < g->to->parts.n; i++)
        if (g->to->parts.p[i].actor == actor)
            return true;
    return false;
}

/* Other accounts at a machine that is only the intruder's: at the same client, or of
 * the same name elsewhere. Those whose usual client it is are its owners. */
static int follow_machine(growing *g, uint32_t actor)
{
    ash_actor x = ash_actors_at(g->r->actors, actor);
    uint32_t principal = ash_actors_principal(g->r->actors, actor);
    int rc = 0;
    for (uint32_t i = 0; i < ash_actors_count(g->r->actors) && rc == 0; i++) {
        ash_actor y = ash_actors_at(g->r->actors, i);
        uint32_t other = ash_actors_principal(g->r->actors, i);
        bool name = ash_same_workstation(x, y);
        bool client = x.client.n > 0 && ash_same_machine(x, y);
        if ((!client && !name) || (other == principal && !client) || has_part(g, i))
            continue;
        if (other != principal && ash_activity_usual(g->habits, g->r, i))
            continue;
        rc = add_life(g, i, client ? ASH_PART_FOREIGN : ASH_PART_TOOL_MARK, ASH_PROBABLE);
        if (rc == 0 && other != principal && has_part(g, i)) {
            rc = ash_parts_add(&g->seeds, g->to->parts.p[g->to->parts.n - 1], g->err);
            add_account(g, other);
        }
    }
    return rc;
}

/* What the visits of each actor make it: wholly the intruder's, partly, or not. */
static int conclude(growing *g, uint32_t principal, const tally *by_actor, uint8_t *scored)
{
    int rc = 0;
    for (uint32_t i = principal; i < ash_actors_count(g->r->actors) && rc == 0; i++) {
        const tally *t = &by_actor[i];
        if (t->possible == 0)
            continue;
        if (is_whole(t)) {
            bool sure = t->sum >= ASH_CONFIRMED_FROM * t->visits;
            rc = has_part(g, i) ? 0
                                : add_life(g, i, is_seed(g, i) ? ASH_PART_FOREIGN : ASH_PART_LINKED,
                                           sure ? ASH_CONFIRMED : ASH_PROBABLE);
            if (rc == 0)
                rc = follow_machine(g, i);
            continue;
        }
        scored[i] = 1;
        if (!has_part(g, i))
            rc = ash_parts_add(&g->to->parts,
                               (ash_part){.actor = i,
                                          .first = t->first_cs * ASH_CS_NS,
                                          .last = t->last_cs * ASH_CS_NS + ASH_CS_NS - 1,
                                          .reason = ASH_PART_SCORED,
                                          .standing = ASH_PROBABLE,
                                          .scored = true},
                               g->err);
    }
    return rc;
}

static int judge(growing *g, const ash_visits *v, const uint8_t *scored)
{
    int rc = 0;
    for (size_t i = 0; i < v->n_touches && rc == 0; i++) {
        const ash_visit *x = &v->v[v->touches[i].visit];
        if (scored[x->actor] && (double)x->probability >= ASH_POSSIBLE_FROM)
            rc = add_judged(g, v, &v->touches[i]);
    }
    return rc;
}

static int grow_account(growing *g, uint32_t principal)
{
    ash_visits v = {0};
    size_t n = ash_actors_count(g->r->actors);
    tally *by_actor = calloc(n + 1, sizeof *by_actor);
    uint8_t *scored = calloc(n + 1, 1);
    int rc = by_actor == NULL || scored == NULL ? nomem(g->err) : 0;
    if (rc == 0)
        rc = ash_visits_load(&v, &g->map, g->r, principal, g->err);
    if (rc == 0)
        rc = ash_walks_find(&v, &g->map, g->err);
    if (rc == 0)
        rc = ash_score(&v, &g->map, g->seeds.p, g->seeds.n, g->err);
    if (rc == 0) {
        add_up(by_actor, &v);
        g->to->left_out += v.left_out;
        rc = conclude(g, principal, by_actor, scored);
    }
    if (rc == 0)
        rc = judge(g, &v, scored);
    ash_visits_free(&v);
    free(by_actor);
    free(scored);
    return rc;
}

int ash_grow(ash_grown *ret, ash_reader *r, const ash_activity *h, const ash_part *seeds, size_t n_seeds,
             ash_error *err)
{
    uint32_t accounts[ASH_GROW_ACCOUNTS_MAX];
    ash_grown grown = {0};
    growing g = {.to = &grown, .r = r, .habits = h, .accounts = accounts, .err = err};
    int rc = ash_map_make(&g.map, r, err);
    for (size_t i = 0; i < n_seeds && rc == 0; i++) {
        rc = ash_parts_add(&g.seeds, seeds[i], err);
        add_account(&g, ash_actors_principal(r->actors, seeds[i].actor));
    }
    for (size_t i = 0; i < g.n_accounts && rc == 0; i++)
        rc = grow_account(&g, accounts[i]);
    ash_map_free(&g.map);
    ash_parts_free(&g.seeds);
    if (rc < 0)
        ash_grown_free(&grown);
    else
        *ret = grown;
    return rc;
}

/* --- storing ----------------------------------------------------------- */

/* A statement for each of hundreds of thousands would be parsed as often. */
int ash_grown_store(const ash_grown *g, ash_case *c, ash_error *err)
{
    sqlite3_stmt *st;
    if (g->n_judged == 0)
        return 0;
    int rc = ash_db_query(&c->db, &st, err,
                          "INSERT INTO judged_accesses VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                          "standing = excluded.standing, why = excluded.why, score = excluded.score "
                          "WHERE excluded.standing < standing",
                          "");
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < g->n_judged && rc == 0; i++) {
        const ash_judged *j = &g->judged[i];
        const int64_t values[] = {j->segment, j->row, j->actor, j->at_cs, j->standing, j->why, j->score};
        for (int k = 0; k < 7; k++)
            sqlite3_bind_int64(st, k + 1, values[k]);
        rc = ash_db_step(&c->db, st, err);
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    return rc;
}

int ash_judged_sweep(ash_case *c, ash_error *err)
{
    return ash_db_run(&c->db,
                      "DELETE FROM judged_accesses WHERE NOT EXISTS (SELECT 1 FROM track_parts p WHERE "
                      "p.scored <> 0 AND p.actor = judged_accesses.actor AND judged_accesses.first_cs BETWEEN "
                      "p.first / 10000000 AND p.last / 10000000)",
                      err);
}
