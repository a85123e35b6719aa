#include "base/utf16.h"

#include <stdint.h>

static inline uint32_t unit(const char *p)
{
    return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

/* Four ASCII units at once; false if one is not ASCII. */
static inline bool take_four(char *out, const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    if (x & UINT64_C(0xFF80FF80FF80FF80))
        return false;
    x |= x >> 8;
    out[0] = (char)x;
    out[1] = (char)(x >> 16);
    out[2] = (char)(x >> 32);
    out[3] = (char)(x >> 48);
    return true;
}

static size_t encode(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

size_t ash_utf16_to_utf8(char *out, ash_view v)
{
    size_t n = 0, end = v.n & ~(size_t)1;
    for (size_t i = 0; i < end;) {
        if (end - i >= 8 && take_four(out + n, v.p + i)) {
            n += 4;
            i += 8;
            continue;
        }
        uint32_t cp = unit(v.p + i);
        i += 2;
        if (cp - 0xD800 < 0x400 && i < end && unit(v.p + i) - 0xDC00 < 0x400) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (unit(v.p + i) - 0xDC00);
            i += 2;
        }
        n += encode(out + n, cp);
    }
    return n;
}
