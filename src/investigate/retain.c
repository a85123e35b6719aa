#include "investigate/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "fold/fold.h"
#include "ledger/seal.h"
#include "store/duck.h"
#include "store/segment.h"
#include "store/store.h"

#define HOLD "hold"
#define REPORT_DUE "report_due"

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

static const char *file_name(const ash_retain_segment *s, const char *kind, char buf[64])
{
    char folder[32];
    snprintf(buf, 64, "store/%s/%s-%06u.parquet", ash_volume_name(s->volume, folder), kind, s->number);
    return buf;
}

/* --- what there is ----------------------------------------------------------- */

static int load(ash_retain_plan *p, ash_case *c, ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int64_t n = 0;
    int rc = ash_db_int(&c->db, &n, 0, err, "SELECT count(*) FROM segments", "");
    if (rc < 0)
        return rc;
    p->rows = calloc((size_t)n + 1, sizeof *p->rows);
    if (p->rows == NULL)
        return nomem(err);
    rc = ash_db_query(&c->db, &st, err,
                      "SELECT number, volume, accesses, sessions, logons, paths, dirs, bytes, min_cs, "
                      "max_cs FROM segments ORDER BY number", "");
    while (rc == 0 && p->n < (size_t)n && (rc = ash_db_step(&c->db, st, err)) == 1) {
        p->rows[p->n++] = (ash_retain_segment){.number = (uint32_t)sqlite3_column_int64(st, 0),
                                               .volume = (uint32_t)sqlite3_column_int64(st, 1),
                                               .accesses = sqlite3_column_int64(st, 2),
                                               .sessions = sqlite3_column_int64(st, 3),
                                               .logons = sqlite3_column_int64(st, 4),
                                               .paths = sqlite3_column_int64(st, 5),
                                               .dirs = sqlite3_column_int64(st, 6),
                                               .bytes = sqlite3_column_int64(st, 7),
                                               .first_cs = sqlite3_column_int64(st, 8),
                                               .last_cs = sqlite3_column_int64(st, 9)};
        rc = 0;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

static bool is_empty(const ash_retain_segment *s)
{
    return s->accesses + s->sessions + s->logons == 0;
}

/* Logons may be later than the accesses they were stored with, and there may be no
 * accesses at all. */
static int widen(ash_duck *d, const ash_case *c, ash_retain_segment *s, const char *kind,
                 const char *first, const char *last, ash_error *err)
{
    char path[4500], name[64];
    ash_buf sql;
    ash_rows *rows = NULL;
    ash_buf_init(&sql, 64u << 10);
    ash_buf_addf(&sql, "SELECT min(%s), max(%s) FROM read_parquet(", first, last);
    ash_sql_quote(&sql, ash_view_z(ash_case_path(c, file_name(s, kind, name), path, sizeof path)));
    ash_buf_add_c(&sql, ')');
    int rc = ash_duck_query(d, ash_buf_z(&sql), NULL, 0, &rows, err);
    if (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t from = ash_rows_int(rows, 0), to = ash_rows_int(rows, 1);
        s->first_cs = from < s->first_cs ? from : s->first_cs;
        s->last_cs = to > s->last_cs ? to : s->last_cs;
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc < 0 ? rc : 0;
}

static int settle_times(ash_retain_plan *p, ash_duck *d, const ash_case *c, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < p->n && rc == 0; i++) {
        ash_retain_segment *s = &p->rows[i];
        if (s->logons > 0)
            rc = widen(d, c, s, "logons", "time_cs", "time_cs", err);
        if (rc == 0 && s->sessions > 0 && s->accesses == 0)
            rc = widen(d, c, s, "sessions", "first_cs", "first_cs + " ASH_SQL_LASTING_CS, err);
    }
    return rc;
}

/* --- what goes ---------------------------------------------------------------- */

static int add_file(ash_retain_plan *p, const ash_case *c, const char *name, ash_error *err)
{
    char path[4500];
    struct stat st;
    if (p->n_files == p->cap_files) {
        size_t cap = p->cap_files == 0 ? 64 : p->cap_files * 2;
        char(*q)[64] = realloc(p->files, cap * sizeof *q);
        if (q == NULL)
            return nomem(err);
        p->files = q;
        p->cap_files = cap;
    }
    snprintf(p->files[p->n_files++], sizeof *p->files, "%s", name);
    if (stat(ash_case_path(c, name, path, sizeof path), &st) == 0)
        p->bytes += (uint64_t)st.st_size;
    return 0;
}

static int compare_age(const void *a, const void *b)
{
    const ash_retain_segment *x = *(ash_retain_segment *const *)a, *y = *(ash_retain_segment *const *)b;
    if (x->last_cs != y->last_cs)
        return x->last_cs < y->last_cs ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* The oldest, until the others are no more than allowed. Names that have to stay
 * count with what stays: the store may remain a little larger. */
static int choose_by_size(ash_retain_plan *p, uint64_t max, ash_error *err)
{
    ash_retain_segment **order = malloc((p->n + 1) * sizeof *order);
    uint64_t left = 0;
    size_t n = 0;
    if (order == NULL)
        return nomem(err);
    for (size_t i = 0; i < p->n; i++) {
        left += p->rows[i].why == NULL ? (uint64_t)p->rows[i].bytes : 0;
        if (p->rows[i].why == NULL && !is_empty(&p->rows[i]))
            order[n++] = &p->rows[i];
    }
    qsort(order, n, sizeof *order, compare_age);
    for (size_t i = 0; i < n && left > max; i++) {
        order[i]->why = "size";
        left -= (uint64_t)order[i]->bytes;
    }
    free(order);
    return 0;
}

static int list_files(ash_retain_plan *p, const ash_case *c, ash_error *err)
{
    char name[64];
    int rc = 0;
    for (size_t i = 0; i < p->n && rc == 0; i++) {
        const ash_retain_segment *s = &p->rows[i];
        const struct {
            const char *kind;
            bool goes;
        } files[] = {{"paths", s->names && s->paths > 0},
                     {"dirs", s->names && s->dirs > 0},
                     {"accesses", s->why != NULL && s->accesses > 0},
                     {"folders", s->why != NULL && s->accesses > 0},
                     {"sessions", s->why != NULL && s->sessions > 0},
                     {"logons", s->why != NULL && s->logons > 0}};
        for (size_t k = 0; k < sizeof files / sizeof files[0] && rc == 0; k++)
            if (files[k].goes)
                rc = add_file(p, c, file_name(s, files[k].kind, name), err);
        if (s->why == NULL)
            continue;
        p->segments++;
        p->accesses += s->accesses;
        p->until_cs = s->last_cs > p->until_cs ? s->last_cs : p->until_cs;
    }
    return rc;
}

/* Copies of what came through a pipe hold the same records. */
static int list_copies(ash_retain_plan *p, ash_case *c, int64_t before, ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = before == ASH_TIME_NONE ? 0
                                     : ash_db_query(&c->db, &st, err,
                                                    "SELECT kept FROM inputs WHERE kept <> '' AND last < ?",
                                                    "i", before);
    while (rc == 0 && st != NULL && (rc = ash_db_step(&c->db, st, err)) == 1) {
        char name[64];
        int n = snprintf(name, sizeof name, "inputs/%s", ash_db_z(st, 0));
        rc = n < (int)sizeof name ? add_file(p, c, name, err) : 0;
        p->copies++;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

int ash_retain_plan_make(ash_retain_plan *ret, ash_case *c, const ash_retain_rule *rule, ash_error *err)
{
    const ash_duck_options o = {.threads = 1, .memory_mb = 256};
    ash_retain_plan p = {.until_cs = INT64_MIN};
    ash_duck *d = NULL;
    int rc = load(&p, c, err);
    if (rc == 0)
        rc = ash_duck_open(&d, &o, err);
    if (rc == 0)
        rc = settle_times(&p, d, c, err);
    ash_duck_close(d);
    for (size_t i = 0; i < p.n && rc == 0 && rule->before != ASH_TIME_NONE; i++)
        if (!is_empty(&p.rows[i]) && p.rows[i].last_cs < ash_cs_of(rule->before))
            p.rows[i].why = "age";
    if (rc == 0 && rule->max_bytes != UINT64_MAX)
        rc = choose_by_size(&p, rule->max_bytes, err);
    /* From the last segment back: the names go where nothing behind is kept. */
    for (size_t i = p.n; i-- > 0 && rc == 0;) {
        ash_retain_segment *s = &p.rows[i];
        bool last = i + 1 == p.n || p.rows[i + 1].volume != s->volume;
        s->names = (s->why != NULL || is_empty(s)) && (last || p.rows[i + 1].names);
    }
    if (rc == 0)
        rc = list_files(&p, c, err);
    if (rc == 0)
        rc = list_copies(&p, c, rule->before, err);
    if (rc < 0)
        ash_retain_plan_free(&p);
    else
        *ret = p;
    return rc;
}

void ash_retain_plan_free(ash_retain_plan *p)
{
    free(p->rows);
    free(p->files);
    *p = (ash_retain_plan){0};
}

/* --- removing it ---------------------------------------------------------------- */

/* What the actors did in the accesses that go, so that their sums are of what is left. */
static int lower_counts(const ash_retain_plan *p, ash_case *c, ash_error *err)
{
    const ash_duck_options o = {.threads = 1, .memory_mb = 256};
    char path[4500], name[64];
    ash_duck *d = NULL;
    ash_rows *rows = NULL;
    ash_buf sql;
    bool some = false;
    ash_buf_init(&sql, 64u << 20);
    ash_buf_addf(&sql,
                 "SELECT actor, count(*), count(*) FILTER (kind & 255 = %d), count(*) FILTER (kind & 255 = "
                 "%d), count(*) FILTER (kind & 255 = %d), count(*) FILTER (kind & 255 = %d), count(*) FILTER "
                 "(kind & 255 = %d), count(*) FILTER ((kind >> 8) & 255 <> 0 AND (kind >> 24) & %d = 0) "
                 "FROM read_parquet([",
                 ASH_GRADE_READ, ASH_GRADE_OPENED, ASH_GRADE_LISTED, ASH_GRADE_DENIED, ASH_GRADE_MISSING,
                 ASH_ACCESS_STEP);
    for (size_t i = 0; i < p->n; i++) {
        if (p->rows[i].why == NULL || p->rows[i].accesses == 0)
            continue;
        ash_buf_add_z(&sql, some ? "," : "");
        ash_case_path(c, file_name(&p->rows[i], "accesses", name), path, sizeof path);
        ash_sql_quote(&sql, ash_view_z(path));
        some = true;
    }
    ash_buf_add_z(&sql, "]) GROUP BY actor");
    int rc = !some ? 0 : sql.failed ? nomem(err) : ash_duck_open(&d, &o, err);
    if (rc == 0 && some)
        rc = ash_duck_query(d, ash_buf_z(&sql), NULL, 0, &rows, err);
    while (rc == 0 && some && (rc = ash_rows_next(rows, err)) == 1)
        rc = ash_db_exec(&c->db, err,
                         "UPDATE actors SET accesses = accesses - ?2, read = read - ?3, opened = opened - "
                         "?4, listed = listed - ?5, denied = denied - ?6, missing = missing - ?7, changed = "
                         "changed - ?8 WHERE id = ?1",
                         "iiiiiiii", ash_rows_int(rows, 0), ash_rows_int(rows, 1), ash_rows_int(rows, 2),
                         ash_rows_int(rows, 3), ash_rows_int(rows, 4), ash_rows_int(rows, 5),
                         ash_rows_int(rows, 6), ash_rows_int(rows, 7));
    ash_rows_free(rows);
    ash_duck_close(d);
    ash_buf_free(&sql);
    return rc < 0 ? rc : 0;
}

/* Bytes of the names a segment keeps. */
static int64_t bytes_of_names(const ash_retain_segment *s, const ash_case *c)
{
    static const char *const kinds[] = {"paths", "dirs"};
    char path[4500], name[64];
    struct stat st;
    int64_t bytes = 0;
    for (size_t i = 0; i < 2; i++)
        if (stat(ash_case_path(c, file_name(s, kinds[i], name), path, sizeof path), &st) == 0)
            bytes += (int64_t)st.st_size;
    return bytes;
}

/* The rows of the case: *list gets the segments of which nothing is left. */
static int forget(const ash_retain_plan *p, ash_case *c, const ash_retain_rule *rule, uint32_t *list,
                  size_t *ret_n, ash_error *err)
{
    int rc = lower_counts(p, c, err);
    size_t n = 0;
    for (size_t i = 0; i < p->n && rc == 0; i++) {
        const ash_retain_segment *s = &p->rows[i];
        if (s->names || (s->why != NULL && s->paths + s->dirs == 0)) {
            list[n++] = s->number;
            rc = ash_db_exec(&c->db, err, "DELETE FROM segments WHERE number = ?", "i", (int64_t)s->number);
        } else if (s->why != NULL) {
            rc = ash_db_exec(&c->db, err,
                             "UPDATE segments SET accesses = 0, sessions = 0, logons = 0, bytes = ? "
                             "WHERE number = ?", "ii", bytes_of_names(s, c), (int64_t)s->number);
        }
    }
    if (rc == 0 && rule->before != ASH_TIME_NONE)
        rc = ash_db_exec(&c->db, err, "UPDATE inputs SET kept = NULL WHERE kept <> '' AND last < ?", "i",
                         rule->before);
    *ret_n = n;
    return rc;
}

/* What the coverage says from now on. */
static int remember(const ash_retain_plan *p, ash_case *c, const ash_retain_rule *rule, ash_error *err)
{
    int64_t until, accesses;
    int rc = ash_case_get(c, "retained_cs", &until, INT64_MIN, err);
    if (rc == 0)
        rc = ash_case_get(c, "retained_accesses", &accesses, 0, err);
    if (rc == 0 && p->until_cs > until)
        rc = ash_case_set(c, "retained_cs", p->until_cs, err);
    if (rc == 0)
        rc = ash_case_set(c, "retained_accesses", accesses + p->accesses, err);
    if (rc == 0)
        rc = ash_case_set_text(c, "retained_rule", rule->text, err);
    if (rc == 0)
        rc = ash_case_set(c, REPORT_DUE, 1, err);
    return rc == 0 ? ash_case_set(c, "retained_at", (int64_t)time(NULL), err) : rc;
}

static int transaction(const ash_retain_plan *p, ash_case *c, const ash_retain_rule *rule, uint32_t *segments,
                       const char **files, ash_error *err)
{
    ash_removal r = {.rule = rule->text,
                     .until = p->until_cs == INT64_MIN ? ASH_TIME_NONE : p->until_cs * ASH_CS_NS,
                     .accesses = p->accesses,
                     .segments = segments,
                     .files = files,
                     .n_files = p->n_files};
    int rc = ash_case_begin(c, err);
    if (rc < 0)
        return rc;
    rc = forget(p, c, rule, segments, &r.n_segments, err);
    if (rc == 0 && p->segments > 0)
        rc = remember(p, c, rule, err);
    if (rc == 0)
        rc = ash_ledger_retain(c->ledger, &r, err);
    if (rc == 0)
        rc = ash_ledger_checkpoint(c->ledger, NULL, 0, err);
    if (rc == 0)
        rc = ash_case_commit(c, err);
    if (rc < 0)
        ash_case_rollback(c);
    return rc;
}

int ash_retain_apply(const ash_retain_plan *p, ash_case *c, const ash_retain_rule *rule, ash_error *err)
{
    char reason[512];
    int rc = ash_hold_reason(c, reason, sizeof reason, err);
    if (rc == 0 && reason[0] != '\0')
        return ash_fail_at(err, ASH_E_STATE, "investigate", c->dir, ASH_NO_OFFSET,
                           "the case is held (%s): nothing may be removed until `ashiato hold --release`", reason);
    if (rc < 0 || p->n_files == 0)
        return rc;
    uint32_t *segments = malloc((p->n + 1) * sizeof *segments);
    const char **files = malloc((p->n_files + 1) * sizeof *files);
    for (size_t i = 0; i < p->n_files && files != NULL; i++)
        files[i] = p->files[i];
    rc = segments == NULL || files == NULL ? nomem(err) : transaction(p, c, rule, segments, files, err);
    free(segments);
    free(files);
    return rc == 0 ? ash_ledger_removed(c->ledger, err) : rc;
}

int ash_retain_report_due(ash_case *c, bool *ret, ash_error *err)
{
    int64_t due;
    int rc = ash_case_get(c, REPORT_DUE, &due, 0, err);
    *ret = rc == 0 && due != 0;
    return rc;
}

int ash_retain_report_done(ash_case *c, ash_error *err)
{
    return ash_case_set(c, REPORT_DUE, 0, err);
}

/* --- holds ------------------------------------------------------------------------ */

int ash_hold_reason(ash_case *c, char *buf, size_t size, ash_error *err)
{
    return ash_case_get_text(c, HOLD, buf, size, err);
}

int ash_hold_set(ash_case *c, const char *reason, ash_error *err)
{
    int rc = ash_case_begin(c, err);
    if (rc < 0)
        return rc;
    rc = ash_case_set_text(c, HOLD, reason == NULL ? "" : reason, err);
    if (rc == 0)
        rc = ash_ledger_hold(c->ledger, reason, err);
    if (rc == 0)
        rc = ash_ledger_checkpoint(c->ledger, NULL, 0, err);
    if (rc == 0)
        rc = ash_case_commit(c, err);
    if (rc < 0)
        ash_case_rollback(c);
    return rc;
}
