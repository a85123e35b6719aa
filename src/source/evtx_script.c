#include "source/evtx_script.h"

#include <stdlib.h>

#include "base/digits.h"
#include "base/hash.h"

void ash_evtx_script_init(ash_evtx_script *s, ash_buf *text, bool definition)
{
    *s = (ash_evtx_script){
        .text = text, .definition = definition, .usable = true, .done = (uint32_t)text->n};
}

void ash_evtx_script_free(ash_evtx_script *s)
{
    free(s->ops);
    s->ops = NULL;
}

static uint32_t add(ash_evtx_script *s, ash_evtx_op op)
{
    if (s->n == s->cap) {
        uint32_t cap = s->cap == 0 ? 32 : s->cap * 2;
        ash_evtx_op *ops = realloc(s->ops, cap * sizeof *ops);
        if (ops == NULL) {
            s->failed = true;
            s->usable = false;
            return 0;
        }
        s->ops = ops;
        s->cap = cap;
    }
    s->ops[s->n] = op;
    return s->n++;
}

void ash_evtx_script_end(ash_evtx_script *s)
{
    uint32_t n = (uint32_t)s->text->n;
    if (n > s->done && s->definition)
        add(s, (ash_evtx_op){.kind = ASH_EVTX_OP_TEXT, .a = s->done, .b = n});
    s->done = n;
}

uint32_t ash_evtx_script_op(ash_evtx_script *s, ash_evtx_op_kind kind, unsigned index)
{
    if (kind == ASH_EVTX_OP_VALUE || kind == ASH_EVTX_OP_JSON || kind == ASH_EVTX_OP_DATA) {
        uint32_t from = s->done;
        s->done = (uint32_t)s->text->n;
        return add(s, (ash_evtx_op){
                          .kind = (uint8_t)kind, .index = (uint16_t)index, .a = from, .b = s->done});
    }
    ash_evtx_script_end(s);
    return add(s, (ash_evtx_op){.kind = (uint8_t)kind, .index = (uint16_t)index});
}

uint32_t ash_evtx_script_here(ash_evtx_script *s)
{
    ash_evtx_script_end(s);
    return s->n;
}

bool ash_evtx_script_skips(ash_evtx_script *s, const ash_evtx_node *text, ash_evtx_skips *ret)
{
    *ret = (ash_evtx_skips){0};
    for (; text != NULL && text->kind != ASH_EVTX_NODE_ELEMENT; text = text->next) {
        if (text->kind != ASH_EVTX_NODE_SUBSTITUTION || !text->optional)
            continue;
        uint32_t at = ash_evtx_script_op(s, ASH_EVTX_OP_SKIP, text->number);
        if (ret->n++ == 0)
            ret->first = at;
    }
    return ret->n > 0;
}

void ash_evtx_script_land(ash_evtx_script *s, ash_evtx_skips skips)
{
    if (skips.n == 0 || s->failed)
        return;
    uint32_t here = ash_evtx_script_here(s);
    for (uint32_t i = 0; i < skips.n; i++)
        s->ops[skips.first + i].a = here;
}

/* 0: none that XML knows by itself. */
static char entity(ash_view name)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {
        {"a\0m\0p", '&'}, {"l\0t", '<'}, {"g\0t", '>'}, {"q\0u\0o\0t", '"'}, {"a\0p\0o\0s", '\''}};
    static const size_t lengths[] = {6, 4, 4, 8, 8};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        if (name.n == lengths[i] && memcmp(name.p, known[i].name, name.n) == 0)
            return known[i].c;
    return 0;
}

void ash_evtx_script_piece(ash_evtx_script *s, const ash_evtx_node *n, ash_evtx_style style)
{
    char c;
    switch (n->kind) {
    case ASH_EVTX_NODE_VALUE: ash_evtx_put_value(s->text, n->value, style); return;
    case ASH_EVTX_NODE_CHAR: ash_evtx_put_unit(s->text, n->number, style); return;
    case ASH_EVTX_NODE_ENTITY:
        c = entity(n->name);
        ash_evtx_put_unit(s->text, (uint16_t)(c != 0 ? c : '&'), style);
        if (c == 0) {
            ash_evtx_put_utf16(s->text, n->name, style);
            ash_buf_add_c(s->text, ';');
        }
        return;
    case ASH_EVTX_NODE_SUBSTITUTION: {
        uint32_t at = ash_evtx_script_op(s, ASH_EVTX_OP_VALUE, n->number);
        if (!s->failed)
            s->ops[at].style = (uint8_t)style;
        return;
    }
    default: return;
    }
}

/* --- names that must differ --------------------------------------------- */

struct ash_evtx_name_slot {
    uint64_t hash; /* 0: free */
    uint32_t count;
};

static struct ash_evtx_name_slot *find(const ash_evtx_names *names, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & names->mask;
    while (names->slots[i].hash != 0 && names->slots[i].hash != hash)
        i = (i + 1) & names->mask;
    return &names->slots[i];
}

static bool grow(ash_evtx_names *names)
{
    ash_evtx_names old = *names;
    uint32_t n = old.slots == NULL ? 16 : 2 * (old.mask + 1);
    names->slots = ash_arena_alloc(names->arena, n * sizeof *names->slots);
    if (names->slots == NULL) {
        *names = old;
        names->failed = true;
        return false;
    }
    memset(names->slots, 0, n * sizeof *names->slots);
    names->mask = n - 1;
    for (uint32_t i = 0; old.slots != NULL && i <= old.mask; i++)
        if (old.slots[i].hash != 0)
            *find(names, old.slots[i].hash) = old.slots[i];
    return true;
}

/* True if it was not there. */
static bool insert(ash_evtx_names *names, uint64_t hash)
{
    if ((names->slots == NULL || names->n > names->mask / 2) && !grow(names))
        return true;
    struct ash_evtx_name_slot *slot = find(names, hash);
    if (slot->hash == hash)
        return false;
    *slot = (struct ash_evtx_name_slot){.hash = hash};
    names->n++;
    return true;
}

static uint64_t hash_from(const ash_buf *text, size_t at)
{
    return ash_hash64(text->p + at, text->n - at, 0) | 1;
}

bool ash_evtx_names_take(ash_evtx_names *names, ash_buf *text, size_t at)
{
    size_t n = text->n;
    uint64_t hash = hash_from(text, at);
    if (text->failed || insert(names, hash))
        return false;
    do {
        char suffix[16] = "_";
        uint32_t k = ++find(names, hash)->count;
        text->n = n;
        ash_buf_add(text, suffix, (size_t)(ash_digits_dec(suffix + 1, k) - suffix));
    } while (!text->failed && !insert(names, hash_from(text, at)));
    return true;
}
