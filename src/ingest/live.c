#include "ingest/live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/io.h"
#include "base/limits.h"
#include "ingest/run.h"

/* Bytes that tell whether another file begins as this one did. */
#define START_BYTES 4096u

struct ash_feed {
    ash_input *in;
    ash_profile profile;
    void *state; /* the decoder's */
    bool decoding;
    ash_cutter cutter;
    ash_clock clock;
    ash_block block;
    ash_arena arena;
    int fd;
    ash_file_id id;
    ash_hash128 start;
    uint32_t start_bytes;
};

struct ash_live {
    ash_run run;
    ash_ingest_options options;
    ash_ingest_result result;
    ash_live_sink sink;
    void *user;
    char *bytes; /* ASH_BLOCK_SIZE, for one pull */
    ash_feed **feeds;
    size_t n_feeds, cap_feeds;
    ash_input **rows; /* of the feeds, for the checkpoint */
    uint64_t records, events, skipped, taken; /* taken: bytes */
    bool dirty;
};

/* --- alarms ------------------------------------------------------------ */

static void on_alarm(void *user, const ash_detector *by, const ash_finding *f, const ash_access *a)
{
    ash_live *l = user;
    ash_live_alarm alarm = {
        .finding = f, .detector = by->name, .actor = ash_actors_at(l->run.actors, f->actor)};
    uint32_t share = a != NULL ? a->share : f->share;
    if (share < ash_shares_count(l->run.actors))
        alarm.share = ash_shares_at(l->run.actors, share).name;
    if (a != NULL)
        alarm.path = a->path;
    l->dirty = true;
    if (l->sink != NULL)
        l->sink(l->user, &alarm);
}

/* --- the run ----------------------------------------------------------- */

int ash_live_open(ash_live **ret, ash_case *c, const ash_ingest_options *o, ash_live_sink sink,
                  void *user, ash_error *err)
{
    int64_t input = 0;
    ash_live *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    l->options = *o;
    l->options.growing = true;
    l->sink = sink;
    l->user = user;
    l->bytes = malloc(ASH_BLOCK_SIZE);
    int rc = ash_run_open(&l->run, c, &l->options, &l->result, &input, err);
    if (rc == 0 && l->bytes == NULL)
        rc = ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    if (rc == 0 && input != 0) {
        /* The input a run was stopped in is followed like any other from where it stopped. */
        rc = ash_fold_flush(l->run.fold, err);
    }
    l->run.alarm = on_alarm;
    l->run.alarm_user = l;
    ash_input_servers_begin(&l->run.servers);
    if (rc < 0) {
        ash_run_close(&l->run);
        free(l->bytes);
        free(l);
        return rc;
    }
    *ret = l;
    return 0;
}

static void feed_free(ash_feed *f)
{
    if (f == NULL)
        return;
    if (f->decoding)
        f->profile.source->close(f->state);
    free(f->state);
    ash_profile_free(&f->profile);
    ash_input_free(f->in);
    ash_batch_free(&f->block.batch);
    ash_arena_free(&f->arena);
    if (f->fd >= 0)
        close(f->fd);
    free(f);
}

int ash_live_close(ash_live *l, bool abandon, ash_error *err)
{
    int rc = 0;
    if (l == NULL)
        return 0;
    while (l->n_feeds > 0 && rc == 0 && !abandon)
        rc = ash_live_end_feed(l, l->feeds[l->n_feeds - 1], err);
    if (rc == 0 && !abandon)
        rc = ash_run_end(&l->run, err);
    for (size_t i = 0; i < l->n_feeds; i++)
        feed_free(l->feeds[i]);
    ash_run_close(&l->run);
    free(l->feeds);
    free(l->rows);
    free(l->bytes);
    free(l);
    return rc;
}

/* --- feeds ------------------------------------------------------------- */

static int keep_feed(ash_live *l, ash_feed *f, ash_error *err)
{
    if (l->n_feeds == l->cap_feeds) {
        size_t cap = l->cap_feeds == 0 ? 16 : l->cap_feeds * 2;
        ash_feed **feeds = realloc(l->feeds, cap * sizeof *feeds);
        if (feeds != NULL)
            l->feeds = feeds;
        ash_input **rows = realloc(l->rows, cap * sizeof *rows);
        if (rows != NULL)
            l->rows = rows;
        if (feeds == NULL || rows == NULL)
            return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
        l->cap_feeds = cap;
    }
    l->feeds[l->n_feeds++] = f;
    return 0;
}

/* Still the file that was recognised, not one that has taken its name since? */
static bool begins_alike(const ash_input *in, const char *bytes, size_t n)
{
    for (uint32_t i = in->n_starts; i > 0; i--) {
        uint64_t length = ASH_START_BYTES(i - 1);
        if (length > n)
            continue;
        ash_hash128 h = ash_hash128_of(bytes, length);
        return memcmp(&h, &in->starts[i - 1], sizeof h) == 0;
    }
    return true;
}

static int open_file(ash_feed *f, ash_error *err)
{
    struct stat st;
    char buf[START_BYTES];
    f->fd = open(f->in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t n = f->fd < 0 || fstat(f->fd, &st) < 0 ? -1 : pread(f->fd, buf, sizeof buf, 0);
    if (n < 0)
        return ash_io_fail(err, f->in->path, "cannot be read");
    f->id = (ash_file_id){st.st_dev, st.st_ino};
    f->start_bytes = (uint32_t)n;
    f->start = ash_hash128_of(buf, (size_t)n);
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < f->in->position ||
        !begins_alike(f->in, buf, (size_t)n))
        return ash_fail_at(err, ASH_E_CHANGED, "live", f->in->path, ASH_NO_OFFSET, "%s",
                           _("was replaced while it was looked at"));
    return 0;
}

static int recognise(ash_live *l, ash_feed *f, ash_error *err)
{
    ash_stream *s = NULL;
    int rc = ash_stream_open(&s, f->in->path, 0, err);
    if (rc == 0)
        rc = ash_plan_probe(f->in, s, &l->options, l->run.c->seed, &f->profile, err);
    if (rc == 0 && (strcmp(ash_stream_compression(s), "plain") != 0 || f->profile.source->binary))
        rc = ash_fail(err, ASH_E_FORMAT, "live", "%s",
                      _("can be read, but not followed while it grows"));
    ash_stream_close(s);
    return rc;
}

static int start_decoder(ash_feed *f, ash_error *err)
{
    f->cutter = (ash_cutter){.profile = &f->profile, .growing = true};
    ash_arena_init(&f->arena, 0);
    f->block.batch.arena = &f->arena;
    f->state = calloc(1, f->profile.source->state_size);
    if (f->state == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    int rc = f->profile.source->open(f->state, &f->profile, err);
    f->decoding = rc == 0;
    return rc;
}

/* Makes the present input of the run, as the steps of a run expect it. */
static void enter(ash_live *l, ash_feed *f)
{
    ash_run *r = &l->run;
    r->in = f->in;
    r->clock = f->clock;
    if (r->hours.input != f->in->id)
        ash_hours_begin(&r->hours, f->in->id);
}

static void leave(ash_live *l, ash_feed *f)
{
    f->clock = l->run.clock;
    l->run.in = NULL;
}

static int begin_input(ash_live *l, ash_feed *f, const ash_plan_item *item, ash_error *err)
{
    ash_run *r = &l->run;
    ash_clock_init(&f->clock, &r->zone, l->options.year, f->in->mtime);
    enter(l, f);
    int rc = ash_run_number_input(r, err);
    if (rc == 0)
        rc = ash_run_pass_over(r, item, err);
    f->in->position = item->from > f->in->position ? item->from : f->in->position;
    f->in->state = ASH_STATE_PARTIAL;
    leave(l, f);
    return rc;
}

static int set_zone(ash_live *l, ash_error *err)
{
    ash_run *r = &l->run;
    if (l->options.zone != NULL)
        r->zone = *l->options.zone;
    else if (r->c->zone_set)
        r->zone = r->c->zone;
    else
        return ash_zone_parse("local", &r->zone, err);
    return 0;
}

int ash_live_follow(ash_live *l, const char *path, ash_feed **ret, ash_error *err)
{
    ash_plan_item item;
    ash_feed *f = calloc(1, sizeof *f);
    *ret = NULL;
    if (f == NULL)
        return ash_fail(err, ASH_E_NOMEM, "live", "out of memory");
    f->fd = -1;
    int rc = ash_plan_one(&item, l->run.c, &l->options, path, err);
    if (rc < 0) {
        feed_free(f);
        return rc;
    }
    f->in = item.in;
    item.in = NULL;
    bool known = strcmp(f->in->state, ASH_STATE_UNRECOGNISED) == 0 ||
                 strcmp(f->in->state, ASH_STATE_UNREADABLE) == 0;
    rc = known ? ash_fail(err, ASH_E_NOTFOUND, "live", "%s", f->in->problem) : set_zone(l, err);
    if (rc == 0)
        rc = recognise(l, f, err);
    if (rc == 0)
        rc = open_file(f, err);
    if (rc == 0)
        rc = start_decoder(f, err);
    if (rc < 0) {
        /* It may be another file, or a whole one, the next time. */
        bool later = err->code != ASH_E_NOMEM;
        ash_plan_item_free(&item);
        feed_free(f);
        return later ? 0 : rc;
    }
    rc = begin_input(l, f, &item, err);
    if (rc == 0)
        rc = keep_feed(l, f, err);
    ash_plan_item_free(&item);
    if (rc < 0) {
        feed_free(f);
        return rc;
    }
    l->dirty = true;
    *ret = f;
    return 1;
}

/* A log that grows by a line at a time would have as many blocks in its evidence
 * index: those not stored yet are joined up to the size of a block. */
static void join_evidence(ash_live *l, ash_feed *f)
{
    ash_input *in = f->in;
    if (in->n_evidence < 2)
        return;
    ash_evidence *a = &in->evidence[in->n_evidence - 2], *b = a + 1;
    uint64_t n = (uint64_t)a->length + b->length;
    if (n > ASH_BLOCK_SIZE ||
        pread(f->fd, l->bytes, n, (off_t)(in->position - n)) != (ssize_t)n)
        return;
    ash_hash128 front = ash_hash128_of(l->bytes, a->length);
    if (memcmp(&front, &a->hash, sizeof front) != 0)
        return; /* somebody changes the file behind us: the two hashes tell where */
    a->first = a->first == ASH_TIME_NONE || (b->first != ASH_TIME_NONE && b->first < a->first)
                   ? b->first
                   : a->first;
    a->last = b->last > a->last ? b->last : a->last;
    a->hash = ash_hash128_of(l->bytes, n);
    a->length = (uint32_t)n;
    in->n_evidence--;
}

/* Folds n bytes at the feed's position as one block. */
static int take(ash_live *l, ash_feed *f, size_t n, ash_error *err)
{
    size_t used = 0;
    ash_block *b = &f->block;
    b->offset = f->in->position;
    b->length = (uint32_t)n;
    b->raw = b->offset + n;
    b->hash = ash_hash128_of(l->bytes, n);
    uint64_t events = f->in->events, records = f->in->records;
    int rc = b->opaque ? 0
                       : f->profile.source->feed(f->state, ash_view_of(l->bytes, n), b->offset, true,
                                                 &b->batch, &used, err);
    if (rc < 0)
        return rc;
    enter(l, f);
    rc = ash_run_fold_block(&l->run, b, err);
    leave(l, f);
    l->taken += n;
    l->events += f->in->events - events;
    l->records += f->in->records - records;
    l->dirty = true;
    if (rc == 0)
        join_evidence(l, f);
    return rc;
}

int ash_live_pull(ash_live *l, ash_feed *f, uint64_t *ret_bytes, ash_error *err)
{
    *ret_bytes = 0;
    ssize_t n = pread(f->fd, l->bytes, ASH_BLOCK_SIZE, (off_t)f->in->position);
    if (n < 0)
        return errno == EINTR ? 0 : ash_io_fail(err, f->in->path, "cannot be read");
    if (n == 0)
        return 0;
    ash_batch_reset(&f->block.batch);
    size_t used = ash_cutter_cut(&f->cutter, &f->block, ash_view_of(l->bytes, (size_t)n),
                                 f->in->position, n < (ssize_t)ASH_BLOCK_SIZE);
    if (used == 0)
        return 0;
    *ret_bytes = used;
    return take(l, f, used, err);
}

int ash_live_note_loss(ash_live *l, ash_feed *f, uint64_t records, int64_t from, int64_t to,
                       const char *detail, ash_error *err)
{
    ash_batch *b = &f->block.batch;
    ash_batch_reset(b);
    ash_batch_loss(b, ASH_REASON_NOT_TAKEN, f->in->position, records, from, 0, detail);
    if (b->n_notes > 0)
        b->notes[b->n_notes - 1].time_end = to;
    l->dirty = true;
    return ash_input_count(f->in, b, f->in->lines, err);
}

/* What is left has no end, and will not get one. */
static int take_rest(ash_live *l, ash_feed *f, ash_error *err)
{
    ssize_t n = pread(f->fd, l->bytes, ASH_BLOCK_SIZE, (off_t)f->in->position);
    if (n <= 0)
        return 0;
    ash_batch_reset(&f->block.batch);
    f->cutter.growing = false;
    size_t used = ash_cutter_cut(&f->cutter, &f->block, ash_view_of(l->bytes, (size_t)n),
                                 f->in->position, true);
    return used == 0 ? 0 : take(l, f, used, err);
}

/* True if all bytes of the file that is followed, whatever its name, were hashed. */
static bool hash_all(const ash_feed *f, uint8_t digest[ASH_SHA256_SIZE])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", f->fd);
    return ash_stream_hash_file(path, digest);
}

/* A file that was short when it was found is known by more once it is longer. */
static void renew_head(ash_live *l, ash_feed *f)
{
    if (f->in->n_starts == ASH_STARTS)
        return;
    uint64_t n = f->in->position < ASH_PROBE_SIZE ? f->in->position : ASH_PROBE_SIZE;
    ssize_t got = pread(f->fd, l->bytes, n, 0);
    if (got == (ssize_t)n && n > f->in->head_bytes)
        ash_plan_set_head(f->in, ash_view_of(l->bytes, n));
}

int ash_live_end_feed(ash_live *l, ash_feed *f, ash_error *err)
{
    uint8_t digest[ASH_SHA256_SIZE];
    size_t i = 0;
    int rc = l->run.o->stop != NULL && *l->run.o->stop ? 0 : take_rest(l, f, err);
    if (rc < 0)
        return rc;
    renew_head(l, f);
    struct stat st;
    bool whole = fstat(f->fd, &st) == 0 && (uint64_t)st.st_size == f->in->position;
    f->in->state = whole ? ASH_STATE_COMPLETE : ASH_STATE_PARTIAL;
    f->in->raw = f->in->position;
    f->in->sha256[0] = '\0';
    if (whole && hash_all(f, digest))
        ash_hex(f->in->sha256, digest, sizeof digest);
    enter(l, f);
    ash_run_remark_assumptions(&l->run);
    rc = ash_run_finish_input(&l->run, err);
    f->in = NULL; /* the run's now */
    ash_fold_forget_decoders(l->run.fold);
    ash_input_servers_begin(&l->run.servers);
    while (i < l->n_feeds && l->feeds[i] != f)
        i++;
    if (i < l->n_feeds)
        l->feeds[i] = l->feeds[--l->n_feeds];
    feed_free(f);
    l->dirty = true;
    return rc;
}

ash_file_id ash_feed_id(const ash_feed *f)
{
    return f->id;
}

const char *ash_feed_path(const ash_feed *f)
{
    return f->in->path;
}

uint64_t ash_feed_position(const ash_feed *f)
{
    return f->in->position;
}

uint64_t ash_feed_size(const ash_feed *f)
{
    struct stat st;
    return fstat(f->fd, &st) < 0 ? 0 : (uint64_t)st.st_size;
}

ash_hash128 ash_feed_start(const ash_feed *f, uint32_t *ret_bytes)
{
    *ret_bytes = f->start_bytes;
    return f->start;
}

/* --- checkpoints ------------------------------------------------------- */

int ash_live_checkpoint(ash_live *l, bool flush, ash_error *err)
{
    int rc = flush ? ash_fold_flush(l->run.fold, err) : 0;
    for (size_t i = 0; i < l->n_feeds; i++) {
        renew_head(l, l->feeds[i]);
        l->rows[i] = l->feeds[i]->in;
    }
    l->run.growing = l->rows;
    l->run.n_growing = l->n_feeds;
    if (rc == 0)
        rc = ash_run_checkpoint(&l->run, err);
    if (rc == 0)
        l->dirty = false;
    return rc;
}

bool ash_live_dirty(const ash_live *l)
{
    return l->dirty;
}

double ash_live_since_checkpoint(const ash_live *l)
{
    return ash_now_seconds() - l->run.last_checkpoint;
}

ash_live_totals ash_live_totals_of(const ash_live *l)
{
    return (ash_live_totals){
        .records = l->records,
        .events = l->events,
        .accesses = ash_fold_stats_of(l->run.fold)->accesses,
        .findings = l->run.findings_total,
        .bytes = l->taken,
        .last_event = l->run.last_time,
    };
}
