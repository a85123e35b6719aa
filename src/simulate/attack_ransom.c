/* ransomware: a program on somebody's PC, or on a machine of its own. It lists, or not, then
 * encrypts file after file by one of three methods and leaves a note in each folder. */
#include "simulate/intruder.h"

enum phase { LISTING, ENCRYPTING };
/* Overwrites and renames; overwrites alone; writes a new file and deletes the old one. */
enum method { RENAMING, IN_PLACE, COPYING };
enum { MOST_FILES = 20000 };

static void leave_note(ash_sim *s, ash_sim_actor *a, uint32_t folder)
{
    if (s->tree.folders[folder].note)
        return;
    s->tree.folders[folder].note = true;
    ash_sim_do_file(s, a, ASH_DEED_CREATE, folder, ASH_NOTE_SLOT);
}

static void encrypt(ash_sim *s, ash_intruder *t, uint32_t folder, unsigned slot)
{
    ash_sim_actor *a = &t->actor;
    ash_deed d = {.kind = ASH_DEED_RENAME, .node = ash_sim_folder(folder)};
    d.file = ash_sim_tree_file(&s->tree, folder, slot);
    ash_sim_do_file(s, a, ASH_DEED_READ, folder, slot);
    if (t->method != COPYING)
        ash_sim_do_file(s, a, ASH_DEED_OVERWRITE, folder, slot);
    if (t->method == IN_PLACE)
        return;
    ash_sim_tree_lock_file(&s->tree, folder, slot);
    d.to = ash_sim_tree_file(&s->tree, folder, slot);
    if (t->method == COPYING) {
        ash_sim_do_file(s, a, ASH_DEED_CREATE, folder, slot);
        d.kind = ASH_DEED_DELETE;
    }
    ash_sim_do(s, a, &d);
}

static void next_file(ash_sim *s, ash_intruder *t)
{
    ash_sim_actor *a = &t->actor;
    uint32_t folder;
    unsigned slot;
    if (!ash_walk_file(s, &t->walk, &folder, &slot)) {
        if (t->walk.entered) {
            leave_note(s, a, t->walk.folder);
            t->walk.entered = false;
        } else if (t->left == 0 || !ash_walk_list(s, a, &t->walk)) {
            ash_sim_leave(a, UINT64_MAX);
            return;
        }
    } else if (!(s->tree.folders[folder].locked >> slot & 1) &&
               ash_sim_may_read(s, folder, slot, t->victim->dept)) {
        encrypt(s, t, folder, slot);
        t->left -= t->left > 0;
    }
    ash_intruder_wait(s, t, 2, 25);
}

static void begin_encrypting(ash_sim *s, ash_intruder *t)
{
    t->phase = ENCRYPTING;
    ash_truth_begin_phase(&s->truth, "encrypt");
    ash_walk_begin(&t->walk, t->seen_lo, t->seen_hi, t->victim->dept, false);
    ash_walk_set_order(&t->walk, t->order);
    t->walk.silent = t->tool != ASH_TOOL_LISTS;
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == LISTING && ash_intruder_scan(s, t)) {
        ash_intruder_wait(s, t, 1, 15);
    } else if (t->phase == LISTING) {
        begin_encrypting(s, t);
        ash_intruder_wait(s, t, 5000, 900000);
    } else {
        next_file(s, t);
    }
}

void ash_sim_ransomware(ash_sim *s)
{
    static const char *const methods[] = {"rename", "in-place", "copy-delete"};
    static const ash_style_odds odds = {.own_pc = 70,
                                        .any_time = 40,
                                        .backward = 20,
                                        .shuffled = 30,
                                        .knows = 30,
                                        .pace_lo = 30,
                                        .pace_hi = 400};
    ash_intruder *t = ash_intruder_add(s, 3, step, &odds);
    if (t == NULL)
        return;
    t->method = ash_rng_below(&t->actor.rng, 3);
    s->truth.style.method = methods[t->method];
    t->day = ash_intruder_day(s, t, 30, 95);
    t->left = ash_rng_range(&t->actor.rng, MOST_FILES / 40, MOST_FILES);
    if (t->tool == ASH_TOOL_LISTS)
        ash_truth_begin_phase(&s->truth, "list");
    ash_intruder_begin_scan(s, t, 20, 60);
    if (t->tool != ASH_TOOL_LISTS)
        begin_encrypting(s, t);
    t->actor.due.us = ash_intruder_time(t);
}
