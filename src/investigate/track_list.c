/* The tracks of a case as they are stored, and their words. */
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/text.h"
#include "investigate/standing.h"
#include "investigate/tracks.h"

const char *ash_track_name(int64_t id, char buf[24])
{
    snprintf(buf, 24, "T%lld", (long long)id);
    return buf;
}

const char *ash_part_reason_text(int reason)
{
    switch (reason) {
    case ASH_PART_BURST: return _("the burst and the session around it, from the account's usual client");
    case ASH_PART_FOREIGN: return _("everything from this client: the account's usual client is another");
    case ASH_PART_SPRAY: return _("logged on from the client that tried many accounts");
    case ASH_PART_SPRAYING: return _("failed logons from the client that tried many accounts");
    case ASH_PART_SCORED: return _("the owner was at this client too: each access was judged by itself");
    case ASH_PART_LINKED: return _("the same account from another client, not its owner's; it may be another hand");
    case ASH_PART_TOOL_MARK: return _("another account from a machine of the same name");
    default: return _("named by the analyst");
    }
}

static int load_parts(ash_track *t, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT actor, first, last, reason, standing, scored FROM track_parts WHERE track = ? "
                          "ORDER BY first, actor",
                          "i", t->id);
    if (rc < 0)
        return rc;
    size_t cap = 0;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        if (t->n_parts == cap) {
            cap = cap == 0 ? 8 : cap * 2;
            ash_part *p = realloc(t->parts, cap * sizeof *p);
            if (p == NULL) {
                rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
                break;
            }
            t->parts = p;
        }
        t->parts[t->n_parts++] = (ash_part){
            .actor = (uint32_t)sqlite3_column_int64(st, 0),
            .first = sqlite3_column_int64(st, 1),
            .last = sqlite3_column_int64(st, 2),
            .reason = sqlite3_column_int(st, 3),
            .standing = (uint8_t)sqlite3_column_int(st, 4),
            .scored = sqlite3_column_int(st, 5) != 0,
        };
    }
    sqlite3_finalize(st);
    return rc;
}

int ash_tracks_load(ash_tracks *ret, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    ash_tracks list = {0};
    size_t cap = 0;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT id, status, origin, confidence, first, last, CAST(reason AS INTEGER) FROM tracks "
                          "ORDER BY first, id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        if (list.n == cap) {
            cap = cap == 0 ? 8 : cap * 2;
            ash_track *p = realloc(list.rows, cap * sizeof *p);
            if (p == NULL) {
                rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
                break;
            }
            list.rows = p;
        }
        ash_track *t = &list.rows[list.n++];
        *t = (ash_track){.id = sqlite3_column_int64(st, 0),
                         .first = sqlite3_column_int64(st, 4),
                         .last = sqlite3_column_int64(st, 5),
                         .left_out = sqlite3_column_int64(st, 6)};
        snprintf(t->status, sizeof t->status, "%s", ash_db_z(st, 1));
        snprintf(t->origin, sizeof t->origin, "%s", ash_db_z(st, 2));
        snprintf(t->confidence, sizeof t->confidence, "%s",
                 ash_db_z(st, 3));
    }
    sqlite3_finalize(st);
    for (size_t i = 0; i < list.n && rc == 0; i++)
        rc = load_parts(&list.rows[i], r, err);
    if (rc < 0) {
        ash_tracks_free(&list);
        return rc;
    }
    *ret = list;
    return 0;
}

void ash_tracks_free(ash_tracks *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->rows[i].parts);
    free(t->rows);
    *t = (ash_tracks){0};
}

ash_track *ash_tracks_find(const ash_tracks *t, int64_t id)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].id == id)
            return &t->rows[i];
    return NULL;
}

int ash_track_store_parts(ash_case *c, int64_t id, const ash_part *parts, size_t n, ash_error *err)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    int rc = ash_db_exec(&c->db, err, "DELETE FROM track_parts WHERE track = ?", "i", id);
    for (size_t i = 0; i < n && rc == 0; i++) {
        char reason[8];
        snprintf(reason, sizeof reason, "%d", parts[i].reason);
        first = parts[i].first < first ? parts[i].first : first;
        last = parts[i].last > last ? parts[i].last : last;
        rc = ash_db_exec(&c->db, err, "INSERT OR REPLACE INTO track_parts VALUES(?, ?, ?, ?, ?, ?, ?)",
                         "iiiisii", id, (int64_t)parts[i].actor, parts[i].first, parts[i].last, reason,
                         (int64_t)(parts[i].standing == 0 ? ASH_PROBABLE : parts[i].standing),
                         (int64_t)parts[i].scored);
    }
    return rc == 0 ? ash_db_exec(&c->db, err, "UPDATE tracks SET first = ?, last = ? WHERE id = ?",
                                 "iii", first, last, id)
                   : rc;
}

int ash_tracks_claim_findings(ash_case *c, ash_error *err)
{
    return ash_db_run(&c->db,
                      "INSERT INTO track_findings SELECT min(p.track), f.id FROM findings f JOIN "
                      "track_parts p ON p.actor = f.actor AND f.at BETWEEN p.first AND p.last JOIN "
                      "tracks t ON t.id = p.track WHERE NOT (t.status = 'proposed' AND t.origin = "
                      "'auto') AND NOT EXISTS (SELECT 1 FROM track_findings x WHERE x.finding = f.id) "
                      "GROUP BY f.id",
                      err);
}

void ash_track_reason(const ash_track *t, const ash_reader *r, ash_buf *out)
{
    ash_buf piece;
    ash_buf_init(&piece, 1u << 12);
    for (size_t i = 0; i < t->n_parts; i++) {
        const ash_part *p = &t->parts[i];
        char account[128], client[128];
        if (p->reason == ASH_PART_SPRAYING)
            continue;
        ash_actor a = ash_actors_at(r->actors, p->actor);
        ash_text_escape(account, sizeof account, a.account);
        ash_text_escape(client, sizeof client, a.client);
        ash_buf_clear(&piece);
        ash_buf_addf(&piece, _("%s at %s: %s"), account, client, ash_part_reason_text(p->reason));
        /* Two actors that differ in the workstation's name only read the same. */
        if (strstr(ash_buf_z(out), ash_buf_z(&piece)) == NULL)
            ash_buf_addf(out, "%s%s", out->n > 0 ? _("; ") : "", ash_buf_z(&piece));
    }
    ash_buf_free(&piece);
}
