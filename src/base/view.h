/* A view is a pointer and a length into bytes somebody else owns; it is never
 * NUL-terminated and may hold any byte. It lives as long as those bytes. */
#ifndef ASH_BASE_VIEW_H
#define ASH_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ashiato/view.h"

static inline ash_view ash_view_of(const void *p, size_t n)
{
    return (ash_view){.p = p, .n = n};
}

static inline ash_view ash_view_z(const char *z)
{
    return (ash_view){.p = z, .n = z == NULL ? 0 : strlen(z)};
}

#define ASH_VIEW_LIT(s) ((ash_view){.p = (s), .n = sizeof(s) - 1})

static inline bool ash_view_eq(ash_view a, ash_view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool ash_view_is(ash_view a, const char *z)
{
    return ash_view_eq(a, ash_view_z(z));
}

static inline bool ash_view_starts(ash_view a, ash_view prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}

static inline bool ash_view_ends(ash_view a, ash_view suffix)
{
    return a.n >= suffix.n &&
           (suffix.n == 0 || memcmp(a.p + a.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Drops n bytes from the front; n may exceed the length. */
static inline ash_view ash_view_skip(ash_view a, size_t n)
{
    if (n >= a.n)
        return (ash_view){.p = a.p == NULL ? NULL : a.p + a.n, .n = 0};
    return (ash_view){.p = a.p + n, .n = a.n - n};
}

static inline ash_view ash_view_first(ash_view a, size_t n)
{
    return (ash_view){.p = a.p, .n = n < a.n ? n : a.n};
}

/* Position of byte c, or -1. */
static inline ptrdiff_t ash_view_find(ash_view a, char c)
{
    const char *q = a.n == 0 ? NULL : memchr(a.p, c, a.n);
    return q == NULL ? -1 : q - a.p;
}

/* Position of a byte string, or -1. */
static inline ptrdiff_t ash_view_find_str(ash_view a, ash_view needle)
{
    const char *q = a.n == 0 ? NULL : memmem(a.p, a.n, needle.p, needle.n);
    return q == NULL ? -1 : q - a.p;
}

static inline ash_view ash_view_trim(ash_view a)
{
    while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
        a = ash_view_skip(a, 1);
    while (a.n > 0 && (a.p[a.n - 1] == ' ' || a.p[a.n - 1] == '\t'))
        a.n--;
    return a;
}

/* The separator before a path's last part, or NULL if it has only one: '/', or
 * '\\' in a path that has no '/'. (Windows allows no '/' in names; names with a
 * '\\' cannot be made through SMB.) */
static inline const char *ash_path_slash(ash_view path)
{
    const char *slash = path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
    return slash != NULL || path.n == 0 ? slash : memrchr(path.p, '\\', path.n);
}

/* Folder texts that end in '\\' have their separator with them ("D:\\Shares\\");
 * after others comes a '/'. */
static inline bool ash_folder_has_slash(ash_view folder)
{
    return folder.n > 0 && folder.p[folder.n - 1] == '\\';
}

#endif
