/* One full_audit message -> one event.
 *
 * Layout (source3/modules/vfs_full_audit.c, do_log): "PREFIX|op|ok|args" or
 * "PREFIX|op|fail (strerror)|args"; '|' in names is not escaped. So it is read
 * from the left, and the path is the rest of the line. */
#include "source/samba.h"

#include <stdio.h>
#include <stdlib.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/hash.h"
#include "base/i18n.h"
#include "base/text.h"

typedef enum args_kind { ARGS_NONE, ARGS_SHARE, ARGS_PATH, ARGS_RWPATH, ARGS_CREATE, ARGS_TWO } args_kind;

typedef struct operation {
    const char *name;
    uint8_t len;
    uint8_t op;
    uint8_t args;
    bool twin; /* its beginning and its end are two records */
} operation;

static const operation operations[] = {
#define OPERATION(name, op, args) {name, sizeof(name) - 1, ASH_OP_##op, ARGS_##args, false},
#define OPERATION_TWIN(name, op, args) {name, sizeof(name) - 1, ASH_OP_##op, ARGS_##args, true},
#include "source/samba_ops.def"
#undef OPERATION
#undef OPERATION_TWIN
};
#define N_OPERATIONS (sizeof operations / sizeof operations[0])
#define OP_SLOTS 1024u

const char *ash_samba_native_name(unsigned native)
{
    return native < N_OPERATIONS ? operations[native].name : "(unknown)";
}

static unsigned op_slot(const char *p, size_t n)
{
    uint32_t h = (uint32_t)n * 0x9e3779b1u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 0x01000193u;
    return (h >> 16 ^ h) & (OP_SLOTS - 1);
}

/* index + 1 of the operations, by hash of the name. */
static uint16_t op_table[OP_SLOTS];

__attribute__((constructor)) static void fill_op_table(void)
{
    for (size_t i = 0; i < N_OPERATIONS; i++) {
        unsigned s = op_slot(operations[i].name, operations[i].len);
        while (op_table[s] != 0)
            s = (s + 1) & (OP_SLOTS - 1);
        op_table[s] = (uint16_t)(i + 1);
    }
}

static int op_find(ash_view name)
{
    if (name.n < 4 || name.n > 31)
        return -1;
    for (unsigned s = op_slot(name.p, name.n); op_table[s] != 0; s = (s + 1) & (OP_SLOTS - 1)) {
        const operation *o = &operations[op_table[s] - 1];
        if (o->len == name.n && memcmp(o->name, name.p, name.n) == 0)
            return op_table[s] - 1;
    }
    return -1;
}

/* "ok" or "fail" or "fail (text)"; the text may hold anything but ends with ')'. */
static bool is_result(ash_view v, bool *ret_ok)
{
    *ret_ok = v.n == 2 && v.p[0] == 'o' && v.p[1] == 'k';
    return *ret_ok || (v.n >= 4 && memcmp(v.p, "fail", 4) == 0 && (v.n == 4 || v.p[4] == ' '));
}

static bool is_identifier(ash_view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || v.p[i] == '_' || (v.p[i] >= '0' && v.p[i] <= '9')))
            return false;
    return v.n >= 3;
}

/* Positions of the first '|' of a message, found 16 bytes at a time. */
typedef struct bars {
    unsigned n;
    uint16_t at[ASH_PREFIX_FIELDS_MAX + 2];
} bars;

/* What stands in front of the operation, and the operation, is short. */
#define BARS_WITHIN 1024u

static void find_bars(ash_view m, bars *b)
{
    size_t n = m.n < BARS_WITHIN ? m.n : BARS_WITHIN, i = 0;
    b->n = 0;
#if defined(__SSE2__)
    const __m128i bar = _mm_set1_epi8('|');
    for (; i + 16 <= n; i += 16) {
        __m128i chunk;
        memcpy(&chunk, m.p + i, sizeof chunk);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(chunk, bar));
        for (; mask != 0; mask &= mask - 1) {
            if (b->n == ASH_PREFIX_FIELDS_MAX + 2)
                return;
            b->at[b->n++] = (uint16_t)(i + (unsigned)__builtin_ctz(mask));
        }
    }
#endif
    for (; i < n && b->n < ASH_PREFIX_FIELDS_MAX + 2; i++)
        if (m.p[i] == '|')
            b->at[b->n++] = (uint16_t)i;
}

typedef enum found { FOUND_NOTHING, FOUND_UNKNOWN, FOUND_KNOWN } found;

/* Is there "operation|result" between bars k, k + 1 and k + 2? */
static found operation_at(ash_view m, const bars *b, unsigned k, ash_audit_parts *ret)
{
    size_t start = (size_t)b->at[k] + 1, bar = b->at[k + 1];
    /* Nearly every field fails this test at its first byte. */
    if (bar + 3 > m.n || (m.p[bar + 1] != 'o' && m.p[bar + 1] != 'f'))
        return FOUND_NOTHING;
    ash_view result = ash_view_skip(m, bar + 1);
    ptrdiff_t end = k + 2 < b->n ? (ptrdiff_t)(b->at[k + 2] - bar - 1) : ash_view_find(result, '|');
    if (end >= 0)
        result.n = (size_t)end;
    bool ok;
    if (!is_result(result, &ok))
        return FOUND_NOTHING;
    ash_view name = ash_view_of(m.p + start, bar - start);
    int native = op_find(name);
    if (native < 0 && !is_identifier(name))
        return FOUND_NOTHING;
    ret->prefix = ash_view_first(m, start - 1);
    ret->operation = name;
    ret->native = native;
    ret->ok = ok;
    ret->result = result;
    ret->args = ash_view_skip(m, bar + 1 + result.n + 1);
    return native < 0 ? FOUND_UNKNOWN : FOUND_KNOWN;
}

/* The leftmost known operation counts: an intruder chooses what stands to its
 * right, but not what stands to its left. One that is not known may be a name
 * in the prefix, unless it stands where the templates expect an operation. */
bool ash_samba_split(ash_view m, uint64_t expected, ash_audit_parts *ret)
{
    bars b;
    ash_audit_parts unknown;
    bool have_unknown = false;
    find_bars(m, &b);
    for (unsigned k = 0; k + 1 < b.n; k++) {
        found f = operation_at(m, &b, k, ret);
        if (f == FOUND_KNOWN) {
            ret->contested = have_unknown;
            return true;
        }
        if (f == FOUND_NOTHING || (have_unknown && !(expected >> k & 1)))
            continue;
        ret->contested = false;
        if (expected >> k & 1)
            return true;
        unknown = *ret;
        have_unknown = true;
    }
    if (have_unknown)
        *ret = unknown;
    return have_unknown;
}

/* --- arguments --------------------------------------------------------- */

static bool take_field(ash_view *v, ash_view *ret)
{
    ptrdiff_t bar = ash_view_find(*v, '|');
    if (bar < 0)
        return false;
    *ret = ash_view_first(*v, (size_t)bar);
    *v = ash_view_skip(*v, (size_t)bar + 1);
    return true;
}

static uint32_t parse_mask(ash_view v)
{
    uint32_t m = 0;
    size_t i = v.n > 2 && v.p[0] == '0' && (v.p[1] | 0x20) == 'x' ? 2 : 0;
    for (; i < v.n; i++) {
        char c = v.p[i];
        uint32_t d = c >= '0' && c <= '9' ? (uint32_t)(c - '0')
                   : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                   : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                          : 16;
        if (d == 16)
            break;
        m = m << 4 | d;
    }
    return m;
}

static ash_view base_name(ash_view path)
{
    const char *slash = path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
    return slash == NULL ? path : ash_view_skip(path, (size_t)(slash - path.p) + 1);
}

static ash_view dir_name(ash_view path)
{
    const char *slash = path.n == 0 ? NULL : memrchr(path.p, '/', path.n);
    return slash == NULL ? (ash_view){0} : ash_view_first(path, (size_t)(slash - path.p));
}

/* "old|new": both are absolute paths, so the split is at "|/"; where names hold
 * "|/" too, the split that keeps the folder or the name is the likely one. */
static void split_two(ash_view args, ash_event *e, ash_batch *out)
{
    unsigned candidates = 0;
    bool good = false;
    e->path = args;
    for (size_t i = 1; i + 1 < args.n; i++) {
        const char *bar = memchr(args.p + i, '|', args.n - i - 1);
        if (bar == NULL)
            break;
        i = (size_t)(bar - args.p);
        if (args.p[i + 1] != '/' && args.p[0] == '/')
            continue;
        ash_view a = ash_view_first(args, i), b = ash_view_skip(args, i + 1);
        bool likely = ash_view_eq(dir_name(a), dir_name(b)) || ash_view_eq(base_name(a), base_name(b));
        candidates++;
        if (candidates == 1 || (likely && !good)) {
            e->path = a;
            e->new_path = b;
            good = likely;
        }
    }
    if (candidates == 0)
        ash_batch_note(out, ASH_REASON_TARGET_LOST, e->offset, "");
    else if (candidates > 1)
        ash_batch_note(out, ASH_REASON_AMBIGUOUS_RENAME, e->offset, "");
}

static bool parse_args(args_kind kind, ash_view args, ash_event *e, ash_batch *out)
{
    ash_view mode, mask, type, disposition;
    switch (kind) {
    case ARGS_PATH:
        e->path = args;
        break;
    case ARGS_RWPATH:
        if (!take_field(&args, &mode))
            return false;
        e->path = args;
        if (e->op == ASH_OP_OPEN) {
            e->flags |= ASH_EVENT_POSIX_OPEN;
            e->access_mask = ash_view_is(mode, "w") ? ASH_MASK_WRITE_DATA : ASH_MASK_READ_DATA;
        }
        break;
    case ARGS_CREATE:
        if (!take_field(&args, &mask) || !take_field(&args, &type) || !take_field(&args, &disposition))
            return false;
        e->access_mask = parse_mask(mask);
        e->object = ash_view_is(type, "dir") ? ASH_OBJECT_DIR : ASH_OBJECT_UNKNOWN;
        if (ash_view_is(disposition, "create") || ash_view_is(disposition, "overwrite") ||
            ash_view_is(disposition, "overwrite_if") || ash_view_is(disposition, "supersede"))
            e->flags |= ASH_EVENT_NEW_CONTENT;
        e->path = args;
        break;
    case ARGS_TWO:
        split_two(args, e, out);
        break;
    case ARGS_SHARE:
    case ARGS_NONE:
        return true;
    }
    return e->path.n > 0;
}

/* strerror() texts that tell refusal from absence, in C and Japanese locales. */
static ash_outcome outcome_of(ash_view result)
{
    static const struct {
        const char *text;
        ash_outcome outcome;
    } texts[] = {
        {"(Permission denied)", ASH_OUTCOME_DENIED},
        {"(Operation not permitted)", ASH_OUTCOME_DENIED},
        {"(No such file or directory)", ASH_OUTCOME_MISSING},
        {"(Not a directory)", ASH_OUTCOME_MISSING},
        {"(許可がありません)", ASH_OUTCOME_DENIED},
        {"(許可されていない操作です)", ASH_OUTCOME_DENIED},
        {"(そのようなファイルやディレクトリはありません)", ASH_OUTCOME_MISSING},
        {"(ディレクトリではありません)", ASH_OUTCOME_MISSING},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (ash_view_ends(result, ash_view_z(texts[i].text)))
            return texts[i].outcome;
    return ASH_OUTCOME_FAILED;
}

/* "/srv/x/." is "/srv/x", and so on; only where the record succeeded, because
 * a failed one that names "/srv/x/" has lost the name it wanted. */
static ash_view tidy_path(ash_view p)
{
    if (p.n > 2 && p.p[p.n - 1] == '.' && p.p[p.n - 2] == '/')
        p.n -= 2;
    else if (p.n > 3 && p.p[p.n - 1] == '.' && p.p[p.n - 2] == '.' && p.p[p.n - 3] == '/')
        p.n -= 3;
    while (p.n > 1 && p.p[p.n - 1] == '/')
        p.n--;
    return p;
}

static void finish_path(const ash_samba_decoder *d, ash_event *e, ash_batch *out)
{
    if (e->path.n > ASH_PATH_MAX) {
        e->path.n = ASH_PATH_MAX;
        e->flags |= ASH_EVENT_CUT;
    }
    e->new_path = ash_view_first(e->new_path, ASH_PATH_MAX);
    char last = e->path.p[e->path.n - 1];
    if (e->outcome == ASH_OUTCOME_OK && (last == '/' || last == '.'))
        e->path = tidy_path(e->path);
    else if (last == '/' && (e->outcome == ASH_OUTCOME_DENIED || e->outcome == ASH_OUTCOME_MISSING)) {
        e->flags |= ASH_EVENT_NAME_LOST;
        ash_batch_note(out, ASH_REASON_NAME_LOST, e->offset, "");
    }
    ash_view tail = e->new_path.n > 0 ? e->new_path : e->path;
    if ((unsigned char)tail.p[tail.n - 1] >= 0x80 && ash_utf8_cut(tail)) {
        e->flags |= ASH_EVENT_CUT;
        ash_batch_note(out, ASH_REASON_CUT, e->offset, "");
    }
    e->path_hash = ash_hash64(e->path.p, e->path.n, d->profile->seed);
    if (e->op == ASH_OP_LOOKUP) {
        ash_view dir = dir_name(e->path);
        e->dir_hash = ash_hash64(dir.p, dir.n, d->profile->seed);
    }
}

/* --- prefix ------------------------------------------------------------ */

static bool match_templates(ash_samba_decoder *d, ash_view prefix, uint64_t offset, ash_origin *o,
                            ash_batch *out)
{
    unsigned n_bars = 0, configured_bars = 0;
    bool configured = false;
    for (size_t i = 0; i < prefix.n; i++)
        n_bars += prefix.p[i] == '|';
    for (size_t i = 0; i < d->profile->n_templates; i++) {
        const ash_prefix_template *t = &d->profile->templates[i];
        if (t->n_bars == n_bars && ash_prefix_match(t, prefix, o)) {
            if (configured && !t->configured)
                break;
            return true;
        }
        if (t->configured && !configured) {
            configured = true;
            configured_bars = t->n_bars;
        }
    }
    if (configured) {
        char detail[64];
        snprintf(detail, sizeof detail, _("prefix has %u fields, configured %u"), n_bars + 1,
                 configured_bars + 1);
        ash_batch_note(out, ASH_REASON_PREFIX_MISMATCH, offset, detail);
    }
    for (size_t i = 0; i < d->profile->n_templates; i++) {
        const ash_prefix_template *t = &d->profile->templates[i];
        if (!t->configured && t->n_bars == n_bars && ash_prefix_match(t, prefix, o))
            return true;
    }
    ash_prefix_template t;
    ash_prefix_infer_one(prefix, &t);
    return ash_prefix_match(&t, prefix, o);
}

static uint32_t origin_of(ash_samba_decoder *d, ash_view prefix, const ash_record *r, ash_batch *out)
{
    ash_view host = r->envelope->host;
    uint64_t h = ash_hash64(prefix.p, prefix.n, ash_hash64(host.p, host.n, 0)) | 1;
    ash_prefix_cache_slot *slot = &d->cache[h >> 32 & (ASH_PREFIX_CACHE - 1)];
    if (slot->hash == h && slot->n == prefix.n + host.n &&
        ash_view_eq(ash_view_of(slot->text, prefix.n), prefix) &&
        ash_view_eq(ash_view_of(slot->text + prefix.n, host.n), host))
        return slot->origin;
    ash_origin o = {0};
    uint64_t mismatches = out->counts[ASH_REASON_PREFIX_MISMATCH];
    if (!match_templates(d, prefix, r->offset, &o, out))
        o.account = prefix;
    if (host.n > 0)
        o.server = host;
    else if (o.server.n == 0)
        o.server = ash_view_z(d->profile->server);
    bool overflow = false;
    uint32_t id = ash_origins_intern(d->origins, &o, &overflow);
    if (overflow)
        ash_batch_note(out, ASH_REASON_TOO_MANY_ACTORS, r->offset, "");
    /* A mismatch is counted for every record, so it must not be remembered. */
    if (id != ASH_ORIGIN_NONE && prefix.n + host.n <= sizeof slot->text &&
        mismatches == out->counts[ASH_REASON_PREFIX_MISMATCH]) {
        slot->hash = h;
        slot->origin = id;
        slot->n = (uint16_t)(prefix.n + host.n);
        if (prefix.n > 0)
            memcpy(slot->text, prefix.p, prefix.n);
        if (host.n > 0)
            memcpy(slot->text + prefix.n, host.p, host.n);
    }
    return id;
}

/* --- the message ------------------------------------------------------- */

static int audit_event(ash_samba_decoder *d, const ash_record *r, const ash_audit_parts *parts,
                       ash_batch *out)
{
    const operation *o = parts->native < 0 ? NULL : &operations[parts->native];
    ash_event *e = ash_batch_event(out);
    if (e == NULL)
        return ASH_E_NOMEM;
    e->time = r->envelope->time;
    e->flags = r->envelope->time_flags;
    e->offset = r->offset;
    e->length = r->length;
    e->native = o == NULL ? (uint16_t)N_OPERATIONS : (uint16_t)parts->native;
    e->op = o == NULL ? ASH_OP_OTHER : o->op;
    if (o != NULL && o->twin)
        e->flags |= ASH_EVENT_TWIN;
    e->origin = origin_of(d, parts->prefix, r, out);
    if (e->origin == ASH_ORIGIN_NONE)
        return ASH_E_NOMEM;
    if (!parts->ok)
        /* create_file reports an errno left over from something else. */
        e->outcome = o != NULL && o->args == ARGS_CREATE ? ASH_OUTCOME_FAILED
                                                        : (uint8_t)outcome_of(parts->result);
    if (o == NULL) {
        char detail[48];
        ash_text_escape(detail, sizeof detail, parts->operation);
        ash_batch_note(out, ASH_REASON_UNKNOWN_OPERATION, r->offset, detail);
        return 0;
    }
    if (!parse_args(o->args, parts->args, e, out)) {
        e->op = ASH_OP_OTHER;
        e->path = (ash_view){0};
        ash_batch_note(out, ASH_REASON_NO_PATH, r->offset, o->name);
        return 0;
    }
    if (e->path.n > 0)
        finish_path(d, e, out);
    return 0;
}

/* "message repeated 10 times: [ kato|...]" (rsyslog's $RepeatedMsgReduction). */
static ash_view unrepeat(ash_view m)
{
    ptrdiff_t at = ash_view_find_str(ash_view_first(m, 48), ASH_VIEW_LIT(" times: [ "));
    if (at < 0)
        return (ash_view){0};
    m = ash_view_skip(m, (size_t)at + 10);
    if (m.n > 0 && m.p[m.n - 1] == ']')
        m.n--;
    return m;
}

static bool is_json(ash_view m)
{
    while (m.n > 0 && (m.p[0] == ' ' || m.p[0] == '\t'))
        m = ash_view_skip(m, 1);
    return m.n > 0 && m.p[0] == '{';
}

static bool is_other_module(ash_view m)
{
    static const char *const starts[] = {"connect to service ", "openat ", "close fd ", "open ",
                                         "unlinkat ", "renameat ", "mkdirat ", "disconnected"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (ash_view_starts(m, ash_view_z(starts[i])))
            return true;
    return false;
}

int ash_samba_message(ash_samba_decoder *d, const ash_record *r, ash_batch *out)
{
    ash_view m = r->envelope->message;
    ash_audit_parts parts;
    bool repeated = false;
    if (m.n > 0 && m.p[0] == 'm' && ash_view_starts(m, ASH_VIEW_LIT("message repeated "))) {
        m = unrepeat(m);
        repeated = true;
    }
    /* First, since the accounts in it are whatever a client claims to be. */
    if (is_json(m))
        return ash_samba_auth(d, r, out);
    if (ash_samba_split(m, d->profile->bars, &parts)) {
        size_t before = out->n;
        int rc = audit_event(d, r, &parts, out);
        if (repeated && out->n > before)
            out->events[out->n - 1].flags |= ASH_EVENT_REPEATED;
        return rc;
    }
    if (ash_loss_notice(r, out))
        return 0;
    bool audit_tag = ash_view_find_str(r->envelope->tag, ASH_VIEW_LIT("audit")) >= 0;
    if (!audit_tag)
        ash_batch_note(out, ASH_REASON_FOREIGN, r->offset, "");
    else if (is_other_module(ash_view_trim(m)))
        ash_batch_note(out, ASH_REASON_OTHER_MODULE, r->offset, "");
    else {
        char detail[80];
        ash_text_escape(detail, sizeof detail, ash_view_trim(m));
        ash_batch_note(out, ASH_REASON_NO_OPERATION, r->offset, detail);
    }
    return 0;
}

int ash_samba_decoder_open(ash_samba_decoder *d, const ash_samba_profile *p, ash_error *err)
{
    *d = (ash_samba_decoder){.profile = p};
    d->cache = calloc(ASH_PREFIX_CACHE, sizeof *d->cache);
    d->origins = ash_origins_new();
    if (d->cache == NULL || d->origins == NULL) {
        ash_samba_decoder_close(d);
        return ash_fail(err, ASH_E_NOMEM, "samba", "out of memory");
    }
    return 0;
}

void ash_samba_decoder_close(ash_samba_decoder *d)
{
    free(d->cache);
    ash_origins_free(d->origins);
    d->cache = NULL;
    d->origins = NULL;
}
