#include "detect/burst.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "detect/habits.h"
#include "detect/repeats.h"

/* A session for habits: as in CONCEPTS, without 15 idle minutes. */
#define IDLE_NS (15 * 60 * ASH_NS_PER_S)
/* Records of several threads and files come this much out of order; a time further
 * back is a clock that was set. */
#define DISORDER_NS (120 * ASH_NS_PER_S)
/* Sessions seen before the population's habits count, and how far they may raise a
 * floor: one busy job among few sessions must not hide a scan. */
#define POPULATION_MIN 200u
#define POPULATION_MOST 5.0
/* How much of a habit is left after a session without it. */
#define HABIT_FADE 0.9f
/* Two times this far apart are two days. */
#define DAY_NS (20 * 3600 * ASH_NS_PER_S)
/* Days of an account after which it is known where it works. */
#define KNOWN_DAYS 3u
/* A handful of folders of others is an errand. */
#define ERRAND 3u
/* Where it reads folders of others the floors are this part. */
#define FOREIGN_PART (2.0 / 3)
/* Accesses after which an open alarm is judged again. */
#define JUDGE_EVERY 8u
#define NO_RUN INT64_MIN
#define NO_TIME INT64_MIN

ash_burst *ash_burst_new(const ash_detect_context *c, const ash_burst_plan *plan)
{
    ash_burst *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->ctx = *c;
    b->n_measures = plan->n_measures;
    b->kinds = plan->kinds;
    b->units = plan->units;
    b->judge = plan->judge;
    b->foreign = plan->foreign;
    b->p_own = plan->n_measures * ASH_WINDOWS;
    b->p_population = b->p_own + 1;
    b->p_calm = b->p_own + 2;
    b->p_learn = b->p_own + 3;
    ash_slots_init(&b->subjects, sizeof(ash_burst_subject), plan->subjects);
    ash_slots_init(&b->clients, sizeof(int64_t), plan->subjects);
    return b;
}

void ash_burst_free(void *state)
{
    ash_burst *b = state;
    if (b != NULL) {
        ash_slots_free(&b->subjects);
        ash_slots_free(&b->clients);
    }
    free(b);
}

/* --- reporting --------------------------------------------------------- */

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

/* A client never seen before, while those who belong here have been. */
static bool is_stranger(const ash_burst *b, const ash_burst_subject *s)
{
    int64_t learn = (int64_t)(b->ctx.params[b->p_learn] * 3600e9);
    return s->since - b->since >= learn && s->begun - s->since < learn;
}

static ash_finding finding_of(const ash_burst *b, const ash_burst_subject *s, unsigned m)
{
    const ash_alarm *al = &s->alarms[m];
    ash_finding f = {
        .actor = s->actor,
        .kind = b->kinds[m],
        .measure = b->units[m],
        .basis = (uint8_t)al->basis,
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
        .usual = (double)al->usual,
    };
    if (al->basis == ASH_BASIS_OWN)
        f.flags |= ASH_FINDING_HABIT;
    if (is_stranger(b, s))
        f.flags |= ASH_FINDING_STRANGER;
    if (ash_routine_fits(&s->routine, b->ctx.local(b->ctx.user, s->begun), s->shares))
        f.flags |= ASH_FINDING_REGULAR;
    for (uint32_t i = 0; i < s->n_told; i++)
        ash_finding_tell(&f, &s->told[i]);
    b->judge(b, s, m, &f);
    /* A job is one finding day after day; what is not like it is another. */
    f.key = (f.flags & (ASH_FINDING_SERVICE | ASH_FINDING_REGULAR)) != 0;
    return f;
}

static void report(const ash_burst *b, const ash_burst_subject *s, unsigned m)
{
    ash_finding f = finding_of(b, s, m);
    b->ctx.report(b->ctx.user, &f);
}

/* A burst that has become more serious is news at once. */
static void report_raised(const ash_burst *b, ash_burst_subject *s, unsigned m)
{
    ash_finding f = finding_of(b, s, m);
    if (f.severity <= s->alarms[m].severity)
        return;
    s->alarms[m].severity = f.severity;
    b->ctx.report(b->ctx.user, &f);
}

static void report_open(const ash_burst *b, const ash_burst_subject *s)
{
    for (unsigned m = 0; m < b->n_measures; m++)
        if (s->alarms[m].at != 0)
            report(b, s, m);
}

/* Ends a run that raised an alarm. */
static void close_alarms(ash_burst *b, ash_burst_subject *s)
{
    if (!s->open)
        return;
    report_open(b, s);
    ash_routine_add(&s->routine, b->ctx.local(b->ctx.user, s->begun), s->shares);
    memset(s->alarms, 0, sizeof s->alarms);
    s->open = 0;
    b->n_open--;
    s->begun = NO_RUN;
}

/* --- habits ------------------------------------------------------------ */

static void learn_peak(ash_burst_habit *h, float peak, int64_t t)
{
    h->known *= HABIT_FADE;
    if (h->likely > 0 && t - h->at >= DAY_NS) {
        float twice = peak < h->likely ? peak : h->likely;
        h->known = twice > h->known ? twice : h->known;
        h->likely *= HABIT_FADE;
        if (peak < h->likely)
            return;
        h->likely = peak;
        h->at = t;
    } else if (peak > h->likely) {
        if (h->likely == 0)
            h->at = t;
        h->likely = peak;
    }
}

static void end_session(ash_burst *b, ash_burst_subject *s)
{
    for (unsigned m = 0; m < b->n_measures; m++) {
        for (unsigned w = 0; w < ASH_WINDOWS; w++) {
            float peak = s->rates[m].peak[w];
            if (peak > 0 && !s->service)
                ash_peaks_add(&b->population[m][w], (double)peak);
            learn_peak(&s->habits[m][w], peak, s->last);
            s->rates[m].peak[w] = 0;
        }
    }
    s->shares = 0;
}

/* --- runs -------------------------------------------------------------- */

static void begin_run(ash_burst_subject *s, int64_t t)
{
    s->begun = t;
    s->listed = s->read = s->opened = s->denied = s->missing = 0;
    s->changed = s->fresh = s->renamed = s->deleted = s->odd = s->aside = 0;
    s->n_told = 0;
    memset(s->breadth, 0, sizeof s->breadth);
}

static bool is_calm(const ash_burst *b, const ash_burst_subject *s, ash_keep keep)
{
    for (unsigned m = 0; m < b->n_measures; m++)
        if ((double)(s->rates[m].value[0] * keep.part[0]) >= b->ctx.params[b->p_calm])
            return false;
    return true;
}

/* A burst's first accesses come before its rate has risen. So a calm time alone
 * begins no new run, but a pause in it as long as those at the calm rate. */
static bool is_pause(const ash_burst *b, double dt_s)
{
    return dt_s > ash_window_s[0] / b->ctx.params[b->p_calm];
}

static uint32_t run_length(const ash_burst_subject *s)
{
    return s->listed + s->read + s->opened + s->denied + s->missing + s->changed;
}

/* The first one, and later ones ever further apart: a burst is told by its course. */
static void tell(ash_burst_subject *s, const ash_telling *t)
{
    static const uint32_t after[ASH_TELLING_MAX] = {0, 4, 19, 49, 199};
    uint32_t n = run_length(s);
    if (s->n_told < ASH_TELLING_MAX && n >= after[s->n_told])
        s->told[s->n_told++] = *t;
}

static void count_run(ash_burst_subject *s, const ash_sight *x, unsigned grew)
{
    tell(s, &x->told);
    s->listed += (grew & ASH_GREW_LISTED) != 0;
    s->read += (grew & ASH_GREW_READ) != 0;
    s->opened += (grew & ASH_GREW_OPENED) != 0;
    s->denied += (grew & ASH_GREW_DENIED) != 0;
    s->missing += (grew & ASH_GREW_MISSING) != 0;
    s->changed += (grew & (ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED)) != 0;
    s->fresh += (grew & ASH_GREW_WRITTEN) != 0 && x->fresh;
    s->renamed += (grew & ASH_GREW_RENAMED) != 0;
    s->deleted += (grew & ASH_GREW_DELETED) != 0;
    s->shares |= ash_share_bit(x->access->share);
    s->breadth[x->folder >> 61] |= UINT64_C(1) << (x->folder >> 55 & 63);
}

/* --- thresholds -------------------------------------------------------- */

typedef struct limit {
    double threshold, usual;
    ash_basis basis;
} limit;

/* How much of the floor counts: in places of others no hand needs as many files. */
static double part_of(const ash_burst *b, const ash_burst_subject *s)
{
    return b->foreign > 0 && s->odd >= b->foreign ? FOREIGN_PART : 1;
}

static limit limit_of(const ash_burst *b, const ash_burst_subject *s, unsigned m, unsigned w)
{
    const double *p = b->ctx.params;
    double floor = p[m * ASH_WINDOWS + w] * part_of(b, s);
    limit l = {.threshold = floor, .usual = 0, .basis = ASH_BASIS_FLOOR};
    double own = (double)s->habits[m][w].known;
    if (p[b->p_own] * own > l.threshold)
        l = (limit){p[b->p_own] * own, own, ASH_BASIS_OWN};
    /* What others do excuses nobody who does not belong to them. */
    if (b->population[m][w].total < POPULATION_MIN || is_stranger(b, s))
        return l;
    double others = ash_peaks_quantile(&b->population[m][w], 0.99);
    double raised = fmin(p[b->p_population] * others, POPULATION_MOST * floor);
    if (raised > l.threshold)
        l = (limit){raised, others, ASH_BASIS_POPULATION};
    return l;
}

static void check(ash_burst *b, ash_burst_subject *s, const ash_access *a, unsigned m, int64_t t)
{
    ash_alarm *al = &s->alarms[m];
    bool was = al->at != 0;
    for (unsigned w = 0; w < ASH_WINDOWS; w++) {
        double value = (double)s->rates[m].value[w];
        if (value < b->ctx.params[m * ASH_WINDOWS + w] * part_of(b, s))
            continue;
        limit l = limit_of(b, s, m, w);
        if (value < l.threshold)
            continue;
        if (al->at == 0)
            *al = (ash_alarm){.at = t, .share = a->share};
        if (value / l.threshold > (double)al->ratio) {
            al->ratio = (float)(value / l.threshold);
            al->value = (float)value;
            al->threshold = (float)l.threshold;
            al->usual = (float)l.usual;
            al->basis = l.basis;
            al->window_s = (uint32_t)ash_window_s[w];
        }
    }
    if (al->at == 0)
        return;
    b->n_open += !s->open;
    s->open = 1;
    if (!was || (al->severity < ASH_SEVERITY_HIGH && run_length(s) % JUDGE_EVERY == 0))
        report_raised(b, s, m);
}

static void evict(void *user, void *state)
{
    close_alarms(user, state);
}

/* The clock was set back, or rates are of another server: they begin again now. */
static void restart(ash_burst *b, ash_burst_subject *s, int64_t now)
{
    close_alarms(b, s);
    for (unsigned m = 0; m < b->n_measures; m++)
        memset(s->rates[m].value, 0, sizeof s->rates[m].value);
    s->begun = NO_RUN;
    s->last = now;
}

static void forget_client(void *user, void *state)
{
    (void)user;
    (void)state;
}

/* Where no client is named nobody can be told to be new. */
static int64_t client_since(ash_burst *b, const ash_sight *x, int64_t t)
{
    int64_t *since = x->who.client_known ? ash_slots_get(&b->clients, x->who.client, forget_client, NULL) : NULL;
    if (since == NULL)
        return b->since;
    if (*since == 0)
        *since = t;
    return *since;
}

void ash_burst_count(ash_burst *b, const ash_sight *x, unsigned grew, unsigned m)
{
    const ash_access *a = x->access;
    int64_t t = a->last;
    ash_burst_subject *s = ash_slots_get(&b->subjects, x->who.group, evict, b);
    if (s == NULL)
        return;
    bool first = s->since == 0;
    if (b->since == 0)
        b->since = t;
    if (first) {
        s->since = client_since(b, x, t);
        s->last = s->seen = t;
        s->begun = NO_RUN;
    }
    if (s->last == NO_TIME)
        s->last = t;
    if (t < s->last - DISORDER_NS)
        restart(b, s, t);
    double dt = (double)(t - s->last) / 1e9;
    if (t - s->last > IDLE_NS)
        end_session(b, s);
    ash_keep keep = ash_keep_after(dt);
    bool calm = is_calm(b, s, keep);
    if (calm)
        close_alarms(b, s);
    if (s->begun == NO_RUN || (calm && is_pause(b, dt)))
        begin_run(s, t);
    ash_rates_add(s->rates, b->n_measures, keep, m);
    s->actor = a->actor;
    s->service = x->who.service;
    s->seen = t > s->seen || s->seen > t + DISORDER_NS ? t : s->seen;
    s->last = t > s->last ? t : s->last;
    count_run(s, x, grew);
    check(b, s, a, m, t);
}

void ash_burst_note(const ash_burst *b, const ash_sight *x)
{
    const ash_habit *h = x->habit;
    bool aside = h->host == ASH_HOST_STRANGE || h->hour_rarity < ASH_HOUR_RARE;
    if (!h->known || (!h->first && !aside))
        return;
    ash_burst_subject *s = ash_slots_find(&b->subjects, x->who.group);
    if (s == NULL)
        return;
    s->days = h->days;
    s->odd += h->first && h->place >= ASH_PLACE_ODD;
    s->aside += aside;
}

bool ash_burst_is_own_work(const ash_burst_subject *s)
{
    return s->days >= KNOWN_DAYS && s->odd < ERRAND && s->aside == 0 && s->denied == 0;
}

ash_burst_subject *ash_burst_running(const ash_burst *b, const ash_sight *x)
{
    ash_burst_subject *s = ash_slots_find(&b->subjects, x->who.group);
    return s == NULL || s->begun == NO_RUN ? NULL : s;
}

/* --- time and state ---------------------------------------------------- */

void ash_burst_tick(void *state, int64_t now)
{
    ash_burst *b = state;
    if (b->n_open == 0)
        return;
    for (ash_burst_subject *s = ash_slots_oldest(&b->subjects); s != NULL;
         s = ash_slots_next(&b->subjects, s))
        if (s->open && is_calm(b, s, ash_keep_after((double)(now - s->last) / 1e9)))
            close_alarms(b, s);
}

void ash_burst_break(void *state)
{
    ash_burst *b = state;
    for (ash_burst_subject *s = ash_slots_oldest(&b->subjects); s != NULL;
         s = ash_slots_next(&b->subjects, s)) {
        if (s->last == NO_TIME)
            continue; /* nothing of it since the break before */
        end_session(b, s);
        restart(b, s, NO_TIME);
    }
}

void ash_burst_finish(const void *state)
{
    const ash_burst *b = state;
    for (const ash_burst_subject *s = b->n_open == 0 ? NULL : ash_slots_oldest(&b->subjects); s != NULL;
         s = ash_slots_next(&b->subjects, s))
        report_open(b, s);
}

#define COUNTS 12u

static void counts_of(ash_burst_subject *s, uint32_t *ret[COUNTS])
{
    uint32_t *all[COUNTS] = {&s->listed, &s->read,    &s->opened,  &s->denied, &s->missing, &s->changed,
                             &s->fresh,  &s->renamed, &s->deleted, &s->odd,    &s->days,    &s->aside};
    memcpy(ret, all, sizeof all);
}

static void save_measure(const ash_burst_subject *s, unsigned m, ash_buf *out)
{
    for (unsigned w = 0; w < ASH_WINDOWS; w++) {
        ash_put_f64(out, (double)s->rates[m].value[w]);
        ash_put_f64(out, (double)s->rates[m].peak[w]);
        ash_put_f64(out, (double)s->habits[m][w].known);
        ash_put_f64(out, (double)s->habits[m][w].likely);
        ash_put_i64(out, s->habits[m][w].at);
    }
    const ash_alarm *al = &s->alarms[m];
    ash_put_i64(out, al->at);
    ash_put_f64(out, (double)al->value);
    ash_put_f64(out, (double)al->threshold);
    ash_put_f64(out, (double)al->usual);
    ash_put_f64(out, (double)al->ratio);
    ash_put_u32(out, al->window_s);
    ash_put_u32(out, al->share);
    ash_put_u32(out, al->basis);
    ash_put_u32(out, al->severity);
}

static void load_measure(ash_burst_subject *s, unsigned m, ash_cursor *in)
{
    for (unsigned w = 0; w < ASH_WINDOWS; w++) {
        s->rates[m].value[w] = (float)ash_get_f64(in);
        s->rates[m].peak[w] = (float)ash_get_f64(in);
        s->habits[m][w].known = (float)ash_get_f64(in);
        s->habits[m][w].likely = (float)ash_get_f64(in);
        s->habits[m][w].at = ash_get_i64(in);
    }
    ash_alarm *al = &s->alarms[m];
    al->at = ash_get_i64(in);
    al->value = (float)ash_get_f64(in);
    al->threshold = (float)ash_get_f64(in);
    al->usual = (float)ash_get_f64(in);
    al->ratio = (float)ash_get_f64(in);
    al->window_s = ash_get_u32(in);
    al->share = ash_get_u32(in);
    al->basis = ash_get_u32(in);
    al->severity = ash_get_u32(in);
}

static void save_subject(const ash_burst *b, ash_burst_subject *s, ash_buf *out)
{
    uint32_t *counts[COUNTS];
    ash_put_u32(out, s->actor);
    ash_put_u8(out, s->service);
    ash_put_u8(out, s->open);
    const int64_t times[] = {s->since, s->last, s->begun, s->seen};
    for (size_t i = 0; i < 4; i++)
        ash_put_i64(out, times[i]);
    for (unsigned m = 0; m < b->n_measures; m++)
        save_measure(s, m, out);
    ash_put_u32(out, s->shares);
    ash_routine_save(&s->routine, out);
    counts_of(s, counts);
    for (size_t i = 0; i < COUNTS; i++)
        ash_put_u32(out, *counts[i]);
    for (unsigned i = 0; i < ASH_BREADTH_WORDS; i++)
        ash_put_u64(out, s->breadth[i]);
    ash_put_u32(out, s->n_told);
    for (uint32_t i = 0; i < s->n_told; i++)
        ash_telling_save(&s->told[i], out);
}

static void load_subject(const ash_burst *b, ash_burst_subject *s, ash_cursor *in)
{
    uint32_t *counts[COUNTS];
    s->actor = ash_get_u32(in);
    s->service = ash_get_u8(in);
    s->open = ash_get_u8(in);
    int64_t *times[] = {&s->since, &s->last, &s->begun, &s->seen};
    for (size_t i = 0; i < 4; i++)
        *times[i] = ash_get_i64(in);
    for (unsigned m = 0; m < b->n_measures; m++)
        load_measure(s, m, in);
    s->shares = ash_get_u32(in);
    s->routine = ash_routine_load(in);
    counts_of(s, counts);
    for (size_t i = 0; i < COUNTS; i++)
        *counts[i] = ash_get_u32(in);
    for (unsigned i = 0; i < ASH_BREADTH_WORDS; i++)
        s->breadth[i] = ash_get_u64(in);
    s->n_told = ash_get_u32(in);
    if (s->n_told > ASH_TELLING_MAX || s->open > 1)
        in->failed = true;
    for (uint32_t i = 0; i < s->n_told && !in->failed; i++)
        s->told[i] = ash_telling_load(in);
}

void ash_burst_save(const void *state, ash_buf *out)
{
    const ash_burst *b = state;
    for (unsigned m = 0; m < b->n_measures; m++)
        for (unsigned w = 0; w < ASH_WINDOWS; w++)
            ash_peaks_save(&b->population[m][w], out);
    ash_put_i64(out, b->since);
    ash_slots_save_begin(&b->clients, out);
    for (const int64_t *c = ash_slots_oldest(&b->clients); c != NULL; c = ash_slots_next(&b->clients, c)) {
        ash_slots_save_key(&b->clients, c, out);
        ash_put_i64(out, *c);
    }
    ash_slots_save_begin(&b->subjects, out);
    for (ash_burst_subject *s = ash_slots_oldest(&b->subjects); s != NULL;
         s = ash_slots_next(&b->subjects, s)) {
        ash_slots_save_key(&b->subjects, s, out);
        save_subject(b, s, out);
    }
}

bool ash_burst_load(void *state, ash_cursor *in)
{
    ash_burst *b = state;
    for (unsigned m = 0; m < b->n_measures; m++)
        for (unsigned w = 0; w < ASH_WINDOWS; w++)
            ash_peaks_load(&b->population[m][w], in);
    b->since = ash_get_i64(in);
    uint32_t clients = ash_slots_load_begin(&b->clients, in);
    for (uint32_t i = 0; i < clients && !in->failed; i++) {
        int64_t *c = ash_slots_load_key(&b->clients, in);
        if (c == NULL)
            return false;
        *c = ash_get_i64(in);
    }
    uint32_t n = ash_slots_load_begin(&b->subjects, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        ash_burst_subject *s = ash_slots_load_key(&b->subjects, in);
        if (s == NULL)
            return false;
        load_subject(b, s, in);
        b->n_open += s->open;
    }
    return !in->failed;
}
