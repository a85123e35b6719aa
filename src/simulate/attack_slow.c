/* slow-then-scan: a stolen account comes from a machine of its own, some nights a month,
 * and takes a few files from departments the account has nothing to do with. Months
 * later somebody else uses the same access, with a tool, loudly.
 *
 * slow-vpn: the same through the victim's own VPN session, at the hours people work, and
 * nothing loud ever follows. */
#include "simulate/calendar.h"
#include "simulate/intruder.h"

enum phase { NIGHTS, VISIT, LISTING, TAKING };
enum { FILES_A_NIGHT = 8 };

static void sleep_until_next(ash_intruder *t)
{
    t->day++;
    while (t->hours == ASH_AT_OFFICE_HOURS && !ash_is_workday(t->day))
        t->day++;
    t->phase = NIGHTS;
    ash_sim_leave(&t->actor, ash_intruder_time(t));
}

static void begin_scan(ash_sim *s, ash_intruder *t)
{
    if (ash_rng_chance(&t->actor.rng, 5000))
        ash_intruder_move(t);
    ash_truth_begin_phase(&s->truth, t->tool == ASH_TOOL_LISTS ? "list" : "open");
    ash_intruder_begin_scan(s, t, 25, 60);
    t->phase = LISTING;
}

static void begin_visit(ash_intruder *t)
{
    if (t->origin == ASH_FROM_VPN)
        ash_intruder_move(t);
    t->left = ash_rng_below(&t->actor.rng, FILES_A_NIGHT + 1);
    t->here = 0;
    t->phase = VISIT;
}

static void visit(ash_sim *s, ash_intruder *t)
{
    if (ash_intruder_browse(s, t))
        ash_intruder_wait(s, t, 15000, 400000);
    else
        sleep_until_next(t);
}

static void scan(ash_sim *s, ash_intruder *t)
{
    if (ash_intruder_scan(s, t)) {
        ash_intruder_wait(s, t, 2, 60);
        return;
    }
    ash_truth_begin_phase(&s->truth, "take");
    ash_intruder_begin_taking(s, t);
    t->phase = TAKING;
    ash_intruder_wait(s, t, 20000, 300000);
}

static void take(ash_sim *s, ash_intruder *t)
{
    if (ash_intruder_take(s, t))
        ash_intruder_wait(s, t, 30, 400);
    else
        ash_sim_leave(&t->actor, UINT64_MAX);
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == NIGHTS && t->day >= t->last_day && t->origin == ASH_FROM_VPN) {
        ash_sim_leave(a, UINT64_MAX);
        return;
    }
    if (t->phase == NIGHTS && t->day >= t->last_day)
        begin_scan(s, t);
    if (t->phase == NIGHTS)
        begin_visit(t);
    if (t->phase == VISIT)
        visit(s, t);
    else if (t->phase == LISTING)
        scan(s, t);
    else
        take(s, t);
}

static void begin(ash_sim *s, ash_intruder *t)
{
    if (t == NULL)
        return;
    ash_truth_begin_phase(&s->truth, "collect");
    t->day = ash_intruder_day(s, t, 3, 25);
    t->last_day = ash_intruder_day(s, t, 80, 96);
    t->actor.due.us = ash_intruder_time(t);
}

void ash_sim_slow_then_scan(ash_sim *s)
{
    static const ash_style_odds odds = {
        .backward = 20, .shuffled = 30, .knows = 20, .opens = 20, .pace_lo = 40, .pace_hi = 250};
    begin(s, ash_intruder_add(s, 0, step, &odds));
}

void ash_sim_slow_vpn(ash_sim *s)
{
    static const ash_style_odds odds = {
        .vpn = 100, .office = 100, .knows = 40, .pace_lo = 50, .pace_hi = 300};
    begin(s, ash_intruder_add(s, 5, step, &odds));
}

/* --- fast-scan: the loud part alone, from anywhere and at any time ---------------------- */

static void step_fast(ash_sim *s, ash_sim_actor *a)
{
    ash_intruder *t = (ash_intruder *)a;
    if (t->phase == TAKING)
        take(s, t);
    else
        scan(s, t);
}

void ash_sim_fast_scan(ash_sim *s)
{
    static const ash_style_odds odds = {.vpn = 30,
                                        .own_pc = 40,
                                        .office = 60,
                                        .any_time = 30,
                                        .backward = 20,
                                        .shuffled = 40,
                                        .knows = 20,
                                        .opens = 20,
                                        .pace_lo = 40,
                                        .pace_hi = 400};
    ash_intruder *t = ash_intruder_add(s, 6, step_fast, &odds);
    if (t == NULL)
        return;
    t->phase = LISTING;
    t->day = ash_intruder_day(s, t, 30, 95);
    ash_truth_begin_phase(&s->truth, t->tool == ASH_TOOL_LISTS ? "list" : "open");
    ash_intruder_begin_scan(s, t, 20, 60);
    t->actor.due.us = ash_intruder_time(t);
}
