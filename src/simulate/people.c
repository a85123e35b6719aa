#include "simulate/people.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "simulate/calendar.h"

enum { VACATION_WEEKS = 26, ILL_DAYS = 70 }; /* one in so many */

uint32_t ash_person_group(const ash_person *p, unsigned dept)
{
    return (uint32_t)p->server * ASH_DEPT_COUNT + dept;
}

uint32_t ash_person_find_folder(ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    unsigned r = ash_rng_below(rng, 100), dept = p->dept;
    if (r >= 92)
        dept = ASH_PUBLIC_DEPT;
    else if (r >= 84)
        dept = (p->dept + 1 + ash_rng_below(rng, 3)) % ASH_DEPT_COUNT; /* the neighbours */
    if (ash_words_depts[dept].restricted && dept != p->dept)
        dept = ASH_PUBLIC_DEPT;
    uint32_t group = ash_person_group(p, dept);
    if (s->opt->servers > 1 && ash_rng_chance(rng, 500))
        group = ash_rng_below(rng, s->opt->servers) * ASH_DEPT_COUNT + dept;
    return ash_sim_tree_pick_folder(&s->tree, group, rng);
}

/* --- the day ---------------------------------------------------------------- */

static void add_session(ash_person *p, uint32_t from, uint32_t to)
{
    if (p->sessions == ASH_DAY_SESSIONS)
        return;
    p->plan[p->sessions].from = from;
    p->plan[p->sessions++].to = to;
}

static void plan_office_day(ash_person *p, bool busy)
{
    uint64_t *rng = &p->actor.rng;
    uint32_t at = p->arrives + ash_rng_below(rng, 25);
    uint32_t leave = p->arrives + p->stays + ash_rng_below(rng, 40);
    if (busy)
        leave += ash_rng_range(rng, 60, 180);
    else if (ash_rng_chance(rng, 1200))
        leave += ash_rng_below(rng, 180);
    while (at < leave && p->sessions < ASH_DAY_SESSIONS) {
        unsigned kind = ash_rng_below(rng, 100);
        uint32_t length = kind < 30   ? ash_rng_range(rng, 10, 40)
                          : kind < 75 ? ash_rng_range(rng, 40, 120)
                                      : ash_rng_range(rng, 120, 270);
        uint32_t end = at + length < leave ? at + length : leave;
        add_session(p, at * 60 + ash_rng_below(rng, 60), end * 60);
        at = end + ash_rng_range(rng, 5, 75);
        if (p->lunch && at > 12 * 60 && at < 13 * 60)
            at = 13 * 60 + ash_rng_below(rng, 20);
    }
}

/* An hour or so at another time: minutes. */
static void plan_extra(ash_person *p, uint32_t from, uint32_t span)
{
    uint64_t *rng = &p->actor.rng;
    uint32_t at = (from + ash_rng_below(rng, span)) * 60;
    add_session(p, at, at + ash_rng_range(rng, 600, 5400));
}

/* Holidays depend on who and when, not on what was drawn before. */
static bool is_away(const ash_sim *s, const ash_person *p, uint32_t day)
{
    uint64_t who = s->opt->seed ^ (uint64_t)p->actor.due.order << 24;
    if (day < p->joins || day >= p->leaves)
        return true;
    return ash_mix64(who + day / 7) % VACATION_WEEKS == 0 || ash_mix64(~who + day) % ILL_DAYS == 0;
}

/* Folders come into use and go out of it; faster in a new department. */
static void drift(ash_sim *s, ash_person *p)
{
    bool is_new = p->day - p->moves < 10 || p->day - p->joins < 10;
    for (unsigned i = 0; i < ASH_HOMES; i++)
        if (ash_rng_chance(&p->actor.rng, is_new ? 2500 : i < 4 ? 100 : 250))
            p->home[i] = ash_person_find_folder(s, p);
}

static void plan_day(ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    p->sessions = p->session = 0;
    if (p->day == p->moves)
        p->dept = p->next_dept;
    if (is_away(s, p, p->day))
        return;
    if (!ash_is_workday(p->day)) {
        if (ash_rng_chance(rng, p->weekends))
            plan_extra(p, 9 * 60, 8 * 60);
        return;
    }
    drift(s, p);
    plan_office_day(p, p->dept == ASH_FINANCE_DEPT && ash_is_month_end(p->day));
    if (ash_rng_chance(rng, p->weekends / 4))
        plan_extra(p, 21 * 60, 2 * 60);
}

uint64_t ash_person_next(ash_sim *s, ash_person *p, uint64_t now_us)
{
    for (;;) {
        for (; p->session < p->sessions; p->session++) {
            uint64_t at = p->day * ASH_US_PER_DAY + p->plan[p->session].from * ASH_US_PER_SEC;
            if (at > now_us)
                return at + ash_rng_below(&p->actor.rng, 1000000);
        }
        if (p->day >= p->leaves || p->day * ASH_US_PER_DAY >= s->end_us)
            return UINT64_MAX;
        p->day++;
        plan_day(s, p);
    }
}

uint64_t ash_person_end(const ash_person *p)
{
    return p->day * ASH_US_PER_DAY + p->plan[p->session].to * ASH_US_PER_SEC;
}

/* --- a step ------------------------------------------------------------------ */

/* Where the person sits this time. */
static void sit_down(const ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    char client[16], workstation[24];
    if (p->remote_days >> ash_weekday(p->day) & 1) { /* the VPN gives any address */
        unsigned net = ash_rng_below(rng, 4);
        snprintf(client, sizeof client, "10.250.%u.%u", net, 2 + ash_rng_below(rng, 250));
        snprintf(workstation, sizeof workstation, "NB-%s", p->pc + 3);
    } else if (p->shared_pc) {
        unsigned pc = ash_rng_below(rng, s->opt->users / 40 + 1) % 200;
        snprintf(client, sizeof client, "10.40.%u.%u", p->server, 10 + pc);
        snprintf(workstation, sizeof workstation, "LINE%u-PC%02u", p->server + 1u, pc);
    } else if (ash_rng_chance(rng, 200)) {
        unsigned room = ash_rng_below(rng, 8);
        snprintf(client, sizeof client, "10.41.%u.%u", p->server, 10 + room);
        snprintf(workstation, sizeof workstation, "KAIGI%u-%02u", p->server + 1u, room);
    } else {
        snprintf(client, sizeof client, "%s", p->desk);
        snprintf(workstation, sizeof workstation, "%s", p->pc);
    }
    ash_sim_identify(&p->actor, p->actor.account, client, workstation);
    p->phase = ASH_PERSON_WORK;
    p->burst = 0;
    p->cwd = ASH_NO_FOLDER;
}

static void person_step(ash_sim *s, ash_sim_actor *a)
{
    ash_person *p = (ash_person *)a;
    if (p->phase == ASH_PERSON_AWAY)
        sit_down(s, p);
    if (p->phase == ASH_PERSON_WORK && a->due.us >= ash_person_end(p)) {
        p->phase = ASH_PERSON_AWAY;
        p->session++;
        ash_sim_leave(a, ash_person_next(s, p, a->due.us));
    } else {
        ash_person_work(s, p);
    }
}

/* --- who --------------------------------------------------------------------- */

/* "tanaka", then "b.tanaka", ... */
static void name_account(uint32_t i, char out[28])
{
    uint32_t n = (uint32_t)ash_words_surname_count, round = i / n;
    const char *surname = ash_words_surnames[i % n];
    if (round == 0)
        snprintf(out, 28, "%s", surname);
    else if (round < 26)
        snprintf(out, 28, "%c.%s", 'a' + (int)(round * 7 % 26), surname);
    else
        snprintf(out, 28, "%s%u", surname, round);
}

static unsigned pick_dept(uint64_t *rng)
{
    unsigned total = 0, d = 0;
    for (unsigned i = 0; i < ASH_DEPT_COUNT; i++)
        total += ash_words_depts[i].people;
    unsigned r = ash_rng_below(rng, total);
    while (r >= ash_words_depts[d].people)
        r -= ash_words_depts[d++].people;
    return d;
}

static void set_habits(ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    p->arrives = (uint16_t)(7 * 60 + 45 + ash_rng_below(rng, 60));
    p->arrives = (uint16_t)(p->arrives + ash_rng_skewed(rng, 75));
    p->stays = (uint16_t)(8 * 60 + 20 + ash_rng_skewed(rng, 120));
    p->weekends = (uint16_t)ash_rng_skewed(rng, 1500);
    p->slowness = (uint16_t)(150 + ash_rng_skewed(rng, 350));
    p->saves = (uint8_t)(10 + ash_rng_below(rng, 50));
    p->lunch = ash_rng_chance(rng, 7000);
    p->shared_pc = p->dept == ASH_FACTORY_DEPT && ash_rng_chance(rng, 6000);
    if (!p->shared_pc && ash_rng_chance(rng, 3000))
        p->remote_days = (uint8_t)(ash_rng_next(rng) & 0x3e);
}

/* Of a hundred people, one joins, one leaves and one moves in a month. */
static void set_staff_changes(const ash_sim *s, ash_person *p)
{
    uint64_t *rng = &p->actor.rng;
    uint32_t odds = s->opt->days * 100 / 30, days = s->opt->days, start = s->opt->start;
    if (odds > 2000)
        odds = 2000;
    p->leaves = UINT32_MAX;
    p->moves = UINT32_MAX;
    if (ash_rng_chance(rng, odds))
        p->joins = start + ash_rng_below(rng, days);
    else if (ash_rng_chance(rng, odds))
        p->leaves = start + ash_rng_below(rng, days);
    else if (ash_rng_chance(rng, odds))
        p->moves = start + ash_rng_below(rng, days);
    p->next_dept = (uint8_t)pick_dept(rng);
}

static bool add_person(ash_sim *s, uint32_t i)
{
    ash_person *p = ash_sim_add(s, sizeof *p, ASH_ROLE_PERSON, i, person_step);
    if (p == NULL)
        return false;
    uint64_t *rng = &p->actor.rng;
    s->people[i] = p;
    name_account(i, p->actor.account);
    p->dept = (uint8_t)pick_dept(rng);
    p->server = (uint8_t)ash_rng_below(rng, s->opt->servers);
    snprintf(p->desk, sizeof p->desk, "10.%u.%u.%u", 20u + p->dept, i / 240 % 250, 10 + i % 240);
    snprintf(p->pc, sizeof p->pc, "WS-%s", p->actor.account);
    for (char *c = p->pc; *c != '\0'; c++)
        *c = *c == '.' ? '-' : *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    set_habits(p);
    set_staff_changes(s, p);
    for (unsigned k = 0; k < ASH_HOMES; k++)
        p->home[k] = ash_person_find_folder(s, p);
    for (unsigned k = 0; k < ASH_RECENT; k++)
        p->recent[k].folder = ASH_NO_FOLDER;
    p->day = s->opt->start;
    plan_day(s, p);
    p->actor.due.us = ash_person_next(s, p, s->begin_us);
    return true;
}

void ash_people_add(ash_sim *s)
{
    s->people = calloc(s->opt->users, sizeof(ash_person *));
    s->failed |= s->people == NULL;
    for (uint32_t i = 0; i < s->opt->users && !s->failed; i++)
        if (add_person(s, i))
            s->n_people++;
}

ash_person *ash_people_pick(ash_sim *s, uint64_t *rng)
{
    uint32_t first = ash_rng_below(rng, s->n_people);
    for (uint32_t i = 0; i < s->n_people; i++) {
        ash_person *p = s->people[(first + i) % s->n_people];
        bool stays = p->joins == 0 && p->leaves == UINT32_MAX && p->moves == UINT32_MAX;
        if (stays && !p->shared_pc && !ash_words_depts[p->dept].restricted)
            return p;
    }
    return NULL;
}
