#include "detect/collect.h"

#include <math.h>
#include <stdlib.h>

#include "detect/repeats.h"


/* A score that nothing adds to fades: by half in so many days. */
#define HALF_LIFE 30.0
#define RATIO_MAX 60.0f
#define ROOTED 0.3f
#define YOUNG 5u /* days of an account */

ash_collect *ash_collect_new(const ash_detect_context *c, const ash_collect_rules *rules)
{
    ash_collect *k = calloc(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->ctx = *c;
    k->rules = *rules;
    ash_memo_init(&k->subjects, sizeof(ash_collect_subject), ASH_HABIT_SUBJECTS_MAX);
    return k;
}

void ash_collect_free(void *state)
{
    ash_collect *k = state;
    if (k != NULL)
        ash_memo_free(&k->subjects);
    free(k);
}

static void begin_again(ash_collect_subject *u)
{
    ash_memo_head head = u->head;
    float gained = u->gained, lost = u->lost, hour = u->hour;
    uint8_t worked = u->worked;
    *u = (ash_collect_subject){
        .head = head, .gained = gained, .lost = lost, .hour = hour, .worked = worked};
}

ash_collect_subject *ash_collect_at(ash_collect *k, const ash_habit *r)
{
    ash_collect_subject *u = ash_memo_get(&k->subjects, r->at, r->day);
    if (u == NULL || r->day <= u->head.used)
        return u;
    u->score *= (float)exp2(-(r->day - u->head.used) / HALF_LIFE);
    u->gained = u->lost = u->hour = 0;
    u->worked = 0;
    u->head.used = r->day;
    return u;
}

/* --- the finding ------------------------------------------------------------- */

static void report(const ash_collect *k, const ash_collect_subject *u)
{
    ash_finding f = {
        .actor = u->actor,
        .kind = k->rules.kind,
        .severity = u->severity,
        .measure = ASH_MEASURE_FOLDERS,
        .basis = ASH_BASIS_OWN,
        .share = u->share,
        .first = u->first,
        .at = u->at,
        .last = u->last,
        .listed = u->listed,
        .read = u->read,
        .opened = u->opened,
        .changed = u->changed,
        .folders = u->folders,
        .value = u->folders,
        .key = u->head.key,
        .n_telling = u->n_telling,
    };
    if (k->rules.kind == ASH_FINDING_SLOW_COLLECTION)
        f.flags |= ASH_FINDING_STRANGER;
    if (u->opened > u->read)
        f.flags |= ASH_FINDING_OPENS;
    for (unsigned i = 0; i < u->n_telling; i++)
        f.telling[i] = u->telling[i];
    k->ctx.report(k->ctx.user, &f);
}

/* The most telling ones, in the order of time. */
static void tell(ash_collect_subject *u, const ash_telling *t, float evidence)
{
    unsigned i = u->n_telling;
    if (i == ASH_TELLING_MAX) {
        i = 0;
        for (unsigned j = 1; j < ASH_TELLING_MAX; j++)
            if (u->told[j] < u->told[i])
                i = j;
        if (u->told[i] >= evidence)
            return;
        for (; i + 1 < ASH_TELLING_MAX; i++) {
            u->telling[i] = u->telling[i + 1];
            u->told[i] = u->told[i + 1];
        }
    } else {
        u->n_telling++;
    }
    u->telling[i] = *t;
    u->told[i] = evidence;
}

/* Places of others that gave evidence. */
static unsigned areas_of(const ash_collect_subject *u)
{
    unsigned n = 0;
    for (unsigned i = 0; i < ASH_COLLECT_AREAS; i++)
        n += u->areas[i].folders > 0 && !u->areas[i].works;
    return n;
}

static void alarm(const ash_collect *k, ash_collect_subject *u, int64_t t)
{
    const ash_collect_rules *p = &k->rules;
    uint8_t level = (double)u->score >= p->high && u->days >= p->min_days &&
                            (areas_of(u) >= p->min_areas || u->days >= p->alone_days) &&
                            fmax(u->read, u->opened) >= p->min_files
                        ? ASH_SEVERITY_HIGH
                    : (double)u->score >= p->medium                       ? ASH_SEVERITY_MEDIUM
                                                                          : 0;
    if (level <= u->severity)
        return;
    if (u->severity == 0)
        u->at = t;
    u->severity = level;
    report(k, u);
}

/* --- the score ---------------------------------------------------------------- */

/* Who changes files in a place works there: its evidence was none, and none will come. */
static void clear_area(const ash_collect *k, ash_collect_subject *u, const ash_habit *r)
{
    if (!k->rules.work_clears)
        return;
    for (unsigned i = 0; i < ASH_COLLECT_AREAS; i++) {
        ash_collect_area *a = &u->areas[i];
        for (unsigned d = 0; d < r->depth && a->folders > 0 && !a->works; d++) {
            a->works = a->prefix == r->prefix[d];
            u->score -= a->works ? a->score : 0;
        }
    }
}

/* Books evidence where it is from. False: the account works there. */
static bool book_area(ash_collect_subject *u, const ash_habit *r, float evidence)
{
    ash_collect_area *at = &u->areas[0];
    uint64_t prefix = r->prefix[r->new_from];
    for (unsigned i = 0; i < ASH_COLLECT_AREAS; i++) {
        ash_collect_area *a = &u->areas[i];
        if (a->folders > 0 && a->prefix == prefix) {
            a->folders++;
            a->score += a->works ? 0 : evidence;
            return !a->works;
        }
        if (a->folders < at->folders)
            at = a;
    }
    *at = (ash_collect_area){.prefix = prefix, .score = evidence, .folders = 1};
    return true;
}

static double folder_evidence(const ash_collect *k, ash_collect_subject *u, const ash_habit *r)
{
    const ash_collect_rules *p = &k->rules;
    if (!r->first)
        return 0;
    double e = log(1 - p->mix + p->mix * (double)fminf(r->place, RATIO_MAX));
    if (r->days < YOUNG) /* little is known */
        e *= (r->days + 1.0) / (YOUNG + 1);
    /* Who has no place of work cannot leave it: an auditor, a new account. */
    if (e > 0 && r->rooted < ROOTED)
        e *= (double)(r->rooted / ROOTED);
    if (e > 0) {
        e = fmin(e, p->day_gain - (double)u->gained);
        if (r->place >= ASH_PLACE_ODD && r->new_from < r->depth && !book_area(u, r, (float)e))
            return 0;
        u->gained += (float)e;
    } else {
        e = fmax(e, -(p->day_loss - (double)u->lost));
        u->lost -= (float)e;
    }
    return e;
}

/* Counts what is done in places of others. */
static void count_access(ash_collect_subject *u, const ash_sight *s, const ash_habit *r, bool odd)
{
    if (odd)
        u->odd[u->at_odd++ % ASH_COLLECT_ODD] = s->folder;
    for (unsigned i = 0; i < ASH_COLLECT_ODD && !odd; i++)
        odd = u->odd[i] == s->folder;
    if (!odd)
        return;
    u->last = s->access->last > u->last ? s->access->last : u->last;
    u->listed += (s->grew & ASH_GREW_LISTED) != 0;
    u->read += (s->grew & ASH_GREW_READ) != 0;
    u->opened += (s->grew & ASH_GREW_OPENED) != 0;
    u->changed += r->changes;
    u->folders += r->first;
}

void ash_collect_add(ash_collect *k, const ash_sight *s, const ash_habit *r, double extra)
{
    ash_collect_subject *u = ash_collect_at(k, r);
    if (u == NULL)
        return;
    if (r->changes)
        clear_area(k, u, r);
    bool new_day = (double)u->gained <= k->rules.day_min;
    double e = folder_evidence(k, u, r) + extra;
    u->score += (float)e;
    if (u->score <= 0) {
        if (u->severity != 0)
            report(k, u);
        begin_again(u);
        return;
    }
    if (u->first == 0) {
        u->first = s->access->last;
        u->actor = s->access->actor;
        u->share = s->access->share;
    }
    u->days += new_day && ((double)u->gained > k->rules.day_min || extra > 0);
    count_access(u, s, r, r->first && r->place >= ASH_PLACE_ODD);
    if (e > 0)
        tell(u, &s->told, (float)e);
    alarm(k, u, s->access->last);
}

void ash_collect_finish(const void *state)
{
    const ash_collect *k = state;
    for (uint32_t i = 0; i < k->subjects.buckets * ASH_MEMO_WAYS; i++) {
        const ash_collect_subject *u = ash_memo_at(&k->subjects, i);
        if (u->head.key != 0 && u->severity != 0)
            report(k, u);
    }
}

/* --- state ---------------------------------------------------------------------- */

static void put_subject(const void *entry, ash_buf *out)
{
    const ash_collect_subject *u = entry;
    const float figures[] = {u->score, u->gained, u->lost, u->hour};
    const uint32_t counts[] = {u->actor, u->share,  u->days,    u->listed, u->read,
                               u->opened, u->changed, u->folders, u->at_odd};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        ash_put_f64(out, (double)figures[i]);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        ash_put_u32(out, counts[i]);
    ash_put_i64(out, u->first);
    ash_put_i64(out, u->at);
    ash_put_i64(out, u->last);
    ash_put_u8(out, u->severity);
    ash_put_u8(out, u->n_telling);
    ash_put_u8(out, u->worked);
    for (unsigned i = 0; i < ASH_COLLECT_ODD; i++)
        ash_put_u64(out, u->odd[i]);
    for (unsigned i = 0; i < ASH_COLLECT_AREAS; i++) {
        ash_put_u64(out, u->areas[i].prefix);
        ash_put_f64(out, (double)u->areas[i].score);
        ash_put_u32(out, u->areas[i].folders);
        ash_put_u8(out, u->areas[i].works);
    }
    for (unsigned i = 0; i < u->n_telling; i++) {
        ash_telling_save(&u->telling[i], out);
        ash_put_f64(out, (double)u->told[i]);
    }
}

static void take_subject(void *entry, ash_cursor *in)
{
    ash_collect_subject *u = entry;
    float *const figures[] = {&u->score, &u->gained, &u->lost, &u->hour};
    uint32_t *const counts[] = {&u->actor,  &u->share,   &u->days,    &u->listed, &u->read,
                                &u->opened, &u->changed, &u->folders, &u->at_odd};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = (float)ash_get_f64(in);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        *counts[i] = ash_get_u32(in);
    u->first = ash_get_i64(in);
    u->at = ash_get_i64(in);
    u->last = ash_get_i64(in);
    u->severity = ash_get_u8(in);
    u->n_telling = ash_get_u8(in);
    u->worked = ash_get_u8(in);
    for (unsigned i = 0; i < ASH_COLLECT_ODD; i++)
        u->odd[i] = ash_get_u64(in);
    for (unsigned i = 0; i < ASH_COLLECT_AREAS; i++) {
        u->areas[i].prefix = ash_get_u64(in);
        u->areas[i].score = (float)ash_get_f64(in);
        u->areas[i].folders = ash_get_u32(in);
        u->areas[i].works = ash_get_u8(in) != 0;
    }
    in->failed |= u->n_telling > ASH_TELLING_MAX || u->severity > ASH_SEVERITY_HIGH;
    for (unsigned i = 0; !in->failed && i < u->n_telling; i++) {
        u->telling[i] = ash_telling_load(in);
        u->told[i] = (float)ash_get_f64(in);
    }
}

void ash_collect_save(const void *state, ash_buf *out)
{
    ash_memo_save(&((const ash_collect *)state)->subjects, put_subject, out);
}

bool ash_collect_load(void *state, ash_cursor *in)
{
    return ash_memo_load(&((ash_collect *)state)->subjects, take_subject, in);
}
