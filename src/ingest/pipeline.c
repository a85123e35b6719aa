#include "ingest/pipeline.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"

typedef enum slot_state { SLOT_EMPTY, SLOT_FILLED, SLOT_DECODING, SLOT_DECODED } slot_state;

typedef struct slot {
    ash_block block;
    ash_arena arena;
    char *bytes; /* ASH_BLOCK_SIZE; what does not fit a whole record is carried on */
    slot_state state;
    size_t whole; /* bytes to decode; what follows them is a record cut off by damage */
    bool eof, unended;
    int rc; /* decoding failed */
    ash_error err;
} slot;

struct ash_pipeline {
    ash_stream *stream;
    const ash_profile *profile;
    const atomic_bool *stop;
    unsigned n_decoders;
    void *states[ASH_DECODERS_MAX];
    bool opened[ASH_DECODERS_MAX];
    pthread_t reader, decoders[ASH_DECODERS_MAX];
    unsigned n_threads; /* decoders running */
    bool reading;       /* reader running */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    slot slots[ASH_BLOCKS_IN_FLIGHT];
    uint64_t filled, taken, consumed; /* sequence numbers: next of each */
    bool ended, quit;
    int end_rc; /* why reading ended, 0 = end of input */
    ash_error end_err;

    /* the reader's own */
    uint64_t offset;
    char *carry;
    size_t n_carry;
    ash_cutter cutter;
};

/* --- reading ----------------------------------------------------------- */

static bool stopped(const ash_pipeline *p)
{
    return p->stop != NULL && atomic_load_explicit(p->stop, memory_order_relaxed);
}

/* Fills up a block; *ret_eof when the input has no more. */
static int fill(ash_pipeline *p, slot *s, size_t *ret_n, bool *ret_eof, ash_error *err)
{
    size_t n = p->n_carry;
    memcpy(s->bytes, p->carry, n);
    *ret_eof = false;
    while (n < ASH_BLOCK_SIZE) {
        int64_t got = ash_stream_read(p->stream, s->bytes + n, ASH_BLOCK_SIZE - n, err);
        if (got < 0) {
            *ret_n = n;
            return (int)got;
        }
        if (got == 0) {
            *ret_eof = true;
            break;
        }
        n += (size_t)got;
        if (stopped(p))
            break;
    }
    *ret_n = n;
    return 0;
}

size_t ash_cutter_cut(ash_cutter *x, ash_block *b, ash_view v, uint64_t offset, bool eof)
{
    const ash_source *src = x->profile->source;
    b->opaque = false;
    if (x->resyncing) {
        size_t at = src->resync(x->profile, v);
        b->opaque = true;
        x->resyncing = at == 0;
        return at == 0 ? v.n : at;
    }
    if (eof && !x->growing)
        return v.n;
    size_t at = src->cut(x->profile, v);
    if (at == 0 && v.n == ASH_BLOCK_SIZE) {
        at = src->resync(x->profile, v);
        b->opaque = true;
        x->resyncing = at == 0;
        ash_batch_reset(&b->batch);
        b->batch.records = b->batch.lines = 1;
        ash_batch_note(&b->batch, ASH_REASON_TOO_LONG, offset, _("more than 1 MiB"));
        return at == 0 ? v.n : at;
    }
    return at;
}

/* One block from the stream into a slot. 1: filled, 0: end, negative: failed. */
static int read_block(ash_pipeline *p, slot *s, ash_error *err)
{
    size_t n;
    bool eof;
    if (stopped(p))
        return ash_fail(err, ASH_E_INTERRUPTED, "input", "%s", _("stopped by the user"));
    ash_batch_reset(&s->block.batch);
    int rc = fill(p, s, &n, &eof, err);
    if (rc < 0 && stopped(p))
        return ash_fail(err, ASH_E_INTERRUPTED, "input", "%s", _("stopped by the user"));
    if (rc < 0) /* what was read before the damage is still decoded */
        eof = true;
    if (n == 0)
        return rc;
    size_t used = ash_cutter_cut(&p->cutter, &s->block, ash_view_of(s->bytes, n), p->offset, eof);
    if (used == 0 && eof)
        return rc; /* still being written */
    if (used == 0) /* stopped within a record */
        return ash_fail(err, ASH_E_INTERRUPTED, "input", "%s", _("stopped by the user"));
    s->eof = eof && used == n;
    bool ended = p->profile->source->binary || s->bytes[n - 1] == '\n';
    s->unended = s->eof && rc == 0 && !ended;
    s->whole = rc < 0 && !ended ? p->profile->source->cut(p->profile, ash_view_of(s->bytes, n)) : used;
    s->block.offset = p->offset;
    s->block.length = (uint32_t)used;
    s->block.raw = ash_stream_raw(p->stream);
    s->block.hash = ash_hash128_of(s->bytes, used);
    p->offset += used;
    p->n_carry = n - used;
    memcpy(p->carry, s->bytes + used, p->n_carry);
    if (rc < 0) {
        p->end_rc = rc;
        p->end_err = *err;
    }
    return 1;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t last_line(const slot *s)
{
    const char *nl = memrchr(s->bytes, '\n', s->whole);
    return s->block.offset + (nl == NULL ? 0 : (uint64_t)(nl - s->bytes) + 1);
}

/* A path that may go on is marked like one the log service cut. */
static void mark_unended(ash_batch *b, uint64_t line)
{
    ash_batch_note(b, ASH_REASON_UNENDED, line, "");
    for (size_t i = b->n; i > 0 && b->events[i - 1].offset >= line; i--)
        b->events[i - 1].flags |= ASH_EVENT_CUT;
}

static void decode(ash_pipeline *p, slot *s, void *state)
{
    size_t used = 0;
    s->rc = 0;
    s->block.cpu = 0;
    if (s->block.opaque)
        return;
    ash_batch *b = &s->block.batch;
    double before = cpu_seconds();
    /* Cut at a record's end, so nothing may be left over. */
    s->rc = p->profile->source->feed(state, ash_view_of(s->bytes, s->whole), s->block.offset, true,
                                     b, &used, &s->err);
    s->block.cpu = cpu_seconds() - before;
    if (s->whole < s->block.length) {
        b->records++;
        b->lines++;
        ash_batch_note(b, ASH_REASON_CUT_OFF, s->block.offset + s->whole, "");
    } else if (s->unended) {
        mark_unended(b, last_line(s));
    }
}

/* --- threads ----------------------------------------------------------- */

static void *reader_main(void *arg)
{
    ash_pipeline *p = arg;
    ash_error err = {0};
    for (;;) {
        pthread_mutex_lock(&p->lock);
        slot *s = &p->slots[p->filled % ASH_BLOCKS_IN_FLIGHT];
        while (s->state != SLOT_EMPTY && !p->quit)
            pthread_cond_wait(&p->changed, &p->lock);
        bool quit = p->quit || p->end_rc != 0;
        pthread_mutex_unlock(&p->lock);
        int rc = quit ? 0 : read_block(p, s, &err);
        pthread_mutex_lock(&p->lock);
        if (rc == 1) {
            s->state = SLOT_FILLED;
            p->filled++;
        } else {
            if (rc < 0) {
                p->end_rc = rc;
                p->end_err = err;
            }
            p->ended = true;
        }
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->lock);
        if (rc != 1)
            return NULL;
    }
}

typedef struct decoder_arg {
    ash_pipeline *p;
    void *state;
} decoder_arg;

static void *decoder_main(void *arg)
{
    decoder_arg a = *(decoder_arg *)arg;
    ash_pipeline *p = a.p;
    free(arg);
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->taken == p->filled && !p->ended && !p->quit)
            pthread_cond_wait(&p->changed, &p->lock);
        if (p->quit || p->taken == p->filled)
            break;
        slot *s = &p->slots[p->taken++ % ASH_BLOCKS_IN_FLIGHT];
        s->state = SLOT_DECODING;
        pthread_mutex_unlock(&p->lock);
        decode(p, s, a.state);
        pthread_mutex_lock(&p->lock);
        s->state = SLOT_DECODED;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* --- the caller's side ------------------------------------------------- */

static int open_decoders(ash_pipeline *p, ash_error *err)
{
    unsigned n = p->n_decoders == 0 ? 1 : p->n_decoders;
    for (unsigned i = 0; i < n; i++) {
        p->states[i] = calloc(1, p->profile->source->state_size);
        if (p->states[i] == NULL)
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        int rc = p->profile->source->open(p->states[i], p->profile, err);
        if (rc < 0)
            return rc;
        p->opened[i] = true;
    }
    return 0;
}

static int start_threads(ash_pipeline *p, ash_error *err)
{
    for (; p->n_threads < p->n_decoders; p->n_threads++) {
        decoder_arg *a = malloc(sizeof *a);
        if (a == NULL)
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        *a = (decoder_arg){p, p->states[p->n_threads]};
        if (pthread_create(&p->decoders[p->n_threads], NULL, decoder_main, a) != 0) {
            free(a);
            return ash_fail(err, ASH_E_NOMEM, "ingest", "no thread can be started");
        }
    }
    if (p->n_decoders > 0 && pthread_create(&p->reader, NULL, reader_main, p) != 0)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "no thread can be started");
    p->reading = p->n_decoders > 0;
    return 0;
}

int ash_pipeline_start(ash_pipeline **ret, ash_stream *stream, const ash_profile *profile,
                       const ash_pipeline_options *o, ash_error *err)
{
    ash_pipeline *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    p->stream = stream;
    p->profile = profile;
    p->stop = o->stop;
    p->offset = o->offset;
    p->cutter = (ash_cutter){.profile = profile, .growing = o->growing};
    p->n_decoders = o->decoders < ASH_DECODERS_MAX ? o->decoders : ASH_DECODERS_MAX;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    size_t n = p->n_decoders == 0 ? 1 : ASH_BLOCKS_IN_FLIGHT;
    p->carry = malloc(ASH_BLOCK_SIZE);
    bool ok = p->carry != NULL;
    for (size_t i = 0; i < n; i++) {
        ash_arena_init(&p->slots[i].arena, 0);
        p->slots[i].block.batch.arena = &p->slots[i].arena;
        p->slots[i].bytes = malloc(ASH_BLOCK_SIZE);
        ok = ok && p->slots[i].bytes != NULL;
    }
    int rc = ok ? open_decoders(p, err) : ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    if (rc == 0)
        rc = start_threads(p, err);
    if (rc < 0) {
        ash_pipeline_finish(p);
        return rc;
    }
    *ret = p;
    return 0;
}

static int next_inline(ash_pipeline *p, ash_block **ret, ash_error *err)
{
    slot *s = &p->slots[0];
    if (p->end_rc < 0) {
        *err = p->end_err;
        return p->end_rc;
    }
    int rc = p->ended ? 0 : read_block(p, s, err);
    if (rc != 1)
        return rc;
    if (s->eof || p->end_rc < 0)
        p->ended = true;
    decode(p, s, p->states[0]);
    if (s->rc < 0) {
        *err = s->err;
        return s->rc;
    }
    *ret = &s->block;
    return 1;
}

int ash_pipeline_next(ash_pipeline *p, ash_block **ret, ash_error *err)
{
    ash_error ignored;
    if (err == NULL)
        err = &ignored;
    if (p->n_decoders == 0)
        return next_inline(p, ret, err);
    int rc;
    pthread_mutex_lock(&p->lock);
    slot *s = &p->slots[p->consumed % ASH_BLOCKS_IN_FLIGHT];
    while (s->state != SLOT_DECODED && !(p->ended && p->consumed == p->filled))
        pthread_cond_wait(&p->changed, &p->lock);
    if (s->state != SLOT_DECODED) {
        rc = p->end_rc;
        if (rc < 0)
            *err = p->end_err;
    } else if (s->rc < 0) {
        rc = s->rc;
        *err = s->err;
    } else {
        rc = 1;
        *ret = &s->block;
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

void ash_pipeline_release(ash_pipeline *p, ash_block *b)
{
    (void)b;
    if (p->n_decoders == 0)
        return;
    pthread_mutex_lock(&p->lock);
    p->slots[p->consumed % ASH_BLOCKS_IN_FLIGHT].state = SLOT_EMPTY;
    p->consumed++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

void ash_pipeline_finish(ash_pipeline *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    if (p->reading)
        pthread_join(p->reader, NULL);
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join(p->decoders[i], NULL);
    for (unsigned i = 0; i < ASH_DECODERS_MAX; i++) {
        if (p->opened[i])
            p->profile->source->close(p->states[i]);
        free(p->states[i]);
    }
    for (size_t i = 0; i < ASH_BLOCKS_IN_FLIGHT; i++) {
        ash_batch_free(&p->slots[i].block.batch);
        ash_arena_free(&p->slots[i].arena);
        free(p->slots[i].bytes);
    }
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p->carry);
    free(p);
}
