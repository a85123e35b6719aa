#include "input/widetext.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"

#define IN_BYTES 65536u

struct ash_widetext {
    ash_widetext_pull pull;
    void *user;
    bool begun, big; /* big-endian */
    bool ended;
    size_t n_in; /* bytes of in: less than a character is kept for the next time */
    size_t n_out, out_at;
    char in[IN_BYTES];
    char out[ASH_UTF16_ROOM(IN_BYTES) + 3];
};

static bool is_little_mark(const unsigned char *p) { return p[0] == 0xff && p[1] == 0xfe; }
static bool is_big_mark(const unsigned char *p) { return p[0] == 0xfe && p[1] == 0xff; }

bool ash_widetext_looks(const void *head, size_t n)
{
    const unsigned char *p = head;
    if (n >= 2 && (is_little_mark(p) || is_big_mark(p)))
        return true;
    return n >= 4 && p[0] != 0 && strchr("<{[", p[0]) != NULL && p[1] == 0 && p[2] != 0 && p[3] == 0;
}

ash_widetext *ash_widetext_new(ash_widetext_pull pull, void *user)
{
    ash_widetext *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->pull = pull;
        w->user = user;
    }
    return w;
}

void ash_widetext_free(ash_widetext *w)
{
    free(w);
}

static void swap_bytes(char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        char c = p[i];
        p[i] = p[i + 1];
        p[i + 1] = c;
    }
}

/* Bytes at the front that hold whole characters: not half a unit, nor the first
 * of a pair whose second is still to come. */
static size_t whole(const ash_widetext *w)
{
    size_t n = w->n_in & ~(size_t)1;
    bool high = n >= 2 && ((unsigned char)w->in[n - (w->big ? 2 : 1)] & 0xfc) == 0xd8;
    return high && !w->ended ? n - 2 : n;
}

static void convert(ash_widetext *w)
{
    size_t n = whole(w), skip = 0;
    const unsigned char *p = (const unsigned char *)w->in;
    if (!w->begun && n >= 2) {
        w->begun = true;
        w->big = is_big_mark(p);
        skip = w->big || is_little_mark(p) ? 2 : 0;
        n = whole(w);
    }
    if (w->big)
        swap_bytes(w->in, n);
    w->n_out = ash_utf16_to_utf8(w->out, ash_view_of(w->in + skip, n - skip));
    w->out_at = 0;
    w->n_in -= n;
    memmove(w->in, w->in + n, w->n_in);
    if (w->ended && w->n_in > 0) {
        memcpy(w->out + w->n_out, "\xef\xbf\xbd", 3);
        w->n_out += 3;
        w->n_in = 0;
    }
}

int64_t ash_widetext_read(ash_widetext *w, void *buf, uint64_t n, ash_error *err)
{
    while (w->out_at == w->n_out) {
        if (w->ended)
            return 0;
        int64_t got = w->pull(w->user, w->in + w->n_in, sizeof w->in - w->n_in, err);
        if (got < 0)
            return got;
        w->ended = got == 0;
        w->n_in += (size_t)got;
        convert(w);
    }
    size_t left = w->n_out - w->out_at;
    size_t k = left < n ? left : (size_t)n;
    memcpy(buf, w->out + w->out_at, k);
    w->out_at += k;
    return (int64_t)k;
}
