#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/persons_table.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const ash_column_def columns[] = {
    {"by", NULL, false, false},
    {"group", N_("in"), false, true},
    {"files", N_("files"), true, false},
    {"records", NULL, true, false},
    {"low", N_("at least"), true, false},
    {"persons", N_("persons"), true, false},
    {"high", N_("at most"), true, false},
    {"reached", N_("more than"), false, false},
    {"possible", N_("perhaps more than"), false, false},
    {"sketched", NULL, false, false},
};

typedef struct printing {
    ash_table table;
    ash_persons_by by;
} printing;

/* From one person on if data needs special care, 100 of public bodies, 1,000 of others
 * (APPI enforcement rules, article 7). */
static const char *threshold(uint64_t persons)
{
    return persons > 1000 ? "1000" : persons > 100 ? "100" : persons > 0 ? "0" : "";
}

static void put_row(void *user, const ash_persons_row *row)
{
    printing *p = user;
    ash_table *t = &p->table;
    ash_table_z(t, row->all ? "all" : ash_persons_by_name(p->by));
    if (row->all)
        ash_table_z(t, t->format == ASH_FORMAT_TABLE ? _("all files") : NULL);
    else
        ash_table_text(t, row->group);
    ash_table_int(t, row->files);
    ash_table_int(t, (int64_t)row->count.records);
    ash_table_int(t, (int64_t)row->count.low);
    ash_table_int(t, (int64_t)row->count.estimate);
    ash_table_int(t, (int64_t)row->count.high);
    ash_table_z(t, threshold(row->count.low));
    ash_table_z(t, threshold(row->count.high));
    ash_table_z(t, row->count.sketched ? "yes" : "no");
}

static int parse_by(const char *text, ash_persons_by *ret, ash_error *err)
{
    for (int i = 0; i < ASH_PERSONS_BYS; i++) {
        if (text == NULL || strcmp(text, ash_persons_by_name((ash_persons_by)i)) == 0) {
            *ret = (ash_persons_by)i;
            return 0;
        }
    }
    return ash_fail(err, ASH_E_USAGE, "cli", "%s", _("--by is class, server, share or folder"));
}

static int parse_depth(const char *text, unsigned *ret, ash_error *err)
{
    char *end;
    long n = text == NULL ? 0 : strtol(text, &end, 10);
    if (text != NULL && (end == text || *end != '\0' || n < 1 || n > 64))
        return ash_fail(err, ASH_E_USAGE, "cli", "%s", _("--depth needs a number from 1 to 64"));
    *ret = (unsigned)n;
    return 0;
}

static int list(const ash_listing *l, ash_error *err)
{
    printing p;
    unsigned depth = 0;
    bool tree = ash_flag(l->args, "all");
    int rc = parse_by(ash_arg(l->args, "by"), &p.by, err);
    if (rc == 0)
        rc = parse_depth(ash_arg(l->args, "depth"), &depth, err);
    if (rc == 0 && !tree)
        rc = ash_scope_select(l->r, &l->filter, err);
    if (rc < 0)
        return rc;
    ash_table_begin(&p.table, l->format, columns, N(columns));
    rc = ash_persons_table(l->r, p.by, tree, depth, put_row, &p, err);
    ash_table_end(&p.table);
    return rc;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"by", 0, "GROUP", N_("class, server, share or folder; class if not given"), false},
    {"depth", 0, "N", N_("of a folder only the first N parts"), false},
    {"all", 'a', NULL, N_("all files that were examined, not only those the tracks touched"), false},
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    ASH_OPT_SERVER,
    ASH_OPTS_FILTER,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_persons = {
    .name = "persons",
    .operands = "",
    .summary = N_("Count the different persons in the files, by class, server, share or folder"),
    .details = N_("An estimate with its bounds, from digests that classify left in the case: no name or\n"
                  "number is kept. A person in several groups counts in each, and once in all files.\n"
                  "Columns at the end: the threshold of a duty to report (0, 100, 1,000 persons) that is\n"
                  "passed for certain, and perhaps."),
    .examples = "  ashiato persons --case ./case\n"
                "  ashiato persons --case ./case --by folder --depth 4\n"
                "  ashiato persons --case ./case --by share --json",
    .options = options,
    .n_options = N(options),
    .run = run,
};
