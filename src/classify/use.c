#include "classify/use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/limits.h"
#include "classify/scan_internal.h"

/* Of the encoding of results; a change of it is a change of rules. */
#define MAGIC 0x31465341u /* "ASF1" */

typedef struct state {
    ash_scan *scan;
    ash_scan_hooks values; /* only on_value */
    ash_identity *who; /* records so far, each once */
    uint64_t *seen;    /* hashes of them; 0: free */
    uint32_t n;
    bool more;
    uint8_t sketch[ASH_SKETCH_SIZE]; /* of those beyond */
    char place[ASH_SCAN_PART_MAX * 2];
    bool begun;    /* a place is set */
    bool open_line;
    uint64_t line; /* the next piece's, if none is left out */
    bool failed;
} state;

#define SEEN_SLOTS (ASH_FOUND_PERSONS_MAX * 2)

static void on_person(void *user, const ash_identity *who)
{
    state *s = user;
    uint64_t h = ash_hash64(who, sizeof *who, 0) | 1;
    size_t i = (h >> 8) % SEEN_SLOTS;
    while (s->seen[i] != 0 && s->seen[i] != h)
        i = (i + 1) % SEEN_SLOTS;
    if (s->seen[i] == h)
        return;
    if (s->n == ASH_FOUND_PERSONS_MAX) {
        s->more = true;
        ash_sketch_add(s->sketch, ash_persons_sketch_key(who));
        return;
    }
    s->seen[i] = h;
    s->who[s->n++] = *who;
}

static void on_value(void *user, uint32_t id, ash_confidence c, ash_view text,
                     const ash_scan_place *where)
{
    state *s = user;
    s->values.on_value(s->values.user, id, c, text, where);
}

void ash_use_close(void *user)
{
    state *s = user;
    if (s == NULL)
        return;
    ash_scan_free(s->scan);
    free(s->who);
    free(s->seen);
    free(s);
}

int ash_use_open(void **ret, const ash_rules *rules, ash_view setup, const ash_scan_hooks *hooks,
                 ash_error *err)
{
    if (setup.n != ASH_IDENTITY_KEY_SIZE)
        return ash_fail(err, ASH_E_USAGE, "classify", "the key for digests is missing");
    state *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->who = malloc(ASH_FOUND_PERSONS_MAX * sizeof *s->who);
        s->seen = calloc(SEEN_SLOTS, sizeof *s->seen);
    }
    if (s == NULL || s->who == NULL || s->seen == NULL) {
        ash_use_close(s);
        return ash_fail(err, ASH_E_NOMEM, "classify", "out of memory");
    }
    if (hooks != NULL)
        s->values = *hooks;
    ash_scan_hooks own = {.user = s, .on_person = on_person,
                          .on_value = s->values.on_value != NULL ? on_value : NULL};
    int rc = ash_scan_new(&s->scan, rules, (const uint8_t *)setup.p, &own, err);
    if (rc == 0)
        *ret = s;
    else
        ash_use_close(s);
    return rc;
}

static int open_use(void **ret, void *shared, ash_view setup, ash_error *err)
{
    return ash_use_open(ret, shared, setup, NULL, err);
}

static void begin(void *user, const ash_file_hint *f)
{
    state *s = user;
    ash_scan_hints hints = {.name = f->name};
    if (s->n > 0)
        memset(s->seen, 0, SEEN_SLOTS * sizeof *s->seen);
    s->n = 0;
    s->line = 1;
    s->more = s->failed = s->begun = s->open_line = false;
    memset(s->sketch, 0, sizeof s->sketch);
    ash_scan_begin(s->scan, &hints);
}

/* Files known by what they are, not by their text. */
static void kind_found(state *s, ash_kind k)
{
    if (k == ASH_KIND_KEEPASS)
        ash_scan_kind(s->scan, ASH_CLASS_VAULT);
    else if (k == ASH_KIND_PST || k == ASH_KIND_MBOX)
        ash_scan_kind(s->scan, ASH_CLASS_MAILBOX);
    else if (k == ASH_KIND_KEYSTORE)
        ash_scan_kind(s->scan, ASH_CLASS_PRIVATE_KEY);
    else if (k == ASH_KIND_CAD)
        ash_scan_kind(s->scan, ASH_CLASS_DRAWING);
}

static void member(void *user, const ash_member *m)
{
    kind_found(user, m->kind);
}

/* "mail/list.xlsx Sheet1 page 3": what is not a line within it. */
static size_t name_place(const ash_place *p, char *out, size_t size)
{
    size_t n = 0;
    if (p->unit == ASH_UNIT_PAGE) {
        ash_place whole = *p;
        whole.unit = ASH_UNIT_NONE;
        n = name_place(&whole, out, size - 24);
        return n + (size_t)snprintf(out + n, 24, "%sp. %llu", n > 0 ? " " : "", (unsigned long long)p->number);
    }
    const ash_view parts[] = {p->member, p->part};
    for (size_t i = 0; i < 2; i++) {
        ash_view v = parts[i];
        if (v.n == 0)
            continue;
        if (n > 0 && n + 1 < size)
            out[n++] = '/';
        /* Of a long path the end says more. */
        size_t room = size / 2 - 2;
        if (v.n > room)
            v = ash_view_skip(v, v.n - room);
        while (v.n > 0 && ((unsigned char)v.p[0] & 0xc0) == 0x80)
            v = ash_view_skip(v, 1);
        memcpy(out + n, v.p, v.n);
        n += v.n;
    }
    return n;
}

static bool piece(void *user, const ash_piece *p)
{
    state *s = user;
    char place[sizeof s->place];
    ash_error ignored;
    size_t n = name_place(&p->place, place, sizeof place);
    memset(place + n, 0, sizeof place - n);
    bool other = !s->begun || memcmp(place, s->place, sizeof place) != 0;
    int rc = 0;
    if (other) {
        rc = ash_scan_part(s->scan, ash_view_of(place, n), &ignored);
        memcpy(s->place, place, sizeof place);
        s->begun = true;
    } else if (s->open_line) {
        rc = ash_scan_text(s->scan, ASH_VIEW_LIT("\n"), &ignored);
    }
    if (rc == 0 && p->place.unit != ASH_UNIT_PAGE && p->place.number != s->line)
        rc = ash_scan_line(s->scan, p->place.number, &ignored);
    if (rc == 0)
        rc = ash_scan_text(s->scan, p->text, &ignored);
    s->line = p->place.number;
    for (size_t i = 0; i < p->text.n; i++)
        s->line += p->text.p[i] == '\n';
    s->open_line = !p->goes_on && p->text.n > 0 && p->text.p[p->text.n - 1] != '\n';
    s->line += s->open_line;
    s->failed |= rc != 0;
    return rc == 0;
}

/* --- results ------------------------------------------------------------- */

static void put_class(ash_buf *out, const ash_scan_class *c)
{
    ash_put_u32(out, c->id);
    ash_put_u8(out, (uint8_t)c->confidence);
    ash_put_u64(out, c->count);
    ash_put_u64(out, c->doubtful);
    ash_put_u64(out, c->distinct);
    ash_put_u8(out, (uint8_t)c->n_places);
    for (uint32_t i = 0; i < c->n_places; i++) {
        ash_put_u64(out, c->places[i].line);
        ash_put_bytes(out, ash_view_z(c->places[i].part));
    }
}

static void put_identity(ash_buf *out, const ash_identity *w)
{
    const uint64_t all[] = {w->name, w->kana, w->email, w->phone, w->birth, w->address, w->number, w->classes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ash_put_u64(out, all[i]);
}

static void end(void *user, const ash_extract_result *r, ash_buf *out)
{
    state *s = user;
    ash_scan_result res = {0};
    ash_error ignored;
    kind_found(s, r->kind);
    s->failed |= ash_scan_end(s->scan, &res, &ignored) != 0;
    ash_put_u32(out, MAGIC);
    ash_put_u64(out, res.bytes);
    ash_put_u64(out, res.records);
    ash_put_u8(out, (uint8_t)(res.cut_lines | res.too_many_own << 1 | s->more << 2 | s->failed << 3));
    ash_put_u32(out, (uint32_t)res.n);
    for (size_t i = 0; i < res.n; i++)
        put_class(out, &res.classes[i]);
    ash_put_u32(out, s->n);
    for (uint32_t i = 0; i < s->n; i++)
        put_identity(out, &s->who[i]);
    if (s->more)
        ash_put_bytes(out, ash_view_of(s->sketch, sizeof s->sketch));
    ash_scan_begin(s->scan, NULL);
}

const ash_text_use ash_classify_use = {
    .open = open_use, .begin = begin, .member = member, .piece = piece, .end = end};

int ash_classify_prepare(ash_rules **ret, const char *yaml_path, ash_error *err)
{
    return ash_rules_load(ret, yaml_path, err);
}

static bool get_class(ash_cursor *in, const ash_rules *rules, ash_scan_class *c)
{
    memset(c, 0, sizeof *c);
    c->id = ash_get_u32(in);
    c->confidence = (ash_confidence)ash_get_u8(in);
    c->count = ash_get_u64(in);
    c->doubtful = ash_get_u64(in);
    c->distinct = ash_get_u64(in);
    c->n_places = ash_get_u8(in);
    if (in->failed || c->n_places > ASH_SCAN_PLACES || c->id >= ash_rules_classes(rules) ||
        c->confidence > ASH_CONFIDENCE_HIGH)
        return false;
    for (uint32_t i = 0; i < c->n_places; i++) {
        c->places[i].line = ash_get_u64(in);
        ash_view part = ash_get_bytes(in, ASH_SCAN_PART_MAX - 1);
        if (part.n > 0)
            memcpy(c->places[i].part, part.p, part.n);
    }
    return !in->failed;
}

static void get_identity(ash_cursor *in, ash_identity *w)
{
    uint64_t *const all[] = {&w->name, &w->kana, &w->email, &w->phone, &w->birth, &w->address, &w->number, &w->classes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i] = ash_get_u64(in);
}

static bool read_found(ash_cursor *in, const ash_rules *rules, const ash_found_ops *ops, ash_found *f)
{
    bool ok = ash_get_u32(in) == MAGIC, more = true;
    f->bytes = ash_get_u64(in);
    f->records = ash_get_u64(in);
    uint8_t flags = ash_get_u8(in);
    f->cut_lines = (flags & 1) != 0;
    f->too_many = (flags & 2) != 0;
    f->more_records = (flags & 4) != 0;
    f->incomplete = (flags & 8) != 0;
    uint32_t n = ash_get_u32(in);
    for (uint32_t i = 0; ok && i < n; i++) {
        ash_scan_class c;
        ok = get_class(in, rules, &c);
        if (ok && more && ops->on_class != NULL)
            more = ops->on_class(ops->user, &c);
    }
    n = ash_get_u32(in);
    for (uint32_t i = 0; ok && i < n; i++) {
        ash_identity who;
        get_identity(in, &who);
        ok = !in->failed;
        if (ok && more && ops->on_person != NULL)
            more = ops->on_person(ops->user, &who);
    }
    if (ok && f->more_records) {
        ash_view sketch = ash_get_bytes(in, ASH_SKETCH_SIZE);
        ok = sketch.n == ASH_SKETCH_SIZE;
        f->sketch = (const uint8_t *)sketch.p;
    }
    return ok && !in->failed && in->at == in->n;
}

int ash_found_read(ash_view found, const ash_rules *rules, const ash_found_ops *ops, ash_found *ret,
                   ash_error *err)
{
    ash_found f = {0};
    ash_cursor in = ash_cursor_of(found);
    if (!read_found(&in, rules, ops, &f))
        return ash_fail(err, ASH_E_FORMAT, "classify", "what a helper reported is damaged at byte %zu", in.at);
    *ret = f;
    return 0;
}
