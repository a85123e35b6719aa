#include "simulate/queue.h"

#include <stdbool.h>

static bool earlier(const ash_due *a, const ash_due *b)
{
    if (a->us != b->us)
        return a->us < b->us;
    return a->order < b->order;
}

static void sift_down(ash_queue *q, uint32_t at)
{
    ash_due *a = q->items[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= q->count)
            break;
        if (child + 1 < q->count && earlier(q->items[child + 1], q->items[child]))
            child++;
        if (!earlier(q->items[child], a))
            break;
        q->items[at] = q->items[child];
        at = child;
    }
    q->items[at] = a;
}

void ash_queue_order(ash_queue *q)
{
    for (uint32_t i = q->count / 2; i-- > 0;)
        sift_down(q, i);
}

void ash_queue_settle(ash_queue *q)
{
    sift_down(q, 0);
}

uint64_t ash_queue_second(const ash_queue *q, uint64_t until)
{
    for (uint32_t i = 1; i <= 2 && i < q->count; i++)
        if (q->items[i]->us < until)
            until = q->items[i]->us;
    return until;
}
