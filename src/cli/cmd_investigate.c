#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/config_option.h"
#include "cli/progress.h"
#include "cli/reading.h"
#include "cli/summary.h"
#include "ingest/ingest.h"
#include "investigate/tracks.h"
#include "ledger/seal.h"
#include "report/report.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static unsigned choose_decoders(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 4 ? 4 : (unsigned)n;
}

static int parse_year(const char *text, int *ret)
{
    char *end;
    long y = strtol(text, &end, 10);
    if (*end != '\0' || y < 1980 || y > 2200)
        return ash_usage_error(_("--year needs a year such as 2026"));
    *ret = (int)y;
    return 0;
}

static int parse_threads(const char *text, unsigned *ret)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end != '\0' || n < 0 || n > (long)ASH_DECODERS_MAX)
        return ash_usage_error(_("--threads needs a number from 0 to %u"), ASH_DECODERS_MAX);
    *ret = (unsigned)n;
    return 0;
}

static int read_options(const ash_args *a, ash_ingest_options *o, ash_zone *zone)
{
    ash_error err;
    const char *year = ash_arg(a, "year"), *tz = ash_arg(a, "tz"), *threads = ash_arg(a, "threads");
    *o = (ash_ingest_options){
        .args = a->operands,
        .n_args = a->n_operands,
        .source = ash_arg(a, "source"),
        .server = ash_arg(a, "server"),
        .decoders = choose_decoders(),
        .keep_pipe = !ash_flag(a, "no-keep"),
        .measure = ash_flag(a, "stages"),
        .stop = &ash_stop,
    };
    o->n_samba_prefix = ash_arg_list(a, "samba-prefix", &o->samba_prefix);
    if (year != NULL && parse_year(year, &o->year) != 0)
        return ASH_EXIT_USAGE;
    if (tz != NULL) {
        if (ash_zone_parse(tz, zone, &err) < 0)
            return ash_complain(&err);
        o->zone = zone;
    }
    return threads == NULL ? 0 : parse_threads(threads, &o->decoders);
}

/* What is in the files of the tracks, with --files. Stopped in the middle, the
 * report says for how many that is not known. */
static int examine(ash_examiner *e, ash_case *c, ash_reader *r, const char *root, bool *ret_stopped, ash_error *err)
{
    ash_filter scope = ash_filter_none();
    int rc = ash_examiner_key(e, c, err);
    if (rc == 0)
        rc = ash_scope_select(r, &scope, err);
    if (rc == 0)
        rc = ash_content_scope(e->content, c, r, root, NULL, 0, err);
    ash_reading_clear(&e->progress);
    *ret_stopped = rc < 0 && err->code == ASH_E_INTERRUPTED;
    return *ret_stopped ? 0 : rc;
}

/* Tracks, what is in their files (e: NULL without --files), report files and the answer. */
static int conclude(ash_case *c, const ash_args *a, ash_examiner *e, const ash_ingest_result *result, ash_error *err)
{
    ash_reader r;
    ash_model m;
    bool stopped = false;
#if defined(__GLIBC__)
    malloc_trim(0); /* the report is made in the memory the reading no longer needs */
#endif
    int rc = ash_reader_open(&r, c, ASH_READER_FRUGAL, err);
    if (rc < 0)
        return rc;
    rc = ash_tracks_propose(&r, err);
    if (rc == 0 && e != NULL)
        rc = examine(e, c, &r, ash_arg(a, "files"), &stopped, err);
    if (rc == 0)
        rc = ash_model_make(&m, &r, ash_arg(a, "files"), err);
    if (rc == 0) {
        rc = ash_report_write(&m, err);
        if (rc == 0 && ash_flag(a, "json"))
            printf("{\"verdict\": \"%s\", \"report\": \"report.json\"}\n",
                   ash_verdict_name(m.verdict));
        else if (rc == 0)
            ash_summary_print(&m, result);
        ash_model_free(&m);
    }
    ash_reader_close(&r);
    return rc == 0 && stopped ? ash_fail(err, ASH_E_INTERRUPTED, "cli", "%s", _("stopped")) : rc;
}

static void print_stages(const ash_ingest_result *r)
{
    const ash_stage_times *s = &r->stages;
    double lines = r->lines > 0 ? (double)r->lines : r->records > 0 ? (double)r->records : 1;
    fprintf(stderr,
            "stages (CPU ns a line): decode %.0f, fold %.0f (of it detect %.0f), write %.0f; "
            "%.2f M lines/s, %.0f MB/s; %.1f lines an access; split early %llu\n",
            s->decode * 1e9 / lines, s->fold * 1e9 / lines, s->detect * 1e9 / lines,
            s->write * 1e9 / lines, lines / r->seconds / 1e6, (double)r->bytes / r->seconds / 1e6,
            r->accesses > 0 ? lines / (double)r->accesses : 0.0, (unsigned long long)r->split_early);
}

static int investigate(ash_case *c, const ash_args *a, ash_examiner *e, ash_ingest_options *o, int *ret_exit,
                       ash_error *err)
{
    ash_ingest_result result;
    ash_progress_state progress;
    bool json = ash_flag(a, "json");
    ash_progress_init(&progress, ash_flag(a, "quiet") ? ASH_PROGRESS_NONE
                                 : json               ? ASH_PROGRESS_JSON
                                                      : ASH_PROGRESS_AUTO);
    o->progress = ash_progress_show;
    o->acknowledged = ash_progress_acknowledged;
    o->user = &progress;
    if (o->zone != NULL && !c->zone_set) {
        c->zone = *o->zone;
        c->zone_set = true;
    }
    ash_catch_signals();
    int rc = ash_ingest(c, o, &result, err);
    o->user = NULL;
    ash_progress_clear(&progress);
    if (rc < 0) {
        if (err->code == ASH_E_INTERRUPTED)
            fprintf(stderr, "%s\n", _("Stopped. What was read is in the case; the same command "
                                      "continues from there."));
        else {
            ash_ledger_abandon(c->ledger);
            c->ledger = NULL;
        }
        return rc;
    }
    if (o->measure)
        print_stages(&result);
    if (result.n_inputs == 0) {
        fprintf(stderr, "ashiato: %s:", _("no file was found under"));
        for (size_t i = 0; i < a->n_operands; i++) {
            char name[300];
            fprintf(stderr, " %s", ash_text_escape(name, sizeof name, ash_view_z(a->operands[i])));
        }
        fputc('\n', stderr);
    }
    rc = conclude(c, a, e, &result, err);
    if (rc == 0 && result.read + result.duplicates == 0)
        *ret_exit = ASH_EXIT_NO_INPUT;
    return rc;
}

static int run(const ash_args *a)
{
    ash_case c;
    ash_ingest_options o;
    ash_zone zone;
    ash_error err;
    ash_examiner examiner = {.content = NULL};
    int exit_code = ASH_EXIT_OK;
    if (a->n_operands == 0)
        return ash_usage_error("%s", _("investigate needs at least one input: a log file, a folder, a "
                                       "glob, or - for a pipe"));
    exit_code = read_options(a, &o, &zone);
    if (exit_code != 0)
        return exit_code;
    static ash_settings settings;
    if (ash_read_config(a, &settings, NULL, 0, &err) < 0)
        return ash_complain(&err);
    o.settings = &settings;
    /* Helpers first: they shall know nothing of the case and its key. */
    if (ash_flag(a, "files") &&
        ash_examiner_start(&examiner, NULL, 0, ash_flag(a, "quiet"), ash_flag(a, "json"), &err) < 0)
        return ash_complain(&err);
    if (ash_open_case(a, ASH_CASE_CREATE, &c, &exit_code)) {
        ash_examiner *e = ash_flag(a, "files") ? &examiner : NULL;
        int rc = investigate(&c, a, e, &o, &exit_code, &err);
        if (rc < 0)
            exit_code = err.code == ASH_E_INTERRUPTED ? ASH_EXIT_INTERRUPTED : ash_complain(&err);
        exit_code = ash_close_case(&c, exit_code);
    }
    ash_examiner_stop(&examiner);
    return exit_code;
}

static const ash_option options[] = {
    {"case", 'c', "DIR", N_("the case's folder; created if missing, added to if it exists"), false},
    {"year", 0, "YEAR", N_("year of the first record, for times without a year"), false},
    {"tz", 0, "ZONE", N_("time zone for times without one: Asia/Tokyo, +09:00"), false},
    {"samba-prefix", 0, "PREFIX", N_("full_audit:prefix as in smb.conf, e.g. '%u|%I|%m|%S'"), true},
    {"server", 0, "NAME", N_("name for records that state no server"), false},
    ASH_OPT_CONFIG,
    {"source", 0, "SOURCE", N_("read the inputs as this format (see `ashiato sources`)"), false},
    {"files", 0, "ROOT", N_("read the files of the tracks, which lie below this folder, and say what is in them"), false},
    ASH_OPTS_SEAL,
    {"no-keep", 0, NULL, N_("do not keep a copy of what comes through a pipe"), false},
    {"threads", 0, "N", N_("decoding threads; 0 decodes on the main thread"), false},
    {"stages", 0, NULL, N_("print the CPU time of each stage"), false},
    {"quiet", 'q', NULL, N_("show no progress"), false},
    {"json", 0, NULL, N_("progress as JSON lines on stderr, the verdict as JSON on stdout"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_investigate = {
    .name = "investigate",
    .operands = "INPUT...",
    .summary = N_("Read logs into a case and answer: who read what, since when"),
    .details = N_("Inputs are files (also gz, bz2, xz, zst, lz4), folders, globs, or - for a pipe. Formats are\n"
                  "recognised; what could not be read is listed. An input given again adds nothing, one\n"
                  "that has grown adds what is new, and a run that was stopped continues where it left\n"
                  "off. Writes DIR/report.html and DIR/report.json."),
    .examples = "  ashiato investigate /var/log/samba --case ./case\n"
                "  ashiato investigate 'audit.log*' auth_audit.json --case ./case --tz Asia/Tokyo\n"
                "  ssh fs01 cat /var/log/samba/audit.log | ashiato investigate - --case ./case "
                "--server fs01",
    .options = options,
    .n_options = N(options),
    .run = run,
};
