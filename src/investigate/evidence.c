#include "investigate/evidence.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "fold/clock.h"
#include "ingest/plan.h"
#include "source/origins.h"

/* "last" is rounded down, by up to a second for long accesses. */
#define SLACK (2 * ASH_NS_PER_S)

/* --- the access -------------------------------------------------------- */

static void take_path(ash_buf *out, const ash_rows *rows, size_t flat)
{
    ash_buf_init(out, 2 * ASH_PATH_MAX);
    if (!ash_rows_int(rows, flat)) {
        size_t folder = ash_rows_null(rows, flat + 3) ? flat + 1 : flat + 3;
        ash_buf_add_view(out, ash_rows_text(rows, folder));
        if (!ash_folder_has_slash(ash_buf_view(out)))
            ash_buf_add_c(out, '/');
    }
    ash_buf_add_view(out, ash_rows_text(rows, ash_rows_null(rows, flat + 4) ? flat + 2 : flat + 4));
}

int ash_access_load(ash_stored_access *ret, ash_reader *r, uint32_t segment, int64_t row,
                    ash_error *err)
{
    char sql[640];
    ash_rows *rows = NULL;
    snprintf(sql, sizeof sql,
             "SELECT a.actor, a.share, a.session, a.input, a.grade, a.changes, a.object, a.flags, "
             "a.first_cs, a.last_cs, a.records, a.entries, n.dir IS NULL, n.folder, n.name, "
             "n.folder_raw, n.name_raw, m.dir IS NULL, m.folder, m.name, m.folder_raw, m.name_raw, "
             "a.new_path IS NOT NULL FROM a JOIN names n ON n.path = a.path LEFT JOIN names m ON "
             "m.path = a.new_path WHERE a.segment = %u AND a.row = %lld",
             segment, (long long)row);
    int rc = ash_duck_query(r->duck, sql, NULL, 0, &rows, err);
    if (rc == 0)
        rc = ash_rows_next(rows, err);
    if (rc == 0)
        rc = ash_fail(err, ASH_E_NOTFOUND, "investigate", "there is no access A%u-%lld in this case",
                      segment, (long long)row);
    if (rc == 1) {
        *ret = (ash_stored_access){
            .segment = segment,
            .row = row,
            .actor = (uint32_t)ash_rows_int(rows, 0),
            .share = (uint32_t)ash_rows_int(rows, 1),
            .session = (uint32_t)ash_rows_int(rows, 2),
            .input = (uint32_t)ash_rows_int(rows, 3),
            .grade = (uint8_t)ash_rows_int(rows, 4),
            .changes = (uint8_t)ash_rows_int(rows, 5),
            .object = (uint8_t)ash_rows_int(rows, 6),
            .flags = (uint8_t)ash_rows_int(rows, 7),
            .first_cs = ash_rows_int(rows, 8),
            .last_cs = ash_rows_int(rows, 9),
            .records = ash_rows_int(rows, 10),
            .entries = ash_rows_int(rows, 11),
        };
        take_path(&ret->path, rows, 12);
        ash_buf_init(&ret->new_path, 2 * ASH_PATH_MAX);
        if (ash_rows_int(rows, 22))
            take_path(&ret->new_path, rows, 17);
        rc = ret->path.failed || ret->new_path.failed
                 ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory")
                 : 0;
    }
    ash_rows_free(rows);
    return rc;
}

void ash_access_free(ash_stored_access *a)
{
    ash_buf_free(&a->path);
    ash_buf_free(&a->new_path);
}

/* --- options of an input ------------------------------------------------ */

typedef struct saved_options {
    char text[512];
    const char *prefixes[8];
    ash_ingest_options o;
} saved_options;

static void restore_options(saved_options *s, const ash_input *in)
{
    s->o = (ash_ingest_options){.source = in->source};
    snprintf(s->text, sizeof s->text, "%s", in->options);
    for (char *p = s->text, *next; *p != '\0'; p = next) {
        next = p + strcspn(p, "\n");
        if (*next != '\0')
            *next++ = '\0';
        char *eq = strchr(p, '=');
        if (eq == NULL)
            continue;
        *eq = '\0';
        if (strcmp(p, "server") == 0)
            s->o.server = eq + 1;
        else if (strcmp(p, "prefix") == 0 && s->o.n_samba_prefix < 8)
            s->prefixes[s->o.n_samba_prefix++] = eq + 1;
    }
    s->o.samba_prefix = s->prefixes;
}

/* --- reading back ------------------------------------------------------ */

/* Windows: which logon ids are the actor's client, and the file's handles. */
#define LOGONS 1024u
#define HANDLES 32u

typedef struct known_logon {
    uint64_t logon_id;
    bool own;
} known_logon;

typedef struct known_handle {
    uint64_t handle, process;
} known_handle;

typedef struct search {
    ash_reader *r;
    const ash_stored_access *a;
    ash_actor actor;
    ash_share share;
    int64_t from, to; /* ns */
    bool entries;
    ash_raw_sink sink;
    void *user;
    int64_t found;
    /* the present input */
    ash_input *in;
    ash_profile profile;
    void *state;
    ash_batch batch;
    ash_arena arena;
    ash_clock clock;
    char *buf;
    known_logon logons[LOGONS];
    known_handle handles[HANDLES];
    size_t n_handles;
    ash_buf text;
} search;

static bool is_child_of(ash_view path, ash_view dir)
{
    return path.n > dir.n + 1 && path.p[dir.n] == '/' && ash_view_starts(path, dir) &&
           ash_view_find(ash_view_skip(path, dir.n + 1), '/') < 0;
}

/* --- Windows ----------------------------------------------------------- */

/* Where a share record states the client of a logon id: its other records are
 * that client's. Overwritten in turn; one that is not remembered may be anybody's. */
static void learn_logon(search *s, const ash_event *e, const ash_origin *o)
{
    const ash_windows *w = e->windows;
    bool named = e->op == ASH_OP_LOGON ? e->outcome == ASH_OUTCOME_OK : !w->object;
    if (!named || w->logon_id == 0 || o->client.n == 0)
        return;
    s->logons[w->logon_id % LOGONS] =
        (known_logon){w->logon_id, ash_view_eq(o->client, s->actor.client)};
}

static known_handle *own_handle(search *s, const ash_windows *w)
{
    for (size_t i = 0; i < HANDLES && w->handle != 0; i++)
        if (s->handles[i].handle == w->handle && s->handles[i].process == w->process)
            return &s->handles[i];
    return NULL;
}

/* Numbers of handles are given again when they are closed. */
static bool is_own_by_handle(search *s, const ash_event *e)
{
    known_handle *h = own_handle(s, e->windows);
    if (h == NULL || (e->op != ASH_OP_CLOSE && e->op != ASH_OP_DELETE))
        return false;
    if (e->op == ASH_OP_CLOSE)
        h->handle = 0;
    return true;
}

/* 5145 names the file below its share, or by its place on the disk where object
 * records do; docs/sources/windows.md. */
static bool is_own_path(const search *s, const ash_event *e)
{
    ash_view path = ash_buf_view(&s->a->path), root = e->windows->root;
    if (ash_view_eq(e->path, path))
        return true;
    if (root.n == 0 || path.n <= root.n || !ash_view_starts(path, root))
        return root.n > 0 && ash_view_eq(path, root) && ash_view_is(e->path, "\\");
    ash_view rest = ash_view_skip(path, root.n);
    if (rest.p[0] == '\\')
        rest = ash_view_skip(rest, 1);
    return ash_view_eq(rest, e->path);
}

static bool is_own_windows(search *s, const ash_event *e, const ash_origin *o)
{
    const ash_windows *w = e->windows;
    learn_logon(s, e, o);
    const known_logon *l = &s->logons[w->logon_id % LOGONS];
    if (!ash_view_eq(o->account, s->actor.account) || !ash_view_eq(o->server, s->actor.server) ||
        (o->client.n > 0 && !ash_view_eq(o->client, s->actor.client)) ||
        (l->logon_id == w->logon_id && w->logon_id != 0 && !l->own))
        return false;
    if (e->path.n == 0)
        return is_own_by_handle(s, e);
    if (!is_own_path(s, e))
        return false;
    if (w->handle != 0 && own_handle(s, w) == NULL)
        s->handles[s->n_handles++ % HANDLES] = (known_handle){w->handle, w->process};
    return true;
}

/* --- matching ---------------------------------------------------------- */

static bool is_own_origin(const search *s, const ash_origin *o)
{
    return ash_view_eq(o->account, s->actor.account) && ash_view_eq(o->client, s->actor.client) &&
           ash_view_eq(o->workstation, s->actor.workstation) &&
           ash_view_eq(o->server, s->actor.server) && ash_view_eq(o->share, s->share.name);
}

static int match_event(search *s, const ash_event *e, const char *block, size_t block_n,
                       uint64_t block_offset, ash_error *err)
{
    const ash_origin *o = ash_origins_at(s->batch.origins, e->origin);
    if (e->windows == NULL && !is_own_origin(s, o))
        return 0;
    int64_t t = e->time;
    if (e->flags & (ASH_EVENT_NO_YEAR | ASH_EVENT_NO_ZONE)) {
        s->clock.last = s->from;
        t = ash_clock_fix(&s->clock, t, e->flags);
    }
    if (t < s->from || t > s->to || (e->path.n == 0 && e->windows == NULL))
        return 0;
    ash_view path = ash_buf_view(&s->a->path);
    bool own = e->windows != NULL ? is_own_windows(s, e, o) : ash_view_eq(e->path, path);
    bool entry = !own && s->entries && e->op == ASH_OP_LOOKUP && is_child_of(e->path, path);
    if (!own && !entry)
        return 0;
    ash_view bytes = ash_view_of(block + (e->offset - block_offset), e->length), text;
    while (s->profile.source->text == NULL && bytes.n > 0 && (bytes.p[bytes.n - 1] == '\n' || bytes.p[bytes.n - 1] == '\r'))
        bytes.n--;
    text = bytes;
    if (s->profile.source->text != NULL) {
        ash_buf_clear(&s->text);
        int rc = s->profile.source->text(ash_view_of(block, block_n), (size_t)(e->offset - block_offset),
                                         e->length, &s->text, err);
        if (rc < 0)
            return rc;
        text = ash_buf_view(&s->text);
    }
    const ash_raw_record rec = {.input = s->in->id,
                                .input_name = s->in->name,
                                .offset = e->offset,
                                .bytes = bytes,
                                .text = text,
                                .entry = entry};
    s->found += own;
    s->sink(s->user, &rec);
    return 0;
}

static int search_block(search *s, const char *bytes, uint64_t offset, const ash_evidence *ev,
                        ash_error *err)
{
    size_t used;
    ash_hash128 h = ash_hash128_of(bytes, ev->length);
    if (h.lo != ev->hash.lo || h.hi != ev->hash.hi)
        return ash_fail_at(err, ASH_E_CHANGED, "investigate", s->in->name, offset, "%s",
                           _("the input has changed since it was read: the block that holds these "
                             "records is not what it was, and is not shown"));
    ash_batch_reset(&s->batch);
    int rc = s->profile.source->feed(s->state, ash_view_of(bytes, ev->length), offset, true,
                                     &s->batch, &used, err);
    for (size_t i = 0; i < s->batch.n && rc == 0; i++)
        rc = match_event(s, &s->batch.events[i], bytes, ev->length, offset, err);
    return rc;
}

/* Brings the stream to a block's begin: plain files jump, others read on. */
static int read_block(ash_stream *st, uint64_t *at, uint64_t offset, const ash_evidence *ev, char *buf,
                      const char *name, ash_error *err)
{
    int64_t n = ash_stream_peek(st, buf, ev->length, offset);
    if (n == (int64_t)ev->length)
        return 0;
    if (n < 0) {
        while (*at < offset + ev->length) {
            uint64_t skip = *at < offset ? offset - *at : 0;
            uint64_t want = skip > 0 ? (skip < ASH_BLOCK_SIZE ? skip : ASH_BLOCK_SIZE)
                                     : offset + ev->length - *at;
            n = ash_stream_read(st, skip > 0 ? buf : buf + (*at - offset), want, err);
            if (n <= 0)
                break;
            *at += (uint64_t)n;
        }
        if (*at == offset + ev->length)
            return 0;
    }
    return ash_fail_at(err, ASH_E_CHANGED, "investigate", name, offset, "%s",
                       _("the input has changed since it was read: it is shorter now"));
}

static int search_blocks(search *s, ash_stream *st, const ash_evidence *list, size_t n,
                         ash_error *err)
{
    uint64_t offset = 0, at = 0;
    for (size_t i = 0; i < n; offset += list[i++].length) {
        if (list[i].first == ASH_TIME_NONE || list[i].first > s->to || list[i].last < s->from)
            continue;
        int rc = read_block(st, &at, offset, &list[i], s->buf, s->in->name, err);
        if (rc == 0)
            rc = search_block(s, s->buf, offset, &list[i], err);
        if (rc < 0)
            return rc;
        if (s->found >= s->a->records && !s->entries)
            return 0;
    }
    return 0;
}

static int open_decoder(search *s, ash_stream *st, ash_error *err)
{
    saved_options o;
    ash_zone zone = ash_zone_fixed(0);
    int y;
    unsigned m, d;
    restore_options(&o, s->in);
    /* The row's own text is not changed: probing writes into a copy. */
    ash_input *scratch = ash_input_new(s->in->path);
    if (scratch == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = ash_plan_probe(scratch, st, &o.o, s->r->c->seed, &s->profile, err);
    ash_input_free(scratch);
    if (rc < 0)
        return ash_fail_at(err, ASH_E_CHANGED, "investigate", s->in->name, 0, "%s",
                           _("the input has changed since it was read: it is no longer a known log"));
    if (s->in->zone[0] != '\0' && ash_zone_parse(s->in->zone, &zone, NULL) < 0)
        zone = ash_zone_fixed(0);
    ash_civil_from_days(s->from / (86400 * ASH_NS_PER_S), &y, &m, &d);
    ash_clock_init(&s->clock, &zone, y, s->to);
    s->state = calloc(1, s->profile.source->state_size);
    if (s->state == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    rc = s->profile.source->open(s->state, &s->profile, err);
    if (rc < 0) {
        free(s->state);
        s->state = NULL;
    }
    return rc;
}

static int search_input(search *s, int64_t id, ash_error *err)
{
    char path[4200];
    ash_evidence *list = NULL;
    size_t n = 0;
    ash_stream *st = NULL;
    int rc = ash_input_load(&s->in, s->r->c, id, err);
    if (rc < 0 || s->in == NULL)
        return rc;
    if (strcmp(s->in->path, "-") == 0 && s->in->kept[0] == '\0')
        rc = ash_fail(err, ASH_E_NOTFOUND, "investigate", "%s",
                      _("the records came through a pipe and no copy was kept"));
    if (rc == 0)
        rc = ash_evidence_load(&list, &n, s->r->c, id, err);
    if (rc == 0)
        rc = ash_stream_open(&st, ash_case_input_path(s->r->c->dir, id, s->in->path, s->in->kept, path, sizeof path),
                             0, err);
    if (rc == 0) {
        ash_stream_set_hashing(st, false);
        rc = open_decoder(s, st, err);
    }
    if (rc == 0)
        rc = search_blocks(s, st, list, n, err);
    if (s->state != NULL)
        s->profile.source->close(s->state);
    free(s->state);
    s->state = NULL;
    ash_profile_free(&s->profile);
    ash_stream_close(st);
    free(list);
    ash_input_free(s->in);
    s->in = NULL;
    return rc;
}

int ash_access_records(ash_reader *r, const ash_stored_access *a, bool entries, ash_raw_sink sink,
                       void *user, int64_t *ret_found, ash_error *err)
{
    search s = {.r = r,
                .a = a,
                .actor = ash_actors_at(r->actors, a->actor),
                .share = ash_shares_at(r->actors, a->share),
                .from = a->first_cs * ASH_CS_NS,
                .to = a->last_cs * ASH_CS_NS + SLACK,
                .entries = entries,
                .sink = sink,
                .user = user};
    int64_t max = 0;
    ash_arena_init(&s.arena, 0);
    s.batch.arena = &s.arena;
    ash_buf_init(&s.text, 16u << 20);
    s.buf = malloc(ASH_BLOCK_SIZE);
    if (s.buf == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = search_input(&s, a->input, err);
    /* A rotation in the middle: the rest is in the next input. */
    if (rc == 0 && s.found < a->records)
        rc = ash_db_int(&r->c->db, &max, 0, err, "SELECT max(id) FROM inputs", "");
    for (int64_t id = a->input + 1; rc == 0 && id <= max && s.found < a->records; id++)
        rc = search_input(&s, id, err);
    *ret_found = s.found;
    ash_batch_free(&s.batch);
    ash_arena_free(&s.arena);
    ash_buf_free(&s.text);
    free(s.buf);
    return rc;
}
