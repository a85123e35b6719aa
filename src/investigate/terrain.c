#include "investigate/terrain.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

void ash_terrain_free(ash_terrain *t)
{
    free(t->p);
    free(t->table);
    *t = (ash_terrain){0};
}

static uint32_t slot_of(const ash_terrain *t, uint32_t parent, uint64_t hash)
{
    return (uint32_t)((hash ^ parent * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (t->table_size - 1);
}

static void enter(ash_terrain *t, uint32_t place)
{
    uint32_t i = slot_of(t, t->p[place].parent, t->p[place].hash);
    while (t->table[i] != ASH_SPOT_NONE)
        i = (i + 1) & (t->table_size - 1);
    t->table[i] = place;
}

static int grow(ash_terrain *t, ash_error *err)
{
    uint32_t cap = t->cap == 0 ? 1024 : t->cap * 2;
    ash_spot *p = realloc(t->p, cap * sizeof *p);
    if (p == NULL)
        return nomem(err);
    t->p = p;
    uint32_t *table = malloc(2 * (size_t)cap * sizeof *table);
    if (table == NULL)
        return nomem(err);
    free(t->table);
    t->table = table;
    t->table_size = 2 * cap;
    t->cap = cap;
    memset(table, 0xff, t->table_size * sizeof *table);
    for (uint32_t i = 0; i < t->n; i++)
        enter(t, i);
    return 0;
}

static int add(ash_terrain *t, uint32_t parent, uint64_t hash, uint32_t *ret, ash_error *err)
{
    if (t->n == t->cap) {
        int rc = grow(t, err);
        if (rc < 0)
            return rc;
    }
    unsigned depth = parent == ASH_SPOT_NONE ? 0 : t->p[parent].depth + 1u;
    t->p[t->n] = (ash_spot){.hash = hash, .parent = parent, .marked = ASH_SPOT_NONE, .depth = (uint16_t)depth};
    if (parent != ASH_SPOT_NONE)
        t->p[parent].kids++;
    enter(t, t->n);
    *ret = t->n++;
    return 0;
}

int ash_terrain_root(ash_terrain *t, uint32_t *ret, ash_error *err)
{
    return add(t, ASH_SPOT_NONE, t->n, ret, err);
}

int ash_terrain_below(ash_terrain *t, uint32_t parent, ash_view name, uint32_t *ret, ash_error *err)
{
    uint64_t hash = ash_hash64(name.p, name.n, 0);
    for (uint32_t i = slot_of(t, parent, hash); t->table[i] != ASH_SPOT_NONE;
         i = (i + 1) & (t->table_size - 1)) {
        const ash_spot *p = &t->p[t->table[i]];
        if (p->parent == parent && p->hash == hash) {
            *ret = t->table[i];
            return 0;
        }
    }
    if (t->n >= ASH_PLACES_MAX || t->p[parent].depth >= ASH_PLACE_DEPTH_MAX) {
        t->full = true;
        *ret = parent;
        return 0;
    }
    return add(t, parent, hash, ret, err);
}

static int descend(ash_terrain *t, uint32_t root, ash_view text, char a, char b, uint32_t *ret,
                   ash_error *err)
{
    uint32_t at = root;
    while (text.n > 0) {
        size_t n = 0;
        while (n < text.n && text.p[n] != a && text.p[n] != b)
            n++;
        if (n > 0) {
            int rc = ash_terrain_below(t, at, ash_view_first(text, n), &at, err);
            if (rc < 0)
                return rc;
        }
        text = ash_view_skip(text, n + 1);
    }
    *ret = at;
    return 0;
}

int ash_terrain_path(ash_terrain *t, uint32_t root, ash_view path, uint32_t *ret, ash_error *err)
{
    const char *slash = ash_path_slash(path);
    char separator = slash == NULL ? '/' : *slash;
    return descend(t, root, path, separator, separator, ret, err);
}

int ash_terrain_address(ash_terrain *t, uint32_t root, ash_view address, uint32_t *ret, ash_error *err)
{
    return descend(t, root, address, '.', ':', ret, err);
}

void ash_terrain_mark(ash_terrain *t, uint32_t place, uint32_t account)
{
    while (place != ASH_SPOT_NONE && t->p[place].marked != account) {
        ash_spot *p = &t->p[place];
        p->marked = account;
        p->accounts++;
        if (p->parent != ASH_SPOT_NONE)
            t->p[p->parent].kid_accounts++;
        place = p->parent;
    }
}

void ash_terrain_apart(const ash_terrain *t, uint32_t x, uint32_t y, unsigned *ret_x, unsigned *ret_y)
{
    unsigned up_x = 0, up_y = 0;
    while (x != y && x != ASH_SPOT_NONE && y != ASH_SPOT_NONE) {
        if (t->p[x].depth >= t->p[y].depth) {
            x = t->p[x].parent;
            up_x++;
        } else {
            y = t->p[y].parent;
            up_y++;
        }
    }
    *ret_x = up_x;
    *ret_y = up_y;
}
