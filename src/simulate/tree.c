#include "simulate/tree.h"

#include <stdlib.h>

#include "simulate/rng.h"

enum { SUB_FOLDER_ODDS = 7500 }; /* of 10000, for each further sub-folder */

/* Room for one more item; NULL: none, and what there was stays. */
static void *grow(void *items, uint32_t *cap, uint32_t count, size_t size)
{
    if (count < *cap)
        return items;
    uint32_t more = *cap + *cap / 4 + 1024;
    void *bigger = reallocarray(items, more, size);
    if (bigger != NULL)
        *cap = more;
    return bigger;
}

/* ASH_NO_FOLDER: no memory. */
static uint32_t add_folder(ash_sim_tree *t, const ash_folder *f)
{
    ash_folder *folders = grow(t->folders, &t->folder_cap, t->folder_count, sizeof *t->folders);
    if (folders == NULL) {
        t->failed = true;
        return ASH_NO_FOLDER;
    }
    t->folders = folders;
    t->folders[t->folder_count] = *f;
    return t->folder_count++;
}

static uint64_t first_files(uint64_t *rng, unsigned min, unsigned max, uint64_t *total)
{
    unsigned n = ash_rng_range(rng, min, max);
    *total += n;
    return (UINT64_C(1) << n) - 1;
}

/* Appends sub-folders to the year folder `parent`. */
static void add_subs(ash_sim_tree *t, uint32_t parent, uint64_t *rng)
{
    uint32_t previous = ASH_NO_FOLDER;
    unsigned name = ash_rng_below(rng, (uint32_t)ash_words_sub_count);
    while (t->folders[parent].children < 7 && ash_rng_chance(rng, SUB_FOLDER_ODDS)) {
        ash_folder f = {
            .project = t->folders[parent].project,
            .parent = parent,
            .first_child = ASH_NO_FOLDER,
            .next = ASH_NO_FOLDER,
            .year = t->folders[parent].year,
            .sub = (uint8_t)(name++ % ash_words_sub_count),
        };
        f.alive = first_files(rng, t->shape.min_sub, t->shape.max_sub, &t->files);
        uint32_t id = add_folder(t, &f);
        if (id == ASH_NO_FOLDER)
            return;
        if (previous == ASH_NO_FOLDER)
            t->folders[parent].first_child = id;
        else
            t->folders[previous].next = id;
        t->folders[parent].children++;
        previous = id;
    }
}

/* False: no memory. */
static bool grow_projects(ash_sim_tree *t)
{
    ash_project *projects = grow(t->projects, &t->project_cap, t->project_count, sizeof *t->projects);
    t->failed |= projects == NULL;
    if (projects != NULL)
        t->projects = projects;
    return projects != NULL;
}

static void add_project(ash_sim_tree *t, uint32_t group, uint64_t *rng)
{
    if (!grow_projects(t))
        return;
    uint32_t id = t->project_count++;
    uint32_t number = t->groups[group].projects++;
    /* A department's standing topics exist every year, a project for some years. */
    unsigned all = t->shape.years;
    unsigned years = number < ASH_TOPICS_PER_DEPT ? all : ash_rng_range(rng, 2, all);
    unsigned last = number < ASH_TOPICS_PER_DEPT ? all : all - ash_rng_skewed(rng, all - years + 1);
    t->projects[id] = (ash_project){
        .first_year = t->folder_count,
        .group = (uint16_t)group,
        .years = (uint8_t)years,
        .number = number,
    };
    uint32_t previous = ASH_NO_FOLDER;
    for (unsigned y = last - years; y < last; y++) {
        ash_folder f = {
            .project = id,
            .parent = ASH_NO_FOLDER,
            .first_child = ASH_NO_FOLDER,
            .next = ASH_NO_FOLDER,
            .year = (uint8_t)y,
        };
        f.alive = first_files(rng, t->shape.min_files, t->shape.max_files, &t->files);
        uint32_t folder = add_folder(t, &f);
        if (folder == ASH_NO_FOLDER)
            return;
        if (previous != ASH_NO_FOLDER)
            t->folders[previous].next = folder;
        previous = folder;
        add_subs(t, folder, rng);
    }
}

bool ash_sim_tree_init(ash_sim_tree *t, uint64_t seed, const ash_sim_tree_shape *shape, uint64_t files,
                   unsigned servers)
{
    *t = (ash_sim_tree){.seed = seed, .shape = *shape};
    uint64_t rng = ash_mix64(seed ^ UINT64_C(0x7265656c6f67));
    unsigned weights = 0;
    for (unsigned d = 0; d < ASH_DEPT_COUNT; d++)
        weights += ash_words_depts[d].files;
    for (unsigned s = 0; s < servers; s++) {
        for (unsigned v = 0; v < ASH_SHARE_COUNT; v++)
            t->volumes[t->volume_count++] = (ash_volume){(uint8_t)s, (uint8_t)v};
        for (unsigned d = 0; d < ASH_DEPT_COUNT; d++) {
            uint32_t g = t->group_count++;
            t->groups[g] = (ash_group){
                .first_project = t->project_count,
                .dept = (uint8_t)d,
                .volume = (uint8_t)(s * ASH_SHARE_COUNT + ash_words_depts[d].share),
            };
            uint64_t before = t->files;
            uint64_t want = files * ash_words_depts[d].files / weights / servers;
            do
                add_project(t, g, &rng);
            while (t->files - before < want && !t->failed);
        }
    }
    return !t->failed;
}

void ash_sim_tree_free(ash_sim_tree *t)
{
    free(t->folders);
    free(t->projects);
    *t = (ash_sim_tree){0};
}

const ash_group *ash_sim_tree_group_of(const ash_sim_tree *t, ash_node n)
{
    switch (n.kind) {
    case ASH_NODE_FOLDER: return &t->groups[t->projects[t->folders[n.id].project].group];
    case ASH_NODE_PROJECT: return &t->groups[t->projects[n.id].group];
    case ASH_NODE_GROUP: return &t->groups[n.id];
    case ASH_NODE_VOLUME: break;
    }
    return NULL;
}

uint32_t ash_sim_tree_volume_of(const ash_sim_tree *t, ash_node n)
{
    const ash_group *g = ash_sim_tree_group_of(t, n);
    return g ? g->volume : n.id;
}

ash_node ash_sim_tree_parent(const ash_sim_tree *t, ash_node n)
{
    if (n.kind == ASH_NODE_FOLDER) {
        const ash_folder *f = &t->folders[n.id];
        if (f->parent != ASH_NO_FOLDER)
            return (ash_node){ASH_NODE_FOLDER, f->parent};
        return (ash_node){ASH_NODE_PROJECT, f->project};
    }
    if (n.kind == ASH_NODE_PROJECT)
        return (ash_node){ASH_NODE_GROUP, t->projects[n.id].group};
    return (ash_node){ASH_NODE_VOLUME, t->groups[n.id].volume};
}

bool ash_sim_tree_restricted(const ash_sim_tree *t, ash_node n)
{
    const ash_group *g = ash_sim_tree_group_of(t, n);
    return g != NULL && ash_words_depts[g->dept].restricted;
}

ash_file_state ash_sim_tree_file(const ash_sim_tree *t, uint32_t folder, unsigned slot)
{
    const ash_folder *f = &t->folders[folder];
    if (slot >= ASH_SLOTS)
        return (ash_file_state){.slot = (uint8_t)slot};
    return (ash_file_state){
        .slot = (uint8_t)slot,
        .gen = (uint8_t)((f->gen_lo >> slot & 1) | (f->gen_hi >> slot & 1) << 1),
        .created = f->created >> slot & 1,
        .locked = f->locked >> slot & 1,
    };
}

uint64_t ash_sim_tree_file_hash(const ash_sim_tree *t, uint32_t folder, unsigned slot)
{
    return ash_mix64(t->seed ^ ((uint64_t)folder << 8 | slot) * UINT64_C(0x9e3779b97f4a7c15));
}

unsigned ash_sim_tree_disk_order(uint32_t folder, unsigned i)
{
    return (i * 37 + folder * 11) % ASH_SLOTS;
}

uint32_t ash_sim_tree_pick_folder(const ash_sim_tree *t, uint32_t group, uint64_t *rng)
{
    const ash_group *g = &t->groups[group];
    const ash_project *p = &t->projects[g->first_project + ash_rng_skewed(rng, g->projects)];
    unsigned back = 0; /* years before the newest one */
    while (back + 1 < p->years && ash_rng_chance(rng, 4000))
        back++;
    uint32_t id = p->first_year;
    for (unsigned i = p->years - 1 - back; i > 0; i--)
        id = t->folders[id].next;
    const ash_folder *f = &t->folders[id];
    if (f->children > 0 && ash_rng_chance(rng, 1800)) {
        unsigned steps = ash_rng_below(rng, f->children);
        for (id = f->first_child; steps > 0; steps--)
            id = t->folders[id].next;
    }
    return id;
}

int ash_sim_tree_pick_file(const ash_sim_tree *t, uint32_t folder, uint64_t *rng)
{
    uint64_t alive = t->folders[folder].alive;
    if (alive == 0)
        return -1;
    unsigned rank = ash_rng_skewed(rng, (uint32_t)__builtin_popcountll(alive));
    for (unsigned i = 0; i < ASH_SLOTS; i++) {
        unsigned slot = ash_sim_tree_disk_order(folder * 7 + 3, i);
        if ((alive >> slot & 1) && rank-- == 0)
            return (int)slot;
    }
    return -1;
}

int ash_sim_tree_create_file(ash_sim_tree *t, uint32_t folder)
{
    ash_folder *f = &t->folders[folder];
    if (f->alive == UINT64_MAX)
        return -1;
    int slot = __builtin_ctzll(~f->alive);
    uint64_t bit = UINT64_C(1) << slot;
    f->alive |= bit;
    f->created |= bit;
    f->gen_lo &= ~bit;
    f->gen_hi &= ~bit;
    f->locked &= ~bit;
    return slot;
}

bool ash_sim_tree_rename_file(ash_sim_tree *t, uint32_t folder, unsigned slot)
{
    ash_folder *f = &t->folders[folder];
    uint64_t bit = UINT64_C(1) << slot;
    if ((f->gen_lo & bit) && (f->gen_hi & bit))
        return false;
    if (f->gen_lo & bit)
        f->gen_hi |= bit;
    f->gen_lo ^= bit;
    return true;
}

bool ash_sim_tree_lock_file(ash_sim_tree *t, uint32_t folder, unsigned slot)
{
    uint64_t bit = UINT64_C(1) << slot;
    if (t->folders[folder].locked & bit)
        return false;
    t->folders[folder].locked |= bit;
    return true;
}

void ash_sim_tree_delete_file(ash_sim_tree *t, uint32_t folder, unsigned slot)
{
    t->folders[folder].alive &= ~(UINT64_C(1) << slot);
}

uint32_t ash_sim_tree_make_folder(ash_sim_tree *t, uint32_t parent)
{
    if (t->folders[parent].parent != ASH_NO_FOLDER ||
        t->folders[parent].children >= ash_words_sub_count)
        return ASH_NO_FOLDER;
    uint32_t last = t->folders[parent].first_child;
    while (last != ASH_NO_FOLDER && t->folders[last].next != ASH_NO_FOLDER)
        last = t->folders[last].next;
    ash_folder f = {
        .project = t->folders[parent].project,
        .parent = parent,
        .first_child = ASH_NO_FOLDER,
        .next = ASH_NO_FOLDER,
        .year = t->folders[parent].year,
        .sub = last == ASH_NO_FOLDER ? (uint8_t)(parent % ash_words_sub_count)
                                     : (uint8_t)((t->folders[last].sub + 1u) % ash_words_sub_count),
    };
    uint32_t id = add_folder(t, &f);
    if (id == ASH_NO_FOLDER)
        return id;
    if (last == ASH_NO_FOLDER)
        t->folders[parent].first_child = id;
    else
        t->folders[last].next = id;
    t->folders[parent].children++;
    return id;
}

uint32_t ash_sim_tree_make_project(ash_sim_tree *t, uint32_t group, ash_project_kind kind,
                                   unsigned years, uint32_t number)
{
    uint32_t previous = ASH_NO_FOLDER;
    if (!grow_projects(t))
        return UINT32_MAX;
    uint32_t id = t->project_count++;
    t->projects[id] = (ash_project){
        .first_year = t->folder_count,
        .group = (uint16_t)group,
        .years = (uint8_t)years,
        .kind = (uint8_t)kind,
        .number = number,
    };
    for (unsigned y = 0; y < years; y++) {
        ash_folder f = {
            .project = id,
            .parent = ASH_NO_FOLDER,
            .first_child = ASH_NO_FOLDER,
            .next = ASH_NO_FOLDER,
            .year = (uint8_t)y,
        };
        uint32_t folder = add_folder(t, &f);
        if (folder == ASH_NO_FOLDER)
            return UINT32_MAX;
        if (previous != ASH_NO_FOLDER)
            t->folders[previous].next = folder;
        previous = folder;
    }
    return id;
}
