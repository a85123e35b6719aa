/* Mass change: files written over, renamed or deleted in bursts. Copying new
 * files in is reported low: nothing that was there is lost. */

#include "base/i18n.h"
#include "detect/burst.h"

enum { CHANGED, N_MEASURES };

static const ash_param params[] = {
    {"change_60s", 60, 5, 1e6, N_("files"), N_("files changed in a minute, at least")},
    {"change_600s", 200, 5, 1e6, N_("files"), N_("files changed in ten minutes, at least")},
    {"change_3600s", 600, 5, 1e6, N_("files"), N_("files changed in an hour, at least")},
    {"own", 1.5, 1, 100, N_("times"), N_("how far above the actor's own habit")},
    {"population", 2, 1, 100, N_("times"), N_("how far above the 99th percentile of all sessions")},
    {"calm", 5, 1, 1000, N_("a minute"), N_("below this rate a burst is over")},
    {"high", 2, 1, 100, N_("times"), N_("how far above the threshold a burst is serious")},
};
enum { P_HIGH = N_MEASURES * ASH_WINDOWS + 3 };

static bool make_finding(const ash_burst *b, const ash_burst_subject *s, unsigned m,
                         ash_finding *f)
{
    f->kind = ASH_FINDING_MASS_CHANGE;
    f->severity = (double)s->alarms[m].ratio >= b->ctx.params[P_HIGH] ? ASH_SEVERITY_HIGH
                                                                     : ASH_SEVERITY_MEDIUM;
    if (s->deleted * 2 >= s->changed)
        f->flags |= ASH_FINDING_DELETES;
    if (s->renamed * 2 >= s->changed)
        f->flags |= ASH_FINDING_RENAMES;
    if (s->fresh * 10 >= s->changed * 8 && f->flags == 0)
        f->severity = ASH_SEVERITY_LOW;
    return true;
}

static void *change_init(const ash_detect_context *c)
{
    return ash_burst_new(c, N_MEASURES, make_finding);
}

static void change_access(void *state, const ash_access *a, unsigned grew, bool reads_logged)
{
    (void)reads_logged;
    const unsigned changes = ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED;
    if (grew & changes)
        ash_burst_count(state, a, grew & changes, CHANGED);
}

const ash_detector ash_detector_mass_change = {
    .name = "mass-change",
    .version = 1,
    .doc = N_("Files written over, renamed or deleted in bursts: encryption, destruction."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = ASH_DETECT_SUBJECTS * (sizeof(ash_burst_subject) + 24),
    .init = change_init,
    .on_access = change_access,
    .on_tick = ash_burst_tick,
    .finish = ash_burst_finish,
    .save = ash_burst_save,
    .load = ash_burst_load,
    .free = ash_burst_free,
};
