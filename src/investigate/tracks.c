#include "investigate/tracks.h"

#include <stdio.h>
#include <stdlib.h>

#include "ashiato/finding.h"
#include "base/i18n.h"
#include "base/text.h"
#include "investigate/findings.h"

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
    default: return _("named by the analyst");
    }
}

/* Sessions are stored with their end rounded down, by up to a second. */
#define ROUNDING ASH_NS_PER_S

/* --- habits of accounts ------------------------------------------------ */

/* How long each actor was active, summed over its sessions, in hundredths. */
typedef struct activity {
    int64_t *active; /* by actor */
    uint32_t n;
} activity;

static int load_activity(activity *a, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    a->n = ash_actors_count(r->actors);
    a->active = calloc((size_t)a->n + 1, sizeof *a->active);
    if (a->active == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = ash_duck_query(r->duck,
                            "SELECT actor, sum(last_cs - first_cs + 100)::BIGINT FROM session_ "
                            "GROUP BY actor",
                            NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t actor = ash_rows_int(rows, 0);
        if (actor < a->n)
            a->active[actor] = ash_rows_int(rows, 1);
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

static bool same_text(ash_view a, ash_view b)
{
    return ash_view_eq(a, b);
}

/* Where no client is stated, only the account tells who it was. */
static bool same_client(ash_actor x, ash_actor y)
{
    return same_text(x.client, y.client) && (x.client.n > 0 || same_text(x.account, y.account));
}

/* Is this client the one the account is active from most? */
static bool is_usual_client(const ash_reader *r, const activity *a, uint32_t actor)
{
    ash_actor x = ash_actors_at(r->actors, actor);
    int64_t mine = 0, other_best = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        if (!same_text(x.account, y.account))
            continue;
        if (same_text(x.client, y.client))
            mine += a->active[i];
        else if (a->active[i] > other_best)
            other_best = a->active[i];
    }
    return mine >= other_best;
}

/* --- building ---------------------------------------------------------- */

typedef struct draft {
    ash_part *parts;
    size_t n, cap;
    int64_t *findings;
    size_t n_findings, cap_findings;
    bool merged; /* into another one */
} draft;

static int add_part(draft *d, ash_part p, ash_error *err)
{
    for (size_t i = 0; i < d->n; i++) {
        ash_part *q = &d->parts[i];
        if (q->actor != p.actor)
            continue;
        q->first = p.first < q->first ? p.first : q->first;
        q->last = p.last > q->last ? p.last : q->last;
        /* The wider reason explains the narrower one. */
        if (p.reason == ASH_PART_SPRAY || (p.reason == ASH_PART_FOREIGN && q->reason == ASH_PART_BURST))
            q->reason = p.reason;
        return 0;
    }
    if (d->n == d->cap) {
        size_t cap = d->cap == 0 ? 8 : d->cap * 2;
        ash_part *x = realloc(d->parts, cap * sizeof *x);
        if (x == NULL)
            return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
        d->parts = x;
        d->cap = cap;
    }
    d->parts[d->n++] = p;
    return 0;
}

static int add_finding(draft *d, int64_t id, ash_error *err)
{
    if (d->n_findings == d->cap_findings) {
        size_t cap = d->cap_findings == 0 ? 8 : d->cap_findings * 2;
        int64_t *x = realloc(d->findings, cap * sizeof *x);
        if (x == NULL)
            return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
        d->findings = x;
        d->cap_findings = cap;
    }
    d->findings[d->n_findings++] = id;
    return 0;
}

static void drafts_free(draft *d, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(d[i].parts);
        free(d[i].findings);
    }
    free(d);
}

/* First and last thing an actor did, in ns; false if nothing is stored of it. */
static int life_of(ash_reader *r, uint32_t actor, int64_t *ret_first, int64_t *ret_last,
                   int64_t *ret_accesses, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT first_cs, last_cs, accesses FROM actors WHERE id = ?", "i",
                          (int64_t)actor);
    if (rc < 0)
        return rc;
    rc = ash_db_step(&r->c->db, st, err);
    bool some = rc == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL;
    if (some) {
        *ret_first = sqlite3_column_int64(st, 0) * 10000000;
        *ret_last = sqlite3_column_int64(st, 1) * 10000000 + 9999999;
        *ret_accesses = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : some;
}

/* The session of an actor around a span of time. */
static int session_of(ash_reader *r, uint32_t actor, int64_t first, int64_t last, ash_part *ret,
                      ash_error *err)
{
    char sql[320];
    ash_rows *rows = NULL;
    snprintf(sql, sizeof sql,
             "SELECT min(first_cs), max(last_cs) FROM session_ WHERE actor = %u AND last_cs >= %lld "
             "AND first_cs <= %lld",
             actor, (long long)(first / 10000000), (long long)(last / 10000000));
    int rc = ash_duck_query(r->duck, sql, NULL, 0, &rows, err);
    if (rc == 0)
        rc = ash_rows_next(rows, err);
    *ret = (ash_part){.actor = actor, .first = first, .last = last, .reason = ASH_PART_BURST};
    if (rc == 1 && !ash_rows_null(rows, 0)) {
        ret->first = ash_rows_int(rows, 0) * 10000000;
        ret->last = ash_rows_int(rows, 1) * 10000000 + ROUNDING;
    }
    ash_rows_free(rows);
    return rc < 0 ? rc : 0;
}

/* Every actor with the burst's account and client, whatever workstation name
 * and server: all of its life, or only its sessions around the burst. From a
 * client that is not the account's usual one also other accounts that do not
 * usually come from there. */
static int add_burst(draft *d, ash_reader *r, const activity *a, const ash_finding *f,
                     ash_error *err)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    bool usual = is_usual_client(r, a, f->actor);
    int rc = 0;
    for (uint32_t i = 0; i < a->n && rc == 0; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        int64_t first, last, accesses;
        if (!same_client(x, y))
            continue;
        if (!same_text(x.account, y.account) && (usual || is_usual_client(r, a, i)))
            continue;
        rc = life_of(r, i, &first, &last, &accesses, err);
        if (rc <= 0)
            continue;
        ash_part p = {.actor = i, .first = first, .last = last, .reason = ASH_PART_FOREIGN};
        rc = 0;
        if (usual && (last < f->first || first > f->last))
            continue;
        if (usual)
            rc = session_of(r, i, f->first > first ? f->first : first, f->last, &p, err);
        if (rc == 0)
            rc = add_part(d, p, err);
    }
    return rc;
}

/* All that came from a client that tried many accounts. */
static int add_spray(draft *d, ash_reader *r, const activity *a, const ash_finding *f,
                     ash_error *err)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    int rc = 0;
    for (uint32_t i = 0; i < a->n && rc == 0; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        int64_t first, last, accesses;
        if (!same_client(x, y))
            continue;
        rc = life_of(r, i, &first, &last, &accesses, err);
        if (rc <= 0)
            continue;
        rc = 0;
        if (accesses > 0 || i == f->actor)
            rc = add_part(d, (ash_part){i, first, last, ASH_PART_SPRAY}, err);
        else if (last >= f->first && first <= f->last)
            rc = add_part(d, (ash_part){i, first, last, ASH_PART_SPRAYING}, err);
    }
    return rc;
}

/* One intruder: the same client, or the same account from clients that are not
 * its usual one. */
static bool belong_together(const ash_reader *r, const activity *a, const draft *x, const draft *y)
{
    for (size_t i = 0; i < x->n; i++) {
        for (size_t k = 0; k < y->n; k++) {
            const ash_part *p = &x->parts[i], *q = &y->parts[k];
            ash_actor u = ash_actors_at(r->actors, p->actor), v = ash_actors_at(r->actors, q->actor);
            if (p->reason == ASH_PART_SPRAYING || q->reason == ASH_PART_SPRAYING)
                continue;
            if (same_text(u.account, v.account) && same_text(u.client, v.client))
                return true;
            if (same_text(u.account, v.account) && !is_usual_client(r, a, p->actor) &&
                !is_usual_client(r, a, q->actor))
                return true;
        }
    }
    return false;
}

static int merge_drafts(ash_reader *r, const activity *a, draft *d, size_t n, ash_error *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (d[i].merged || d[k].merged || !belong_together(r, a, &d[i], &d[k]))
                continue;
            for (size_t x = 0; x < d[k].n; x++)
                if (add_part(&d[i], d[k].parts[x], err) < 0)
                    return ASH_E_NOMEM;
            for (size_t x = 0; x < d[k].n_findings; x++)
                if (add_finding(&d[i], d[k].findings[x], err) < 0)
                    return ASH_E_NOMEM;
            d[k].merged = true;
            k = i; /* what grew may now touch others */
        }
    }
    return 0;
}

/* --- storing ----------------------------------------------------------- */

static int store_draft(ash_reader *r, const draft *d, ash_error *err)
{
    int64_t first = INT64_MAX, last = INT64_MIN, id;
    for (size_t i = 0; i < d->n; i++) {
        first = d->parts[i].first < first ? d->parts[i].first : first;
        last = d->parts[i].last > last ? d->parts[i].last : last;
    }
    ash_db *db = &r->c->db;
    int rc = ash_db_exec(db, err,
                         "INSERT INTO tracks(status, confidence, reason, first, last) "
                         "VALUES('proposed', 'probable', '', ?, ?)",
                         "ii", first, last);
    id = sqlite3_last_insert_rowid(db->handle);
    for (size_t i = 0; i < d->n && rc == 0; i++) {
        char reason[8];
        snprintf(reason, sizeof reason, "%d", d->parts[i].reason);
        rc = ash_db_exec(db, err, "INSERT OR REPLACE INTO track_parts VALUES(?, ?, ?, ?, ?)",
                         "iiiis", id, (int64_t)d->parts[i].actor, d->parts[i].first,
                         d->parts[i].last, reason);
    }
    for (size_t i = 0; i < d->n_findings && rc == 0; i++)
        rc = ash_db_exec(db, err, "INSERT OR IGNORE INTO track_findings VALUES(?, ?)", "ii", id,
                         d->findings[i]);
    return rc;
}

static int compare_drafts(const void *a, const void *b)
{
    const draft *x = a, *y = b;
    int64_t fx = INT64_MAX, fy = INT64_MAX;
    for (size_t i = 0; i < x->n; i++)
        fx = x->parts[i].first < fx ? x->parts[i].first : fx;
    for (size_t i = 0; i < y->n; i++)
        fy = y->parts[i].first < fy ? y->parts[i].first : fy;
    return fx < fy ? -1 : fx > fy;
}

static int forget_proposed(ash_reader *r, ash_error *err)
{
    return ash_db_run(&r->c->db,
                      "DELETE FROM track_parts WHERE track IN (SELECT id FROM tracks WHERE status "
                      "= 'proposed'); DELETE FROM track_findings WHERE track IN (SELECT id FROM "
                      "tracks WHERE status = 'proposed'); DELETE FROM tracks WHERE status = "
                      "'proposed';",
                      err);
}

static int make_drafts(ash_reader *r, const activity *a, const ash_findings *findings, draft *drafts,
                       size_t *ret_n, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < findings->n && rc == 0; i++) {
        const ash_finding *f = &findings->rows[i].f;
        if (f->severity < ASH_SEVERITY_HIGH || findings->rows[i].track != 0 ||
            ASH_FINDING_IS_ADMIN(f->kind))
            continue; /* not serious, or an analyst has decided, or it touched no file */
        draft *d = &drafts[(*ret_n)++];
        rc = ASH_FINDING_IS_LOGON(f->kind) ? add_spray(d, r, a, f, err) : add_burst(d, r, a, f, err);
        if (rc == 0)
            rc = add_finding(d, findings->rows[i].id, err);
    }
    if (rc == 0)
        rc = merge_drafts(r, a, drafts, *ret_n, err);
    if (*ret_n > 1)
        qsort(drafts, *ret_n, sizeof *drafts, compare_drafts);
    for (size_t i = 0; i < *ret_n && rc == 0; i++)
        if (!drafts[i].merged && drafts[i].n > 0)
            rc = store_draft(r, &drafts[i], err);
    return rc;
}

int ash_tracks_propose(ash_reader *r, ash_error *err)
{
    ash_filter any = ash_filter_none();
    ash_findings findings = {0};
    activity a = {0};
    draft *drafts = NULL;
    size_t n = 0;
    int rc = ash_case_begin(r->c, err);
    if (rc < 0)
        return rc;
    rc = forget_proposed(r, err);
    if (rc == 0)
        rc = ash_findings_load(&findings, r, &any, err);
    if (rc == 0)
        rc = load_activity(&a, r, err);
    if (rc == 0 && (drafts = calloc(findings.n + 1, sizeof *drafts)) == NULL)
        rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc == 0)
        rc = make_drafts(r, &a, &findings, drafts, &n, err);
    if (rc == 0)
        rc = ash_case_commit(r->c, err);
    if (rc < 0)
        ash_case_rollback(r->c);
    if (rc == 0)
        rc = ash_reader_load_tracks(r, err);
    if (drafts != NULL)
        drafts_free(drafts, n);
    free(a.active);
    ash_findings_free(&findings);
    return rc;
}

/* --- loading ----------------------------------------------------------- */

static int load_parts(ash_track *t, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT actor, first, last, reason FROM track_parts WHERE track = ? "
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
            .reason = atoi((const char *)sqlite3_column_text(st, 3)),
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
                          "SELECT id, status, confidence, first, last FROM tracks ORDER BY first, id",
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
                         .first = sqlite3_column_int64(st, 3),
                         .last = sqlite3_column_int64(st, 4)};
        snprintf(t->status, sizeof t->status, "%s", (const char *)sqlite3_column_text(st, 1));
        snprintf(t->confidence, sizeof t->confidence, "%s",
                 (const char *)sqlite3_column_text(st, 2));
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
