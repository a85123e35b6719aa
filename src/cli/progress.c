#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "report/model.h"

#define QUIET_EVERY 10.0

void ash_progress_init(ash_progress_state *s, ash_progress_mode mode)
{
    *s = (ash_progress_state){.mode = mode, .terminal = isatty(STDERR_FILENO)};
}

static void show_json(const ash_progress *p)
{
    fprintf(stderr,
            "{\"progress\":{\"input\":%zu,\"inputs\":%zu,\"bytes\":%llu,\"bytes_total\":%llu,"
            "\"lines\":%llu,\"accesses\":%llu,\"findings\":%llu,\"seconds\":%.1f}}\n",
            p->input_number, p->n_inputs, (unsigned long long)p->raw_done,
            (unsigned long long)p->raw_total, (unsigned long long)p->lines,
            (unsigned long long)p->accesses, (unsigned long long)p->findings, p->seconds);
}

static void eta_text(char *buf, size_t size, double seconds)
{
    if (seconds < 90)
        snprintf(buf, size, _("%.0f s left"), seconds);
    else if (seconds < 5400)
        snprintf(buf, size, _("%.0f min left"), seconds / 60);
    else
        snprintf(buf, size, _("%.1f h left"), seconds / 3600);
}

void ash_progress_show(void *state, const ash_progress *p)
{
    ash_progress_state *s = state;
    char name[64] = "", lines[32], eta[64] = "", share[16] = "";
    if (s->mode == ASH_PROGRESS_NONE || p->input == NULL)
        return;
    if (s->began == 0) {
        s->began = p->seconds;
        s->raw_began = p->raw_done;
    }
    if (!s->terminal && p->seconds - s->last < QUIET_EVERY)
        return;
    s->last = p->seconds;
    if (s->mode == ASH_PROGRESS_JSON) {
        show_json(p);
        return;
    }
    double rate = p->seconds > s->began ? (double)(p->raw_done - s->raw_began) / (p->seconds - s->began)
                                        : 0;
    if (p->raw_total > 0) {
        snprintf(share, sizeof share, "%3.0f %%  ",
                 100.0 * (double)p->raw_done / (double)p->raw_total);
        if (rate > 0 && p->raw_total > p->raw_done)
            eta_text(eta, sizeof eta, (double)(p->raw_total - p->raw_done) / rate);
    }
    ash_text_escape(name, sizeof name, ash_view_z(p->input));
    fprintf(stderr, _("%s%s%s lines, %.0f MB/s  %s  [%zu/%zu] %s%s"), s->terminal ? "\r\x1b[K" : "",
            share, ash_number_text((int64_t)p->lines, lines), rate / 1e6, eta, p->input_number,
            p->n_inputs, name, s->terminal ? "" : "\n");
    fflush(stderr);
    s->shown = s->terminal;
}

void ash_progress_acknowledged(void *state, const ash_acknowledged *a)
{
    const ash_progress_state *s = state;
    ash_out out = {.fd = STDERR_FILENO};
    if (s->mode != ASH_PROGRESS_JSON)
        return;
    ash_buf_init(&out.buf, 64u << 10);
    ash_buf_addf(&out.buf, "{\"acknowledged\":{\"input\":%lld,\"name\":", (long long)a->input);
    ash_json_quote(&out.buf, ash_view_z(a->name), false);
    ash_buf_addf(&out.buf, ",\"state\":\"%s\",\"position\":%llu}}\n", a->state,
                 (unsigned long long)a->position);
    ash_out_flush(&out); /* nobody listening is no reason to stop */
    ash_buf_free(&out.buf);
}

void ash_progress_clear(ash_progress_state *s)
{
    if (s->shown)
        fputs("\r\x1b[K", stderr);
    s->shown = false;
}
