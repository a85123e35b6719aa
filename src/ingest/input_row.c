#include "ingest/input_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "input/zip.h"

ash_input *ash_input_new(const char *path)
{
    ash_input *in = calloc(1, sizeof *in);
    if (in == NULL)
        return NULL;
    in->name = strdup(path);
    in->path = strcmp(path, "-") == 0 ? strdup("-") : ash_zip_realpath(path);
    if (in->path == NULL)
        in->path = strdup(path); /* unreadable: there is no better name */
    if (in->name == NULL || in->path == NULL) {
        ash_input_free(in);
        return NULL;
    }
    in->state = ASH_STATE_PARTIAL;
    in->size = -1;
    in->mtime = in->first = in->last = ASH_TIME_NONE;
    for (int i = 0; i < ASH_REASON_COUNT; i++)
        in->reasons[i].offset = ASH_NO_OFFSET;
    return in;
}

void ash_input_free(ash_input *in)
{
    if (in == NULL)
        return;
    free(in->name);
    free(in->path);
    free(in->losses);
    free(in->evidence);
    free(in);
}

void ash_input_remark(ash_input *in, const char *fmt, ...)
{
    size_t n = strlen(in->remarks);
    va_list ap;
    if (n > 0 && n + 1 < sizeof in->remarks)
        in->remarks[n++] = '\n';
    va_start(ap, fmt);
    vsnprintf(in->remarks + n, sizeof in->remarks - n, fmt, ap);
    va_end(ap);
}

/* --- counting ---------------------------------------------------------- */

static int add_loss(ash_input *in, const ash_note *n, ash_error *err)
{
    if (in->n_losses >= ASH_COVERAGE_MAX) {
        ash_loss *last = &in->losses[in->n_losses - 1];
        last->count += n->count;
        last->last = n->time_end > last->last ? n->time_end : last->last;
        return 0;
    }
    if (in->n_losses == in->cap_losses) {
        size_t cap = in->cap_losses == 0 ? 8 : in->cap_losses * 2;
        ash_loss *p = realloc(in->losses, cap * sizeof *p);
        if (p == NULL)
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        in->losses = p;
        in->cap_losses = cap;
    }
    ash_loss *l = &in->losses[in->n_losses++];
    *l = (ash_loss){.reason = n->reason,
                    .first = n->time,
                    .last = n->time_end,
                    .count = n->count,
                    .offset = n->offset};
    memcpy(l->detail, n->detail, sizeof l->detail);
    return 0;
}

int ash_input_count(ash_input *in, const ash_batch *b, uint64_t line0, ash_error *err)
{
    in->lines += b->lines;
    in->records += b->records;
    in->events += b->n;
    for (int r = 0; r < ASH_REASON_COUNT; r++)
        in->reasons[r].count += b->counts[r];
    for (size_t i = 0; i < b->n_notes; i++) {
        const ash_note *n = &b->notes[i];
        ash_reason_count *rc = &in->reasons[n->reason];
        if (rc->offset == ASH_NO_OFFSET) {
            rc->offset = n->offset;
            rc->line = line0 + n->line;
            memcpy(rc->detail, n->detail, sizeof rc->detail);
        }
        int failed = ash_reason_kind_of(n->reason) == ASH_KIND_LOSS ? add_loss(in, n, err) : 0;
        if (failed < 0)
            return failed;
    }
    return 0;
}

int ash_input_add_evidence(ash_input *in, const ash_evidence *e, ash_error *err)
{
    if (in->n_evidence == in->cap_evidence) {
        size_t cap = in->cap_evidence == 0 ? 16 : in->cap_evidence * 2;
        ash_evidence *p = realloc(in->evidence, cap * sizeof *p);
        if (p == NULL)
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        in->evidence = p;
        in->cap_evidence = cap;
    }
    in->evidence[in->n_evidence++] = *e;
    in->unsealed = true;
    return 0;
}

/* --- storing ----------------------------------------------------------- */

static int store_evidence(ash_input *in, ash_case *c, ash_error *err)
{
    if (in->n_evidence == 0)
        return 0;
    ash_buf b;
    ash_buf_init(&b, in->n_evidence * ASH_EVIDENCE_BYTES);
    uint64_t length = 0;
    for (size_t i = 0; i < in->n_evidence; i++) {
        const ash_evidence *e = &in->evidence[i];
        ash_put_u32(&b, e->length);
        ash_put_i64(&b, e->first);
        ash_put_i64(&b, e->last);
        ash_put_u64(&b, e->hash.lo);
        ash_put_u64(&b, e->hash.hi);
        length += e->length;
    }
    int rc = b.failed ? ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory")
                      : ash_db_exec(&c->db, err, "INSERT INTO evidence VALUES(?, ?, ?, ?)", "iiib",
                                    in->id, (int64_t)in->blocks, (int64_t)in->blocks_offset,
                                    ash_buf_view(&b));
    ash_buf_free(&b);
    if (rc == 0) {
        in->blocks += (uint32_t)in->n_evidence;
        in->blocks_offset += length;
        in->n_evidence = 0;
    }
    return rc;
}

static int store_reasons(ash_input *in, ash_case *c, ash_error *err)
{
    int rc = 0;
    for (int r = 0; r < ASH_REASON_COUNT && rc == 0; r++) {
        ash_reason_count *n = &in->reasons[r];
        if (n->count == 0)
            continue;
        rc = ash_db_exec(&c->db, err, "INSERT OR REPLACE INTO reasons VALUES(?, ?, ?, ?, ?, ?)",
                         "isiiis", in->id, ash_reason_name((ash_reason)r), (int64_t)n->count,
                         n->offset == ASH_NO_OFFSET ? (int64_t)-1 : (int64_t)n->offset,
                         (int64_t)n->line, n->detail);
    }
    for (size_t i = 0; i < in->n_losses && rc == 0; i++) {
        const ash_loss *l = &in->losses[i];
        rc = ash_db_exec(&c->db, err,
                         "INSERT INTO losses(input, reason, first, last, count, offset, detail) "
                         "VALUES(?, ?, ?, ?, ?, ?, ?)",
                         "isiiiis", in->id, ash_reason_name(l->reason), l->first, l->last,
                         (int64_t)l->count, (int64_t)l->offset, l->detail);
    }
    if (rc == 0)
        in->n_losses = 0;
    return rc;
}

int ash_input_store(ash_input *in, ash_case *c, ash_error *err)
{
    ash_view head = ash_view_of(&in->head, sizeof in->head);
    ash_view starts = ash_view_of(in->starts, in->n_starts * sizeof in->starts[0]);
    ash_view likeness = ash_view_of(in->likeness.least, in->likeness.n * sizeof in->likeness.least[0]);
    int rc = 0;
    if (in->id == 0) {
        rc = ash_db_exec(&c->db, err, "INSERT INTO inputs(name, path) VALUES(?, ?)", "ss",
                         in->name, in->path);
        in->id = rc == 0 ? sqlite3_last_insert_rowid(c->db.handle) : 0;
    }
    if (rc == 0)
        rc = ash_db_exec(
            &c->db, err,
            "UPDATE inputs SET state=?, problem=?, source=?, format=?, compression=?, remarks=?, "
            "size=?, mtime=?, sha256=?, head=?, head_bytes=?, starts=?, position=?, open_tail=?, raw=?, "
            "lines=?, records=?, events=?, first=?, last=?, zone=?, year=?, duplicate_of=?, kept=?, "
            "options=?, bytes=?, likeness=? WHERE id=?",
            "ssssssiisbibiiiiiiiisiissibi", in->state, in->problem, in->source, in->format,
            in->compression, in->remarks, in->size, in->mtime, in->sha256, head,
            (int64_t)in->head_bytes, starts, (int64_t)in->position,
            (int64_t)in->open_tail, (int64_t)in->raw, (int64_t)in->lines, (int64_t)in->records,
            (int64_t)in->events,
            in->first, in->last, in->zone, (int64_t)in->year, in->duplicate_of, in->kept,
            in->options, (int64_t)in->position, likeness, in->id);
    if (rc == 0)
        rc = store_evidence(in, c, err);
    if (rc == 0)
        rc = store_reasons(in, c, err);
    return rc;
}

/* --- loading ----------------------------------------------------------- */

static void copy_text(char *out, size_t size, sqlite3_stmt *st, int column)
{
    snprintf(out, size, "%s", ash_db_z(st, column));
}

static const char *state_of(const char *name)
{
    static const char *const states[] = {ASH_STATE_COMPLETE,  ASH_STATE_PARTIAL,
                                         ASH_STATE_DAMAGED,   ASH_STATE_DUPLICATE,
                                         ASH_STATE_UNRECOGNISED, ASH_STATE_UNREADABLE};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i], name) == 0)
            return states[i];
    return ASH_STATE_PARTIAL;
}

static int load_reasons(ash_input *in, ash_case *c, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&c->db, &st, err,
                          "SELECT reason, count, offset, line, detail FROM reasons WHERE input = ?",
                          "i", in->id);
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&c->db, st, err)) == 1) {
        const char *name = ash_db_z(st, 0);
        for (int r = 0; r < ASH_REASON_COUNT; r++) {
            if (strcmp(name, ash_reason_name((ash_reason)r)) != 0)
                continue;
            ash_reason_count *n = &in->reasons[r];
            int64_t offset = sqlite3_column_int64(st, 2);
            n->count = (uint64_t)sqlite3_column_int64(st, 1);
            n->offset = offset < 0 ? ASH_NO_OFFSET : (uint64_t)offset;
            n->line = (uint64_t)sqlite3_column_int64(st, 3);
            copy_text(n->detail, sizeof n->detail, st, 4);
        }
    }
    sqlite3_finalize(st);
    return rc;
}

static void fill(ash_input *in, sqlite3_stmt *st)
{
    int k = 0;
    free(in->path);
    in->path = strdup(ash_db_z(st, k++));
    in->id = sqlite3_column_int64(st, k++);
    free(in->name);
    in->name = strdup(ash_db_z(st, k++));
    in->state = state_of(ash_db_z(st, k++));
    in->unsealed = strcmp(in->state, ASH_STATE_PARTIAL) == 0;
    copy_text(in->problem, sizeof in->problem, st, k++);
    copy_text(in->source, sizeof in->source, st, k++);
    copy_text(in->format, sizeof in->format, st, k++);
    copy_text(in->compression, sizeof in->compression, st, k++);
    copy_text(in->remarks, sizeof in->remarks, st, k++);
    in->size = sqlite3_column_int64(st, k++);
    in->mtime = sqlite3_column_int64(st, k++);
    copy_text(in->sha256, sizeof in->sha256, st, k++);
    ash_view head = ash_db_view(st, k++);
    if (head.n == sizeof in->head)
        memcpy(&in->head, head.p, head.n);
    in->head_bytes = (uint32_t)sqlite3_column_int64(st, k++);
    ash_view starts = ash_db_view(st, k++);
    if (starts.n > 0 && starts.n <= sizeof in->starts) {
        in->n_starts = (uint32_t)(starts.n / sizeof in->starts[0]);
        memcpy(in->starts, starts.p, in->n_starts * sizeof in->starts[0]);
    }
    in->position = (uint64_t)sqlite3_column_int64(st, k++);
    in->open_tail = sqlite3_column_int(st, k++) != 0;
    in->raw = (uint64_t)sqlite3_column_int64(st, k++);
    in->lines = (uint64_t)sqlite3_column_int64(st, k++);
    in->records = (uint64_t)sqlite3_column_int64(st, k++);
    in->events = (uint64_t)sqlite3_column_int64(st, k++);
    in->first = sqlite3_column_int64(st, k++);
    in->last = sqlite3_column_int64(st, k++);
    copy_text(in->zone, sizeof in->zone, st, k++);
    in->year = sqlite3_column_int(st, k++);
    in->duplicate_of = sqlite3_column_int64(st, k++);
    copy_text(in->kept, sizeof in->kept, st, k++);
    copy_text(in->options, sizeof in->options, st, k++);
    ash_view likeness = ash_db_view(st, k++);
    if (likeness.n > 0 && likeness.n <= sizeof in->likeness.least) {
        in->likeness.n = (uint32_t)(likeness.n / sizeof in->likeness.least[0]);
        memcpy(in->likeness.least, likeness.p, in->likeness.n * sizeof in->likeness.least[0]);
    }
}

int ash_input_load(ash_input **ret, ash_case *c, int64_t id, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&c->db, &st, err,
                          "SELECT path, id, name, state, problem, source, format, compression, "
                          "remarks, size, mtime, sha256, head, head_bytes, starts, position, "
                          "open_tail, raw, lines, records, events, first, last, zone, year, "
                          "duplicate_of, kept, options, likeness FROM inputs WHERE id = ?",
                          "i", id);
    if (rc < 0)
        return rc;
    *ret = NULL;
    rc = ash_db_step(&c->db, st, err);
    if (rc == 1) {
        ash_input *in = ash_input_new("-");
        if (in == NULL) {
            sqlite3_finalize(st);
            return ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
        }
        fill(in, st);
        *ret = in;
    }
    sqlite3_finalize(st);
    if (rc < 0 || *ret == NULL)
        return rc < 0 ? rc : 0;
    ash_input *in = *ret;
    rc = in->name == NULL || in->path == NULL ? ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory")
                                              : load_reasons(in, c, err);
    int64_t blocks = 0, offset = 0;
    size_t n = 0;
    ash_evidence *list = NULL;
    if (rc == 0)
        rc = ash_evidence_load(&list, &n, c, id, err);
    for (size_t i = 0; rc == 0 && i < n; i++, blocks++)
        offset += list[i].length;
    free(list);
    in->blocks = (uint32_t)blocks;
    in->blocks_offset = (uint64_t)offset;
    if (rc < 0) {
        ash_input_free(in);
        *ret = NULL;
    }
    return rc;
}

int ash_evidence_load(ash_evidence **ret, size_t *ret_n, ash_case *c, int64_t input, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&c->db, &st, err,
                          "SELECT data FROM evidence WHERE input = ? ORDER BY block", "i", input);
    if (rc < 0)
        return rc;
    ash_evidence *list = NULL;
    size_t n = 0;
    while ((rc = ash_db_step(&c->db, st, err)) == 1) {
        ash_cursor cur = ash_cursor_of(ash_db_view(st, 0));
        size_t more = cur.n / ASH_EVIDENCE_BYTES;
        ash_evidence *p = realloc(list, (n + more + 1) * sizeof *p);
        if (p == NULL) {
            rc = ash_fail(err, ASH_E_NOMEM, "ingest", "out of memory");
            break;
        }
        list = p;
        for (size_t i = 0; i < more; i++, n++) {
            list[n].length = ash_get_u32(&cur);
            list[n].first = ash_get_i64(&cur);
            list[n].last = ash_get_i64(&cur);
            list[n].hash.lo = ash_get_u64(&cur);
            list[n].hash.hi = ash_get_u64(&cur);
        }
    }
    sqlite3_finalize(st);
    if (rc < 0) {
        free(list);
        return rc;
    }
    *ret = list;
    *ret_n = n;
    return 0;
}
