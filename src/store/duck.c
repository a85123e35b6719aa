#include "store/duck.h"

#include <duckdb.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "store/duck_internal.h"

int ash_duck_fail(ash_error *err, const char *what, const char *detail)
{
    char first[320];
    snprintf(first, sizeof first, "%s", detail == NULL ? "unknown error" : detail);
    bool full = strstr(first, strerror(ENOSPC)) != NULL;
    return ash_fail(err, ASH_E_STORE, "store", "%s: %s%s", _(what), first,
                    full ? _("; free some space and run the same command again, it continues where it "
                             "stopped")
                         : "");
}

static int configure(duckdb_config c, const ash_duck_options *o, ash_error *err)
{
    char threads[16], memory[24];
    snprintf(threads, sizeof threads, "%u", o->threads);
    snprintf(memory, sizeof memory, "%uMB", o->memory_mb == 0 ? 1024 : o->memory_mb);
    /* Nothing is ever fetched, and no code is loaded from outside. */
    const char *settings[][2] = {
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"memory_limit", memory},
        {"threads", o->threads == 0 ? NULL : threads},
        {"temp_directory", o->temp_dir == NULL ? "" : o->temp_dir},
        {"preserve_insertion_order", "true"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (settings[i][1] != NULL &&
            duckdb_set_config(c, settings[i][0], settings[i][1]) != DuckDBSuccess)
            return ash_duck_fail(err, "the database does not know a setting", settings[i][0]);
    return 0;
}

int ash_duck_open(ash_duck **ret, const ash_duck_options *o, ash_error *err)
{
    duckdb_config config = NULL;
    char *why = NULL;
    ash_duck *d = calloc(1, sizeof *d);
    if (d == NULL || duckdb_create_config(&config) != DuckDBSuccess) {
        free(d);
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory");
    }
    int rc = configure(config, o, err);
    if (rc == 0 && duckdb_open_ext(NULL, &d->db, config, &why) != DuckDBSuccess)
        rc = ash_duck_fail(err, "the embedded database cannot be started", why);
    duckdb_free(why);
    duckdb_destroy_config(&config);
    if (rc == 0 && duckdb_connect(d->db, &d->conn) != DuckDBSuccess)
        rc = ash_duck_fail(err, "the embedded database cannot be started", "no connection");
    if (rc == 0)
        rc = ash_duck_register(d, err);
    if (rc < 0) {
        ash_duck_close(d);
        return rc;
    }
    *ret = d;
    return 0;
}

void ash_duck_close(ash_duck *d)
{
    if (d == NULL)
        return;
    if (d->conn != NULL)
        duckdb_disconnect(&d->conn);
    if (d->db != NULL)
        duckdb_close(&d->db);
    free(d);
}

void ash_duck_interrupt(ash_duck *d)
{
    duckdb_interrupt(d->conn);
}

int ash_duck_run(ash_duck *d, const char *sql, ash_error *err)
{
    duckdb_result r;
    int rc = 0;
    if (duckdb_query(d->conn, sql, &r) != DuckDBSuccess)
        rc = ash_duck_fail(err, "the embedded database refused a statement", duckdb_result_error(&r));
    duckdb_destroy_result(&r);
    return rc;
}

void ash_sql_quote(ash_buf *b, ash_view text)
{
    ash_buf_add_c(b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            ash_buf_add_c(b, '\'');
        ash_buf_add_c(b, text.p[i]);
    }
    ash_buf_add_c(b, '\'');
}
