#include "investigate/scope.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

struct ash_scope {
    ash_rows *rows;
    ash_buf path, new_path;
};

/* Accesses meant by the filter, with the track they belong to. */
static int add_selected(ash_buf *sql, ash_reader *r, const ash_filter *f, ash_error *err)
{
    ash_buf_add_z(sql, "selected AS (SELECT a.*, ");
    if (f->all && f->track == 0) {
        /* A track is named where there is one, without narrowing. */
        ash_buf_add_z(sql, "(SELECT min(p.track) FROM part p WHERE p.actor = a.actor AND "
                           "a.last_cs >= p.from_cs AND a.first_cs <= p.to_cs AND "
                           "p.status <> 'rejected') AS track FROM a WHERE ");
    } else {
        ash_buf_add_z(sql, "p.track FROM a JOIN (SELECT actor, from_cs, to_cs, min(track) AS track "
                           "FROM part WHERE status <> 'rejected'");
        if (f->track != 0)
            ash_buf_addf(sql, " AND track = %lld", (long long)f->track);
        ash_buf_add_z(sql, " GROUP BY ALL) p ON a.actor = p.actor AND a.last_cs >= p.from_cs AND "
                           "a.first_cs <= p.to_cs WHERE ");
    }
    int rc = ash_filter_sql(f, r, sql, err);
    if (rc == 0 && f->path != NULL) {
        ash_buf_add_z(sql, " AND a.path IN (SELECT path FROM names n WHERE ");
        ash_filter_path_sql(f, ASH_SQL_PATH("n"), sql);
        ash_buf_add_c(sql, ')');
    }
    ash_buf_add_c(sql, ')');
    return rc;
}

/* Strongest evidence wins, the earliest of it. */
#define KEY "((grade::BIGINT << 42) - first_cs)"

/* First by path id, which is cheap; then by text, since the same path has
 * another id in another volume. */
static const char by_path[] =
    ", by_id AS (SELECT share, path, max(grade) AS grade, bit_or(changes) AS changes, "
    "min(first_cs) AS first_cs, max(last_cs) AS last_cs, sum(records)::BIGINT AS records, "
    "max(entries)::BIGINT AS entries, count(*)::BIGINT AS accesses, "
    "arg_max(actor, " KEY ") AS actor, arg_max(segment, " KEY ") AS segment, "
    "arg_max(row, " KEY ") AS row, max(" KEY ") AS key, min(track) AS track, "
    "max(new_path) AS new_path, count(DISTINCT actor)::BIGINT AS actors "
    "FROM selected GROUP BY share, path), "
    "by_text AS (SELECT b.share, n.dir IS NULL AS flat, n.folder, n.name, "
    "any_value(n.folder_raw) AS folder_raw, any_value(n.name_raw) AS name_raw, "
    "max(b.grade) AS grade, bit_or(b.changes) AS changes, min(b.first_cs) AS first_cs, "
    "max(b.last_cs) AS last_cs, sum(b.records)::BIGINT AS records, max(b.entries) AS entries, "
    "sum(b.accesses)::BIGINT AS accesses, arg_max(b.actor, b.key) AS actor, "
    "arg_max(b.segment, b.key) AS segment, arg_max(b.row, b.key) AS row, min(b.track) AS track, "
    "max(b.new_path) AS new_path, max(b.actors) AS actors "
    "FROM by_id b JOIN names n USING (path) "
    "GROUP BY b.share, flat, n.folder, n.name, n.folder_raw, n.name_raw)";

static const char *order_sql(ash_scope_order o)
{
    switch (o) {
    case ASH_ORDER_PATH: return "ORDER BY t.folder NULLS FIRST, t.name, t.share";
    case ASH_ORDER_FIRST: return "ORDER BY t.first_cs, t.folder NULLS FIRST, t.name, t.share";
    default: return "ORDER BY t.grade DESC, t.folder NULLS FIRST, t.name, t.share";
    }
}

int ash_scope_open(ash_scope **ret, ash_reader *r, const ash_filter *f, ash_scope_order order,
                   uint64_t limit, ash_error *err)
{
    ash_buf sql;
    ash_buf_init(&sql, 16u << 20);
    ash_buf_add_z(&sql, "WITH ");
    int rc = add_selected(&sql, r, f, err);
    ash_buf_add_z(&sql, by_path);
    ash_buf_add_z(&sql,
                  " SELECT t.segment, t.row, t.flat, t.folder, t.name, t.folder_raw, t.name_raw, "
                  "t.share, t.actor, t.grade, t.changes, t.first_cs, t.last_cs, t.records, "
                  "t.entries, t.accesses, t.actors, coalesce(t.track, 0)::BIGINT, m.dir IS NULL, "
                  "m.folder, m.name, m.folder_raw, m.name_raw, t.new_path IS NOT NULL "
                  "FROM by_text t LEFT JOIN names m ON m.path = t.new_path ");
    ash_buf_add_z(&sql, order_sql(order));
    if (limit > 0)
        ash_buf_addf(&sql, " LIMIT %llu", (unsigned long long)limit);
    ash_scope *s = calloc(1, sizeof *s);
    if (rc == 0 && (s == NULL || sql.failed))
        rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc == 0)
        rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &s->rows, err);
    ash_buf_free(&sql);
    if (rc < 0) {
        free(s);
        return rc;
    }
    ash_buf_init(&s->path, 2 * ASH_PATH_MAX);
    ash_buf_init(&s->new_path, 2 * ASH_PATH_MAX);
    *ret = s;
    return 0;
}

/* Puts a path together from its columns; the exact bytes where they are kept. */
static ash_view path_text(const ash_rows *rows, size_t flat, size_t folder, size_t name,
                          size_t folder_raw, size_t name_raw, ash_buf *b)
{
    ash_buf_clear(b);
    if (!ash_rows_int(rows, flat)) {
        ash_buf_add_view(b, ash_rows_text(rows, ash_rows_null(rows, folder_raw) ? folder : folder_raw));
        ash_buf_add_c(b, '/');
    }
    ash_buf_add_view(b, ash_rows_text(rows, ash_rows_null(rows, name_raw) ? name : name_raw));
    return ash_buf_view(b);
}

int ash_scope_next(ash_scope *s, ash_scope_row *ret, ash_error *err)
{
    int rc = ash_rows_next(s->rows, err);
    if (rc != 1)
        return rc;
    const ash_rows *r = s->rows;
    *ret = (ash_scope_row){
        .segment = (uint32_t)ash_rows_int(r, 0),
        .row = ash_rows_int(r, 1),
        .path = path_text(r, 2, 3, 4, 5, 6, &s->path),
        .share = (uint32_t)ash_rows_int(r, 7),
        .actor = (uint32_t)ash_rows_int(r, 8),
        .grade = (uint8_t)ash_rows_int(r, 9),
        .changes = (uint8_t)ash_rows_int(r, 10),
        .first_cs = ash_rows_int(r, 11),
        .last_cs = ash_rows_int(r, 12),
        .records = ash_rows_int(r, 13),
        .entries = ash_rows_int(r, 14),
        .accesses = ash_rows_int(r, 15),
        .actors = ash_rows_int(r, 16),
        .track = ash_rows_int(r, 17),
    };
    if (ash_rows_int(r, 23))
        ret->new_path = path_text(r, 18, 19, 20, 21, 22, &s->new_path);
    return 1;
}

void ash_scope_close(ash_scope *s)
{
    if (s == NULL)
        return;
    ash_rows_free(s->rows);
    ash_buf_free(&s->path);
    ash_buf_free(&s->new_path);
    free(s);
}

int ash_scope_counts(ash_reader *r, const ash_filter *f, ash_counts *ret, ash_error *err)
{
    ash_buf sql;
    ash_rows *rows = NULL;
    ash_buf_init(&sql, 16u << 20);
    ash_buf_add_z(&sql, "WITH ");
    int rc = add_selected(&sql, r, f, err);
    ash_buf_add_z(&sql, by_path);
    ash_buf_add_z(&sql,
                  " SELECT count(*) FILTER (grade = 60), count(*) FILTER (grade = 50), "
                  "count(*) FILTER (grade = 40), coalesce(sum(entries) FILTER (grade = 40), 0)::BIGINT, "
                  "count(*) FILTER (grade = 20 AND changes = 0), count(*) FILTER (grade = 10 AND "
                  "changes = 0), count(*) FILTER (grade = 30 AND changes = 0), "
                  "count(*) FILTER (changes & 1 <> 0), count(*) FILTER (changes & 2 <> 0), "
                  "count(*) FILTER (changes & 4 <> 0), coalesce(sum(accesses), 0)::BIGINT, "
                  "coalesce(sum(records), 0)::BIGINT FROM by_text");
    if (rc == 0 && sql.failed)
        rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc == 0)
        rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &rows, err);
    if (rc == 0)
        rc = ash_rows_next(rows, err);
    if (rc == 1) {
        int64_t *out[] = {&ret->read,    &ret->opened,  &ret->listed,  &ret->names,
                          &ret->denied,  &ret->missing, &ret->seen,    &ret->written,
                          &ret->renamed, &ret->deleted, &ret->accesses, &ret->records};
        for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
            *out[i] = ash_rows_int(rows, i);
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc < 0 ? rc : 0;
}

int ash_scope_folders(ash_reader *r, const ash_filter *f, unsigned limit,
                      void (*each)(void *user, const ash_folder_row *row), void *user,
                      ash_error *err)
{
    ash_buf sql;
    ash_rows *rows = NULL;
    ash_buf_init(&sql, 16u << 20);
    ash_buf_add_z(&sql, "WITH ");
    int rc = add_selected(&sql, r, f, err);
    ash_buf_add_z(&sql, by_path);
    /* A listed folder counts for itself, a file for the folder it lies in. */
    ash_buf_addf(&sql,
                 ", placed AS (SELECT share, grade, changes, CASE WHEN grade = 40 THEN CASE WHEN "
                 "flat THEN name ELSE folder || '/' || name END ELSE coalesce(folder, '') END AS "
                 "place FROM by_text) SELECT share, place, count(*) FILTER (grade = 60), "
                 "count(*) FILTER (grade = 50), count(*) FILTER (grade = 40), "
                 "count(*) FILTER (grade = 20), count(*) FILTER (changes <> 0) FROM placed "
                 "GROUP BY ALL HAVING max(grade) >= 20 OR max(changes) > 0 "
                 "ORDER BY 3 DESC, 4 DESC, 7 DESC, 5 DESC, 6 DESC, place LIMIT %u",
                 limit);
    if (rc == 0 && sql.failed)
        rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc == 0)
        rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        const ash_folder_row row = {
            .share = (uint32_t)ash_rows_int(rows, 0),
            .folder = ash_rows_text(rows, 1),
            .read = ash_rows_int(rows, 2),
            .opened = ash_rows_int(rows, 3),
            .listed = ash_rows_int(rows, 4),
            .denied = ash_rows_int(rows, 5),
            .changed = ash_rows_int(rows, 6),
        };
        each(user, &row);
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc;
}
