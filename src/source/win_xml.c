/* Source "win-xml": Windows events as XML, one <Event> element after another:
 * wevtutil, Event Viewer, evtxexport, evtx_dump, ashiato dump, NetApp ONTAP and
 * Amazon FSx. Schema: "Event Schema" in Microsoft's Windows Event Log reference.
 *
 * What stands between two events (an XML declaration, a root element, headings)
 * is passed over. "</Event>" ends an event wherever it stands: these writers use
 * neither comments nor CDATA sections, and in text it would be "&lt;/Event>". So
 * blocks can be cut without parsing. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/view.h"
#include "source/win_xml_event.h"

typedef struct xml_state {
    ash_win_decoder *decoder;
    ash_win_xml *xml;
} xml_state;

#define BEGIN ASH_VIEW_LIT("<Event")
#define END ASH_VIEW_LIT("</Event>")

/* --- where events are -------------------------------------------------- */

typedef enum piece_kind {
    PIECE_NONE,  /* no more */
    PIECE_WHOLE, /* an event */
    PIECE_CUT,   /* an event without its end, or the end of one */
} piece_kind;

typedef struct piece {
    piece_kind kind;
    size_t at, n;
} piece;

typedef struct walk {
    ash_view v;
    size_t at;  /* everything before it was given out */
    size_t end; /* behind the first "</Event>" that is behind `at`, if it was looked for */
    bool eof, no_end;
} walk;

/* Position of "<Event" as the whole name of an element, at or after `from`; v.n
 * if there is none. */
static size_t find_begin(ash_view v, size_t from)
{
    for (;;) {
        ptrdiff_t at = ash_view_find_str(ash_view_skip(v, from), BEGIN);
        if (at < 0)
            return v.n;
        size_t behind = from + (size_t)at + BEGIN.n;
        if (behind < v.n && memchr(" \t\r\n>", v.p[behind], 5) != NULL)
            return behind - BEGIN.n;
        from = behind;
    }
}

static void find_end(walk *w)
{
    if (w->no_end || w->end > w->at)
        return;
    ptrdiff_t at = ash_view_find_str(ash_view_skip(w->v, w->at), END);
    w->no_end = at < 0;
    w->end = at < 0 ? 0 : w->at + (size_t)at + END.n;
}

/* The next piece. Without eof the last one may be still to come: then NONE, and
 * its `at` says where it begins. */
static piece next_piece(walk *w)
{
    find_end(w);
    ash_view v = ash_view_first(w->v, w->no_end ? w->v.n : w->end);
    piece p = {.at = find_begin(v, w->at)};
    if (p.at == v.n) {
        if (w->no_end)
            return p;
        p = (piece){PIECE_CUT, w->end - END.n, END.n};
    } else {
        size_t second = find_begin(v, p.at + BEGIN.n);
        bool whole = second == v.n && !w->no_end;
        if (second == v.n && w->no_end && !w->eof)
            return p;
        p = (piece){whole ? PIECE_WHOLE : PIECE_CUT, p.at, second - p.at};
    }
    w->at = p.at + p.n;
    return p;
}

/* Where to go on when no event begins: nothing in front of it is needed. */
static size_t first_needed(ash_view v, size_t from)
{
    const char *open = v.n == from ? NULL : memrchr(v.p + from, '<', v.n - from);
    size_t tail = open == NULL ? v.n : (size_t)(open - v.p);
    return v.n - tail < END.n ? tail : v.n;
}

static size_t xml_cut(const ash_profile *p, ash_view bytes)
{
    (void)p;
    for (ash_view v = bytes; v.n >= END.n;) {
        const char *close = memrchr(v.p, '>', v.n);
        if (close == NULL)
            break;
        v.n = (size_t)(close - v.p);
        if (ash_view_ends(v, ash_view_first(END, END.n - 1)))
            return v.n + 1;
    }
    return find_begin(bytes, 0) < bytes.n ? 0 : first_needed(bytes, 0);
}

static size_t xml_resync(const ash_profile *p, ash_view bytes)
{
    (void)p;
    size_t at = find_begin(bytes, 1);
    return at < bytes.n ? at : 0;
}

/* --- decoding ---------------------------------------------------------- */

static int decode(xml_state *s, ash_view text, uint64_t offset, ash_batch *out)
{
    ash_win_event e;
    ash_win_xml_result result;
    switch (ash_win_xml_read(s->xml, text, out->arena, &e, &result)) {
    case ASH_WIN_FOUND_EVENT:
        if (result.repaired)
            ash_batch_note(out, ASH_REASON_BAD_TEXT, offset, result.why);
        e.offset = offset;
        e.length = (uint32_t)text.n;
        return ash_win_event_add(s->decoder, &e, out);
    case ASH_WIN_FOUND_FOREIGN: ash_batch_note(out, ASH_REASON_FOREIGN, offset, ""); return 0;
    case ASH_WIN_FOUND_BAD: ash_batch_note(out, ASH_REASON_BAD_XML, offset, result.why); return 0;
    case ASH_WIN_FOUND_NOMEM: break;
    }
    return ASH_E_NOMEM;
}

static int decode_piece(xml_state *s, ash_view text, piece_kind kind, uint64_t offset, ash_batch *out)
{
    out->records++;
    if (kind == PIECE_CUT) {
        ash_batch_note(out, ASH_REASON_CUT_OFF, offset, "");
        return 0;
    }
    if (text.n > ASH_RECORD_MAX) {
        char detail[48];
        snprintf(detail, sizeof detail, _("%zu bytes"), text.n);
        ash_batch_note(out, ASH_REASON_TOO_LONG, offset, detail);
        return 0;
    }
    return decode(s, text, offset, out);
}

static int xml_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                    size_t *ret_consumed, ash_error *err)
{
    xml_state *s = state;
    walk w = {.v = bytes, .eof = eof};
    piece p;
    out->origins = ash_win_decoder_origins(s->decoder);
    ash_win_xml_reset(s->xml);
    while ((p = next_piece(&w)).kind != PIECE_NONE) {
        ash_view text = ash_view_first(ash_view_skip(bytes, p.at), p.n);
        if (decode_piece(s, text, p.kind, offset + p.at, out) != 0)
            return ash_fail(err, ASH_E_NOMEM, "win-xml", "out of memory");
    }
    *ret_consumed = eof ? bytes.n : p.at < bytes.n ? p.at : first_needed(bytes, w.at);
    return 0;
}

static int xml_open(void *state, const ash_profile *p, ash_error *err)
{
    xml_state *s = state;
    int rc = ash_win_decoder_new(&s->decoder, p, err);
    return rc == 0 ? ash_win_xml_new(&s->xml, err) : rc;
}

static void xml_close(void *state)
{
    xml_state *s = state;
    ash_win_decoder_free(s->decoder);
    ash_win_xml_free(s->xml);
}

/* --- probing ----------------------------------------------------------- */

#define PROBE_EVENTS 200u

/* Text in front of the first event that none of the writers has makes it less
 * certain: the events may be quoted in another log. */
static bool is_preamble(ash_view v)
{
    if (ash_view_starts(v, ASH_VIEW_LIT("\xef\xbb\xbf")))
        v = ash_view_skip(v, 3);
    while (v.n > 0 && memchr(" \t\r\n", v.p[0], 4) != NULL)
        v = ash_view_skip(v, 1);
    return v.n == 0 || v.p[0] == '<' || ash_view_starts(v, ASH_VIEW_LIT("evtxexport")) ||
           ash_view_starts(v, ASH_VIEW_LIT("Record "));
}

/* What is inside JSON is escaped in JSON's way as well. */
static bool is_json(ash_view v)
{
    while (v.n > 0 && memchr(" \t\r\n", v.p[0], 4) != NULL)
        v = ash_view_skip(v, 1);
    return v.n > 0 && (v.p[0] == '{' || v.p[0] == '[');
}

typedef struct survey {
    ash_arena arena;
    unsigned seen, events, netapp;
} survey;

static ash_win_found survey_sample(survey *s, ash_win_xml *x, ash_view sample)
{
    walk w = {.v = sample};
    piece p;
    while (s->seen < PROBE_EVENTS && (p = next_piece(&w)).kind != PIECE_NONE) {
        if (p.kind != PIECE_WHOLE || p.n > ASH_RECORD_MAX)
            continue;
        ash_win_event e;
        ash_win_xml_result r;
        ash_win_found found =
            ash_win_xml_read(x, ash_view_first(ash_view_skip(sample, p.at), p.n), &s->arena, &e, &r);
        if (found == ASH_WIN_FOUND_NOMEM)
            return found;
        s->seen++;
        /* Of another log, but with a number and a time: Windows wrote it. */
        s->events += found == ASH_WIN_FOUND_EVENT ||
                     (found == ASH_WIN_FOUND_FOREIGN && e.id != 0 && e.time != ASH_NOTE_NO_TIME);
        s->netapp += r.netapp;
        ash_arena_reset(&s->arena);
    }
    return ASH_WIN_FOUND_EVENT;
}

static int xml_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                     ash_profile *ret, ash_error *err)
{
    (void)options;
    if (n == 0 || is_json(samples[0]))
        return 0;
    survey s = {0};
    ash_win_xml *x = NULL;
    int rc = ash_win_xml_new(&x, err);
    ash_arena_init(&s.arena, 0);
    for (size_t i = 0; i < n && rc == 0; i++)
        if (survey_sample(&s, x, samples[i]) == ASH_WIN_FOUND_NOMEM)
            rc = ash_fail(err, ASH_E_NOMEM, "win-xml", "out of memory");
    ash_arena_free(&s.arena);
    ash_win_xml_free(x);
    if (rc < 0 || s.events == 0)
        return rc;
    ret->zone_s = INT32_MIN; /* times are UTC; where the server is they do not say */
    snprintf(ret->format, sizeof ret->format, "%s",
             s.netapp > 0 ? "NetApp ONTAP event XML" : "Windows event XML");
    return is_preamble(ash_view_first(samples[0], find_begin(samples[0], 0))) ? 95 : 60;
}

const ash_source ash_source_win_xml = {
    .name = "win-xml",
    .desc = N_("Windows events as XML (wevtutil, Event Viewer, NetApp, FSx)"),
    .doc = "windows-text.md",
    .state_size = sizeof(xml_state),
    .binary = true,
    .probe = xml_probe,
    .open = xml_open,
    .feed = xml_feed,
    .close = xml_close,
    .cut = xml_cut,
    .resync = xml_resync,
    .native_name = ash_win_native_name,
};
