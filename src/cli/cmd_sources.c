#include <stdio.h>
#include "ashiato/source.h"
#include "base/i18n.h"
#include "cli/list_options.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"source", N_("source"), false, false},
    {"page", N_("page in docs/sources"), false, false},
    {"reads", N_("reads"), false, true},
};

static int run(const ash_args *a)
{
    ash_format format;
    ash_table t;
    ash_error err;
    if (ash_list_format(a, &format, &err) < 0)
        return ash_complain(&err);
    ash_table_begin(&t, format, columns, N(columns));
    for (size_t i = 0; i < ash_n_sources; i++) {
        ash_table_z(&t, ash_sources[i]->name);
        ash_table_z(&t, ash_sources[i]->doc);
        ash_table_z(&t, _(ash_sources[i]->desc));
    }
    ash_table_end(&t);
    return ASH_EXIT_OK;
}

static const ash_option options[] = {ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP};

const ash_command ash_command_sources = {
    .name = "sources",
    .operands = "",
    .summary = N_("List the log formats that can be read"),
    .options = options,
    .n_options = N(options),
    .run = run,
};
