#include "source/evtx_text.h"

#include <math.h>
#include <stdio.h>

#include "base/cursor.h"
#include "base/digits.h"
#include "base/text.h"

/* Bytes one unit may become: "&#x2028;", "_xD800_". */
#define UNIT_ROOM 8u
/* For n bytes of UTF-16; take8 writes up to eight bytes too many. */
#define TEXT_ROOM(n) ((n) / 2 * UNIT_ROOM + 8)
/* For the text of any value of n bytes: ANSI has a character a byte. */
#define VALUE_ROOM(n) ((n) * UNIT_ROOM + ASH_SID_TEXT)

static inline unsigned unit(const char *p)
{
    return (unsigned)(unsigned char)p[0] | (unsigned)(unsigned char)p[1] << 8;
}

/* --- characters -------------------------------------------------------- */

static char *put_z(char *o, const char *z)
{
    size_t n = strlen(z);
    memcpy(o, z, n);
    return o + n;
}

static char *put_hex4(char *o, uint32_t x)
{
    for (int shift = 12; shift >= 0; shift -= 4)
        *o++ = "0123456789ABCDEF"[x >> shift & 15];
    return o;
}

static char *put_escaped_name(char *o, uint32_t x)
{
    *o++ = '_';
    *o++ = 'x';
    o = put_hex4(o, x);
    *o++ = '_';
    return o;
}

static bool xml_allows(uint32_t cp)
{
    return cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp < 0xd800) ||
           (cp >= 0xe000 && cp < 0xfffe) || cp >= 0x10000;
}

static char *put_reference(char *o, uint32_t cp)
{
    o = ash_digits_hex(put_z(o, "&#x"), cp);
    *o++ = ';';
    return o;
}

static char *put_xml(char *o, uint32_t cp, ash_evtx_style style)
{
    switch (cp) {
    case '&': return put_z(o, "&amp;");
    case '<': return put_z(o, "&lt;");
    case '>': return put_z(o, "&gt;");
    case '\'': return style == ASH_EVTX_XML_ATTRIBUTE ? put_z(o, "&apos;") : put_z(o, "'");
    case '\t':
    case '\n':
        if (style == ASH_EVTX_XML_TEXT) {
            *o++ = (char)cp;
            return o;
        }
        return put_reference(o, cp);
    default: return xml_allows(cp) ? put_reference(o, cp) : put_escaped_name(o, cp);
    }
}

static char *put_json(char *o, uint32_t cp)
{
    static const char letters[] = "btnvfr"; /* 8 to 13; there is no \v */
    if (cp == '"' || cp == '\\' || (cp >= 8 && cp <= 13 && cp != 11)) {
        *o++ = '\\';
        *o++ = cp < 32 ? letters[cp - 8] : (char)cp;
        return o;
    }
    if (cp - 0xd800 < 0x800)
        return put_escaped_name(o, cp);
    if (cp >= 0x10000) {
        o = put_hex4(put_z(o, "\\u"), 0xd800 + ((cp - 0x10000) >> 10));
        cp = 0xdc00 + (cp & 0x3ff);
    }
    return put_hex4(put_z(o, "\\u"), cp);
}

/* True for what may stand as it is; tables for what ASCII has. */
static const bool plain_ascii[3][128] = {
#define PLAIN(c) [c] = true
#define PLAIN4(c) PLAIN(c), PLAIN(c + 1), PLAIN(c + 2), PLAIN(c + 3)
#define PLAIN16(c) PLAIN4(c), PLAIN4(c + 4), PLAIN4(c + 8), PLAIN4(c + 12)
#define MOST                                                                                    \
    PLAIN(' '), PLAIN('!'), PLAIN('#'), PLAIN('$'), PLAIN('%'), PLAIN4('('), PLAIN4(','),      \
        PLAIN4('0'), PLAIN4('4'), PLAIN4('8'), PLAIN('='), PLAIN('?'), PLAIN16('@'),           \
        PLAIN4('P'), PLAIN4('T'), PLAIN4('X'), PLAIN(']'), PLAIN('^'), PLAIN16('`'),           \
        PLAIN4('p'), PLAIN4('t'), PLAIN4('x'), PLAIN('|'), PLAIN('}'), PLAIN('~')
    [ASH_EVTX_XML_TEXT] = {MOST, PLAIN('"'), PLAIN('\''), PLAIN('\\'), PLAIN('\t'), PLAIN('\n')},
    [ASH_EVTX_XML_ATTRIBUTE] = {MOST, PLAIN('"'), PLAIN('\\')},
    [ASH_EVTX_JSON_STRING] = {MOST, PLAIN('&'), PLAIN('\''), PLAIN('<'), PLAIN('>')},
#undef MOST
#undef PLAIN16
#undef PLAIN4
#undef PLAIN
};

static char *put_cp(char *o, uint32_t cp, ash_evtx_style style)
{
    if (cp < 0x80 ? plain_ascii[style][cp] || cp == '_'
                  : !ash_char_is_unsafe(cp) && (cp < 0xd800 || cp > 0xdfff))
        return o + ash_utf8_encode(cp, o);
    return style == ASH_EVTX_JSON_STRING ? put_json(o, cp) : put_xml(o, cp, style);
}

/* "_x001B_": the form that stands for a character the output cannot hold; JSON has it
 * for halves of surrogate pairs only. */
static bool looks_escaped(const char *p, size_t n, bool json)
{
    unsigned x = 0;
    if (n < 14 || unit(p + 2) != 'x' || unit(p + 12) != '_')
        return false;
    for (size_t i = 4; i < 12; i += 2) {
        unsigned c = unit(p + i), d = c - '0' < 10         ? c - '0'
                                      : (c | 32) - 'a' < 6 ? (c | 32) - 'a' + 10
                                                           : 16;
        if (d == 16)
            return false;
        x = x << 4 | d;
    }
    return !json || x == '_' || x - 0xd800 < 0x800;
}

/* --- UTF-16 ------------------------------------------------------------ */

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
typedef uint16_t units8 __attribute__((vector_size(16)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));

/* Copies eight units as bytes. Returns how many of them, from the front, are plain
 * ASCII; what was written behind those is to be overwritten. */
static inline unsigned take8(char *o, const char *p, ash_evtx_style style)
{
    units8 x;
    uint64_t mask;
    memcpy(&x, p, sizeof x);
    units8 special = (units8)(x - 0x20 > 0x5e) | (units8)(x == '_');
    if (style == ASH_EVTX_JSON_STRING)
        special |= (units8)(x == '"') | (units8)(x == '\\');
    else
        special |= (units8)(x == '&') | (units8)(x == '<') | (units8)(x == '>') | (units8)(x == '\'');
    bytes8 text = __builtin_convertvector(x & 0xff, bytes8);
    bytes8 bad = __builtin_convertvector(special & 0xff, bytes8);
    memcpy(o, &text, sizeof text);
    memcpy(&mask, &bad, sizeof mask);
    return mask == 0 ? 8 : (unsigned)__builtin_ctzll(mask) / 8;
}
#define TAKES8 1
#else
#define TAKES8 0
static inline unsigned take8(char *o, const char *p, ash_evtx_style style)
{
    (void)o, (void)p, (void)style;
    return 0;
}
#endif

/* The character at p[*i], which is none of the plain ones. */
static char *put_special(char *o, const char *p, size_t n, size_t *i, ash_evtx_style style)
{
    size_t at = *i;
    uint32_t cp = unit(p + at);
    *i += 2;
    if (cp == '_' && looks_escaped(p + at, n - at, style == ASH_EVTX_JSON_STRING))
        return put_escaped_name(o, '_');
    if (cp - 0xd800 < 0x400 && n - *i >= 2 && unit(p + *i) - 0xdc00 < 0x400) {
        cp = 0x10000 + ((cp - 0xd800) << 10) + (unit(p + *i) - 0xdc00);
        *i += 2;
    }
    return put_cp(o, cp, style);
}

static inline char *put_units(char *o, const char *p, size_t n, ash_evtx_style style)
{
    const bool *plain = plain_ascii[style];
    for (size_t i = 0; i < n;) {
        if (TAKES8 && n - i >= 16) {
            unsigned k = take8(o, p + i, style);
            o += k;
            i += 2 * (size_t)k;
            if (k == 8)
                continue;
        }
        unsigned u = unit(p + i);
        if (u < 0x80 && plain[u]) {
            *o++ = (char)u;
            i += 2;
        } else {
            o = put_special(o, p, n, &i, style);
        }
    }
    return o;
}

/* A copy of the loop for each style. */
static char *put_utf16(char *o, ash_view v, ash_evtx_style style)
{
    size_t n = v.n & ~(size_t)1;
    switch (style) {
    case ASH_EVTX_JSON_STRING: return put_units(o, v.p, n, ASH_EVTX_JSON_STRING);
    case ASH_EVTX_XML_ATTRIBUTE: return put_units(o, v.p, n, ASH_EVTX_XML_ATTRIBUTE);
    default: return put_units(o, v.p, n, ASH_EVTX_XML_TEXT);
    }
}

void ash_evtx_put_utf16(ash_buf *out, ash_view v, ash_evtx_style style)
{
    char *o = ash_buf_room(out, TEXT_ROOM(v.n));
    if (o != NULL)
        ash_buf_wrote(out, put_utf16(o, v, style));
}

void ash_evtx_put_unit(ash_buf *out, uint16_t u, ash_evtx_style style)
{
    char *o = ash_buf_room(out, UNIT_ROOM);
    if (o != NULL)
        ash_buf_wrote(out, put_cp(o, u, style));
}

/* --- names ------------------------------------------------------------- */

/* Parsers differ in what else may stand in a name. */
static bool starts_name(uint32_t cp)
{
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == '_';
}

static bool continues_name(uint32_t cp)
{
    return starts_name(cp) || (cp >= '0' && cp <= '9') || cp == '-' || cp == '.';
}

static char *put_name(char *o, const char *p, size_t n, bool colon)
{
    bool first = true;
    for (size_t i = 0; i < n; i += 2) {
        unsigned u = unit(p + i);
        bool separates = u == ':' && colon && !first && i + 2 < n;
        bool good = separates || (first ? starts_name(u) : continues_name(u));
        if (good && !(u == '_' && looks_escaped(p + i, n - i, false)))
            *o++ = (char)u;
        else
            o = put_escaped_name(o, u);
        first = separates;
        colon = colon && !separates;
    }
    return n == 0 ? put_escaped_name(o, 0) : o;
}

void ash_evtx_put_name(ash_buf *out, ash_view v, bool colon)
{
    size_t n = v.n & ~(size_t)1;
    char *o = ash_buf_room(out, n / 2 * UNIT_ROOM + 16);
    if (o != NULL)
        ash_buf_wrote(out, put_name(o, v.p, n, colon));
}

/* --- values ------------------------------------------------------------ */

/* What the bytes 0x80 to 0x9f mean in Windows-1252; 0: nothing. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static char *put_ansi(char *o, ash_view v, ash_evtx_style style)
{
    for (size_t i = 0; i < v.n; i++) {
        uint32_t c = (unsigned char)v.p[i];
        if (c >= 0x80 && c < 0xa0 && windows_1252[c - 0x80] != 0)
            c = windows_1252[c - 0x80];
        o = put_cp(o, c, style);
    }
    return o;
}

static char *put_signed(char *o, uint64_t x, size_t bytes)
{
    unsigned shift = 64 - 8 * (unsigned)bytes;
    int64_t i = (int64_t)(x << shift) >> shift;
    if (i < 0) {
        *o++ = '-';
        return ash_digits_dec(o, 0 - (uint64_t)i);
    }
    return ash_digits_dec(o, (uint64_t)i);
}

static char *put_uint(char *o, uint8_t type, uint64_t x, size_t bytes)
{
    switch (type) {
    case ASH_EVTX_INT8:
    case ASH_EVTX_INT16:
    case ASH_EVTX_INT32:
    case ASH_EVTX_INT64: return put_signed(o, x, bytes);
    case ASH_EVTX_BOOL: return put_z(o, x != 0 ? "true" : "false");
    case ASH_EVTX_SIZE:
    case ASH_EVTX_HEX32:
    case ASH_EVTX_HEX64: return ash_digits_hex(put_z(o, "0x"), x);
    default: return ash_digits_dec(o, x);
    }
}

/* The shortest digits that give the same number again. */
static char *put_real(char *o, ash_evtx_value v)
{
    double d;
    float f = 0;
    if (v.type == ASH_EVTX_REAL32)
        memcpy(&f, v.bytes.p, sizeof f);
    else
        memcpy(&d, v.bytes.p, sizeof d);
    bool single = v.type == ASH_EVTX_REAL32;
    if (single)
        d = (double)f;
    if (isnan(d))
        return put_z(o, "NaN");
    if (isinf(d))
        return put_z(o, d < 0 ? "-Infinity" : "Infinity");
    for (int digits = single ? 6 : 15;; digits++) {
        char text[40];
        double back;
        snprintf(text, sizeof text, "%.*g", digits, d);
        sscanf(text, "%lf", &back);
        if (digits == 17 || (single ? (float)back == f : back == d))
            return put_z(o, text);
    }
}

static char *put_systemtime(char *o, uint64_t t)
{
    char *end = ash_digits_filetime(o, t);
    end[-5] = 'Z'; /* it has milliseconds */
    return end - 4;
}

/* Values that are short; NULL if v is none, or is broken. */
static char *put_scalar(char *o, ash_evtx_value v, bool json)
{
    uint64_t x;
    switch (v.type) {
    case ASH_EVTX_GUID:
        if (v.bytes.n != 16)
            return NULL;
        if (json)
            return ash_digits_guid(o, v.bytes.p, true);
        o = ash_digits_guid(put_z(o, "{"), v.bytes.p, false);
        *o++ = '}';
        return o;
    case ASH_EVTX_SID: return ash_digits_sid(o, v.bytes);
    case ASH_EVTX_REAL32:
    case ASH_EVTX_REAL64: return v.bytes.n == ash_evtx_type_size(v.type) ? put_real(o, v) : NULL;
    case ASH_EVTX_FILETIME:
        return ash_evtx_value_filetime(v, &x) ? ash_digits_filetime(o, x) : NULL;
    case ASH_EVTX_SYSTEMTIME: return ash_evtx_value_filetime(v, &x) ? put_systemtime(o, x) : NULL;
    default:
        return ash_evtx_value_uint(v, &x) ? put_uint(o, v.type, x, v.bytes.n) : NULL;
    }
}

/* A value that is no array; there is VALUE_ROOM. */
static char *put_item(char *o, ash_evtx_value v, ash_evtx_style style)
{
    char *end = NULL;
    switch (v.type) {
    case ASH_EVTX_NULL: return o;
    case ASH_EVTX_STRING: return put_utf16(o, ash_evtx_value_text(v), style);
    case ASH_EVTX_ANSI: return put_ansi(o, ash_evtx_value_text(v), style);
    case ASH_EVTX_BINARY: break;
    default: end = put_scalar(o, v, style == ASH_EVTX_JSON_STRING); break;
    }
    return end != NULL ? end : ash_digits_bytes(o, v.bytes);
}

void ash_evtx_put_value(ash_buf *out, ash_evtx_value v, ash_evtx_style style)
{
    ash_evtx_value item = v;
    bool array = (v.type & ASH_EVTX_ARRAY) != 0;
    for (bool first = true; !array ? first : ash_evtx_array_next(&v, &item); first = false) {
        char *o = ash_buf_room(out, VALUE_ROOM(item.bytes.n) + 1);
        if (o == NULL)
            return;
        if (!first)
            *o++ = ',';
        ash_buf_wrote(out, put_item(o, item, style));
    }
}

/* Whether JSON has the value without quotes. */
static bool is_bare(ash_evtx_value v)
{
    double d;
    float f;
    switch (v.type) {
    case ASH_EVTX_REAL32:
        if (v.bytes.n != sizeof f)
            return false;
        memcpy(&f, v.bytes.p, sizeof f);
        return isfinite(f);
    case ASH_EVTX_REAL64:
        if (v.bytes.n != sizeof d)
            return false;
        memcpy(&d, v.bytes.p, sizeof d);
        return isfinite(d);
    default: {
        size_t n = v.bytes.n;
        return ((v.type >= ASH_EVTX_INT8 && v.type <= ASH_EVTX_UINT64) || v.type == ASH_EVTX_BOOL) &&
               (n == 1 || n == 2 || n == 4 || n == 8);
    }
    }
}

void ash_evtx_put_json(ash_buf *out, ash_evtx_value v)
{
    bool text = v.type == ASH_EVTX_STRING || v.type == ASH_EVTX_ANSI;
    if (text)
        v.bytes = ash_evtx_value_text(v);
    if (v.type & ASH_EVTX_ARRAY) {
        ash_buf_add_c(out, '"');
        ash_evtx_put_value(out, v, ASH_EVTX_JSON_STRING);
        ash_buf_add_c(out, '"');
        return;
    }
    char *o = ash_buf_room(out, VALUE_ROOM(v.bytes.n) + 2);
    if (o == NULL)
        return;
    if (v.type == ASH_EVTX_NULL || (text && v.bytes.n == 0)) {
        o = put_z(o, "null");
    } else if (is_bare(v)) {
        o = put_item(o, v, ASH_EVTX_JSON_STRING);
    } else {
        *o++ = '"';
        o = put_item(o, v, ASH_EVTX_JSON_STRING);
        *o++ = '"';
    }
    ash_buf_wrote(out, o);
}
