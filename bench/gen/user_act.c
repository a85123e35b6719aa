/*
 * One action of a person at work. The mix follows a recorded morning of ten office
 * users: of 1,070 actions 40 % listings, 30 % reads, 10 % Office saves.
 */
#include "changes.h"
#include "simulate/smb.h"
#include "user.h"

static ash_node folder_node(uint32_t folder)
{
    return (ash_node){ASH_NODE_FOLDER, folder};
}

/* Quick steps, reading, and now and then something else than this server. */
uint64_t user_think(struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    unsigned r = ash_rng_below(rng, 1000);
    uint64_t us;
    if (r < 550)
        us = wait_ms(rng, 800, 14000);
    else if (r < 850)
        us = wait_ms(rng, 14000, 110000);
    else if (r < 985)
        us = wait_ms(rng, 90000, 800000);
    else
        us = wait_ms(rng, 900000, 3000000); /* beyond 15 minutes: a new session for the reader */
    us = us * u->slowness >> 8;

    uint64_t then = u->actor.due.us + us;
    uint64_t second = then / ASH_US_PER_SEC % 86400;
    /* Seven of ten leave for lunch; who stays changes from day to day. */
    bool lunch = ash_mix64(((uint64_t)u->day << 32) + u->actor.due.order) % 10 < 7;
    if (lunch && second >= 12 * 3600 && second < 13 * 3600)
        us += (13 * 3600 - second) * ASH_US_PER_SEC + wait_ms(rng, 0, 1200000);
    return us;
}

static void remember(struct user *u, uint32_t folder, unsigned slot)
{
    memmove(u->recent + 1, u->recent, sizeof u->recent - sizeof *u->recent);
    u->recent[0] = (struct change){folder, (uint8_t)slot};
}

static uint32_t pick_home(struct world *w, struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    if (ash_rng_chance(rng, 600))
        return user_find_folder(w, u);
    return u->home[ash_rng_skewed(rng, HOME_FOLDERS)];
}

/* A file that exists: a recent one or one of the folder. False: there is none. */
static bool pick_file(struct world *w, struct user *u, uint32_t folder, unsigned recent,
                      struct change *ret)
{
    uint64_t *rng = &u->actor.rng;
    if (ash_rng_chance(rng, recent)) {
        const struct change *c = &u->recent[ash_rng_skewed(rng, RECENT_FILES)];
        if (c->folder != ASH_NO_FOLDER && (w->tree.folders[c->folder].alive >> c->slot & 1)) {
            *ret = *c;
            return true;
        }
    }
    int slot = ash_sim_tree_pick_file(&w->tree, folder, rng);
    if (slot < 0)
        return false;
    *ret = (struct change){folder, (uint8_t)slot};
    return true;
}

static void go_to(struct world *w, struct user *u, uint32_t folder)
{
    if (u->cwd == folder)
        return;
    ash_smb_cd(&w->smb, &u->actor.client, folder_node(folder));
    u->cwd = folder;
    w->out.us += ash_rng_range(&u->actor.rng, 100, 500);
}

static void act_list(struct world *w, struct user *u, uint32_t folder)
{
    uint64_t *rng = &u->actor.rng;
    go_to(w, u, folder);
    ash_smb_list(&w->smb, &u->actor.client, folder_node(folder), true);
    if (ash_rng_chance(rng, 3500))
        u->burst = (uint8_t)(1 + ash_rng_skewed(rng, 4));
}

static void act_list_upper(struct world *w, struct user *u, uint32_t folder)
{
    ash_node n = {ASH_NODE_PROJECT, w->tree.folders[folder].project};
    unsigned r = ash_rng_below(&u->actor.rng, 40);
    if (r < 3)
        n = ash_sim_tree_parent(&w->tree, n);
    if (r == 0)
        n = ash_sim_tree_parent(&w->tree, n);
    ash_smb_list(&w->smb, &u->actor.client, n, true);
    u->cwd = ASH_NO_FOLDER;
}

static void act_read(struct world *w, struct user *u, uint32_t folder, unsigned recent)
{
    struct change c;
    if (!pick_file(w, u, folder, recent, &c))
        return;
    ash_file_state f = ash_sim_tree_file(&w->tree, c.folder, c.slot);
    if (world_file_denied(w, c.folder, c.slot, u->dept)) {
        ash_smb_read_denied(&w->smb, &u->actor.client, c.folder, f);
        return;
    }
    ash_smb_read(&w->smb, &u->actor.client, c.folder, f, 0);
    remember(u, c.folder, c.slot);
}

static void act_save(struct world *w, struct user *u, uint32_t folder)
{
    struct change c;
    if (!pick_file(w, u, folder, 8000, &c) ||
        world_file_denied(w, c.folder, c.slot, u->dept))
        return;
    u->temp = (uint32_t)ash_rng_next(&u->actor.rng);
    u->saving = c;
    ash_smb_save_begin(&w->smb, &u->actor.client, c.folder, ash_sim_tree_file(&w->tree, c.folder, c.slot), u->temp);
    u->phase = USER_SAVE;
}

void user_finish_save(struct world *w, struct user *u)
{
    struct change c = u->saving;
    ash_smb_save_end(&w->smb, &u->actor.client, c.folder, ash_sim_tree_file(&w->tree, c.folder, c.slot), u->temp);
    w->tree.folders[c.folder].alive |= UINT64_C(1) << c.slot; /* deleted meanwhile: back again */
    changes_add(&w->changes, c);
    remember(u, c.folder, c.slot);
}

static void act_write(struct world *w, struct user *u, uint32_t folder, bool create)
{
    struct change c = {folder, 0};
    if (create) {
        int slot = ash_sim_tree_create_file(&w->tree, folder);
        if (slot < 0)
            return;
        c.slot = (uint8_t)slot;
        go_to(w, u, folder);
        ash_smb_create(&w->smb, &u->actor.client, folder, ash_sim_tree_file(&w->tree, folder, c.slot));
    } else {
        if (!pick_file(w, u, folder, 5000, &c) ||
            world_file_denied(w, c.folder, c.slot, u->dept))
            return;
        ash_smb_overwrite(&w->smb, &u->actor.client, c.folder, ash_sim_tree_file(&w->tree, c.folder, c.slot));
    }
    changes_add(&w->changes, c);
    remember(u, c.folder, c.slot);
}

static void act_rename(struct world *w, struct user *u, uint32_t folder)
{
    struct change c;
    if (!pick_file(w, u, folder, 5000, &c))
        return;
    ash_file_state from = ash_sim_tree_file(&w->tree, c.folder, c.slot);
    if (!ash_sim_tree_rename_file(&w->tree, c.folder, c.slot))
        return;
    ash_smb_rename(&w->smb, &u->actor.client, c.folder, from, ash_sim_tree_file(&w->tree, c.folder, c.slot));
    changes_add(&w->changes, c);
}

static void act_delete(struct world *w, struct user *u, uint32_t folder)
{
    struct change c;
    if (!pick_file(w, u, folder, 3000, &c))
        return;
    ash_smb_delete(&w->smb, &u->actor.client, c.folder, ash_sim_tree_file(&w->tree, c.folder, c.slot));
    ash_sim_tree_delete_file(&w->tree, c.folder, c.slot);
}

static void act_mkdir(struct world *w, struct user *u, uint32_t folder)
{
    uint32_t made = ash_sim_tree_make_folder(&w->tree, folder);
    if (made == ASH_NO_FOLDER)
        return;
    ash_smb_mkdir(&w->smb, &u->actor.client, (ash_node){ASH_NODE_FOLDER, folder},
                  (ash_node){ASH_NODE_FOLDER, made});
    u->home[ash_rng_below(&u->actor.rng, HOME_FOLDERS)] = made;
}

/* Somebody tries a door: a department that is closed to others. */
static void act_denied(struct world *w, struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    unsigned dept = ASH_DEPT_COUNT - 1 - ash_rng_skewed(rng, 2);
    if (dept == u->dept)
        return;
    uint32_t folder = ash_sim_tree_pick_folder(&w->tree, user_group(u, dept), rng);
    ash_node n = folder_node(folder);
    unsigned depth = ash_rng_below(rng, 4);
    if (depth > 0)
        n = (ash_node){ASH_NODE_PROJECT, w->tree.folders[folder].project};
    if (depth > 2)
        n = ash_sim_tree_parent(&w->tree, n);
    ash_smb_list_denied(&w->smb, &u->actor.client, n);
}

static void act_missing(struct world *w, struct user *u, uint32_t folder)
{
    ash_file_state f = {.slot = (uint8_t)ash_rng_below(&u->actor.rng, ASH_SLOTS), .gen = 3};
    if (ash_sim_tree_file(&w->tree, folder, f.slot).gen != 3)
        ash_smb_read_missing(&w->smb, &u->actor.client, folder, f);
}

static void act_by_chance(struct world *w, struct user *u)
{
    unsigned r = ash_rng_below(&u->actor.rng, 1000);
    uint32_t folder = pick_home(w, u);
    if (r < 470)
        act_list(w, u, folder);
    else if (r < 650)
        act_read(w, u, folder, 3500);
    else if (r < 775)
        act_save(w, u, folder);
    else if (r < 810)
        act_write(w, u, folder, true);
    else if (r < 835)
        act_write(w, u, folder, false);
    else if (r < 847)
        act_rename(w, u, folder);
    else if (r < 862)
        act_delete(w, u, folder);
    else if (r < 866)
        act_mkdir(w, u, folder);
    else if (r < 920)
        act_list_upper(w, u, folder);
    else if (r < 928)
        act_denied(w, u);
    else if (r < 955)
        act_missing(w, u, folder);
    else
        go_to(w, u, folder);
}

void user_act(struct world *w, struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    if (u->burst > 0 && u->cwd != ASH_NO_FOLDER) {
        u->burst--;
        act_read(w, u, u->cwd, 0);
    } else {
        act_by_chance(w, u);
    }
    uint64_t pause = u->phase == USER_SAVE ? wait_ms(rng, 3000, 20000)
                     : u->burst > 0        ? wait_ms(rng, 600, 9000)
                                           : user_think(u);
    u->actor.resume_us = w->out.us + pause;
}
