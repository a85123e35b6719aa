/* Bounded state by subject: a key gets a slot; when all are taken the one unused
 * for longest is given up (after the detector has seen to it). */
#ifndef ASH_DETECT_SLOTS_H
#define ASH_DETECT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASH_DETECT_SUBJECTS 16384u

typedef struct ash_slots {
    size_t size;      /* of one state */
    char *states;     /* n of them used, cap allocated */
    uint32_t *keys;   /* key of each */
    int64_t *used_at; /* last get */
    uint32_t n, cap;
    uint32_t *table;  /* hash -> slot + 1 */
    uint32_t mask;
    uint64_t evictions;
} ash_slots;

void ash_slots_init(ash_slots *s, size_t size);
void ash_slots_free(ash_slots *s);

/* The state of a key, or NULL. */
void *ash_slots_find(const ash_slots *s, uint32_t key);

/* The state of a key, made (zeroed) if need be. evict is called with the state
 * that must go when there are ASH_DETECT_SUBJECTS. NULL: out of memory. */
void *ash_slots_get(ash_slots *s, uint32_t key, int64_t now, void (*evict)(void *user, void *state),
                    void *user);

static inline void *ash_slots_at(const ash_slots *s, uint32_t i)
{
    return s->states + i * s->size;
}

#endif
