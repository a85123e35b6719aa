/* Text of Word documents, 97 to 2003 (MS-DOC 2.4.1): the piece table says where
 * in the stream the text lies, which may be in any order. Of Word 6 and 95
 * (no piece table unless saved in haste) the plain run of text is taken. */
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "extract/ole.h"
#include "extract/text.h"

#define FIB_FLAGS 0x0a
#define FIB_FC_MIN 0x18
#define FIB_FC_CLX 0x01a2

struct doc {
    ash_job *job;
    bool cell; /* the last character ended a cell: another one ends the row */
};

/* Windows-1252 where it differs from Latin-1, 0x80 to 0x9f. */
static const uint16_t cp1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

/* Characters that are marks (MS-DOC 2.4.1, 2.8.25). */
static uint32_t meaning(struct doc *d, uint32_t c)
{
    bool cell = d->cell;
    d->cell = c == 0x07;
    switch (c) {
    case 0x07: return cell ? '\n' : '\t';
    case 0x0d:
    case 0x0c: return '\n';
    case 0x1e: return '-';
    case 0x1f:
    case 0xfffe: return 0;
    case '\t': return c;
    default: return c < 0x20 ? ' ' : c;
    }
}

static void put_units(struct doc *d, const unsigned char *p, size_t units)
{
    char t[3 * 1024 + 4];
    uint32_t high = 0;
    for (size_t i = 0, o = 0; i < units; i++) {
        uint32_t c = p[2 * i] | (uint32_t)p[2 * i + 1] << 8;
        if (c >= 0xd800 && c < 0xdc00) {
            high = c;
            c = 0;
        } else if (c >= 0xdc00 && c < 0xe000) {
            c = high == 0 ? 0xfffd : 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
            high = 0;
        } else {
            c = meaning(d, c);
        }
        if (c != 0)
            o += ash_utf8_encode(c, t + o);
        if (o > sizeof t - 8 || i + 1 == units) {
            ash_emit(d->job, t, o);
            o = 0;
        }
    }
}

static void put_bytes(struct doc *d, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n && ash_job_goes(d->job); i++) {
        uint32_t c = meaning(d, p[i] >= 0x80 && p[i] < 0xa0 ? cp1252[p[i] - 0x80] : p[i]);
        if (c != 0)
            ash_emit_cp(d->job, c);
    }
}

/* One piece (MS-DOC 2.8.35, 2.9.73): false if it lies outside of the stream. */
static bool put_piece(struct doc *d, ash_view document, uint32_t fc, uint32_t chars)
{
    bool bytes = (fc & 0x40000000) != 0;
    uint64_t at = bytes ? (fc & 0x3fffffff) / 2 : fc & 0x3fffffff;
    uint64_t n = bytes ? chars : 2ull * chars;
    bool whole = at <= document.n && n <= document.n - at;
    if (at > document.n)
        return false;
    if (!whole)
        n = document.n - at;
    const unsigned char *p = (const unsigned char *)document.p + at;
    if (bytes)
        put_bytes(d, p, (size_t)n);
    else
        put_units(d, p, (size_t)n / 2);
    return whole;
}

/* The piece table within a Clx (MS-DOC 2.9.38): behind any number of Prc. */
static ash_view pieces_of(ash_view clx)
{
    ash_cursor c = ash_cursor_of(clx);
    while (!c.failed) {
        unsigned type = ash_get_u8(&c);
        if (type == 1) {
            ash_cursor_take(&c, ash_get_u16(&c));
        } else if (type == 2) {
            uint32_t n = ash_get_u32(&c);
            const unsigned char *p = ash_cursor_take(&c, n);
            return p == NULL ? (ash_view){0} : ash_view_of(p, n);
        } else {
            break;
        }
    }
    return (ash_view){0};
}

static ash_readout put_pieces(struct doc *d, ash_view document, ash_view table)
{
    size_t n = table.n < 16 ? 0 : (table.n - 4) / 12;
    bool whole = n > 0;
    for (size_t i = 0; i < n && ash_job_goes(d->job); i++) {
        ash_cursor cp = ash_cursor_of(ash_view_skip(table, 4 * i));
        uint32_t from = ash_get_u32(&cp), to = ash_get_u32(&cp);
        ash_cursor pcd = ash_cursor_of(ash_view_skip(table, 4 * (n + 1) + 8 * i + 2));
        uint32_t fc = ash_get_u32(&pcd);
        if (to < from || cp.failed || pcd.failed) {
            whole = false;
            break;
        }
        whole &= put_piece(d, document, fc, to - from);
    }
    return whole ? ASH_READOUT_OK : ASH_READOUT_DAMAGED;
}

static ash_readout put_old(struct doc *d, ash_view document)
{
    ash_cursor c = ash_cursor_of(ash_view_skip(document, FIB_FC_MIN));
    uint32_t from = ash_get_u32(&c), to = ash_get_u32(&c);
    if (c.failed || from > to || to > document.n)
        return ASH_READOUT_DAMAGED;
    ash_emit_guessed(d->job, ash_view_of(document.p + from, to - from));
    return ASH_READOUT_OK;
}

ash_readout ash_read_doc(ash_job *j, ash_view document, ash_view table0, ash_view table1)
{
    struct doc d = {.job = j};
    ash_cursor c = ash_cursor_of(document);
    unsigned magic = ash_get_u16(&c), version = ash_get_u16(&c);
    c.at = FIB_FLAGS;
    unsigned flags = document.n > FIB_FLAGS + 2 ? ash_get_u16(&c) : 0;
    if (document.n < 0x40 || (magic != 0xa5ec && magic != 0xa5dc && magic != 0xa5db))
        return ASH_READOUT_DAMAGED;
    if ((flags & 0x0100) != 0)
        return ASH_READOUT_ENCRYPTED;
    ash_emit_begin(j, ASH_UNIT_PARAGRAPH, (ash_view){0});
    if (version < 0xc1)
        return put_old(&d, document);
    ash_view table = (flags & 0x0200) != 0 ? table1 : table0;
    c = ash_cursor_of(ash_view_skip(document, FIB_FC_CLX));
    uint32_t at = ash_get_u32(&c), n = ash_get_u32(&c);
    if (c.failed || at > table.n || n > table.n - at)
        return ASH_READOUT_DAMAGED;
    return put_pieces(&d, document, pieces_of(ash_view_of(table.p + at, n)));
}
