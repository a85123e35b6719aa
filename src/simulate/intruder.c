#include "simulate/intruder.h"

#include <stdio.h>

enum { ORDER_INTRUDER = 0xa0000000, OPEN_DEPTS = 11 /* neither public nor restricted */ };

ash_intruder *ash_intruder_add(ash_sim *s, unsigned which, ash_sim_step *step)
{
    ash_intruder *t = ash_sim_add(s, sizeof *t, ASH_ROLE_INTRUDER, ORDER_INTRUDER + which, step);
    if (t == NULL)
        return NULL;
    t->victim = ash_people_pick(s, &t->actor.rng);
    if (t->victim == NULL)
        t->victim = s->people[0];
    snprintf(t->actor.account, sizeof t->actor.account, "%s", t->victim->actor.account);
    t->actor.rid = t->victim->actor.rid;
    for (unsigned i = 0; i < ASH_TARGETS; i++) {
        unsigned dept = ash_rng_below(&t->actor.rng, OPEN_DEPTS - 1);
        dept += dept >= t->victim->dept;
        t->targets[i] = ash_person_group(t->victim, dept % OPEN_DEPTS);
    }
    return t;
}

void ash_intruder_foreign(ash_intruder *t, unsigned net, const char *workstation)
{
    char client[16];
    unsigned third = ash_rng_below(&t->actor.rng, 250);
    snprintf(client, sizeof client, "10.%u.%u.%u", net, third,
             10 + ash_rng_below(&t->actor.rng, 230));
    ash_sim_identify(&t->actor, t->victim->actor.account, client, workstation);
}

void ash_intruder_at_home(ash_intruder *t)
{
    ash_sim_identify(&t->actor, t->victim->actor.account, t->victim->desk, t->victim->pc);
}

uint32_t ash_intruder_day(const ash_sim *s, ash_intruder *t, unsigned lo, unsigned hi)
{
    uint32_t from = s->opt->days * lo / 100, to = s->opt->days * hi / 100;
    if (to >= s->opt->days)
        to = s->opt->days - 1;
    return s->opt->start + ash_rng_range(&t->actor.rng, from < to ? from : to, to);
}

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
}

void ash_intruder_begin_taking(ash_sim *s, ash_intruder *t)
{
    uint64_t *rng = &t->actor.rng;
    uint32_t span = t->seen_hi - t->seen_lo, part = span / ash_rng_range(rng, 2, 8) + 1;
    uint32_t from = t->seen_lo + ash_rng_below(rng, span - part + 1);
    (void)s;
    ash_walk_begin(&t->walk, from, from + part, t->victim->dept, false);
    t->left = ash_rng_range(rng, 300, 3000);
}
