#include "ashiato/detector.h"
#include "base/i18n.h"
#include "cli/list_options.h"

#include <stdio.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"detector", N_("detector"), false, false},
    {"parameter", N_("parameter"), false, false},
    {"default", N_("default"), true, false},
    {"unit", N_("unit"), false, false},
    {"min", NULL, true, false},
    {"max", NULL, true, false},
    {"help", N_("meaning"), false, true},
    {"about", NULL, false, false},
};

static void put_number(ash_table *t, double d)
{
    char text[32];
    snprintf(text, sizeof text, "%g", d);
    ash_table_z(t, text);
}

static int run(const ash_args *a)
{
    ash_format format;
    ash_table t;
    ash_error err;
    if (ash_list_format(a, &format, &err) < 0)
        return ash_complain(&err);
    for (size_t i = 0; i < ash_n_detectors && format == ASH_FORMAT_TABLE; i++)
        printf("%s\n  %s\n%s", ash_detectors[i]->name, _(ash_detectors[i]->doc),
               i + 1 == ash_n_detectors ? "\n" : "");
    ash_table_begin(&t, format, columns, N(columns));
    for (size_t i = 0; i < ash_n_detectors; i++) {
        const ash_detector *d = ash_detectors[i];
        for (size_t k = 0; k < d->n_params; k++) {
            ash_table_z(&t, d->name);
            ash_table_z(&t, d->params[k].name);
            put_number(&t, d->params[k].def);
            ash_table_z(&t, format == ASH_FORMAT_TABLE ? _(d->params[k].unit) : d->params[k].unit);
            put_number(&t, d->params[k].min);
            put_number(&t, d->params[k].max);
            ash_table_z(&t, _(d->params[k].help));
            ash_table_z(&t, _(d->doc));
        }
    }
    ash_table_end(&t);
    return ASH_EXIT_OK;
}

static const ash_option options[] = {ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP};

const ash_command ash_command_detectors = {
    .name = "detectors",
    .operands = "",
    .summary = N_("List the detectors and their parameters"),
    .options = options,
    .n_options = N(options),
    .run = run,
};
