#include "investigate/findings.h"

#include <stdlib.h>

static ash_finding_row row_of(sqlite3_stmt *st)
{
    int k = 0;
    ash_finding_row row = {.id = sqlite3_column_int64(st, k++)};
    ash_finding *f = &row.f;
    f->kind = (uint8_t)sqlite3_column_int(st, k++);
    f->severity = (uint8_t)sqlite3_column_int(st, k++);
    f->flags = (uint32_t)sqlite3_column_int(st, k++);
    f->actor = (uint32_t)sqlite3_column_int64(st, k++);
    int64_t share = sqlite3_column_int64(st, k++);
    f->share = share < 0 ? UINT32_MAX : (uint32_t)share;
    f->first = sqlite3_column_int64(st, k++);
    f->at = sqlite3_column_int64(st, k++);
    f->last = sqlite3_column_int64(st, k++);
    f->window_s = (uint32_t)sqlite3_column_int64(st, k++);
    uint64_t *counts[] = {&f->listed,  &f->read,    &f->opened,  &f->denied,
                          &f->missing, &f->changed, &f->folders, &f->accounts};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = (uint64_t)sqlite3_column_int64(st, k++);
    f->value = sqlite3_column_double(st, k++);
    f->threshold = sqlite3_column_double(st, k++);
    f->measure = (uint8_t)sqlite3_column_int(st, k++);
    f->basis = (uint8_t)sqlite3_column_int(st, k++);
    f->usual = sqlite3_column_double(st, k++);
    f->times = (uint32_t)sqlite3_column_int64(st, k++);
    f->key = (uint64_t)sqlite3_column_int64(st, k++);
    f->raised = sqlite3_column_int64(st, k++);
    f->number = (uint32_t)row.id;
    row.track = sqlite3_column_int64(st, k++);
    return row;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = (*(ash_finding_row *const *)a)->id, y = (*(ash_finding_row *const *)b)->id;
    return x < y ? -1 : x > y;
}

static int compare_id(const void *key, const void *row)
{
    int64_t x = *(const int64_t *)key, y = (*(ash_finding_row *const *)row)->id;
    return x < y ? -1 : x > y;
}

/* The accesses each finding names. */
static int load_telling(ash_findings *list, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    if (list->n == 0)
        return 0;
    ash_finding_row **by_id = malloc(list->n * sizeof *by_id);
    if (by_id == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    for (size_t i = 0; i < list->n; i++)
        by_id[i] = &list->rows[i];
    qsort(by_id, list->n, sizeof(ash_finding_row *), compare_ids);
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT finding, input, offset, time, grew FROM finding_accesses "
                          "ORDER BY finding, place",
                          "");
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);
        ash_finding_row **row = bsearch(&id, by_id, list->n, sizeof(ash_finding_row *), compare_id);
        const ash_telling t = {.input = (uint32_t)sqlite3_column_int64(st, 1),
                               .offset = (uint64_t)sqlite3_column_int64(st, 2),
                               .time = sqlite3_column_int64(st, 3),
                               .grew = (uint32_t)sqlite3_column_int(st, 4)};
        if (row != NULL)
            ash_finding_tell(&(*row)->f, &t);
        rc = 0;
    }
    if (rc == 0)
        sqlite3_finalize(st);
    free(by_id);
    return rc;
}

int ash_findings_load(ash_findings *ret, ash_reader *r, const ash_filter *filter, ash_error *err)
{
    sqlite3_stmt *st;
    ash_findings list = {0};
    size_t cap = 0;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT id, kind, severity, flags, actor, share, first, at, last, "
                          "window_s, listed, read, opened, denied, missing, changed, folders, "
                          "accounts, value, threshold, measure, basis, usual, times, "
                          "\"key\", raised, coalesce((SELECT min(track) FROM "
                          "track_findings x WHERE x.finding = findings.id), 0) FROM findings "
                          "ORDER BY at, id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        ash_finding_row row = row_of(st);
        if (row.f.actor >= ash_actors_count(r->actors) || !ash_filter_actor(filter, r, row.f.actor) ||
            !ash_filter_span(filter, row.f.first, row.f.last))
            continue;
        if (list.n == cap) {
            cap = cap == 0 ? 32 : cap * 2;
            ash_finding_row *p = realloc(list.rows, cap * sizeof *p);
            if (p == NULL) {
                rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
                break;
            }
            list.rows = p;
        }
        list.rows[list.n++] = row;
    }
    sqlite3_finalize(st);
    if (rc == 0)
        rc = load_telling(&list, r, err);
    if (rc < 0) {
        ash_findings_free(&list);
        return rc;
    }
    *ret = list;
    return 0;
}

void ash_findings_free(ash_findings *f)
{
    free(f->rows);
    *f = (ash_findings){0};
}
