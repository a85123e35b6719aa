/* Who is next: a binary heap of actors by time, then by number. */
#ifndef ASH_SIMULATE_QUEUE_H
#define ASH_SIMULATE_QUEUE_H

#include <stdint.h>

typedef struct ash_due {
    uint64_t us;
    uint32_t order; /* breaks ties, so that the result is defined */
} ash_due;

/* items: owned by the caller; each begins with its ash_due. */
typedef struct ash_queue {
    ash_due **items;
    uint32_t count;
} ash_queue;

void ash_queue_order(ash_queue *q);  /* once, when all are in */
void ash_queue_settle(ash_queue *q); /* the first has a new time */
/* The time of whoever comes after the first, at most `until`. */
uint64_t ash_queue_second(const ash_queue *q, uint64_t until);

#endif
