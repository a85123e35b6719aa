#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/list_options.h"
#include "ledger/custody.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"entry", N_("ledger entry"), true, false},  {"time", N_("time"), false, false},
    {"act", N_("act"), false, false},     {"user", N_("user"), false, false},
    {"uid", NULL, true, false},           {"host", N_("host"), false, false},
    {"version", N_("version"), false, false}, {"exit", N_("exit"), true, false},
    {"segments", NULL, true, false},      {"bytes", N_("bytes"), true, false},
    {"sha256", NULL, false, false},       {"what", N_("what"), false, true},
};

static void put_number(ash_table *t, int64_t n)
{
    if (n < 0)
        ash_table_z(t, NULL);
    else
        ash_table_int(t, n);
}

static int on_act(void *user, const ash_custody *c, ash_error *err)
{
    ash_table *t = user;
    const char *texts[] = {c->user, c->host, c->version, c->sha256};
    (void)err;
    for (size_t i = 0; i < N(texts); i++)
        texts[i] = texts[i][0] == '\0' ? NULL : texts[i];
    ash_table_int(t, (int64_t)c->entry);
    ash_table_z(t, c->time);
    ash_table_words(t, c->act);
    ash_table_z(t, texts[0]);
    put_number(t, c->uid);
    ash_table_z(t, texts[1]);
    ash_table_z(t, texts[2]);
    put_number(t, c->exit);
    put_number(t, c->segments);
    put_number(t, c->bytes);
    ash_table_z(t, texts[3]);
    ash_table_z(t, c->what);
    return 0;
}

static int run(const ash_args *a)
{
    ash_format format;
    ash_ledger_reader r;
    ash_table t;
    ash_error err;
    const char *dir = ash_arg(a, "case");
    if (dir == NULL)
        return ash_usage_error(_("--case DIR is missing; try `ashiato %s --help`"), a->command->name);
    int rc = ash_list_format(a, &format, &err);
    if (rc == 0)
        rc = ash_ledger_read(&r, dir, &err);
    if (rc < 0)
        return ash_complain(&err);
    ash_table_begin(&t, format, columns, N(columns));
    rc = ash_custody_read(&r, on_act, &t, &err);
    ash_table_end(&t);
    ash_ledger_read_end(&r);
    return rc < 0 ? ash_complain(&err) : ASH_EXIT_OK;
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP,
};

const ash_command ash_command_custody = {
    .name = "custody",
    .operands = "",
    .summary = N_("Print the chain of custody: who did what to a case, when, with which version"),
    .details = N_("Every command that writes to a case is in its ledger from its begin, before anything else\n"
                  "is written: command line, user, host, version; then the inputs it read, with SHA-256, what\n"
                  "it removed or gave away, and how it ended. A run without an end was killed. Times are UTC.\n"
                  "`ashiato verify` says whether all of it is what was signed; `ashiato ledger prove --entry`\n"
                  "proves a single line to others."),
    .examples = "  ashiato custody --case ./case\n"
                "  ashiato custody --case ./case --json >custody.json",
    .options = options,
    .n_options = N(options),
    .run = run,
};
