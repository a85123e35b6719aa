/* Breadth: in one day far more folders that the account was never in before, or more files
 * read in such ones, than it, or others of its age here, met in a day. A program that walks the shares slowly is found
 * by nothing else: no minute of it is unusual. (Search behaviour tells a stranger from a
 * user: Ben Salem and Stolfo, "Modeling user search behavior for masquerade detection",
 * RAID 2011.) */
#include <stdlib.h>
#include <string.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "detect/habits.h"
#include "detect/memo.h"
#include "detect/rates.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"folders", 20, 3, 1e6, N_("folders"), N_("never visited before, in a day, at least")},
    {"files", 60, 3, 1e6, N_("files"), N_("read in folders never visited before, in a day, at least")},
    {"own", 2, 1, 100, N_("times"), N_("how far above the account's own busiest day")},
    {"population", 2, 1, 100, N_("times"), N_("how far above the 99th percentile of days of accounts as old")},
    {"history", 3, 0, 365, N_("days"), N_("an account was active before an alarm is serious")},
    {"rooted", 0.3, 0, 1, N_("share"), N_("of its work on familiar ground before an alarm is serious")},
    {"changes", 0.2, 0, 10, N_("share"), N_("changed files to new folders from which on it is work")},
    {"high", 3, 1, 100, N_("times"), N_("how far above the threshold is a sign of its own")},
    {"foreign", 3, 1, 1e6, N_("folders"), N_("of others from which on it is not the account's work")},
    {"hours", 4, 1, 24, N_("h"), N_("of a day in which it went on: no errand lasts so long")},
};
enum { P_FOLDERS, P_FILES, P_OWN, P_POPULATION, P_HISTORY, P_ROOTED, P_CHANGES, P_HIGH, P_FOREIGN, P_HOURS };

enum { FOLDERS, FILES, N_MEASURES };

#define AGES 4u
#define FRESH 8u
/* Days seen before the population counts. */
#define POPULATION_MIN 30u
#define HABIT_FADE 0.95f

typedef struct walker {
    ash_memo_head head; /* used: day; more: account's age then */
    uint32_t today[N_MEASURES]; /* folders it was never in before, and files read there */
    uint32_t changed;           /* files of such folders changed today */
    float habit[N_MEASURES];    /* faded highest of past days */
    uint32_t at;
    uint64_t fresh[FRESH]; /* the last ones of those folders */
    uint32_t odd;   /* of today's folders, those of others */
    uint32_t aside; /* accesses there from a host nobody knows, or at an hour that is not the account's */
    uint32_t hours; /* of today, in which it was in such folders: bits */
    ash_finding open;   /* of today; kind 0: no alarm; counts from the day's first access */
} walker;

typedef struct breadth {
    ash_detect_context ctx;
    ash_memo walkers;
    ash_peaks days[N_MEASURES][AGES];
} breadth;

static void *breadth_init(const ash_detect_context *c)
{
    breadth *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->ctx = *c;
    ash_memo_init(&b->walkers, sizeof(walker), ASH_HABIT_SUBJECTS_MAX);
    return b;
}

static void breadth_free(void *state)
{
    breadth *b = state;
    if (b != NULL)
        ash_memo_free(&b->walkers);
    free(b);
}

static unsigned age_of(uint32_t days)
{
    return days == 0 ? 0 : days < 3 ? 1 : days < 10 ? 2 : 3;
}

static void report(const breadth *b, const walker *w)
{
    if (w->open.kind == 0)
        return;
    ash_finding f = w->open;
    f.value = w->today[f.measure == ASH_MEASURE_FILES];
    f.folders = w->today[FOLDERS];
    b->ctx.report(b->ctx.user, &f);
}

static void end_day(breadth *b, walker *w)
{
    report(b, w);
    for (unsigned m = 0; m < N_MEASURES; m++) {
        ash_peaks_add(&b->days[m][age_of(w->head.more)], w->today[m]);
        float faded = w->habit[m] * HABIT_FADE;
        w->habit[m] = (float)w->today[m] > faded ? (float)w->today[m] : faded;
        w->today[m] = 0;
    }
    w->changed = w->odd = w->aside = w->hours = 0;
    memset(w->fresh, 0, sizeof w->fresh);
    w->open = (ash_finding){0};
}

static walker *walker_at(breadth *b, const ash_habit *r)
{
    walker *w = ash_memo_get(&b->walkers, r->at, r->day);
    if (w == NULL)
        return NULL;
    if (r->day > w->head.used) {
        end_day(b, w);
        w->head.used = r->day;
    }
    w->head.more = r->days;
    return w;
}

static void count_access(walker *w, const ash_sight *s, const ash_habit *r)
{
    ash_finding *f = &w->open;
    if (f->first == 0) {
        f->first = s->access->last;
        f->actor = s->access->actor;
        f->share = s->access->share;
    }
    f->last = s->access->last > f->last ? s->access->last : f->last;
    f->listed += (s->grew & ASH_GREW_LISTED) != 0;
    f->read += (s->grew & ASH_GREW_READ) != 0;
    f->opened += (s->grew & ASH_GREW_OPENED) != 0;
    f->changed += r->changes;
    w->hours |= UINT32_C(1) << r->hour;
    w->odd += r->first && r->place >= ASH_PLACE_ODD;
    w->aside += r->host == ASH_HOST_STRANGE || r->hour_rarity < ASH_HOUR_RARE;
    if (r->first)
        ash_finding_tell(f, &s->told);
}

/* What the day has to reach, and what that rests on. */
static double threshold(const breadth *b, const walker *w, unsigned m, const ash_habit *r,
                        ash_finding *f)
{
    const double *p = b->ctx.params;
    const ash_peaks *days = &b->days[m][age_of(r->days)];
    double own = (double)w->habit[m];
    double others = days->total >= POPULATION_MIN ? ash_peaks_quantile(days, 0.99) : 0;
    double t = p[P_FOLDERS + m] * (r->days < p[P_HISTORY] ? 3 : 1);
    f->basis = ASH_BASIS_FLOOR;
    f->usual = own;
    if (p[P_POPULATION] * others > t) {
        t = p[P_POPULATION] * others;
        f->basis = ASH_BASIS_POPULATION;
        f->usual = others;
    }
    if (p[P_OWN] * own > t) {
        t = p[P_OWN] * own;
        f->basis = ASH_BASIS_OWN;
        f->usual = own;
    }
    return t;
}

/* Who takes over a task, or collects figures of all once a month, meets many new folders as well. Two of
 * these tell: they are of others; the host or the hour is not the account's; they are far too many; and, if so, that
 * it goes on for hours. */
static void judge(const breadth *b, const walker *w, const ash_sight *s, const ash_habit *r, ash_finding *f)
{
    const double *p = b->ctx.params;
    bool far = w->today[f->measure == ASH_MEASURE_FILES] >= p[P_HIGH] * f->threshold;
    uint64_t all = f->listed + (f->read > f->opened ? f->read : f->opened);
    unsigned signs = far + ((double)w->odd >= p[P_FOREIGN]) + (w->aside * 2u >= all);
    signs += far && __builtin_popcount(w->hours) >= p[P_HOURS];
    bool established = r->days >= p[P_HISTORY] && (double)r->rooted >= p[P_ROOTED];
    f->severity = ASH_SEVERITY_MEDIUM;
    if (established && signs >= 2)
        f->severity = ASH_SEVERITY_HIGH;
    else if (established && w->aside == 0)
        f->flags |= ASH_FINDING_OWN_WORK;
    if (s->who.service) {
        f->severity = ASH_SEVERITY_LOW;
        f->flags |= ASH_FINDING_SERVICE;
    }
    if (r->host == ASH_HOST_STRANGE)
        f->flags |= ASH_FINDING_STRANGER;
}

/* A day that has become more serious is news at once. */
static void check_again(const breadth *b, walker *w, const ash_sight *s, const ash_habit *r)
{
    uint8_t before = w->open.severity;
    if (before >= ASH_SEVERITY_HIGH || s->who.service)
        return;
    judge(b, w, s, r, &w->open);
    if (w->open.severity > before)
        report(b, w);
}

static void check(breadth *b, walker *w, unsigned m, const ash_sight *s, const ash_habit *r)
{
    if (w->open.kind != 0) {
        check_again(b, w, s, r);
        return;
    }
    ash_finding f = w->open;
    double t = threshold(b, w, m, r, &f);
    /* On its first days everything is new to an account; others have to tell how much. */
    if (r->days < b->ctx.params[P_HISTORY] && b->days[m][age_of(r->days)].total < POPULATION_MIN)
        return;
    if (w->today[m] < t || w->changed > b->ctx.params[P_CHANGES] * w->today[m])
        return;
    f.kind = ASH_FINDING_BREADTH;
    f.measure = m == FILES ? ASH_MEASURE_FILES : ASH_MEASURE_FOLDERS;
    f.window_s = 86400;
    f.threshold = t;
    f.at = s->access->last;
    f.key = w->head.key;
    judge(b, w, s, r, &f);
    w->open = f;
    report(b, w);
}

static bool is_fresh(const walker *w, uint64_t folder)
{
    for (unsigned i = 0; i < FRESH; i++)
        if (w->fresh[i] == folder)
            return true;
    return false;
}

static void breadth_access(void *state, const ash_sight *s)
{
    breadth *b = state;
    const ash_habit *r = s->habit;
    walker *w = r->known ? walker_at(b, r) : NULL;
    if (w == NULL)
        return;
    if (r->first && r->never) {
        w->today[FOLDERS]++;
        w->fresh[w->at++ % FRESH] = s->folder;
    }
    if (!is_fresh(w, s->folder))
        return;
    bool read = (s->grew & (s->reads_logged ? ASH_GREW_READ : ASH_GREW_OPENED)) != 0;
    w->today[FILES] += read;
    w->changed += r->changes;
    count_access(w, s, r);
    if (r->first)
        check(b, w, FOLDERS, s, r);
    if (read)
        check(b, w, FILES, s, r);
}

static void breadth_finish(const void *state)
{
    const breadth *b = state;
    for (uint32_t i = 0; i < b->walkers.buckets * ASH_MEMO_WAYS; i++) {
        const walker *w = ash_memo_at(&b->walkers, i);
        if (w->head.key != 0)
            report(b, w);
    }
}

/* --- state ------------------------------------------------------------------- */

static void put_walker(const void *entry, ash_buf *out)
{
    const walker *w = entry;
    for (unsigned m = 0; m < N_MEASURES; m++) {
        ash_put_u32(out, w->today[m]);
        ash_put_f64(out, (double)w->habit[m]);
    }
    ash_put_u32(out, w->changed);
    ash_put_u32(out, w->odd);
    ash_put_u32(out, w->aside);
    ash_put_u32(out, w->hours);
    ash_put_u32(out, w->at);
    for (unsigned i = 0; i < FRESH; i++)
        ash_put_u64(out, w->fresh[i]);
    ash_finding_save(&w->open, out);
}

static void take_walker(void *entry, ash_cursor *in)
{
    walker *w = entry;
    for (unsigned m = 0; m < N_MEASURES; m++) {
        w->today[m] = ash_get_u32(in);
        w->habit[m] = (float)ash_get_f64(in);
    }
    w->changed = ash_get_u32(in);
    w->odd = ash_get_u32(in);
    w->aside = ash_get_u32(in);
    w->hours = ash_get_u32(in);
    w->at = ash_get_u32(in);
    for (unsigned i = 0; i < FRESH; i++)
        w->fresh[i] = ash_get_u64(in);
    in->failed |= !ash_finding_load(&w->open, in);
}

static void breadth_save(const void *state, ash_buf *out)
{
    const breadth *b = state;
    for (unsigned i = 0; i < N_MEASURES * AGES; i++)
        ash_peaks_save(&b->days[i / AGES][i % AGES], out);
    ash_memo_save(&b->walkers, put_walker, out);
}

static bool breadth_load(void *state, ash_cursor *in)
{
    breadth *b = state;
    for (unsigned i = 0; i < N_MEASURES * AGES; i++)
        ash_peaks_load(&b->days[i / AGES][i % AGES], in);
    return ash_memo_load(&b->walkers, take_walker, in);
}

const ash_detector ash_detector_breadth = {
    .name = "breadth",
    .version = 2,
    .doc = N_("In a day many more folders, or files in them, never visited before than the account, or others, meet in one."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = sizeof(breadth) + (size_t)ASH_HABIT_SUBJECTS_MAX * (sizeof(walker) + 8),
    .init = breadth_init,
    .on_access = breadth_access,
    .finish = breadth_finish,
    .save = breadth_save,
    .load = breadth_load,
    .free = breadth_free,
};
