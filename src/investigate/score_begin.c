#include <stdlib.h>

#include "investigate/score_internal.h"

static void number_places(scoring *s, uint32_t place)
{
    for (; place != ASH_SPOT_NONE && s->local[place] == ASH_SPOT_NONE; place = s->map->places.p[place].parent)
        s->local[place] = s->n_local++;
}

static bool find_days(scoring *s)
{
    size_t cap = 0;
    for (size_t i = 0; i < s->v->n; i++) {
        if (i > 0 && s->v->v[i].day == s->v->v[i - 1].day) {
            s->days[s->n_days - 1].to = i + 1;
            continue;
        }
        if (s->n_days == cap) {
            cap = cap == 0 ? 64 : cap * 2;
            day *p = realloc(s->days, cap * sizeof *p);
            if (p == NULL)
                return false;
            s->days = p;
        }
        s->days[s->n_days++] = (day){.from = i, .to = i + 1};
    }
    return true;
}

/* An owner of several machines is at each of them often. */
#define OFTEN 3

/* The machine used in most hours is the owner's; of several the one used first. Days
 * would not do: who comes for a moment every night comes on more days than an owner
 * who is often elsewhere. If the alarm was at one of the owner's machines, that one. */
static bool find_usual(scoring *s)
{
    uint32_t *hours = calloc(s->map->places.n, sizeof *hours);
    int64_t *last = calloc(s->map->places.n, sizeof *last);
    uint32_t usual = ASH_SPOT_NONE;
    bool done = hours != NULL && last != NULL;
    for (size_t i = 0; i < s->v->n && done; i++) {
        const ash_visit *v = &s->v->v[i];
        int64_t hour = (int64_t)v->day * 24 + v->hour + 1;
        hours[v->machine] += last[v->machine] != hour;
        last[v->machine] = hour;
    }
    for (size_t i = 0; i < s->v->n && done; i++)
        if (usual == ASH_SPOT_NONE || hours[s->v->v[i].machine] > hours[usual])
            usual = s->v->v[i].machine;
    for (size_t i = 0; i < s->n_seeds && done; i++) {
        uint32_t m = s->map->machine_of[s->seeds[i].actor];
        if (usual != ASH_SPOT_NONE && OFTEN * (uint64_t)hours[m] >= hours[usual])
            usual = m;
    }
    for (size_t i = 0; i < s->v->n; i++)
        s->v->v[i].usual = s->v->v[i].machine == usual;
    free(hours);
    free(last);
    return done;
}

bool ash_scoring_begin(scoring *s)
{
    size_t n = s->map->places.n;
    s->local = malloc(n * sizeof *s->local);
    s->machines = calloc(n, sizeof *s->machines);
    if (s->local == NULL || s->machines == NULL)
        return false;
    memset(s->local, 0xff, n * sizeof *s->local);
    number_places(s, s->map->folders);
    for (size_t i = 0; i < s->v->n; i++) {
        number_places(s, s->v->v[i].place);
        number_places(s, s->v->v[i].network);
    }
    s->total = calloc(s->n_local, sizeof *s->total);
    s->today = calloc(s->n_local, sizeof *s->today);
    s->before = calloc(s->n_local, sizeof *s->before);
    s->upto = calloc(s->n_local, sizeof *s->upto);
    s->singles = calloc(s->n_local, sizeof *s->singles);
    return s->total != NULL && s->today != NULL && s->before != NULL && s->upto != NULL &&
           s->singles != NULL && find_days(s) &&
           find_usual(s);
}

void ash_scoring_end(scoring *s)
{
    free(s->local);
    free(s->machines);
    free(s->total);
    free(s->today);
    free(s->before);
    free(s->upto);
    free(s->singles);
    free(s->days);
}
