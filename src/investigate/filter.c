#include "investigate/filter.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "ashiato/access.h"
#include "base/buf.h"
#include "store/segment.h"

ash_filter ash_filter_none(void)
{
    return (ash_filter){.since = ASH_TIME_NONE, .until = ASH_TIME_NONE};
}

static const struct {
    const char *word;
    const char *sql;
} words[] = {
    {"read", "grade = 60"},
    {"opened", "grade = 50"},
    {"listed", "grade = 40"},
    {"seen", "grade = 30"},
    {"denied", "grade = 20"},
    {"missing", "grade = 10"},
    {"written", "changes & 1 <> 0"},
    {"renamed", "changes & 2 <> 0"},
    {"deleted", "changes & 4 <> 0"},
    {"security", "changes & 8 <> 0"},
    {"linked", "changes & 16 <> 0"},
};
#define N_WORDS (sizeof words / sizeof words[0])

static const char *sql_of_word(const char *word)
{
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].sql;
    return NULL;
}

const char *ash_grade_word(size_t i)
{
    return i < N_WORDS ? words[i].word : NULL;
}

int ash_grade_word_check(const char *word, ash_error *err)
{
    if (sql_of_word(word) != NULL)
        return 0;
    return ash_fail(err, ASH_E_USAGE, "investigate",
                    "'%.40s' is not a grade; use read, opened, listed, seen, denied or missing, "
                    "or a change: written, renamed, deleted, security, linked",
                    word);
}

static bool matches(const char *pattern, ash_view v)
{
    char z[ASH_ERROR_MSG_MAX];
    if (pattern == NULL)
        return true;
    if (v.n >= sizeof z)
        return false;
    if (v.n > 0)
        memcpy(z, v.p, v.n);
    z[v.n] = '\0';
    return strcmp(pattern, z) == 0 || fnmatch(pattern, z, 0) == 0;
}

bool ash_filter_actor(const ash_filter *f, const ash_reader *r, uint32_t actor)
{
    ash_actor x = ash_actors_at(r->actors, actor);
    return matches(f->account, x.account) && matches(f->client, x.client) &&
           ash_filter_server(f, x.server);
}

bool ash_filter_server(const ash_filter *f, ash_view name)
{
    return matches(f->server, name);
}

bool ash_filter_span(const ash_filter *f, int64_t first, int64_t last)
{
    return (f->since == ASH_TIME_NONE || last == ASH_TIME_NONE || last >= f->since) &&
           (f->until == ASH_TIME_NONE || first == ASH_TIME_NONE || first <= f->until);
}

/* By the actors, and by their principals: rows are sorted by these, so that
 * most row groups need not be read. */
static int actors_sql(const ash_filter *f, const ash_reader *r, ash_buf *out)
{
    if (f->account == NULL && f->client == NULL && f->server == NULL)
        return 0;
    uint32_t n = ash_actors_count(r->actors);
    bool *principals = calloc((size_t)n + 1, sizeof *principals);
    if (principals == NULL)
        return ASH_E_NOMEM;
    const char *comma = "";
    size_t mark = out->n;
    ash_buf_add_z(out, " AND a.actor IN (");
    for (uint32_t i = 0; i < n; i++) {
        if (!ash_filter_actor(f, r, i))
            continue;
        ash_buf_addf(out, "%s%u", comma, i);
        comma = ",";
        principals[ash_actors_principal(r->actors, i)] = true;
    }
    if (comma[0] == '\0') {
        out->n = mark;
        ash_buf_add_z(out, " AND false");
    } else {
        comma = "";
        ash_buf_add_z(out, ") AND a.principal IN (");
        for (uint32_t i = 0; i < n; i++) {
            if (principals[i]) {
                ash_buf_addf(out, "%s%u", comma, i);
                comma = ",";
            }
        }
        ash_buf_add_c(out, ')');
    }
    free(principals);
    return 0;
}

static void shares_sql(const ash_filter *f, const ash_reader *r, ash_buf *out)
{
    if (f->share == NULL)
        return;
    const char *comma = "";
    ash_buf_add_z(out, " AND a.share IN (");
    for (uint32_t i = 0; i < ash_shares_count(r->actors); i++) {
        if (!matches(f->share, ash_shares_at(r->actors, i).name))
            continue;
        ash_buf_addf(out, "%s%u", comma, i);
        comma = ",";
    }
    ash_buf_add_z(out, comma[0] == '\0' ? "65535)" : ")");
}

int ash_filter_sql(const ash_filter *f, const ash_reader *r, ash_buf *out, ash_error *err)
{
    ash_buf_add_z(out, "true");
    if (actors_sql(f, r, out) < 0)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    shares_sql(f, r, out);
    if (f->since != ASH_TIME_NONE)
        ash_buf_addf(out, " AND a.last_cs >= %lld", (long long)ash_cs_of(f->since));
    if (f->until != ASH_TIME_NONE)
        ash_buf_addf(out, " AND a.first_cs <= %lld", (long long)ash_cs_of(f->until));
    return out->failed ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory") : 0;
}

int ash_filter_grades_sql(const ash_filter *f, const char *alias, ash_buf *out, ash_error *err)
{
    ash_buf_add_z(out, f->n_grades == 0 ? "true" : "(");
    for (size_t i = 0; i < f->n_grades; i++) {
        int rc = ash_grade_word_check(f->grades[i], err);
        if (rc < 0)
            return rc;
        ash_buf_addf(out, "%s%s.%s", i == 0 ? "" : " OR ", alias, sql_of_word(f->grades[i]));
    }
    if (f->n_grades > 0)
        ash_buf_add_c(out, ')');
    return out->failed ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory") : 0;
}

void ash_filter_path_sql(const ash_filter *f, const char *column, ash_buf *out)
{
    if (f->path == NULL) {
        ash_buf_add_z(out, "true");
        return;
    }
    ash_view p = ash_view_z(f->path);
    /* In GLOB a backslash takes the meaning from what follows it; in a path of
     * Windows it is a separator. */
    ash_buf pattern;
    ash_buf_init(&pattern, 1u << 17);
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] == '\\')
            ash_buf_add_c(&pattern, '\\');
        ash_buf_add_c(&pattern, p.p[i]);
    }
    ash_buf_addf(out, "(%s GLOB ", column);
    ash_sql_quote(out, ash_buf_view(&pattern));
    ash_buf_free(&pattern);
    if (strpbrk(f->path, "*?[") == NULL) {
        ash_buf_addf(out, " OR starts_with(%s, ", column);
        ash_buf folder;
        ash_buf_init(&folder, 65536);
        ash_buf_add_view(&folder, p);
        const char *slash = ash_path_slash(p);
        char separator = slash == NULL ? '/' : *slash;
        if (p.n > 0 && p.p[p.n - 1] != separator)
            ash_buf_add_c(&folder, separator);
        ash_sql_quote(out, ash_buf_view(&folder));
        ash_buf_free(&folder);
        ash_buf_add_c(out, ')');
    }
    ash_buf_add_c(out, ')');
}
