#include "base/i18n.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/config_option.h"
#include "ingest/ingest.h"
#include "investigate/tracks.h"
#include "ledger/seal.h"
#include "live/watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define RECIPIENTS_MAX 16u
/* Seconds recipients are given for what waits when the recorder ends. */
#define LAST_TRY 5u

static atomic_bool flush_wanted;

static void on_usr1(int sig)
{
    (void)sig;
    atomic_store(&flush_wanted, true);
}

/* --- recipients -------------------------------------------------------- */

typedef struct recipients {
    ash_notifier *list[RECIPIENTS_MAX];
    size_t n;
} recipients;

static int start_all(recipients *r, const ash_args *a, const char *option, ash_notify_way way,
                     const char *dir, ash_error *err)
{
    const char *const *values;
    size_t n = ash_arg_list(a, option, &values);
    for (size_t i = 0; i < n; i++) {
        if (r->n == RECIPIENTS_MAX)
            return ash_fail(err, ASH_E_USAGE, "watch", "at most %u recipients of alerts", RECIPIENTS_MAX);
        int rc = ash_notifier_start(&r->list[r->n], dir, way, values[i], err);
        if (rc < 0)
            return rc;
        r->n++;
    }
    return 0;
}

/* Before the case is open: the processes shall hold nothing of it. */
static int start_recipients(recipients *r, const ash_args *a, ash_error *err)
{
    char dir[4096];
    const char *at = ash_arg(a, "case");
    if (at == NULL || strlen(at) > 4000)
        return 0; /* opening the case says what is wrong */
    snprintf(dir, sizeof dir, "%s/alerts", at);
    int rc = start_all(r, a, "alert-command", ASH_NOTIFY_COMMAND, dir, err);
    if (rc == 0)
        rc = start_all(r, a, "alert-webhook", ASH_NOTIFY_WEBHOOK, dir, err);
    if (rc == 0)
        rc = start_all(r, a, "alert-mail", ASH_NOTIFY_MAIL, dir, err);
    if (rc == 0 && ash_flag(a, "alert-syslog"))
        rc = ash_notifier_start(&r->list[r->n++], dir, ASH_NOTIFY_SYSLOG, "local", err);
    return rc;
}

static void stop_recipients(recipients *r)
{
    for (size_t i = 0; i < r->n; i++)
        ash_notifier_stop(r->list[i], LAST_TRY);
}

/* --- what is printed --------------------------------------------------- */

typedef struct printing {
    bool json, quiet;
} printing;

static void print_alert(void *user, const ash_alert *a)
{
    const printing *p = user;
    static const char *const words[] = {"", N_("low"), N_("medium"), N_("high")};
    if (p->json)
        printf("%.*s\n", (int)a->json.n, a->json.p);
    else
        printf("%s: %.*s\n", _(words[a->severity]), (int)a->text.n, a->text.p);
    fflush(stdout);
}

static void print_event(void *user, ash_follow_event what, const char *path, const char *detail)
{
    static const char *const words[] = {
        [ASH_FOLLOW_BEGUN] = N_("following it"),
        [ASH_FOLLOW_ROTATED] = N_("was rotated; read to its end"),
        [ASH_FOLLOW_EMPTIED] = N_("was emptied; the rest of it is in"),
        [ASH_FOLLOW_LOST] = N_("was emptied, and no copy of it was found: noted as a gap"),
        [ASH_FOLLOW_BEYOND] = N_("has more files than can be followed; `ashiato status` counts them"),
        [ASH_FOLLOW_REFUSED] = N_("is not followed:"),
    };
    const printing *p = user;
    char shown[2][4200];
    if (!p->quiet)
        fprintf(stderr, "ashiato: %s: %s %s\n", ash_text_escape(shown[0], sizeof shown[0], ash_view_z(path)),
                _(words[what]), ash_text_escape(shown[1], sizeof shown[1], ash_view_z(detail)));
}

/* --- the command ------------------------------------------------------- */

static int read_severity(const ash_args *a, ash_severity *ret)
{
    const char *z = ash_arg(a, "severity");
    *ret = ASH_SEVERITY_MEDIUM;
    for (ash_severity s = ASH_SEVERITY_LOW; z != NULL && s <= ASH_SEVERITY_HIGH; s++)
        if (strcmp(z, ash_severity_name(s)) == 0) {
            *ret = s;
            return 0;
        }
    return z == NULL ? 0 : ash_usage_error("%s", _("--severity is low, medium or high"));
}

static int read_options(const ash_args *a, ash_watch_options *o, ash_zone *zone)
{
    static ash_settings settings;
    ash_error err;
    const char *tz = ash_arg(a, "tz");
    if (ash_read_config(a, &settings, NULL, 0, &err) < 0)
        return ash_complain(&err);
    o->ingest = (ash_ingest_options){
        .args = a->operands,
        .n_args = a->n_operands,
        .source = ash_arg(a, "source"),
        .server = ash_arg(a, "server"),
        .settings = &settings,
        .decoders = 1,
        .stop = &ash_stop,
    };
    o->ingest.n_samba_prefix = ash_arg_list(a, "samba-prefix", &o->ingest.samba_prefix);
    o->n_listen = ash_arg_list(a, "listen", &o->listen);
    o->metrics = ash_arg(a, "metrics");
    o->stop = &ash_stop;
    o->flush = &flush_wanted;
    o->alert = print_alert;
    o->follow = print_event;
    if (a->n_operands + o->n_listen == 0)
        return ash_usage_error("%s", _("watch needs a file, folder or glob to follow, or --listen"));
    for (size_t i = 0; i < a->n_operands; i++)
        if (strcmp(a->operands[i], "-") == 0)
            return ash_usage_error("%s", _("watch follows files; for a pipe use investigate"));
    if (tz != NULL && ash_zone_parse(tz, zone, &err) < 0)
        return ash_complain(&err);
    o->ingest.zone = tz == NULL ? NULL : zone;
    return read_severity(a, &o->least);
}

static int watch_case(ash_case *c, const ash_watch_options *o, ash_error *err)
{
    struct sigaction sa = {.sa_handler = on_usr1};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGUSR1, &sa, NULL);
    ash_catch_signals();
    if (o->ingest.zone != NULL && !c->zone_set) {
        c->zone = *o->ingest.zone;
        c->zone_set = true;
    }
    int rc = ash_watch(c, o, err);
    if (rc < 0) {
        if (err->code != ASH_E_INTERRUPTED) {
            ash_ledger_abandon(c->ledger);
            c->ledger = NULL;
        }
        return rc;
    }
    ash_reader r;
    rc = ash_reader_open(&r, c, ASH_READER_FRUGAL, err);
    if (rc < 0)
        return rc;
    rc = ash_tracks_propose(&r, err);
    ash_reader_close(&r);
    return rc;
}

static int run(const ash_args *a)
{
    ash_case c;
    ash_zone zone;
    ash_error err;
    recipients r = {0};
    printing p = {ash_flag(a, "json"), ash_flag(a, "quiet")};
    ash_watch_options o = {.user = &p};
    int exit_code = read_options(a, &o, &zone);
    if (exit_code != 0)
        return exit_code;
    if (start_recipients(&r, a, &err) < 0) {
        stop_recipients(&r);
        return ash_complain(&err);
    }
    if (!ash_open_case(a, ASH_CASE_CREATE, &c, &exit_code)) {
        stop_recipients(&r);
        return exit_code;
    }
    o.notifiers = r.list;
    o.n_notifiers = r.n;
    if (watch_case(&c, &o, &err) < 0)
        exit_code = err.code == ASH_E_INTERRUPTED ? ASH_EXIT_OK : ash_complain(&err);
    exit_code = ash_close_case(&c, exit_code);
    stop_recipients(&r);
    return exit_code;
}

static const ash_option options[] = {
    {"case", 'c', "DIR", N_("the case's folder; created if missing, added to if it exists"), false},
    {"listen", 'l', "PLACE", N_("take syslog from udp:[HOST:]PORT, tcp:[HOST:]PORT or unix:PATH"), true},
    {"alert-command", 0, "COMMAND", N_("run this for each alert, with its JSON on standard input"), true},
    {"alert-webhook", 0, "URL", N_("POST each alert's JSON to this address"), true},
    {"alert-mail", 0, "ADDRESS", N_("mail each alert through sendmail"), true},
    {"alert-syslog", 0, NULL, N_("send each alert to this machine's syslog, as CEF"), false},
    {"severity", 0, "SEVERITY", N_("least severity that is an alert: low, medium (default) or high"), false},
    {"metrics", 0, "PORT", N_("answer Prometheus at 127.0.0.1:PORT"), false},
    {"tz", 0, "ZONE", N_("time zone for times without one: Asia/Tokyo, +09:00"), false},
    {"samba-prefix", 0, "PREFIX", N_("full_audit:prefix as in smb.conf, e.g. '%u|%I|%m|%S'"), true},
    {"server", 0, "NAME", N_("name for records that state no server"), false},
    {"source", 0, "SOURCE", N_("read the inputs as this format (see `ashiato sources`)"), false},
    ASH_OPT_CONFIG,
    ASH_OPTS_SEAL,
    {"quiet", 'q', NULL, N_("do not say what happens to files"), false},
    {"json", 0, NULL, N_("alerts as JSON lines"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_watch = {
    .name = "watch",
    .operands = "[INPUT...]",
    .summary = N_("Record what is logged from now on, and raise the alarm"),
    .details = N_("Takes what the inputs (files, folders, globs) hold already, then follows them as they grow,\n"
                  "are rotated or emptied, and listens for syslog. Alerts go to standard output and to the\n"
                  "recipients given; what cannot be delivered waits on disk. Ends cleanly on SIGINT or\n"
                  "SIGTERM and goes on where it stopped when started again. SIGUSR1 makes the case hold\n"
                  "everything that was seen so far. `ashiato status` shows how it is doing."),
    .examples = "  ashiato watch /var/log/samba --case /var/lib/ashiato/case\n"
                "  ashiato watch --listen udp:5514 --case ./case --alert-mail security@example.org\n"
                "  ashiato watch /var/log/samba/audit.log --case ./case --alert-command 'notify-send ashiato'",
    .options = options,
    .n_options = N(options),
    .run = run,
};
