#include "base/i18n.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "simulate/simulate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"scenario", N_("scenario"), false, false},
    {"description", N_("what happens"), false, true},
};

static int list(const ash_args *a)
{
    ash_table t;
    ash_table_begin(&t, ash_flag(a, "json") ? ASH_FORMAT_JSON : ASH_FORMAT_TABLE, columns,
                    N(columns));
    for (size_t i = 0; i < ash_n_scenarios; i++) {
        ash_table_z(&t, ash_scenarios[i].name);
        ash_table_z(&t, _(ash_scenarios[i].desc));
    }
    ash_table_end(&t);
    return ASH_EXIT_OK;
}

/* --- options ---------------------------------------------------------------- */

typedef struct number {
    const char *option;
    uint64_t def, min, max;
} number;

/* True and *ret, or a complaint and false. */
static bool parse_number(const ash_args *a, const number *n, uint64_t *ret)
{
    const char *text = ash_arg(a, n->option);
    char *end;
    if (text == NULL) {
        *ret = n->def;
        return true;
    }
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    bool good = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && v >= n->min &&
                v <= n->max;
    if (!good)
        ash_usage_error(_("--%s needs a number from %llu to %llu"), n->option,
                        (unsigned long long)n->min, (unsigned long long)n->max);
    *ret = v;
    return good;
}

static bool parse_word(const ash_args *a, const char *option, const char *(*name)(size_t i),
                       unsigned def, unsigned *ret)
{
    const char *text = ash_arg(a, option);
    *ret = def;
    if (text == NULL)
        return true;
    for (unsigned i = 0; name(i) != NULL; i++) {
        if (strcmp(text, name(i)) == 0) {
            *ret = i;
            return true;
        }
    }
    char words[200] = "";
    for (unsigned i = 0, n = 0; name(i) != NULL && n < sizeof words; i++)
        n += (unsigned)snprintf(words + n, sizeof words - n, "%s%s", i == 0 ? "" : ", ", name(i));
    ash_usage_error(_("--%s needs one of: %s"), option, words);
    return false;
}

static bool parse_start(const ash_args *a, uint32_t *ret)
{
    const char *text = ash_arg(a, "start");
    unsigned y = 2026, m = 1, d = 5;
    int used = 0, back_y;
    unsigned back_m, back_d;
    if (text != NULL && (sscanf(text, "%4u-%2u-%2u%n", &y, &m, &d, &used) != 3 || text[used] != '\0'))
        y = 0;
    int64_t day = ash_days_from_civil(y, m, d);
    ash_civil_from_days(day, &back_y, &back_m, &back_d);
    if (y < 1990 || y > 2090 || back_m != m || back_d != d) {
        ash_usage_error(_("--start needs a date from 1990 to 2090, such as 2026-04-01"));
        return false;
    }
    *ret = (uint32_t)day;
    return true;
}

static bool read_options(const ash_args *a, ash_sim_options *o)
{
    const number numbers[] = {
        {"seed", 1, 0, INT64_MAX},
        {"days", 30, 1, ASH_SIM_DAYS_MAX},
        {"users", 100, 3, ASH_SIM_USERS_MAX},
        {"servers", 1, 1, ASH_SIM_SERVERS_MAX},
        {"files", 0, 1000, ASH_SIM_FILES_MAX},
        {"actions", 60, 1, ASH_SIM_ACTIONS_MAX},
    };
    uint64_t v[N(numbers)];
    unsigned config, format;
    for (size_t i = 0; i < N(numbers); i++)
        if (!parse_number(a, &numbers[i], &v[i]))
            return false;
    if (!parse_word(a, "config", ash_sim_config_name, ASH_SIM_LEAN, &config) ||
        !parse_word(a, "format", ash_sim_format_name, ASH_SIM_SAMBA, &format) ||
        !parse_start(a, &o->start))
        return false;
    o->seed = v[0];
    o->days = (uint32_t)v[1];
    o->users = (uint32_t)v[2];
    o->servers = (uint32_t)v[3];
    o->files = v[4] != 0 ? (uint32_t)v[4] : 2000 + 100 * o->users;
    o->actions = (uint32_t)v[5];
    o->config = (ash_sim_config)config;
    o->format = (ash_sim_format)format;
    o->troubled = ash_flag(a, "troubled");
    o->truth_all = ash_flag(a, "truth-all");
    o->dir = ash_arg(a, "out");
    o->stop = &ash_stop;
    return true;
}

static int run(const ash_args *a)
{
    ash_sim_options o;
    ash_sim_result r;
    ash_error err;
    if (ash_flag(a, "list"))
        return list(a);
    if (a->n_operands != 1)
        return ash_usage_error(_("simulate needs one scenario; `ashiato simulate --list` shows them"));
    o.scenario = ash_scenario_by_name(a->operands[0]);
    if (o.scenario == NULL)
        return ash_usage_error(_("there is no scenario '%s'; `ashiato simulate --list` shows them"),
                               a->operands[0]);
    if (!read_options(a, &o))
        return ASH_EXIT_USAGE;
    if (o.dir == NULL)
        return ash_usage_error(_("--out DIR is missing: the folder to write the logs into"));
    ash_catch_signals();
    if (ash_simulate(&o, &r, &err) < 0)
        return ash_complain(&err);
    printf(_("%llu records in %u files, %.1f MB; the intruder's accesses: %llu\n"),
           (unsigned long long)r.records, r.files, (double)r.bytes / 1e6,
           (unsigned long long)r.truths);
    return ASH_EXIT_OK;
}

static const ash_option options[] = {
    {"list", 0, NULL, N_("list the scenarios"), false},
    {"out", 'o', "DIR", N_("new folder for the logs, truth.tsv and truth.json"), false},
    {"seed", 0, "N", N_("everything random follows from it (1)"), false},
    {"days", 0, "N", N_("how long (30)"), false},
    {"users", 0, "N", N_("people (100)"), false},
    {"servers", 0, "N", N_("file servers (1)"), false},
    {"files", 0, "N", N_("files at the beginning (2000 and 100 for each person)"), false},
    {"actions", 0, "N", N_("what a person does on a working day, about (60)"), false},
    {"start", 0, "DATE", N_("the first day (2026-01-05)"), false},
    {"config", 0, "CONFIG", N_("what the servers record: rich, lean or old (lean)"), false},
    {"format", 0, "LOG", N_("samba, windows-xml or windows-json (samba)"), false},
    {"troubled", 0, NULL, N_("the logs have gaps, wrong clocks and cut lines"), false},
    {"truth-all", 0, NULL, N_("also write truth-all.tsv: the accesses of everybody"), false},
    {"json", 0, NULL, N_("with --list: as JSON"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_simulate = {
    .name = "simulate",
    .operands = "[SCENARIO]",
    .summary = N_("Write the logs of a simulated company, with the truth beside them"),
    .details = N_(
        "People, programs and, in most scenarios, an intruder work on simulated file servers;\n"
        "the logs are what real servers write. Same options, same bytes. For exercises of\n"
        "incident teams and for tests; docs/SIMULATE.md says what is modelled."),
    .examples = "  ashiato simulate --list\n"
                "  ashiato simulate slow-then-scan --days 60 --users 200 --out ./exercise\n"
                "  ashiato investigate './exercise/fs*' --case ./case",
    .options = options,
    .n_options = N(options),
    .run = run,
};
