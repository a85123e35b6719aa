/* Errands: honest people who, now and then, do in minutes what an intruder does. Each kind
 * has its rate; one actor does all of a kind, one after the other, as somebody else each
 * time, so that their number does not depend on the days. errand_kinds.c does them. */
#include "simulate/errands.h"

#include <stdio.h>

#include "simulate/calendar.h"

enum {
    ORDER_ERRANDS = 0xc0000000,
    ORDER_STAFF = 0xd0000000,
    USERS_AN_ACTOR = 2000,
    TRIES = 40, /* for somebody who is in */
    BUSY_DAYS = 400,
};

static unsigned pick_dept(const ash_errand_kind *k, uint64_t *rng)
{
    return k->dept != ASH_ANY_DEPT && k->other_dept != k->dept && ash_rng_chance(rng, 5000)
               ? k->other_dept
               : k->dept;
}

/* Somebody who is at the own desk that day; NULL: nobody found. */
static ash_person *find_person(ash_sim *s, ash_errand *e, uint32_t day)
{
    uint64_t *rng = &e->actor.rng;
    if (e->fixed)
        return ash_person_in_office(s, e->who, day) ? e->who : NULL;
    if (e->kind->month_end && !ash_is_month_end(day))
        return NULL;
    for (unsigned i = 0; i < TRIES; i++) {
        ash_person *p = ash_people_pick(s, rng, pick_dept(e->kind, rng));
        if (p == NULL) /* a small company: somebody else does it */
            p = ash_people_pick(s, rng, ASH_ANY_DEPT);
        if (p != NULL && ash_person_in_office(s, p, day))
            return p;
    }
    return NULL;
}

/* Who and when: the first time from e->day on that suits somebody, or never. */
static void plan(ash_sim *s, ash_errand *e, uint64_t now_us)
{
    uint64_t *rng = &e->actor.rng;
    uint32_t end = ash_sim_day(s->end_us);
    for (uint32_t day = e->day; day < end && day - e->day < BUSY_DAYS; day++) {
        ash_person *p = find_person(s, e, day);
        if (p == NULL)
            continue;
        uint32_t minute = p->arrives + 20 + ash_rng_below(rng, p->stays - 60u);
        uint64_t at = ash_sim_at(day, e->kind->evening ? 19 * 60 + minute % 90 : minute, rng);
        if (at <= now_us)
            continue;
        e->who = p;
        e->begun = false;
        ash_sim_leave(&e->actor, at);
        return;
    }
    ash_sim_leave(&e->actor, UINT64_MAX);
}

/* How many there are of a kind on a day, for one of its actors. */
static uint32_t draw_today(const ash_sim *s, ash_errand *e)
{
    uint64_t odds = (uint64_t)s->opt->users * e->kind->a_month * 10000 / 30000 / e->shares;
    return (uint32_t)(odds / 10000) + ash_rng_chance(&e->actor.rng, (uint32_t)(odds % 10000));
}

static void plan_next(ash_sim *s, ash_errand *e, uint64_t now_us)
{
    uint32_t end = ash_sim_day(s->end_us);
    while (!e->once && e->today == 0 && e->day < end) {
        e->day++;
        e->today = draw_today(s, e);
    }
    if (e->once || e->day >= end) {
        ash_sim_leave(&e->actor, UINT64_MAX);
        return;
    }
    e->today--;
    plan(s, e, now_us);
}

static void identify(ash_errand *e)
{
    char account[28];
    const ash_person *p = e->who;
    snprintf(account, sizeof account, "%s%.22s", e->kind->admin ? "adm." : "", p->actor.account);
    e->actor.rid = p->actor.rid + (e->kind->admin ? 500000 : 0);
    ash_sim_identify(&e->actor, account, p->desk, p->pc);
}

static void step(ash_sim *s, ash_sim_actor *a)
{
    ash_errand *e = (ash_errand *)a;
    if (!e->planned) {
        e->planned = true;
        if (e->once)
            plan(s, e, a->due.us);
        else
            plan_next(s, e, a->due.us);
        return;
    }
    if (!e->begun) {
        e->begun = true;
        identify(e);
        ash_sim_alike(s, a, e->kind->name);
        e->kind->begin(s, e);
    }
    if (!e->kind->step(s, e))
        plan_next(s, e, a->due.us);
}

static ash_errand *add(ash_sim *s, uint32_t order, const ash_errand_kind *kind)
{
    ash_errand *e = ash_sim_add(s, sizeof *e, ASH_ROLE_PERSON, order, step);
    if (e == NULL)
        return NULL;
    e->kind = kind;
    e->shares = 1;
    e->day = s->opt->start;
    e->actor.due.us = s->begin_us;
    return e;
}

static void add_once(ash_sim *s, uint32_t order, const ash_errand_kind *kind, ash_person *who,
                     uint32_t day)
{
    ash_errand *e = add(s, order, kind);
    if (e == NULL)
        return;
    e->once = true;
    e->fixed = who != NULL;
    e->who = who;
    e->day = day;
}

void ash_errands_add(ash_sim *s)
{
    unsigned shares = s->opt->users / USERS_AN_ACTOR + 1;
    for (unsigned k = 0; ash_errand_kinds[k].name != NULL; k++) {
        for (unsigned i = 0; i < shares && ash_errand_kinds[k].a_month != 0; i++) {
            ash_errand *e = add(s, ORDER_ERRANDS + k * 1000 + i, &ash_errand_kinds[k]);
            if (e != NULL)
                e->shares = shares;
        }
    }
    for (uint32_t i = 0; i < s->n_people; i++) {
        ash_person *p = s->people[i];
        uint32_t order = ORDER_STAFF + i * 2;
        if (p->joins != 0)
            add_once(s, order, &ash_errand_handover, p, p->joins);
        else if (p->moves != UINT32_MAX)
            add_once(s, order, &ash_errand_handover, p, p->moves);
        else if (p->leaves != UINT32_MAX && p->leaves > s->opt->start + 5)
            add_once(s, order, &ash_errand_keepsake, p, (p->leaves - 5));
    }
}

/* look-alikes: at least one of each kind, whatever the size and the days. */
void ash_sim_look_alikes(ash_sim *s)
{
    uint64_t rng = ash_mix64(s->opt->seed ^ UINT64_C(0x6c6f6f6b));
    uint32_t order = ORDER_ERRANDS + 900000;
    for (unsigned k = 0; ash_errand_kinds[k].name != NULL; k++)
        add_once(s, order++, &ash_errand_kinds[k], NULL,
                 s->opt->start + s->opt->days * ash_rng_range(&rng, 10, 60) / 100);
    add_once(s, order++, &ash_errand_handover, NULL, s->opt->start + s->opt->days / 3);
    add_once(s, order, &ash_errand_keepsake, NULL, s->opt->start + s->opt->days / 2);
}
