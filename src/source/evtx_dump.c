#include "source/evtx_dump.h"

#include "base/i18n.h"
#include "base/limits.h"

void ash_evtx_seen_add(ash_evtx_seen *a, const ash_evtx_seen *b)
{
    a->events += b->events;
    a->bad_records += b->bad_records;
    a->incomplete += b->incomplete;
    a->bad_chunks += b->bad_chunks;
    a->bad_spans += b->bad_spans;
    a->recovered += b->recovered;
    a->held_early += b->held_early;
    a->headers += b->headers;
    a->chunks += b->chunks;
    a->zeros += b->zeros;
    for (uint32_t i = 0; i < b->n_notes && a->n_notes < ASH_EVTX_NOTES; i++)
        a->notes[a->n_notes++] = b->notes[i];
}

static void note(ash_evtx_seen *seen, uint64_t offset, uint64_t record, const char *what)
{
    if (seen->n_notes == ASH_EVTX_NOTES)
        return;
    seen->notes[seen->n_notes].offset = offset;
    seen->notes[seen->n_notes].record = record;
    seen->notes[seen->n_notes++].what = what;
}

/* --- lines ----------------------------------------------------------------- */

static void begin_line(const ash_evtx_dump *d, ash_buf *out)
{
    if (d->form == ASH_EVTX_FORM_JSON)
        ash_buf_add_c(out, '{');
}

static void end_line(const ash_evtx_dump *d, ash_buf *out)
{
    if (d->form == ASH_EVTX_FORM_JSON)
        ash_buf_add(out, "}\n", 2);
    else
        ash_buf_add_c(out, '\n');
}

/* The mark of a recovered event: XML has it before, JSON behind. */
static void mark(const ash_evtx_dump *d, ash_buf *out, uint64_t offset, ash_evtx_origin origin,
                 bool lost)
{
    const char *name = ash_evtx_origin_name(origin);
    if (d->form == ASH_EVTX_FORM_XML)
        ash_buf_addf(out, "<!-- recovered: %s at offset %llu%s -->\n", name,
                     (unsigned long long)offset, lost ? ", templates lost" : "");
    else
        ash_buf_addf(out, "%s\"Recovered\":{\"offset\":%llu,\"reason\":\"%s\"%s}",
                     out->p[out->n - 1] == '{' ? "" : ",", (unsigned long long)offset, name,
                     lost ? ",\"templates\":\"lost\"" : "");
}

static void end_event(const ash_evtx_dump *d, ash_buf *out)
{
    end_line(d, out);
    if (out->n > ASH_EVTX_FLUSH)
        d->flush(d->user, out);
}

/* The line that ends out, from `begin` on, with its mark. */
static int mark_line(const ash_evtx_dump *d, ash_buf *out, size_t begin, uint64_t offset,
                     ash_evtx_origin origin, bool lost)
{
    if (d->form == ASH_EVTX_FORM_JSON) {
        mark(d, out, offset, origin, lost);
        return 0;
    }
    ash_buf line;
    ash_buf_init(&line, ASH_EVTX_OUTPUT_MAX);
    ash_buf_add(&line, out->p + begin, out->n - begin);
    out->n = begin;
    mark(d, out, offset, origin, lost);
    ash_buf_add_view(out, ash_buf_view(&line));
    bool failed = line.failed;
    ash_buf_free(&line);
    return failed ? ASH_E_NOMEM : 0;
}

/* A record whose templates are not where it says, or must not be trusted: held back.
 * *ret_lost: its values would have no names; with `unless_lost` it is not held then. */
static int hold_orphan(const ash_evtx_dump *d, const ash_evtx_chunk *c, const ash_evtx_record *r,
                       uint32_t live_end, ash_evtx_origin origin, bool unless_lost, ash_buf *out,
                       bool *ret_held)
{
    bool lost;
    size_t begin = out->n;
    begin_line(d, out);
    int rc = ash_evtx_render_orphan(d->render, r, live_end, out, &lost);
    *ret_held = rc == 0 && !(lost && unless_lost);
    if (*ret_held) {
        rc = mark_line(d, out, begin, c->offset + r->at, origin, lost);
        end_line(d, out);
        if (rc == 0)
            rc = ash_evtx_carve_hold(d->carve, r, ash_view_of(out->p + begin, out->n - begin));
    }
    out->failed = false;
    out->n = begin;
    return rc == ASH_E_NOMEM ? rc : 0; /* else only its header makes it look like a record */
}

/* A live record that is damaged, of which out holds what could be read, from `begin` on. */
static int put_damaged(const ash_evtx_dump *d, const ash_evtx_chunk *c, const ash_evtx_record *r,
                       ash_buf *out, size_t begin, bool anything, ash_evtx_seen *seen)
{
    bool held;
    int rc = hold_orphan(d, c, r, 0, ASH_EVTX_FROM_DAMAGE, anything, out, &held);
    if (rc < 0 || held || !anything) {
        out->n = begin;
        return rc;
    }
    seen->incomplete++;
    rc = mark_line(d, out, begin, c->offset + r->at, ASH_EVTX_INCOMPLETE, false);
    end_event(d, out);
    return rc;
}

static int put_live(const ash_evtx_dump *d, const ash_evtx_chunk *c, const ash_evtx_record *r,
                    ash_buf *out, ash_evtx_seen *seen)
{
    const char *why;
    size_t begin = out->n;
    begin_line(d, out);
    size_t event = out->n;
    int rc = ash_evtx_render_record(d->render, r, out, &why);
    if (rc == ASH_E_NOMEM)
        return rc;
    if (rc == 0) {
        seen->events++;
        end_event(d, out);
        if (d->carve != NULL)
            ash_evtx_carve_live(d->carve, r);
        return 0;
    }
    out->failed = false;
    seen->bad_records++;
    note(seen, c->offset + r->at, r->id, why != NULL ? why : N_("grows beyond its limit"));
    if (rc == ASH_E_LIMIT || d->carve == NULL) {
        out->n = begin;
        return 0;
    }
    return put_damaged(d, c, r, out, begin, out->n > event, seen);
}

/* --- what is not live --------------------------------------------------------- */

/* Records within [from, to) of a chunk, between or behind the live ones. */
static int search(const ash_evtx_dump *d, const ash_evtx_chunk *c, uint32_t from, uint32_t to,
                  uint32_t live_end, ash_evtx_origin origin, ash_buf *out, ash_evtx_seen *seen)
{
    ash_evtx_record r;
    bool held;
    int rc = 0;
    if (d->carve == NULL)
        return 0;
    while (rc == 0 && ash_evtx_carve_find(c->bytes, from, to, &r)) {
        rc = hold_orphan(d, c, &r, live_end, origin, false, out, &held);
        from = r.at + r.length;
        if (rc == 0 && ash_evtx_carve_full(d->carve)) {
            seen->held_early++;
            rc = ash_evtx_dump_recovered(d, false, out, seen);
        }
    }
    return rc;
}

int ash_evtx_dump_recovered(const ash_evtx_dump *d, bool end, ash_buf *out, ash_evtx_seen *seen)
{
    if (d->carve == NULL)
        return 0;
    if (out->n > 0)
        d->flush(d->user, out);
    ash_evtx_carve_release(d->carve, end, out, &seen->recovered);
    return out->failed ? ASH_E_NOMEM : 0;
}

/* --- spans ------------------------------------------------------------------------ */

static void note_doubt(const ash_evtx_chunk *c, ash_evtx_seen *seen)
{
    const char *what = NULL;
    if (c->doubt & ASH_EVTX_BAD_MAGIC)
        what = N_("no chunk header; found by the records behind it");
    else if (c->doubt & ASH_EVTX_BAD_HEADER)
        what = N_("checksum of a chunk's header");
    else if (c->doubt & ASH_EVTX_SHORT)
        what = N_("a chunk is cut off");
    else if (c->doubt & ASH_EVTX_BAD_DATA)
        what = N_("checksum of a chunk's records");
    if (what == NULL)
        return;
    seen->bad_chunks++;
    note(seen, c->offset, 0, what);
}

static int put_chunk(const ash_evtx_dump *d, const ash_evtx_span *span, bool live, ash_buf *out,
                     ash_evtx_seen *seen)
{
    ash_evtx_chunk c;
    ash_evtx_record r;
    ash_evtx_found found;
    uint32_t known = ASH_EVTX_CHUNK_HEADER, gaps = 0;
    int rc = 0;
    ash_evtx_chunk_open(&c, span, live);
    ash_evtx_render_chunk(d->render, c.bytes);
    seen->chunks++;
    note_doubt(&c, seen);
    while (rc == 0 && (found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        if (found != ASH_EVTX_FOUND_RECORD) {
            seen->bad_records++;
            note(seen, c.offset + r.at, 0,
                 found == ASH_EVTX_FOUND_CUT ? N_("a record is cut off")
                                             : N_("bytes that are no record"));
            continue;
        }
        gaps += r.at > known;
        rc = put_live(d, &c, &r, out, seen);
        known = r.at + r.length;
    }
    if (rc < 0 || d->carve == NULL)
        return rc;
    /* Once more: what lies between is told by what follows. */
    uint32_t live_end = known, n = (uint32_t)c.bytes.n;
    uint32_t stated = c.end < n ? c.end : n;
    known = ASH_EVTX_CHUNK_HEADER;
    ash_evtx_chunk_open(&c, span, live);
    while (rc == 0 && gaps > 0 && (found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        if (found != ASH_EVTX_FOUND_RECORD)
            continue;
        if (r.at > known)
            rc = search(d, &c, known, r.at, live_end, ASH_EVTX_FROM_DAMAGE, out, seen);
        known = r.at + r.length;
    }
    if (rc == 0 && live_end < stated)
        rc = search(d, &c, live_end, stated, live_end, ASH_EVTX_FROM_DAMAGE, out, seen);
    uint32_t behind = live_end > stated ? live_end : stated;
    return rc == 0 && behind < n ? search(d, &c, behind, n, live_end, ASH_EVTX_FROM_SLACK, out, seen)
                                 : rc;
}

int ash_evtx_dump_span(const ash_evtx_dump *d, const ash_evtx_span *span, bool live, ash_buf *out,
                       ash_evtx_seen *seen)
{
    bool dirty;
    const char *what;
    ash_evtx_chunk c = {.bytes = span->bytes, .offset = span->offset};
    switch (span->kind) {
    case ASH_EVTX_SPAN_HEADER:
        seen->headers++;
        what = ash_evtx_header_check(span->bytes, &dirty);
        if (what != NULL)
            note(seen, span->offset, 0, what);
        return 0;
    case ASH_EVTX_SPAN_ZEROS: seen->zeros++; return 0;
    case ASH_EVTX_SPAN_OTHER:
        seen->bad_spans++;
        note(seen, span->offset, 0, N_("bytes that are no chunk"));
        ash_evtx_render_chunk(d->render, span->bytes);
        return search(d, &c, 0, (uint32_t)span->bytes.n, 0, ASH_EVTX_FROM_NOWHERE, out, seen);
    default: return put_chunk(d, span, live, out, seen);
    }
}
