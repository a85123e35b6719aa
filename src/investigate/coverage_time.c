/* Which times the records cover. Nights and weekends look like lost records;
 * what tells them apart is the server's own habit. Every hour of the week has a
 * share of weeks in which it had records. A silence is remarked when hours lie
 * in it that nearly always have some; the others are summed up in one row, for
 * whether records are missing there cannot be told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "investigate/coverage_internal.h"
#include "investigate/duration.h"

#define HOUR_NS (INT64_C(3600) * ASH_NS_PER_S)
#define WEEK_HOURS 168
#define DAY_HOURS 24

/* Weeks an hour of the week must have been there before it counts as known.
 * Shorter logs are judged by the hour of the day, learned from days that have
 * records in so many hours at least. */
#define WEEKS_MIN 3
#define DAYS_MIN 5
#define ACTIVE_HOURS 6

/* A silence is unusual when one of its hours nearly always has records, and all
 * of them together have none once in so many times or less. Both, because
 * hours in a row are not independent: who leaves early is gone for all of them. */
#define NEARLY_ALWAYS 0.85
#define UNUSUAL_ODDS 20.0

/* Of the mean hour: fewer records than this make no habit. */
#define STRAY 0.05

/* A long pause within a busy hour is remarked where such hours are rare. */
#define BUSY_RECORDS 2000
#define LONG_PAUSE (10 * 60 * ASH_NS_PER_S)
#define RARE 50 /* one in so many busy hours */

typedef struct hour {
    int64_t hour; /* since 1970 UTC */
    int64_t first, last, records, pause;
} hour;

typedef struct server_hours {
    int64_t server;
    hour *at;
    size_t n, cap;
    int64_t least; /* records of an hour that is more than a stray service */
} server_hours;

/* How often hours of the week, and of the day, had records, and of how many. */
typedef struct habit {
    uint32_t week_with[WEEK_HOURS], week_all[WEEK_HOURS];
    uint32_t day_with[DAY_HOURS], days;
} habit;

static unsigned hour_of_week(ash_zone *z, int64_t h)
{
    int64_t local = h + ash_zone_offset(z, h * 3600) / 3600;
    return (unsigned)((local % WEEK_HOURS + WEEK_HOURS) % WEEK_HOURS);
}

static void learn_week(habit *b, const server_hours *s, ash_zone *z)
{
    size_t i = 0;
    for (int64_t h = s->at[0].hour; h <= s->at[s->n - 1].hour; h++) {
        unsigned w = hour_of_week(z, h);
        b->week_all[w]++;
        if (s->at[i].hour == h)
            b->week_with[w] += s->at[i++].records >= s->least;
    }
}

static int64_t midnight_before(ash_zone *z, int64_t h)
{
    return h - hour_of_week(z, h) % DAY_HOURS;
}

/* Hours that make a habit, among those from s->at[i] on that lie before `end`;
 * *ret_next is the first one that does not. */
static unsigned busy_hours(const server_hours *s, size_t i, int64_t end, size_t *ret_next)
{
    unsigned n = 0;
    for (; i < s->n && s->at[i].hour < end; i++)
        n += s->at[i].records >= s->least;
    *ret_next = i;
    return n;
}

static void learn_day(habit *b, const server_hours *s, ash_zone *z)
{
    for (size_t i = 0, next; i < s->n; i = next) {
        int64_t end = midnight_before(z, s->at[i].hour) + DAY_HOURS;
        if (busy_hours(s, i, end, &next) < ACTIVE_HOURS)
            continue;
        b->days++;
        for (size_t k = i; k < next; k++)
            b->day_with[hour_of_week(z, s->at[k].hour) % DAY_HOURS] += s->at[k].records >= s->least;
    }
}

/* Was the day of the silence behind s->at[i] one of work, as far as it shows? */
static bool is_active_day(const server_hours *s, size_t i, ash_zone *z)
{
    size_t next;
    int64_t day = midnight_before(z, s->at[i].hour + 1);
    while (i > 0 && s->at[i - 1].hour >= day)
        i--;
    return busy_hours(s, i, day + DAY_HOURS, &next) >= ACTIVE_HOURS;
}

/* Share of other such hours that had records; below 0: not known. */
static double share_with(const habit *b, unsigned w)
{
    /* The hour asked about is one of those without; half of one is added to
     * either side, so that nothing is ever certain. */
    if (b->week_all[w] > WEEKS_MIN)
        return (b->week_with[w] + 0.5) / b->week_all[w];
    if (b->days > DAYS_MIN)
        return (b->day_with[w % DAY_HOURS] + 0.5) / (b->days + 1);
    return -1;
}

typedef enum verdict { USUAL, UNUSUAL, NOT_KNOWN } verdict;

/* The silence between s->at[i] and the next hour. */
static verdict judge(const habit *b, const server_hours *s, size_t i, ash_zone *z)
{
    double odds = 1, most = -1;
    bool weeks = true;
    int64_t from = s->at[i].hour, to = s->at[i + 1].hour;
    for (int64_t h = from + 1; h < to; h++) {
        unsigned w = hour_of_week(z, h);
        double share = share_with(b, w);
        weeks = weeks && b->week_all[w] > WEEKS_MIN;
        most = share > most ? share : most;
        if (share > 0 && odds < UNUSUAL_ODDS)
            odds /= 1 - share;
    }
    /* Hours of the day do not tell which days are free of work. */
    if (most < 0 || (!weeks && to - from > DAY_HOURS / 2))
        return NOT_KNOWN;
    return most >= NEARLY_ALWAYS && odds >= UNUSUAL_ODDS && (weeks || is_active_day(s, i, z))
               ? UNUSUAL
               : USUAL;
}

/* --- rows -------------------------------------------------------------- */

static int add_row(ash_cover *row, int64_t first, int64_t last, int64_t count, ash_error *err)
{
    if (row == NULL)
        return ash_cover_nomem(err);
    row->first = first;
    row->last = last;
    row->count = count;
    return 0;
}

static int add_silence(ash_coverage *c, ash_view server, verdict v, int64_t from, int64_t to,
                       ash_error *err)
{
    char text[ASH_DURATION_TEXT];
    ash_cover *row =
        v == UNUSUAL
            ? ash_cover_add(c, ASH_COVER_UNKNOWN, "silence", server,
                            _("no record for %s, at a time when this server nearly always has some: "
                              "nobody worked, or records are missing"),
                            ash_duration_text(text, to - from))
            : ash_cover_add(c, ASH_COVER_UNKNOWN, "silence", server,
                            _("no record for %s: nobody worked, or records are missing"),
                            ash_duration_text(text, to - from));
    return add_row(row, from, to, -1, err);
}

static int add_proven(ash_coverage *c, ash_view server, int64_t from, int64_t to, ash_error *err)
{
    char text[ASH_DURATION_TEXT];
    return add_row(ash_cover_add(c, ASH_COVER_OBSERVED, "no-activity", server,
                                 _("no access for %s; the numbers of the log's records have no hole, so "
                                   "none is missing"),
                                 ash_duration_text(text, to - from)),
                   from, to, -1, err);
}

static int add_pauses(ash_coverage *c, ash_view server, const server_hours *s, ash_error *err)
{
    size_t busy = 0, paused = 0;
    char text[ASH_DURATION_TEXT];
    int rc = 0;
    for (size_t i = 0; i < s->n; i++) {
        busy += s->at[i].records >= BUSY_RECORDS;
        paused += s->at[i].records >= BUSY_RECORDS && s->at[i].pause >= LONG_PAUSE;
    }
    if (paused * RARE > busy)
        return 0;
    for (size_t i = 0; i < s->n && rc == 0; i++) {
        const hour *h = &s->at[i];
        if (h->records >= BUSY_RECORDS && h->pause >= LONG_PAUSE)
            rc = add_row(ash_cover_add(c, ASH_COVER_UNKNOWN, "pause", server,
                                       _("an hour with %lld records has a pause of %s"),
                                       LL(h->records), ash_duration_text(text, h->pause)),
                         h->first, h->last, -1, err);
    }
    return rc;
}

typedef struct quiet {
    int64_t n, ns;
} quiet;

static int add_quiet(ash_coverage *c, ash_view server, const server_hours *s, quiet q, ash_error *err)
{
    char text[ASH_DURATION_TEXT];
    if (q.n == 0)
        return 0;
    return add_row(ash_cover_add(c, ASH_COVER_OBSERVED, "quiet", server,
                                 _("%lld silences, together %s, at times when this server is often "
                                   "quiet (nights, weekends): whether records are missing there "
                                   "cannot be told"),
                                 LL(q.n), ash_duration_text(text, q.ns)),
                   s->at[0].first, s->at[s->n - 1].last, q.n, err);
}

static int64_t least_of(const server_hours *s)
{
    double total = 0;
    for (size_t i = 0; i < s->n; i++)
        total += (double)s->at[i].records;
    return (int64_t)(total / (double)s->n * STRAY);
}

static int add_server(ash_coverage *c, ash_reader *r, server_hours *s, ash_error *err)
{
    ash_zone zone = r->c->zone;
    ash_view server = ash_servers_at(r->actors, (uint32_t)s->server);
    quiet q = {0};
    habit b = {0};
    int rc = 0;
    s->least = least_of(s);
    learn_week(&b, s, &zone);
    learn_day(&b, s, &zone);
    hour span = s->at[0];
    for (size_t i = 1; i <= s->n && rc == 0; i++) {
        const hour *h = i < s->n ? &s->at[i] : NULL;
        bool silent = h != NULL && h->hour > s->at[i - 1].hour + 1;
        verdict v = silent ? judge(&b, s, i - 1, &zone) : USUAL;
        if (silent && v == USUAL) {
            q.n++;
            q.ns += h->first - span.last;
        }
        if (h != NULL && v == USUAL) {
            span.last = h->last > span.last ? h->last : span.last;
            span.records += h->records;
            continue;
        }
        rc = add_row(ash_cover_add(c, ASH_COVER_OBSERVED, "records", server, _("%lld records"),
                                   LL(span.records)),
                     span.first, span.last, span.records, err);
        bool whole = false;
        if (rc == 0 && h != NULL)
            rc = ash_coverage_is_whole(r, s->server, span.last, h->first, &whole, err);
        if (rc == 0 && h != NULL && whole)
            rc = add_proven(c, server, span.last, h->first, err);
        else if (rc == 0 && h != NULL)
            rc = add_silence(c, server, v, span.last, h->first, err);
        if (h != NULL)
            span = *h;
    }
    if (rc == 0)
        rc = add_quiet(c, server, s, q, err);
    return rc == 0 ? add_pauses(c, server, s, err) : rc;
}

/* --- reading ----------------------------------------------------------- */

static bool add_hour(server_hours *s, const hour *h)
{
    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 256 : s->cap * 2;
        hour *p = realloc(s->at, cap * sizeof *p);
        if (p == NULL)
            return false;
        s->at = p;
        s->cap = cap;
    }
    s->at[s->n++] = *h;
    return true;
}

int ash_coverage_add_times(ash_coverage *c, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    server_hours s = {.server = -1};
    int rc = ash_db_query(&r->c->db, &st, err,
                          "SELECT server, hour, records, first, last, quiet FROM hours "
                          "WHERE records > 0 ORDER BY server, hour",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t server = sqlite3_column_int64(st, 0);
        hour h = {.hour = sqlite3_column_int64(st, 1),
                  .records = sqlite3_column_int64(st, 2),
                  .first = sqlite3_column_int64(st, 3),
                  .last = sqlite3_column_int64(st, 4),
                  .pause = sqlite3_column_int64(st, 5)};
        c->first = c->first == ASH_TIME_NONE || h.first < c->first ? h.first : c->first;
        c->last = c->last == ASH_TIME_NONE || h.last > c->last ? h.last : c->last;
        if (server != s.server) {
            rc = s.n > 0 ? add_server(c, r, &s, err) : 0;
            s.server = server;
            s.n = 0;
        }
        if (rc >= 0 && !add_hour(&s, &h))
            rc = ash_cover_nomem(err);
    }
    sqlite3_finalize(st);
    if (rc >= 0 && s.n > 0)
        rc = add_server(c, r, &s, err);
    free(s.at);
    return rc < 0 ? rc : 0;
}
