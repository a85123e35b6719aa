#include "investigate/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "investigate/changepoints.h"

#define SECOND INT64_C(100)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* A cell ends at a border of so many parts of the track, a run after so long
 * without a new access. */
#define PARTS 200
#define GAP_MIN MINUTE
#define GAP_MAX (15 * MINUTE)

/* Accesses of one run are not independent; it counts as so many at most. */
#define RUN_WEIGHT 20.0

/* What one run does more than the next within the same behaviour: twice as much
 * at least, eight times at most (spread of the logarithm to the base of 2). */
#define SPREAD_MIN 1.0
#define SPREAD_MAX 3.0

#define PAUSE_MIN HOUR
#define PAUSE_FACTOR 3
#define PAUSES_MAX 5
/* With fewer idle times there is no habit, and a night is nobody's pause. */
#define IDLE_KNOWN 4
#define PAUSE_UNKNOWN DAY

/* The first run is the entry if it is so small a part. */
#define ENTRY_SHARE 0.2

#define STRETCHES_MAX (ASH_PHASES_MAX - PAUSES_MAX - 3)

#define DENSE_ACCESSES 100
#define DENSE_SHARE 20 /* one part in so many of the track's time */

#define PACE_FACTOR 10.0

/* A burst ends a quiet track if the quiet lasted for a day, and what follows its
 * beginning is a tenth of the track's time at most. Within hours, looking first
 * and taking then is an ordinary course. */
#define LOUD_ACCESSES 100
#define LOUD_QUIET DAY
#define LOUD_SHARE 10

typedef struct cells {
    ash_stretch *at; /* one a run, or a part of one */
    size_t n;
    int64_t gap; /* no access for so long ends a run */
} cells;

int64_t ash_stretch_total(const ash_stretch *s)
{
    int64_t n = 0;
    for (int k = 0; k < ASH_DEEDS; k++)
        n += s->n[k];
    return n;
}

double ash_stretch_pace(const ash_stretch *s)
{
    return (double)ash_stretch_total(s) / (double)(s->minutes > 0 ? s->minutes : 1);
}

const char *ash_phase_name_text(ash_phase_name n)
{
    static const char *const names[] = {"entry", "reconnaissance", "collection", "change",
                                        "pause", "loud-end",       "end"};
    return names[n];
}

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

static void join(ash_stretch *into, const ash_stretch *s)
{
    into->to = s->to > into->to ? s->to : into->to;
    into->last = s->last > into->last ? s->last : into->last;
    into->minutes += s->minutes;
    for (int k = 0; k < ASH_DEEDS; k++)
        into->n[k] += s->n[k];
}

/* --- runs -------------------------------------------------------------- */

static void make_cells(cells *c, const ash_slot *slots, size_t n, int64_t part)
{
    int64_t border = 0;
    c->n = 0;
    for (size_t i = 0; i < n; i++) {
        ash_stretch s = {.from = slots[i].first,
                         .last = slots[i].last,
                         .to = slots[i].end,
                         .minutes = slots[i].minutes};
        memcpy(s.n, slots[i].n, sizeof s.n);
        int64_t at = (s.from - slots[0].first) / part;
        ash_stretch *last = c->n > 0 ? &c->at[c->n - 1] : NULL;
        if (last != NULL && at == border && s.from - last->last <= c->gap) {
            join(last, &s);
            continue;
        }
        border = at;
        c->at[c->n++] = s;
    }
}

static int find_cells(cells *c, const ash_slot *slots, size_t n, ash_error *err)
{
    int64_t span = slots[n - 1].last - slots[0].first + 1;
    int64_t part = span / PARTS > SECOND ? span / PARTS : SECOND;
    c->gap = part < GAP_MIN ? GAP_MIN : part > GAP_MAX ? GAP_MAX : part;
    c->at = calloc(n, sizeof *c->at);
    if (c->at == NULL)
        return nomem(err);
    for (make_cells(c, slots, n, part); c->n > ASH_CELLS_MAX; make_cells(c, slots, n, part))
        c->gap *= 2;
    return 0;
}

/* The first run becomes one cell that stands alone, if it is a small part. */
static void mark_first_run(cells *c)
{
    size_t k = 1;
    int64_t total = 0;
    ash_stretch first = c->at[0];
    for (; k < c->n && c->at[k].from - first.last <= c->gap; k++)
        join(&first, &c->at[k]);
    for (size_t i = 0; i < c->n; i++)
        total += ash_stretch_total(&c->at[i]);
    if (k == c->n || (double)ash_stretch_total(&first) > ENTRY_SHARE * (double)total)
        return;
    first.first_run = true;
    c->at[0] = first;
    memmove(&c->at[1], &c->at[k], (c->n - k) * sizeof *c->at);
    c->n -= k - 1;
}

/* --- pauses ------------------------------------------------------------ */

static int descending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x > y ? -1 : x < y;
}

/* The shortest idle time that is a pause; INT64_MAX: there is none. */
static int64_t least_pause(int64_t *idle, size_t n, int64_t *ret_other)
{
    int64_t least = INT64_MAX;
    qsort(idle, n, sizeof *idle, descending);
    for (size_t m = 1; m <= PAUSES_MAX && m <= n; m++) {
        int64_t other = m < n && idle[m] > 0 ? idle[m] : 0;
        if (idle[m - 1] >= (n < IDLE_KNOWN ? PAUSE_UNKNOWN : PAUSE_MIN) &&
            idle[m - 1] / PAUSE_FACTOR >= other) {
            least = idle[m - 1];
            *ret_other = other;
        }
    }
    return least;
}

static int mark_pauses(cells *c, ash_error *err)
{
    if (c->n < 2)
        return 0;
    int64_t other = 0, *idle = malloc((c->n - 1) * sizeof *idle);
    if (idle == NULL)
        return nomem(err);
    for (size_t i = 0; i + 1 < c->n; i++)
        idle[i] = c->at[i + 1].from - c->at[i].to;
    int64_t least = least_pause(idle, c->n - 1, &other);
    free(idle);
    for (size_t i = 1; i < c->n; i++) {
        if (c->at[i].from - c->at[i - 1].to < least)
            continue;
        c->at[i].pause_before = true;
        c->at[i].other_idle = other;
    }
    return 0;
}

/* --- changes of behaviour ---------------------------------------------- */

static void weigh(ash_item *item, const ash_stretch *s)
{
    double total = (double)ash_stretch_total(s);
    double weight = total > RUN_WEIGHT ? RUN_WEIGHT / total : 1;
    for (int k = 0; k < ASH_DEEDS; k++)
        item->n[k] = weight * (double)s->n[k];
    item->level = log2(1 + total);
}
_Static_assert(ASH_DEEDS == ASH_ITEM_KINDS, "a deed is a kind");

/* Runs that stand alone and runs after a pause begin a stretch in any case. */
static int segment(const cells *c, const ash_item *items, double spread, double penalty,
                   size_t *begins, size_t *ret_n, ash_error *err)
{
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0, k; i < c->n && rc == 0; i = k) {
        size_t found = 0;
        for (k = i + 1; k < c->n && !c->at[k].pause_before && !c->at[k - 1].first_run; k++)
            ;
        rc = ash_changepoints(&items[i], k - i, spread, penalty, &begins[n], &found, err);
        for (size_t x = 0; x < found; x++)
            begins[n + x] += i;
        n += found;
    }
    *ret_n = n;
    return rc;
}

static int make_stretches(ash_course *ret, const cells *c, const size_t *begins, size_t n,
                          ash_error *err)
{
    ret->at = calloc(n, sizeof *ret->at);
    if (ret->at == NULL)
        return nomem(err);
    for (size_t i = 0; i < n; i++) {
        size_t end = i + 1 < n ? begins[i + 1] : c->n;
        ret->at[i] = c->at[begins[i]];
        for (size_t k = begins[i] + 1; k < end; k++)
            join(&ret->at[i], &c->at[k]);
    }
    ret->n = n;
    return 0;
}

static int find_stretches(ash_course *ret, const cells *c, ash_error *err)
{
    ash_item *items = calloc(c->n, sizeof *items);
    size_t *begins = calloc(c->n, sizeof *begins), n = 0;
    double spread, penalty = ash_changepoints_penalty(c->n);
    if (items == NULL || begins == NULL) {
        free(items);
        free(begins);
        return nomem(err);
    }
    for (size_t i = 0; i < c->n; i++)
        weigh(&items[i], &c->at[i]);
    int rc = ash_changepoints_spread(items, c->n, SPREAD_MIN, SPREAD_MAX, &spread, err);
    do {
        if (rc == 0)
            rc = segment(c, items, spread, penalty, begins, &n, err);
        penalty *= 2;
    } while (rc == 0 && n > STRETCHES_MAX);
    if (rc == 0)
        rc = make_stretches(ret, c, begins, n, err);
    free(items);
    free(begins);
    return rc;
}

int ash_course_find(ash_course *ret, const ash_slot *slots, size_t n, bool whole, ash_error *err)
{
    cells c = {0};
    *ret = (ash_course){0};
    if (n == 0)
        return 0;
    int rc = find_cells(&c, slots, n, err);
    if (rc == 0 && whole) {
        mark_first_run(&c);
        rc = mark_pauses(&c, err);
    }
    if (rc == 0)
        rc = find_stretches(ret, &c, err);
    free(c.at);
    return rc;
}

bool ash_course_is_dense(const ash_course *c, size_t i)
{
    const ash_stretch *s = &c->at[i];
    int64_t span = s->last - s->from, whole = c->at[c->n - 1].last - c->at[0].from;
    return ash_stretch_total(s) >= DENSE_ACCESSES && span >= 2 * SECOND && span <= whole / DENSE_SHARE;
}

int ash_course_replace(ash_course *c, size_t i, const ash_course *by, ash_error *err)
{
    if (by->n < 2 || c->n - 1 + by->n > STRETCHES_MAX)
        return 0;
    ash_stretch *p = malloc((c->n - 1 + by->n) * sizeof *p);
    if (p == NULL)
        return nomem(err);
    memcpy(p, c->at, i * sizeof *p);
    memcpy(p + i, by->at, by->n * sizeof *p);
    memcpy(p + i + by->n, c->at + i + 1, (c->n - i - 1) * sizeof *p);
    p[i].pause_before = c->at[i].pause_before;
    p[i].other_idle = c->at[i].other_idle;
    p[i].first_run = false;
    free(c->at);
    c->at = p;
    c->n += by->n - 1;
    return 0;
}

/* --- names ------------------------------------------------------------- */

static ash_phase_name activity_of(const ash_stretch *s)
{
    if (3 * s->n[ASH_DEED_CHANGED] >= ash_stretch_total(s))
        return ASH_PHASE_CHANGE;
    return s->n[ASH_DEED_READ] + s->n[ASH_DEED_OPENED] >=
                   s->n[ASH_DEED_LISTED] + s->n[ASH_DEED_REFUSED]
               ? ASH_PHASE_COLLECTION
               : ASH_PHASE_RECONNAISSANCE;
}

static bool is_same(const ash_stretch *a, const ash_stretch *b)
{
    double x = ash_stretch_pace(a), y = ash_stretch_pace(b);
    return !a->first_run && !b->pause_before && a->activity == b->activity &&
           (b->from - a->to < MINUTE || (x < PACE_FACTOR * y && y < PACE_FACTOR * x));
}

static void merge(ash_course *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        ash_stretch *last = n > 0 ? &c->at[n - 1] : NULL;
        c->at[i].activity = activity_of(&c->at[i]);
        if (last != NULL && is_same(last, &c->at[i])) {
            join(last, &c->at[i]);
            last->activity = activity_of(last);
        } else {
            c->at[n++] = c->at[i];
        }
    }
    c->n = n;
}

/* From the burst on, everything is the loud end. */
static void find_loud_end(ash_course *c)
{
    ash_stretch before = {0};
    int64_t begin = c->at[0].from, end = c->at[c->n - 1].last;
    for (size_t i = 0; i < c->n; i++) {
        ash_stretch *s = &c->at[i];
        if (before.minutes > 0 && ash_stretch_total(s) >= LOUD_ACCESSES && s->from - begin >= LOUD_QUIET &&
            (end - s->from) <= (end - begin) / LOUD_SHARE &&
            ash_stretch_pace(s) >= PACE_FACTOR * ash_stretch_pace(&before)) {
            for (size_t k = i; k < c->n; k++) {
                c->at[k].name = ASH_PHASE_LOUD_END;
                c->at[k].pace_before = ash_stretch_pace(&before);
            }
            return;
        }
        join(&before, s);
    }
}

static int insert_pauses(ash_course *c, ash_error *err)
{
    size_t n = 0;
    ash_stretch *p = calloc(2 * c->n, sizeof *p);
    if (p == NULL)
        return nomem(err);
    for (size_t i = 0; i < c->n; i++) {
        const ash_stretch *s = &c->at[i];
        if (s->pause_before)
            p[n++] = (ash_stretch){.name = ASH_PHASE_PAUSE,
                                   .activity = ASH_PHASE_PAUSE,
                                   .from = c->at[i - 1].to,
                                   .to = s->from,
                                   .other_idle = s->other_idle};
        p[n++] = *s;
    }
    free(c->at);
    c->at = p;
    c->n = n;
    return 0;
}

int ash_course_name(ash_course *c, ash_error *err)
{
    if (c->n == 0)
        return 0;
    merge(c);
    for (size_t i = 0; i < c->n; i++)
        c->at[i].name = c->at[i].first_run ? ASH_PHASE_ENTRY : c->at[i].activity;
    find_loud_end(c);
    return insert_pauses(c, err);
}

void ash_course_free(ash_course *c)
{
    free(c->at);
    *c = (ash_course){0};
}
