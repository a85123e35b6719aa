#include <stdio.h>

#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/inquiry.h"
#include "report/report.h"

static const ash_column_def columns[] = {
    {"check", NULL, false, false},
    {"title", N_("check"), false, false},
    {"state", N_("state"), false, false},
    {"count", N_("count"), true, false},
    {"ids", N_("access"), false, false},
    {"command", NULL, false, false},
    {"text", N_("what"), false, true},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_check(ash_table *t, const ash_check *c, bool people)
{
    char ids[ASH_EXAMPLES_TEXT];
    ash_table_z(t, ash_check_name(c->kind));
    ash_table_z(t, ash_check_title(c->kind));
    ash_table_z(t, people ? ash_check_state_words(c->state) : ash_check_state_name(c->state));
    ash_table_int(t, c->examples.count);
    ash_table_z(t, ash_examples_text(&c->examples, ids));
    ash_table_z(t, ash_check_command(c->kind));
    ash_table_z(t, c->text);
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_scene scene;
    ash_checks checks = {0};
    ash_table t;
    int rc = ash_scene_load(&scene, l->r, err);
    if (rc < 0)
        return rc;
    rc = ash_story_add_rest(l->r, err);
    if (rc == 0)
        rc = ash_checks_load(&checks, &scene.story, &scene.coverage, &scene.findings, err);
    if (rc == 0 && l->people && checks.n == 0) {
        printf("%s\n", _("No track is proposed or accepted."));
    } else if (rc == 0) {
        ash_table_begin(&t, l->format, columns, N(columns));
        for (size_t i = 0; i < checks.n; i++)
            put_check(&t, &checks.at[i], l->people);
        ash_table_end(&t);
    }
    ash_checks_free(&checks);
    ash_scene_free(&scene);
    return rc;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP,
};

const ash_command ash_command_checks = {
    .name = "checks",
    .operands = "",
    .summary = N_("List what a first notice must say: signs of encryption, destruction, packing, tampering, transfer"),
    .details = N_("States: seen, not-found (in the records examined, which would show it), cannot-tell (and why).\n"
                  "All tracks together. `ashiato show` prints the records behind the accesses named."),
    .examples = "  ashiato checks --case ./case\n  ashiato checks --case ./case --json",
    .options = options,
    .n_options = N(options),
    .run = run,
};
