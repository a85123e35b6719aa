#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "cli/untouched_out.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* What is asked about: --path and the lines of --list. */
typedef struct asked {
    ash_asked_path *paths;
    size_t n, cap;
    ash_buf list; /* the file's content; paths point into it */
} asked;

static int add(asked *a, ash_view text, bool glob, ash_error *err)
{
    if (text.n > ASH_PATH_MAX)
        return ash_fail(err, ASH_E_USAGE, "cli", "a path may have at most %u bytes", ASH_PATH_MAX);
    if (a->n == ASH_ASKED_PATHS_MAX)
        return ash_fail(err, ASH_E_LIMIT, "cli", "at most %u paths can be asked about at once",
                        ASH_ASKED_PATHS_MAX);
    if (a->n == a->cap) {
        size_t cap = a->cap == 0 ? 16 : a->cap * 2;
        ash_asked_path *p = realloc(a->paths, cap * sizeof *p);
        if (p == NULL)
            return ash_fail(err, ASH_E_NOMEM, "cli", "out of memory");
        a->paths = p;
        a->cap = cap;
    }
    a->paths[a->n++] = (ash_asked_path){text, glob};
    return 0;
}

/* One path a line, of either kind of line end; empty lines are none. */
static int add_list(asked *a, const char *file, ash_error *err)
{
    int rc = ash_io_read_file(strcmp(file, "-") == 0 ? "/dev/stdin" : file, ASH_ASKED_LIST_MAX, &a->list,
                              err);
    ash_view rest = ash_buf_view(&a->list);
    while (rc == 0 && rest.n > 0) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        rest = ash_view_skip(rest, line.n + 1);
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n > 0)
            rc = add(a, line, false, err);
    }
    return rc;
}

static int read_asked(asked *a, const ash_args *args, ash_error *err)
{
    const char *const *paths;
    const char *file = ash_arg(args, "list");
    size_t n = ash_arg_list(args, "path", &paths);
    int rc = 0;
    ash_buf_init(&a->list, ASH_ASKED_LIST_MAX);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = add(a, ash_view_z(paths[i]), true, err);
    if (rc == 0 && file != NULL)
        rc = add_list(a, file, err);
    if (rc == 0 && a->n == 0)
        rc = ash_fail(err, ASH_E_USAGE, "cli", "the list names no path");
    return rc;
}

/* The worst of all answers to the question whether something was read. */
static int exit_of(const ash_untouched *u)
{
    int worst = ASH_EXIT_OK;
    for (size_t i = 0; i < u->n_rows; i++) {
        if (u->rows[i].read == ASH_ANSWER_TOUCHED)
            return ASH_EXIT_TOUCHED;
        if (u->rows[i].read == ASH_ANSWER_NOT_PROVABLE)
            worst = ASH_EXIT_NOT_PROVABLE;
    }
    return worst;
}

static int tell(const ash_listing *l, const ash_question *q, const ash_untouched *u, ash_error *err)
{
    if (l->format == ASH_FORMAT_JSON)
        return ash_untouched_json(l, q, u, err);
    if (l->people && u->n_rows == 1)
        ash_untouched_tell(l, q, u, &u->rows[0]);
    else
        ash_untouched_list(l, q, u);
    return 0;
}

static int answer(const ash_listing *l, ash_error *err)
{
    asked a = {0};
    ash_untouched u = {0};
    const ash_filter *f = &l->filter;
    int rc = read_asked(&a, l->args, err);
    const ash_question q = {.paths = a.paths,
                            .n_paths = a.n,
                            .share = f->share,
                            .server = f->server,
                            .since = f->since,
                            .until = f->until,
                            .assume_quiet = ash_flag(l->args, "assume-quiet")};
    if (rc == 0 && f->since != ASH_TIME_NONE && f->until != ASH_TIME_NONE && f->since > f->until)
        rc = ash_fail(err, ASH_E_USAGE, "cli", "--since is behind --until");
    if (rc == 0)
        rc = ash_untouched_ask(&u, l->r, &q, err);
    if (rc == 0)
        rc = tell(l, &q, &u, err);
    if (rc == 0)
        *l->ret_exit = exit_of(&u);
    ash_untouched_free(&u);
    ash_buf_free(&a.list);
    free(a.paths);
    return rc;
}

static int run(const ash_args *a)
{
    if (ash_arg(a, "path") == NULL && ash_arg(a, "list") == NULL)
        return ash_usage_error("%s", _("untouched needs a path: --path /srv/data/contracts, or --list with "
                                       "a file of paths"));
    return ash_list_run(a, 0, answer);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    {"path", 'p', "GLOB", N_("what is asked about; a folder includes everything below it"), true},
    {"list", 0, "FILE", N_("ask about the paths in this file, one a line, without wildcards"), false},
    {"share", 0, "NAME", N_("only this share"), false},
    ASH_OPT_SERVER,
    ASH_OPTS_TIMES,
    {"assume-quiet", 0, NULL,
     N_("take silences at usual quiet times (nights, weekends) for whole"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_untouched = {
    .name = "untouched",
    .operands = "",
    .summary = N_("Answer whether files were provably not touched"),
    .details =
        N_("Two answers for each path, and each server whose records reach there: was anything read; was\n"
           "anything opened, listed or changed. `untouched` only where the record is whole over all of the\n"
           "time; `touched` with the accesses that say so; else `not-provable`, with the times and reasons\n"
           "that prevent the statement. Without --since and --until: all that the server's records cover.\n"
           "Upper and lower case are taken for the same.\n"
           "\n"
           "The exit code is about reading: 0 untouched, 6 touched, 7 not provable; the worst of all paths.\n"
           "docs/UNTOUCHED.md has the rules."),
    .examples =
        "  ashiato untouched --case ./case --path /srv/kyoyu/人事部\n"
        "  ashiato untouched --case ./case --path '/srv/kyoyu/*.pst' --since 2026-11-01 --until 2026-11-30\n"
        "  ashiato untouched --case ./case --list customers.txt --json",
    .options = options,
    .n_options = N(options),
    .run = run,
};
