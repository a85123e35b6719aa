#include "cli/dump.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "input/stream.h"

#define BATCH_BYTES (4u << 20)
#define BATCH_SPANS 256u
#define JOB_SPANS 8u
/* Nothing that looks like a log in this many bytes: there is none. */
#define LOOKED_AT BATCH_BYTES

/* Bytes read, and the spans in them. */
typedef struct batch {
    char *bytes; /* BATCH_BYTES */
    size_t n, used;
    ash_evtx_span spans[BATCH_SPANS];
    bool live[BATCH_SPANS];
    size_t n_spans;
    size_t taken, written; /* spans: whose turn it is */
    ash_evtx_seen seen;
} batch;

typedef struct worker {
    struct ash_dumper *d;
    ash_evtx_dump dump;
    ash_buf out;
    batch *batch;
    size_t job; /* its first span */
    pthread_t thread;
    bool running;
} worker;

struct ash_dumper {
    unsigned n_workers, n_threads; /* no threads: worker 0 is the caller */
    worker workers[ASH_DUMP_THREADS_MAX];
    ash_evtx_carve *carve;
    batch batches[2];
    _Atomic int os_errno; /* of the first write that failed */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    batch *current; /* being rendered; NULL: none */
    bool quit;
    atomic_bool nomem;
};

/* --- output ---------------------------------------------------------------- */

static void write_out(ash_dumper *d, ash_buf *b)
{
    for (size_t at = 0; at < b->n && d->os_errno == 0;) {
        ssize_t n = write(STDOUT_FILENO, b->p + at, b->n - at);
        if (n < 0 && errno != EINTR)
            d->os_errno = errno;
        else if (n > 0)
            at += (size_t)n;
    }
    ash_buf_clear(b);
}

/* Waits until all spans before the worker's job are written, then writes. */
static void flush_in_turn(void *user, ash_buf *out)
{
    worker *w = user;
    ash_dumper *d = w->d;
    if (d->n_threads > 0) {
        pthread_mutex_lock(&d->lock);
        while (w->batch->written != w->job)
            pthread_cond_wait(&d->changed, &d->lock);
        pthread_mutex_unlock(&d->lock);
    }
    write_out(d, out);
}

/* --- rendering ------------------------------------------------------------- */

static bool stopped(const ash_dumper *d)
{
    return d->os_errno != 0 || d->nomem || atomic_load_explicit(&ash_stop, memory_order_relaxed);
}

/* Spans [from, to) of the batch. False when out of memory. */
static bool render(worker *w, batch *b, size_t from, size_t to, ash_evtx_seen *seen)
{
    for (size_t i = from; i < to; i++)
        if (ash_evtx_dump_span(&w->dump, &b->spans[i], b->live[i], &w->out, seen) < 0)
            return false;
    return true;
}

static void *worker_main(void *arg)
{
    worker *w = arg;
    ash_dumper *d = w->d;
    pthread_mutex_lock(&d->lock);
    for (;;) {
        while (!d->quit && (d->current == NULL || d->current->taken == d->current->n_spans))
            pthread_cond_wait(&d->changed, &d->lock);
        if (d->quit)
            break;
        batch *b = w->batch = d->current;
        size_t from = w->job = b->taken,
               to = from + JOB_SPANS < b->n_spans ? from + JOB_SPANS : b->n_spans;
        bool skip = stopped(d);
        b->taken = to;
        pthread_mutex_unlock(&d->lock);
        ash_evtx_seen seen = {0};
        bool good = skip || render(w, b, from, to, &seen);
        flush_in_turn(w, &w->out);
        pthread_mutex_lock(&d->lock);
        if (!good)
            d->nomem = true;
        ash_evtx_seen_add(&b->seen, &seen);
        b->written = to;
        pthread_cond_broadcast(&d->changed);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* Has a batch rendered; with threads it is under way when this returns. */
static void begin_batch(ash_dumper *d, batch *b)
{
    if (d->n_threads == 0) {
        if (!render(&d->workers[0], b, 0, b->n_spans, &b->seen))
            d->nomem = true;
        return;
    }
    pthread_mutex_lock(&d->lock);
    d->current = b;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static void end_batch(ash_dumper *d, batch *b, ash_evtx_seen *seen)
{
    if (d->n_threads > 0) {
        pthread_mutex_lock(&d->lock);
        while (b->written != b->n_spans)
            pthread_cond_wait(&d->changed, &d->lock);
        d->current = NULL;
        pthread_mutex_unlock(&d->lock);
    }
    ash_evtx_seen_add(seen, &b->seen);
    char *bytes = b->bytes;
    *b = (batch){.bytes = bytes};
}

/* --- reading --------------------------------------------------------------- */

/* The log being read. */
typedef struct log_input {
    ash_stream *stream;
    uint64_t offset; /* of the next batch */
    bool eof, live;
    int rc; /* why reading ended early */
} log_input;

/* Fills b up behind its first n bytes. What was read before damage is shown. */
static void fill(log_input *in, batch *b, ash_error *err)
{
    while (b->n < BATCH_BYTES && !in->eof) {
        int64_t got = ash_stream_read(in->stream, b->bytes + b->n, BATCH_BYTES - b->n, err);
        in->rc = got < 0 ? (int)got : 0;
        in->eof = got <= 0;
        b->n += got > 0 ? (size_t)got : 0;
    }
}

static void find_spans(log_input *in, batch *b)
{
    bool dirty;
    ash_evtx_spans spans = {.rest = {b->bytes, b->n}, .offset = in->offset, .eof = in->eof};
    while (b->n_spans < BATCH_SPANS && ash_evtx_spans_next(&spans, &b->spans[b->n_spans])) {
        const ash_evtx_span *s = &b->spans[b->n_spans];
        if (s->kind == ASH_EVTX_SPAN_HEADER)
            in->live = ash_evtx_header_check(s->bytes, &dirty) != NULL || dirty;
        b->live[b->n_spans++] = in->live;
    }
    b->used = b->n - spans.rest.n;
    in->offset += b->used;
}

static void read_all(ash_dumper *d, log_input *in, ash_evtx_seen *seen, ash_error *err)
{
    batch *b = &d->batches[0], *next = &d->batches[1];
    bool last, none = false;
    b->n = 0;
    do {
        fill(in, b, err);
        find_spans(in, b);
        begin_batch(d, b);
        next->n = b->n - b->used;
        memcpy(next->bytes, b->bytes + b->used, next->n);
        last = in->eof && next->n == 0;
        fill(in, next, err); /* while the other one is rendered */
        end_batch(d, b, seen);
        batch *done = b;
        b = next;
        next = done;
        none = in->offset >= LOOKED_AT && seen->headers + seen->chunks == 0 && d->carve == NULL;
    } while (!last && !none && !stopped(d));
    b->n = 0;
}

int ash_dumper_file(ash_dumper *d, const char *path, ash_evtx_seen *ret_seen, ash_error *err)
{
    log_input in = {0};
    *ret_seen = (ash_evtx_seen){0};
    int rc = ash_stream_open(&in.stream, path, 0, err);
    if (rc < 0)
        return rc;
    ash_stream_set_hashing(in.stream, false);
    read_all(d, &in, ret_seen, err);
    ash_stream_close(in.stream);
    worker *w = &d->workers[0];
    if (ash_evtx_dump_recovered(&w->dump, true, &w->out, ret_seen) < 0)
        d->nomem = true;
    if (d->nomem)
        return ash_fail(err, ASH_E_NOMEM, "dump", "out of memory");
    if (atomic_load(&ash_stop))
        return ash_fail(err, ASH_E_INTERRUPTED, "dump", "%s", _("stopped by the user"));
    bool nothing = ret_seen->headers + ret_seen->chunks + ret_seen->recovered == 0;
    if (in.rc == 0 && d->os_errno == 0 && nothing)
        return ash_fail_at(err, ASH_E_NOTFOUND, "dump", path, ASH_NO_OFFSET, "%s",
                           _("this is no Windows event log (.evtx)"));
    return in.rc;
}

void ash_dumper_text(ash_dumper *d, const char *text)
{
    ash_buf *out = &d->workers[0].out;
    ash_buf_add_z(out, text);
    if (d->n_threads > 0)
        write_out(d, out); /* any of them may be the next to write */
}

int ash_dumper_flush(ash_dumper *d)
{
    write_out(d, &d->workers[0].out);
    return d->os_errno;
}

/* --- life ------------------------------------------------------------------- */

static int start(ash_dumper *d, ash_evtx_form form, ash_error *err)
{
    for (unsigned i = 0; i < d->n_workers; i++) {
        worker *w = &d->workers[i];
        w->d = d;
        ash_buf_init(&w->out, ASH_EVTX_OUTPUT_MAX);
        w->dump = (ash_evtx_dump){.form = form, .carve = d->carve, .flush = flush_in_turn, .user = w};
        int rc = ash_evtx_render_new(&w->dump.render, form, err);
        if (rc < 0)
            return rc;
        if (d->n_workers == 1)
            return 0;
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
            return ash_fail(err, ASH_E_NOMEM, "dump", "no thread can be started");
        w->running = true;
        d->n_threads++;
    }
    return 0;
}

int ash_dumper_new(ash_dumper **ret, ash_evtx_form form, bool recover, unsigned threads,
                   ash_error *err)
{
    ash_dumper *d = calloc(1, sizeof *d);
    if (d == NULL)
        return ash_fail(err, ASH_E_NOMEM, "dump", "out of memory");
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    d->n_workers = recover || threads < 1           ? 1
                   : threads < ASH_DUMP_THREADS_MAX ? threads
                                                    : ASH_DUMP_THREADS_MAX;
    bool room = true;
    for (unsigned i = 0; i < 2; i++)
        room &= (d->batches[i].bytes = malloc(BATCH_BYTES)) != NULL;
    int rc = room ? 0 : ash_fail(err, ASH_E_NOMEM, "dump", "out of memory");
    if (rc == 0 && recover)
        rc = ash_evtx_carve_new(&d->carve, err);
    if (rc == 0)
        rc = start(d, form, err);
    if (rc < 0) {
        ash_dumper_free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

void ash_dumper_free(ash_dumper *d)
{
    if (d == NULL)
        return;
    pthread_mutex_lock(&d->lock);
    d->quit = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    for (unsigned i = 0; i < d->n_workers; i++) {
        worker *w = &d->workers[i];
        if (w->running)
            pthread_join(w->thread, NULL);
        ash_evtx_render_free(w->dump.render);
        ash_buf_free(&w->out);
    }
    ash_evtx_carve_free(d->carve);
    for (unsigned i = 0; i < 2; i++)
        free(d->batches[i].bytes);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}
