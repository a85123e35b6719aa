/* evtx_extract FILE [THREADS]: decodes an .evtx file to events through the
 * source's table of functions, in blocks, as the pipeline does, and prints how
 * long that took. Beside it: evtxexport, evtx_dump. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ashiato/source.h"
#include "base/arena.h"
#include "base/limits.h"

#define THREADS_MAX 64

typedef struct job {
    int fd;
    ash_profile profile;
    pthread_mutex_t lock;
    uint64_t offset; /* of the next block */
    bool failed;
    uint64_t records, events, skipped;
} job;

static void die(const char *what, const ash_error *err)
{
    fprintf(stderr, "evtx_extract: %s%s%s\n", what, err == NULL ? "" : ": ", err == NULL ? "" : err->msg);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The next block and where it is; 0 at the end. */
static size_t next_block(job *j, char *buf, uint64_t *ret_offset)
{
    pthread_mutex_lock(&j->lock);
    ssize_t n = pread(j->fd, buf, ASH_BLOCK_SIZE, (off_t)j->offset);
    size_t used = n <= 0 ? 0 : (size_t)n;
    if (used == ASH_BLOCK_SIZE)
        used = j->profile.source->cut(&j->profile, (ash_view){buf, used});
    *ret_offset = j->offset;
    j->offset += used;
    pthread_mutex_unlock(&j->lock);
    return used;
}

static void *work(void *arg)
{
    job *j = arg;
    const ash_source *source = j->profile.source;
    ash_arena arena;
    ash_batch b = {.arena = &arena};
    ash_error err;
    uint64_t offset, records = 0, events = 0, skipped = 0;
    size_t n, used;
    char *buf = malloc(ASH_BLOCK_SIZE);
    void *state = calloc(1, source->state_size);
    ash_arena_init(&arena, 0);
    bool ok = buf != NULL && state != NULL && source->open(state, &j->profile, &err) == 0;
    while (ok && (n = next_block(j, buf, &offset)) > 0) {
        ash_batch_reset(&b);
        ok = source->feed(state, (ash_view){buf, n}, offset, true, &b, &used, &err) == 0;
        records += b.records;
        events += b.n;
        for (int r = 0; r < ASH_REASON_COUNT; r++)
            if (ash_reason_kind_of((ash_reason)r) == ASH_KIND_SKIPPED)
                skipped += b.counts[r];
    }
    pthread_mutex_lock(&j->lock);
    j->failed |= !ok;
    j->records += records;
    j->events += events;
    j->skipped += skipped;
    pthread_mutex_unlock(&j->lock);
    if (ok)
        source->close(state);
    free(state);
    free(buf);
    ash_batch_free(&b);
    ash_arena_free(&arena);
    return NULL;
}

static void probe(job *j)
{
    static char head[ASH_PROBE_SIZE];
    ash_error err;
    ssize_t n = pread(j->fd, head, sizeof head, 0);
    ash_view sample = {head, n < 0 ? 0 : (size_t)n};
    ash_source_options options = {.seed = 1};
    if (ash_source_probe(&sample, 1, &options, &j->profile, &err) < 0)
        die("cannot read the file", &err);
    if (j->profile.source->cut == NULL)
        die("is of a format that cannot be cut into blocks", NULL);
}

int main(int argc, char **argv)
{
    job j = {.fd = argc > 1 ? open(argv[1], O_RDONLY) : -1, .lock = PTHREAD_MUTEX_INITIALIZER};
    int threads = argc > 2 ? atoi(argv[2]) : 1;
    pthread_t t[THREADS_MAX];
    if (j.fd < 0 || threads < 1 || threads > THREADS_MAX)
        die("usage: evtx_extract FILE [THREADS]", NULL);
    probe(&j);
    double begin = now();
    for (int i = 0; i < threads; i++)
        if (pthread_create(&t[i], NULL, work, &j) != 0)
            die("no thread can be started", NULL);
    for (int i = 0; i < threads; i++)
        pthread_join(t[i], NULL);
    double seconds = now() - begin;
    if (j.failed)
        die("out of memory", NULL);
    printf("%.3f s  %llu records  %llu events  %llu skipped  %.0f MB/s\n", seconds,
           (unsigned long long)j.records, (unsigned long long)j.events,
           (unsigned long long)j.skipped, (double)j.offset / seconds / 1e6);
    ash_profile_free(&j.profile);
    close(j.fd);
    return 0;
}
