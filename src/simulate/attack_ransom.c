/* ransomware: a program on somebody's PC, at a time when nobody is there. It lists, then
 * reads, overwrites and renames file after file and leaves a note in each folder. */
#include "simulate/intruder.h"

enum phase { LISTING, ENCRYPTING };
enum { MOST_FILES = 20000 };

static void leave_note(ash_sim *s, ash_sim_actor *a, uint32_t folder)
{
    if (s->tree.folders[folder].note)
        return;
    s->tree.folders[folder].note = true;
    ash_sim_do_file(s, a, ASH_DEED_CREATE, folder, ASH_NOTE_SLOT);
}

static void encrypt(ash_sim *s, ash_sim_actor *a, uint32_t folder, unsigned slot)
{
    ash_deed d = {.kind = ASH_DEED_RENAME, .node = ash_sim_folder(folder)};
    d.file = ash_sim_tree_file(&s->tree, folder, slot);
    ash_sim_do_file(s, a, ASH_DEED_READ, folder, slot);
    ash_sim_do_file(s, a, ASH_DEED_OVERWRITE, folder, slot);
    ash_sim_tree_lock_file(&s->tree, folder, slot);
    d.to = ash_sim_tree_file(&s->tree, folder, slot);
    ash_sim_do(s, a, &d);
}

static void next_file(ash_sim *s, ash_intruder *t)
{
    ash_sim_actor *a = &t->actor;
    uint32_t folder;
    unsigned slot;
    if (!ash_walk_file(s, &t->walk, &folder, &slot)) {
        if (t->walk.entered) {
            leave_note(s, a, t->walk.folder - 1);
            t->walk.entered = false;
        } else if (t->left == 0 || !ash_walk_list(s, a, &t->walk)) {
            ash_sim_leave(a, UINT64_MAX);
            return;
        }
    } else if (!(s->tree.folders[folder].locked >> slot & 1) &&
               ash_sim_may_read(s, folder, slot, t->victim->dept)) {
        encrypt(s, a, folder, slot);
        t->left -= t->left > 0;
    }
    ash_sim_wait(s, a, ash_rng_range(&a->rng, 2000, 25000));
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == LISTING && ash_walk_list(s, a, &t->walk)) {
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 1, 15));
    } else if (t->phase == LISTING) {
        t->phase = ENCRYPTING;
        ash_truth_begin_phase(&s->truth, "encrypt");
        ash_walk_begin(&t->walk, t->seen_lo, t->seen_hi, t->victim->dept, false);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 5000, 900000));
    } else {
        next_file(s, t);
    }
}

void ash_sim_ransomware(ash_sim *s)
{
    ash_intruder *t = ash_intruder_add(s, 3, step);
    if (t == NULL)
        return;
    ash_intruder_at_home(t);
    t->day = ash_intruder_day(s, t, 30, 95);
    t->left = ash_rng_range(&t->actor.rng, MOST_FILES / 40, MOST_FILES);
    ash_truth_begin_phase(&s->truth, "list");
    ash_intruder_begin_scan(s, t, 20, 60);
    t->actor.due.us = ash_sim_at(t->day, 2 * 60 + ash_rng_below(&t->actor.rng, 210), &t->actor.rng);
}
