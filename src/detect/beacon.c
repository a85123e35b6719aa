/* Beacon: file after file at the same distance. People pause; a program that is told to
 * wait between two files does not. Half of the gaps of a person lie outside of half to
 * twice the middle one, nearly none of a program's; so the measure needs no model of
 * either, and few accesses of the person at the same computer do not hide a program.
 * (RITA, a beacon finder for network logs, scores dispersion around the median likewise.) */
#include <math.h>
#include <stdlib.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/time.h"
#include "detect/habits.h"
#include "detect/memo.h"

static const ash_param params[] = {
    {"regular", 0.7, 0.4, 1, N_("share"), N_("of the gaps lie between half and twice the middle one")},
    {"gaps", 120, 20, 1e6, N_("gaps"), N_("looked at before an alarm, at least")},
    {"shortest", 3, 0.01, 3600, N_("s"), N_("a middle gap that is shorter is a burst, not a beacon")},
    {"longest", 1800, 10, 86400, N_("s"), N_("a gap that is longer is a pause")},
};
enum { P_REGULAR, P_GAPS, P_SHORTEST, P_LONGEST };

typedef struct ticker {
    ash_memo_head head;
    int64_t last, first; /* ns; first: of the present run */
    uint64_t file;
    uint32_t gaps;
    float middle, regular; /* natural logarithm of seconds; share, faded over about `gaps` */
    uint32_t told;
} ticker;

typedef struct beacon {
    ash_detect_context ctx;
    ash_memo tickers;
} beacon;

static void *beacon_init(const ash_detect_context *c)
{
    beacon *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->ctx = *c;
    ash_memo_init(&b->tickers, sizeof(ticker), ASH_HABIT_SUBJECTS_MAX);
    return b;
}

static void beacon_free(void *state)
{
    beacon *b = state;
    if (b != NULL)
        ash_memo_free(&b->tickers);
    free(b);
}

static void report(const beacon *b, const ticker *u, const ash_sight *s)
{
    const double *p = b->ctx.params;
    ash_finding f = {
        .actor = s->access->actor,
        .kind = ASH_FINDING_BEACON,
        .severity = s->who.service ? ASH_SEVERITY_LOW : ASH_SEVERITY_MEDIUM,
        .flags = s->who.service ? ASH_FINDING_SERVICE : 0,
        .measure = ASH_MEASURE_SECONDS,
        .basis = ASH_BASIS_FLOOR,
        .share = s->access->share,
        .first = u->first,
        .at = s->access->last,
        .last = s->access->last,
        .read = u->gaps,
        .value = exp((double)u->middle),
        .threshold = p[P_SHORTEST],
        .key = u->head.key,
    };
    ash_finding_tell(&f, &s->told);
    b->ctx.report(b->ctx.user, &f);
}

static void note_gap(const beacon *b, ticker *u, double gap)
{
    const double fade = 1 / b->ctx.params[P_GAPS];
    float x = (float)log(gap);
    bool in = fabsf(x - u->middle) <= 0.693f;
    if (u->gaps == 0)
        u->middle = x;
    else /* towards the median, in steps */
        u->middle += x > u->middle ? 0.05f : -0.05f;
    u->gaps++;
    double weight = fmax(fade, 1.0 / u->gaps);
    u->regular += (float)(weight * ((in ? 1.0 : 0.0) - (double)u->regular));
}

static void beacon_access(void *state, const ash_sight *s)
{
    beacon *b = state;
    const ash_habit *r = s->habit;
    const double *p = b->ctx.params;
    if (!r->known || !(s->grew & (s->reads_logged ? ASH_GREW_READ : ASH_GREW_OPENED)))
        return;
    ticker *u = ash_memo_get(&b->tickers, ash_memo_key(s->who.account, (uint64_t)s->who.client << 32 | s->who.server), r->day);
    if (u == NULL || u->file == s->file)
        return;
    u->head.used = r->day > u->head.used ? r->day : u->head.used;
    double gap = (double)(s->access->last - u->last) / 1e9;
    bool pause = u->last == 0 || gap > p[P_LONGEST] || gap < -120;
    u->file = s->file;
    u->last = s->access->last;
    if (pause) {
        u->gaps = u->told = 0;
        u->regular = u->middle = 0;
        u->first = s->access->last;
        return;
    }
    note_gap(b, u, fmax(gap, 0.01));
    if (u->told || u->gaps < p[P_GAPS] || (double)u->regular < p[P_REGULAR] ||
        (double)u->middle < log(p[P_SHORTEST]))
        return;
    u->told = 1;
    report(b, u, s);
}

/* --- state ------------------------------------------------------------------------ */

static void put(const void *entry, ash_buf *out)
{
    const ticker *u = entry;
    ash_put_i64(out, u->last);
    ash_put_i64(out, u->first);
    ash_put_u64(out, u->file);
    ash_put_u32(out, u->gaps);
    ash_put_f64(out, (double)u->middle);
    ash_put_f64(out, (double)u->regular);
    ash_put_u32(out, u->told);
}

static void take(void *entry, ash_cursor *in)
{
    ticker *u = entry;
    u->last = ash_get_i64(in);
    u->first = ash_get_i64(in);
    u->file = ash_get_u64(in);
    u->gaps = ash_get_u32(in);
    u->middle = (float)ash_get_f64(in);
    u->regular = (float)ash_get_f64(in);
    u->told = ash_get_u32(in);
}

static void beacon_save(const void *state, ash_buf *out)
{
    ash_memo_save(&((const beacon *)state)->tickers, put, out);
}

static bool beacon_load(void *state, ash_cursor *in)
{
    return ash_memo_load(&((beacon *)state)->tickers, take, in);
}

const ash_detector ash_detector_beacon = {
    .name = "beacon",
    .version = 1,
    .doc = N_("Files read one after the other at the same distance, as only a program does."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = sizeof(beacon) + (size_t)ASH_HABIT_SUBJECTS_MAX * (sizeof(ticker) + 8),
    .init = beacon_init,
    .on_access = beacon_access,
    .save = beacon_save,
    .load = beacon_load,
    .free = beacon_free,
};
