/* Source "evtx": Windows event logs in their own format, as files are found in
 * winevt\Logs, exported by wevtutil, or carved. Layers: evtx_chunk.h,
 * evtx_binxml.h, evtx_extract.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "source/evtx_extract.h"
#include "source/evtx_render.h"

typedef struct evtx_state {
    ash_win_decoder *windows;
    ash_evtx_extract *extract;
    bool live;
} evtx_state;

/* What the file's header tells all blocks: ash_profile.data. */
typedef struct evtx_profile {
    bool live; /* Windows had the log open, or there is no header that says */
} evtx_profile;

/* --- decoding ----------------------------------------------------------- */

static int decode_record(evtx_state *s, const ash_evtx_chunk *c, const ash_evtx_record *r,
                         ash_batch *out)
{
    ash_win_event e;
    uint64_t offset = c->offset + r->at;
    out->records++;
    int rc = ash_evtx_extract_record(s->extract, r, out->arena, &e);
    if (rc == ASH_E_FORMAT) {
        char detail[96];
        snprintf(detail, sizeof detail, _("number %llu: %s"), (unsigned long long)r->id,
                 _(s->extract->why));
        ash_batch_note(out, ASH_REASON_BAD_RECORD, offset, detail);
        return 0;
    }
    e.offset = offset;
    e.length = r->length;
    return rc < 0 ? rc : ash_win_event_add(s->windows, &e, out);
}

static void note_doubt(const ash_evtx_chunk *c, ash_batch *out)
{
    if (c->doubt & ASH_EVTX_BAD_MAGIC)
        ash_batch_note(out, ASH_REASON_CHECKSUM, c->offset,
                       _("no chunk header; found by the records behind it"));
    else if (c->doubt & ASH_EVTX_BAD_HEADER)
        ash_batch_note(out, ASH_REASON_CHECKSUM, c->offset, _("header of a chunk"));
    else if ((c->doubt & ASH_EVTX_BAD_DATA) && !(c->doubt & ASH_EVTX_SHORT))
        ash_batch_note(out, ASH_REASON_CHECKSUM, c->offset, _("records of a chunk"));
}

static int decode_chunk(evtx_state *s, const ash_evtx_span *span, ash_batch *out)
{
    ash_evtx_chunk c;
    ash_evtx_record r;
    ash_evtx_found found;
    int rc = 0;
    ash_evtx_chunk_open(&c, span, s->live);
    ash_evtx_extract_chunk(s->extract, c.bytes);
    note_doubt(&c, out);
    while (rc == 0 && (found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        if (found == ASH_EVTX_FOUND_RECORD) {
            rc = decode_record(s, &c, &r, out);
            continue;
        }
        char detail[64];
        snprintf(detail, sizeof detail, _("%u bytes"), (unsigned)r.length);
        out->records++;
        ash_batch_note(out, found == ASH_EVTX_FOUND_CUT ? ASH_REASON_CUT_OFF : ASH_REASON_BAD_RECORD,
                       c.offset + r.at, detail);
    }
    return rc;
}

static void note_header(const ash_evtx_span *span, ash_batch *out)
{
    bool dirty;
    const char *what = ash_evtx_header_check(span->bytes, &dirty);
    if (what != NULL)
        ash_batch_note(out, ASH_REASON_CHECKSUM, span->offset, _(what));
}

static int evtx_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                     size_t *ret_consumed, ash_error *err)
{
    evtx_state *s = state;
    ash_evtx_spans spans = {.rest = bytes, .offset = offset, .eof = eof};
    ash_evtx_span span;
    out->origins = ash_win_decoder_origins(s->windows);
    while (ash_evtx_spans_next(&spans, &span))
        switch (span.kind) {
        case ASH_EVTX_SPAN_HEADER: note_header(&span, out); break;
        case ASH_EVTX_SPAN_ZEROS:
            ash_batch_note(out, ASH_REASON_EMPTY_CHUNK, span.offset, "");
            break;
        case ASH_EVTX_SPAN_OTHER:
            out->records++;
            ash_batch_note(out, ASH_REASON_BAD_CHUNK, span.offset, "");
            break;
        case ASH_EVTX_SPAN_CHUNK:
            if (decode_chunk(s, &span, out) < 0)
                return ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory");
            break;
        }
    *ret_consumed = bytes.n - spans.rest.n;
    return 0;
}

/* --- the source --------------------------------------------------------- */

static size_t evtx_cut(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ash_evtx_spans spans = {.rest = bytes};
    ash_evtx_span span;
    while (ash_evtx_spans_next(&spans, &span))
        ;
    return bytes.n - spans.rest.n;
}

/* No span is longer than a chunk: nothing is ever too long to take. */
static size_t evtx_resync(const ash_profile *p, ash_view bytes)
{
    (void)p, (void)bytes;
    return 0;
}

static void evtx_forget(ash_profile *p)
{
    free(p->data);
}

/* How much the first spans look like a log; *ret_live: see evtx_profile. */
static int look(ash_view sample, bool *ret_live)
{
    ash_evtx_span span;
    ash_evtx_spans spans = {.rest = sample, .eof = true};
    bool dirty;
    *ret_live = true;
    if (!ash_evtx_spans_next(&spans, &span))
        return 0;
    if (span.kind == ASH_EVTX_SPAN_HEADER) {
        *ret_live = ash_evtx_header_check(span.bytes, &dirty) != NULL || dirty;
        return 100;
    }
    if (span.kind == ASH_EVTX_SPAN_CHUNK)
        return ash_evtx_chunk_magic(span.bytes) ? 95 : 40;
    return ash_evtx_chunk_magic(spans.rest) ? 60 : 0; /* the header is destroyed */
}

static int evtx_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                      ash_profile *ret, ash_error *err)
{
    (void)options;
    bool live;
    int score = n == 0 ? 0 : look(samples[0], &live);
    if (score == 0)
        return 0;
    evtx_profile *p = calloc(1, sizeof *p);
    if (p == NULL)
        return ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory");
    p->live = live;
    ret->data = p;
    ret->zone_s = 0; /* all its times are UTC */
    snprintf(ret->format, sizeof ret->format, "%s", "Windows event log (.evtx)");
    if (score == 100 && live)
        snprintf(ret->remarks, sizeof ret->remarks, "%s",
                 _("Windows had this log open: its newest records may not be in the file"));
    return score;
}

static void evtx_close(void *state)
{
    evtx_state *s = state;
    ash_evtx_extract_free(s->extract);
    free(s->extract);
    ash_win_decoder_free(s->windows);
}

static int evtx_open(void *state, const ash_profile *p, ash_error *err)
{
    const evtx_profile *profile = p->data;
    evtx_state s = {.live = profile->live, .extract = malloc(sizeof *s.extract)};
    if (s.extract == NULL)
        return ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory");
    ash_evtx_extract_init(s.extract);
    int rc = ash_win_decoder_new(&s.windows, p, err);
    if (rc < 0)
        evtx_close(&s);
    else
        *(evtx_state *)state = s;
    return rc;
}

/* A record as event XML: what somebody who looks at the evidence can read. */
static int evtx_text(ash_view block, size_t at, size_t length, ash_buf *out, ash_error *err)
{
    ash_evtx_spans spans = {.rest = block, .eof = true};
    ash_evtx_span span;
    ash_evtx_render *render;
    const char *why;
    int rc = ash_evtx_render_new(&render, ASH_EVTX_FORM_XML, err);
    if (rc < 0)
        return rc;
    while (ash_evtx_spans_next(&spans, &span)) {
        ash_evtx_record r;
        if (at < span.offset || at - span.offset + length > span.bytes.n ||
            !ash_evtx_record_at(span.bytes, (uint32_t)(at - span.offset), &r))
            continue;
        ash_evtx_render_chunk(render, span.bytes);
        /* What is damaged is shown as far as it goes; it was read so, too. */
        rc = ash_evtx_render_record(render, &r, out, &why);
        break;
    }
    ash_evtx_render_free(render);
    return rc == ASH_E_NOMEM ? ash_fail(err, ASH_E_NOMEM, "evtx", "out of memory") : 0;
}

const ash_source ash_source_evtx = {
    .name = "evtx",
    .desc = N_("Windows event logs (.evtx)"),
    .doc = "evtx.md",
    .state_size = sizeof(evtx_state),
    .binary = true,
    .probe = evtx_probe,
    .forget = evtx_forget,
    .open = evtx_open,
    .feed = evtx_feed,
    .close = evtx_close,
    .cut = evtx_cut,
    .resync = evtx_resync,
    .text = evtx_text,
    .native_name = ash_win_native_name,
};
