/* RTF (Rich Text Format Specification 1.9.1): groups, control words, text in
 * \'hh bytes of the font's code page or as \uN. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "extract/charset.h"
#include "extract/job.h"

#define FONTS 256u
#define BYTES 512u

struct rtf_group {
    bool skip;     /* a destination that is no text */
    bool fonts;    /* the font table */
    uint16_t font;
    uint16_t uc;   /* characters behind \uN that stand for it */
};

struct rtf {
    ash_job *job;
    struct rtf_group at;
    struct rtf_group stack[ASH_EXTRACT_RTF_DEPTH];
    unsigned depth;
    bool damaged, star;
    unsigned code_page;
    uint16_t charsets[FONTS]; /* of fonts, and one: 129 is Shift_JIS; 0: not stated */
    unsigned swallow;        /* characters to leave out, behind \uN */
    uint32_t high;
    char bytes[BYTES];       /* of \'hh, not yet decoded */
    size_t n_bytes;
    /* The token being read. */
    enum { TEXT, SLASH, WORD, NUMBER, HEX1, HEX2, BINARY } state;
    char word[33];
    size_t n_word;
    bool negative, has_number;
    long number;
    unsigned hex;
};

static const char *charset_of(const struct rtf *r)
{
    switch (r->at.font < FONTS ? r->charsets[r->at.font] : 0) {
    case 1 + 0: return "windows-1252";
    case 1 + 128: return "cp932";
    case 1 + 129: return "ibm-949";
    case 1 + 134: return "gb18030";
    case 1 + 136: return "big5";
    case 1 + 204: return "windows-1251";
    default: break;
    }
    switch (r->code_page) {
    case 932: return "cp932";
    case 936: return "gb18030";
    case 949: return "ibm-949";
    case 950: return "big5";
    case 1251: return "windows-1251";
    case 65001: return "utf-8";
    default: return "windows-1252";
    }
}

static void emit_decoded(void *user, const char *p, size_t n)
{
    ash_emit(user, p, n);
}

static void flush_bytes(struct rtf *r)
{
    if (r->n_bytes == 0)
        return;
    ash_decoder *d = ash_decoder_new(charset_of(r), emit_decoded, r->job);
    if (d != NULL)
        ash_decoder_feed(d, r->bytes, r->n_bytes, true);
    ash_decoder_free(d);
    r->n_bytes = 0;
}

static void put_byte(struct rtf *r, unsigned char c)
{
    if (r->at.skip)
        return;
    if (r->swallow > 0) {
        r->swallow--;
        return;
    }
    if (c < 0x80 && r->n_bytes == 0) {
        ash_emit_c(r->job, (char)c);
        return;
    }
    if (r->n_bytes == BYTES)
        flush_bytes(r);
    r->bytes[r->n_bytes++] = (char)c;
}

static void put_unit(struct rtf *r, uint32_t u)
{
    flush_bytes(r);
    if (u >= 0xdc00 && u < 0xe000 && r->high != 0)
        ash_emit_cp(r->job, 0x10000 + ((r->high - 0xd800) << 10) + (u - 0xdc00));
    else if (u < 0xd800 || u >= 0xe000)
        ash_emit_cp(r->job, u);
    r->high = u >= 0xd800 && u < 0xdc00 ? u : 0;
}

static bool is_no_text(const char *w)
{
    static const char *const words[] = {"colortbl", "stylesheet", "pict", "objdata", "themedata",
                                        "datastore", "listtable", "rsidtbl", "generator", "xmlnstbl",
                                        "filetbl", "latentstyles", "colorschememapping"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(w, words[i]) == 0)
            return true;
    return false;
}

/* What a word puts into the text; 0: nothing. */
static char char_of(const char *w)
{
    static const struct {
        const char *word;
        char c;
    } table[] = {{"par", '\n'}, {"line", ' '}, {"tab", '\t'}, {"cell", '\t'},
                 {"row", '\n'}, {"sect", '\n'}, {"page", '\n'}, {"nestcell", '\t'}, {"nestrow", '\n'}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(w, table[i].word) == 0)
            return table[i].c;
    return '\0';
}

static void on_word(struct rtf *r)
{
    const char *w = r->word;
    long x = r->has_number ? (r->negative ? -r->number : r->number) : 0;
    char c = char_of(w);
    if (strcmp(w, "u") == 0 && r->has_number) {
        if (!r->at.skip)
            put_unit(r, (uint32_t)(x & 0xffff));
        r->swallow = r->at.uc;
        return;
    }
    if (c != '\0' && !r->at.skip) {
        flush_bytes(r);
        ash_emit_c(r->job, c);
    } else if (strcmp(w, "uc") == 0) {
        r->at.uc = (uint16_t)(x < 0 || x > 16 ? 1 : x);
    } else if (strcmp(w, "ansicpg") == 0) {
        r->code_page = (unsigned)x;
    } else if (strcmp(w, "f") == 0) {
        flush_bytes(r);
        r->at.font = (uint16_t)(x < 0 || x >= (long)FONTS ? 0 : x);
    } else if (strcmp(w, "fcharset") == 0 && r->at.fonts) {
        r->charsets[r->at.font] = (uint16_t)(1 + (x & 0xff));
    } else if (strcmp(w, "fonttbl") == 0) {
        r->at.fonts = r->at.skip = true;
    } else if (is_no_text(w) || (r->star && strcmp(w, "fldinst") != 0)) {
        r->at.skip = true;
    } else if (strcmp(w, "bin") == 0 && x > 0) {
        r->state = BINARY;
        r->number = x;
    }
    r->star = false;
}

static void open_group(struct rtf *r)
{
    flush_bytes(r);
    if (r->depth == ASH_EXTRACT_RTF_DEPTH)
        r->damaged = true;
    else
        r->stack[r->depth++] = r->at;
}

static void close_group(struct rtf *r)
{
    flush_bytes(r);
    if (r->depth > 0)
        r->at = r->stack[--r->depth];
}

static void on_text(struct rtf *r, unsigned char c)
{
    if (c == '\\')
        r->state = SLASH;
    else if (c == '{')
        open_group(r);
    else if (c == '}')
        close_group(r);
    else if (c != '\r' && c != '\n' && c != '\0')
        put_byte(r, c);
}

static void on_slash(struct rtf *r, unsigned char c)
{
    r->state = TEXT;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        r->state = WORD;
        r->word[0] = (char)c;
        r->n_word = 1;
        r->number = 0;
        r->negative = r->has_number = false;
    } else if (c == '\'') {
        r->state = HEX1;
    } else if (c == '*') {
        r->star = true;
    } else if (c == '~' || c == '_') {
        put_byte(r, c == '~' ? ' ' : '-');
    } else if (c == '\r' || c == '\n') {
        put_byte(r, '\n');
    } else {
        put_byte(r, c);
    }
}

static int hex(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* A word or its number ended before c. */
static void end_word(struct rtf *r, unsigned char c)
{
    r->word[r->n_word < 32 ? r->n_word : 32] = '\0';
    r->state = TEXT;
    on_word(r);
    if (c != ' ' && r->state == TEXT)
        on_text(r, c);
}

static void on_char(struct rtf *r, unsigned char c)
{
    switch (r->state) {
    case TEXT: on_text(r, c); break;
    case SLASH: on_slash(r, c); break;
    case WORD:
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            if (r->n_word < 32)
                r->word[r->n_word++] = (char)c;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            r->negative = c == '-';
            r->has_number = c != '-';
            r->number = c == '-' ? 0 : c - '0';
            r->state = NUMBER;
        } else {
            end_word(r, c);
        }
        break;
    case NUMBER:
        if (c >= '0' && c <= '9') {
            r->has_number = true;
            r->number = r->number > 100000000 ? r->number : r->number * 10 + (c - '0');
        } else {
            end_word(r, c);
        }
        break;
    case HEX1:
    case HEX2:
        if (hex(c) < 0) {
            r->state = TEXT;
        } else if (r->state == HEX1) {
            r->hex = (unsigned)hex(c) << 4;
            r->state = HEX2;
        } else {
            put_byte(r, (unsigned char)(r->hex | (unsigned)hex(c)));
            r->state = TEXT;
        }
        break;
    case BINARY:
        if (--r->number <= 0)
            r->state = TEXT;
        break;
    }
}

static bool on_block(void *user, const char *p, size_t n)
{
    struct rtf *r = user;
    for (size_t i = 0; i < n && !r->damaged; i++)
        on_char(r, (unsigned char)p[i]);
    return !r->damaged && ash_job_goes(r->job);
}

ash_readout ash_read_rtf(ash_job *j, const ash_bytes *b)
{
    struct rtf *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ASH_READOUT_NO_MEMORY;
    r->job = j;
    r->at.uc = 1;
    ash_emit_begin(j, ASH_UNIT_PARAGRAPH, (ash_view){0});
    bool ok = ash_bytes_each(b, on_block, r);
    flush_bytes(r);
    bool whole = !r->damaged && r->depth == 0;
    free(r);
    return !ok ? ASH_READOUT_UNREADABLE : whole ? ASH_READOUT_OK : ASH_READOUT_DAMAGED;
}
