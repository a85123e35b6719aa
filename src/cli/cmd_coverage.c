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

static int list(ash_reader *r, ash_format format, ash_error *err)
{
    ash_coverage cover;
    ash_table t;
    bool people = format == ASH_FORMAT_TABLE;
    int rc = ash_coverage_load(&cover, r, err);
    if (rc < 0)
        return rc;
    if (people)
        ash_pager_begin();
    ash_table_begin(&t, format, columns, N(columns));
    for (size_t i = 0; i < cover.n; i++) {
        const ash_cover *c = &cover.rows[i];
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
    ash_case c;
    ash_format format;
    ash_reader r;
    ash_error err;
    int exit_code = ASH_EXIT_OK;
    if (!ash_open_case(a, ASH_CASE_READ, &c, &exit_code))
        return exit_code;
    int rc = ash_list_format(a, &format, &err);
    if (rc == 0)
        rc = ash_reader_open(&r, &c, 0, &err);
    if (rc == 0) {
        rc = list(&r, format, &err);
        ash_reader_close(&r);
    }
    if (rc < 0)
        exit_code = ash_complain(&err);
    ash_case_close(&c);
    return exit_code;
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP,
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
