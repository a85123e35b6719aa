#include "base/digits.h"

#include "base/time.h"

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536"
                            "37383940414243444546474849505152535455565758596061626364656667686970717273"
                            "7475767778798081828384858687888990919293949596979899";
static const char lower[] = "0123456789abcdef", upper_digits[] = "0123456789ABCDEF";

static char *put2(char *out, unsigned x)
{
    memcpy(out, pairs + 2 * (size_t)x, 2);
    return out + 2;
}

char *ash_digits_dec(char *out, uint64_t x)
{
    char text[20];
    size_t at = sizeof text;
    for (; x >= 100; x /= 100)
        put2(text + (at -= 2), (unsigned)(x % 100));
    if (x >= 10)
        put2(text + (at -= 2), (unsigned)x);
    else
        text[--at] = (char)('0' + x);
    memcpy(out, text + at, sizeof text - at);
    return out + (sizeof text - at);
}

char *ash_digits_hex(char *out, uint64_t x)
{
    unsigned n = 1;
    while (n < 16 && x >> (4 * n) != 0)
        n++;
    for (unsigned i = n; i-- > 0;)
        *out++ = lower[x >> (4 * i) & 15];
    return out;
}

char *ash_digits_bytes(char *out, ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        *out++ = upper_digits[c >> 4];
        *out++ = upper_digits[c & 15];
    }
    return out;
}

char *ash_digits_guid(char *out, const char *guid, bool upper)
{
    /* Where the bytes go: the first three groups are little-endian. */
    static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    const char *digits = upper ? upper_digits : lower;
    for (unsigned i = 0; i < sizeof order; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        unsigned char c = (unsigned char)guid[order[i]];
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    return out;
}

char *ash_digits_sid(char *out, ash_view v)
{
    const unsigned char *p = (const unsigned char *)v.p;
    if (v.n < 8 || p[1] > 15 || v.n < 8 + 4 * (size_t)p[1])
        return NULL;
    uint64_t authority = 0;
    for (unsigned i = 2; i < 8; i++)
        authority = authority << 8 | p[i];
    *out++ = 'S';
    *out++ = '-';
    out = ash_digits_dec(out, p[0]);
    *out++ = '-';
    out = ash_digits_dec(out, authority);
    for (unsigned i = 0; i < p[1]; i++) {
        const unsigned char *s = p + 8 + 4 * (size_t)i;
        *out++ = '-';
        out = ash_digits_dec(out, (uint32_t)s[0] | (uint32_t)s[1] << 8 | (uint32_t)s[2] << 16 |
                                      (uint32_t)s[3] << 24);
    }
    return out;
}

char *ash_digits_filetime(char *out, uint64_t t)
{
    const int64_t days_1601 = -134774; /* days from 1970-01-01 to 1601-01-01 */
    uint64_t s = t / 10000000, rest = t % 10000000, day = s / 86400;
    unsigned in_day = (unsigned)(s % 86400), month, mday;
    int year;
    ash_civil_from_days((int64_t)day + days_1601, &year, &month, &mday);
    if (year > 9999)
        *out++ = (char)('0' + year / 10000);
    out = put2(put2(out, (unsigned)year / 100 % 100), (unsigned)year % 100);
    *out++ = '-';
    out = put2(out, month);
    *out++ = '-';
    out = put2(out, mday);
    *out++ = 'T';
    out = put2(out, in_day / 3600);
    *out++ = ':';
    out = put2(out, in_day / 60 % 60);
    *out++ = ':';
    out = put2(out, in_day % 60);
    *out++ = '.';
    *out++ = (char)('0' + rest / 1000000);
    out = put2(put2(put2(out, (unsigned)(rest / 10000 % 100)), (unsigned)(rest / 100 % 100)),
               (unsigned)(rest % 100));
    *out++ = 'Z';
    return out;
}
