/* Joining Windows records: an object record (4663) names a logon id instead of
 * a client, and a place on the server's disk instead of a share. Both are found
 * from other records: logons (4624), and share records (5140, 5145), which have
 * a client and the share's folder. Handles tie 4656, 4663, 4658 and 4660. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/view.h"
#include "fold/fold_internal.h"
#include "fold/grade.h"
#include "fold/logons.h"
#include "fold/roots.h"

/* Sessions of the server itself: SYSTEM, LOCAL SERVICE, NETWORK SERVICE. */
#define FIRST_OWN 0x3e3u
#define LAST_OWN 0x3e7u
/* Further back than records are ever out of order. */
#define BACKWARDS (60 * ASH_NS_PER_S)
/* Sessions of one account and number that are told apart. */
#define SESSIONS_MAX 16u

typedef struct handle_slot {
    uint64_t key;  /* 0: free */
    uint64_t open; /* key of the open access */
    uint32_t i;    /* its place */
} handle_slot;

struct ash_join {
    ash_logons *logons;
    uint32_t n_pending;
    ash_roots roots;
    handle_slot *handles;
    uint64_t *folders; /* open addressing; 0: free */
    uint32_t n_folders, mask;
    char *path; /* of an event, put together */
};

void ash_join_free(ash_join *j)
{
    if (j == NULL)
        return;
    ash_logons_free(j->logons);
    ash_roots_free(&j->roots);
    free(j->handles);
    free(j->folders);
    free(j->path);
    free(j);
}

static bool begin(ash_fold *f)
{
    if (f->join != NULL)
        return true;
    ash_join *j = calloc(1, sizeof *j);
    if (j == NULL)
        return false;
    j->mask = 1023;
    j->logons = ash_logons_new();
    j->handles = calloc(ASH_HANDLES, sizeof *j->handles);
    j->folders = calloc(j->mask + 1, sizeof *j->folders);
    j->path = malloc(2 * ASH_PATH_MAX);
    if (j->logons == NULL || j->handles == NULL || j->folders == NULL || j->path == NULL) {
        ash_join_free(j);
        return false;
    }
    f->join = j;
    return true;
}

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for joining records");
}

/* --- who --------------------------------------------------------------- */

static int intern(ash_fold *f, const ash_origin *o, ash_ids *ret, ash_error *err)
{
    bool overflow = false;
    int rc = ash_actors_intern(f->actors, o, ret, &overflow, err);
    return rc == 0 && ash_fold_reserve(f, *ret) < 0 ? nomem(err) : rc;
}

static ash_logon_key key_of(const ash_windows *w, ash_ids ids)
{
    return (ash_logon_key){ids.server, w->logon_id, w->account_id, w->account_name};
}

static ash_logon_entry *add_logon(ash_fold *f, const ash_logon_key *k, int64_t t)
{
    ash_logon_entry *l = ash_logons_add(f->join->logons, k, t);
    f->stats.lost_logons = ash_logons_forgotten(f->join->logons);
    return l;
}

static ash_logon_entry *entry_of(ash_fold *f, const ash_event *e, ash_ids ids, int64_t t)
{
    ash_logon_key k = key_of(e->windows, ids);
    ash_logon_entry *l = ash_logons_find(f->join->logons, &k, t);
    return l != NULL ? l : add_logon(f, &k, t);
}

static void learn_actor(ash_fold *f, ash_logon_entry *l, uint32_t actor)
{
    l->actor = actor;
    if (l->pending != ASH_ID_NONE && l->pending != actor)
        ash_actors_bind(f->actors, l->pending, actor);
    l->pending = ASH_ID_NONE;
}

/* Where no address is stated, a client is its workstation's name. */
static bool has_address(ash_actor a)
{
    return a.client.n > 0 && !ash_view_eq(a.client, a.workstation);
}

/* 4624: what it states holds, but an address that a share record stated is
 * kept where the logon has none. */
static int on_logon(ash_fold *f, const ash_event *e, ash_ids ids, int64_t t, ash_error *err)
{
    ash_logon_key k = key_of(e->windows, ids);
    ash_logon_entry *l = ash_logons_find(f->join->logons, &k, t);
    ash_actor here = ash_actors_at(f->actors, ids.actor);
    /* The same number logged on again: it was given anew, whatever is not in the log. */
    if (l != NULL && l->actor != ASH_ID_NONE && l->actor != ids.actor && t > l->first &&
        has_address(here))
        l = NULL;
    if (l == NULL)
        l = add_logon(f, &k, t);
    if (l == NULL)
        return nomem(err);
    if (l->actor != ASH_ID_NONE && !has_address(here))
        return 0;
    learn_actor(f, l, ids.actor);
    return 0;
}

/* An actor of its own for a session whose logon was not met, which may still
 * name it. stated: the client, "" where nothing states it. */
static int make_pending(ash_fold *f, const ash_event *e, ash_ids *ids, ash_logon_entry *l,
                        ash_view stated, ash_error *err)
{
    char mark[64];
    ash_actor here = ash_actors_at(f->actors, ids->actor);
    ash_origin o = {.server = here.server, .account = here.account, .client = stated};
    ash_view *placeholder = stated.n > 0 ? &o.workstation : &o.client;
    uint32_t before = ash_actors_count(f->actors);
    bool own = f->join->n_pending < ASH_PENDING_MAX;
    unsigned long long id = e->windows->logon_id;
    ash_ids p = {0};
    int rc;
    /* An actor that is there already is another session's: what is found of one must
     * not be said of the other. */
    for (unsigned k = 1;; k++) {
        own = own && k <= SESSIONS_MAX;
        if (own && k == 1)
            snprintf(mark, sizeof mark, "(logon 0x%llx not in the log)", id);
        else if (own)
            snprintf(mark, sizeof mark, "(logon 0x%llx, session %u, not in the log)", id, k);
        else
            snprintf(mark, sizeof mark, "(logon not in the log)");
        *placeholder = ash_view_z(mark);
        rc = intern(f, &o, &p, err);
        if (rc < 0 || !own || p.actor >= before)
            break;
    }
    if (rc < 0)
        return rc;
    f->join->n_pending += ash_actors_count(f->actors) - before;
    ids->actor = p.actor;
    if (own)
        l->pending = p.actor;
    return 0;
}

/* Newest first: what a session's logon says comes after what it did. */
static bool goes_backwards(const ash_fold *f, int64_t t)
{
    return f->now != INT64_MIN && f->now - t > BACKWARDS;
}

/* 5140, 5145: they state the address; the logon may add the workstation. */
static int on_share(ash_fold *f, const ash_event *e, ash_ids *ids, int64_t t, ash_error *err)
{
    if (e->windows->logon_id == 0)
        return 0;
    ash_logon_entry *l = entry_of(f, e, *ids, t);
    if (l == NULL)
        return nomem(err);
    ash_actor here = ash_actors_at(f->actors, ids->actor);
    if (l->actor != ASH_ID_NONE) {
        ash_actor known = ash_actors_at(f->actors, l->actor);
        if (ash_view_eq(known.client, here.client)) {
            ids->actor = l->actor;
        } else if (!has_address(known)) {
            ash_ids both;
            ash_origin o = {.server = here.server,
                            .account = here.account,
                            .client = here.client,
                            .workstation = known.workstation};
            int rc = intern(f, &o, &both, err);
            if (rc < 0)
                return rc;
            learn_actor(f, l, both.actor);
            ids->actor = both.actor;
        }
    } else if (goes_backwards(f, t) && here.client.n > 0) {
        uint32_t nameless = l->pending;
        int rc = make_pending(f, e, ids, l, here.client, err);
        if (rc < 0)
            return rc;
        l->actor = ids->actor;
        if (nameless != ASH_ID_NONE && nameless != l->actor)
            ash_actors_bind(f->actors, nameless, l->actor);
    } else {
        learn_actor(f, l, ids->actor);
    }
    ash_view name = ash_shares_at(f->actors, ids->share).name;
    if (name.n > 0 && name.p[name.n - 1] == '$')
        l->share = ids->share;
    return 0;
}

static int find_actor(ash_fold *f, const ash_event *e, ash_ids *ids, int64_t t, ash_logon_entry **ret,
                      ash_error *err)
{
    uint64_t id = e->windows->logon_id;
    *ret = NULL;
    if (id == 0 || (id >= FIRST_OWN && id <= LAST_OWN))
        return 0;
    ash_logon_entry *l = entry_of(f, e, *ids, t);
    if (l == NULL)
        return nomem(err);
    *ret = l;
    if (l->actor != ASH_ID_NONE)
        ids->actor = l->actor;
    else if (l->pending != ASH_ID_NONE)
        ids->actor = l->pending;
    else
        return make_pending(f, e, ids, l, (ash_view){0}, err);
    return 0;
}

/* --- where ------------------------------------------------------------- */

static int learn_root(ash_fold *f, const ash_event *e, ash_ids ids, ash_error *err)
{
    ash_view name = ash_shares_at(f->actors, ids.share).name;
    bool admin = name.n > 0 && name.p[name.n - 1] == '$';
    switch (ash_roots_learn(&f->join->roots, ids.server, ids.share, admin, e->windows->root)) {
    case ASH_ROOTS_NOMEM: return nomem(err);
    case ASH_ROOTS_FULL: f->stats.lost_folders++; return 0; /* paths below it keep no share */
    default: return 0;
    }
}

/* A place on the disk may be reached through several shares; administrative ones
 * count only for a session that used them. What a program of the server did went
 * through none. */
static void find_share(ash_fold *f, const ash_event *e, ash_ids *ids, const ash_logon_entry *l)
{
    if (e->windows->local)
        return;
    const ash_root *r = ash_roots_above(&f->join->roots, ids->server, e->path,
                                        l == NULL ? ASH_ID_NONE : l->share);
    if (r == NULL)
        return;
    ids->share = r->share;
    f->share_records[r->share] |= RECORDS_OBJECTS;
}

/* A share whose files are recorded one by one: both kinds of records then name
 * a file in the same way. */
static void make_absolute(ash_fold *f, ash_event *e, ash_ids ids)
{
    ash_view base = e->windows->root;
    if (!(f->share_records[ids.share] & RECORDS_OBJECTS) || e->object == ASH_OBJECT_PIPE ||
        e->path.n == 0 || base.n == 0 || base.n + e->path.n + 1 > 2 * ASH_PATH_MAX)
        return;
    size_t n = base.n;
    memcpy(f->join->path, base.p, n);
    if (!ash_view_is(e->path, "\\")) {
        if (f->join->path[n - 1] != '\\')
            f->join->path[n++] = '\\';
        memcpy(f->join->path + n, e->path.p, e->path.n);
        n += e->path.n;
    }
    e->path = ash_view_of(f->join->path, n);
    e->path_hash = ash_hash64(e->path.p, n, f->seed);
}

uint32_t ash_join_relative(ash_fold *f, const ash_event *e, ash_ids ids)
{
    ash_view path;
    const ash_root *r = e->windows->object ? ash_roots_of(&f->join->roots, ids.share) : NULL;
    if (r == NULL || !ash_roots_below(r, e->path, &path))
        return ASH_OPEN_NONE;
    if (path.n == 0)
        path = ASH_VIEW_LIT("\\");
    uint64_t hash = ash_hash64(path.p, path.n, f->seed);
    return ash_table_find(&f->table, ash_table_key(ids.actor, ids.share, hash), ids.actor, ids.share,
                          path);
}

int ash_join_event(ash_fold *f, ash_event *e, ash_ids *ids, int64_t t, ash_error *err)
{
    if (!begin(f))
        return nomem(err);
    switch (e->op) {
    case ASH_OP_RESTART: return ash_logons_restart(f->join->logons, ids->server, t) ? 0 : nomem(err);
    case ASH_OP_LOGON:
        return e->outcome == ASH_OUTCOME_OK && e->windows->logon_id != 0
                   ? on_logon(f, e, *ids, t, err)
                   : 0;
    default: break;
    }
    ash_logon_entry *l;
    int rc = 0;
    if (e->windows->object || e->op == ASH_OP_LOGOFF || e->op == ASH_OP_ADMIN) {
        rc = find_actor(f, e, ids, t, &l, err);
        if (rc == 0 && e->windows->object && e->path.n > 0)
            find_share(f, e, ids, l);
        return rc;
    }
    if (e->op == ASH_OP_CONNECT || e->op == ASH_OP_OPEN) {
        rc = on_share(f, e, ids, t, err);
        if (rc == 0)
            rc = learn_root(f, e, *ids, err);
        if (rc == 0)
            make_absolute(f, e, *ids);
    }
    return rc;
}

/* --- file or folder ---------------------------------------------------- */

static uint64_t folder_key(uint64_t path_hash, uint32_t share)
{
    return (path_hash ^ ((uint64_t)share + 1) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static bool has_folder(const ash_join *j, uint64_t key)
{
    for (uint32_t s = (uint32_t)(key >> 20) & j->mask; j->folders[s] != 0; s = (s + 1) & j->mask)
        if (j->folders[s] == key)
            return true;
    return false;
}

static bool grow_folders(ash_join *j)
{
    uint32_t mask = j->mask * 2 + 1;
    uint64_t *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i <= j->mask; i++) {
        if (j->folders[i] == 0)
            continue;
        uint32_t s = (uint32_t)(j->folders[i] >> 20) & mask;
        while (slots[s] != 0)
            s = (s + 1) & mask;
        slots[s] = j->folders[i];
    }
    free(j->folders);
    j->folders = slots;
    j->mask = mask;
    return true;
}

/* False: it is there, and those above it are, too; or there is no room. */
static bool add_folder(ash_fold *f, uint64_t key)
{
    ash_join *j = f->join;
    if (has_folder(j, key))
        return false;
    if (j->n_folders == ASH_FOLDERS_MAX || (j->n_folders >= j->mask / 2 && !grow_folders(j))) {
        f->stats.lost_folders++; /* it may look like a file */
        return false;
    }
    uint32_t s = (uint32_t)(key >> 20) & j->mask;
    while (j->folders[s] != 0)
        s = (s + 1) & j->mask;
    j->folders[s] = key;
    j->n_folders++;
    return true;
}

/* Whatever a path leads through is a folder. */
static void learn_folders(ash_fold *f, ash_view path, uint32_t share)
{
    for (const char *slash; (slash = ash_path_slash(path)) != NULL && slash > path.p;) {
        path.n = (size_t)(slash - path.p);
        if (!add_folder(f, folder_key(ash_hash64(path.p, path.n, f->seed), share)))
            return;
    }
}

static bool has_extension(ash_view path)
{
    const char *slash = ash_path_slash(path);
    ash_view name = slash == NULL ? path : ash_view_skip(path, (size_t)(slash - path.p) + 1);
    const char *dot = name.n == 0 ? NULL : memrchr(name.p, '.', name.n);
    return dot != NULL && dot > name.p && dot < name.p + name.n - 1;
}

uint32_t ash_join_object(ash_fold *f, const ash_event *e, ash_ids ids, bool is_new)
{
    if (e->object == ASH_OBJECT_PIPE)
        return SAW_PIPE;
    if (is_new)
        learn_folders(f, e->path, ids.share);
    uint32_t saw = SAW_UNSURE;
    if (e->object == ASH_OBJECT_DIR || has_folder(f->join, folder_key(e->path_hash, ids.share)))
        saw |= SAW_DIR;
    else if (is_new && has_extension(e->path))
        saw |= SAW_FILE_NAME;
    return saw;
}

bool ash_join_is_folder(const ash_fold *f, const ash_open *o)
{
    return f->join != NULL && has_folder(f->join, folder_key(o->path_hash, o->share));
}

/* --- handles ----------------------------------------------------------- */

static uint64_t handle_key(const ash_windows *w, ash_ids ids)
{
    uint64_t h = (w->handle ^ (uint64_t)ids.server << 48) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 31 ^ w->process) * UINT64_C(0xbf58476d1ce4e5b9);
    return (h ^ h >> 29) | 1;
}

void ash_join_keep_handle(ash_fold *f, const ash_event *e, ash_ids ids, uint32_t i)
{
    if (e->windows->handle == 0)
        return;
    uint64_t key = handle_key(e->windows, ids);
    f->join->handles[key >> 8 & (ASH_HANDLES - 1)] =
        (handle_slot){.key = key, .open = f->table.open[i].key, .i = i};
}

uint32_t ash_join_handle(const ash_fold *f, const ash_event *e, ash_ids ids)
{
    if (e->windows->handle == 0)
        return ASH_OPEN_NONE;
    uint64_t key = handle_key(e->windows, ids);
    const handle_slot *h = &f->join->handles[key >> 8 & (ASH_HANDLES - 1)];
    if (h->key != key || h->i >= f->table.n || f->table.open[h->i].key != h->open ||
        f->table.open[h->i].actor != ids.actor)
        return ASH_OPEN_NONE;
    return h->i;
}

/* --- state ------------------------------------------------------------- */

void ash_join_save(const ash_fold *f, ash_buf *b)
{
    const ash_join *j = f->join;
    ash_put_u8(b, j != NULL);
    if (j == NULL)
        return;
    ash_put_u32(b, j->n_pending);
    ash_logons_save(j->logons, b);
    ash_roots_save(&j->roots, b);
    ash_put_u32(b, j->n_folders);
    for (uint32_t i = 0; i <= j->mask; i++)
        if (j->folders[i] != 0)
            ash_put_u64(b, j->folders[i]);
    for (uint32_t i = 0; i < ASH_HANDLES; i++) {
        const handle_slot *h = &j->handles[i];
        if (h->key == 0 || h->i >= f->table.n || f->table.open[h->i].key != h->open)
            continue;
        ash_put_u64(b, h->key);
        ash_put_u64(b, h->open);
    }
    ash_put_u64(b, 0);
}

bool ash_join_load(ash_fold *f, ash_cursor *c)
{
    if (ash_get_u8(c) == 0)
        return !c->failed;
    if (!begin(f))
        return false;
    ash_join *j = f->join;
    j->n_pending = ash_get_u32(c);
    if (!ash_logons_load(j->logons, ash_actors_count(f->actors), c) || 
        !ash_roots_load(&j->roots, ash_shares_count(f->actors), c))
        return false;
    uint32_t n = ash_get_u32(c);
    for (uint32_t i = 0; i < n && !c->failed; i++)
        add_folder(f, ash_get_u64(c) | 1);
    for (uint64_t key; (key = ash_get_u64(c)) != 0 && !c->failed;) {
        handle_slot h = {.key = key, .open = ash_get_u64(c)};
        h.i = ash_table_by_key(&f->table, h.open);
        if (h.i != ASH_OPEN_NONE)
            j->handles[key >> 8 & (ASH_HANDLES - 1)] = h;
    }
    return !c->failed;
}
