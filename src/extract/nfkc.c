#include "extract/nfkc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/uchar.h>

#include "base/i18n.h"
#include "base/text.h"

/* What a character does on its own: stays, becomes something else, or may join
 * with what is before it. */
enum { STAYS, BECOMES, JOINS };

#define BMP 0x10000u
#define POOL_MAX (256u << 10)
/* Marks behind one character that are composed with it; UAX #15 (stream-safe
 * text) expects at most 30. */
#define RUN_MAX 32u

static struct {
    bool ready;
    const UNormalizer2 *nfkc, *nfkd;
    uint8_t what[BMP];
    uint32_t at[BMP]; /* of the replacement in the pool; its length in the top byte */
    char pool[POOL_MAX];
    size_t pool_n;
} table;

static size_t put_units(char *out, const UChar *u, int32_t n)
{
    size_t o = 0;
    for (int32_t i = 0; i < n;) {
        uint32_t cp = u[i++];
        if (cp >= 0xd800 && cp < 0xdc00 && i < n && u[i] >= 0xdc00 && u[i] < 0xe000)
            cp = 0x10000 + ((cp - 0xd800) << 10) + (u[i++] - 0xdc00u);
        o += ash_utf8_encode(cp, out + o);
    }
    return o;
}

static int classify(uint32_t c)
{
    int qc = u_getIntPropertyValue((UChar32)c, UCHAR_NFKC_QUICK_CHECK);
    if (u_getCombiningClass((UChar32)c) != 0 || qc == UNORM_MAYBE)
        return JOINS;
    if (qc == UNORM_YES)
        return STAYS;
    UChar d[64];
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = unorm2_getDecomposition(table.nfkd, (UChar32)c, d, 64, &e);
    return U_FAILURE(e) || n < 1 || classify(d[0]) == JOINS ? JOINS : BECOMES;
}

static bool learn(uint32_t c)
{
    UChar in[1] = {(UChar)c}, out[64];
    char text[256];
    UErrorCode e = U_ZERO_ERROR;
    table.what[c] = (uint8_t)classify(c);
    if (table.what[c] != BECOMES)
        return true;
    int32_t n = unorm2_normalize(table.nfkc, in, 1, out, 64, &e);
    size_t bytes = U_FAILURE(e) ? 0 : put_units(text, out, n);
    if (bytes == 0 || table.pool_n + bytes > POOL_MAX)
        return false;
    memcpy(table.pool + table.pool_n, text, bytes);
    table.at[c] = (uint32_t)bytes << 24 | (uint32_t)table.pool_n;
    table.pool_n += bytes;
    return true;
}

int ash_nfkc_prepare(ash_error *err)
{
    UErrorCode e = U_ZERO_ERROR;
    if (table.ready)
        return 0;
    table.nfkc = unorm2_getNFKCInstance(&e);
    table.nfkd = unorm2_getNFKDInstance(&e);
    bool ok = U_SUCCESS(e);
    table.pool_n = 0;
    for (uint32_t c = 0; ok && c < BMP; c++)
        if (c < 0xd800 || c > 0xdfff)
            ok = learn(c);
    if (!ok)
        return ash_fail(err, ASH_E_STATE, "extract", "%s", _("ICU's Unicode data cannot be used"));
    table.ready = true;
    return 0;
}

static int what_of(uint32_t cp)
{
    if (cp < BMP)
        return table.what[cp];
    return u_hasBinaryProperty((UChar32)cp, UCHAR_NFKC_INERT) ? STAYS : JOINS;
}

/* One character and the marks behind it, by ICU. Returns the bytes used. */
static size_t compose(char *out, size_t *ret_n, const char *s, size_t n)
{
    UChar in[2 * RUN_MAX + 2], norm[(2 * RUN_MAX + 2) * 18];
    int32_t units = 0;
    size_t used = 0;
    UErrorCode e = U_ZERO_ERROR;
    for (unsigned i = 0; i < RUN_MAX && used < n; i++) {
        uint32_t cp;
        unsigned k = ash_utf8_decode(s + used, n - used, &cp);
        if (k == 0 || (i > 0 && what_of(cp) != JOINS))
            break;
        if (cp < BMP) {
            in[units++] = (UChar)cp;
        } else {
            in[units++] = (UChar)(0xd800 + ((cp - 0x10000) >> 10));
            in[units++] = (UChar)(0xdc00 + ((cp - 0x10000) & 0x3ff));
        }
        used += k;
    }
    int32_t m = unorm2_normalize(table.nfkc, in, units, norm, (int32_t)(sizeof norm / sizeof *norm), &e);
    *ret_n = U_FAILURE(e) ? 0 : put_units(out, norm, m);
    return used;
}

#define ONES 0x0101010101010101ull
#define HIGH 0x8080808080808080ull

/* Eight bytes that can be copied as they are: ASCII, no NUL, no carriage return. */
static bool is_plain(uint64_t w)
{
    uint64_t cr = w ^ 0x0d * ONES;
    return ((w | (w - ONES) | (cr - ONES)) & HIGH) == 0;
}

static size_t plain(char *out, const char *s, size_t n)
{
    size_t i = 0;
    uint64_t w;
    for (; i + 8 <= n; i += 8) {
        memcpy(&w, s + i, 8);
        if (!is_plain(w))
            break;
        memcpy(out + i, &w, 8);
    }
    for (; i < n && (unsigned char)s[i] < 0x80 && s[i] != '\0' && s[i] != '\r'; i++)
        out[i] = s[i];
    return i;
}

size_t ash_nfkc(char *out, const char *s, size_t n)
{
    size_t i = 0, o = 0;
    size_t last_i = 0, last_o = 0; /* the character before, as read and as written */
    bool has_last = false;
    while (i < n) {
        size_t k = plain(out + o, s + i, n - i);
        if (k > 0) {
            i += k, o += k;
            last_i = i - 1, last_o = o - 1;
            has_last = true;
            continue;
        }
        if (s[i] == '\r') {
            if (i + 1 == n || s[i + 1] != '\n')
                out[o++] = '\n';
            i++;
            has_last = false;
            continue;
        }
        uint32_t cp;
        unsigned len = s[i] == '\0' ? 0 : ash_utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            o += ash_utf8_encode(s[i] == '\0' ? ' ' : 0xfffd, out + o);
            i++;
            has_last = false;
            continue;
        }
        int what = what_of(cp);
        if (what == JOINS) {
            size_t from = has_last ? last_i : i, m;
            o = has_last ? last_o : o;
            i = from + compose(out + o, &m, s + from, n - from);
            o += m;
            has_last = false;
            continue;
        }
        last_i = i, last_o = o;
        has_last = true;
        if (what == STAYS) {
            memcpy(out + o, s + i, len);
            o += len;
        } else {
            uint32_t at = table.at[cp];
            memcpy(out + o, table.pool + (at & 0xffffff), at >> 24);
            o += at >> 24;
        }
        i += len;
    }
    return o;
}
