#include "truth.h"

#include "mem.h"

/* key: kind (3 bits) | id (32) | slot (6) | generation (2) | created (1); kind 4 is a file */
enum { FILE_KIND = 4 };

static void add(struct truth *t, uint64_t us, uint64_t key, enum grade g)
{
    if (t->count == t->cap) {
        size_t cap = t->cap * 2 + 4096;
        t->items = mem_realloc(t->items, cap, sizeof *t->items);
        t->cap = cap;
    }
    t->items[t->count++] = (struct truth_item){key, us, (uint8_t)g};
}

void truth_add_node(struct truth *t, uint64_t us, ash_node n, enum grade g)
{
    add(t, us, (uint64_t)n.kind << 41 | (uint64_t)n.id << 9, g);
}

void truth_add_file(struct truth *t, uint64_t us, uint32_t folder, ash_file_state f,
                    enum grade g)
{
    uint64_t detail = (uint64_t)f.slot << 3 | (uint64_t)f.gen << 1 | f.created;
    add(t, us, (uint64_t)FILE_KIND << 41 | (uint64_t)folder << 9 | detail, g);
}

/* By path, then the strongest grade first. */
static int compare(const void *pa, const void *pb)
{
    const struct truth_item *a = pa, *b = pb;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (int)b->grade - (int)a->grade;
}

static size_t item_path(const ash_sim_tree *tree, const struct truth_item *it, char *path)
{
    uint32_t id = (uint32_t)(it->key >> 9);
    unsigned kind = (unsigned)(it->key >> 41);
    if (kind != FILE_KIND)
        return ash_sim_tree_path(tree, (ash_node){(ash_node_kind)kind, id}, path);
    ash_file_state f = {
        .slot = it->key >> 3 & 63,
        .gen = it->key >> 1 & 3,
        .created = it->key & 1,
    };
    size_t n = ash_sim_tree_path(tree, (ash_node){ASH_NODE_FOLDER, id}, path);
    path[n++] = '/';
    return n + ash_sim_tree_file_name(tree, id, f, path + n);
}

static size_t root_length(const char *path, size_t len)
{
    unsigned slashes = 0; /* "/srv/share/..." */
    for (size_t i = 0; i < len; i++)
        if (path[i] == '/' && ++slashes == 3)
            return i + 1;
    return len;
}

bool truth_write(struct truth *t, const ash_sim_tree *tree, const char *account,
                 const char *client, uint64_t last_us, bool skip_root, FILE *f)
{
    static const char *const names[] = {"listed", "read", "denied"};
    char path[2 * ASH_PATH_CAP];
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].us <= last_us)
            t->items[kept++] = t->items[i];
    t->count = kept;
    if (kept != 0)
        qsort(t->items, kept, sizeof *t->items, compare);
    for (size_t i = 0; i < kept; i++) {
        const struct truth_item *it = &t->items[i];
        bool same = i > 0 && it[-1].key == it->key;
        /* sorted: the item before is at least as strong, or "denied", a thing of its own */
        if (same && (it[-1].grade == it->grade || it[-1].grade == GRADE_READ))
            continue;
        size_t n = item_path(tree, it, path);
        size_t from = skip_root ? root_length(path, n) : 0;
        const char *shown = from < n ? path + from : ".";
        int len = from < n ? (int)(n - from) : 1;
        if (fprintf(f, "%s\t%s\t%s\t%.*s\n", account, client, names[it->grade], len, shown) < 0)
            return false;
    }
    return fflush(f) == 0;
}

void truth_free(struct truth *t)
{
    free(t->items);
    *t = (struct truth){0};
}
