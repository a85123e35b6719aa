#include <stdio.h>
#include "base/i18n.h"
#include "cli/list_options.h"
#include "cli/words.h"
#include "investigate/findings.h"
#include "investigate/tracks.h"

static const ash_column_def columns[] = {
    {"id", N_("finding"), false, false},
    {"time", N_("time"), false, false},
    {"severity", N_("severity"), false, false},
    {"kind", N_("kind"), false, false},
    {"account", N_("account"), false, false},
    {"client", N_("client"), false, false},
    {"workstation", NULL, false, false},
    {"server", NULL, false, false},
    {"share", NULL, false, false},
    {"first", NULL, false, false},
    {"last", NULL, false, false},
    {"technique", N_("technique"), false, false},
    {"listed", NULL, true, false},
    {"read", NULL, true, false},
    {"opened", NULL, true, false},
    {"denied", NULL, true, false},
    {"missing", NULL, true, false},
    {"changed", NULL, true, false},
    {"folders", NULL, true, false},
    {"accounts", NULL, true, false},
    {"track", N_("track"), false, false},
    {"message", N_("what"), false, true},
    {"measure", NULL, false, false},
    {"value", NULL, true, false},
    {"basis", NULL, false, false},
    {"usual", NULL, true, false},
    {"threshold", NULL, true, false},
    {"window_s", NULL, true, false},
    {"times", NULL, true, false},
    {"advice", NULL, false, false},
    {"telling", NULL, false, false},
    {"raised", NULL, false, false},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_float(ash_table *t, double d)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", d);
    ash_table_z(t, text);
}

static void put_reasons(ash_table *t, const ash_finding *f)
{
    ash_table_words(t, ash_measure_name((ash_measure)f->measure));
    put_float(t, f->value);
    ash_table_words(t, ash_basis_name((ash_basis)f->basis));
    put_float(t, f->usual);
    put_float(t, f->threshold);
    ash_table_int(t, f->window_s);
    ash_table_int(t, f->times);
    ash_table_z(t, _(ash_finding_advice((ash_finding_kind)f->kind)));
}

static void put_row(ash_table *t, ash_reader *r, const ash_finding_row *row, bool people)
{
    char id[32], at[ASH_TIME_TEXT], first[ASH_TIME_TEXT], last[ASH_TIME_TEXT], track[24];
    const ash_finding *f = &row->f;
    ash_actor a = ash_actors_at(r->actors, f->actor);
    ash_buf message;
    ash_buf_init(&message, 4096);
    ash_finding_message(f, &r->c->zone, &message);
    snprintf(id, sizeof id, "F%lld", (long long)row->id);
    ash_time_text(at, f->at, &r->c->zone, people ? 0 : 6);
    if (people)
        at[19] = '\0';
    ash_table_z(t, id);
    ash_table_z(t, at);
    ash_table_words(t, ash_severity_name(f->severity));
    ash_table_words(t, ash_finding_kind_name(f->kind));
    ash_table_text(t, a.account);
    ash_table_text(t, a.client);
    ash_table_text(t, a.workstation);
    ash_table_text(t, a.server);
    ash_table_text(t, f->share < ash_shares_count(r->actors) ? ash_shares_at(r->actors, f->share).name
                                                            : (ash_view){0});
    ash_table_z(t, ash_time_text(first, f->first, &r->c->zone, 6));
    ash_table_z(t, ash_time_text(last, f->last, &r->c->zone, 6));
    ash_table_z(t, ash_finding_technique(f));
    const uint64_t counts[] = {f->listed,  f->read,    f->opened,  f->denied,
                               f->missing, f->changed, f->folders, f->accounts};
    for (size_t i = 0; i < N(counts); i++)
        ash_table_int(t, (int64_t)counts[i]);
    ash_table_z(t, row->track == 0 ? NULL : ash_track_name(row->track, track));
    ash_table_text(t, ash_buf_view(&message));
    put_reasons(t, f);
    ash_buf_clear(&message);
    for (uint32_t i = 0; i < f->n_telling; i++)
        ash_buf_addf(&message, "%s%u:%llu", i == 0 ? "" : " ", f->telling[i].input,
                     (unsigned long long)f->telling[i].offset);
    ash_table_text(t, ash_buf_view(&message));
    ash_buf_free(&message);
    ash_table_z(t, ash_time_text(at, f->raised, &r->c->zone, 6));
}

/* Once for each kind that somebody should act on. */
static void print_advice(const ash_findings *found)
{
    uint64_t said = 0;
    for (size_t i = 0; i < found->n; i++) {
        const ash_finding *f = &found->rows[i].f;
        uint64_t kind = UINT64_C(1) << (f->kind & 63);
        const char *advice = ash_finding_advice((ash_finding_kind)f->kind);
        char word[64];
        if (f->severity < ASH_SEVERITY_HIGH || (said & kind) || advice[0] == '\0')
            continue;
        printf("%s%s: %s\n", said == 0 ? "\n" : "",
               ash_words(ash_finding_kind_name((ash_finding_kind)f->kind), word, sizeof word), _(advice));
        said |= kind;
    }
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_findings found;
    ash_table t;
    int rc = ash_findings_load(&found, l->r, &l->filter, err);
    if (rc < 0)
        return rc;
    if (l->people && found.n == 0) {
        printf("%s\n", _("No finding."));
        return 0;
    }
    if (l->people)
        ash_pager_begin();
    ash_table_begin(&t, l->format, columns, N(columns));
    for (size_t i = 0; i < found.n; i++)
        put_row(&t, l->r, &found.rows[i], l->people);
    ash_table_end(&t);
    if (l->people)
        print_advice(&found);
    ash_pager_end();
    ash_findings_free(&found);
    return 0;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_SERVER, ASH_OPTS_FILTER, ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_findings = {
    .name = "findings",
    .operands = "",
    .summary = N_("List what the detectors found, in order of the alarm's time"),
    .examples = "  ashiato findings --case ./case\n"
                "  ashiato findings --case ./case --json | jq '.[] | select(.severity == \"high\")'",
    .options = options,
    .n_options = N(options),
    .run = run,
};
