#include "base/text.h"

#include <stdio.h>
#include <wchar.h>

unsigned ash_utf8_decode(const char *p, size_t n, uint32_t *ret_cp)
{
    const unsigned char *s = (const unsigned char *)p;
    unsigned len;
    uint32_t cp, min;
    if (s[0] < 0x80) {
        *ret_cp = s[0];
        return 1;
    }
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        len = 2, cp = s[0] & 0x1fu, min = 0x80;
    } else if ((s[0] & 0xf0) == 0xe0) {
        len = 3, cp = s[0] & 0x0fu, min = 0x800;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        len = 4, cp = s[0] & 0x07u, min = 0x10000;
    } else {
        return 0;
    }
    if (n < len)
        return 0;
    for (unsigned i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        cp = (cp << 6) | (s[i] & 0x3fu);
    }
    if (cp < min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    *ret_cp = cp;
    return len;
}

unsigned ash_utf8_encode(uint32_t cp, char *out)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | (cp >> 6));
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | (cp >> 12));
        out[1] = (char)(0x80 | ((cp >> 6) & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (cp >> 18));
    out[1] = (char)(0x80 | ((cp >> 12) & 0x3f));
    out[2] = (char)(0x80 | ((cp >> 6) & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

bool ash_utf8_valid(ash_view v)
{
    size_t i = 0;
    while (i < v.n) {
        /* Most names are ASCII or long runs of it. */
        uint64_t w;
        while (v.n - i >= 8 && (memcpy(&w, v.p + i, 8), (w & 0x8080808080808080u) == 0))
            i += 8;
        if (i == v.n)
            break;
        uint32_t cp;
        unsigned k = ash_utf8_decode(v.p + i, v.n - i, &cp);
        if (k == 0)
            return false;
        i += k;
    }
    return true;
}

bool ash_utf8_cut(ash_view v)
{
    for (size_t back = 1; back <= 3 && back <= v.n; back++) {
        unsigned char c = (unsigned char)v.p[v.n - back];
        if ((c & 0xc0) == 0x80)
            continue;
        unsigned need = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3
                      : c >= 0xc2 && c < 0xe0  ? 2
                                               : 1;
        return need > back;
    }
    return false;
}

bool ash_char_is_unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0xad || cp == 0x61c ||
           (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff0 && cp <= 0xfffb) ||
           (cp >= 0xe0000 && cp <= 0xe007f) || (cp & 0xfffe) == 0xfffe;
}

char *ash_text_escape(char *out, size_t size, ash_view v)
{
    size_t o = 0, last_fit = 0;
    for (size_t i = 0; i < v.n;) {
        char tmp[16];
        uint32_t cp = 0;
        unsigned k = ash_utf8_decode(v.p + i, v.n - i, &cp);
        size_t w;
        if (k == 0) {
            w = (size_t)snprintf(tmp, sizeof tmp, "\\x%02x", (unsigned char)v.p[i]);
            k = 1;
        } else if (ash_char_is_unsafe(cp)) {
            w = (size_t)snprintf(tmp, sizeof tmp, cp < 0x80 ? "\\x%02x" : "\\u{%x}", cp);
        } else {
            memcpy(tmp, v.p + i, k);
            w = k;
        }
        if (o + w >= size) {
            memcpy(out + last_fit, "...", 4);
            return out;
        }
        memcpy(out + o, tmp, w);
        o += w;
        if (o + 4 <= size)
            last_fit = o;
        i += k;
    }
    out[o] = '\0';
    return out;
}

size_t ash_text_width(const char *escaped)
{
    size_t width = 0, n = strlen(escaped);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        unsigned k = ash_utf8_decode(escaped + i, n - i, &cp);
        if (k == 0) {
            i++;
            width++;
            continue;
        }
        int w = wcwidth((wchar_t)cp);
        width += w < 0 ? 1 : (size_t)w;
        i += k;
    }
    return width;
}

size_t ash_utf8_repair(char *out, ash_view v)
{
    size_t o = 0;
    for (size_t i = 0; i < v.n;) {
        uint32_t cp;
        unsigned k = ash_utf8_decode(v.p + i, v.n - i, &cp);
        if (k == 0) {
            memcpy(out + o, "\xef\xbf\xbd", 3);
            o += 3;
            i++;
        } else {
            memcpy(out + o, v.p + i, k);
            o += k;
            i += k;
        }
    }
    return o;
}
