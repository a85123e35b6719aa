#include "extract/charset.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>

#include "base/text.h"

/* Names that ICU knows under another one, or means something narrower by. */
static const struct {
    const char *name, *icu, *stable;
} aliases[] = {
    {"shift_jis", "windows-31j", "cp932"},
    {"shift-jis", "windows-31j", "cp932"},
    {"sjis", "windows-31j", "cp932"},
    {"x-sjis", "windows-31j", "cp932"},
    {"ms_kanji", "windows-31j", "cp932"},
    {"windows-31j", "windows-31j", "cp932"},
    {"cp932", "windows-31j", "cp932"},
    {"euc-jp", "EUC-JP", "euc-jp"},
    {"x-euc-jp", "EUC-JP", "euc-jp"},
    /* With half-width katakana, as Windows writes it. */
    {"iso-2022-jp", "ISO_2022,locale=ja,version=4", "iso-2022-jp"},
    {"ascii", "UTF-8", "utf-8"},
    {"us-ascii", "UTF-8", "utf-8"},
    {"utf8", "UTF-8", "utf-8"},
    {"utf-8", "UTF-8", "utf-8"},
    {"utf-16", "UTF-16", "utf-16"},
    {"utf-16le", "UTF-16LE", "utf-16le"},
    {"utf-16be", "UTF-16BE", "utf-16be"},
    {"iso-8859-1", "windows-1252", "windows-1252"},
    {"latin1", "windows-1252", "windows-1252"},
};

#define N_ALIASES (sizeof aliases / sizeof aliases[0])

static const char *icu_name(const char *charset)
{
    for (size_t i = 0; i < N_ALIASES; i++)
        if (strcasecmp(charset, aliases[i].name) == 0)
            return aliases[i].icu;
    return charset;
}

/* --- decoding ------------------------------------------------------------ */

struct ash_decoder {
    UConverter *converter; /* NULL: UTF-8, handed on as it is */
    ash_utf8_fn fn;
    void *user;
    UChar units[4096];
    uint32_t high; /* first half of a pair that ended a round */
    char out[3 * 4096 + 8];
};

ash_decoder *ash_decoder_new(const char *charset, ash_utf8_fn fn, void *user)
{
    const char *name = icu_name(charset);
    ash_decoder *d = malloc(sizeof *d);
    UErrorCode e = U_ZERO_ERROR;
    if (d == NULL)
        return NULL;
    d->fn = fn;
    d->user = user;
    d->high = 0;
    d->converter = strcmp(name, "UTF-8") == 0 ? NULL : ucnv_open(name, &e);
    if (U_FAILURE(e)) {
        free(d);
        return NULL;
    }
    return d;
}

static void hand_on(ash_decoder *d, size_t n)
{
    size_t o = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t u = d->units[i];
        if (d->high != 0 && u >= 0xdc00 && u < 0xe000) {
            o += ash_utf8_encode(0x10000 + ((d->high - 0xd800) << 10) + (u - 0xdc00), d->out + o);
            d->high = 0;
            continue;
        }
        d->high = 0;
        if (u >= 0xd800 && u < 0xdc00)
            d->high = u;
        else if (u < 0x80)
            d->out[o++] = (char)u;
        else
            o += ash_utf8_encode(u >= 0xdc00 && u < 0xe000 ? 0xfffd : u, d->out + o);
    }
    if (o > 0)
        d->fn(d->user, d->out, o);
}

void ash_decoder_feed(ash_decoder *d, const char *p, size_t n, bool last)
{
    const char *end = p + n;
    if (d->converter == NULL) {
        if (n > 0)
            d->fn(d->user, p, n);
        return;
    }
    for (;;) {
        UErrorCode e = U_ZERO_ERROR;
        UChar *to = d->units;
        ucnv_toUnicode(d->converter, &to, d->units + sizeof d->units / sizeof *d->units, &p, end, NULL,
                       last, &e);
        hand_on(d, (size_t)(to - d->units));
        if (e != U_BUFFER_OVERFLOW_ERROR)
            return;
    }
}

void ash_decoder_free(ash_decoder *d)
{
    if (d == NULL)
        return;
    if (d->converter != NULL)
        ucnv_close(d->converter);
    free(d);
}

/* --- guessing ------------------------------------------------------------ */

typedef struct shape {
    size_t high, nul_even, nul_odd, escapes; /* escapes: of ISO-2022-JP */
} shape;

static shape shape_of(ash_view v)
{
    shape s = {0};
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        s.high += c >= 0x80;
        s.nul_even += c == 0 && (i & 1) == 0;
        s.nul_odd += c == 0 && (i & 1) == 1;
        if (c == 0x1b && i + 2 < v.n) {
            char a = v.p[i + 1], b = v.p[i + 2];
            s.escapes += (a == '$' && (b == '@' || b == 'B' || b == '(')) ||
                         (a == '(' && (b == 'J' || b == 'I'));
        }
    }
    return s;
}

/* Bytes above 0x7f in valid UTF-8, and others. */
static void weigh_utf8(ash_view v, bool whole, size_t *good, size_t *bad)
{
    *good = *bad = 0;
    for (size_t i = 0; i < v.n;) {
        uint32_t cp;
        unsigned k = 1;
        if ((unsigned char)v.p[i] >= 0x80) {
            k = ash_utf8_decode(v.p + i, v.n - i, &cp);
            if (k > 0)
                *good += k;
            else if (whole || v.n - i >= 4)
                ++*bad;
            k = k == 0 ? 1 : k;
        }
        i += k;
    }
}

/* How much a text looks like Japanese in an encoding of two bytes: kana and
 * common kanji against what nobody writes, and what cannot be. */
typedef struct japanese {
    long score;
    size_t bad, chars;
} japanese;

static bool sjis_lead(unsigned char c)
{
    return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
}

static japanese weigh_sjis(ash_view v)
{
    japanese w = {0};
    const unsigned char *p = (const unsigned char *)v.p;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = p[i], d;
        if (c < 0x80)
            continue;
        if (c >= 0xa1 && c <= 0xdf) { /* half-width katakana: also half of anything */
            w.score -= 1;
            w.chars++;
            continue;
        }
        if (!sjis_lead(c) || i + 1 >= v.n) {
            w.bad += sjis_lead(c) ? 0 : 1;
            continue;
        }
        d = p[++i];
        w.chars++;
        if (d < 0x40 || d == 0x7f || d > 0xfc)
            w.bad++;
        else if (c == 0x82 || c == 0x83 || c == 0x81)
            w.score += 3; /* kana, full-width letters, punctuation */
        else
            w.score += c <= 0x97 ? 2 : -1; /* kanji of level 1; of level 2 */
    }
    return w;
}

static japanese weigh_euc(ash_view v)
{
    japanese w = {0};
    const unsigned char *p = (const unsigned char *)v.p;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = p[i];
        if (c < 0x80)
            continue;
        bool lead = (c >= 0xa1 && c <= 0xfe) || c == 0x8e || c == 0x8f;
        if (!lead || i + 1 >= v.n) {
            w.bad += lead ? 0 : 1;
            continue;
        }
        unsigned char d = p[++i];
        w.chars++;
        if (d < 0xa1 || d == 0xff)
            w.bad++;
        else if (c == 0xa4 || c == 0xa5 || c == 0xa1 || c == 0xa3)
            w.score += 3;
        else
            w.score += c >= 0xb0 && c <= 0xcf ? 2 : -1;
        if (c == 0x8f && i + 1 < v.n)
            i++;
    }
    return w;
}

static const char *by_uchardet(ash_view v, char buf[32])
{
    uchardet_t u = uchardet_new();
    buf[0] = '\0';
    if (u == NULL)
        return NULL;
    if (uchardet_handle_data(u, v.p, v.n) == 0) {
        uchardet_data_end(u);
        snprintf(buf, 32, "%s", uchardet_get_charset(u));
    }
    uchardet_delete(u);
    for (char *p = buf; *p != '\0'; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    for (size_t i = 0; i < N_ALIASES; i++)
        if (strcmp(buf, aliases[i].name) == 0)
            return aliases[i].stable;
    return buf[0] == '\0' ? NULL : buf;
}

/* Bytes above 0x7f that are not UTF-8. */
static const char *guess_high(ash_view v, char buf[32])
{
    japanese sjis = weigh_sjis(v), euc = weigh_euc(v);
    bool can_sjis = sjis.bad * 100 <= sjis.chars && sjis.chars > 0;
    bool can_euc = euc.bad * 100 <= euc.chars && euc.chars > 0;
    if (can_sjis && (!can_euc || sjis.score >= euc.score) && sjis.score >= (long)sjis.chars)
        return "cp932";
    if (can_euc && euc.score >= (long)euc.chars)
        return "euc-jp";
    const char *name = by_uchardet(v, buf);
    if (name != NULL)
        return name;
    return can_sjis && sjis.score > 0 ? "cp932" : can_euc && euc.score > 0 ? "euc-jp" : "windows-1252";
}

static bool usable(const char *charset)
{
    UErrorCode e = U_ZERO_ERROR;
    const char *name = icu_name(charset);
    if (strcmp(name, "UTF-8") == 0)
        return true;
    UConverter *c = ucnv_open(name, &e);
    if (U_FAILURE(e))
        return false;
    ucnv_close(c);
    return true;
}

const char *ash_charset_guess(ash_view v, bool whole, const char *declared, char buf[32])
{
    size_t good, bad;
    if (ash_view_starts(v, ASH_VIEW_LIT("\xef\xbb\xbf")))
        return "utf-8";
    if (ash_view_starts(v, ASH_VIEW_LIT("\xff\xfe")))
        return "utf-16le";
    if (ash_view_starts(v, ASH_VIEW_LIT("\xfe\xff")))
        return "utf-16be";
    shape s = shape_of(v);
    size_t nuls = s.nul_even + s.nul_odd;
    if (nuls > 0 && nuls * 20 >= v.n && (s.nul_even * 10 < s.nul_odd || s.nul_odd * 10 < s.nul_even))
        return s.nul_odd > s.nul_even ? "utf-16le" : "utf-16be";
    if (s.escapes > 0 && s.high == 0)
        return "iso-2022-jp";
    weigh_utf8(v, whole, &good, &bad);
    if (bad == 0)
        return "utf-8";
    if (declared != NULL && strcasecmp(icu_name(declared), "UTF-8") != 0 && usable(declared)) {
        snprintf(buf, 32, "%s", declared);
        return buf;
    }
    if (good > 20 * bad) /* UTF-8, damaged here and there */
        return "utf-8";
    const char *name = guess_high(v, buf);
    return usable(name) ? name : "windows-1252";
}
