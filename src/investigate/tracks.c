#include "investigate/tracks.h"

#include <stdio.h>
#include <stdlib.h>

#include "ashiato/finding.h"
#include "base/i18n.h"
#include "base/text.h"
#include "investigate/errand.h"
#include "investigate/findings.h"
#include "investigate/grow.h"

/* Sessions are stored with their end rounded down, by up to a second. */
#define ROUNDING ASH_NS_PER_S

/* --- building ---------------------------------------------------------- */

typedef struct draft {
    ash_parts parts;
    ash_parts seeds; /* the findings' own actors and times */
    int64_t *findings; /* that belong to no track yet */
    size_t n_findings, cap_findings;
    int64_t left_out; /* accesses that were too many to be judged */
    bool errand; /* may be nothing but an owner's errand */
    bool merged; /* into another one, or dropped */
} draft;

/* The wider reason explains the narrower one. */
static int wider(int a, int b)
{
    return b == ASH_PART_SPRAY || (b == ASH_PART_FOREIGN && a == ASH_PART_BURST) ? b : a;
}

/* Spans of one actor that meet become one. */
static int add_part(draft *d, ash_part p, ash_error *err)
{
    ash_parts *l = &d->parts;
    for (size_t i = 0; i < l->n;) {
        const ash_part *q = &l->p[i];
        if (q->actor != p.actor || q->scored != p.scored || q->last < p.first || q->first > p.last) {
            i++;
            continue;
        }
        p.first = q->first < p.first ? q->first : p.first;
        p.last = q->last > p.last ? q->last : p.last;
        p.reason = wider(q->reason, p.reason);
        l->p[i] = l->p[--l->n];
        i = 0; /* what grew may now meet others */
    }
    return ash_parts_add(l, p, err);
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
        ash_parts_free(&d[i].parts);
        ash_parts_free(&d[i].seeds);
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

/* What lasts longer is no burst: the owner was there meanwhile, and its sessions are
 * the owner's as well. Nor is what detectors sum up over a day or more. */
#define BURST_MAX (12 * 3600 * ASH_NS_PER_S)
#define BURST_GAP (3600 * ASH_NS_PER_S)

static bool is_burst(const ash_finding *f)
{
    return f->last - f->first <= BURST_MAX && ash_finding_gap(f->kind) <= BURST_GAP;
}

/* A finding names one of the actors of its account and client; logons and accesses
 * are often two, and servers always. */
static int add_seeds(ash_parts *seeds, const ash_reader *r, const ash_finding *f, ash_error *err)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    int rc = 0;
    for (uint32_t i = 0; i < ash_actors_count(r->actors) && rc == 0; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        if (ash_view_eq(x.account, y.account) && ash_view_eq(x.client, y.client))
            rc = ash_parts_add(seeds, (ash_part){.actor = i, .first = f->first, .last = f->last}, err);
    }
    return rc;
}

/* Every actor with the burst's account and client, whatever workstation name
 * and server: all of its life, or only its sessions around the burst. From a
 * client that is not the account's usual one also other accounts at the same machine
 * that do not usually come from there. */
static int add_burst(draft *d, ash_reader *r, const ash_activity *a, const ash_finding *f,
                     ash_error *err)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    bool usual = ash_activity_usual(a, r, f->actor);
    int rc = 0;
    for (uint32_t i = 0; i < a->n && rc == 0; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        int64_t first, last, accesses;
        if (!ash_same_client(x, y))
            continue;
        if (!ash_view_eq(x.account, y.account) &&
            (usual || !ash_same_machine(x, y) || ash_activity_usual(a, r, i)))
            continue;
        rc = life_of(r, i, &first, &last, &accesses, err);
        if (rc <= 0)
            continue;
        ash_part p = {.actor = i, .first = first, .last = last, .reason = ASH_PART_FOREIGN};
        rc = 0;
        if (usual && (last < f->first || first > f->last))
            continue;
        if (usual && !is_burst(f))
            p = (ash_part){.actor = i,
                           .first = f->first > first ? f->first : first,
                           .last = f->last < last ? f->last : last,
                           .reason = ASH_PART_SCORED,
                           .scored = true};
        else if (usual)
            rc = session_of(r, i, f->first > first ? f->first : first, f->last, &p, err);
        if (rc == 0)
            rc = add_part(d, p, err);
    }
    if (rc == 0)
        rc = add_seeds(&d->seeds, r, f, err);
    return rc;
}

/* All that came from a client that tried many accounts. */
static int add_spray(draft *d, ash_reader *r, const ash_activity *a, const ash_finding *f,
                     ash_error *err)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    int rc = 0;
    for (uint32_t i = 0; i < a->n && rc == 0; i++) {
        ash_actor y = ash_actors_at(r->actors, i);
        int64_t first, last, accesses;
        if (!ash_same_client(x, y))
            continue;
        rc = life_of(r, i, &first, &last, &accesses, err);
        if (rc <= 0)
            continue;
        rc = 0;
        if (accesses > 0)
            rc = ash_parts_add(&d->seeds, (ash_part){.actor = i, .first = f->first, .last = f->last}, err);
        if (rc == 0 && (accesses > 0 || i == f->actor))
            rc = add_part(d, (ash_part){.actor = i, .first = first, .last = last, .reason = ASH_PART_SPRAY}, err);
        else if (last >= f->first && first <= f->last)
            rc = add_part(d, (ash_part){.actor = i, .first = first, .last = last, .reason = ASH_PART_SPRAYING}, err);
    }
    return rc;
}

/* One intruder: the same client, or the same account from clients that are not
 * its usual one. */
static bool belong_together(const ash_reader *r, const ash_activity *a, const draft *x, const draft *y)
{
    for (size_t i = 0; i < x->parts.n; i++) {
        for (size_t k = 0; k < y->parts.n; k++) {
            const ash_part *p = &x->parts.p[i], *q = &y->parts.p[k];
            ash_actor u = ash_actors_at(r->actors, p->actor), v = ash_actors_at(r->actors, q->actor);
            if (p->reason == ASH_PART_SPRAYING || q->reason == ASH_PART_SPRAYING)
                continue;
            if (ash_view_eq(u.account, v.account) && ash_view_eq(u.client, v.client))
                return true;
            if (ash_view_eq(u.account, v.account) && !ash_activity_usual(a, r, p->actor) &&
                !ash_activity_usual(a, r, q->actor))
                return true;
        }
    }
    return false;
}

static int merge_drafts(ash_reader *r, const ash_activity *a, draft *d, size_t n, ash_error *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            if (d[i].merged || d[k].merged || !belong_together(r, a, &d[i], &d[k]))
                continue;
            for (size_t x = 0; x < d[k].parts.n; x++)
                if (add_part(&d[i], d[k].parts.p[x], err) < 0)
                    return ASH_E_NOMEM;
            for (size_t x = 0; x < d[k].seeds.n; x++)
                if (ash_parts_add(&d[i].seeds, d[k].seeds.p[x], err) < 0)
                    return ASH_E_NOMEM;
            for (size_t x = 0; x < d[k].n_findings; x++)
                if (add_finding(&d[i], d[k].findings[x], err) < 0)
                    return ASH_E_NOMEM;
            d[i].errand = d[i].errand && d[k].errand;
            d[k].merged = true;
            k = i; /* what grew may now touch others */
        }
    }
    return 0;
}

/* --- growing ----------------------------------------------------------- */

static const ash_part *part_of_actor(const ash_parts *l, uint32_t actor)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->p[i].actor == actor)
            return &l->p[i];
    return NULL;
}

/* Parts to be judged one by one go, those that were found whole get what was found
 * of them. Where nothing at all was found, a finding's time is no more than possible. */
static int settle(draft *d, const ash_grown *g, ash_parts *ret, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < d->parts.n && rc == 0; i++) {
        ash_part p = d->parts.p[i];
        const ash_part *q = part_of_actor(&g->parts, p.actor);
        bool whole = q != NULL && !q->scored;
        if (p.scored && (q != NULL ? q->scored : g->parts.n > 0))
            continue;
        if (p.scored) {
            p.scored = false;
            p.standing = ASH_POSSIBLE;
            p.reason = ASH_PART_BURST;
        }
        if (whole) {
            p.standing = q->standing;
            p.reason = p.reason == ASH_PART_BURST && d->parts.p[i].scored ? q->reason : p.reason;
        }
        rc = ash_parts_add(ret, p, err);
    }
    return rc;
}

/* Findings of medium severity are no reason for a track, but tell when the
 * intruder was there. */
static int add_support(draft *d, const ash_reader *r, const ash_findings *findings, ash_error *err)
{
    size_t n = d->seeds.n;
    int rc = 0;
    for (size_t i = 0; i < findings->n && rc == 0; i++) {
        const ash_finding *f = &findings->rows[i].f;
        bool same = false;
        for (size_t k = 0; k < n && !same; k++)
            same = ash_actors_principal(r->actors, d->seeds.p[k].actor) ==
                   ash_actors_principal(r->actors, f->actor);
        if (same && f->severity == ASH_SEVERITY_MEDIUM && !ASH_FINDING_IS_ADMIN(f->kind))
            rc = add_seeds(&d->seeds, r, f, err);
    }
    return rc;
}

/* taken: what findings name, and what was grown before, stays in the other tracks. */
static int grow_draft(draft *d, const ash_parts *taken, ash_reader *r, const ash_activity *a,
                      const ash_findings *findings, ash_error *err)
{
    ash_grown g = {0};
    ash_parts settled = {0};
    int rc = add_support(d, r, findings, err);
    if (rc == 0)
        rc = ash_grow(&g, r, a, d->seeds.p, d->seeds.n, err);
    if (rc == 0)
        rc = settle(d, &g, &settled, err);
    if (rc == 0)
        rc = ash_parts_subtract(&g.parts, settled.p, settled.n, err);
    if (rc == 0)
        rc = ash_parts_subtract(&g.parts, taken->p, taken->n, err);
    for (size_t i = 0; i < g.parts.n && rc == 0; i++)
        rc = ash_parts_add(&settled, g.parts.p[i], err);
    if (rc == 0)
        rc = ash_grown_store(&g, r->c, err);
    ash_parts_free(&d->parts);
    d->parts = settled;
    d->left_out = g.left_out;
    ash_grown_free(&g);
    return rc;
}

static int grow_drafts(draft *d, size_t n, ash_reader *r, const ash_activity *a, const ash_findings *findings,
                       ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        ash_parts taken = {0};
        if (d[i].merged)
            continue;
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < d[j].parts.n && rc == 0 && j != i && !d[j].merged; k++)
                rc = ash_parts_add(&taken, d[j].parts.p[k], err);
        if (rc == 0)
            rc = grow_draft(&d[i], &taken, r, a, findings, err);
        ash_parts_free(&taken);
    }
    return rc;
}

/* --- what is decided --------------------------------------------------- */

/* What stays as it is, and what proposals therefore leave out. */
typedef struct decided {
    ash_tracks before; /* all tracks, as they were */
    ash_tracks kept;   /* those that stay */
    ash_parts taken;   /* by tracks that stay, or left out of them by an analyst */
    ash_parts refused; /* whole lives of actors an analyst did not want in a track */
} decided;

static void decided_free(decided *d)
{
    ash_tracks_free(&d->before);
    ash_tracks_free(&d->kept);
    ash_parts_free(&d->taken);
    ash_parts_free(&d->refused);
}

static int add_taken(decided *d, ash_part p, bool refused, ash_error *err)
{
    int rc = ash_parts_add(&d->taken, p, err);
    if (rc < 0 || !refused)
        return rc;
    p.first = 0;
    p.last = INT64_MAX - 1;
    return ash_parts_add(&d->refused, p, err);
}

static int load_dropped(decided *d, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err, "SELECT actor, first, last FROM dropped_parts", "");
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1)
        rc = add_taken(d, (ash_part){.actor = (uint32_t)sqlite3_column_int64(st, 0),
                                     .first = sqlite3_column_int64(st, 1),
                                     .last = sqlite3_column_int64(st, 2)},
                       true, err);
    sqlite3_finalize(st);
    return rc;
}

/* Forgets the proposals of the run before. */
static int load_decided(decided *d, ash_reader *r, ash_error *err)
{
    static const char forget[] =
        "DELETE FROM tracks WHERE status = 'proposed' AND origin = 'auto'; "
        "DELETE FROM track_parts WHERE track NOT IN (SELECT id FROM tracks); "
        "DELETE FROM track_findings WHERE track NOT IN (SELECT id FROM tracks);";
    int rc = ash_tracks_load(&d->before, r, err);
    if (rc == 0)
        rc = ash_db_run(&r->c->db, forget, err);
    if (rc == 0)
        rc = ash_tracks_load(&d->kept, r, err);
    for (size_t i = 0; i < d->kept.n && rc == 0; i++) {
        const ash_track *t = &d->kept.rows[i];
        for (size_t k = 0; k < t->n_parts && rc == 0; k++)
            rc = add_taken(d, t->parts[k], ash_track_is(t, "rejected"), err);
    }
    return rc == 0 ? load_dropped(d, r, err) : rc;
}

/* Leaves out of a draft what is decided. Where no finding is new, it can only be
 * about what came to a track since, and of that nobody who was refused. */
static int leave_out(draft *d, const decided *known, ash_reader *r, ash_error *err)
{
    int rc = ash_parts_subtract(&d->parts, known->taken.p, known->taken.n, err);
    if (rc == 0 && d->n_findings == 0)
        rc = ash_parts_subtract(&d->parts, known->refused.p, known->refused.n, err);
    return rc == 0 ? ash_parts_narrow(&d->parts, r, err) : rc;
}

static bool shares_part(const draft *d, const ash_track *t)
{
    for (size_t i = 0; i < d->parts.n; i++)
        for (size_t k = 0; k < t->n_parts; k++)
            if (d->parts.p[i].actor == t->parts[k].actor && d->parts.p[i].first <= t->parts[k].last &&
                d->parts.p[i].last >= t->parts[k].first)
                return true;
    return false;
}

/* The number of the proposal before that this one goes on with; 0: a new one. */
static int64_t number_of(const draft *d, decided *known)
{
    for (size_t i = 0; i < known->before.n; i++) {
        ash_track *t = &known->before.rows[i];
        if (t->id == 0 || ash_tracks_find(&known->kept, t->id) != NULL || !shares_part(d, t))
            continue;
        int64_t id = t->id;
        t->id = 0;
        return id;
    }
    return 0;
}

/* --- storing ----------------------------------------------------------- */

static int store_draft(ash_reader *r, const draft *d, int64_t id, ash_error *err)
{
    ash_db *db = &r->c->db;
    int rc = ash_db_exec(db, err,
                         "INSERT INTO tracks(id, status, origin, confidence, reason) "
                         "VALUES(nullif(?, 0), 'proposed', 'auto', 'probable', nullif(?, 0))",
                         "ii", id, d->left_out);
    if (id == 0)
        id = sqlite3_last_insert_rowid(db->handle);
    if (rc == 0)
        rc = ash_track_store_parts(r->c, id, d->parts.p, d->parts.n, err);
    for (size_t i = 0; i < d->n_findings && rc == 0; i++)
        rc = ash_db_exec(db, err, "INSERT OR IGNORE INTO track_findings VALUES(?, ?)", "ii", id,
                         d->findings[i]);
    return rc;
}

static int64_t beginning(const draft *d)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < d->parts.n; i++)
        first = d->parts.p[i].first < first ? d->parts.p[i].first : first;
    return first;
}

static int compare_drafts(const void *a, const void *b)
{
    int64_t x = beginning(a), y = beginning(b);
    return x < y ? -1 : x > y;
}

/* A program on the server itself (scanner, indexer), under the server's own account.
 * As with other service accounts, one refusal is enough to ask who it was. */
static bool is_server_itself(const ash_reader *r, const ash_finding *f)
{
    ash_actor x = ash_actors_at(r->actors, f->actor);
    return x.client.n == 0 && ash_view_ends(x.account, ASH_VIEW_LIT("$")) && f->denied == 0;
}

/* Not serious, or it touched no file, or an analyst has said that it is no
 * intrusion. */
static bool makes_no_track(const ash_reader *r, const ash_finding_row *row, const decided *known)
{
    const ash_track *t = ash_tracks_find(&known->kept, row->track);
    return is_server_itself(r, &row->f) || row->f.severity < ASH_SEVERITY_HIGH || ASH_FINDING_IS_ADMIN(row->f.kind) ||
           (t != NULL && ash_track_is(t, "rejected"));
}

static int make_drafts(ash_reader *r, const ash_activity *a, const ash_findings *findings,
                       decided *known, draft *drafts, size_t *ret_n, ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < findings->n && rc == 0; i++) {
        const ash_finding *f = &findings->rows[i].f;
        if (makes_no_track(r, &findings->rows[i], known))
            continue;
        draft *d = &drafts[(*ret_n)++];
        rc = ash_errand_like(r, a, f, err);
        if (rc < 0)
            break;
        d->errand = rc == 1;
        rc = ASH_FINDING_IS_LOGON(f->kind) ? add_spray(d, r, a, f, err) : add_burst(d, r, a, f, err);
        if (rc == 0 && findings->rows[i].track == 0)
            rc = add_finding(d, findings->rows[i].id, err);
    }
    if (rc == 0)
        rc = merge_drafts(r, a, drafts, *ret_n, err);
    for (size_t i = 0; i < *ret_n; i++)
        drafts[i].merged = drafts[i].merged || drafts[i].errand;
    if (rc == 0)
        rc = grow_drafts(drafts, *ret_n, r, a, findings, err);
    for (size_t i = 0; i < *ret_n && rc == 0; i++)
        if (!drafts[i].merged)
            rc = leave_out(&drafts[i], known, r, err);
    if (*ret_n > 1)
        qsort(drafts, *ret_n, sizeof *drafts, compare_drafts);
    for (size_t i = 0; i < *ret_n && rc == 0; i++)
        if (!drafts[i].merged && drafts[i].parts.n > 0)
            rc = store_draft(r, &drafts[i], number_of(&drafts[i], known), err);
    return rc;
}

int ash_tracks_propose(ash_reader *r, ash_error *err)
{
    ash_filter any = ash_filter_none();
    ash_findings findings = {0};
    ash_activity a = {0};
    decided known = {0};
    draft *drafts = NULL;
    size_t n = 0;
    int rc = ash_case_begin(r->c, err);
    if (rc < 0)
        return rc;
    rc = load_decided(&known, r, err);
    if (rc == 0)
        rc = ash_tracks_claim_findings(r->c, err);
    if (rc == 0)
        rc = ash_findings_load(&findings, r, &any, err);
    if (rc == 0)
        rc = ash_activity_load(&a, r, err);
    if (rc == 0 && (drafts = calloc(findings.n + 1, sizeof *drafts)) == NULL)
        rc = ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    if (rc == 0)
        rc = make_drafts(r, &a, &findings, &known, drafts, &n, err);
    if (rc == 0)
        rc = ash_judged_sweep(r->c, err);
    if (rc == 0)
        rc = ash_case_commit(r->c, err);
    if (rc < 0)
        ash_case_rollback(r->c);
    if (rc == 0)
        rc = ash_reader_load_tracks(r, err);
    if (drafts != NULL)
        drafts_free(drafts, n);
    ash_activity_free(&a);
    decided_free(&known);
    ash_findings_free(&findings);
    return rc;
}
