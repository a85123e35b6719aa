/* Which times could hide something, on one server whatever the path. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "investigate/coverage_internal.h"
#include "investigate/untouched_internal.h"

#define HOUR_NS (INT64_C(3600) * ASH_NS_PER_S)
#define EVER ASH_TIME_EVER
#define NEVER_BEFORE ASH_TIME_NEVER_BEFORE

/* The least a record number or 4616 is remarked for. */
#define CLOCK_SET (60 * ASH_NS_PER_S)

typedef enum span { NEVER, ROW, AROUND, BACK, INPUT, END, TAIL, WHOLE } span;

typedef struct rule {
    const char *reason;
    unsigned hides;
    span when;
} rule;

static const rule rules[] = {
#define RULE(reason, hides, when) {reason, ASH_HIDES_##hides, when},
#include "investigate/untouched_rules.def"
#undef RULE
};

static rule rule_of(const ash_cover *c)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].reason, c->reason) == 0)
            return rules[i];
    return (rule){c->reason, ASH_HIDES_ALL, c->first == ASH_TIME_NONE ? WHOLE : ROW};
}

/* --- lists ------------------------------------------------------------- */

int ash_hidden_add(ash_hiddens *h, const ash_untouched_server *s, int64_t first, int64_t last,
                   unsigned hides, const char *reason, const char *input, ash_error *err,
                   const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    first = first < s->since ? s->since : first;
    last = last > s->until ? s->until : last;
    if (first > last || hides == ASH_HIDES_NOTHING)
        return 0;
    if (h->n == h->cap) {
        size_t cap = h->cap == 0 ? 16 : h->cap * 2;
        ash_hidden *p = realloc(h->rows, cap * sizeof *p);
        if (p == NULL)
            return ash_cover_nomem(err);
        h->rows = p;
        h->cap = cap;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ash_hidden *row = &h->rows[h->n];
    *row = (ash_hidden){.first = first,
                        .last = last,
                        .hides = hides,
                        .reason = reason,
                        .text = strdup(text),
                        .input = input == NULL ? NULL : strdup(input)};
    h->n++;
    return row->text == NULL || (input != NULL && row->input == NULL) ? ash_cover_nomem(err) : 0;
}

void ash_hiddens_free(ash_hiddens *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->rows[i].text);
        free(h->rows[i].input);
    }
    free(h->rows);
    *h = (ash_hiddens){0};
}

/* --- remarks ----------------------------------------------------------- */

typedef struct looking {
    ash_untouched_server *s;
    uint32_t id;
    ash_reader *r;
    const ash_coverage *c;
    ash_error *err;
} looking;

/* A remark on an input concerns the servers whose records it holds; if it holds
 * none, it concerns all. */
static int concerns(looking *l, const ash_cover *c, bool *ret)
{
    char name[sizeof c->server];
    *ret = strcmp(c->server, ash_text_escape(name, sizeof name, l->s->name)) == 0 ||
           strcmp(c->reason, "retention") == 0; /* segments hold records of any server */
    if (c->server[0] != '\0' || c->input_id == 0)
        return 0;
    int64_t n = 0;
    int rc = ash_db_int(&l->r->c->db, &n, 1, l->err,
                        "SELECT NOT EXISTS(SELECT 1 FROM input_servers WHERE input = ?1) OR EXISTS("
                        "SELECT 1 FROM input_servers WHERE input = ?1 AND server = ?2)",
                        "iv", c->input_id, l->s->name);
    *ret = n != 0;
    return rc;
}

static int input_times(looking *l, int64_t input, int64_t *first, int64_t *last)
{
    ash_db *db = &l->r->c->db;
    int rc = ash_db_int(db, first, ASH_TIME_NONE, l->err, "SELECT first FROM inputs WHERE id = ?", "i",
                        input);
    return rc == 0 ? ash_db_int(db, last, ASH_TIME_NONE, l->err,
                                "SELECT last FROM inputs WHERE id = ?", "i", input)
                   : rc;
}

/* What was lost lies between the records around the notice of it; how long before
 * the notice is not said. */
static int widen(looking *l, int64_t *first, int64_t *last)
{
    ash_db *db = &l->r->c->db;
    int64_t from = *first - HOUR_NS, to = *last + HOUR_NS;
    int rc = ash_db_int(db, first, NEVER_BEFORE, l->err,
                        "SELECT max(last) FROM hours WHERE server = ? AND last < ?", "ii",
                        (int64_t)l->id, from);
    return rc == 0 ? ash_db_int(db, last, EVER, l->err,
                                "SELECT min(first) FROM hours WHERE server = ? AND first > ?", "ii",
                                (int64_t)l->id, to)
                   : rc;
}

static bool was_switched_off(const ash_coverage *c, const ash_cover *on)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->rows[i].reason, "audit-off") == 0 && c->rows[i].last == on->first &&
            strcmp(c->rows[i].server, on->server) == 0)
            return true;
    return false;
}

/* The time a remark hides; *last before *first: none. */
static int span_of(looking *l, const ash_cover *c, span when, int64_t *first, int64_t *last)
{
    int rc = 0;
    *first = c->first;
    *last = c->last;
    if (when == INPUT || when == END || when == TAIL)
        rc = input_times(l, c->input_id, first, last);
    if (when == WHOLE || *first == ASH_TIME_NONE || *last == ASH_TIME_NONE) {
        *first = NEVER_BEFORE;
        *last = EVER;
        return rc;
    }
    switch (when) {
    case AROUND: return widen(l, first, last);
    case BACK:
        if (was_switched_off(l->c, c))
            *last = *first - 1;
        else
            *first = NEVER_BEFORE;
        break;
    case INPUT:
        *first -= HOUR_NS;
        *last += HOUR_NS;
        break;
    case END:
        *first = *last;
        *last += HOUR_NS;
        break;
    case TAIL:
        *first = *last;
        *last = EVER;
        break;
    default: break;
    }
    return rc;
}

/* Times may be off by this much; by how much a clock was set is in its record only. */
static int note_shift(looking *l, const ash_cover *c)
{
    bool mine = false;
    int rc = concerns(l, c, &mine);
    int64_t by = c->first == ASH_TIME_NONE ? CLOCK_SET : c->last - c->first;
    if (mine && by > l->s->shift)
        l->s->shift = by;
    return rc;
}

static int add_remark(looking *l, const ash_cover *c)
{
    const rule u = rule_of(c);
    if (strncmp(c->reason, "clock-", 6) == 0)
        return note_shift(l, c);
    bool mine = false;
    int64_t first, last;
    int rc = u.when == NEVER ? 0 : concerns(l, c, &mine);
    if (rc < 0 || !mine)
        return rc;
    rc = span_of(l, c, u.when, &first, &last);
    if (rc < 0 || first > last)
        return rc;
    return ash_hidden_add(&l->s->hidden, l->s, first, last, u.hides, c->reason, c->input, l->err, "%s",
                          c->text);
}

/* --- records ----------------------------------------------------------- */

/* Was this silence remarked upon: at a time when the server nearly always has
 * records, or too little is known of its habits? */
static const ash_cover *remarked(looking *l, int64_t from, int64_t to)
{
    char name[sizeof l->c->rows->server];
    ash_text_escape(name, sizeof name, l->s->name);
    for (size_t i = 0; i < l->c->n; i++) {
        const ash_cover *c = &l->c->rows[i];
        if (strcmp(c->reason, "silence") == 0 && c->first == from && c->last == to &&
            strcmp(c->server, name) == 0)
            return c;
    }
    return NULL;
}

static int add_silence(looking *l, int64_t from, int64_t to, bool assume_quiet)
{
    bool whole = false;
    int rc = ash_coverage_is_whole(l->r, l->id, from, to, &whole, l->err);
    if (rc < 0 || whole)
        return rc;
    const ash_cover *c = remarked(l, from, to);
    if (c != NULL)
        return ash_hidden_add(&l->s->hidden, l->s, from, to, ASH_HIDES_ALL, "silence", NULL, l->err,
                              "%s", c->text);
    return assume_quiet ? 0
                        : ash_hidden_add(&l->s->hidden, l->s, from, to, ASH_HIDES_ALL, "quiet", NULL,
                                         l->err, "%s",
                                         _("no record, at a time when this server is often quiet: "
                                           "whether records are missing cannot be told"));
}

/* Every hour without a record. */
static int add_silences(looking *l, bool assume_quiet)
{
    sqlite3_stmt *st;
    int64_t before = INT64_MIN, until = 0;
    int rc = ash_db_query(&l->r->c->db, &st, l->err,
                          "SELECT hour, first, last FROM hours WHERE server = ? AND records > 0 "
                          "ORDER BY hour",
                          "i", (int64_t)l->id);
    if (rc < 0)
        return rc;
    while (rc == 0 && (rc = ash_db_step(&l->r->c->db, st, l->err)) == 1) {
        int64_t hour = sqlite3_column_int64(st, 0), last = sqlite3_column_int64(st, 2);
        rc = before != INT64_MIN && hour > before + 1
                 ? add_silence(l, until, sqlite3_column_int64(st, 1), assume_quiet)
                 : 0;
        /* As the coverage does: from the end of all records before. */
        until = before == INT64_MIN || last > until ? last : until;
        before = hour;
    }
    sqlite3_finalize(st);
    return rc;
}

/* From when to when the server's records reach, and what is asked beyond. */
static int add_ends(looking *l, const ash_question *q)
{
    ash_untouched_server *s = l->s;
    ash_db *db = &l->r->c->db;
    int rc = ash_db_int(db, &s->first, ASH_TIME_NONE, l->err,
                        "SELECT min(first) FROM hours WHERE server = ?", "i", (int64_t)l->id);
    if (rc == 0)
        rc = ash_db_int(db, &s->last, ASH_TIME_NONE, l->err,
                        "SELECT max(last) FROM hours WHERE server = ?", "i", (int64_t)l->id);
    bool none = s->first == ASH_TIME_NONE;
    s->since = q->since != ASH_TIME_NONE ? q->since : none ? NEVER_BEFORE : s->first;
    s->until = q->until != ASH_TIME_NONE ? q->until : none ? EVER : s->last;
    if (rc < 0)
        return rc;
    if (none)
        return ash_hidden_add(&s->hidden, s, NEVER_BEFORE, EVER, ASH_HIDES_ALL, "no-records", NULL,
                              l->err, "%s", _("there is no record of this server"));
    rc = ash_hidden_add(&s->hidden, s, NEVER_BEFORE, s->first - 1, ASH_HIDES_ALL, "before-records",
                        NULL, l->err, "%s", _("before the first record"));
    return rc == 0 ? ash_hidden_add(&s->hidden, s, s->last + 1, EVER, ASH_HIDES_ALL, "after-records",
                                    NULL, l->err, "%s", _("after the last record"))
                   : rc;
}

/* A read that began and has no end in the log: records of that hour are missing. */
static int add_half_reads(looking *l)
{
    ash_rows *rows = NULL;
    ash_buf sql;
    ash_buf_init(&sql, 1u << 20);
    ash_buf_add_z(&sql, "SELECT first_cs // 360000, max(last_cs), count(*) FROM a WHERE flags & 8 <> 0 "
                        "AND share IN (65535");
    for (uint32_t i = 0; i < ash_shares_count(l->r->actors); i++)
        if (ash_view_eq(ash_shares_at(l->r->actors, i).server, l->s->name))
            ash_buf_addf(&sql, ",%u", i);
    ash_buf_add_z(&sql, ") GROUP BY 1 ORDER BY 1");
    int rc = sql.failed ? ash_cover_nomem(l->err)
                        : ash_duck_query(l->r->duck, ash_buf_z(&sql), NULL, 0, &rows, l->err);
    while (rc == 0 && (rc = ash_rows_next(rows, l->err)) == 1) {
        int64_t first = ash_rows_int(rows, 0) * HOUR_NS, last = ash_rows_int(rows, 1) * ASH_CS_NS;
        last = last / HOUR_NS * HOUR_NS + HOUR_NS - 1;
        rc = ash_hidden_add(&l->s->hidden, l->s, first, last, ASH_HIDES_ALL, "half-reads", NULL, l->err,
                            _("%lld reads begin but their end is not in the log: records are missing"),
                            LL(ash_rows_int(rows, 2)));
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc;
}

/* What is in no known format may be a log of any server. */
static int add_unrecognised(looking *l)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&l->r->c->db, &st, l->err,
                          "SELECT name FROM inputs WHERE state = 'unrecognised' AND size <> 0 ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while (rc == 0 && (rc = ash_db_step(&l->r->c->db, st, l->err)) == 1)
        rc = ash_hidden_add(&l->s->hidden, l->s, NEVER_BEFORE, EVER, ASH_HIDES_ALL, "unrecognised",
                            ash_db_z(st, 0), l->err, "%s",
                            _("a file in no known log format was not read; if it is no log, make the "
                              "case without it"));
    sqlite3_finalize(st);
    return rc;
}

static int compare_hidden(const void *a, const void *b)
{
    const ash_hidden *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->last < y->last ? -1 : x->last > y->last;
}

int ash_untouched_times(ash_untouched_server *s, uint32_t id, ash_reader *r, const ash_coverage *c,
                        const ash_question *q, ash_error *err)
{
    looking l = {.s = s, .id = id, .r = r, .c = c, .err = err};
    int rc = add_ends(&l, q);
    if (rc == 0)
        rc = add_silences(&l, q->assume_quiet);
    for (size_t i = 0; i < c->n && rc == 0; i++)
        rc = add_remark(&l, &c->rows[i]);
    if (rc == 0)
        rc = add_half_reads(&l);
    if (rc == 0)
        rc = add_unrecognised(&l);
    if (s->hidden.n > 1)
        qsort(s->hidden.rows, s->hidden.n, sizeof *s->hidden.rows, compare_hidden);
    return rc;
}
