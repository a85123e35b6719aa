#include "case/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "case/schema.h"

#define TEMP_PREFIX "tmp-"

const char *ash_case_path(const ash_case *c, const char *name, char *buf, size_t size)
{
    snprintf(buf, size, "%s/%s", c->dir, name);
    return buf;
}

static int take_lock(ash_case *c, ash_error *err)
{
    char path[4096], text[32];
    ash_case_path(c, "lock", path, sizeof path);
    c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->lock_fd < 0)
        return ash_fail_at(err, ASH_E_IO, "case", path, ASH_NO_OFFSET,
                           "the case cannot be written");
    if (flock(c->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t n = pread(c->lock_fd, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = '\0';
        close(c->lock_fd);
        c->lock_fd = -1; /* not ours: closing the case must not empty it */
        return ash_fail_at(err, ASH_E_STATE, "case", c->dir, ASH_NO_OFFSET,
                           "another ashiato (process %s) is working on this case",
                           n > 0 ? text : "?");
    }
    int n = snprintf(text, sizeof text, "%ld", (long)getpid());
    if (ftruncate(c->lock_fd, 0) != 0 || pwrite(c->lock_fd, text, (size_t)n, 0) != n)
        return ash_io_fail(err, path, "the case cannot be written");
    return 0;
}

int ash_case_lock_shared(const char *dir, int *ret_fd, ash_error *err)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/lock", dir);
    *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*ret_fd >= 0 && flock(*ret_fd, LOCK_SH | LOCK_NB) != 0) {
        close(*ret_fd);
        return ash_fail_at(err, ASH_E_STATE, "case", dir, ASH_NO_OFFSET,
                           "another ashiato is working on this case; try again when that has ended");
    }
    return 0;
}

const char *ash_case_input_path(const char *dir, int64_t input, const char *path, const char *kept,
                                char *buf, size_t size)
{
    if (kept[0] != '\0') {
        snprintf(buf, size, "%s/inputs/%s", dir, kept);
        return buf;
    }
    snprintf(buf, size, "%s/" ASH_ORIGINAL_NAME, dir, (long long)input);
    return access(buf, F_OK) == 0 ? buf : path;
}

static int make_new(ash_case *c, ash_error *err)
{
    char hex[2 * ASH_SIPKEY_SIZE + 1], seed_hex[17];
    int rc = ash_random(&c->seed, sizeof c->seed, err);
    if (rc == 0)
        rc = ash_random(c->path_key, sizeof c->path_key, err);
    if (rc == 0)
        rc = ash_db_run(&c->db, "BEGIN IMMEDIATE", err);
    if (rc == 0)
        rc = ash_db_run(&c->db, ash_case_schema, err);
    if (rc == 0)
        rc = ash_case_set(c, "format", ASH_CASE_FORMAT, err);
    if (rc == 0)
        rc = ash_case_set_text(c, "seed", ash_hex(seed_hex, &c->seed, sizeof c->seed), err);
    if (rc == 0)
        rc = ash_case_set_text(c, "path_key", ash_hex(hex, c->path_key, sizeof c->path_key), err);
    return rc == 0 ? ash_db_run(&c->db, "COMMIT", err) : rc;
}

static int load_meta(ash_case *c, ash_error *err)
{
    char text[80];
    int64_t format;
    int rc = ash_case_get(c, "format", &format, 0, err);
    if (rc < 0)
        return rc;
    if (format != ASH_CASE_FORMAT)
        return ash_fail_at(err, ASH_E_FORMAT, "case", c->dir, ASH_NO_OFFSET,
                           "was made in format %lld; this version of ashiato reads format %d",
                           (long long)format, ASH_CASE_FORMAT);
    rc = ash_case_get_text(c, "seed", text, sizeof text, err);
    if (rc == 0 && ash_unhex(&c->seed, sizeof c->seed, ash_view_z(text)) < 0)
        rc = ash_fail_at(err, ASH_E_FORMAT, "case", c->dir, ASH_NO_OFFSET, "is damaged: it has no hash seed");
    if (rc == 0)
        rc = ash_case_get_text(c, "path_key", text, sizeof text, err);
    if (rc == 0 && ash_unhex(c->path_key, sizeof c->path_key, ash_view_z(text)) < 0)
        rc = ash_fail_at(err, ASH_E_FORMAT, "case", c->dir, ASH_NO_OFFSET, "is damaged: it has no path key");
    if (rc == 0)
        rc = ash_case_get_text(c, "zone", text, sizeof text, err);
    c->zone = ash_zone_fixed(0);
    c->zone_set = rc == 0 && text[0] != '\0' && ash_zone_parse(text, &c->zone, NULL) == 0;
    return rc;
}

const char *ash_case_temp(const ash_case *c, char *buf, size_t size)
{
    char name[32];
    snprintf(name, sizeof name, TEMP_PREFIX "%ld", (long)getpid());
    return ash_case_path(c, name, buf, size);
}

static void remove_folder(const char *dir)
{
    DIR *d = opendir(dir);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char path[4400];
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        unlink(path); /* "." and ".." are refused */
    }
    if (d != NULL)
        closedir(d);
    rmdir(dir);
}

/* Temporary folders of processes that are gone. What cannot be removed does no
 * harm but the space it takes. */
static void sweep_temp(const ash_case *c)
{
    DIR *d = opendir(c->dir);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char path[4400];
        long pid = strncmp(e->d_name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0
                       ? strtol(e->d_name + strlen(TEMP_PREFIX), NULL, 10)
                       : 0;
        if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            remove_folder(ash_case_path(c, e->d_name, path, sizeof path));
    }
    if (d != NULL)
        closedir(d);
}

int ash_case_open(ash_case *c, const char *dir, ash_case_mode mode, ash_error *err)
{
    char path[4096];
    memset(c, 0, sizeof *c);
    c->lock_fd = -1;
    if (strlen(dir) == 0 || strlen(dir) >= sizeof c->dir - 64)
        return ash_fail(err, ASH_E_USAGE, "case", "the case folder's name is empty or too long");
    snprintf(c->dir, sizeof c->dir, "%s", dir);
    ash_case_path(c, "case.sqlite", path, sizeof path);
    bool exists = access(path, F_OK) == 0;
    if (!exists && mode != ASH_CASE_CREATE)
        return ash_fail_at(err, ASH_E_NOTFOUND, "case", dir, ASH_NO_OFFSET,
                           "is not a case; `ashiato investigate INPUT... --case %s` makes one", dir);
    int rc = 0;
    if (!exists)
        rc = ash_io_mkdirs(dir, err);
    if (rc == 0 && mode != ASH_CASE_READ)
        rc = take_lock(c, err);
    if (rc == 0 && mode != ASH_CASE_READ)
        sweep_temp(c);
    if (rc == 0)
        rc = ash_db_open(&c->db, path, !exists, mode == ASH_CASE_READ, err);
    if (rc == 0 && mode != ASH_CASE_READ)
        rc = ash_db_run(&c->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", err);
    /* One state of the case for all that a reader asks, whatever a run adds
     * meanwhile: rows of one table name rows of another. */
    if (rc == 0 && mode == ASH_CASE_READ)
        rc = ash_db_run(&c->db, "BEGIN", err);
    /* A run killed while it made the case leaves a file without tables. */
    int64_t tables = 0;
    if (rc == 0)
        rc = ash_db_int(&c->db, &tables, 0, err,
                        "SELECT count(*) FROM sqlite_master WHERE name = 'meta'", "");
    if (rc == 0 && tables == 0)
        rc = mode == ASH_CASE_CREATE
                 ? make_new(c, err)
                 : ash_fail_at(err, ASH_E_NOTFOUND, "case", dir, ASH_NO_OFFSET, "is an empty case");
    if (rc == 0)
        rc = load_meta(c, err);
    if (rc < 0)
        ash_case_close(c);
    return rc;
}

void ash_case_close(ash_case *c)
{
    if (c->db.handle != NULL)
        ash_db_close(&c->db);
    if (c->lock_fd >= 0) {
        /* Nobody works on it. Left standing, the number would do no harm. */
        if (ftruncate(c->lock_fd, 0) != 0)
            errno = 0;
        close(c->lock_fd);
    }
    c->lock_fd = -1;
}

int ash_case_get(ash_case *c, const char *key, int64_t *ret, int64_t fallback, ash_error *err)
{
    return ash_db_int(&c->db, ret, fallback, err, "SELECT value FROM meta WHERE key = ?", "s", key);
}

int ash_case_set(ash_case *c, const char *key, int64_t value, ash_error *err)
{
    return ash_db_exec(&c->db, err, "INSERT OR REPLACE INTO meta VALUES(?, ?)", "si", key, value);
}

int ash_case_get_text(ash_case *c, const char *key, char *buf, size_t size, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&c->db, &st, err, "SELECT value FROM meta WHERE key = ?", "s", key);
    if (rc < 0)
        return rc;
    rc = ash_db_step(&c->db, st, err);
    buf[0] = '\0';
    if (rc == 1)
        snprintf(buf, size, "%s", ash_db_z(st, 0));
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

int ash_case_set_text(ash_case *c, const char *key, const char *value, ash_error *err)
{
    return ash_db_exec(&c->db, err, "INSERT OR REPLACE INTO meta VALUES(?, ?)", "ss", key, value);
}

int ash_case_set_zone(ash_case *c, const ash_zone *z, ash_error *err)
{
    c->zone = *z;
    c->zone_set = true;
    return ash_case_set_text(c, "zone", z->name, err);
}

int ash_case_begin(ash_case *c, ash_error *err)
{
    return ash_db_run(&c->db, "BEGIN IMMEDIATE", err);
}

int ash_case_commit(ash_case *c, ash_error *err)
{
    return ash_db_run(&c->db, "COMMIT", err);
}

void ash_case_rollback(ash_case *c)
{
    ash_error ignored;
    if (ash_db_run(&c->db, "ROLLBACK", &ignored) < 0)
        return; /* nothing was begun */
}

/* Actors whose client was found after they were first stored. */
static int bind_actors(ash_case *c, ash_actors *a, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&c->db, &st, err,
                          "SELECT id, server, account, client, workstation FROM actors "
                          "WHERE placeholder IS NOT NULL", "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&c->db, st, err)) == 1) {
        ash_origin o = {.server = ash_db_view(st, 1),
                        .account = ash_db_view(st, 2),
                        .client = ash_db_view(st, 3),
                        .workstation = ash_db_view(st, 4)};
        ash_ids to;
        bool overflow;
        uint32_t id = (uint32_t)sqlite3_column_int64(st, 0);
        rc = ash_actors_intern(a, &o, &to, &overflow, err);
        if (rc < 0)
            break;
        if (id < ash_actors_count(a))
            ash_actors_bind(a, id, to.actor);
    }
    sqlite3_finalize(st);
    while (ash_actors_take_bound(a) != ASH_ID_NONE)
        ; /* these are stored */
    return rc;
}

int ash_case_load_actors(ash_case *c, ash_actors *a, ash_error *err)
{
    /* Ids come out as they were, because they are given in order of sight:
     * servers by the actors' and shares' first records. They are loaded first,
     * so that their numbers do not depend on what comes after. */
    static const char *const queries[] = {
        "SELECT id, name, '', '', '', 0 FROM servers ORDER BY id",
        ("SELECT id, server, account, coalesce(placeholder, client), "
         "coalesce(placeholder_workstation, workstation), 1 FROM actors ORDER BY id"),
        "SELECT id, server, name, '', '', 2 FROM shares ORDER BY id",
    };
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        sqlite3_stmt *st;
        int rc = ash_db_query(&c->db, &st, err, queries[q], "");
        if (rc < 0)
            return rc;
        while ((rc = ash_db_step(&c->db, st, err)) == 1) {
            ash_origin o = {.server = ash_db_view(st, 1)};
            int kind = sqlite3_column_int(st, 5);
            if (kind == 1) {
                o.account = ash_db_view(st, 2);
                o.client = ash_db_view(st, 3);
                o.workstation = ash_db_view(st, 4);
            } else if (kind == 2) {
                o.share = ash_db_view(st, 2);
            }
            rc = ash_actors_restore(a, &o, (ash_actors_table)kind, err);
            if (rc < 0)
                break;
        }
        sqlite3_finalize(st);
        if (rc < 0)
            return rc;
    }
    return bind_actors(c, a, err);
}

static int store_bound(ash_case *c, ash_actors *a, ash_error *err)
{
    int rc = 0;
    for (uint32_t i; rc == 0 && (i = ash_actors_take_bound(a)) != ASH_ID_NONE;) {
        ash_actor now = ash_actors_at(a, i), first = ash_actors_original(a, i);
        rc = ash_db_exec(&c->db, err,
                         "UPDATE actors SET client = ?, workstation = ?, placeholder = ?, "
                         "placeholder_workstation = ? WHERE id = ?",
                         "vvvvi", now.client, now.workstation, first.client, first.workstation,
                         (int64_t)i);
    }
    return rc;
}

int ash_case_store_actors(ash_case *c, ash_actors *a, uint32_t first_actor,
                          uint32_t first_share, ash_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; i < ash_servers_count(a) && rc == 0; i++)
        rc = ash_db_exec(&c->db, err, "INSERT OR IGNORE INTO servers VALUES(?, ?)", "iv",
                         (int64_t)i, ash_servers_at(a, i));
    for (uint32_t i = first_actor; i < ash_actors_count(a) && rc == 0; i++) {
        ash_actor x = ash_actors_original(a, i);
        rc = ash_db_exec(&c->db, err,
                         "INSERT INTO actors(id, server, account, client, workstation) "
                         "VALUES(?, ?, ?, ?, ?)",
                         "ivvvv", (int64_t)i, x.server, x.account, x.client, x.workstation);
    }
    for (uint32_t i = first_share; i < ash_shares_count(a) && rc == 0; i++) {
        ash_share x = ash_shares_at(a, i);
        rc = ash_db_exec(&c->db, err, "INSERT INTO shares(id, server, name) VALUES(?, ?, ?)", "ivv",
                         (int64_t)i, x.server, x.name);
    }
    return rc == 0 ? store_bound(c, a, err) : rc;
}
