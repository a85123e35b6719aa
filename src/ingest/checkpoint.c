/* Checkpoints: segments are durable files first; then one transaction names
 * them, moves the inputs' positions on and names the file with the state of
 * fold and detectors. Whatever a crash leaves without being named is removed by
 * the next run and read again. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "ingest/run.h"
#include "ledger/seal.h"

#define STATE_MAGIC 0x31545341u /* "AST1" */
#define STATE_MAX (256u << 20)

static const char *state_path(const ash_run *r, int64_t number, char buf[4096])
{
    char name[48];
    snprintf(name, sizeof name, "state-%lld.bin", (long long)number);
    return ash_case_path(r->c, name, buf, 4096);
}

static void put_clock(const ash_clock *k, ash_buf *b)
{
    ash_put_u32(b, (uint32_t)k->year);
    ash_put_u8(b, k->year_given);
    ash_put_u8(b, k->used_year);
    ash_put_u8(b, k->used_zone);
    ash_put_u32(b, (uint32_t)k->first_year);
    ash_put_i64(b, k->last);
    ash_put_i64(b, k->max);
}

static void get_clock(ash_clock *k, ash_cursor *c)
{
    k->year = (int)ash_get_u32(c);
    k->year_given = ash_get_u8(c) != 0;
    k->used_year = ash_get_u8(c) != 0;
    k->used_zone = ash_get_u8(c) != 0;
    k->first_year = (int)ash_get_u32(c);
    k->last = ash_get_i64(c);
    k->max = ash_get_i64(c);
}

/* The state on its way to its file, piece by piece: whole, it would be among the
 * largest things in memory. */
typedef struct state_sink {
    ash_out *out;
    ash_hash64_stream *hash;
} state_sink;

static void drain_state(void *user, ash_buf *b)
{
    state_sink *s = user;
    ash_hash64_update(s->hash, b->p, b->n);
    ash_out_write(s->out, ash_buf_view(b));
    b->n = 0;
}

static int write_state(ash_run *r, int64_t number, ash_error *err)
{
    char path[4096];
    state_sink sink = {.out = malloc(sizeof *sink.out), .hash = ash_hash64_begin(STATE_MAGIC)};
    int rc = sink.out == NULL || sink.hash == NULL
                 ? ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory")
                 : ash_out_open(sink.out, state_path(r, number, path), err);
    if (rc == 0) {
        ash_buf b;
        ash_buf_init(&b, STATE_MAX);
        b.drain = drain_state;
        b.drain_user = &sink;
        ash_put_u32(&b, STATE_MAGIC);
        put_clock(&r->clock, &b);
        ash_fold_save(r->fold, &b);
        ash_engine_save(r->engine, &b);
        drain_state(&sink, &b);
        ash_put_u64(&b, ash_hash64_end(sink.hash));
        sink.hash = NULL;
        sink.out->buf.failed |= b.failed;
        ash_out_write(sink.out, ash_buf_view(&b));
        ash_buf_free(&b);
        rc = ash_out_publish(sink.out, err);
    }
    if (sink.hash != NULL)
        ash_hash64_end(sink.hash);
    free(sink.out);
    return rc;
}

static int load_state(ash_run *r, int64_t number, bool in_input, ash_error *err)
{
    char path[4096];
    ash_buf b;
    ash_buf_init(&b, STATE_MAX);
    int rc = ash_io_read_file(state_path(r, number, path), STATE_MAX, &b, err);
    if (rc == 0) {
        ash_view body = ash_view_first(ash_buf_view(&b), b.n < 8 ? 0 : b.n - 8);
        ash_cursor sum = ash_cursor_of(ash_view_skip(ash_buf_view(&b), body.n));
        ash_cursor c = ash_cursor_of(body);
        if (ash_get_u64(&sum) != ash_hash64(body.p, body.n, STATE_MAGIC) ||
            ash_get_u32(&c) != STATE_MAGIC)
            rc = ash_fail_at(err, ASH_E_FORMAT, "ingest", path, ASH_NO_OFFSET,
                             "is damaged; the case cannot be continued, make a new one");
        ash_clock k = r->clock;
        get_clock(&k, &c);
        if (in_input)
            r->clock = k;
        if (rc == 0)
            rc = ash_fold_load(r->fold, &c, err);
        if (rc == 0)
            rc = ash_engine_load(r->engine, &c, err);
    }
    ash_buf_free(&b);
    return rc;
}

/* --- the transaction --------------------------------------------------- */

static int store_segments(ash_run *r, ash_error *err)
{
    const ash_segment_info *s;
    size_t n = ash_store_taken(r->store, &s);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = ash_db_exec(&r->c->db, err, "INSERT INTO segments VALUES(?,?,?,?,?,?,?,?,?,?)",
                         "iiiiiiiiii", (int64_t)s[i].number, (int64_t)s[i].volume,
                         (int64_t)s[i].accesses, (int64_t)s[i].paths, (int64_t)s[i].dirs,
                         (int64_t)s[i].sessions, (int64_t)s[i].logons, s[i].min_cs, s[i].max_cs,
                         (int64_t)s[i].bytes);
    ash_store_numbers next = ash_store_next(r->store);
    if (rc == 0)
        rc = ash_case_set(r->c, "next_segment", next.segment, err);
    /* The dictionary is not kept: the next run begins a volume of its own. */
    if (rc == 0)
        rc = ash_case_set(r->c, "next_volume", (int64_t)next.volume + 1, err);
    if (rc == 0)
        rc = ash_case_set(r->c, "next_path", next.path, err);
    if (rc == 0)
        rc = ash_case_set(r->c, "next_dir", next.dir, err);
    return rc;
}

static int store_counts(ash_run *r, ash_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; i < r->cap_counts && rc == 0; i++) {
        ash_actor_counts *n = &r->counts[i];
        if (n->first_cs > n->last_cs)
            continue;
        rc = ash_db_exec(
            &r->c->db, err,
            "UPDATE actors SET first_cs = min(coalesce(first_cs, ?1), ?1), "
            "last_cs = max(coalesce(last_cs, ?2), ?2), accesses = accesses + ?3, "
            "read = read + ?4, opened = opened + ?5, listed = listed + ?6, denied = denied + ?7, "
            "missing = missing + ?8, changed = changed + ?9 WHERE id = ?10",
            "iiiiiiiiii", n->first_cs, n->last_cs, (int64_t)n->accesses, (int64_t)n->read,
            (int64_t)n->opened, (int64_t)n->listed, (int64_t)n->denied, (int64_t)n->missing,
            (int64_t)n->changed, (int64_t)i);
        *n = (ash_actor_counts){.first_cs = INT64_MAX, .last_cs = INT64_MIN};
    }
    for (uint32_t i = 0; i < ash_shares_count(r->actors) && rc == 0; i++) {
        uint64_t *half = i < r->cap_half_reads ? &r->half_reads[i] : NULL;
        rc = ash_db_exec(&r->c->db, err,
                         "UPDATE shares SET operations = ?, half_reads = half_reads + ? "
                         "WHERE id = ?",
                         "iii", (int64_t)ash_fold_share_records(r->fold, i),
                         (int64_t)(half == NULL ? 0 : *half), (int64_t)i);
        if (half != NULL)
            *half = 0;
    }
    return rc;
}

static int store_telling(ash_run *r, const ash_finding *f, ash_error *err)
{
    int rc = ash_db_exec(&r->c->db, err, "DELETE FROM finding_accesses WHERE finding = ?", "i",
                         (int64_t)f->number);
    for (uint32_t i = 0; i < f->n_telling && rc == 0; i++) {
        const ash_telling *t = &f->telling[i];
        rc = ash_db_exec(&r->c->db, err, "INSERT INTO finding_accesses VALUES(?,?,?,?,?,?)", "iiiiii",
                         (int64_t)f->number, (int64_t)i, (int64_t)t->input, (int64_t)t->offset, t->time,
                         (int64_t)t->grew);
    }
    return rc;
}

static int store_findings(ash_run *r, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < r->n_findings && rc == 0; i++) {
        const ash_finding *f = &r->findings[i].f;
        /* One that has grown keeps its number: decisions name it. */
        rc = ash_db_exec(&r->c->db, err,
                         "INSERT OR REPLACE INTO findings(id, detector, kind, severity, flags, actor, "
                         "share, first, at, last, window_s, listed, read, opened, denied, missing, "
                         "changed, folders, accounts, value, threshold, measure, basis, usual, times, "
                         "\"key\", raised) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                         "isiiiiiiiiiiiiiiiiiffiifiii", (int64_t)f->number, r->findings[i].by->name,
                         (int64_t)f->kind, (int64_t)f->severity, (int64_t)f->flags, (int64_t)f->actor,
                         f->share == UINT32_MAX ? (int64_t)-1 : (int64_t)f->share, f->first, f->at,
                         f->last, (int64_t)f->window_s, (int64_t)f->listed, (int64_t)f->read,
                         (int64_t)f->opened, (int64_t)f->denied, (int64_t)f->missing,
                         (int64_t)f->changed, (int64_t)f->folders, (int64_t)f->accounts, f->value,
                         f->threshold, (int64_t)f->measure, (int64_t)f->basis, f->usual,
                         (int64_t)f->times, (int64_t)f->key, f->raised);
        if (rc == 0)
            rc = store_telling(r, f, err);
    }
    r->n_findings = 0;
    return rc;
}

static int store_hours(ash_run *r, ash_error *err)
{
    int rc = 0;
    ash_hours_finish(&r->hours);
    for (size_t i = 0; i < r->hours.n_done && rc == 0; i++) {
        const ash_hour *h = &r->hours.done[i];
        rc = ash_db_exec(&r->c->db, err,
                         "INSERT INTO hours VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
                         "records = records + excluded.records, first = min(first, excluded.first), "
                         "last = max(last, excluded.last), quiet = max(quiet, excluded.quiet)",
                         "iiiiii", (int64_t)h->server, h->hour, (int64_t)h->records, h->first,
                         h->last, h->quiet);
    }
    for (size_t i = 0; i < r->hours.n_steps && rc == 0; i++)
        rc = ash_db_exec(&r->c->db, err,
                         "INSERT INTO clock_steps(server, input, from_ns, to_ns) VALUES(?,?,?,?)",
                         "iiii", (int64_t)r->hours.steps[i].server, r->hours.steps[i].input,
                         r->hours.steps[i].from, r->hours.steps[i].to);
    r->hours.n_done = 0;
    r->hours.n_steps = 0;
    return rc;
}

static int store_numbers(ash_run *r, ash_error *err)
{
    ash_numbers *x = ash_fold_numbers(r->fold);
    int rc = 0;
    for (uint32_t i = 0; i < x->n && rc == 0; i++) {
        ash_number_list *l = &x->lists[i];
        if (!l->changed)
            continue;
        rc = ash_db_exec(&r->c->db, err, "DELETE FROM numbers WHERE server = ? AND epoch = ?", "ii",
                         (int64_t)l->server, (int64_t)l->epoch);
        for (uint32_t k = 0; k < l->n && rc == 0; k++)
            rc = ash_db_exec(&r->c->db, err, "INSERT INTO numbers VALUES(?,?,?,?,?,?,?)", "iiiiiii",
                             (int64_t)l->server, (int64_t)l->epoch, (int64_t)l->spans[k].first,
                             (int64_t)l->spans[k].last, l->spans[k].from, l->spans[k].to,
                             (int64_t)!l->inexact);
        l->changed = rc < 0;
    }
    return rc;
}

static int store_inputs(ash_run *r, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < r->n_dirty && rc == 0; i++)
        rc = ash_input_store(r->dirty[i], r->c, err);
    if (rc == 0 && r->in != NULL)
        rc = ash_input_store(r->in, r->c, err);
    for (size_t i = 0; i < r->n_growing && rc == 0; i++)
        rc = ash_input_store(r->growing[i], r->c, err);
    return rc;
}

static void tell(const ash_run *r, const ash_input *in)
{
    const ash_acknowledged a = {
        .input = in->id, .name = in->name, .state = in->state, .position = in->position};
    if (r->o->acknowledged != NULL)
        r->o->acknowledged(r->o->user, &a);
}

/* The transaction is durable: says so of each input, and lets go of those done. */
static void acknowledge(ash_run *r)
{
    for (size_t i = 0; i < r->n_dirty; i++)
        tell(r, r->dirty[i]);
    if (r->in != NULL)
        tell(r, r->in);
    for (size_t i = 0; i < r->n_growing; i++)
        tell(r, r->growing[i]);
    for (size_t i = 0; i < r->n_dirty; i++)
        ash_input_free(r->dirty[i]);
    r->n_dirty = 0;
}

/* Inputs that are done, and the one a run stops in. */
static size_t inputs_to_seal(const ash_run *r, int64_t ids[ASH_DIRTY_MAX + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_dirty; i++)
        if (r->dirty[i]->unsealed)
            ids[n++] = r->dirty[i]->id;
    if (r->result->interrupted && r->in != NULL && r->in->unsealed)
        ids[n++] = r->in->id;
    return n;
}

static int transaction(ash_run *r, int64_t state, ash_error *err)
{
    int64_t sealed[ASH_DIRTY_MAX + 1];
    size_t n_sealed = inputs_to_seal(r, sealed);
    int rc = ash_case_begin(r->c, err);
    if (rc < 0)
        return rc;
    rc = ash_case_store_actors(r->c, r->actors, r->stored_actors, r->stored_shares, err);
    if (rc == 0)
        rc = store_segments(r, err);
    if (rc == 0)
        rc = store_inputs(r, err);
    if (rc == 0)
        rc = ash_input_servers_store(&r->servers, r->c, err);
    if (rc == 0)
        rc = store_hours(r, err);
    if (rc == 0)
        rc = store_numbers(r, err);
    if (rc == 0)
        rc = store_counts(r, err);
    if (rc == 0)
        rc = store_findings(r, err);
    if (rc == 0)
        rc = ash_case_set(r->c, "state", state, err);
    if (rc == 0)
        rc = ash_case_set(r->c, "state_input", r->in == NULL ? 0 : r->in->id, err);
    if (rc == 0 && r->c->zone_set)
        rc = ash_case_set_zone(r->c, &r->c->zone, err);
    /* Last: nothing may fail between the seal and what names it but the machine. */
    if (rc == 0 && r->c->ledger != NULL)
        rc = ash_ledger_checkpoint(r->c->ledger, sealed, n_sealed, err);
    if (rc == 0)
        rc = ash_case_commit(r->c, err);
    if (rc < 0)
        ash_case_rollback(r->c);
    return rc;
}

int ash_run_checkpoint(ash_run *r, ash_error *err)
{
    char path[4096];
    int64_t state = r->state_file + 1;
    int rc = ash_store_cut(r->store, err);
    if (rc == 0)
        rc = ash_store_sync(r->store, err);
    if (rc == 0)
        rc = write_state(r, state, err);
    if (rc == 0)
        rc = transaction(r, state, err);
    if (rc < 0)
        return rc;
    if (r->state_file != 0)
        unlink(state_path(r, r->state_file, path));
    acknowledge(r);
    r->state_file = state;
    r->stored_actors = ash_actors_count(r->actors);
    r->stored_shares = ash_shares_count(r->actors);
    r->last_checkpoint = ash_now_seconds();
    return 0;
}

int ash_run_restore(ash_run *r, int64_t *ret_input, ash_error *err)
{
    int64_t state = 0, input = 0;
    int rc = ash_case_load_actors(r->c, r->actors, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "state", &state, 0, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "state_input", &input, 0, err);
    if (rc < 0)
        return rc;
    r->stored_actors = ash_actors_count(r->actors);
    r->stored_shares = ash_shares_count(r->actors);
    r->state_file = state;
    *ret_input = input;
    int64_t last = 0;
    rc = ash_db_int(&r->c->db, &last, 0, err, "SELECT max(id) FROM findings", "");
    r->findings_last = (uint32_t)last;
    return rc < 0 || state == 0 ? rc : load_state(r, state, input != 0, err);
}
