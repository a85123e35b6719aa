/* Query results, row by row. */
#include <stdio.h>
#include <stdlib.h>

#include "store/duck_internal.h"

typedef struct column_state {
    const char *name;
    duckdb_type type;
    void *data;
    uint64_t *valid;
} column_state;

struct ash_rows {
    duckdb_result result;
    duckdb_data_chunk chunk;
    size_t n_columns;
    column_state *columns;
    size_t at, n; /* in the chunk */
};

static bool is_plain(duckdb_type t)
{
    switch (t) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
        return true;
    default:
        return false;
    }
}

/* A query may yield types this reader does not know (lists, decimals, hugeints
 * of a sum): they are cast to text by a query around it. */
static bool all_plain(const duckdb_prepared_statement st)
{
    idx_t n = duckdb_prepared_statement_column_count(st);
    for (idx_t i = 0; i < n; i++)
        if (!is_plain(duckdb_prepared_statement_column_type(st, i)))
            return false;
    return true;
}

static int execute(duckdb_prepared_statement st, const char *const *args, size_t n_args,
                   ash_rows *r, ash_error *err)
{
    for (size_t i = 0; i < n_args; i++)
        if (duckdb_bind_varchar(st, i + 1, args[i]) != DuckDBSuccess)
            return ash_duck_fail(err, "the query cannot take an argument", args[i]);
    if (duckdb_execute_prepared_streaming(st, &r->result) != DuckDBSuccess)
        return ash_duck_fail(err, "the query failed", duckdb_result_error(&r->result));
    r->n_columns = duckdb_column_count(&r->result);
    r->columns = calloc(r->n_columns + 1, sizeof *r->columns);
    if (r->columns == NULL)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory");
    for (size_t i = 0; i < r->n_columns; i++) {
        r->columns[i].name = duckdb_column_name(&r->result, i);
        r->columns[i].type = duckdb_column_type(&r->result, i);
    }
    return 0;
}

static int prepare(ash_duck *d, const char *sql, duckdb_prepared_statement *st, ash_error *err)
{
    if (duckdb_prepare(d->conn, sql, st) == DuckDBSuccess)
        return 0;
    int rc = ash_duck_fail(err, "the query was refused", duckdb_prepare_error(*st));
    duckdb_destroy_prepare(st);
    return rc;
}

static int prepare_as_text(ash_duck *d, const char *sql, duckdb_prepared_statement *st,
                           ash_error *err)
{
    size_t n = strlen(sql) + 64;
    char *wrapped = malloc(n);
    if (wrapped == NULL)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory");
    snprintf(wrapped, n, "SELECT COLUMNS(*)::VARCHAR FROM (%s\n)", sql);
    int rc = prepare(d, wrapped, st, err);
    free(wrapped);
    return rc;
}

int ash_duck_query(ash_duck *d, const char *sql, const char *const *args, size_t n_args,
                   ash_rows **ret, ash_error *err)
{
    duckdb_prepared_statement st;
    int rc = prepare(d, sql, &st, err);
    if (rc < 0)
        return rc;
    if (!all_plain(st)) {
        duckdb_destroy_prepare(&st);
        rc = prepare_as_text(d, sql, &st, err);
        if (rc < 0)
            return rc;
    }
    ash_rows *r = calloc(1, sizeof *r);
    rc = r == NULL ? ash_fail(err, ASH_E_NOMEM, "store", "out of memory")
                   : execute(st, args, n_args, r, err);
    duckdb_destroy_prepare(&st);
    if (rc < 0) {
        ash_rows_free(r);
        return rc;
    }
    *ret = r;
    return 0;
}

void ash_rows_free(ash_rows *r)
{
    if (r == NULL)
        return;
    if (r->chunk != NULL)
        duckdb_destroy_data_chunk(&r->chunk);
    duckdb_destroy_result(&r->result);
    free(r->columns);
    free(r);
}

size_t ash_rows_columns(const ash_rows *r)
{
    return r->n_columns;
}

const char *ash_rows_name(const ash_rows *r, size_t c)
{
    return r->columns[c].name;
}

bool ash_rows_numeric(const ash_rows *r, size_t c)
{
    duckdb_type t = r->columns[c].type;
    return is_plain(t) && t != DUCKDB_TYPE_VARCHAR && t != DUCKDB_TYPE_BLOB &&
           t != DUCKDB_TYPE_TIMESTAMP &&
           t != DUCKDB_TYPE_TIMESTAMP_MS && t != DUCKDB_TYPE_BOOLEAN;
}

int ash_rows_next(ash_rows *r, ash_error *err)
{
    if (++r->at < r->n)
        return 1;
    for (;;) {
        if (r->chunk != NULL)
            duckdb_destroy_data_chunk(&r->chunk);
        r->chunk = duckdb_fetch_chunk(r->result);
        if (r->chunk == NULL) {
            const char *why = duckdb_result_error(&r->result);
            r->n = r->at = 0;
            return why != NULL && why[0] != '\0' ? ash_duck_fail(err, "the query failed", why) : 0;
        }
        r->n = duckdb_data_chunk_get_size(r->chunk);
        r->at = 0;
        for (size_t i = 0; i < r->n_columns; i++) {
            duckdb_vector v = duckdb_data_chunk_get_vector(r->chunk, i);
            r->columns[i].data = duckdb_vector_get_data(v);
            r->columns[i].valid = duckdb_vector_get_validity(v);
        }
        if (r->n > 0)
            return 1;
    }
}

bool ash_rows_null(const ash_rows *r, size_t c)
{
    return r->columns[c].valid != NULL && !duckdb_validity_row_is_valid(r->columns[c].valid, r->at);
}

int64_t ash_rows_int(const ash_rows *r, size_t c)
{
    const void *p = r->columns[c].data;
    if (ash_rows_null(r, c))
        return 0;
    switch (r->columns[c].type) {
    case DUCKDB_TYPE_BOOLEAN: return ((const bool *)p)[r->at];
    case DUCKDB_TYPE_TINYINT: return ((const int8_t *)p)[r->at];
    case DUCKDB_TYPE_SMALLINT: return ((const int16_t *)p)[r->at];
    case DUCKDB_TYPE_INTEGER: return ((const int32_t *)p)[r->at];
    case DUCKDB_TYPE_UTINYINT: return ((const uint8_t *)p)[r->at];
    case DUCKDB_TYPE_USMALLINT: return ((const uint16_t *)p)[r->at];
    case DUCKDB_TYPE_UINTEGER: return ((const uint32_t *)p)[r->at];
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_MS: return ((const int64_t *)p)[r->at];
    case DUCKDB_TYPE_DOUBLE: return (int64_t)((const double *)p)[r->at];
    default: return 0;
    }
}

double ash_rows_float(const ash_rows *r, size_t c)
{
    if (r->columns[c].type == DUCKDB_TYPE_DOUBLE && !ash_rows_null(r, c))
        return ((const double *)r->columns[c].data)[r->at];
    return (double)ash_rows_int(r, c);
}

ash_view ash_rows_text(const ash_rows *r, size_t c)
{
    duckdb_type t = r->columns[c].type;
    if (ash_rows_null(r, c) || (t != DUCKDB_TYPE_VARCHAR && t != DUCKDB_TYPE_BLOB))
        return (ash_view){0};
    duckdb_string_t *s = &((duckdb_string_t *)r->columns[c].data)[r->at];
    return ash_view_of(duckdb_string_t_data(s), duckdb_string_t_length(*s));
}
