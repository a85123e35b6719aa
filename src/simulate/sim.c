/* The run: who is next, what a step is, what all formats share. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/time.h"
#include "simulate/world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

const ash_scenario ash_scenarios[] = {
#define SCENARIO(symbol, name, desc, troubled) {name, desc, symbol, troubled},
#include "simulate/scenarios.def"
#undef SCENARIO
};
const size_t ash_n_scenarios = N(ash_scenarios);

const char *ash_scenario_name(size_t i)
{
    return i < ash_n_scenarios ? ash_scenarios[i].name : NULL;
}

const ash_scenario *ash_scenario_by_name(const char *name)
{
    for (size_t i = 0; i < ash_n_scenarios; i++)
        if (strcmp(ash_scenarios[i].name, name) == 0)
            return &ash_scenarios[i];
    return NULL;
}

const char *ash_sim_config_name(size_t i)
{
    static const char *const names[] = {"rich", "lean", "old"};
    return i < N(names) ? names[i] : NULL;
}

const char *ash_sim_format_name(size_t i)
{
    static const char *const names[] = {"samba", "windows-xml", "windows-json"};
    return i < N(names) ? names[i] : NULL;
}

/* --- actors ---------------------------------------------------------------- */

void *ash_sim_add(ash_sim *s, size_t size, ash_sim_role role, uint32_t order, ash_sim_step *step)
{
    if (s->queue.count == s->queue_cap) {
        uint32_t cap = s->queue_cap * 2 + 64;
        ash_due **bigger = reallocarray(s->queue.items, cap, sizeof *bigger);
        if (bigger == NULL) {
            s->failed = true;
            return NULL;
        }
        s->queue.items = bigger;
        s->queue_cap = cap;
    }
    ash_sim_actor *a = calloc(1, size);
    if (a == NULL) {
        s->failed = true;
        return NULL;
    }
    a->due.order = order;
    a->role = role;
    a->step = step;
    a->rng = ash_mix64(s->opt->seed * 1000003 + order + 1);
    a->pace = ash_mix64(a->rng);
    a->rid = 1100 + order % 100000;
    s->queue.items[s->queue.count++] = &a->due;
    return a;
}

void ash_sim_identify(ash_sim_actor *a, const char *account, const char *client,
                      const char *workstation)
{
    if (account != a->account)
        snprintf(a->account, sizeof a->account, "%s", account);
    snprintf(a->client, sizeof a->client, "%s", client);
    snprintf(a->workstation, sizeof a->workstation, "%s", workstation);
    char lower[sizeof a->workstation]; /* %m */
    for (size_t i = 0; i < sizeof lower; i++)
        lower[i] = (char)(a->workstation[i] >= 'A' && a->workstation[i] <= 'Z' ? a->workstation[i] + 32
                                                                               : a->workstation[i]);
    ash_smb_set_who(&a->smb, a->account, a->client, lower);
}

/* A program of the servers' own: Windows records their accounts. */
static bool is_machine(const ash_sim *s, const ash_sim_actor *a)
{
    return a->local && s->opt->format != ASH_SIM_SAMBA;
}

void ash_sim_alike(ash_sim *s, ash_sim_actor *a, const char *kind)
{
    if (!is_machine(s, a)) {
        a->alike = ash_truth_begin_alike(&s->truth, kind, a->account, a->client, a->workstation);
        return;
    }
    for (unsigned i = 0; i < s->opt->servers; i++) { /* one of each server's own */
        char machine[16];
        snprintf(machine, sizeof machine, "FS%02u$", i + 1);
        uint32_t alike = ash_truth_begin_alike(&s->truth, kind, machine, "", "");
        a->alike = i == 0 ? alike : a->alike;
    }
}

/* --- a step ---------------------------------------------------------------- */

static ash_sim_server *enter(ash_sim *s, ash_sim_actor *a, unsigned server)
{
    ash_sim_server *v = &s->servers[server];
    if (s->at == NULL) {
        int64_t zone = s->opt->format == ASH_SIM_SAMBA ? 0 : ASH_SIM_ZONE_US;
        ash_server_tick(v, a->due.us);
        int64_t set = ash_server_set_clock(v, a->due.us, zone);
        ash_spool_begin(&v->spool, a->due.us, s->limit, &a->pace);
        s->at = v;
        if (set != 0 && s->writer->clock_set != NULL)
            s->writer->clock_set(s, v, set);
    }
    return s->at;
}

static unsigned server_of(const ash_sim *s, ash_node n)
{
    return s->tree.volumes[ash_sim_tree_volume_of(&s->tree, n)].server;
}

static void note(ash_sim *s, const ash_sim_actor *a, const ash_deed *d, ash_truth_grade grade)
{
    bool intruder = a->role == ASH_ROLE_INTRUDER;
    char path[2 * ASH_PATH_CAP], to[2 * ASH_PATH_CAP];
    if (!intruder && s->truth.all_rows == NULL)
        return;
    bool of_node = d->kind == ASH_DEED_LIST || d->kind == ASH_DEED_LIST_DENIED;
    const ash_volume *v = &s->tree.volumes[ash_sim_tree_volume_of(&s->tree, d->node)];
    const ash_share *share = &ash_words_shares[v->share];
    ash_truth_row row = {
        .us = s->at->spool.us,
        .account = a->account,
        .client = a->client,
        .workstation = a->workstation,
        .server = s->at->name,
        .share = a->smb.backup_share && s->opt->format == ASH_SIM_SAMBA ? share->backup_name
                                                                        : share->name,
        .path = path,
        .path_len = s->writer->path(s, d->node, of_node ? NULL : &d->file, path),
        .new_path = to,
        .grade = grade,
    };
    char machine[16];
    if (is_machine(s, a)) {
        snprintf(machine, sizeof machine, "FS%02u$", s->at->index + 1u);
        row.account = machine;
        row.client = row.share = "";
    }
    if (d->kind == ASH_DEED_RENAME)
        row.new_len = s->writer->path(s, d->node, &d->to, to);
    ash_truth_note(&s->truth, &row, intruder);
}

/* What a deed does; ASH_TRUTH_GRADES: nothing that counts. */
static ash_truth_grade grade_of(ash_deed_kind kind)
{
    switch (kind) {
    case ASH_DEED_LIST: return ASH_TRUTH_LISTED;
    case ASH_DEED_LIST_DENIED:
    case ASH_DEED_READ_DENIED: return ASH_TRUTH_DENIED;
    case ASH_DEED_READ: return ASH_TRUTH_READ;
    case ASH_DEED_OPEN: return ASH_TRUTH_OPENED;
    case ASH_DEED_CREATE:
    case ASH_DEED_OVERWRITE:
    case ASH_DEED_SAVE_END: return ASH_TRUTH_WRITTEN;
    case ASH_DEED_RENAME: return ASH_TRUTH_RENAMED;
    case ASH_DEED_DELETE: return ASH_TRUTH_DELETED;
    case ASH_DEED_LOOK:
    case ASH_DEED_MISSING:
    case ASH_DEED_SAVE_BEGIN:
    case ASH_DEED_MKDIR: break;
    }
    return ASH_TRUTH_GRADES;
}

void ash_sim_do(ash_sim *s, ash_sim_actor *a, const ash_deed *d)
{
    unsigned server = server_of(s, d->node);
    ash_sim_server *v = enter(s, a, server);
    if (v->index != server)
        return; /* a step is on one server */
    if (!(a->on >> server & 1)) {
        a->on |= (uint16_t)(1u << server);
        if (a->role == ASH_ROLE_INTRUDER)
            ash_truth_trace(&s->truth, v->spool.us, a->account, a->client, a->workstation);
        a->port = (uint16_t)ash_rng_range(&a->rng, 49152, 65535);
        s->writer->log_on(s, v, a, ash_sim_tree_volume_of(&s->tree, d->node));
    }
    if (a->alike != 0)
        ash_truth_alike_seen(&s->truth, a->alike + (is_machine(s, a) ? server : 0), v->spool.us);
    ash_truth_grade grade = grade_of(d->kind);
    if (s->writer->write(s, v, a, d) && grade != ASH_TRUTH_GRADES)
        note(s, a, d, grade);
}

void ash_sim_refused(ash_sim *s, ash_sim_actor *a, unsigned server, const char *account, bool unknown)
{
    ash_sim_server *v = enter(s, a, server);
    if (a->role == ASH_ROLE_INTRUDER)
        ash_truth_refused(&s->truth, v->spool.us);
    a->port = (uint16_t)ash_rng_range(&a->rng, 49152, 65535);
    s->writer->refuse(s, v, a, account, unknown);
}

void ash_sim_pause(ash_sim *s, uint64_t us)
{
    if (s->at != NULL)
        s->at->spool.us += us;
}

uint64_t ash_sim_now(const ash_sim *s, const ash_sim_actor *a)
{
    return s->at != NULL ? s->at->spool.us : a->due.us;
}

void ash_sim_wait(const ash_sim *s, ash_sim_actor *a, uint64_t us)
{
    a->resume_us = ash_sim_now(s, a) + us;
}

void ash_sim_leave(ash_sim_actor *a, uint64_t resume_us)
{
    a->leaving = true;
    a->resume_us = resume_us;
}

/* One server at a time; a->resume_us stays what it is. */
static uint64_t log_off(ash_sim *s, ash_sim_actor *a)
{
    unsigned server = (unsigned)__builtin_ctz(a->on);
    ash_sim_server *v = enter(s, a, server);
    s->writer->log_off(s, v, a);
    a->on &= (uint16_t)(a->on - 1);
    return v->spool.us + 1000 + ash_rng_below(&a->rng, 200000);
}

static void make_step(ash_sim *s, ash_sim_actor *a, uint64_t limit)
{
    s->at = NULL;
    s->limit = limit;
    if (a->leaving && a->on != 0) {
        a->step_us = log_off(s, a);
    } else {
        a->leaving = false;
        a->resume_us = a->due.us;
        a->step(s, a);
        a->step_us = ash_sim_now(s, a) + 1000;
    }
    if (!a->leaving || a->on == 0)
        a->step_us = a->resume_us;
    if (a->step_us <= ash_sim_now(s, a))
        a->step_us = ash_sim_now(s, a) + 1;
    if (s->at == NULL)
        return;
    if (s->at->n_troubles > 0 && ash_server_drops(s->at, s->at->spool.us))
        ash_spool_lose(&s->at->spool);
    a->pend = ash_spool_end(&s->at->spool);
    a->pend_server = s->at->index;
    s->failed |= s->at->spool.failed || s->tree.failed;
}

static void drain(ash_sim *s, ash_sim_actor *a, uint64_t limit)
{
    ash_spool *spool = &s->servers[a->pend_server].spool;
    bool done = ash_spool_drain(spool, &a->pend, limit);
    a->due.us = done ? a->step_us : a->pend->marks[a->pend->next].us;
    s->failed |= spool->failed;
}

/* Lets a go on until somebody else is earlier. */
static void run_actor(ash_sim *s, ash_sim_actor *a, uint64_t limit)
{
    do {
        if (a->pend != NULL) {
            drain(s, a, limit);
        } else {
            make_step(s, a, limit);
            a->due.us = a->pend != NULL ? a->pend->marks[0].us : a->step_us;
        }
    } while (a->due.us < limit && !s->failed);
}

static bool stopped(const ash_sim *s)
{
    return s->opt->stop != NULL && atomic_load_explicit(s->opt->stop, memory_order_relaxed);
}

static void run(ash_sim *s)
{
    ash_queue *q = &s->queue;
    ash_queue_order(q);
    while (!s->failed && !stopped(s) && q->count > 0 && q->items[0]->us < s->end_us) {
        run_actor(s, (ash_sim_actor *)q->items[0], ash_queue_second(q, s->end_us - 1));
        ash_queue_settle(q);
    }
    /* What has begun is written to its end. */
    while (!s->failed && !stopped(s) && q->count > 0 && q->items[0]->us != UINT64_MAX) {
        ash_sim_actor *a = (ash_sim_actor *)q->items[0];
        if (a->pend != NULL)
            drain(s, a, ash_queue_second(q, UINT64_MAX - 1));
        if (a->pend == NULL)
            a->due.us = UINT64_MAX;
        ash_queue_settle(q);
    }
}

/* --- rights, and doing what they allow ---------------------------------------- */

bool ash_sim_may_enter(const ash_sim *s, ash_node n, unsigned dept)
{
    const ash_group *g = ash_sim_tree_group_of(&s->tree, n);
    return g == NULL || g->dept == dept || !ash_words_depts[g->dept].restricted;
}

bool ash_sim_may_read(const ash_sim *s, uint32_t folder, unsigned slot, unsigned dept)
{
    const ash_group *g = ash_sim_tree_group_of(&s->tree, ash_sim_folder(folder));
    return g->dept == dept || ash_sim_tree_file_hash(&s->tree, folder, slot) % 64 != 0;
}

void ash_sim_try_read(ash_sim *s, ash_sim_actor *a, uint32_t folder, unsigned slot, unsigned dept)
{
    bool may = ash_sim_may_read(s, folder, slot, dept);
    ash_sim_do_file(s, a, may ? ASH_DEED_READ : ASH_DEED_READ_DENIED, folder, slot);
}

bool ash_sim_try_list(ash_sim *s, ash_sim_actor *a, ash_node n, unsigned dept)
{
    bool may = ash_sim_may_enter(s, n, dept);
    ash_sim_do_node(s, a, may ? ASH_DEED_LIST : ASH_DEED_LIST_DENIED, n);
    return may;
}

void ash_sim_note_change(ash_sim *s, uint32_t folder, unsigned slot)
{
    size_t at = s->n_changed++ % N(s->changed);
    s->changed[at].folder = folder;
    s->changed[at].slot = (uint8_t)slot;
}

/* --- begin and end ------------------------------------------------------------ */

/* Makes the folder; refuses one that holds something. */
static int make_folder(const char *dir, ash_error *err)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return errno == ENOENT ? ash_io_mkdirs(dir, err)
                               : ash_fail_at(err, ASH_E_IO, "simulate", dir, ASH_NO_OFFSET,
                                             "the folder cannot be opened");
    unsigned entries = 0;
    while (readdir(d) != NULL)
        entries++;
    closedir(d);
    if (entries > 2)
        return ash_fail_at(err, ASH_E_USAGE, "simulate", dir, ASH_NO_OFFSET,
                           "the folder is not empty; give --out a new one");
    return 0;
}

/* Fewer files, smaller folders: people still have many to choose from. */
static ash_sim_tree_shape shape_for(const ash_sim_options *o)
{
    int year;
    unsigned m, d, each = o->files / (ASH_DEPT_COUNT * o->servers);
    unsigned years = each < 400 ? 3 : each < 4000 ? 5 : 8;
    unsigned files = each < 400 ? 10 : each < 4000 ? 20 : 50;
    ash_civil_from_days(o->start, &year, &m, &d);
    return (ash_sim_tree_shape){
        .first_year = (unsigned)year + 1 - years,
        .years = years,
        .min_files = files / 3,
        .max_files = files,
        .min_sub = 2,
        .max_sub = 2 + files / 3,
    };
}

static int begin(ash_sim *s, ash_sim_files *files, ash_error *err)
{
    const ash_sim_options *o = s->opt;
    ash_sim_tree_shape shape = shape_for(o);
    int rc = make_folder(o->dir, err);
    if (rc == 0 && !ash_sim_tree_init(&s->tree, o->seed, &shape, o->files, o->servers))
        rc = ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    for (unsigned i = 0; i < o->servers && rc == 0; i++)
        rc = ash_server_open(&s->servers[i], i, o, files, s->writer->line_cap, err);
    if (rc == 0)
        rc = s->writer->open(s, err);
    if (rc == 0)
        rc = ash_truth_open(&s->truth, o->dir, o->truth_all, err);
    if (rc < 0)
        return rc;
    ash_people_add(s);
    ash_services_add(s);
    ash_errands_add(s);
    if (o->scenario->begin != NULL && !s->failed)
        o->scenario->begin(s);
    return 0;
}

/* Closes all; the first failure becomes the error. */
static int finish(ash_sim *s, ash_sim_files *files, ash_sim_result *r, ash_error *err)
{
    int rc = 0;
    if (s->failed)
        rc = ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    for (unsigned i = 0; i < s->opt->servers; i++) {
        ash_sim_server *v = &s->servers[i];
        bool good = ash_server_close(v);
        if (!good && rc == 0 && v->failed) {
            errno = v->os_errno;
            rc = ash_fail_at(err, ASH_E_IO, "simulate", v->folder, ASH_NO_OFFSET,
                             "the logs cannot be written");
        } else if (!good && rc == 0) {
            rc = ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
        }
        r->bytes += v->bytes;
    }
    for (size_t i = 0; i < files->count; i++)
        r->records += files->items[i].records;
    r->files = (uint32_t)files->count;
    r->truths = s->truth.count;
    if (!ash_truth_close(&s->truth) && rc == 0)
        rc = ash_fail_at(err, ASH_E_IO, "simulate", "truth.tsv", ASH_NO_OFFSET,
                         "the file cannot be written");
    if (rc == 0 && stopped(s))
        rc = ash_fail(err, ASH_E_INTERRUPTED, "simulate",
                      "stopped; what is in the folder is not complete");
    return rc == 0 ? ash_truth_summary(s, files, err) : rc;
}

static void free_sim(ash_sim *s, ash_sim_files *files)
{
    for (uint32_t i = 0; i < s->queue.count; i++) {
        ash_spool_pend_free(((ash_sim_actor *)s->queue.items[i])->pend);
        free(s->queue.items[i]);
    }
    free(s->queue.items);
    free(s->people);
    ash_truth_free(&s->truth);
    free(files->items);
    s->writer->close(s);
    ash_sim_tree_free(&s->tree);
    free(s);
}

int ash_simulate(const ash_sim_options *o, ash_sim_result *ret, ash_error *err)
{
    ash_sim_files files = {0};
    ash_sim_result r = {0};
    ash_sim *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ash_fail(err, ASH_E_NOMEM, "simulate", "out of memory");
    s->opt = o;
    s->writer = o->format == ASH_SIM_SAMBA ? &ash_sim_samba : &ash_sim_windows;
    s->begin_us = o->start * ASH_US_PER_DAY;
    s->end_us = (o->start + o->days) * ASH_US_PER_DAY;
    int rc = begin(s, &files, err);
    if (rc == 0) {
        run(s);
        rc = finish(s, &files, &r, err);
    } else {
        for (unsigned i = 0; i < o->servers; i++)
            (void)ash_server_close(&s->servers[i]);
        (void)ash_truth_close(&s->truth);
    }
    free_sim(s, &files);
    if (rc == 0)
        *ret = r;
    return rc;
}
