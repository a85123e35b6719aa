/* An arena hands out memory that is freed all at once. It never moves what it
 * handed out. In sanitizer builds every piece is its own allocation, so that
 * an overrun is seen. Not thread-safe: one owner. */
#ifndef ASH_BASE_ARENA_H
#define ASH_BASE_ARENA_H

#include <stddef.h>

#include "base/view.h"

typedef struct ash_arena {
    struct ash_arena_chunk *chunks; /* newest first */
    size_t used;                    /* bytes handed out since the last reset */
    size_t max;                     /* 0 = no maximum */
} ash_arena;

void ash_arena_init(ash_arena *a, size_t max);

/* n bytes aligned for any type, or NULL when memory or the maximum is
 * exhausted. Valid until reset or free. */
void *ash_arena_alloc(ash_arena *a, size_t n);

/* Copy of v, owned by the arena; .p is NULL on failure unless v is empty. */
ash_view ash_arena_copy(ash_arena *a, ash_view v);

/* Forgets everything handed out; keeps one chunk for reuse. */
void ash_arena_reset(ash_arena *a);

void ash_arena_free(ash_arena *a);

#endif
