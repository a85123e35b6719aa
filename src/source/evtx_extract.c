#include "source/evtx_extract.h"

#include "base/i18n.h"
#include "base/time.h"
#include "source/windows_value.h"

static const char NO_EVENT[] = N_("has no EventID");
static const char MIXED[] = N_("mixes text and other values");

/* --- values ------------------------------------------------------------- */

static void win_value(ash_evtx_value v, ash_win_value *ret)
{
    uint64_t x;
    *ret = (ash_win_value){.bytes = v.bytes};
    switch (v.type) {
    case ASH_EVTX_STRING:
        ret->kind = ASH_WIN_UTF16;
        ret->bytes = ash_evtx_value_text(v);
        break;
    case ASH_EVTX_ANSI:
        ret->kind = ASH_WIN_UTF8;
        ret->bytes = ash_evtx_value_text(v);
        break;
    case ASH_EVTX_SID: ret->kind = v.bytes.n >= 8 ? ASH_WIN_SID : ASH_WIN_NONE; break;
    case ASH_EVTX_GUID: ret->kind = v.bytes.n == 16 ? ASH_WIN_GUID : ASH_WIN_NONE; break;
    case ASH_EVTX_FILETIME:
    case ASH_EVTX_SYSTEMTIME:
        ret->kind = ash_evtx_value_filetime(v, &ret->number) ? ASH_WIN_TIME : ASH_WIN_NONE;
        break;
    default:
        if (ash_evtx_value_uint(v, &x)) {
            ret->kind = ASH_WIN_UINT;
            ret->number = x;
        }
        break;
    }
}

/* A number, or text that is one: literals are text. */
static bool number(ash_evtx_value v, uint64_t *ret)
{
    ash_win_value w;
    if (ash_evtx_value_uint(v, ret))
        return true;
    win_value(v, &w);
    return w.kind == ASH_WIN_UTF16 && ash_win_number(&w, ret);
}

static int64_t time_of(ash_evtx_value v)
{
    uint64_t t;
    if (ash_evtx_value_filetime(v, &t))
        return ash_time_of_filetime(t);
    char ascii[ASH_TIME_TEXT];
    ash_view text = ash_evtx_value_text(v);
    if (v.type != ASH_EVTX_STRING || text.n / 2 > sizeof ascii)
        return ASH_TIME_NONE;
    for (size_t i = 0; i < text.n / 2; i++)
        ascii[i] = text.p[2 * i];
    int64_t ns;
    int32_t zone;
    return ash_time_parse_iso(ash_view_of(ascii, text.n / 2), &ns, &zone) > 0 ? ns : ASH_TIME_NONE;
}

/* Sets a field that is not set yet. */
static void put(ash_win_event *e, ash_evtx_field field, ash_evtx_value v)
{
    uint64_t x = 0;
    ash_win_value *to;
    switch (field) {
    case ASH_EVTX_FIELD_ID:
        if (e->id == 0 && number(v, &x) && x <= UINT32_MAX)
            e->id = (uint32_t)x;
        return;
    case ASH_EVTX_FIELD_RECORD:
        if (e->record == 0 && number(v, &x))
            e->record = x;
        return;
    case ASH_EVTX_FIELD_KEYWORDS:
        if (e->audit == ASH_WIN_AUDIT_UNKNOWN && number(v, &x))
            e->audit = x & ASH_WIN_KEYWORD_FAILURE   ? ASH_WIN_AUDIT_FAILURE
                       : x & ASH_WIN_KEYWORD_SUCCESS ? ASH_WIN_AUDIT_SUCCESS
                                                     : ASH_WIN_AUDIT_UNKNOWN;
        return;
    case ASH_EVTX_FIELD_TIME:
        if (e->time == ASH_NOTE_NO_TIME)
            e->time = time_of(v);
        return;
    case ASH_EVTX_FIELD_NONE:
    case ASH_EVTX_FIELD_NAME: return;
    case ASH_EVTX_FIELD_CHANNEL: to = &e->channel; break;
    case ASH_EVTX_FIELD_COMPUTER: to = &e->computer; break;
    default: to = &e->data[field - ASH_EVTX_FIELD_DATA]; break;
    }
    if (to->kind == ASH_WIN_NONE)
        win_value(v, to);
}

static void clear(ash_win_event *e)
{
    *e = (ash_win_event){.time = ASH_NOTE_NO_TIME};
}

/* What the record's own header says too. */
static int finish(ash_evtx_extract *x, const ash_evtx_record *r, ash_win_event *e)
{
    if (e->id == 0) {
        x->why = NO_EVENT;
        return ASH_E_FORMAT;
    }
    if (e->record == 0)
        e->record = r->id;
    if (e->time == ASH_NOTE_NO_TIME)
        e->time = ash_time_of_filetime(r->written);
    return 0;
}

/* --- by the walker ------------------------------------------------------ */

/* The text that is being gathered: nothing, one value as it is, or several in
 * ash_evtx_extract.joined. */
typedef struct pieces {
    ash_evtx_value first;
    bool any, joined;
} pieces;

typedef struct walking {
    ash_evtx_extract *x;
    ash_arena *arena;
    ash_win_event *event;
    ash_evtx_place place;
    pieces text;
    size_t n_joined; /* bytes, in the whole record */
    int rc;
} walking;

static int give_up(walking *w, const char *why)
{
    w->x->why = why;
    return w->rc = ASH_E_FORMAT;
}

static ash_view entity(ash_view name)
{
    static const struct {
        ash_view name, text;
    } known[] = {
        {{"a\0m\0p", 6}, {"&", 2}},  {{"l\0t", 4}, {"<", 2}},         {{"g\0t", 4}, {">", 2}},
        {{"q\0u\0o\0t", 8}, {"\"", 2}}, {{"a\0p\0o\0s", 8}, {"'", 2}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ash_view_eq(known[i].name, name))
            return known[i].text;
    return (ash_view){0};
}

static int join(walking *w, ash_view utf16)
{
    ash_buf *b = &w->x->joined;
    if (w->text.any && w->text.first.type != ASH_EVTX_STRING)
        return give_up(w, MIXED);
    if (!w->text.joined) {
        ash_buf_clear(b);
        ash_buf_add_view(b, ash_evtx_value_text(w->text.first));
        w->text.first = (ash_evtx_value){.type = ASH_EVTX_STRING};
    }
    w->text.any = w->text.joined = true;
    w->n_joined += utf16.n;
    if (w->n_joined > ASH_EVTX_JOINED_MAX)
        return give_up(w, N_("holds too much text in pieces"));
    ash_buf_add_view(b, utf16);
    return b->failed ? w->rc = ASH_E_NOMEM : 0;
}

static int join_value(walking *w, ash_evtx_value v)
{
    if (v.type == ASH_EVTX_NULL)
        return 0;
    if (w->text.any)
        return v.type == ASH_EVTX_STRING ? join(w, ash_evtx_value_text(v)) : give_up(w, MIXED);
    w->text.any = true;
    w->text.first = v;
    return 0;
}

static int join_token(walking *w, const ash_evtx_token *t)
{
    char unit[2] = {(char)t->number, (char)(t->number >> 8)};
    switch (t->kind) {
    case ASH_EVTX_VALUE:
    case ASH_EVTX_CDATA: return join_value(w, t->value);
    case ASH_EVTX_ENTITY: return join(w, entity(t->name));
    case ASH_EVTX_CHAR: return join(w, ash_view_of(unit, sizeof unit));
    default: return 0;
    }
}

/* The text gathered for a field has ended. */
static int settle(walking *w, ash_evtx_field field)
{
    ash_evtx_value v = w->text.first;
    if (!w->text.any)
        return 0;
    if (w->text.joined) {
        v.bytes = ash_arena_copy(w->arena, ash_buf_view(&w->x->joined));
        if (v.bytes.n > 0 && v.bytes.p == NULL)
            return w->rc = ASH_E_NOMEM;
    }
    if (field == ASH_EVTX_FIELD_NAME && v.type == ASH_EVTX_STRING)
        ash_evtx_place_name(&w->place, ash_evtx_value_text(v));
    else
        put(w->event, field, v);
    w->text = (pieces){0};
    return 0;
}

static int take_token(walking *w, const ash_evtx_token *t)
{
    ash_evtx_field field = ash_evtx_place_field(&w->place);
    switch (t->kind) {
    case ASH_EVTX_ATTRIBUTE:
    case ASH_EVTX_OPENED:
    case ASH_EVTX_CLOSE:
        if (settle(w, field) != 0)
            return w->rc;
        break;
    case ASH_EVTX_OPEN:
        if (w->text.any)
            return give_up(w, N_("mixes a value and elements"));
        break;
    default: return field == ASH_EVTX_FIELD_NONE ? 0 : join_token(w, t);
    }
    ash_evtx_place_token(&w->place, t);
    return 0;
}

int ash_evtx_extract_walking(ash_evtx_extract *x, const ash_evtx_record *r, ash_arena *arena,
                             ash_win_event *ret)
{
    ash_evtx_token t;
    walking w = {.x = x, .arena = arena, .event = ret};
    clear(ret);
    ash_evtx_place_begin(&w.place, ASH_EVTX_AT_TOP);
    ash_evtx_walk_record(&x->walk, x->chunk, r);
    while (ash_evtx_walk_next(&x->walk, &t) > ASH_EVTX_BROKEN)
        if (take_token(&w, &t) != 0)
            return w.rc;
    if (t.kind == ASH_EVTX_BROKEN) {
        x->why = x->walk.why;
        return ASH_E_FORMAT;
    }
    return finish(x, r, ret);
}

/* --- by compiled templates ---------------------------------------------- */

void ash_evtx_extract_init(ash_evtx_extract *x)
{
    x->chunk = (ash_view){0};
    x->n_templates = 0;
    ash_buf_init(&x->joined, 3 * ASH_EVTX_JOINED_MAX + ASH_EVTX_CHUNK_SIZE);
}

void ash_evtx_extract_free(ash_evtx_extract *x)
{
    ash_buf_free(&x->joined);
}

void ash_evtx_extract_chunk(ash_evtx_extract *x, ash_view chunk)
{
    x->chunk = chunk;
    x->n_templates = 0;
    memset(x->index, 0, sizeof x->index);
}

/* NULL if it cannot be used. */
static const ash_evtx_template *template_of(ash_evtx_extract *x, const ash_evtx_definition *d,
                                            ash_evtx_where where)
{
    const size_t mask = sizeof x->index - 1;
    uint32_t key = d->at << 4 | (uint32_t)where;
    size_t i = (key * UINT32_C(2654435761) >> 16) & mask;
    for (; x->index[i] != 0; i = (i + 1) & mask)
        if (x->keys[x->index[i] - 1] == key) {
            const ash_evtx_template *t = &x->templates[x->index[i] - 1];
            return t->usable ? t : NULL;
        }
    if (x->n_templates == ASH_EVTX_TEMPLATES_MAX)
        return NULL;
    ash_evtx_template *t = &x->templates[x->n_templates];
    x->keys[x->n_templates++] = key;
    x->index[i] = (uint8_t)x->n_templates;
    ash_evtx_template_compile(t, &x->walk, x->chunk, d, where);
    return t->usable ? t : NULL;
}

typedef struct inner {
    ash_evtx_value value;
    ash_evtx_where where;
} inner;

/* Walks over the instance's descriptors, which are known to be within the chunk.
 * False if a value needs the walker or reaches beyond end. *ret_inner is the
 * event's data, *ret_end where the instance ends. */
static bool take_values(const ash_evtx_extract *x, const ash_evtx_template *t,
                        const ash_evtx_instance *in, uint32_t end, ash_win_event *e,
                        inner *ret_inner, uint32_t *ret_end)
{
    const unsigned char *d = (const unsigned char *)x->chunk.p + in->descriptors;
    uint32_t at = in->values;
    unsigned slot = 0;
    for (uint32_t i = 0; i < in->count; i++, d += 4) {
        uint32_t n = (uint32_t)d[0] | (uint32_t)d[1] << 8;
        ash_evtx_value v = {.type = d[2], .bytes = ash_view_of(x->chunk.p + at, n)};
        if (n > end - at)
            return false;
        for (; slot < t->n_slots && t->slots[slot].substitution == i; slot++) {
            if (v.type >= ASH_EVTX_BINXML)
                return false;
            put(e, (ash_evtx_field)t->slots[slot].field, v);
        }
        if (i == t->inner)
            *ret_inner = (inner){v, (ash_evtx_where)t->inner_where};
        at += n;
    }
    for (unsigned i = 0; i < t->n_literals; i++)
        put(e, (ash_evtx_field)t->literals[i].field, t->literals[i].value);
    *ret_end = at;
    return true;
}

/* Reads the instance at `at`, perhaps behind a fragment header; false if there
 * is something else, or anything behind the instance. */
static bool take_instance(ash_evtx_extract *x, uint32_t at, uint32_t end, ash_evtx_where where,
                          ash_win_event *e, inner *ret_inner)
{
    const char *p = x->chunk.p;
    ash_evtx_instance in;
    if (end - at > 4 && p[at] == 0x0f)
        at += 4;
    if (at >= end || p[at++] != 0x0c ||
        ash_evtx_instance_read(x->chunk, &at, end, &in) != NULL ||
        in.count > ASH_EVTX_VALUES_MAX / 2) /* the walker's limit holds for both instances */
        return false;
    const ash_evtx_template *t = template_of(x, &in.definition, where);
    return t != NULL && take_values(x, t, &in, end, e, ret_inner, &at) &&
           (at == end || p[at] == 0);
}

static bool take_record(ash_evtx_extract *x, const ash_evtx_record *r, ash_win_event *e)
{
    inner in = {0}, deeper = {0};
    clear(e);
    if (!take_instance(x, r->at + ASH_EVTX_RECORD_HEADER, r->at + r->length - 4, ASH_EVTX_AT_TOP, e,
                       &in))
        return false;
    if (in.value.type == ASH_EVTX_NULL || !ash_win_wanted(e->id))
        return true;
    if (in.value.type != ASH_EVTX_BINXML)
        return false;
    uint32_t at = (uint32_t)(in.value.bytes.p - x->chunk.p), end = at + (uint32_t)in.value.bytes.n;
    return at == end || (take_instance(x, at, end, in.where, e, &deeper) &&
                         deeper.value.type == ASH_EVTX_NULL);
}

int ash_evtx_extract_record(ash_evtx_extract *x, const ash_evtx_record *r, ash_arena *arena,
                            ash_win_event *ret)
{
    return take_record(x, r, ret) ? finish(x, r, ret)
                                  : ash_evtx_extract_walking(x, r, arena, ret);
}
