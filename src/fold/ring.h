/* A bounded first-in-first-out store of byte strings: space is taken at the
 * head and given back at the tail, in order. Each piece carries the number of
 * its owner and a stamp; what the owner is, the ring does not know. */
#ifndef ASH_FOLD_RING_H
#define ASH_FOLD_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/view.h"

typedef struct ash_ring_piece {
    uint32_t owner;
    uint32_t serial; /* tells an owner's present piece from its former ones */
    uint32_t taken;  /* bytes, with what was wasted at the wrap */
    uint32_t stamp;  /* seconds, wrapping */
} ash_ring_piece;

typedef struct ash_ring {
    char *bytes;
    uint32_t cap, head, used;
    ash_ring_piece *pieces; /* circular */
    uint32_t n_cap, n_tail, n;
} ash_ring;

bool ash_ring_init(ash_ring *r, uint32_t bytes, uint32_t pieces);
void ash_ring_free(ash_ring *r);

/* Appends a piece of n bytes and sets *ret_at to where they go; false if there
 * is no room (pop the tail first). */
bool ash_ring_push(ash_ring *r, uint32_t n, ash_ring_piece what, uint32_t *ret_at);

/* The oldest piece, or NULL. */
ash_ring_piece *ash_ring_tail(ash_ring *r);
void ash_ring_pop(ash_ring *r);

static inline char *ash_ring_bytes(const ash_ring *r, uint32_t at)
{
    return r->bytes + at;
}

#endif
