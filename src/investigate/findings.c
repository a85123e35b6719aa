#include "investigate/findings.h"

#include <stdlib.h>

#include "base/i18n.h"

static ash_finding_row row_of(sqlite3_stmt *st)
{
    int k = 0;
    ash_finding_row row = {.id = sqlite3_column_int64(st, k++)};
    ash_finding *f = &row.f;
    f->kind = (uint8_t)sqlite3_column_int(st, k++);
    f->severity = (uint8_t)sqlite3_column_int(st, k++);
    f->flags = (uint8_t)sqlite3_column_int(st, k++);
    f->actor = (uint32_t)sqlite3_column_int64(st, k++);
    int64_t share = sqlite3_column_int64(st, k++);
    f->share = share < 0 ? UINT32_MAX : (uint32_t)share;
    f->first = sqlite3_column_int64(st, k++);
    f->at = sqlite3_column_int64(st, k++);
    f->last = sqlite3_column_int64(st, k++);
    f->window_s = (uint32_t)sqlite3_column_int64(st, k++);
    uint64_t *counts[] = {&f->listed,  &f->read,    &f->opened,  &f->denied,
                          &f->missing, &f->changed, &f->folders, &f->accounts};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = (uint64_t)sqlite3_column_int64(st, k++);
    f->value = sqlite3_column_double(st, k++);
    f->threshold = sqlite3_column_double(st, k++);
    row.track = sqlite3_column_int64(st, k++);
    return row;
}

int ash_findings_load(ash_findings *ret, ash_reader *r, const ash_filter *filter, ash_error *err)
{
    sqlite3_stmt *st;
    ash_findings list = {0};
    size_t cap = 0;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT id, kind, severity, flags, actor, share, first, at, last, "
                          "window_s, listed, read, opened, denied, missing, changed, folders, "
                          "accounts, value, threshold, coalesce((SELECT min(track) FROM "
                          "track_findings x WHERE x.finding = findings.id), 0) FROM findings "
                          "ORDER BY at, id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        ash_finding_row row = row_of(st);
        if (row.f.actor >= ash_actors_count(r->actors) || !ash_filter_actor(filter, r, row.f.actor) ||
            !ash_filter_span(filter, row.f.first, row.f.last))
            continue;
        if (list.n == cap) {
            cap = cap == 0 ? 32 : cap * 2;
            ash_finding_row *p = realloc(list.rows, cap * sizeof *p);
            if (p == NULL) {
                rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
                break;
            }
            list.rows = p;
        }
        list.rows[list.n++] = row;
    }
    sqlite3_finalize(st);
    if (rc < 0) {
        ash_findings_free(&list);
        return rc;
    }
    *ret = list;
    return 0;
}

void ash_findings_free(ash_findings *f)
{
    free(f->rows);
    *f = (ash_findings){0};
}

/* --- words ------------------------------------------------------------- */

static void add_span(const ash_finding *f, ash_zone *zone, ash_buf *out)
{
    char from[ASH_TIME_TEXT], to[ASH_TIME_TEXT];
    ash_time_text(from, f->first, zone, 0);
    ash_time_text(to, f->last, zone, 0);
    from[19] = to[19] = '\0';
    from[10] = ' ';
    if (memcmp(from, to, 10) == 0)
        ash_buf_addf(out, _(" (%s to %s)"), from, to + 11);
    else {
        to[10] = ' ';
        ash_buf_addf(out, _(" (%s to %s)"), from, to);
    }
}

#define U(x) ((unsigned long long)(x))

static void add_what(const ash_finding *f, ash_buf *out)
{
    switch (f->kind) {
    case ASH_FINDING_MASS_LISTING:
        ash_buf_addf(out, _("%llu folders listed in a burst"), U(f->listed));
        break;
    case ASH_FINDING_MASS_READ:
        if (f->flags & ASH_FINDING_OPENS)
            ash_buf_addf(out, _("%llu files opened for reading in a burst, in about %llu folders"),
                         U(f->opened), U(f->folders));
        else
            ash_buf_addf(out, _("%llu files read in a burst, in about %llu folders"), U(f->read),
                         U(f->folders));
        break;
    case ASH_FINDING_MASS_DENIED:
        ash_buf_addf(out, _("%llu names requested in a burst that were refused (%llu) or do not "
                            "exist (%llu)"),
                     U(f->denied + f->missing), U(f->denied), U(f->missing));
        break;
    case ASH_FINDING_MASS_CHANGE:
        ash_buf_addf(out, f->flags & ASH_FINDING_RENAMES
                              ? _("%llu files changed in a burst, most of them renamed: encryption "
                                  "looks like this")
                          : f->flags & ASH_FINDING_DELETES
                              ? _("%llu files changed in a burst, most of them deleted")
                              : _("%llu files changed in a burst"),
                     U(f->changed));
        break;
    case ASH_FINDING_SPRAY:
        ash_buf_addf(out, _("one client failed to log on with %llu different accounts (%llu "
                            "failures)"),
                     U(f->accounts), U(f->denied));
        break;
    case ASH_FINDING_GUESSING:
        ash_buf_addf(out, _("one client failed %llu times to log on with the same account"),
                     U(f->denied));
        break;
    case ASH_FINDING_LOG_CLEARED:
        ash_buf_add_z(out, _("the log was cleared: what it held before is only in copies"));
        break;
    case ASH_FINDING_AUDIT_OFF:
        ash_buf_add_z(out, _("auditing of files, shares or logons was switched off"));
        break;
    case ASH_FINDING_SHARE_CHANGE:
        ash_buf_addf(out, _("a share was made, changed or removed (%llu times)"), U(f->changed));
        break;
    default:
        break;
    }
}

void ash_finding_message(const ash_finding *f, ash_zone *zone, ash_buf *out)
{
    add_what(f, out);
    if (ASH_FINDING_IS_ADMIN(f->kind))
        return;
    add_span(f, zone, out);
    if (!ASH_FINDING_IS_LOGON(f->kind))
        ash_buf_addf(out, _("; %.0f within %u s, the threshold was %.0f"), f->value, f->window_s,
                     f->threshold);
    if (f->flags & ASH_FINDING_SUCCESS)
        ash_buf_add_z(out, _("; then a logon succeeded"));
    if (f->flags & ASH_FINDING_SERVICE)
        ash_buf_add_z(out, _("; a service account that met no refusal: looks like a backup or an "
                             "indexer, please confirm"));
}
