#include "cli/reading.h"

#include <stdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "classify/use.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "report/model.h"

/* Seconds between two lines: on a terminal, elsewhere. */
#define RENEW 0.2
#define QUIET_EVERY 10.0

void ash_reading_init(ash_reading *s, bool quiet, bool json)
{
    *s = (ash_reading){
        .quiet = quiet, .json = json, .terminal = isatty(STDERR_FILENO), .last = -QUIET_EVERY};
}

void ash_reading_show(void *state, const ash_content_progress *p)
{
    ash_reading *s = state;
    char files[32], total[32], eta[64] = "";
    if (s->quiet || p->seconds - s->last < (s->terminal && !s->json ? RENEW : QUIET_EVERY))
        return;
    s->last = p->seconds;
    if (s->json) {
        fprintf(stderr, "{\"progress\":{\"files\":%llu,\"files_total\":%llu,\"bytes\":%llu,\"seconds\":%.1f}}\n",
                (unsigned long long)p->files, (unsigned long long)p->files_total, (unsigned long long)p->bytes,
                p->seconds);
        return;
    }
    if (p->files > 0 && p->files_total > p->files)
        ash_eta_text(eta, sizeof eta, p->seconds / (double)p->files * (double)(p->files_total - p->files));
    fprintf(stderr, _("%s%s of %s files, %.0f files/s, %.0f MB/s  %s%s"), s->terminal ? "\r\x1b[K" : "",
            ash_number_text((int64_t)p->files, files), ash_number_text((int64_t)p->files_total, total),
            (double)p->files / p->seconds, (double)p->bytes / p->seconds / 1e6, eta, s->terminal ? "" : "\n");
    fflush(stderr);
    s->shown = s->terminal;
}

void ash_reading_clear(ash_reading *s)
{
    if (s->shown)
        fputs("\r\x1b[K", stderr);
    s->shown = false;
}

int ash_examiner_start(ash_examiner *e, const char *rules, unsigned helpers, bool quiet, bool json,
                       ash_error *err)
{
    *e = (ash_examiner){.content = NULL};
    ash_reading_init(&e->progress, quiet, json);
    int rc = ash_classify_prepare(&e->rules, rules, err);
    if (rc < 0)
        return rc;
    snprintf(e->version, sizeof e->version, "%016llx", (unsigned long long)ash_rules_version(e->rules));
    const ash_content_options o = {.use = &ash_classify_use,
                                   .store = ash_content_store,
                                   .shared = e->rules,
                                   .version = e->version,
                                   .helpers = helpers,
                                   .progress = ash_reading_show,
                                   .user = &e->progress,
                                   .stop = &ash_stop};
    rc = ash_content_start(&e->content, &o, err);
    if (rc < 0)
        ash_examiner_stop(e);
    return rc;
}

int ash_examiner_key(ash_examiner *e, ash_case *c, ash_error *err)
{
    uint8_t key[ASH_IDENTITY_KEY_SIZE];
    int rc = ash_content_key(c, key, err);
    if (rc == 0)
        ash_content_setup(e->content, ash_view_of(key, sizeof key));
    return rc;
}

void ash_examiner_stop(ash_examiner *e)
{
    ash_content_stop(e->content);
    ash_rules_free(e->rules);
    e->content = NULL;
    e->rules = NULL;
}

static void tell_json(const ash_content_totals *t)
{
    printf("{\"files\": %llu, \"unchanged\": %llu, \"known\": %llu, \"read\": %llu, \"partly\": %llu, \"changed_after\": %llu, "
           "\"access_times_at_risk\": %llu, \"bytes\": %llu, \"outcomes\": {",
           (unsigned long long)t->files, (unsigned long long)t->unchanged, (unsigned long long)t->known,
           (unsigned long long)t->read, (unsigned long long)t->partly, (unsigned long long)t->changed, (unsigned long long)t->touched,
           (unsigned long long)t->bytes);
    for (unsigned i = 0, n = 0; i < ASH_READOUTS; i++)
        if (t->by_outcome[i] > 0)
            printf("%s\"%s\": %llu", n++ > 0 ? ", " : "", ash_readout_name((ash_readout)i),
                   (unsigned long long)t->by_outcome[i]);
    printf("}}\n");
}

static void line(uint64_t n, const char *text)
{
    char number[32];
    if (n > 0)
        printf("%12s  %s\n", ash_number_text((int64_t)n, number), text);
}

void ash_reading_tell(const ash_content_totals *t, bool json)
{
    if (json) {
        tell_json(t);
        return;
    }
    line(t->files, _("files looked for"));
    for (unsigned i = 0; i < ASH_READOUTS; i++)
        line(t->by_outcome[i], ash_readout_text((ash_readout)i));
    line(t->partly, _("of them only in part: members are encrypted, damaged or beyond a limit"));
    line(t->changed, _("of them written to after they were last accessed: what was seen may differ"));
    line(t->unchanged, _("of them known from an earlier run, and unchanged"));
    line(t->known, _("of them with the content of another file"));
    line(t->touched, _("of them belong to somebody else: reading may have changed their access times"));
}
