#include "ledger/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "case/case.h"
#include "ledger/book.h"
#include "ledger/verify_internal.h"

static const char *keep(ash_verifier *v, const char *z)
{
    ash_view copy = ash_arena_copy(&v->r->arena, ash_view_of(z, strlen(z) + 1));
    if (copy.p == NULL)
        v->failed = true;
    return copy.p == NULL ? "" : copy.p;
}

static void add(ash_verifier *v, ash_damage d, const char *fmt, va_list ap)
{
    char text[1024];
    vsnprintf(text, sizeof text, fmt, ap);
    pthread_mutex_lock(&v->lock);
    ash_verify_result *r = v->r;
    ash_verdict_of_case verdict = d.incomplete ? ASH_CASE_INCOMPLETE : ASH_CASE_DAMAGED;
    r->verdict = verdict > r->verdict ? verdict : r->verdict;
    if (r->n_damages == r->cap_damages && r->cap_damages < ASH_LEDGER_DAMAGES_MAX) {
        size_t cap = r->cap_damages == 0 ? 32 : r->cap_damages * 2;
        cap = cap < ASH_LEDGER_DAMAGES_MAX ? cap : ASH_LEDGER_DAMAGES_MAX;
        ash_damage *p = realloc(r->damages, cap * sizeof *p);
        v->failed = v->failed || p == NULL;
        r->damages = p == NULL ? r->damages : p;
        r->cap_damages = p == NULL ? r->cap_damages : cap;
    }
    if (r->n_damages < r->cap_damages) {
        d.file = keep(v, d.file);
        d.text = keep(v, text);
        r->damages[r->n_damages++] = d;
    } else {
        r->more++;
    }
    pthread_mutex_unlock(&v->lock);
}

void ash_damage_add(ash_verifier *v, const char *kind, const char *file, uint64_t offset,
                    uint64_t bytes, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(v, (ash_damage){.kind = kind, .file = file, .offset = offset, .bytes = bytes}, fmt, ap);
    va_end(ap);
}

void ash_gap_add(ash_verifier *v, const char *kind, const char *file, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(v, (ash_damage){.kind = kind, .file = file, .offset = ASH_NO_OFFSET, .incomplete = true}, fmt, ap);
    va_end(ap);
}

bool ash_verify_stopped(const ash_verifier *v)
{
    return v->o->stop != NULL && atomic_load(v->o->stop);
}

/* Ledger first, then by name and place: threads find them in any order. */
static int compare_damages(const void *a, const void *b)
{
    const ash_damage *x = a, *y = b;
    bool lx = strncmp(x->file, "ledger/", 7) == 0, ly = strncmp(y->file, "ledger/", 7) == 0;
    if (lx != ly)
        return lx ? -1 : 1;
    int by_name = strcmp(x->file, y->file);
    if (by_name != 0)
        return by_name;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* --- the database, without a trace in the case --------------------------------- */

/* SQLite makes files beside a database that it reads; not where it is told that
 * nothing changes. That is so where there is nothing in its log. */
static int open_database(ash_db *db, const char *dir, ash_error *err)
{
    char path[4200];
    struct stat st;
    ash_buf uri;
    snprintf(path, sizeof path, "%s/case.sqlite-wal", dir);
    bool quiet = stat(path, &st) != 0 || st.st_size == 0;
    snprintf(path, sizeof path, "%s/case.sqlite", dir);
    if (!quiet)
        return ash_db_open(db, path, false, true, err);
    ash_buf_init(&uri, 3 * sizeof path);
    ash_buf_add_z(&uri, "file:");
    for (const char *p = path; *p != '\0'; p++)
        ash_buf_addf(&uri, strchr("%?#", *p) != NULL ? "%%%02X" : "%c", (unsigned char)*p);
    ash_buf_add_z(&uri, "?immutable=1");
    int rc = ash_db_open_uri(db, path, ash_buf_z(&uri), err);
    ash_buf_free(&uri);
    return rc;
}

static int open_case(ash_db *db, const char *dir, char case_id[ASH_CASE_ID_SIZE], int64_t *ret_size,
                     ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = open_database(db, dir, err);
    if (rc == 0)
        rc = ash_db_int(db, ret_size, 0, err, "SELECT value FROM meta WHERE key = 'ledger_size'", "");
    if (rc == 0)
        rc = ash_db_query(db, &st, err, "SELECT value FROM meta WHERE key = 'case_id'", "");
    if (rc == 0 && (rc = ash_db_step(db, st, err)) == 1)
        snprintf(case_id, ASH_CASE_ID_SIZE, "%.*s", (int)ash_db_view(st, 0).n, ash_db_view(st, 0).p);
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

/* A database without a single table, of a case that holds nothing else: a run was
 * killed in its first moments. */
static bool is_unborn(ash_db *db, const char *dir)
{
    char path[4200];
    ash_error ignored;
    int64_t tables = 1;
    snprintf(path, sizeof path, "%s/store", dir);
    return db->handle != NULL && access(path, F_OK) != 0 &&
           ash_db_int(db, &tables, 1, &ignored, "SELECT count(*) FROM sqlite_master", "") == 0 && tables == 0;
}

/* The case's id as the ledger's first entry has it: for a case whose database
 * cannot be read. */
static void id_of_ledger(const char *dir, char case_id[ASH_CASE_ID_SIZE])
{
    static const char mark[] = "\"case\":\"";
    char path[4200], text[512];
    snprintf(path, sizeof path, "%s/ledger/entries.jsonl", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text, 0);
    if (fd >= 0)
        close(fd);
    ash_view v = ash_view_of(text, n < 0 ? 0 : (size_t)n);
    ptrdiff_t at = ash_view_find_str(v, ash_view_z(mark));
    if (at >= 0)
        v = ash_view_skip(v, (size_t)at + sizeof mark - 1);
    if (at >= 0 && v.n >= ASH_CASE_ID_SIZE)
        snprintf(case_id, ASH_CASE_ID_SIZE, "%.*s", ASH_CASE_ID_SIZE - 1, v.p);
}

/* --- all of it ------------------------------------------------------------------- */

static void tell_acts(ash_verifier *v)
{
    const ash_inventory *i = &v->inventory;
    ash_verify_result *r = v->r;
    r->hold = i->hold == NULL ? NULL : keep(v, i->hold);
    r->removals = malloc((i->n_retentions + 1) * sizeof *r->removals);
    v->failed |= r->removals == NULL;
    for (size_t k = 0; k < i->n_retentions && r->removals != NULL; k++) {
        const ash_retention *t = &i->retentions[k];
        if (!t->gone)
            r->removals[r->n_removals++] = (ash_verify_removal){.time = keep(v, t->time),
                                                                .rule = keep(v, t->rule),
                                                                .until = keep(v, t->until),
                                                                .entry = t->entry,
                                                                .accesses = t->accesses,
                                                                .segments = t->segments,
                                                                .files = t->files};
    }
}

static int verify(ash_verifier *v, ash_error *err)
{
    ash_db db = {0};
    ash_error why;
    int64_t size = 0;
    char id[ASH_CASE_ID_SIZE] = "";
    int opened = open_case(&db, v->dir, id, &size, &why), rc = 0;
    bool ledger = ash_book_exists(v->dir);
    if (opened < 0 && !ledger && is_unborn(&db, v->dir)) {
        ash_gap_add(v, "unsealed", "case.sqlite", "%s",
                    _("this case is empty: a run was killed while it made it"));
        ash_db_close(&db);
        return 0;
    }
    if (opened < 0)
        ash_damage_add(v, "unreadable", "case.sqlite", ASH_NO_OFFSET, 0, "%s", why.msg);
    v->recorded = opened == 0 ? size : 1;
    if (!ledger && size == 0 && opened == 0 && v->o->public_key == NULL && v->o->anchor == NULL) {
        ash_gap_add(v, "unsealed", "ledger", "%s", _("this case has no ledger: nothing can be verified"));
    } else if (!ledger) {
        ash_damage_add(v, "missing", "ledger", ASH_NO_OFFSET, 0, "%s", _("the case's ledger is gone"));
    } else {
        if (id[0] == '\0')
            id_of_ledger(v->dir, id);
        rc = ash_verify_book(v, id, err);
        if (rc == 0 && strcmp(id, v->inventory.case_id) != 0 && v->n_heads > 0)
            ash_damage_add(v, "case", "ledger/entries.jsonl", 0, 0, "%s",
                           _("the ledger and case.sqlite are of different cases"));
        bool begun = v->n_heads > 0 || v->recorded > 0;
        if (rc == 0 && begun)
            rc = ash_verify_files(v, err);
        if (rc == 0 && begun && opened == 0 && ash_verify_database(v, &db, &why) < 0)
            ash_damage_add(v, "unreadable", "case.sqlite", ASH_NO_OFFSET, 0, "%s", why.msg);
    }
    if (db.handle != NULL)
        ash_db_close(&db);
    snprintf(v->r->case_id, sizeof v->r->case_id, "%s", id);
    tell_acts(v);
    v->r->runs = v->inventory.runs;
    v->r->voids = v->inventory.voids;
    v->r->unfinished = v->inventory.unfinished;
    return rc == 0 && v->failed ? ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory") : rc;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int ash_verify(ash_verify_result *ret, const char *dir, const ash_verify_options *o, ash_error *err)
{
    char path[4200];
    struct stat st;
    ash_verify_result r = {0};
    ash_verifier v = {.dir = dir, .o = o, .r = &r, .entries = -1};
    int lock = -1;
    double began = seconds();
    snprintf(path, sizeof path, "%s/case.sqlite", dir);
    if (strlen(dir) >= 4000 || (stat(path, &st) != 0 && !ash_book_exists(dir)))
        return ash_fail_at(err, ASH_E_NOTFOUND, "ledger", dir, ASH_NO_OFFSET, "is not a case");
    int rc = ash_case_lock_shared(dir, &lock, err);
    if (rc < 0)
        return rc;
    ash_arena_init(&r.arena, 0);
    ash_inventory_init(&v.inventory);
    pthread_mutex_init(&v.lock, NULL);
    rc = verify(&v, err);
    pthread_mutex_destroy(&v.lock);
    ash_inventory_free(&v.inventory);
    free(v.heads);
    if (v.entries >= 0)
        close(v.entries);
    if (lock >= 0)
        close(lock);
    if (r.n_damages > 0)
        qsort(r.damages, r.n_damages, sizeof *r.damages, compare_damages);
    r.seconds = seconds() - began;
    if (rc < 0)
        ash_verify_free(&r);
    else
        *ret = r;
    return rc;
}

void ash_verify_free(ash_verify_result *r)
{
    ash_arena_free(&r->arena);
    free(r->damages);
    free(r->removals);
}
