/* Do two inputs hold the same records? Two exports of one log (another file
 * format, another relay) share no bytes, but their events are the same.
 *
 * A bottom-k sketch (Cohen and Kaplan, "Summarizing data using bottom-k
 * sketches", PODC 2007) of the events with a path: the k smallest hashes of
 * (second, operation, path). Both inputs keep the same ones where they agree. */
#ifndef ASH_FOLD_LIKENESS_H
#define ASH_FOLD_LIKENESS_H

#include "ashiato/event.h"

#define ASH_LIKENESS_SIZE 256u

typedef struct ash_likeness {
    uint32_t n;
    uint64_t least[ASH_LIKENESS_SIZE]; /* ascending, all different */
} ash_likeness;

/* Cold part of ash_likeness_add. */
void ash_likeness_insert(ash_likeness *k, uint64_t hash);

/* t: the event's whole time, ns since 1970. All inputs of a comparison must be
 * decoded with one hash seed. */
static inline void ash_likeness_add(ash_likeness *k, const ash_event *e, int64_t t)
{
    if (e->path.n == 0)
        return;
    uint64_t h = e->path_hash ^ ((uint64_t)(t / 1000000000) << 8 | e->op) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 29;
    if (k->n < ASH_LIKENESS_SIZE || h < k->least[ASH_LIKENESS_SIZE - 1])
        ash_likeness_insert(k, h);
}

/* Estimated share of a's events that b holds too, 0 to 1; -1 where the two
 * sketches have too few hashes in common range to tell. */
double ash_likeness_within(const ash_likeness *a, const ash_likeness *b);

#endif
