#include "live/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/time.h"
#include "input/expand.h"

/* New files are looked for, and files that have not changed for long looked at,
 * this often, in seconds; files that are followed each time. */
#define LOOK_EVERY 1.0
/* A program goes on writing to a file it renamed until it is told: a rotated file
 * is read until nothing has come for so long, in seconds. */
#define ROTATED_GRACE 2.0
/* Blocks taken of one file before the others have their turn. */
#define TURN 8
/* Files that were not looked up but added: spools, and copies of emptied files. */
#define ADDED_MAX 1024u

typedef struct watched {
    char *path;
    ash_file_id id; /* when last looked at; of the feed while there is one */
    int64_t size, mtime;
    ash_feed *feed;
    double replaced; /* since when another file has the name; 0: it has not */
} watched;

struct ash_follow {
    ash_live *live;
    const char *const *args;
    size_t n_args;
    ash_follow_sink sink;
    void *user;
    watched *files;
    size_t n, cap;
    double looked;
    bool looked_once;
    int64_t since;
    /* files taken to their end, which may appear again under another name */
    ash_file_id taken[ASH_WATCH_TAKEN];
    size_t n_taken;
    uint64_t beyond; /* files there was no place for when last looked */
    bool said_beyond;
};

int ash_follow_new(ash_follow **ret, ash_live *live, const char *const *args, size_t n_args,
                   int64_t since, ash_follow_sink sink, void *user, ash_error *err)
{
    ash_follow *f = calloc(1, sizeof *f);
    if (f == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    *f = (ash_follow){.live = live, .args = args, .n_args = n_args, .since = since, .sink = sink, .user = user};
    *ret = f;
    return 0;
}

void ash_follow_free(ash_follow *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->n; i++)
        free(f->files[i].path);
    free(f->files);
    free(f);
}

static void tell(ash_follow *f, ash_follow_event what, const char *path, const char *detail)
{
    if (f->sink != NULL)
        f->sink(f->user, what, path, detail);
}

static watched *find(const ash_follow *f, const char *path)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->files[i].path, path) == 0)
            return &f->files[i];
    return NULL;
}

/* *ret: NULL if there are `most` already. */
static int add(ash_follow *f, const char *path, size_t most, watched **ret, ash_error *err)
{
    *ret = NULL;
    if (f->n >= most)
        return 0;
    if (f->n == f->cap) {
        size_t cap = f->cap == 0 ? 16 : f->cap * 2;
        watched *p = realloc(f->files, cap * sizeof *p);
        if (p == NULL)
            return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
        f->files = p;
        f->cap = cap;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    f->files[f->n] = (watched){.path = copy, .size = -1};
    *ret = &f->files[f->n++];
    return 0;
}

/* --- what is there ----------------------------------------------------- */

static bool same_file(ash_file_id a, ash_file_id b)
{
    return a.device == b.device && a.inode == b.inode;
}

static ash_file_id id_of(const struct stat *st)
{
    return (ash_file_id){st->st_dev, st->st_ino};
}

static int64_t mtime_of(const struct stat *st)
{
    return st->st_mtim.tv_sec * ASH_NS_PER_S + st->st_mtim.tv_nsec;
}

static void note(watched *w, const struct stat *st)
{
    w->id = id_of(st);
    w->size = st->st_size;
    w->mtime = mtime_of(st);
}

static bool changed(const watched *w, const struct stat *st)
{
    return w->size != st->st_size || w->mtime != mtime_of(st) || !same_file(w->id, id_of(st));
}

/* Read to its end under the name it had before, or being read under it now. */
static bool is_taken(const ash_follow *f, ash_file_id id)
{
    size_t n = f->n_taken < ASH_WATCH_TAKEN ? f->n_taken : ASH_WATCH_TAKEN;
    for (size_t i = 0; i < n; i++)
        if (same_file(f->taken[i], id))
            return true;
    for (size_t i = 0; i < f->n; i++)
        if (f->files[i].feed != NULL && same_file(ash_feed_id(f->files[i].feed), id))
            return true;
    return false;
}

/* What was written earlier is taken earlier, should several files be new. */
static int compare_new(const void *a, const void *b)
{
    const watched *x = a, *y = b;
    return x->mtime < y->mtime ? -1 : x->mtime > y->mtime;
}

/* Names that no file has any more, as logs named after days leave, make room. */
static void forget_gone(ash_follow *f)
{
    struct stat st;
    for (size_t i = f->n; i > 0; i--) {
        watched *w = &f->files[i - 1];
        if (w->feed != NULL || stat(w->path, &st) == 0 || errno != ENOENT)
            continue;
        free(w->path);
        *w = f->files[--f->n];
    }
}

/* Old files are in the case by the run that came before watching. */
static int look(ash_follow *f, ash_error *err)
{
    ash_candidates list;
    struct stat st;
    if (f->n_args == 0)
        return 0;
    if (f->n >= ASH_WATCH_FILES)
        forget_gone(f);
    size_t known = f->n;
    uint64_t beyond = 0;
    int rc = ash_expand(f->args, f->n_args, &list, err);
    if (rc < 0)
        return err->code == ASH_E_NOMEM ? rc : 0;
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        const ash_candidate *c = &list.items[i];
        watched *w;
        if (c->os_errno != 0 || c->problem != NULL || find(f, c->path) != NULL)
            continue;
        rc = add(f, c->path, ASH_WATCH_FILES, &w, err);
        beyond += rc == 0 && w == NULL;
        if (w == NULL || stat(c->path, &st) < 0)
            continue;
        w->mtime = mtime_of(&st);
        if (!f->looked_once && w->mtime < f->since * ASH_NS_PER_S)
            note(w, &st);
    }
    ash_candidates_free(&list);
    if (f->n > known + 1)
        qsort(f->files + known, f->n - known, sizeof *f->files, compare_new);
    f->looked_once = true;
    f->beyond = beyond;
    if (beyond > 0 && !f->said_beyond)
        tell(f, ASH_FOLLOW_BEYOND, f->args[0], "");
    f->said_beyond = beyond > 0;
    return rc;
}

/* --- one file ---------------------------------------------------------- */

static int begin(ash_follow *f, watched *w, const struct stat *st, ash_error *err)
{
    note(w, st);
    if (!S_ISREG(st->st_mode) || st->st_size == 0 || is_taken(f, w->id))
        return 0;
    int rc = ash_live_follow(f->live, w->path, &w->feed, err);
    if (rc == 1) {
        w->replaced = 0;
        w->id = ash_feed_id(w->feed);
        tell(f, ASH_FOLLOW_BEGUN, w->path, "");
        return 0;
    }
    if (rc == 0)
        tell(f, ASH_FOLLOW_REFUSED, w->path, err->msg);
    return rc;
}

static int end(ash_follow *f, watched *w, ash_error *err)
{
    ash_feed *feed = w->feed;
    w->feed = NULL;
    w->replaced = 0;
    w->size = -1;
    f->taken[f->n_taken++ % ASH_WATCH_TAKEN] = ash_feed_id(feed);
    return ash_live_end_feed(f->live, feed, err);
}

/* A file that begins like the one that was emptied, and has at least as much, is
 * the copy that was made of it. */
static bool is_copy(const char *path, const ash_feed *feed)
{
    uint32_t n;
    ash_hash128 start = ash_feed_start(feed, &n);
    char buf[4096];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is not waited for */
    if (fd < 0)
        return false;
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                (uint64_t)st.st_size >= ash_feed_position(feed) && !same_file(id_of(&st), ash_feed_id(feed));
    ssize_t got = fits ? pread(fd, buf, n < sizeof buf ? n : sizeof buf, 0) : -1;
    close(fd);
    if (got < 0 || (size_t)got != n)
        return false;
    ash_hash128 h = ash_hash128_of(buf, n);
    return h.lo == start.lo && h.hi == start.hi;
}

/* The copy beside an emptied file, if it is still there uncompressed. */
static int find_copy(const ash_feed *feed, char *ret, size_t size)
{
    char pattern[4200];
    glob_t g;
    int found = 0;
    /* A name with wildcards in it finds others too: they do not begin alike. */
    snprintf(pattern, sizeof pattern, "%s?*", ash_feed_path(feed));
    if (glob(pattern, GLOB_NOSORT, NULL, &g) != 0)
        return 0;
    for (size_t i = 0; i < g.gl_pathc && !found; i++) {
        found = is_copy(g.gl_pathv[i], feed);
        if (found)
            found = (size_t)snprintf(ret, size, "%s", g.gl_pathv[i]) < size;
    }
    globfree(&g);
    return found;
}

static int64_t wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * ASH_NS_PER_S + t.tv_nsec;
}

/* What was written between the last look and the emptying is in the copy, or
 * nowhere. */
static int on_emptied(ash_follow *f, watched *w, ash_error *err)
{
    char copy[4200], *path = strdup(w->path);
    if (path == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    int found = find_copy(w->feed, copy, sizeof copy);
    int64_t before = ash_live_totals_of(f->live).last_event;
    int rc = 0;
    tell(f, found ? ASH_FOLLOW_EMPTIED : ASH_FOLLOW_LOST, path, found ? copy : "");
    if (!found)
        rc = ash_live_note_loss(f->live, w->feed, 0, before, wall_clock(),
                                _("the file was emptied"), err);
    if (rc == 0)
        rc = end(f, w, err);
    f->n_taken--; /* the same file goes on with other bytes */
    if (rc == 0 && found) /* what the case has of the copy is told from what is stored */
        rc = ash_live_checkpoint(f->live, false, err);
    if (rc == 0 && found)
        rc = ash_follow_add(f, copy, err);
    free(path);
    return rc;
}

/* Takes a turn's worth; *ret_more: there may be more. */
static int pull(ash_follow *f, watched *w, uint64_t *bytes, bool *ret_more, ash_error *err)
{
    uint64_t n = 1;
    int rc = 0;
    for (int i = 0; i < TURN && n > 0 && rc == 0; i++) {
        rc = ash_live_pull(f->live, w->feed, &n, err);
        *bytes += n;
    }
    *ret_more = n > 0;
    return rc;
}

static int tick_feed(ash_follow *f, watched *w, double now, uint64_t *bytes, ash_error *err)
{
    struct stat st;
    bool more;
    uint64_t before = *bytes;
    if (ash_feed_size(w->feed) < ash_feed_position(w->feed))
        return on_emptied(f, w, err);
    int rc = pull(f, w, bytes, &more, err);
    if (rc < 0 || more)
        return rc;
    bool replaced = stat(w->path, &st) == 0 && !same_file(id_of(&st), ash_feed_id(w->feed));
    if (!replaced || *bytes != before || w->replaced == 0) {
        w->replaced = replaced ? now : 0;
        return 0;
    }
    if (now - w->replaced < ROTATED_GRACE)
        return 0;
    tell(f, ASH_FOLLOW_ROTATED, w->path, "");
    return end(f, w, err);
}

static int tick_file(ash_follow *f, watched *w, double now, uint64_t *bytes, ash_error *err)
{
    struct stat st;
    if (w->feed != NULL)
        return tick_feed(f, w, now, bytes, err);
    if (w->size > 0 && now != f->looked)
        return 0;
    return stat(w->path, &st) == 0 && changed(w, &st) ? begin(f, w, &st, err) : 0;
}

int ash_follow_tick(ash_follow *f, double now, uint64_t *ret_bytes, ash_error *err)
{
    int rc = 0;
    *ret_bytes = 0;
    if (!f->looked_once || now - f->looked >= LOOK_EVERY) {
        f->looked = now;
        rc = look(f, err);
    }
    /* The list may grow while it is walked. */
    for (size_t i = 0; i < f->n && rc == 0; i++)
        rc = tick_file(f, &f->files[i], now, ret_bytes, err);
    return rc;
}

int ash_follow_add(ash_follow *f, const char *path, ash_error *err)
{
    watched *w = find(f, path);
    int rc = w == NULL ? add(f, path, ASH_WATCH_FILES + ADDED_MAX, &w, err) : 0;
    return rc < 0 || w != NULL
               ? rc
               : ash_fail_at(err, ASH_E_LIMIT, "live", path, ASH_NO_OFFSET,
                             _("is not followed: more than %u files"), ASH_WATCH_FILES);
}

int ash_follow_finish(ash_follow *f, const char *path, ash_error *err)
{
    watched *w = find(f, path);
    uint64_t bytes = 0;
    bool more = true;
    int rc = 0;
    if (w == NULL)
        return 0;
    while (w->feed != NULL && more && rc == 0)
        rc = pull(f, w, &bytes, &more, err);
    if (rc == 0 && w->feed != NULL)
        rc = end(f, w, err);
    free(w->path);
    *w = f->files[--f->n];
    return rc;
}

uint64_t ash_follow_beyond(const ash_follow *f)
{
    return f->beyond;
}

size_t ash_follow_count(const ash_follow *f)
{
    return f->n;
}

ash_follow_state ash_follow_at(const ash_follow *f, size_t i)
{
    const watched *w = &f->files[i];
    return (ash_follow_state){
        .path = w->path,
        .position = w->feed == NULL ? 0 : ash_feed_position(w->feed),
        .size = w->feed == NULL ? 0 : ash_feed_size(w->feed),
        .open = w->feed != NULL,
    };
}

ash_feed *ash_follow_feed(const ash_follow *f, const char *path)
{
    const watched *w = find(f, path);
    return w == NULL ? NULL : w->feed;
}
