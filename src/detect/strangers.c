/* What supports other findings and seldom is one alone: an account at a client or
 * workstation of which nobody knows, at hours when it is never at work, after a long
 * silence, or in other hands. */
#include <stdlib.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/time.h"
#include "detect/habits.h"
#include "detect/memo.h"

static const ash_param params[] = {
    {"history", 5, 1, 365, N_("days"), N_("an account was active before something can be new")},
    {"hour", 0.02, 1e-6, 0.5, N_("share"), N_("how seldom the account works at an hour that is unusual")},
    {"silence", 45, 7, 3650, N_("days"), N_("without activity before an account is dormant")},
    {"pace", 20, 2, 1000, N_("times"), N_("faster than ever before, for another operator")},
    {"pace_min", 60, 5, 1e6, N_("accesses"), N_("in a minute, at least, for another operator")},
};
enum { P_HISTORY, P_HOUR, P_SILENCE, P_PACE, P_PACE_MIN };

#define MINUTE (60 * ASH_NS_PER_S)
/* Two strange hosts this soon one after the other are two operators, or one who moves. */
#define SAME_TIME_DAYS 60
#define FOREIGN 5.0f /* likelihood ratio of a folder that is not the account's */

typedef struct stranger { /* an account, and each host that is not its own */
    ash_memo_head head;   /* used: last day; more: days */
    int64_t minute;       /* the present one, and accesses in it */
    uint32_t n, peak;     /* peak: highest of earlier days */
    uint32_t peak_today;
    int32_t off_hours; /* day it was reported for */
    int32_t guest_day; /* of an account: last day of a strange host */
    uint32_t told;     /* the faster pace was reported */
} stranger;

typedef struct strangers {
    ash_detect_context ctx;
    ash_memo known;
} strangers;

static void *strangers_init(const ash_detect_context *c)
{
    strangers *k = calloc(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->ctx = *c;
    ash_memo_init(&k->known, sizeof(stranger), ASH_HABIT_ACCOUNTS_MAX);
    return k;
}

static void strangers_free(void *state)
{
    strangers *k = state;
    if (k != NULL)
        ash_memo_free(&k->known);
    free(k);
}

static stranger *at(strangers *k, uint64_t key, int32_t day)
{
    stranger *u = ash_memo_get(&k->known, key, day);
    if (u == NULL)
        return NULL;
    if (u->head.more == 0 || day > u->head.used) {
        u->head.more++;
        u->head.used = day;
        u->peak = u->peak_today > u->peak ? u->peak_today : u->peak;
        u->peak_today = 0;
    }
    return u;
}

static ash_finding begin(const ash_sight *s, uint8_t kind, uint8_t severity)
{
    int64_t t = s->access->last;
    const ash_habit *r = s->habit;
    ash_finding f = {.actor = s->access->actor, .kind = kind, .severity = severity,
                     .share = s->access->share, .first = t, .at = t, .last = t, .key = r->at};
    if (r->host == ASH_HOST_STRANGE)
        f.flags |= ASH_FINDING_STRANGER;
    ash_finding_tell(&f, &s->told);
    return f;
}

/* A host nobody but this account was ever at. */
static void new_host(strangers *k, stranger *account, const ash_sight *s)
{
    const ash_habit *r = s->habit;
    if (r->host != ASH_HOST_STRANGE || r->days < k->ctx.params[P_HISTORY])
        return;
    bool again = account->guest_day != 0 && r->day - account->guest_day <= SAME_TIME_DAYS;
    bool unusual = (double)r->hour_rarity < k->ctx.params[P_HOUR];
    account->guest_day = r->day;
    if (!r->host_first)
        return;
    ash_finding f = begin(s, s->who.client_known ? ASH_FINDING_NEW_CLIENT : ASH_FINDING_NEW_WORKSTATION,
                          unusual ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_LOW);
    f.measure = ASH_MEASURE_DAYS;
    f.basis = ASH_BASIS_OWN;
    f.value = r->days;
    k->ctx.report(k->ctx.user, &f);
    if (again && unusual && r->place >= FOREIGN) {
        f.kind = ASH_FINDING_OPERATOR_CHANGE;
        f.measure = ASH_MEASURE_CLIENTS;
        f.value = 2;
        k->ctx.report(k->ctx.user, &f);
    }
}

static void off_hours(strangers *k, stranger *u, const ash_sight *s)
{
    const ash_habit *r = s->habit;
    const double *p = k->ctx.params;
    if (r->days < p[P_HISTORY] || (double)r->hour_rarity >= p[P_HOUR] || u->off_hours == r->day)
        return;
    u->off_hours = r->day;
    ash_finding f = begin(s, ASH_FINDING_OFF_HOURS,
                          r->host == ASH_HOST_STRANGE ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_LOW);
    f.measure = ASH_MEASURE_HOURS;
    f.basis = ASH_BASIS_OWN;
    f.value = r->hour;
    f.threshold = p[P_HOUR];
    f.usual = (double)r->hour_rarity;
    k->ctx.report(k->ctx.user, &f);
}

static void dormant(const strangers *k, const ash_sight *s)
{
    const ash_habit *r = s->habit;
    if (!r->day_first || r->idle < k->ctx.params[P_SILENCE])
        return;
    ash_finding f = begin(s, ASH_FINDING_DORMANT_ACCOUNT,
                          r->host == ASH_HOST_USUAL ? ASH_SEVERITY_LOW : ASH_SEVERITY_MEDIUM);
    f.measure = ASH_MEASURE_DAYS;
    f.basis = ASH_BASIS_OWN;
    f.value = r->idle;
    f.threshold = k->ctx.params[P_SILENCE];
    f.key = r->account;
    k->ctx.report(k->ctx.user, &f);
}

/* The same account at the same strange host, many times faster than on any day before:
 * hands have become a tool, or other hands. */
static void pace(const strangers *k, stranger *u, const ash_sight *s)
{
    const ash_habit *r = s->habit;
    const double *p = k->ctx.params;
    int64_t minute = s->access->last / MINUTE;
    u->n = minute == u->minute ? u->n + 1 : 1;
    u->minute = minute;
    u->peak_today = u->n > u->peak_today ? u->n : u->peak_today;
    if (u->told || u->head.more < 3 || u->n < p[P_PACE_MIN] || u->n < p[P_PACE] * u->peak)
        return;
    u->told = 1;
    ash_finding f = begin(s, ASH_FINDING_OPERATOR_CHANGE, ASH_SEVERITY_MEDIUM);
    f.measure = ASH_MEASURE_ACCESSES;
    f.basis = ASH_BASIS_OWN;
    f.window_s = 60;
    f.value = u->n;
    f.usual = u->peak;
    f.threshold = p[P_PACE] * u->peak > p[P_PACE_MIN] ? p[P_PACE] * u->peak : p[P_PACE_MIN];
    f.key = r->at;
    k->ctx.report(k->ctx.user, &f);
}

static void strangers_access(void *state, const ash_sight *s)
{
    strangers *k = state;
    const ash_habit *r = s->habit;
    if (!r->known || s->who.service)
        return;
    if (r->host == ASH_HOST_USUAL && !r->day_first && (double)r->hour_rarity >= k->ctx.params[P_HOUR])
        return;
    stranger *account = at(k, r->account, r->day);
    if (account == NULL)
        return;
    new_host(k, account, s);
    dormant(k, s);
    off_hours(k, account, s);
    if (r->host == ASH_HOST_USUAL)
        return;
    stranger *host = at(k, r->at, r->day);
    if (host != NULL)
        pace(k, host, s);
}

/* --- state --------------------------------------------------------------------- */

static void put(const void *entry, ash_buf *out)
{
    const stranger *u = entry;
    ash_put_i64(out, u->minute);
    ash_put_u32(out, u->n);
    ash_put_u32(out, u->peak);
    ash_put_u32(out, u->peak_today);
    ash_put_u32(out, (uint32_t)u->off_hours);
    ash_put_u32(out, (uint32_t)u->guest_day);
    ash_put_u32(out, u->told);
}

static void take(void *entry, ash_cursor *in)
{
    stranger *u = entry;
    u->minute = ash_get_i64(in);
    u->n = ash_get_u32(in);
    u->peak = ash_get_u32(in);
    u->peak_today = ash_get_u32(in);
    u->off_hours = (int32_t)ash_get_u32(in);
    u->guest_day = (int32_t)ash_get_u32(in);
    u->told = ash_get_u32(in);
}

static void strangers_save(const void *state, ash_buf *out)
{
    ash_memo_save(&((const strangers *)state)->known, put, out);
}

static bool strangers_load(void *state, ash_cursor *in)
{
    return ash_memo_load(&((strangers *)state)->known, take, in);
}

const ash_detector ash_detector_strangers = {
    .name = "strangers",
    .version = 1,
    .doc = N_("Machines and hours new to an account, accounts that wake up, and other hands at the same account."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = sizeof(strangers) + (size_t)ASH_HABIT_ACCOUNTS_MAX * (sizeof(stranger) + 8),
    .init = strangers_init,
    .on_access = strangers_access,
    .save = strangers_save,
    .load = strangers_load,
    .free = strangers_free,
};
