/* Mass change: files written over, renamed or deleted in bursts. Many people do so
 * honestly; high is only destruction, deletions in many folders of what was not
 * read (and so not moved) before. Encryption has a detector of its own. Copying
 * new files in is low: nothing that was there is lost. */

#include "base/i18n.h"
#include "detect/burst.h"

enum { CHANGED, N_MEASURES };

/* Those that change files. */
#define SUBJECTS 16384u

static const ash_param params[] = {
    {"change_60s", 60, 5, 1e6, N_("files"), N_("files changed in a minute, at least")},
    {"change_600s", 200, 5, 1e6, N_("files"), N_("files changed in ten minutes, at least")},
    {"change_3600s", 600, 5, 1e6, N_("files"), N_("files changed in an hour, at least")},
    {"own", 1.5, 1, 100, N_("times"), N_("how far above the actor's own habit")},
    {"population", 2, 1, 100, N_("times"), N_("how far above the 99th percentile of all sessions")},
    {"calm", 5, 1, 1000, N_("a minute"), N_("below this rate a burst is over")},
    {"learn", 72, 0, 8760, N_("h"), N_("who comes after this much of the log, and has not been seen as long, is a stranger")},
    {"high", 3, 1, 100, N_("times"), N_("how far above the threshold deletions are serious")},
    {"folders", 10, 1, 1e6, N_("folders"), N_("... in at least so many folders")},
};
enum { P_LEARN = N_MEASURES * ASH_WINDOWS + 3, P_HIGH, P_FOLDERS };

static const uint8_t kinds[] = {ASH_FINDING_MASS_CHANGE};
static const uint8_t units[] = {ASH_MEASURE_FILES};

static void judge(const ash_burst *b, const ash_burst_subject *s, unsigned m, ash_finding *f)
{
    const double *p = b->ctx.params;
    f->severity = ASH_SEVERITY_MEDIUM;
    if (s->renamed * 2 >= s->changed)
        f->flags |= ASH_FINDING_RENAMES;
    if (s->deleted * 2 >= s->changed)
        f->flags |= ASH_FINDING_DELETES;
    bool far = (double)s->alarms[m].ratio >= p[P_HIGH] && (double)f->folders >= p[P_FOLDERS];
    /* What was read before it was deleted was moved elsewhere: a migration. */
    if ((f->flags & ASH_FINDING_DELETES) && far && s->read * 2 < s->deleted)
        f->severity = ash_burst_is_own_work(s) ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_HIGH;
    if (f->flags & ASH_FINDING_DELETES && ash_burst_is_own_work(s))
        f->flags |= ASH_FINDING_OWN_WORK;
    if (s->fresh * 10 >= s->changed * 8 && (f->flags & (ASH_FINDING_RENAMES | ASH_FINDING_DELETES)) == 0)
        f->severity = ASH_SEVERITY_LOW;
    if (f->flags & ASH_FINDING_REGULAR)
        f->severity = ASH_SEVERITY_LOW;
}

static void *change_init(const ash_detect_context *c)
{
    static const ash_burst_plan plan = {N_MEASURES, SUBJECTS, kinds, units, 0, judge};
    return ash_burst_new(c, &plan);
}

static void change_access(void *state, const ash_sight *s)
{
    const unsigned changes = ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED;
    ash_burst_subject *running = s->grew & ASH_GREW_READ ? ash_burst_running(state, s) : NULL;
    if (running != NULL)
        running->read++;
    ash_burst_note(state, s);
    if (s->grew & changes)
        ash_burst_count(state, s, s->grew & changes, CHANGED);
}

const ash_detector ash_detector_mass_change = {
    .name = "mass-change",
    .version = 3,
    .doc = N_("Files written over, renamed or deleted in bursts: encryption, destruction."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SUBJECTS * (sizeof(ash_burst_subject) + ASH_SLOT_COST),
    .init = change_init,
    .on_access = change_access,
    .on_tick = ash_burst_tick,
    .on_break = ash_burst_break,
    .finish = ash_burst_finish,
    .save = ash_burst_save,
    .load = ash_burst_load,
    .free = ash_burst_free,
};
