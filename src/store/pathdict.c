#include "store/pathdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Set in h2 when the name was asked for since the last clearing out. */
#define USED 1u

typedef struct slot {
    uint64_t h1;
    uint32_t h2; /* 31 bits of the hash, and USED */
    uint32_t id; /* ASH_PATH_NONE = free */
} slot;

struct ash_name_table {
    uint32_t n, max, mask;
    slot *slots;
};

static void table_clear(ash_name_table *t)
{
    t->n = 0;
    memset(t->slots, 0xff, ((size_t)t->mask + 1) * sizeof *t->slots);
}

static void table_free(ash_name_table *t)
{
    if (t == NULL)
        return;
    free(t->slots);
    free(t);
}

/* Starts small and grows: most cases never meet a million paths. */
static ash_name_table *table_new(uint32_t max)
{
    ash_name_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->max = max;
    t->mask = 4095;
    t->slots = malloc(((size_t)t->mask + 1) * sizeof *t->slots);
    if (t->slots == NULL) {
        free(t);
        return NULL;
    }
    table_clear(t);
    return t;
}

static uint32_t table_free_from(const ash_name_table *t, uint32_t s)
{
    while (t->slots[s].id != ASH_PATH_NONE)
        s = (s + 1) & t->mask;
    return s;
}

/* Puts the entries of the first n slots where they belong now, in place. Begun
 * behind a free slot, every entry in turn is taken out and put back. That is its
 * own place or one before it, or in a new half, where those before it in its
 * cluster already are: never a place that an entry still to be moved needs. */
static void table_settle(ash_name_table *t, uint32_t begin, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t at = (begin + i) & (n - 1);
        slot moved = t->slots[at];
        t->slots[at].id = ASH_PATH_NONE;
        if (moved.id != ASH_PATH_NONE)
            t->slots[table_free_from(t, (uint32_t)moved.h1 & t->mask)] = moved;
    }
}

/* Doubles the table where it lies: two of them at once would be the largest
 * thing in memory. */
static bool table_grow(ash_name_table *t)
{
    uint32_t n = t->mask + 1;
    slot *slots = realloc(t->slots, (size_t)n * 2 * sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots + n, 0xff, (size_t)n * sizeof *slots);
    t->slots = slots;
    uint32_t begin = table_free_from(t, 0);
    t->mask = n * 2 - 1;
    table_settle(t, begin, n);
    return true;
}

/* Makes room in a full table: names not asked for since the last time go. Where
 * that would be too few all go. */
static void table_clear_out(ash_name_table *t)
{
    uint32_t kept = 0, begin = table_free_from(t, 0);
    for (uint32_t s = 0; s <= t->mask; s++)
        kept += t->slots[s].id != ASH_PATH_NONE && (t->slots[s].h2 & USED);
    if (kept > t->max / 2) {
        table_clear(t);
        return;
    }
    for (uint32_t s = 0; s <= t->mask; s++) {
        if (t->slots[s].id != ASH_PATH_NONE && !(t->slots[s].h2 & USED))
            t->slots[s].id = ASH_PATH_NONE;
        t->slots[s].h2 &= ~USED;
    }
    table_settle(t, begin, t->mask + 1);
    t->n = kept;
}

/* The slot of h: occupied by it, or free for it. NULL: out of memory. */
static slot *table_slot(ash_name_table *t, ash_hash128 h)
{
    if (((uint64_t)t->n + 1) * 4 > ((uint64_t)t->mask + 1) * 3 && !table_grow(t))
        return NULL;
    uint32_t s = (uint32_t)h.lo & t->mask;
    while (t->slots[s].id != ASH_PATH_NONE &&
           (t->slots[s].h1 != h.lo || (t->slots[s].h2 | USED) != ((uint32_t)h.hi | USED)))
        s = (s + 1) & t->mask;
    return &t->slots[s];
}

static bool names_add(ash_new_names *n, uint32_t id, uint32_t dir, ash_view text)
{
    if (n->n == n->cap) {
        uint32_t cap = n->cap == 0 ? 1024 : n->cap * 2;
        uint32_t *ids = realloc(n->ids, cap * sizeof *ids);
        if (ids != NULL)
            n->ids = ids;
        uint32_t *dirs = realloc(n->dirs, cap * sizeof *dirs);
        if (dirs != NULL)
            n->dirs = dirs;
        uint32_t *ends = realloc(n->ends, cap * sizeof *ends);
        if (ends != NULL)
            n->ends = ends;
        if (ids == NULL || dirs == NULL || ends == NULL)
            return false;
        n->cap = cap;
    }
    ash_buf_add_view(&n->bytes, text);
    if (n->bytes.failed)
        return false;
    n->ids[n->n] = id;
    n->dirs[n->n] = dir;
    n->ends[n->n] = (uint32_t)n->bytes.n;
    n->n++;
    return true;
}

void ash_new_names_clear(ash_new_names *n)
{
    n->n = 0;
    ash_buf_clear(&n->bytes);
}

void ash_new_names_free(ash_new_names *n)
{
    free(n->ids);
    free(n->dirs);
    free(n->ends);
    ash_buf_free(&n->bytes);
    memset(n, 0, sizeof *n);
}

int ash_pathdict_init(ash_pathdict *p, const uint8_t key[ASH_SIPKEY_SIZE], uint32_t volume,
                      uint32_t next_path, uint32_t next_dir, ash_error *err)
{
    *p = (ash_pathdict){.volume = volume, .next_path = next_path, .next_dir = next_dir};
    memcpy(p->key, key, sizeof p->key);
    p->paths = table_new(ASH_VOLUME_PATHS);
    p->dirs = table_new(ASH_VOLUME_DIRS);
    /* Twice a segment's share: one record may bring two long paths at its end. */
    ash_buf_init(&p->new_paths.bytes, ASH_SEGMENT_PATH_BYTES * 2);
    ash_buf_init(&p->new_dirs.bytes, ASH_SEGMENT_DIR_BYTES * 2);
    if (p->paths == NULL || p->dirs == NULL) {
        ash_pathdict_free(p);
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for paths");
    }
    return 0;
}

void ash_pathdict_free(ash_pathdict *p)
{
    table_free(p->paths);
    table_free(p->dirs);
    ash_new_names_free(&p->new_paths);
    ash_new_names_free(&p->new_dirs);
    p->paths = p->dirs = NULL;
}

static int intern(ash_pathdict *p, ash_name_table *t, ash_new_names *names, uint32_t *next,
                  ash_view key, ash_view text, uint32_t dir, uint32_t *ret)
{
    ash_hash128 h = ash_siphash128(key.p, key.n, p->key);
    slot *s = table_slot(t, h);
    if (s == NULL)
        return ASH_E_NOMEM;
    if (s->id == ASH_PATH_NONE) {
        if (!names_add(names, *next, dir, text))
            return ASH_E_NOMEM;
        *s = (slot){.h1 = h.lo, .h2 = (uint32_t)h.hi & ~USED, .id = (*next)++};
        t->n++;
    } else {
        s->h2 |= USED;
    }
    *ret = s->id;
    return 0;
}

/* False: the path stays in one piece. */
static bool part(ash_view path, ash_view *ret_dir, ash_view *ret_name)
{
    const char *slash = ash_path_slash(path);
    if (slash == NULL)
        return false;
    size_t n = (size_t)(slash - path.p);
    *ret_name = ash_view_skip(path, n + 1);
    *ret_dir = ash_view_first(path, *slash == '/' ? n : n + 1);
    /* Such a folder could not be told from one of Windows. */
    return *slash == '/' ? !ash_folder_has_slash(*ret_dir) : ret_name->n > 0;
}

int ash_pathdict_id(ash_pathdict *p, ash_view path, uint32_t *ret_path, uint32_t *ret_dir,
                    ash_error *err)
{
    ash_view dir, name;
    bool parted = part(path, &dir, &name);
    uint32_t dir_id = ASH_PATH_NONE;
    if (!parted)
        name = path;
    if (parted && intern(p, p->dirs, &p->new_dirs, &p->next_dir, dir, dir, 0, &dir_id) < 0)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for folders");
    if (intern(p, p->paths, &p->new_paths, &p->next_path, path, name, dir_id, ret_path) < 0)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for paths");
    *ret_dir = dir_id;
    return 0;
}

bool ash_pathdict_full(const ash_pathdict *p)
{
    return p->paths->n >= p->paths->max || p->dirs->n >= p->dirs->max;
}

void ash_pathdict_next_volume(ash_pathdict *p)
{
    p->volume++;
    if (p->paths->n >= p->paths->max)
        table_clear_out(p->paths);
    if (p->dirs->n >= p->dirs->max)
        table_clear_out(p->dirs);
}

/* --- settling ---------------------------------------------------------- */

typedef struct named {
    uint32_t dir, index;
    ash_view text;
} named;

static int compare_named(const void *a, const void *b)
{
    const named *x = a, *y = b;
    if (x->dir != y->dir)
        return x->dir < y->dir ? -1 : 1;
    size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
    int c = n == 0 ? 0 : memcmp(x->text.p, y->text.p, n);
    if (c != 0)
        return c;
    return x->text.n < y->text.n ? -1 : x->text.n > y->text.n;
}

/* Rewrites names in sorted order and returns old index -> new id, or NULL. */
static uint32_t *sort_names(ash_new_names *names, uint32_t first)
{
    uint32_t n = names->n;
    named *list = malloc(((size_t)n + 1) * sizeof *list);
    uint32_t *map = malloc(((size_t)n + 1) * sizeof *map);
    char *bytes = malloc(names->bytes.n + 1);
    if (list == NULL || map == NULL || bytes == NULL) {
        free(list);
        free(map);
        free(bytes);
        return NULL;
    }
    for (uint32_t i = 0, at = 0; i < n; at = names->ends[i++])
        list[i] = (named){names->dirs[i], i, {names->bytes.p + at, names->ends[i] - at}};
    qsort(list, n, sizeof *list, compare_named);
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        map[list[i].index] = first + i;
        if (list[i].text.n > 0)
            memcpy(bytes + at, list[i].text.p, list[i].text.n);
        at += (uint32_t)list[i].text.n;
        names->ids[i] = first + i;
        names->dirs[i] = list[i].dir;
        names->ends[i] = at;
    }
    if (at > 0)
        memcpy(names->bytes.p, bytes, at);
    free(bytes);
    free(list);
    return map;
}

static void renumber(ash_name_table *t, const uint32_t *map, uint32_t first)
{
    for (uint32_t s = 0; s <= t->mask; s++)
        if (t->slots[s].id != ASH_PATH_NONE && t->slots[s].id >= first)
            t->slots[s].id = map[t->slots[s].id - first];
}

int ash_pathdict_settle(ash_pathdict *p, uint32_t **ret_paths, uint32_t *ret_first_path,
                        uint32_t **ret_dirs, uint32_t *ret_first_dir, ash_error *err)
{
    uint32_t first_dir = p->next_dir - p->new_dirs.n, first_path = p->next_path - p->new_paths.n;
    uint32_t *dirs = sort_names(&p->new_dirs, first_dir);
    for (uint32_t i = 0; dirs != NULL && i < p->new_paths.n; i++)
        if (p->new_paths.dirs[i] != ASH_PATH_NONE && p->new_paths.dirs[i] >= first_dir)
            p->new_paths.dirs[i] = dirs[p->new_paths.dirs[i] - first_dir];
    uint32_t *paths = dirs == NULL ? NULL : sort_names(&p->new_paths, first_path);
    if (paths == NULL) {
        free(dirs);
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory for sorting names");
    }
    if (p->new_dirs.n > 0)
        renumber(p->dirs, dirs, first_dir);
    if (p->new_paths.n > 0)
        renumber(p->paths, paths, first_path);
    *ret_paths = paths;
    *ret_first_path = first_path;
    *ret_dirs = dirs;
    *ret_first_dir = first_dir;
    return 0;
}
