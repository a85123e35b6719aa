/* Bounded state by subject: a key gets a slot; when all are taken one of those unused
 * for longest is given up (after the detector has seen to it). What was used within
 * the last quarter of all slots' uses is not put in front again: most uses then touch
 * no other slot. */
#ifndef ASH_DETECT_SLOTS_H
#define ASH_DETECT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

typedef struct ash_slots {
    size_t size;     /* of one state */
    uint32_t limit;  /* slots at most */
    char *states;    /* n of them used, cap allocated */
    struct ash_slot_link {
        uint32_t key, older, newer; /* in the order of their last use, nearly */
        uint32_t turn;              /* when it was last put in front */
    } *links;
    uint32_t turn; /* counts uses */
    uint32_t n, cap;
    uint32_t oldest, newest; /* SLOT_NONE while empty */
    uint64_t *table;         /* hash -> key << 32 | slot + 1; 0: free */
    uint32_t mask;
    uint64_t evictions;
} ash_slots;

/* limit: at least 1. What states cost beside themselves: ASH_SLOT_COST. */
#define ASH_SLOT_COST 48u
void ash_slots_init(ash_slots *s, size_t size, uint32_t limit);
void ash_slots_free(ash_slots *s);

/* The state of a key, or NULL. Is no use of it. */
void *ash_slots_find(const ash_slots *s, uint32_t key);

/* The state of a key, made (zeroed) if need be. evict is called with the state
 * that must go when all are taken. NULL: out of memory. The pointer is good until
 * the next get. */
void *ash_slots_get(ash_slots *s, uint32_t key, void (*evict)(void *user, void *state), void *user);

static inline void *ash_slots_at(const ash_slots *s, uint32_t i)
{
    return s->states + i * s->size;
}

/* From the one unused for longest on; NULL after the last. */
void *ash_slots_oldest(const ash_slots *s);
void *ash_slots_next(const ash_slots *s, const void *state);

/* How detectors save theirs: how many, then key and state of each, the oldest first; loaded in this order they are given up in the same order. */
void ash_slots_save_begin(const ash_slots *s, ash_buf *out);
void ash_slots_save_key(const ash_slots *s, const void *state, ash_buf *out);
/* The number that follows; in->failed above the limit. */
uint32_t ash_slots_load_begin(ash_slots *s, ash_cursor *in);
/* A zeroed state for the key that follows. NULL: damaged or out of memory. */
void *ash_slots_load_key(ash_slots *s, ash_cursor *in);

#endif
