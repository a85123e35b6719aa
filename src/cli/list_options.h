/* Options and filters shared by the list commands. */
#ifndef ASH_CLI_LIST_OPTIONS_H
#define ASH_CLI_LIST_OPTIONS_H

#include "cli/cli.h"
#include "cli/table.h"
#include "investigate/filter.h"

#define ASH_OPT_FORMAT {"format", 'f', "FORMAT", N_("table, json, csv or tsv"), false}
#define ASH_OPT_JSON {"json", 0, NULL, N_("the same as --format json"), false}

#define ASH_OPTS_FILTER                                                                       \
    {"account", 0, "NAME", N_("only this account; * and ? are wildcards"), false},       \
    {"client", 0, "ADDRESS", N_("only this client; * and ? are wildcards"), false},      \
    {"since", 0, "TIME", N_("not before this time: 2026-11-23, \"2026-11-23 10:30\" or ISO 8601"), false}, \
    {"until", 0, "TIME", N_("not after this time; a day alone means its end"), false}

/* --format and --json; a table if neither is given. */
int ash_list_format(const ash_args *a, ash_format *ret, ash_error *err) ASH_MUST_USE;

/* --account --client --since --until, and --server --share --grade --path --all
 * --track where the command has them. */
int ash_list_filter(const ash_args *a, ash_case *c, ash_filter *ret, ash_error *err) ASH_MUST_USE;

#endif
