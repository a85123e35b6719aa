/* spraying: one password on many accounts, a few names that do not exist, one success;
 * later some hours of reading. */
#include "simulate/intruder.h"

enum phase { TRYING, READING };
enum { MOST_ACCOUNTS = 300 };

static void try_next(ash_sim *s, ash_intruder *t)
{
    static const char *const guesses[] = {"administrator", "admin", "test",
                                          "guest1",        "scan",  "sqlsvc"};
    ash_sim_actor *a = &t->actor;
    uint32_t i = t->folder++; /* how many were tried */
    bool unknown = i % 16 == 5 && i / 16 < sizeof guesses / sizeof *guesses;
    const char *account = unknown ? guesses[i / 16] : s->people[i % s->n_people]->actor.account;
    if (unknown || s->people[i % s->n_people] != t->victim)
        ash_sim_refused(s, a, t->victim->server, account, unknown);
    if (t->folder < t->seen_hi) {
        ash_intruder_wait(s, t, 400, 9000);
        return;
    }
    t->phase = READING;
    t->left = ash_rng_range(&a->rng, 40, 200);
    ash_truth_begin_phase(&s->truth, "read");
    ash_intruder_wait(s, t, 2000, 9000);
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == TRYING)
        try_next(s, t);
    else if (ash_intruder_browse(s, t))
        ash_intruder_wait(s, t, 2000, 60000);
    else
        ash_sim_leave(a, UINT64_MAX);
}

void ash_sim_spraying(ash_sim *s)
{
    static const ash_style_odds odds = {.any_time = 100, .knows = 30, .pace_lo = 50, .pace_hi = 600};
    ash_intruder *t = ash_intruder_add(s, 4, step, &odds);
    if (t == NULL)
        return;
    t->day = ash_intruder_day(s, t, 15, 85);
    t->folder = 0;
    t->seen_hi = s->n_people < MOST_ACCOUNTS ? s->n_people : MOST_ACCOUNTS;
    ash_truth_begin_phase(&s->truth, "spray");
    t->actor.due.us = ash_intruder_time(t);
}
