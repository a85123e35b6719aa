/* What record numbers tell: where records of a log are missing, and where it is
 * certain that none are. */
#include "base/i18n.h"
#include "investigate/coverage_internal.h"

/* Holes shown one by one; of more, the widest, and a sum. */
#define HOLES 5

/* A log of which less than this is there, in many pieces, was selected from. */
#define SELECTED 0.5

typedef struct log_part {
    int64_t server, epoch;
    int64_t first, last; /* numbers */
    int64_t from, to;    /* ns */
    int64_t holes, missing;
    bool exact;
} log_part;

static double share_there(const log_part *l)
{
    double all = (double)(l->last - l->first) + 1;
    return (all - (double)l->missing) / all;
}

static int add_sum(ash_coverage *c, ash_reader *r, const log_part *l, ash_error *err)
{
    bool selected = !l->exact || share_there(l) < SELECTED;
    ash_view server = ash_servers_at(r->actors, (uint32_t)l->server);
    ash_cover *row =
        selected
            ? ash_cover_add(c, ASH_COVER_DEGRADED, "selected-records", server,
                            _("%.1f%% of the log's record numbers are here, with %lld holes: a "
                              "selection of the log. What was left out cannot be told"),
                            100 * share_there(l), LL(l->holes))
            : ash_cover_add(c, ASH_COVER_DEGRADED, "record-gaps", server,
                            _("%lld records are missing in %lld places, by their numbers; the "
                              "%d widest are listed"),
                            LL(l->missing), LL(l->holes), HOLES);
    if (row == NULL)
        return ash_cover_nomem(err);
    row->first = l->from;
    row->last = l->to;
    row->count = l->missing;
    return 0;
}

static int add_holes(ash_coverage *c, ash_reader *r, const log_part *l, ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT * FROM (SELECT last + 1 AS a, lead(first) OVER w - 1 AS b, "
                          "last_ns, lead(first_ns) OVER w FROM numbers WHERE server = ? AND epoch = ? "
                          "WINDOW w AS (ORDER BY first)) WHERE b >= a ORDER BY b - a DESC LIMIT ?",
                          "iii", l->server, l->epoch, (int64_t)HOLES);
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t a = sqlite3_column_int64(st, 0), b = sqlite3_column_int64(st, 1);
        int64_t t = sqlite3_column_int64(st, 2), u = sqlite3_column_int64(st, 3);
        ash_view server = ash_servers_at(r->actors, (uint32_t)l->server);
        ash_cover *row = a == b ? ash_cover_add(c, ASH_COVER_GAP, "record-gap", server,
                                                _("record %lld of the log is not here"), LL(a))
                                : ash_cover_add(c, ASH_COVER_GAP, "record-gap", server,
                                                _("records %lld to %lld of the log are not here "
                                                  "(%lld): what happened meanwhile is not known"),
                                                LL(a), LL(b), LL(b - a + 1));
        if (row == NULL) {
            rc = ash_cover_nomem(err);
            break;
        }
        row->first = t < u ? t : u;
        row->last = t < u ? u : t;
        row->count = b - a + 1;
        rc = 0;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

int ash_coverage_add_numbers(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT server, epoch, min(first), max(last), min(first_ns), max(last_ns), "
                          "count(*) - 1, max(last) - min(first) + 1 - sum(last - first + 1), "
                          "min(exact) FROM numbers GROUP BY server, epoch HAVING count(*) > 1 "
                          "OR min(exact) = 0 ORDER BY server, epoch",
                          "");
    while (rc == 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        const log_part l = {
            .server = sqlite3_column_int64(st, 0),
            .epoch = sqlite3_column_int64(st, 1),
            .first = sqlite3_column_int64(st, 2),
            .last = sqlite3_column_int64(st, 3),
            .from = sqlite3_column_int64(st, 4),
            .to = sqlite3_column_int64(st, 5),
            .holes = sqlite3_column_int64(st, 6),
            .missing = sqlite3_column_int64(st, 7),
            .exact = sqlite3_column_int(st, 8) != 0,
        };
        bool many = l.holes > HOLES || !l.exact;
        rc = many ? add_sum(c, r, &l, err) : 0;
        if (rc == 0 && (!many || (l.exact && share_there(&l) >= SELECTED)))
            rc = add_holes(c, r, &l, err);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 0;
}

int ash_coverage_is_whole(ash_reader *r, int64_t server, int64_t from, int64_t to, bool *ret,
                          ash_error *err)
{
    int64_t n = 0;
    int rc = ash_db_int(&r->c->db, &n, 0, err,
                        "SELECT count(*) FROM numbers WHERE server = ? AND exact = 1 AND "
                        "first_ns <= ? AND last_ns >= ?",
                        "iii", server, from, to);
    *ret = n > 0;
    return rc;
}
