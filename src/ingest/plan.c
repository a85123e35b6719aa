#include "ingest/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "fold/clock.h"
#include "input/expand.h"
#include "source/origins.h"

/* Bytes that identify an input until its whole content is compared. */
#define HEAD_BYTES (64u << 10)
/* Extra samples from the middle and the end of plain files. */
#define FAR_SAMPLE (128u << 10)

void ash_options_save(ash_input *in, const ash_ingest_options *o)
{
    size_t at = 0;
    in->options[0] = '\0';
    if (o->source != NULL)
        at += (size_t)snprintf(in->options + at, sizeof in->options - at, "source=%s\n", o->source);
    if (o->server != NULL && at < sizeof in->options)
        at += (size_t)snprintf(in->options + at, sizeof in->options - at, "server=%s\n", o->server);
    for (size_t i = 0; i < o->n_samba_prefix && at < sizeof in->options; i++)
        at += (size_t)snprintf(in->options + at, sizeof in->options - at, "prefix=%s\n",
                               o->samba_prefix[i]);
}

/* --- probing ----------------------------------------------------------- */

typedef struct samples {
    char *bytes; /* head, middle, end */
    ash_view views[3];
    size_t n;
} samples;

/* A sample from further on, beginning at a line. */
static void far_sample(samples *s, ash_stream *st, uint64_t offset, char *buf)
{
    int64_t n = ash_stream_peek(st, buf, FAR_SAMPLE, offset);
    char *nl = n <= 0 ? NULL : memchr(buf, '\n', (size_t)n);
    if (nl != NULL)
        s->views[s->n++] = ash_view_of(nl + 1, (size_t)(buf + n - nl - 1));
}

static int take_samples(samples *s, ash_stream *st, ash_error *err)
{
    s->n = 0;
    s->bytes = malloc(ASH_PROBE_SIZE + 2 * FAR_SAMPLE);
    if (s->bytes == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int64_t n = ash_stream_ahead(st, s->bytes, ASH_PROBE_SIZE, err);
    if (n < 0)
        return (int)n;
    s->views[s->n++] = ash_view_of(s->bytes, (size_t)n);
    int64_t size = ash_stream_size(st);
    if (size > 4 * (int64_t)ASH_PROBE_SIZE) {
        far_sample(s, st, (uint64_t)size / 2, s->bytes + ASH_PROBE_SIZE);
        far_sample(s, st, (uint64_t)size - FAR_SAMPLE, s->bytes + ASH_PROBE_SIZE + FAR_SAMPLE);
    }
    return 0;
}

static int probe_named(const samples *s, const ash_source_options *so, const char *name,
                       ash_profile *ret, ash_error *err)
{
    const ash_source *src = ash_source_by_name(name);
    if (src == NULL)
        return ash_fail(err, ASH_E_USAGE, "ingest",
                        "there is no source '%.40s'; `ashiato sources` lists them", name);
    *ret = (ash_profile){.source = src, .options = *so, .zone_s = INT32_MIN};
    int score = src->probe(s->views, s->n, so, ret, err);
    if (score == 0)
        return ash_fail(err, ASH_E_NOTFOUND, "ingest", "is not in the format of source %s", name);
    return score < 0 ? score : 0;
}

void ash_plan_set_head(ash_input *in, ash_view front)
{
    in->head_bytes = (uint32_t)(front.n < HEAD_BYTES ? front.n : HEAD_BYTES);
    in->head = ash_hash128_of(front.p, in->head_bytes);
    for (in->n_starts = 0; in->n_starts < ASH_STARTS; in->n_starts++) {
        uint64_t n = ASH_START_BYTES(in->n_starts);
        if (n > front.n)
            break;
        in->starts[in->n_starts] = ash_hash128_of(front.p, n);
    }
}

static int probe(ash_input *in, ash_stream *st, const samples *s, const ash_ingest_options *o,
                 uint64_t seed, ash_profile *ret, ash_error *err)
{
    const ash_source_options so = {
        .samba_prefix = o->samba_prefix,
        .n_samba_prefix = o->n_samba_prefix,
        .server = o->server,
        .seed = seed,
    };
    snprintf(in->compression, sizeof in->compression, "%s", ash_stream_compression(st));
    in->size = ash_stream_size(st);
    in->mtime = ash_stream_mtime(st);
    ash_plan_set_head(in, s->views[0]);
    if (s->views[0].n == 0)
        return ash_fail(err, ASH_E_NOTFOUND, "ingest", "%s", _("is empty"));
    int rc = o->source != NULL ? probe_named(s, &so, o->source, ret, err)
                               : ash_source_probe(s->views, s->n, &so, ret, err);
    if (rc < 0)
        return rc;
    snprintf(in->source, sizeof in->source, "%s", ret->source->name);
    snprintf(in->format, sizeof in->format, "%s", ret->format);
    in->remarks[0] = '\0';
    if (ret->remarks[0] != '\0')
        ash_input_remark(in, "%s", ret->remarks);
    ash_options_save(in, o);
    return 0;
}

int ash_plan_probe(ash_input *in, ash_stream *st, const ash_ingest_options *o, uint64_t seed,
                   ash_profile *ret, ash_error *err)
{
    samples s;
    int rc = take_samples(&s, st, err);
    if (rc == 0)
        rc = probe(in, st, &s, o, seed, ret, err);
    free(s.bytes);
    return rc;
}

/* Decodes the front of the sample; false if there is no event in it. */
static bool decode_front(const samples *s, size_t n, const ash_profile *p, void *state, ash_batch *b)
{
    ash_error err;
    size_t used;
    ash_view v = ash_view_first(s->views[0], n);
    size_t whole = p->source->cut == NULL ? v.n : p->source->cut(p, v);
    v.n = whole > 0 ? whole : v.n;
    ash_batch_reset(b);
    return p->source->feed(state, v, 0, true, b, &used, &err) == 0 && b->n > 0;
}

/* The first event of the sample: its time as stated, and server. */
static void first_event(ash_plan_item *item, const samples *s, const ash_profile *p)
{
    void *state = calloc(1, p->source->state_size);
    ash_batch b = {0};
    ash_arena arena;
    ash_error err;
    ash_arena_init(&arena, 0);
    b.arena = &arena;
    item->first = INT64_MAX;
    if (state != NULL && p->source->open(state, p, &err) == 0) {
        if (decode_front(s, HEAD_BYTES, p, state, &b) ||
            decode_front(s, s->views[0].n, p, state, &b)) {
            item->first = b.events[0].time;
            item->first_flags = b.events[0].flags;
            ash_view server = ash_origins_at(b.origins, b.events[0].origin)->server;
            ash_text_escape(item->server, sizeof item->server, server);
        }
        p->source->close(state);
    }
    ash_batch_free(&b);
    ash_arena_free(&arena);
    free(state);
}

/* --- what the case has already ------------------------------------------ */

typedef struct likeness {
    uint64_t equal; /* bytes from the beginning that are the same, by whole blocks */
    uint64_t tail;  /* bytes after them up to the end, if that is within one block */
    bool ended;     /* the input has no more than equal + tail */
} likeness;

/* Compares an input with a known one's evidence index, block by block. */
static int compare_content(ash_stream *st, const ash_evidence *known, size_t n, likeness *ret,
                           ash_error *err)
{
    likeness l = {0};
    char *buf = malloc(ASH_BLOCK_SIZE + 1);
    if (buf == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    for (size_t i = 0; i <= n; i++) {
        uint64_t want = i < n ? known[i].length : 1, have = 0;
        int64_t got = 1;
        while (have < want && (got = ash_stream_read(st, buf + have, want - have, err)) > 0)
            have += (uint64_t)got;
        if (have < want) {
            l.ended = true;
            l.tail = have;
            break;
        }
        ash_hash128 h = ash_hash128_of(buf, have);
        if (i == n || h.lo != known[i].hash.lo || h.hi != known[i].hash.hi)
            break;
        l.equal += have;
    }
    free(buf);
    *ret = l;
    return 0;
}

static int compare_with(ash_plan_item *item, ash_case *c, int64_t known, likeness *ret,
                        ash_error *err)
{
    ash_evidence *list;
    size_t n;
    free(item->passed);
    item->passed = NULL;
    item->n_passed = 0;
    ash_stream *st = NULL;
    int rc = ash_evidence_load(&list, &n, c, known, err);
    if (rc < 0)
        return rc;
    rc = ash_stream_open(&st, item->in->path, 0, err);
    if (rc == 0) {
        ash_stream_set_hashing(st, false);
        rc = compare_content(st, list, n, ret, err);
    }
    ash_stream_close(st);
    if (rc < 0) {
        free(list);
        return rc;
    }
    item->passed = list;
    for (uint64_t at = 0; at < ret->equal; item->n_passed++) {
        list[item->n_passed].first = list[item->n_passed].last = ASH_TIME_NONE;
        at += list[item->n_passed].length;
    }
    return 0;
}

typedef struct known_input {
    int64_t id;
    uint64_t bytes;
    bool same_path, same_start, open_tail;
} known_input;

#define KNOWN_MAX 4

/* Whether the longest beginning of which both have a hash is the same: at least
 * half of the shorter one. */
static bool same_start(const ash_input *in, ash_view starts)
{
    size_t n = starts.n / sizeof in->starts[0];
    n = n < in->n_starts ? n : in->n_starts;
    return n > 0 && memcmp(starts.p + (n - 1) * sizeof in->starts[0], &in->starts[n - 1],
                           sizeof in->starts[0]) == 0;
}

/* Inputs of the case that may hold this one's bytes: the same beginning, or the
 * same path. */
static int list_known(ash_case *c, const ash_input *in, known_input *list, size_t *ret_n,
                      ash_error *err)
{
    sqlite3_stmt *st;
    ash_view head = ash_view_of(&in->head, sizeof in->head);
    int rc = ash_db_query(&c->db, &st, err,
                          "SELECT id, bytes, path = ?1, starts, open_tail FROM inputs WHERE bytes > 0 AND id <> ?3 "
                          "AND (head = ?2 OR path = ?1) "
                          "ORDER BY path = ?1 DESC, bytes DESC LIMIT 4",
                          "sbi", in->path, head, in->id);
    if (rc < 0)
        return rc;
    size_t n = 0;
    while ((rc = ash_db_step(&c->db, st, err)) == 1 && n < KNOWN_MAX)
        list[n++] = (known_input){sqlite3_column_int64(st, 0),
                                  (uint64_t)sqlite3_column_int64(st, 1),
                                  sqlite3_column_int(st, 2) != 0,
                                  same_start(in, ash_db_view(st, 3)),
                                  sqlite3_column_int(st, 4) != 0};
    sqlite3_finalize(st);
    *ret_n = n;
    return rc < 0 ? rc : 0;
}

/* The same file, perhaps grown: its row goes on. */
static int go_on_with(ash_plan_item *item, ash_case *c, int64_t id, int64_t resume_input,
                      ash_error *err)
{
    ash_input *row = NULL;
    int rc = ash_input_load(&row, c, id, err);
    if (rc < 0 || row == NULL)
        return rc;
    row->size = item->in->size;
    row->mtime = item->in->mtime;
    ash_input_free(item->in);
    item->in = row;
    item->n_passed = 0; /* the row has them */
    item->resume = id == resume_input;
    /* All its bytes were read, but the run stopped before it could say so. */
    if (strcmp(row->state, ASH_STATE_PARTIAL) == 0)
        item->skip = false;
    return 0;
}

int ash_plan_find_known(ash_plan_item *item, ash_case *c, int64_t resume_input, ash_error *err)
{
    known_input known[KNOWN_MAX];
    size_t n = 0;
    int rc = list_known(c, item->in, known, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        likeness l = {0};
        rc = compare_with(item, c, known[i].id, &l, err);
        if (rc < 0 || l.equal + l.tail == 0 || (l.equal == 0 && !l.ended))
            continue;
        bool all = l.equal == known[i].bytes;
        /* Shorter than a block: a copy cut short, or, under the name of a log that
         * was rotated away, a new one. */
        if (l.equal == 0 && !known[i].same_start)
            continue;
        item->from = l.equal;
        item->skip = l.ended && (all || l.tail > 0);
        if (item->skip)
            item->in->state = ASH_STATE_DUPLICATE;
        item->in->duplicate_of = known[i].id;
        if (all && known[i].same_path)
            rc = go_on_with(item, c, known[i].id, resume_input, err);
        else if (!item->skip) {
            item->in->open_tail = all && known[i].open_tail;
            ash_input_remark(item->in,
                             _("its first %llu bytes are in the case already (input %lld) and were "
                               "not added again"),
                             (unsigned long long)l.equal, (long long)known[i].id);
        }
        break;
    }
    return rc;
}

/* --- the plan ---------------------------------------------------------- */

static ash_plan_item *add_item(ash_plan *p, const char *path, ash_error *err)
{
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 32 : p->cap * 2;
        ash_plan_item *items = realloc(p->items, cap * sizeof *items);
        if (items == NULL) {
            ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
            return NULL;
        }
        p->items = items;
        p->cap = cap;
    }
    ash_plan_item *item = &p->items[p->n];
    *item = (ash_plan_item){.in = ash_input_new(path), .first = INT64_MAX};
    if (item->in == NULL) {
        ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        return NULL;
    }
    p->n++;
    return item;
}

static void reject(ash_plan_item *item, const char *state, const ash_error *err)
{
    item->skip = true;
    item->in->state = state;
    if (err->os_errno != 0)
        snprintf(item->in->problem, sizeof item->in->problem, "%s: %s", err->msg,
                 strerror(err->os_errno));
    else
        snprintf(item->in->problem, sizeof item->in->problem, "%s", err->msg);
}

static int examine(ash_plan_item *item, ash_case *c, const ash_ingest_options *o,
                   int64_t resume_input, ash_error *err)
{
    samples s = {0};
    ash_profile profile = {0};
    ash_stream *st = NULL;
    int rc = ash_stream_open(&st, item->in->path, 0, err);
    if (rc == 0) {
        item->in->pipe = strcmp(item->in->path, "-") == 0 || ash_stream_size(st) < 0;
        ash_stream_set_hashing(st, item->in->pipe);
        rc = take_samples(&s, st, err);
    }
    if (rc < 0) {
        if (err->code != ASH_E_NOMEM) {
            reject(item, ASH_STATE_UNREADABLE, err);
            rc = 0;
        }
        goto out;
    }
    rc = probe(item->in, st, &s, o, c->seed, &profile, err);
    if (rc < 0) {
        if (err->code == ASH_E_NOTFOUND || err->code == ASH_E_FORMAT) {
            reject(item, ASH_STATE_UNRECOGNISED, err);
            rc = 0;
        }
        goto out;
    }
    first_event(item, &s, &profile);
    if (!c->zone_set && profile.zone_s != INT32_MIN && o->zone == NULL) {
        ash_zone stated = ash_zone_fixed(profile.zone_s);
        c->zone = stated;
        c->zone_set = true; /* stored with the first checkpoint */
    }
    if (item->in->pipe) {
        item->stream = st;
        st = NULL;
    } else {
        rc = ash_plan_find_known(item, c, resume_input, err);
        if (rc < 0 && err->code == ASH_E_IO) {
            reject(item, ASH_STATE_UNREADABLE, err);
            rc = 0;
        }
    }
out:
    ash_stream_close(st);
    ash_profile_free(&profile);
    free(s.bytes);
    return rc;
}

/* A zone that one input states holds for the inputs that state none: they are
 * most likely of the same site. This machine's zone is the last resort. */
static int choose_zone(ash_plan *p, const ash_case *c, const ash_ingest_options *o, ash_error *err)
{
    p->zone_origin = o->zone != NULL ? ASH_ZONE_GIVEN
                     : c->zone_set   ? ASH_ZONE_STATED
                                     : ASH_ZONE_MACHINE;
    if (p->zone_origin == ASH_ZONE_MACHINE)
        return ash_zone_parse("local", &p->zone, err);
    p->zone = o->zone != NULL ? *o->zone : c->zone;
    return 0;
}

static void settle_first(ash_plan_item *item, const ash_plan *p, int year)
{
    ash_clock clock;
    if (item->first == INT64_MAX)
        return;
    ash_clock_init(&clock, &p->zone, year, item->in->mtime);
    item->first = ash_clock_fix(&clock, item->first, item->first_flags);
}

static int compare_items(const void *a, const void *b)
{
    const ash_plan_item *x = a, *y = b;
    if (x->resume != y->resume)
        return x->resume ? -1 : 1;
    int c = strcmp(x->server, y->server);
    if (c != 0)
        return c;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return strcmp(x->in->path, y->in->path);
}

int ash_plan_make(ash_plan *ret, ash_case *c, const ash_ingest_options *o, int64_t resume_input,
                  ash_error *err)
{
    ash_candidates list;
    ash_plan p = {0};
    int rc = ash_expand(o->args, o->n_args, &list, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        ash_plan_item *item = add_item(&p, list.items[i].path, err);
        if (item == NULL) {
            rc = ASH_E_NOMEM;
            break;
        }
        if (list.items[i].os_errno != 0 || list.items[i].problem != NULL) {
            ash_error why;
            errno = list.items[i].os_errno;
            ash_fail(&why, errno != 0 ? ASH_E_IO : ASH_E_USAGE, "input", "%s",
                     errno != 0 ? _("cannot be read") : _(list.items[i].problem));
            reject(item, ASH_STATE_UNREADABLE, &why);
            continue;
        }
        rc = examine(item, c, o, resume_input, err);
        if (o->stop != NULL && *o->stop)
            rc = ash_fail(err, ASH_E_INTERRUPTED, "ingest", "%s", _("stopped by the user"));
        item->head = item->in->head;
        if (!item->skip && item->in->size > 0)
            p.raw_total += (uint64_t)item->in->size;
    }
    ash_candidates_free(&list);
    if (rc == 0)
        rc = choose_zone(&p, c, o, err);
    if (rc < 0) {
        ash_plan_free(&p);
        return rc;
    }
    for (size_t i = 0; i < p.n; i++)
        settle_first(&p.items[i], &p, o->year);
    if (p.n > 1)
        qsort(p.items, p.n, sizeof *p.items, compare_items);
    *ret = p;
    return 0;
}

void ash_plan_item_free(ash_plan_item *item)
{
    ash_input_free(item->in);
    ash_stream_close(item->stream);
    free(item->passed);
    *item = (ash_plan_item){0};
}

int ash_plan_one(ash_plan_item *item, ash_case *c, const ash_ingest_options *o, const char *path,
                 ash_error *err)
{
    *item = (ash_plan_item){.in = ash_input_new(path), .first = INT64_MAX};
    if (item->in == NULL)
        return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
    int rc = examine(item, c, o, 0, err);
    if (rc < 0)
        ash_plan_item_free(item);
    return rc;
}

void ash_plan_free(ash_plan *p)
{
    for (size_t i = 0; i < p->n; i++)
        ash_plan_item_free(&p->items[i]);
    free(p->items);
    *p = (ash_plan){0};
}
