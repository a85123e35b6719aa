#include "source/evtx_binxml.h"

#include "base/i18n.h"

/* Tokens of [MS-EVEN6] 2.2.12; TOKEN_MORE marks attributes, or more of them. */
enum {
    TOKEN_EOF = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_OPENED = 0x02,
    TOKEN_OPENED_EMPTY = 0x03,
    TOKEN_CLOSE = 0x04,
    TOKEN_VALUE = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_CDATA = 0x07,
    TOKEN_CHAR = 0x08,
    TOKEN_ENTITY = 0x09,
    TOKEN_PI_TARGET = 0x0a,
    TOKEN_PI_DATA = 0x0b,
    TOKEN_TEMPLATE = 0x0c,
    TOKEN_SUBSTITUTION = 0x0d,
    TOKEN_OPTIONAL = 0x0e,
    TOKEN_FRAGMENT = 0x0f,
    TOKEN_MORE = 0x40,
};

#define DEFINITION_HEADER 24u /* next, GUID, length */
#define DESCRIPTOR 4u         /* length, type, padding */
#define TOKEN_COST 4u

static const char NESTED[] = N_("elements or templates are nested too deeply");
static const char UNBALANCED[] = N_("an element does not end");
static const char UNKNOWN_TOKEN[] = N_("unknown or misplaced token");
static const char CUT_SHORT[] = N_("a token reaches beyond its end");

static ash_cursor cursor_at(ash_view chunk, uint32_t at, uint32_t end)
{
    ash_cursor c = ash_cursor_of(ash_view_first(chunk, end));
    ash_cursor_take(&c, at);
    return c;
}

/* --- names, templates, values ------------------------------------------ */

/* Next name, hash, number of units, the units, terminator. */
static ash_view name_here(ash_cursor *c)
{
    ash_cursor_take(c, 6);
    size_t n = 2 * (size_t)ash_get_u16(c);
    const unsigned char *p = ash_cursor_take(c, n);
    ash_cursor_take(c, 2);
    return p == NULL ? (ash_view){0} : ash_view_of(p, n);
}

/* A name is written where it is used first in the chunk. */
static ash_view take_name(ash_view chunk, ash_cursor *c, uint32_t *ret_at)
{
    uint32_t at = ash_get_u32(c);
    *ret_at = at;
    if (at == c->at)
        return name_here(c);
    ash_cursor elsewhere = cursor_at(chunk, at, (uint32_t)chunk.n);
    ash_view name = name_here(&elsewhere);
    c->failed |= elsewhere.failed;
    return name;
}

static ash_evtx_value take_string(ash_cursor *c)
{
    size_t n = 2 * (size_t)ash_get_u16(c);
    const unsigned char *p = ash_cursor_take(c, n);
    return (ash_evtx_value){.type = ASH_EVTX_STRING, .bytes = ash_view_of(p, p == NULL ? 0 : n)};
}

static ash_evtx_value take_value(ash_cursor *c)
{
    uint8_t type = ash_get_u8(c);
    if (type == ASH_EVTX_STRING)
        return take_string(c);
    unsigned n = ash_evtx_type_size(type);
    const unsigned char *p = ash_cursor_take(c, n);
    c->failed |= n == 0;
    return (ash_evtx_value){.type = type, .bytes = ash_view_of(p, p == NULL ? 0 : n)};
}

const char *ash_evtx_instance_read(ash_view chunk, uint32_t *at, uint32_t end,
                                   ash_evtx_instance *ret)
{
    ash_cursor c = cursor_at(chunk, *at, end);
    ash_cursor_take(&c, 1);
    uint32_t id = ash_get_u32(&c);
    ash_evtx_definition d = {.at = ash_get_u32(&c)};
    bool here = d.at == c.at;
    ash_cursor def = cursor_at(chunk, d.at, here ? end : (uint32_t)chunk.n);
    ash_cursor_take(&def, 4);
    uint32_t guid = ash_get_u32(&def);
    ash_cursor_take(&def, 12);
    uint32_t n = ash_get_u32(&def);
    d.body = d.at + DEFINITION_HEADER;
    d.end = d.body + n;
    if (ash_cursor_take(&def, n) == NULL)
        return N_("its template is not in the chunk");
    if (guid != id)
        return N_("another template is where its template should be");
    if (here)
        c.at = def.at;
    uint32_t count = ash_get_u32(&c);
    if (c.failed || count > (end - c.at) / DESCRIPTOR)
        return N_("its values reach beyond its end");
    *ret = (ash_evtx_instance){.definition = d, .descriptors = (uint32_t)c.at, .count = count};
    ret->values = *at = ret->descriptors + count * DESCRIPTOR;
    return NULL;
}

/* --- limits and frames -------------------------------------------------- */

static bool broken(ash_evtx_walk *w, const char *why)
{
    w->why = why;
    return false;
}

static bool charge(ash_evtx_walk *w, size_t n)
{
    if (n > w->budget)
        return broken(w, N_("grows beyond its limit"));
    w->budget -= (uint32_t)n;
    return true;
}

static bool push(ash_evtx_walk *w, uint32_t at, uint32_t end)
{
    if (w->n_frames == ASH_EVTX_FRAMES_MAX)
        return broken(w, NESTED);
    if (!charge(w, TOKEN_COST))
        return false;
    w->frames[w->n_frames++] =
        (ash_evtx_frame){.at = at, .end = end, .elements = w->n_elements, .values = w->n_values};
    return true;
}

static bool pop(ash_evtx_walk *w)
{
    const ash_evtx_frame *f = &w->frames[w->n_frames - 1];
    if (w->n_elements != f->elements || w->in_tag)
        return broken(w, UNBALANCED);
    w->n_values = f->values;
    w->n_frames--;
    return true;
}

/* Goes into a template's body; the frame the instance is in goes on behind it. */
static bool push_instance(ash_evtx_walk *w, ash_evtx_frame *f, uint32_t at)
{
    ash_evtx_instance in;
    const char *why = ash_evtx_instance_read(w->chunk, &at, f->end, &in);
    if (why != NULL)
        return broken(w, why);
    if (in.count > ASH_EVTX_VALUES_MAX - w->n_values)
        return broken(w, N_("has too many values"));
    if (!charge(w, in.count) || !push(w, in.definition.body, in.definition.end))
        return false;
    ash_cursor d = cursor_at(w->chunk, in.descriptors, in.values);
    for (uint32_t i = 0; i < in.count; i++) {
        uint16_t n = ash_get_u16(&d);
        w->values[w->n_values].at = at;
        w->values[w->n_values].length = n;
        w->values[w->n_values++].type = ash_get_u8(&d);
        ash_cursor_take(&d, 1);
        if (n > f->end - at)
            return broken(w, N_("its values reach beyond its end"));
        at += n;
    }
    f->at = at;
    f = &w->frames[w->n_frames - 1];
    f->count = in.count;
    f->is_body = f->dependency_ids = true;
    return true;
}

/* The value of a substitution; NULL where the instance has none. */
static ash_evtx_value value_of(const ash_evtx_walk *w, const ash_evtx_frame *f, uint16_t i)
{
    if (i >= f->count)
        return (ash_evtx_value){0};
    uint32_t k = f->values + i;
    return (ash_evtx_value){.type = w->values[k].type,
                            .bytes = ash_view_of(w->chunk.p + w->values[k].at, w->values[k].length)};
}

/* --- what is left out --------------------------------------------------- */

/* Goes over what may stand in an attribute or between tags and is no element.
 * Returns false for any other token. *ret_null: an optional substitution that
 * has no value. */
static bool skip_text(const ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor *c,
                      uint8_t token, bool *ret_null)
{
    uint32_t at;
    *ret_null = false;
    switch (token & ~TOKEN_MORE) {
    case TOKEN_VALUE: take_value(c); return true;
    case TOKEN_CDATA:
    case TOKEN_PI_DATA: take_string(c); return true;
    case TOKEN_CHAR: ash_get_u16(c); return true;
    case TOKEN_ENTITY:
    case TOKEN_PI_TARGET: take_name(w->chunk, c, &at); return true;
    case TOKEN_SUBSTITUTION:
    case TOKEN_OPTIONAL: {
        ash_evtx_value v = value_of(w, f, ash_get_u16(c));
        ash_get_u8(c);
        *ret_null = token == TOKEN_OPTIONAL && v.type == ASH_EVTX_NULL;
        return true;
    }
    default: return false;
    }
}

/* The byte that comes next, or 0 at the end. */
static uint8_t ahead(const ash_cursor *c)
{
    return c->failed || c->at == c->n ? 0 : c->p[c->at];
}

/* Goes over an attribute's value; true if it was without one. */
static bool skip_attribute(const ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor *c)
{
    bool null, any_null = false;
    for (;;) {
        ash_cursor next = *c;
        if (!skip_text(w, f, &next, ash_get_u8(&next), &null) || next.failed)
            return any_null;
        any_null |= null;
        *c = next;
    }
}

/* Behind an element's head: true if its text, as far as it comes before a child,
 * holds an optional substitution without value. */
static bool element_is_null(const ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor c)
{
    uint32_t at;
    while ((ahead(&c) & ~TOKEN_MORE) == TOKEN_ATTRIBUTE) {
        ash_get_u8(&c);
        take_name(w->chunk, &c, &at);
        skip_attribute(w, f, &c);
    }
    return ash_get_u8(&c) == TOKEN_OPENED && skip_attribute(w, f, &c);
}

static ash_view take_head(const ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor *c,
                          uint8_t token, uint32_t *ret_name_at)
{
    ash_cursor_take(c, f->dependency_ids ? 6 : 4); /* dependency, length of the element */
    ash_view name = take_name(w->chunk, c, ret_name_at);
    if (token & TOKEN_MORE)
        ash_get_u32(c); /* length of the attributes */
    return name;
}

/* From behind an element's head to behind its end. */
static bool skip_element(ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor *c)
{
    size_t begin = c->at;
    for (uint32_t depth = 1, at; depth > 0 && !c->failed;) {
        bool null;
        uint8_t token = ash_get_u8(c);
        switch (token & ~TOKEN_MORE) {
        case TOKEN_OPEN:
            take_head(w, f, c, token, &at);
            depth++;
            break;
        case TOKEN_OPENED: break;
        case TOKEN_ATTRIBUTE: take_name(w->chunk, c, &at); break;
        case TOKEN_OPENED_EMPTY:
        case TOKEN_CLOSE: depth--; break;
        default:
            if (!skip_text(w, f, c, token, &null))
                return broken(w, UNKNOWN_TOKEN);
        }
    }
    return charge(w, c->at - begin) && (!c->failed || broken(w, CUT_SHORT));
}

/* --- tokens ------------------------------------------------------------- */

/* Outside of templates some writers give elements a dependency id and some do
 * not: it is there if its absence makes no sense. */
static void find_dependency_ids(const ash_evtx_walk *w, ash_evtx_frame *f, ash_cursor c)
{
    bool fits[2];
    for (unsigned ids = 0; ids < 2; ids++) {
        uint32_t at;
        ash_cursor t = c;
        ash_cursor_take(&t, 2 * ids);
        uint32_t n = ash_get_u32(&t);
        fits[ids] = n <= t.n - t.at;
        take_name(w->chunk, &t, &at);
        fits[ids] &= !t.failed;
    }
    f->dependency_ids = fits[1] && (!fits[0] || f->dependency_ids);
}

/* Takes an element's head. False: left out, or broken. */
static bool take_open(ash_evtx_walk *w, ash_evtx_frame *f, ash_cursor *c, uint8_t token,
                      ash_evtx_token *ret)
{
    ash_evtx_element e = {.begin = (uint32_t)c->at - 1, .repeats = w->again};
    if (!f->is_body)
        find_dependency_ids(w, f, *c);
    ret->kind = ASH_EVTX_OPEN;
    ret->name = take_head(w, f, c, token, &ret->name_at);
    if (!w->definition && f->is_body && element_is_null(w, f, *c)) {
        w->again = false;
        skip_element(w, f, c);
        return false;
    }
    if (w->n_elements == ASH_EVTX_DEPTH_MAX)
        return broken(w, NESTED);
    if (w->again) {
        e.array = w->again_array;
        e.items = w->again_items;
        w->again = false;
    }
    e.name_at = ret->name_at;
    w->elements[w->n_elements++] = e;
    w->in_tag = true;
    return true;
}

static bool take_attribute(ash_evtx_walk *w, const ash_evtx_frame *f, ash_cursor *c,
                           ash_evtx_token *ret)
{
    ret->kind = ASH_EVTX_ATTRIBUTE;
    ret->name = take_name(w->chunk, c, &ret->name_at);
    ash_cursor behind = *c;
    if (w->definition || !f->is_body || !skip_attribute(w, f, &behind))
        return true;
    charge(w, behind.at - c->at);
    *c = behind;
    return false;
}

/* Closes the innermost element; goes back to its beginning where it comes once
 * more for an array. */
static bool close_element(ash_evtx_walk *w, ash_evtx_frame *f, ash_cursor *c, ash_evtx_token *ret)
{
    if (w->n_elements == f->elements)
        return broken(w, UNBALANCED);
    const ash_evtx_element *e = &w->elements[--w->n_elements];
    ash_cursor name = cursor_at(w->chunk, e->name_at, (uint32_t)w->chunk.n);
    ret->kind = ASH_EVTX_CLOSE;
    ret->name = name_here(&name);
    ret->name_at = e->name_at;
    w->closing = false;
    if (e->repeats && e->items.bytes.n > 0) {
        w->again = true;
        w->again_array = e->array;
        w->again_items = e->items;
        c->at = e->begin;
    }
    return true;
}

/* Of an array in an element's text one item at a time. */
static ash_evtx_value one_item(ash_evtx_walk *w, const ash_evtx_frame *f, uint16_t i,
                               ash_evtx_value v)
{
    ash_evtx_value item = {0};
    if (w->in_tag || w->n_elements == f->elements)
        return v;
    ash_evtx_element *e = &w->elements[w->n_elements - 1];
    if (!e->repeats) {
        e->repeats = true;
        e->array = i;
        e->items = v;
    }
    if (e->array != i)
        return v;
    ash_evtx_array_next(&e->items, &item);
    return item;
}

/* False where it is binary XML, which is gone into. */
static bool take_substitution(ash_evtx_walk *w, ash_evtx_frame *f, ash_cursor *c,
                              ash_evtx_token *ret)
{
    bool optional = c->p[c->at - 1] == TOKEN_OPTIONAL;
    uint16_t i = ash_get_u16(c);
    uint8_t declared = ash_get_u8(c);
    if (w->definition) {
        ret->kind = ASH_EVTX_SUBSTITUTION;
        ret->optional = optional;
        ret->number = i;
        ret->value.type = declared;
        return true;
    }
    ash_evtx_value v = value_of(w, f, i);
    if (v.type == ASH_EVTX_BINXML && !w->in_tag) {
        uint32_t at = (uint32_t)(v.bytes.p - w->chunk.p);
        f->at = (uint32_t)c->at;
        push(w, at, at + (uint32_t)v.bytes.n);
        return false;
    }
    if (v.type & ASH_EVTX_ARRAY)
        v = one_item(w, f, i, v);
    ret->kind = ASH_EVTX_VALUE;
    ret->value = v;
    ret->substituted = true;
    return true;
}

static bool take_text(ash_evtx_walk *w, ash_cursor *c, uint8_t token, ash_evtx_token *ret)
{
    switch (token) {
    case TOKEN_VALUE:
        ret->kind = ASH_EVTX_VALUE;
        ret->value = take_value(c);
        return true;
    case TOKEN_CDATA:
        ret->kind = ASH_EVTX_CDATA;
        ret->value = take_string(c);
        return true;
    case TOKEN_PI_DATA:
        ret->kind = ASH_EVTX_PI_DATA;
        ret->value = take_string(c);
        return true;
    case TOKEN_CHAR:
        ret->kind = ASH_EVTX_CHAR;
        ret->number = ash_get_u16(c);
        return true;
    case TOKEN_ENTITY:
    case TOKEN_PI_TARGET:
        ret->kind = token == TOKEN_ENTITY ? ASH_EVTX_ENTITY : ASH_EVTX_PI_TARGET;
        ret->name = take_name(w->chunk, c, &ret->name_at);
        return true;
    default: return broken(w, UNKNOWN_TOKEN);
    }
}

/* Takes what is at the front of the innermost frame. False where that makes no
 * token; c->at then still tells where to go on, unless a frame was pushed. */
static bool take(ash_evtx_walk *w, ash_evtx_frame *f, ash_cursor *c, ash_evtx_token *ret)
{
    uint8_t token = ash_get_u8(c), kind = token & (uint8_t)~TOKEN_MORE;
    bool tag = kind == TOKEN_ATTRIBUTE || kind == TOKEN_OPENED || kind == TOKEN_OPENED_EMPTY;
    bool either = kind == TOKEN_VALUE || kind == TOKEN_CHAR || kind == TOKEN_ENTITY ||
                  kind == TOKEN_SUBSTITUTION || kind == TOKEN_OPTIONAL || kind == TOKEN_CDATA;
    if (!either && tag != w->in_tag)
        return broken(w, UNKNOWN_TOKEN);
    switch (kind) {
    case TOKEN_EOF: c->at = c->n; return false;
    case TOKEN_FRAGMENT: ash_cursor_take(c, 3); return false;
    case TOKEN_OPEN: return take_open(w, f, c, token, ret);
    case TOKEN_ATTRIBUTE: return take_attribute(w, f, c, ret);
    case TOKEN_OPENED:
    case TOKEN_OPENED_EMPTY:
        ret->kind = ASH_EVTX_OPENED;
        ret->empty = w->closing = kind == TOKEN_OPENED_EMPTY;
        w->in_tag = false;
        return true;
    case TOKEN_CLOSE: return close_element(w, f, c, ret);
    case TOKEN_TEMPLATE: return push_instance(w, f, (uint32_t)c->at);
    case TOKEN_SUBSTITUTION:
    case TOKEN_OPTIONAL: return take_substitution(w, f, c, ret);
    default: return take_text(w, c, kind, ret);
    }
}

/* One step of the innermost frame. */
static bool step(ash_evtx_walk *w, ash_evtx_token *ret)
{
    uint32_t depth = w->n_frames;
    ash_evtx_frame *f = &w->frames[depth - 1];
    ash_cursor c = cursor_at(w->chunk, f->at, f->end);
    if (!w->closing && c.at == c.n) {
        pop(w);
        return false;
    }
    bool token = w->closing ? close_element(w, f, &c, ret) : take(w, f, &c, ret);
    if (c.failed)
        return broken(w, CUT_SHORT);
    if (w->n_frames > depth) /* it has said where f goes on */
        return false;
    f->at = (uint32_t)c.at;
    return token && w->why == NULL;
}

ash_evtx_token_kind ash_evtx_walk_next(ash_evtx_walk *w, ash_evtx_token *ret)
{
    while (w->why == NULL && w->n_frames > 0) {
        *ret = (ash_evtx_token){.kind = ASH_EVTX_END};
        if (step(w, ret) && charge(w, TOKEN_COST + ret->name.n + ret->value.bytes.n))
            return ret->kind;
    }
    *ret = (ash_evtx_token){.kind = w->why != NULL ? ASH_EVTX_BROKEN : ASH_EVTX_END};
    return ret->kind;
}

static void begin(ash_evtx_walk *w, ash_view chunk, uint32_t length)
{
    w->chunk = chunk;
    w->why = NULL;
    w->in_tag = w->closing = w->definition = w->again = false;
    w->n_frames = w->n_elements = w->n_values = 0;
    w->budget = ASH_EVTX_GROWTH_BASE + ASH_EVTX_GROWTH * length;
}

void ash_evtx_walk_record(ash_evtx_walk *w, ash_view chunk, const ash_evtx_record *r)
{
    begin(w, chunk, r->length);
    push(w, r->at + ASH_EVTX_RECORD_HEADER, r->at + r->length - 4);
    w->frames[0].dependency_ids = true;
}

void ash_evtx_walk_definition(ash_evtx_walk *w, ash_view chunk, const ash_evtx_definition *d)
{
    begin(w, chunk, d->end - d->body);
    w->definition = true;
    push(w, d->body, d->end);
    w->frames[0].is_body = w->frames[0].dependency_ids = true;
}

/* --- definitions compared ---------------------------------------------- */

static void add_string(ash_buf *out, ash_view v)
{
    uint16_t n = (uint16_t)(v.n / 2);
    ash_buf_add(out, &n, sizeof n);
    ash_buf_add_view(out, v);
}

/* One token without lengths and offsets. False: not one a definition has. */
static bool add_plain(ash_buf *out, ash_view chunk, ash_cursor *c, uint8_t token)
{
    const unsigned char *p = NULL;
    uint8_t type = 0;
    uint32_t at;
    switch (token & ~TOKEN_MORE) {
    case TOKEN_OPENED:
    case TOKEN_OPENED_EMPTY:
    case TOKEN_CLOSE: return true;
    case TOKEN_FRAGMENT:
    case TOKEN_SUBSTITUTION:
    case TOKEN_OPTIONAL: p = ash_cursor_take(c, 3); break;
    case TOKEN_OPEN:
        ash_cursor_take(c, 6);
        add_string(out, take_name(chunk, c, &at));
        if (token & TOKEN_MORE)
            ash_get_u32(c);
        return true;
    case TOKEN_ATTRIBUTE:
    case TOKEN_ENTITY:
    case TOKEN_PI_TARGET: add_string(out, take_name(chunk, c, &at)); return true;
    case TOKEN_CDATA:
    case TOKEN_PI_DATA: add_string(out, take_string(c).bytes); return true;
    case TOKEN_CHAR: ash_buf_add(out, ash_cursor_take(c, 2), c->failed ? 0 : 2); return true;
    case TOKEN_VALUE: {
        ash_evtx_value v = take_value(c);
        type = v.type;
        ash_buf_add(out, &type, 1);
        add_string(out, v.bytes);
        return true;
    }
    default: return false;
    }
    if (p != NULL)
        ash_buf_add(out, p, 3);
    return true;
}

bool ash_evtx_definition_plain(ash_view chunk, const ash_evtx_definition *d, ash_buf *out)
{
    ash_cursor c = cursor_at(chunk, d->body, d->end);
    while (!c.failed && c.at < c.n) {
        uint8_t token = ash_get_u8(&c);
        if (token == TOKEN_EOF)
            break;
        ash_buf_add(out, &token, 1);
        if (!add_plain(out, chunk, &c, token))
            return false;
    }
    return !c.failed && !out->failed;
}
