/* slow-then-scan: a stolen account comes from a machine of its own, some nights a month,
 * and takes a few files from departments the account has nothing to do with. Months
 * later somebody else uses the same access, with a tool, loudly. */
#include "simulate/intruder.h"

enum phase { NIGHTS, VISIT, LISTING, TAKING };
enum { FILES_A_NIGHT = 8 };

/* Between half past nine in the evening and half past four. */
static uint64_t night(ash_intruder *t)
{
    return ash_sim_at(t->day, 21 * 60 + 30 + ash_rng_below(&t->actor.rng, 7 * 60), &t->actor.rng);
}

static void sleep_until_next(ash_intruder *t)
{
    t->day++;
    t->phase = NIGHTS;
    ash_sim_leave(&t->actor, night(t));
}

static void begin_scan(ash_sim *s, ash_intruder *t)
{
    if (ash_rng_chance(&t->actor.rng, 5000))
        ash_intruder_foreign(t, 77, "KALI");
    ash_truth_begin_phase(&s->truth, "list");
    ash_intruder_begin_scan(s, t, 25, 60);
    t->phase = LISTING;
}

static void take(ash_sim *s, ash_intruder *t)
{
    ash_sim_actor *a = &t->actor;
    if (t->left == 0 || !ash_walk_read(s, a, &t->walk)) {
        ash_sim_leave(a, UINT64_MAX);
        return;
    }
    t->left -= t->walk.slot < ASH_SLOTS;
    ash_sim_wait(s, a, ash_sim_ms(&a->rng, 30, 400));
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == NIGHTS && t->day >= t->last_day)
        begin_scan(s, t);
    if (t->phase == NIGHTS) {
        t->left = ash_rng_below(&a->rng, FILES_A_NIGHT + 1);
        t->here = 0;
        t->phase = VISIT;
    }
    if (t->phase == VISIT && !ash_intruder_browse(s, t)) {
        sleep_until_next(t);
    } else if (t->phase == VISIT) {
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 15000, 400000));
    } else if (t->phase == LISTING && !ash_walk_list(s, a, &t->walk)) {
        ash_truth_begin_phase(&s->truth, "take");
        ash_intruder_begin_taking(s, t);
        t->phase = TAKING;
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 20000, 300000));
    } else if (t->phase == LISTING) {
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 2, 60));
    } else if (t->phase == TAKING) {
        take(s, t);
    }
}

void ash_sim_slow_then_scan(ash_sim *s)
{
    ash_intruder *t = ash_intruder_add(s, 0, step);
    if (t == NULL)
        return;
    ash_intruder_foreign(t, 91, "DESKTOP-7QK2A");
    ash_truth_begin_phase(&s->truth, "collect");
    t->day = ash_intruder_day(s, t, 3, 25);
    t->last_day = ash_intruder_day(s, t, 80, 96);
    t->actor.due.us = night(t);
}
