/* Sources "journal-export" and "journal-json": what `journalctl -o export` and
 * `journalctl -o json` write.
 *
 * Format: systemd, docs/JOURNAL_EXPORT_FORMATS.md. An entry is a run of fields
 * and an empty line. A field is "NAME=value\n", or, where the value holds
 * control characters, "NAME\n", a little-endian 64-bit length, the value, "\n". */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "source/lines.h"
#include "source/samba.h"

typedef struct journal_state {
    ash_samba_decoder decoder;
} journal_state;

/* --- one entry --------------------------------------------------------- */

typedef struct entry {
    ash_view message, host, ident, realtime;
} entry;

/* Takes one field from *v. Returns 1 for a field, 0 for the end of the entry,
 * -1 when the bytes end before it does, -2 when it is malformed. */
static int take_field(ash_view *v, ash_view *ret_name, ash_view *ret_value)
{
    ptrdiff_t nl = ash_view_find(*v, '\n');
    if (nl < 0)
        return -1;
    ash_view line = ash_view_first(*v, (size_t)nl);
    ash_view rest = ash_view_skip(*v, (size_t)nl + 1);
    if (line.n == 0) {
        *v = rest;
        return 0;
    }
    ptrdiff_t eq = ash_view_find(line, '=');
    if (eq >= 0) {
        *ret_name = ash_view_first(line, (size_t)eq);
        *ret_value = ash_view_skip(line, (size_t)eq + 1);
        *v = rest;
        return 1;
    }
    if (rest.n < 8)
        return -1;
    uint64_t n = 0;
    for (int i = 7; i >= 0; i--)
        n = n << 8 | (unsigned char)rest.p[i];
    rest = ash_view_skip(rest, 8);
    if (n > ASH_RECORD_MAX)
        return -2;
    if (rest.n < n + 1)
        return -1;
    if (rest.p[n] != '\n')
        return -2;
    *ret_name = line;
    *ret_value = ash_view_first(rest, n);
    *v = ash_view_skip(rest, n + 1);
    return 1;
}

static void keep(entry *e, ash_view name, ash_view value)
{
    if (ash_view_is(name, "MESSAGE"))
        e->message = value;
    else if (ash_view_is(name, "_HOSTNAME"))
        e->host = value;
    else if (ash_view_is(name, "SYSLOG_IDENTIFIER"))
        e->ident = value;
    else if (ash_view_is(name, "__REALTIME_TIMESTAMP"))
        e->realtime = value;
}

/* As take_field; 1 for a whole entry. *v advances past it only then. */
static int take_entry(ash_view *v, bool eof, entry *ret)
{
    entry e = {0};
    ash_view at = *v, name, value;
    int rc;
    while ((rc = take_field(&at, &name, &value)) == 1)
        keep(&e, name, value);
    /* The last entry may lack its empty line. Where there is one, it ends another
     * entry, and this one has swallowed that. */
    if (rc == -1 && eof && at.n == 0 && e.realtime.n > 0 && !ash_view_ends(*v, ASH_VIEW_LIT("\n\n")))
        rc = 0;
    if (rc != 0)
        return rc;
    *ret = e;
    *v = at;
    return 1;
}

static bool parse_us(ash_view v, int64_t *ret_ns)
{
    int64_t x = 0;
    if (v.n == 0 || v.n > 16)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        x = x * 10 + (v.p[i] - '0');
    }
    if (x > ASH_TIME_MAX / ASH_NS_PER_US)
        return false;
    *ret_ns = x * ASH_NS_PER_US;
    return true;
}

static int decode_entry(journal_state *s, const entry *e, uint64_t offset, size_t length,
                        ash_batch *out)
{
    ash_envelope env = {.host = e->host, .tag = e->ident, .message = e->message};
    out->records++;
    out->lines++;
    if (e->message.n == 0) {
        bool audit = ash_view_find_str(e->ident, ASH_VIEW_LIT("audit")) >= 0;
        ash_batch_note(out, audit ? ASH_REASON_BAD_ENTRY : ASH_REASON_FOREIGN, offset,
                       audit ? _("no message; journalctl leaves out long ones unless told --all")
                             : "");
        return 0;
    }
    if (!parse_us(e->realtime, &env.time)) {
        ash_batch_note(out, ASH_REASON_NO_TIME, offset, "");
        return 0;
    }
    ash_record r = {.offset = offset, .length = (uint32_t)length, .envelope = &env};
    return ash_samba_message(&s->decoder, &r, out);
}

/* --- export format ----------------------------------------------------- */

static size_t export_resync(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ptrdiff_t at = ash_view_find_str(bytes, ASH_VIEW_LIT("\n\n__CURSOR="));
    return at < 0 ? 0 : (size_t)at + 2;
}

static int export_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                       size_t *ret_consumed, ash_error *err)
{
    journal_state *s = state;
    out->origins = s->decoder.origins;
    ash_view v = bytes;
    while (v.n > 0) {
        uint64_t at = offset + (uint64_t)(v.p - bytes.p);
        if (v.p[0] == '\n') {
            v = ash_view_skip(v, 1);
            continue;
        }
        entry e;
        size_t before = v.n;
        int rc = take_entry(&v, eof, &e);
        if (rc == 1) {
            if (decode_entry(s, &e, at, before - v.n, out) != 0)
                return ash_fail(err, ASH_E_NOMEM, "journal", "out of memory");
            continue;
        }
        if (rc == -1 && !eof)
            break;
        out->records++;
        ash_batch_note(out, ASH_REASON_BAD_ENTRY, at, "");
        size_t next = export_resync(NULL, v);
        v = ash_view_skip(v, next == 0 ? v.n : next);
    }
    *ret_consumed = bytes.n - v.n;
    return 0;
}

static size_t export_cut(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ash_view v = bytes;
    entry e;
    while (v.n > 0) {
        if (v.p[0] == '\n') {
            v = ash_view_skip(v, 1);
            continue;
        }
        int rc = take_entry(&v, false, &e);
        if (rc == -1)
            break;
        if (rc == -2) {
            size_t next = export_resync(NULL, v);
            if (next == 0)
                break;
            v = ash_view_skip(v, next);
        }
    }
    return bytes.n - v.n;
}

static int journal_open(void *state, const ash_profile *p, ash_error *err)
{
    journal_state *s = state;
    return ash_samba_decoder_open(&s->decoder, p->data, err);
}

static void journal_close(void *state)
{
    journal_state *s = state;
    ash_samba_decoder_close(&s->decoder);
}

static int make_profile(const ash_samba_survey *s, const char *format,
                        const ash_source_options *options, ash_profile *ret, ash_error *err)
{
    if (s->audit + s->auth == 0)
        return 0;
    int rc = ash_samba_profile_make(s, options, ret, err);
    if (rc < 0)
        return rc;
    snprintf(ret->format, sizeof ret->format, "Samba full_audit, %s", format);
    return 95;
}

static int export_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                        ash_profile *ret, ash_error *err)
{
    /* Only the first sample begins at an entry; the others do after a resync. */
    if (n == 0 || !ash_view_starts(samples[0], ASH_VIEW_LIT("__CURSOR=")))
        return 0;
    ash_samba_survey s;
    if (ash_samba_survey_init(&s, err) < 0)
        return ASH_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        ash_view v = ash_view_skip(samples[i], i == 0 ? 0 : export_resync(NULL, samples[i]));
        entry e;
        while (v.n > 0 && take_entry(&v, true, &e) == 1) {
            ash_envelope env = {
                .zone_s = ASH_ZONE_UNKNOWN, .host = e.host, .tag = e.ident, .message = e.message};
            ash_samba_survey_message(&s, &env);
        }
    }
    int score = make_profile(&s, "journalctl -o export", options, ret, err);
    ash_prefix_shapes_free(s.shapes);
    return score;
}

/* --- JSON lines -------------------------------------------------------- */

/* A value is a string, or an array of byte values where it is not UTF-8. */
static ash_view json_value(const json_t *o, const char *key, ash_arena *arena)
{
    const json_t *v = json_object_get(o, key);
    if (json_is_string(v))
        return ash_arena_copy(arena, ash_view_of(json_string_value(v), json_string_length(v)));
    size_t n = json_array_size(v);
    if (n == 0 || n > ASH_RECORD_MAX)
        return (ash_view){0};
    char *p = ash_arena_alloc(arena, n);
    if (p == NULL)
        return (ash_view){0};
    for (size_t i = 0; i < n; i++)
        p[i] = (char)json_integer_value(json_array_get(v, i));
    return ash_view_of(p, n);
}

/* False, with a note where out is not NULL, if the line is no journal entry. */
static bool json_entry(ash_view line, ash_arena *arena, entry *ret, ash_batch *out, uint64_t offset)
{
    json_error_t why;
    json_t *o = json_loadb(line.p, line.n, 0, &why);
    if (o == NULL) {
        char detail[96];
        ash_text_escape(detail, sizeof detail, ash_view_z(why.text));
        if (out != NULL)
            ash_batch_note(out, ASH_REASON_BAD_JSON, offset, detail);
        return false;
    }
    *ret = (entry){
        .message = json_value(o, "MESSAGE", arena),
        .host = json_value(o, "_HOSTNAME", arena),
        .ident = json_value(o, "SYSLOG_IDENTIFIER", arena),
        .realtime = json_value(o, "__REALTIME_TIMESTAMP", arena),
    };
    json_decref(o);
    return true;
}

static int json_feed(void *state, ash_view bytes, uint64_t offset, bool eof, ash_batch *out,
                     size_t *ret_consumed, ash_error *err)
{
    journal_state *s = state;
    out->origins = s->decoder.origins;
    ash_lines lines = {.rest = bytes, .offset = offset, .eof = eof};
    ash_line line;
    while (ash_lines_next(&lines, &line, out)) {
        entry e;
        out->lines--; /* decode_entry counts it */
        if (!json_entry(line.text, out->arena, &e, out, line.offset)) {
            out->records++;
            out->lines++;
            continue;
        }
        if (decode_entry(s, &e, line.offset, line.length, out) != 0)
            return ash_fail(err, ASH_E_NOMEM, "journal", "out of memory");
    }
    *ret_consumed = bytes.n - lines.rest.n;
    return 0;
}

static size_t json_cut(const ash_profile *p, ash_view bytes)
{
    (void)p;
    return ash_lines_cut(bytes);
}

static size_t json_resync(const ash_profile *p, ash_view bytes)
{
    (void)p;
    ptrdiff_t nl = ash_view_find(bytes, '\n');
    return nl < 0 ? 0 : (size_t)nl + 1;
}

#define JSON_PROBE_LINES 20000u

static int json_probe(const ash_view *samples, size_t n, const ash_source_options *options,
                      ash_profile *ret, ash_error *err)
{
    if (n == 0 || samples[0].n == 0 || samples[0].p[0] != '{')
        return 0;
    ash_samba_survey s;
    if (ash_samba_survey_init(&s, err) < 0)
        return ASH_E_NOMEM;
    ash_arena arena;
    ash_arena_init(&arena, 0);
    unsigned seen = 0;
    for (size_t i = 0; i < n; i++) {
        ash_batch ignored = {0};
        ash_lines lines = {.rest = samples[i]};
        ash_line line;
        entry e;
        while (seen < JSON_PROBE_LINES && ash_lines_next(&lines, &line, &ignored)) {
            ash_arena_reset(&arena);
            if (json_entry(line.text, &arena, &e, NULL, 0) && e.realtime.n > 0) {
                ash_envelope env = {
                .zone_s = ASH_ZONE_UNKNOWN, .host = e.host, .tag = e.ident, .message = e.message};
                ash_samba_survey_message(&s, &env);
                seen++;
            }
        }
    }
    ash_arena_free(&arena);
    int score = make_profile(&s, "journalctl -o json", options, ret, err);
    ash_prefix_shapes_free(s.shapes);
    return score;
}

const ash_source ash_source_journal_export = {
    .name = "journal-export",
    .desc = N_("Samba records in journalctl -o export"),
    .doc = "journal.md",
    .state_size = sizeof(journal_state),
    .probe = export_probe,
    .forget = ash_samba_profile_forget,
    .open = journal_open,
    .feed = export_feed,
    .close = journal_close,
    .cut = export_cut,
    .resync = export_resync,
    .native_name = ash_samba_native_name,
};

const ash_source ash_source_journal_json = {
    .name = "journal-json",
    .desc = N_("Samba records in journalctl -o json"),
    .doc = "journal.md",
    .state_size = sizeof(journal_state),
    .probe = json_probe,
    .forget = ash_samba_profile_forget,
    .open = journal_open,
    .feed = json_feed,
    .close = journal_close,
    .cut = json_cut,
    .resync = json_resync,
    .native_name = ash_samba_native_name,
};
