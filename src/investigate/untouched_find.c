/* The accesses to paths asked about: all of them in one go, so that a list of ten
 * thousand paths costs little more than one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "investigate/scope.h"
#include "investigate/untouched_internal.h"
#include "store/segment.h"

typedef struct finding {
    ash_untouched *u;
    ash_reader *r;
    const ash_target *targets;
    size_t n_targets;
    const ash_places *places;
    ash_error *err;
} finding;

static int nomem(finding *f)
{
    return ash_fail(f->err, ASH_E_NOMEM, "investigate", "out of memory");
}

/* Rows lie sorted by path and server. The first one of a path that is not before
 * this server. */
static size_t lower_bound(const ash_untouched *u, int64_t path, int64_t server)
{
    size_t lo = 0, n = u->n_rows;
    while (lo < n) {
        size_t middle = lo + (n - lo) / 2;
        const ash_untouched_row *row = &u->rows[middle];
        bool before = row->path != (size_t)path ? row->path < (size_t)path
                                                : row->server < (size_t)server;
        if (before)
            lo = middle + 1;
        else
            n = middle;
    }
    return lo;
}

/* The row of columns 0 and 1; NULL: records of that server do not reach there. */
static ash_untouched_row *row_of(finding *f, const ash_rows *r)
{
    int64_t path = ash_rows_int(r, 0), server = ash_rows_int(r, 1);
    size_t at = lower_bound(f->u, path, server);
    ash_untouched_row *row = &f->u->rows[at];
    return at < f->u->n_rows && row->path == (size_t)path && row->server == (size_t)server ? row : NULL;
}

/* --- what is asked, as tables ------------------------------------------- */

/* Columns of text gathered for one table. */
typedef struct gathered {
    int64_t *i;
    ash_view *text[6];
    size_t n;
} gathered;

static void gathered_free(gathered *g)
{
    free(g->i);
    for (size_t k = 0; k < 6; k++)
        free(g->text[k]);
}

static bool gathered_make(gathered *g, size_t rows, size_t texts)
{
    *g = (gathered){.i = calloc(rows + 1, sizeof *g->i)};
    bool ok = g->i != NULL;
    for (size_t k = 0; k < texts; k++) {
        g->text[k] = calloc(rows + 1, sizeof *g->text[k]);
        ok = ok && g->text[k] != NULL;
    }
    return ok;
}

static int gathered_put(finding *f, const gathered *g, const char *table, const char *const *names,
                        size_t texts)
{
    ash_column columns[7] = {{.name = "i", .type = ASH_COL_I64, .data = g->i}};
    for (size_t k = 0; k < texts; k++)
        columns[k + 1] =
            (ash_column){.name = names[k], .type = ASH_COL_TEXT, .data = g->text[k]};
    const ash_columns c = {.columns = columns, .n_columns = texts + 1, .n_rows = g->n};
    return ash_duck_table(f->r->duck, &c, table, f->err);
}

/* asked: base, its folder and name, the pattern. No folder is told from the empty
 * one by `bare`, no pattern is an empty one. */
static int put_targets(finding *f)
{
    static const char *const names[] = {"base", "folder", "name", "pattern", "bare"};
    gathered g;
    int rc = gathered_make(&g, f->n_targets, 5) ? 0 : nomem(f);
    for (size_t i = 0; i < f->n_targets && rc == 0; i++) {
        const ash_target *t = &f->targets[i];
        g.i[i] = (int64_t)i;
        g.text[0][i] = ash_view_z(t->base);
        g.text[1][i] = ash_view_z(t->folder);
        g.text[2][i] = ash_view_z(t->name);
        g.text[3][i] = ash_view_z(t->pattern);
        g.text[4][i] = t->folder == NULL ? ASH_VIEW_LIT("1") : (ash_view){0};
        g.n++;
    }
    if (rc == 0)
        rc = gathered_put(f, &g, "asked", names, 5);
    gathered_free(&g);
    return rc;
}

/* asked_up: the folders above each base, parted like paths. */
static int put_folders_above(finding *f)
{
    static const char *const names[] = {"folder", "name"};
    gathered g;
    size_t all = 0;
    for (size_t i = 0; i < f->n_targets; i++)
        for (const char *p = f->targets[i].base; *p != '\0'; p++)
            all += *p == '/' || *p == '\\';
    int rc = gathered_make(&g, all, 2) ? 0 : nomem(f);
    for (size_t i = 0; i < f->n_targets && rc == 0; i++) {
        ash_view base = ash_view_z(f->targets[i].base);
        for (const char *slash; (slash = ash_path_slash(base)) != NULL && slash > base.p;) {
            base.n = (size_t)(slash - base.p);
            const char *above = ash_path_slash(base);
            size_t parted = above == NULL ? 0 : (size_t)(above - base.p) + 1;
            g.i[g.n] = (int64_t)i;
            g.text[0][g.n] = above == NULL ? (ash_view){0}
                             : *above == '\\' ? ash_view_first(base, parted)
                                              : ash_view_first(base, parted - 1);
            g.text[1][g.n++] = ash_view_skip(base, parted);
        }
    }
    if (rc == 0)
        rc = gathered_put(f, &g, "asked_up", names, 2);
    gathered_free(&g);
    return rc;
}

/* asked_share: the shares of the servers asked about, with their times. */
static int put_shares(finding *f)
{
    size_t n = 0, most = f->places->n + 1;
    int64_t *all = malloc(4 * most * sizeof *all);
    if (all == NULL)
        return nomem(f);
    int64_t *share = all, *server = all + most, *since = all + 2 * most, *until = all + 3 * most;
    for (size_t i = 0; i < f->places->n; i++) {
        const ash_place *p = &f->places->rows[i];
        if (p->server == SIZE_MAX)
            continue;
        const ash_untouched_server *s = &f->u->servers[p->server];
        share[n] = p->share;
        server[n] = (int64_t)p->server;
        since[n] = ash_cs_of(s->since);
        until[n++] = ash_cs_of(s->until);
    }
    const ash_column columns[] = {{.name = "share", .type = ASH_COL_I64, .data = share},
                                  {.name = "server", .type = ASH_COL_I64, .data = server},
                                  {.name = "since", .type = ASH_COL_I64, .data = since},
                                  {.name = "until", .type = ASH_COL_I64, .data = until}};
    const ash_columns c = {.columns = columns, .n_columns = 4, .n_rows = n};
    int rc = ash_duck_table(f->r->duck, &c, "asked_share", f->err);
    free(all);
    return rc;
}

/* '0' follows '/' in the order of bytes, and ']' follows '\': all that begins
 * with the folder and its separator lies between. Without a pattern, in a place of
 * its own: such joins are quick, GLOB is tried path by path. */
#define BELOW(s, e) \
    "SELECT q.i, d.dir FROM asked q JOIN dir_norm d ON d.f >= q.base || '" s "' AND d.f < q.base || '" e "' " \
    "WHERE q.pattern = '' UNION ALL "
/* A file's streams ("a.xlsx:notes", "a.xlsx::$DATA") are the file. */
#define IS_NAME(q) \
    "(" ASH_SQL_NORM("p.name") " = " q " OR split_part(" ASH_SQL_NORM("p.name") ", ':', 1) = " q ")"
static const char match_sql[] =
    "CREATE OR REPLACE TEMP TABLE wanted_dir AS " BELOW("/", "0") BELOW("\\", "]")
    "SELECT q.i, d.dir FROM asked q JOIN dir_norm d ON d.f = q.base WHERE q.pattern = '';"
    "CREATE OR REPLACE TEMP TABLE wanted AS SELECT w.i, p.path FROM path_ p JOIN wanted_dir w USING (dir) "
    "UNION SELECT q.i, p.path FROM asked q JOIN dir_norm d ON d.f = q.folder JOIN path_ p ON p.dir = d.dir "
    "AND " IS_NAME("q.name") " WHERE q.pattern = '' AND q.bare = '' UNION SELECT q.i, p.path FROM asked q "
    "JOIN path_ p ON p.dir IS NULL AND " IS_NAME("q.name") " WHERE q.pattern = '' AND q.bare = '1' UNION SELECT q.i, p.path FROM path_ p LEFT JOIN dir_norm d USING (dir) JOIN "
    "asked q ON q.pattern <> '' AND path_of(p.dir, d.f, " ASH_SQL_NORM("p.name") ") GLOB q.pattern;"
    "CREATE OR REPLACE TEMP TABLE wanted_up AS SELECT q.i, p.path FROM asked_up q JOIN dir_norm d ON d.f = "
    "q.folder JOIN path_ p ON p.dir = d.dir AND " ASH_SQL_NORM("p.name") " = q.name;"
    /* Names that changed in the time asked about, but for documents being saved. */
    "CREATE OR REPLACE TEMP TABLE moves AS SELECT a.*, v.server FROM a JOIN asked_share v USING (share) "
    "WHERE a.changes & 18 <> 0 AND a.flags & 96 = 0 AND a.last_cs >= v.since AND a.first_cs <= v.until;"
    "CREATE OR REPLACE TEMP TABLE touched AS SELECT w.i, v.server, a.* FROM a JOIN asked_share v USING "
    "(share) JOIN wanted w ON w.path = a.path WHERE a.last_cs >= v.since AND a.first_cs <= v.until;";

/* --- what was found ------------------------------------------------------ */

static int each(finding *f, const char *sql, int (*row)(finding *f, const ash_rows *r))
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(f->r->duck, sql, NULL, 0, &rows, f->err);
    while (rc == 0 && (rc = ash_rows_next(rows, f->err)) == 1)
        rc = row(f, rows);
    ash_rows_free(rows);
    return rc;
}

static int take_named(finding *f, const ash_rows *r)
{
    int64_t path = ash_rows_int(r, 0);
    for (size_t i = lower_bound(f->u, path, 0); i < f->u->n_rows && f->u->rows[i].path == (size_t)path; i++)
        f->u->rows[i].named = true;
    return 0;
}

static int take_counts(finding *f, const ash_rows *r)
{
    ash_untouched_row *row = row_of(f, r);
    if (row == NULL)
        return 0;
    ash_touch_counts *n = &row->counts;
    int64_t *out[] = {&n->read,   &n->opened,  &n->listed, &n->changed,        &n->denied,
                      &n->missing, &n->seen,   &n->opened_first_cs, &n->opened_last_cs};
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
        *out[i] = ash_rows_int(r, i + 2);
    return 0;
}

/* The access of a row: from column 2 on, as TOUCH below. */
#define TOUCH                                                                              \
    "t.segment, t.row, t.share, t.actor, t.grade, t.changes, t.flags, t.first_cs, t.last_cs, "       \
    "coalesce((SELECT min(p.track) FROM part p WHERE p.actor = t.actor AND t.last_cs >= p.from_cs "  \
    "AND t.first_cs <= p.to_cs AND p.status <> 'rejected'), 0)::BIGINT, n.dir IS NULL, n.folder, "   \
    "n.name, n.folder_raw, n.name_raw"

static int read_touch(finding *f, const ash_rows *r, ash_touch *ret)
{
    ash_buf path;
    ash_buf_init(&path, 2 * ASH_PATH_MAX);
    ash_view text = ash_scope_path(r, 12, &path);
    *ret = (ash_touch){
        .segment = (uint32_t)ash_rows_int(r, 2),
        .row = ash_rows_int(r, 3),
        .share = (uint32_t)ash_rows_int(r, 4),
        .actor = (uint32_t)ash_rows_int(r, 5),
        .grade = (uint8_t)ash_rows_int(r, 6),
        .changes = (uint8_t)ash_rows_int(r, 7),
        .flags = (uint8_t)ash_rows_int(r, 8),
        .first_cs = ash_rows_int(r, 9),
        .last_cs = ash_rows_int(r, 10),
        .track = ash_rows_int(r, 11),
        .path = text.n == 0 ? strdup("") : strndup(text.p, text.n),
        .path_n = text.n,
    };
    bool failed = path.failed || ret->path == NULL;
    ash_buf_free(&path);
    return failed ? nomem(f) : 0;
}

static int take_touch(finding *f, const ash_rows *r)
{
    ash_untouched_row *row = row_of(f, r);
    if (row == NULL)
        return 0;
    ash_touch *p = realloc(row->touches, (row->n_touches + 1) * sizeof *p);
    if (p == NULL)
        return nomem(f);
    row->touches = p;
    int rc = read_touch(f, r, &p[row->n_touches]);
    row->n_touches += rc == 0;
    return rc;
}

/* An access that hides something: told with the time it took. */
static int add_hiding(finding *f, const ash_rows *r, const char *reason, const char *fmt)
{
    ash_untouched_row *row = row_of(f, r);
    ash_touch t = {0};
    char path[512];
    if (row == NULL)
        return 0;
    int rc = read_touch(f, r, &t);
    if (rc == 0) {
        ash_text_escape(path, sizeof path, ash_view_of(t.path, t.path_n));
        rc = ash_hidden_add(&row->hidden, &f->u->servers[ash_rows_int(r, 1)], t.first_cs * ASH_CS_NS,
                            t.last_cs * ASH_CS_NS + ASH_CS_NS - 1, ASH_HIDES_ALL, reason, NULL, f->err,
                            fmt, path);
    }
    free(t.path);
    return rc;
}

static int take_move(finding *f, const ash_rows *r)
{
    return add_hiding(f, r, "moved",
                      _("%s: its name was changed, or it got another; what was done under the other name "
                        "is not looked for"));
}

static int take_cut(finding *f, const ash_rows *r)
{
    return add_hiding(f, r, "path-cut", _("%s: the record was cut, and its path may go on to what is meant"));
}

/* At most so many of each path and server. */
#define FIRST_OF_EACH(order) \
    " QUALIFY row_number() OVER (PARTITION BY t.i, t.server ORDER BY " order ") <= %u ORDER BY t.i, " \
    "t.server, " order

static int find_all(finding *f)
{
    char sql[3000];
    int rc = each(f, "SELECT DISTINCT i FROM wanted", take_named);
    if (rc == 0)
        rc = each(f,
                  "SELECT i, server, count(*) FILTER (grade = 60), count(*) FILTER (grade = 50), count(*) "
                  "FILTER (grade = 40), count(*) FILTER (changes <> 0), count(*) FILTER (grade = 20), "
                  "count(*) FILTER (grade = 10), count(*) FILTER (grade = 30), coalesce(min(first_cs) FILTER "
                  "(grade = 50), 0), coalesce(max(last_cs) FILTER (grade = 50), 0) FROM touched GROUP BY i, "
                  "server",
                  take_counts);
    snprintf(sql, sizeof sql,
             "SELECT t.i, t.server, " TOUCH " FROM touched t JOIN names n USING (path) WHERE (t.grade >= "
             "40 OR t.changes <> 0)" FIRST_OF_EACH("t.grade DESC, t.first_cs, t.segment, t.row"),
             ASH_TOUCHES_SHOWN);
    if (rc == 0)
        rc = each(f, sql, take_touch);
    snprintf(sql, sizeof sql,
             "SELECT t.i, t.server, " TOUCH " FROM (SELECT w.i, m.* FROM moves m JOIN wanted w ON w.path = "
             "m.path LEFT JOIN wanted o ON o.i = w.i AND o.path = m.new_path WHERE o.path IS NULL UNION "
             "SELECT o.i, m.* FROM moves m JOIN wanted o ON o.path = m.new_path LEFT JOIN wanted w ON w.i = "
             "o.i AND w.path = m.path WHERE w.path IS NULL UNION SELECT x.i, m.* FROM moves m JOIN "
             "wanted_up x ON x.path = m.path OR x.path = m.new_path WHERE m.changes & 2 <> 0) t JOIN names n "
             "USING (path) WHERE true" FIRST_OF_EACH("t.first_cs, t.segment, t.row"),
             ASH_TOUCHES_SHOWN);
    if (rc == 0)
        rc = each(f, sql, take_move);
    /* A cut path may end in what is left of a character, which reads U+FFFD. */
    snprintf(sql, sizeof sql,
             "SELECT t.i, t.server, " TOUCH " FROM (SELECT q.i, v.server, a.* FROM a JOIN asked_share v "
             "USING (share) JOIN path_ p USING (path) LEFT JOIN dir_norm d USING (dir) JOIN asked q ON "
             "starts_with(q.base, rtrim(path_of(p.dir, d.f, " ASH_SQL_NORM("p.name") "), chr(65533))) ANTI JOIN wanted w ON "
             "w.i = q.i AND w.path = a.path WHERE a.flags & 1 <> 0 AND (a.grade >= 40 OR a.changes <> 0) "
             "AND a.last_cs >= v.since AND a.first_cs <= v.until) t JOIN names n USING (path) WHERE true"
             FIRST_OF_EACH("t.first_cs, t.segment, t.row"),
             ASH_TOUCHES_SHOWN);
    return rc == 0 ? each(f, sql, take_cut) : rc;
}

int ash_untouched_find(ash_untouched *u, ash_reader *r, const ash_question *q,
                       const ash_target *targets, const ash_places *places, ash_error *err)
{
    finding f = {.u = u,
                 .r = r,
                 .targets = targets,
                 .n_targets = q->n_paths,
                 .places = places,
                 .err = err};
    int rc = put_targets(&f);
    if (rc == 0)
        rc = put_folders_above(&f);
    if (rc == 0)
        rc = put_shares(&f);
    if (rc == 0)
        rc = ash_duck_run(r->duck, match_sql, err);
    return rc == 0 ? find_all(&f) : rc;
}
