/* Whole events out of event logs: whatever the log holds, both ways of rendering give
 * the same bytes, and the output can be parsed and shown. */
#include <expat.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "source/evtx_dump.h"

typedef struct state {
    ash_evtx_dump dump;
    ash_buf all, both; /* all output; scratch */
} state;

static void keep(void *user, ash_buf *out)
{
    state *s = user;
    ash_buf_add_view(&s->all, ash_buf_view(out));
    MUST(!s->all.failed);
    ash_buf_clear(out);
}

/* Each live record by the short way and by the long one. */
static void compare(state *s, const ash_evtx_span *span, bool live)
{
    ash_evtx_chunk c;
    ash_evtx_record r;
    ash_evtx_found found;
    const char *why;
    ash_evtx_chunk_open(&c, span, live);
    ash_evtx_render_chunk(s->dump.render, c.bytes);
    while ((found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        if (found != ASH_EVTX_FOUND_RECORD)
            continue;
        ash_buf_clear(&s->both);
        int first = ash_evtx_render_record(s->dump.render, &r, &s->both, &why);
        size_t n = s->both.n;
        int second = ash_evtx_render_walking(s->dump.render, &r, &s->both, &why);
        if (first == ASH_E_LIMIT || second == ASH_E_LIMIT)
            continue;
        ash_view a = ash_view_first(ash_buf_view(&s->both), n),
                 b = ash_view_skip(ash_buf_view(&s->both), n);
        if (first != second || !ash_view_eq(a, b))
            fprintf(stderr, "%d: %.*s\n%d: %.*s\n", first, (int)a.n, a.p, second, (int)b.n, b.p);
        MUST(first == second && ash_view_eq(a, b));
    }
}

static void read_log(state *s, ash_view log)
{
    ash_evtx_seen seen = {0};
    ash_evtx_spans spans = {.rest = log, .eof = true};
    ash_evtx_span span;
    ash_buf out;
    bool live = false, dirty;
    ash_buf_init(&out, ASH_EVTX_OUTPUT_MAX);
    while (ash_evtx_spans_next(&spans, &span)) {
        if (span.kind == ASH_EVTX_SPAN_HEADER)
            live = ash_evtx_header_check(span.bytes, &dirty) != NULL || dirty;
        if (span.kind == ASH_EVTX_SPAN_CHUNK)
            compare(s, &span, live);
        MUST(ash_evtx_dump_span(&s->dump, &span, live, &out, &seen) == 0);
    }
    MUST(ash_evtx_dump_recovered(&s->dump, true, &out, &seen) == 0);
    keep(s, &out);
    ash_buf_free(&out);
}

static void check_shown(ash_view text)
{
    for (size_t i = 0; i < text.n;) {
        uint32_t cp;
        unsigned n = ash_utf8_decode(text.p + i, text.n - i, &cp);
        MUST(n > 0);
        MUST(!ash_char_is_unsafe(cp) || cp == '\n' || cp == '\t');
        i += n;
    }
}

static void check_xml(ash_view text)
{
    XML_Parser p = XML_ParserCreateNS(NULL, '|');
    MUST(p != NULL);
    MUST(XML_Parse(p, "<Events>", 8, 0) == XML_STATUS_OK);
    if (text.n > 0 && XML_Parse(p, text.p, (int)text.n, 0) != XML_STATUS_OK) {
        fprintf(stderr, "%s at byte %ld\n", XML_ErrorString(XML_GetErrorCode(p)),
                (long)XML_GetCurrentByteIndex(p));
        MUST(!"the XML can be parsed");
    }
    MUST(XML_Parse(p, "</Events>", 9, 1) == XML_STATUS_OK);
    XML_ParserFree(p);
}

static void check_json(ash_view text)
{
    while (text.n > 0) {
        ptrdiff_t nl = ash_view_find(text, '\n');
        MUST(nl >= 0);
        ash_view line = ash_view_first(text, (size_t)nl);
        text = ash_view_skip(text, line.n + 1);
        if (ash_view_find_str(line, ASH_VIEW_LIT("\\u0000")) >= 0)
            continue; /* jansson takes no NUL in keys */
        json_error_t why;
        json_t *j = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL,
                               &why);
        if (j == NULL)
            fprintf(stderr, "%s at %d: %.*s\n", why.text, why.position, (int)line.n, line.p);
        MUST(j != NULL && json_is_object(j));
        json_decref(j);
    }
}

static void check(ash_view log, ash_evtx_form form, bool recover)
{
    state s = {.dump = {.form = form, .flush = keep, .user = &s}};
    ash_error err;
    ash_buf_init(&s.all, 512u << 20);
    ash_buf_init(&s.both, ASH_EVTX_OUTPUT_MAX);
    MUST(ash_evtx_render_new(&s.dump.render, form, &err) == 0);
    MUST(!recover || ash_evtx_carve_new(&s.dump.carve, &err) == 0);
    read_log(&s, log);
    check_shown(ash_buf_view(&s.all));
    if (form == ASH_EVTX_FORM_XML)
        check_xml(ash_buf_view(&s.all));
    else
        check_json(ash_buf_view(&s.all));
    ash_evtx_render_free(s.dump.render);
    ash_evtx_carve_free(s.dump.carve);
    ash_buf_free(&s.all);
    ash_buf_free(&s.both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ash_view log = ash_view_of(data, size);
    check(log, ASH_EVTX_FORM_XML, true);
    check(log, ASH_EVTX_FORM_JSON, true);
    check(log, ASH_EVTX_FORM_JSON, false);
    return 0;
}
