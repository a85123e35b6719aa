#include "input/expand.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "input/zip.h"

static int add(ash_candidates *c, const char *path, int os_errno, const char *problem)
{
    if (c->n > ASH_INPUTS_MAX)
        return 0;
    if (c->n == ASH_INPUTS_MAX) {
        os_errno = 0;
        problem = N_("there are more than 1,000,000 files; from this one on they were not read");
    }
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 64 : c->cap * 2;
        ash_candidate *p = realloc(c->items, cap * sizeof *p);
        if (p == NULL)
            return ASH_E_NOMEM;
        c->items = p;
        c->cap = cap;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return ASH_E_NOMEM;
    c->items[c->n++] = (ash_candidate){.path = copy, .os_errno = os_errno, .problem = problem};
    return 0;
}

/* --- ZIP files --------------------------------------------------------- */

typedef struct zip_walk {
    ash_candidates *c;
    const char *path;
    size_t first; /* of its candidates */
} zip_walk;

static int add_member(void *user, const char *member, const char *problem)
{
    zip_walk *w = user;
    char path[8192];
    unsigned same = 1;
    int n = snprintf(path, sizeof path, "%s/%s", w->path, member);
    for (size_t i = w->first; i < w->c->n && n < (int)sizeof path; i++)
        same += strcmp(w->c->items[i].path, path) == 0;
    if (same > 1) { /* the path would lead to the first one */
        problem = N_("the zip file has another file of this name, which was read");
        n = snprintf(path, sizeof path, "%s/%s (%zu)", w->path, member, w->c->n - w->first + 1);
    }
    return n < (int)sizeof path ? add(w->c, path, 0, problem)
                                : add(w->c, w->path, ENAMETOOLONG, NULL);
}

static int add_zip(ash_candidates *c, const char *path)
{
    zip_walk w = {.c = c, .path = path, .first = c->n};
    const char *problem;
    int rc = ash_zip_list(path, add_member, &w, &problem);
    return rc == 0 && problem != NULL ? add(c, path, 0, problem) : rc;
}

/* --- files and folders ------------------------------------------------- */

static int walk(ash_candidates *c, const char *dir, unsigned depth);

static int add_path(ash_candidates *c, const char *path, unsigned depth)
{
    struct stat st;
    size_t zip;
    if (depth == 0 && ash_zip_split(path, &zip))
        return add(c, path, 0, NULL); /* a file inside, by name */
    /* What the user named may be a link; what is found below may not. */
    if ((depth == 0 ? stat(path, &st) : lstat(path, &st)) != 0)
        return add(c, path, errno, NULL);
    if (S_ISDIR(st.st_mode))
        return walk(c, path, depth);
    if (S_ISREG(st.st_mode))
        return ash_zip_is(path) ? add_zip(c, path) : add(c, path, 0, NULL);
    if (S_ISFIFO(st.st_mode) && depth == 0)
        return add(c, path, 0, NULL); /* process substitution */
    return add(c, path, 0,
               S_ISLNK(st.st_mode) ? N_("symbolic link, not followed")
                                   : N_("not a regular file"));
}

static int walk(ash_candidates *c, const char *dir, unsigned depth)
{
    struct dirent **list = NULL;
    if (depth >= ASH_FOLDER_DEPTH_MAX)
        return add(c, dir, 0, N_("more than 64 folders deep, not followed"));
    int n = scandir(dir, &list, NULL, alphasort);
    if (n < 0)
        return errno == ENOMEM ? ASH_E_NOMEM : add(c, dir, errno, NULL);
    int rc = 0;
    for (int i = 0; i < n; i++) {
        const char *name = list[i]->d_name;
        char path[4096];
        bool dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        int len = snprintf(path, sizeof path, "%s%s%s", dir,
                           dir[strlen(dir) - 1] == '/' ? "" : "/", name);
        if (rc == 0 && !dots)
            rc = len < (int)sizeof path ? add_path(c, path, depth + 1)
                                        : add(c, dir, ENAMETOOLONG, NULL);
        free(list[i]);
    }
    free(list);
    return rc;
}

static int add_arg(ash_candidates *c, const char *arg)
{
    struct stat st;
    if (strcmp(arg, "-") == 0)
        return add(c, "-", 0, NULL);
    if (stat(arg, &st) == 0 || strpbrk(arg, "*?[") == NULL)
        return add_path(c, arg, 0);
    glob_t g;
    int rc = glob(arg, GLOB_NOSORT, NULL, &g);
    if (rc == GLOB_NOSPACE)
        return ASH_E_NOMEM;
    if (rc != 0)
        return add(c, arg, ENOENT, NULL);
    rc = 0;
    for (size_t i = 0; i < g.gl_pathc && rc == 0; i++)
        rc = add_path(c, g.gl_pathv[i], 0);
    globfree(&g);
    return rc;
}

int ash_expand(const char *const *args, size_t n_args, ash_candidates *ret, ash_error *err)
{
    ash_candidates c = {0};
    for (size_t i = 0; i < n_args; i++) {
        if (args[i][0] == '\0')
            continue;
        if (add_arg(&c, args[i]) < 0) {
            ash_candidates_free(&c);
            return ash_fail(err, ASH_E_NOMEM, "input", "out of memory");
        }
    }
    *ret = c;
    return 0;
}

void ash_candidates_free(ash_candidates *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->items[i].path);
    free(c->items);
    *c = (ash_candidates){0};
}
