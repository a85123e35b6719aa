#include "source/evtx_carve.h"

#include <stdlib.h>

#include "base/limits.h"

/* Live records whose numbers follow each other. */
typedef struct numbers {
    uint64_t first, last;   /* numbers */
    uint64_t begin, end;    /* FILETIMEs */
} numbers;

typedef struct held {
    uint64_t id, written;
    size_t at, n; /* the line in text */
} held;

struct ash_evtx_carve {
    numbers *runs; /* sorted by first; ASH_EVTX_RUNS_MAX */
    uint32_t n_runs, last_run;
    held *held; /* owned, n of cap */
    size_t n, cap;
    ash_buf text;
};

const char *ash_evtx_origin_name(ash_evtx_origin o)
{
    static const char *const names[] = {"slack", "damage", "no-chunk", "incomplete"};
    return names[o];
}

int ash_evtx_carve_new(ash_evtx_carve **ret, ash_error *err)
{
    ash_evtx_carve *c = calloc(1, sizeof *c);
    numbers *runs = malloc(ASH_EVTX_RUNS_MAX * sizeof *runs);
    if (c == NULL || runs == NULL) {
        free(c);
        free(runs);
        return ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory");
    }
    c->runs = runs;
    ash_buf_init(&c->text, 2 * ASH_EVTX_CARVED_BYTES);
    *ret = c;
    return 0;
}

void ash_evtx_carve_free(ash_evtx_carve *c)
{
    if (c == NULL)
        return;
    free(c->runs);
    free(c->held);
    ash_buf_free(&c->text);
    free(c);
}

/* --- live ones ------------------------------------------------------------- */

/* Number of the first run that begins behind id. */
static uint32_t behind(const ash_evtx_carve *c, uint64_t id)
{
    uint32_t lo = 0, hi = c->n_runs;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (c->runs[mid].first <= id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void widen(numbers *r, uint64_t id, uint64_t written)
{
    r->last = id > r->last ? id : r->last;
    r->begin = written < r->begin ? written : r->begin;
    r->end = written > r->end ? written : r->end;
}

void ash_evtx_carve_live(ash_evtx_carve *c, const ash_evtx_record *record)
{
    uint64_t id = record->id;
    numbers *r = &c->runs[c->last_run];
    if (c->n_runs > 0 && r->last + 1 == id) {
        widen(r, id, record->written);
        return;
    }
    uint32_t i = behind(c, id);
    if (i > 0 && id <= c->runs[i - 1].last + 1) {
        widen(&c->runs[i - 1], id, record->written);
        c->last_run = i - 1;
        return;
    }
    if (c->n_runs == ASH_EVTX_RUNS_MAX)
        return;
    memmove(&c->runs[i + 1], &c->runs[i], (c->n_runs - i) * sizeof *c->runs);
    c->runs[i] = (numbers){id, id, record->written, record->written};
    c->n_runs++;
    c->last_run = i;
}

static bool is_live(const ash_evtx_carve *c, const held *h)
{
    /* Runs that grew into each other overlap: the ones before are looked at, too. */
    for (uint32_t i = behind(c, h->id); i-- > 0;) {
        const numbers *r = &c->runs[i];
        if (h->id > r->last)
            return false;
        if (h->written >= r->begin && h->written <= r->end)
            return true;
    }
    return false;
}

/* --- found ones -------------------------------------------------------------- */

/* Windows Vista is the first that has this format. */
static bool plausible(const ash_evtx_record *r, ash_view chunk)
{
    const uint64_t year_2005 = UINT64_C(127489824000000000), year_2100 = UINT64_C(157469184000000000);
    unsigned char token = (unsigned char)chunk.p[r->at + ASH_EVTX_RECORD_HEADER];
    return r->id > 0 && r->id < UINT64_MAX / 2 && r->written > year_2005 &&
           r->written < year_2100 && r->length > ASH_EVTX_RECORD_MIN &&
           (token == 0x0f || token == 0x0c || token == 0x01 || token == 0x41);
}

bool ash_evtx_carve_find(ash_view chunk, uint32_t from, uint32_t to, ash_evtx_record *ret)
{
    static const char magic[4] = "**\0";
    while (from < to) {
        const char *p = memmem(chunk.p + from, to - from, magic, sizeof magic);
        if (p == NULL)
            return false;
        from = (uint32_t)(p - chunk.p);
        if (ash_evtx_record_at(chunk, from, ret) && ret->length <= to - from && plausible(ret, chunk))
            return true;
        from++;
    }
    return false;
}

int ash_evtx_carve_hold(ash_evtx_carve *c, const ash_evtx_record *record, ash_view line)
{
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 256 : 2 * c->cap;
        held *h = realloc(c->held, cap * sizeof *h);
        if (h == NULL)
            return ASH_E_NOMEM;
        c->held = h;
        c->cap = cap;
    }
    c->held[c->n++] = (held){record->id, record->written, c->text.n, line.n};
    ash_buf_add_view(&c->text, line);
    return c->text.failed ? ASH_E_NOMEM : 0;
}

bool ash_evtx_carve_full(const ash_evtx_carve *c)
{
    return c->text.n + c->n * sizeof *c->held > ASH_EVTX_CARVED_BYTES;
}

static int by_record(const void *a, const void *b)
{
    const held *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->written != y->written)
        return x->written < y->written ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static int by_place(const void *a, const void *b)
{
    const held *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

void ash_evtx_carve_release(ash_evtx_carve *c, bool end, ash_buf *out, uint64_t *ret_shown)
{
    size_t kept = 0;
    if (c->n > 0)
        qsort(c->held, c->n, sizeof *c->held, by_record);
    for (size_t i = 0; i < c->n; i++) {
        held h = c->held[i];
        bool again = kept > 0 && c->held[kept - 1].id == h.id &&
                     c->held[kept - 1].written == h.written;
        if (!again && !is_live(c, &h))
            c->held[kept++] = h;
    }
    if (kept > 0)
        qsort(c->held, kept, sizeof *c->held, by_place);
    for (size_t i = 0; i < kept; i++)
        ash_buf_add(out, c->text.p + c->held[i].at, c->held[i].n);
    *ret_shown += kept;
    c->n = 0;
    ash_buf_clear(&c->text);
    if (end)
        c->n_runs = c->last_run = 0;
}
