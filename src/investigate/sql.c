#include "investigate/sql.h"

/* Up to so many numbers go into a statement as a list. */
#define LIST_MAX 20000

int ash_sql_run(ash_reader *r, ash_buf *sql, ash_error *err)
{
    int rc = sql->failed ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory")
                         : ash_duck_run(r->duck, ash_buf_z(sql), err);
    ash_buf_clear(sql);
    return rc;
}

int ash_sql_number(ash_reader *r, const char *query, int64_t *ret, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(r->duck, query, NULL, 0, &rows, err);
    *ret = 0;
    if (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        *ret = ash_rows_int(rows, 0);
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

int ash_sql_in(ash_reader *r, ash_buf *sql, const char *column, const char *query, ash_error *err)
{
    int64_t n = 0;
    ash_rows *rows = NULL;
    ash_buf count;
    ash_buf_init(&count, 4096);
    ash_buf_addf(&count, "SELECT count(*) FROM (%s)", query);
    int rc = ash_sql_number(r, ash_buf_z(&count), &n, err);
    ash_buf_free(&count);
    ash_buf_addf(sql, "%s IN (", column);
    if (rc < 0 || n == 0 || n > LIST_MAX) {
        ash_buf_addf(sql, "%s)", query);
        return rc;
    }
    rc = ash_duck_query(r->duck, query, NULL, 0, &rows, err);
    for (const char *comma = ""; rc == 0 && (rc = ash_rows_next(rows, err)) == 1; rc = 0) {
        ash_buf_addf(sql, "%s%lld", comma, (long long)ash_rows_int(rows, 0));
        comma = ",";
    }
    ash_rows_free(rows);
    ash_buf_add_c(sql, ')');
    return rc;
}
