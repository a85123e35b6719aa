/* Source "samba": text logs with Samba's full_audit records and its
 * authentication log, in every wrapping of envelope.h. Lines of other programs
 * in the same file are counted and passed over. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "source/lines.h"
#include "source/samba.h"

typedef struct samba_state {
    ash_samba_decoder decoder;
    ash_envelope_cache cache;
} samba_state;

/* A record of smbd's own log: a header, then its message on the next lines, each
 * indented by two spaces. More than one line means newlines in a name; nothing
 * a client sends can begin in column 0. */
typedef struct debug_record {
    ash_envelope header; /* kind NONE: no record has begun */
    ash_line body;       /* length 0: no message line yet */
    uint64_t line;       /* lines up to the first of body */
    char *joined;        /* the message, where it has several lines ... */
    size_t room;         /* ... and how long it may become there */
    bool too_long;
} debug_record;

#define INDENT 2u

/* The message on an indented line; false if the line is none. */
static bool indented(ash_view line, ash_view *ret)
{
    if (line.n < INDENT || line.p[0] != ' ' || line.p[1] != ' ')
        return false;
    *ret = ash_view_skip(line, INDENT);
    return true;
}

/* Decodes the record that has come to its end, if there is one. */
static int flush_debug(samba_state *s, debug_record *d, ash_batch *out)
{
    const ash_record r = {
        .offset = d->body.offset, .length = d->body.length, .envelope = &d->header};
    /* Notes name the record's line; by now the next one has been read. */
    uint64_t lines = out->lines;
    int rc = 0;
    d->header.message = d->body.text;
    out->records += r.length > 0;
    out->lines = d->line;
    if (d->too_long)
        ash_batch_note(out, ASH_REASON_TOO_LONG, r.offset, "");
    else if (r.length > 0)
        rc = ash_samba_message(&s->decoder, &r, out);
    out->lines = lines;
    *d = (debug_record){.header.zone_s = ASH_ZONE_UNKNOWN};
    return rc;
}

static int add_to_debug(debug_record *d, const ash_line *line, ash_view text, ash_batch *out)
{
    if (d->body.length == 0) {
        d->body = *line;
        d->body.text = text;
        d->line = out->lines;
        return 0;
    }
    size_t n = d->body.text.n + 1 + text.n;
    d->body.length = (uint32_t)(line->offset + line->length - d->body.offset);
    d->too_long = d->too_long || n > ASH_RECORD_MAX;
    if (d->too_long)
        return 0;
    if (n > d->room) {
        char *joined = ash_arena_alloc(out->arena, 2 * n);
        if (joined == NULL)
            return ASH_E_NOMEM;
        if (d->body.text.n > 0)
            memcpy(joined, d->body.text.p, d->body.text.n);
        d->joined = joined;
        d->room = 2 * n;
    }
    d->joined[d->body.text.n] = '\n';
    if (text.n > 0)
        memcpy(d->joined + d->body.text.n + 1, text.p, text.n);
    d->body.text = ash_view_of(d->joined, n);
    return 0;
}

static bool is_json(ash_view line)
{
    ash_view m = ash_view_trim(line);
    return m.n > 0 && m.p[0] == '{';
}

static int decode_line(samba_state *s, const ash_line *line, debug_record *d, ash_batch *out)
{
    ash_envelope e;
    ash_view text;
    const ash_record r = {.offset = line->offset, .length = line->length, .envelope = &e};
    if (d->header.kind != ASH_ENVELOPE_NONE && indented(line->text, &text))
        return add_to_debug(d, line, text, out);
    int rc = flush_debug(s, d, out);
    if (rc < 0)
        return rc;
    if (ash_envelope_parse(&s->cache, line->text, &e)) {
        if (e.kind == ASH_ENVELOPE_SMBD_DEBUG) {
            d->header = e;
            return 0;
        }
        out->records++;
        return ash_samba_message(&s->decoder, &r, out);
    }
    out->records++;
    if (is_json(line->text)) {
        e = (ash_envelope){.zone_s = ASH_ZONE_UNKNOWN, .message = line->text};
        return ash_samba_message(&s->decoder, &r, out);
    }
    /* Maybe a record whose wrapping was lost: say so, if it is one. */
    ash_audit_parts parts;
    bool audit = ash_samba_split(line->text, s->decoder.profile->bars, &parts) && parts.native >= 0;
    ash_batch_note(out, audit ? ASH_REASON_NO_TIME : ASH_REASON_FOREIGN, line->offset, "");
    return 0;
}

static int samba_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                      size_t *ret_consumed, ash_error *err)
{
    samba_state *s = state;
    out->origins = s->decoder.origins;
    ash_lines lines = {.rest = bytes, .offset = offset, .eof = eof};
    ash_line line;
    /* A header and its message are never parted: cut() sees to it. */
    debug_record debug = {.header.zone_s = ASH_ZONE_UNKNOWN};
    int rc = 0;
    while (rc == 0 && ash_lines_next(&lines, &line, out))
        rc = decode_line(s, &line, &debug, out);
    if (rc == 0)
        rc = flush_debug(s, &debug, out);
    if (rc < 0)
        return ash_fail(err, ASH_E_NOMEM, "samba", "out of memory");
    *ret_consumed = bytes.n - lines.rest.n;
    return 0;
}

/* In front of a record of smbd's own log that may go on, else behind the last
 * line. */
static size_t samba_cut(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ash_view v = ash_view_first(bytes, ash_lines_cut(bytes)), ignored;
    size_t end = v.n;
    while (v.n > 0) {
        v.n--; /* the newline */
        size_t start = ash_lines_cut(v);
        ash_view line = ash_view_skip(v, start);
        v.n = start;
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        while (line.n > 0 && line.n <= ASH_RECORD_MAX && line.p[0] == '\0')
            line = ash_view_skip(line, 1);
        /* Lines that are passed over part nothing. */
        if (line.n > 0 && line.n <= ASH_RECORD_MAX && !indented(line, &ignored))
            return line.p[0] == '[' ? start : end;
    }
    return end;
}

static size_t samba_resync(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ptrdiff_t nl = ash_view_find(bytes, '\n');
    return nl < 0 ? 0 : (size_t)nl + 1;
}

static int samba_open(void *state, const ash_profile *p, ash_error *err)
{
    samba_state *s = state;
    ash_envelope_cache_init(&s->cache);
    return ash_samba_decoder_open(&s->decoder, p->data, err);
}

static void samba_close(void *state)
{
    samba_state *s = state;
    ash_samba_decoder_close(&s->decoder);
}

static void survey_sample(ash_samba_survey *s, ash_view sample)
{
    ash_envelope_cache cache;
    ash_envelope_cache_init(&cache);
    ash_batch ignored = {0};
    ash_lines lines = {.rest = sample};
    ash_line line;
    ash_envelope header = {.zone_s = ASH_ZONE_UNKNOWN}, e;
    while (ash_lines_next(&lines, &line, &ignored)) {
        ash_view text;
        if (ash_envelope_parse(&cache, line.text, &e)) {
            if (e.kind == ASH_ENVELOPE_SMBD_DEBUG) {
                header = e;
                continue;
            }
            header.kind = ASH_ENVELOPE_NONE;
        } else if (is_json(line.text)) {
            e = (ash_envelope){.zone_s = ASH_ZONE_UNKNOWN, .message = line.text};
        } else if (header.kind != ASH_ENVELOPE_NONE && indented(line.text, &text)) {
            e = header;
            e.message = text;
        } else {
            s->other++;
            continue;
        }
        ash_samba_survey_message(s, &e);
    }
}

static int samba_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                       ash_profile *ret, ash_error *err)
{
    ash_samba_survey s;
    if (ash_samba_survey_init(&s, err) < 0)
        return ASH_E_NOMEM;
    for (size_t i = 0; i < n; i++)
        survey_sample(&s, samples[i]);
    int score = ash_samba_score(&s);
    if (score > 0) {
        int rc = ash_samba_profile_make(&s, options, ret, err);
        score = rc < 0 ? rc : score;
    }
    ash_prefix_shapes_free(s.shapes);
    return score;
}

const ash_source ash_source_samba = {
    .name = "samba",
    .desc = N_("Samba: vfs_full_audit and auth_json_audit, through syslog or log.smbd"),
    .doc = "samba.md",
    .state_size = sizeof(samba_state),
    .probe = samba_probe,
    .forget = ash_samba_profile_forget,
    .open = samba_open,
    .feed = samba_feed,
    .close = samba_close,
    .cut = samba_cut,
    .resync = samba_resync,
    .native_name = ash_samba_native_name,
};
