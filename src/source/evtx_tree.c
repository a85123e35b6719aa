#include "source/evtx_tree.h"

#include "base/limits.h"

typedef struct builder {
    ash_arena *arena;
    ash_evtx_node *at;        /* the innermost open element */
    ash_evtx_node *attribute; /* open, or NULL */
    uint32_t n;
} builder;

static ash_evtx_node *add(builder *b, ash_evtx_node_kind kind, ash_evtx_node *parent)
{
    ash_evtx_node *n = ash_arena_alloc(b->arena, sizeof *n);
    if (n == NULL)
        return NULL;
    *n = (ash_evtx_node){.kind = kind, .parent = parent};
    ash_evtx_node **first = kind == ASH_EVTX_NODE_ATTRIBUTE ? &parent->first_attribute
                                                            : &parent->first;
    ash_evtx_node **last = kind == ASH_EVTX_NODE_ATTRIBUTE ? &parent->last_attribute : &parent->last;
    if (*first == NULL)
        *first = n;
    else
        (*last)->next = n;
    *last = n;
    b->n++;
    return n;
}

static ash_evtx_node_kind kind_of(ash_evtx_token_kind t)
{
    switch (t) {
    case ASH_EVTX_SUBSTITUTION: return ASH_EVTX_NODE_SUBSTITUTION;
    case ASH_EVTX_CHAR: return ASH_EVTX_NODE_CHAR;
    case ASH_EVTX_ENTITY: return ASH_EVTX_NODE_ENTITY;
    case ASH_EVTX_PI_TARGET: return ASH_EVTX_NODE_PI;
    default: return ASH_EVTX_NODE_VALUE;
    }
}

static bool take(builder *b, const ash_evtx_token *t)
{
    ash_evtx_node *n, *parent = b->attribute != NULL ? b->attribute : b->at;
    switch (t->kind) {
    case ASH_EVTX_OPEN:
        n = add(b, ASH_EVTX_NODE_ELEMENT, b->at);
        if (n == NULL)
            return false;
        n->name = t->name;
        b->at = n;
        return true;
    case ASH_EVTX_ATTRIBUTE:
        n = add(b, ASH_EVTX_NODE_ATTRIBUTE, b->at);
        if (n == NULL)
            return false;
        n->name = t->name;
        b->attribute = n;
        return true;
    case ASH_EVTX_OPENED:
        b->at->empty = t->empty;
        b->attribute = NULL;
        return true;
    case ASH_EVTX_CLOSE: b->at = b->at->parent; return true;
    case ASH_EVTX_PI_DATA:
        if (parent->last != NULL && parent->last->kind == ASH_EVTX_NODE_PI)
            parent->last->value = t->value;
        return true;
    default:
        n = add(b, kind_of(t->kind), parent);
        if (n == NULL)
            return false;
        n->name = t->name;
        n->value = t->value;
        n->number = t->number;
        n->optional = t->optional;
        return true;
    }
}

int ash_evtx_tree_read(ash_evtx_walk *walk, ash_arena *arena, ash_evtx_node *ret_top,
                       bool *ret_nested)
{
    *ret_top = (ash_evtx_node){.kind = ASH_EVTX_NODE_TOP};
    *ret_nested = false;
    builder b = {.arena = arena, .at = ret_top};
    ash_evtx_token t;
    while (ash_evtx_walk_next(walk, &t) > ASH_EVTX_BROKEN) {
        if (b.n == ASH_EVTX_NODES_MAX)
            return ASH_E_LIMIT;
        if (!take(&b, &t))
            return ASH_E_NOMEM;
        *ret_nested |= walk->definition && walk->n_frames > 1;
    }
    return 0;
}
