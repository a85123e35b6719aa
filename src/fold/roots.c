#include "fold/roots.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"
#include "base/limits.h"

/* Longer ones than Windows makes are not kept. */
#define PATH_BYTES 1024u

void ash_roots_free(ash_roots *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        free((void *)(uintptr_t)r->list[i].path.p);
    free(r->list);
    free(r->slots);
    free(r->by_share);
    *r = (ash_roots){0};
}

static size_t lower(char out[PATH_BYTES], ash_view path)
{
    size_t n = path.n < PATH_BYTES ? path.n : PATH_BYTES;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)path.p[i]);
    return n;
}

static bool equal(const ash_root *r, uint32_t server, ash_view path)
{
    return r->server == server && r->path.n == path.n && strncasecmp(r->path.p, path.p, path.n) == 0;
}

/* The slot of this place, or the free one where it belongs. */
static uint32_t *slot_of(const ash_roots *r, uint32_t server, ash_view path, uint64_t hash)
{
    uint32_t s = (uint32_t)(hash >> 20) & r->mask;
    while (r->slots[s] != 0 && !equal(&r->list[r->slots[s] - 1], server, path))
        s = (s + 1) & r->mask;
    return &r->slots[s];
}

static uint64_t hash_of(uint32_t server, const char *lowered, size_t n)
{
    return ash_hash64(lowered, n, server);
}

static void place(ash_roots *r, uint32_t i)
{
    char low[PATH_BYTES];
    ash_root *x = &r->list[i];
    size_t n = lower(low, x->path);
    uint32_t *slot = slot_of(r, x->server, x->path, hash_of(x->server, low, n));
    x->next = *slot;
    *slot = i + 1;
}

static bool grow(ash_roots *r)
{
    uint32_t cap = r->cap == 0 ? 16 : r->cap * 2;
    ash_root *list = realloc(r->list, cap * sizeof *list);
    if (list == NULL)
        return false;
    r->list = list;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(r->slots);
    r->slots = slots;
    r->mask = cap * 2 - 1;
    r->cap = cap;
    for (uint32_t i = 0; i < r->n; i++)
        place(r, i);
    return true;
}

static bool know_share(ash_roots *r, uint32_t share)
{
    if (share >= r->cap_share) {
        uint32_t cap = r->cap_share == 0 ? 64 : r->cap_share;
        while (cap <= share)
            cap *= 2;
        uint32_t *p = realloc(r->by_share, cap * sizeof *p);
        if (p == NULL)
            return false;
        memset(p + r->cap_share, 0, (cap - r->cap_share) * sizeof *p);
        r->by_share = p;
        r->cap_share = cap;
    }
    return true;
}

const ash_root *ash_roots_of(const ash_roots *r, uint32_t share)
{
    return share < r->cap_share && r->by_share[share] != 0 ? &r->list[r->by_share[share] - 1] : NULL;
}

static bool is_known(const ash_roots *r, uint32_t server, uint32_t share, ash_view path)
{
    char low[PATH_BYTES];
    const ash_root *newest = ash_roots_of(r, share);
    if (newest != NULL && ash_view_eq(newest->path, path))
        return true;
    if (r->n == 0)
        return false;
    size_t n = lower(low, path);
    for (uint32_t i = *slot_of(r, server, path, hash_of(server, low, n)); i != 0; i = r->list[i - 1].next)
        if (r->list[i - 1].share == share)
            return true;
    return false;
}

ash_roots_result ash_roots_learn(ash_roots *r, uint32_t server, uint32_t share, bool admin,
                                 ash_view path)
{
    if (path.n == 0 || is_known(r, server, share, path))
        return ASH_ROOTS_KNOWN;
    if (r->n == ASH_ROOTS_MAX || path.n > PATH_BYTES)
        return ASH_ROOTS_FULL;
    char *copy = malloc(path.n);
    if (copy == NULL || !know_share(r, share) || (r->n == r->cap && !grow(r))) {
        free(copy);
        return ASH_ROOTS_NOMEM;
    }
    memcpy(copy, path.p, path.n);
    r->list[r->n] = (ash_root){.server = server, .share = share, .admin = admin, .path = {copy, path.n}};
    place(r, r->n++);
    r->by_share[share] = r->n;
    return ASH_ROOTS_ADDED;
}

static const ash_root *at(const ash_roots *r, uint32_t server, ash_view path, const char *low, size_t n,
                          uint32_t admin_share)
{
    ash_view place_path = ash_view_first(path, n);
    for (uint32_t i = *slot_of(r, server, place_path, hash_of(server, low, n)); i != 0; i = r->list[i - 1].next)
        if (!r->list[i - 1].admin || r->list[i - 1].share == admin_share)
            return &r->list[i - 1];
    return NULL;
}

const ash_root *ash_roots_above(const ash_roots *r, uint32_t server, ash_view path,
                                uint32_t admin_share)
{
    char low[PATH_BYTES];
    if (r->n == 0 || path.n == 0)
        return NULL;
    size_t n = lower(low, path);
    const ash_root *found = path.n <= PATH_BYTES ? at(r, server, path, low, n, admin_share) : NULL;
    while (found == NULL && n > 0) {
        n--;
        if (low[n] != '\\')
            continue;
        /* "D:\" has its separator, "D:\Shares" has not. */
        found = at(r, server, path, low, n + 1, admin_share);
        if (found == NULL)
            found = at(r, server, path, low, n, admin_share);
    }
    return found;
}

bool ash_roots_below(const ash_root *root, ash_view path, ash_view *ret)
{
    if (path.n < root->path.n || strncasecmp(path.p, root->path.p, root->path.n) != 0)
        return false;
    ash_view rest = ash_view_skip(path, root->path.n);
    bool whole = root->path.p[root->path.n - 1] == '\\';
    if (rest.n > 0 && !whole && rest.p[0] != '\\')
        return false;
    *ret = rest.n > 0 && !whole ? ash_view_skip(rest, 1) : rest;
    return true;
}

/* --- state ------------------------------------------------------------- */

void ash_roots_save(const ash_roots *r, ash_buf *b)
{
    ash_put_u32(b, r->n);
    for (uint32_t i = 0; i < r->n; i++) {
        ash_put_u32(b, r->list[i].server);
        ash_put_u32(b, r->list[i].share);
        ash_put_u8(b, r->list[i].admin);
        ash_put_bytes(b, r->list[i].path);
    }
}

bool ash_roots_load(ash_roots *r, uint32_t n_shares, ash_cursor *c)
{
    uint32_t n = ash_get_u32(c);
    for (uint32_t i = 0; i < n && !c->failed; i++) {
        uint32_t server = ash_get_u32(c), share = ash_get_u32(c);
        bool admin = ash_get_u8(c) != 0;
        ash_view path = ash_get_bytes(c, PATH_BYTES);
        if (c->failed || share >= n_shares ||
            ash_roots_learn(r, server, share, admin, path) != ASH_ROOTS_ADDED)
            return false;
    }
    return !c->failed;
}
