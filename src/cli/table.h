/* Lists in four formats: a table for people, JSON, CSV and TSV for programs.
 *
 * JSON is an array of objects. TSV has a header line; tab, newline, carriage
 * return and backslash are written \t \n \r \\, other control characters \xNN,
 * all other bytes as they are. CSV follows RFC 4180; a cell that a spreadsheet
 * would take for a formula gets an apostrophe in front. Documented in
 * docs/OUTPUT.md: a contract. */
#ifndef ASH_CLI_TABLE_H
#define ASH_CLI_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/arena.h"
#include "base/view.h"

typedef enum ash_format { ASH_FORMAT_TABLE, ASH_FORMAT_JSON, ASH_FORMAT_CSV, ASH_FORMAT_TSV } ash_format;

typedef struct ash_column_def {
    const char *name;  /* stable, for programs */
    const char *title; /* for people, marked for translation; NULL: not in the table */
    bool right;        /* numbers */
    bool last;         /* long text: the table shows it last, whatever its place */
} ash_column_def;

#define ASH_TABLE_COLUMNS 32

typedef struct ash_table {
    ash_format format;
    const ash_column_def *columns;
    size_t n_columns;
    size_t at;      /* next cell */
    uint64_t rows;
    bool colour;
    struct ash_json_out *json;
    /* table: rows are held until widths are known */
    ash_arena arena;
    const char **held;
    size_t n_held, cap_held;
    size_t widths[ASH_TABLE_COLUMNS];
    bool flowing; /* widths are settled; rows go out at once */
    bool failed;
} ash_table;

/* "table", "json", "csv", "tsv"; NULL after the last. */
const char *ash_format_name(size_t i);
int ash_format_parse(const char *text, ash_format *ret, ash_error *err) ASH_MUST_USE;

void ash_table_begin(ash_table *t, ash_format format, const ash_column_def *columns, size_t n);
void ash_table_text(ash_table *t, ash_view v);
void ash_table_z(ash_table *t, const char *z); /* NULL: empty, null in JSON */
/* Stable words, space-separated; a table shows them translated. */
void ash_table_words(ash_table *t, const char *z);
void ash_table_int(ash_table *t, int64_t n);
/* True if it went out; reports a full disk or closed pipe as false. */
bool ash_table_end(ash_table *t);
/* JSON on standard output, for what is no list of rows. NULL: out of memory. */
typedef struct ash_json_out ash_json_out;
ash_json_out *ash_json_out_begin(void);
struct ash_json *ash_json_of(ash_json_out *o);
bool ash_json_out_end(ash_json_out *o); /* as ash_table_end; NULL is fine */

/* Why a table could not be written, 0 if none failed. */
int ash_output_errno(void);

/* Sends standard output through $PAGER (less -RFXS) if it is a terminal.
 * Call ash_pager_end before exit. */
void ash_pager_begin(void);
void ash_pager_end(void);

#endif
