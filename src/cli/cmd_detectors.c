#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cli/config_option.h"
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
    {"enabled", NULL, false, false},
    {"value", N_("value"), true, false},
};

static void put_number(ash_table *t, double d)
{
    char text[32];
    snprintf(text, sizeof text, "%g", d);
    ash_table_z(t, text);
}

static void print_about(const ash_settings *s, const char *path)
{
    for (size_t i = 0; i < ash_n_detectors; i++)
        printf("%s%s%s\n  %s\n", ash_detectors[i]->name, s->off[i] ? " " : "", s->off[i] ? _("(off)") : "",
               _(ash_detectors[i]->doc));
    char shown[4200];
    if (path[0] != '\0')
        printf(_("Values are from %s.\n"), ash_text_escape(shown, sizeof shown, ash_view_z(path)));
    putchar('\n');
}

static int run(const ash_args *a)
{
    static ash_settings settings;
    char path[4096];
    ash_format format;
    ash_table t;
    ash_error err;
    if (ash_list_format(a, &format, &err) < 0)
        return ash_complain(&err);
    if (ash_read_config(a, &settings, path, sizeof path, &err) < 0)
        return ash_complain(&err);
    if (format == ASH_FORMAT_TABLE)
        print_about(&settings, path);
    ash_table_begin(&t, format, columns, N(columns));
    for (size_t i = 0; i < ash_n_detectors; i++) {
        const ash_detector *d = ash_detectors[i];
        for (size_t k = 0; k < d->n_params; k++) {
            ash_table_z(&t, d->name);
            ash_table_z(&t, d->params[k].name);
            put_number(&t, d->params[k].def);
            const char *unit = d->params[k].unit;
            ash_table_z(&t, format == ASH_FORMAT_TABLE && unit[0] != '\0' ? _(unit) : unit);
            put_number(&t, d->params[k].min);
            put_number(&t, d->params[k].max);
            ash_table_z(&t, _(d->params[k].help));
            ash_table_z(&t, _(d->doc));
            ash_table_z(&t, settings.off[i] ? "false" : "true");
            put_number(&t, settings.values[i][k]);
        }
    }
    ash_table_end(&t);
    return ASH_EXIT_OK;
}

static const ash_option options[] = {ASH_OPT_CONFIG, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_LANG, ASH_OPT_HELP};

const ash_command ash_command_detectors = {
    .name = "detectors",
    .operands = "",
    .summary = N_("List the detectors and their parameters"),
    .options = options,
    .n_options = N(options),
    .run = run,
};
