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
#include "detect/slots.h"

static const ash_param params[] = {
    {"accounts", 5, 2, 1000, N_("accounts"), N_("different accounts failing from one client")},
    {"failures", 15, 3, 100000, N_("failures"), N_("failures on one account from one client")},
    {"window", 1800, 10, 86400, N_("s"), N_("within this time")},
    {"success", 3600, 0, 86400, N_("s"), N_("a success this soon afterwards belongs to it")},
};
enum { P_ACCOUNTS, P_FAILURES, P_WINDOW, P_SUCCESS };

#define TRIED 64u

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
    ash_slots_init(&a->sources, sizeof(source_state));
    return a;
}

static void report(const abuse *a, source_state *s)
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
        .value = spray ? s->n : s->guessed,
        .threshold = a->ctx.params[spray ? P_ACCOUNTS : P_FAILURES],
    };
    for (uint32_t i = 0; i < s->n; i++)
        f.denied += s->tried[i].failures;
    a->ctx.report(a->ctx.user, &f);
    s->at = 0;
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
        s->others = s->guessed = 0;
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

static void evict(void *user, void *state)
{
    report(user, state);
}

static void abuse_logon(void *state, const ash_logon_fact *l)
{
    abuse *a = state;
    if (l->anonymous)
        return;
    uint32_t client = a->ctx.subject(a->ctx.user, l->actor).client;
    source_state *s = l->ok ? ash_slots_find(&a->sources, client)
                            : ash_slots_get(&a->sources, client, l->time, evict, a);
    if (s == NULL)
        return;
    if (s->n > 0 && is_over(a, s, l->time)) {
        report(a, s);
        memset(s, 0, sizeof *s);
    }
    if (l->ok) {
        double since = (double)(l->time - s->last) / 1e9;
        if (s->at != 0 && since <= a->ctx.params[P_SUCCESS]) {
            s->success++;
            s->actor = l->actor; /* the account that was won */
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
    if (s->at == 0 && (s->n >= a->ctx.params[P_ACCOUNTS] || s->guessed >= a->ctx.params[P_FAILURES]))
        s->at = l->time;
}

static void abuse_tick(void *state, int64_t now)
{
    abuse *a = state;
    for (uint32_t i = 0; i < a->sources.n; i++) {
        source_state *s = ash_slots_at(&a->sources, i);
        if (s->at != 0 && is_over(a, s, now)) {
            report(a, s);
            memset(s, 0, sizeof *s);
        }
    }
}

static void abuse_finish(void *state)
{
    abuse *a = state;
    for (uint32_t i = 0; i < a->sources.n; i++)
        report(a, ash_slots_at(&a->sources, i));
}

static void abuse_save(const void *state, ash_buf *out)
{
    const abuse *a = state;
    ash_put_u32(out, a->sources.n);
    for (uint32_t i = 0; i < a->sources.n; i++) {
        const source_state *s = ash_slots_at(&a->sources, i);
        ash_put_u32(out, a->sources.keys[i]);
        ash_put_i64(out, a->sources.used_at[i]);
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
    }
}

static bool abuse_load(void *state, ash_cursor *in)
{
    abuse *a = state;
    uint32_t n = ash_get_u32(in);
    for (uint32_t i = 0; i < n && i < ASH_DETECT_SUBJECTS && !in->failed; i++) {
        uint32_t key = ash_get_u32(in);
        int64_t used = ash_get_i64(in);
        source_state *s = ash_slots_get(&a->sources, key, used, evict, a);
        if (s == NULL)
            return false;
        s->actor = ash_get_u32(in);
        uint32_t tried = ash_get_u32(in);
        if (tried > TRIED)
            return false;
        s->n = tried;
        for (uint32_t k = 0; k < tried; k++) {
            s->tried[k].account = ash_get_u64(in);
            s->tried[k].last = ash_get_i64(in);
            s->tried[k].failures = ash_get_u32(in);
        }
        s->others = ash_get_u64(in);
        s->first = ash_get_i64(in);
        s->last = ash_get_i64(in);
        s->at = ash_get_i64(in);
        s->guessed = ash_get_u32(in);
        s->success = ash_get_u32(in);
    }
    return !in->failed && n <= ASH_DETECT_SUBJECTS;
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
    .version = 1,
    .doc = N_("One client failing on many accounts, or many times on one."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = ASH_DETECT_SUBJECTS * (sizeof(source_state) + 24),
    .init = abuse_init,
    .on_logon = abuse_logon,
    .on_tick = abuse_tick,
    .finish = abuse_finish,
    .save = abuse_save,
    .load = abuse_load,
    .free = abuse_free,
};
