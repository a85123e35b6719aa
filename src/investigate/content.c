#include "investigate/content_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "extract/open.h"
#include "ledger/seal.h"

/* Rows and seconds after which what was found is made durable. */
#define COMMIT_ROWS 5000u
#define COMMIT_SECONDS 5.0

typedef struct pending {
    bool used;
    int64_t share;
    ash_buf path;
    struct stat st;
    bool changed;
    uint8_t sha256[ASH_SHA256_SIZE];
} pending;

struct ash_content {
    ash_content_options o;
    ash_pool *pool;
    ash_case *c;
    ash_sha256 *hash;
    char *block;
    pending waiting[ASH_HELPERS_MAX];
    ash_content_totals t;
    uint64_t total;
    bool in_transaction;
    unsigned rows;
    double committed, began;
    ash_error failed; /* in a callback */
    int rc;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t ns_of(struct timespec t)
{
    return t.tv_sec * ASH_NS_PER_S + t.tv_nsec;
}

int ash_content_tables(ash_case *c, ash_error *err)
{
    return ash_db_run(
        &c->db,
        "CREATE TABLE IF NOT EXISTS contents(id INTEGER PRIMARY KEY, sha256 TEXT, version TEXT, size INTEGER,"
        " kind TEXT, outcome TEXT, partly INTEGER, encoding TEXT, text_bytes INTEGER, inner_bytes INTEGER,"
        " members INTEGER, lost TEXT, records INTEGER, persons BLOB, sketch BLOB, UNIQUE(sha256, version));"
        "CREATE TABLE IF NOT EXISTS files(share INTEGER, path TEXT, outcome TEXT, size INTEGER,"
        " modified INTEGER, status_changed INTEGER, changed INTEGER, content INTEGER, examined INTEGER,"
        " PRIMARY KEY(share, path)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS classes(content INTEGER, class TEXT, \"group\" TEXT, count INTEGER,"
        " doubtful INTEGER, different INTEGER, confidence TEXT, places TEXT, PRIMARY KEY(content, class))"
        " WITHOUT ROWID",
        err);
}

/* --- transactions --------------------------------------------------------------- */

static int begin(ash_content *x, ash_error *err)
{
    if (x->in_transaction)
        return 0;
    int rc = ash_case_begin(x->c, err);
    x->in_transaction = rc == 0;
    x->committed = now();
    return rc;
}

static int commit(ash_content *x, ash_error *err)
{
    if (!x->in_transaction)
        return 0;
    int rc = x->c->ledger == NULL ? 0 : ash_ledger_checkpoint(x->c->ledger, NULL, 0, err);
    if (rc == 0)
        rc = ash_case_commit(x->c, err);
    if (rc < 0)
        ash_case_rollback(x->c);
    x->in_transaction = false;
    x->rows = 0;
    return rc;
}

static int commit_some(ash_content *x, ash_error *err)
{
    return x->rows >= COMMIT_ROWS || (x->rows > 0 && now() - x->committed > COMMIT_SECONDS) ? commit(x, err)
                                                                                         : 0;
}

/* --- rows ------------------------------------------------------------------------- */

static int put_file(ash_content *x, int64_t share, ash_view path, const char *outcome, const struct stat *st,
                    bool changed, int64_t content, ash_error *err)
{
    struct timespec t;
    int rc = begin(x, err);
    clock_gettime(CLOCK_REALTIME, &t);
    x->rows++;
    if (rc < 0)
        return rc;
    if (st == NULL)
        return ash_db_exec(&x->c->db, err,
                           "INSERT OR REPLACE INTO files(share, path, outcome, examined) VALUES(?, ?, ?, ?)",
                           "ivsi", share, path, outcome, ns_of(t));
    return ash_db_exec(&x->c->db, err,
                       "INSERT OR REPLACE INTO files VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?)", "ivsiiiiii",
                       share, path, outcome, (int64_t)st->st_size, ns_of(st->st_mtim), ns_of(st->st_ctim),
                       (int64_t)changed, content, ns_of(t));
}

/* "encrypted=2 too-deep=1" */
static void lost_text(const ash_extract_result *r, ash_buf *out)
{
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        if (r->lost[i] > 0)
            ash_buf_addf(out, "%s%s=%llu", out->n > 0 ? " " : "", ash_readout_name((ash_readout)i),
                         (unsigned long long)r->lost[i]);
}

static int put_content(ash_content *x, const char *sha, int64_t size, const ash_pool_result *r, int64_t *ret,
                       ash_error *err)
{
    const ash_extract_result *e = &r->extract;
    ash_buf lost;
    ash_buf_init(&lost, 4096);
    lost_text(e, &lost);
    int rc = begin(x, err);
    if (rc == 0)
        rc = ash_db_exec(&x->c->db, err,
                         "INSERT OR IGNORE INTO contents(sha256, version, size, kind, outcome, partly, encoding,"
                         " text_bytes, inner_bytes, members, lost) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "ssissisiiiv", sha, x->o.version, size, ash_kind_name(e->kind),
                         ash_readout_name(e->outcome), (int64_t)e->partly, e->encoding, (int64_t)e->text_bytes,
                         (int64_t)e->inner_bytes, (int64_t)e->members, ash_buf_view(&lost));
    bool made = sqlite3_changes(x->c->db.handle) > 0;
    ash_buf_free(&lost);
    if (rc == 0)
        rc = ash_db_int(&x->c->db, ret, 0, err, "SELECT id FROM contents WHERE sha256 = ? AND version = ?", "ss",
                        sha, x->o.version);
    if (rc == 0 && made && x->o.store != NULL && r->bytes.n > 0)
        rc = x->o.store(x->o.shared, x->c, *ret, r->bytes, err);
    return rc;
}

static bool outcome_of_text(ash_view name, ash_readout *ret)
{
    *ret = ASH_READOUT_STOPPED;
    return ash_readout_by_name(name, ret);
}

/* 1: the file was examined by these rules and is as it was then. */
static int is_unchanged(ash_content *x, const ash_content_file *f, const struct stat *st, ash_error *err)
{
    sqlite3_stmt *q;
    int rc = ash_db_query(&x->c->db, &q, err,
                          "SELECT f.outcome FROM files f JOIN contents c ON c.id = f.content WHERE f.share = ? AND "
                          "f.path = ? AND f.size = ? AND f.modified = ? AND f.status_changed = ? AND c.version = ?",
                          "iviiis", f->share, f->path, (int64_t)st->st_size, ns_of(st->st_mtim), ns_of(st->st_ctim),
                          x->o.version);
    if (rc < 0)
        return rc;
    rc = ash_db_step(&x->c->db, q, err);
    if (rc == 1) {
        ash_readout o;
        outcome_of_text(ash_db_view(q, 0), &o);
        x->t.by_outcome[o]++;
        x->t.unchanged++;
    }
    sqlite3_finalize(q);
    return rc;
}

/* The content's number if it was read by these rules, else 0. */
static int find_content(ash_content *x, const char *sha, int64_t *ret, ash_readout *ret_outcome, ash_error *err)
{
    sqlite3_stmt *q;
    int rc = ash_db_query(&x->c->db, &q, err, "SELECT id, outcome FROM contents WHERE sha256 = ? AND version = ?",
                          "ss", sha, x->o.version);
    if (rc < 0)
        return rc;
    rc = ash_db_step(&x->c->db, q, err);
    *ret = rc == 1 ? sqlite3_column_int64(q, 0) : 0;
    if (rc == 1)
        outcome_of_text(ash_db_view(q, 1), ret_outcome);
    sqlite3_finalize(q);
    return rc < 0 ? rc : 0;
}

/* --- one file ------------------------------------------------------------------------ */

/* A helper came to an end with a file. */
static void on_done(void *user, uint64_t id, const ash_pool_result *r)
{
    ash_content *x = user;
    pending *w = &x->waiting[id];
    char sha[2 * ASH_SHA256_SIZE + 1];
    int64_t content = 0;
    int rc = x->rc;
    ash_hex(sha, w->sha256, ASH_SHA256_SIZE);
    if (rc == 0)
        rc = put_content(x, sha, (int64_t)w->st.st_size, r, &content, &x->failed);
    if (rc == 0)
        rc = put_file(x, w->share, ash_buf_view(&w->path), ash_readout_name(r->extract.outcome), &w->st, w->changed,
                      content, &x->failed);
    x->t.by_outcome[r->extract.outcome]++;
    x->t.read++;
    x->t.partly += r->extract.partly;
    x->rc = rc;
    w->used = false;
}

static pending *free_slot(ash_content *x, uint64_t *ret_id)
{
    for (size_t i = 0; i < ASH_HELPERS_MAX; i++)
        if (!x->waiting[i].used) {
            *ret_id = i;
            return &x->waiting[i];
        }
    return NULL; /* never: a helper holds one at most */
}

static ash_readout hash_file(ash_content *x, int fd, const struct stat *st, uint8_t out[ASH_SHA256_SIZE])
{
    struct stat after;
    uint64_t at = 0;
    if ((uint64_t)st->st_size > ASH_EXTRACT_FILE_MAX)
        return ASH_READOUT_TOO_LARGE;
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    for (ssize_t n; at < (uint64_t)st->st_size && !ash_content_stopped(x); at += (uint64_t)n) {
        n = pread(fd, x->block, ASH_BLOCK_SIZE, (off_t)at);
        if (n <= 0)
            return n < 0 ? ASH_READOUT_UNREADABLE : ASH_READOUT_CHANGING;
        ash_sha256_update(x->hash, x->block, (size_t)n);
    }
    ash_sha256_take(x->hash, out);
    x->t.bytes += at;
    if (ash_content_stopped(x))
        return ASH_READOUT_STOPPED;
    return fstat(fd, &after) != 0                                                        ? ASH_READOUT_UNREADABLE
           : after.st_size != st->st_size || ns_of(after.st_mtim) != ns_of(st->st_mtim) ? ASH_READOUT_CHANGING
                                                                                        : ASH_READOUT_OK;
}

static int give(ash_content *x, const ash_content_file *f, int fd, const char *name, const struct stat *st,
                bool changed, const uint8_t *sha256, ash_error *err)
{
    ash_file_hint hint = {.name = ash_view_z(name), .size = (uint64_t)st->st_size};
    uint64_t id = 0;
    pending *w = free_slot(x, &id);
    if (w == NULL)
        return ash_fail(err, ASH_E_STATE, "content", "%s", _("out of memory"));
    /* Giving may wait for another file to be done, which frees its slot, not this. */
    ash_buf_clear(&w->path);
    ash_buf_add_view(&w->path, f->path);
    if (w->path.failed)
        return ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    w->used = true;
    w->share = f->share;
    w->st = *st;
    w->changed = changed;
    memcpy(w->sha256, sha256, ASH_SHA256_SIZE);
    int rc = ash_pool_give(x->pool, fd, &hint, id, err);
    if (rc < 0)
        w->used = false;
    return rc;
}

static int lost(ash_content *x, const ash_content_file *f, ash_readout o, const struct stat *st, bool changed,
                ash_error *err)
{
    if (o == ASH_READOUT_STOPPED)
        return 0;
    x->t.by_outcome[o]++;
    return put_file(x, f->share, f->path, ash_readout_name(o), st, changed, 0, err);
}

static int examine(ash_content *x, const ash_content_file *f, int fd, const char *name, const struct stat *st,
                   ash_error *err)
{
    uint8_t sha256[ASH_SHA256_SIZE];
    char sha[2 * ASH_SHA256_SIZE + 1];
    int64_t content;
    ash_readout known = ASH_READOUT_OK;
    bool changed = f->last_cs != INT64_MIN && ns_of(st->st_mtim) > f->last_cs * ASH_CS_NS + ASH_NS_PER_S;
    x->t.changed += changed;
    int rc = is_unchanged(x, f, st, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    ash_readout o = hash_file(x, fd, st, sha256);
    if (o != ASH_READOUT_OK)
        return lost(x, f, o, st, changed, err);
    rc = find_content(x, ash_hex(sha, sha256, ASH_SHA256_SIZE), &content, &known, err);
    if (rc < 0)
        return rc;
    if (content == 0)
        return give(x, f, fd, name, st, changed, sha256, err);
    x->t.known++;
    x->t.by_outcome[known]++;
    return put_file(x, f->share, f->path, ash_readout_name(known), st, changed, content, err);
}

int ash_content_take(ash_content *x, const ash_content_file *f, int folder, const char *name, ash_error *err)
{
    struct stat st;
    bool touched = false;
    int fd = -1, rc;
    ash_readout o = folder < 0 ? ASH_READOUT_GONE : ash_open_file(folder, name, &fd, &st, &touched);
    x->t.files++;
    x->t.touched += touched;
    if (o == ASH_READOUT_OK) {
        rc = examine(x, f, fd, name, &st, err);
        close(fd);
    } else {
        rc = lost(x, f, o, NULL, false, err);
    }
    if (rc == 0 && x->rc < 0) {
        if (err != NULL)
            *err = x->failed;
        rc = x->rc;
    }
    if (rc == 0)
        rc = commit_some(x, err);
    if (x->o.progress != NULL) {
        ash_content_progress p = {x->t.files, x->total, x->t.bytes, now() - x->began};
        x->o.progress(x->o.user, &p);
    }
    return rc;
}

/* --- runs ------------------------------------------------------------------------------ */

bool ash_content_stopped(const ash_content *x)
{
    return x->o.stop != NULL && atomic_load_explicit(x->o.stop, memory_order_relaxed);
}

int ash_content_start(ash_content **ret, const ash_content_options *o, ash_error *err)
{
    ash_content *x = calloc(1, sizeof *x);
    if (x != NULL)
        x->block = malloc(ASH_BLOCK_SIZE);
    if (x == NULL || x->block == NULL) {
        free(x);
        return ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    }
    x->o = *o;
    for (size_t i = 0; i < ASH_HELPERS_MAX; i++)
        ash_buf_init(&x->waiting[i].path, ASH_PATH_MAX);
    ash_pool_options p = {.helpers = o->helpers,
                          .use = o->use,
                          .shared = o->shared,
                          .timeout_s = o->timeout_s,
                          .done = on_done,
                          .user = x};
    int rc = ash_pool_start(&x->pool, &p, err);
    if (rc == 0)
        rc = ash_sha256_new(&x->hash, err);
    if (rc < 0) {
        ash_content_stop(x);
        return rc;
    }
    *ret = x;
    return 0;
}

void ash_content_setup(ash_content *x, ash_view setup)
{
    ash_pool_setup(x->pool, setup);
}

void ash_content_stop(ash_content *x)
{
    if (x == NULL)
        return;
    ash_pool_stop(x->pool);
    ash_sha256_free(x->hash);
    for (size_t i = 0; i < ASH_HELPERS_MAX; i++)
        ash_buf_free(&x->waiting[i].path);
    free(x->block);
    free(x);
}

/* What the machine may have been to blame for is tried again, once in a run. */
static int forget_failures(ash_content *x, ash_error *err)
{
    int rc = begin(x, err);
    if (rc == 0)
        rc = ash_db_run(&x->c->db,
                        "DELETE FROM classes WHERE content IN (SELECT id FROM contents WHERE outcome IN "
                        "('killed', 'timeout', 'no-memory', 'no-program'));"
                        "DELETE FROM contents WHERE outcome IN ('killed', 'timeout', 'no-memory', 'no-program')",
                        err);
    return rc;
}

int ash_content_begin(ash_content *x, ash_case *c, uint64_t files_total, ash_error *err)
{
    x->c = c;
    x->total = files_total;
    x->began = x->committed = now();
    x->rc = 0;
    int rc = ash_content_tables(c, err);
    return rc == 0 ? forget_failures(x, err) : rc;
}

int ash_content_finish(ash_content *x, int rc, ash_error *err)
{
    int done = ash_pool_finish(x->pool, rc < 0 ? NULL : err);
    if (rc == 0)
        rc = done;
    if (rc == 0 && x->rc < 0) {
        *err = x->failed;
        rc = x->rc;
    }
    if (rc == 0)
        rc = commit(x, err);
    if (rc < 0 && x->in_transaction) {
        ash_case_rollback(x->c);
        x->in_transaction = false;
    }
    return rc == 0 && ash_content_stopped(x) ? ash_fail(err, ASH_E_INTERRUPTED, "content", "%s", _("stopped")) : rc;
}

ash_content_totals ash_content_sum(const ash_content *x)
{
    return x->t;
}
