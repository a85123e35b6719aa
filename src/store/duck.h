/* DuckDB, embedded: an in-memory database with everything that could reach out
 * turned off, columns streamed from C into Parquet files, rows read back. */
#ifndef ASH_STORE_DUCK_H
#define ASH_STORE_DUCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

typedef struct ash_duck ash_duck;

typedef struct ash_duck_options {
    unsigned threads;         /* 0 = all */
    unsigned memory_mb;       /* 0 = 1024 */
    const char *temp_dir;     /* for queries larger than memory; NULL = none */
} ash_duck_options;

int ash_duck_open(ash_duck **ret, const ash_duck_options *o, ash_error *err) ASH_MUST_USE;
void ash_duck_close(ash_duck *d); /* NULL is fine */

/* Runs statements that return nothing. */
int ash_duck_run(ash_duck *d, const char *sql, ash_error *err) ASH_MUST_USE;

/* Asks a running query of another thread to stop. Async-signal-safe is not
 * promised by DuckDB; call it from a thread. */
void ash_duck_interrupt(ash_duck *d);

/* --- streaming columns out --------------------------------------------- */

typedef enum ash_column_type {
    ASH_COL_U8,
    ASH_COL_U16,
    ASH_COL_U32,
    ASH_COL_I64,
    ASH_COL_TIME, /* int64 milliseconds UTC -> TIMESTAMP_MS */
    ASH_COL_TEXT, /* ash_view; bytes that are not UTF-8 become U+FFFD */
    ASH_COL_RAW,  /* ash_view -> BLOB, NULL where the bytes are UTF-8 */
} ash_column_type;

typedef struct ash_column {
    const char *name;
    ash_column_type type;
    const void *data;    /* array of the type; NULL: the constant below */
    int64_t constant;
    uint32_t null_value; /* for U32: this value means NULL ... */
    bool nullable;       /* ... if this is set */
} ash_column;

typedef struct ash_columns {
    const ash_column *columns;
    size_t n_columns;
    size_t n_rows;
    const uint32_t *order; /* row i of the output is row order[i]; NULL: as they are */
} ash_columns;

/* How a file is written; measured in docs/decisions/0007-parquet.md. */
typedef struct ash_parquet {
    unsigned level;      /* of zstd */
    unsigned row_group;  /* rows */
    bool no_dictionary;  /* for columns that are sorted or unique */
} ash_parquet;

/* Writes the result of a query over ash_stream(), which yields the columns
 * (NULL: the columns themselves), as a Parquet file, makes it durable (fsync of
 * file and folder) and gives it its name last, so that a file of that name is
 * whole. */
int ash_duck_write(ash_duck *d, const ash_columns *c, const char *query, const ash_parquet *how,
                   const char *path, ash_error *err) ASH_MUST_USE;

/* Makes a table of that name in the database from the columns. */
int ash_duck_table(ash_duck *d, const ash_columns *c, const char *name, ash_error *err)
    ASH_MUST_USE;

/* --- reading rows ------------------------------------------------------ */

typedef struct ash_rows ash_rows;

/* Runs a query. Its text may hold '?'; the arguments are given as text and
 * converted by the query. Free with ash_rows_free. */
int ash_duck_query(ash_duck *d, const char *sql, const char *const *args, size_t n_args,
                   ash_rows **ret, ash_error *err) ASH_MUST_USE;
void ash_rows_free(ash_rows *r);

size_t ash_rows_columns(const ash_rows *r);
const char *ash_rows_name(const ash_rows *r, size_t column);
bool ash_rows_numeric(const ash_rows *r, size_t column);

/* 1: there is a row, 0: no more, negative: error. */
int ash_rows_next(ash_rows *r, ash_error *err) ASH_MUST_USE;

/* The present row's values; views live until the next row. Text and blobs as
 * they are; anything else as DuckDB prints it (converted by the query). */
bool ash_rows_null(const ash_rows *r, size_t column);
int64_t ash_rows_int(const ash_rows *r, size_t column); /* numbers, booleans, timestamps as stored */
double ash_rows_float(const ash_rows *r, size_t column);
ash_view ash_rows_text(const ash_rows *r, size_t column);

/* 'text' with quotes doubled, appended to SQL being built. */
struct ash_buf;
void ash_sql_quote(struct ash_buf *b, ash_view text);

#endif
