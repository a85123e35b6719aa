/* Log silence: a server that logs minute after minute at this hour stops, at once, and
 * goes on later: its logging was stopped (T1562), or it was. What that hides, coverage
 * says; here it is news. Minutes with records are counted, not records: a job that
 * makes ten thousand in a minute leaves the rest of its hour silent. A holiday grows
 * quiet by and by, and does not end so. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"silence", 30, 5, 1440, N_("min"), N_("without any record, at least")},
    {"expected", 25, 3, 1440, N_("min"), N_("with records, that would have been usual in this time")},
    {"days", 5, 2, 365, N_("days"), N_("known of these hours")},
    {"abrupt", 0.3, 0, 1, N_("times"), N_("of the usual minutes with records, in the minutes before")},
};
enum { P_SILENCE, P_EXPECTED, P_DAYS, P_ABRUPT };

#define SERVERS 1024u
#define RECENT_MIN 15.0
/* No job of the night either: no holiday is so quiet. */
#define WHOLE_DAY (26 * 3600 * ASH_NS_PER_S)
/* A zone may put the first hours of 1970 into 1969; the days counted are positive. */
#define DAYS_BEFORE 2
/* How much one more day changes what is usual. */
#define LEARN 0.1f

typedef struct station {
    int64_t last;
    int64_t minute;       /* of the last record, since 1970 */
    double busy;          /* minutes with records lately, faded */
    int32_t hour_at;      /* local hour being counted, hours since 1969-12-30; 0: none */
    uint32_t now;         /* minutes with records in it */
    float usual[24];      /* by hour of a working day */
    uint8_t days[24];
    ash_telling told;     /* last access */
} station;

typedef struct silence {
    ash_detect_context ctx;
    ash_slots stations;
} silence;

static void *silence_init(const ash_detect_context *c)
{
    silence *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->ctx = *c;
    ash_slots_init(&s->stations, sizeof(station), SERVERS);
    return s;
}

static void evict(void *user, void *state)
{
    (void)user;
    (void)state; /* what it had to say was said */
}

static bool is_workday(ash_local t)
{
    return t.weekday < 5;
}

/* What would have come between two moments, from the hours' usual numbers; less than
 * what is asked for where an hour is not known. */
static double expected_between(const silence *s, const station *x, int64_t from, int64_t to)
{
    double sum = 0;
    const int64_t step = 10 * 60 * ASH_NS_PER_S;
    for (int64_t t = from; t < to && t - from < 24 * 6 * step; t += step) {
        ash_local l = s->ctx.local(s->ctx.user, t);
        double part = (double)(to - t < step ? to - t : step) / 3600e9;
        if (is_workday(l) && x->days[l.hour] >= s->ctx.params[P_DAYS])
            sum += part * (double)x->usual[l.hour];
    }
    return sum;
}

static void check(const silence *s, station *x, const ash_sight *next)
{
    const double *p = s->ctx.params;
    int64_t t = next->access->last;
    if (t - x->last < (int64_t)(p[P_SILENCE] * 60e9))
        return;
    double expected = expected_between(s, x, x->last, t);
    ash_local before = s->ctx.local(s->ctx.user, x->last);
    double usual = (double)x->usual[before.hour] * RECENT_MIN / 60;
    bool abrupt = usual >= RECENT_MIN / 2 && x->busy >= p[P_ABRUPT] * usual;
    if (expected < p[P_EXPECTED] || (!abrupt && t - x->last < WHOLE_DAY))
        return;
    ash_finding f = {
        .actor = next->access->actor,
        .kind = ASH_FINDING_LOG_SILENCE,
        .severity = ASH_SEVERITY_MEDIUM,
        .measure = ASH_MEASURE_MINUTES,
        .basis = ASH_BASIS_OWN,
        .window_s = (uint32_t)((t - x->last) / ASH_NS_PER_S),
        .share = UINT32_MAX,
        .first = x->last,
        .at = t,
        .last = t,
        .value = 0,
        .usual = expected,
        .key = next->who.server + UINT64_C(1),
    };
    ash_finding_tell(&f, &x->told);
    ash_finding_tell(&f, &next->told);
    s->ctx.report(s->ctx.user, &f);
}

/* When an hour is over, what it had becomes usual. */
static void count_minute(station *x, int32_t hour)
{
    if (x->hour_at != 0 && x->hour_at != hour) {
        unsigned h = (unsigned)(x->hour_at % 24);
        unsigned weekday = (unsigned)((x->hour_at / 24 + 1) % 7);
        if (weekday < 5) {
            float weight = x->days[h] < 10 ? 1.0f / (float)(x->days[h] + 1) : LEARN;
            x->usual[h] += weight * ((float)x->now - x->usual[h]);
            x->days[h] += x->days[h] < UINT8_MAX;
        }
        x->now = 0;
    }
    x->hour_at = hour;
    x->now++;
}

static void silence_access(void *state, const ash_sight *a)
{
    silence *s = state;
    station *x = ash_slots_get(&s->stations, a->who.server, evict, s);
    if (x == NULL)
        return;
    int64_t t = a->access->last, minute = t / (60 * ASH_NS_PER_S);
    if (t <= x->last)
        return; /* out of order, or a clock set back: no silence */
    if (x->last != 0)
        check(s, x, a);
    if (minute != x->minute) {
        x->busy = x->minute == 0 ? 1 : x->busy * exp(-(double)(minute - x->minute) / RECENT_MIN) + 1;
        ash_local l = s->ctx.local(s->ctx.user, t);
        count_minute(x, (l.day + DAYS_BEFORE) * 24 + l.hour);
        x->minute = minute;
    }
    x->last = t;
    x->told = a->told;
}

static void silence_break(void *state)
{
    silence *s = state;
    for (station *x = ash_slots_oldest(&s->stations); x != NULL; x = ash_slots_next(&s->stations, x)) {
        x->last = 0;
        x->minute = 0;
        x->busy = 0;
        x->hour_at = 0;
        x->now = 0;
    }
}

static void silence_save(const void *state, ash_buf *out)
{
    const silence *s = state;
    ash_slots_save_begin(&s->stations, out);
    for (const station *x = ash_slots_oldest(&s->stations); x != NULL; x = ash_slots_next(&s->stations, x)) {
        ash_slots_save_key(&s->stations, x, out);
        ash_put_i64(out, x->last);
        ash_put_i64(out, x->minute);
        ash_put_f64(out, x->busy);
        ash_put_u32(out, (uint32_t)x->hour_at);
        ash_put_u32(out, x->now);
        for (unsigned h = 0; h < 24; h++) {
            ash_put_f64(out, (double)x->usual[h]);
            ash_put_u8(out, x->days[h]);
        }
        ash_telling_save(&x->told, out);
    }
}

static bool silence_load(void *state, ash_cursor *in)
{
    silence *s = state;
    uint32_t n = ash_slots_load_begin(&s->stations, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        station *x = ash_slots_load_key(&s->stations, in);
        if (x == NULL)
            return false;
        x->last = ash_get_i64(in);
        x->minute = ash_get_i64(in);
        x->busy = ash_get_f64(in);
        x->hour_at = (int32_t)ash_get_u32(in);
        x->now = ash_get_u32(in);
        for (unsigned h = 0; h < 24; h++) {
            x->usual[h] = (float)ash_get_f64(in);
            x->days[h] = ash_get_u8(in);
        }
        x->told = ash_telling_load(in);
    }
    return !in->failed;
}

static void silence_free(void *state)
{
    silence *s = state;
    if (s != NULL)
        ash_slots_free(&s->stations);
    free(s);
}

const ash_detector ash_detector_log_silence = {
    .name = "log-silence",
    .version = 1,
    .doc = N_("A server's log that stops at once, at an hour when it never does."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SERVERS * (sizeof(station) + ASH_SLOT_COST),
    .init = silence_init,
    .on_access = silence_access,
    .on_break = silence_break,
    .save = silence_save,
    .load = silence_load,
    .free = silence_free,
};
