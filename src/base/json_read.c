#include "base/json_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf16.h"

/* --- one token --------------------------------------------------------- */

typedef struct reader {
    const char *at, *end;
    const char *line_end; /* the first newline at or behind `at`, or end; NULL: not looked for */
    const char *why;      /* set: bad at `at` */
    ash_json_tree *tree;
    uint32_t n; /* values, whether they are kept or not */
} reader;

static ash_json_status bad(reader *r, const char *why)
{
    r->why = why;
    return ASH_JSON_BAD;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

/* At the backslash; moves behind the escape. */
static ash_json_status take_escape(reader *r)
{
    const char *p = r->at + 1;
    if (p == r->end)
        return ASH_JSON_INCOMPLETE;
    switch (*p) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': r->at = p + 1; return ASH_JSON_OK;
    case 'u': break;
    default: return bad(r, N_("invalid escape"));
    }
    for (const char *digits_end = ++p + 4; p < digits_end; p++) {
        if (p == r->end)
            return ASH_JSON_INCOMPLETE;
        if (!isxdigit((unsigned char)*p))
            return bad(r, N_("invalid \\u escape"));
    }
    r->at = p;
    return ASH_JSON_OK;
}

/* Where a string that begins at `at` must have ended: what is wrong is to be told
 * without what follows the line. */
static const char *end_of_line(reader *r)
{
    if (r->line_end == NULL || r->line_end < r->at) {
        const char *p = memchr(r->at, '\n', (size_t)(r->end - r->at));
        r->line_end = p == NULL ? r->end : p;
    }
    return r->line_end;
}

/* At the opening quote; moves behind the closing one. */
static ash_json_status take_string(reader *r, ash_view *ret, bool *ret_escaped)
{
    const char *begin = ++r->at, *end = end_of_line(r);
    *ret_escaped = false;
    while (r->at < end) {
        const char *quote = memchr(r->at, '"', (size_t)(end - r->at));
        const char *until = quote == NULL ? end : quote;
        const char *escape = memchr(r->at, '\\', (size_t)(until - r->at));
        if (escape == NULL && quote != NULL) {
            *ret = ash_view_of(begin, (size_t)(quote - begin));
            r->at = quote + 1;
            return ASH_JSON_OK;
        }
        if (escape == NULL)
            break;
        *ret_escaped = true;
        while (escape != NULL) {
            r->at = escape;
            ash_json_status s = take_escape(r);
            if (s != ASH_JSON_OK)
                return s;
            /* Behind the quote if it was an escaped one. */
            escape = r->at >= until ? NULL : memchr(r->at, '\\', (size_t)(until - r->at));
        }
    }
    if (end == r->end)
        return ASH_JSON_INCOMPLETE;
    r->at = end;
    return bad(r, N_("a line ends inside a string"));
}

static size_t digits(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && *q >= '0' && *q <= '9')
        q++;
    return (size_t)(q - p);
}

/* RFC 8259, section 6. A number at the very end of the text may go on. */
static ash_json_status take_number(reader *r, ash_view *ret)
{
    const char *p = r->at, *begin = p;
    p += p < r->end && *p == '-';
    size_t n = digits(p, r->end);
    bool fine = n > 0 && (n == 1 || *p != '0');
    p += n;
    if (fine && p < r->end && *p == '.') {
        n = digits(++p, r->end);
        fine = n > 0;
        p += n;
    }
    if (fine && p < r->end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < r->end && (*p == '+' || *p == '-');
        n = digits(p, r->end);
        fine = n > 0;
        p += n;
    }
    if (p == r->end)
        return ASH_JSON_INCOMPLETE;
    if (!fine)
        return bad(r, N_("invalid number"));
    *ret = ash_view_of(begin, (size_t)(p - begin));
    r->at = p;
    return ASH_JSON_OK;
}

static ash_json_status take_word(reader *r, const char *word, ash_view *ret)
{
    size_t n = strlen(word), left = (size_t)(r->end - r->at);
    if (memcmp(r->at, word, left < n ? left : n) != 0)
        return bad(r, N_("invalid value"));
    if (left < n)
        return ASH_JSON_INCOMPLETE;
    *ret = ash_view_of(r->at, n);
    r->at += n;
    return ASH_JSON_OK;
}

/* --- the list of values ------------------------------------------------ */

static ash_json_status add_node(reader *r, const ash_json_node *n)
{
    ash_json_tree *t = r->tree;
    if (r->n++ == ASH_JSON_NODES_MAX)
        return bad(r, N_("too many values"));
    if (t == NULL)
        return ASH_JSON_OK;
    if (t->n == t->cap) {
        uint32_t cap = t->cap == 0 ? 256 : t->cap * 2;
        ash_json_node *p = realloc(t->nodes, cap * sizeof *p);
        if (p == NULL) {
            t->nomem = true;
            return bad(r, N_("out of memory"));
        }
        t->nodes = p;
        t->cap = cap;
    }
    t->nodes[t->n] = *n;
    t->nodes[t->n].next = t->n + 1;
    t->n++;
    return ASH_JSON_OK;
}

/* Which brackets are open, a bit each (1: object), and the node of each. */
typedef struct open_brackets {
    uint8_t object[ASH_JSON_READ_DEPTH];
    uint32_t node[ASH_JSON_READ_DEPTH];
    unsigned depth;
} open_brackets;

static ash_json_status take_key(reader *r, ash_json_node *n)
{
    skip_space(r);
    if (r->at == r->end)
        return ASH_JSON_INCOMPLETE;
    if (*r->at != '"')
        return bad(r, N_("a name in quotes is expected"));
    ash_json_status s = take_string(r, &n->key, &n->key_escaped);
    if (s != ASH_JSON_OK)
        return s;
    skip_space(r);
    if (r->at == r->end)
        return ASH_JSON_INCOMPLETE;
    if (*r->at != ':')
        return bad(r, N_("a colon is expected"));
    r->at++;
    return ASH_JSON_OK;
}

static ash_json_status open_bracket(reader *r, open_brackets *o, ash_json_node *n)
{
    if (o->depth == ASH_JSON_READ_DEPTH)
        return bad(r, N_("nested too deeply"));
    bool object = *r->at == '{';
    n->kind = object ? ASH_JSON_OBJECT : ASH_JSON_ARRAY;
    ash_json_status s = add_node(r, n);
    if (s != ASH_JSON_OK)
        return s;
    o->object[o->depth] = object;
    o->node[o->depth++] = r->tree == NULL ? 0 : r->tree->n - 1;
    r->at++;
    return ASH_JSON_OK;
}

/* A value that is no bracket. */
static ash_json_status take_scalar(reader *r, ash_json_node *n)
{
    ash_json_status s;
    switch (*r->at) {
    case '"':
        n->kind = ASH_JSON_STRING;
        s = take_string(r, &n->text, &n->escaped);
        break;
    case 't':
        n->kind = ASH_JSON_TRUE;
        s = take_word(r, "true", &n->text);
        break;
    case 'f':
        n->kind = ASH_JSON_FALSE;
        s = take_word(r, "false", &n->text);
        break;
    case 'n':
        n->kind = ASH_JSON_NULL;
        s = take_word(r, "null", &n->text);
        break;
    default:
        if (*r->at != '-' && !isdigit((unsigned char)*r->at))
            return bad(r, N_("invalid value"));
        n->kind = ASH_JSON_NUMBER;
        s = take_number(r, &n->text);
        break;
    }
    return s == ASH_JSON_OK ? add_node(r, n) : s;
}

/* Behind a value: closes what is closed, and passes the comma before the next
 * one. OK with depth 0: the outermost is complete. */
static ash_json_status after_value(reader *r, open_brackets *o)
{
    while (o->depth > 0) {
        skip_space(r);
        if (r->at == r->end)
            return ASH_JSON_INCOMPLETE;
        if (*r->at == ',') {
            r->at++;
            return ASH_JSON_OK;
        }
        if (*r->at != (o->object[o->depth - 1] ? '}' : ']'))
            return bad(r, N_("a comma or closing bracket is expected"));
        r->at++;
        o->depth--;
        if (r->tree != NULL)
            r->tree->nodes[o->node[o->depth]].next = r->tree->n;
    }
    return ASH_JSON_OK;
}

/* True at the bracket that closes what was just opened. */
static bool is_empty(reader *r, const open_brackets *o)
{
    skip_space(r);
    return r->at < r->end && *r->at == (o->object[o->depth - 1] ? '}' : ']');
}

static ash_json_status read_value(reader *r)
{
    open_brackets o;
    o.depth = 0;
    for (;;) {
        ash_json_node n = {0};
        ash_json_status s = o.depth > 0 && o.object[o.depth - 1] ? take_key(r, &n) : ASH_JSON_OK;
        if (s != ASH_JSON_OK)
            return s;
        skip_space(r);
        if (r->at == r->end)
            return ASH_JSON_INCOMPLETE;
        bool bracket = *r->at == '{' || *r->at == '[';
        s = bracket ? open_bracket(r, &o, &n) : take_scalar(r, &n);
        if (s == ASH_JSON_OK && bracket && !is_empty(r, &o))
            continue;
        if (s == ASH_JSON_OK)
            s = after_value(r, &o);
        if (s != ASH_JSON_OK || o.depth == 0)
            return s;
    }
}

ash_json_status ash_json_read(ash_json_tree *tree, ash_view text, size_t *ret_n,
                              const char **ret_why)
{
    reader r = {.at = text.p, .end = text.p + text.n, .tree = tree};
    if (tree != NULL)
        tree->n = 0;
    ash_json_status s = text.n == 0 ? ASH_JSON_INCOMPLETE : read_value(&r);
    *ret_n = s == ASH_JSON_INCOMPLETE ? text.n : (size_t)(r.at - text.p);
    *ret_why = s == ASH_JSON_BAD ? _(r.why) : "";
    return s;
}

void ash_json_tree_free(ash_json_tree *t)
{
    free(t->nodes);
    *t = (ash_json_tree){0};
}

/* --- looking at it ----------------------------------------------------- */

const ash_json_node *ash_json_first(const ash_json_tree *t, const ash_json_node *of)
{
    return of == NULL || of->next == (uint32_t)(of - t->nodes) + 1 ? NULL : of + 1;
}

const ash_json_node *ash_json_next(const ash_json_tree *t, const ash_json_node *of,
                                   const ash_json_node *n)
{
    return n->next == of->next ? NULL : &t->nodes[n->next];
}

static size_t unescape(char *out, ash_view v);

static bool key_is(const ash_json_node *n, ash_view name)
{
    char key[256];
    if (!n->key_escaped)
        return ash_view_eq(n->key, name);
    return n->key.n <= sizeof key && ash_view_eq(ash_view_of(key, unescape(key, n->key)), name);
}

const ash_json_node *ash_json_get(const ash_json_tree *t, const ash_json_node *of, ash_view name)
{
    const ash_json_node *found = NULL;
    if (of == NULL || of->kind != ASH_JSON_OBJECT)
        return NULL;
    for (const ash_json_node *n = ash_json_first(t, of); n != NULL; n = ash_json_next(t, of, n))
        if (key_is(n, name))
            found = n;
    return found;
}

/* --- escapes ----------------------------------------------------------- */

/* The bytes of one unit of UTF-16, little-endian. */
static void unit_of(const char *hex, char *out)
{
    unsigned x = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)hex[i];
        x = x << 4 | (isdigit(c) ? c - 0u - '0' : (unsigned)tolower(c) - 'a' + 10u);
    }
    out[0] = (char)x;
    out[1] = (char)(x >> 8);
}

/* A run of \u escapes at the front of v: as UTF-16, so that pairs become one. */
static size_t unescape_units(char *out, ash_view *v)
{
    char units[128];
    size_t n = 0;
    while (n < sizeof units && v->n >= 6 && v->p[0] == '\\' && v->p[1] == 'u') {
        unit_of(v->p + 2, units + n);
        bool high = ((unsigned char)units[n + 1] & 0xfc) == 0xd8;
        if (high && n + 2 == sizeof units)
            break; /* its other half goes with it */
        n += 2;
        *v = ash_view_skip(*v, 6);
    }
    return ash_utf16_to_utf8(out, ash_view_of(units, n));
}

/* v was checked when it was read. out: v.n bytes. */
static size_t unescape(char *out, ash_view v)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    size_t n = 0;
    while (v.n > 0) {
        ptrdiff_t plain = ash_view_find(v, '\\');
        size_t k = plain < 0 ? v.n : (size_t)plain;
        memcpy(out + n, v.p, k);
        n += k;
        v = ash_view_skip(v, k);
        if (v.n < 2)
            break;
        if (v.p[1] == 'u') {
            n += unescape_units(out + n, &v);
            continue;
        }
        const char *p = strchr(from, v.p[1]);
        out[n++] = p == NULL ? v.p[1] : to[p - from];
        v = ash_view_skip(v, 2);
    }
    return n;
}

static ash_view resolve(ash_view v, bool escaped, ash_arena *arena)
{
    if (!escaped)
        return v;
    char *p = ash_arena_alloc(arena, v.n);
    return p == NULL ? (ash_view){0} : ash_view_of(p, unescape(p, v));
}

ash_view ash_json_text_of(const ash_json_node *n, ash_arena *arena)
{
    if (n == NULL || n->kind == ASH_JSON_NULL || n->kind >= ASH_JSON_ARRAY)
        return ASH_VIEW_LIT("");
    return resolve(n->text, n->escaped, arena);
}

ash_view ash_json_key_of(const ash_json_node *n, ash_arena *arena)
{
    return resolve(n->key, n->key_escaped, arena);
}
