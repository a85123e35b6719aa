/* The programs of the house, and the auditor: they read much, by right. */
#include <stdio.h>

#include "base/time.h"
#include "simulate/calendar.h"
#include "simulate/people.h"
#include "simulate/walk.h"

/* In the queue behind the people. */
enum { ORDER_BACKUP = 0xb0000000, ORDER_SCANNER, ORDER_INDEXER, ORDER_MIGRATION, ORDER_AUDITOR };

typedef struct sweep {
    ash_sim_actor actor; /* first */
    bool awake;
    uint32_t last_day; /* auditor */
    uint32_t lo, hi;   /* microseconds between two steps */
    uint32_t folder;
    uint64_t done; /* of the ring of changes */
    ash_walk walk;
} sweep;

/* Programs have the rights of whom they serve: the department's own. */
static void own_rights(const ash_sim *s, sweep *w)
{
    uint32_t folder = w->walk.slot < ASH_SLOTS ? w->walk.folder - 1 : w->walk.folder;
    if (folder < s->tree.folder_count)
        w->walk.dept = ash_sim_tree_group_of(&s->tree, ash_sim_folder(folder))->dept;
}

static void go_to_sleep(sweep *w, uint64_t until_us)
{
    w->awake = false;
    ash_sim_leave(&w->actor, until_us);
}

/* --- backup every night, virus scanner every Sunday: all there is ----------------- */

/* 1:00, on Sundays 4:00. */
static uint64_t next_night(const sweep *w, uint64_t now_us)
{
    bool scanner = w->actor.due.order == ORDER_SCANNER;
    for (uint32_t day = ash_sim_day(now_us);; day++) {
        uint64_t at = day * ASH_US_PER_DAY + (scanner ? 4 : 1) * 3600 * ASH_US_PER_SEC +
                      7 * ASH_US_PER_SEC;
        if (at > now_us && (!scanner || ash_weekday(day) == 0))
            return at;
    }
}

static void sweep_all(ash_sim *s, ash_sim_actor *a)
{
    sweep *w = (sweep *)a;
    if (!w->awake) {
        w->awake = true;
        ash_walk_begin(&w->walk, 0, s->tree.folder_count, 0, false);
    }
    own_rights(s, w);
    if (ash_walk_read(s, a, &w->walk))
        ash_sim_wait(s, a, ash_rng_range(&a->rng, w->lo, w->hi));
    else
        go_to_sleep(w, next_night(w, a->due.us));
}

/* --- indexer: what was written lately ---------------------------------------------- */

static uint64_t next_index(uint64_t now_us)
{
    const uint64_t three_hours = 3 * 3600 * ASH_US_PER_SEC;
    uint64_t at = (now_us / three_hours + 1) * three_hours;
    uint64_t hour = at / (3600 * ASH_US_PER_SEC) % 24;
    return hour < 9 ? at + (9 - hour) * 3600 * ASH_US_PER_SEC : at;
}

static void index_step(ash_sim *s, ash_sim_actor *a)
{
    sweep *w = (sweep *)a;
    size_t size = sizeof s->changed / sizeof *s->changed;
    if (!w->awake) {
        w->awake = true;
        w->folder = ASH_NO_FOLDER;
        if (s->n_changed - w->done > size)
            w->done = s->n_changed - size;
    }
    if (w->done == s->n_changed) {
        go_to_sleep(w, next_index(a->due.us));
        return;
    }
    uint32_t folder = s->changed[w->done % size].folder;
    unsigned slot = s->changed[w->done % size].slot;
    w->done++;
    if (folder != w->folder)
        ash_sim_do_node(s, a, ASH_DEED_LIST, ash_sim_folder(folder));
    w->folder = folder;
    if (s->tree.folders[folder].alive >> slot & 1)
        ash_sim_do_file(s, a, ASH_DEED_READ, folder, slot);
    ash_sim_wait(s, a, ash_rng_range(&a->rng, w->lo, w->hi));
}

/* --- migration: a department's folders in a few nights from a Friday on ------------- */

static void migrate_step(ash_sim *s, ash_sim_actor *a)
{
    sweep *w = (sweep *)a;
    uint64_t hour = a->due.us / (3600 * ASH_US_PER_SEC) % 24;
    own_rights(s, w);
    if (hour >= 6 && hour < 20)
        ash_sim_leave(a, ash_sim_day(a->due.us) * ASH_US_PER_DAY + 20 * 3600 * ASH_US_PER_SEC);
    else if (ash_walk_read(s, a, &w->walk))
        ash_sim_wait(s, a, ash_rng_range(&a->rng, w->lo, w->hi));
    else
        ash_sim_leave(a, UINT64_MAX);
}

static void add_migration(ash_sim *s)
{
    sweep *w = ash_sim_add(s, sizeof *w, ASH_ROLE_SERVICE, ORDER_MIGRATION, migrate_step);
    if (w == NULL)
        return;
    uint64_t *rng = &w->actor.rng;
    uint32_t group = ash_rng_below(rng, s->tree.group_count), first = 0, until;
    uint32_t day = s->opt->start + ash_rng_below(rng, s->opt->days);
    while (ash_weekday(day) != 5)
        day++;
    while (first < s->tree.folder_count &&
           ash_sim_tree_group_of(&s->tree, ash_sim_folder(first)) != &s->tree.groups[group])
        first++;
    for (until = first; until < s->tree.folder_count; until++)
        if (ash_sim_tree_group_of(&s->tree, ash_sim_folder(until)) != &s->tree.groups[group])
            break;
    ash_walk_begin(&w->walk, first, until, 0, true);
    w->lo = 20000;
    w->hi = 400000;
    ash_sim_identify(&w->actor, "svc_migrate", "10.10.0.43", "MIG01");
    w->actor.due.us = day * ASH_US_PER_DAY + 20 * 3600 * ASH_US_PER_SEC;
}

/* --- auditor: three to five days of looking into everything ------------------------ */

static void audit_step(ash_sim *s, ash_sim_actor *a)
{
    sweep *w = (sweep *)a;
    uint32_t day = ash_sim_day(a->due.us);
    uint64_t minute = a->due.us / (60 * ASH_US_PER_SEC) % 1440;
    uint32_t folder;
    unsigned slot;
    if (minute >= 17 * 60) {
        do
            day++;
        while (!ash_is_workday(day));
        ash_sim_leave(a, day > w->last_day ? UINT64_MAX : ash_sim_at(day, 9 * 60 + 20, &a->rng));
        return;
    }
    if (ash_walk_file(s, &w->walk, &folder, &slot) && ash_rng_chance(&a->rng, 7000)) {
        ash_sim_do_file(s, a, ASH_DEED_READ, folder, slot);
        ash_sim_wait(s, a, ash_sim_ms(&a->rng, 15000, 90000));
        return;
    }
    folder = ash_rng_below(&a->rng, s->tree.folder_count);
    ash_walk_begin(&w->walk, folder, folder + 1,
                   ash_sim_tree_group_of(&s->tree, ash_sim_folder(folder))->dept, false);
    ash_walk_list(s, a, &w->walk);
    ash_sim_wait(s, a, ash_sim_ms(&a->rng, 4000, 40000));
}

static void add_auditor(ash_sim *s)
{
    sweep *w = ash_sim_add(s, sizeof *w, ASH_ROLE_SERVICE, ORDER_AUDITOR, audit_step);
    if (w == NULL)
        return;
    uint32_t day = s->opt->start + ash_rng_below(&w->actor.rng, s->opt->days);
    while (!ash_is_workday(day))
        day++;
    w->last_day = day + 2 + ash_rng_below(&w->actor.rng, 5);
    w->walk.slot = ASH_SLOTS;
    ash_sim_identify(&w->actor, "kansa", "10.31.0.5", "WS-KANSA");
    w->actor.due.us = ash_sim_at(day, 9 * 60 + 30, &w->actor.rng);
}

/* --- all ---------------------------------------------------------------------------- */

static sweep *add_sweep(ash_sim *s, uint32_t order, ash_sim_step *step, const char *account,
                        unsigned host, const char *workstation)
{
    char client[16];
    sweep *w = ash_sim_add(s, sizeof *w, ASH_ROLE_SERVICE, order, step);
    if (w == NULL)
        return NULL;
    snprintf(client, sizeof client, "10.10.0.%u", host);
    ash_sim_identify(&w->actor, account, client, workstation);
    w->lo = 300;
    w->hi = 9000;
    w->actor.due.us = order == ORDER_INDEXER ? next_index(s->begin_us) : next_night(w, s->begin_us);
    return w;
}

void ash_services_add(ash_sim *s)
{
    sweep *backup = add_sweep(s, ORDER_BACKUP, sweep_all, "svc_backup", 40, "BKUP01");
    sweep *scanner = add_sweep(s, ORDER_SCANNER, sweep_all, "svc_av", 42, "AV01");
    add_sweep(s, ORDER_INDEXER, index_step, "svc_index", 41, "SRCH01");
    if (backup != NULL)
        backup->actor.smb.backup_share = true;
    if (scanner != NULL)
        scanner->actor.local = true;
    add_migration(s);
    add_auditor(s);
}
