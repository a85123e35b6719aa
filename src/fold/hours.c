#include "fold/hours.h"

#include <stdlib.h>
#include <string.h>

#define HOUR (INT64_C(3600) * 1000000000)
/* As the time before the first record: earlier than any record's. */
#define LONG_AGO (-48 * HOUR)

void ash_hours_init(ash_hours *h)
{
    memset(h, 0, sizeof *h);
    ash_hours_begin(h, 0);
}

void ash_hours_begin(ash_hours *h, int64_t input)
{
    h->input = input;
    h->lo = 1;
    h->hi = 0;
    h->before = LONG_AGO;
    for (size_t i = 0; i < ASH_HOURS_OPEN; i++)
        h->others[i].server = UINT32_MAX;
}

void ash_hours_free(ash_hours *h)
{
    free(h->done);
    h->done = NULL;
    h->n_done = h->cap_done = 0;
}

static void finish(ash_hours *h, ash_hour *b)
{
    if (b->records == 0)
        return;
    if (h->n_done == h->cap_done) {
        size_t cap = h->cap_done == 0 ? 256 : h->cap_done * 2;
        ash_hour *p = realloc(h->done, cap * sizeof *p);
        if (p == NULL) {
            h->failed = true;
            return;
        }
        h->done = p;
        h->cap_done = cap;
    }
    h->done[h->n_done++] = *b;
    b->records = 0;
}

void ash_hours_finish(ash_hours *h)
{
    for (size_t i = 0; i < ASH_HOURS_OPEN; i++)
        finish(h, &h->open[i]);
    h->lo = 1;
    h->hi = 0;
}

static void note_step(ash_hours *h, uint32_t server, int64_t from, int64_t to)
{
    h->steps_total++;
    if (h->n_steps < ASH_CLOCK_STEPS)
        h->steps[h->n_steps++] =
            (ash_clock_step){.server = server, .from = from, .to = to, .input = h->input};
}

/* Where to remember the time before when another server's record comes. */
static void switch_server(ash_hours *h, uint32_t server)
{
    h->others[h->server % ASH_HOURS_OPEN].server = h->server;
    h->others[h->server % ASH_HOURS_OPEN].before = h->before;
    bool known = h->others[server % ASH_HOURS_OPEN].server == server;
    h->before = known ? h->others[server % ASH_HOURS_OPEN].before : LONG_AGO;
    h->server = server;
}

void ash_hours_slow(ash_hours *h, uint32_t server, int64_t t)
{
    int64_t hour = t / HOUR - (t % HOUR < 0);
    ash_hour *b = &h->open[((uint64_t)hour + server * 7u) % ASH_HOURS_OPEN];
    if (server != h->server)
        switch_server(h, server);
    if (h->before - t > ASH_CLOCK_STEP && !h->any_order)
        note_step(h, server, h->before, t);
    if (b->records > 0 && (b->server != server || b->hour != hour))
        finish(h, b);
    if (b->records == 0)
        *b = (ash_hour){.server = server, .hour = hour, .first = t, .last = t};
    b->records++;
    if (t < b->first)
        b->first = t;
    if (t > b->last) {
        if (t - b->last > b->quiet)
            b->quiet = t - b->last;
        b->last = t;
    }
    h->before = t;
    h->now = b;
    h->lo = hour * HOUR;
    h->hi = h->lo + HOUR;
}
