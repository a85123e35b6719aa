/* Text of Excel workbooks, 5 to 2003 (MS-XLS): cells row by row. Numbers are
 * written as they are stored: dates are days, and leading zeros are lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "extract/ole.h"
#include "extract/strings.h"
#include "extract/text.h"

enum {
    BOF = 0x0809,
    FILEPASS = 0x2f,
    BOUNDSHEET = 0x85,
    SST = 0xfc,
    CONTINUE = 0x3c,
    LABELSST = 0xfd,
    LABEL = 0x204,
    RSTRING = 0xd6,
    NUMBER = 0x203,
    RK = 0x27e,
    MULRK = 0xbd,
    FORMULA = 0x06,
    STRING = 0x207,
    TXO = 0x1b6,
};

#define SHEETS 1024u

struct xls {
    ash_job *job;
    ash_view all;
    ash_strings strings;
    bool wide;  /* BIFF8: strings are Unicode */
    int64_t row;
    uint32_t sheet_at[SHEETS];  /* where its substream begins */
    uint32_t sheet_name[SHEETS]; /* of the record that names it */
    unsigned sheets;
};

/* --- strings, which go on in CONTINUE records (2.5.293) ------------------------- */

typedef struct chain {
    ash_view all;
    size_t at;   /* of the next record behind this one */
    ash_view now;
} chain;

static bool next_record(ash_view all, size_t *at, unsigned *type, ash_view *ret)
{
    ash_cursor c = ash_cursor_of(all);
    if (*at > all.n)
        return false;
    c.at = *at;
    *type = ash_get_u16(&c);
    unsigned n = ash_get_u16(&c);
    const unsigned char *p = ash_cursor_take(&c, n);
    if (p == NULL)
        return false;
    *at = c.at;
    *ret = ash_view_of(p, n);
    return true;
}

/* True: now is not empty. */
static bool more(chain *c)
{
    while (c->now.n == 0) {
        size_t at = c->at;
        unsigned type;
        ash_view v;
        if (!next_record(c->all, &at, &type, &v) || type != CONTINUE)
            return false;
        c->now = v;
        c->at = at;
    }
    return true;
}

static bool take(chain *c, void *out, size_t n)
{
    for (size_t got = 0; got < n;) {
        if (!more(c))
            return false;
        size_t k = n - got < c->now.n ? n - got : c->now.n;
        if (out != NULL)
            memcpy((char *)out + got, c->now.p, k);
        c->now = ash_view_skip(c->now, k);
        got += k;
    }
    return true;
}

static bool take_u16(chain *c, unsigned *ret)
{
    unsigned char t[2];
    if (!take(c, t, 2))
        return false;
    *ret = t[0] | (unsigned)t[1] << 8;
    return true;
}

static bool take_u32(chain *c, uint32_t *ret)
{
    unsigned char t[4];
    if (!take(c, t, 4))
        return false;
    *ret = t[0] | (uint32_t)t[1] << 8 | (uint32_t)t[2] << 16 | (uint32_t)t[3] << 24;
    return true;
}

/* Characters of a string; each CONTINUE begins with a byte that says anew whether
 * they are of one byte or two. */
static bool take_chars(chain *c, unsigned chars, bool wide, void (*put)(void *user, uint32_t unit), void *user)
{
    while (chars > 0) {
        if (c->now.n == 0) {
            if (!more(c))
                return false;
            wide = (c->now.p[0] & 1) != 0;
            c->now = ash_view_skip(c->now, 1);
            if (!more(c))
                return false;
        }
        unsigned char t[2] = {0, 0};
        if (!take(c, t, wide ? 2 : 1))
            return false;
        put(user, t[0] | (uint32_t)t[1] << 8);
        chars--;
    }
    return true;
}

struct units {
    struct xls *x;
    uint32_t high;
    bool shared; /* into the table of strings, not out */
};

static void put_unit(void *user, uint32_t u)
{
    struct units *s = user;
    char t[4];
    uint32_t cp = u;
    if (u >= 0xd800 && u < 0xdc00) {
        s->high = u;
        return;
    }
    if (u >= 0xdc00 && u < 0xe000)
        cp = s->high == 0 ? 0xfffd : 0x10000 + ((s->high - 0xd800) << 10) + (u - 0xdc00);
    s->high = 0;
    if (cp < 0x20)
        cp = ' ';
    unsigned n = ash_utf8_encode(cp, t);
    if (s->shared)
        ash_strings_add(&s->x->strings, t, n);
    else
        ash_emit(s->x->job, t, n);
}

static bool take_shared(struct xls *x, chain *c)
{
    struct units s = {.x = x, .shared = true};
    unsigned chars, runs = 0;
    uint32_t ext = 0;
    unsigned char flags;
    if (!take_u16(c, &chars) || !take(c, &flags, 1) || ((flags & 8) != 0 && !take_u16(c, &runs)) ||
        ((flags & 4) != 0 && !take_u32(c, &ext)))
        return false;
    bool ok = take_chars(c, chars, (flags & 1) != 0, put_unit, &s);
    ash_strings_end(&x->strings);
    return ok && take(c, NULL, 4 * (size_t)runs) && take(c, NULL, ext);
}

static bool read_strings(struct xls *x, chain *c)
{
    uint32_t total, n;
    if (!take_u32(c, &total) || !take_u32(c, &n))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!ash_job_goes(x->job) || !take_shared(x, c))
            return false;
    return true;
}

/* --- cells ---------------------------------------------------------------------- */

static void to_row(struct xls *x, unsigned row)
{
    if (x->row >= 0)
        ash_emit_c(x->job, x->row == (int64_t)row ? '\t' : '\n');
    x->row = row;
}

static void put_number(struct xls *x, double d)
{
    char t[32];
    ash_emit(x->job, t, (size_t)snprintf(t, sizeof t, "%.15g", d));
}

/* MS-XLS 2.5.217: thirty bits of an integer or of a double, perhaps times 100. */
static double rk_value(uint32_t rk)
{
    double d;
    if ((rk & 2) != 0) {
        d = (double)((int32_t)rk >> 2);
    } else {
        uint64_t bits = (uint64_t)(rk & 0xfffffffc) << 32;
        memcpy(&d, &bits, sizeof d);
    }
    return (rk & 1) != 0 ? d / 100 : d;
}

/* A string of a cell; before BIFF8 in the workbook's code page. */
static bool put_string(struct xls *x, chain *c)
{
    struct units s = {.x = x};
    unsigned chars;
    unsigned char flags;
    if (!take_u16(c, &chars))
        return false;
    if (x->wide)
        return take(c, &flags, 1) && take_chars(c, chars, (flags & 1) != 0, put_unit, &s);
    ash_view v = ash_view_first(c->now, chars);
    ash_emit_guessed(x->job, v);
    return v.n == chars;
}

static bool put_numbers(struct xls *x, ash_cursor *c, unsigned row)
{
    ash_get_u16(c); /* first column */
    while (c->at + 8 <= c->n) {
        to_row(x, row);
        ash_get_u16(c);
        put_number(x, rk_value(ash_get_u32(c)));
    }
    return !c->failed;
}

static bool put_cell(struct xls *x, unsigned type, chain *c)
{
    ash_cursor cell = ash_cursor_of(c->now);
    unsigned row = ash_get_u16(&cell);
    if (type == MULRK)
        return put_numbers(x, &cell, row);
    ash_get_u32(&cell); /* column, format */
    if (cell.failed)
        return false;
    to_row(x, row);
    switch (type) {
    case LABELSST: ash_strings_put(x->job, &x->strings, ash_get_u32(&cell)); break;
    case NUMBER: put_number(x, ash_get_f64(&cell)); break;
    case RK: put_number(x, rk_value(ash_get_u32(&cell))); break;
    case FORMULA: {
        /* 2.5.133: not a number if the last two bytes are set; text comes as a
         * record of its own. */
        if (cell.n >= 14 && cell.p[12] == 0xff && cell.p[13] == 0xff)
            break;
        put_number(x, ash_get_f64(&cell));
        break;
    }
    default:
        c->now = ash_view_skip(c->now, 6);
        return put_string(x, c);
    }
    return !cell.failed;
}

/* A text box (2.4.329): its text is in the CONTINUE record behind. */
static void put_box(struct xls *x, chain *c)
{
    struct units s = {.x = x};
    ash_cursor box = ash_cursor_of(c->now);
    ash_cursor_take(&box, 10);
    unsigned chars = ash_get_u16(&box);
    c->now = (ash_view){0};
    if (box.failed || chars == 0)
        return;
    take_chars(c, chars, false, put_unit, &s);
    ash_emit_c(x->job, '\n');
    x->row = -1;
}

/* --- sheets ----------------------------------------------------------------------- */

static void name_sheet(struct xls *x, ash_view record, size_t at)
{
    ash_cursor c = ash_cursor_of(record);
    uint32_t bof = ash_get_u32(&c);
    if (c.failed || x->sheets == SHEETS)
        return;
    x->sheet_at[x->sheets] = bof;
    x->sheet_name[x->sheets++] = (uint32_t)at;
}

/* A substream begins at this offset: the sheet's name is its part. */
static void begin_sheet(struct xls *x, size_t at)
{
    char name[4 * 256];
    size_t n = 0;
    for (unsigned i = 0; i < x->sheets; i++) {
        size_t rec = x->sheet_name[i];
        unsigned type;
        ash_view v;
        if (x->sheet_at[i] != at || !next_record(x->all, &rec, &type, &v) || v.n < 8)
            continue;
        unsigned chars = (unsigned char)v.p[6];
        bool wide = x->wide && (v.p[7] & 1) != 0;
        ash_view text = ash_view_first(ash_view_skip(v, x->wide ? 8 : 7), wide ? 2 * chars : chars);
        for (size_t k = 0; k + (wide ? 2 : 1) <= text.n && n + 4 < sizeof name; k += wide ? 2 : 1) {
            uint32_t u = (unsigned char)text.p[k] | (wide ? (uint32_t)(unsigned char)text.p[k + 1] << 8 : 0);
            n += ash_utf8_encode(u >= 0xd800 && u < 0xe000 ? 0xfffd : u, name + n);
        }
        break;
    }
    ash_emit_begin(x->job, ASH_UNIT_ROW, ash_view_of(name, n));
    x->row = -1;
}

/* One record; false: it is damaged. */
static bool on_record(struct xls *x, unsigned type, chain *c, size_t at)
{
    switch (type) {
    case BOF:
        x->wide = c->now.n >= 2 && c->now.p[1] == 6;
        begin_sheet(x, at);
        return true;
    case BOUNDSHEET: name_sheet(x, c->now, at); return true;
    case SST: return read_strings(x, c);
    case LABELSST:
    case LABEL:
    case RSTRING:
    case NUMBER:
    case RK:
    case MULRK:
    case FORMULA: return put_cell(x, type, c);
    case STRING: return put_string(x, c);
    case TXO: put_box(x, c); return true;
    default: return true;
    }
}

ash_readout ash_read_xls(ash_job *j, ash_view workbook)
{
    struct xls *x = calloc(1, sizeof *x);
    size_t at = 0;
    unsigned type;
    ash_view v;
    bool whole = true;
    ash_readout o = ASH_READOUT_OK;
    if (x == NULL)
        return ASH_READOUT_NO_MEMORY;
    x->job = j;
    x->all = workbook;
    x->strings.job = j;
    x->row = -1;
    ash_emit_begin(j, ASH_UNIT_ROW, (ash_view){0});
    while (at < workbook.n && ash_job_goes(j)) {
        size_t begin = at;
        if (!next_record(workbook, &at, &type, &v)) {
            whole = false;
            break;
        }
        if (type == FILEPASS) {
            o = ASH_READOUT_ENCRYPTED;
            break;
        }
        chain c = {.all = workbook, .at = at, .now = v};
        whole &= on_record(x, type, &c, begin);
    }
    ash_strings_free(&x->strings);
    free(x);
    return o != ASH_READOUT_OK ? o : whole ? ASH_READOUT_OK : ASH_READOUT_DAMAGED;
}
