#include "simulate/truth.h"

#include <stdlib.h>

#include "base/io.h"
#include "base/json.h"
#include "base/time.h"
#include "simulate/people.h"

static const char *const grade_names[ASH_TRUTH_GRADES] = {
    [ASH_TRUTH_READ] = "read",       [ASH_TRUTH_OPENED] = "opened",
    [ASH_TRUTH_LISTED] = "listed",   [ASH_TRUTH_DENIED] = "denied",
    [ASH_TRUTH_WRITTEN] = "written", [ASH_TRUTH_RENAMED] = "renamed",
    [ASH_TRUTH_DELETED] = "deleted",
};

static const char *time_text(char out[ASH_TIME_TEXT], uint64_t us)
{
    ash_zone zone = ash_zone_fixed((int32_t)(ASH_SIM_ZONE_US / 1000000));
    return ash_time_text(out, ((int64_t)us - ASH_SIM_ZONE_US) * 1000, &zone, 6);
}

static FILE *open_rows(const char *dir, const char *name, ash_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wbx");
    if (f == NULL)
        ash_fail_at(err, ASH_E_IO, "simulate", path, ASH_NO_OFFSET, "the file cannot be written");
    else
        fputs("time\taccount\tclient\tserver\tshare\tpath\tgrade\tnew_path\n", f);
    return f;
}

int ash_truth_open(ash_truth *t, const char *dir, bool all, ash_error *err)
{
    t->rows = open_rows(dir, "truth.tsv", err);
    if (t->rows != NULL && all)
        t->all_rows = open_rows(dir, "truth-all.tsv", err);
    return t->rows == NULL || (all && t->all_rows == NULL) ? ASH_E_IO : 0;
}

bool ash_truth_close(ash_truth *t)
{
    if (t->rows != NULL && fclose(t->rows) != 0)
        t->failed = true;
    if (t->all_rows != NULL && fclose(t->all_rows) != 0)
        t->failed = true;
    t->rows = t->all_rows = NULL;
    return !t->failed;
}

void ash_truth_free(ash_truth *t)
{
    free(t->who);
    free(t->alikes);
    t->who = NULL;
    t->alikes = NULL;
    t->n_who = t->n_alikes = 0;
}

/* The items with room for one more; NULL: no memory, and what there was stays. */
static void *grow(ash_truth *t, void *items, unsigned *cap, unsigned count, size_t size)
{
    if (count < *cap)
        return items;
    void *bigger = reallocarray(items, *cap * 2 + 32, size);
    t->failed |= bigger == NULL;
    if (bigger != NULL)
        *cap = *cap * 2 + 32;
    return bigger;
}

uint32_t ash_truth_begin_alike(ash_truth *t, const char *kind, const char *account,
                               const char *client, const char *workstation)
{
    ash_truth_alike *all = t->n_alikes == ASH_TRUTH_ALIKES
                               ? NULL
                               : grow(t, t->alikes, &t->alikes_cap, t->n_alikes, sizeof *all);
    if (all == NULL) {
        t->alikes_left_off++;
        return 0;
    }
    t->alikes = all;
    ash_truth_alike *a = &t->alikes[t->n_alikes++];
    *a = (ash_truth_alike){.kind = kind};
    snprintf(a->account, sizeof a->account, "%s", account);
    snprintf(a->client, sizeof a->client, "%s", client);
    snprintf(a->workstation, sizeof a->workstation, "%s", workstation);
    return t->n_alikes;
}

void ash_truth_alike_seen(ash_truth *t, uint32_t alike, uint64_t us)
{
    ash_truth_alike *a = &t->alikes[alike - 1];
    a->from_us = a->from_us == 0 ? us : a->from_us;
    a->to_us = us;
}

void ash_truth_begin_phase(ash_truth *t, const char *name)
{
    if (t->n_phases < ASH_TRUTH_PHASES)
        t->phases[t->n_phases++] = (ash_truth_phase){.name = name};
}

/* The first and last trace, of all and of this phase. */
static void note_time(ash_truth *t, uint64_t us)
{
    if (t->first_us == 0)
        t->first_us = us;
    if (t->n_phases == 0)
        return;
    ash_truth_phase *p = &t->phases[t->n_phases - 1];
    p->from_us = p->from_us == 0 ? us : p->from_us;
    p->to_us = us;
}

static ash_truth_who *find_who(ash_truth *t, const char *account, const char *client,
                               const char *workstation)
{
    for (unsigned i = 0; i < t->n_who; i++)
        if (strcmp(t->who[i].account, account) == 0 && strcmp(t->who[i].client, client) == 0 &&
            strcmp(t->who[i].workstation, workstation) == 0)
            return &t->who[i];
    return NULL;
}

void ash_truth_trace(ash_truth *t, uint64_t us, const char *account, const char *client,
                     const char *workstation)
{
    note_time(t, us);
    ash_truth_who *w = find_who(t, account, client, workstation), *all = NULL;
    if (w == NULL && t->n_who < ASH_TRUTH_WHO)
        all = grow(t, t->who, &t->who_cap, t->n_who, sizeof *all);
    if (all != NULL) {
        t->who = all;
        w = &t->who[t->n_who++];
        snprintf(w->account, sizeof w->account, "%s", account);
        snprintf(w->client, sizeof w->client, "%s", client);
        snprintf(w->workstation, sizeof w->workstation, "%s", workstation);
        w->from_us = us;
    }
    if (w != NULL)
        w->to_us = us;
}

void ash_truth_refused(ash_truth *t, uint64_t us)
{
    note_time(t, us);
    if (t->n_phases > 0)
        t->phases[t->n_phases - 1].refused++;
}

static void put_row(ash_truth *t, FILE *f, const ash_truth_row *r)
{
    char stamp[ASH_TIME_TEXT];
    if (fprintf(f, "%s\t%s\t%s\t%s\t%s\t%.*s\t%s\t%.*s\n", time_text(stamp, r->us), r->account,
                r->client, r->server, r->share, (int)r->path_len, r->path, grade_names[r->grade],
                (int)r->new_len, r->new_path) < 0)
        t->failed = true;
}

void ash_truth_note(ash_truth *t, const ash_truth_row *r, bool intruder)
{
    if (t->all_rows != NULL)
        put_row(t, t->all_rows, r);
    if (!intruder)
        return;
    put_row(t, t->rows, r);
    t->count++;
    ash_truth_trace(t, r->us, r->account, r->client, r->workstation);
    if (t->n_phases > 0)
        t->phases[t->n_phases - 1].counts[r->grade]++;
}

/* --- truth.json -------------------------------------------------------------- */

static void key_time(ash_json *j, const char *key, uint64_t us)
{
    char stamp[ASH_TIME_TEXT];
    ash_json_key_z(j, key, us == 0 ? NULL : time_text(stamp, us));
}

static void put_parameters(ash_json *j, const ash_sim_options *o)
{
    char start[16];
    int y;
    unsigned m, d;
    ash_civil_from_days(o->start, &y, &m, &d);
    snprintf(start, sizeof start, "%04d-%02u-%02u", y, m, d);
    ash_json_key(j, "parameters");
    ash_json_begin(j, '{');
    ash_json_key_z(j, "start", start);
    ash_json_key_int(j, "days", o->days);
    ash_json_key_int(j, "users", o->users);
    ash_json_key_int(j, "servers", o->servers);
    ash_json_key_int(j, "files", o->files);
    ash_json_key_int(j, "actions", o->actions);
    ash_json_key_z(j, "config", ash_sim_config_name(o->config));
    ash_json_key_z(j, "format", ash_sim_format_name(o->format));
    ash_json_end(j, '}');
}

static void put_intruder(ash_json *j, const ash_truth *t)
{
    ash_json_key(j, "intruder");
    ash_json_begin(j, '[');
    for (unsigned i = 0; i < t->n_who; i++) {
        ash_json_begin(j, '{');
        ash_json_key_z(j, "account", t->who[i].account);
        ash_json_key_z(j, "client", t->who[i].client);
        ash_json_key_z(j, "workstation", t->who[i].workstation);
        key_time(j, "from", t->who[i].from_us);
        key_time(j, "to", t->who[i].to_us);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    key_time(j, "first_footprint", t->first_us);
    ash_json_key(j, "phases");
    ash_json_begin(j, '[');
    for (unsigned i = 0; i < t->n_phases; i++) {
        ash_json_begin(j, '{');
        ash_json_key_z(j, "name", t->phases[i].name);
        key_time(j, "from", t->phases[i].from_us);
        key_time(j, "to", t->phases[i].to_us);
        for (unsigned g = 0; g < ASH_TRUTH_GRADES; g++)
            ash_json_key_int(j, grade_names[g], (int64_t)t->phases[i].counts[g]);
        ash_json_key_int(j, "logons_refused", (int64_t)t->phases[i].refused);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void put_style(ash_json *j, const ash_truth_style *y)
{
    ash_json_key(j, "style");
    ash_json_begin(j, '{');
    if (y->origin != NULL) {
        ash_json_key_z(j, "origin", y->origin);
        ash_json_key_z(j, "hours", y->hours);
        ash_json_key_z(j, "order", y->order);
        ash_json_key_z(j, "tool", y->tool);
        ash_json_key_z(j, "method", y->method);
        ash_json_key_int(j, "pace_percent", y->pace_percent);
    }
    ash_json_end(j, '}');
}

static void put_alike(ash_json *j, const ash_truth_alike *a)
{
    ash_json_begin(j, '{');
    ash_json_key_z(j, "kind", a->kind);
    ash_json_key_z(j, "account", a->account[0] == '\0' ? NULL : a->account);
    ash_json_key_z(j, "client", a->client[0] == '\0' ? NULL : a->client);
    ash_json_key_z(j, "workstation", a->workstation[0] == '\0' ? NULL : a->workstation);
    key_time(j, "from", a->from_us);
    key_time(j, "to", a->to_us);
    ash_json_end(j, '}');
}

/* A habit of a person: from and to are days. */
static void put_habit(ash_json *j, const ash_sim *s, const ash_person *p, const char *kind,
                      bool own_pc, uint32_t from, uint32_t to)
{
    uint32_t first = s->opt->start, until = first + s->opt->days;
    ash_truth_alike a = {.kind = kind};
    from = from < first ? first : from;
    to = to > until ? until : to;
    if (from >= to)
        return;
    snprintf(a.account, sizeof a.account, "%s", p->actor.account);
    snprintf(a.client, sizeof a.client, "%s", own_pc ? p->desk : "");
    snprintf(a.workstation, sizeof a.workstation, "%s", own_pc ? p->pc : "");
    a.from_us = from * ASH_US_PER_DAY;
    a.to_us = to * ASH_US_PER_DAY - 1;
    put_alike(j, &a);
}

static void put_habits(ash_json *j, const ash_sim *s, const ash_person *p)
{
    enum { WEEKS = 14 }; /* days a change of staff is seen */
    if (p->joins != 0)
        put_habit(j, s, p, "new-employee", false, p->joins, p->joins + WEEKS);
    if (p->moves != UINT32_MAX)
        put_habit(j, s, p, "moved", false, p->moves, p->moves + WEEKS);
    if (p->leaves != UINT32_MAX && !p->wrong)
        put_habit(j, s, p, "leaving", false, p->leaves - WEEKS, p->leaves);
    if (p->remote_days != 0)
        put_habit(j, s, p, "vpn", false, 0, UINT32_MAX);
    if (p->shared_pc)
        put_habit(j, s, p, "shared-pc", false, 0, UINT32_MAX);
    if (p->dept == ASH_FINANCE_DEPT)
        put_habit(j, s, p, "month-ends", true, 0, UINT32_MAX);
}

static void put_alikes(ash_json *j, const ash_sim *s)
{
    ash_json_key(j, "look_alikes");
    ash_json_begin(j, '[');
    for (unsigned i = 0; i < s->truth.n_alikes; i++)
        if (s->truth.alikes[i].from_us != 0)
            put_alike(j, &s->truth.alikes[i]);
    for (uint32_t i = 0; i < s->n_people; i++)
        put_habits(j, s, s->people[i]);
    ash_json_end(j, ']');
    ash_json_key_int(j, "look_alikes_left_off", (int64_t)s->truth.alikes_left_off);
}

static void put_troubles(ash_json *j, const ash_sim *s)
{
    static const char *const kinds[] = {
        [ASH_TROUBLE_DAY] = "missing-day",
        [ASH_TROUBLE_RATE] = "rate-limit",
        [ASH_TROUBLE_CLOCK] = "clock-back",
        [ASH_TROUBLE_CUT] = "cut-record",
    };
    ash_json_key(j, "troubles");
    ash_json_begin(j, '[');
    for (unsigned i = 0; i < s->opt->servers; i++) {
        for (unsigned k = 0; k < s->servers[i].n_troubles; k++) {
            const ash_trouble *t = &s->servers[i].troubles[k];
            if (t->lost == 0 && t->shift_us == 0)
                continue; /* nothing was there to be lost */
            ash_json_begin(j, '{');
            ash_json_key_z(j, "kind", kinds[t->kind]);
            ash_json_key_z(j, "server", s->servers[i].name);
            key_time(j, "from", t->from_us);
            key_time(j, "to", t->to_us);
            ash_json_key_int(j, "records", (int64_t)t->lost);
            ash_json_key_int(j, "clock_off_seconds", t->shift_us / 1000000);
            ash_json_end(j, '}');
        }
    }
    ash_json_end(j, ']');
}

static void put_files(ash_json *j, const ash_sim *s, const ash_sim_files *files)
{
    ash_json_key(j, "files");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < files->count; i++) {
        char name[ASH_SIM_FILE_NAME];
        ash_server_file_name(&s->servers[files->items[i].server], files->items[i].stem,
                             files->items[i].day, name);
        ash_json_begin(j, '{');
        ash_json_key_z(j, "file", name);
        ash_json_key_int(j, "records", (int64_t)files->items[i].records);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

int ash_truth_summary(const ash_sim *s, const ash_sim_files *files, ash_error *err)
{
    ash_out out;
    ash_json j;
    char path[4096];
    snprintf(path, sizeof path, "%s/truth.json", s->opt->dir);
    int rc = ash_out_open(&out, path, err);
    if (rc < 0)
        return rc;
    ash_json_init(&j, &out, false);
    j.pretty = true;
    ash_json_begin(&j, '{');
    ash_json_key_z(&j, "scenario", s->opt->scenario->name);
    ash_json_key_int(&j, "seed", (int64_t)s->opt->seed);
    put_parameters(&j, s->opt);
    put_intruder(&j, &s->truth);
    put_style(&j, &s->truth.style);
    put_alikes(&j, s);
    put_troubles(&j, s);
    put_files(&j, s, files);
    ash_json_end(&j, '}');
    return ash_out_publish(&out, err);
}
