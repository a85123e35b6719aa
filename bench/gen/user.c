#include "user.h"

#include "mem.h"
#include "simulate/smb.h"

enum { PUBLIC_DEPT = 11 };

static const char *account_name(uint32_t i, char out[28])
{
    uint32_t n = (uint32_t)ash_words_surname_count;
    const char *surname = ash_words_surnames[i % n];
    unsigned round = i / n;
    if (round == 0)
        snprintf(out, 28, "%s", surname);
    else if (round <= 26)
        snprintf(out, 28, "%s.%c", surname, 'a' + (int)((round * 7 - 7) % 26));
    else
        snprintf(out, 28, "%s%u", surname, round);
    return out;
}

static unsigned pick_dept(uint64_t *rng)
{
    unsigned total = 0;
    for (unsigned d = 0; d < ASH_DEPT_COUNT; d++)
        total += ash_words_depts[d].people;
    unsigned r = ash_rng_below(rng, total);
    unsigned d = 0;
    while (r >= ash_words_depts[d].people)
        r -= ash_words_depts[d++].people;
    return d;
}

uint32_t user_group(const struct user *u, unsigned dept)
{
    return (uint32_t)u->server * ASH_DEPT_COUNT + dept;
}

uint32_t user_find_folder(struct world *w, struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    unsigned r = ash_rng_below(rng, 100);
    unsigned dept = u->dept;
    if (r >= 90)
        dept = PUBLIC_DEPT;
    else if (r >= 80)
        dept = ash_rng_below(rng, ASH_DEPT_COUNT);
    if (ash_words_depts[dept].restricted && dept != u->dept)
        dept = PUBLIC_DEPT;
    uint32_t group = user_group(u, dept);
    if (w->opt->servers > 1 && ash_rng_chance(rng, 1000))
        group = ash_rng_below(rng, w->opt->servers) * ASH_DEPT_COUNT + dept;
    return ash_sim_tree_pick_folder(&w->tree, group, rng);
}

/* What people look like over a day, in minutes after midnight. */
static void plan_office_day(struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    uint32_t at = 8 * 60 + 30 + ash_rng_skewed(rng, 75);
    at += ash_rng_below(rng, 35);
    uint32_t leave = 17 * 60 + 30 + ash_rng_below(rng, 90);
    if (ash_rng_chance(rng, 1500))
        leave += ash_rng_below(rng, 180);
    while (at < leave && u->sessions < MAX_SESSIONS) {
        unsigned kind = ash_rng_below(rng, 100);
        uint32_t length = kind < 35 ? ash_rng_range(rng, 10, 40)
                          : kind < 80 ? ash_rng_range(rng, 40, 120)
                                      : ash_rng_range(rng, 120, 270);
        uint32_t end = at + length < leave ? at + length : leave;
        u->plan[u->sessions++] = (struct session){at * 60 + ash_rng_below(rng, 60), end * 60};
        at = end + ash_rng_range(rng, 5, 75);
        if (at > 12 * 60 && at < 13 * 60)
            at = 13 * 60 + ash_rng_below(rng, 20);
    }
}

static void plan_extra(struct user *u, uint32_t from_hour, uint32_t hours)
{
    uint64_t *rng = &u->actor.rng;
    uint32_t from = from_hour * 3600 + ash_rng_below(rng, hours * 3600);
    if (u->sessions < MAX_SESSIONS)
        u->plan[u->sessions++] = (struct session){from, from + ash_rng_range(rng, 600, 5400)};
}

/* Folders come into use and go out of use: about one in three within a month. */
static void drift(struct world *w, struct user *u)
{
    for (unsigned i = 0; i < HOME_FOLDERS; i++)
        if (ash_rng_chance(&u->actor.rng, i < 4 ? 120 : 300))
            u->home[i] = user_find_folder(w, u);
}

static void plan_day(struct world *w, struct user *u)
{
    uint64_t *rng = &u->actor.rng;
    unsigned weekday = (u->day + 4) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    u->sessions = 0;
    u->session = 0;
    if (weekday == 0 || weekday == 6) {
        if (ash_rng_chance(rng, weekday == 6 ? 500 : 250))
            plan_extra(u, 9, 8);
        return;
    }
    drift(w, u);
    if (ash_rng_chance(rng, 9200))
        plan_office_day(u);
    if (ash_rng_chance(rng, 80))
        plan_extra(u, 21, 2);
}

/* Sets resume_us to the start of the user's next session. */
static void next_session(struct world *w, struct user *u, uint64_t now_us)
{
    for (;;) {
        for (; u->session < u->sessions; u->session++) {
            uint64_t at = u->day * ASH_US_PER_DAY + u->plan[u->session].from * ASH_US_PER_SEC;
            if (at > now_us) {
                u->actor.resume_us = at + ash_rng_below(&u->actor.rng, 1000000);
                return;
            }
        }
        u->day++;
        plan_day(w, u);
    }
}

static void start_session(struct user *u)
{
    bool away = ash_rng_chance(&u->actor.rng, 400);
    char workstation[40];
    snprintf(workstation, sizeof workstation, "%s-%s", away ? "nb" : "ws", u->account);
    ash_smb_set_who(&u->actor.client, u->account, away ? u->notebook : u->desk, workstation);
    u->phase = USER_WORK;
    u->burst = 0;
    u->cwd = ASH_NO_FOLDER;
}

static void user_step(struct world *w, struct actor *a)
{
    struct user *u = (struct user *)a;
    uint64_t end = u->day * ASH_US_PER_DAY + u->plan[u->session].to * ASH_US_PER_SEC;
    if (u->phase == USER_START) {
        start_session(u);
        ash_smb_connect(&w->smb, &a->client, w->tree.groups[user_group(u, u->dept)].volume);
        a->resume_us = w->out.us + wait_ms(&a->rng, 200, 3000);
    } else if (u->phase == USER_SAVE) {
        user_finish_save(w, u);
        u->phase = USER_WORK;
        a->resume_us = w->out.us + user_think(u);
    } else if (a->due.us >= end) {
        world_disconnect(w, a);
        u->phase = USER_START;
        u->session++;
        next_session(w, u, w->out.us);
    } else {
        user_act(w, u);
    }
}

static void init_user(struct world *w, uint32_t i)
{
    struct user *u = &w->users[i];
    uint64_t *rng = &u->actor.rng;
    *u = (struct user){.actor = {.step = user_step, .due.order = i}};
    *rng = ash_mix64(w->opt->seed * 1000003 + i + 1);
    account_name(i, u->account);
    u->dept = (uint8_t)pick_dept(rng);
    u->server = (uint8_t)ash_rng_below(rng, w->opt->servers);
    snprintf(u->desk, sizeof u->desk, "10.%u.%u.%u", 20u + u->dept, i / 240 % 250, 10 + i % 240);
    snprintf(u->notebook, sizeof u->notebook, "10.60.%u.%u", i / 240 % 250, 10 + i % 240);
    /* Some people do four times as much as others. */
    unsigned slowness = 140 + ash_rng_skewed(rng, 310);
    u->slowness = (uint16_t)(slowness + ash_rng_below(rng, 220));
    for (unsigned j = 0; j < HOME_FOLDERS; j++)
        u->home[j] = user_find_folder(w, u);
    for (unsigned j = 0; j < RECENT_FILES; j++)
        u->recent[j].folder = ASH_NO_FOLDER;
    u->day = (uint32_t)(w->opt->start_us / ASH_US_PER_DAY);
    plan_day(w, u);
    next_session(w, u, w->opt->start_us);
    u->actor.due.us = u->actor.resume_us;
}

void users_init(struct world *w)
{
    w->users = mem_realloc(NULL, w->opt->users, sizeof *w->users);
    for (uint32_t i = 0; i < w->opt->users; i++)
        init_user(w, i);
}
