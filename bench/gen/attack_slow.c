/*
 * The quiet one: about thirty files a day in one to three short visits, from most of
 * the period, mostly from departments the stolen account has nothing to do with.
 */
#include "attack.h"
#include "mem.h"
#include "simulate/smb.h"

enum { TARGETS = 3, OPEN_DEPTS = 12, USUAL_DAYS = 30, MAX_VISITS = 3 };

enum phase { OUTSIDE, INSIDE };

struct slow {
    struct attacker attacker; /* first */
    enum phase phase;
    uint32_t day;
    uint64_t visits[MAX_VISITS]; /* start times of the day, sorted */
    unsigned visit, visit_count;
    unsigned files;  /* left for this visit */
    unsigned here;   /* left for this folder */
    uint32_t folder;
    uint32_t targets[TARGETS]; /* groups */
    uint32_t closed; /* a group of no admittance that is tried now and then */
};

static void plan_day(struct slow *s)
{
    uint64_t *rng = &s->attacker.actor.rng;
    unsigned weekday = (s->day + 4) % 7;
    s->visit = s->visit_count = 0;
    if ((weekday == 0 || weekday == 6) && !ash_rng_chance(rng, 4000))
        return;
    s->visit_count = ash_rng_range(rng, 1, MAX_VISITS);
    uint64_t from = 8 * 3600, slice = 14 * 3600 / s->visit_count; /* 8:00 to 22:00 */
    for (unsigned i = 0; i < s->visit_count; i++)
        s->visits[i] = s->day * ASH_US_PER_DAY +
                       wait_ms(rng, (uint32_t)(from + i * slice) * 1000,
                               (uint32_t)(from + (i + 1) * slice - slice / 4) * 1000);
}

/* Outside until the next visit after now_us; the plan of s->day exists. */
static void leave(struct slow *s, uint64_t now_us)
{
    s->phase = OUTSIDE;
    for (;;) {
        while (s->visit < s->visit_count && s->visits[s->visit] <= now_us)
            s->visit++;
        if (s->visit < s->visit_count)
            break;
        s->day++;
        plan_day(s);
    }
    s->attacker.actor.resume_us = s->visits[s->visit++];
}

static void visit(struct world *w, struct slow *s)
{
    struct actor *a = &s->attacker.actor;
    uint32_t group = s->targets[ash_rng_below(&a->rng, TARGETS)];
    ash_smb_connect(&w->smb, &a->client, w->tree.groups[group].volume);
    s->files = ash_rng_range(&a->rng, 27, 43) / s->visit_count;
    s->here = 0;
    s->phase = INSIDE;
    if (ash_rng_chance(&a->rng, 500))
        ash_smb_list_denied(&w->smb, &a->client, (ash_node){ASH_NODE_GROUP, s->closed});
    a->resume_us = w->out.us + wait_ms(&a->rng, 2000, 20000);
}

static void look_around(struct world *w, struct slow *s)
{
    struct actor *a = &s->attacker.actor;
    s->folder = ash_sim_tree_pick_folder(&w->tree, s->targets[ash_rng_skewed(&a->rng, TARGETS)], &a->rng);
    s->here = ash_rng_range(&a->rng, 3, 8);
    ash_node n = {ASH_NODE_FOLDER, s->folder};
    if (ash_rng_chance(&a->rng, 2500)) {
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_PROJECT, w->tree.folders[s->folder].project}, true);
        w->out.us += ash_rng_range(&a->rng, 200, 900);
    }
    ash_smb_cd(&w->smb, &a->client, n);
    w->out.us += ash_rng_range(&a->rng, 200, 900);
    ash_smb_list(&w->smb, &a->client, n, true);
}

static void take_file(struct world *w, struct slow *s)
{
    struct actor *a = &s->attacker.actor;
    uint64_t alive = w->tree.folders[s->folder].alive;
    s->here--;
    if (alive == 0)
        return;
    unsigned slot;
    do
        slot = ash_rng_below(&a->rng, ASH_SLOTS);
    while (!(alive >> slot & 1));
    ash_file_state f = ash_sim_tree_file(&w->tree, s->folder, slot);
    s->files--;
    if (world_file_denied(w, s->folder, slot, ASH_DEPT_COUNT))
        ash_smb_read_denied(&w->smb, &a->client, s->folder, f);
    else
        ash_smb_read(&w->smb, &a->client, s->folder, f, 0);
}

static void slow_step(struct world *w, struct actor *a)
{
    struct slow *s = (struct slow *)a;
    if (s->phase == OUTSIDE) {
        visit(w, s);
        return;
    }
    if (s->files == 0) {
        world_disconnect(w, a);
        leave(s, w->out.us);
        return;
    }
    if (s->here == 0)
        look_around(w, s);
    else
        take_file(w, s);
    a->resume_us = w->out.us + wait_ms(&a->rng, 12000, 200000);
}

void attack_slow_begin(struct world *w, struct attacker *t, unsigned victim_dept,
                       unsigned victim_server)
{
    struct slow *s = (struct slow *)t;
    uint64_t *rng = &t->actor.rng;
    for (unsigned i = 0; i < TARGETS; i++) {
        unsigned dept = ash_rng_below(rng, OPEN_DEPTS - 1);
        dept += dept >= victim_dept;
        s->targets[i] = victim_server * ASH_DEPT_COUNT + dept;
    }
    s->closed = victim_server * ASH_DEPT_COUNT + OPEN_DEPTS + ash_rng_below(rng, ASH_DEPT_COUNT - OPEN_DEPTS);
    uint32_t days = w->opt->days != 0 ? w->opt->days : USUAL_DAYS;
    s->day = (uint32_t)(w->opt->start_us / ASH_US_PER_DAY) + days / 10;
    plan_day(s);
    leave(s, w->opt->start_us);
}

struct attacker *attack_slow_new(struct world *w)
{
    (void)w;
    struct slow *s = mem_realloc(NULL, 1, sizeof *s);
    *s = (struct slow){.attacker.actor = {.step = slow_step}};
    return &s->attacker;
}
