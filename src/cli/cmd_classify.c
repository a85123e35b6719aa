#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/list_options.h"
#include "cli/reading.h"
#include "cli/reveal.h"
#include "investigate/content.h"
#include "ledger/seal.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int parse_helpers(const char *text, unsigned *ret)
{
    char *end;
    long n = text == NULL ? 0 : strtol(text, &end, 10);
    if (text != NULL && (end == text || *end != '\0' || n < 1 || n > 64))
        return ash_usage_error(_("--helpers needs a number from 1 to 64"));
    *ret = (unsigned)n;
    return 0;
}

static int check(const ash_args *a, const char *const **ret_maps, size_t *ret_n)
{
    *ret_n = ash_arg_list(a, "map", ret_maps);
    if (ash_arg(a, "files") == NULL && *ret_n == 0)
        return ash_usage_error("%s", _("classify needs --files ROOT, or --map SHARE=DIR: where the files lie"));
    if (ash_flag(a, "all") && ash_arg(a, "files") == NULL)
        return ash_usage_error("%s", _("--all needs --files ROOT"));
    return 0;
}

static int examine(ash_content *x, ash_case *c, const ash_args *a, const char *const *maps, size_t n_maps,
                   ash_error *err)
{
    const char *root = ash_arg(a, "files");
    ash_reader r;
    ash_filter f = ash_filter_none();
    if (ash_flag(a, "all"))
        return ash_content_tree(x, c, root, err);
    int rc = ash_reader_open(&r, c, 0, err);
    if (rc < 0)
        return rc;
    rc = ash_scope_select(&r, &f, err);
    if (rc == 0)
        rc = ash_content_scope(x, c, &r, root, maps, n_maps, err);
    ash_reader_close(&r);
    return rc;
}

static int run_in(ash_examiner *e, ash_case *c, const ash_args *a, const char *const *maps, size_t n_maps)
{
    ash_error err;
    int rc = ash_examiner_key(e, c, &err);
    if (rc == 0)
        rc = examine(e->content, c, a, maps, n_maps, &err);
    ash_reading_clear(&e->progress);
    if (rc < 0 && err.code != ASH_E_INTERRUPTED) {
        ash_ledger_abandon(c->ledger);
        c->ledger = NULL;
        return ash_complain(&err);
    }
    ash_content_totals t = ash_content_sum(e->content);
    ash_reading_tell(&t, ash_flag(a, "json"));
    if (rc == 0)
        return ASH_EXIT_OK;
    fprintf(stderr, "%s\n", _("Stopped. What was read is in the case; the same command continues from there."));
    return ASH_EXIT_INTERRUPTED;
}

static int run(const ash_args *a)
{
    ash_case c;
    ash_error err;
    ash_examiner e;
    const char *const *maps;
    size_t n_maps;
    unsigned helpers = 0;
    if (ash_arg(a, "reveal") != NULL)
        return ash_reveal(a);
    int exit_code = check(a, &maps, &n_maps);
    if (exit_code == 0)
        exit_code = parse_helpers(ash_arg(a, "helpers"), &helpers);
    if (exit_code != 0)
        return exit_code;
    ash_catch_signals();
    /* Helpers first: they shall know nothing of the case and its key. */
    if (ash_examiner_start(&e, ash_arg(a, "rules"), helpers, ash_flag(a, "quiet"), ash_flag(a, "json"), &err) < 0)
        return ash_complain(&err);
    if (ash_open_case(a, ASH_CASE_WRITE, &c, &exit_code)) {
        exit_code = run_in(&e, &c, a, maps, n_maps);
        exit_code = ash_close_case(&c, exit_code);
    }
    ash_examiner_stop(&e);
    return exit_code;
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"files", 0, "ROOT", N_("the folder below which the files lie"), false},
    {"map", 0, "SHARE=DIR", N_("where one share's files lie"), true},
    {"all", 'a', NULL, N_("every file below --files, not only those the tracks touched"), false},
    {"rules", 0, "FILE", N_("classes of your own, as YAML"), false},
    {"helpers", 0, "N", N_("processes that read files; one for each core otherwise"), false},
    {"reveal", 0, "FILE", N_("instead: masked samples of what is in one file, on a terminal"), false},
    ASH_OPTS_SEAL,
    {"quiet", 'q', NULL, N_("show no progress"), false},
    ASH_OPT_JSON,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_classify = {
    .name = "classify",
    .operands = "",
    .summary = N_("Read the files that were touched, and say what is in them"),
    .details = N_("Opens the files of proposed and accepted tracks where they lie on disk, without following\n"
                  "links or changing access times, and reads the text in them: documents, mail, archives,\n"
                  "databases. Helper processes without network do the reading; a hostile file costs at most\n"
                  "itself. Nothing that is found is copied: the case keeps kinds, counts and places. A run\n"
                  "that was stopped continues; a file is read again only if it changed.\n"
                  "--reveal lets you check a file: it prints the first characters of what is found, on a\n"
                  "terminal only, and the case's ledger has who asked and when (`ashiato custody`)."),
    .examples = "  ashiato classify --case ./case --files /srv/shares\n"
                "  ashiato classify --case ./case --map keiri=/mnt/snap/keiri --map hr=/mnt/snap/hr\n"
                "  ashiato classify --case ./case --files /srv/shares --all\n"
                "  ashiato classify --case ./case --reveal /srv/shares/keiri/list.xlsx",
    .options = options,
    .n_options = N(options),
    .run = run,
};
