/* Slow collection: an account comes from a machine that is not its own, and looks where
 * it has no business, a little at a time. No single visit is unusual enough; the sum is.
 *
 * Evidence of a host: how rare such a one is; once. Of the hour: how unlikely the account
 * works in it; once a day. Of folders: src/detect/habits.h. What a host on probation does
 * teaches the model nothing, so that an intruder's places stay strange. */
#include <math.h>

#include "ashiato/detector.h"
#include "base/i18n.h"
#include "detect/collect.h"

static const ash_param params[] = {
    {"high", 12, 3, 100, N_("score"), N_("evidence, as a logarithm, of a serious alarm")},
    {"medium", 8, 3, 100, N_("score"), N_("evidence of an alarm")},
    {"mix", 0.8, 0.01, 0.99, N_("share"), N_("how much of what an intruder does is collecting")},
    {"day_gain", 5, 0.5, 100, N_("score"), N_("what the folders of one day may add")},
    {"day_loss", 4, 0.5, 100, N_("score"), N_("what familiar folders of one day may take away")},
    {"host_max", 4, 0, 20, N_("score"), N_("what a new host may add")},
    {"hour_max", 3.5, 0, 20, N_("score"), N_("what an unusual hour may add in a day")},
    {"min_days", 2, 1, 60, N_("days"), N_("with evidence before the alarm is serious")},
    {"min_files", 3, 0, 1e6, N_("files"), N_("read in places of others before the alarm is serious")},
};
enum { P_HIGH, P_MEDIUM, P_MIX, P_DAY_GAIN, P_DAY_LOSS, P_HOST_MAX, P_HOUR_MAX, P_MIN_DAYS, P_MIN_FILES };

/* An intruder comes at this hour, and from a new host, as likely as this. */
#define HOUR_OF_INTRUDER 0.35
#define HOST_OF_INTRUDER 0.7

static void *slow_init(const ash_detect_context *c)
{
    const ash_collect_rules rules = {
        .mix = c->params[P_MIX],
        .day_gain = c->params[P_DAY_GAIN],
        .day_loss = c->params[P_DAY_LOSS],
        .medium = c->params[P_MEDIUM],
        .high = c->params[P_HIGH],
        .min_days = c->params[P_MIN_DAYS],
        .min_files = c->params[P_MIN_FILES],
        .kind = ASH_FINDING_SLOW_COLLECTION,
        .work_clears = true,
    };
    return ash_collect_new(c, &rules);
}

static double clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static void slow_access(void *state, const ash_sight *s)
{
    ash_collect *k = state;
    const ash_habit *r = s->habit;
    const double *p = k->ctx.params;
    if (!r->known || r->host == ASH_HOST_USUAL || s->who.service)
        return;
    ash_collect_subject *u = ash_collect_at(k, r);
    if (u == NULL)
        return;
    double extra = 0;
    if (r->host_first)
        extra += clip(log(HOST_OF_INTRUDER / (double)r->host_rarity), 0, p[P_HOST_MAX]);
    double hour = clip(log(HOUR_OF_INTRUDER / (double)r->hour_rarity), -1, p[P_HOUR_MAX]);
    hour *= u->days > 1 ? 0.6 : 1; /* who works at night does so again */
    if (u->hour == 0 || hour > (double)u->hour) {
        extra += hour - (double)u->hour;
        u->hour = (float)hour;
    }
    if (r->changes && u->worked < p[P_DAY_LOSS]) { /* so does the owner */
        extra -= 1;
        u->worked++;
    }
    ash_collect_add(k, s, r, extra);
}

const ash_detector ash_detector_slow_collection = {
    .name = "slow-collection",
    .version = 1,
    .doc = N_("A few files at a time, over days, from a machine and at hours that are not the account's."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = ASH_COLLECT_LIMIT,
    .init = slow_init,
    .on_access = slow_access,
    .finish = ash_collect_finish,
    .save = ash_collect_save,
    .load = ash_collect_load,
    .free = ash_collect_free,
};
