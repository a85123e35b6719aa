/* One step of a person at work. The mix follows a recorded morning of ten office users:
 * of 1,070 actions 40 % listings, 30 % reads, 10 % Office saves. */
#include "simulate/people.h"

/* Pauses as recorded give about so many actions a day. */
enum { RECORDED_ACTIONS = 200 };

/* Quick steps, reading, and now and then something else than this server. */
static uint64_t think(const ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    unsigned r = ash_rng_below(rng, 1000);
    uint64_t us = r < 550   ? ash_sim_ms(rng, 800, 14000)
                  : r < 850 ? ash_sim_ms(rng, 14000, 110000)
                  : r < 985 ? ash_sim_ms(rng, 90000, 800000)
                            : ash_sim_ms(rng, 900000, 3000000);
    return us * p->slowness / 256 * RECORDED_ACTIONS / s->opt->actions;
}

static void remember(ash_person *p, ash_place at)
{
    memmove(p->recent + 1, p->recent, sizeof p->recent - sizeof *p->recent);
    p->recent[0] = at;
}

static uint32_t pick_home(ash_sim *s, ash_person *p)
{
    if (ash_rng_chance(&p->actor.rng, 400))
        return ash_person_find_folder(s, p);
    return p->home[ash_rng_skewed(&p->actor.rng, ASH_HOMES)];
}

static bool exists(const ash_sim *s, ash_place at)
{
    return at.folder != ASH_NO_FOLDER && (s->tree.folders[at.folder].alive >> at.slot & 1);
}

/* A recent file, or one of the folder. False: there is none. */
static bool pick_file(ash_sim *s, ash_person *p, uint32_t folder, unsigned recent, ash_place *ret)
{
    uint64_t *rng = &p->actor.rng;
    if (ash_rng_chance(rng, recent)) {
        ash_place at = p->recent[ash_rng_skewed(rng, ASH_RECENT)];
        if (exists(s, at)) {
            *ret = at;
            return true;
        }
    }
    int slot = ash_sim_tree_pick_file(&s->tree, folder, rng);
    if (slot < 0)
        return false;
    *ret = (ash_place){folder, (uint8_t)slot};
    return true;
}

static void go_to(ash_sim *s, ash_person *p, uint32_t folder)
{
    if (p->cwd == folder)
        return;
    ash_sim_do_node(s, &p->actor, ASH_DEED_LOOK, ash_sim_folder(folder));
    p->cwd = folder;
    ash_sim_pause(s, ash_rng_range(&p->actor.rng, 100, 500));
}

static void list(ash_sim *s, ash_person *p, uint32_t folder)
{
    uint64_t *rng = &p->actor.rng;
    go_to(s, p, folder);
    ash_sim_do_node(s, &p->actor, ASH_DEED_LIST, ash_sim_folder(folder));
    if (ash_rng_chance(rng, 4500))
        p->burst = (uint8_t)(1 + ash_rng_skewed(rng, 4));
}

static void list_above(ash_sim *s, ash_person *p, uint32_t folder)
{
    ash_node n = {ASH_NODE_PROJECT, s->tree.folders[folder].project};
    unsigned r = ash_rng_below(&p->actor.rng, 40);
    if (r < 3)
        n = ash_sim_tree_parent(&s->tree, n);
    if (r == 0)
        n = ash_sim_tree_parent(&s->tree, n);
    ash_sim_do_node(s, &p->actor, ASH_DEED_LIST, n);
    p->cwd = ASH_NO_FOLDER;
}

/* Opens it; some are then edited. */
static void open_file(ash_sim *s, ash_person *p, uint32_t folder, unsigned recent)
{
    ash_place at;
    if (!pick_file(s, p, folder, recent, &at))
        return;
    ash_sim_try_read(s, &p->actor, at.folder, at.slot, p->dept);
    if (!ash_sim_may_read(s, at.folder, at.slot, p->dept))
        return;
    remember(p, at);
    if (ash_rng_below(&p->actor.rng, 100) < p->saves) {
        p->saving = at;
        p->phase = ASH_PERSON_EDIT;
    }
}

static void begin_save(ash_sim *s, ash_person *p)
{
    ash_place at = p->saving;
    p->phase = ASH_PERSON_WORK;
    if (!exists(s, at))
        return;
    p->temp = (uint32_t)ash_rng_next(&p->actor.rng);
    ash_deed d = {ASH_DEED_SAVE_BEGIN,
                  ash_sim_folder(at.folder),
                  ash_sim_tree_file(&s->tree, at.folder, at.slot),
                  {0},
                  p->temp};
    ash_sim_do(s, &p->actor, &d);
    p->phase = ASH_PERSON_SAVE;
}

static void end_save(ash_sim *s, ash_person *p)
{
    ash_place at = p->saving;
    ash_deed d = {ASH_DEED_SAVE_END,
                  ash_sim_folder(at.folder),
                  ash_sim_tree_file(&s->tree, at.folder, at.slot),
                  {0},
                  p->temp};
    ash_sim_do(s, &p->actor, &d);
    s->tree.folders[at.folder].alive |= UINT64_C(1) << at.slot; /* deleted meanwhile: back again */
    ash_sim_note_change(s, at.folder, at.slot);
    p->phase = ASH_PERSON_WORK;
}

static void create(ash_sim *s, ash_person *p, uint32_t folder)
{
    int slot = ash_sim_tree_create_file(&s->tree, folder);
    if (slot < 0)
        return;
    go_to(s, p, folder);
    ash_sim_do_file(s, &p->actor, ASH_DEED_CREATE, folder, (unsigned)slot);
    ash_sim_note_change(s, folder, (unsigned)slot);
    remember(p, (ash_place){folder, (uint8_t)slot});
}

static void overwrite(ash_sim *s, ash_person *p, uint32_t folder)
{
    ash_place at;
    if (!pick_file(s, p, folder, 5000, &at) || !ash_sim_may_read(s, at.folder, at.slot, p->dept))
        return;
    ash_sim_do_file(s, &p->actor, ASH_DEED_OVERWRITE, at.folder, at.slot);
    ash_sim_note_change(s, at.folder, at.slot);
    remember(p, at);
}

static void change_name(ash_sim *s, ash_person *p, uint32_t folder)
{
    ash_place at;
    if (!pick_file(s, p, folder, 5000, &at) || !ash_sim_may_read(s, at.folder, at.slot, p->dept))
        return;
    ash_deed d = {.kind = ASH_DEED_RENAME, .node = ash_sim_folder(at.folder)};
    d.file = ash_sim_tree_file(&s->tree, at.folder, at.slot);
    if (!ash_sim_tree_rename_file(&s->tree, at.folder, at.slot))
        return;
    d.to = ash_sim_tree_file(&s->tree, at.folder, at.slot);
    ash_sim_do(s, &p->actor, &d);
    ash_sim_note_change(s, at.folder, at.slot);
}

static void delete_file(ash_sim *s, ash_person *p, uint32_t folder)
{
    ash_place at;
    if (!pick_file(s, p, folder, 3000, &at) || !ash_sim_may_read(s, at.folder, at.slot, p->dept))
        return;
    ash_sim_do_file(s, &p->actor, ASH_DEED_DELETE, at.folder, at.slot);
    ash_sim_tree_delete_file(&s->tree, at.folder, at.slot);
}

static void make_folder(ash_sim *s, ash_person *p, uint32_t folder)
{
    uint32_t made = ash_sim_tree_make_folder(&s->tree, folder);
    if (made == ASH_NO_FOLDER)
        return;
    ash_deed d = {.kind = ASH_DEED_MKDIR, .node = ash_sim_folder(folder), .number = made};
    ash_sim_do(s, &p->actor, &d);
    p->home[ash_rng_below(&p->actor.rng, ASH_HOMES)] = made;
}

/* Somebody tries a door: a department that is closed to others. */
static void try_door(ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    unsigned dept = ASH_DEPT_COUNT - 1 - ash_rng_skewed(rng, 2);
    if (dept == p->dept)
        return;
    uint32_t group = ash_person_group(p, dept);
    uint32_t folder = ash_sim_tree_pick_folder(&s->tree, group, rng);
    ash_node n = {ASH_NODE_GROUP, group};
    if (ash_rng_chance(rng, 3000))
        n = (ash_node){ASH_NODE_PROJECT, s->tree.folders[folder].project};
    ash_sim_try_list(s, &p->actor, n, p->dept);
}

/* A link to a file that has another name now. */
static void open_missing(ash_sim *s, ash_person *p, uint32_t folder)
{
    unsigned slot = ash_rng_below(&p->actor.rng, ASH_SLOTS);
    if (ash_sim_tree_file(&s->tree, folder, slot).gen == 3)
        return;
    ash_deed d = {.kind = ASH_DEED_MISSING, .node = ash_sim_folder(folder)};
    d.file = (ash_file_state){.slot = (uint8_t)slot, .gen = 3};
    ash_sim_do(s, &p->actor, &d);
}

static void act(ash_sim *s, ash_person *p)
{
    unsigned r = ash_rng_below(&p->actor.rng, 1000);
    uint32_t folder = pick_home(s, p);
    if (!ash_sim_may_enter(s, ash_sim_folder(folder), p->dept))
        try_door(s, p); /* of the old department, after a move */
    else if (r < 420)
        list(s, p, folder);
    else if (r < 740)
        open_file(s, p, folder, 5000);
    else if (r < 785)
        create(s, p, folder);
    else if (r < 815)
        overwrite(s, p, folder);
    else if (r < 830)
        change_name(s, p, folder);
    else if (r < 845)
        delete_file(s, p, folder);
    else if (r < 850)
        make_folder(s, p, folder);
    else if (r < 910)
        list_above(s, p, folder);
    else if (r < 914)
        try_door(s, p);
    else if (r < 940)
        open_missing(s, p, folder);
    else
        go_to(s, p, folder);
}

void ash_person_work(ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    if (p->phase == ASH_PERSON_EDIT) {
        begin_save(s, p);
    } else if (p->phase == ASH_PERSON_SAVE) {
        end_save(s, p);
    } else if (p->burst > 0 && p->cwd != ASH_NO_FOLDER) {
        p->burst--;
        open_file(s, p, p->cwd, 0);
    } else {
        act(s, p);
    }
    uint64_t pause = p->phase == ASH_PERSON_EDIT   ? ash_sim_ms(rng, 30000, 900000)
                     : p->phase == ASH_PERSON_SAVE ? ash_sim_ms(rng, 1000, 20000)
                     : p->burst > 0                ? ash_sim_ms(rng, 600, 9000)
                                                   : think(s, p);
    ash_sim_wait(s, &p->actor, pause);
}
