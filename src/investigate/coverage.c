#include "investigate/coverage_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ashiato/source.h"
#include "base/i18n.h"
#include "base/text.h"
#include "fold/grade.h"

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

ash_cover *ash_cover_add(ash_coverage *c, ash_cover_state state, const char *reason, ash_view server,
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

int ash_cover_nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

static int load_steps(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT s.server, s.from_ns, s.to_ns, i.name, i.id FROM clock_steps s LEFT "
                          "JOIN inputs i ON i.id = s.input ORDER BY s.id",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t from = sqlite3_column_int64(st, 1), to = sqlite3_column_int64(st, 2);
        ash_cover *row = ash_cover_add(c, ASH_COVER_DEGRADED, "clock-step",
                             ash_servers_at(r->actors, (uint32_t)sqlite3_column_int64(st, 0)),
                             _("times go back by %lld s: the clock was set, or records are unsorted"),
                             LL((from - to) / ASH_NS_PER_S));
        if (row == NULL) {
            rc = ash_cover_nomem(err);
            break;
        }
        row->first = to;
        row->last = from;
        const char *name = (const char *)sqlite3_column_text(st, 3);
        row->input = name == NULL ? NULL : strdup(name);
        row->input_id = sqlite3_column_int64(st, 4);
    }
    sqlite3_finalize(st);
    return rc;
}

/* --- what the configuration does not record ----------------------------- */

typedef struct share_facts {
    int64_t opened, read, listed, folders_seen;
} share_facts;

/* 4663 needs an audit rule (SACL) on the folder, and auditing of the file system. */
static int add_windows_share(ash_coverage *c, ash_share s, const char *name, int64_t operations,
                             const share_facts *f, ash_error *err)
{
    if (f->opened == 0 || (operations & RECORDS_READS))
        return 0;
    ash_cover *row =
        operations & RECORDS_OBJECTS
            ? ash_cover_add(c, ASH_COVER_DEGRADED, "no-reads", s.server,
                            _("share %s: no use of the right to read is recorded (4663 with "
                              "ReadData): of %lld files it can be told that they were opened, not "
                              "whether they were read"),
                            name, LL(f->opened))
            : ash_cover_add(c, ASH_COVER_DEGRADED, "no-object-access", s.server,
                            _("share %s: only checks of access are recorded (5145), no use of files "
                              "(4663: it needs an audit rule on the folder, and File System "
                              "auditing): of %lld files it can be told that access was granted, not "
                              "whether they were read"),
                            name, LL(f->opened));
    if (row == NULL)
        return ash_cover_nomem(err);
    row->count = f->opened;
    return 0;
}

static int add_share_remarks(ash_coverage *c, const ash_reader *r, uint32_t share, int64_t operations,
                             int64_t half, const share_facts *f, ash_error *err)
{
    char name[128];
    ash_share s = ash_shares_at(r->actors, share);
    ash_text_escape(name, sizeof name, s.name.n > 0 ? s.name : ash_view_z(_("(none)")));
    ash_cover *row;
    if (operations & (RECORDS_WINDOWS | RECORDS_OBJECTS))
        return add_windows_share(c, s, name, operations, f, err);
    if (f->opened > 0 && !(operations & (RECORDS_READS | RECORDS_BEGINS))) {
        row = ash_cover_add(c, ASH_COVER_DEGRADED, "no-reads", s.server,
                  _("share %s records no read operations: of %lld files it can be told that they "
                    "were opened, not whether they were read"),
                  name, LL(f->opened));
        if (row == NULL)
            return ash_cover_nomem(err);
        row->count = f->opened;
    }
    if (f->opened + f->read > 0 && !(operations & RECORDS_OPENS)) {
        row = ash_cover_add(c, ASH_COVER_DEGRADED, "no-opens", s.server,
                  _("share %s records no create_file: opens and listings cannot be told from "
                    "lookups"),
                  name);
        if (row == NULL)
            return ash_cover_nomem(err);
    }
    if (half > 0) {
        row = ash_cover_add(c, ASH_COVER_DEGRADED, "half-reads", s.server,
                  _("share %s: %lld reads begin but their end is not in the log: records are "
                    "missing"),
                  name, LL(half));
        if (row == NULL)
            return ash_cover_nomem(err);
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
        return ash_cover_nomem(err);
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

/* What a rule of retention removed is not known any more; later accesses may have
 * gone with it, since segments overlap in time. */
static int load_retention(ash_coverage *c, ash_reader *r, ash_error *err)
{
    int64_t until, accesses, at;
    char rule[128], day[ASH_TIME_TEXT], to[ASH_TIME_TEXT];
    int rc = ash_case_get(r->c, "retained_cs", &until, INT64_MIN, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "retained_accesses", &accesses, 0, err);
    if (rc == 0)
        rc = ash_case_get(r->c, "retained_at", &at, 0, err);
    if (rc == 0)
        rc = ash_case_get_text(r->c, "retained_rule", rule, sizeof rule, err);
    if (rc < 0 || until == INT64_MIN)
        return rc;
    int64_t ns = until > INT64_MAX / ASH_CS_NS ? INT64_MAX : until * ASH_CS_NS;
    ash_time_text(to, ns, &r->c->zone, 0);
    ash_time_text(day, at * ASH_NS_PER_S, &r->c->zone, 0);
    ash_cover *row = ash_cover_add(c, ASH_COVER_GAP, "retention", ash_view_z(""),
                                   _("%lld accesses up to %s were removed on %.10s by the rule %s: what happened "
                                     "earlier cannot be told, and nothing can be dated earlier"),
                                   LL(accesses), to, day, rule);
    if (row == NULL)
        return ash_cover_nomem(err);
    row->first = c->first;
    row->last = ns;
    row->count = accesses;
    c->first = c->first != ASH_TIME_NONE && c->first < ns ? ns : c->first;
    return 0;
}

int ash_coverage_load(ash_coverage *ret, ash_reader *r, ash_error *err)
{
    ash_coverage c = {.first = ASH_TIME_NONE, .last = ASH_TIME_NONE};
    int rc = ash_coverage_add_times(&c, r, err);
    if (rc >= 0)
        rc = ash_coverage_add_losses(&c, r, err);
    if (rc >= 0)
        rc = ash_coverage_add_numbers(&c, r, err);
    if (rc >= 0)
        rc = load_shares(&c, r, err);
    if (rc >= 0)
        rc = load_steps(&c, r, err);
    if (rc >= 0)
        rc = ash_coverage_add_inputs(&c, r, err);
    if (rc >= 0)
        rc = load_retention(&c, r, err);
    if (rc < 0) {
        ash_coverage_free(&c);
        return rc;
    }
    *ret = c;
    return 0;
}
