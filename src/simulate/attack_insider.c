/* insider: somebody who will leave takes files, from the own PC and at the usual hours;
 * most of them from other departments. */
#include "simulate/calendar.h"
#include "simulate/intruder.h"

enum { DAYS_BEFORE = 25 };

static uint64_t office_hour(ash_intruder *t)
{
    const ash_person *p = t->victim;
    return ash_sim_at(t->day, p->arrives + 30 + ash_rng_below(&t->actor.rng, p->stays - 60u),
                      &t->actor.rng);
}

static void next_visit(ash_intruder *t, uint64_t now_us)
{
    uint64_t at = office_hour(t);
    if (at <= now_us || ash_rng_chance(&t->actor.rng, 4000)) {
        do
            t->day++;
        while (!ash_is_workday(t->day));
        at = office_hour(t);
    }
    ash_sim_leave(&t->actor, t->day > t->last_day ? UINT64_MAX : at);
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == 0) {
        t->phase = 1;
        t->left = ash_rng_range(&a->rng, 3, 20);
        t->here = 0;
    }
    if (ash_intruder_browse(s, t)) {
        ash_intruder_wait(s, t, 6000, 90000);
    } else {
        t->phase = 0;
        next_visit(t, a->due.us);
    }
}

void ash_sim_insider(ash_sim *s)
{
    static const ash_style_odds odds = {
        .own_pc = 100, .office = 100, .knows = 30, .pace_lo = 50, .pace_hi = 200};
    ash_intruder *t = ash_intruder_add(s, 1, step, &odds);
    if (t == NULL)
        return;
    uint32_t before = ash_rng_range(&t->actor.rng, DAYS_BEFORE / 2, DAYS_BEFORE);
    t->last_day = ash_intruder_day(s, t, 75, 98);
    t->victim->leaves = t->last_day + 1;
    t->victim->wrong = true;
    t->day = t->last_day > s->opt->start + before ? t->last_day - before : s->opt->start;
    while (!ash_is_workday(t->day))
        t->day++;
    ash_truth_begin_phase(&s->truth, "collect");
    t->actor.due.us = t->day > t->last_day ? UINT64_MAX : office_hour(t);
}
