/* throttled-scan: a program on somebody's own PC walks the shares while the PC is on, at
 * one to three files a minute. */
#include "simulate/calendar.h"
#include "simulate/intruder.h"

enum { ON = 9 * 60, OFF = 19 * 60 }; /* minutes */

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (a->due.us >= t->day * ASH_US_PER_DAY + OFF * 60 * ASH_US_PER_SEC) {
        do
            t->day++;
        while (!ash_is_workday(t->day));
        ash_sim_leave(a, ash_sim_at(t->day, ON, &a->rng));
    } else if (ash_walk_read(s, a, &t->walk)) {
        bool listed = t->walk.slot == 0 || t->walk.slot == ASH_SLOTS;
        ash_sim_wait(s, a,
                     listed ? ash_sim_ms(&a->rng, 500, 4000) : ash_sim_ms(&a->rng, 20000, 60000));
    } else {
        ash_sim_leave(a, UINT64_MAX);
    }
}

void ash_sim_throttled_scan(ash_sim *s)
{
    static const ash_style_odds odds = {.own_pc = 100,
                                        .office = 100,
                                        .backward = 20,
                                        .shuffled = 40,
                                        .knows = 30,
                                        .pace_lo = 100,
                                        .pace_hi = 100};
    ash_intruder *t = ash_intruder_add(s, 2, step, &odds);
    if (t == NULL)
        return;
    t->day = ash_intruder_day(s, t, 10, 60);
    while (!ash_is_workday(t->day))
        t->day++;
    ash_truth_begin_phase(&s->truth, "walk");
    ash_intruder_begin_scan(s, t, 30, 100);
    t->actor.due.us = ash_sim_at(t->day, ON + ash_rng_below(&t->actor.rng, 300), &t->actor.rng);
}
