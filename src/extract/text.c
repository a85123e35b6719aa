/* Plain text in any encoding, and JSON: text with escapes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extract/charset.h"
#include "extract/job.h"
#include "extract/text.h"

struct reading {
    ash_job *job;
    const ash_bytes *b;
    const ash_told *told;
    ash_utf8_fn fn;
    void *user;
    ash_decoder *decoder; /* NULL: nothing but ASCII yet */
    uint64_t at;
    bool failed;
};

/* The first byte that says something about the encoding. */
static size_t ascii_run(const char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t w; i + 8 <= n; i += 8) {
        memcpy(&w, p + i, 8);
        if ((w & 0x8080808080808080ull) != 0 ||
            ((w - 0x0101010101010101ull) & 0x8080808080808080ull) != 0 || memchr(p + i, 0x1b, 8) != NULL)
            break;
    }
    while (i < n && (unsigned char)p[i] < 0x80 && p[i] != 0x1b && p[i] != '\0')
        i++;
    return i;
}

static bool decide(struct reading *r, uint64_t at, bool from_start)
{
    char *sample = malloc(ASH_CHARSET_SAMPLE), name[32];
    uint64_t from = from_start ? 0 : at;
    int64_t got = sample == NULL ? -1 : ash_bytes_read(r->b, from, sample, ASH_CHARSET_SAMPLE);
    const char *charset = "utf-8";
    if (got > 0)
        charset = ash_charset_guess(ash_view_of(sample, (size_t)got), from + (uint64_t)got >= r->b->n,
                                    r->told == NULL ? NULL : r->told->charset, name);
    if (r->job->depth == 0)
        snprintf(r->job->r->encoding, sizeof r->job->r->encoding, "%s", charset);
    r->decoder = ash_decoder_new(charset, r->fn, r->user);
    free(sample);
    return r->decoder != NULL;
}

static bool on_block(void *user, const char *p, size_t n)
{
    struct reading *r = user;
    bool last = r->at + n >= r->b->n;
    size_t plain = 0;
    if (r->decoder == NULL) {
        plain = ascii_run(p, n);
        if (plain < n && !decide(r, r->at + plain, r->at == 0 && plain < 64)) {
            r->failed = true;
            return false;
        }
        if (r->decoder == NULL || !(r->at == 0 && plain < 64))
            r->fn(r->user, p, plain);
        else
            plain = 0; /* decoded with the rest: a unit may begin there */
    }
    if (r->decoder != NULL)
        ash_decoder_feed(r->decoder, p + plain, n - plain, last);
    r->at += n;
    return ash_job_goes(r->job);
}

ash_readout ash_text_decode(ash_job *j, const ash_bytes *b, const ash_told *told, ash_utf8_fn fn,
                            void *user)
{
    struct reading r = {.job = j, .b = b, .told = told, .fn = fn, .user = user};
    if (j->depth == 0)
        snprintf(j->r->encoding, sizeof j->r->encoding, "%s", "ascii");
    bool ok = ash_bytes_each(b, on_block, &r);
    ash_decoder_free(r.decoder);
    return r.failed ? ASH_READOUT_NO_MEMORY : ok ? ASH_READOUT_OK : ASH_READOUT_UNREADABLE;
}

static void to_emit(void *user, const char *p, size_t n)
{
    ash_emit(user, p, n);
}

void ash_emit_guessed(ash_job *j, ash_view v)
{
    char name[32];
    ash_decoder *d = ash_decoder_new(ash_charset_guess(v, true, NULL, name), to_emit, j);
    if (d != NULL)
        ash_decoder_feed(d, v.p, v.n, true);
    ash_decoder_free(d);
}

/* A byte order mark is no text. */
struct behind_mark {
    ash_job *job;
    bool begun;
};

static void without_mark(void *user, const char *p, size_t n)
{
    struct behind_mark *m = user;
    if (!m->begun && n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3, n -= 3;
    m->begun = true;
    to_emit(m->job, p, n);
}

ash_readout ash_read_text(ash_job *j, const ash_bytes *b, const ash_told *told)
{
    struct behind_mark m = {.job = j};
    ash_emit_begin(j, ASH_UNIT_LINE, (ash_view){0});
    return ash_text_decode(j, b, told, without_mark, &m);
}

/* --- JSON ------------------------------------------------------------------- */

/* Escapes of strings (RFC 8259, 7) become what they stand for; all else stays
 * as it is, so that a damaged document loses nothing. */
struct unescaping {
    ash_job *job;
    unsigned state; /* 0 text, 1 behind a backslash, 2..5 digits of \uXXXX */
    uint32_t unit, high;
};

static void put_unit(struct unescaping *u)
{
    uint32_t c = u->unit;
    if (c >= 0xdc00 && c < 0xe000 && u->high != 0)
        ash_emit_cp(u->job, 0x10000 + ((u->high - 0xd800) << 10) + (c - 0xdc00));
    else if (c < 0xd800 || c >= 0xdc00)
        ash_emit_cp(u->job, c);
    u->high = c >= 0xd800 && c < 0xdc00 ? c : 0;
}

static void after_backslash(struct unescaping *u, char c)
{
    static const char from[] = "nrtbf", to[] = "\n\n\t  ";
    const char *at = c == '\0' ? NULL : strchr(from, c);
    u->state = 0;
    if (c == 'u') {
        u->state = 2;
        u->unit = 0;
    } else {
        /* A new line within a string is none of the file's. */
        char put = at == NULL ? c : to[at - from] == '\n' ? ' ' : to[at - from];
        ash_emit_c(u->job, put);
    }
}

static void unescape(void *user, const char *p, size_t n)
{
    struct unescaping *u = user;
    for (size_t i = 0; i < n;) {
        if (u->state == 0) {
            const char *slash = memchr(p + i, '\\', n - i);
            size_t k = slash == NULL ? n - i : (size_t)(slash - p) - i;
            ash_emit(u->job, p + i, k);
            i += k;
            u->state = slash == NULL ? 0 : 1;
            i += slash != NULL;
        } else if (u->state == 1) {
            after_backslash(u, p[i++]);
        } else {
            char c = p[i++];
            int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
            u->unit = u->unit << 4 | (uint32_t)(digit < 0 ? 0 : digit);
            if (u->state++ == 5) {
                put_unit(u);
                u->state = 0;
            }
        }
    }
}

ash_readout ash_read_json(ash_job *j, const ash_bytes *b, const ash_told *told)
{
    struct unescaping u = {.job = j};
    ash_emit_begin(j, ASH_UNIT_LINE, (ash_view){0});
    return ash_text_decode(j, b, told, unescape, &u);
}
