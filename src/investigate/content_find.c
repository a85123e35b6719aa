/* Which files are examined: those of the scope, or a whole tree. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "investigate/content_internal.h"
#include "investigate/disk.h"

/* --- the scope ------------------------------------------------------------------ */

typedef struct mapped {
    ash_view share; /* its name; empty: all others */
    ash_disk *disk;
} mapped;

static int add_map(mapped *maps, size_t *n, ash_view share, const char *dir, ash_reader *r, ash_error *err)
{
    int rc = ash_disk_open(&maps[*n].disk, dir, r, err);
    maps[*n].share = share;
    *n += rc == 0;
    return rc;
}

static int open_maps(mapped *maps, size_t *n, ash_reader *r, const char *root, const char *const *list,
                     size_t n_list, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < n_list && rc == 0; i++) {
        const char *equals = strchr(list[i], '=');
        if (equals == NULL || equals == list[i] || equals[1] == '\0')
            return ash_fail(err, ASH_E_USAGE, "content", "%s", _("--map needs SHARE=DIR"));
        rc = add_map(maps, n, ash_view_of(list[i], (size_t)(equals - list[i])), equals + 1, r, err);
    }
    return rc == 0 && root != NULL ? add_map(maps, n, (ash_view){0}, root, r, err) : rc;
}

static ash_disk *disk_of(const mapped *maps, size_t n, ash_view share)
{
    for (size_t i = 0; i < n; i++)
        if (maps[i].share.n == 0 || ash_view_eq(maps[i].share, share))
            return maps[i].disk;
    return NULL;
}

static int take_row(ash_content *x, ash_reader *r, const mapped *maps, size_t n, const ash_scope_row *row,
                    ash_error *err)
{
    char name[ASH_DISK_NAME];
    int folder = -1;
    ash_content_file f = {.share = row->share, .path = row->path, .last_cs = row->last_cs};
    ash_disk *d = disk_of(maps, n, ash_shares_at(r->actors, row->share).name);
    if (d == NULL || !ash_disk_find(d, row, &folder, name))
        folder = -1;
    return ash_content_take(x, &f, folder, name, err);
}

int ash_content_scope(ash_content *x, ash_case *c, ash_reader *r, const char *root, const char *const *maps,
                      size_t n_maps, ash_error *err)
{
    mapped *m = calloc(n_maps + 1, sizeof *m);
    size_t n = 0;
    ash_scope *s = NULL;
    ash_scope_row row;
    ash_counts counts = {0};
    int rc = m == NULL ? ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"))
                       : open_maps(m, &n, r, root, maps, n_maps, err);
    if (rc == 0)
        rc = ash_scope_counts(r, &counts, err);
    if (rc == 0)
        rc = ash_content_begin(x, c, (uint64_t)(counts.read + counts.opened), err);
    if (rc == 0)
        rc = ash_scope_open(&s, r, err);
    while (rc == 0 && !ash_content_stopped(x) && (rc = ash_scope_next(s, &row, err)) == 1)
        rc = row.grade < ASH_GRADE_OPENED ? 0 : take_row(x, r, m, n, &row, err);
    if (s != NULL) {
        rc = ash_content_finish(x, rc, err);
        ash_scope_close(s);
    }
    for (size_t i = 0; i < n; i++)
        ash_disk_close(m[i].disk);
    free(m);
    return rc;
}

/* --- a tree ------------------------------------------------------------------------ */

struct walk {
    ash_content *x;
    ash_buf path; /* relative to the root */
    uint64_t count;
    bool only_count;
};

static int walk(struct walk *w, int folder, unsigned depth, ash_error *err);

/* Its access time stays where the owner allows that. */
static int open_folder(int at, const char *name, int flags)
{
    flags |= O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    int fd = openat(at, name, flags | O_NOATIME);
    return fd >= 0 || errno != EPERM ? fd : openat(at, name, flags);
}

static int enter(struct walk *w, int folder, const char *name, unsigned depth, ash_error *err)
{
    int fd = depth >= ASH_FOLDER_DEPTH_MAX ? -1 : open_folder(folder, name, O_NOFOLLOW);
    ash_content_file f = {.share = ASH_CONTENT_NO_SHARE, .path = ash_buf_view(&w->path), .last_cs = INT64_MIN};
    if (fd >= 0)
        return walk(w, fd, depth + 1, err);
    /* Told as a file that is none: what is below was not looked at. */
    w->count++;
    return w->only_count ? 0 : ash_content_take(w->x, &f, folder, name, err);
}

static bool is_folder(int folder, const struct dirent *e)
{
    struct stat st;
    if (e->d_type != DT_UNKNOWN)
        return e->d_type == DT_DIR;
    return fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 && S_ISDIR(st.st_mode);
}

static int on_entry(struct walk *w, int folder, const struct dirent *e, unsigned depth, ash_error *err)
{
    size_t n = w->path.n;
    int rc = 0;
    if (n > 0)
        ash_buf_add_c(&w->path, '/');
    ash_buf_add_z(&w->path, e->d_name);
    if (is_folder(folder, e)) {
        rc = enter(w, folder, e->d_name, depth, err);
    } else {
        ash_content_file f = {
            .share = ASH_CONTENT_NO_SHARE, .path = ash_buf_view(&w->path), .last_cs = INT64_MIN};
        w->count++;
        if (!w->only_count)
            rc = ash_content_take(w->x, &f, folder, e->d_name, err);
    }
    w->path.n = n;
    w->path.failed = false;
    return rc;
}

/* Takes the descriptor. */
static int walk(struct walk *w, int folder, unsigned depth, ash_error *err)
{
    DIR *d = fdopendir(folder);
    struct dirent *e;
    int rc = 0;
    if (d == NULL) {
        close(folder);
        return ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    }
    while (rc == 0 && !ash_content_stopped(w->x) && (e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rc = on_entry(w, dirfd(d), e, depth, err);
    closedir(d);
    return rc;
}

static int open_root(const char *root, int *ret, ash_error *err)
{
    *ret = open_folder(AT_FDCWD, root, 0);
    return *ret >= 0 ? 0
                     : ash_fail_at(err, ASH_E_IO, "content", root, ASH_NO_OFFSET, "%s", _("cannot be entered"));
}

int ash_content_tree(ash_content *x, ash_case *c, const char *root, ash_error *err)
{
    struct walk w = {.x = x, .only_count = true};
    int fd;
    ash_buf_init(&w.path, ASH_PATH_MAX);
    int rc = open_root(root, &fd, err);
    if (rc == 0)
        rc = walk(&w, fd, 0, err);
    if (rc == 0)
        rc = ash_content_begin(x, c, w.count, err);
    w.only_count = false;
    if (rc == 0)
        rc = open_root(root, &fd, err);
    if (rc == 0)
        rc = ash_content_finish(x, walk(&w, fd, 0, err), err);
    ash_buf_free(&w.path);
    return rc;
}
