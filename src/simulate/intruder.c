#include "simulate/intruder.h"

#include <stdio.h>

enum { ORDER_INTRUDER = 0xa0000000, OPEN_DEPTS = 11 /* neither public nor restricted */ };

/* --- style -------------------------------------------------------------------- */

/* 0, 1 or 2: the second and third with so many per cent. */
static unsigned draw(uint64_t *rng, unsigned second, unsigned third)
{
    unsigned r = ash_rng_below(rng, 100);
    return r < second ? 1 : r < second + third ? 2 : 0;
}

static void set_style(ash_sim *s, ash_intruder *t, const ash_style_odds *o)
{
    static const char *const origins[] = {"foreign", "vpn", "own-pc"};
    static const char *const hours[] = {"night", "office", "any"};
    static const char *const orders[] = {"forward", "backward", "shuffled"};
    static const char *const tools[] = {"lists", "knows", "opens"};
    uint64_t *rng = &t->actor.rng;
    t->origin = (ash_origin)draw(rng, o->vpn, o->own_pc);
    t->hours = (ash_hours)draw(rng, o->office, o->any_time);
    t->order = (ash_walk_order)draw(rng, o->backward, o->shuffled);
    t->tool = (ash_tool)draw(rng, o->knows, o->opens);
    t->pace = ash_rng_range(rng, o->pace_lo, o->pace_hi);
    s->truth.style.origin = origins[t->origin];
    s->truth.style.hours = hours[t->hours];
    s->truth.style.order = orders[t->order];
    s->truth.style.tool = tools[t->tool];
    s->truth.style.pace_percent = t->pace;
}

/* A machine nobody else has: of another network, or one more in a department's. */
static void foreign(ash_intruder *t, char client[16], char workstation[24])
{
    static const char *const names[] = {"DESKTOP-7QK2A", "KALI", "WIN-3F9A1C0", "PC-01",
                                        "LAPTOP-GUEST"};
    uint64_t *rng = &t->actor.rng;
    unsigned net = ash_rng_range(rng, 60, 99), third = ash_rng_below(rng, 250);
    unsigned host = ash_rng_range(rng, 10, 240), name = ash_rng_below(rng, 6);
    if (ash_rng_chance(rng, 4000)) {
        net = 20 + ash_rng_below(rng, ASH_DEPT_COUNT);
        third = 0;
        host = 250 + host % 5;
    }
    snprintf(client, 16, "10.%u.%u.%u", net, third, host);
    snprintf(workstation, 24, "%s", name < 5 ? names[name] : t->victim->pc);
}

void ash_intruder_move(ash_intruder *t)
{
    uint64_t *rng = &t->actor.rng;
    char client[16], workstation[24];
    switch (t->origin) {
    case ASH_FROM_FOREIGN: foreign(t, client, workstation); break;
    case ASH_FROM_VPN: /* the victim's own notebook, or its session */
        ash_person_vpn(t->victim, rng, client, workstation);
        break;
    case ASH_FROM_OWN_PC:
        snprintf(client, sizeof client, "%s", t->victim->desk);
        snprintf(workstation, sizeof workstation, "%s", t->victim->pc);
        break;
    }
    ash_sim_identify(&t->actor, t->victim->actor.account, client, workstation);
}

/* Through the VPN comes who works at home. */
static ash_person *pick_victim(ash_sim *s, ash_intruder *t)
{
    ash_person *p = ash_people_pick(s, &t->actor.rng, ASH_ANY_DEPT);
    for (unsigned i = 0; i < 64 && p != NULL && t->origin == ASH_FROM_VPN; i++) {
        if (p->remote_days != 0)
            break;
        p = ash_people_pick(s, &t->actor.rng, ASH_ANY_DEPT);
    }
    return p != NULL ? p : s->people[0];
}

ash_intruder *ash_intruder_add(ash_sim *s, unsigned which, ash_sim_step *step,
                               const ash_style_odds *odds)
{
    ash_intruder *t = ash_sim_add(s, sizeof *t, ASH_ROLE_INTRUDER, ORDER_INTRUDER + which, step);
    if (t == NULL)
        return NULL;
    set_style(s, t, odds);
    t->victim = pick_victim(s, t);
    t->actor.rid = t->victim->actor.rid;
    for (unsigned i = 0; i < ASH_TARGETS; i++) {
        unsigned dept = ash_rng_below(&t->actor.rng, OPEN_DEPTS - 1);
        dept += dept >= t->victim->dept;
        t->targets[i] = ash_person_group(t->victim, dept % OPEN_DEPTS);
    }
    ash_intruder_move(t);
    return t;
}

/* --- time --------------------------------------------------------------------- */

uint32_t ash_intruder_day(const ash_sim *s, ash_intruder *t, unsigned lo, unsigned hi)
{
    uint32_t from = s->opt->days * lo / 100, to = s->opt->days * hi / 100;
    if (to + 2 > s->opt->days) /* the night after it is still simulated */
        to = s->opt->days > 1 ? s->opt->days - 2 : 0;
    return s->opt->start + ash_rng_range(&t->actor.rng, from < to ? from : to, to);
}

uint64_t ash_intruder_time(ash_intruder *t)
{
    uint64_t *rng = &t->actor.rng;
    switch (t->hours) {
    case ASH_AT_NIGHT: /* half past nine in the evening to half past four */
        return ash_sim_at(t->day, 21 * 60 + 30 + ash_rng_below(rng, 7 * 60), rng);
    case ASH_AT_OFFICE_HOURS: return ash_sim_at(t->day, 9 * 60 + ash_rng_below(rng, 9 * 60), rng);
    case ASH_AT_ANY_TIME: break;
    }
    return ash_sim_at(t->day, ash_rng_below(rng, 1440), rng);
}

void ash_intruder_wait(const ash_sim *s, ash_intruder *t, uint32_t lo, uint32_t hi)
{
    uint64_t us = ash_sim_ms(&t->actor.rng, lo, hi);
    ash_sim_wait(s, &t->actor, us * t->pace / 100 + 1);
}

/* --- what they do --------------------------------------------------------------- */

/* A file that is there, anywhere in the folder. */
static int pick_file(ash_sim *s, ash_intruder *t)
{
    uint64_t alive = s->tree.folders[t->folder].alive;
    if (alive == 0)
        return -1;
    unsigned skip = ash_rng_below(&t->actor.rng, (uint32_t)__builtin_popcountll(alive));
    while (skip-- > 0)
        alive &= alive - 1;
    return __builtin_ctzll(alive);
}

bool ash_intruder_browse(ash_sim *s, ash_intruder *t)
{
    ash_sim_actor *a = &t->actor;
    if (t->left == 0)
        return false;
    if (t->here == 0) {
        uint32_t group = t->targets[ash_rng_skewed(&a->rng, ASH_TARGETS)];
        t->folder = ash_sim_tree_pick_folder(&s->tree, group, &a->rng);
        t->here = ash_rng_range(&a->rng, 2, 6);
        if (t->tool != ASH_TOOL_LISTS)
            return true;
        if (ash_rng_chance(&a->rng, 2500)) {
            ash_node project = {ASH_NODE_PROJECT, s->tree.folders[t->folder].project};
            ash_sim_do_node(s, a, ASH_DEED_LIST, project);
            ash_sim_pause(s, ash_rng_range(&a->rng, 200, 900));
        }
        ash_sim_do_node(s, a, ASH_DEED_LIST, ash_sim_folder(t->folder));
        return true;
    }
    int slot = pick_file(s, t);
    t->here--;
    t->left--;
    if (slot >= 0)
        ash_sim_try_read(s, a, t->folder, (unsigned)slot, t->victim->dept);
    return true;
}

void ash_intruder_begin_scan(ash_sim *s, ash_intruder *t, unsigned percent_lo, unsigned percent_hi)
{
    uint64_t *rng = &t->actor.rng;
    uint32_t n = s->tree.folder_count;
    uint32_t count = (uint32_t)((uint64_t)n * ash_rng_range(rng, percent_lo, percent_hi) / 100) + 1;
    count = count < n ? count : n;
    t->seen_lo = ash_rng_below(rng, n - count + 1);
    t->seen_hi = t->seen_lo + count;
    ash_walk_begin(&t->walk, t->seen_lo, t->seen_hi, t->victim->dept, true);
    ash_walk_set_order(&t->walk, t->order);
    t->walk.silent = t->tool != ASH_TOOL_LISTS;
    t->here = 0;
}

bool ash_intruder_scan(ash_sim *s, ash_intruder *t)
{
    uint32_t folder;
    unsigned slot;
    if (t->tool == ASH_TOOL_LISTS)
        return ash_walk_list(s, &t->actor, &t->walk);
    if (t->here == 0 || !ash_walk_file(s, &t->walk, &folder, &slot)) {
        t->here = ash_rng_range(&t->actor.rng, 1, 4);
        return ash_walk_list(s, &t->actor, &t->walk);
    }
    t->here--;
    if (t->tool == ASH_TOOL_OPENS && ash_sim_may_read(s, folder, slot, t->victim->dept))
        ash_sim_do_file(s, &t->actor, ASH_DEED_OPEN, folder, slot);
    else
        ash_sim_try_read(s, &t->actor, folder, slot, t->victim->dept);
    return true;
}

void ash_intruder_begin_taking(ash_sim *s, ash_intruder *t)
{
    uint64_t *rng = &t->actor.rng;
    uint32_t span = t->seen_hi - t->seen_lo, part = span / ash_rng_range(rng, 2, 8) + 1;
    uint32_t from = t->seen_lo + ash_rng_below(rng, span - part + 1);
    (void)s;
    ash_walk_begin(&t->walk, from, from + part, t->victim->dept, false);
    ash_walk_set_order(&t->walk, t->order);
    t->walk.silent = t->tool != ASH_TOOL_LISTS;
    t->left = ash_rng_range(rng, 300, 3000);
}

bool ash_intruder_take(ash_sim *s, ash_intruder *t)
{
    if (t->left == 0 || !ash_walk_read(s, &t->actor, &t->walk))
        return false;
    t->left -= t->walk.slot < ASH_SLOTS;
    return true;
}
