/* C columns -> DuckDB, through the table function ash_stream(). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/text.h"
#include "store/duck_internal.h"

static duckdb_type type_of(ash_column_type t)
{
    switch (t) {
    case ASH_COL_U8: return DUCKDB_TYPE_UTINYINT;
    case ASH_COL_U16: return DUCKDB_TYPE_USMALLINT;
    case ASH_COL_U32: return DUCKDB_TYPE_UINTEGER;
    case ASH_COL_I64: return DUCKDB_TYPE_BIGINT;
    case ASH_COL_TIME: return DUCKDB_TYPE_TIMESTAMP_MS;
    case ASH_COL_TEXT: return DUCKDB_TYPE_VARCHAR;
    case ASH_COL_RAW: return DUCKDB_TYPE_BLOB;
    }
    return DUCKDB_TYPE_INVALID;
}

static void stream_bind(duckdb_bind_info info)
{
    const ash_duck *d = duckdb_bind_get_extra_info(info);
    for (size_t i = 0; i < d->stream->n_columns; i++) {
        duckdb_logical_type t = duckdb_create_logical_type(type_of(d->stream->columns[i].type));
        duckdb_bind_add_result_column(info, d->stream->columns[i].name, t);
        duckdb_destroy_logical_type(&t);
    }
}

static void stream_init(duckdb_init_info info)
{
    /* The position is the ash_duck's: one stream, one thread. */
    duckdb_init_set_max_threads(info, 1);
}

#define GATHER(type)                                                        \
    do {                                                                    \
        type *out = duckdb_vector_get_data(v);                              \
        const type *in = c->data;                                           \
        if (in == NULL)                                                     \
            for (size_t k = 0; k < n; k++)                                  \
                out[k] = (type)c->constant;                                 \
        else if (order == NULL)                                             \
            memcpy(out, in + at, n * sizeof *out);                          \
        else                                                                \
            for (size_t k = 0; k < n; k++)                                  \
                out[k] = in[order[at + k]];                                 \
    } while (0)

static void set_nulls(const ash_column *c, duckdb_vector v, size_t n)
{
    const uint32_t *out = duckdb_vector_get_data(v);
    duckdb_vector_ensure_validity_writable(v);
    uint64_t *valid = duckdb_vector_get_validity(v);
    for (size_t k = 0; k < n; k++)
        if (out[k] == c->null_value)
            duckdb_validity_set_row_invalid(valid, k);
}

static bool fill_text(ash_duck *d, const ash_column *c, duckdb_vector v, size_t n)
{
    const ash_view *in = c->data;
    const uint32_t *order = d->stream->order;
    uint64_t *valid = NULL;
    if (c->type == ASH_COL_RAW) {
        duckdb_vector_ensure_validity_writable(v);
        valid = duckdb_vector_get_validity(v);
    }
    for (size_t k = 0; k < n; k++) {
        ash_view t = in[order == NULL ? d->stream_at + k : order[d->stream_at + k]];
        bool utf8 = ash_utf8_valid(t);
        if (c->type == ASH_COL_RAW && utf8) {
            duckdb_validity_set_row_invalid(valid, k);
            continue;
        }
        if (c->type == ASH_COL_TEXT && !utf8) {
            if (t.n * 3 > d->scratch_cap) {
                char *p = realloc(d->scratch, t.n * 3);
                if (p == NULL)
                    return false;
                d->scratch = p;
                d->scratch_cap = t.n * 3;
            }
            t = ash_view_of(d->scratch, ash_utf8_repair(d->scratch, t));
        }
        duckdb_vector_assign_string_element_len(v, k, t.n == 0 ? "" : t.p, t.n);
    }
    return true;
}

static void stream_next(duckdb_function_info info, duckdb_data_chunk out_chunk)
{
    ash_duck *d = duckdb_function_get_extra_info(info);
    const ash_columns *s = d->stream;
    const uint32_t *order = s->order;
    size_t at = d->stream_at, n = s->n_rows - at;
    if (n > duckdb_vector_size())
        n = duckdb_vector_size();
    for (size_t i = 0; i < s->n_columns && n > 0; i++) {
        const ash_column *c = &s->columns[i];
        duckdb_vector v = duckdb_data_chunk_get_vector(out_chunk, i);
        switch (c->type) {
        case ASH_COL_U8: GATHER(uint8_t); break;
        case ASH_COL_U16: GATHER(uint16_t); break;
        case ASH_COL_U32: GATHER(uint32_t); break;
        case ASH_COL_I64:
        case ASH_COL_TIME: GATHER(int64_t); break;
        case ASH_COL_TEXT:
        case ASH_COL_RAW:
            if (!fill_text(d, c, v, n)) {
                duckdb_function_set_error(info, "out of memory");
                return;
            }
            break;
        }
        if (c->nullable)
            set_nulls(c, v, n);
    }
    d->stream_at = at + n;
    duckdb_data_chunk_set_size(out_chunk, n);
}

int ash_duck_register(ash_duck *d, ash_error *err)
{
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_table_function_set_name(f, "ash_stream");
    duckdb_table_function_set_extra_info(f, d, NULL);
    duckdb_table_function_set_bind(f, stream_bind);
    duckdb_table_function_set_init(f, stream_init);
    duckdb_table_function_set_function(f, stream_next);
    duckdb_state rc = duckdb_register_table_function(d->conn, f);
    duckdb_destroy_table_function(&f);
    if (rc != DuckDBSuccess)
        return ash_duck_fail(err, "the embedded database cannot be started", "table function");
    return 0;
}

static int run_stream(ash_duck *d, const ash_columns *c, const char *sql, ash_error *err)
{
    d->stream = c;
    d->stream_at = 0;
    int rc = ash_duck_run(d, sql, err);
    d->stream = NULL;
    free(d->scratch);
    d->scratch = NULL;
    d->scratch_cap = 0;
    return rc;
}

int ash_duck_table(ash_duck *d, const ash_columns *c, const char *name, ash_error *err)
{
    char sql[160];
    snprintf(sql, sizeof sql, "CREATE OR REPLACE TABLE %s AS SELECT * FROM ash_stream()", name);
    return run_stream(d, c, sql, err);
}

int ash_duck_write(ash_duck *d, const ash_columns *c, const char *query, const ash_parquet *how,
                   const char *path, ash_error *err)
{
    ash_buf sql, tmp;
    ash_buf_init(&tmp, 8192);
    ash_buf_init(&sql, 16384);
    ash_buf_addf(&tmp, "%s.tmp", path);
    ash_buf_addf(&sql, "COPY (%s) TO ", query == NULL ? "SELECT * FROM ash_stream()" : query);
    ash_sql_quote(&sql, ash_buf_view(&tmp));
    ash_buf_addf(&sql,
                 " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL %u, PARQUET_VERSION v2, "
                 "ROW_GROUP_SIZE %u%s)",
                 how->level, how->row_group, how->no_dictionary ? ", DICTIONARY_SIZE_LIMIT 1" : "");
    int rc = sql.failed || tmp.failed ? ash_fail(err, ASH_E_NOMEM, "store", "path is too long")
                                      : run_stream(d, c, ash_buf_z(&sql), err);
    if (rc == 0)
        rc = ash_io_publish(ash_buf_z(&tmp), path, err);
    if (rc < 0)
        unlink(ash_buf_z(&tmp));
    ash_buf_free(&sql);
    ash_buf_free(&tmp);
    return rc;
}
