/* The elements of one record, or of one template definition, as a tree: what the
 * writers of XML and JSON work on. */
#ifndef ASH_SOURCE_EVTX_TREE_H
#define ASH_SOURCE_EVTX_TREE_H

#include "base/arena.h"
#include "source/evtx_binxml.h"

typedef enum ash_evtx_node_kind {
    ASH_EVTX_NODE_TOP, /* holds the elements that are in no other one */
    ASH_EVTX_NODE_ELEMENT,
    ASH_EVTX_NODE_ATTRIBUTE,
    ASH_EVTX_NODE_VALUE,
    ASH_EVTX_NODE_SUBSTITUTION, /* in definitions only */
    ASH_EVTX_NODE_CHAR,
    ASH_EVTX_NODE_ENTITY,
    ASH_EVTX_NODE_PI,
} ash_evtx_node_kind;

typedef struct ash_evtx_node {
    ash_evtx_node_kind kind;
    bool empty;    /* ELEMENT: written as <a/> */
    bool optional; /* SUBSTITUTION */
    uint16_t number; /* SUBSTITUTION: which value; CHAR: the unit */
    ash_view name;   /* UTF-16LE; ELEMENT, ATTRIBUTE, ENTITY, PI */
    ash_evtx_value value; /* VALUE, PI; SUBSTITUTION: its type is the declared one */
    struct ash_evtx_node *parent, *next;
    struct ash_evtx_node *first, *last;                       /* children */
    struct ash_evtx_node *first_attribute, *last_attribute;
} ash_evtx_node;

/* Walks to the end, into nodes of the arena that point into the chunk. Where the
 * walk is broken (walk->why) the tree holds what came before. `nested`: set where
 * a definition holds another instance. Returns 0, ASH_E_LIMIT for more than
 * ASH_EVTX_NODES_MAX nodes, or ASH_E_NOMEM. */
int ash_evtx_tree_read(ash_evtx_walk *walk, ash_arena *arena, ash_evtx_node *ret_top,
                       bool *ret_nested);

/* A child or attribute that is text, not an element. */
static inline bool ash_evtx_node_is_text(const ash_evtx_node *n)
{
    return n->kind >= ASH_EVTX_NODE_VALUE && n->kind <= ASH_EVTX_NODE_ENTITY;
}

#endif
