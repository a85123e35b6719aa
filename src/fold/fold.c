#include "fold/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "fold/fold_internal.h"
#include "fold/grade.h"
#include "source/origins.h"

/* A listing goes on as long as its entries are looked up this close together. */
#define LISTING_PAUSE (10 * ASH_NS_PER_S)
/* Lookups of listed entries are forgotten after this, since they make no
 * access; whatever follows a listing (opening its files) does so sooner. */
#define ENTRY_KEPT_S 60u

int ash_fold_new(ash_fold **ret, ash_actors *actors, const ash_fold_sink *sink, uint64_t seed,
                 ash_error *err)
{
    ash_fold *f = calloc(1, sizeof *f);
    if (f == NULL)
        return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory");
    f->actors = actors;
    f->sink = *sink;
    f->seed = seed;
    f->next_session = 1;
    f->now = f->next_sweep = INT64_MIN;
    int rc = ash_table_init(&f->table, err);
    if (rc < 0) {
        free(f);
        return rc;
    }
    *ret = f;
    return 0;
}

void ash_fold_forget_decoders(ash_fold *f)
{
    for (size_t i = 0; i < f->n_maps; i++)
        free(f->maps[i].ids);
    free(f->maps);
    f->maps = NULL;
    f->n_maps = 0;
}

void ash_fold_free(ash_fold *f)
{
    if (f == NULL)
        return;
    ash_fold_forget_decoders(f);
    ash_table_free(&f->table);
    ash_numbers_free(&f->numbers);
    ash_join_free(f->join);
    free(f->actor_states);
    free(f->share_records);
    free(f);
}

const ash_fold_stats *ash_fold_stats_of(const ash_fold *f)
{
    return &f->stats;
}

ash_numbers *ash_fold_numbers(ash_fold *f)
{
    return &f->numbers;
}

uint32_t ash_fold_share_records(const ash_fold *f, uint32_t share)
{
    return share < f->cap_shares ? f->share_records[share] : 0;
}

/* --- ids --------------------------------------------------------------- */

static bool grow_to(void **p, uint32_t *cap, uint32_t index, size_t size)
{
    if (index < *cap)
        return true;
    uint32_t want = *cap == 0 ? 256 : *cap;
    while (want <= index)
        want *= 2;
    char *q = realloc(*p, want * size);
    if (q == NULL)
        return false;
    memset(q + *cap * size, 0, (want - *cap) * size);
    *p = q;
    *cap = want;
    return true;
}

int ash_fold_reserve(ash_fold *f, ash_ids ids)
{
    void *states = f->actor_states, *records = f->share_records;
    bool ok = grow_to(&states, &f->cap_actors, ids.actor, sizeof *f->actor_states) &&
              grow_to(&records, &f->cap_shares, ids.share, sizeof *f->share_records);
    f->actor_states = states;
    f->share_records = records;
    return ok ? 0 : ASH_E_NOMEM;
}

void ash_fold_set_share_records(ash_fold *f, uint32_t share, uint32_t records)
{
    if (ash_fold_reserve(f, (ash_ids){.share = share}) == 0)
        f->share_records[share] |= records;
}

static origin_map *map_of(ash_fold *f, const struct ash_origins *o)
{
    for (size_t i = 0; i < f->n_maps; i++)
        if (f->maps[i].origins == o)
            return &f->maps[i];
    origin_map *p = realloc(f->maps, (f->n_maps + 1) * sizeof *p);
    if (p == NULL)
        return NULL;
    f->maps = p;
    p[f->n_maps] = (origin_map){.origins = o};
    return &p[f->n_maps++];
}

static int learn_origin(ash_fold *f, origin_map *m, uint32_t origin, ash_error *err)
{
    void *p = m->ids;
    bool ok = grow_to(&p, &m->cap, origin, sizeof *m->ids);
    m->ids = p;
    if (!ok)
        return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for actors");
    for (; m->n <= origin; m->n++)
        m->ids[m->n].actor = ASH_ID_NONE;
    bool overflow = false; /* the decoder has noted it */
    int rc = ash_actors_intern(f->actors, ash_origins_at(m->origins, origin), &m->ids[origin],
                               &overflow, err);
    if (rc == 0 && ash_fold_reserve(f, m->ids[origin]) < 0)
        rc = ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for actors");
    return rc;
}

/* --- sessions ---------------------------------------------------------- */

static void end_session(ash_fold *f, ash_session *s)
{
    if (s->id != 0 && f->failed == 0)
        f->failed = f->sink.session(f->sink.user, s, f->err);
    s->id = 0;
}

static ash_session *touch_session(ash_fold *f, uint32_t actor, uint32_t input, int64_t t)
{
    ash_session *s = &f->actor_states[actor].session;
    if (s->id != 0 && (t - s->last > ASH_IDLE || s->first - t > ASH_IDLE))
        end_session(f, s);
    if (s->id == 0)
        *s = (ash_session){
            .id = f->next_session++, .actor = actor, .first = t, .last = t, .input = input};
    s->records++;
    if (t > s->last)
        s->last = t;
    else if (t < s->first)
        s->first = t;
    return s;
}

/* --- accesses ---------------------------------------------------------- */

static ash_access access_of(const ash_fold *f, const ash_open *o)
{
    uint32_t records = f->share_records[o->share];
    return (ash_access){
        .actor = o->actor,
        .principal = ash_actors_principal(f->actors, o->actor),
        .share = o->share,
        .session = o->session,
        .input = o->input,
        .path = ash_table_path(&f->table, o),
        .new_path = ash_table_new_path(&f->table, o),
        .first = o->first,
        .last = o->last,
        .offset = o->offset,
        .end = o->end,
        .records = o->records,
        .entries = o->entries > o->entries_now ? o->entries : o->entries_now,
        .grade = (uint8_t)ash_grade_of(o->saw, records),
        .changes = (uint8_t)ash_changes_of(o->saw),
        .object = (uint8_t)ash_object_of(o->saw),
        .flags = (uint8_t)ash_access_flags_of(o->saw, records),
    };
}

/* Windows: what only the whole story tells. The right to delete is used for
 * renaming too; what is then deleted is said by another record. */
static void settle(const ash_fold *f, ash_open *o)
{
    if (ash_join_is_folder(f, o))
        o->saw |= SAW_DIR;
    if ((o->saw & SAW_DELETE_USED) && !(o->saw & SAW_DELETE))
        o->saw |= SAW_RENAME;
}

static void close_access(ash_fold *f, uint32_t i)
{
    ash_open *o = &f->table.open[i];
    if (o->saw & SAW_UNSURE)
        settle(f, o);
    if (o->in_listing != 0 && ash_saw_only_lookups(o->saw)) {
        f->stats.entry_records += o->records;
    } else if (f->failed == 0) {
        ash_access a = access_of(f, o);
        f->stats.half_reads += o->twins != 0;
        if (a.grade == ASH_GRADE_NONE && a.changes == 0) {
            f->stats.other_records += o->records;
        } else {
            f->stats.accesses++;
            f->failed = f->sink.closed(f->sink.user, &a, f->err);
        }
    }
    ash_table_remove(&f->table, i);
}

/* Deals with a ring's oldest piece: dead ones are dropped, idle accesses
 * closed, others moved on, or closed too if room is needed. */
static void take_tail(ash_fold *f, bool old, bool need_room)
{
    ash_ring *r = old ? &f->table.old : &f->table.young;
    ash_ring_piece *p = ash_ring_tail(r);
    uint32_t i = ash_table_owner(&f->table, p, old);
    ash_table_prefetch_tail(&f->table, old);
    if (i != ASH_OPEN_NONE) {
        const ash_open *o = &f->table.open[i];
        bool entry = o->in_listing != 0 && ash_saw_only_lookups(o->saw);
        bool idle = f->now - o->last > ASH_IDLE;
        if (entry || idle) {
            close_access(f, i);
        } else if ((need_room && old) ||
                   !ash_table_move(&f->table, i, true, ash_table_new_path(&f->table, o), f->now)) {
            f->stats.split_early++;
            close_access(f, i);
        }
    }
    ash_ring_pop(r);
}

/* Closes what is due. Cheap when nothing is. */
static void sweep(ash_fold *f)
{
    uint32_t now_s = (uint32_t)(f->now / ASH_NS_PER_S);
    const ash_ring_piece *p;
    while ((p = ash_ring_tail(&f->table.young)) != NULL && now_s - p->stamp > ENTRY_KEPT_S &&
           now_s - p->stamp < UINT32_MAX / 2)
        take_tail(f, false, false);
    const uint32_t idle_s = ASH_IDLE / ASH_NS_PER_S;
    while ((p = ash_ring_tail(&f->table.old)) != NULL && now_s - p->stamp > idle_s &&
           now_s - p->stamp < UINT32_MAX / 2)
        take_tail(f, true, false);
}

static void make_room(ash_fold *f)
{
    bool young = f->table.young.n > 0;
    /* Young ones that move on need room among the old. */
    if (!young || f->table.old.n == f->table.old.n_cap ||
        f->table.old.used > f->table.old.cap - ASH_PATH_MAX)
        if (f->table.old.n > 0)
            take_tail(f, true, true);
    if (young)
        take_tail(f, false, true);
}

/* --- one event --------------------------------------------------------- */

static uint64_t hash_of_dir(const ash_fold *f, const ash_event *e)
{
    if (e->op == ASH_OP_LOOKUP)
        return e->dir_hash;
    const char *slash = ash_path_slash(e->path);
    return slash == NULL ? 0 : ash_hash64(e->path.p, (size_t)(slash - e->path.p), f->seed);
}

/* The folder of e's path if a listing of it is going on. */
static ash_open *listing_of(ash_fold *f, const ash_event *e, ash_ids ids, int64_t t)
{
    const char *slash = memrchr(e->path.p, '/', e->path.n);
    if (slash == NULL)
        return NULL;
    ash_view dir = {e->path.p, (size_t)(slash - e->path.p)};
    uint32_t i = ash_table_find(&f->table, ash_table_key(ids.actor, ids.share, e->dir_hash),
                                ids.actor, ids.share, dir);
    if (i == ASH_OPEN_NONE)
        return NULL;
    ash_open *d = &f->table.open[i];
    int64_t since = t - d->listed_at;
    return d->listing != 0 && since <= LISTING_PAUSE && since >= -LISTING_PAUSE ? d : NULL;
}

static void extend(ash_open *o, const ash_event *e, int64_t t)
{
    if (t > o->last)
        o->last = t;
    if (t < o->first)
        o->first = t;
    if (e->offset < o->offset)
        o->offset = e->offset;
    if (e->offset + e->length > o->end)
        o->end = e->offset + e->length;
}

static void begin_listing(ash_open *o, int64_t t)
{
    if (o->entries_now > o->entries)
        o->entries = o->entries_now;
    o->entries_now = 0;
    o->listing = o->listing == UINT16_MAX ? 1 : o->listing + 1;
    o->listed_at = t;
}

static void report_growth(ash_fold *f, ash_open *o)
{
    ash_grade g = ash_grade_of(o->saw, f->share_records[o->share]);
    unsigned c = ash_changes_of(o->saw), grew = 0;
    switch (g) {
    case ASH_GRADE_MISSING: grew = ASH_GREW_MISSING; break;
    case ASH_GRADE_DENIED: grew = ASH_GREW_DENIED; break;
    case ASH_GRADE_LISTED: grew = ASH_GREW_LISTED; break;
    case ASH_GRADE_OPENED: grew = ASH_GREW_OPENED; break;
    case ASH_GRADE_READ: grew = ASH_GREW_READ; break;
    default: break;
    }
    grew |= c & ASH_CHANGE_WRITTEN ? ASH_GREW_WRITTEN : 0;
    grew |= c & ASH_CHANGE_RENAMED ? ASH_GREW_RENAMED : 0;
    grew |= c & ASH_CHANGE_DELETED ? ASH_GREW_DELETED : 0;
    /* What a program does for one document is one change. */
    if (o->saw & SAW_STEP)
        grew &= ~(ASH_GREW_WRITTEN | ASH_GREW_RENAMED | ASH_GREW_DELETED);
    grew &= ~(unsigned)o->reported;
    if (grew == 0)
        return;
    o->reported |= (uint8_t)grew;
    ash_access a = access_of(f, o);
    f->sink.grew(f->sink.user, &a, grew);
}

static uint32_t add_access(ash_fold *f, const ash_event *e, ash_ids ids, uint64_t key, int64_t t)
{
    uint32_t i;
    while ((i = ash_table_add(&f->table, key, e->path, f->now)) == ASH_OPEN_NONE)
        make_room(f);
    ash_open *o = &f->table.open[i];
    o->path_hash = e->path_hash;
    o->dir_hash = hash_of_dir(f, e);
    o->first = o->last = t;
    o->offset = e->offset;
    o->end = e->offset + e->length;
    o->actor = ids.actor;
    o->share = ids.share;
    return i;
}

/* A successful lookup may be an entry of a listing that is going on. */
static void count_entry(ash_fold *f, const ash_event *e, ash_ids ids, uint32_t i, int64_t t)
{
    ash_open *o = &f->table.open[i];
    if (!ash_saw_only_lookups(o->saw))
        return;
    ash_open *dir = listing_of(f, e, ids, t);
    if (dir == NULL || dir == o)
        return;
    dir->listed_at = t;
    extend(dir, e, t);
    if (o->in_listing != dir->listing) {
        o->in_listing = dir->listing;
        dir->entries_now++;
    }
}

static bool is_listing(const ash_fold *f, const ash_event *e, const ash_open *o)
{
    if (e->op == ASH_OP_OPEN)
        return ash_saw_of(e) & SAW_LIST_OPEN;
    return e->op == ASH_OP_OPENDIR && !(o->saw & SAW_SCAN) &&
           !(f->share_records[o->share] & RECORDS_OPENS);
}

static uint32_t find_access(ash_fold *f, const ash_event *e, ash_ids ids, uint64_t key, int64_t t)
{
    uint32_t i = ash_table_find(&f->table, key, ids.actor, ids.share, e->path);
    if (i == ASH_OPEN_NONE)
        return i;
    const ash_open *o = &f->table.open[i];
    if (t - o->last <= ASH_IDLE && o->first - t <= ASH_IDLE)
        return i;
    close_access(f, i);
    return ASH_OPEN_NONE;
}

void ash_fold_set_new_path(ash_fold *f, uint32_t i, ash_view new_path)
{
    while (!ash_table_move(&f->table, i, true, new_path, f->now)) {
        if (ash_ring_tail(&f->table.old) == NULL ||
            ash_table_owner(&f->table, ash_ring_tail(&f->table.old), true) == i)
            return; /* it is itself in the way: the target stays out */
        take_tail(f, true, true);
    }
}

/* The server looked the new name up first and found nothing. */
static void mark_target(ash_fold *f, ash_view path, ash_ids ids, int64_t t)
{
    uint64_t hash = ash_hash64(path.p, path.n, f->seed);
    uint32_t i = ash_table_find(&f->table, ash_table_key(ids.actor, ids.share, hash), ids.actor,
                                ids.share, path);
    if (i == ASH_OPEN_NONE)
        return;
    f->table.open[i].saw |= SAW_TARGET;
    ash_fold_note_save(f, i, NULL, t);
}

/* The same file under its name below the share, from before it was known that
 * the share's files are recorded by their place on the disk. */
static void absorb_relative(ash_fold *f, const ash_event *e, ash_ids ids, uint32_t i)
{
    uint32_t k = ash_join_relative(f, e, ids);
    if (k == ASH_OPEN_NONE || k == i)
        return;
    ash_open *o = &f->table.open[i];
    const ash_open *r = &f->table.open[k];
    if (r->first - o->last > ASH_IDLE || o->first - r->last > ASH_IDLE)
        return;
    o->first = r->first < o->first ? r->first : o->first;
    o->last = r->last > o->last ? r->last : o->last;
    if (r->input == o->input) {
        o->offset = r->offset < o->offset ? r->offset : o->offset;
        o->end = r->end > o->end ? r->end : o->end;
    }
    o->session = r->session;
    o->saw |= r->saw;
    o->records += r->records;
    o->reported |= r->reported;
    ash_table_remove(&f->table, k);
}

/* Closing and deletion name a handle, not a file. */
static void fold_handle(ash_fold *f, const ash_event *e, ash_ids ids, int64_t t)
{
    uint32_t i = ash_join_handle(f, e, ids);
    if (i == ASH_OPEN_NONE) {
        f->stats.other_records++;
        f->stats.lost_handles += e->op == ASH_OP_DELETE;
        return;
    }
    ash_open *o = &f->table.open[i];
    extend(o, e, t);
    o->records++;
    if (e->op == ASH_OP_DELETE && e->outcome == ASH_OUTCOME_OK)
        o->saw |= SAW_DELETE;
    else if ((o->saw & SAW_DELETE_USED) && !(o->saw & SAW_DELETE))
        o->saw |= SAW_RENAME; /* closed, and still there */
    if (e->op == ASH_OP_DELETE)
        ash_fold_note_save(f, i, e, t);
    report_growth(f, o);
}

static bool changes_something(const ash_event *e)
{
    return e->op == ASH_OP_WRITE || e->op == ASH_OP_RENAME || e->op == ASH_OP_DELETE ||
           (e->op == ASH_OP_USE && (e->access_mask & (ASH_MASK_WRITE_DATA | ASH_MASK_APPEND_DATA |
                                                      ASH_MASK_DELETE)));
}

static void fold_path(ash_fold *f, const ash_event *e, ash_ids ids, const ash_session *s, int64_t t)
{
    uint64_t key = ash_table_key(ids.actor, ids.share, e->path_hash);
    uint32_t i = find_access(f, e, ids, key, t);
    if (i == ASH_OPEN_NONE) {
        i = add_access(f, e, ids, key, t);
        f->table.open[i].session = s->id;
        f->table.open[i].input = s->input;
        if (e->windows != NULL) {
            f->table.open[i].saw = ash_join_object(f, e, ids, true);
            absorb_relative(f, e, ids, i);
        }
    } else if (e->windows != NULL) {
        f->table.open[i].saw |= ash_join_object(f, e, ids, false);
    }
    if (e->windows != NULL)
        ash_join_keep_handle(f, e, ids, i);
    ash_open *o = &f->table.open[i];
    extend(o, e, t);
    o->records++;
    f->share_records[ids.share] |= ash_recorded_by(e);
    if (e->op == ASH_OP_LOOKUP && e->outcome == ASH_OUTCOME_OK)
        count_entry(f, e, ids, i, t);
    uint32_t before = o->saw;
    o->saw |= ash_saw_of(e);
    if (e->op >= ASH_OP_READ_BEGIN && e->op <= ASH_OP_READ && (e->flags & ASH_EVENT_TWIN))
        o->twins += e->op == ASH_OP_READ_BEGIN ? 1 : -1;
    uint32_t search =
        ash_saw_of_search(&f->actor_states[ids.actor], e, o, f->share_records[ids.share], t);
    o->saw |= search;
    if (e->op == ASH_OP_OPENDIR && (search == 0 || (before & SAW_OPENDIR)))
        o->saw &= ~SAW_SCAN; /* at least once it was opened for its entries */
    if (e->op == ASH_OP_OPENDIR)
        o->saw &= ~SAW_OPENDIR_DUE;
    if (is_listing(f, e, o)) {
        begin_listing(o, t);
        if (e->op == ASH_OP_OPEN)
            o->saw |= SAW_OPENDIR_DUE;
    }
    if (e->new_path.n > 0 && e->outcome == ASH_OUTCOME_OK) {
        ash_fold_set_new_path(f, i, e->new_path);
        mark_target(f, e->new_path, ids, t);
    }
    if (e->flags & ASH_EVENT_NAME_LOST)
        o->reported &= (uint8_t)~(ASH_GREW_MISSING | ASH_GREW_DENIED); /* each is another name */
    if (changes_something(e) && e->outcome == ASH_OUTCOME_OK)
        ash_fold_note_save(f, i, e, t);
    if (o->saw != before || (e->flags & ASH_EVENT_NAME_LOST))
        report_growth(f, o);
}

static void fold_event(ash_fold *f, const ash_event *e, ash_ids ids, uint32_t input, int64_t t)
{
    if (t > f->now) {
        f->now = t;
        /* By event time, so that where a block ends decides nothing. */
        if (t >= f->next_sweep) {
            sweep(f);
            f->next_sweep = t + ASH_NS_PER_S;
        }
    }
    ash_session *s;
    switch (e->op) {
    case ASH_OP_LOGON:
        if (f->failed == 0)
            f->failed = f->sink.logon(f->sink.user, e, t, ids.actor, input, f->err);
        return;
    case ASH_OP_CONNECT:
        s = touch_session(f, ids.actor, input, t);
        s->connects += e->outcome == ASH_OUTCOME_OK;
        return;
    case ASH_OP_ADMIN: f->sink.admin(f->sink.user, e, t, ids); return;
    case ASH_OP_RESTART: return;
    case ASH_OP_CLOSE:
        touch_session(f, ids.actor, input, t);
        fold_handle(f, e, ids, t);
        return;
    case ASH_OP_DISCONNECT:
    case ASH_OP_LOGOFF:
    case ASH_OP_OTHER:
    case ASH_OP_WRITE_BEGIN:
        touch_session(f, ids.actor, input, t);
        f->stats.other_records++;
        return;
    default:
        s = touch_session(f, ids.actor, input, t);
        if (e->path.n > 0)
            fold_path(f, e, ids, s, t);
        else if (e->windows != NULL && e->op == ASH_OP_DELETE)
            fold_handle(f, e, ids, t);
        else
            f->stats.other_records++;
    }
}

#define AHEAD_SLOT 12u
#define AHEAD_ENTRY 6u

static void prefetch(const ash_fold *f, const origin_map *m, const ash_batch *b, size_t i)
{
    if (i + AHEAD_SLOT < b->n) {
        const ash_event *e = &b->events[i + AHEAD_SLOT];
        if (e->origin < m->n)
            ash_table_prefetch_slot(&f->table, ash_table_key(m->ids[e->origin].actor,
                                                            m->ids[e->origin].share, e->path_hash));
    }
    if (i + AHEAD_ENTRY < b->n) {
        const ash_event *e = &b->events[i + AHEAD_ENTRY];
        if (e->origin < m->n)
            ash_table_prefetch_entry(&f->table,
                                     ash_table_key(m->ids[e->origin].actor,
                                                   m->ids[e->origin].share, e->path_hash));
    }
}

static bool is_repeated(const ash_fold *f, const ash_event *e, uint32_t server)
{
    return e->windows != NULL && e->windows->record != 0 &&
           ash_numbers_has(&f->numbers, server, e->windows->record, e->time);
}

static int add_numbers(ash_fold *f, origin_map *m, const ash_batch *b, ash_error *err)
{
    for (size_t i = 0; i < b->n_spans; i++) {
        uint32_t origin = b->spans[i].origin;
        if (origin >= m->n || m->ids[origin].actor == ASH_ID_NONE) {
            int rc = learn_origin(f, m, origin, err);
            if (rc < 0)
                return rc;
        }
        if (!ash_numbers_add(&f->numbers, m->ids[origin].server, &b->spans[i].span))
            return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory for record numbers");
    }
    return 0;
}

int ash_fold_batch(ash_fold *f, uint32_t input, const ash_batch *b, ash_tally *tally,
                   ash_error *err)
{
    tally->first = tally->last = ASH_TIME_NONE;
    tally->repeated = 0;
    if (b->n == 0 && b->n_spans == 0)
        return 0;
    int64_t first = INT64_MAX, last = INT64_MIN;
    origin_map *m = map_of(f, b->origins);
    if (m == NULL)
        return ash_fail(err, ASH_E_NOMEM, "fold", "out of memory");
    f->failed = 0;
    f->err = err;
    /* Windows says when the clock was set (4616). */
    tally->hours->any_order = b->n > 0 && b->events[0].windows != NULL;
    for (size_t i = 0; i < b->n && f->failed == 0; i++) {
        const ash_event *e = &b->events[i];
        prefetch(f, m, b, i);
        if (e->origin >= m->n || m->ids[e->origin].actor == ASH_ID_NONE) {
            int rc = learn_origin(f, m, e->origin, err);
            if (rc < 0)
                return rc;
        }
        int64_t t = e->time;
        if (is_repeated(f, e, m->ids[e->origin].server)) {
            tally->repeated++;
            continue;
        }
        if (e->flags & (ASH_EVENT_NO_YEAR | ASH_EVENT_NO_ZONE))
            t = ash_clock_fix(tally->clock, t, e->flags);
        first = t < first ? t : first;
        last = t > last ? t : last;
        ash_hours_add(tally->hours, m->ids[e->origin].server, t);
        ash_likeness_add(tally->likeness, e, t);
        if (e->windows == NULL) {
            fold_event(f, e, m->ids[e->origin], input, t);
            continue;
        }
        ash_event joined = *e;
        ash_ids ids = m->ids[e->origin];
        int rc = ash_join_event(f, &joined, &ids, t, err);
        if (rc < 0)
            return rc;
        fold_event(f, &joined, ids, input, t);
    }
    f->stats.events += b->n;
    if (last != INT64_MIN) {
        tally->first = first;
        tally->last = last;
    }
    int rc = f->failed == 0 ? add_numbers(f, m, b, err) : 0;
    return rc < 0 ? rc : f->failed;
}

static void flush_ring(ash_fold *f, bool old)
{
    ash_ring *r = old ? &f->table.old : &f->table.young;
    for (const ash_ring_piece *p; (p = ash_ring_tail(r)) != NULL; ash_ring_pop(r)) {
        uint32_t i = ash_table_owner(&f->table, p, old);
        if (i != ASH_OPEN_NONE)
            close_access(f, i);
    }
}

int ash_fold_flush(ash_fold *f, ash_error *err)
{
    f->failed = 0;
    f->err = err;
    flush_ring(f, true);
    flush_ring(f, false);
    for (uint32_t i = 0; i < f->cap_actors; i++)
        end_session(f, &f->actor_states[i].session);
    f->now = f->next_sweep = INT64_MIN;
    return f->failed;
}
