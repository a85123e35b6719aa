#include "detect/burst.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"

/* A session for habits: as in CONCEPTS, without 15 idle minutes. */
#define IDLE_NS (15 * 60 * ASH_NS_PER_S)
/* Sessions seen before the population's habits count. */
#define POPULATION_MIN 50u
/* How much of a habit is left after a session without it. */
#define HABIT_FADE 0.9f
#define NO_RUN INT64_MIN

ash_burst *ash_burst_new(const ash_detect_context *c, unsigned n_measures,
                         bool (*finding)(const ash_burst *b, const ash_burst_subject *s,
                                         unsigned measure, ash_finding *ret))
{
    ash_burst *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->ctx = *c;
    b->n_measures = n_measures;
    b->p_own = n_measures * ASH_WINDOWS;
    b->p_population = b->p_own + 1;
    b->p_calm = b->p_own + 2;
    b->finding = finding;
    ash_slots_init(&b->subjects, sizeof(ash_burst_subject));
    return b;
}

void ash_burst_free(void *state)
{
    ash_burst *b = state;
    if (b != NULL)
        ash_slots_free(&b->subjects);
    free(b);
}

static uint64_t breadth_of(const ash_burst_subject *s)
{
    const double bits = 64 * ASH_BREADTH_WORDS;
    unsigned set = 0;
    for (unsigned i = 0; i < ASH_BREADTH_WORDS; i++)
        set += (unsigned)__builtin_popcountll(s->breadth[i]);
    if (set >= bits)
        set = (unsigned)bits - 1; /* saturated: a lower bound of about 3,200 */
    return (uint64_t)llround(-bits * log(1 - set / bits));
}

/* Ends a run that raised an alarm: its findings are reported, once. */
static void report_alarms(const ash_burst *b, ash_burst_subject *s)
{
    bool any = false;
    for (unsigned m = 0; m < b->n_measures; m++) {
        const ash_alarm *al = &s->alarms[m];
        ash_finding f = {
            .actor = s->actor,
            .window_s = al->window_s,
            .share = al->share,
            .first = s->begun,
            .at = al->at,
            .last = s->seen,
            .listed = s->listed,
            .read = s->read,
            .opened = s->opened,
            .denied = s->denied,
            .missing = s->missing,
            .changed = s->changed,
            .folders = breadth_of(s),
            .value = (double)al->value,
            .threshold = (double)al->threshold,
        };
        if (al->habit)
            f.flags |= ASH_FINDING_HABIT;
        any = any || al->at != 0;
        if (al->at != 0 && b->finding(b, s, m, &f))
            b->ctx.report(b->ctx.user, &f);
    }
    memset(s->alarms, 0, sizeof s->alarms);
    if (any)
        s->begun = NO_RUN;
}

static void end_session(ash_burst *b, ash_burst_subject *s)
{
    for (unsigned m = 0; m < b->n_measures; m++) {
        for (unsigned w = 0; w < ASH_WINDOWS; w++) {
            float peak = s->rates[m].peak[w];
            if (peak > 0)
                ash_peaks_add(&b->population[m][w], (double)peak);
            float faded = s->habit[m][w] * HABIT_FADE;
            s->habit[m][w] = peak > faded ? peak : faded;
            s->rates[m].peak[w] = 0;
        }
    }
}

static void begin_run(ash_burst_subject *s, int64_t t)
{
    s->begun = t;
    s->listed = s->read = s->opened = s->denied = s->missing = 0;
    s->changed = s->fresh = s->renamed = s->deleted = 0;
    memset(s->breadth, 0, sizeof s->breadth);
}

static bool is_calm(const ash_burst *b, const ash_burst_subject *s, double dt_s)
{
    double keep = dt_s > 0 ? exp(-dt_s / ash_window_s[0]) : 1;
    for (unsigned m = 0; m < b->n_measures; m++)
        if ((double)s->rates[m].value[0] * keep >= b->ctx.params[b->p_calm])
            return false;
    return true;
}

/* A burst's first accesses come before its rate has risen. So a calm time alone
 * begins no new run, but a pause in it as long as those at the calm rate. */
static bool is_pause(const ash_burst *b, double dt_s)
{
    return dt_s > ash_window_s[0] / b->ctx.params[b->p_calm];
}

/* Without a key, unlike other hashes of names: the same log has the same
 * findings in every case. Names made to collide could only lower this figure,
 * which no decision rests on. */
static uint64_t hash_of_folder(const ash_access *a, bool listed)
{
    const char *slash = ash_path_slash(a->path);
    size_t n = listed ? a->path.n : slash == NULL ? 0 : (size_t)(slash - a->path.p);
    return ash_hash64(a->path.p, n, 0);
}

static void count_run(ash_burst_subject *s, const ash_access *a, unsigned grew)
{
    s->listed += (grew & ASH_GREW_LISTED) != 0;
    s->read += (grew & ASH_GREW_READ) != 0;
    s->opened += (grew & ASH_GREW_OPENED) != 0;
    s->denied += (grew & ASH_GREW_DENIED) != 0;
    s->missing += (grew & ASH_GREW_MISSING) != 0;
    s->changed += (grew & (ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED)) != 0;
    s->fresh += (grew & ASH_GREW_WRITTEN) != 0 && (a->flags & ASH_ACCESS_NEW) != 0;
    s->renamed += (grew & ASH_GREW_RENAMED) != 0;
    s->deleted += (grew & ASH_GREW_DELETED) != 0;
    uint64_t folder = hash_of_folder(a, grew & ASH_GREW_LISTED);
    s->breadth[folder >> 61] |= UINT64_C(1) << (folder >> 55 & 63);
}

static void check(ash_burst *b, ash_burst_subject *s, const ash_access *a, unsigned m, int64_t t)
{
    const double *p = b->ctx.params;
    for (unsigned w = 0; w < ASH_WINDOWS; w++) {
        double value = (double)s->rates[m].value[w];
        double floor = p[b->p_floor + m * ASH_WINDOWS + w];
        if (value < floor)
            continue;
        double own = p[b->p_own] * (double)s->habit[m][w];
        double others = b->population[m][w].total >= POPULATION_MIN
                            ? p[b->p_population] * ash_peaks_quantile(&b->population[m][w], 0.99)
                            : 0;
        double threshold = fmax(floor, fmax(own, others));
        if (value < threshold)
            continue;
        ash_alarm *al = &s->alarms[m];
        if (al->at == 0)
            *al = (ash_alarm){.at = t,
                              .window_s = (uint32_t)ash_window_s[w],
                              .share = a->share,
                              .habit = own > floor};
        if (value / threshold > (double)al->ratio) {
            al->ratio = (float)(value / threshold);
            al->value = (float)value;
            al->threshold = (float)threshold;
            al->window_s = (uint32_t)ash_window_s[w];
        }
    }
}

static void evict(void *user, void *state)
{
    report_alarms(user, state);
}

void ash_burst_count(ash_burst *b, const ash_access *a, unsigned grew, unsigned m)
{
    int64_t t = a->last;
    ash_subject who = b->ctx.subject(b->ctx.user, a->actor);
    ash_burst_subject *s = ash_slots_get(&b->subjects, who.group, t, evict, b);
    if (s == NULL)
        return;
    double dt = (double)(t - s->last) / 1e9;
    bool first = s->last == 0;
    if (!first && t - s->last > IDLE_NS)
        end_session(b, s);
    bool calm = is_calm(b, s, dt);
    if (calm)
        report_alarms(b, s);
    if (first || s->begun == NO_RUN || (calm && is_pause(b, dt)))
        begin_run(s, t);
    ash_rates_add(s->rates, b->n_measures, first ? 0 : dt, m);
    s->actor = a->actor;
    s->service = who.service;
    s->seen = t > s->seen || first ? t : s->seen;
    if (t > s->last)
        s->last = t;
    count_run(s, a, grew);
    check(b, s, a, m, t);
}

void ash_burst_tick(void *state, int64_t now)
{
    ash_burst *b = state;
    for (uint32_t i = 0; i < b->subjects.n; i++) {
        ash_burst_subject *s = ash_slots_at(&b->subjects, i);
        bool open = false;
        for (unsigned m = 0; m < b->n_measures; m++)
            open = open || s->alarms[m].at != 0;
        if (open && is_calm(b, s, (double)(now - s->last) / 1e9))
            report_alarms(b, s);
    }
}

void ash_burst_finish(void *state)
{
    ash_burst *b = state;
    for (uint32_t i = 0; i < b->subjects.n; i++)
        report_alarms(b, ash_slots_at(&b->subjects, i));
}

static void save_subject(const ash_burst_subject *s, ash_buf *out)
{
    ash_put_u32(out, s->actor);
    ash_put_u32(out, s->service);
    ash_put_i64(out, s->last);
    for (unsigned m = 0; m < ASH_MEASURES_MAX; m++) {
        for (unsigned w = 0; w < ASH_WINDOWS; w++) {
            ash_put_f64(out, (double)s->rates[m].value[w]);
            ash_put_f64(out, (double)s->rates[m].peak[w]);
            ash_put_f64(out, (double)s->habit[m][w]);
        }
        const ash_alarm *al = &s->alarms[m];
        ash_put_i64(out, al->at);
        ash_put_f64(out, (double)al->value);
        ash_put_f64(out, (double)al->threshold);
        ash_put_f64(out, (double)al->ratio);
        ash_put_u32(out, al->window_s);
        ash_put_u32(out, al->share);
        ash_put_u32(out, al->habit);
    }
    ash_put_i64(out, s->begun);
    ash_put_i64(out, s->seen);
    const uint32_t counts[] = {s->listed,  s->read,  s->opened,  s->denied, s->missing,
                               s->changed, s->fresh, s->renamed, s->deleted};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        ash_put_u32(out, counts[i]);
    for (unsigned i = 0; i < ASH_BREADTH_WORDS; i++)
        ash_put_u64(out, s->breadth[i]);
}

static void load_subject(ash_burst_subject *s, ash_cursor *in)
{
    s->actor = ash_get_u32(in);
    s->service = ash_get_u32(in);
    s->last = ash_get_i64(in);
    for (unsigned m = 0; m < ASH_MEASURES_MAX; m++) {
        for (unsigned w = 0; w < ASH_WINDOWS; w++) {
            s->rates[m].value[w] = (float)ash_get_f64(in);
            s->rates[m].peak[w] = (float)ash_get_f64(in);
            s->habit[m][w] = (float)ash_get_f64(in);
        }
        ash_alarm *al = &s->alarms[m];
        al->at = ash_get_i64(in);
        al->value = (float)ash_get_f64(in);
        al->threshold = (float)ash_get_f64(in);
        al->ratio = (float)ash_get_f64(in);
        al->window_s = ash_get_u32(in);
        al->share = ash_get_u32(in);
        al->habit = ash_get_u32(in);
    }
    s->begun = ash_get_i64(in);
    s->seen = ash_get_i64(in);
    uint32_t *counts[] = {&s->listed,  &s->read,  &s->opened,  &s->denied, &s->missing,
                          &s->changed, &s->fresh, &s->renamed, &s->deleted};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = ash_get_u32(in);
    for (unsigned i = 0; i < ASH_BREADTH_WORDS; i++)
        s->breadth[i] = ash_get_u64(in);
}

void ash_burst_save(const void *state, ash_buf *out)
{
    const ash_burst *b = state;
    for (unsigned m = 0; m < ASH_MEASURES_MAX; m++)
        for (unsigned w = 0; w < ASH_WINDOWS; w++)
            ash_peaks_save(&b->population[m][w], out);
    ash_put_u32(out, b->subjects.n);
    for (uint32_t i = 0; i < b->subjects.n; i++) {
        ash_put_u32(out, b->subjects.keys[i]);
        ash_put_i64(out, b->subjects.used_at[i]);
        save_subject(ash_slots_at(&b->subjects, i), out);
    }
}

bool ash_burst_load(void *state, ash_cursor *in)
{
    ash_burst *b = state;
    for (unsigned m = 0; m < ASH_MEASURES_MAX; m++)
        for (unsigned w = 0; w < ASH_WINDOWS; w++)
            ash_peaks_load(&b->population[m][w], in);
    uint32_t n = ash_get_u32(in);
    for (uint32_t i = 0; i < n && i < ASH_DETECT_SUBJECTS && !in->failed; i++) {
        uint32_t key = ash_get_u32(in);
        int64_t used = ash_get_i64(in);
        ash_burst_subject *s = ash_slots_get(&b->subjects, key, used, evict, b);
        if (s == NULL)
            return false;
        load_subject(s, in);
    }
    return !in->failed && n <= ASH_DETECT_SUBJECTS;
}
