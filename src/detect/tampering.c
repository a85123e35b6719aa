/* Changes to the log, the audit policy and shares: each is a finding at once.
 * Whoever empties a log or stops auditing (T1070.001, T1562.002) takes away what
 * this program rests on; changes to shares within a while are one finding. */
#include <stdlib.h>

#include "ashiato/detector.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/i18n.h"
#include "base/time.h"

static const ash_param params[] = {
    {"together", 3600, 0, 86400, N_("s"), N_("changes to shares by one actor this close together are one")},
};
enum { P_TOGETHER };

typedef struct tampering {
    ash_detect_context ctx;
    ash_finding open; /* changes to shares; kind 0: none */
} tampering;

static void *tampering_init(const ash_detect_context *c)
{
    tampering *t = calloc(1, sizeof *t);
    if (t != NULL)
        t->ctx = *c;
    return t;
}

static void finish(const void *state)
{
    const tampering *t = state;
    if (t->open.kind != 0)
        t->ctx.report(t->ctx.user, &t->open);
}

static void close_open(void *state)
{
    tampering *t = state;
    finish(t);
    t->open.kind = 0;
}

static bool goes_on(const tampering *t, int64_t now)
{
    int64_t gap = (int64_t)(t->ctx.params[P_TOGETHER] * 1e9);
    return now - t->open.last <= gap && t->open.first - now <= gap;
}

static void on_admin(void *state, const ash_admin_fact *a)
{
    tampering *t = state;
    ash_finding f = {.actor = a->actor, .share = UINT32_MAX, .first = a->time, .at = a->time, .last = a->time};
    if (a->event == 1102 || a->event == 4719) {
        f.kind = a->event == 1102 ? ASH_FINDING_LOG_CLEARED : ASH_FINDING_AUDIT_OFF;
        f.severity = a->event == 1102 ? ASH_SEVERITY_HIGH : ASH_SEVERITY_MEDIUM;
        t->ctx.report(t->ctx.user, &f);
        return;
    }
    if (t->open.kind != 0 && (t->open.actor != a->actor || !goes_on(t, a->time)))
        close_open(t);
    if (t->open.kind == 0) {
        f.kind = ASH_FINDING_SHARE_CHANGE;
        f.severity = ASH_SEVERITY_LOW;
        f.share = a->share;
        t->open = f;
    }
    bool first = t->open.changed == 0;
    t->open.changed++;
    t->open.last = a->time > t->open.last ? a->time : t->open.last;
    if (first)
        finish(t);
}

static void on_tick(void *state, int64_t now)
{
    tampering *t = state;
    if (t->open.kind != 0 && !goes_on(t, now))
        close_open(t);
}

static void save(const void *state, ash_buf *out)
{
    const ash_finding *f = &((const tampering *)state)->open;
    ash_put_u8(out, f->kind);
    ash_put_u32(out, f->actor);
    ash_put_u32(out, f->share);
    ash_put_i64(out, f->first);
    ash_put_i64(out, f->at);
    ash_put_i64(out, f->last);
    ash_put_u64(out, f->changed);
}

static bool load(void *state, ash_cursor *in)
{
    tampering *t = state;
    ash_finding f = {.kind = ash_get_u8(in), .severity = ASH_SEVERITY_LOW};
    f.actor = ash_get_u32(in);
    f.share = ash_get_u32(in);
    f.first = ash_get_i64(in);
    f.at = ash_get_i64(in);
    f.last = ash_get_i64(in);
    f.changed = ash_get_u64(in);
    t->open = f;
    return !in->failed && (f.kind == 0 || f.kind == ASH_FINDING_SHARE_CHANGE);
}

const ash_detector ash_detector_tampering = {
    .name = "tampering",
    .version = 1,
    .doc = N_("The log was cleared, auditing was switched off, or a share was changed."),
    .params = params,
    .n_params = sizeof params / sizeof params[0],
    .state_limit = sizeof(tampering),
    .init = tampering_init,
    .on_admin = on_admin,
    .on_tick = on_tick,
    .on_break = close_open,
    .finish = finish,
    .save = save,
    .load = load,
    .free = free,
};
