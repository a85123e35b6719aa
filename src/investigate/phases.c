#include "investigate/phases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "investigate/duration.h"
#include "investigate/sql.h"

#define MINUTE_CS 6000
#define IDLE_NS (15 * 60 * ASH_NS_PER_S) /* ends a session: silence as long is no accident */

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

/* --- counting ---------------------------------------------------------- */

/* Widths that minutes are made of, then whole minutes. */
static int64_t width_for(int64_t span)
{
    static const int64_t widths[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 3000};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        if (span / widths[i] < ASH_SLOTS_MAX - 2)
            return widths[i];
    return (span / (ASH_SLOTS_MAX - 2) / MINUTE_CS + 1) * MINUTE_CS;
}

static int load_slots(const ash_story *s, int64_t track, int64_t from, int64_t to, ash_slot **ret,
                      size_t *ret_n, ash_error *err)
{
    char sql[900];
    ash_rows *rows = NULL;
    int64_t width = width_for(to - from), inner = width < MINUTE_CS ? width : MINUTE_CS, minute = -1;
    size_t n = 0;
    ash_slot *slots = calloc(ASH_SLOTS_MAX, sizeof *slots);
    if (slots == NULL)
        return nomem(err);
    snprintf(sql, sizeof sql,
             "SELECT min(f), max(b), max(e), sum(d0)::BIGINT, sum(d1)::BIGINT, sum(d2)::BIGINT, sum(d3)::BIGINT, "
             "sum(d4)::BIGINT, count(*) FROM (SELECT first_cs // %lld AS i, min(first_cs) AS f, "
             "max(first_cs) AS b, max(last_cs) AS e, count(*) FILTER (deed = 0) AS d0, count(*) FILTER (deed = 1) AS d1, "
             "count(*) FILTER (deed = 2) AS d2, count(*) FILTER (deed = 3) AS d3, count(*) FILTER "
             "(deed = 4) AS d4 FROM story WHERE track = %lld AND first_cs BETWEEN %lld AND %lld GROUP "
             "BY i) GROUP BY i // %lld ORDER BY 1",
             (long long)inner, (long long)track, (long long)from, (long long)to,
             (long long)(width / inner));
    int rc = ash_duck_query(s->r->duck, sql, NULL, 0, &rows, err);
    while (rc == 0 && n < ASH_SLOTS_MAX && (rc = ash_rows_next(rows, err)) == 1) {
        ash_slot *t = &slots[n++];
        *t = (ash_slot){.first = ash_rows_int(rows, 0), .last = ash_rows_int(rows, 1), .end = ash_rows_int(rows, 2)};
        for (int k = 0; k < ASH_DEEDS; k++)
            t->n[k] = ash_rows_int(rows, (size_t)k + 3);
        t->minutes = inner == MINUTE_CS ? ash_rows_int(rows, 8) : t->first / MINUTE_CS != minute;
        minute = t->first / MINUTE_CS;
        rc = 0;
    }
    ash_rows_free(rows);
    if (rc < 0) {
        free(slots);
        return rc;
    }
    *ret = slots;
    *ret_n = n;
    return 0;
}

static int find(const ash_story *s, int64_t track, int64_t from, int64_t to, bool whole,
                ash_course *ret, ash_error *err)
{
    ash_slot *slots = NULL;
    size_t n = 0;
    int rc = load_slots(s, track, from, to, &slots, &n, err);
    if (rc == 0)
        rc = ash_course_find(ret, slots, n, whole, err);
    free(slots);
    return rc;
}

/* A burst at the end of a year lies in one slot; it is looked at again alone. */
static int look_closer(const ash_story *s, int64_t track, ash_course *c, ash_error *err)
{
    int rc = 0;
    for (size_t i = c->n; i-- > 0 && rc == 0;) {
        ash_course part = {0};
        if (!ash_course_is_dense(c, i))
            continue;
        rc = find(s, track, c->at[i].from, c->at[i].last, false, &part, err);
        if (rc == 0)
            rc = ash_course_replace(c, i, &part, err);
        ash_course_free(&part);
    }
    return rc;
}

static int find_course(const ash_story *s, int64_t track, ash_course *ret, ash_error *err)
{
    char sql[200];
    int64_t first = 0, last = 0;
    snprintf(sql, sizeof sql, "SELECT min(first_cs) FROM story WHERE track = %lld", (long long)track);
    int rc = ash_sql_number(s->r, sql, &first, err);
    snprintf(sql, sizeof sql, "SELECT max(first_cs) FROM story WHERE track = %lld", (long long)track);
    if (rc == 0)
        rc = ash_sql_number(s->r, sql, &last, err);
    if (rc == 0)
        rc = find(s, track, first, last, true, ret, err);
    if (rc == 0)
        rc = look_closer(s, track, ret, err);
    return rc == 0 ? ash_course_name(ret, err) : rc;
}

/* --- logons ------------------------------------------------------------ */

#define LOGONS_OF                                                                                     \
    " FROM logon_ l WHERE EXISTS (SELECT 1 FROM part p WHERE p.track = %lld AND p.actor = l.actor AND " \
    "l.time_cs BETWEEN p.from_cs AND p.to_cs)"

/* The entry begins with the first attempt to log on. */
static int add_entry(const ash_story *s, int64_t track, ash_course *c, ash_error *err)
{
    char sql[400];
    ash_rows *rows = NULL;
    int64_t first = 0, last = 0;
    bool some = false;
    snprintf(sql, sizeof sql, "SELECT min(time_cs), max(time_cs)" LOGONS_OF " AND l.time_cs < %lld",
             (long long)track, c->n > 0 ? (long long)c->at[0].from : INT64_MAX);
    int rc = ash_duck_query(s->r->duck, sql, NULL, 0, &rows, err);
    if (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        some = !ash_rows_null(rows, 0);
        first = ash_rows_int(rows, 0);
        last = ash_rows_int(rows, 1);
        rc = 0;
    }
    ash_rows_free(rows);
    if (rc < 0 || !some)
        return rc;
    if (c->n > 0 && c->at[0].name == ASH_PHASE_ENTRY) {
        c->at[0].from = first;
        return 0;
    }
    ash_stretch *p = calloc(c->n + 1, sizeof *p);
    if (p == NULL)
        return nomem(err);
    p[0] = (ash_stretch){
        .name = ASH_PHASE_ENTRY, .activity = ASH_PHASE_ENTRY, .from = first, .last = last, .to = last};
    if (c->n > 0)
        memcpy(p + 1, c->at, c->n * sizeof *p);
    free(c->at);
    c->at = p;
    c->n++;
    return 0;
}

/* --- exact figures of each phase ---------------------------------------- */

static bool is_active(const ash_phase *p)
{
    return p->name != ASH_PHASE_PAUSE && p->name != ASH_PHASE_END;
}

/* "CASE WHEN t >= 200 THEN 1 ELSE 0 END": the phase something lies in that
 * happened at `column`. */
static void add_case(ash_buf *sql, const ash_phase *p, size_t n, const char *column)
{
    ash_buf_add_z(sql, "CASE WHEN false THEN 0 ");
    for (size_t i = n; i-- > 1;)
        if (is_active(&p[i]))
            ash_buf_addf(sql, "WHEN %s >= %lld THEN %zu ", column, (long long)(p[i].from / ASH_CS_NS), i);
    ash_buf_add_z(sql, "ELSE 0 END");
}

typedef void (*row_fn)(ash_phase *p, const ash_rows *row);

/* Runs the query, whose first column is the phase. */
static int each_row(const ash_story *s, ash_buf *sql, ash_phase *p, size_t n, row_fn take, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = sql->failed ? nomem(err) : ash_duck_query(s->r->duck, ash_buf_z(sql), NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        size_t i = (size_t)ash_rows_int(rows, 0);
        if (i < n)
            take(&p[i], rows);
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_clear(sql);
    return rc;
}

static void take_counts(ash_phase *p, const ash_rows *row)
{
    int64_t *out[] = {&p->accesses, &p->read,    &p->opened,  &p->listed,  &p->denied, &p->missing,
                      &p->written,  &p->renamed, &p->deleted, &p->changed, &p->folders};
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
        *out[i] = ash_rows_int(row, i + 1);
}

static void take_minutes(ash_phase *p, const ash_rows *row)
{
    p->minutes = ash_rows_int(row, 1);
    p->pace = (double)p->accesses / (double)(p->minutes > 0 ? p->minutes : 1);
}

static void add_id(ash_some_ids *s, int64_t count, int64_t id)
{
    s->count = count;
    if (s->n < ASH_NAMES_MAX)
        s->at[s->n++] = (uint32_t)id;
}

static void take_actor(ash_phase *p, const ash_rows *row)
{
    add_id(&p->actors, ash_rows_int(row, 1), ash_rows_int(row, 2));
}

static void take_share(ash_phase *p, const ash_rows *row)
{
    add_id(&p->shares, ash_rows_int(row, 1), ash_rows_int(row, 2));
}

static void take_example(ash_phase *p, const ash_rows *row)
{
    p->examples.count = p->accesses;
    if (p->examples.n == ASH_EXAMPLES_MAX)
        return;
    p->examples.at[p->examples.n].segment = (uint32_t)ash_rows_int(row, 1);
    p->examples.at[p->examples.n++].row = ash_rows_int(row, 2);
}

static void take_logons(ash_phase *p, const ash_rows *row)
{
    p->logons = ash_rows_int(row, 1);
    p->failed_logons = ash_rows_int(row, 2);
}

/* What follows "SELECT CASE ... AS phase" of the track's accesses. */
static const struct {
    const char *head, *tail;
    row_fn take;
} figures[] = {
    /* A path counts once in a phase, by its strongest grade there. */
    {"SELECT phase, sum(n)::BIGINT, count(*) FILTER (grade = 60), count(*) FILTER (grade = 50), "
     "count(*) FILTER (grade = 40), count(*) FILTER (grade = 20 AND c = 0), count(*) FILTER (grade = 10 "
     "AND c = 0), count(*) FILTER (c & 1 <> 0), count(*) FILTER (c & 2 <> 0), count(*) FILTER (c & 4 <> "
     "0), count(*) FILTER (c & 7 <> 0), count(DISTINCT place) FROM (SELECT phase, share, path, "
     "max(grade) AS grade, bit_or(CASE WHEN flags & 32 = 0 THEN changes ELSE 0 END) AS c, count(*) AS n, "
     "any_value((share, place)) AS place FROM (",
     ") GROUP BY phase, share, path) GROUP BY phase", take_counts},
    {"SELECT phase, count(DISTINCT first_cs // 6000) FROM (", ") GROUP BY phase", take_minutes},
    {"SELECT phase, count(*) OVER (PARTITION BY phase), actor FROM (SELECT phase, min(s.actor) AS actor, "
     "count(*) AS n FROM (",
     ") s JOIN actor USING (actor) GROUP BY phase, account, client) QUALIFY row_number() OVER (PARTITION "
     "BY phase ORDER BY n DESC, actor) <= 8 ORDER BY phase, n DESC, actor",
     take_actor},
    {"SELECT phase, count(*) OVER (PARTITION BY phase), share FROM (SELECT phase, share, count(*) AS n FROM (",
     ") GROUP BY phase, share) QUALIFY row_number() OVER (PARTITION BY phase ORDER BY n DESC, share) <= 8 "
     "ORDER BY phase, n DESC, share",
     take_share},
    {"SELECT phase, segment, row FROM (",
     ") QUALIFY row_number() OVER (PARTITION BY phase ORDER BY first_cs, segment, row) <= 5 ORDER BY phase, "
     "first_cs, segment, row",
     take_example},
};
_Static_assert(ASH_NAMES_MAX == 8 && ASH_EXAMPLES_MAX == 5, "they stand in the statements");

static int count(const ash_story *s, int64_t track, ash_phase *p, size_t n, ash_error *err)
{
    ash_buf sql;
    int rc = 0;
    ash_buf_init(&sql, 1u << 16);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0] && rc == 0; i++) {
        ash_buf_add_z(&sql, figures[i].head);
        ash_buf_add_z(&sql, "SELECT *, ");
        add_case(&sql, p, n, "first_cs");
        ash_buf_addf(&sql, " AS phase FROM story WHERE track = %lld%s", (long long)track, figures[i].tail);
        rc = each_row(s, &sql, p, n, figures[i].take, err);
    }
    if (rc == 0) {
        ash_buf_add_z(&sql, "SELECT phase, count(*) FILTER (ok = 1), count(*) FILTER (ok = 0) FROM (SELECT ok, ");
        add_case(&sql, p, n, "l.time_cs");
        ash_buf_addf(&sql, " AS phase" LOGONS_OF ") GROUP BY phase", (long long)track);
        rc = each_row(s, &sql, p, n, take_logons, err);
    }
    ash_buf_free(&sql);
    return rc;
}

/* --- words ------------------------------------------------------------- */

static const char *most_did(ash_phase_name activity)
{
    switch (activity) {
    case ASH_PHASE_COLLECTION: return _("most of its accesses read or open files");
    case ASH_PHASE_CHANGE: return _("a third or more of its accesses write, rename or delete");
    default: return _("most of its accesses list folders, look names up or are refused");
    }
}

static char *text_of(const ash_phase *p, const ash_stretch *t, int64_t records_end)
{
    char text[400], a[ASH_DURATION_TEXT], b[ASH_DURATION_TEXT];
    switch (p->name) {
    case ASH_PHASE_ENTRY:
        snprintf(text, sizeof text, "%s",
                 t->minutes == 0 ? _("what was tried and done before the first access")
                                 : _("from its first record to the end of its first run of accesses"));
        break;
    case ASH_PHASE_PAUSE:
        if (t->other_idle > 0)
            snprintf(text, sizeof text, _("no access for %s; no other idle time was longer than %s"),
                     ash_duration_text(a, p->to - p->from), ash_duration_text(b, t->other_idle * ASH_CS_NS));
        else
            snprintf(text, sizeof text, _("no access for %s"), ash_duration_text(a, p->to - p->from));
        break;
    case ASH_PHASE_LOUD_END:
        snprintf(text, sizeof text, _("%.0f accesses a minute after %.1f a minute before; %s"), p->pace,
                 t->pace_before, most_did(p->activity));
        break;
    case ASH_PHASE_END:
        if (records_end - p->from >= IDLE_NS)
            snprintf(text, sizeof text, _("nothing more of it, though the records go on for %s"),
                     ash_duration_text(a, records_end - p->from));
        else
            snprintf(text, sizeof text, _("the records end %s later: whether it went on cannot be told"),
                     ash_duration_text(a, records_end - p->from));
        break;
    default: snprintf(text, sizeof text, "%s", most_did(p->activity));
    }
    return strdup(text);
}

/* --- all --------------------------------------------------------------- */

/* When the records of the track's servers end. */
static int end_of_records(const ash_story *s, const ash_track *t, int64_t *ret, ash_error *err)
{
    int rc = 0;
    *ret = INT64_MIN;
    for (size_t i = 0; i < t->n_parts && rc == 0; i++) {
        int64_t last = INT64_MIN;
        rc = ash_db_int(&s->r->c->db, &last, INT64_MIN, err,
                        "SELECT max(last) FROM hours WHERE server IN (SELECT id FROM servers WHERE "
                        "name = ?)",
                        "v", ash_actors_at(s->r->actors, t->parts[i].actor).server);
        *ret = last > *ret ? last : *ret;
    }
    return rc;
}

static int add_track(ash_phases *out, const ash_story *s, const ash_track *t, ash_error *err)
{
    ash_course c = {0};
    int64_t end = 0;
    int rc = find_course(s, t->id, &c, err);
    if (rc == 0)
        rc = add_entry(s, t->id, &c, err);
    if (rc == 0)
        rc = end_of_records(s, t, &end, err);
    bool some = rc == 0 && c.n > 0;
    ash_phase *p = some ? realloc(out->at, (out->n + c.n + 1) * sizeof *p) : NULL;
    if (some && p == NULL)
        rc = nomem(err);
    if (p == NULL) {
        ash_course_free(&c);
        return rc;
    }
    out->at = p;
    p += out->n;
    for (size_t i = 0; i < c.n; i++) {
        /* Accesses go on while the next phase begins: a folder listed in both is one. */
        int64_t to = i + 1 < c.n && c.at[i + 1].from < c.at[i].to ? c.at[i].last : c.at[i].to;
        p[i] = (ash_phase){.track = t->id,
                           .name = c.at[i].name,
                           .activity = c.at[i].activity,
                           .from = c.at[i].from * ASH_CS_NS,
                           .to = to * ASH_CS_NS};
    }
    int64_t last = p[c.n - 1].to;
    p[c.n] = (ash_phase){.track = t->id,
                         .name = ASH_PHASE_END,
                         .activity = ASH_PHASE_END,
                         .from = last,
                         .to = end > last ? end : last};
    rc = count(s, t->id, p, c.n, err);
    for (size_t i = 0; i <= c.n; i++) {
        p[i].text = text_of(&p[i], i < c.n ? &c.at[i] : &(ash_stretch){0}, end);
        if (p[i].text == NULL && rc == 0)
            rc = nomem(err);
    }
    out->n += c.n + 1;
    ash_course_free(&c);
    return rc;
}

int ash_phases_load(ash_phases *ret, const ash_story *s, ash_error *err)
{
    ash_phases out = {0};
    int rc = 0;
    for (size_t i = 0; i < s->n && rc == 0; i++)
        rc = add_track(&out, s, s->tracks[i], err);
    if (rc < 0) {
        ash_phases_free(&out);
        return rc;
    }
    *ret = out;
    return 0;
}

void ash_phases_free(ash_phases *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->at[i].text);
    free(p->at);
    *p = (ash_phases){0};
}
