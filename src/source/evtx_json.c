/* Writes a tree as JSON: evtx_script.h. */
#include "source/evtx_script.h"

typedef struct writer {
    ash_evtx_script *s;
    ash_arena *arena;
    uint32_t depth;
} writer;

static const ash_view DATA = {"D\0a\0t\0a", 8};
static const ash_view NAME = {"N\0a\0m\0e", 8};
static const ash_view EVENT_DATA = {"E\0v\0e\0n\0t\0D\0a\0t\0a", 18};
static const ash_view USER_DATA = {"U\0s\0e\0r\0D\0a\0t\0a", 16};

/* Members that are being written of one object. */
typedef struct object {
    ash_evtx_names names;
    enum { NONE, MAYBE, CERTAIN } before; /* whether a member stands before the next one */
    bool some_maybe, suffixed;
    bool container; /* EventData, UserData: <Data> in it is named by its attribute */
    bool unnamed;   /* the <Data> without name are written */
} object;

static void put(writer *w, const char *z)
{
    ash_buf_add_z(w->s->text, z);
}

/* Remembers where a value begins. A whole record needs no such marks. */
static void mark(writer *w)
{
    if (w->s->definition)
        ash_evtx_script_op(w->s, ASH_EVTX_OP_MARK, w->depth);
}

static bool is_nested(const ash_evtx_node *n)
{
    return n->kind == ASH_EVTX_NODE_SUBSTITUTION && n->value.type == ASH_EVTX_BINXML;
}

static bool is_optional(const ash_evtx_node *text)
{
    for (; text != NULL && text->kind != ASH_EVTX_NODE_ELEMENT; text = text->next)
        if (text->kind == ASH_EVTX_NODE_SUBSTITUTION && text->optional)
            return true;
    return false;
}

static bool has_text(const ash_evtx_node *e)
{
    for (const ash_evtx_node *n = e->first; n != NULL; n = n->next)
        if (ash_evtx_node_is_text(n) && !is_nested(n))
            return true;
    return false;
}

/* The same beside members, where no value is no text. */
static bool has_text_among(writer *w, const ash_evtx_node *e)
{
    bool any = false;
    for (const ash_evtx_node *n = e->first; n != NULL; n = n->next) {
        w->s->usable &= n->kind != ASH_EVTX_NODE_SUBSTITUTION || is_nested(n); /* may be none */
        any |= ash_evtx_node_is_text(n) && !is_nested(n) &&
               !(n->kind == ASH_EVTX_NODE_VALUE && n->value.type == ASH_EVTX_NULL);
    }
    return any;
}

static bool has_members(const ash_evtx_node *e)
{
    const ash_evtx_node *n = e->first;
    while (n != NULL && n->kind != ASH_EVTX_NODE_ELEMENT && !is_nested(n))
        n = n->next;
    return n != NULL;
}

/* --- texts --------------------------------------------------------------- */

/* The text among the children: one value by its type, several as one string. `none`
 * stands for no value. */
static void scalar(writer *w, const ash_evtx_node *first, const char *none)
{
    const ash_evtx_node *only = NULL;
    unsigned n = 0;
    for (const ash_evtx_node *c = first; c != NULL && n < 2; c = c->next)
        if (ash_evtx_node_is_text(c) && !is_nested(c)) {
            only = c;
            n++;
        }
    if (n == 0) {
        put(w, none);
    } else if (n == 1 && only->kind == ASH_EVTX_NODE_SUBSTITUTION) {
        ash_evtx_script_op(w->s, none[0] == 'n' ? ASH_EVTX_OP_JSON : ASH_EVTX_OP_DATA, only->number);
    } else if (n == 1 && only->kind == ASH_EVTX_NODE_VALUE) {
        size_t at = w->s->text->n;
        ash_evtx_put_json(w->s->text, only->value);
        if (none[0] != 'n' && ash_view_is(ash_view_skip(ash_buf_view(w->s->text), at), "null")) {
            w->s->text->n = at;
            put(w, none);
        }
    } else {
        put(w, "\"");
        for (const ash_evtx_node *c = first; c != NULL; c = c->next)
            if (!is_nested(c))
                ash_evtx_script_piece(w->s, c, ASH_EVTX_JSON_STRING);
        put(w, "\"");
    }
}

/* --- attributes ------------------------------------------------------------ */

static const ash_evtx_node *next_attribute(const ash_evtx_node *a, const ash_evtx_node *without)
{
    return a != NULL && a == without ? a->next : a;
}

static void comma(writer *w, object *o)
{
    if (o->before == CERTAIN)
        put(w, ",");
    else if (o->before == MAYBE)
        ash_evtx_script_op(w->s, ASH_EVTX_OP_COMMA, 0);
}

static void written(object *o, bool maybe)
{
    o->some_maybe |= maybe;
    if (!maybe)
        o->before = CERTAIN;
    else if (o->before == NONE)
        o->before = MAYBE;
}

/* "name": of a member; the name is made new. */
static void key(writer *w, object *o, ash_view name)
{
    put(w, "\"");
    size_t at = w->s->text->n;
    ash_evtx_put_utf16(w->s->text, name, ASH_EVTX_JSON_STRING);
    o->suffixed |= ash_evtx_names_take(&o->names, w->s->text, at);
    put(w, "\":");
}

/* Which member has a number depends on which ones there are: not for scripts. */
static void finish(writer *w, object *o)
{
    w->s->failed |= o->names.failed;
    w->s->usable &= !(o->suffixed && o->some_maybe);
}

/* {"#attributes":{...: the inner object, open. Returns whether some are certain. */
static bool attributes(writer *w, const ash_evtx_node *e, const ash_evtx_node *without)
{
    object o = {.names = {.arena = w->arena}};
    put(w, "{\"#attributes\":{");
    for (const ash_evtx_node *a = next_attribute(e->first_attribute, without); a != NULL;
         a = next_attribute(a->next, without)) {
        ash_evtx_skips skips;
        bool maybe = ash_evtx_script_skips(w->s, a->first, &skips);
        comma(w, &o);
        key(w, &o, a->name);
        scalar(w, a->first, "null");
        ash_evtx_script_land(w->s, skips);
        written(&o, maybe);
    }
    finish(w, &o);
    return o.before == CERTAIN;
}

/* --- elements -------------------------------------------------------------- */

static void members(writer *w, const ash_evtx_node *e, object *o);

/* An element without children: null, its text, or an object with its attributes. */
static void leaf(writer *w, const ash_evtx_node *e, const ash_evtx_node *without, const char *none)
{
    bool text = has_text(e);
    if (next_attribute(e->first_attribute, without) == NULL) {
        scalar(w, e->first, none);
        return;
    }
    mark(w);
    bool certain = attributes(w, e, without);
    uint32_t choice = certain ? 0 : ash_evtx_script_op(w->s, ASH_EVTX_OP_ATTRIBUTES, w->depth);
    put(w, text ? "},\"#text\":" : "}}");
    if (text) {
        scalar(w, e->first, none);
        put(w, "}");
    }
    if (certain)
        return;
    uint32_t over = ash_evtx_script_op(w->s, ASH_EVTX_OP_JUMP, 0);
    uint32_t plain = ash_evtx_script_here(w->s);
    scalar(w, e->first, none);
    uint32_t end = ash_evtx_script_here(w->s);
    if (w->s->failed)
        return;
    w->s->ops[choice].a = plain;
    w->s->ops[over].a = end;
}

static bool is_container(const ash_evtx_node *e)
{
    return ash_view_eq(e->name, EVENT_DATA) || ash_view_eq(e->name, USER_DATA);
}

static void reserve_key(writer *w, object *o, const char *name)
{
    size_t at = w->s->text->n;
    put(w, name);
    ash_evtx_names_take(&o->names, w->s->text, at);
    w->s->text->n = at;
}

static void branch(writer *w, const ash_evtx_node *e, const ash_evtx_node *without)
{
    object o = {.names = {.arena = w->arena}, .container = is_container(e)};
    mark(w);
    if (next_attribute(e->first_attribute, without) != NULL) {
        w->s->usable &= attributes(w, e, without);
        put(w, "}");
        reserve_key(w, &o, "#attributes");
        o.before = CERTAIN;
    } else {
        put(w, "{");
    }
    if (has_text_among(w, e)) {
        comma(w, &o);
        put(w, "\"#text\":");
        scalar(w, e->first, "null");
        reserve_key(w, &o, "#text");
        o.before = CERTAIN;
    }
    members(w, e, &o);
    if (o.before == CERTAIN)
        put(w, "}");
    else
        ash_evtx_script_op(w->s, ASH_EVTX_OP_CLOSE, w->depth);
    finish(w, &o);
}

/* The value of an element; without one of its attributes where that is its key. */
static void value(writer *w, const ash_evtx_node *e, const ash_evtx_node *without, const char *none)
{
    w->depth++;
    if (has_members(e))
        branch(w, e, without);
    else
        leaf(w, e, without, none);
    w->depth--;
}

/* --- Data --------------------------------------------------------------------- */

static const ash_evtx_node *name_of_data(const ash_evtx_node *e)
{
    const ash_evtx_node *a = e->first_attribute;
    while (a != NULL && !ash_view_eq(a->name, NAME))
        a = a->next;
    return a != NULL && a->first != NULL ? a : NULL;
}

static bool is_data(const ash_evtx_node *e)
{
    return e->kind == ASH_EVTX_NODE_ELEMENT && ash_view_eq(e->name, DATA);
}

static const ash_evtx_node *next_unnamed(const ash_evtx_node *n)
{
    while (n != NULL && !(is_data(n) && name_of_data(n) == NULL))
        n = n->next;
    return n;
}

/* All <Data> without name, from the first one on. */
static void unnamed_data(writer *w, const ash_evtx_node *first, object *o)
{
    bool several = next_unnamed(first->next) != NULL, maybe = is_optional(first->first);
    ash_evtx_skips skips = {0};
    for (const ash_evtx_node *n = first; n != NULL && several; n = next_unnamed(n->next))
        w->s->usable &= !is_optional(n->first);
    if (maybe && !several)
        ash_evtx_script_skips(w->s, first->first, &skips);
    comma(w, o);
    key(w, o, DATA);
    put(w, several ? "{\"#text\":[" : "{\"#text\":");
    for (const ash_evtx_node *n = first; n != NULL; n = next_unnamed(n->next)) {
        if (n != first)
            put(w, ",");
        value(w, n, NULL, "\"\"");
    }
    put(w, several ? "]}" : "}");
    ash_evtx_script_land(w->s, skips);
    written(o, maybe);
    o->unnamed = true;
}

static void named_data(writer *w, const ash_evtx_node *e, const ash_evtx_node *name, object *o)
{
    ash_evtx_skips skips;
    bool maybe = ash_evtx_script_skips(w->s, e->first, &skips);
    comma(w, o);
    put(w, "\"");
    size_t at = w->s->text->n;
    uint32_t n = w->s->n;
    for (const ash_evtx_node *c = name->first; c != NULL; c = c->next)
        ash_evtx_script_piece(w->s, c, ASH_EVTX_JSON_STRING);
    w->s->usable &= w->s->n == n; /* else the name is a value */
    o->suffixed |= ash_evtx_names_take(&o->names, w->s->text, at);
    put(w, "\":");
    value(w, e, name, "\"\"");
    ash_evtx_script_land(w->s, skips);
    written(o, maybe);
}

/* --- members ------------------------------------------------------------------- */

static void element(writer *w, const ash_evtx_node *e, object *o)
{
    const ash_evtx_node *name = o->container && is_data(e) ? name_of_data(e) : NULL;
    if (name != NULL) {
        named_data(w, e, name, o);
    } else if (o->container && is_data(e)) {
        if (!o->unnamed)
            unnamed_data(w, e, o);
    } else {
        ash_evtx_skips skips;
        bool maybe = ash_evtx_script_skips(w->s, e->first, &skips);
        comma(w, o);
        key(w, o, e->name);
        value(w, e, NULL, "null");
        ash_evtx_script_land(w->s, skips);
        written(o, maybe);
    }
}

/* A newline behind each key that stands beside what is nested here. */
static void list_keys(writer *w, const ash_evtx_node *parent, const object *o)
{
    for (const ash_evtx_node *n = parent->first; n != NULL; n = n->next) {
        if (n->kind != ASH_EVTX_NODE_ELEMENT)
            continue;
        const ash_evtx_node *name = o->container && is_data(n) ? name_of_data(n) : NULL;
        for (const ash_evtx_node *c = name == NULL ? NULL : name->first; c != NULL; c = c->next)
            ash_evtx_script_piece(w->s, c, ASH_EVTX_JSON_STRING);
        if (name == NULL)
            ash_evtx_put_utf16(w->s->text, n->name, ASH_EVTX_JSON_STRING);
        put(w, "\n");
    }
    put(w, o->container ? "#attributes\n#text\nData\n" : "#attributes\n#text\n");
}

static void nested(writer *w, const ash_evtx_node *n, object *o)
{
    uint32_t at = ash_evtx_script_op(w->s, ASH_EVTX_OP_NESTED, n->number);
    if (w->s->failed)
        return;
    w->s->ops[at].style = o->before != NONE;
    w->s->ops[at].a = w->s->done;
    list_keys(w, n->parent, o);
    w->s->ops[at].b = (uint32_t)w->s->text->n;
    w->s->usable &= w->s->n == at + 1;
    w->s->done = (uint32_t)w->s->text->n;
    written(o, true);
    for (const ash_evtx_node *other = n->next; other != NULL; other = other->next)
        w->s->usable &= !is_nested(other); /* two could bring the same key */
}

static void members(writer *w, const ash_evtx_node *e, object *o)
{
    for (const ash_evtx_node *n = e->first; n != NULL; n = n->next) {
        if (n->kind == ASH_EVTX_NODE_ELEMENT)
            element(w, n, o);
        else if (is_nested(n))
            nested(w, n, o);
    }
}

void ash_evtx_write_json(ash_evtx_script *s, const ash_evtx_node *top, ash_arena *arena)
{
    writer w = {.s = s, .arena = arena};
    object o = {.names = {.arena = arena}};
    const ash_evtx_node *root = top->first;
    /* Of the usual form: one element, which is always there. */
    s->usable &= root != NULL && root->next == NULL && root->kind == ASH_EVTX_NODE_ELEMENT &&
                 !is_optional(root->first);
    s->key_at = (uint32_t)s->text->n + 1;
    members(&w, top, &o);
    if (has_text_among(&w, top)) {
        comma(&w, &o);
        put(&w, "\"#text\":");
        scalar(&w, top->first, "null");
    }
    finish(&w, &o);
    if (root != NULL && s->text->n > s->key_at) {
        const char *end = memchr(s->text->p + s->key_at, '"', s->text->n - s->key_at);
        s->key_n = end == NULL ? 0 : (uint32_t)(end - s->text->p) - s->key_at;
        s->usable &= memchr(s->text->p + s->key_at, '\\', s->key_n) == NULL;
    }
    ash_evtx_script_end(s);
    s->usable &= !s->failed && !s->text->failed;
}
