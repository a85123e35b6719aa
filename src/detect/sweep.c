/* Sweep: one client goes from share to share that it never used.
 *
 * First contacts that fail decide by Threshold Random Walk (Jung, Paxson, Berger,
 * Balakrishnan: "Fast Portscan Detection Using Sequential Hypothesis Testing", 2004):
 * each first contact of an ordinary client succeeds with probability 0.8, of one who
 * tries doors with 0.2. Who holds a key to all doors is found by their number. The
 * logs of several servers come one after the other, so contacts are kept with their
 * times and those within the window are judged together, in whatever order they
 * came. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/repeats.h"
#include "detect/routine.h"

static const ash_param params[] = {
    {"shares", 8, 3, 32, N_("shares"), N_("shares used for the first time, from one client")},
    {"first_day", 16, 3, 32, N_("shares"), N_("... on the first day of the log, when all is new")},
    {"honest", 0.8, 0.5, 0.99, "", N_("how often a first contact of an ordinary client succeeds")},
    {"sweeping", 0.2, 0.01, 0.5, "", N_("how often one of a client that tries doors does")},
    {"false_alarms", 0.001, 1e-6, 0.1, "", N_("how often an ordinary client may be taken for the other")},
    {"window", 900, 10, 86400, N_("s"), N_("within this time")},
};
enum { P_SHARES, P_FIRST_DAY, P_HONEST, P_SWEEPING, P_FALSE, P_WINDOW };

#define SUBJECTS 16384u
#define CONTACTS 32u
#define KNOWN_WORDS 8u
#define DAY_NS (86400 * ASH_NS_PER_S)

typedef struct contact {
    int64_t time;
    uint32_t share;
    uint32_t failed;
} contact;

typedef struct visitor {
    uint64_t known[KNOWN_WORDS]; /* shares, a set by hash: a collision is one contact less */
    int64_t since;
    contact contacts[CONTACTS]; /* the latest ones, a ring */
    uint32_t n;
    ash_finding open; /* times 0: none */
} visitor;

typedef struct sweep {
    ash_detect_context ctx;
    ash_slots visitors;
    int64_t since; /* earliest time of all; 0: none */
} sweep;

static void *sweep_init(const ash_detect_context *c)
{
    sweep *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->ctx = *c;
    ash_slots_init(&s->visitors, sizeof(visitor), SUBJECTS);
    return s;
}

static void evict(void *user, void *state)
{
    (void)user;
    (void)state; /* what it had to say was said */
}

/* True if it is one. */
static bool add_contact(visitor *v, const ash_sight *x, bool failed)
{
    uint64_t bit = (uint64_t)x->access->share * UINT64_C(0x9e3779b97f4a7c15) >> 55;
    if (v->known[bit / 64] >> bit % 64 & 1)
        return false;
    v->known[bit / 64] |= UINT64_C(1) << bit % 64;
    v->contacts[v->n++ % CONTACTS] =
        (contact){.time = x->access->last, .share = x->access->share, .failed = failed};
    return true;
}

typedef struct walk {
    uint32_t shares, failed;
    int64_t first, last;
    double likelihood; /* log of the ratio */
} walk;

static walk walk_of(const sweep *s, const visitor *v, int64_t around)
{
    const double *p = s->ctx.params;
    double hit = log(p[P_SWEEPING] / p[P_HONEST]);
    double miss = log((1 - p[P_SWEEPING]) / (1 - p[P_HONEST]));
    int64_t window = (int64_t)(p[P_WINDOW] * 1e9);
    walk w = {.first = around, .last = around};
    uint32_t n = v->n < CONTACTS ? v->n : CONTACTS;
    for (uint32_t i = 0; i < n; i++) {
        const contact *c = &v->contacts[i];
        if (c->time < around - window || c->time > around + window)
            continue;
        w.shares++;
        w.failed += c->failed != 0;
        w.likelihood += c->failed ? miss : hit;
        w.first = c->time < w.first ? c->time : w.first;
        w.last = c->time > w.last ? c->time : w.last;
    }
    return w;
}

static void judge(sweep *s, visitor *v, const ash_sight *x)
{
    const double *p = s->ctx.params;
    walk w = walk_of(s, v, x->access->last);
    bool new_log = x->access->last - s->since < DAY_NS;
    bool stranger = !new_log && x->access->last - v->since < DAY_NS;
    double limit = new_log ? p[P_FIRST_DAY] : p[P_SHARES];
    bool refused = w.likelihood >= log(1 / p[P_FALSE]);
    bool many = w.shares >= limit;
    if (!refused && !many)
        return;
    ash_finding *f = &v->open;
    bool goes_on = f->times != 0 && w.first <= f->last && w.last >= f->first;
    if (!goes_on)
        *f = (ash_finding){.kind = ASH_FINDING_SWEEP, .first = w.first, .at = x->access->last, .times = 1};
    f->actor = x->access->actor;
    f->share = x->access->share;
    f->last = w.last;
    f->basis = ASH_BASIS_FLOOR;
    f->window_s = (uint32_t)p[P_WINDOW];
    f->measure = ASH_MEASURE_SHARES;
    f->value = many ? w.shares : w.failed;
    f->threshold = many ? limit : ceil(log(1 / p[P_FALSE]) / log((1 - p[P_SWEEPING]) / (1 - p[P_HONEST])));
    f->folders = w.shares;
    f->denied = w.failed;
    f->flags = stranger ? ASH_FINDING_STRANGER : 0;
    f->severity = refused && many ? ASH_SEVERITY_HIGH
                : stranger        ? ASH_SEVERITY_HIGH
                                  : ASH_SEVERITY_MEDIUM;
    if (x->who.service && w.failed == 0) {
        f->flags |= ASH_FINDING_SERVICE;
        f->severity = ASH_SEVERITY_LOW;
    }
    ash_finding_tell(f, &x->told);
    s->ctx.report(s->ctx.user, f);
}

static void sweep_access(void *state, const ash_sight *x)
{
    sweep *s = state;
    if (!x->who.client_known || x->access->object == ASH_OBJECT_PIPE)
        return;
    visitor *v = ash_slots_get(&s->visitors, x->who.client, evict, s);
    if (v == NULL)
        return;
    int64_t t = x->access->last;
    if (s->since == 0 || t < s->since)
        s->since = t;
    if (v->since == 0 || t < v->since)
        v->since = t;
    bool failed = (x->grew & (ASH_GREW_DENIED | ASH_GREW_MISSING)) != 0;
    if (add_contact(v, x, failed))
        judge(s, v, x);
}

static void sweep_save(const void *state, ash_buf *out)
{
    const sweep *s = state;
    ash_put_i64(out, s->since);
    ash_slots_save_begin(&s->visitors, out);
    for (const visitor *v = ash_slots_oldest(&s->visitors); v != NULL; v = ash_slots_next(&s->visitors, v)) {
        ash_slots_save_key(&s->visitors, v, out);
        for (unsigned i = 0; i < KNOWN_WORDS; i++)
            ash_put_u64(out, v->known[i]);
        ash_put_i64(out, v->since);
        ash_put_u32(out, v->n);
        for (uint32_t i = 0; i < v->n && i < CONTACTS; i++) {
            ash_put_i64(out, v->contacts[i].time);
            ash_put_u32(out, v->contacts[i].share);
            ash_put_u8(out, (uint8_t)v->contacts[i].failed);
        }
        ash_put_u8(out, v->open.times != 0);
        if (v->open.times != 0)
            ash_finding_save(&v->open, out);
    }
}

static bool load_visitor(visitor *v, ash_cursor *in)
{
    for (unsigned i = 0; i < KNOWN_WORDS; i++)
        v->known[i] = ash_get_u64(in);
    v->since = ash_get_i64(in);
    v->n = ash_get_u32(in);
    for (uint32_t i = 0; i < v->n && i < CONTACTS && !in->failed; i++) {
        v->contacts[i].time = ash_get_i64(in);
        v->contacts[i].share = ash_get_u32(in);
        v->contacts[i].failed = ash_get_u8(in);
    }
    return ash_get_u8(in) == 0 || ash_finding_load(&v->open, in);
}

static bool sweep_load(void *state, ash_cursor *in)
{
    sweep *s = state;
    s->since = ash_get_i64(in);
    uint32_t n = ash_slots_load_begin(&s->visitors, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        visitor *v = ash_slots_load_key(&s->visitors, in);
        if (v == NULL || !load_visitor(v, in))
            return false;
    }
    return !in->failed;
}

static void sweep_free(void *state)
{
    sweep *s = state;
    if (s != NULL)
        ash_slots_free(&s->visitors);
    free(s);
}

const ash_detector ash_detector_sweep = {
    .name = "sweep",
    .version = 1,
    .doc = N_("One client going over shares and servers it never used."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SUBJECTS * (sizeof(visitor) + ASH_SLOT_COST),
    .init = sweep_init,
    .on_access = sweep_access,
    .save = sweep_save,
    .load = sweep_load,
    .free = sweep_free,
};
