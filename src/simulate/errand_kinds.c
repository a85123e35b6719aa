#include "simulate/errands.h"

enum { IT_DEPT = 9, DEVELOPMENT_DEPT = 1, OPEN_DEPTS = 11 };

/* --- photo-rename: a program gives the files of some folders other names ------------- */

static void enter_own_folder(ash_sim *s, ash_errand *e)
{
    uint32_t group = ash_person_group(e->who, e->who->dept);
    uint32_t folder = ash_sim_tree_pick_folder(&s->tree, group, &e->actor.rng);
    ash_walk_begin(&e->walk, folder, folder + 1, e->who->dept, false);
}

static void begin_renaming(ash_sim *s, ash_errand *e)
{
    e->left = ash_rng_range(&e->actor.rng, 1, 4);
    enter_own_folder(s, e);
}

static void rename_file(ash_sim *s, ash_sim_actor *a, uint32_t folder, unsigned slot)
{
    ash_deed d = {.kind = ASH_DEED_RENAME, .node = ash_sim_folder(folder)};
    d.file = ash_sim_tree_file(&s->tree, folder, slot);
    if (!ash_sim_tree_rename_file(&s->tree, folder, slot))
        return;
    d.to = ash_sim_tree_file(&s->tree, folder, slot);
    ash_sim_do(s, a, &d);
    ash_sim_note_change(s, folder, slot);
}

static bool rename_step(ash_sim *s, ash_errand *e)
{
    ash_sim_actor *a = &e->actor;
    uint32_t folder;
    unsigned slot;
    if (ash_walk_file(s, &e->walk, &folder, &slot)) {
        rename_file(s, a, folder, slot);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 40, 300));
    } else if (ash_walk_list(s, a, &e->walk)) {
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 500, 5000));
    } else if (--e->left > 0) {
        enter_own_folder(s, e);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 5000, 90000));
    } else {
        return false;
    }
    return true;
}

/* --- archive: a project packed into one file; every third time it is removed then ------ */

static uint32_t end_of_project(const ash_sim *s, uint32_t project)
{
    uint32_t until = s->tree.projects[project].first_year;
    while (until < s->tree.folder_count && s->tree.folders[until].project == project)
        until++;
    return until;
}

static void walk_project(const ash_sim *s, ash_errand *e, uint32_t project)
{
    unsigned dept = s->tree.groups[s->tree.projects[project].group].dept;
    ash_walk_begin(&e->walk, s->tree.projects[project].first_year, end_of_project(s, project), dept,
                   false);
}

static void begin_archive(ash_sim *s, ash_errand *e)
{
    uint64_t *rng = &e->actor.rng;
    uint32_t group = ash_person_group(e->who, e->who->dept);
    uint32_t folder = ash_sim_tree_pick_folder(&s->tree, group, rng);
    e->first = s->tree.folders[folder].project;
    e->left = ash_rng_range(rng, 50, 400);
    e->here = 0; /* files read */
    e->removes = ash_rng_chance(rng, 3300);
    walk_project(s, e, e->first);
}

static void make_archive(ash_sim *s, ash_errand *e)
{
    uint32_t folder = s->tree.projects[e->first].first_year;
    ash_sim_do_file(s, &e->actor, ASH_DEED_CREATE, folder, ASH_ZIP_SLOT);
    s->tree.folders[folder].zip = true;
    e->left = 0;
    if (e->removes)
        walk_project(s, e, e->first);
}

static bool archive_step(ash_sim *s, ash_errand *e)
{
    ash_sim_actor *a = &e->actor;
    bool reading = e->left > 0;
    uint32_t folder;
    unsigned slot;
    if (!reading && (!e->removes || e->here == 0))
        return false;
    if (ash_walk_file(s, &e->walk, &folder, &slot)) {
        ash_sim_do_file(s, a, reading ? ASH_DEED_READ : ASH_DEED_DELETE, folder, slot);
        if (!reading)
            ash_sim_tree_delete_file(&s->tree, folder, slot);
        e->here = reading ? e->here + 1 : e->here - 1;
        e->left -= reading;
        if (reading && e->left == 0)
            make_archive(s, e);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 20, 200));
    } else if (ash_walk_list(s, a, &e->walk)) {
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 20, 200));
    } else if (reading) {
        make_archive(s, e);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 20000, 200000));
    } else {
        return false;
    }
    return true;
}

/* --- checkout: a developer gets a copy of a repository --------------------------------- */

enum { FILES_A_MODULE = 50 };

static void make_node(ash_sim *s, ash_errand *e, ash_node parent, uint32_t made)
{
    ash_deed d = {.kind = ASH_DEED_MKDIR, .node = parent, .number = made};
    ash_sim_do(s, &e->actor, &d);
}

/* The project's own folder and those in it are there as soon as they are met. */
static void begin_checkout(ash_sim *s, ash_errand *e)
{
    uint64_t *rng = &e->actor.rng;
    uint32_t most = s->opt->files / 4 < 5000 ? s->opt->files / 4 : 5000;
    e->left = ash_rng_range(rng, most / 5, most);
    e->here = 0;
    e->made = ash_sim_tree_make_project(&s->tree, ash_person_group(e->who, e->who->dept),
                                        ASH_PROJECT_CHECKOUT, e->left / FILES_A_MODULE + 1,
                                        ash_rng_below(rng, 10000));
    if (e->made == UINT32_MAX)
        e->left = 0;
    else
        e->first = s->tree.projects[e->made].first_year;
}

static bool checkout_step(ash_sim *s, ash_errand *e)
{
    ash_sim_actor *a = &e->actor;
    if (e->left == 0)
        return false;
    const ash_project *pr = &s->tree.projects[e->made];
    if (e->here == 0 && e->first == pr->first_year)
        make_node(s, e, (ash_node){ASH_NODE_GROUP, pr->group}, e->made);
    if (e->here == 0)
        make_node(s, e, (ash_node){ASH_NODE_PROJECT, e->made}, e->first);
    int slot = ash_sim_tree_create_file(&s->tree, e->first);
    if (slot >= 0) {
        ash_sim_do_file(s, a, ASH_DEED_CREATE, e->first, (unsigned)slot);
        ash_sim_note_change(s, e->first, (unsigned)slot);
    }
    e->left--;
    if (++e->here == FILES_A_MODULE) {
        e->here = 0;
        e->first = s->tree.folders[e->first].next;
    }
    ash_sim_wait(s, a, ash_sim_ms(&a->rng, 4, 40));
    return true;
}

/* --- tree-move: an administrator gives projects to another department ------------------- */

enum { MOST_MOVED = 3000, MOST_FOLDERS = 200 };

/* The next project, and a place for it. False: there is none. */
static bool next_move(ash_sim *s, ash_errand *e)
{
    uint32_t source = e->first++, until = end_of_project(s, source);
    uint32_t first = s->tree.projects[source].first_year, n = until - first;
    unsigned dept = (s->tree.groups[s->tree.projects[source].group].dept + 3u) % OPEN_DEPTS;
    e->here--;
    e->made = ash_sim_tree_make_project(&s->tree, ash_person_group(e->who, dept), ASH_PROJECT_MOVED,
                                        n < MOST_FOLDERS ? n : MOST_FOLDERS, source);
    if (e->made == UINT32_MAX)
        return false;
    make_node(s, e, (ash_node){ASH_NODE_GROUP, s->tree.projects[e->made].group}, e->made);
    walk_project(s, e, source);
    e->made = s->tree.projects[e->made].first_year;
    return true;
}

static void begin_move(ash_sim *s, ash_errand *e)
{
    uint64_t *rng = &e->actor.rng;
    const ash_group *g = &s->tree.groups[ash_person_group(e->who, ash_rng_below(rng, OPEN_DEPTS))];
    uint32_t at = ash_rng_below(rng, g->projects), most = (g->projects - at + 1) / 2;
    e->first = g->first_project + at;
    e->here = ash_rng_range(rng, 1, most < 8 ? most : 8); /* projects */
    e->left = MOST_MOVED;
    ash_walk_begin(&e->walk, 0, 0, 0, false);
}

static void move_file(ash_sim *s, ash_errand *e, uint32_t folder, unsigned slot)
{
    int to = ash_sim_tree_create_file(&s->tree, e->made);
    ash_sim_do_file(s, &e->actor, ASH_DEED_READ, folder, slot);
    if (to >= 0) {
        ash_sim_do_file(s, &e->actor, ASH_DEED_CREATE, e->made, (unsigned)to);
        ash_sim_note_change(s, e->made, (unsigned)to);
    }
    ash_sim_do_file(s, &e->actor, ASH_DEED_DELETE, folder, slot);
    ash_sim_tree_delete_file(&s->tree, folder, slot);
    e->left--;
}

static bool move_step(ash_sim *s, ash_errand *e)
{
    ash_sim_actor *a = &e->actor;
    uint32_t folder;
    unsigned slot;
    if (e->left == 0)
        return false;
    if (ash_walk_file(s, &e->walk, &folder, &slot)) {
        move_file(s, e, folder, slot);
    } else if (ash_walk_here(s, &e->walk) != ASH_NO_FOLDER) {
        bool first = e->walk.next == 0;
        uint32_t next = s->tree.folders[e->made].next;
        ash_walk_list(s, a, &e->walk);
        if (!first && next != ASH_NO_FOLDER)
            e->made = next;
        make_node(s, e, (ash_node){ASH_NODE_PROJECT, s->tree.folders[e->made].project}, e->made);
    } else if (e->here == 0 || !next_move(s, e)) {
        return false;
    }
    ash_sim_wait(s, a, ash_sim_ms(&a->rng, 10, 120));
    return true;
}

/* --- reading about: month-end, handover, keepsake ----------------------------------------- */

/* Lists a folder, reads `some` of it, goes on to the next of e->left folders. */
static bool read_about(ash_sim *s, ash_errand *e, uint32_t folder, unsigned some, uint32_t lo,
                       uint32_t hi)
{
    ash_sim_actor *a = &e->actor;
    if (e->here > 0) {
        int slot = ash_sim_tree_pick_file(&s->tree, e->first, &a->rng);
        e->here--;
        if (slot >= 0)
            ash_sim_try_read(s, a, e->first, (unsigned)slot, e->who->dept);
    } else if (e->left > 0) {
        e->left--;
        e->first = folder;
        if (ash_sim_try_list(s, a, ash_sim_folder(folder), e->who->dept))
            e->here = 1 + ash_rng_below(&a->rng, some);
    } else {
        return false;
    }
    ash_sim_wait(s, a, ash_sim_ms(&a->rng, lo, hi));
    return true;
}

static void begin_collecting(ash_sim *s, ash_errand *e)
{
    (void)s;
    e->here = 0;
    e->left = OPEN_DEPTS * ash_rng_range(&e->actor.rng, 1, 3);
}

/* Bills and figures of every department, one after the other. */
static bool collect_step(ash_sim *s, ash_errand *e)
{
    uint32_t group = ash_person_group(e->who, e->left % OPEN_DEPTS);
    uint32_t folder = ash_sim_tree_pick_folder(&s->tree, group, &e->actor.rng);
    return read_about(s, e, folder, 8, 3000, 40000);
}

static void begin_handover(ash_sim *s, ash_errand *e)
{
    (void)s;
    e->here = 0;
    e->left = ash_rng_range(&e->actor.rng, 15, 40);
}

/* Everything a department has, to get to know it. */
static bool handover_step(ash_sim *s, ash_errand *e)
{
    uint32_t group = ash_person_group(e->who, e->who->dept);
    uint32_t folder = ash_sim_tree_pick_folder(&s->tree, group, &e->actor.rng);
    return read_about(s, e, folder, 8, 5000, 60000);
}

/* What one has worked on, before one leaves. */
static bool keepsake_step(ash_sim *s, ash_errand *e)
{
    uint32_t folder = e->who->home[ash_rng_below(&e->actor.rng, ASH_HOMES)];
    return read_about(s, e, folder, 10, 1000, 10000);
}

#define ANY .dept = ASH_ANY_DEPT, .other_dept = ASH_ANY_DEPT

const ash_errand_kind ash_errand_kinds[] = {
    {.name = "photo-rename", .a_month = 30, ANY, .begin = begin_renaming, .step = rename_step},
    {.name = "archive", .a_month = 20, ANY, .begin = begin_archive, .step = archive_step},
    {.name = "checkout",
     .a_month = 10,
     .dept = DEVELOPMENT_DEPT,
     .other_dept = IT_DEPT,
     .begin = begin_checkout,
     .step = checkout_step},
    {.name = "tree-move",
     .a_month = 1,
     .dept = IT_DEPT,
     .other_dept = IT_DEPT,
     .evening = true,
     .admin = true,
     .begin = begin_move,
     .step = move_step},
    {.name = "month-end",
     .a_month = 15,
     .dept = ASH_FINANCE_DEPT,
     .other_dept = ASH_FINANCE_DEPT,
     .month_end = true,
     .begin = begin_collecting,
     .step = collect_step},
    {.name = NULL},
};

const ash_errand_kind ash_errand_handover = {
    .name = "handover", ANY, .begin = begin_handover, .step = handover_step};
const ash_errand_kind ash_errand_keepsake = {
    .name = "keepsake", ANY, .begin = begin_handover, .step = keepsake_step};
