/* Insider: somebody reads, from the own PC and at the usual hours, in places of others
 * with which the account never had to do. Who also changes files there has a new task
 * (a move to another department, a joint project), and is not reported. */
#include "ashiato/detector.h"
#include "base/i18n.h"
#include "detect/collect.h"

static const ash_param params[] = {
    {"high", 12, 3, 100, N_("score"), N_("evidence, as a logarithm, of a serious alarm")},
    {"medium", 9, 3, 100, N_("score"), N_("evidence of an alarm")},
    {"mix", 0.15, 0.01, 0.99, N_("share"), N_("how much of what a collector does is collecting")},
    {"day_gain", 12, 0.5, 100, N_("score"), N_("what the folders of one day may add")},
    {"day_loss", 2, 0.5, 100, N_("score"), N_("what familiar folders of one day may take away")},
    {"min_days", 3, 1, 60, N_("days"), N_("with evidence before the alarm is serious")},
    {"min_files", 8, 0, 1e6, N_("files"), N_("read in places of others before the alarm is serious")},
    {"history", 3, 0, 365, N_("days"), N_("an account was active before what it does can be unusual")},
    {"areas", 2, 1, 8, N_("places"), N_("of others, apart from each other, before the alarm is serious")},
    {"alone_days", 5, 1, 365, N_("days"), N_("of evidence from one place alone before the alarm is serious")},
};
enum { P_HIGH, P_MEDIUM, P_MIX, P_DAY_GAIN, P_DAY_LOSS, P_MIN_DAYS, P_MIN_FILES, P_HISTORY, P_MIN_AREAS, P_ALONE_DAYS };

static void *insider_init(const ash_detect_context *c)
{
    const ash_collect_rules rules = {
        .mix = c->params[P_MIX],
        .day_gain = c->params[P_DAY_GAIN],
        .day_loss = c->params[P_DAY_LOSS],
        .medium = c->params[P_MEDIUM],
        .high = c->params[P_HIGH],
        .min_days = c->params[P_MIN_DAYS],
        .min_files = c->params[P_MIN_FILES],
        .day_min = 0.5, /* a folder of others at least */
        .min_areas = c->params[P_MIN_AREAS],
        .alone_days = c->params[P_ALONE_DAYS],
        .kind = ASH_FINDING_INSIDER,
        .work_clears = true,
    };
    return ash_collect_new(c, &rules);
}

static void insider_access(void *state, const ash_sight *s)
{
    ash_collect *k = state;
    const ash_habit *r = s->habit;
    if (!r->known || r->host != ASH_HOST_USUAL || s->who.service ||
        r->days < k->ctx.params[P_HISTORY])
        return;
    ash_collect_add(k, s, r, 0);
}

const ash_detector ash_detector_insider = {
    .name = "insider",
    .version = 2,
    .doc = N_("Reading in places of others, from the own PC and at the usual hours, by who does not work there."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = ASH_COLLECT_LIMIT,
    .init = insider_init,
    .on_access = insider_access,
    .finish = ash_collect_finish,
    .save = ash_collect_save,
    .load = ash_collect_load,
    .free = ash_collect_free,
};
