/* Records per server and hour, and jumps of the server's clock: what coverage
 * is made of. */
#ifndef ASH_FOLD_HOURS_H
#define ASH_FOLD_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ash_hour {
    uint32_t server;
    int64_t hour; /* hours since 1970 UTC */
    uint64_t records;
    int64_t first, last; /* ns, of the records in it */
    int64_t quiet;       /* longest time between two of its records, ns */
} ash_hour;

/* The clock went back by more than ASH_CLOCK_STEP. */
typedef struct ash_clock_step {
    uint32_t server;
    int64_t from, to; /* ns */
    int64_t input;
} ash_clock_step;

#define ASH_CLOCK_STEP (60 * INT64_C(1000000000))
#define ASH_HOURS_OPEN 64u
#define ASH_CLOCK_STEPS 256u

typedef struct ash_hours {
    ash_hour open[ASH_HOURS_OPEN]; /* records == 0: free */
    ash_hour *done;                /* owned; to be stored and cleared by the owner */
    size_t n_done, cap_done;
    ash_clock_step steps[ASH_CLOCK_STEPS];
    size_t n_steps;
    uint64_t steps_total;
    int64_t input;  /* the present one */
    int64_t lo, hi; /* fast path: the present bucket is for this time span ... */
    uint32_t server;
    ash_hour *now;  /* ... and this server */
    int64_t before; /* time of this server's record before */
    struct {
        uint32_t server;
        int64_t before;
    } others[ASH_HOURS_OPEN]; /* the same for servers met lately */
    bool any_order; /* the present records are in no order of time (logs that wrap around, or begin
                       with the newest): going back is no step of the clock */
    bool failed;   /* out of memory: some hours are missing */
} ash_hours;

void ash_hours_init(ash_hours *h);
void ash_hours_free(ash_hours *h);
/* Another input begins: its times may well lie before the last one's. */
void ash_hours_begin(ash_hours *h, int64_t input);
void ash_hours_slow(ash_hours *h, uint32_t server, int64_t t);

/* Counts one record. */
static inline void ash_hours_add(ash_hours *h, uint32_t server, int64_t t)
{
    if (t < h->lo || t >= h->hi || server != h->server || h->before - t > ASH_CLOCK_STEP) {
        ash_hours_slow(h, server, t);
        return;
    }
    ash_hour *b = h->now;
    b->records++;
    h->before = t;
    if (t > b->last) {
        if (t - b->last > b->quiet)
            b->quiet = t - b->last;
        b->last = t;
    } else if (t < b->first) {
        b->first = t;
    }
}

/* Moves the open hours to `done`. */
void ash_hours_finish(ash_hours *h);

#endif
