/* Source "win-json": Windows events as JSON objects: one a line, in an array, or
 * spread over lines. Shapes: win_json_event.c.
 *
 * Lines stand for themselves: a broken one takes no other with it. Where objects
 * are not one a line, a new one is looked for behind a broken one: a line that
 * begins with "{", or "},{". Wherever that leads, nobody can put an object of his
 * own into a string: there every quote has a backslash. */
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/view.h"
#include "source/lines.h"
#include "source/win_json_event.h"

/* What is learnt by probing. */
typedef struct json_profile {
    bool lines; /* an object a line */
} json_profile;

typedef struct json_state {
    ash_win_decoder *decoder;
    ash_json_tree tree;
    bool lines;
} json_state;

/* --- where objects are ------------------------------------------------- */

/* What may stand between two of them. */
static size_t skip_between(ash_view v, size_t at)
{
    while (at < v.n) {
        if (ash_view_starts(ash_view_skip(v, at), ASH_VIEW_LIT("\xef\xbb\xbf")))
            at += 3;
        else if (v.p[at] != '\0' && strchr(" \t\r\n,[]", v.p[at]) != NULL)
            at++;
        else
            break;
    }
    return at;
}

/* The "{" of the next object at or after `from`, v.n if there is none: the first
 * character on a line, or the one in "},{" and "} {". */
static size_t find_object(ash_view v, size_t from)
{
    while (from < v.n) {
        const char *p = memchr(v.p + from, '{', v.n - from);
        if (p == NULL)
            return v.n;
        size_t at = (size_t)(p - v.p), i = at;
        while (i > 0 && memchr(" \t,[", v.p[i - 1], 4) != NULL)
            i--;
        if (i > 0 && (v.p[i - 1] == '\n' || (v.p[i - 1] == '}' && i < at)))
            return at;
        from = at + 1;
    }
    return v.n;
}

typedef enum piece_kind {
    PIECE_NONE,  /* no more, or the next one is not complete yet */
    PIECE_WHOLE, /* an object, read into the tree */
    PIECE_BAD,   /* begins like one; why says what is wrong */
    PIECE_JUNK,  /* something else */
    PIECE_CUT,   /* an object without its end */
} piece_kind;

typedef struct piece {
    piece_kind kind;
    size_t at, n; /* NONE: what was passed over ends at `at` */
    const char *why;
} piece;

/* The next piece at or after `at`. tree may be NULL. */
static piece next_piece(ash_json_tree *tree, ash_view v, size_t at, bool eof)
{
    piece p = {.kind = PIECE_NONE, .at = skip_between(v, at), .why = ""};
    size_t used = 0;
    if (p.at == v.n)
        return p;
    p.kind = PIECE_JUNK;
    if (v.p[p.at] == '{') {
        ash_json_status s = ash_json_read(tree, ash_view_skip(v, p.at), &used, &p.why);
        p.kind = s == ASH_JSON_OK    ? PIECE_WHOLE
                 : s == ASH_JSON_BAD ? PIECE_BAD
                 : eof               ? PIECE_CUT
                                     : PIECE_NONE;
    }
    p.n = used;
    if (p.kind == PIECE_BAD || p.kind == PIECE_JUNK) {
        size_t next = find_object(v, p.at + (used > 0 ? used : 1));
        if (next == v.n && !eof)
            p.kind = PIECE_NONE;
        p.n = next - p.at;
    }
    return p;
}

/* Behind the last good object: where a bad one ends is told by what follows it. */
static size_t objects_cut(ash_view v)
{
    size_t at = 0, end = 0;
    for (piece p; (p = next_piece(NULL, v, at, false)).kind != PIECE_NONE;) {
        at = p.at + p.n;
        end = p.kind == PIECE_WHOLE ? at : end;
    }
    return end;
}

/* --- decoding ---------------------------------------------------------- */

static int decode(json_state *s, uint64_t offset, size_t length, ash_batch *out)
{
    ash_win_event e;
    ash_win_json_result result;
    switch (ash_win_json_event(&s->tree, out->arena, &e, &result)) {
    case ASH_WIN_FOUND_EVENT:
        e.offset = offset;
        e.length = (uint32_t)length;
        return ash_win_event_add(s->decoder, &e, out);
    case ASH_WIN_FOUND_FOREIGN: ash_batch_note(out, ASH_REASON_FOREIGN, offset, ""); return 0;
    case ASH_WIN_FOUND_BAD:
        ash_batch_note(out, ASH_REASON_UNKNOWN_LAYOUT, offset, result.why);
        return 0;
    case ASH_WIN_FOUND_NOMEM: break;
    }
    return ASH_E_NOMEM;
}

static int decode_piece(json_state *s, const piece *p, uint64_t offset, ash_batch *out)
{
    char detail[96] = "";
    ash_reason reason = ASH_REASON_FOREIGN;
    out->records++;
    if (s->tree.nomem)
        return ASH_E_NOMEM;
    if (p->kind == PIECE_WHOLE && p->n <= ASH_RECORD_MAX)
        return decode(s, offset, p->n, out);
    if (p->kind == PIECE_WHOLE) {
        reason = ASH_REASON_TOO_LONG;
        snprintf(detail, sizeof detail, _("%zu bytes"), p->n);
    } else if (p->kind == PIECE_BAD) {
        reason = ASH_REASON_BAD_JSON;
        ash_text_escape(detail, sizeof detail, ash_view_z(p->why));
    } else if (p->kind == PIECE_CUT) {
        reason = ASH_REASON_CUT_OFF;
    }
    ash_batch_note(out, reason, offset, detail);
    return 0;
}

/* All pieces of v; *ret_used is where the last one ends, and what may be left
 * begins. */
static int decode_objects(json_state *s, ash_view v, uint64_t offset, bool eof, ash_batch *out,
                          size_t *ret_used)
{
    size_t at = 0;
    piece p;
    while ((p = next_piece(&s->tree, v, at, eof)).kind != PIECE_NONE) {
        if (decode_piece(s, &p, offset + p.at, out) != 0)
            return ASH_E_NOMEM;
        at = p.at + p.n;
    }
    *ret_used = p.at;
    return 0;
}

static int json_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                     size_t *ret_consumed, ash_error *err)
{
    json_state *s = state;
    ash_lines lines = {.rest = bytes, .offset = offset, .eof = eof};
    ash_line line;
    size_t used = 0;
    int rc = 0;
    out->origins = ash_win_decoder_origins(s->decoder);
    if (!s->lines) {
        rc = decode_objects(s, bytes, offset, eof, out, &used);
    } else {
        size_t ignored;
        while (rc == 0 && ash_lines_next(&lines, &line, out))
            rc = decode_objects(s, line.text, line.offset, true, out, &ignored);
        used = bytes.n - lines.rest.n;
    }
    if (rc < 0)
        return ash_fail(err, ASH_E_NOMEM, "win-json", "out of memory");
    *ret_consumed = used;
    return 0;
}

static size_t json_cut(const ash_profile *p, ash_view bytes)
{
    const json_profile *mine = p->data;
    return mine->lines ? ash_lines_cut(bytes) : objects_cut(bytes);
}

static size_t json_resync(const ash_profile *p, ash_view bytes)
{
    const json_profile *mine = p->data;
    ptrdiff_t nl = ash_view_find(bytes, '\n');
    if (mine->lines)
        return nl < 0 ? 0 : (size_t)nl + 1;
    size_t at = find_object(bytes, 1);
    return at < bytes.n ? at : 0;
}

static int json_open(void *state, const ash_profile *p, ash_error *err)
{
    json_state *s = state;
    const json_profile *mine = p->data;
    s->lines = mine->lines;
    return ash_win_decoder_new(&s->decoder, p, err);
}

static void json_close(void *state)
{
    json_state *s = state;
    ash_win_decoder_free(s->decoder);
    ash_json_tree_free(&s->tree);
}

/* --- probing ----------------------------------------------------------- */

#define PROBE_OBJECTS 1000u
#define ZONES_MAX 8

typedef struct survey {
    ash_json_tree tree;
    ash_arena arena;
    unsigned seen, events;
    const char *shape; /* of the first event */
    unsigned crowded;  /* lines with more than one object, or none whole */
    struct {
        int32_t zone;
        unsigned n;
    } zones[ZONES_MAX];
} survey;

static void count_zone(survey *s, int32_t zone)
{
    for (size_t i = 0; i < ZONES_MAX && zone != INT32_MIN; i++) {
        if (s->zones[i].n > 0 && s->zones[i].zone != zone)
            continue;
        s->zones[i].zone = zone;
        s->zones[i].n++;
        return;
    }
}

static int32_t usual_zone(const survey *s)
{
    size_t best = 0;
    for (size_t i = 1; i < ZONES_MAX; i++)
        best = s->zones[i].n > s->zones[best].n ? i : best;
    return s->zones[best].n == 0 ? INT32_MIN : s->zones[best].zone;
}

/* Objects in v, up to `max`; returns how many there are. */
static unsigned survey_objects(survey *s, ash_view v, unsigned max)
{
    size_t at = 0;
    unsigned n = 0;
    for (piece p; n < max && (p = next_piece(&s->tree, v, at, false)).kind != PIECE_NONE; n++) {
        ash_win_event e;
        ash_win_json_result r = {0};
        at = p.at + p.n;
        if (p.kind != PIECE_WHOLE)
            continue;
        s->seen++;
        (void)ash_win_json_event(&s->tree, &s->arena, &e, &r);
        s->events += r.shape != NULL;
        s->shape = s->shape == NULL ? r.shape : s->shape;
        count_zone(s, r.zone_s);
        ash_arena_reset(&s->arena);
    }
    return n;
}

static void survey_lines(survey *s, ash_view sample)
{
    ash_lines lines = {.rest = sample};
    ash_line line;
    ash_batch ignored = {0};
    while (s->seen < PROBE_OBJECTS && ash_lines_next(&lines, &line, &ignored)) {
        size_t at = skip_between(line.text, 0);
        if (at < line.text.n && line.text.p[at] == '{')
            s->crowded += survey_objects(s, line.text, 2) != 1;
    }
}

static int make_profile(const survey *s, bool lines, ash_profile *ret, ash_error *err)
{
    char zone[16];
    json_profile *mine = calloc(1, sizeof *mine);
    if (mine == NULL)
        return ash_fail(err, ASH_E_NOMEM, "win-json", "out of memory");
    mine->lines = lines;
    ret->data = mine;
    ret->zone_s = usual_zone(s);
    snprintf(ret->format, sizeof ret->format, "Windows events in JSON, %s", s->shape);
    if (ret->zone_s != INT32_MIN) {
        unsigned minutes = (unsigned)(ret->zone_s < 0 ? -ret->zone_s : ret->zone_s) / 60;
        snprintf(zone, sizeof zone, "%c%02u:%02u", ret->zone_s < 0 ? '-' : '+', minutes / 60,
                 minutes % 60);
        snprintf(ret->remarks, sizeof ret->remarks,
                 _("times state no zone; it was taken from the time of receipt, which is there with "
                   "and without one (%s)"),
                 zone);
    }
    return 92;
}

static int json_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                      ash_profile *ret, ash_error *err)
{
    (void)options;
    size_t at = n == 0 ? 0 : skip_between(samples[0], 0);
    if (n == 0 || at == samples[0].n)
        return 0;
    survey s = {0};
    ash_arena_init(&s.arena, 0);
    for (size_t i = 0; i < n; i++)
        survey_lines(&s, samples[i]);
    bool lines = s.events > 0 && s.crowded * 20 <= s.seen;
    if (!lines) {
        s.seen = 0;
        survey_objects(&s, samples[0], PROBE_OBJECTS);
    }
    int score = 0;
    if (s.tree.nomem)
        score = ash_fail(err, ASH_E_NOMEM, "win-json", "out of memory");
    else if (s.events > 0)
        score = make_profile(&s, lines, ret, err);
    ash_json_tree_free(&s.tree);
    ash_arena_free(&s.arena);
    return score;
}

static void json_forget(ash_profile *p)
{
    free(p->data);
}

const ash_source ash_source_win_json = {
    .name = "win-json",
    .desc = N_("Windows events as JSON (Winlogbeat, NXLog, Fluent Bit, evtx_dump)"),
    .doc = "windows-text.md",
    .state_size = sizeof(json_state),
    .binary = true,
    .probe = json_probe,
    .forget = json_forget,
    .open = json_open,
    .feed = json_feed,
    .close = json_close,
    .cut = json_cut,
    .resync = json_resync,
    .native_name = ash_win_native_name,
};
