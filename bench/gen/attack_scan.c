/*
 * The loud one: lists a large part of the tree at the speed of a tool, then copies
 * thousands of files, all within the last hour of the log.
 */
#include "attack.h"
#include "mem.h"
#include "simulate/smb.h"

enum {
    MINUTES = 60,
    LEAD_MINUTES = 55, /* before the end of a log that ends by date */
    READ_MINUTES = 40,
    SLOWEST_READ_US = 120000,
    LINES_PER_FOLDER = 44,
    LINES_PER_READ = 8,
    RICH_FACTOR = 12,
};

enum phase { WAIT, LIST, READ, DONE };

struct scan {
    struct attacker attacker; /* first */
    enum phase phase;
    uint32_t first, cursor, until; /* folders to list */
    uint32_t project, group, volume;
    uint32_t reads, read_pause_us;
    unsigned slot; /* next file of the folder at cursor */
    uint64_t need; /* lines all this takes, roughly */
    uint64_t seen[MINUTES]; /* lines written, by minute */
    uint64_t minutes;
};

static void plan(struct world *w, struct scan *s)
{
    uint64_t *rng = &s->attacker.actor.rng;
    uint32_t n = w->tree.folder_count;
    uint32_t count = n * (uint64_t)ash_rng_range(rng, 25, 40) / 100;
    s->first = ash_rng_below(rng, n - count + 1);
    s->cursor = s->first;
    s->until = s->first + count;
    uint64_t reads = w->tree.files / 150;
    reads = reads < 2000 ? 2000 : reads > 20000 ? 20000 : reads;
    uint64_t most = (uint64_t)count * 12; /* a good third of what a folder holds */
    s->reads = (uint32_t)(reads < most ? reads : most);
    uint64_t pause = READ_MINUTES * 60 * ASH_US_PER_SEC / (s->reads + 1);
    s->read_pause_us = (uint32_t)(pause < SLOWEST_READ_US ? pause : SLOWEST_READ_US);
    s->need = (uint64_t)count * LINES_PER_FOLDER + (uint64_t)s->reads * LINES_PER_READ;
    if (w->opt->config == ASH_SMB_RICH)
        s->need *= RICH_FACTOR;
    s->project = s->group = s->volume = UINT32_MAX;
}

/* Once a minute: is the last hour here? */
static void wait_step(struct world *w, struct scan *s)
{
    struct actor *a = &s->attacker.actor;
    if (s->until == 0)
        plan(w, s);
    uint64_t *minute = &s->seen[s->minutes++ % MINUTES];
    uint64_t hour = w->out.total - *minute; /* since the start in the first hour */
    *minute = w->out.total;
    bool enough = w->opt->lines != 0 && w->opt->lines - w->out.total <= s->need + hour;
    bool late = w->end_us != UINT64_MAX && a->due.us + LEAD_MINUTES * 60 * ASH_US_PER_SEC >= w->end_us;
    a->resume_us = a->due.us + 60 * ASH_US_PER_SEC;
    if (!enough && !late)
        return;
    ash_smb_connect(&w->smb, &a->client, w->tree.groups[w->tree.projects[w->tree.folders[s->first].project].group].volume);
    s->phase = LIST;
    a->resume_us = w->out.us + wait_ms(&a->rng, 500, 4000);
}

/* The listings above a folder. False: the department is closed. */
static bool list_above(struct world *w, struct scan *s, uint32_t folder)
{
    struct actor *a = &s->attacker.actor;
    uint32_t project = w->tree.folders[folder].project;
    uint32_t group = w->tree.projects[project].group;
    ash_node g = {ASH_NODE_GROUP, group};
    uint32_t volume = w->tree.groups[group].volume;
    bool closed = ash_sim_tree_restricted(&w->tree, g);
    if (volume != s->volume)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_VOLUME, volume}, false);
    if (group != s->group && closed)
        ash_smb_list_denied(&w->smb, &a->client, g);
    else if (group != s->group)
        ash_smb_list(&w->smb, &a->client, g, false);
    if (project != s->project && !closed)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_PROJECT, project}, false);
    s->volume = volume;
    s->group = group;
    s->project = project;
    return !closed;
}

static void list_step(struct world *w, struct scan *s)
{
    struct actor *a = &s->attacker.actor;
    if (s->cursor >= s->until) {
        s->phase = READ;
        s->slot = 0;
        /* One stretch of what was listed: the projects somebody asked for. */
        uint32_t span = s->reads / 30 + 1, room = s->until - s->first;
        s->cursor = s->first + (span < room ? ash_rng_below(&a->rng, room - span) : 0);
        a->resume_us = w->out.us + wait_ms(&a->rng, 15000, 90000);
        return;
    }
    uint32_t folder = s->cursor++;
    if (list_above(w, s, folder))
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_FOLDER, folder}, false);
    a->resume_us = w->out.us + ash_rng_range(&a->rng, 100, 700);
}

/* The next folder to copy from; mget lists it first. */
static void next_folder(struct world *w, struct scan *s)
{
    s->slot = 0;
    if (++s->cursor >= s->until)
        s->cursor = s->first;
    for (uint32_t i = s->first; i < s->until; i++) {
        if (!ash_sim_tree_restricted(&w->tree, (ash_node){ASH_NODE_FOLDER, s->cursor}))
            break;
        if (++s->cursor >= s->until)
            s->cursor = s->first;
    }
    ash_smb_list(&w->smb, &s->attacker.actor.client, (ash_node){ASH_NODE_FOLDER, s->cursor}, false);
}

static void read_step(struct world *w, struct scan *s)
{
    struct actor *a = &s->attacker.actor;
    uint64_t left = s->slot < ASH_SLOTS ? w->tree.folders[s->cursor].alive >> s->slot : 0;
    if (s->reads == 0) {
        world_disconnect(w, a);
        s->phase = DONE;
        a->resume_us = UINT64_MAX;
        return;
    }
    if (left == 0 || ash_sim_tree_restricted(&w->tree, (ash_node){ASH_NODE_FOLDER, s->cursor})) {
        next_folder(w, s);
    } else {
        s->slot += (unsigned)__builtin_ctzll(left);
        ash_file_state f = ash_sim_tree_file(&w->tree, s->cursor, s->slot++);
        if (world_file_denied(w, s->cursor, f.slot, ASH_DEPT_COUNT))
            ash_smb_read_denied(&w->smb, &a->client, s->cursor, f);
        else
            ash_smb_read(&w->smb, &a->client, s->cursor, f, 0);
        s->reads--;
    }
    a->resume_us = w->out.us + ash_rng_range(&a->rng, s->read_pause_us / 5, s->read_pause_us * 9 / 5);
}

static void scan_step(struct world *w, struct actor *a)
{
    struct scan *s = (struct scan *)a;
    if (s->phase == WAIT)
        wait_step(w, s);
    else if (s->phase == LIST)
        list_step(w, s);
    else if (s->phase == READ)
        read_step(w, s);
    else
        a->resume_us = UINT64_MAX;
}

struct attacker *attack_scan_new(struct world *w)
{
    struct scan *s = mem_realloc(NULL, 1, sizeof *s);
    *s = (struct scan){.attacker.actor = {.step = scan_step, .resume_us = w->opt->start_us + 1}};
    return &s->attacker;
}
