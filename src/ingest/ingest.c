#include "ingest/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "fold/grade.h"
#include "ingest/keep.h"
#include "ingest/pipeline.h"
#include "ingest/run.h"

#define PROGRESS_EVERY 0.2
#define CHECKPOINT_EVERY 10.0
/* Decoding on threads pays from here on. */
#define SMALL_INPUT (4 * (int64_t)ASH_BLOCK_SIZE)
/* A file that begins at most this long before the end of the one before it goes
 * on with the same story: rotated logs overlap a little. */
#define CHAIN_SLACK (3600 * ASH_NS_PER_S)

double ash_now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- sinks ------------------------------------------------------------- */

static void on_grew(void *user, const ash_access *a, unsigned what)
{
    ash_run *r = user;
    bool reads = ash_fold_share_records(r->fold, a->share) & (RECORDS_READS | RECORDS_BEGINS);
    /* The monotonic clock: reading the thread's CPU time costs more than the work. */
    double before = r->o->measure ? ash_now_seconds() : 0;
    r->present = a;
    ash_engine_access(r->engine, a, what, reads);
    r->present = NULL;
    if (r->o->measure)
        r->result->stages.detect += ash_now_seconds() - before;
}

static ash_actor_counts *counts_of(ash_run *r, uint32_t actor)
{
    if (actor >= r->cap_counts) {
        uint32_t cap = r->cap_counts == 0 ? 256 : r->cap_counts;
        while (cap <= actor)
            cap *= 2;
        ash_actor_counts *p = realloc(r->counts, cap * sizeof *p);
        if (p == NULL)
            return NULL;
        for (uint32_t i = r->cap_counts; i < cap; i++)
            p[i] = (ash_actor_counts){.first_cs = INT64_MAX, .last_cs = INT64_MIN};
        r->counts = p;
        r->cap_counts = cap;
    }
    return &r->counts[actor];
}

static int count_half_read(ash_run *r, uint32_t share)
{
    if (share >= r->cap_half_reads) {
        uint32_t cap = share + 64;
        uint64_t *p = realloc(r->half_reads, cap * sizeof *p);
        if (p == NULL)
            return ASH_E_NOMEM;
        memset(p + r->cap_half_reads, 0, (cap - r->cap_half_reads) * sizeof *p);
        r->half_reads = p;
        r->cap_half_reads = cap;
    }
    r->half_reads[share]++;
    return 0;
}

static int on_closed(void *user, const ash_access *a, ash_error *err)
{
    ash_run *r = user;
    int rc = ash_store_access(r->store, a, err);
    if (rc < 0)
        return rc;
    ash_actor_counts *n = counts_of(r, a->actor);
    if (n == NULL || ((a->flags & ASH_ACCESS_HALF_READ) && count_half_read(r, a->share) < 0))
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int64_t first = ash_cs_of(a->first), last = ash_cs_of(a->last);
    n->first_cs = first < n->first_cs ? first : n->first_cs;
    n->last_cs = last > n->last_cs ? last : n->last_cs;
    n->accesses++;
    n->read += a->grade == ASH_GRADE_READ;
    n->opened += a->grade == ASH_GRADE_OPENED;
    n->listed += a->grade == ASH_GRADE_LISTED;
    n->denied += a->grade == ASH_GRADE_DENIED;
    n->missing += a->grade == ASH_GRADE_MISSING;
    n->changed += a->changes != 0 && !(a->flags & ASH_ACCESS_STEP);
    return ash_store_full(r->store) ? ash_store_cut(r->store, err) : 0;
}

static int on_session(void *user, const ash_session *s, ash_error *err)
{
    ash_run *r = user;
    return ash_store_session(r->store, s, err);
}

static int on_logon(void *user, const ash_event *e, int64_t time, uint32_t actor, uint32_t input,
                    ash_error *err)
{
    ash_run *r = user;
    ash_engine_logon(r->engine, e, time, actor);
    ash_actor_counts *n = counts_of(r, actor);
    if (n == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int64_t t = ash_cs_of(time);
    n->first_cs = t < n->first_cs ? t : n->first_cs;
    n->last_cs = t > n->last_cs ? t : n->last_cs;
    int rc = ash_store_logon(r->store, e, time, actor, input, err);
    return rc == 0 && ash_store_full(r->store) ? ash_store_cut(r->store, err) : rc;
}

static void on_admin(void *user, const ash_event *e, int64_t time, ash_ids ids)
{
    ash_run *r = user;
    ash_engine_admin(r->engine, e, time, ids);
}

static void on_finding(void *user, const ash_detector *by, const ash_finding *f)
{
    ash_run *r = user;
    if (r->alarm != NULL)
        r->alarm(r->alarm_user, by, f, r->present);
    if (r->findings_total++ >= ASH_FINDINGS_MAX)
        return;
    if (r->n_findings == r->cap_findings) {
        size_t cap = r->cap_findings == 0 ? 16 : r->cap_findings * 2;
        ash_pending_finding *p = realloc(r->findings, cap * sizeof *p);
        if (p == NULL) {
            r->failed = ASH_E_NOMEM;
            return;
        }
        r->findings = p;
        r->cap_findings = cap;
    }
    r->findings[r->n_findings++] = (ash_pending_finding){by, *f};
}

/* --- one input --------------------------------------------------------- */

static void show_progress(ash_run *r, uint64_t raw, bool force)
{
    double now = ash_now_seconds();
    if (r->o->progress == NULL || (!force && now - r->last_progress < PROGRESS_EVERY))
        return;
    r->last_progress = now;
    const ash_progress p = {
        .input = r->in == NULL ? NULL : r->in->name,
        .input_number = r->input_number,
        .n_inputs = r->result->n_inputs,
        .raw_done = r->raw_before + raw,
        .raw_total = r->raw_total,
        .lines = r->result->lines + (r->in == NULL ? 0 : r->in->lines),
        .accesses = ash_fold_stats_of(r->fold)->accesses,
        .findings = r->findings_total,
        .seconds = now - r->started,
    };
    r->o->progress(r->o->user, &p);
}

int ash_run_fold_block(ash_run *r, ash_block *b, ash_error *err)
{
    ash_tally tally = {
        .clock = &r->clock, .hours = &r->hours, .likeness = &r->in->likeness};
    uint64_t line0 = r->in->lines;
    for (size_t i = 0; i < b->batch.n_notes; i++) {
        ash_note *n = &b->batch.notes[i];
        if (n->time != ASH_NOTE_NO_TIME && n->time_flags != 0) {
            n->time = ash_clock_fix(&r->clock, n->time, n->time_flags);
            n->time_end = n->time;
        }
    }
    double before = cpu_seconds();
    int rc = ash_input_count(r->in, &b->batch, line0, err);
    if (rc == 0)
        rc = ash_fold_batch(r->fold, (uint32_t)r->in->id, &b->batch, &tally, err);
    r->result->stages.fold += cpu_seconds() - before;
    if (rc == 0 && !ash_input_servers_note(&r->servers, r->in->id, &b->batch))
        r->failed = ASH_E_NOMEM;
    if (rc == 0 && r->failed < 0)
        rc = ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    if (rc < 0)
        return rc;
    r->result->stages.decode += b->cpu;
    r->in->repeated += tally.repeated;
    if (tally.first != ASH_TIME_NONE) {
        r->last_time = tally.last > r->last_time ? tally.last : r->last_time;
        if (r->in->first == ASH_TIME_NONE || tally.first < r->in->first)
            r->in->first = tally.first;
        if (r->in->last == ASH_TIME_NONE || tally.last > r->in->last)
            r->in->last = tally.last;
    }
    r->in->position = b->offset + b->length;
    r->in->raw = b->raw;
    const ash_evidence ev = {
        .length = b->length, .first = tally.first, .last = tally.last, .hash = b->hash};
    return ash_input_add_evidence(r->in, &ev, err);
}

/* *ret_input: a failure is the input's, not the case's. */
static int read_blocks(ash_run *r, ash_pipeline *p, bool *ret_input, ash_error *err)
{
    uint64_t barren = 0;
    ash_block *b;
    int rc;
    *ret_input = false;
    for (;;) {
        rc = ash_pipeline_next(p, &b, err);
        if (rc != 1) {
            *ret_input = rc < 0;
            break;
        }
        barren = b->batch.n > 0 ? 0 : barren + b->length;
        rc = ash_run_fold_block(r, b, err);
        uint64_t raw = b->raw;
        ash_pipeline_release(p, b);
        if (rc < 0)
            break;
        if (barren > ASH_BARREN_MAX) {
            *ret_input = true;
            rc = ash_fail_at(err, ASH_E_LIMIT, "ingest", r->in->name, r->in->position,
                             "%s", _("no record in the last 1 GiB; the rest was not read"));
            break;
        }
        show_progress(r, raw, false);
        if (ash_now_seconds() - r->last_checkpoint > CHECKPOINT_EVERY) {
            rc = ash_run_checkpoint(r, err);
            if (rc < 0)
                break;
        }
    }
    return rc;
}

/* The first byte after what an earlier run read may lie inside a record that
 * had no end then; its rest is passed over. */
static int skip_open_tail(ash_run *r, ash_stream *s, uint64_t *from, ash_error *err)
{
    char *buf = malloc(ASH_BLOCK_SIZE);
    uint64_t passed = 0;
    int64_t n = 1;
    int rc = buf == NULL ? ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory") : 0;
    /* These bytes are evidence too: the next run compares the file with it. */
    for (bool end = false; rc == 0 && !end;) {
        uint32_t have = 0;
        while (!end && have < ASH_BLOCK_SIZE && (n = ash_stream_read(s, buf + have, 1, err)) == 1)
            end = buf[have++] == '\n';
        end = end || n <= 0;
        rc = n < 0 ? (int)n : 0;
        const ash_evidence ev = {.length = have,
                                 .first = ASH_TIME_NONE,
                                 .last = ASH_TIME_NONE,
                                 .hash = ash_hash128_of(buf, have)};
        if (rc == 0 && have > 0)
            rc = ash_input_add_evidence(r->in, &ev, err);
        passed += have;
    }
    free(buf);
    if (rc < 0)
        return rc;
    if (passed > 1)
        ash_input_remark(r->in,
                         _("a record at offset %llu was half written when it was first read; its "
                           "second half (%llu bytes) was skipped"),
                         (unsigned long long)*from, (unsigned long long)passed - 1);
    *from += passed;
    r->in->position = *from;
    return 0;
}

static void add_totals(ash_run *r)
{
    const ash_input *in = r->in;
    r->result->read++;
    r->result->raw_bytes += in->raw;
    r->result->bytes += in->position;
    r->result->lines += in->lines;
    r->result->records += in->records;
    r->result->events += in->events;
    for (int i = 0; i < ASH_REASON_COUNT; i++)
        if (ash_reason_kind_of((ash_reason)i) == ASH_KIND_SKIPPED)
            r->result->skipped += in->reasons[i].count;
}

int ash_run_finish_input(ash_run *r, ash_error *err)
{
    if (r->n_dirty == r->cap_dirty) {
        size_t cap = r->cap_dirty == 0 ? 16 : r->cap_dirty * 2;
        ash_input **p = realloc(r->dirty, cap * sizeof *p);
        if (p == NULL)
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        r->dirty = p;
        r->cap_dirty = cap;
    }
    r->dirty[r->n_dirty++] = r->in;
    r->in = NULL;
    return r->n_dirty >= ASH_DIRTY_MAX ? ash_run_checkpoint(r, err) : 0;
}

int ash_run_number_input(ash_run *r, ash_error *err)
{
    if (r->in->id != 0)
        return 0;
    int64_t id = 0;
    int rc = r->in->pipe
                 ? 0
                 : ash_db_int(&r->c->db, &id, 0, err,
                              "SELECT id FROM inputs WHERE path = ? AND bytes = 0 LIMIT 1", "s",
                              r->in->path);
    if (rc < 0)
        return rc;
    r->in->id = id;
    return ash_input_store(r->in, r->c, err);
}

int ash_run_pass_over(ash_run *r, const ash_plan_item *item, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < item->n_passed && rc == 0; i++)
        rc = ash_input_add_evidence(r->in, &item->passed[i], err);
    if (item->n_passed > 0)
        r->in->position = item->from;
    return rc;
}

static bool is_end_of_input(const ash_error *err)
{
    return err->code == ASH_E_FORMAT || err->code == ASH_E_IO || err->code == ASH_E_LIMIT;
}

static void seal_input(ash_run *r, ash_stream *s, const ash_source *source, int rc,
                       const ash_error *err)
{
    uint8_t digest[ASH_SHA256_SIZE];
    r->in->state = rc < 0 ? ASH_STATE_DAMAGED : ASH_STATE_COMPLETE;
    r->in->open_tail = rc == 0 && !source->binary && !r->o->growing && ash_stream_open_tail(s);
    r->in->problem[0] = '\0';
    if (rc < 0) {
        ash_error plain = *err;
        plain.input[0] = '\0';
        ash_error_text(&plain, r->in->problem, sizeof r->in->problem);
        r->result->damaged++;
    }
    r->in->sha256[0] = '\0';
    if (ash_stream_sha256(s, digest) ||
        (!r->in->pipe && ash_stream_hash_file(r->in->path, digest)))
        ash_hex(r->in->sha256, digest, sizeof digest);
}

static int ingest_stream(ash_run *r, ash_stream *s, const ash_profile *profile, uint64_t from,
                         bool *ret_input, ash_error *err)
{
    ash_pipeline *p = NULL;
    int64_t size = ash_stream_size(s);
    const ash_pipeline_options po = {
        .decoders = size >= 0 && size < SMALL_INPUT ? 0 : r->o->decoders,
        .offset = from,
        .growing = r->o->growing,
        .stop = r->o->stop,
    };
    int rc = ash_pipeline_start(&p, s, profile, &po, err);
    if (rc < 0)
        return rc;
    rc = read_blocks(r, p, ret_input, err);
    ash_fold_forget_decoders(r->fold);
    ash_pipeline_finish(p);
    return rc;
}

/* The file went away, or was replaced, after it was planned: logs are rotated
 * while others are read. */
static int give_up(ash_run *r, const ash_error *why, ash_error *err)
{
    ash_error plain = *why;
    plain.input[0] = '\0';
    ash_error_text(&plain, r->in->problem, sizeof r->in->problem);
    if (r->in->id == 0)
        r->in->state = ASH_STATE_UNREADABLE;
    r->result->unreadable++;
    return ash_run_number_input(r, err);
}

/* Reads one input to its end, or to where it is damaged. */
static int ingest_input(ash_run *r, ash_plan_item *item, ash_error *err)
{
    ash_profile profile = {0};
    ash_stream *s = item->stream;
    uint64_t from = item->from;
    int rc = 0;
    item->stream = NULL;
    if (s == NULL)
        rc = ash_stream_open(&s, r->in->path, 0, err);
    if (rc == 0)
        rc = ash_plan_probe(r->in, s, r->o, r->c->seed, &profile, err);
    if (rc == 0 && from > 0) {
        ash_stream_close(s);
        s = NULL;
        rc = ash_stream_open(&s, r->in->path, from, err);
    }
    if (rc < 0 && (is_end_of_input(err) || err->code == ASH_E_NOTFOUND || err->code == ASH_E_CHANGED)) {
        ash_error why = *err;
        ash_stream_close(s);
        ash_profile_free(&profile);
        return give_up(r, &why, err);
    }
    if (rc == 0)
        rc = ash_run_number_input(r, err);
    if (rc == 0)
        rc = ash_run_pass_over(r, item, err);
    ash_keep *keep = NULL;
    if (rc == 0 && r->in->pipe && r->o->keep_pipe)
        rc = ash_keep_begin(&keep, s, r->c, r->in, err);
    if (rc == 0) {
        ash_hours_begin(&r->hours, r->in->id);
        ash_input_servers_begin(&r->servers);
    }
    if (rc == 0 && !item->resume)
        ash_clock_init(&r->clock, &r->zone, r->o->year, r->in->mtime);
    if (rc == 0 && from > 0 && r->in->open_tail)
        rc = skip_open_tail(r, s, &from, err);
    if (rc == 0) {
        r->in->state = ASH_STATE_PARTIAL;
        r->in->open_tail = false; /* a run that is stopped ends behind a whole record */
        bool input_failed = false;
        const ash_fold_stats before = *ash_fold_stats_of(r->fold);
        rc = ingest_stream(r, s, &profile, from, &input_failed, err);
        if (rc == 0 || (input_failed && is_end_of_input(err))) {
            seal_input(r, s, profile.source, rc, err);
            rc = 0;
        }
        ash_run_remark_assumptions(r);
        ash_run_remark_limits(r, &before);
        add_totals(r);
    }
    int kept = ash_keep_end(keep, r->in, rc < 0 ? NULL : err);
    rc = rc < 0 ? rc : kept;
    ash_stream_close(s);
    ash_profile_free(&profile);
    return rc;
}

/* Another server, or a time long past: what is open belongs to another story. */
static int break_chain(ash_run *r, const ash_plan_item *item, const ash_plan_item *before,
                       ash_error *err)
{
    if (item->resume || before == NULL)
        return 0;
    bool goes_on = strcmp(item->server, before->server) == 0 && item->first != INT64_MAX &&
                   item->first >= r->last_time - CHAIN_SLACK;
    if (goes_on)
        return 0;
    int rc = ash_fold_flush(r->fold, err);
    ash_engine_finish(r->engine);
    r->last_time = INT64_MIN / 2;
    return rc;
}

/* An earlier item of this run had the same beginning: now that it is in the
 * case, the two can be compared. */
static int recheck_twin(ash_run *r, const ash_plan *plan, size_t i, ash_error *err)
{
    ash_plan_item *item = &plan->items[i];
    if (item->from > 0 || item->resume || item->stream != NULL)
        return 0;
    for (size_t k = 0; k < i; k++) {
        const ash_plan_item *other = &plan->items[k];
        if (other->head.lo != item->head.lo || other->head.hi != item->head.hi || other->skip)
            continue;
        int rc = ash_run_checkpoint(r, err);
        return rc == 0 ? ash_plan_find_known(item, r->c, 0, err) : rc;
    }
    return 0;
}

static void count_skipped(ash_run *r, const ash_input *in)
{
    if (strcmp(in->state, ASH_STATE_UNREADABLE) == 0)
        r->result->unreadable++;
    else if (strcmp(in->state, ASH_STATE_UNRECOGNISED) == 0)
        r->result->unrecognised++;
    else
        r->result->duplicates++;
}

static int ingest_plan(ash_run *r, ash_plan *plan, ash_error *err)
{
    const ash_plan_item *before = NULL;
    int rc = 0;
    for (size_t i = 0; i < plan->n && rc == 0; i++) {
        ash_plan_item *item = &plan->items[i];
        r->input_number = i + 1;
        if (!item->skip)
            rc = recheck_twin(r, plan, i, err);
        if (rc < 0)
            break;
        r->in = item->in;
        item->in = NULL;
        if (item->skip) {
            count_skipped(r, r->in);
            rc = ash_run_number_input(r, err);
        } else {
            rc = break_chain(r, item, before, err);
            if (rc == 0)
                rc = ingest_input(r, item, err);
            before = item;
        }
        if (rc < 0)
            break;
        r->raw_before += item->skip ? 0 : r->in->raw;
        rc = ash_run_finish_input(r, err);
    }
    return rc;
}

/* --- the run ----------------------------------------------------------- */

static int open_parts(ash_run *r, ash_error *err)
{
    char dir[4096];
    int64_t segment, volume, path, folder;
    const ash_fold_sink sink = {.user = r,
                                .grew = on_grew,
                                .closed = on_closed,
                                .session = on_session,
                                .logon = on_logon,
                                .admin = on_admin};
    r->actors = ash_actors_new();
    if (r->actors == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int rc = ash_fold_new(&r->fold, r->actors, &sink, r->c->seed, err);
    if (rc == 0)
        rc = ash_engine_new(&r->engine, r->actors, on_finding, r, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "next_segment", &segment, 1, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "next_volume", &volume, 1, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "next_path", &path, 1, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "next_dir", &folder, 1, err);
    if (rc == 0) {
        const ash_store_numbers n = {(uint32_t)segment, (uint32_t)volume, (uint32_t)path,
                                     (uint32_t)folder};
        rc = ash_store_open(&r->store, ash_case_path(r->c, "store", dir, sizeof dir),
                            r->c->path_key, n, err);
    }
    return rc;
}

void ash_run_close(ash_run *r)
{
    ash_store_close(r->store);
    ash_engine_free(r->engine);
    ash_fold_free(r->fold);
    ash_actors_free(r->actors);
    ash_hours_free(&r->hours);
    ash_input_servers_free(&r->servers);
    ash_input_free(r->in);
    for (size_t i = 0; i < r->n_dirty; i++)
        ash_input_free(r->dirty[i]);
    free(r->dirty);
    free(r->counts);
    free(r->half_reads);
    free(r->findings);
}

int ash_run_open(ash_run *r, ash_case *c, const ash_ingest_options *o, ash_ingest_result *result,
                 int64_t *ret_input, ash_error *err)
{
    *r = (ash_run){.c = c, .o = o, .result = result};
    memset(result, 0, sizeof *result);
    ash_stream_stop_on(o->stop);
    r->started = r->last_checkpoint = ash_now_seconds();
    ash_hours_init(&r->hours);
    ash_input_servers_init(&r->servers, c->seed);
    r->zone = ash_zone_fixed(0);
    r->last_time = INT64_MIN / 2;
    ash_clock_init(&r->clock, &r->zone, o->year, ASH_TIME_NONE);
    int rc = open_parts(r, err);
    return rc == 0 ? ash_run_restore(r, ret_input, err) : rc;
}

int ash_run_end(ash_run *r, ash_error *err)
{
    int rc = ash_fold_flush(r->fold, err);
    ash_engine_finish(r->engine);
    return rc == 0 ? ash_run_checkpoint(r, err) : rc;
}

static int run(ash_run *r, ash_case *c, const ash_ingest_options *o, ash_ingest_result *result,
               ash_error *err)
{
    ash_plan plan = {0};
    int64_t resume_input = 0;
    int rc = ash_run_open(r, c, o, result, &resume_input, err);
    if (rc == 0)
        rc = ash_plan_make(&plan, r->c, r->o, resume_input, err);
    if (rc == 0) {
        r->zone = r->clock.zone = plan.zone;
        r->zone_origin = plan.zone_origin;
    }
    if (rc == 0 && resume_input != 0 && (plan.n == 0 || !plan.items[0].resume)) {
        /* The input a run was stopped in is not among these: close what it left. */
        rc = ash_fold_flush(r->fold, err);
        ash_engine_finish(r->engine);
    }
    if (rc == 0) {
        r->result->n_inputs = plan.n;
        r->raw_total = plan.raw_total;
        rc = ingest_plan(r, &plan, err);
        if (rc == 0)
            rc = ash_run_end(r, err);
        else if (err->code == ASH_E_INTERRUPTED) {
            ash_error second;
            r->result->interrupted = true;
            int stored = ash_run_checkpoint(r, &second);
            if (stored < 0) {
                *err = second;
                rc = stored;
            }
        }
    }
    show_progress(r, 0, true);
    ash_plan_free(&plan);
    return rc;
}

int ash_ingest(ash_case *c, const ash_ingest_options *o, ash_ingest_result *ret, ash_error *err)
{
    ash_run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int rc = run(r, c, o, ret, err);
    if (r->fold != NULL) {
        const ash_fold_stats *f = ash_fold_stats_of(r->fold);
        ret->accesses = f->accesses;
        ret->split_early = f->split_early;
        ret->entry_records = f->entry_records;
        ret->other_records = f->other_records;
    }
    ret->findings = r->findings_total;
    ret->seconds = ash_now_seconds() - r->started;
    if (r->store != NULL)
        ret->stages.write = ash_store_write_seconds(r->store);
    ash_run_close(r);
    free(r);
    return rc;
}
