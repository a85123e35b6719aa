/* Mass listing, mass reading, mass refusal: more in a window than a person's
 * hands do, than this actor has done before, and than the others do.
 *
 * A value passes when it reaches the largest of: a floor (what is possible by
 * hand), own * the actor's own highest habit, population * the 99th percentile
 * of people's session peaks (from 200 sessions on, to five times the floor at most).
 */

#include "base/i18n.h"
#include "detect/burst.h"

enum { LISTED, READ, REFUSED, N_MEASURES };

/* Folders of others; as in a burst's plan. */
#define FOREIGN 10

static const ash_param params[] = {
    {"list_60s", 40, 5, 1e6, N_("folders"), N_("folders listed in a minute, at least")},
    {"list_600s", 150, 5, 1e6, N_("folders"), N_("folders listed in ten minutes, at least")},
    {"list_3600s", 600, 5, 1e6, N_("folders"), N_("folders listed in an hour, at least")},
    {"read_60s", 60, 5, 1e6, N_("files"), N_("files read in a minute, at least")},
    {"read_600s", 200, 5, 1e6, N_("files"), N_("files read in ten minutes, at least")},
    {"read_3600s", 600, 5, 1e6, N_("files"), N_("files read in an hour, at least")},
    {"refused_60s", 20, 5, 1e6, N_("names"), N_("names refused or missing in a minute, at least")},
    {"refused_600s", 50, 5, 1e6, N_("names"), N_("names refused or missing in ten minutes, at least")},
    {"refused_3600s", 150, 5, 1e6, N_("names"), N_("names refused or missing in an hour, at least")},
    {"own", 1.5, 1, 100, N_("times"), N_("how far above the actor's own habit")},
    {"population", 2, 1, 100, N_("times"), N_("how far above the 99th percentile of all sessions")},
    {"calm", 5, 1, 1000, N_("a minute"), N_("below this rate a burst is over")},
    {"learn", 72, 0, 8760, N_("h"), N_("who comes after this much of the log, and has not been seen as long, is a stranger")},
    {"high", 3, 1, 100, N_("times"), N_("how far above the threshold a burst is serious; in all of it, above that of an hour")},
    {"folders", 30, 1, 1e6, N_("folders"), N_("where only opens are logged, they are serious in so many folders")},
    {"foreign", FOREIGN, 1, 1e6, N_("folders"), N_("of others from which on a burst is serious")},
    {"moves", 0.5, 0.01, 100, N_("share"), N_("files written to those read from which on it is work")},
    {"immense", 20000, 1, 1e9, N_("accesses"), N_("in a burst that is serious whoever's work it is")},
};
enum { P_LEARN = N_MEASURES * ASH_WINDOWS + 3, P_HIGH, P_FOLDERS, P_FOREIGN, P_MOVES, P_IMMENSE };

static const uint8_t kinds[] = {ASH_FINDING_MASS_LISTING, ASH_FINDING_MASS_READ, ASH_FINDING_MASS_DENIED};
static const uint8_t units[] = {ASH_MEASURE_FOLDERS, ASH_MEASURE_FILES, ASH_MEASURE_NAMES};

static void judge(const ash_burst *b, const ash_burst_subject *s, unsigned m, ash_finding *f)
{
    const double *p = b->ctx.params;
    /* Far above in one window, or, slower, as much in the whole burst; or by somebody
     * who has no business here. */
    uint32_t all = m == LISTED ? s->listed : m == READ ? s->read + s->opened : 0;
    bool serious = (double)s->alarms[m].ratio >= p[P_HIGH] ||
                   all >= p[P_HIGH] * p[m * ASH_WINDOWS + ASH_WINDOWS - 1] ||
                   (double)s->odd >= p[P_FOREIGN] || (f->flags & ASH_FINDING_STRANGER) != 0;
    f->severity = serious ? ASH_SEVERITY_HIGH : ASH_SEVERITY_MEDIUM;
    /* Who packs a project reads all of it, and who moves one writes all of it again. */
    bool moves = (double)s->changed >= p[P_MOVES] * (m == LISTED ? s->listed : s->read + s->opened);
    if (m != REFUSED && !(f->flags & ASH_FINDING_STRANGER) && all < p[P_IMMENSE] &&
        (ash_burst_is_own_work(s) || (moves && s->aside == 0))) {
        f->flags |= serious ? ASH_FINDING_OWN_WORK : 0;
        f->severity = ASH_SEVERITY_MEDIUM;
    }
    if (m == READ && s->opened > s->read)
        f->flags |= ASH_FINDING_OPENS;
    /* Where only opens are logged, a bulk rename looks like reading; in few folders. */
    if ((f->flags & ASH_FINDING_OPENS) && !(f->flags & ASH_FINDING_STRANGER) && (double)f->folders < p[P_FOLDERS])
        f->severity = ASH_SEVERITY_MEDIUM;
    /* A programme with wrong rights is refused all day long. */
    if (m == REFUSED)
        f->severity = serious ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_LOW;
    /* Backup, indexing: by an account made for it, that may read everything, ... */
    if (s->service && s->denied + s->missing == 0) {
        f->flags |= ASH_FINDING_SERVICE;
        f->severity = f->severity > ASH_SEVERITY_MEDIUM ? ASH_SEVERITY_MEDIUM : f->severity;
    }
    /* ... or by one that has come at this time, here, day by day. */
    if (f->flags & ASH_FINDING_REGULAR)
        f->severity = ASH_SEVERITY_LOW;
}

static void *scan_init(const ash_detect_context *c)
{
    static const ash_burst_plan plan = {N_MEASURES, ASH_DETECT_SUBJECTS, kinds, units, FOREIGN, judge};
    return ash_burst_new(c, &plan);
}

static void scan_access(void *state, const ash_sight *s)
{
    unsigned grew = s->grew;
    ash_burst_subject *running = grew & ASH_GREW_WRITTEN ? ash_burst_running(state, s) : NULL;
    if (running != NULL)
        running->changed++;
    ash_burst_note(state, s);
    if (grew & ASH_GREW_LISTED)
        ash_burst_count(state, s, ASH_GREW_LISTED, LISTED);
    if (grew & ASH_GREW_READ)
        ash_burst_count(state, s, ASH_GREW_READ, READ);
    else if ((grew & ASH_GREW_OPENED) && !s->reads_logged)
        ash_burst_count(state, s, ASH_GREW_OPENED, READ);
    if (grew & (ASH_GREW_DENIED | ASH_GREW_MISSING))
        ash_burst_count(state, s, grew & (ASH_GREW_DENIED | ASH_GREW_MISSING), REFUSED);
}

const ash_detector ash_detector_mass_scan = {
    .name = "mass-scan",
    .version = 3,
    .doc = N_("Listings, reads and refusals in bursts no person makes by hand."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = ASH_DETECT_SUBJECTS * (sizeof(ash_burst_subject) + ASH_SLOT_COST),
    .init = scan_init,
    .on_access = scan_access,
    .on_tick = ash_burst_tick,
    .on_break = ash_burst_break,
    .finish = ash_burst_finish,
    .save = ash_burst_save,
    .load = ash_burst_load,
    .free = ash_burst_free,
};
