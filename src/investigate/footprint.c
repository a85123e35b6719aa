#include "investigate/footprint.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "investigate/standing.h"

/* A logon so near to the beginning of a part is the beginning. */
#define LOGON_NEAR_CS 100
/* Who is seen first within so long of the logs' beginning may have come before it. */
#define LOGS_NEAR (7 * 86400 * ASH_NS_PER_S)

typedef struct finding_out {
    ash_reader *r;
    const ash_tracks *tracks;
    int64_t track;
    ash_footprint f;
    int64_t possible, confirmed; /* the first of these; INT64_MAX: none */
    ash_error *err;
} finding_out;

static bool is_meant(const finding_out *o, const ash_track *t)
{
    return o->track != 0 ? t->id == o->track : !ash_track_is(t, "rejected");
}

static void take(finding_out *o, int64_t time, uint32_t actor, int64_t track, int reason)
{
    ash_footprint *f = &o->f;
    if (f->known && time >= f->time)
        return;
    f->known = true;
    f->time = time;
    f->actor = actor;
    f->track = track;
    f->reason = reason;
}

static void take_standing(finding_out *o, int standing, int64_t time, uint32_t actor, int64_t track, int reason)
{
    if (standing == ASH_CONFIRMED && time < o->confirmed)
        o->confirmed = time;
    if (standing != ASH_POSSIBLE)
        take(o, time, actor, track, reason);
    else if (time < o->possible)
        o->possible = time;
}

static void look_at_parts(finding_out *o)
{
    for (size_t i = 0; i < o->tracks->n; i++) {
        const ash_track *t = &o->tracks->rows[i];
        if (!is_meant(o, t))
            continue;
        for (size_t k = 0; k < t->n_parts; k++) {
            const ash_part *p = &t->parts[k];
            if (!p->scored)
                take_standing(o, p->standing, p->first, p->actor, t->id, p->reason);
            o->f.last = p->last > o->f.last ? p->last : o->f.last;
        }
    }
}

/* Of scored parts the first judged access of each standing. */
static int look_at_judged(finding_out *o)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&o->r->c->db, &st, o->err,
                          "SELECT p.track, j.standing, min(j.first_cs), j.actor, CAST(p.reason AS INTEGER) FROM "
                          "judged_accesses j JOIN track_parts p ON p.scored <> 0 AND p.actor = j.actor AND "
                          "j.first_cs BETWEEN p.first / 10000000 AND p.last / 10000000 GROUP BY p.track, "
                          "j.standing ORDER BY 1, 2",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&o->r->c->db, st, o->err)) == 1) {
        const ash_track *t = ash_tracks_find(o->tracks, sqlite3_column_int64(st, 0));
        if (t != NULL && is_meant(o, t))
            take_standing(o, sqlite3_column_int(st, 1), sqlite3_column_int64(st, 2) * ASH_CS_NS,
                          (uint32_t)sqlite3_column_int64(st, 3), t->id, sqlite3_column_int(st, 4));
    }
    sqlite3_finalize(st);
    return rc;
}

/* --- logons ------------------------------------------------------------ */

static bool has_account(const ash_track *t, const ash_reader *r, uint32_t actor)
{
    for (size_t i = 0; i < t->n_parts; i++)
        if (ash_actors_principal(r->actors, t->parts[i].actor) == ash_actors_principal(r->actors, actor))
            return true;
    return false;
}

/* From a client that others work at as well a logon says nothing. */
static bool is_shared(const ash_track *t, const ash_reader *r, uint32_t actor, const int64_t *accesses)
{
    ash_actor x = ash_actors_at(r->actors, actor);
    for (uint32_t i = 0; i < ash_actors_count(r->actors); i++)
        if (accesses[i] > 0 && ash_view_eq(ash_actors_at(r->actors, i).client, x.client) &&
            !has_account(t, r, i))
            return true;
    return false;
}

static int load_accesses(int64_t **ret, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    uint32_t n = ash_actors_count(r->actors);
    int64_t *all = calloc((size_t)n + 1, sizeof *all);
    if (all == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = ash_db_query(&r->c->db, &st, err, "SELECT id, accesses FROM actors", "");
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);
        if (id >= 0 && id < n)
            all[id] = sqlite3_column_int64(st, 1);
        rc = 0;
    }
    sqlite3_finalize(st);
    if (rc < 0)
        free(all);
    else
        *ret = all;
    return rc;
}

/* Actors at the clients that are only the intruder's, as a list for SQL. */
static int list_actors(const finding_out *o, const ash_track *t, const int64_t *accesses, ash_buf *out)
{
    for (uint32_t i = 0; i < ash_actors_count(o->r->actors); i++) {
        ash_actor x = ash_actors_at(o->r->actors, i);
        bool wanted = false;
        for (size_t k = 0; k < t->n_parts && !wanted; k++) {
            const ash_part *p = &t->parts[k];
            wanted = !p->scored && p->reason != ASH_PART_BURST && p->reason != ASH_PART_ANALYST &&
                     x.client.n > 0 && ash_view_eq(x.client, ash_actors_at(o->r->actors, p->actor).client);
        }
        if (wanted && !is_shared(t, o->r, i, accesses))
            ash_buf_addf(out, "%s%u", out->n > 0 ? "," : "", i);
    }
    return out->failed ? ash_fail(o->err, ASH_E_NOMEM, "investigate", "out of memory") : 0;
}

static int look_at_logons(finding_out *o, const ash_track *t, const int64_t *accesses)
{
    ash_rows *rows = NULL;
    ash_buf actors, sql;
    ash_buf_init(&actors, 1u << 22);
    ash_buf_init(&sql, 1u << 22);
    int rc = list_actors(o, t, accesses, &actors);
    ash_buf_addf(&sql, "SELECT time_cs, actor FROM logon_ WHERE actor IN (%s) ORDER BY time_cs, actor LIMIT 1",
                 ash_buf_z(&actors));
    if (rc == 0 && actors.n > 0)
        rc = ash_duck_query(o->r->duck, ash_buf_z(&sql), NULL, 0, &rows, o->err);
    if (rc == 0 && rows != NULL && (rc = ash_rows_next(rows, o->err)) == 1) {
        int64_t at = ash_rows_int(rows, 0) * ASH_CS_NS;
        if (at < o->f.time - LOGON_NEAR_CS * ASH_CS_NS)
            take(o, at, (uint32_t)ash_rows_int(rows, 1), t->id, ASH_PART_FOREIGN);
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_free(&actors);
    ash_buf_free(&sql);
    return rc;
}

static int look_at_all_logons(finding_out *o)
{
    int64_t *accesses = NULL;
    if (!o->r->has_logons)
        return 0;
    int rc = load_accesses(&accesses, o->r, o->err);
    for (size_t i = 0; i < o->tracks->n && rc == 0; i++)
        if (is_meant(o, &o->tracks->rows[i]))
            rc = look_at_logons(o, &o->tracks->rows[i], accesses);
    free(accesses);
    return rc;
}

static int what_was_first(finding_out *o)
{
    char sql[200];
    ash_rows *rows = NULL;
    ash_footprint *f = &o->f;
    f->what = f->reason == ASH_PART_SPRAYING ? "failed-logon" : "access";
    if (f->reason == ASH_PART_SPRAYING)
        return 0;
    long long at = f->time / ASH_CS_NS;
    snprintf(sql, sizeof sql,
             "SELECT ok FROM logon_ WHERE actor = %u AND time_cs BETWEEN %lld AND %lld ORDER BY time_cs "
             "LIMIT 1",
             f->actor, at - LOGON_NEAR_CS, at + LOGON_NEAR_CS);
    int rc = ash_duck_query(o->r->duck, sql, NULL, 0, &rows, o->err);
    if (rc == 0)
        rc = ash_rows_next(rows, o->err);
    if (rc == 1)
        f->what = ash_rows_int(rows, 0) ? "logon" : "failed-logon";
    ash_rows_free(rows);
    return rc < 0 ? rc : 0;
}

/* --- all --------------------------------------------------------------- */

static void bound(finding_out *o, int64_t logs_begin)
{
    ash_footprint *f = &o->f;
    f->not_before = f->not_after = f->time;
    f->why |= strcmp(f->what, "access") == 0  ? ASH_FOOTPRINT_ACCESS
              : strcmp(f->what, "logon") == 0 ? ASH_FOOTPRINT_LOGON
                                              : ASH_FOOTPRINT_FAILED;
    if (f->reason == ASH_PART_ANALYST)
        f->why |= ASH_FOOTPRINT_NAMED;
    if (o->possible < f->time) {
        f->not_before = o->possible;
        f->why |= ASH_FOOTPRINT_POSSIBLE;
    }
    if (o->confirmed != INT64_MAX && o->confirmed > f->time) {
        f->not_after = o->confirmed;
        f->why |= ASH_FOOTPRINT_CONFIRMED;
    }
    if (logs_begin != ASH_TIME_NONE && f->time - logs_begin < LOGS_NEAR) {
        f->not_before = logs_begin < f->not_before ? logs_begin : f->not_before;
        f->why |= ASH_FOOTPRINT_LOGS;
    }
}

int ash_footprint_find(ash_footprint *ret, ash_reader *r, const ash_tracks *tracks, int64_t track,
                       int64_t logs_begin, ash_error *err)
{
    finding_out o = {.r = r,
                     .tracks = tracks,
                     .track = track,
                     .f = {.last = INT64_MIN},
                     .possible = INT64_MAX,
                     .confirmed = INT64_MAX,
                     .err = err};
    look_at_parts(&o);
    int rc = look_at_judged(&o);
    if (rc == 0 && !o.f.known && o.possible != INT64_MAX) /* nothing surer than that */
        for (size_t i = 0; i < tracks->n; i++)
            if (is_meant(&o, &tracks->rows[i]) && tracks->rows[i].n_parts > 0)
                take(&o, o.possible, tracks->rows[i].parts[0].actor, tracks->rows[i].id,
                     tracks->rows[i].parts[0].reason);
    if (rc == 0 && o.f.known)
        rc = look_at_all_logons(&o);
    if (rc == 0 && o.f.known)
        rc = what_was_first(&o);
    if (rc < 0)
        return rc;
    if (o.f.known)
        bound(&o, logs_begin);
    *ret = o.f;
    return 0;
}

const char *ash_footprint_reason(const ash_footprint *f, unsigned i)
{
    static const char *const texts[ASH_FOOTPRINT_WHYS] = {
        N_("It is the first access that is more likely the intruder's than the owner's."),
        N_("It is a logon of the intruder's client; the first access came later."),
        N_("It is a refused logon from the intruder's client."),
        N_("Accesses before it may be the intruder's as well."),
        N_("What is confirmed begins later."),
        N_("The logs begin so shortly before that it may have begun earlier."),
        N_("It was named by an analyst."),
    };
    return i < ASH_FOOTPRINT_WHYS && (f->why >> i & 1) ? _(texts[i]) : NULL;
}

int64_t ash_footprint_dwell(const ash_footprint *f, int64_t *ret_at_least, int64_t *ret_at_most)
{
    int64_t last = f->last < f->not_after ? f->not_after : f->last;
    if (ret_at_least != NULL)
        *ret_at_least = (last - f->not_after) / ASH_NS_PER_S;
    if (ret_at_most != NULL)
        *ret_at_most = (last - f->not_before) / ASH_NS_PER_S;
    return (last - f->time) / ASH_NS_PER_S;
}
