#include "source/evtx_render.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/i18n.h"
#include "source/evtx_script.h"

#define TEMPLATE 0x0c /* tokens; see evtx_binxml.c */
#define FRAGMENT 0x0f
#define FRAGMENT_LENGTH 4u

#define VALUES_MAX 256u /* of instances that take the short way */
#define NESTED_MAX 4u
#define TEXT_MAX (1u << 20)
#define HASH_SLOTS (2 * ASH_EVTX_SCRIPTS_MAX)
#define HERE_SLOTS (2 * ASH_EVTX_COMPILED_MAX)
#define COPY_STEP 16u
#define ATTRIBUTES_BEGIN 16u /* length of {"#attributes":{ */

typedef struct template {
    ash_evtx_script script; /* its text is this one */
    ash_buf text;
    char *plain; /* owned: ash_evtx_definition_plain */
    size_t n_plain;
    uint32_t id;
} template;

typedef struct values {
    uint32_t n;
    ash_evtx_value v[VALUES_MAX];
} values;

struct ash_evtx_render {
    ash_evtx_form form;
    ash_view chunk;
    ash_arena arena; /* of trees */
    ash_buf plain;
    template *templates[ASH_EVTX_SCRIPTS_MAX]; /* owned */
    uint32_t n, n_here;
    size_t bytes;
    uint16_t by_plain[HASH_SLOTS], by_id[HASH_SLOTS]; /* 1 + number; 0: free */
    struct {
        uint32_t at;        /* of a definition in the chunk; 0: free */
        const template *t;  /* NULL: not for the short way */
    } here[HERE_SLOTS];
    uint32_t live_end; /* while an orphan is rendered: definitions beyond it are not trusted */
    bool by_ids;
    ash_evtx_walk walk;
};

int ash_evtx_render_new(ash_evtx_render **ret, ash_evtx_form form, ash_error *err)
{
    ash_evtx_render *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory");
    r->form = form;
    ash_arena_init(&r->arena, 0);
    ash_buf_init(&r->plain, ASH_EVTX_CHUNK_SIZE * 2);
    *ret = r;
    return 0;
}

static void free_template(template *t)
{
    if (t == NULL)
        return;
    ash_evtx_script_free(&t->script);
    ash_buf_free(&t->text);
    free(t->plain);
    free(t);
}

static void forget(ash_evtx_render *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        free_template(r->templates[i]);
    r->n = 0;
    r->bytes = 0;
    memset(r->by_plain, 0, sizeof r->by_plain);
    memset(r->by_id, 0, sizeof r->by_id);
}

void ash_evtx_render_free(ash_evtx_render *r)
{
    if (r == NULL)
        return;
    forget(r);
    ash_arena_free(&r->arena);
    ash_buf_free(&r->plain);
    free(r);
}

void ash_evtx_render_chunk(ash_evtx_render *r, ash_view chunk)
{
    r->chunk = chunk;
    r->n_here = 0;
    memset(r->here, 0, sizeof r->here);
    /* Not later: scripts are in use then. */
    if (r->n > ASH_EVTX_SCRIPTS_MAX - ASH_EVTX_COMPILED_MAX || r->bytes > ASH_EVTX_SCRIPT_BYTES)
        forget(r);
}

/* --- templates ------------------------------------------------------------- */

static void write_tree(const ash_evtx_render *r, ash_evtx_script *s, const ash_evtx_node *top,
                       ash_arena *arena)
{
    if (r->form == ASH_EVTX_FORM_XML)
        ash_evtx_write_xml(s, top, arena);
    else
        ash_evtx_write_json(s, top, arena);
}

/* Behind its end, for append_text. */
static bool pad(ash_buf *text)
{
    static const char zeros[COPY_STEP];
    ash_buf_add(text, zeros, sizeof zeros);
    text->n -= text->failed ? 0 : sizeof zeros;
    return !text->failed;
}

static template *compile(ash_evtx_render *r, const ash_evtx_definition *d)
{
    ash_evtx_node top;
    bool nested;
    template *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    ash_buf_init(&t->text, TEXT_MAX);
    ash_evtx_script_init(&t->script, &t->text, true);
    ash_arena_reset(&r->arena);
    ash_evtx_walk_definition(&r->walk, r->chunk, d);
    int rc = ash_evtx_tree_read(&r->walk, &r->arena, &top, &nested);
    if (rc == 0 && r->walk.why == NULL && !nested)
        write_tree(r, &t->script, &top, &r->arena);
    else
        t->script.usable = false;
    t->script.usable &= t->script.n > 0 && pad(&t->text);
    if (!t->script.usable)
        ash_buf_free(&t->text);
    t->plain = malloc(r->plain.n);
    t->n_plain = r->plain.n;
    if (t->plain == NULL) {
        free_template(t);
        return NULL;
    }
    memcpy(t->plain, r->plain.p, r->plain.n);
    return t;
}

static uint16_t *slot_of_plain(ash_evtx_render *r)
{
    uint64_t hash = ash_hash64(r->plain.p, r->plain.n, 0);
    for (uint32_t i = (uint32_t)hash % HASH_SLOTS;; i = (i + 1) % HASH_SLOTS) {
        const template *t = r->by_plain[i] == 0 ? NULL : r->templates[r->by_plain[i] - 1];
        if (t == NULL || (t->n_plain == r->plain.n && memcmp(t->plain, r->plain.p, t->n_plain) == 0))
            return &r->by_plain[i];
    }
}

static uint16_t *slot_of_id(ash_evtx_render *r, uint32_t id)
{
    for (uint32_t i = id % HASH_SLOTS;; i = (i + 1) % HASH_SLOTS)
        if (r->by_id[i] == 0 || r->templates[r->by_id[i] - 1]->id == id)
            return &r->by_id[i];
}

static uint32_t id_at(const ash_evtx_render *r, const ash_evtx_definition *d)
{
    ash_cursor c = ash_cursor_of(ash_view_skip(r->chunk, d->at + 4));
    return ash_get_u32(&c);
}

/* The template of a definition in the chunk, from the cache or compiled. */
static const template *look_up(ash_evtx_render *r, const ash_evtx_definition *d)
{
    ash_buf_clear(&r->plain);
    if (!ash_evtx_definition_plain(r->chunk, d, &r->plain) || r->plain.n == 0)
        return NULL;
    uint16_t *slot = slot_of_plain(r);
    if (*slot == 0) {
        template *t = r->n == ASH_EVTX_SCRIPTS_MAX || r->bytes > 2 * ASH_EVTX_SCRIPT_BYTES
                          ? NULL
                          : compile(r, d);
        if (t == NULL)
            return NULL;
        t->id = id_at(r, d);
        r->templates[r->n++] = t;
        r->bytes += t->text.cap + t->n_plain + t->script.cap * sizeof *t->script.ops;
        *slot = (uint16_t)r->n;
        *slot_of_id(r, t->id) = (uint16_t)r->n;
    }
    const template *t = r->templates[*slot - 1];
    return t->script.usable ? t : NULL;
}

static const template *find(ash_evtx_render *r, const ash_evtx_definition *d)
{
    uint32_t i = d->at * 2654435761u >> 16;
    for (;; i++) {
        i %= HERE_SLOTS;
        if (r->here[i].at == d->at)
            return r->here[i].t;
        if (r->here[i].at == 0)
            break;
    }
    if (r->n_here == ASH_EVTX_COMPILED_MAX)
        return NULL;
    r->n_here++;
    r->here[i].at = d->at;
    return r->here[i].t = look_up(r, d);
}

/* --- the short way ----------------------------------------------------------- */

static bool load(const ash_evtx_render *r, const ash_evtx_instance *in, uint32_t *at, uint32_t end,
                 values *ret)
{
    if (in->count > VALUES_MAX)
        return false;
    const unsigned char *d = (const unsigned char *)r->chunk.p + in->descriptors;
    uint32_t p = in->values;
    for (uint32_t i = 0; i < in->count; i++, d += 4) {
        uint32_t n = (uint32_t)d[0] | (uint32_t)d[1] << 8;
        if (n > end - p)
            return false;
        ret->v[i] = (ash_evtx_value){.type = d[2], .bytes = {r->chunk.p + p, n}};
        p += n;
    }
    ret->n = in->count;
    *at = p;
    return true;
}

/* Reads an instance without trusting that its definition is where it says. *ret_at:
 * where that would be; *ret_id: its id. */
static bool instance_alone(const ash_evtx_render *r, uint32_t at, uint32_t end,
                           ash_evtx_instance *ret, uint32_t *ret_at, uint32_t *ret_id)
{
    ash_cursor c = ash_cursor_of(ash_view_first(r->chunk, end));
    ash_cursor_take(&c, at + 1);
    *ret_id = ash_get_u32(&c);
    *ret_at = ash_get_u32(&c);
    if (*ret_at == c.at) {
        ash_cursor_take(&c, 20);
        ash_cursor_take(&c, ash_get_u32(&c));
    }
    uint32_t count = ash_get_u32(&c);
    *ret = (ash_evtx_instance){.descriptors = (uint32_t)c.at, .count = count};
    if (c.failed || count > (end - c.at) / 4)
        return false;
    ret->values = (uint32_t)c.at + 4 * count;
    return true;
}

/* By the id, or else from the live part of the chunk. */
static const template *instance_by_id(ash_evtx_render *r, uint32_t at, uint32_t end,
                                      ash_evtx_instance *ret)
{
    uint32_t where, id;
    ash_evtx_instance here;
    if (!instance_alone(r, at, end, ret, &where, &id))
        return NULL;
    uint16_t known = *slot_of_id(r, id);
    if (known != 0 && r->templates[known - 1]->script.usable)
        return r->templates[known - 1];
    if (where >= r->live_end || ash_evtx_instance_read(r->chunk, &at, end, &here) != NULL ||
        here.definition.end > r->live_end)
        return NULL;
    *ret = here;
    return find(r, &here.definition);
}

/* Goes over fragment headers and the token of an instance. */
static bool begins_instance(const ash_evtx_render *r, uint32_t *at, uint32_t end)
{
    const char *p = r->chunk.p;
    while (end - *at > FRAGMENT_LENGTH && p[*at] == FRAGMENT)
        *at += FRAGMENT_LENGTH;
    return *at < end && p[(*at)++] == TEMPLATE;
}

/* Reads one instance and the end behind it. */
static const template *read_instance(ash_evtx_render *r, uint32_t at, uint32_t end, values *ret)
{
    const char *p = r->chunk.p;
    ash_evtx_instance in;
    const template *t = NULL;
    if (!begins_instance(r, &at, end))
        return NULL;
    if (r->by_ids)
        t = instance_by_id(r, at, end, &in);
    else if (ash_evtx_instance_read(r->chunk, &at, end, &in) == NULL)
        t = find(r, &in.definition);
    if (t == NULL || !load(r, &in, &at, end, ret) || (at < end && p[at] != 0))
        return NULL;
    return t;
}

static inline void append(ash_buf *out, const char *p, size_t n)
{
    if (n >= out->cap - out->n) {
        ash_buf_add(out, p, n);
        return;
    }
    memcpy(out->p + out->n, p, n);
    out->n += n;
}

/* Text of a script: pieces are short, and whole steps cheaper than exact lengths. */
static inline void append_text(ash_buf *out, const template *t, const ash_evtx_op *op)
{
    const char *p = t->text.p + op->a;
    size_t n = op->b - op->a;
    if (n + COPY_STEP >= out->cap - out->n) {
        ash_buf_add(out, p, n);
        return;
    }
    char *o = out->p + out->n;
    for (size_t i = 0; i < n; i += COPY_STEP)
        memcpy(o + i, p + i, COPY_STEP);
    out->n += n;
}

/* True if the key of what is nested stands in a list that has a newline behind each. */
static bool collides(ash_view list, const template *t)
{
    ash_view key = ash_view_of(t->text.p + t->script.key_at, t->script.key_n);
    while (list.n > 0) {
        size_t n = (size_t)ash_view_find(list, '\n');
        if (ash_view_eq(ash_view_first(list, n), key))
            return true;
        list = ash_view_skip(list, n + 1);
    }
    return false;
}

static bool run(ash_evtx_render *r, const template *t, const values *v, ash_buf *out, unsigned depth);

static bool run_nested(ash_evtx_render *r, const template *t, const ash_evtx_op *op,
                       ash_evtx_value v, ash_buf *out, unsigned depth)
{
    values inner;
    if (v.type == ASH_EVTX_NULL || (v.type == ASH_EVTX_BINXML && v.bytes.n == 0))
        return true;
    if (v.type != ASH_EVTX_BINXML || depth == NESTED_MAX)
        return false;
    uint32_t at = (uint32_t)(v.bytes.p - r->chunk.p);
    const template *nested = read_instance(r, at, at + (uint32_t)v.bytes.n, &inner);
    if (nested == NULL)
        return false;
    if (r->form == ASH_EVTX_FORM_JSON) {
        if (collides(ash_view_of(t->text.p + op->a, op->b - op->a), nested))
            return false;
        if (op->style != 0 && out->p[out->n - 1] != '{')
            ash_buf_add_c(out, ',');
    }
    return run(r, nested, &inner, out, depth + 1);
}

/* False where the instance is not for the short way after all. */
static bool run(ash_evtx_render *r, const template *t, const values *v, ash_buf *out, unsigned depth)
{
    static const ash_evtx_value none = {0};
    size_t marks[ASH_EVTX_DEPTH_MAX + 2]; /* each is set before it is used */
    const ash_evtx_op *ops = t->script.ops, *end = ops + t->script.n;
    for (const ash_evtx_op *op = ops; op < end; op++) {
        const ash_evtx_value *x = op->index < v->n ? &v->v[op->index] : &none;
        switch ((ash_evtx_op_kind)op->kind) {
        case ASH_EVTX_OP_TEXT: append_text(out, t, op); break;
        case ASH_EVTX_OP_VALUE:
        case ASH_EVTX_OP_JSON:
        case ASH_EVTX_OP_DATA: {
            if (x->type & ASH_EVTX_ARRAY || x->type == ASH_EVTX_BINXML)
                return false;
            append_text(out, t, op);
            size_t before = out->n;
            if (op->kind == ASH_EVTX_OP_VALUE)
                ash_evtx_put_value(out, *x, (ash_evtx_style)op->style);
            else
                ash_evtx_put_json(out, *x);
            if (op->kind == ASH_EVTX_OP_DATA && out->n - before == 4 && out->p[before] == 'n') {
                out->n = before;
                append(out, "\"\"", 2);
            }
            break;
        }
        case ASH_EVTX_OP_SKIP:
            if (x->type == ASH_EVTX_NULL)
                op = ops + op->a - 1;
            break;
        case ASH_EVTX_OP_JUMP: op = ops + op->a - 1; break;
        case ASH_EVTX_OP_NESTED:
            if (!run_nested(r, t, op, *x, out, depth))
                return false;
            break;
        case ASH_EVTX_OP_COMMA:
            if (out->p[out->n - 1] != '{')
                append(out, ",", 1);
            break;
        case ASH_EVTX_OP_MARK: marks[op->index] = out->n; break;
        case ASH_EVTX_OP_CLOSE:
            if (out->n == marks[op->index] + 1) {
                out->n = marks[op->index];
                append(out, "null", 4);
            } else {
                append(out, "}", 1);
            }
            break;
        case ASH_EVTX_OP_ATTRIBUTES:
            if (out->n == marks[op->index] + ATTRIBUTES_BEGIN) {
                out->n = marks[op->index];
                op = ops + op->a - 1;
            }
            break;
        }
    }
    return !out->failed;
}

static bool render_short(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out)
{
    values v;
    size_t begin = out->n;
    uint32_t at = record->at + ASH_EVTX_RECORD_HEADER, end = record->at + record->length - 4;
    const template *t = read_instance(r, at, end, &v);
    if (t != NULL && ash_buf_room(out, 2 * (size_t)record->length) != NULL && run(r, t, &v, out, 0))
        return true;
    out->n = begin;
    return false;
}

/* --- the long way -------------------------------------------------------------- */

/* Why a buffer failed: it doubles until its maximum is the reason. */
static int overflow(const ash_buf *out)
{
    return out->cap < out->max / 4 ? ASH_E_NOMEM : ASH_E_LIMIT;
}

int ash_evtx_render_walking(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out,
                            const char **ret_why)
{
    ash_evtx_node top;
    ash_evtx_script s;
    bool nested;
    size_t begin = out->n;
    ash_arena_reset(&r->arena);
    ash_evtx_walk_record(&r->walk, r->chunk, record);
    int rc = ash_evtx_tree_read(&r->walk, &r->arena, &top, &nested);
    *ret_why = rc == ASH_E_LIMIT ? N_("grows beyond its limit") : r->walk.why;
    if (rc == ASH_E_NOMEM)
        return rc;
    ash_evtx_script_init(&s, out, false);
    write_tree(r, &s, &top, &r->arena);
    if (out->failed || s.failed) {
        out->n = begin;
        return s.failed ? ASH_E_NOMEM : overflow(out);
    }
    return *ret_why == NULL ? 0 : ASH_E_FORMAT;
}

int ash_evtx_render_record(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out,
                           const char **ret_why)
{
    *ret_why = NULL;
    return render_short(r, record, out) ? 0 : ash_evtx_render_walking(r, record, out, ret_why);
}

/* --- records without templates --------------------------------------------------- */

static ash_evtx_node *grow(ash_evtx_render *r, ash_evtx_node *parent, ash_evtx_node_kind kind,
                           ash_view name)
{
    ash_evtx_node *n = parent == NULL ? NULL : ash_arena_alloc(&r->arena, sizeof *n);
    if (n == NULL)
        return NULL;
    *n = (ash_evtx_node){.kind = kind, .name = name, .parent = parent};
    ash_evtx_node **last = kind == ASH_EVTX_NODE_ATTRIBUTE ? &parent->last_attribute : &parent->last;
    if (*last != NULL)
        (*last)->next = n;
    else if (kind == ASH_EVTX_NODE_ATTRIBUTE)
        parent->first_attribute = n;
    else
        parent->first = n;
    return *last = n;
}

static bool grow_value(ash_evtx_render *r, ash_evtx_node *parent, ash_evtx_value v)
{
    ash_evtx_node *n = grow(r, parent, ASH_EVTX_NODE_VALUE, (ash_view){0});
    if (n != NULL)
        n->value = v;
    return n != NULL;
}

#define NAME(z) ((ash_view){(z), sizeof(z)}) /* "a\0b": the last NUL is the literal's own */

/* All values of an instance as Data, those of one nested in it in its place. */
static bool grow_data(ash_evtx_render *r, ash_evtx_node *data, uint32_t at, uint32_t end,
                      unsigned depth, values *v)
{
    ash_evtx_instance in;
    uint32_t where, id;
    if (depth > NESTED_MAX || !begins_instance(r, &at, end) ||
        !instance_alone(r, at, end, &in, &where, &id) || !load(r, &in, &at, end, v))
        return false;
    for (uint32_t i = 0; i < in.count; i++) {
        ash_evtx_value x = v->v[i];
        values inner;
        uint32_t from = (uint32_t)(x.bytes.p - r->chunk.p);
        if (x.type == ASH_EVTX_BINXML) {
            grow_data(r, data, from, from + (uint32_t)x.bytes.n, depth + 1, &inner);
            continue;
        }
        if (!grow_value(r, grow(r, data, ASH_EVTX_NODE_ELEMENT, NAME("D\0a\0t\0a")), x))
            return false;
    }
    return true;
}

/* What the record's own header says, and its values in their order. */
static int render_values(ash_evtx_render *r, const ash_evtx_record *record, ash_buf *out)
{
    values v;
    ash_evtx_script s;
    char time[8], id[8];
    size_t begin = out->n;
    for (unsigned i = 0; i < 8; i++) {
        time[i] = (char)(record->written >> (8 * i));
        id[i] = (char)(record->id >> (8 * i));
    }
    ash_arena_reset(&r->arena);
    ash_evtx_node top = {.kind = ASH_EVTX_NODE_TOP};
    ash_evtx_node *event = grow(r, &top, ASH_EVTX_NODE_ELEMENT, NAME("E\0v\0e\0n\0t"));
    ash_evtx_node *system = grow(r, event, ASH_EVTX_NODE_ELEMENT, NAME("S\0y\0s\0t\0e\0m"));
    ash_evtx_node *created = grow(r, system, ASH_EVTX_NODE_ELEMENT,
                                  NAME("T\0i\0m\0e\0C\0r\0e\0a\0t\0e\0d"));
    ash_evtx_node *when = grow(r, created, ASH_EVTX_NODE_ATTRIBUTE,
                               NAME("S\0y\0s\0t\0e\0m\0T\0i\0m\0e"));
    ash_evtx_node *number = grow(r, system, ASH_EVTX_NODE_ELEMENT,
                                 NAME("E\0v\0e\0n\0t\0R\0e\0c\0o\0r\0d\0I\0D"));
    ash_evtx_node *data = grow(r, event, ASH_EVTX_NODE_ELEMENT, NAME("E\0v\0e\0n\0t\0D\0a\0t\0a"));
    if (!grow_value(r, when, (ash_evtx_value){ASH_EVTX_FILETIME, {time, 8}}) ||
        !grow_value(r, number, (ash_evtx_value){ASH_EVTX_UINT64, {id, 8}}) || data == NULL)
        return ASH_E_NOMEM;
    created->empty = true;
    if (!grow_data(r, data, record->at + ASH_EVTX_RECORD_HEADER, record->at + record->length - 4, 0,
                   &v))
        return ASH_E_FORMAT;
    ash_evtx_script_init(&s, out, false);
    write_tree(r, &s, &top, &r->arena);
    if (!out->failed && !s.failed)
        return 0;
    out->n = begin;
    return s.failed ? ASH_E_NOMEM : overflow(out);
}

int ash_evtx_render_orphan(ash_evtx_render *r, const ash_evtx_record *record, uint32_t live_end,
                           ash_buf *out, bool *ret_lost)
{
    r->by_ids = true;
    r->live_end = live_end;
    *ret_lost = !render_short(r, record, out);
    r->by_ids = false;
    return *ret_lost ? render_values(r, record, out) : 0;
}
