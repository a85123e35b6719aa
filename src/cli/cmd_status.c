#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/text.h"
#include "cli/cli.h"
#include "live/status.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define STATUS_MAX (8u << 20)
/* A recorder that lives has written its state within so many seconds. */
#define STALE 10

static const char *text_at(const json_t *o, const char *key)
{
    const char *z = json_string_value(json_object_get(o, key));
    return z == NULL ? "-" : z;
}

static double number_at(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

static void print_escaped(const char *z)
{
    char shown[4200];
    fputs(ash_text_escape(shown, sizeof shown, ash_view_z(z)), stdout);
}

/* The case may be a stranger's: a time is text like any other. */
static const char *short_at(const json_t *o, const char *key, char shown[ASH_TIME_TEXT])
{
    return ash_text_escape(shown, ASH_TIME_TEXT, ash_view_z(text_at(o, key)));
}

static void print_people(const json_t *s, bool alive)
{
    size_t i;
    const json_t *x;
    char shown[ASH_TIME_TEXT];
    double waiting = 0;
    if (alive && strcmp(text_at(s, "state"), "watching") != 0)
        printf(_("Taking what the inputs hold already, since %s (process %.0f).\n"), short_at(s, "started", shown),
               number_at(s, "pid"));
    else if (alive)
        printf(_("Watching since %s (process %.0f).\n"), short_at(s, "started", shown), number_at(s, "pid"));
    else
        printf(_("Not running; last seen at %s.\n"), short_at(s, "updated", shown));
    printf(_("Records: %.0f, %.1f a second of late; the last one is of %s.\n"), number_at(s, "records"),
           number_at(s, "records_per_second"), short_at(s, "last_event", shown));
    printf(_("Behind: %.0f bytes. Memory: %.1f MB. Last checkpoint %.0f s ago.\n"), number_at(s, "lag_bytes"),
           number_at(s, "memory_bytes") / 1e6, number_at(s, "seconds_since_checkpoint"));
    json_array_foreach(json_object_get(s, "alerts_waiting"), i, x)
        waiting += json_number_value(x);
    printf(_("Alerts: %.0f raised, %.0f held back, %.0f open; %.0f wait for delivery, %.0f lost.\n"),
           number_at(s, "alerts_raised"), number_at(s, "alerts_held_back"), number_at(s, "alerts_open"),
           waiting, number_at(s, "alerts_lost"));
    if (number_at(s, "files_beyond") > 0)
        printf(_("Not followed, because there are too many: %.0f files.\n"), number_at(s, "files_beyond"));
    json_array_foreach(json_object_get(s, "files"), i, x) {
        fputs("  ", stdout);
        print_escaped(text_at(x, "path"));
        printf(_(": %.0f of %.0f bytes\n"), number_at(x, "position"), number_at(x, "size"));
    }
    json_array_foreach(json_object_get(s, "listeners"), i, x) {
        fputs("  ", stdout);
        print_escaped(text_at(x, "listen"));
        printf(_(": %.0f messages, %.0f dropped by the system, %.0f cut, %.0f connections refused\n"),
               number_at(x, "messages"), number_at(x, "dropped"), number_at(x, "cut"), number_at(x, "refused"));
        if (*text_at(x, "problem") != '\0' && json_object_get(x, "problem") != NULL) {
            fputs("    ", stdout);
            print_escaped(text_at(x, "problem"));
            puts(_(": what is received waits"));
        }
    }
}

/* Alive: written of late, and not as its last word. While it takes what is there, which
 * may be hours, it writes nothing; then its process tells. */
static bool is_alive(const json_t *s)
{
    int64_t updated;
    int32_t offset;
    struct timespec now;
    const char *z = text_at(s, "updated");
    clock_gettime(CLOCK_REALTIME, &now);
    double pid = number_at(s, "pid");
    if (strcmp(text_at(s, "state"), "catching-up") == 0)
        return pid > 1 && pid < INT32_MAX && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
    return strcmp(text_at(s, "state"), "watching") == 0 &&
           ash_time_parse_iso(ash_view_z(z), &updated, &offset) > 0 &&
           now.tv_sec - updated / ASH_NS_PER_S < STALE;
}

static int run(const ash_args *a)
{
    char path[4200];
    ash_buf b;
    ash_error err;
    const char *dir = ash_arg(a, "case");
    if (dir == NULL)
        return ash_usage_error(_("--case DIR is missing; try `ashiato %s --help`"), a->command->name);
    snprintf(path, sizeof path, "%s/%s", dir, ASH_STATUS_FILE);
    ash_buf_init(&b, STATUS_MAX);
    if (ash_io_read_file(path, STATUS_MAX, &b, &err) < 0) {
        ash_buf_free(&b);
        return ash_complain(&err);
    }
    json_t *s = json_loadb(b.p, b.n, 0, NULL);
    bool alive = s != NULL && is_alive(s);
    if (s == NULL)
        ash_fail_at(&err, ASH_E_FORMAT, "status", path, ASH_NO_OFFSET, "%s", _("is damaged"));
    else if (ash_flag(a, "json"))
        printf("%.*s", (int)b.n, b.p);
    else
        print_people(s, alive);
    int exit_code = s == NULL ? ash_complain(&err) : alive ? ASH_EXIT_OK : ASH_EXIT_FAILED;
    json_decref(s);
    ash_buf_free(&b);
    return exit_code;
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    {"json", 0, NULL, N_("as JSON"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_status = {
    .name = "status",
    .operands = "",
    .summary = N_("Show how a running `ashiato watch` is doing"),
    .details = N_("Rates, how far it is behind, what waits, what was lost. The exit code is 0 while it runs and\n"
                  "1 when it does not."),
    .examples = "  ashiato status --case /var/lib/ashiato/case\n"
                "  ashiato status --case ./case --json | jq .lag_bytes",
    .options = options,
    .n_options = N(options),
    .run = run,
};
