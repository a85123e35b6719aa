/* Options and filters shared by the list commands. */
#ifndef ASH_CLI_LIST_OPTIONS_H
#define ASH_CLI_LIST_OPTIONS_H

#include "cli/cli.h"
#include "cli/table.h"
#include "investigate/filter.h"

#define ASH_OPT_FORMAT {"format", 'f', "FORMAT", N_("table, json, csv or tsv"), false}
#define ASH_OPT_JSON {"json", 0, NULL, N_("the same as --format json"), false}

/* --format and --json; a table if neither is given. */
int ash_list_format(const ash_args *a, ash_format *ret, ash_error *err) ASH_MUST_USE;

#define ASH_OPTS_TIMES                                                                        \
    {"since", 0, "TIME", N_("not before this time: 2026-11-23, \"2026-11-23 10:30\" or ISO 8601"), false}, \
    {"until", 0, "TIME", N_("not after this time; a day alone means its end"), false}

#define ASH_OPTS_FILTER                                                                       \
    {"account", 0, "NAME", N_("only this account; * and ? are wildcards"), false},       \
    {"client", 0, "ADDRESS", N_("only this client; * and ? are wildcards"), false}, ASH_OPTS_TIMES

#define ASH_OPT_TRACK {"track", 0, "ID", N_("only this track"), false}

#define ASH_OPT_SERVER {"server", 0, "NAME", N_("only this server; * and ? are wildcards"), false}

typedef struct ash_listing {
    const ash_args *args;
    ash_reader *r;
    ash_filter filter; /* of the filter options the command has */
    ash_format format; /* --format or --json; a table if neither is given */
    bool people;       /* a table: for eyes, not for programs */
    int *ret_exit;     /* exit code if nothing fails; ASH_EXIT_OK unless the command sets it */
} ash_listing;

/* What all commands do that list something of a case: reads the options, opens
 * the case and a reader (flags: ASH_READER_*), has the list made, tells what went
 * wrong. Returns the exit code. */
int ash_list_run(const ash_args *a, unsigned flags,
                 int (*list)(const ash_listing *l, ash_error *err));
/* The same with the case opened for writing, for ASH_CASE_WRITE. */
int ash_list_run_in(const ash_args *a, ash_case_mode mode, unsigned flags,
                    int (*list)(const ash_listing *l, ash_error *err));

/* "T1" or "1". */
int ash_track_parse(const char *text, int64_t *ret, ash_error *err) ASH_MUST_USE;

#endif
