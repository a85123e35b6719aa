#include "report/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

const char *const ash_timeline_names[ASH_TIMELINE_SERIES] = {
    "others", "track-listed", "track-opened", "track-read", "track-denied", "track-changed"};

const char *ash_verdict_name(ash_verdict v)
{
    static const char *const names[] = {"intrusion-suspected", "unusual", "nothing-found",
                                        "cannot-tell"};
    return names[v];
}

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "report", "out of memory");
}

/* --- folders, accounts ------------------------------------------------- */

typedef struct folder_sink {
    ash_model *m;
    bool failed;
} folder_sink;

static void on_folder(void *user, const ash_folder_row *row)
{
    folder_sink *s = user;
    ash_folder_total *f = &s->m->folders[s->m->n_folders];
    *f = (ash_folder_total){.share = row->share,
                            .folder = malloc(row->folder.n + 1),
                            .n = row->folder.n,
                            .read = row->read,
                            .opened = row->opened,
                            .listed = row->listed,
                            .denied = row->denied,
                            .changed = row->changed};
    if (f->folder == NULL) {
        s->failed = true;
        return;
    }
    if (row->folder.n > 0)
        memcpy(f->folder, row->folder.p, row->folder.n);
    f->folder[f->n] = '\0';
    s->m->n_folders++;
}

static int load_folders(ash_model *m, ash_error *err)
{
    folder_sink s = {.m = m};
    m->folders = calloc(ASH_TOP_FOLDERS, sizeof *m->folders);
    if (m->folders == NULL)
        return nomem(err);
    int rc = ash_scope_folders(m->r, ASH_TOP_FOLDERS, on_folder, &s, err);
    return rc == 0 && s.failed ? nomem(err) : rc;
}

static int64_t track_of_actor(const ash_model *m, uint32_t actor)
{
    for (size_t i = 0; i < m->tracks.n; i++)
        for (size_t k = 0; k < m->tracks.rows[i].n_parts; k++)
            if (m->tracks.rows[i].parts[k].actor == actor &&
                !ash_track_is(&m->tracks.rows[i], "rejected"))
                return m->tracks.rows[i].id;
    return 0;
}

static int compare_accounts(const void *a, const void *b)
{
    const ash_account_total *x = a, *y = b;
    if ((x->track != 0) != (y->track != 0))
        return x->track != 0 ? -1 : 1;
    if (x->track != 0 && x->first_cs != y->first_cs)
        return x->first_cs < y->first_cs ? -1 : 1;
    if (x->accesses != y->accesses)
        return x->accesses > y->accesses ? -1 : 1;
    return x->actor < y->actor ? -1 : x->actor > y->actor;
}

static int load_accounts(ash_model *m, ash_error *err)
{
    sqlite3_stmt *st;
    m->accounts = calloc((size_t)ash_actors_count(m->r->actors) + 1, sizeof *m->accounts);
    if (m->accounts == NULL)
        return nomem(err);
    int rc = ash_db_query(&m->r->c->db, &st, err,
                          "SELECT id, first_cs, last_cs, read, opened, listed, denied, missing, "
                          "changed, accesses FROM actors WHERE first_cs IS NOT NULL ORDER BY id",
                          "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&m->r->c->db, st, err)) == 1) {
        ash_account_total *a = &m->accounts[m->n_accounts++];
        *a = (ash_account_total){.actor = (uint32_t)sqlite3_column_int64(st, 0)};
        int64_t *out[] = {&a->first_cs, &a->last_cs, &a->read,    &a->opened,  &a->listed,
                          &a->denied,   &a->missing, &a->changed, &a->accesses};
        for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
            *out[i] = sqlite3_column_int64(st, (int)i + 1);
        a->track = track_of_actor(m, a->actor);
    }
    sqlite3_finalize(st);
    if (m->n_accounts > 1)
        qsort(m->accounts, m->n_accounts, sizeof *m->accounts, compare_accounts);
    m->n_actors = m->n_accounts;
    if (m->n_accounts > ASH_TOP_ACCOUNTS)
        m->n_accounts = ASH_TOP_ACCOUNTS;
    return rc;
}

size_t ash_model_tracks(const ash_model *m, const char *status)
{
    size_t n = 0;
    for (size_t i = 0; i < m->tracks.n; i++)
        n += ash_track_is(&m->tracks.rows[i], status);
    return n;
}

static bool has_live_track(const ash_model *m)
{
    return ash_model_tracks(m, "rejected") < m->tracks.n;
}

bool ash_model_is_rejected(const ash_model *m, const ash_finding_row *f)
{
    const ash_track *t = ash_tracks_find(&m->tracks, f->track);
    return t != NULL && ash_track_is(t, "rejected");
}

/* --- timeline ---------------------------------------------------------- */

static const int64_t nice_buckets_s[] = {1,    2,    5,    10,    15,    30,    60,     120,   300,
                                         600,  900,  1800, 3600,  7200,  14400, 21600,  43200, 86400,
                                         172800, 604800, 1209600, 2592000};

static int64_t choose_bucket(int64_t span)
{
    size_t n = sizeof nice_buckets_s / sizeof nice_buckets_s[0];
    for (size_t i = 0; i < n; i++)
        if (span / (nice_buckets_s[i] * ASH_NS_PER_S) < ASH_TIMELINE_BUCKETS / 2)
            return nice_buckets_s[i] * ASH_NS_PER_S;
    return nice_buckets_s[n - 1] * ASH_NS_PER_S;
}

/* Shown before and after the tracks; how much finer it must be. */
#define ASH_DETAIL_ROOM (60 * ASH_NS_PER_S)
#define ASH_DETAIL_GAIN 3

#define BUCKET "((first_cs - %lld) // %lld)::BIGINT"

static int count_buckets(ash_model *m, ash_timeline *t, const char *sql, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_query(m->r->duck, sql, NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t bucket = ash_rows_int(rows, 0), series = ash_rows_int(rows, 1);
        if (bucket >= 0 && (size_t)bucket < t->n && series >= 0 && series < ASH_TIMELINE_SERIES)
            t->values[series][bucket] += ash_rows_int(rows, 2);
        rc = 0;
    }
    ash_rows_free(rows);
    return rc;
}

/* Everybody's accesses first, without asking whose they are; then the tracks',
 * which are taken off again. */
static int make_timeline(ash_model *m, ash_timeline *t, int64_t first, int64_t last, ash_error *err)
{
    char sql[900], within[120];
    t->bucket = choose_bucket(last - first + 1);
    /* Bars begin at full hours and days of the case's zone. */
    int64_t zone = ash_zone_offset(&m->zone, first / ASH_NS_PER_S) * ASH_NS_PER_S;
    t->start = (first + zone) / t->bucket * t->bucket - zone;
    t->n = (size_t)((last - t->start) / t->bucket) + 1;
    for (int i = 0; i < ASH_TIMELINE_SERIES; i++) {
        t->values[i] = calloc(t->n, sizeof *t->values[i]);
        if (t->values[i] == NULL)
            return nomem(err);
    }
    long long start_cs = t->start / ASH_CS_NS, bucket_cs = t->bucket / ASH_CS_NS;
    snprintf(within, sizeof within, "WHERE first_cs >= %lld AND first_cs < %lld", start_cs,
             start_cs + bucket_cs * (long long)t->n);
    snprintf(sql, sizeof sql, "SELECT " BUCKET ", 0, count(*)::BIGINT FROM a %s GROUP BY ALL", start_cs,
             bucket_cs, within);
    int rc = count_buckets(m, t, sql, err);
    if (rc < 0 || !has_live_track(m))
        return rc;
    snprintf(sql, sizeof sql,
             "SELECT " BUCKET ", CASE WHEN changes <> 0 AND grade < 50 THEN 5 WHEN grade = 60 THEN 3 "
             "WHEN grade = 50 THEN 2 WHEN grade = 20 OR grade = 10 THEN 4 ELSE 1 END, "
             "count(*)::BIGINT FROM of_tracks(0) %s GROUP BY ALL",
             start_cs, bucket_cs, within);
    rc = count_buckets(m, t, sql, err);
    for (size_t k = 0; k < t->n; k++)
        for (int i = 1; i < ASH_TIMELINE_SERIES; i++)
            t->values[0][k] -= t->values[i][k];
    return rc;
}

/* An hour in a year of records is one bar; the time of the tracks is counted
 * again, more finely, if that shows more. */
static int load_timeline(ash_model *m, ash_error *err)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    if (m->coverage.first == ASH_TIME_NONE)
        return 0;
    int rc = make_timeline(m, &m->timeline, m->coverage.first, m->coverage.last, err);
    for (size_t i = 0; i < m->tracks.n; i++) {
        const ash_track *t = &m->tracks.rows[i];
        if (ash_track_is(t, "rejected"))
            continue;
        first = t->first < first ? t->first : first;
        last = t->last > last ? t->last : last;
    }
    if (rc < 0 || first > last)
        return rc;
    int64_t room = (last - first) / 10 + ASH_DETAIL_ROOM;
    first = first - room > m->coverage.first ? first - room : m->coverage.first;
    last = last + room < m->coverage.last ? last + room : m->coverage.last;
    if (first > last || ASH_DETAIL_GAIN * choose_bucket(last - first + 1) > m->timeline.bucket)
        return 0;
    return make_timeline(m, &m->detail, first, last, err);
}

/* --- inputs ------------------------------------------------------------ */

static int load_inputs(ash_model *m, ash_error *err)
{
    int64_t n = 0, max = 0;
    int rc = ash_db_int(&m->r->c->db, &n, 0, err, "SELECT count(*) FROM inputs", "");
    if (rc == 0)
        rc = ash_db_int(&m->r->c->db, &max, 0, err, "SELECT max(id) FROM inputs", "");
    m->inputs = calloc((size_t)n + 1, sizeof *m->inputs);
    if (m->inputs == NULL)
        return nomem(err);
    for (int64_t id = 1; id <= max && rc == 0 && (int64_t)m->n_inputs < n; id++) {
        rc = ash_input_load(&m->inputs[m->n_inputs], m->r->c, id, err);
        if (rc == 0 && m->inputs[m->n_inputs] != NULL)
            m->n_inputs++;
    }
    return rc;
}

/* --- verdict and counts ------------------------------------------------- */

static ash_verdict judge(const ash_model *m)
{
    if (has_live_track(m))
        return ASH_VERDICT_SUSPECTED;
    for (size_t i = 0; i < m->findings.n; i++)
        if (m->findings.rows[i].f.severity >= ASH_SEVERITY_MEDIUM &&
            !ash_model_is_rejected(m, &m->findings.rows[i]))
            return ASH_VERDICT_UNUSUAL;
    return m->coverage.first == ASH_TIME_NONE ? ASH_VERDICT_CANNOT_TELL : ASH_VERDICT_NOTHING;
}

static int count(ash_model *m, const ash_filter *f, ash_counts *ret, ash_error *err)
{
    int rc = ash_scope_select(m->r, f, err);
    return rc == 0 ? ash_scope_counts(m->r, ret, err) : rc;
}

static int count_all(ash_model *m, ash_error *err)
{
    ash_filter all = ash_filter_none();
    all.all = true;
    int64_t accesses = 0;
    int rc = ash_db_int(&m->r->c->db, &accesses, 0, err, "SELECT sum(accesses) FROM segments", "");
    m->all_counted = accesses <= ASH_REPORT_COUNT_MAX;
    if (rc == 0 && m->all_counted)
        rc = count(m, &all, &m->all, err);
    m->all.confirmed = m->all.probable = m->all.possible = 0; /* of tracks only */
    m->all.accesses = accesses;
    m->all.records = 0;
    for (size_t i = 0; i < m->n_inputs; i++)
        m->all.records += (int64_t)m->inputs[i]->records;
    return rc;
}

/* Leaves the scope selected: folders and files are taken from it. */
static int load_counts(ash_model *m, ash_error *err)
{
    ash_filter scope = ash_filter_none();
    bool alone = m->tracks.n - ash_model_tracks(m, "rejected") == 1;
    int rc = count_all(m, err);
    m->track_counts = calloc(m->tracks.n + 1, sizeof *m->track_counts);
    if (m->track_counts == NULL)
        return nomem(err);
    for (size_t i = 0; i < m->tracks.n && rc == 0; i++) {
        ash_filter one = ash_filter_none();
        one.track = m->tracks.rows[i].id;
        if (!alone || ash_track_is(&m->tracks.rows[i], "rejected"))
            rc = count(m, &one, &m->track_counts[i], err);
    }
    if (rc == 0)
        rc = count(m, &scope, &m->scope, err);
    for (size_t i = 0; i < m->tracks.n && alone; i++)
        if (!ash_track_is(&m->tracks.rows[i], "rejected"))
            m->track_counts[i] = m->scope;
    return rc;
}

/* --- all --------------------------------------------------------------- */

int ash_model_make(ash_model *ret, ash_reader *r, const char *files_root, ash_error *err)
{
    ash_model m = {.r = r, .zone = r->c->zone};
    ash_filter any = ash_filter_none();
    int rc = ash_findings_load(&m.findings, r, &any, err);
    if (rc == 0)
        rc = ash_tracks_load(&m.tracks, r, err);
    if (rc == 0)
        rc = ash_decisions_load(&m.decisions, r, err);
    if (rc == 0)
        rc = ash_coverage_load(&m.coverage, r, err);
    if (rc == 0)
        rc = load_inputs(&m, err);
    if (rc == 0)
        rc = load_counts(&m, err);
    if (rc == 0 && has_live_track(&m))
        rc = ash_inquiry_make(&m.inquiry, r, &m.tracks, &m.coverage, &m.findings, err);
    if (rc == 0 && files_root != NULL)
        rc = ash_disk_open(&m.disk, files_root, r, err);
    if (rc == 0)
        rc = ash_content_summarise(&m.content, r, err);
    if (rc == 0)
        rc = load_folders(&m, err);
    if (rc == 0)
        rc = load_accounts(&m, err);
    if (rc == 0)
        rc = load_timeline(&m, err);
    if (rc == 0)
        rc = ash_footprint_find(&m.footprint, r, &m.tracks, 0, m.coverage.first, err);
    if (rc == 0) {
        m.verdict = judge(&m);
        rc = ash_model_write_words(&m, err);
    if (rc == 0)
        rc = ash_model_write_paragraph(&m, err);
    }
    if (rc < 0) {
        ash_model_free(&m);
        return rc;
    }
    *ret = m;
    return 0;
}

static void free_list(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

void ash_model_free(ash_model *m)
{
    ash_findings_free(&m->findings);
    ash_tracks_free(&m->tracks);
    ash_decisions_free(&m->decisions);
    ash_coverage_free(&m->coverage);
    ash_inquiry_free(&m->inquiry);
    ash_disk_close(m->disk);
    ash_content_summary_free(&m->content);
    free(m->track_counts);
    for (size_t i = 0; i < m->n_folders; i++)
        free(m->folders[i].folder);
    free(m->folders);
    free(m->accounts);
    for (int i = 0; i < ASH_TIMELINE_SERIES; i++) {
        free(m->timeline.values[i]);
        free(m->detail.values[i]);
    }
    for (size_t i = 0; i < m->n_inputs; i++)
        ash_input_free(m->inputs[i]);
    free(m->inputs);
    free(m->headline);
    free(m->paragraph);
    free_list(m->lines, m->n_lines);
    free_list(m->limits, m->n_limits);
    free_list(m->method, m->n_method);
    *m = (ash_model){0};
}

const char *ash_number_text(int64_t n, char buf[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n), o = 0;
    int first = digits[0] == '-';
    for (int i = 0; i < len; i++) {
        if (i > first && (len - i) % 3 == 0)
            buf[o++] = ',';
        buf[o++] = digits[i];
    }
    buf[o] = '\0';
    return buf;
}
