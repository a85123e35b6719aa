#include "detect/filename.h"

#include "base/hash.h"

#define NAME_HASHED 256u

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

ash_view ash_name_of(ash_view path)
{
    const char *slash = ash_path_slash(path);
    return slash == NULL ? path : ash_view_skip(path, (size_t)(slash - path.p) + 1);
}

ash_view ash_extension_of(ash_view name)
{
    for (size_t i = name.n; i > 1 && name.n - i <= ASH_EXTENSION_MAX; i--)
        if (name.p[i - 1] == '.')
            return ash_view_skip(name, i);
    return (ash_view){0};
}

uint64_t ash_name_hash(ash_view name)
{
    char low[NAME_HASHED];
    size_t n = name.n < sizeof low ? name.n : sizeof low;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        low[i] = small(name.p[i]);
    return ash_hash64(low, n, name.n);
}

static bool is(ash_view v, const char *z)
{
    size_t i = 0;
    while (i < v.n && z[i] != '\0' && small(v.p[i]) == z[i])
        i++;
    return i == v.n && z[i] == '\0';
}

/* "001", "z01", "r00": parts of an archive in pieces. */
static bool is_piece(ash_view e)
{
    if (e.n != 3)
        return false;
    bool marked = small(e.p[0]) == 'z' || small(e.p[0]) == 'r' || e.p[0] == '0';
    return marked && e.p[1] >= '0' && e.p[1] <= '9' && e.p[2] >= '0' && e.p[2] <= '9';
}

bool ash_name_is_archive(ash_view name)
{
    static const char *const archives[] = {"zip", "7z",  "rar", "tar", "gz",  "tgz", "bz2", "xz", "zst",
                                           "cab", "iso", "lzh", "arj", "wim", "img", "vhd", "vhdx"};
    ash_view e = ash_extension_of(name);
    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++)
        if (is(e, archives[i]))
            return true;
    return is_piece(e);
}
