#include "tree.h"

#include "mem.h"
#include "rng.h"

enum { SUB_FOLDER_ODDS = 7500 }; /* of 10000, for each further sub-folder */

/* Room for one more item. */
static void *grow(void *items, uint32_t *cap, uint32_t count, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap + *cap / 4 + 1024;
    return mem_realloc(items, *cap, size);
}

static uint32_t add_folder(struct tree *t, const struct folder *f)
{
    t->folders = grow(t->folders, &t->folder_cap, t->folder_count, sizeof *t->folders);
    t->folders[t->folder_count] = *f;
    return t->folder_count++;
}

static uint64_t first_files(uint64_t *rng, unsigned min, unsigned max, uint64_t *total)
{
    unsigned n = rng_range(rng, min, max);
    *total += n;
    return (UINT64_C(1) << n) - 1;
}

/* Appends sub-folders to the year folder `parent`. */
static void add_subs(struct tree *t, uint32_t parent, uint64_t *rng)
{
    uint32_t previous = NO_FOLDER;
    unsigned name = rng_below(rng, (uint32_t)words_sub_count);
    while (t->folders[parent].children < 7 && rng_chance(rng, SUB_FOLDER_ODDS)) {
        struct folder f = {
            .project = t->folders[parent].project,
            .parent = parent,
            .first_child = NO_FOLDER,
            .next = NO_FOLDER,
            .year = t->folders[parent].year,
            .sub = (uint8_t)(name++ % words_sub_count),
        };
        f.alive = first_files(rng, MIN_SUB_FILES, MAX_SUB_FILES, &t->files);
        uint32_t id = add_folder(t, &f);
        if (previous == NO_FOLDER)
            t->folders[parent].first_child = id;
        else
            t->folders[previous].next = id;
        t->folders[parent].children++;
        previous = id;
    }
}

static void add_project(struct tree *t, uint32_t group, uint64_t *rng)
{
    t->projects = grow(t->projects, &t->project_cap, t->project_count, sizeof *t->projects);
    uint32_t id = t->project_count++;
    uint32_t number = t->groups[group].projects++;
    /* A department's standing topics exist every year, a project for some years. */
    unsigned years = number < TOPICS_PER_DEPT ? YEARS : rng_range(rng, 2, YEARS);
    unsigned last = number < TOPICS_PER_DEPT ? YEARS : YEARS - rng_skewed(rng, YEARS - years + 1);
    t->projects[id] = (struct project){
        .first_year = t->folder_count,
        .group = (uint16_t)group,
        .years = (uint8_t)years,
        .number = number,
    };
    uint32_t previous = NO_FOLDER;
    for (unsigned y = last - years; y < last; y++) {
        struct folder f = {
            .project = id,
            .parent = NO_FOLDER,
            .first_child = NO_FOLDER,
            .next = NO_FOLDER,
            .year = (uint8_t)y,
        };
        f.alive = first_files(rng, MIN_FILES, MAX_FILES, &t->files);
        uint32_t folder = add_folder(t, &f);
        if (previous != NO_FOLDER)
            t->folders[previous].next = folder;
        previous = folder;
        add_subs(t, folder, rng);
    }
}

void tree_init(struct tree *t, uint64_t seed, uint64_t files, unsigned servers)
{
    *t = (struct tree){.seed = seed};
    uint64_t rng = mix64(seed ^ UINT64_C(0x7265656c6f67));
    unsigned weights = 0;
    for (unsigned d = 0; d < DEPT_COUNT; d++)
        weights += words_depts[d].files;
    for (unsigned s = 0; s < servers; s++) {
        for (unsigned v = 0; v < SHARE_COUNT; v++)
            t->volumes[t->volume_count++] = (struct volume){(uint8_t)s, (uint8_t)v};
        for (unsigned d = 0; d < DEPT_COUNT; d++) {
            uint32_t g = t->group_count++;
            t->groups[g] = (struct group){
                .first_project = t->project_count,
                .dept = (uint8_t)d,
                .volume = (uint8_t)(s * SHARE_COUNT + words_depts[d].share),
            };
            uint64_t before = t->files;
            uint64_t want = files * words_depts[d].files / weights / servers;
            do
                add_project(t, g, &rng);
            while (t->files - before < want);
        }
    }
}

void tree_free(struct tree *t)
{
    free(t->folders);
    free(t->projects);
    *t = (struct tree){0};
}

const struct group *tree_group_of(const struct tree *t, struct node n)
{
    switch (n.kind) {
    case NODE_FOLDER:
        return &t->groups[t->projects[t->folders[n.id].project].group];
    case NODE_PROJECT:
        return &t->groups[t->projects[n.id].group];
    case NODE_GROUP:
        return &t->groups[n.id];
    case NODE_VOLUME:
        break;
    }
    return NULL;
}

uint32_t tree_volume_of(const struct tree *t, struct node n)
{
    const struct group *g = tree_group_of(t, n);
    return g ? g->volume : n.id;
}

struct node tree_parent(const struct tree *t, struct node n)
{
    if (n.kind == NODE_FOLDER) {
        const struct folder *f = &t->folders[n.id];
        if (f->parent != NO_FOLDER)
            return (struct node){NODE_FOLDER, f->parent};
        return (struct node){NODE_PROJECT, f->project};
    }
    if (n.kind == NODE_PROJECT)
        return (struct node){NODE_GROUP, t->projects[n.id].group};
    return (struct node){NODE_VOLUME, t->groups[n.id].volume};
}

bool tree_restricted(const struct tree *t, struct node n)
{
    const struct group *g = tree_group_of(t, n);
    return g != NULL && words_depts[g->dept].restricted;
}

struct file_state tree_file(const struct tree *t, uint32_t folder, unsigned slot)
{
    const struct folder *f = &t->folders[folder];
    return (struct file_state){
        .slot = (uint8_t)slot,
        .gen = (uint8_t)((f->gen_lo >> slot & 1) | (f->gen_hi >> slot & 1) << 1),
        .created = f->created >> slot & 1,
    };
}

uint64_t tree_file_hash(const struct tree *t, uint32_t folder, unsigned slot)
{
    return mix64(t->seed ^ ((uint64_t)folder << 8 | slot) * UINT64_C(0x9e3779b97f4a7c15));
}

unsigned tree_disk_order(uint32_t folder, unsigned i)
{
    return (i * 37 + folder * 11) % SLOTS;
}

uint32_t tree_pick_folder(const struct tree *t, uint32_t group, uint64_t *rng)
{
    const struct group *g = &t->groups[group];
    const struct project *p = &t->projects[g->first_project + rng_skewed(rng, g->projects)];
    unsigned back = 0; /* years before the newest one */
    while (back + 1 < p->years && rng_chance(rng, 4000))
        back++;
    uint32_t id = p->first_year;
    for (unsigned i = p->years - 1 - back; i > 0; i--)
        id = t->folders[id].next;
    const struct folder *f = &t->folders[id];
    if (f->children > 0 && rng_chance(rng, 1800)) {
        unsigned steps = rng_below(rng, f->children);
        for (id = f->first_child; steps > 0; steps--)
            id = t->folders[id].next;
    }
    return id;
}

int tree_pick_file(const struct tree *t, uint32_t folder, uint64_t *rng)
{
    uint64_t alive = t->folders[folder].alive;
    if (alive == 0)
        return -1;
    unsigned rank = rng_skewed(rng, (uint32_t)__builtin_popcountll(alive));
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot = tree_disk_order(folder * 7 + 3, i);
        if ((alive >> slot & 1) && rank-- == 0)
            return (int)slot;
    }
    return -1;
}

int tree_create_file(struct tree *t, uint32_t folder)
{
    struct folder *f = &t->folders[folder];
    if (f->alive == UINT64_MAX)
        return -1;
    int slot = __builtin_ctzll(~f->alive);
    uint64_t bit = UINT64_C(1) << slot;
    f->alive |= bit;
    f->created |= bit;
    f->gen_lo &= ~bit;
    f->gen_hi &= ~bit;
    return slot;
}

bool tree_rename_file(struct tree *t, uint32_t folder, unsigned slot)
{
    struct folder *f = &t->folders[folder];
    uint64_t bit = UINT64_C(1) << slot;
    if ((f->gen_lo & bit) && (f->gen_hi & bit))
        return false;
    if (f->gen_lo & bit)
        f->gen_hi |= bit;
    f->gen_lo ^= bit;
    return true;
}

void tree_delete_file(struct tree *t, uint32_t folder, unsigned slot)
{
    t->folders[folder].alive &= ~(UINT64_C(1) << slot);
}

uint32_t tree_make_folder(struct tree *t, uint32_t parent)
{
    if (t->folders[parent].parent != NO_FOLDER || t->folders[parent].children >= words_sub_count)
        return NO_FOLDER;
    uint32_t last = t->folders[parent].first_child;
    while (last != NO_FOLDER && t->folders[last].next != NO_FOLDER)
        last = t->folders[last].next;
    struct folder f = {
        .project = t->folders[parent].project,
        .parent = parent,
        .first_child = NO_FOLDER,
        .next = NO_FOLDER,
        .year = t->folders[parent].year,
        .sub = last == NO_FOLDER ? (uint8_t)(parent % words_sub_count)
                                 : (uint8_t)((t->folders[last].sub + 1u) % words_sub_count),
    };
    uint32_t id = add_folder(t, &f);
    if (last == NO_FOLDER)
        t->folders[parent].first_child = id;
    else
        t->folders[last].next = id;
    t->folders[parent].children++;
    return id;
}
