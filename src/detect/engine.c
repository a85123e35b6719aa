#include "detect/engine.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "source/origins.h"

#define DETECTOR(x) extern const ash_detector ash_detector_##x;
#include "detect/detectors.def"
#undef DETECTOR

const ash_detector *const ash_detectors[] = {
#define DETECTOR(x) &ash_detector_##x,
#include "detect/detectors.def"
#undef DETECTOR
};
#define N_DETECTORS (sizeof ash_detectors / sizeof ash_detectors[0])
const size_t ash_n_detectors = N_DETECTORS;

#define TICK (60 * ASH_NS_PER_S)

typedef struct running {
    struct ash_engine *engine;
    const ash_detector *detector;
    void *state;
    double params[ASH_PARAMS_MAX];
} running;

struct ash_engine {
    const ash_actors *actors;
    ash_finding_sink sink;
    void *user;
    running detectors[N_DETECTORS];
    int64_t next_tick;
    /* actor -> subject, filled when first asked for */
    ash_subject *subjects;
    uint32_t n_subjects;
    ash_origins *groups;  /* account and client -> id */
    ash_origins *clients; /* client -> id */
};

bool ash_account_is_service(ash_view a)
{
    static const char *const marks[] = {"svc",   "service", "backup", "bkup",  "veeam", "sync",
                                        "index", "crawl",   "search", "virus", "scan",  "rsync",
                                        "job",   "batch",   "agent",  "replic"};
    char low[64];
    size_t n = a.n < sizeof low - 1 ? a.n : sizeof low - 1;
    for (size_t i = 0; i < n; i++)
        low[i] = (char)tolower((unsigned char)a.p[i]);
    low[n] = '\0';
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *at = strstr(low, marks[i]);
        /* A mark counts at the beginning of a word only: "jobs" the person. */
        if (at != NULL && (at == low || !isalnum((unsigned char)at[-1])))
            return true;
    }
    return false;
}

static ash_subject make_subject(ash_engine *e, uint32_t actor)
{
    ash_actor a = ash_actors_at(e->actors, actor);
    bool overflow = false;
    /* Without the server: logon records often do not name it. */
    ash_origin client = {.client = a.client};
    ash_origin group = {.client = a.client, .account = a.account};
    return (ash_subject){
        .group = ash_origins_intern(e->groups, &group, &overflow),
        .client = ash_origins_intern(e->clients, &client, &overflow),
        .service = ash_account_is_service(a.account),
    };
}

static ash_subject subject_of(void *user, uint32_t actor)
{
    ash_engine *e = user;
    while (e->n_subjects <= actor) {
        if ((e->n_subjects & (e->n_subjects - 1)) == 0) {
            uint32_t cap = e->n_subjects == 0 ? 1 : e->n_subjects * 2;
            ash_subject *p = realloc(e->subjects, cap * sizeof *p);
            if (p == NULL)
                return (ash_subject){.group = actor, .client = actor};
            e->subjects = p;
        }
        e->subjects[e->n_subjects] = make_subject(e, e->n_subjects);
        e->n_subjects++;
    }
    return e->subjects[actor];
}

static void report(void *user, const ash_finding *f)
{
    const running *r = user;
    r->engine->sink(r->engine->user, r->detector, f);
}

static ash_subject subject_for(void *user, uint32_t actor)
{
    const running *r = user;
    return subject_of(r->engine, actor);
}

int ash_engine_new(ash_engine **ret, const ash_actors *actors, ash_finding_sink sink, void *user,
                   ash_error *err)
{
    ash_engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return ash_fail(err, ASH_E_NOMEM, "detect", "out of memory");
    e->actors = actors;
    e->sink = sink;
    e->user = user;
    e->next_tick = INT64_MIN;
    e->groups = ash_origins_new();
    e->clients = ash_origins_new();
    if (e->groups == NULL || e->clients == NULL) {
        ash_engine_free(e);
        return ash_fail(err, ASH_E_NOMEM, "detect", "out of memory");
    }
    for (size_t i = 0; i < N_DETECTORS; i++) {
        running *r = &e->detectors[i];
        r->engine = e;
        r->detector = ash_detectors[i];
        for (size_t k = 0; k < r->detector->n_params; k++)
            r->params[k] = r->detector->params[k].def;
        const ash_detect_context c = {
            .params = r->params, .user = r, .subject = subject_for, .report = report};
        r->state = r->detector->init(&c);
        if (r->state == NULL) {
            ash_engine_free(e);
            return ash_fail(err, ASH_E_NOMEM, "detect", "out of memory");
        }
    }
    *ret = e;
    return 0;
}

void ash_engine_free(ash_engine *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].state != NULL)
            e->detectors[i].detector->free(e->detectors[i].state);
    free(e->subjects);
    ash_origins_free(e->groups);
    ash_origins_free(e->clients);
    free(e);
}

void ash_engine_tick(ash_engine *e, int64_t now)
{
    if (now < e->next_tick)
        return;
    e->next_tick = now + TICK;
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].detector->on_tick != NULL)
            e->detectors[i].detector->on_tick(e->detectors[i].state, now);
}

void ash_engine_access(ash_engine *e, const ash_access *a, unsigned grew, bool reads_logged)
{
    ash_engine_tick(e, a->last);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].detector->on_access != NULL)
            e->detectors[i].detector->on_access(e->detectors[i].state, a, grew, reads_logged);
}

void ash_engine_logon(ash_engine *e, const ash_event *ev, int64_t time, uint32_t actor)
{
    ash_actor who = ash_actors_at(e->actors, actor);
    const ash_logon_fact l = {
        .actor = actor,
        .time = time,
        .ok = ev->outcome == ASH_OUTCOME_OK,
        .anonymous = ev->logon->anonymous,
        .unknown_account = ev->logon->unknown_account,
        .account_hash = ash_hash64(who.account.p, who.account.n, 0),
    };
    ash_engine_tick(e, time);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].detector->on_logon != NULL)
            e->detectors[i].detector->on_logon(e->detectors[i].state, &l);
}

void ash_engine_admin(ash_engine *e, const ash_event *ev, int64_t time, ash_ids ids)
{
    const ash_admin_fact a = {
        .actor = ids.actor, .share = ids.share, .time = time, .event = ev->windows->id};
    ash_engine_tick(e, time);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].detector->on_admin != NULL)
            e->detectors[i].detector->on_admin(e->detectors[i].state, &a);
}

void ash_engine_finish(ash_engine *e)
{
    for (size_t i = 0; i < N_DETECTORS; i++)
        e->detectors[i].detector->finish(e->detectors[i].state);
    e->next_tick = INT64_MIN;
}

#define MAGIC 0x31544544u /* "DET1" */

void ash_engine_save(const ash_engine *e, ash_buf *out)
{
    ash_put_u32(out, MAGIC);
    ash_put_i64(out, e->next_tick);
    for (size_t i = 0; i < N_DETECTORS; i++) {
        ash_put_bytes(out, ash_view_z(e->detectors[i].detector->name));
        ash_put_u32(out, e->detectors[i].detector->version);
        e->detectors[i].detector->save(e->detectors[i].state, out);
    }
}

int ash_engine_load(ash_engine *e, ash_cursor *in, ash_error *err)
{
    bool good = ash_get_u32(in) == MAGIC;
    e->next_tick = ash_get_i64(in);
    /* Groups are numbered in the order actors are asked for. */
    if (ash_actors_count(e->actors) > 0)
        subject_of(e, ash_actors_count(e->actors) - 1);
    for (size_t i = 0; i < N_DETECTORS && good; i++) {
        const ash_detector *d = e->detectors[i].detector;
        good = ash_view_is(ash_get_bytes(in, 64), d->name) && ash_get_u32(in) == d->version &&
               d->load(e->detectors[i].state, in);
    }
    if (!good || in->failed)
        return ash_fail(err, ASH_E_FORMAT, "detect",
                        "the saved state of the detectors is damaged or of another version");
    return 0;
}

/* --- names ------------------------------------------------------------- */

const char *ash_finding_kind_name(ash_finding_kind k)
{
    switch (k) {
    case ASH_FINDING_MASS_LISTING: return "mass-listing";
    case ASH_FINDING_MASS_READ: return "mass-read";
    case ASH_FINDING_MASS_DENIED: return "mass-denied";
    case ASH_FINDING_MASS_CHANGE: return "mass-change";
    case ASH_FINDING_SPRAY: return "password-spray";
    case ASH_FINDING_GUESSING: return "password-guessing";
    case ASH_FINDING_LOG_CLEARED: return "log-cleared";
    case ASH_FINDING_AUDIT_OFF: return "audit-off";
    case ASH_FINDING_SHARE_CHANGE: return "share-change";
    }
    return "unknown";
}

const char *ash_finding_technique(const ash_finding *f)
{
    switch (f->kind) {
    case ASH_FINDING_MASS_LISTING: return "T1083";
    case ASH_FINDING_MASS_READ: return "T1039";
    case ASH_FINDING_MASS_DENIED: return "T1083";
    case ASH_FINDING_MASS_CHANGE:
        return f->flags & ASH_FINDING_RENAMES ? "T1486"
             : f->flags & ASH_FINDING_DELETES ? "T1485"
                                              : "T1565.001";
    case ASH_FINDING_SPRAY: return "T1110.003";
    case ASH_FINDING_GUESSING: return "T1110.001";
    case ASH_FINDING_LOG_CLEARED: return "T1070.001";
    case ASH_FINDING_AUDIT_OFF: return "T1562.002";
    case ASH_FINDING_SHARE_CHANGE: return "T1021.002";
    default: return "";
    }
}

const char *ash_severity_name(ash_severity s)
{
    return s == ASH_SEVERITY_HIGH ? "high" : s == ASH_SEVERITY_MEDIUM ? "medium" : "low";
}
