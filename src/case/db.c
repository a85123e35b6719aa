#include "case/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static int fail(ash_db *db, int rc, ash_error *err)
{
    int code = rc & 0xff;
    if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_CANTOPEN) {
        /* What SQLite kept of errno may be of a later call: only what can be the
         * cause is told. */
        int why = code == SQLITE_FULL ? ENOSPC : sqlite3_system_errno(db->handle);
        bool cause = why == ENOSPC || why == EDQUOT || why == EIO || why == EACCES || why == EPERM ||
                     why == EROFS || why == EMFILE;
        errno = cause ? why : 0;
        return ash_fail_at(err, ASH_E_IO, "case", db->path, ASH_NO_OFFSET,
                           why == ENOSPC || why == EDQUOT
                               ? "the case cannot be written (%s); free some space and run the same "
                                 "command again, it continues where it stopped"
                               : "the case cannot be read or written (%s)",
                           sqlite3_errmsg(db->handle));
    }
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return ash_fail_at(err, ASH_E_STATE, "case", db->path, ASH_NO_OFFSET,
                           "another ashiato is working on this case");
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return ash_fail_at(err, ASH_E_FORMAT, "case", db->path, ASH_NO_OFFSET,
                           "is damaged or not a case: %s", sqlite3_errmsg(db->handle));
    return ash_fail_at(err, code == SQLITE_NOMEM ? ASH_E_NOMEM : ASH_E_STORE, "case", db->path,
                       ASH_NO_OFFSET, "%s", sqlite3_errmsg(db->handle));
}

static int open_as(ash_db *db, const char *name, int flags, ash_error *err)
{
    int rc = sqlite3_open_v2(name, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        rc = fail(db, rc, err);
        ash_db_close(db);
        return rc;
    }
    sqlite3_busy_timeout(db->handle, 5000);
    sqlite3_extended_result_codes(db->handle, 1);
    return 0;
}

int ash_db_open(ash_db *db, const char *path, bool create, bool read_only, ash_error *err)
{
    snprintf(db->path, sizeof db->path, "%s", path);
    int flags = read_only ? SQLITE_OPEN_READONLY
                          : SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    return open_as(db, path, flags, err);
}

int ash_db_open_uri(ash_db *db, const char *path, const char *uri, ash_error *err)
{
    snprintf(db->path, sizeof db->path, "%s", path);
    return open_as(db, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
}

void ash_db_close(ash_db *db)
{
    sqlite3_close_v2(db->handle);
    db->handle = NULL;
}

int ash_db_run(ash_db *db, const char *sql, ash_error *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

static int bind(sqlite3_stmt *st, const char *types, va_list ap)
{
    int rc = SQLITE_OK;
    for (int i = 1; *types != '\0' && rc == SQLITE_OK; types++, i++) {
        const char *z;
        ash_view v;
        switch (*types) {
        case 'i': rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t)); break;
        case 'f': rc = sqlite3_bind_double(st, i, va_arg(ap, double)); break;
        case 's':
            z = va_arg(ap, const char *);
            rc = z == NULL ? sqlite3_bind_null(st, i)
                           : sqlite3_bind_text(st, i, z, -1, SQLITE_TRANSIENT);
            break;
        case 'v':
            v = va_arg(ap, ash_view);
            rc = sqlite3_bind_text64(st, i, v.n == 0 ? "" : v.p, v.n, SQLITE_TRANSIENT, SQLITE_UTF8);
            break;
        case 'b':
            v = va_arg(ap, ash_view);
            rc = sqlite3_bind_blob64(st, i, v.n == 0 ? "" : v.p, v.n, SQLITE_TRANSIENT);
            break;
        default: rc = sqlite3_bind_null(st, i); break;
        }
    }
    return rc;
}

static int query_va(ash_db *db, sqlite3_stmt **ret, ash_error *err, const char *sql,
                    const char *types, va_list ap)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = bind(st, types, ap);
    if (rc != SQLITE_OK) {
        rc = fail(db, rc, err);
        sqlite3_finalize(st);
        return rc;
    }
    *ret = st;
    return 0;
}

int ash_db_step(ash_db *db, sqlite3_stmt *st, ash_error *err)
{
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        return 1;
    return rc == SQLITE_DONE ? 0 : fail(db, rc, err);
}

int ash_db_query(ash_db *db, sqlite3_stmt **ret, ash_error *err, const char *sql,
                 const char *types, ...)
{
    va_list ap;
    va_start(ap, types);
    int rc = query_va(db, ret, err, sql, types, ap);
    va_end(ap);
    return rc;
}

int ash_db_exec(ash_db *db, ash_error *err, const char *sql, const char *types, ...)
{
    sqlite3_stmt *st;
    va_list ap;
    va_start(ap, types);
    int rc = query_va(db, &st, err, sql, types, ap);
    va_end(ap);
    if (rc < 0)
        return rc;
    do
        rc = ash_db_step(db, st, err);
    while (rc == 1);
    sqlite3_finalize(st);
    return rc;
}

int ash_db_int(ash_db *db, int64_t *ret, int64_t fallback, ash_error *err, const char *sql,
               const char *types, ...)
{
    sqlite3_stmt *st;
    va_list ap;
    va_start(ap, types);
    int rc = query_va(db, &st, err, sql, types, ap);
    va_end(ap);
    if (rc < 0)
        return rc;
    rc = ash_db_step(db, st, err);
    int64_t value = fallback;
    if (rc == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL)
        value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    if (rc < 0)
        return rc;
    *ret = value;
    return 0;
}

ash_view ash_db_view(sqlite3_stmt *st, int column)
{
    const void *p = sqlite3_column_blob(st, column);
    return ash_view_of(p, (size_t)sqlite3_column_bytes(st, column));
}

const char *ash_db_z(sqlite3_stmt *st, int column)
{
    const unsigned char *z = sqlite3_column_text(st, column);
    return z == NULL ? "" : (const char *)z;
}
