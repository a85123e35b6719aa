#include "detect/repeats.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"

typedef struct repeat {
    uint32_t group;
    ash_finding before; /* what it had grown to before the present one; times 0: nothing */
    ash_finding now;
} repeat;

void ash_repeats_init(ash_repeats *r)
{
    ash_slots_init(&r->known, sizeof(repeat), ASH_DETECT_REPEATS);
    r->given = 0;
}

void ash_repeats_free(ash_repeats *r)
{
    ash_slots_free(&r->known);
}

static uint32_t key_of(uint32_t group, const ash_finding *f)
{
    const uint64_t parts[] = {group, f->kind, f->key};
    return (uint32_t)ash_hash64(parts, sizeof parts, 0);
}

static bool is_same(const repeat *p, uint32_t group, const ash_finding *f)
{
    return p->now.number != 0 && p->group == group && p->now.kind == f->kind && p->now.key == f->key;
}

/* Which of two tells more: the more serious one, then the one further above. */
static bool is_worse(const ash_finding *a, const ash_finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity;
    return a->value * b->threshold > b->value * a->threshold;
}

static ash_finding sum_of(const ash_finding *before, const ash_finding *now)
{
    const ash_finding *worse = is_worse(now, before) ? now : before;
    ash_finding f = *worse;
    f.actor = before->actor;
    f.number = before->number;
    f.first = now->first < before->first ? now->first : before->first;
    f.at = now->at < before->at ? now->at : before->at;
    f.raised = now->severity > before->severity ? now->raised : before->raised;
    f.last = now->last > before->last ? now->last : before->last;
    f.flags = before->flags | now->flags;
    f.listed = before->listed + now->listed;
    f.read = before->read + now->read;
    f.opened = before->opened + now->opened;
    f.denied = before->denied + now->denied;
    f.missing = before->missing + now->missing;
    f.changed = before->changed + now->changed;
    /* They may be the same ones: the larger is a lower bound. */
    f.folders = now->folders > before->folders ? now->folders : before->folders;
    f.accounts = now->accounts > before->accounts ? now->accounts : before->accounts;
    f.times = before->times + 1;
    const ash_finding *other = worse == now ? before : now;
    for (uint32_t i = 0; i < other->n_telling; i++)
        ash_finding_tell(&f, &other->telling[i]);
    return f;
}

/* Jobs come once a day, or once a week. */
#define JOB_GAP (8 * 86400 * ASH_NS_PER_S)

static int64_t gap_of(const ash_finding *f)
{
    return f->flags & (ASH_FINDING_SERVICE | ASH_FINDING_REGULAR)
               ? JOB_GAP
               : ash_finding_gap((ash_finding_kind)f->kind);
}

/* The logs of several servers come one after the other: a repeat may lie before. */
static bool is_repeat(const repeat *p, const ash_finding *f)
{
    int64_t first = p->now.first, last = p->now.last;
    if (p->before.times > 0) {
        first = p->before.first < first ? p->before.first : first;
        last = p->before.last > last ? p->before.last : last;
    }
    return f->first - last <= gap_of(f) && first - f->last <= gap_of(f);
}

static void nothing_to_do(void *user, void *state)
{
    (void)user;
    (void)state;
}

void ash_repeats_take(ash_repeats *r, uint32_t group, int64_t now, ash_finding *f)
{
    f->times = 1;
    f->raised = f->at;
    repeat *p = ash_slots_get(&r->known, key_of(group, f), nothing_to_do, NULL);
    if (p == NULL) {
        f->number = ++r->given;
        return;
    }
    if (is_same(p, group, f) && f->first == p->now.first) {
        f->number = p->now.number;
        f->raised = f->severity > p->now.severity ? now : p->now.raised;
    } else if (is_same(p, group, f) && gap_of(f) > 0 && is_repeat(p, f)) {
        f->number = p->now.number;
        p->before = p->before.times > 0 ? sum_of(&p->before, &p->now) : p->now;
    } else {
        f->number = ++r->given;
        p->group = group;
        p->before = (ash_finding){0};
    }
    p->now = *f;
    if (p->before.times > 0)
        *f = sum_of(&p->before, &p->now);
}

/* --- saving ------------------------------------------------------------ */

void ash_finding_save(const ash_finding *f, ash_buf *out)
{
    const uint32_t small[] = {f->actor, f->kind,  f->severity, f->measure,  f->basis,
                              f->flags, f->share, f->window_s, f->times,    f->number, f->n_telling};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        ash_put_u32(out, small[i]);
    const uint64_t large[] = {(uint64_t)f->first, (uint64_t)f->at, (uint64_t)f->raised, (uint64_t)f->last, f->listed, f->read, f->opened,
                              f->denied, f->missing, f->changed, f->folders, f->accounts, f->key};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        ash_put_u64(out, large[i]);
    ash_put_f64(out, f->value);
    ash_put_f64(out, f->threshold);
    ash_put_f64(out, f->usual);
    for (uint32_t i = 0; i < f->n_telling; i++)
        ash_telling_save(&f->telling[i], out);
}

bool ash_finding_load(ash_finding *f, ash_cursor *in)
{
    *f = (ash_finding){.actor = ash_get_u32(in)};
    f->kind = (uint8_t)ash_get_u32(in);
    f->severity = (uint8_t)ash_get_u32(in);
    f->measure = (uint8_t)ash_get_u32(in);
    f->basis = (uint8_t)ash_get_u32(in);
    uint32_t *small[] = {&f->flags, &f->share, &f->window_s, &f->times, &f->number, &f->n_telling};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        *small[i] = ash_get_u32(in);
    f->first = ash_get_i64(in);
    f->at = ash_get_i64(in);
    f->raised = ash_get_i64(in);
    f->last = ash_get_i64(in);
    uint64_t *large[] = {&f->listed,  &f->read,    &f->opened,   &f->denied, &f->missing,
                         &f->changed, &f->folders, &f->accounts, &f->key};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
        *large[i] = ash_get_u64(in);
    f->value = ash_get_f64(in);
    f->threshold = ash_get_f64(in);
    f->usual = ash_get_f64(in);
    if (f->n_telling > ASH_TELLING_MAX)
        in->failed = true;
    for (uint32_t i = 0; i < f->n_telling && !in->failed; i++)
        f->telling[i] = ash_telling_load(in);
    return !in->failed;
}

void ash_telling_save(const ash_telling *t, ash_buf *out)
{
    ash_put_u32(out, t->input);
    ash_put_u32(out, t->grew);
    ash_put_u64(out, t->offset);
    ash_put_i64(out, t->time);
}

ash_telling ash_telling_load(ash_cursor *in)
{
    ash_telling t = {.input = ash_get_u32(in)};
    t.grew = ash_get_u32(in);
    t.offset = ash_get_u64(in);
    t.time = ash_get_i64(in);
    return t;
}

void ash_repeats_save(const ash_repeats *r, ash_buf *out)
{
    ash_put_u32(out, r->given);
    ash_slots_save_begin(&r->known, out);
    for (const repeat *p = ash_slots_oldest(&r->known); p != NULL; p = ash_slots_next(&r->known, p)) {
        ash_slots_save_key(&r->known, p, out);
        ash_put_u32(out, p->group);
        ash_finding_save(&p->before, out);
        ash_finding_save(&p->now, out);
    }
}

bool ash_repeats_load(ash_repeats *r, ash_cursor *in)
{
    r->given = ash_get_u32(in);
    uint32_t n = ash_slots_load_begin(&r->known, in);
    for (uint32_t i = 0; i < n && !in->failed; i++) {
        repeat *p = ash_slots_load_key(&r->known, in);
        if (p == NULL)
            return false;
        p->group = ash_get_u32(in);
        if (!ash_finding_load(&p->before, in) || !ash_finding_load(&p->now, in))
            return false;
    }
    return !in->failed;
}
