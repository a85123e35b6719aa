/* SQLite databases: every row of every table, from memory, read-only. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "extract/strings.h"

static int halted(void *user)
{
    return !ash_job_goes(user);
}

static void put_cell(ash_job *j, sqlite3_stmt *st, int i)
{
    if (sqlite3_column_type(st, i) == SQLITE_BLOB || sqlite3_column_type(st, i) == SQLITE_NULL)
        return;
    const char *p = (const char *)sqlite3_column_text(st, i);
    size_t n = (size_t)sqlite3_column_bytes(st, i);
    if (p != NULL)
        ash_emit_flat(j, p, n);
}

/* Column names are the first row: they say what the values are. */
static int put_table(ash_job *j, sqlite3 *db, const char *table)
{
    sqlite3_stmt *st;
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
    int rc = sql == NULL ? SQLITE_NOMEM : sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    sqlite3_free(sql);
    if (rc != SQLITE_OK)
        return rc;
    ash_emit_begin(j, ASH_UNIT_ROW, ash_view_z(table));
    int n = sqlite3_column_count(st);
    for (int i = 0; i < n; i++) {
        const char *name = sqlite3_column_name(st, i);
        ash_emit(j, name, strlen(name));
        ash_emit_c(j, i + 1 < n ? '\t' : '\n');
    }
    while (ash_job_goes(j) && (rc = sqlite3_step(st)) == SQLITE_ROW)
        for (int i = 0; i < n; i++) {
            put_cell(j, st, i);
            ash_emit_c(j, i + 1 < n ? '\t' : '\n');
        }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int put_tables(ash_job *j, sqlite3 *db)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                "sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_stat%'",
                                -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    int worst = SQLITE_OK;
    while (ash_job_goes(j) && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        int got = name == NULL ? SQLITE_CORRUPT : put_table(j, db, name);
        worst = got == SQLITE_OK ? worst : got;
    }
    sqlite3_finalize(st);
    return rc != SQLITE_DONE && rc != SQLITE_OK ? rc : worst;
}

ash_readout ash_read_sqlite(ash_job *j, const ash_bytes *b)
{
    sqlite3 *db = NULL;
    const char *map = ash_bytes_map(b);
    if (map == NULL)
        return b->n > ASH_EXTRACT_MAP_MAX ? ASH_READOUT_TOO_LARGE : ASH_READOUT_NO_MEMORY;
    unsigned char *p = (unsigned char *)(uintptr_t)map;
    /* A database in WAL mode (file format, 1.3) cannot be opened from memory. What
     * stands in its -wal file alone is not seen. */
    if (b->n > 20 && p[18] == 2)
        p[18] = p[19] = 1;
    int rc = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_exec(db, "PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
        sqlite3_progress_handler(db, 100000, halted, j);
        rc = sqlite3_deserialize(db, "main", p, (sqlite3_int64)b->n, (sqlite3_int64)b->n,
                                 SQLITE_DESERIALIZE_READONLY);
    }
    if (rc == SQLITE_OK)
        rc = put_tables(j, db);
    ash_emit_flush(j);
    sqlite3_close(db);
    ash_bytes_unmap(b, map);
    return rc == SQLITE_OK || !ash_job_goes(j) ? ASH_READOUT_OK
           : rc == SQLITE_NOMEM                ? ASH_READOUT_NO_MEMORY
                                               : ASH_READOUT_DAMAGED;
}
