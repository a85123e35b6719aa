#include "fold/numbers.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"

/* Times of neighbouring records are this much out of order at most, and clocks
 * are set back by no more. */
#define SLACK (26 * 3600 * ASH_NS_PER_S)
#define NEAR (60 * ASH_NS_PER_S)
/* Times of one record in two exports differ by rounding. */
#define SAME (1 * ASH_NS_PER_S)

void ash_numbers_free(ash_numbers *x)
{
    for (uint32_t i = 0; i < x->n; i++)
        free(x->lists[i].spans);
    free(x->lists);
    *x = (ash_numbers){0};
}

/* The first span that ends at or behind number. */
static uint32_t lower(const ash_number_list *l, uint64_t number)
{
    uint32_t lo = 0, hi = l->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (l->spans[mid].last < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool ash_numbers_has(const ash_numbers *x, uint32_t server, uint64_t number, int64_t t)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const ash_number_list *l = &x->lists[i];
        if (l->server != server || l->inexact)
            continue;
        uint32_t k = lower(l, number);
        if (k < l->n && l->spans[k].first <= number && t >= l->spans[k].from - SAME &&
            t <= l->spans[k].to + SAME)
            return true;
    }
    return false;
}

/* What of s lies between a's numbers lies between its times, too. */
static bool agree(const ash_span *a, const ash_span *s)
{
    return (s->first < a->first || s->from >= a->from - NEAR) &&
           (s->last > a->last || s->to <= a->to + NEAR);
}

/* Can s be of the same log: do numbers and times rise together? */
static bool fits(const ash_number_list *l, const ash_span *s)
{
    uint32_t k = lower(l, s->first);
    if (k > 0 && l->spans[k - 1].from - SLACK > s->to)
        return false;
    for (; k < l->n && l->spans[k].first <= s->last; k++)
        if (!agree(&l->spans[k], s) || !agree(s, &l->spans[k]))
            return false;
    return k == l->n || s->from <= l->spans[k].to + SLACK;
}

static void join(ash_span *a, const ash_span *b)
{
    a->first = b->first < a->first ? b->first : a->first;
    a->last = b->last > a->last ? b->last : a->last;
    a->from = b->from < a->from ? b->from : a->from;
    a->to = b->to > a->to ? b->to : a->to;
}

static void close_smallest_hole(ash_number_list *l)
{
    uint32_t at = 1;
    for (uint32_t i = 2; i < l->n; i++)
        if (l->spans[i].first - l->spans[i - 1].last < l->spans[at].first - l->spans[at - 1].last)
            at = i;
    join(&l->spans[at - 1], &l->spans[at]);
    memmove(l->spans + at, l->spans + at + 1, (l->n - at - 1) * sizeof *l->spans);
    l->n--;
    l->inexact = true;
}

/* Half of the holes go at once: finding one takes a look at all. */
static void close_holes(ash_numbers *x)
{
    ash_number_list *most = &x->lists[0];
    for (uint32_t i = 1; i < x->n; i++)
        most = x->lists[i].n > most->n ? &x->lists[i] : most;
    uint32_t before = most->n, kept = 1;
    uint64_t limit = 2;
    if (most->n < 64) {
        close_smallest_hole(most);
    } else {
        /* Wider and wider, until a quarter is closed. */
        for (; most->n > before - before / 4; limit *= 2, kept = 1) {
            for (uint32_t i = 1; i < most->n; i++) {
                if (most->spans[i].first - most->spans[kept - 1].last <= limit)
                    join(&most->spans[kept - 1], &most->spans[i]);
                else
                    most->spans[kept++] = most->spans[i];
            }
            most->n = kept;
        }
        most->inexact = true;
    }
    most->changed = true;
    x->spans -= before - most->n;
}

static bool insert(ash_numbers *x, ash_number_list *l, const ash_span *s)
{
    uint32_t k = lower(l, s->first == 0 ? 0 : s->first - 1), end = k;
    ash_span all = *s;
    l->changed = true;
    while (end < l->n && l->spans[end].first <= s->last + 1)
        join(&all, &l->spans[end++]);
    if (end > k) {
        l->spans[k] = all;
        memmove(l->spans + k + 1, l->spans + end, (l->n - end) * sizeof *l->spans);
        l->n -= end - k - 1;
        x->spans -= end - k - 1;
        return true;
    }
    if (l->n == l->cap) {
        uint32_t cap = l->cap == 0 ? 4 : l->cap * 2;
        ash_span *p = realloc(l->spans, cap * sizeof *p);
        if (p == NULL)
            return false;
        l->spans = p;
        l->cap = cap;
    }
    memmove(l->spans + k + 1, l->spans + k, (l->n - k) * sizeof *l->spans);
    l->spans[k] = all;
    l->n++;
    if (++x->spans > ASH_SPANS_MAX)
        close_holes(x);
    return true;
}

static ash_number_list *new_list(ash_numbers *x, uint32_t server, uint32_t epoch)
{
    if (x->n == x->cap) {
        uint32_t cap = x->cap == 0 ? 4 : x->cap * 2;
        ash_number_list *p = realloc(x->lists, cap * sizeof *p);
        if (p == NULL)
            return NULL;
        x->lists = p;
        x->cap = cap;
    }
    x->lists[x->n] = (ash_number_list){.server = server, .epoch = epoch};
    return &x->lists[x->n++];
}

/* Does s go on with a span of l, or repeat some of it? */
static bool touches(const ash_number_list *l, const ash_span *s)
{
    uint32_t k = lower(l, s->first == 0 ? 0 : s->first - 1);
    return k < l->n && l->spans[k].first <= s->last + 1;
}

/* The log s is of: the one it goes on with, else one it may lie in. */
static ash_number_list *list_of(ash_numbers *x, uint32_t server, const ash_span *s,
                                uint32_t *ret_epochs)
{
    ash_number_list *may = NULL, *last = NULL;
    if (x->last < x->n && x->lists[x->last].server == server && touches(&x->lists[x->last], s) &&
        fits(&x->lists[x->last], s))
        return &x->lists[x->last];
    for (uint32_t i = 0; i < x->n; i++) {
        ash_number_list *l = &x->lists[i];
        if (l->server != server)
            continue;
        (*ret_epochs)++;
        last = l;
        if (!fits(l, s))
            continue;
        may = l;
        if (touches(l, s))
            return l;
    }
    if (may == NULL && *ret_epochs >= ASH_EPOCHS_MAX) {
        last->inexact = true;
        return last;
    }
    return may;
}

bool ash_numbers_add(ash_numbers *x, uint32_t server, const ash_span *s)
{
    if (s->first == 0 || s->last == UINT64_MAX)
        return true; /* no numbers */
    uint32_t epochs = 0;
    ash_number_list *l = list_of(x, server, s, &epochs);
    if (l == NULL)
        l = new_list(x, server, epochs);
    if (l == NULL)
        return false;
    x->last = (uint32_t)(l - x->lists);
    return insert(x, l, s);
}

/* --- state ------------------------------------------------------------- */

void ash_numbers_save(const ash_numbers *x, ash_buf *b)
{
    ash_put_u32(b, x->n);
    for (uint32_t i = 0; i < x->n; i++) {
        const ash_number_list *l = &x->lists[i];
        ash_put_u32(b, l->server);
        ash_put_u32(b, l->epoch);
        ash_put_u8(b, l->inexact);
        ash_put_u32(b, l->n);
        for (uint32_t k = 0; k < l->n; k++) {
            ash_put_u64(b, l->spans[k].first);
            ash_put_u64(b, l->spans[k].last);
            ash_put_i64(b, l->spans[k].from);
            ash_put_i64(b, l->spans[k].to);
        }
    }
}

static bool get_span(ash_cursor *c, ash_span *ret)
{
    ret->first = ash_get_u64(c);
    ret->last = ash_get_u64(c);
    ret->from = ash_get_i64(c);
    ret->to = ash_get_i64(c);
    return !c->failed && ret->first <= ret->last && ret->from >= 0 && ret->from <= ret->to &&
           ret->to <= ASH_TIME_MAX + SLACK;
}

bool ash_numbers_load(ash_numbers *x, ash_cursor *c)
{
    uint32_t n = ash_get_u32(c);
    for (uint32_t i = 0; i < n && !c->failed; i++) {
        uint32_t server = ash_get_u32(c), epoch = ash_get_u32(c);
        ash_number_list *l = new_list(x, server, epoch);
        if (l == NULL)
            return false;
        l->inexact = ash_get_u8(c) != 0;
        uint32_t spans = ash_get_u32(c);
        for (uint32_t k = 0; k < spans; k++) {
            ash_span s;
            if (!get_span(c, &s) || !insert(x, l, &s))
                return false;
        }
        l->changed = false;
    }
    return !c->failed;
}
