#include <stdio.h>
#include "cli/list_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "investigate/standing.h"

int ash_list_format(const ash_args *a, ash_format *ret, ash_error *err)
{
    const char *text = ash_arg(a, "format");
    *ret = ash_flag(a, "json") ? ASH_FORMAT_JSON : ASH_FORMAT_TABLE;
    return text == NULL ? 0 : ash_format_parse(text, ret, err);
}

int ash_track_parse(const char *text, int64_t *ret, ash_error *err)
{
    char *end;
    long long n = strtoll(text[0] == 'T' ? text + 1 : text, &end, 10);
    if (n <= 0 || *end != '\0')
        return ash_fail(err, ASH_E_USAGE, "cli", "'%.40s' is not a track; `ashiato tracks` lists them",
                        text);
    *ret = n;
    return 0;
}

static int read_standings(const ash_args *a, ash_filter *f, ash_error *err)
{
    const char *const *words;
    size_t n = ash_arg_list(a, "standing", &words);
    for (size_t i = 0; i < n; i++) {
        int k = ASH_CONFIRMED;
        while (k <= ASH_POSSIBLE && strcmp(words[i], ash_standing_name(k)) != 0)
            k++;
        if (k > ASH_POSSIBLE)
            return ash_fail(err, ASH_E_USAGE, "cli", "'%.40s' is not a standing; use confirmed, probable or possible",
                            words[i]);
        f->standings |= 1u << k;
    }
    return 0;
}

static int read_filter(const ash_args *a, ash_case *c, ash_filter *ret, ash_error *err)
{
    ash_filter f = ash_filter_none();
    const char *since = ash_arg(a, "since"), *until = ash_arg(a, "until");
    const char *track = ash_arg(a, "track");
    f.account = ash_arg(a, "account");
    f.client = ash_arg(a, "client");
    f.server = ash_arg(a, "server");
    f.share = ash_arg(a, "share");
    f.path = ash_arg(a, "path");
    f.all = ash_flag(a, "all");
    f.n_grades = ash_arg_list(a, "grade", &f.grades);
    int rc = 0;
    if (since != NULL)
        rc = ash_time_parse_user(since, &c->zone, false, &f.since, err);
    if (rc == 0 && until != NULL)
        rc = ash_time_parse_user(until, &c->zone, true, &f.until, err);
    if (rc == 0 && track != NULL)
        rc = ash_track_parse(track, &f.track, err);
    for (size_t i = 0; i < f.n_grades && rc == 0; i++)
        rc = ash_grade_word_check(f.grades[i], err);
    if (rc == 0)
        rc = read_standings(a, &f, err);
    if (rc == 0)
        *ret = f;
    return rc;
}

int ash_list_run(const ash_args *a, unsigned flags,
                 int (*list)(const ash_listing *l, ash_error *err))
{
    return ash_list_run_in(a, ASH_CASE_READ, flags, list);
}

int ash_list_run_in(const ash_args *a, ash_case_mode mode, unsigned flags,
                    int (*list)(const ash_listing *l, ash_error *err))
{
    ash_case c;
    ash_reader r;
    ash_error err;
    int exit_code = ASH_EXIT_OK;
    ash_listing l = {.args = a, .r = &r, .ret_exit = &exit_code};
    if (!ash_open_case(a, mode, &c, &exit_code))
        return exit_code;
    int rc = ash_list_format(a, &l.format, &err);
    if (rc == 0)
        rc = read_filter(a, &c, &l.filter, &err);
    if (rc == 0)
        rc = ash_reader_open(&r, &c, flags, &err);
    if (rc == 0) {
        l.people = l.format == ASH_FORMAT_TABLE;
        rc = list(&l, &err);
        ash_reader_close(&r);
    }
    if (rc < 0)
        exit_code = ash_complain(&err);
    return ash_close_case(&c, exit_code);
}
