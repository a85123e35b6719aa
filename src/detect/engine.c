#include "detect/engine.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "detect/habits.h"
#include "detect/filename.h"
#include "detect/repeats.h"
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

_Static_assert(N_DETECTORS <= ASH_DETECTORS_MAX, "settings have room for each");

#define TICK (60 * ASH_NS_PER_S)

typedef struct running {
    struct ash_engine *engine;
    const ash_detector *detector;
    void *state;
    double params[ASH_PARAMS_MAX];
    bool off;
} running;

/* What subjects are told apart by; each has numbers of its own. */
enum { BY_GROUP, BY_CLIENT, BY_SERVER, BY_WORKSTATION, N_BY };

struct ash_engine {
    const ash_actors *actors;
    ash_finding_sink sink;
    void *user;
    running detectors[N_DETECTORS];
    int64_t next_tick;
    int64_t now; /* time of the log */
    ash_zone zone;
    ash_repeats repeats;
    ash_habits *habits;
    /* actor -> subject, filled when first asked for */
    ash_subject *subjects;
    uint32_t n_subjects;
    ash_origins *ids[N_BY];
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

/* Not the mark of a session whose logon is not in the log (fold/join.c). */
static bool is_stated(ash_view name)
{
    return name.n > 0 && !ash_view_starts(name, ash_view_z("(logon "));
}

/* "FS01$" on FS01: the server's own programs. */
static bool is_server_itself(ash_actor a)
{
    size_t n = 0;
    while (n < a.server.n && a.server.p[n] != '.')
        n++;
    if (n == 0 || a.account.n != n + 1 || a.account.p[n] != '$')
        return false;
    for (size_t i = 0; i < n; i++)
        if (tolower((unsigned char)a.account.p[i]) != tolower((unsigned char)a.server.p[i]))
            return false;
    return true;
}

/* By the text an actor was first made with: what it was later bound to would depend
 * on when it was asked. */
static ash_subject make_subject(ash_engine *e, uint32_t actor)
{
    ash_actor a = ash_actors_original(e->actors, actor);
    const ash_origin keys[N_BY] = {
        /* Without the server: logon records often do not name it. */
        [BY_GROUP] = {.client = a.client, .account = a.account},
        [BY_CLIENT] = {.client = a.client},
        [BY_SERVER] = {.server = a.server},
        [BY_WORKSTATION] = {.workstation = a.workstation},
    };
    uint32_t id[N_BY];
    bool overflow = false;
    for (unsigned i = 0; i < N_BY; i++)
        id[i] = ash_origins_intern(e->ids[i], &keys[i], &overflow);
    return (ash_subject){
        .group = id[BY_GROUP],
        .client = id[BY_CLIENT],
        .account = ash_actors_principal(e->actors, actor),
        .server = id[BY_SERVER],
        .workstation = id[BY_WORKSTATION],
        .client_known = is_stated(a.client),
        .workstation_known = is_stated(a.workstation),
        .service = ash_account_is_service(a.account) || is_server_itself(a),
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
                return (ash_subject){.group = actor, .client = actor, .account = actor};
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
    ash_finding kept = *f;
    const ash_subject who = subject_of(r->engine, f->actor);
    /* Logons are a client's, whichever account they were for. */
    ash_repeats_take(&r->engine->repeats, ASH_FINDING_IS_LOGON(f->kind) ? who.client : who.group, r->engine->now, &kept);
    r->engine->sink(r->engine->user, r->detector, &kept);
}

static ash_local local_at(ash_engine *e, int64_t time)
{
    int64_t s = time / ASH_NS_PER_S;
    s += ash_zone_offset(&e->zone, s);
    int64_t day = s / 86400, rest = s % 86400;
    if (rest < 0) {
        rest += 86400;
        day--;
    }
    /* 1970-01-01 was a Thursday. */
    return (ash_local){.day = (int32_t)day,
                       .hour = (uint8_t)(rest / 3600),
                       .minute = (uint8_t)(rest / 60 % 60),
                       .weekday = (uint8_t)(((day + 3) % 7 + 7) % 7)};
}

static ash_local local_for(void *user, int64_t time)
{
    const running *r = user;
    return local_at(r->engine, time);
}

static ash_subject subject_for(void *user, uint32_t actor)
{
    const running *r = user;
    return subject_of(r->engine, actor);
}

static int start_detector(ash_engine *e, unsigned i, ash_error *err)
{
    running *r = &e->detectors[i];
    r->engine = e;
    r->detector = ash_detectors[i];
    for (size_t k = 0; k < r->detector->n_params; k++)
        r->params[k] = r->detector->params[k].def;
    const ash_detect_context c = {
        .params = r->params, .user = r, .subject = subject_for, .local = local_for, .report = report};
    r->state = r->detector->init(&c);
    return r->state == NULL ? ash_fail(err, ASH_E_NOMEM, "detect", "out of memory") : 0;
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
    e->zone = ash_zone_fixed(0);
    ash_repeats_init(&e->repeats);
    e->habits = ash_habits_new();
    int rc = e->habits == NULL ? ash_fail(err, ASH_E_NOMEM, "detect", "out of memory") : 0;
    for (unsigned i = 0; i < N_BY && rc == 0; i++)
        if ((e->ids[i] = ash_origins_new()) == NULL)
            rc = ash_fail(err, ASH_E_NOMEM, "detect", "out of memory");
    for (unsigned i = 0; i < N_DETECTORS && rc == 0; i++)
        rc = start_detector(e, i, err);
    if (rc < 0) {
        ash_engine_free(e);
        return rc;
    }
    *ret = e;
    return 0;
}

void ash_engine_configure(ash_engine *e, const ash_settings *s)
{
    for (size_t i = 0; i < N_DETECTORS; i++) {
        memcpy(e->detectors[i].params, s->values[i], sizeof e->detectors[i].params);
        e->detectors[i].off = s->off[i];
    }
}

void ash_engine_set_zone(ash_engine *e, const ash_zone *z)
{
    e->zone = *z;
}

void ash_engine_free(ash_engine *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (e->detectors[i].state != NULL)
            e->detectors[i].detector->free(e->detectors[i].state);
    ash_repeats_free(&e->repeats);
    ash_habits_free(e->habits);
    free(e->subjects);
    for (unsigned i = 0; i < N_BY; i++)
        ash_origins_free(e->ids[i]);
    free(e);
}

void ash_engine_tick(ash_engine *e, int64_t now)
{
    e->now = now;
    /* Far before the next one: the clock was set back. */
    if (now < e->next_tick && now > e->next_tick - 2 * TICK)
        return;
    e->next_tick = now + TICK;
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->on_tick != NULL)
            e->detectors[i].detector->on_tick(e->detectors[i].state, now);
}

static ash_sight sight_of(ash_engine *e, const ash_access *a, unsigned grew, bool reads_logged)
{
    const char *slash = ash_path_slash(a->path);
    size_t folder = slash == NULL ? 0 : (size_t)(slash - a->path.p);
    /* A folder of Windows ends in a backslash; as the folder of its files it does not. */
    if ((grew & ASH_GREW_LISTED) && (folder == 0 || folder + 1 < a->path.n))
        folder = a->path.n;
    uint64_t file = ash_hash64(a->path.p, a->path.n, a->share);
    return (ash_sight){
        .access = a,
        .grew = grew,
        .reads_logged = reads_logged,
        .fresh = (grew & ASH_GREW_WRITTEN) != 0 && (a->flags & ASH_ACCESS_NEW) != 0,
        .saved = (a->flags & (ASH_ACCESS_SAVED | ASH_ACCESS_STEP)) != 0,
        .who = subject_of(e, a->actor),
        .file = file,
        .folder = ash_hash64(a->path.p, folder, a->share),
        .name = ash_name_hash(ash_name_of(a->path)),
        .told = {.input = a->input, .grew = grew, .offset = a->offset, .time = a->last},
    };
}

void ash_engine_access(ash_engine *e, const ash_access *a, unsigned grew, bool reads_logged)
{
    ash_engine_tick(e, a->last);
    ash_sight s = sight_of(e, a, grew, reads_logged);
    ash_habit habit;
    ash_habits_access(e->habits, &s, local_at(e, a->last), &habit);
    s.habit = &habit;
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->on_access != NULL)
            e->detectors[i].detector->on_access(e->detectors[i].state, &s);
}

void ash_engine_logon(ash_engine *e, const ash_event *ev, int64_t time, uint32_t actor, uint32_t input)
{
    ash_actor who = ash_actors_at(e->actors, actor);
    const ash_logon_fact l = {
        .actor = actor,
        .time = time,
        .ok = ev->outcome == ASH_OUTCOME_OK,
        .anonymous = ev->logon->anonymous,
        .unknown_account = ev->logon->unknown_account,
        .account_hash = ash_hash64(who.account.p, who.account.n, 0),
        .who = subject_of(e, actor),
        .told = {.input = input, .offset = ev->offset, .time = time},
    };
    ash_engine_tick(e, time);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->on_logon != NULL)
            e->detectors[i].detector->on_logon(e->detectors[i].state, &l);
}

void ash_engine_admin(ash_engine *e, const ash_event *ev, int64_t time, ash_ids ids)
{
    const ash_admin_fact a = {
        .actor = ids.actor, .share = ids.share, .time = time, .event = ev->windows->id};
    ash_engine_tick(e, time);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->on_admin != NULL)
            e->detectors[i].detector->on_admin(e->detectors[i].state, &a);
}

void ash_engine_finish(const ash_engine *e)
{
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->finish != NULL)
            e->detectors[i].detector->finish(e->detectors[i].state);
}

void ash_engine_break(ash_engine *e)
{
    ash_engine_finish(e);
    ash_habits_break(e->habits);
    for (size_t i = 0; i < N_DETECTORS; i++)
        if (!e->detectors[i].off && e->detectors[i].detector->on_break != NULL)
            e->detectors[i].detector->on_break(e->detectors[i].state);
    e->next_tick = INT64_MIN;
}

#define MAGIC 0x33544544u /* "DET3" */

void ash_engine_save(const ash_engine *e, ash_buf *out)
{
    ash_put_u32(out, MAGIC);
    ash_put_i64(out, e->next_tick);
    ash_put_i64(out, e->now);
    ash_repeats_save(&e->repeats, out);
    ash_habits_save(e->habits, out);
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
    e->now = ash_get_i64(in);
    good = ash_repeats_load(&e->repeats, in) && ash_habits_load(e->habits, in) && good;
    /* Subjects are numbered in the order of actors. */
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

