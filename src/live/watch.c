#include "live/watch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "live/listen.h"
#include "live/status.h"

/* Files are looked at so often, in milliseconds; received messages wake us. */
#define LOOK_MS 40
/* What was taken is made durable after so long, in seconds, and soon after an
 * alarm, so that the case can be asked about it. Between checkpoints nothing is
 * lost: it is in the logs, or in the spool, and is taken again. */
#define CHECKPOINT_EVERY 300.0
#define CHECKPOINT_ALARM 2.0
#define CHECKPOINT_ALARM_EVERY 30.0
#define LISTENERS_MAX 16u
#define POLLS_MAX 1024u
/* Files not changed for a day before watching began are followed from their next
 * change on. */
#define FRESH 86400

typedef struct watch {
    ash_case *c;
    const ash_watch_options *o;
    ash_live *live;
    ash_follow *follow;
    ash_alerts *alerts;
    ash_metrics *metrics;
    ash_listener *listeners[LISTENERS_MAX];
    uint64_t dropped[LISTENERS_MAX]; /* noted in the case so far */
    int64_t listener_seen[LISTENERS_MAX];
    size_t n_listeners;
    char status_path[4096];
    int64_t started;
    double status_written, alarm_at, synced;
    uint64_t rate_records, alerts_lost;
    double rate_at, rate;
} watch;

static double monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * ASH_NS_PER_S + t.tv_nsec;
}

/* --- alarms ------------------------------------------------------------ */

static void on_alert(void *user, const ash_alert *a)
{
    watch *w = user;
    for (size_t i = 0; i < w->o->n_notifiers; i++)
        w->alerts_lost += !ash_notifier_send(w->o->notifiers[i], a->json);
    if (w->o->alert != NULL)
        w->o->alert(w->o->user, a);
}

static void on_alarm(void *user, const ash_live_alarm *alarm)
{
    watch *w = user;
    if (w->alarm_at == 0)
        w->alarm_at = monotonic();
    ash_alerts_on(w->alerts, alarm, wall_clock());
}

/* --- listeners --------------------------------------------------------- */

static int open_listeners(watch *w, ash_error *err)
{
    char dir[4096];
    ash_case_path(w->c, "spool", dir, sizeof dir);
    if (w->o->n_listen > LISTENERS_MAX)
        return ash_fail(err, ASH_E_USAGE, "watch", "at most %u places can be listened at", LISTENERS_MAX);
    for (; w->n_listeners < w->o->n_listen; w->n_listeners++) {
        size_t i = w->n_listeners;
        int rc = ash_listener_open(&w->listeners[i], w->o->listen[i], dir, err);
        if (rc < 0)
            return rc;
        w->listener_seen[i] = wall_clock();
    }
    return 0;
}

/* Datagrams the system dropped because they came faster than they were read. */
static int note_dropped(watch *w, size_t i, ash_error *err)
{
    ash_listener_counts c = ash_listener_counts_of(w->listeners[i]);
    ash_feed *feed = ash_follow_feed(w->follow, ash_listener_spool(w->listeners[i]));
    int64_t now = wall_clock(), since = w->listener_seen[i] < now ? w->listener_seen[i] : now;
    if (c.dropped == w->dropped[i]) {
        w->listener_seen[i] = now;
        return 0;
    }
    if (feed == NULL)
        return 0; /* noted once there is a spool that can be followed */
    w->listener_seen[i] = now;
    uint64_t n = c.dropped - w->dropped[i];
    w->dropped[i] = c.dropped;
    return ash_live_note_loss(w->live, feed, n, since, now, _("datagrams came too fast"), err);
}

static int take_messages(watch *w, double now, ash_error *err)
{
    char done[ASH_SPOOL_PATH];
    int rc = 0;
    bool sync = now - w->synced >= 1;
    for (size_t i = 0; i < w->n_listeners && rc == 0; i++) {
        ash_listener *l = w->listeners[i];
        rc = ash_listener_take(l, err);
        if (rc == 0 && sync && ash_listener_problem(l)[0] == '\0')
            rc = ash_listener_sync(l, err);
        if (rc == 0 && ash_listener_spool(l)[0] != '\0')
            rc = ash_follow_add(w->follow, ash_listener_spool(l), err);
        if (rc == 0)
            rc = note_dropped(w, i, err);
        if (rc == 0 && ash_listener_turn(l, wall_clock(), done))
            rc = ash_follow_finish(w->follow, done, err);
    }
    if (sync)
        w->synced = now;
    return rc;
}

static void wait_for_more(watch *w)
{
    struct pollfd p[POLLS_MAX];
    unsigned n = 0;
    for (size_t i = 0; i < w->n_listeners; i++)
        n += ash_listener_polls(w->listeners[i], p + n, POLLS_MAX - n);
    poll(p, n, LOOK_MS);
}

/* --- the loop ---------------------------------------------------------- */

static void show_status(watch *w, const char *state, double now)
{
    if (w->live != NULL && now - w->rate_at >= 5) {
        ash_live_totals t = ash_live_totals_of(w->live);
        w->rate = (double)(t.records - w->rate_records) / (now - w->rate_at);
        w->rate_at = now;
        w->rate_records = t.records;
    }
    const ash_status_source s = {
        .live = w->live,
        .follow = w->follow,
        .alerts = w->alerts,
        .listeners = w->listeners,
        .n_listeners = w->n_listeners,
        .notifiers = w->o->notifiers,
        .n_notifiers = w->o->n_notifiers,
        .started = w->started,
        .now = wall_clock(),
        .records_s = w->rate,
        .alerts_lost = w->alerts_lost,
        .state = state,
    };
    if (w->live != NULL)
        ash_metrics_serve(w->metrics, &s);
    if (now - w->status_written < 1 && strcmp(state, "watching") == 0)
        return;
    w->status_written = now;
    ash_status_write(w->status_path, &s);
}

static int maybe_checkpoint(watch *w, double now, ash_error *err)
{
    bool flush = w->o->flush != NULL && atomic_exchange(w->o->flush, false);
    double since = ash_live_since_checkpoint(w->live);
    bool alarmed = w->alarm_at > 0 && now - w->alarm_at >= CHECKPOINT_ALARM &&
                   since >= CHECKPOINT_ALARM_EVERY;
    if (!flush && !alarmed && !(since >= CHECKPOINT_EVERY && ash_live_dirty(w->live)))
        return 0;
    w->alarm_at = 0;
    return ash_live_checkpoint(w->live, flush, err);
}

static int loop(watch *w, ash_error *err)
{
    int rc = 0;
    while (rc == 0 && !atomic_load(w->o->stop)) {
        uint64_t bytes = 0;
        double now = monotonic();
        rc = take_messages(w, now, err);
        if (rc == 0)
            rc = ash_follow_tick(w->follow, now, &bytes, err);
        ash_alerts_tick(w->alerts, wall_clock());
        if (rc == 0)
            rc = maybe_checkpoint(w, now, err);
        show_status(w, "watching", now);
        if (bytes == 0)
            wait_for_more(w);
    }
    return rc;
}

/* What the inputs hold, and what an earlier run received and, being killed, did not
 * get into the case. */
static int catch_up(watch *w, ash_error *err)
{
    char spool[4200];
    ash_ingest_result result;
    ash_ingest_options o = w->o->ingest;
    o.growing = true;
    const char **args = calloc(o.n_args + 1, sizeof *args);
    if (args == NULL)
        return ash_fail(err, ASH_E_NOMEM, "watch", "out of memory");
    for (size_t i = 0; i < o.n_args; i++)
        args[i] = o.args[i];
    ash_case_path(w->c, "spool", spool, sizeof spool);
    if (access(spool, F_OK) == 0)
        args[o.n_args++] = spool;
    o.args = args;
    int rc = o.n_args == 0 ? 0 : ash_ingest(w->c, &o, &result, err);
    free(args);
    /* What does not exist yet is followed once it does. */
    return rc < 0 && err->code == ASH_E_NOTFOUND ? 0 : rc;
}

/* Each file that is followed and each connection is a descriptor; the usual 1,024 would
 * let whoever opens connections stop us. */
static void allow_descriptors(void)
{
    const rlim_t want = ASH_WATCH_FILES + LISTENERS_MAX * ASH_CONNECTIONS_MAX + 1024;
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
        return;
    r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}

static int begin(watch *w, ash_error *err)
{
    char dir[4096];
    allow_descriptors();
    int rc = ash_io_mkdirs(ash_case_path(w->c, "live", dir, sizeof dir), err);
    ash_case_path(w->c, ASH_STATUS_FILE, w->status_path, sizeof w->status_path);
    w->alerts = ash_alerts_new(w->o->least, &w->c->zone, on_alert, w);
    if (rc == 0 && w->alerts == NULL)
        rc = ash_fail(err, ASH_E_NOMEM, "watch", "out of memory");
    if (rc == 0 && w->o->metrics != NULL)
        rc = ash_metrics_open(&w->metrics, w->o->metrics, err);
    if (rc == 0)
        rc = open_listeners(w, err);
    show_status(w, "catching-up", monotonic());
    if (rc == 0)
        rc = catch_up(w, err);
    if (rc == 0)
        rc = ash_live_open(&w->live, w->c, &w->o->ingest, on_alarm, w, err);
    if (rc == 0)
        rc = ash_follow_new(&w->follow, w->live, w->o->ingest.args, w->o->ingest.n_args,
                            w->started / ASH_NS_PER_S - FRESH, w->o->follow, w->o->user, err);
    return rc;
}

/* Takes what has come until the last moment. */
static int finish(watch *w, ash_error *err)
{
    uint64_t bytes = 1;
    int rc = take_messages(w, w->synced + 1, err);
    /* What waits for room on the disk has no other place. */
    for (size_t i = 0; i < w->n_listeners && rc == 0; i++)
        rc = ash_listener_sync(w->listeners[i], err);
    for (int i = 0; i < 1000 && bytes > 0 && rc == 0; i++)
        rc = ash_follow_tick(w->follow, monotonic(), &bytes, err);
    return rc;
}

int ash_watch(ash_case *c, const ash_watch_options *o, ash_error *err)
{
    watch w = {.c = c, .o = o, .started = wall_clock(), .rate_at = monotonic()};
    ash_error second;
    int rc = begin(&w, err);
    if (rc == 0)
        rc = loop(&w, err);
    if (rc == 0)
        rc = finish(&w, err);
    if (w.live != NULL)
        show_status(&w, "stopped", monotonic());
    ash_follow_free(w.follow);
    /* After a failure the case stays as it was last acknowledged. */
    int closed = ash_live_close(w.live, rc < 0, rc < 0 ? &second : err);
    for (size_t i = 0; i < w.n_listeners; i++)
        ash_listener_close(w.listeners[i]);
    ash_metrics_close(w.metrics);
    ash_alerts_free(w.alerts);
    return rc < 0 ? rc : closed;
}
