/* SQLite, thinly: statements with typed arguments, errors as ash_error.
 *
 * `types` describes the arguments one by one: i int64_t, f double, s const
 * char * (NULL = NULL), v ash_view as text, b ash_view as blob, n nothing
 * (NULL, takes no argument). */
#ifndef ASH_CASE_DB_H
#define ASH_CASE_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "base/view.h"

typedef struct ash_db {
    sqlite3 *handle;
    char path[4096];
} ash_db;

int ash_db_open(ash_db *db, const char *path, bool create, bool read_only, ash_error *err)
    ASH_MUST_USE;
/* Read-only, by an address of SQLite ("file:...?immutable=1"); path is for messages. */
int ash_db_open_uri(ash_db *db, const char *path, const char *uri, ash_error *err) ASH_MUST_USE;
void ash_db_close(ash_db *db);

/* Runs statements without arguments. */
int ash_db_run(ash_db *db, const char *sql, ash_error *err) ASH_MUST_USE;

/* Runs one statement with arguments; its rows, if any, are dropped. */
int ash_db_exec(ash_db *db, ash_error *err, const char *sql, const char *types, ...) ASH_MUST_USE;

/* A query; step with ash_db_step, free with sqlite3_finalize. */
int ash_db_query(ash_db *db, sqlite3_stmt **ret, ash_error *err, const char *sql,
                 const char *types, ...) ASH_MUST_USE;
/* 1 row, 0 end, negative error. */
int ash_db_step(ash_db *db, sqlite3_stmt *st, ash_error *err) ASH_MUST_USE;

/* The first column of the first row as a number; fallback if there is none. */
int ash_db_int(ash_db *db, int64_t *ret, int64_t fallback, ash_error *err, const char *sql,
               const char *types, ...) ASH_MUST_USE;

/* A column as a view; valid until the next step. */
ash_view ash_db_view(sqlite3_stmt *st, int column);

/* The same as a C string, "" for NULL: what a column never is in a case of ours, it can
 * be in one that somebody hands over. */
const char *ash_db_z(sqlite3_stmt *st, int column);

#endif
