#include "input/gunzip.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#define GZIP_ONLY (15 + 16) /* largest window, gzip header and trailer */

struct ash_gunzip {
    z_stream z;
    ash_gunzip_pull pull;
    void *user;
    bool between;    /* a member has ended; another one, padding or nothing follows */
    const char *why; /* failed before */
};

ash_gunzip *ash_gunzip_new(ash_gunzip_pull pull, void *user)
{
    ash_gunzip *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->pull = pull;
    g->user = user;
    if (inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        return NULL;
    }
    return g;
}

void ash_gunzip_free(ash_gunzip *g)
{
    if (g == NULL)
        return;
    inflateEnd(&g->z);
    free(g);
}

/* False at the end of the compressed bytes, or when they cannot be read. */
static bool more_input(ash_gunzip *g)
{
    const void *p;
    ssize_t n = g->z.avail_in > 0 ? 1 : g->pull(g->user, &p);
    if (n < 0)
        g->why = "cannot be read";
    if (n > 0 && g->z.avail_in == 0) {
        g->z.next_in = p;
        g->z.avail_in = (uInt)n;
    }
    return n > 0;
}

/* Tapes and some programs fill up with zeros behind the last member. */
static bool next_member(ash_gunzip *g)
{
    while (more_input(g) && *g->z.next_in == 0) {
        g->z.next_in++;
        g->z.avail_in--;
    }
    if (g->z.avail_in == 0 || inflateReset(&g->z) != Z_OK)
        return false;
    g->between = false;
    return true;
}

int64_t ash_gunzip_read(ash_gunzip *g, void *buf, uint64_t n, const char **ret_why)
{
    uInt want = n < INT_MAX ? (uInt)n : INT_MAX;
    g->z.next_out = buf;
    g->z.avail_out = want;
    while (g->why == NULL && g->z.avail_out == want) {
        if (g->between && !next_member(g))
            break;
        if (!more_input(g)) {
            if (g->why == NULL)
                g->why = "ends too early";
            break;
        }
        int rc = inflate(&g->z, Z_NO_FLUSH);
        g->between = rc == Z_STREAM_END;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            g->why = g->z.msg != NULL ? g->z.msg : "invalid";
    }
    if (g->z.avail_out < want)
        return (int64_t)(want - g->z.avail_out);
    if (g->why == NULL)
        return 0;
    *ret_why = g->why;
    return -1;
}
