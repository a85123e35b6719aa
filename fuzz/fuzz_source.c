/* A source end to end: probe, infer, decode, fold. Built once for each row of
 * sources.def, whose name is ASH_FUZZ_SOURCE. */
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "fold/fold.h"
#include "fuzz.h"
#include "source/windows_event.h"

typedef struct decoder {
    const ash_source *source;
    void *state;
    ash_batch batch;
    ash_arena arena;
} decoder;

static void decoder_open(decoder *d, const ash_profile *p)
{
    ash_error err;
    *d = (decoder){.source = p->source, .state = calloc(1, p->source->state_size)};
    MUST(d->state != NULL);
    ash_arena_init(&d->arena, 0);
    d->batch.arena = &d->arena;
    MUST(d->source->open(d->state, p, &err) == 0);
}

static void decoder_close(decoder *d)
{
    d->source->close(d->state);
    free(d->state);
    ash_batch_free(&d->batch);
    ash_arena_free(&d->arena);
}

static void decoder_feed(decoder *d, ash_view bytes, uint64_t offset)
{
    ash_error err;
    size_t used = SIZE_MAX;
    ash_batch_reset(&d->batch);
    MUST(d->source->feed(d->state, bytes, offset, true, &d->batch, &used, &err) == 0);
    /* Whole records were given, so nothing may be left. */
    MUST(used == bytes.n);
}

/* --- what a run makes of the input ------------------------------------- */

typedef struct outcome {
    uint64_t events, records, hash;
    uint64_t counts[ASH_REASON_COUNT];
} outcome;

static uint64_t mix(uint64_t h, ash_view v)
{
    return ash_hash64(v.p, v.n, h ^ v.n);
}

static void add_event(outcome *o, const ash_batch *b, const ash_event *e)
{
    const ash_origin *who = ash_origins_at(b->origins, e->origin);
    const int64_t numbers[] = {e->time,    (int64_t)e->offset, e->length, e->access_mask,
                               e->op,      e->outcome,         e->object, e->flags,
                               e->native};
    o->hash = ash_hash64(numbers, sizeof numbers, o->hash);
    o->hash = mix(mix(o->hash, e->path), e->new_path);
    o->hash = mix(mix(mix(o->hash, who->account), who->client), who->workstation);
    o->hash = mix(mix(o->hash, who->share), who->server);
    if (e->logon != NULL)
        o->hash = mix(mix(mix(o->hash, e->logon->domain), e->logon->service), e->logon->status);
}

static void check_batch(outcome *o, const ash_batch *b, uint64_t begin, uint64_t end)
{
    for (size_t i = 0; i < b->n; i++) {
        const ash_event *e = &b->events[i];
        MUST(e->offset >= begin && e->offset + e->length <= end && e->length > 0);
        MUST(e->op < ASH_OP_COUNT && (e->op == ASH_OP_LOGON) == (e->logon != NULL));
        MUST(e->path.n <= ASH_PATH_MAX && e->new_path.n <= ASH_PATH_MAX);
        MUST(i == 0 || e->offset >= b->events[i - 1].offset);
        add_event(o, b, e);
    }
    for (size_t i = 0; i < b->n_notes; i++)
        MUST(b->notes[i].offset >= begin && b->notes[i].offset < end);
    o->events += b->n;
    o->records += b->records;
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        o->counts[r] += b->counts[r];
    /* Of two records of one block: where blocks end decides what is seen. */
    o->counts[ASH_REASON_CLOCK_BACK] = 0;
}

/* Each record is an event, or there is a reason why not. Of Windows, a cleared
 * log is both, and parts of a file that hold no record have reasons, too. */
static void check_sums(const ash_source *source, const outcome *o)
{
    MUST(o->events <= o->records);
    if (source->native_name == ash_win_native_name)
        return;
    uint64_t accounted = o->events;
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        if (ash_reason_kind_of((ash_reason)r) != ASH_KIND_DOUBTFUL)
            accounted += o->counts[r];
    accounted -= o->counts[ASH_REASON_NO_PATH];   /* an event that says nothing */
    accounted -= o->counts[ASH_REASON_ONLY_NULS]; /* no record */
    MUST(accounted == o->records);
}

/* --- folding ----------------------------------------------------------- */

typedef struct folded {
    uint64_t records, sessions, logons, admin;
} folded;

static void on_grew(void *user, const ash_access *a, unsigned what)
{
    (void)user;
    MUST(a->path.n > 0 && what != 0);
}

static int on_closed(void *user, const ash_access *a, ash_error *err)
{
    folded *f = user;
    (void)err;
    MUST(a->path.n > 0 && a->first <= a->last && a->offset < a->end && a->records > 0);
    MUST(a->grade != ASH_GRADE_NONE || a->changes != 0);
    f->records += a->records;
    return 0;
}

static int on_session(void *user, const ash_session *s, ash_error *err)
{
    folded *f = user;
    (void)err;
    MUST(s->first <= s->last && s->records > 0);
    f->sessions += s->records;
    return 0;
}

static int on_logon(void *user, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                    ash_error *err)
{
    folded *f = user;
    (void)e, (void)time, (void)actor, (void)input, (void)err;
    f->logons++;
    return 0;
}

static void on_admin(void *user, const ash_event *e, int64_t time, ash_ids ids)
{
    folded *f = user;
    (void)time, (void)ids;
    MUST(e->windows != NULL);
    f->admin++;
}

/* Every event ends in one access, or is counted as one that makes none. */
static void fold(const ash_batch *b)
{
    ash_error err;
    folded got = {0};
    const ash_fold_sink sink = {
        .user = &got, .grew = on_grew, .closed = on_closed, .session = on_session, .logon = on_logon,
        .admin = on_admin};
    ash_actors *actors = ash_actors_new();
    ash_fold *f;
    MUST(actors != NULL && ash_fold_new(&f, actors, &sink, 1, &err) == 0);
    ash_clock clock;
    ash_hours hours;
    ash_likeness likeness = {0};
    const ash_zone zone = ash_zone_fixed(9 * 3600);
    ash_clock_init(&clock, &zone, 0, INT64_C(1795449600) * ASH_NS_PER_S);
    ash_hours_init(&hours);
    ash_tally tally = {.clock = &clock, .hours = &hours, .likeness = &likeness};
    MUST(ash_fold_batch(f, 1, b, &tally, &err) == 0);
    MUST(ash_fold_flush(f, &err) == 0);
    ash_hours_finish(&hours);
    uint64_t connects = 0, restarts = 0, in_hours = 0;
    for (size_t i = 0; i < b->n; i++) {
        connects += b->events[i].op == ASH_OP_CONNECT;
        restarts += b->events[i].op == ASH_OP_RESTART;
    }
    for (size_t i = 0; i < hours.n_done; i++)
        in_hours += hours.done[i].records;
    const ash_fold_stats *s = ash_fold_stats_of(f);
    MUST(s->events == b->n && in_hours == b->n);
    MUST(got.records + s->entry_records + s->other_records + got.logons + got.admin + connects + restarts == b->n);
    MUST(got.sessions + got.logons + got.admin + restarts == b->n);
    ash_hours_free(&hours);
    ash_fold_free(f);
    ash_actors_free(actors);
}

/* --- the target -------------------------------------------------------- */

/* Decodes in blocks cut where the source says, as the pipeline does. */
static void in_blocks(const ash_profile *p, ash_view bytes, size_t block, outcome *o)
{
    decoder d;
    decoder_open(&d, p);
    for (size_t at = 0; at < bytes.n;) {
        size_t n = 0, want = block;
        for (; n == 0 && want < bytes.n - at; want += block)
            n = p->source->cut(p, ash_view_of(bytes.p + at, want));
        n = n == 0 ? bytes.n - at : n;
        MUST(n <= bytes.n - at);
        decoder_feed(&d, ash_view_of(bytes.p + at, n), at);
        check_batch(o, &d.batch, at, at + n);
        at += n;
    }
    decoder_close(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ash_source *source = ash_source_by_name(ASH_FUZZ_SOURCE);
    const ash_source_options options = {.seed = 1};
    ash_view bytes = ash_view_of(data, size);
    ash_profile p = {.source = source, .options = options};
    ash_error err;
    int score = source->probe(&bytes, 1, &options, &p, &err);
    MUST(score >= 0 && score <= 100);
    if (score > 0) {
        decoder d;
        outcome whole = {0};
        decoder_open(&d, &p);
        decoder_feed(&d, bytes, 0);
        check_batch(&whole, &d.batch, 0, size);
        check_sums(source, &whole);
        fold(&d.batch);
        decoder_close(&d);
        for (size_t n = 2; n < 20; n *= 3) {
            outcome parts = {0};
            in_blocks(&p, bytes, 1 + size / n, &parts);
            MUST(memcmp(&whole, &parts, sizeof whole) == 0);
        }
    }
    ash_profile_free(&p);
    return 0;
}
