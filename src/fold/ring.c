#include "fold/ring.h"

#include <stdlib.h>
#include <string.h>

bool ash_ring_init(ash_ring *r, uint32_t bytes, uint32_t pieces)
{
    *r = (ash_ring){.cap = bytes, .n_cap = pieces};
    r->bytes = malloc(bytes);
    r->pieces = malloc(pieces * sizeof *r->pieces);
    if (r->bytes == NULL || r->pieces == NULL) {
        ash_ring_free(r);
        return false;
    }
    return true;
}

void ash_ring_free(ash_ring *r)
{
    free(r->bytes);
    free(r->pieces);
    memset(r, 0, sizeof *r);
}

bool ash_ring_push(ash_ring *r, uint32_t n, ash_ring_piece what, uint32_t *ret_at)
{
    if (r->n == r->n_cap || n > r->cap)
        return false;
    uint32_t at = r->head, waste = 0;
    if (n > r->cap - at) { /* a piece is never split: go on at the start */
        waste = r->cap - at;
        at = 0;
    }
    if (n + waste > r->cap - r->used)
        return false;
    r->head = at + n == r->cap ? 0 : at + n;
    r->used += n + waste;
    uint32_t i = r->n_tail + r->n;
    what.taken = n + waste;
    r->pieces[i >= r->n_cap ? i - r->n_cap : i] = what;
    r->n++;
    *ret_at = at;
    return true;
}

ash_ring_piece *ash_ring_tail(ash_ring *r)
{
    return r->n == 0 ? NULL : &r->pieces[r->n_tail];
}

void ash_ring_pop(ash_ring *r)
{
    r->used -= r->pieces[r->n_tail].taken;
    r->n_tail = r->n_tail + 1 == r->n_cap ? 0 : r->n_tail + 1;
    if (--r->n == 0) {
        r->head = 0;
        r->used = 0;
    }
}
