/* Logon abuse: one client failing on many accounts (spraying, T1110.003) or
 * many times on one (guessing, T1110.001), and whether a logon then succeeded.
 * Anonymous attempts do not count: clients make them by themselves. */
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"accounts", 5, 2, 1000, N_("accounts"), N_("different accounts failing from one client")},
    {"failures", 15, 3, 100000, N_("failures"), N_("failures on one account from one client")},
    {"window", 1800, 10, 86400, N_("s"), N_("within this time")},
    {"success", 3600, 0, 86400, N_("s"), N_("a success this soon afterwards belongs to it")},
};
enum { P_ACCOUNTS, P_FAILURES, P_WINDOW, P_SUCCESS };

#define TRIED 64u
/* Clients that fail. */
#define SOURCES 16384u

typedef struct attempt {
    uint64_t account;
    int64_t last;
    uint32_t failures;
} attempt;

typedef struct source_state {
    uint32_t actor; /* of the last failure, or of the success */
    uint32_t n;
    attempt tried[TRIED];
    uint64_t others;      /* failures of accounts beyond TRIED */
    int64_t first, last;  /* failures */
    int64_t at;           /* threshold passed; 0 = not */
    uint32_t guessed;     /* most failures on one account */
    uint32_t success;     /* a logon succeeded meanwhile */
    uint32_t n_told;
    ash_telling told[ASH_TELLING_MAX];
} source_state;

typedef struct abuse {
    ash_detect_context ctx;
    ash_slots sources;
} abuse;

static void *abuse_init(const ash_detect_context *c)
{
    abuse *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->ctx = *c;
    ash_slots_init(&a->sources, sizeof(source_state), SOURCES);
    return a;
}

static void report(const abuse *a, const source_state *s)
{
    if (s->at == 0)
        return;
    bool spray = s->n >= a->ctx.params[P_ACCOUNTS];
    ash_finding f = {
        .actor = s->actor,
        .kind = spray ? ASH_FINDING_SPRAY : ASH_FINDING_GUESSING,
        .severity = s->success ? ASH_SEVERITY_HIGH : ASH_SEVERITY_MEDIUM,
        .flags = s->success ? ASH_FINDING_SUCCESS : 0,
        .window_s = (uint32_t)a->ctx.params[P_WINDOW],
        .share = UINT32_MAX,
        .first = s->first,
        .at = s->at,
        .last = s->last,
        .denied = s->others,
        .accounts = s->n,
        .measure = spray ? ASH_MEASURE_ACCOUNTS : ASH_MEASURE_LOGONS,
        .basis = ASH_BASIS_FLOOR,
        .value = spray ? s->n : s->guessed,
        .threshold = a->ctx.params[spray ? P_ACCOUNTS : P_FAILURES],
    };
    for (uint32_t i = 0; i < s->n; i++)
        f.denied += s->tried[i].failures;
    for (uint32_t i = 0; i < s->n_told; i++)
        ash_finding_tell(&f, &s->told[i]);
    a->ctx.report(a->ctx.user, &f);
}

/* Nothing is remembered longer than the window and the time for a success. */
static bool is_over(const abuse *a, const source_state *s, int64_t now)
{
    double idle = (double)(now - s->last) / 1e9;
    return idle > a->ctx.params[P_WINDOW] + a->ctx.params[P_SUCCESS];
}

static void forget_old(const abuse *a, source_state *s, int64_t now)
{
    int64_t window = (int64_t)(a->ctx.params[P_WINDOW] * 1e9);
    uint32_t kept = 0;
    if (s->at != 0)
        return; /* part of an open finding */
    for (uint32_t i = 0; i < s->n; i++)
        if (now - s->tried[i].last <= window)
            s->tried[kept++] = s->tried[i];
    s->n = kept;
    if (kept == 0) {
        s->others = s->guessed = s->n_told = 0;
        s->first = now;
    }
}

static void count_failure(source_state *s, const ash_logon_fact *l)
{
    uint32_t i = 0;
    while (i < s->n && s->tried[i].account != l->account_hash)
        i++;
    if (i == TRIED) {
        s->others++;
        return;
    }
    if (i == s->n)
        s->tried[s->n++] = (attempt){.account = l->account_hash};
    s->tried[i].failures++;
    s->tried[i].last = l->time;
    if (s->tried[i].failures > s->guessed)
        s->guessed = s->tried[i].failures;
}

/* The one logon that succeeded tells most. */
static void tell_last(source_state *s, const ash_telling *t)
{
    if (s->n_told == ASH_TELLING_MAX)
        s->n_told--;
    s->told[s->n_told++] = *t;
}

static void evict(void *user, void *state)
{
    report(user, state);
}

static void abuse_logon(void *state, const ash_logon_fact *l)
{
    abuse *a = state;
    if (l->anonymous)
        return;
    uint32_t client = l->who.client;
    source_state *s = l->ok ? ash_slots_find(&a->sources, client)
                            : ash_slots_get(&a->sources, client, evict, a);
    if (s == NULL)
        return;
    if (s->n > 0 && is_over(a, s, l->time)) {
        report(a, s);
        memset(s, 0, sizeof *s);
    }
    if (l->ok) {
        double since = (double)(l->time - s->last) / 1e9;
        if (s->at != 0 && since <= a->ctx.params[P_SUCCESS]) {
            if (!s->success)
                tell_last(s, &l->told);
            s->success++;
            s->actor = l->actor; /* the account that was won */
            report(a, s);
        }
        return;
    }
    forget_old(a, s, l->time);
    count_failure(s, l);
    s->last = l->time;
    if (s->n == 1 && s->tried[0].failures == 1)
        s->first = l->time;
    if (!s->success)
        s->actor = l->actor;
    if (s->n_told < ASH_TELLING_MAX)
        s->told[s->n_told++] = l->told;
    if (s->at == 0 && (s->n >= a->ctx.params[P_ACCOUNTS] || s->guessed >= a->ctx.params[P_FAILURES])) {
        s->at = l->time;
        report(a, s);
    }
}

static void abuse_tick(void *state, int64_t now)
{
    abuse *a = state;
    for (source_state *s = ash_slots_oldest(&a->sources); s != NULL; s = ash_slots_next(&a->sources, s)) {
        if (s->at != 0 && is_over(a, s, now)) {
            report(a, s);
            memset(s, 0, sizeof *s);
        }
    }
}

static void abuse_finish(const void *state)
{
    const abuse *a = state;
    for (const source_state *s = ash_slots_oldest(&a->sources); s != NULL; s = ash_slots_next(&a->sources, s))
        report(a, s);
}

static void abuse_break(void *state)
{
    abuse *a = state;
    for (source_state *s = ash_slots_oldest(&a->sources); s != NULL; s = ash_slots_next(&a->sources, s))
        memset(s, 0, sizeof *s);
}

static void abuse_save(const void *state, ash_buf *out)
{
    const abuse *a = state;
    ash_slots_save_begin(&a->sources, out);
    for (const source_state *s = ash_slots_oldest(&a->sources); s != NULL; s = ash_slots_next(&a->sources, s)) {
        ash_slots_save_key(&a->sources, s, out);
        ash_put_u32(out, s->actor);
        ash_put_u32(out, s->n);
        for (uint32_t k = 0; k < s->n; k++) {
            ash_put_u64(out, s->tried[k].account);
            ash_put_i64(out, s->tried[k].last);
            ash_put_u32(out, s->tried[k].failures);
        }
        ash_put_u64(out, s->others);
        ash_put_i64(out, s->first);
        ash_put_i64(out, s->last);
        ash_put_i64(out, s->at);
        ash_put_u32(out, s->guessed);
        ash_put_u32(out, s->success);
        ash_put_u32(out, s->n_told);
        for (uint32_t k = 0; k < s->n_told; k++)
            ash_telling_save(&s->told[k], out);
    }
}

static void load_source(source_state *s, ash_cursor *in)
{
    s->actor = ash_get_u32(in);
    uint32_t tried = ash_get_u32(in);
    in->failed = in->failed || tried > TRIED;
    for (uint32_t k = 0; k < tried && !in->failed; k++) {
        s->tried[k].account = ash_get_u64(in);
        s->tried[k].last = ash_get_i64(in);
        s->tried[k].failures = ash_get_u32(in);
        s->n++;
    }
    s->others = ash_get_u64(in);
    s->first = ash_get_i64(in);
    s->last = ash_get_i64(in);
    s->at = ash_get_i64(in);
    s->guessed = ash_get_u32(in);
    s->success = ash_get_u32(in);
    uint32_t told = ash_get_u32(in);
    in->failed = in->failed || told > ASH_TELLING_MAX;
    for (uint32_t k = 0; k < told && !in->failed; k++)
        s->told[s->n_told++] = ash_telling_load(in);
}

static bool abuse_load(void *state, ash_cursor *in)
{
    abuse *a = state;
    uint32_t n = ash_slots_load_begin(&a->sources, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        source_state *s = ash_slots_load_key(&a->sources, in);
        if (s == NULL)
            return false;
        load_source(s, in);
    }
    return !in->failed;
}

static void abuse_free(void *state)
{
    abuse *a = state;
    if (a != NULL)
        ash_slots_free(&a->sources);
    free(a);
}

const ash_detector ash_detector_logon_abuse = {
    .name = "logon-abuse",
    .version = 2,
    .doc = N_("One client failing on many accounts, or many times on one."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SOURCES * (sizeof(source_state) + ASH_SLOT_COST),
    .init = abuse_init,
    .on_logon = abuse_logon,
    .on_tick = abuse_tick,
    .on_break = abuse_break,
    .finish = abuse_finish,
    .save = abuse_save,
    .load = abuse_load,
    .free = abuse_free,
};
