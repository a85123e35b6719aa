#include "fold/logons.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"

/* Records of one moment may be written a little out of order. */
#define SLACK (60 * ASH_NS_PER_S)

typedef struct restart {
    uint32_t server;
    int64_t time;
} restart;

struct ash_logons {
    ash_logon_entry *entries;
    uint32_t n, cap;
    uint32_t *slots; /* index + 1; several entries may have one key */
    uint32_t mask;
    restart *restarts;
    uint32_t n_restarts, cap_restarts;
    int64_t latest_restart; /* of all servers */
    uint64_t forgotten;
};

ash_logons *ash_logons_new(void)
{
    ash_logons *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->mask = 255;
    l->latest_restart = INT64_MIN;
    l->slots = calloc(l->mask + 1, sizeof *l->slots);
    if (l->slots == NULL) {
        free(l);
        return NULL;
    }
    return l;
}

void ash_logons_free(ash_logons *l)
{
    if (l == NULL)
        return;
    free(l->entries);
    free(l->slots);
    free(l->restarts);
    free(l);
}

uint64_t ash_logons_forgotten(const ash_logons *l)
{
    return l->forgotten;
}

static uint32_t home(const ash_logons *l, const ash_logon_key *k)
{
    uint64_t h = (k->logon_id ^ (uint64_t)k->server << 40) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32) & l->mask;
}

static bool same_account(const ash_logon_key *a, const ash_logon_key *b)
{
    if (a->account_id != 0 && b->account_id != 0)
        return a->account_id == b->account_id;
    return a->account_name == b->account_name;
}

static bool restarted_between(const ash_logons *l, uint32_t server, int64_t a, int64_t b)
{
    if (a >= l->latest_restart)
        return false;
    for (uint32_t i = 0; i < l->n_restarts; i++)
        if (l->restarts[i].server == server && l->restarts[i].time > a && l->restarts[i].time <= b)
            return true;
    return false;
}

static bool reaches(const ash_logons *l, const ash_logon_entry *e, int64_t t)
{
    if (t < e->first)
        return !restarted_between(l, e->key.server, t, e->first);
    return t <= e->last || !restarted_between(l, e->key.server, e->last, t);
}

/* Of two sessions that could be meant: the later one that had begun by t, else
 * the one that began first. */
static bool better(const ash_logon_entry *a, const ash_logon_entry *b, int64_t t)
{
    bool a_began = a->first <= t + SLACK, b_began = b->first <= t + SLACK;
    if (a_began != b_began)
        return a_began;
    return a_began ? a->first > b->first : a->first < b->first;
}

ash_logon_entry *ash_logons_find(ash_logons *l, const ash_logon_key *k, int64_t t)
{
    ash_logon_entry *best = NULL;
    for (uint32_t s = home(l, k); l->slots[s] != 0; s = (s + 1) & l->mask) {
        ash_logon_entry *e = &l->entries[l->slots[s] - 1];
        if (e->key.logon_id == k->logon_id && e->key.server == k->server &&
            same_account(&e->key, k) && reaches(l, e, t) && (best == NULL || better(e, best, t)))
            best = e;
    }
    if (best == NULL)
        return NULL;
    best->first = t < best->first ? t : best->first;
    best->last = t > best->last ? t : best->last;
    return best;
}

static void place(ash_logons *l, uint32_t i)
{
    uint32_t s = home(l, &l->entries[i].key);
    while (l->slots[s] != 0)
        s = (s + 1) & l->mask;
    l->slots[s] = i + 1;
}

static void place_all(ash_logons *l)
{
    memset(l->slots, 0, ((size_t)l->mask + 1) * sizeof *l->slots);
    for (uint32_t i = 0; i < l->n; i++)
        place(l, i);
}

static bool grow(ash_logons *l)
{
    uint32_t cap = l->cap == 0 ? 128 : l->cap * 2;
    ash_logon_entry *entries = realloc(l->entries, cap * sizeof *entries);
    if (entries == NULL)
        return false;
    l->entries = entries;
    l->cap = cap;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(l->slots);
    l->slots = slots;
    l->mask = cap * 2 - 1;
    place_all(l);
    return true;
}

static int by_last(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool forget_half(ash_logons *l)
{
    int64_t *times = malloc(l->n * sizeof *times);
    if (times == NULL)
        return false;
    for (uint32_t i = 0; i < l->n; i++)
        times[i] = l->entries[i].last;
    qsort(times, l->n, sizeof *times, by_last);
    int64_t limit = times[l->n / 2];
    free(times);
    uint32_t kept = 0, may_go = l->n / 2 + 1;
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->entries[i].last <= limit && may_go > 0)
            may_go--;
        else
            l->entries[kept++] = l->entries[i];
    }
    l->forgotten += l->n - kept;
    l->n = kept;
    place_all(l);
    return true;
}

ash_logon_entry *ash_logons_add(ash_logons *l, const ash_logon_key *k, int64_t t)
{
    if (l->n == l->cap && !(l->cap < ASH_LOGONS_MAX ? grow(l) : forget_half(l)))
        return NULL;
    l->entries[l->n] = (ash_logon_entry){.key = *k,
                                         .first = t,
                                         .last = t,
                                         .actor = ASH_ID_NONE,
                                         .pending = ASH_ID_NONE,
                                         .share = ASH_ID_NONE};
    place(l, l->n);
    return &l->entries[l->n++];
}

bool ash_logons_restart(ash_logons *l, uint32_t server, int64_t t)
{
    if (l->n_restarts == ASH_RESTARTS_MAX) {
        memmove(l->restarts, l->restarts + ASH_RESTARTS_MAX / 2,
                ASH_RESTARTS_MAX / 2 * sizeof *l->restarts);
        l->n_restarts = ASH_RESTARTS_MAX / 2;
    }
    if (l->n_restarts == l->cap_restarts) {
        uint32_t cap = l->cap_restarts == 0 ? 16 : l->cap_restarts * 2;
        restart *p = realloc(l->restarts, cap * sizeof *p);
        if (p == NULL)
            return false;
        l->restarts = p;
        l->cap_restarts = cap;
    }
    l->restarts[l->n_restarts++] = (restart){server, t};
    l->latest_restart = t > l->latest_restart ? t : l->latest_restart;
    return true;
}

/* --- state ------------------------------------------------------------- */

void ash_logons_save(const ash_logons *l, ash_buf *b)
{
    ash_put_u64(b, l->forgotten);
    ash_put_u32(b, l->n_restarts);
    for (uint32_t i = 0; i < l->n_restarts; i++) {
        ash_put_u32(b, l->restarts[i].server);
        ash_put_i64(b, l->restarts[i].time);
    }
    ash_put_u32(b, l->n);
    for (uint32_t i = 0; i < l->n; i++) {
        const ash_logon_entry *e = &l->entries[i];
        ash_put_u32(b, e->key.server);
        ash_put_u64(b, e->key.logon_id);
        ash_put_u64(b, e->key.account_id);
        ash_put_u64(b, e->key.account_name);
        ash_put_i64(b, e->first);
        ash_put_i64(b, e->last);
        ash_put_u32(b, e->actor);
        ash_put_u32(b, e->pending);
        ash_put_u32(b, e->share);
    }
}

static bool is_actor(uint32_t id, uint32_t n)
{
    return id < n || id == ASH_ID_NONE;
}

bool ash_logons_load(ash_logons *l, uint32_t n_actors, ash_cursor *c)
{
    l->forgotten = ash_get_u64(c);
    uint32_t n = ash_get_u32(c);
    for (uint32_t i = 0; i < n && !c->failed; i++) {
        uint32_t server = ash_get_u32(c);
        int64_t t = ash_get_i64(c);
        if (n > ASH_RESTARTS_MAX || !ash_logons_restart(l, server, t))
            return false;
    }
    n = ash_get_u32(c);
    for (uint32_t i = 0; i < n && !c->failed; i++) {
        ash_logon_key k = {.server = ash_get_u32(c)};
        k.logon_id = ash_get_u64(c);
        k.account_id = ash_get_u64(c);
        k.account_name = ash_get_u64(c);
        int64_t first = ash_get_i64(c);
        ash_logon_entry *e = n > ASH_LOGONS_MAX ? NULL : ash_logons_add(l, &k, first);
        if (e == NULL)
            return false;
        e->last = ash_get_i64(c);
        e->actor = ash_get_u32(c);
        e->pending = ash_get_u32(c);
        e->share = ash_get_u32(c);
        if (!is_actor(e->actor, n_actors) || !is_actor(e->pending, n_actors))
            return false;
    }
    return !c->failed;
}
