/* What a log or its service says about itself: records dropped, the log cleared,
 * stopped or full, auditing switched off and on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/source.h"
#include "base/i18n.h"
#include "investigate/coverage_internal.h"

typedef struct loss {
    ash_reason reason;
    int64_t first, last, count, offset, input_id;
    const char *detail, *input; /* of the statement's row */
} loss;

static ash_reason reason_by_name(const char *name)
{
    for (int k = 0; k < ASH_REASON_COUNT; k++)
        if (strcmp(name, ash_reason_name((ash_reason)k)) == 0)
            return (ash_reason)k;
    return ASH_REASON_BACKLOG;
}

static ash_cover *add_dropped(ash_coverage *c, const loss *l)
{
    const char *reason = ash_reason_name(l->reason);
    return l->count > 0
               ? ash_cover_add(c, ASH_COVER_DEGRADED, reason, (ash_view){0},
                               _("the logging service lost %lld records: %s"), LL(l->count), l->detail)
               : ash_cover_add(c, ASH_COVER_DEGRADED, reason, (ash_view){0},
                               _("the logging service began to drop records: %s"), l->detail);
}

/* A notice of Windows: its detail begins with the server ("fs01: File System, by admin"). */
static ash_cover *add_notice(ash_coverage *c, ash_cover_state state, const loss *l)
{
    size_t n = strcspn(l->detail, ":,");
    const char *rest = l->detail + n + strspn(l->detail + n, ":, ");
    ash_cover *row = ash_cover_add(c, state, ash_reason_name(l->reason), (ash_view){0}, "%s%s%s",
                                   ash_reason_text(l->reason), rest[0] != '\0' ? ": " : "", rest);
    if (row != NULL) /* escaped already */
        snprintf(row->server, sizeof row->server, "%.*s", (int)n, l->detail);
    return row;
}

/* Off until it was switched on again, else to the end of the logs. The detail
 * names server, kind and account; the first two must agree. */
static int end_of_audit_off(ash_reader *r, const loss *l, int64_t end, int64_t *ret, ash_error *err)
{
    const char *by = strstr(l->detail, ", by ");
    size_t n = by == NULL ? strlen(l->detail) : (size_t)(by - l->detail);
    *ret = ASH_TIME_NONE;
    int rc = ash_db_int(&r->c->db, ret, ASH_TIME_NONE, err,
                        "SELECT min(first) FROM losses WHERE reason = 'audit-on' AND first >= ? AND "
                        "substr(detail, 1, ?) = ?",
                        "iiv", l->first, (int64_t)n, (ash_view){l->detail, n});
    if (rc == 0 && *ret == ASH_TIME_NONE)
        *ret = end;
    return rc;
}

static int add_loss(ash_coverage *c, ash_reader *r, const loss *l, ash_error *err)
{
    int64_t last = l->last;
    int rc = 0;
    ash_cover *row;
    switch (l->reason) {
    case ASH_REASON_RATE_LIMIT:
    case ASH_REASON_BACKLOG: row = add_dropped(c, l); break;
    case ASH_REASON_AUDIT_OFF:
        rc = end_of_audit_off(r, l, c->last, &last, err);
        row = add_notice(c, ASH_COVER_GAP, l);
        break;
    default: row = add_notice(c, ASH_COVER_DEGRADED, l);
    }
    if (rc < 0)
        return rc;
    if (row == NULL || (row->input = strdup(l->input)) == NULL)
        return ash_cover_nomem(err);
    row->first = l->first;
    row->last = last < l->first ? l->first : last;
    row->count = l->count;
    row->offset = l->offset;
    row->input_id = l->input_id;
    return 0;
}

int ash_coverage_add_losses(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    /* Notices of Windows come again with every copy of its log. */
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT l.reason, l.first, l.last, l.count, l.offset, l.detail, i.name, i.id "
                          "FROM losses l JOIN inputs i ON i.id = l.input WHERE l.reason IN "
                          "('rate-limit', 'lost-messages') OR l.id = (SELECT min(o.id) FROM losses o "
                          "WHERE o.reason = l.reason AND o.first = l.first AND o.detail = l.detail) "
                          "ORDER BY l.id",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const loss l = {
            .reason = reason_by_name(ash_db_z(st, 0)),
            .first = sqlite3_column_int64(st, 1),
            .last = sqlite3_column_int64(st, 2),
            .count = sqlite3_column_int64(st, 3),
            .offset = sqlite3_column_int64(st, 4),
            .detail = ash_db_z(st, 5),
            .input = ash_db_z(st, 6),
            .input_id = sqlite3_column_int64(st, 7),
        };
        rc = add_loss(c, r, &l, err);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}
