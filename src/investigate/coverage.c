#include "investigate/coverage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ashiato/source.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fold/grade.h"

#define HOUR_NS (INT64_C(3600) * ASH_NS_PER_S)

const char *ash_cover_state_name(ash_cover_state s)
{
    static const char *const names[] = {"observed", "degraded", "gap", "unknown"};
    return names[s];
}

void ash_coverage_free(ash_coverage *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->rows[i].text);
        free(c->rows[i].input);
    }
    free(c->rows);
    *c = (ash_coverage){0};
}

static ash_cover *add(ash_coverage *c, ash_cover_state state, const char *reason, ash_view server,
                      const char *fmt, ...)
{
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 32 : c->cap * 2;
        ash_cover *p = realloc(c->rows, cap * sizeof *p);
        if (p == NULL)
            return NULL;
        c->rows = p;
        c->cap = cap;
    }
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ash_cover *row = &c->rows[c->n];
    *row = (ash_cover){.first = ASH_TIME_NONE,
                       .last = ASH_TIME_NONE,
                       .state = state,
                       .reason = reason,
                       .count = -1,
                       .offset = -1,
                       .text = strdup(text)};
    if (row->text == NULL)
        return NULL;
    ash_text_escape(row->server, sizeof row->server, server);
    c->n++;
    return row;
}

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

#define LL(x) ((long long)(x))

/* --- spans ------------------------------------------------------------- */

/* A run of hours of one server. */
typedef struct span {
    int64_t server, hour, first, last, records;
} span;

static int end_span(ash_coverage *c, const ash_reader *r, const span *s, ash_error *err)
{
    if (s->records == 0)
        return 0;
    ash_cover *row = add(c, ASH_COVER_OBSERVED, "records", ash_servers_at(r->actors, (uint32_t)s->server),
                         _("%lld records"), LL(s->records));
    if (row == NULL)
        return nomem(err);
    row->first = s->first;
    row->last = s->last;
    row->count = s->records;
    return 0;
}

/* Hours without any record, between hours that have some. Nights and weekends
 * look like that too: whether records are missing cannot be told from here. */
static int add_silence(ash_coverage *c, const ash_reader *r, const span *before, int64_t next,
                       ash_error *err)
{
    ash_cover *row = add(c, ASH_COVER_UNKNOWN, "silence",
                         ash_servers_at(r->actors, (uint32_t)before->server),
                         _("no record for %lld hours: nobody worked, or the log is missing"),
                         LL((next - before->last) / HOUR_NS));
    if (row == NULL)
        return nomem(err);
    row->first = before->last;
    row->last = next;
    return 0;
}

/* A busy hour with a long pause in it. */
#define BUSY_RECORDS 2000
#define LONG_PAUSE (10 * 60 * ASH_NS_PER_S)

static int add_pause(ash_coverage *c, const ash_reader *r, const span *h, int64_t pause,
                     ash_error *err)
{
    if (h->records < BUSY_RECORDS || pause < LONG_PAUSE)
        return 0;
    ash_cover *row = add(c, ASH_COVER_UNKNOWN, "pause",
                         ash_servers_at(r->actors, (uint32_t)h->server),
                         _("an hour with %lld records has a pause of %lld minutes"), LL(h->records),
                         LL(pause / (60 * ASH_NS_PER_S)));
    if (row == NULL)
        return nomem(err);
    row->first = h->first;
    row->last = h->last;
    return 0;
}

static int load_spans(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    span now = {.server = -1};
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT server, hour, records, first, last, quiet FROM hours "
                          "ORDER BY server, hour",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        span h = {.server = sqlite3_column_int64(st, 0),
                  .hour = sqlite3_column_int64(st, 1),
                  .records = sqlite3_column_int64(st, 2),
                  .first = sqlite3_column_int64(st, 3),
                  .last = sqlite3_column_int64(st, 4)};
        if (c->first == ASH_TIME_NONE || h.first < c->first)
            c->first = h.first;
        if (c->last == ASH_TIME_NONE || h.last > c->last)
            c->last = h.last;
        bool same = h.server == now.server;
        rc = add_pause(c, r, &h, sqlite3_column_int64(st, 5), err);
        if (rc < 0)
            break;
        if (same && h.hour <= now.hour + 1) {
            now.hour = h.hour;
            now.last = h.last > now.last ? h.last : now.last;
            now.records += h.records;
            continue;
        }
        rc = end_span(c, r, &now, err);
        if (rc == 0 && same)
            rc = add_silence(c, r, &now, h.first, err);
        now = h;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : end_span(c, r, &now, err);
}

static int load_steps(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT s.server, s.from_ns, s.to_ns, i.name FROM clock_steps s LEFT "
                          "JOIN inputs i ON i.id = s.input ORDER BY s.id",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t from = sqlite3_column_int64(st, 1), to = sqlite3_column_int64(st, 2);
        ash_cover *row = add(c, ASH_COVER_DEGRADED, "clock-step",
                             ash_servers_at(r->actors, (uint32_t)sqlite3_column_int64(st, 0)),
                             _("times go back by %lld s: the clock was set, or records are unsorted"),
                             LL((from - to) / ASH_NS_PER_S));
        if (row == NULL) {
            rc = nomem(err);
            break;
        }
        row->first = to;
        row->last = from;
        const char *name = (const char *)sqlite3_column_text(st, 3);
        row->input = name == NULL ? NULL : strdup(name);
    }
    sqlite3_finalize(st);
    return rc;
}

/* --- what the configuration does not record ----------------------------- */

typedef struct share_facts {
    int64_t opened, read, listed, folders_seen;
} share_facts;

static int add_share_remarks(ash_coverage *c, const ash_reader *r, uint32_t share, int64_t operations,
                             int64_t half, const share_facts *f, ash_error *err)
{
    char name[128];
    ash_share s = ash_shares_at(r->actors, share);
    ash_text_escape(name, sizeof name, s.name);
    ash_cover *row;
    if (f->opened > 0 && !(operations & (RECORDS_READS | RECORDS_BEGINS))) {
        row = add(c, ASH_COVER_DEGRADED, "no-reads", s.server,
                  _("share %s records no read operations: of %lld files it can be told that they "
                    "were opened, not whether they were read"),
                  name, LL(f->opened));
        if (row == NULL)
            return nomem(err);
        row->count = f->opened;
    }
    if (f->opened + f->read > 0 && !(operations & RECORDS_OPENS)) {
        row = add(c, ASH_COVER_DEGRADED, "no-opens", s.server,
                  _("share %s records no create_file: opens and listings cannot be told from "
                    "lookups"),
                  name);
        if (row == NULL)
            return nomem(err);
    }
    if (half > 0) {
        row = add(c, ASH_COVER_DEGRADED, "half-reads", s.server,
                  _("share %s: %lld reads begin but their end is not in the log: records are "
                    "missing"),
                  name, LL(half));
        if (row == NULL)
            return nomem(err);
        row->count = half;
    }
    return 0;
}

static int load_shares(ash_coverage *c, ash_reader *r, ash_error *err)
{
    uint32_t n = ash_shares_count(r->actors);
    share_facts *facts = calloc((size_t)n + 1, sizeof *facts);
    ash_rows *rows = NULL;
    sqlite3_stmt *st = NULL;
    if (facts == NULL)
        return nomem(err);
    int rc = ash_duck_query(r->duck,
                            "SELECT share, sum(opens)::BIGINT, sum(reads)::BIGINT, "
                            "sum(listings)::BIGINT FROM folder_activity_ids GROUP BY share",
                            NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t share = ash_rows_int(rows, 0);
        if (share < n)
            facts[share] = (share_facts){.opened = ash_rows_int(rows, 1),
                                         .read = ash_rows_int(rows, 2),
                                         .listed = ash_rows_int(rows, 3)};
        rc = 0;
    }
    ash_rows_free(rows);
    if (rc == 0)
        rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT id, operations, half_reads FROM shares ORDER BY id", "");
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        uint32_t share = (uint32_t)sqlite3_column_int64(st, 0);
        rc = share < n ? add_share_remarks(c, r, share, sqlite3_column_int64(st, 1),
                                           sqlite3_column_int64(st, 2), &facts[share], err)
                       : 0;
    }
    sqlite3_finalize(st);
    free(facts);
    return rc;
}

/* --- inputs ------------------------------------------------------------ */

static int load_losses(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT l.reason, l.first, l.last, l.count, l.offset, l.detail, i.name "
                          "FROM losses l JOIN inputs i ON i.id = l.input ORDER BY l.id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t count = sqlite3_column_int64(st, 3);
        bool limit = strcmp((const char *)sqlite3_column_text(st, 0), "rate-limit") == 0;
        const char *reason = limit ? "rate-limit" : "lost-messages";
        ash_cover *row =
            count > 0 ? add(c, ASH_COVER_DEGRADED, reason, (ash_view){0},
                            _("the logging service lost %lld records: %s"), LL(count),
                            (const char *)sqlite3_column_text(st, 5))
                      : add(c, ASH_COVER_DEGRADED, reason, (ash_view){0},
                            _("the logging service began to drop records: %s"),
                            (const char *)sqlite3_column_text(st, 5));
        if (row == NULL) {
            rc = nomem(err);
            break;
        }
        row->first = sqlite3_column_int64(st, 1);
        row->last = sqlite3_column_int64(st, 2);
        row->count = count;
        row->offset = sqlite3_column_int64(st, 4);
        row->input = strdup((const char *)sqlite3_column_text(st, 6));
    }
    sqlite3_finalize(st);
    return rc;
}

static int add_reason(ash_coverage *c, ash_reason reason, int64_t count, int64_t offset,
                      int64_t line, const char *detail, const char *input, ash_error *err)
{
    ash_reason_kind kind = ash_reason_kind_of(reason);
    if (kind == ASH_KIND_FOREIGN || kind == ASH_KIND_LOSS)
        return 0;
    char place[64] = "";
    if (line > 0)
        snprintf(place, sizeof place, _(", first at line %lld"), LL(line));
    else if (offset >= 0)
        snprintf(place, sizeof place, _(", first at offset %lld"), LL(offset));
    const char *outcome = kind == ASH_KIND_SKIPPED ? _("skipped") : _("kept");
    ash_cover *row = add(c, ASH_COVER_DEGRADED, ash_reason_name(reason), (ash_view){0},
                         _("%lld records: %s%s%s%s; %s"), LL(count), ash_reason_text(reason), place,
                         detail[0] != '\0' ? ": " : "", detail, outcome);
    if (row == NULL)
        return nomem(err);
    row->count = count;
    row->offset = offset;
    row->input = strdup(input);
    return 0;
}

static int load_reasons(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT x.reason, x.count, x.offset, x.line, x.detail, i.name FROM "
                          "reasons x JOIN inputs i ON i.id = x.input ORDER BY i.id, x.count DESC",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const char *name = (const char *)sqlite3_column_text(st, 0);
        for (int k = 0; k < ASH_REASON_COUNT && rc >= 0; k++)
            if (strcmp(name, ash_reason_name((ash_reason)k)) == 0)
                rc = add_reason(c, (ash_reason)k, sqlite3_column_int64(st, 1),
                                sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3),
                                (const char *)sqlite3_column_text(st, 4),
                                (const char *)sqlite3_column_text(st, 5), err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int load_bad_inputs(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT name, state, coalesce(problem, ''), raw FROM inputs WHERE state "
                          "IN ('damaged', 'unreadable', 'partial') ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const char *state = (const char *)sqlite3_column_text(st, 1);
        bool unreadable = strcmp(state, "unreadable") == 0;
        bool damaged = strcmp(state, "damaged") == 0;
        char name[256];
        ash_text_escape(name, sizeof name, ash_db_view(st, 0));
        ash_cover *row = add(c, unreadable ? ASH_COVER_UNKNOWN : ASH_COVER_DEGRADED,
                             unreadable ? "unreadable" : damaged ? "damaged" : "partial",
                             (ash_view){0}, "%s: %s", name,
                             unreadable || damaged ? (const char *)sqlite3_column_text(st, 2)
                                                   : _("was not read to its end"));
        if (row == NULL) {
            rc = nomem(err);
            break;
        }
        row->input = strdup((const char *)sqlite3_column_text(st, 0));
        row->offset = damaged ? sqlite3_column_int64(st, 3) : -1;
    }
    sqlite3_finalize(st);
    return rc;
}

int ash_coverage_load(ash_coverage *ret, ash_reader *r, ash_error *err)
{
    ash_coverage c = {.first = ASH_TIME_NONE, .last = ASH_TIME_NONE};
    int rc = load_spans(&c, r, err);
    if (rc >= 0)
        rc = load_losses(&c, r, err);
    if (rc >= 0)
        rc = load_shares(&c, r, err);
    if (rc >= 0)
        rc = load_steps(&c, r, err);
    if (rc >= 0)
        rc = load_reasons(&c, r, err);
    if (rc >= 0)
        rc = load_bad_inputs(&c, r, err);
    if (rc < 0) {
        ash_coverage_free(&c);
        return rc;
    }
    *ret = c;
    return 0;
}
