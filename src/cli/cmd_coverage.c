#include <stdio.h>
#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/coverage.h"

static const ash_column_def columns[] = {
    {"server", N_("server"), false, false},
    {"from", N_("from"), false, false},
    {"to", N_("to"), false, false},
    {"state", N_("state"), false, false},
    {"reason", N_("reason"), false, false},
    {"count", N_("count"), true, false},
    {"input", NULL, false, false},
    {"offset", NULL, true, false},
    {"text", N_("what"), false, true},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void time_or_none(ash_table *t, ash_reader *r, int64_t time, bool people)
{
    char text[ASH_TIME_TEXT];
    if (time == ASH_TIME_NONE) {
        ash_table_z(t, NULL);
        return;
    }
    ash_time_text(text, time, &r->c->zone, people ? 0 : 3);
    if (people)
        text[19] = '\0';
    ash_table_z(t, text);
}

static void count_or_none(ash_table *t, int64_t n)
{
    if (n < 0)
        ash_table_z(t, NULL);
    else
        ash_table_int(t, n);
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_coverage cover;
    ash_table t;
    ash_reader *r = l->r;
    bool people = l->people;
    int rc = ash_coverage_load(&cover, r, err);
    if (rc < 0)
        return rc;
    if (people)
        ash_pager_begin();
    ash_table_begin(&t, l->format, columns, N(columns));
    for (size_t i = 0; i < cover.n; i++) {
        const ash_cover *c = &cover.rows[i];
        if (!ash_filter_span(&l->filter, c->first, c->last) ||
            (c->server[0] != '\0' && !ash_filter_server(&l->filter, ash_view_z(c->server))))
            continue;
        ash_table_z(&t, c->server);
        time_or_none(&t, r, c->first, people);
        time_or_none(&t, r, c->last, people);
        ash_table_words(&t, ash_cover_state_name(c->state));
        ash_table_z(&t, c->reason);
        count_or_none(&t, c->count);
        ash_table_z(&t, c->input);
        count_or_none(&t, c->offset);
        ash_table_z(&t, c->text);
    }
    ash_table_end(&t);
    ash_pager_end();
    ash_coverage_free(&cover);
    return 0;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_SERVER, ASH_OPTS_TIMES, ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_coverage = {
    .name = "coverage",
    .operands = "",
    .summary = N_("List what the logs cover and what they cannot tell"),
    .details = N_("States: observed (there are records), degraded (records are missing or incomplete), gap\n"
                  "(no records, though there should be some), unknown (no records, and no telling whether\n"
                  "there should be any)."),
    .examples = "  ashiato coverage --case ./case",
    .options = options,
    .n_options = N(options),
    .run = run,
};
