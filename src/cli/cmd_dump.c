#include "base/i18n.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/dump.h"
#include "cli/values.h"
#include "input/expand.h"
#include "input/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

const char *ash_shape_name(size_t i)
{
    static const char *const shapes[] = {"jsonl", "xml"};
    return i < N(shapes) ? shapes[i] : NULL;
}

static int parse_form(const char *text, ash_evtx_form *ret)
{
    *ret = text == NULL || strcmp(text, "jsonl") == 0 ? ASH_EVTX_FORM_JSON : ASH_EVTX_FORM_XML;
    if (text == NULL || strcmp(text, "jsonl") == 0 || strcmp(text, "xml") == 0)
        return 0;
    return ash_usage_error(_("--format must be xml or jsonl, not '%s'"), text);
}

static int parse_threads(const char *text, unsigned *ret)
{
    char *end;
    long n = text == NULL ? sysconf(_SC_NPROCESSORS_ONLN) : strtol(text, &end, 10);
    if (text != NULL && (end == text || *end != '\0' || n < 1 || n > (long)ASH_DUMP_THREADS_MAX))
        return ash_usage_error(_("--threads needs a number from 1 to %u"), ASH_DUMP_THREADS_MAX);
    *ret = n < 1 ? 1 : n > 4 && text == NULL ? 4 : (unsigned)n;
    return 0;
}

static void count(const char *what, uint64_t n)
{
    if (n > 0)
        fprintf(stderr, "  %s: %llu\n", what, (unsigned long long)n);
}

/* What of an input is not as it should be, or was recovered; nothing if all is well. */
static void tell(const char *path, const ash_evtx_seen *s)
{
    char shown[4096];
    if (s->n_notes == 0 && s->recovered == 0)
        return;
    fprintf(stderr, "ashiato: %s:\n", ash_text_escape(shown, sizeof shown, ash_view_z(path)));
    count(_("events"), s->events);
    count(_("damaged records"), s->bad_records);
    count(_("of them shown as far as they go"), s->incomplete);
    count(_("doubtful chunks, whose records are shown"), s->bad_chunks);
    count(_("stretches that are no chunk"), s->bad_spans);
    count(_("events recovered"), s->recovered);
    if (s->held_early > 0)
        fprintf(stderr, "  %s\n", _("so many were recovered that some may be shown twice"));
    for (uint32_t i = 0; i < s->n_notes; i++) {
        fprintf(stderr, "  %s %llu: ", _("offset"), (unsigned long long)s->notes[i].offset);
        if (s->notes[i].record != 0)
            fprintf(stderr, "%s %llu: ", _("record"), (unsigned long long)s->notes[i].record);
        fprintf(stderr, "%s\n", _(s->notes[i].what));
    }
    if (s->n_notes == ASH_EVTX_NOTES)
        fprintf(stderr, "  %s\n", _("(more are not listed)"));
}

/* Returns the exit code so far. */
static int dump_inputs(ash_dumper *d, const ash_candidates *inputs, bool quiet)
{
    size_t good = 0;
    int exit_code = ASH_EXIT_OK;
    for (size_t i = 0; i < inputs->n && exit_code == ASH_EXIT_OK; i++) {
        ash_error err;
        ash_evtx_seen seen;
        const ash_candidate *c = &inputs->items[i];
        int rc;
        if (c->problem != NULL || c->os_errno != 0) {
            errno = c->os_errno;
            rc = ash_fail_at(&err, c->problem != NULL ? ASH_E_USAGE : ASH_E_IO, "input", c->path,
                             ASH_NO_OFFSET, "%s",
                             c->problem != NULL ? _(c->problem) : _("cannot be read"));
            seen = (ash_evtx_seen){0};
        } else {
            rc = ash_dumper_file(d, c->path, &seen, &err);
        }
        good += rc == 0 || seen.chunks > 0;
        if (!quiet)
            tell(c->path, &seen);
        if (rc < 0)
            ash_complain(&err);
        if (rc == ASH_E_INTERRUPTED)
            exit_code = ASH_EXIT_INTERRUPTED;
        else if (rc == ASH_E_NOMEM || ash_dumper_flush(d) != 0)
            exit_code = ASH_EXIT_FAILED;
    }
    return exit_code == ASH_EXIT_OK && good == 0 ? ASH_EXIT_NO_INPUT : exit_code;
}

static int dump(const ash_args *a, ash_evtx_form form, unsigned threads)
{
    ash_error err;
    ash_dumper *d;
    ash_candidates inputs = {0};
    int rc = ash_expand(a->operands, a->n_operands, &inputs, &err);
    if (rc == 0)
        rc = ash_dumper_new(&d, form, ash_flag(a, "recover"), threads, &err);
    if (rc < 0) {
        ash_candidates_free(&inputs);
        return ash_complain(&err);
    }
    if (form == ASH_EVTX_FORM_XML)
        ash_dumper_text(d, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Events>\n");
    int exit_code = dump_inputs(d, &inputs, ash_flag(a, "quiet"));
    if (form == ASH_EVTX_FORM_XML)
        ash_dumper_text(d, "</Events>\n");
    int why = ash_dumper_flush(d);
    if (why == EPIPE) {
        exit_code = exit_code == ASH_EXIT_FAILED ? ASH_EXIT_OK
                                                 : exit_code; /* whoever reads has seen enough */
    } else if (why != 0) {
        errno = why;
        ash_fail(&err, ASH_E_IO, "dump", "%s", _("output cannot be written"));
        exit_code = ash_complain(&err);
    }
    ash_dumper_free(d);
    ash_candidates_free(&inputs);
    return exit_code;
}

static int run(const ash_args *a)
{
    ash_evtx_form form;
    unsigned threads = 1;
    if (a->n_operands == 0)
        return ash_usage_error("%s", _("dump needs at least one event log, or - for a pipe"));
    int exit_code = parse_form(ash_arg(a, "format"), &form);
    if (exit_code == 0)
        exit_code = parse_threads(ash_arg(a, "threads"), &threads);
    if (exit_code != 0)
        return exit_code;
    ash_catch_signals();
    ash_stream_stop_on(&ash_stop);
    return dump(a, form, threads);
}

static const ash_option options[] = {
    {"format", 'f', "SHAPE",
     N_("xml, as wevtutil writes it, or jsonl, as evtx_dump does (default)"), false},
    {"recover", 'r', NULL, N_("also show what is left of older records and in damaged places"), false},
    {"threads", 0, "N", N_("threads that render; --recover takes one"), false},
    {"quiet", 'q', NULL, N_("do not tell on standard error what is damaged"), false},
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_dump = {
    .name = "dump",
    .operands = "FILE...",
    .summary = N_("Show every event of Windows event logs (.evtx) as XML or JSON"),
    .details = N_(
        "Any event of any provider, with all its values, in the order of the file; damaged logs as\n"
        "far as they go. Files may be compressed (gz, bz2, xz, zst, lz4); - is a pipe. Recovered\n"
        "events come last and are marked. Characters that could harm a terminal are escaped so\n"
        "that the original can be had back: docs/OUTPUT.md."),
    .examples = "  ashiato dump Security.evtx | jq -r '.Event.EventData.ObjectName'\n"
                "  ashiato dump --format xml Security.evtx Archive-Security-*.evtx > events.xml\n"
                "  ashiato dump --recover Security.evtx | jq -c 'select(.Recovered)'",
    .options = options,
    .n_options = N(options),
    .run = run,
};
