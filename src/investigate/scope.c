#include "investigate/scope.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

/* What BEST in scope_select.c holds beside the grade and the time. */
#define BEST_SEGMENT "(1073741823 - (s.best // 1048576) % 1073741824)::UINTEGER"
#define BEST_ROW "(1048575 - s.best % 1048576)::BIGINT"

struct ash_scope {
    ash_rows *rows;
    ash_buf path, new_path;
};

int ash_scope_open(ash_scope **ret, ash_reader *r, ash_error *err)
{
    ash_scope *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = ash_duck_query(
        r->duck,
        "SELECT " BEST_SEGMENT ", " BEST_ROW
        ", d.dir IS NULL, d.folder, p.name, d.folder_raw, p.name_raw, s.share, s.actor, s.grade, "
        "s.changes, s.first_cs, s.last_cs, s.records, s.entries, s.accesses, s.actors, "
        "coalesce(s.track, 0)::BIGINT, e.dir IS NULL, e.folder, q.name, e.folder_raw, q.name_raw, "
        "s.new_path IS NOT NULL, s.flags, s.standing, s.why FROM scope s JOIN found_paths p USING (path) LEFT JOIN found_dirs d "
        "ON d.dir = p.dir LEFT JOIN found_paths q ON q.path = s.new_path LEFT JOIN found_dirs e ON "
        "e.dir = q.dir ORDER BY s.grade DESC, d.folder NULLS FIRST, p.name, s.share",
        NULL, 0, &s->rows, err);
    if (rc < 0) {
        free(s);
        return rc;
    }
    ash_buf_init(&s->path, 2 * ASH_PATH_MAX);
    ash_buf_init(&s->new_path, 2 * ASH_PATH_MAX);
    *ret = s;
    return 0;
}

ash_view ash_scope_path(const ash_rows *rows, size_t column, ash_buf *b)
{
    size_t folder = column + 1, name = column + 2, folder_raw = column + 3, name_raw = column + 4;
    ash_buf_clear(b);
    if (!ash_rows_int(rows, column)) {
        ash_buf_add_view(b, ash_rows_text(rows, ash_rows_null(rows, folder_raw) ? folder : folder_raw));
        if (!ash_folder_has_slash(ash_buf_view(b)))
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
        .path = ash_scope_path(r, 2, &s->path),
        .share = (uint32_t)ash_rows_int(r, 7),
        .actor = (uint32_t)ash_rows_int(r, 8),
        .grade = (uint8_t)ash_rows_int(r, 9),
        .changes = (uint8_t)ash_rows_int(r, 10),
        .flags = (uint8_t)ash_rows_int(r, 24),
        .standing = (uint8_t)ash_rows_int(r, 25),
        .why = (uint32_t)ash_rows_int(r, 26),
        .first_cs = ash_rows_int(r, 11),
        .last_cs = ash_rows_int(r, 12),
        .records = ash_rows_int(r, 13),
        .entries = ash_rows_int(r, 14),
        .accesses = ash_rows_int(r, 15),
        .actors = ash_rows_int(r, 16),
        .track = ash_rows_int(r, 17),
    };
    if (ash_rows_int(r, 23))
        ret->new_path = ash_scope_path(r, 18, &s->new_path);
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

int ash_scope_counts(ash_reader *r, ash_counts *ret, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(
        r->duck,
        "SELECT count(*) FILTER (grade = 60), count(*) FILTER (grade = 50), "
        "count(*) FILTER (grade = 40), coalesce(sum(entries) FILTER (grade = 40), 0)::BIGINT, "
        "count(*) FILTER (grade = 20 AND changes = 0), count(*) FILTER (grade = 10 AND "
        "changes = 0), count(*) FILTER (grade = 30 AND changes = 0), "
        /* Temporary files of programs (ASH_ACCESS_STEP) are no changes of a person. */
        "count(*) FILTER (changes <> 0 AND flags & 32 = 0), "
        "count(*) FILTER (changes & 1 <> 0 AND flags & 32 = 0), "
        "count(*) FILTER (changes & 2 <> 0 AND flags & 32 = 0), "
        "count(*) FILTER (changes & 4 <> 0 AND flags & 32 = 0), "
        "coalesce(sum(accesses), 0)::BIGINT, coalesce(sum(records), 0)::BIGINT, "
        "count(*) FILTER (grade >= 50 AND standing = 1), count(*) FILTER (grade >= 50 AND standing = 2), "
        "count(*) FILTER (grade >= 50 AND standing = 3) FROM scope",
        NULL, 0, &rows, err);
    if (rc == 0)
        rc = ash_rows_next(rows, err);
    if (rc == 1) {
        int64_t *out[] = {&ret->read,    &ret->opened,  &ret->listed,   &ret->names,
                          &ret->denied,  &ret->missing, &ret->seen,     &ret->changed,
                          &ret->written, &ret->renamed, &ret->deleted,  &ret->accesses,
                          &ret->records, &ret->confirmed, &ret->probable, &ret->possible};
        for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
            *out[i] = ash_rows_int(rows, i);
    }
    ash_rows_free(rows);
    return rc < 0 ? rc : 0;
}

int ash_scope_folders(ash_reader *r, unsigned limit,
                      void (*each)(void *user, const ash_folder_row *row), void *user,
                      ash_error *err)
{
    ash_buf sql;
    ash_rows *rows = NULL;
    ash_buf_init(&sql, 1u << 16);
    /* A listed folder counts for itself, a file for the folder it lies in. */
    ash_buf_addf(&sql,
                 "WITH placed AS (SELECT s.share, s.grade, s.changes, CASE WHEN s.grade = 40 THEN "
                 "path_of(d.dir, d.folder, p.name) ELSE "
                 "coalesce(d.folder, '') END AS place FROM scope s JOIN found_paths p USING (path) "
                 "LEFT JOIN found_dirs d ON d.dir = p.dir) SELECT share, place, "
                 "count(*) FILTER (grade = 60), count(*) FILTER (grade = 50), "
                 "count(*) FILTER (grade = 40), count(*) FILTER (grade = 20), "
                 "count(*) FILTER (changes <> 0) FROM placed "
                 "GROUP BY ALL HAVING max(grade) >= 20 OR max(changes) > 0 "
                 "ORDER BY 3 DESC, 4 DESC, 7 DESC, 5 DESC, 6 DESC, place LIMIT %u",
                 limit);
    int rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &rows, err);
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
