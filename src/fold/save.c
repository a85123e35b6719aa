/* The fold's state as bytes, for a checkpoint. Written and read by the same
 * build of the same format version only; the case checks both. */
#include "base/limits.h"
#include "base/time.h"
#include "fold/fold.h"
#include "fold/fold_internal.h"

#define MAGIC 0x32444c46u /* "FLD2" */

/* A time the fold can subtract from another. */
static int64_t get_time(ash_cursor *c)
{
    const int64_t day = 86400 * ASH_NS_PER_S;
    int64_t t = ash_get_i64(c);
    c->failed |= t < -2 * day || t > ASH_TIME_MAX + 2 * day;
    return c->failed ? 0 : t;
}

/* Such a time, or none yet. */
static int64_t get_time_or_none(ash_cursor *c)
{
    ash_cursor at = *c;
    return ash_get_i64(&at) == INT64_MIN ? ash_get_i64(c) : get_time(c);
}

static void put_session(ash_buf *b, const ash_session *s)
{
    ash_put_u32(b, s->id);
    ash_put_i64(b, s->first);
    ash_put_i64(b, s->last);
    ash_put_u64(b, s->records);
    ash_put_u32(b, s->connects);
    ash_put_u32(b, s->input);
}

static void get_session(ash_cursor *c, ash_session *s, uint32_t actor)
{
    s->id = ash_get_u32(c);
    s->actor = actor;
    s->first = get_time(c);
    s->last = get_time(c);
    s->records = ash_get_u64(c);
    s->connects = ash_get_u32(c);
    s->input = ash_get_u32(c);
}

static void put_save(ash_buf *b, const save_state *s)
{
    ash_put_u64(b, s->document);
    ash_put_u64(b, s->document_dir);
    ash_put_i64(b, s->document_at);
    for (size_t i = 0; i < SAVE_STEPS; i++)
        ash_put_u64(b, s->steps[i]);
    ash_put_u64(b, s->step_dir);
    ash_put_i64(b, s->step_at);
}

static void get_save(ash_cursor *c, save_state *s)
{
    s->document = ash_get_u64(c);
    s->document_dir = ash_get_u64(c);
    s->document_at = get_time(c);
    for (size_t i = 0; i < SAVE_STEPS; i++)
        s->steps[i] = ash_get_u64(c);
    s->step_dir = ash_get_u64(c);
    s->step_at = get_time(c);
}

static void put_open(ash_buf *b, const ash_table *t, const ash_open *o, uint32_t stamp)
{
    ash_put_u8(b, 1);
    ash_put_u8(b, o->old);
    ash_put_u32(b, stamp);
    ash_put_bytes(b, ash_table_path(t, o));
    ash_put_bytes(b, ash_table_new_path(t, o));
    ash_put_u64(b, o->path_hash);
    ash_put_u64(b, o->dir_hash);
    ash_put_i64(b, o->first);
    ash_put_i64(b, o->last);
    ash_put_i64(b, o->listed_at);
    ash_put_u64(b, o->offset);
    ash_put_u64(b, o->end);
    ash_put_u32(b, o->actor);
    ash_put_u32(b, o->share);
    ash_put_u32(b, o->session);
    ash_put_u32(b, o->input);
    ash_put_u32(b, o->saw);
    ash_put_u32(b, o->records);
    ash_put_u32(b, o->entries);
    ash_put_u32(b, o->entries_now);
    ash_put_u16(b, o->listing);
    ash_put_u16(b, o->in_listing);
    ash_put_u16(b, (uint16_t)o->twins);
    ash_put_u8(b, o->reported);
}

static void put_ring(const ash_fold *f, ash_buf *b, bool old)
{
    const ash_ring *r = old ? &f->table.old : &f->table.young;
    for (uint32_t k = 0; k < r->n; k++) {
        uint32_t at = r->n_tail + k;
        const ash_ring_piece *p = &r->pieces[at >= r->n_cap ? at - r->n_cap : at];
        uint32_t i = ash_table_owner(&f->table, p, old);
        if (i != ASH_OPEN_NONE)
            put_open(b, &f->table, &f->table.open[i], p->stamp);
    }
}

void ash_fold_save(const ash_fold *f, ash_buf *b)
{
    ash_put_u32(b, MAGIC);
    ash_put_u32(b, f->next_session);
    ash_put_i64(b, f->now);
    ash_put_i64(b, f->next_sweep);
    uint32_t shares = ash_shares_count(f->actors);
    ash_put_u32(b, shares);
    for (uint32_t i = 0; i < shares; i++)
        ash_put_u32(b, ash_fold_share_records(f, i));
    for (uint32_t i = 0; i < f->cap_actors; i++) {
        const actor_state *a = &f->actor_states[i];
        if (a->session.id == 0 && a->missing_path == 0 && a->scanned_dir == 0)
            continue;
        ash_put_u32(b, i);
        put_session(b, &a->session);
        ash_put_u64(b, a->missing_path);
        ash_put_u64(b, a->missing_dir);
        ash_put_i64(b, a->missing_at);
        ash_put_u64(b, a->scanned_dir);
        ash_put_i64(b, a->scanned_at);
        put_save(b, &a->save);
    }
    ash_put_u32(b, ASH_ID_NONE);
    put_ring(f, b, true);
    put_ring(f, b, false);
    ash_put_u8(b, 0);
    ash_join_save(f, b);
    ash_numbers_save(&f->numbers, b);
}

/* A state names only what its case has. */
static bool known(const ash_fold *f, uint32_t actor, uint32_t share)
{
    return actor < ash_actors_count(f->actors) && share < ash_shares_count(f->actors);
}

static bool get_open(ash_fold *f, ash_cursor *c)
{
    bool old = ash_get_u8(c) != 0;
    int64_t stamp = (int64_t)ash_get_u32(c) * ASH_NS_PER_S;
    ash_view path = ash_get_bytes(c, ASH_PATH_MAX);
    ash_view new_path = ash_get_bytes(c, ASH_PATH_MAX);
    ash_open o = {.path_hash = ash_get_u64(c)};
    o.dir_hash = ash_get_u64(c);
    o.first = get_time(c);
    o.last = get_time(c);
    o.listed_at = get_time(c);
    o.offset = ash_get_u64(c);
    o.end = ash_get_u64(c);
    o.actor = ash_get_u32(c);
    o.share = ash_get_u32(c);
    o.session = ash_get_u32(c);
    o.input = ash_get_u32(c);
    o.saw = ash_get_u32(c);
    o.records = ash_get_u32(c);
    o.entries = ash_get_u32(c);
    o.entries_now = ash_get_u32(c);
    o.listing = ash_get_u16(c);
    o.in_listing = ash_get_u16(c);
    o.twins = (int16_t)ash_get_u16(c);
    o.reported = ash_get_u8(c);
    if (c->failed || path.n == 0 || !known(f, o.actor, o.share) ||
        ash_fold_reserve(f, (ash_ids){o.actor, o.share, 0}) < 0)
        return false;
    uint64_t key = ash_table_key(o.actor, o.share, o.path_hash);
    uint32_t i = ash_table_add(&f->table, key, path, stamp);
    if (i == ASH_OPEN_NONE || (old && !ash_table_move(&f->table, i, true, new_path, stamp)))
        return false;
    ash_open *to = &f->table.open[i];
    o.key = to->key;
    o.serial = to->serial;
    o.at = to->at;
    o.path_n = to->path_n;
    o.new_n = to->new_n;
    o.old = to->old;
    *to = o;
    /* Those that went through the young ring leave a dead piece there. */
    while (old && f->table.young.n > 0)
        ash_ring_pop(&f->table.young);
    return true;
}

int ash_fold_load(ash_fold *f, ash_cursor *c, ash_error *err)
{
    uint32_t magic = ash_get_u32(c);
    f->next_session = ash_get_u32(c);
    f->now = get_time_or_none(c);
    f->next_sweep = get_time_or_none(c);
    uint32_t shares = ash_get_u32(c);
    c->failed |= shares > ash_shares_count(f->actors);
    for (uint32_t i = 0; i < shares && !c->failed; i++)
        ash_fold_set_share_records(f, i, ash_get_u32(c));
    for (uint32_t i; (i = ash_get_u32(c)) != ASH_ID_NONE && !c->failed;) {
        if (i >= ash_actors_count(f->actors) || ash_fold_reserve(f, (ash_ids){.actor = i}) < 0) {
            c->failed = true;
            break;
        }
        actor_state *a = &f->actor_states[i];
        get_session(c, &a->session, i);
        a->missing_path = ash_get_u64(c);
        a->missing_dir = ash_get_u64(c);
        a->missing_at = get_time(c);
        a->scanned_dir = ash_get_u64(c);
        a->scanned_at = get_time(c);
        get_save(c, &a->save);
    }
    bool good = magic == MAGIC && !c->failed;
    while (good && ash_get_u8(c) == 1)
        good = get_open(f, c);
    good = good && ash_join_load(f, c) && ash_numbers_load(&f->numbers, c);
    if (!good || c->failed)
        return ash_fail(err, ASH_E_FORMAT, "fold", "the saved state is damaged");
    return 0;
}
