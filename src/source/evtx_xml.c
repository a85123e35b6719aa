/* Writes a tree as XML: evtx_script.h. */
#include "source/evtx_script.h"

#include <ctype.h>

typedef struct writer {
    ash_evtx_script *s;
    ash_arena *arena;
} writer;

static const ash_view XMLNS = {"x\0m\0l\0n\0s", 10};
static const ash_view XML = {"x\0m\0l", 6};
static const ash_view COLON = {":", 2};

/* Bytes before the name's first colon; its length if it has none. */
static size_t prefix_length(ash_view name)
{
    for (size_t i = 0; i + 2 <= name.n; i += 2)
        if (memcmp(name.p + i, COLON.p, 2) == 0)
            return i;
    return name.n;
}

/* The text of an attribute if it is one literal, else "". */
static ash_view literal(const ash_evtx_node *attribute)
{
    const ash_evtx_node *n = attribute->first;
    if (n == NULL || n->next != NULL || n->kind != ASH_EVTX_NODE_VALUE ||
        n->value.type != ASH_EVTX_STRING)
        return (ash_view){0};
    return ash_evtx_value_text(n->value);
}

/* The namespaces that no prefix, and not the absence of one, may stand for. */
static bool is_reserved(ash_view uri)
{
    static const char *const reserved[] = {"http://www.w3.org/XML/1998/namespace",
                                           "http://www.w3.org/2000/xmlns/"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        size_t n = strlen(reserved[i]), same = 0;
        while (uri.n == 2 * n && same < n && uri.p[2 * same] == reserved[i][same] &&
               uri.p[2 * same + 1] == 0)
            same++;
        if (same == n)
            return true;
    }
    return false;
}

/* Only characters of RFC 3986; parsers refuse others, since they use one of them
 * between namespace and name. */
static bool is_uri(ash_view v)
{
    for (size_t i = 0; i + 2 <= v.n; i += 2) {
        unsigned char c = (unsigned char)v.p[i];
        if (v.p[i + 1] != 0 ||
            !(isalnum(c) || (c != 0 && strchr(":/?#[]@!$&'()*+,;=-._~%", c) != NULL)))
            return false;
    }
    return v.n > 0 && v.n % 2 == 0;
}

/* Whether an attribute that declares a namespace may be written as one. */
static bool declares(const ash_evtx_node *a)
{
    ash_view uri = literal(a);
    if (is_reserved(uri) || (a->first != NULL && !is_uri(uri)))
        return false;
    if (a->name.n == XMLNS.n)
        return true;
    ash_view prefix = ash_view_skip(a->name, XMLNS.n + COLON.n);
    return uri.n > 0 && !ash_view_eq(prefix, XML) && !ash_view_eq(prefix, XMLNS) &&
           prefix_length(prefix) == prefix.n;
}

/* xmlns:prefix="..." of the element or of one around it. A prefix without such an
 * attribute would keep a parser from reading anything. */
static bool is_declared(const ash_evtx_node *element, ash_view prefix)
{
    for (; element != NULL; element = element->parent)
        for (const ash_evtx_node *a = element->first_attribute; a != NULL; a = a->next)
            if (a->name.n == XMLNS.n + COLON.n + prefix.n && ash_view_starts(a->name, XMLNS) &&
                ash_view_ends(a->name, prefix) && prefix_length(a->name) == XMLNS.n)
                return declares(a);
    return false;
}

static void attribute_name(writer *w, const ash_evtx_node *a, ash_evtx_names *names)
{
    ash_buf *text = w->s->text;
    size_t n = prefix_length(a->name), at = text->n;
    ash_view prefix = ash_view_first(a->name, n);
    bool colon = n < a->name.n &&
                 (ash_view_eq(prefix, XMLNS) ? declares(a) : ash_view_eq(prefix, XML));
    if (ash_view_eq(a->name, XMLNS) && !declares(a))
        ash_buf_add_z(text, "_x0078_mlns");
    else
        ash_evtx_put_name(text, a->name, colon);
    ash_evtx_names_take(names, text, at);
}

static void attributes(writer *w, const ash_evtx_node *e)
{
    ash_evtx_names names = {.arena = w->arena};
    ash_evtx_skips skips;
    for (const ash_evtx_node *a = e->first_attribute; a != NULL; a = a->next) {
        ash_evtx_script_skips(w->s, a->first, &skips);
        ash_buf_add_c(w->s->text, ' ');
        attribute_name(w, a, &names);
        ash_buf_add(w->s->text, "='", 2);
        for (const ash_evtx_node *n = a->first; n != NULL; n = n->next)
            ash_evtx_script_piece(w->s, n, ASH_EVTX_XML_ATTRIBUTE);
        ash_buf_add_c(w->s->text, '\'');
        ash_evtx_script_land(w->s, skips);
    }
    w->s->failed |= names.failed;
}

static void element_name(writer *w, const ash_evtx_node *e)
{
    size_t n = prefix_length(e->name);
    ash_evtx_put_name(w->s->text, e->name,
                      n < e->name.n && is_declared(e, ash_view_first(e->name, n)));
}

/* <?target data?>; what would end it early is escaped. */
static void instruction(writer *w, const ash_evtx_node *n)
{
    ash_buf *text = w->s->text;
    ash_buf_add(text, "<?_", 3); /* "xml" and the like are no names for it */
    ash_evtx_put_name(text, n->name, false);
    ash_buf_add_c(text, ' ');
    ash_evtx_put_value(text, n->value, ASH_EVTX_XML_TEXT); /* has no '>' then */
    ash_buf_add(text, "?>", 2);
}

static void children(writer *w, const ash_evtx_node *e);

static void element(writer *w, const ash_evtx_node *e)
{
    ash_evtx_skips skips;
    ash_evtx_script_skips(w->s, e->first, &skips);
    ash_buf_add_c(w->s->text, '<');
    element_name(w, e);
    attributes(w, e);
    if (e->empty && e->first == NULL) {
        ash_buf_add(w->s->text, "/>", 2);
    } else {
        ash_buf_add_c(w->s->text, '>');
        children(w, e);
        ash_buf_add(w->s->text, "</", 2);
        element_name(w, e);
        ash_buf_add_c(w->s->text, '>');
    }
    ash_evtx_script_land(w->s, skips);
}

static void children(writer *w, const ash_evtx_node *e)
{
    for (const ash_evtx_node *n = e->first; n != NULL; n = n->next) {
        if (n->kind == ASH_EVTX_NODE_ELEMENT)
            element(w, n);
        else if (n->kind == ASH_EVTX_NODE_PI)
            instruction(w, n);
        else if (n->kind == ASH_EVTX_NODE_SUBSTITUTION && n->value.type == ASH_EVTX_BINXML)
            ash_evtx_script_op(w->s, ASH_EVTX_OP_NESTED, n->number);
        else
            ash_evtx_script_piece(w->s, n, ASH_EVTX_XML_TEXT);
    }
}

void ash_evtx_write_xml(ash_evtx_script *s, const ash_evtx_node *top, ash_arena *arena)
{
    writer w = {.s = s, .arena = arena};
    children(&w, top);
    ash_evtx_script_end(s);
    s->usable &= !s->failed && !s->text->failed;
}
