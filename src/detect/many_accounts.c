/* One client with many accounts: at an intruder's machine they come one after the
 * other. Terminal servers and shared computers do this by nature, and are known by
 * having done it on other days. */
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"accounts", 10, 2, 32, N_("accounts"), N_("different accounts at one client")},
    {"stranger", 4, 2, 32, N_("accounts"), N_("... at a client that was never seen before")},
    {"window", 3600, 60, 86400, N_("s"), N_("within this time")},
    {"own", 1.5, 1, 100, N_("times"), N_("how far above what the client did on other days")},
    {"learn", 24, 0, 8760, N_("h"), N_("in the first hours of a log nothing is known: low")},
};
enum { P_ACCOUNTS, P_STRANGER, P_WINDOW, P_OWN, P_LEARN };

#define SUBJECTS 16384u
#define SEEN 32u
#define DAY_NS (20 * 3600 * ASH_NS_PER_S)

typedef struct seen {
    uint32_t account;
    int64_t last;
} seen;

typedef struct desk {
    uint32_t n, latest;
    seen seen[SEEN];
    int64_t since;
    uint32_t most;     /* on one day ... */
    int64_t most_at;
    uint32_t known;    /* ... and on another one as well */
    ash_finding open;  /* times 0: none */
} desk;

typedef struct many {
    ash_detect_context ctx;
    ash_slots desks;
    int64_t since;
} many;

static void *many_init(const ash_detect_context *c)
{
    many *m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->ctx = *c;
    ash_slots_init(&m->desks, sizeof(desk), SUBJECTS);
    return m;
}

static void evict(void *user, void *state)
{
    (void)user;
    (void)state; /* what it had to say was said */
}

/* Where the account is, or should be: the place of the one not seen for longest. */
static uint32_t place_of(const desk *d, uint32_t account)
{
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        if (d->seen[i].account == account)
            return i;
        if (d->seen[i].last < d->seen[oldest].last)
            oldest = i;
    }
    return d->n < SEEN ? d->n : oldest;
}

static uint32_t count_near(const desk *d, int64_t t, int64_t window, int64_t *ret_first)
{
    uint32_t n = 0;
    *ret_first = t;
    for (uint32_t i = 0; i < d->n; i++) {
        int64_t apart = t - d->seen[i].last;
        if (apart > window || apart < -window)
            continue;
        n++;
        *ret_first = d->seen[i].last < *ret_first ? d->seen[i].last : *ret_first;
    }
    return n;
}

static void learn(desk *d, uint32_t n, int64_t t)
{
    if (d->most > 0 && (t - d->most_at >= DAY_NS || d->most_at - t >= DAY_NS)) {
        uint32_t twice = n < d->most ? n : d->most;
        d->known = twice > d->known ? twice : d->known;
    }
    if (n >= d->most) {
        d->most_at = n > d->most || d->most_at == 0 ? t : d->most_at;
        d->most = n;
    }
}

static void judge(many *m, desk *d, uint32_t actor, int64_t t, const ash_telling *told)
{
    const double *p = m->ctx.params;
    int64_t first;
    uint32_t n = count_near(d, t, (int64_t)(p[P_WINDOW] * 1e9), &first);
    double own = p[P_OWN] * d->known;
    int64_t young = (int64_t)(p[P_LEARN] * 3600e9);
    bool stranger = d->since - m->since >= young && t - d->since < young;
    double floor = p[stranger ? P_STRANGER : P_ACCOUNTS];
    bool by_habit = own > floor;
    double threshold = by_habit ? own : floor;
    bool alarm = n >= threshold;
    learn(d, n, t);
    if (!alarm)
        return;
    ash_finding *f = &d->open;
    if (f->times == 0 || first > f->last || t < f->first)
        *f = (ash_finding){.kind = ASH_FINDING_MANY_ACCOUNTS, .first = first, .at = t, .share = UINT32_MAX, .times = 1};
    f->actor = actor;
    f->last = t > f->last ? t : f->last;
    f->measure = ASH_MEASURE_ACCOUNTS;
    f->basis = by_habit ? ASH_BASIS_OWN : ASH_BASIS_FLOOR;
    f->usual = by_habit ? d->known : 0;
    f->window_s = (uint32_t)p[P_WINDOW];
    if (n > f->value) {
        f->value = n;
        f->threshold = threshold;
        f->accounts = n;
    }
    f->flags |= (stranger ? ASH_FINDING_STRANGER : 0) | (by_habit ? ASH_FINDING_HABIT : 0);
    f->severity = stranger                ? ASH_SEVERITY_HIGH
                : t - m->since < young    ? ASH_SEVERITY_LOW
                                          : ASH_SEVERITY_MEDIUM;
    ash_finding_tell(f, told);
    m->ctx.report(m->ctx.user, f);
}

static void saw(many *m, const ash_subject *who, uint32_t actor, int64_t t, const ash_telling *told)
{
    if (!who->client_known)
        return;
    desk *d = ash_slots_get(&m->desks, who->client, evict, m);
    if (d == NULL)
        return;
    if (m->since == 0 || t < m->since)
        m->since = t;
    if (d->since == 0 || t < d->since)
        d->since = t;
    uint32_t i = d->latest;
    if (i < d->n && d->seen[i].account == who->account) {
        d->seen[i].last = t;
        return;
    }
    i = place_of(d, who->account);
    d->n += i == d->n;
    d->seen[i] = (seen){who->account, t};
    d->latest = i;
    judge(m, d, actor, t, told);
}

static void many_access(void *state, const ash_sight *x)
{
    saw(state, &x->who, x->access->actor, x->access->last, &x->told);
}

static void many_logon(void *state, const ash_logon_fact *l)
{
    if (l->ok && !l->anonymous)
        saw(state, &l->who, l->actor, l->time, &l->told);
}

static void many_save(const void *state, ash_buf *out)
{
    const many *m = state;
    ash_put_i64(out, m->since);
    ash_slots_save_begin(&m->desks, out);
    for (const desk *d = ash_slots_oldest(&m->desks); d != NULL; d = ash_slots_next(&m->desks, d)) {
        ash_slots_save_key(&m->desks, d, out);
        ash_put_u32(out, d->n);
        ash_put_u32(out, d->latest);
        for (uint32_t i = 0; i < d->n; i++) {
            ash_put_u32(out, d->seen[i].account);
            ash_put_i64(out, d->seen[i].last);
        }
        ash_put_i64(out, d->since);
        ash_put_u32(out, d->most);
        ash_put_i64(out, d->most_at);
        ash_put_u32(out, d->known);
        ash_put_u8(out, d->open.times != 0);
        if (d->open.times != 0)
            ash_finding_save(&d->open, out);
    }
}

static bool load_desk(desk *d, ash_cursor *in)
{
    uint32_t n = ash_get_u32(in);
    d->latest = ash_get_u32(in);
    for (uint32_t i = 0; i < n && i < SEEN && !in->failed; i++) {
        d->seen[i].account = ash_get_u32(in);
        d->seen[i].last = ash_get_i64(in);
        d->n++;
    }
    d->since = ash_get_i64(in);
    d->most = ash_get_u32(in);
    d->most_at = ash_get_i64(in);
    d->known = ash_get_u32(in);
    return n <= SEEN && (ash_get_u8(in) == 0 || ash_finding_load(&d->open, in));
}

static bool many_load(void *state, ash_cursor *in)
{
    many *m = state;
    m->since = ash_get_i64(in);
    uint32_t n = ash_slots_load_begin(&m->desks, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        desk *d = ash_slots_load_key(&m->desks, in);
        if (d == NULL || !load_desk(d, in))
            return false;
    }
    return !in->failed;
}

static void many_free(void *state)
{
    many *m = state;
    if (m != NULL)
        ash_slots_free(&m->desks);
    free(m);
}

const ash_detector ash_detector_many_accounts = {
    .name = "many-accounts",
    .version = 1,
    .doc = N_("More accounts at one client than it ever had."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SUBJECTS * (sizeof(desk) + ASH_SLOT_COST),
    .init = many_init,
    .on_access = many_access,
    .on_logon = many_logon,
    .save = many_save,
    .load = many_load,
    .free = many_free,
};
