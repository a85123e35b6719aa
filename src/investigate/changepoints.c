#include "investigate/changepoints.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"

/* Sums over the items in front of a place. */
typedef struct sums {
    double n[ASH_ITEM_KINDS];
    double level, squares;
} sums;

typedef struct search {
    sums *before;     /* n + 1 */
    double *best;     /* n + 1: least cost of the items in front of a place */
    size_t *from;     /* n + 1: begin of the last segment there */
    size_t *open;     /* begins that may still be the last segment's */
    double variance;
} search;

/* -2 log likelihood of one segment, without what is the same for all. */
static double cost(const search *s, size_t begin, size_t end)
{
    const sums *a = &s->before[begin], *b = &s->before[end];
    double total = 0, out = 0, level = b->level - a->level;
    for (int k = 0; k < ASH_ITEM_KINDS; k++)
        total += b->n[k] - a->n[k];
    for (int k = 0; k < ASH_ITEM_KINDS; k++) {
        double n = b->n[k] - a->n[k];
        if (n > 0)
            out -= 2 * n * log(n / total);
    }
    double deviation = b->squares - a->squares - level * level / (double)(end - begin);
    return out + (deviation > 0 ? deviation : 0) / s->variance;
}

static void add_up(search *s, const ash_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sums *b = &s->before[i + 1];
        *b = s->before[i];
        for (int k = 0; k < ASH_ITEM_KINDS; k++)
            b->n[k] += items[i].n[k];
        b->level += items[i].level;
        b->squares += items[i].level * items[i].level;
    }
}

static void find(search *s, size_t n, double penalty)
{
    size_t n_open = 1;
    s->open[0] = 0;
    s->best[0] = -penalty;
    for (size_t end = 1; end <= n; end++) {
        s->best[end] = HUGE_VAL;
        for (size_t i = 0; i < n_open; i++) {
            double c = s->best[s->open[i]] + cost(s, s->open[i], end) + penalty;
            if (c < s->best[end]) {
                s->best[end] = c;
                s->from[end] = s->open[i];
            }
        }
        size_t kept = 0;
        for (size_t i = 0; i < n_open; i++)
            if (s->best[s->open[i]] + cost(s, s->open[i], end) <= s->best[end])
                s->open[kept++] = s->open[i];
        s->open[kept++] = end;
        n_open = kept;
    }
}

double ash_changepoints_penalty(size_t n)
{
    return (ASH_ITEM_KINDS - 1 + 1 + 1) * log(n < 8 ? 8.0 : (double)n);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int ash_changepoints_spread(const ash_item *items, size_t n, double least, double most,
                            double *ret, ash_error *err)
{
    *ret = least;
    if (n < 8)
        return 0;
    double *steps = malloc((n - 1) * sizeof *steps);
    if (steps == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    for (size_t i = 0; i + 1 < n; i++)
        steps[i] = fabs(items[i + 1].level - items[i].level);
    qsort(steps, n - 1, sizeof *steps, compare);
    /* Of a normal spread s the differences have spread s * sqrt(2), and half of
     * their absolute values lie below 0.6745 of that. */
    double spread = steps[(n - 1) / 2] / (0.6745 * sqrt(2));
    free(steps);
    *ret = spread < least ? least : spread > most ? most : spread;
    return 0;
}

int ash_changepoints(const ash_item *items, size_t n, double spread, double penalty,
                     size_t *ret_begins, size_t *ret_n, ash_error *err)
{
    if (n > ASH_CELLS_MAX)
        return ash_fail(err, ASH_E_LIMIT, "investigate", "too many items to segment (%zu)", n);
    search s = {.before = calloc(n + 1, sizeof *s.before),
                .best = calloc(n + 1, sizeof *s.best),
                .from = calloc(n + 1, sizeof *s.from),
                .open = calloc(n + 1, sizeof *s.open),
                .variance = spread * spread};
    bool room = s.before != NULL && s.best != NULL && s.from != NULL && s.open != NULL;
    if (room) {
        size_t segments = 0;
        add_up(&s, items, n);
        find(&s, n, penalty);
        for (size_t end = n; end > 0; end = s.from[end])
            segments++;
        *ret_n = segments;
        for (size_t end = n; end > 0; end = s.from[end])
            ret_begins[--segments] = s.from[end];
    }
    free(s.before);
    free(s.best);
    free(s.from);
    free(s.open);
    return room ? 0 : ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}
