#include <stdio.h>

#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/inquiry.h"
#include "report/report.h"

static const ash_column_def columns[] = {
    {"track", N_("track"), false, false},
    {"rank", N_("rank"), true, false},
    {"hypothesis", NULL, false, false},
    {"title", N_("explanation"), false, false},
    {"contradicts", N_("against"), true, false},
    {"supports", N_("for"), true, false},
    {"decides", NULL, false, false},
    {"text", N_("why"), false, true},
};

/* The explanations are columns of the matrix. */
static const ash_column_def matrix[] = {
    {"track", N_("track"), false, false},
    {"observation", NULL, false, false},
    {"title", N_("observation"), false, false},
    {"value", N_("value"), false, false},
#define HYPOTHESIS(id, name, short_title) {name, short_title, false, false},
#include "investigate/observations.def"
    {"count", NULL, true, false},
    {"ids", NULL, false, false},
    {"command", NULL, false, false},
    {"text", N_("what"), false, true},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_hypotheses(ash_table *t, const ash_weighed *w)
{
    char track[24];
    ash_buf text;
    ash_buf_init(&text, 1u << 14);
    for (size_t i = 0; i < ASH_HYPOTHESES; i++) {
        const ash_hypothesis *h = &w->at[i];
        ash_buf_clear(&text);
        ash_hypothesis_text(w, i, &text);
        ash_table_z(t, ash_track_name(w->observations.track, track));
        ash_table_int(t, h->rank);
        ash_table_z(t, ash_hypothesis_name(h->kind));
        ash_table_z(t, ash_hypothesis_title(h->kind));
        ash_table_int(t, h->contradicts);
        ash_table_int(t, h->supports);
        ash_table_z(t, ash_hypothesis_decides(h->kind));
        ash_table_text(t, ash_buf_view(&text));
    }
    ash_buf_free(&text);
}

static void put_matrix(ash_table *t, const ash_weighed *w, bool people)
{
    char track[24], ids[ASH_EXAMPLES_TEXT], command[ASH_OBSERVATION_COMMAND];
    for (int i = 0; i < ASH_OBSERVATIONS; i++) {
        const ash_observation *o = &w->observations.at[i];
        if (people && o->value == ASH_OBSERVED_NOTHING)
            continue;
        ash_table_z(t, ash_track_name(w->observations.track, track));
        ash_table_z(t, ash_observation_name((ash_observation_kind)i));
        ash_table_z(t, ash_observation_title((ash_observation_kind)i));
        ash_table_z(t, o->value == ASH_OBSERVED_NOTHING ? NULL
                       : people                        ? ash_observed_words(o->value)
                                                       : ash_observed_name(o->value));
        for (int k = 0; k < ASH_HYPOTHESES; k++)
            ash_table_words(t, ash_hypothesis_word((ash_hypothesis_kind)k, o->value));
        ash_table_int(t, o->examples.count);
        ash_table_z(t, ash_examples_text(&o->examples, ids));
        ash_table_z(t, ash_observation_command((ash_observation_kind)i, w->observations.track, command));
        ash_table_z(t, o->text);
    }
}

/* What too little is known of says nothing, and is no row for people. */
static void print_unknown(const ash_weighed *w)
{
    const char *comma = "";
    char track[24];
    for (int i = 0; i < ASH_OBSERVATIONS; i++) {
        if (w->observations.at[i].value != ASH_OBSERVED_NOTHING)
            continue;
        if (comma[0] == '\0')
            printf(_("%s: not observed, or too little is known: "), ash_track_name(w->observations.track, track));
        printf("%s%s", comma, ash_observation_title((ash_observation_kind)i));
        comma = _(", ");
    }
    printf(comma[0] == '\0' ? "" : "\n");
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_scene scene;
    ash_inquiry q = {0};
    ash_table t;
    bool cells = ash_flag(l->args, "matrix");
    int rc = ash_scene_load(&scene, l->r, err);
    if (rc < 0)
        return rc;
    rc = ash_inquiry_make(&q, l->r, &scene.tracks, &scene.coverage, &scene.findings, err);
    if (rc == 0 && l->people && q.hypotheses.n == 0) {
        printf("%s\n", _("No track is proposed or accepted."));
    } else if (rc == 0) {
        if (cells)
            ash_table_begin(&t, l->format, matrix, N(matrix));
        else
            ash_table_begin(&t, l->format, columns, N(columns));
        for (size_t i = 0; i < q.hypotheses.n; i++) {
            const ash_weighed *w = &q.hypotheses.at[i];
            if (l->filter.track != 0 && l->filter.track != w->observations.track)
                continue;
            if (cells)
                put_matrix(&t, w, l->people);
            else
                put_hypotheses(&t, w);
        }
        ash_table_end(&t);
        for (size_t i = 0; i < q.hypotheses.n && cells && l->people; i++)
            if (l->filter.track == 0 || l->filter.track == q.hypotheses.at[i].observations.track)
                print_unknown(&q.hypotheses.at[i]);
    }
    ash_inquiry_free(&q);
    ash_scene_free(&scene);
    return rc;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    ASH_OPT_TRACK,
    {"matrix", 0, NULL, N_("what was observed, and what each observation says of each explanation"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_hypotheses = {
    .name = "hypotheses",
    .operands = "",
    .summary = N_("Weigh the explanations of each track against what was observed"),
    .details = N_("The explanation with least against it stands first, whatever speaks for it; equals share a\n"
                  "rank. This is no probability, and the true one may not be among them. How the signs are\n"
                  "given: docs/HYPOTHESES.md. With --matrix and --format json, csv or tsv each observation\n"
                  "has the command that lists what it was taken from."),
    .examples = "  ashiato hypotheses --case ./case\n"
                "  ashiato hypotheses --case ./case --matrix --format csv > matrix.csv",
    .options = options,
    .n_options = N(options),
    .run = run,
};
