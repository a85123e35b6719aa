/* When: hours, habits, the course of the track. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/time.h"
#include "investigate/duration.h"
#include "investigate/heatmap.h"
#include "investigate/observe.h"

#define WEEK_HOURS 168
#define DAY_HOURS 24

/* Different days an account must be known from before its hours are a habit. */
#define DAYS_KNOWN 10

/* Accesses in an hour that are worth the question whether there were as many
 * before, and on how many days that makes a habit. */
#define PEAK_MIN 50
#define HABIT_DAYS 3

#define SCHEDULE_DAYS 5
#define SCHEDULE_MAX 4096 /* days looked at */
#define SCHEDULE_MINUTES 15

#define DAY_NS (INT64_C(86400) * ASH_NS_PER_S)
#define QUIET_DAYS 3

/* --- hours of the week --------------------------------------------------- */

typedef struct calendar {
    bool used[WEEK_HOURS];
    int64_t day, days;
    int64_t inside, outside;
    int64_t quarters[ASH_EXAMPLES_MAX]; /* first ones outside */
    size_t n_quarters;
} calendar;

static unsigned hour_of_week(int64_t hour)
{
    int64_t day = (hour - (((hour % DAY_HOURS) + DAY_HOURS) % DAY_HOURS)) / DAY_HOURS;
    return ash_weekday(day) * DAY_HOURS + (unsigned)(hour - day * DAY_HOURS);
}

static void learn(void *user, int64_t quarter, int64_t hour, int64_t n)
{
    calendar *c = user;
    int64_t day = hour / DAY_HOURS;
    (void)quarter;
    (void)n;
    c->used[hour_of_week(hour)] = true;
    c->days += day != c->day || c->days == 0;
    c->day = day;
}

/* An hour next to one that is used is no sign of anything. */
static void judge(void *user, int64_t quarter, int64_t hour, int64_t n)
{
    calendar *c = user;
    unsigned h = hour_of_week(hour);
    if (c->used[h] || c->used[(h + 1) % WEEK_HOURS] || c->used[(h + WEEK_HOURS - 1) % WEEK_HOURS]) {
        c->inside += n;
        return;
    }
    c->outside += n;
    if (c->n_quarters < ASH_EXAMPLES_MAX)
        c->quarters[c->n_quarters++] = quarter;
}

static int name_quarters(ash_observer *o, const calendar *c)
{
    ash_buf list;
    ash_buf_init(&list, 256);
    for (size_t i = 0; i < c->n_quarters; i++)
        ash_buf_addf(&list, "%s%lld", i > 0 ? "," : "", LL(c->quarters[i]));
    int rc = ash_observed_examples(o, ASH_OBSERVED_HOURS_OTHER, "story WHERE %s AND first_cs // %lld IN (%s)", o->which,
                                   LL(ASH_QUARTER_CS), ash_buf_z(&list));
    ash_buf_free(&list);
    o->out->at[ASH_OBSERVATION_HOURS].examples.count = c->outside;
    return rc;
}

static int observe_hours(ash_observer *o)
{
    calendar c = {0};
    ash_buf rows;
    ash_buf_init(&rows, 1024);
    ash_buf_addf(&rows, "SELECT quarter, n FROM rest WHERE " ASH_SQL_ACCOUNTS, o->which);
    int rc = ash_quarters_each(o->s->r, ash_buf_z(&rows), learn, &c, o->err);
    ash_buf_clear(&rows);
    ash_buf_addf(&rows, "SELECT first_cs // %lld AS quarter, 1 AS n FROM story WHERE %s", LL(ASH_QUARTER_CS), o->which);
    if (rc == 0 && c.days >= DAYS_KNOWN)
        rc = ash_quarters_each(o->s->r, ash_buf_z(&rows), judge, &c, o->err);
    ash_buf_free(&rows);
    if (rc < 0 || c.inside + c.outside == 0)
        return rc;
    if (c.outside >= c.inside) {
        rc = ash_observed_set(o, ASH_OBSERVED_HOURS_OTHER,
                              _("%lld of its %lld accesses lie in hours of the week in which the account is not used "
                                "otherwise (known from %lld days)"), LL(c.outside), LL(c.outside + c.inside), LL(c.days));
        return rc < 0 ? rc : name_quarters(o, &c);
    }
    if (4 * c.outside <= c.inside)
        return ash_observed_set(o, ASH_OBSERVED_HOURS_USUAL,
                                _("%lld of its %lld accesses lie in hours of the week in which the account is used "
                                  "otherwise too (known from %lld days)"), LL(c.inside), LL(c.outside + c.inside),
                                LL(c.days));
    return 0;
}

/* --- the same before ------------------------------------------------------ */

/* Hours of the accounts' other records with half as many accesses as the track's
 * busiest; how many days have one, and have one at the same time of day. */
static int observe_habit(ash_observer *o)
{
    int64_t peak[2], n[3];
    int rc = ash_observe_numbers(o, peak, 2,
                                 "SELECT max(n), arg_max(h, n) FROM (SELECT first_cs // 360000 AS h, count(*) AS n FROM "
                                 "story WHERE %s GROUP BY h)",
                                 o->which);
    if (rc < 0 || peak[0] < PEAK_MIN)
        return rc;
    rc = ash_observe_numbers(
        o, n, 3,
        "WITH hours AS (SELECT quarter // 4 AS h, sum(n)::BIGINT AS n FROM rest WHERE " ASH_SQL_ACCOUNTS
        " GROUP BY h) SELECT count(DISTINCT h // 24) FILTER (2 * n >= %lld), "
        "count(DISTINCT h // 24) FILTER (2 * n >= %lld AND (h - %lld + 1) %% 24 IN (0, 1, 2, -22, -23)), "
        "count(DISTINCT h // 24) FROM hours",
        o->which, LL(peak[0]), LL(peak[0]), LL(peak[1]));
    if (rc == 0 && n[0] >= HABIT_DAYS)
        rc = ash_observed_set(o, ASH_OBSERVED_HABIT_BEFORE,
                              _("on %lld other days the accounts did at least half as much in an hour (%lld accesses in "
                                "the track's busiest)"), LL(n[0]), LL(peak[0]));
    else if (rc == 0 && n[0] == 0 && n[2] >= DAYS_KNOWN)
        rc = ash_observed_set(o, ASH_OBSERVED_HABIT_NEVER,
                              _("in an hour the accounts never did half as much on %lld other days (%lld accesses in the "
                                "track's busiest)"), LL(n[2]), LL(peak[0]));
    if (rc == 0 && n[1] >= HABIT_DAYS && 2 * n[1] > n[0])
        rc = ash_observed_set(o, ASH_OBSERVED_SCHEDULE_REGULAR,
                              _("on %lld other days the accounts did as much at the same time of day"), LL(n[1]));
    return rc;
}

static int ascending(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return x > y ? 1 : x < y ? -1 : 0;
}

/* The time of day of each day's first access; *ret_n days. */
static int load_begins(ash_observer *o, int *begins, size_t *ret_n)
{
    ash_zone zone = o->s->r->c->zone;
    ash_rows *rows = NULL;
    ash_buf sql;
    int64_t offset = (int64_t)ash_zone_offset(&zone, o->t->first / ASH_NS_PER_S) * 100;
    ash_buf_init(&sql, 1024);
    ash_buf_addf(&sql, "SELECT min(first_cs) FROM story WHERE %s GROUP BY (first_cs + %lld) // 8640000 ORDER BY 1 LIMIT %d",
                 o->which, LL(offset), SCHEDULE_MAX);
    int rc = ash_duck_query(o->s->r->duck, ash_buf_z(&sql), NULL, 0, &rows, o->err);
    *ret_n = 0;
    while (rc == 0 && *ret_n < SCHEDULE_MAX && (rc = ash_rows_next(rows, o->err)) == 1) {
        int64_t s = ash_rows_int(rows, 0) / 100;
        begins[(*ret_n)++] = (int)((s + ash_zone_offset(&zone, s)) % 86400 / 60);
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_free(&sql);
    return rc;
}

static int observe_schedule(ash_observer *o)
{
    size_t n = 0, near = 0;
    int *begins = malloc(SCHEDULE_MAX * sizeof *begins);
    if (begins == NULL)
        return ash_fail(o->err, ASH_E_NOMEM, "investigate", "out of memory");
    int rc = load_begins(o, begins, &n);
    if (rc == 0 && n >= SCHEDULE_DAYS) {
        qsort(begins, n, sizeof *begins, ascending);
        int middle = begins[n / 2];
        for (size_t i = 0; i < n; i++)
            near += abs(begins[i] - middle) <= SCHEDULE_MINUTES;
        ash_observed v = 5 * near >= 4 * n ? ASH_OBSERVED_SCHEDULE_REGULAR
                         : 2 * near < n    ? ASH_OBSERVED_SCHEDULE_IRREGULAR
                                           : ASH_OBSERVED_NOTHING;
        if (v != ASH_OBSERVED_NOTHING)
            rc = ash_observed_set(o, v,
                                  _("its first access of a day lies within %d minutes of %02d:%02d on %zu of %zu days"),
                                  SCHEDULE_MINUTES, middle / 60, middle % 60, near, n);
    }
    free(begins);
    return rc;
}

/* --- the course ----------------------------------------------------------- */

static int observe_course(ash_observer *o)
{
    char span[ASH_DURATION_TEXT];
    int64_t first = INT64_MAX, last = INT64_MIN;
    const ash_phase *burst = NULL;
    for (size_t i = 0; i < o->k->phases->n; i++) {
        const ash_phase *p = &o->k->phases->at[i];
        if (p->track != o->t->id || p->name == ASH_PHASE_END)
            continue;
        first = p->from < first ? p->from : first;
        last = p->to > last ? p->to : last;
        burst = p->name == ASH_PHASE_LOUD_END && burst == NULL ? p : burst;
    }
    ash_duration_text(span, (burst != NULL ? burst->from : last) - first);
    if (burst != NULL) {
        int rc = ash_observed_set(o, ASH_OBSERVED_COURSE_LOUD_END,
                                  _("after %s it ends with a burst: %lld accesses, %.0f a minute"), span,
                                  LL(burst->accesses), burst->pace);
        o->out->at[ASH_OBSERVATION_COURSE].examples = burst->examples;
        return rc;
    }
    ash_observed pace = o->out->at[ASH_OBSERVATION_PACE].value;
    if (pace == ASH_OBSERVED_PACE_MACHINE && last - first < DAY_NS)
        return ash_observed_set(o, ASH_OBSERVED_COURSE_BURST, _("all of it happened within %s, at a program's pace"), span);
    if (pace != ASH_OBSERVED_PACE_MACHINE && last - first >= QUIET_DAYS * DAY_NS)
        return ash_observed_set(o, ASH_OBSERVED_COURSE_QUIET, _("it goes on for %s without a burst"), span);
    return 0;
}

/* The one time after which all of the track comes from others than before, at
 * least a day later. Several such times are somebody whose address changes.
 * who: SQL of an actor. n: cuts, hundredths when it goes on, how long nothing was
 * seen, how many different ones. */
static int find_cut(ash_observer *o, const char *who, int64_t n[4])
{
    return ash_observe_numbers(
        o, n, 4,
        "WITH c AS (SELECT %s AS who, min(story.first_cs) AS a, max(story.last_cs) AS b FROM story JOIN actor USING (actor) WHERE %s "
        "GROUP BY who HAVING who <> ''), o AS (SELECT lead(a) OVER (ORDER BY a, b, who) AS next, max(b) OVER (ORDER BY a, b, "
        "who ROWS UNBOUNDED PRECEDING) AS last FROM c), cut AS (SELECT next, next - last AS gap FROM o WHERE next - last >= "
        "%lld) SELECT (SELECT count(*) FROM cut), (SELECT min(next) FROM cut), (SELECT min(gap) FROM cut), (SELECT "
        "count(*) FROM c)",
        who, o->which, LL(DAY_NS / ASH_CS_NS));
}

static int observe_handover(ash_observer *o)
{
    char span[ASH_DURATION_TEXT];
    int64_t clients[4], names[4];
    int rc = find_cut(o, "client", clients);
    if (rc == 0)
        rc = find_cut(o, "lower(workstation)", names);
    if (rc < 0)
        return rc;
    const int64_t *cut = clients[0] == 1 ? clients : names;
    if (cut[0] == 1) {
        ash_duration_text(span, cut[2] * ASH_CS_NS);
        rc = ash_observed_set(o, ASH_OBSERVED_HANDOVER_SEEN,
                              cut == clients ? _("after %s without it, it goes on from other clients only")
                                             : _("after %s without it, its client calls itself by another name"),
                              span);
        return rc < 0 ? rc
                      : ash_observed_examples(o, ASH_OBSERVED_HANDOVER_SEEN, "story WHERE %s AND first_cs >= %lld", o->which,
                                              LL(cut[1]));
    }
    if (clients[3] == 1 && names[3] <= 1)
        return ash_observed_set(o, ASH_OBSERVED_HANDOVER_NONE, _("all of it comes from one client"));
    return 0;
}

int ash_observe_when(ash_observer *o)
{
    int (*const each[])(ash_observer *) = {observe_hours, observe_schedule, observe_habit, observe_course,
                                           observe_handover};
    int rc = 0;
    for (size_t i = 0; i < sizeof each / sizeof each[0] && rc == 0; i++)
        rc = each[i](o);
    return rc;
}
