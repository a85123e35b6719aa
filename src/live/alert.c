#include "live/alert.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/i18n.h"
#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "investigate/findings.h"

/* Alerts that are open at once; the oldest makes room. */
#define OPEN_MAX 1024u
/* Calm for so long: resolved. */
#define CALM (15 * 60 * ASH_NS_PER_S)
#define MINUTE (60 * ASH_NS_PER_S)
#define WHO_MAX 256u

typedef struct open_alert {
    uint64_t key;
    uint64_t id;
    int64_t raised, seen; /* wall clock, ns */
    uint8_t severity, kind;
    char account[WHO_MAX], client[WHO_MAX], server[WHO_MAX];
} open_alert;

struct ash_alerts {
    ash_severity least;
    ash_zone zone;
    ash_alert_sink sink;
    void *user;
    open_alert *open;
    uint32_t n;
    uint64_t next_id;
    int64_t minute; /* begin of the present one */
    uint32_t in_minute, held_now;
    uint64_t raised, held_back;
    ash_buf json, text;
};

ash_alerts *ash_alerts_new(ash_severity least, const ash_zone *zone, ash_alert_sink sink, void *user)
{
    ash_alerts *a = calloc(1, sizeof *a);
    open_alert *open = calloc(OPEN_MAX, sizeof *open);
    if (a == NULL || open == NULL) {
        free(a);
        free(open);
        return NULL;
    }
    *a = (ash_alerts){.least = least, .zone = *zone, .sink = sink, .user = user, .open = open, .next_id = 1};
    ash_buf_init(&a->json, 1u << 20);
    ash_buf_init(&a->text, 1u << 20);
    return a;
}

void ash_alerts_free(ash_alerts *a)
{
    if (a == NULL)
        return;
    ash_buf_free(&a->json);
    ash_buf_free(&a->text);
    free(a->open);
    free(a);
}

/* --- writing ----------------------------------------------------------- */

static void key_view(ash_buf *b, const char *key, ash_view v)
{
    ash_buf_addf(b, ",\"%s\":", key);
    ash_json_quote(b, v, false);
}

static void key_z(ash_buf *b, const char *key, const char *z)
{
    key_view(b, key, ash_view_z(z));
}

static void key_time(ash_alerts *a, const char *key, int64_t t)
{
    char text[ASH_TIME_TEXT];
    key_z(&a->json, key, ash_time_text(text, t, &a->zone, 3));
}

static void begin(ash_alerts *a, const char *status, const open_alert *o, int64_t now)
{
    ash_buf_clear(&a->json);
    ash_buf_clear(&a->text);
    ash_buf_addf(&a->json, "{\"alert\":%llu", (unsigned long long)o->id);
    key_z(&a->json, "status", status);
    key_time(a, "sent", now);
    key_z(&a->json, "severity", ash_severity_name(o->severity));
    key_z(&a->json, "kind", ash_finding_kind_name(o->kind));
    key_z(&a->json, "account", o->account);
    key_z(&a->json, "client", o->client);
    key_z(&a->json, "server", o->server);
}

static void send(ash_alerts *a, ash_severity severity)
{
    key_view(&a->json, "text", ash_buf_view(&a->text));
    ash_buf_add_c(&a->json, '}');
    const ash_alert alert = {ash_buf_view(&a->json), ash_buf_view(&a->text), severity};
    if (!a->json.failed && !a->text.failed)
        a->sink(a->user, &alert);
}

/* "yamada from 10.0.0.9 on fs01" */
static void who(ash_alerts *a, const open_alert *o)
{
    char shown[3][4 * WHO_MAX];
    ash_buf_addf(&a->text, _("%s from %s on %s"),
                 ash_text_escape(shown[0], sizeof shown[0], ash_view_z(o->account)),
                 ash_text_escape(shown[1], sizeof shown[1], ash_view_z(o->client)),
                 ash_text_escape(shown[2], sizeof shown[2], ash_view_z(o->server)));
}

static void write_figures(ash_alerts *a, const ash_finding *f)
{
    const struct {
        const char *name;
        uint64_t n;
    } figures[] = {{"listed", f->listed},   {"read", f->read},       {"opened", f->opened},
                   {"denied", f->denied},   {"missing", f->missing}, {"changed", f->changed},
                   {"folders", f->folders}, {"accounts", f->accounts}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        ash_buf_addf(&a->json, ",\"%s\":%llu", figures[i].name, (unsigned long long)figures[i].n);
    ash_buf_addf(&a->json, ",\"window_s\":%u,\"value\":%.6g,\"threshold\":%.6g", f->window_s, f->value,
                 f->threshold);
}

static void say(ash_alerts *a, const open_alert *o, const ash_live_alarm *alarm, bool again, int64_t now)
{
    const ash_finding *f = alarm->finding;
    char path[4 * 1024];
    begin(a, again ? "grown" : "raised", o, now);
    key_z(&a->json, "detector", alarm->detector);
    key_z(&a->json, "technique", ash_finding_technique(f));
    key_view(&a->json, "workstation", alarm->actor.workstation);
    key_view(&a->json, "share", alarm->share);
    key_view(&a->json, "path", alarm->path);
    key_time(a, "first", f->first);
    key_time(a, "at", f->at);
    write_figures(a, f);
    who(a, o);
    ash_buf_add_z(&a->text, ": ");
    ash_finding_message(f, &a->zone, &a->text);
    if (alarm->path.n > 0)
        ash_buf_addf(&a->text, " (%s)", ash_text_escape(path, sizeof path, alarm->path));
    send(a, o->severity);
}

/* --- what is open ------------------------------------------------------ */

static uint64_t key_of(const ash_live_alarm *alarm)
{
    uint64_t h = ash_hash64(alarm->actor.account.p, alarm->actor.account.n, alarm->finding->kind);
    return ash_hash64(alarm->actor.client.p, alarm->actor.client.n, h);
}

static open_alert *find(ash_alerts *a, uint64_t key)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (a->open[i].key == key)
            return &a->open[i];
    return NULL;
}

static void resolve(ash_alerts *a, uint32_t i, int64_t now)
{
    open_alert *o = &a->open[i];
    begin(a, "resolved", o, now);
    who(a, o);
    ash_buf_add_z(&a->text, ": ");
    ash_buf_addf(&a->text, _("calm again (%s)"), ash_finding_kind_name(o->kind));
    send(a, ASH_SEVERITY_LOW);
    *o = a->open[--a->n];
}

/* Raw, perhaps cut: whoever shows it makes it harmless. */
static void keep(char out[WHO_MAX], ash_view v)
{
    size_t n = v.n < WHO_MAX - 1 ? v.n : WHO_MAX - 1;
    memcpy(out, v.p, n);
    out[n] = '\0';
}

static open_alert *make(ash_alerts *a, uint64_t key, const ash_live_alarm *alarm, int64_t now)
{
    if (a->n == OPEN_MAX) {
        uint32_t oldest = 0;
        for (uint32_t i = 1; i < a->n; i++)
            if (a->open[i].seen < a->open[oldest].seen)
                oldest = i;
        a->open[oldest] = a->open[--a->n];
    }
    open_alert *o = &a->open[a->n++];
    *o = (open_alert){.key = key, .id = a->next_id++, .raised = now, .kind = alarm->finding->kind};
    keep(o->account, alarm->actor.account);
    keep(o->client, alarm->actor.client);
    keep(o->server, alarm->actor.server);
    return o;
}

/* A high one is always said. */
static bool held_back(ash_alerts *a, ash_severity severity, int64_t now)
{
    if (now - a->minute >= MINUTE || now < a->minute) {
        a->minute = now;
        a->in_minute = 0;
    }
    if (a->in_minute < ASH_ALERTS_A_MINUTE || severity == ASH_SEVERITY_HIGH) {
        a->in_minute++;
        return a->in_minute > 10 * ASH_ALERTS_A_MINUTE;
    }
    return true;
}

void ash_alerts_on(ash_alerts *a, const ash_live_alarm *alarm, int64_t now)
{
    const ash_finding *f = alarm->finding;
    if (f->severity < a->least)
        return;
    uint64_t key = key_of(alarm);
    open_alert *o = find(a, key);
    bool again = o != NULL, worse = o == NULL || f->severity > o->severity;
    if (o == NULL)
        o = make(a, key, alarm, now);
    o->seen = now;
    if (!worse)
        return;
    o->severity = f->severity;
    if (held_back(a, f->severity, now)) {
        a->held_back++;
        a->held_now++;
        return;
    }
    a->raised++;
    say(a, o, alarm, again, now);
}

void ash_alerts_tick(ash_alerts *a, int64_t now)
{
    if (now < a->minute)
        a->minute = now;
    for (uint32_t i = a->n; i > 0; i--)
        if (now < a->open[i - 1].seen) /* the clock was put back: calm is counted from here */
            a->open[i - 1].seen = now;
        else if (now - a->open[i - 1].seen >= CALM)
            resolve(a, i - 1, now);
    if (a->held_now > 0 && now - a->minute >= MINUTE) {
        const open_alert none = {.id = a->next_id++, .severity = ASH_SEVERITY_MEDIUM};
        begin(a, "held-back", &none, now);
        ash_buf_addf(&a->json, ",\"count\":%u", a->held_now);
        ash_buf_addf(&a->text,
                     _("alerts held back within a minute: %u; `ashiato findings` lists them"),
                     a->held_now);
        a->held_now = 0;
        send(a, ASH_SEVERITY_MEDIUM);
    }
}

ash_alert_counts ash_alerts_counts(const ash_alerts *a)
{
    return (ash_alert_counts){a->raised, a->held_back, a->n};
}
