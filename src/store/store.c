#include "store/store.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

struct ash_store {
    char dir[4000];
    ash_duck *duck;
    ash_pathdict dict;
    uint32_t next_segment;
    ash_segment segments[2];
    unsigned now; /* which one is being filled */
    /* the writer */
    pthread_t writer;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    ash_segment *job; /* being written, NULL = idle */
    bool quit;
    int rc; /* first failure of the writer */
    ash_error err;
    double seconds;
    /* written, not yet taken */
    ash_segment_info *done;
    size_t n_done, cap_done, n_taken;
};

const char *ash_volume_name(uint32_t volume, char buf[32])
{
    snprintf(buf, 32, "volume-%04u", volume);
    return buf;
}

/* "accesses-000012.parquet" -> 12, also with ".tmp" behind; -1 if it is none. */
static long segment_of_file(const char *name)
{
    const char *dash = strrchr(name, '-');
    unsigned number;
    int used = 0;
    if (dash == NULL || sscanf(dash, "-%u.parquet%n", &number, &used) != 1 || used == 0)
        return -1;
    return (long)number;
}

static int sweep_volume(const char *dir, uint32_t from, ash_error *err)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return ash_fail_at(err, ASH_E_IO, "store", dir, ASH_NO_OFFSET, "folder cannot be read");
    int rc = 0;
    for (struct dirent *e; rc == 0 && (e = readdir(d)) != NULL;) {
        char path[4400];
        bool half = strstr(e->d_name, ".parquet.tmp") != NULL;
        if (!half && segment_of_file(e->d_name) < (long)from)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (unlink(path) != 0)
            rc = ash_fail_at(err, ASH_E_IO, "store", path, ASH_NO_OFFSET,
                             "file left by an unfinished run cannot be removed");
    }
    closedir(d);
    return rc;
}

static int sweep_orphans(const ash_store *s, ash_error *err)
{
    DIR *d = opendir(s->dir);
    if (d == NULL)
        return ash_fail_at(err, ASH_E_IO, "store", s->dir, ASH_NO_OFFSET, "folder cannot be read");
    int rc = 0;
    for (struct dirent *e; rc == 0 && (e = readdir(d)) != NULL;) {
        char path[4300];
        if (strncmp(e->d_name, "volume-", 7) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", s->dir, e->d_name);
        rc = sweep_volume(path, s->next_segment, err);
    }
    closedir(d);
    return rc;
}

static int write_job(ash_store *s, ash_segment *job, uint64_t *ret_bytes, ash_error *err)
{
    char volume[32], dir[4100];
    snprintf(dir, sizeof dir, "%s/%s", s->dir, ash_volume_name(job->volume, volume));
    int rc = ash_io_mkdirs(dir, err);
    return rc == 0 ? ash_segment_write(job, s->duck, dir, ret_bytes, err) : rc;
}

static bool remember(ash_store *s, const ash_segment *job, uint64_t bytes)
{
    if (s->n_done == s->cap_done) {
        size_t cap = s->cap_done == 0 ? 16 : s->cap_done * 2;
        ash_segment_info *p = realloc(s->done, cap * sizeof *p);
        if (p == NULL)
            return false;
        s->done = p;
        s->cap_done = cap;
    }
    s->done[s->n_done++] = (ash_segment_info){
        .number = job->number,
        .volume = job->volume,
        .accesses = job->n,
        .paths = job->paths.n,
        .dirs = job->dirs.n,
        .sessions = job->n_sessions,
        .logons = job->n_logons,
        .min_cs = job->min_cs,
        .max_cs = job->max_cs,
        .bytes = bytes,
    };
    return true;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *writer_main(void *arg)
{
    ash_store *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (s->job == NULL && !s->quit)
            pthread_cond_wait(&s->changed, &s->lock);
        if (s->job == NULL)
            break;
        ash_segment *job = s->job;
        pthread_mutex_unlock(&s->lock);
        ash_error err;
        uint64_t bytes = 0;
        double before = cpu_seconds();
        int rc = write_job(s, job, &bytes, &err);
        double after = cpu_seconds();
        pthread_mutex_lock(&s->lock);
        s->seconds += after - before;
        if (rc == 0 && !remember(s, job, bytes))
            rc = ash_fail(&err, ASH_E_NOMEM, "store", "out of memory");
        if (rc < 0 && s->rc == 0) {
            s->rc = rc;
            s->err = err;
        }
        ash_segment_clear(job);
        s->job = NULL;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

int ash_store_open(ash_store **ret, const char *dir, const uint8_t key[ASH_SIPKEY_SIZE],
                   ash_store_numbers n, ash_error *err)
{
    ash_store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ash_fail(err, ASH_E_NOMEM, "store", "out of memory");
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    s->next_segment = n.segment;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    for (int i = 0; i < 2; i++) {
        ash_segment_init(&s->segments[i]);
        ash_buf_init(&s->segments[i].paths.bytes, ASH_SEGMENT_PATH_BYTES * 2);
        ash_buf_init(&s->segments[i].dirs.bytes, ASH_SEGMENT_DIR_BYTES * 2);
    }
    /* One thread: the writer shares the cores with the decoders. */
    const ash_duck_options o = {.threads = 1, .memory_mb = 96};
    int rc = ash_io_mkdirs(dir, err);
    if (rc == 0)
        rc = sweep_orphans(s, err);
    if (rc == 0)
        rc = ash_pathdict_init(&s->dict, key, n.volume, n.path, n.dir, err);
    if (rc == 0)
        rc = ash_duck_open(&s->duck, &o, err);
    if (rc == 0 && pthread_create(&s->writer, NULL, writer_main, s) != 0)
        rc = ash_fail(err, ASH_E_NOMEM, "store", "no thread can be started");
    s->running = rc == 0;
    if (rc < 0) {
        ash_store_close(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void ash_store_close(ash_store *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->running)
        pthread_join(s->writer, NULL);
    ash_duck_close(s->duck);
    ash_pathdict_free(&s->dict);
    for (int i = 0; i < 2; i++)
        ash_segment_free(&s->segments[i]);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s->done);
    free(s);
}

static ash_segment *current(ash_store *s)
{
    return &s->segments[s->now];
}

int ash_store_access(ash_store *s, const ash_access *a, ash_error *err)
{
    uint32_t path, dir, new_path = ASH_PATH_NONE, new_dir;
    int rc = ash_pathdict_id(&s->dict, a->path, &path, &dir, err);
    if (rc == 0 && a->new_path.n > 0)
        rc = ash_pathdict_id(&s->dict, a->new_path, &new_path, &new_dir, err);
    return rc == 0 ? ash_segment_add(current(s), a, path, dir, new_path, err) : rc;
}

int ash_store_session(ash_store *s, const ash_session *v, ash_error *err)
{
    return ash_segment_add_session(current(s), v, err);
}

int ash_store_logon(ash_store *s, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                    ash_error *err)
{
    return ash_segment_add_logon(current(s), e, time, actor, input, err);
}

bool ash_store_full(const ash_store *s)
{
    const ash_segment *g = &s->segments[s->now];
    return g->n >= ASH_SEGMENT_ROWS || g->n_logons >= ASH_SEGMENT_LOGONS ||
           s->dict.new_paths.bytes.n >= ASH_SEGMENT_PATH_BYTES ||
           s->dict.new_dirs.bytes.n >= ASH_SEGMENT_DIR_BYTES || ash_pathdict_full(&s->dict);
}

static int wait_idle(ash_store *s, ash_error *err)
{
    while (s->job != NULL)
        pthread_cond_wait(&s->changed, &s->lock);
    if (s->rc < 0)
        *err = s->err;
    return s->rc;
}

int ash_store_cut(ash_store *s, ash_error *err)
{
    ash_error local;
    if (err == NULL)
        err = &local;
    ash_segment *g = current(s);
    if (ash_segment_empty(g))
        return 0;
    int rc = ash_segment_take_names(g, &s->dict, err);
    if (rc < 0)
        return rc;
    g->number = s->next_segment++;
    g->volume = s->dict.volume;
    if (ash_pathdict_full(&s->dict))
        ash_pathdict_next_volume(&s->dict);
    pthread_mutex_lock(&s->lock);
    rc = wait_idle(s, err);
    if (rc == 0) {
        s->job = g;
        s->now = !s->now;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

int ash_store_sync(ash_store *s, ash_error *err)
{
    ash_error local;
    pthread_mutex_lock(&s->lock);
    int rc = wait_idle(s, err != NULL ? err : &local);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

size_t ash_store_taken(ash_store *s, const ash_segment_info **ret)
{
    pthread_mutex_lock(&s->lock);
    size_t from = s->n_taken, n = s->n_done - from;
    s->n_taken = s->n_done;
    *ret = s->done + from;
    pthread_mutex_unlock(&s->lock);
    return n;
}

ash_store_numbers ash_store_next(const ash_store *s)
{
    return (ash_store_numbers){
        .segment = s->next_segment,
        .volume = s->dict.volume,
        .path = s->dict.next_path,
        .dir = s->dict.next_dir,
    };
}

double ash_store_write_seconds(const ash_store *s)
{
    return s->seconds;
}
