/* Staging: many files are read, then an archive is written where this account never
 * wrote one: collected to be taken away (T1074.002). Sizes are in no log, so that the
 * number of files read before is the measure. */
#include <math.h>
#include <stdlib.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "base/time.h"
#include "detect/filename.h"
#include "detect/repeats.h"

static const ash_param params[] = {
    {"files", 40, 5, 1e6, N_("files"), N_("files read before the archive was written")},
    {"many", 400, 5, 1e6, N_("files"), N_("so many are serious")},
    {"window", 14400, 60, 604800, N_("s"), N_("what was read fades within this time")},
    {"usual", 3, 1, 100, N_("days"), N_("who has written archives on so many days does it as a habit")},
};
enum { P_FILES, P_MANY, P_WINDOW, P_USUAL };

#define SUBJECTS 65536u
#define DISORDER_NS (120 * ASH_NS_PER_S)
#define REMEMBERED_DAYS 32

typedef struct stager {
    float read;
    int64_t last;
    int64_t first;      /* since when files were read without a pause */
    uint32_t folders;   /* that got an archive, a set by hash */
    int32_t day;        /* of the last archive, and a bit for each day before it */
    uint32_t days;
    ash_telling told[2]; /* first read and one on the way */
    uint32_t n_told;
} stager;

typedef struct staging {
    ash_detect_context ctx;
    ash_slots stagers;
} staging;

static void *staging_init(const ash_detect_context *c)
{
    staging *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->ctx = *c;
    ash_slots_init(&s->stagers, sizeof(stager), SUBJECTS);
    return s;
}

static void evict(void *user, void *state)
{
    (void)user;
    (void)state; /* what it had to say was said */
}

static void fade(const staging *s, stager *g, int64_t t)
{
    double dt = (double)(t - g->last) / 1e9;
    if (g->last != 0 && t < g->last - DISORDER_NS)
        g->read = 0; /* another log of the same time, or a clock set back */
    else if (dt > 0)
        g->read *= (float)exp(-dt / s->ctx.params[P_WINDOW]);
    if (g->read < 1)
        g->first = t;
    if (g->read < 1)
        g->n_told = 0;
    if (t > g->last || t < g->last - DISORDER_NS)
        g->last = t;
}

static void add_day(stager *g, int32_t day)
{
    int64_t past = (int64_t)day - g->day;
    if (g->days == 0 || past >= REMEMBERED_DAYS || past < 0)
        g->days = 0;
    else
        g->days <<= past;
    g->days |= 1;
    g->day = day;
}

static void judge(const staging *s, const stager *g, const ash_sight *x, bool new_place)
{
    const double *p = s->ctx.params;
    bool usual = __builtin_popcount(g->days) > p[P_USUAL];
    if ((double)g->read < p[P_FILES])
        return;
    ash_finding f = {
        .actor = x->access->actor,
        .kind = ASH_FINDING_STAGING,
        .severity = usual                                          ? ASH_SEVERITY_LOW
                  : new_place && (double)g->read >= p[P_MANY]      ? ASH_SEVERITY_HIGH
                                                                   : ASH_SEVERITY_MEDIUM,
        .measure = ASH_MEASURE_FILES,
        .basis = ASH_BASIS_FLOOR,
        .flags = usual ? ASH_FINDING_HABIT : 0,
        .window_s = (uint32_t)p[P_WINDOW],
        .share = x->access->share,
        .first = g->first,
        .at = x->access->last,
        .last = x->access->last,
        .read = (uint64_t)g->read,
        .changed = 1,
        .value = (double)g->read,
        .threshold = p[P_FILES],
    };
    if (x->who.service) {
        f.flags |= ASH_FINDING_SERVICE;
        f.severity = ASH_SEVERITY_LOW;
    }
    ash_finding_tell(&f, &x->told);
    for (uint32_t i = 0; i < g->n_told; i++)
        ash_finding_tell(&f, &g->told[i]);
    s->ctx.report(s->ctx.user, &f);
}

static void staging_access(void *state, const ash_sight *x)
{
    staging *s = state;
    bool read = (x->grew & ASH_GREW_READ) || ((x->grew & ASH_GREW_OPENED) && !x->reads_logged);
    bool made = x->fresh && x->access->grade != ASH_GRADE_READ;
    bool wrote = made || ((x->grew & ASH_GREW_RENAMED) && x->access->new_path.n > 0);
    ash_view written = x->grew & ASH_GREW_RENAMED ? x->access->new_path : x->access->path;
    bool archive = wrote && ash_name_is_archive(ash_name_of(written)) &&
                   (made || !ash_name_is_archive(ash_name_of(x->access->path)));
    if (!read && !archive)
        return;
    stager *g = ash_slots_get(&s->stagers, x->who.group, evict, s);
    if (g == NULL)
        return;
    fade(s, g, x->access->last);
    if (read) {
        g->read += 1;
        if (g->n_told < 2 && g->read >= (float)(g->n_told * 20))
            g->told[g->n_told++] = x->told;
        return;
    }
    uint32_t place = UINT32_C(1) << (x->folder >> 59);
    add_day(g, s->ctx.local(s->ctx.user, x->access->last).day);
    judge(s, g, x, (g->folders & place) == 0);
    g->folders |= place;
}

static void staging_save(const void *state, ash_buf *out)
{
    const staging *s = state;
    ash_slots_save_begin(&s->stagers, out);
    for (const stager *g = ash_slots_oldest(&s->stagers); g != NULL; g = ash_slots_next(&s->stagers, g)) {
        ash_slots_save_key(&s->stagers, g, out);
        ash_put_f64(out, (double)g->read);
        ash_put_i64(out, g->last);
        ash_put_i64(out, g->first);
        ash_put_u32(out, g->folders);
        ash_put_u32(out, (uint32_t)g->day);
        ash_put_u32(out, g->days);
        ash_put_u32(out, g->n_told);
        for (uint32_t i = 0; i < g->n_told; i++)
            ash_telling_save(&g->told[i], out);
    }
}

static bool staging_load(void *state, ash_cursor *in)
{
    staging *s = state;
    uint32_t n = ash_slots_load_begin(&s->stagers, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        stager *g = ash_slots_load_key(&s->stagers, in);
        if (g == NULL)
            return false;
        g->read = (float)ash_get_f64(in);
        g->last = ash_get_i64(in);
        g->first = ash_get_i64(in);
        g->folders = ash_get_u32(in);
        g->day = (int32_t)ash_get_u32(in);
        g->days = ash_get_u32(in);
        g->n_told = ash_get_u32(in);
        in->failed = in->failed || g->n_told > 2;
        for (uint32_t k = 0; k < g->n_told && !in->failed; k++)
            g->told[k] = ash_telling_load(in);
    }
    return !in->failed;
}

static void staging_free(void *state)
{
    staging *s = state;
    if (s != NULL)
        ash_slots_free(&s->stagers);
    free(s);
}

const ash_detector ash_detector_staging = {
    .name = "staging",
    .version = 1,
    .doc = N_("An archive written after many files were read."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = SUBJECTS * (sizeof(stager) + ASH_SLOT_COST),
    .init = staging_init,
    .on_access = staging_access,
    .save = staging_save,
    .load = staging_load,
    .free = staging_free,
};
