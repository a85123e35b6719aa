#include "investigate/visits.h"

#include <stdio.h>
#include <stdlib.h>

#include "ashiato/access.h"
#include "base/limits.h"

/* A visit ends after so long without an access in its folder. */
#define PAUSE_CS 18000

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

/* --- the map ----------------------------------------------------------- */

struct ash_map_entry {
    uint64_t key; /* share and folder */
    uint32_t place;
};

static uint64_t key_of(int64_t share, int64_t dir)
{
    return (uint64_t)share << 32 | (uint32_t)dir;
}

static int add_known(ash_map *m, uint64_t key, uint32_t place, ash_error *err)
{
    if (m->n_known == m->cap_known) {
        size_t cap = m->cap_known == 0 ? 1024 : 2 * m->cap_known;
        struct ash_map_entry *p = realloc(m->known, cap * sizeof *p);
        if (p == NULL)
            return nomem(err);
        m->known = p;
        m->cap_known = cap;
    }
    m->known[m->n_known++] = (struct ash_map_entry){key, place};
    return 0;
}

/* ASH_SPOT_NONE if it is none of those the map was made of. */
static uint32_t find_known(const ash_map *m, uint64_t key)
{
    size_t lo = 0, hi = m->n_known;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (m->known[middle].key < key)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < m->n_known && m->known[lo].key == key ? m->known[lo].place : ASH_SPOT_NONE;
}

static int share_place(ash_map *m, const ash_reader *r, int64_t share, uint32_t *ret, ash_error *err)
{
    uint32_t server;
    *ret = m->folders;
    if (share < 0 || share >= (int64_t)ash_shares_count(r->actors))
        return 0;
    ash_share s = ash_shares_at(r->actors, (uint32_t)share);
    int rc = ash_terrain_below(&m->places, m->folders, s.server, &server, err);
    return rc == 0 ? ash_terrain_below(&m->places, server, s.name, ret, err) : rc;
}

static int load_folders(ash_map *m, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(
        r->duck,
        "SELECT f.share, f.dir, d.folder FROM (SELECT DISTINCT share, dir FROM folder_activity_ids WHERE "
        "dir IS NOT NULL) f JOIN dir_ d USING (dir) ORDER BY f.share, f.dir",
        NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        uint32_t place;
        rc = share_place(m, r, ash_rows_int(rows, 0), &place, err);
        if (rc == 0)
            rc = ash_terrain_path(&m->places, place, ash_rows_text(rows, 2), &place, err);
        if (rc == 0)
            rc = add_known(m, key_of(ash_rows_int(rows, 0), ash_rows_int(rows, 1)), place, err);
    }
    ash_rows_free(rows);
    return rc;
}

static int count_accounts(ash_map *m, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(
        r->duck,
        "SELECT DISTINCT c.principal, f.share, f.dir FROM folder_activity_ids f JOIN actor c USING (actor) "
        "WHERE f.dir IS NOT NULL AND f.reads + f.opens + f.listings + f.changes > 0 ORDER BY 1, 2, 3",
        NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        uint32_t place = find_known(m, key_of(ash_rows_int(rows, 1), ash_rows_int(rows, 2)));
        if (place != ASH_SPOT_NONE)
            ash_terrain_mark(&m->places, place, (uint32_t)ash_rows_int(rows, 0));
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

typedef struct owned_client {
    uint32_t account, network;
} owned_client;

static int compare_clients(const void *a, const void *b)
{
    const owned_client *x = a, *y = b;
    return x->account < y->account ? -1 : x->account > y->account;
}

static int load_networks(ash_map *m, const ash_reader *r, ash_error *err)
{
    uint32_t n = ash_actors_count(r->actors);
    owned_client *all = malloc(((size_t)n + 1) * sizeof *all);
    m->of_actor = malloc(((size_t)n + 1) * sizeof *m->of_actor);
    m->machine_of = malloc(((size_t)n + 1) * sizeof *m->machine_of);
    int rc = all == NULL || m->of_actor == NULL || m->machine_of == NULL ? nomem(err) : 0;
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        ash_actor x = ash_actors_at(r->actors, i);
        rc = ash_terrain_address(&m->places, m->networks, x.client, &m->of_actor[i], err);
        m->machine_of[i] = m->of_actor[i];
        if (rc == 0 && x.workstation.n > 0)
            rc = ash_terrain_below(&m->places, m->machines, x.workstation, &m->machine_of[i], err);
        all[i] = (owned_client){ash_actors_principal(r->actors, i), m->of_actor[i]};
    }
    if (rc == 0)
        qsort(all, n, sizeof *all, compare_clients);
    for (uint32_t i = 0; i < n && rc == 0; i++)
        ash_terrain_mark(&m->places, all[i].network, all[i].account);
    free(all);
    return rc;
}

int ash_map_make(ash_map *m, ash_reader *r, ash_error *err)
{
    *m = (ash_map){0};
    int rc = ash_terrain_root(&m->places, &m->folders, err);
    if (rc == 0)
        rc = ash_terrain_root(&m->places, &m->networks, err);
    if (rc == 0)
        rc = ash_terrain_root(&m->places, &m->machines, err);
    if (rc == 0)
        rc = load_folders(m, r, err);
    if (rc == 0)
        rc = count_accounts(m, r, err);
    if (rc == 0)
        rc = load_networks(m, r, err);
    if (rc < 0)
        ash_map_free(m);
    return rc;
}

void ash_map_free(ash_map *m)
{
    ash_terrain_free(&m->places);
    free(m->of_actor);
    free(m->machine_of);
    free(m->known);
    *m = (ash_map){0};
}

/* --- visits ------------------------------------------------------------ */

void ash_visits_free(ash_visits *v)
{
    free(v->v);
    free(v->touches);
    *v = (ash_visits){0};
}

typedef struct loading {
    ash_visits *to;
    ash_map *map;
    ash_reader *r;
    ash_zone zone;
    uint32_t *recent;   /* by place: its last visit + 1 */
    uint32_t n_recent;
    struct ash_map_entry *listed; /* places by share and path of listed folders */
    size_t n_listed;
    ash_error *err;
} loading;

static int make_tables(loading *l, uint32_t principal)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "CREATE OR REPLACE TEMP TABLE mine AS SELECT segment, row, actor, share, path, grade, "
             "changes, first_cs FROM a WHERE principal = %u AND (grade >= 40 OR grade = 20 OR changes <> 0) "
             "ORDER BY first_cs, segment, row LIMIT %u",
             principal, ASH_JUDGED_MAX);
    int rc = ash_duck_run(l->r->duck, sql, l->err);
    return rc == 0 ? ash_duck_run(l->r->duck,
                                  "CREATE OR REPLACE TEMP TABLE mine_paths AS SELECT path, dir, name FROM "
                                  "path_ WHERE path IN (SELECT DISTINCT path FROM mine)",
                                  l->err)
                   : rc;
}

static int count_left_out(loading *l, uint32_t principal)
{
    char sql[200];
    ash_rows *rows = NULL;
    if (l->to->n_touches < ASH_JUDGED_MAX)
        return 0;
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM a WHERE principal = %u AND (grade >= 40 OR grade = 20 OR changes <> 0)",
             principal);
    int rc = ash_duck_query(l->r->duck, sql, NULL, 0, &rows, l->err);
    if (rc == 0 && (rc = ash_rows_next(rows, l->err)) == 1) {
        l->to->left_out = ash_rows_int(rows, 0) - (int64_t)l->to->n_touches;
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

static uint32_t place_of_dir(const loading *l, int64_t share, const ash_rows *rows, size_t dir)
{
    uint32_t place = ASH_SPOT_NONE;
    if (!ash_rows_null(rows, dir))
        place = find_known(l->map, key_of(share, ash_rows_int(rows, dir)));
    return place == ASH_SPOT_NONE ? l->map->folders : place;
}

/* A folder that is listed is the place itself; for all else it is where it lies. */
static int load_listed(loading *l)
{
    ash_rows *rows = NULL;
    size_t cap = 0;
    int rc = ash_duck_query(l->r->duck,
                            "SELECT DISTINCT m.share, m.path, p.dir, p.name FROM mine m JOIN mine_paths p "
                            "USING (path) WHERE m.grade = 40 ORDER BY m.share, m.path",
                            NULL, 0, &rows, l->err);
    while (rc == 0 && (rc = ash_rows_next(rows, l->err)) == 1) {
        if (l->n_listed == cap) {
            cap = cap == 0 ? 256 : cap * 2;
            struct ash_map_entry *p = realloc(l->listed, cap * sizeof *p);
            if (p == NULL) {
                rc = nomem(l->err);
                break;
            }
            l->listed = p;
        }
        struct ash_map_entry *e = &l->listed[l->n_listed++];
        int64_t share = ash_rows_int(rows, 0);
        e->key = key_of(share, ash_rows_int(rows, 1));
        rc = ash_terrain_below(&l->map->places, place_of_dir(l, share, rows, 2), ash_rows_text(rows, 3),
                              &e->place, l->err);
    }
    ash_rows_free(rows);
    return rc;
}

static uint32_t listed_place(const loading *l, uint64_t key)
{
    const ash_map by_path = {.known = l->listed, .n_known = l->n_listed};
    return find_known(&by_path, key);
}

static int room_for_one(loading *l, uint32_t place)
{
    ash_visits *v = l->to;
    if (v->n == v->cap) {
        size_t cap = v->cap == 0 ? 1024 : v->cap * 2;
        ash_visit *p = realloc(v->v, cap * sizeof *p);
        if (p == NULL)
            return nomem(l->err);
        v->v = p;
        v->cap = cap;
    }
    if (v->n_touches == v->cap_touches) {
        size_t cap = v->cap_touches == 0 ? 4096 : v->cap_touches * 2;
        ash_touch *p = realloc(v->touches, cap * sizeof *p);
        if (p == NULL)
            return nomem(l->err);
        v->touches = p;
        v->cap_touches = cap;
    }
    if (place >= l->n_recent) {
        uint32_t n = l->map->places.n;
        uint32_t *p = realloc(l->recent, n * sizeof *p);
        if (p == NULL)
            return nomem(l->err);
        memset(p + l->n_recent, 0, (n - l->n_recent) * sizeof *p);
        l->recent = p;
        l->n_recent = n;
    }
    return 0;
}

static ash_visit *visit_at(loading *l, uint32_t place, uint32_t actor, int64_t at_cs)
{
    uint32_t last = l->recent[place];
    ash_visit *v = last == 0 ? NULL : &l->to->v[last - 1];
    if (v != NULL && v->actor == actor && at_cs - v->last_cs <= PAUSE_CS)
        return v;
    int64_t local = at_cs / 100 + ash_zone_offset(&l->zone, at_cs / 100);
    v = &l->to->v[l->to->n++];
    l->recent[place] = (uint32_t)l->to->n;
    *v = (ash_visit){.first_cs = at_cs,
                     .actor = actor,
                     .machine = l->map->machine_of[actor],
                     .place = place,
                     .network = l->map->of_actor[actor],
                     .day = (int32_t)(local / 86400),
                     .hour = (uint8_t)(local / 3600 % 24),
                     .walk = 1};
    return v;
}

static int add_access(loading *l, const ash_rows *rows)
{
    uint32_t actor = (uint32_t)ash_rows_int(rows, 2);
    int64_t share = ash_rows_int(rows, 3), grade = ash_rows_int(rows, 5), at = ash_rows_int(rows, 7);
    uint32_t place = grade == ASH_GRADE_LISTED ? listed_place(l, key_of(share, ash_rows_int(rows, 4)))
                                               : place_of_dir(l, share, rows, 8);
    if (place == ASH_SPOT_NONE)
        place = l->map->folders;
    int rc = actor < ash_actors_count(l->r->actors) ? room_for_one(l, place) : 0;
    if (rc < 0 || actor >= ash_actors_count(l->r->actors))
        return rc;
    ash_visit *v = visit_at(l, place, actor, at);
    v->last_cs = at;
    v->accesses++;
    v->reads += grade >= ASH_GRADE_OPENED;
    v->changes += ash_rows_int(rows, 6) != 0;
    v->listed = v->listed || grade == ASH_GRADE_LISTED;
    l->to->touches[l->to->n_touches++] = (ash_touch){.at_cs = at,
                                                     .segment = (uint32_t)ash_rows_int(rows, 0),
                                                     .row = (uint32_t)ash_rows_int(rows, 1),
                                                     .visit = (uint32_t)(v - l->to->v)};
    return 0;
}

static int add_accesses(loading *l)
{
    ash_rows *rows = NULL;
    /* Of what began at the same time the folder above comes first. */
    int rc = ash_duck_query(l->r->duck,
                            "SELECT m.*, p.dir FROM mine m JOIN mine_paths p USING (path) ORDER BY m.first_cs, "
                            "m.segment, m.row",
                            NULL, 0, &rows, l->err);
    while (rc == 0 && (rc = ash_rows_next(rows, l->err)) == 1)
        rc = add_access(l, rows);
    ash_rows_free(rows);
    return rc;
}

int ash_visits_load(ash_visits *ret, ash_map *m, ash_reader *r, uint32_t principal, ash_error *err)
{
    loading l = {.to = ret, .map = m, .r = r, .zone = r->c->zone, .err = err};
    *ret = (ash_visits){0};
    int rc = make_tables(&l, principal);
    if (rc == 0)
        rc = load_listed(&l);
    if (rc == 0)
        rc = add_accesses(&l);
    if (rc == 0)
        rc = count_left_out(&l, principal);
    free(l.recent);
    free(l.listed);
    if (rc < 0)
        ash_visits_free(ret);
    return rc;
}
