#include "investigate/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/time.h"

/* Files of a share that are tried, each from another folder. */
#define SAMPLE 64u
/* Leading folders that may be left out. */
#define SKIP_MAX 16u

_Static_assert(ASH_DISK_NAME == NAME_MAX + 1, "a name of a file fits");

typedef struct sampled {
    uint32_t share;
    unsigned tried, found[SKIP_MAX + 1];
    unsigned skip;
    ash_buf folder; /* of the file sampled last */
    ash_buf below;
} sampled;

struct ash_disk {
    char root[PATH_MAX];
    int fd;
    ash_buf folder; /* the one last walked to ... */
    int folder_fd;  /* ... and its descriptor; -1: it is not there */
    sampled *shares;
    size_t n_shares;
    ash_disk_totals totals;
};

const char *ash_disk_state_name(ash_disk_state s)
{
    static const char *const names[] = {"missing", "same", "changed", "other"};
    return names[s];
}

const char *ash_disk_root(const ash_disk *d)
{
    return d->root;
}

ash_disk_totals ash_disk_sum(const ash_disk *d)
{
    return d->totals;
}

bool ash_disk_share_at(const ash_disk *d, size_t i, ash_disk_share *ret)
{
    if (i >= d->n_shares)
        return false;
    const sampled *s = &d->shares[i];
    *ret = (ash_disk_share){.share = s->share,
                            .below = ash_buf_z(&s->below),
                            .found = s->found[s->skip],
                            .tried = s->tried};
    return true;
}

/* --- walking ----------------------------------------------------------- */

static char separator_of(ash_view path)
{
    const char *slash = ash_path_slash(path);
    return slash == NULL ? '/' : *slash;
}

/* The next part of a path between separators; false behind the last. */
static bool next_part(ash_view *rest, char separator, ash_view *ret)
{
    while (rest->n > 0 && rest->p[0] == separator)
        *rest = ash_view_skip(*rest, 1);
    const char *slash = rest->n == 0 ? NULL : memchr(rest->p, separator, rest->n);
    size_t n = slash == NULL ? rest->n : (size_t)(slash - rest->p);
    *ret = ash_view_first(*rest, n);
    *rest = ash_view_skip(*rest, n);
    return n > 0;
}

static bool part_name(ash_view part, char out[NAME_MAX + 1])
{
    if (part.n > NAME_MAX || memchr(part.p, '\0', part.n) != NULL ||
        ash_view_eq(part, ASH_VIEW_LIT(".")) || ash_view_eq(part, ASH_VIEW_LIT("..")))
        return false;
    memcpy(out, part.p, part.n);
    out[part.n] = '\0';
    return true;
}

/* Folder by folder, so that no link on the way is followed. -1: not there. */
static int walk(int root, ash_view folder, char separator)
{
    char name[NAME_MAX + 1];
    ash_view part;
    int at = dup(root);
    while (at >= 0 && next_part(&folder, separator, &part)) {
        int next = part_name(part, name)
                       ? openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                       : -1;
        close(at);
        at = next;
    }
    return at;
}

static void leave_folder(ash_disk *d)
{
    if (d->folder_fd >= 0)
        close(d->folder_fd);
    d->folder_fd = -1;
}

/* path is relative to the root. Rows come sorted by folder: it is walked to once. */
static bool go_to(ash_disk *d, ash_view path, char name[NAME_MAX + 1])
{
    const char *slash = ash_path_slash(path);
    ash_view folder = ash_view_first(path, slash == NULL ? 0 : (size_t)(slash - path.p));
    ash_view last = slash == NULL ? path : ash_view_skip(path, folder.n + 1);
    if (d->folder.failed || !ash_view_eq(ash_buf_view(&d->folder), folder)) {
        leave_folder(d);
        ash_buf_clear(&d->folder);
        ash_buf_add_view(&d->folder, folder);
        d->folder_fd = walk(d->fd, folder, separator_of(path));
    }
    return d->folder_fd >= 0 && last.n > 0 && part_name(last, name);
}

static void look_at(ash_disk *d, ash_view path, ash_disk_file *ret)
{
    char name[NAME_MAX + 1];
    struct stat st;
    *ret = (ash_disk_file){.state = ASH_DISK_MISSING};
    if (!go_to(d, path, name))
        return;
    if (fstatat(d->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
        ret->state = errno == ENOENT || errno == ENOTDIR ? ASH_DISK_MISSING : ASH_DISK_OTHER;
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        ret->state = ASH_DISK_OTHER;
        return;
    }
    ret->state = ASH_DISK_SAME;
    ret->size = st.st_size;
    ret->modified = st.st_mtim.tv_sec * ASH_NS_PER_S + st.st_mtim.tv_nsec;
}

static ash_view skip_parts(ash_view path, unsigned n)
{
    ash_view part;
    char separator = separator_of(path);
    while (n-- > 0 && next_part(&path, separator, &part))
        continue;
    while (path.n > 0 && path.p[0] == separator)
        path = ash_view_skip(path, 1);
    return path;
}

/* --- where a share begins ----------------------------------------------- */

static sampled *share_of(ash_disk *d, uint32_t share, bool make)
{
    for (size_t i = 0; i < d->n_shares; i++)
        if (d->shares[i].share == share)
            return &d->shares[i];
    sampled *p = make ? realloc(d->shares, (d->n_shares + 1) * sizeof *p) : NULL;
    if (p == NULL)
        return NULL;
    d->shares = p;
    p = &p[d->n_shares++];
    *p = (sampled){.share = share};
    ash_buf_init(&p->folder, ASH_PATH_MAX);
    ash_buf_init(&p->below, ASH_PATH_MAX);
    return p;
}

static void try_path(ash_disk *d, sampled *s, ash_view path)
{
    ash_disk_file f;
    s->tried++;
    for (unsigned k = 0; k <= SKIP_MAX; k++) {
        ash_view rest = skip_parts(path, k);
        if (rest.n == 0)
            break;
        look_at(d, rest, &f);
        s->found[k] += f.state == ASH_DISK_SAME;
    }
}

static bool is_content(const ash_scope_row *row)
{
    return row->grade >= ASH_GRADE_OPENED;
}

static int sample(ash_disk *d, ash_reader *r, ash_error *err)
{
    ash_scope *scope;
    ash_scope_row row;
    int rc = ash_scope_open(&scope, r, err);
    if (rc < 0)
        return rc;
    while ((rc = ash_scope_next(scope, &row, err)) == 1) {
        if (!is_content(&row))
            break; /* strongest first */
        sampled *s = share_of(d, row.share, true);
        if (s == NULL) {
            rc = ash_fail(err, ASH_E_NOMEM, "investigate", "%s", _("out of memory"));
            break;
        }
        const char *slash = ash_path_slash(row.path);
        ash_view folder = ash_view_first(row.path, slash == NULL ? 0 : (size_t)(slash - row.path.p));
        if (s->tried > 0 && (s->tried >= SAMPLE || ash_view_eq(folder, ash_buf_view(&s->folder))))
            continue;
        ash_buf_clear(&s->folder);
        ash_buf_add_view(&s->folder, folder);
        try_path(d, s, row.path);
    }
    ash_scope_close(scope);
    return rc < 0 ? rc : 0;
}

/* The folders left out, as text: what stands for the root. */
static void name_below(sampled *s)
{
    ash_view whole = ash_buf_view(&s->folder), rest = skip_parts(whole, s->skip);
    size_t n = whole.n - rest.n;
    while (n > 0 && whole.p[n - 1] == separator_of(whole))
        n--;
    ash_buf_add_view(&s->below, ash_view_first(whole, n));
}

static int count_all(ash_disk *d, ash_reader *r, ash_error *err)
{
    ash_scope *scope;
    ash_scope_row row;
    ash_disk_file f;
    ash_disk_totals *t = &d->totals;
    int rc = ash_scope_open(&scope, r, err);
    if (rc < 0)
        return rc;
    while ((rc = ash_scope_next(scope, &row, err)) == 1 && ash_disk_look(d, &row, &f)) {
        t->files++;
        t->same += f.state == ASH_DISK_SAME;
        t->changed += f.state == ASH_DISK_CHANGED;
        t->missing += f.state == ASH_DISK_MISSING;
        t->other += f.state == ASH_DISK_OTHER;
        t->bytes += f.size;
    }
    ash_scope_close(scope);
    return rc < 0 ? rc : 0;
}

int ash_disk_open(ash_disk **ret, const char *root, ash_reader *r, ash_error *err)
{
    ash_disk *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "%s", _("out of memory"));
    snprintf(d->root, sizeof d->root, "%s", root);
    ash_buf_init(&d->folder, ASH_PATH_MAX);
    d->folder_fd = -1;
    d->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = d->fd < 0 ? ash_fail_at(err, ASH_E_USAGE, "investigate", root, ASH_NO_OFFSET,
                                     _("--files needs a folder that can be entered: %s"),
                                     strerror(errno))
                       : sample(d, r, err);
    for (size_t i = 0; rc == 0 && i < d->n_shares; i++) {
        sampled *s = &d->shares[i];
        for (unsigned k = 0; k <= SKIP_MAX; k++)
            if (s->found[k] > s->found[s->skip])
                s->skip = k;
        name_below(s);
    }
    if (rc == 0)
        rc = count_all(d, r, err);
    if (rc < 0) {
        ash_disk_close(d);
        return rc;
    }
    *ret = d;
    return 0;
}

void ash_disk_close(ash_disk *d)
{
    if (d == NULL)
        return;
    leave_folder(d);
    if (d->fd >= 0)
        close(d->fd);
    for (size_t i = 0; i < d->n_shares; i++) {
        ash_buf_free(&d->shares[i].folder);
        ash_buf_free(&d->shares[i].below);
    }
    free(d->shares);
    ash_buf_free(&d->folder);
    free(d);
}

bool ash_disk_look(ash_disk *d, const ash_scope_row *row, ash_disk_file *ret)
{
    const sampled *s = is_content(row) ? share_of(d, row->share, false) : NULL;
    if (s == NULL)
        return false;
    look_at(d, skip_parts(row->path, s->skip), ret);
    if (ret->state == ASH_DISK_MISSING && row->new_path.n > 0)
        look_at(d, skip_parts(row->new_path, s->skip), ret);
    if (ret->state == ASH_DISK_SAME && ret->modified > row->last_cs * ASH_CS_NS + ASH_NS_PER_S)
        ret->state = ASH_DISK_CHANGED;
    return true;
}

bool ash_disk_find(ash_disk *d, const ash_scope_row *row, int *ret_folder, char name[ASH_DISK_NAME])
{
    const sampled *s = is_content(row) ? share_of(d, row->share, false) : NULL;
    if (s == NULL)
        return false;
    bool found = go_to(d, skip_parts(row->path, s->skip), name);
    if (row->new_path.n > 0 &&
        (!found || faccessat(d->folder_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0))
        found = go_to(d, skip_parts(row->new_path, s->skip), name);
    *ret_folder = d->folder_fd;
    return found;
}
