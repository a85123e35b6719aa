#include "investigate/decisions.h"

#include <stdlib.h>

#include "investigate/grow.h"

/* One decision being made. */
typedef struct making {
    ash_reader *r;
    ash_db *db;
    const ash_decide *d;
    ash_tracks tracks;
    ash_decided done;
    ash_error *err;
} making;

static int refuse(making *m, ash_code code, const char *fmt, const char *track)
{
    return ash_fail(m->err, code, "investigate", fmt, track);
}

/* --- the record -------------------------------------------------------- */

static int write_decision(making *m)
{
    int rc = ash_db_exec(m->db, m->err,
                         "INSERT INTO decisions(time, \"by\", action, track, why, filters) "
                         "VALUES(?, ?, ?, ?, ?, ?)",
                         "ississ", m->d->time, m->d->by, ash_action_name(m->d->action),
                         m->done.track, m->d->why, m->d->filter_text);
    m->done.decision = sqlite3_last_insert_rowid(m->db->handle);
    return rc;
}

static int write_parts(making *m, const char *change, int64_t track, const ash_part *p, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = ash_db_exec(m->db, m->err, "INSERT INTO decision_parts VALUES(?, ?, ?, ?, ?, ?)",
                         "isiiii", m->done.decision, change, track, (int64_t)p[i].actor, p[i].first,
                         p[i].last);
    return rc;
}

/* --- accept, reject ---------------------------------------------------- */

static int judge(making *m, const ash_track *t)
{
    const char *status = m->d->action == ASH_ACTION_ACCEPT ? "accepted" : "rejected";
    int rc = ash_db_exec(m->db, m->err, "UPDATE tracks SET status = ? WHERE id = ?", "si", status,
                         t->id);
    m->done.parts = t->n_parts;
    if (rc == 0)
        rc = write_decision(m);
    return rc == 0 ? write_parts(m, "kept", t->id, t->parts, t->n_parts) : rc;
}

/* --- split, drop ------------------------------------------------------- */

/* The parts of a track that are meant, and what the track keeps. */
static int part_track(making *m, const ash_track *t, ash_parts *meant, ash_parts *kept)
{
    const ash_filter *f = m->d->filter;
    int rc = 0;
    for (size_t i = 0; i < t->n_parts && rc == 0; i++) {
        if (ash_filter_actor(f, m->r, t->parts[i].actor))
            rc = ash_parts_add_clipped(meant, t->parts[i], f->since, f->until, m->err);
        if (rc == 0)
            rc = ash_parts_add(kept, t->parts[i], m->err);
    }
    if (rc == 0)
        rc = ash_parts_narrow(meant, m->r, m->err);
    if (rc == 0)
        rc = ash_parts_subtract(kept, meant->p, meant->n, m->err);
    return rc == 0 ? ash_parts_narrow(kept, m->r, m->err) : rc;
}

static int check_pieces(making *m, const ash_track *t, const ash_parts *meant, const ash_parts *kept)
{
    char name[24];
    ash_track_name(t->id, name);
    if (meant->n == 0)
        return refuse(m, ASH_E_NOTFOUND,
                      "nothing of %s is meant; `ashiato tracks` lists its parts, and --account, "
                      "--client, --server, --since and --until choose among them",
                      name);
    if (kept->n > 0)
        return 0;
    return m->d->action == ASH_ACTION_DROP
               ? refuse(m, ASH_E_STATE,
                        "nothing would be left of %s; `ashiato tracks reject` rejects it as a whole",
                        name)
               : refuse(m, ASH_E_STATE,
                        "nothing would be left of %s; accept or reject it as a whole, or name less "
                        "of it",
                        name);
}

static int move_findings(making *m, int64_t from, int64_t to)
{
    return ash_db_exec(m->db, m->err,
                       "UPDATE track_findings SET track = ?2 WHERE track = ?1 AND finding IN (SELECT "
                       "f.id FROM findings f JOIN track_parts p ON p.track = ?2 AND p.actor = f.actor "
                       "AND f.at BETWEEN p.first AND p.last)",
                       "ii", from, to);
}

static int make_track(making *m, const char *status, const char *confidence)
{
    int rc = ash_db_exec(m->db, m->err,
                         "INSERT INTO tracks(status, origin, confidence, reason) "
                         "VALUES(?, 'analyst', ?, '')",
                         "ss", status, confidence);
    m->done.track = sqlite3_last_insert_rowid(m->db->handle);
    return rc;
}

static int remember_dropped(making *m, const ash_parts *meant)
{
    int rc = 0;
    for (size_t i = 0; i < meant->n && rc == 0; i++)
        rc = ash_db_exec(m->db, m->err, "INSERT INTO dropped_parts VALUES(?, ?, ?, ?)", "iiii",
                         m->done.decision, (int64_t)meant->p[i].actor, meant->p[i].first,
                         meant->p[i].last);
    return rc;
}

static int take_off(making *m, const ash_track *t, const ash_parts *meant, const ash_parts *kept)
{
    bool split = m->d->action == ASH_ACTION_SPLIT;
    int rc = ash_track_store_parts(m->r->c, t->id, kept->p, kept->n, m->err);
    if (rc == 0)
        rc = ash_db_exec(m->db, m->err, "UPDATE tracks SET origin = 'analyst' WHERE id = ?", "i",
                         t->id);
    if (rc == 0 && split)
        rc = make_track(m, t->status, t->confidence);
    if (rc == 0 && split)
        rc = ash_track_store_parts(m->r->c, m->done.track, meant->p, meant->n, m->err);
    if (rc == 0 && split)
        rc = move_findings(m, t->id, m->done.track);
    int64_t made = m->done.track;
    m->done.track = t->id; /* the track that was named */
    if (rc == 0)
        rc = write_decision(m);
    if (rc == 0)
        rc = write_parts(m, "removed", t->id, meant->p, meant->n);
    m->done.track = made;
    if (rc == 0)
        rc = split ? write_parts(m, "added", made, meant->p, meant->n) : remember_dropped(m, meant);
    m->done.parts = meant->n;
    m->done.left = kept->n;
    return rc;
}

static int split_or_drop(making *m, const ash_track *t)
{
    ash_parts meant = {0}, kept = {0};
    int rc = part_track(m, t, &meant, &kept);
    if (rc == 0)
        rc = check_pieces(m, t, &meant, &kept);
    if (rc == 0)
        rc = take_off(m, t, &meant, &kept);
    ash_parts_free(&meant);
    ash_parts_free(&kept);
    return rc;
}

/* --- add --------------------------------------------------------------- */

/* The lives of the actors meant, from since to until. */
static int find_actors(making *m, ash_parts *meant)
{
    const ash_filter *f = m->d->filter;
    sqlite3_stmt *st;
    int rc = ash_db_query(m->db, &st, m->err,
                          "SELECT id, first_cs, last_cs FROM actors WHERE first_cs IS NOT NULL "
                          "ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while (rc == 0 && (rc = ash_db_step(m->db, st, m->err)) == 1) {
        const ash_part life = {.actor = (uint32_t)sqlite3_column_int64(st, 0),
                               .first = sqlite3_column_int64(st, 1) * ASH_CS_NS,
                               .last = sqlite3_column_int64(st, 2) * ASH_CS_NS + ASH_CS_NS - 1,
                               .reason = ASH_PART_ANALYST};
        rc = life.actor < ash_actors_count(m->r->actors) && ash_filter_actor(f, m->r, life.actor)
                 ? ash_parts_add_clipped(meant, life, f->since, f->until, m->err)
                 : 0;
    }
    sqlite3_finalize(st);
    return rc == 0 ? ash_parts_narrow(meant, m->r, m->err) : rc;
}

/* What of a track's parts lies in those meant, and what does not. */
static int divide(const ash_track *t, const ash_parts *meant, ash_parts *away, ash_parts *kept,
                  ash_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < t->n_parts && rc == 0; i++) {
        rc = ash_parts_add(kept, t->parts[i], err);
        if (rc == 0)
            rc = ash_parts_add(away, t->parts[i], err);
    }
    if (rc == 0)
        rc = ash_parts_subtract(kept, meant->p, meant->n, err);
    return rc == 0 ? ash_parts_subtract(away, kept->p, kept->n, err) : rc;
}

/* A track that has nothing left is gone; the record of its decisions stays. */
static int store_rest(making *m, const ash_track *t, const ash_parts *kept)
{
    if (kept->n > 0)
        return ash_track_store_parts(m->r->c, t->id, kept->p, kept->n, m->err);
    int rc = ash_db_exec(m->db, m->err, "DELETE FROM track_parts WHERE track = ?", "i", t->id);
    if (rc == 0)
        rc = ash_db_exec(m->db, m->err, "UPDATE OR REPLACE track_findings SET track = ? WHERE track = ?",
                         "ii", m->done.track, t->id);
    return rc == 0 ? ash_db_exec(m->db, m->err, "DELETE FROM tracks WHERE id = ?", "i", t->id) : rc;
}

static int take_from(making *m, const ash_track *t, const ash_parts *meant)
{
    ash_parts away = {0}, kept = {0};
    int rc = divide(t, meant, &away, &kept, m->err);
    if (rc == 0 && away.n > 0) {
        rc = ash_parts_narrow(&kept, m->r, m->err);
        if (rc == 0)
            rc = store_rest(m, t, &kept);
        if (rc == 0)
            rc = move_findings(m, t->id, m->done.track);
        if (rc == 0)
            rc = write_parts(m, "removed", t->id, away.p, away.n);
    }
    m->done.from_others += away.n;
    ash_parts_free(&away);
    ash_parts_free(&kept);
    return rc;
}

/* What is added is not dropped any more. */
static int take_from_dropped(making *m, const ash_parts *meant)
{
    ash_parts dropped = {0};
    sqlite3_stmt *st;
    int rc = ash_db_query(m->db, &st, m->err, "SELECT actor, first, last, decision FROM dropped_parts",
                          "");
    if (rc < 0)
        return rc;
    while (rc == 0 && (rc = ash_db_step(m->db, st, m->err)) == 1)
        rc = ash_parts_add(&dropped, (ash_part){.actor = (uint32_t)sqlite3_column_int64(st, 0),
                                                .first = sqlite3_column_int64(st, 1),
                                                .last = sqlite3_column_int64(st, 2),
                                                .reason = sqlite3_column_int(st, 3)},
                           m->err);
    sqlite3_finalize(st);
    if (rc == 0)
        rc = ash_parts_subtract(&dropped, meant->p, meant->n, m->err);
    if (rc == 0)
        rc = ash_db_run(m->db, "DELETE FROM dropped_parts", m->err);
    for (size_t i = 0; i < dropped.n && rc == 0; i++)
        rc = ash_db_exec(m->db, m->err, "INSERT INTO dropped_parts VALUES(?, ?, ?, ?)", "iiii",
                         (int64_t)dropped.p[i].reason, (int64_t)dropped.p[i].actor,
                         dropped.p[i].first, dropped.p[i].last);
    ash_parts_free(&dropped);
    return rc;
}

static int put_into_track(making *m, const ash_track *t, const ash_parts *meant)
{
    ash_parts all = {0};
    int rc = 0;
    for (size_t i = 0; t != NULL && i < t->n_parts && rc == 0; i++)
        rc = ash_parts_add(&all, t->parts[i], m->err);
    for (size_t i = 0; i < meant->n && rc == 0; i++)
        rc = ash_parts_add(&all, meant->p[i], m->err);
    if (rc == 0)
        rc = ash_track_store_parts(m->r->c, m->done.track, all.p, all.n, m->err);
    if (rc == 0)
        rc = ash_db_exec(m->db, m->err, "UPDATE tracks SET origin = 'analyst' WHERE id = ?", "i",
                         m->done.track);
    ash_parts_free(&all);
    return rc;
}

static int check_meant(making *m, const ash_track *t, ash_parts *meant)
{
    char name[24];
    if (meant->n == 0)
        return refuse(m, ASH_E_NOTFOUND, "%s",
                      "no account and client with an access or a logon is meant; `ashiato query "
                      "\"SELECT * FROM actors\"` lists them");
    if (t == NULL)
        return 0;
    int rc = ash_parts_subtract(meant, t->parts, t->n_parts, m->err);
    if (rc == 0)
        rc = ash_parts_narrow(meant, m->r, m->err);
    if (rc == 0 && meant->n == 0)
        rc = refuse(m, ASH_E_STATE, "%s has all of that already", ash_track_name(t->id, name));
    return rc;
}

static bool has_actor(const ash_parts *l, uint32_t actor)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->p[i].actor == actor)
            return true;
    return false;
}

/* What is meant becomes the beginning: what was found from there takes its place,
 * and where nothing was found it stays. */
static int grow(making *m, ash_parts *meant, int64_t *ret_left_out)
{
    ash_activity habits = {0};
    ash_grown g = {0};
    int rc = ash_activity_load(&habits, m->r, m->err);
    if (rc == 0)
        rc = ash_grow(&g, m->r, &habits, meant->p, meant->n, m->err);
    for (size_t i = 0; i < meant->n && rc == 0; i++)
        if (!has_actor(&g.parts, meant->p[i].actor))
            rc = ash_parts_add(&g.parts, meant->p[i], m->err);
    if (rc == 0)
        rc = ash_grown_store(&g, m->r->c, m->err);
    if (rc == 0) {
        ash_parts_free(meant);
        *meant = g.parts;
        *ret_left_out = g.left_out;
        g.parts = (ash_parts){0};
    }
    ash_grown_free(&g);
    ash_activity_free(&habits);
    return rc;
}

static int add(making *m, const ash_track *t)
{
    ash_parts meant = {0};
    int64_t left_out = 0;
    int rc = find_actors(m, &meant);
    if (rc == 0 && m->d->grow && meant.n > 0)
        rc = grow(m, &meant, &left_out);
    if (rc == 0)
        rc = check_meant(m, t, &meant);
    if (rc == 0 && t == NULL)
        rc = make_track(m, "accepted", "probable");
    if (rc == 0)
        rc = put_into_track(m, t, &meant);
    if (rc == 0 && left_out > 0)
        rc = ash_db_exec(m->db, m->err, "UPDATE tracks SET reason = ? WHERE id = ?", "ii", left_out,
                         m->done.track);
    if (rc == 0)
        rc = write_decision(m);
    for (size_t i = 0; i < m->tracks.n && rc == 0; i++)
        if (&m->tracks.rows[i] != t)
            rc = take_from(m, &m->tracks.rows[i], &meant);
    if (rc == 0)
        rc = take_from_dropped(m, &meant);
    if (rc == 0)
        rc = write_parts(m, "added", m->done.track, meant.p, meant.n);
    m->done.parts = meant.n;
    ash_parts_free(&meant);
    return rc;
}

/* --- all --------------------------------------------------------------- */

static int decide(making *m)
{
    char name[24];
    const ash_track *t = ash_tracks_find(&m->tracks, m->d->track);
    if (t == NULL && m->d->track != 0)
        return refuse(m, ASH_E_NOTFOUND, "there is no track %s; `ashiato tracks` lists them",
                      ash_track_name(m->d->track, name));
    switch (m->d->action) {
    case ASH_ACTION_ACCEPT:
    case ASH_ACTION_REJECT: return judge(m, t);
    case ASH_ACTION_SPLIT:
    case ASH_ACTION_DROP: return split_or_drop(m, t);
    case ASH_ACTION_ADD: break;
    }
    return add(m, t);
}

int ash_decide_on(ash_reader *r, const ash_decide *d, ash_decided *ret, ash_error *err)
{
    making m = {.r = r, .db = &r->c->db, .d = d, .done = {.track = d->track}, .err = err};
    int rc = ash_tracks_load(&m.tracks, r, err);
    if (rc == 0)
        rc = decide(&m);
    if (rc == 0)
        rc = ash_tracks_claim_findings(r->c, err);
    if (rc == 0)
        rc = ash_judged_sweep(r->c, err);
    ash_tracks_free(&m.tracks);
    if (rc == 0)
        *ret = m.done;
    return rc;
}
