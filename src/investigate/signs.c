#include "investigate/signs.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "investigate/sql.h"

/* What a person does by hand stays below: files that get one new extension within
 * an hour, files overwritten within a minute, folders that get a new file of one
 * name within an hour, files deleted on one day. */
#define EXTENDED_MIN 10
#define OVERWRITTEN_MIN 20
#define NOTE_FOLDERS_MIN 5
#define DELETED_MIN 10
#define DELETED_FACTOR 3
#define BUNDLES_MAX 5
#define BUNDLE_READS 50
#define BUNDLE_CS 360000 /* within an hour */

#define EXT(name) "lower(regexp_extract(" name ", '\\.([^.]{1,32})$', 1))"

/* Neither temporary files of programs nor documents saved by replacing them
 * (ASH_ACCESS_STEP, ASH_ACCESS_SAVED). NEW: made or emptied. */
#define OWN "flags & 96 = 0"
#define NEW "flags & 4 <> 0 AND changes & 1 <> 0 AND " OWN

/* Programs put these into every folder by themselves. */
#define NO_NOTE                                                                                      \
    "lower(p.name) NOT IN ('desktop.ini', 'thumbs.db', '.ds_store', 'ehthumbs.db', 'folder.jpg') AND " \
    "NOT starts_with(p.name, '~$') AND NOT starts_with(p.name, '._')"

#define ARCHIVE                                                                                        \
    "'\\.(zip|7z|rar|tar|gz|tgz|bz2|tbz2|xz|txz|zst|cab|lzh|lha|arj|iso|img|wim|vhdx?|z[0-9]{2}|r[0-9]{2}|" \
    "(zip|7z|rar)\\.[0-9]{3})$'"

static int first_text(ash_reader *r, ash_buf *sql, int64_t *ret_n, char *ret_text, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = sql->failed ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory")
                         : ash_duck_query(r->duck, ash_buf_z(sql), NULL, 0, &rows, err);
    if (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        *ret_n = ash_rows_int(rows, 0);
        ash_text_escape(ret_text, ASH_SIGN_NAME, ash_rows_text(rows, 1));
        rc = 0;
    }
    ash_rows_free(rows);
    ash_buf_clear(sql);
    return rc;
}

/* Adds the examples of "story s JOIN ... WHERE which AND condition". */
static int add_examples(ash_reader *r, ash_buf *sql, ash_examples *to, ash_error *err)
{
    ash_examples more;
    int rc = sql->failed ? ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory")
                         : ash_story_examples(r, ash_buf_z(sql), &more, err);
    if (rc == 0)
        ash_examples_add(to, &more);
    ash_buf_clear(sql);
    return rc;
}

/* --- encryption -------------------------------------------------------- */

/* Files that got a name with another extension, and when: renamed, or written
 * anew beside one that was deleted. */
static int make_renamed(ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    ash_buf_addf(sql,
                 "CREATE OR REPLACE TEMP TABLE renamed AS SELECT segment, row, first_cs, first_cs // 360000 AS hour, "
                 EXT("new") " AS e, " EXT("old") " AS o, starts_with(new, old) AS added FROM (SELECT s.segment, "
                 "s.row, s.first_cs, p.name AS old, q.name AS new FROM story s JOIN story_path p ON p.path = s.path "
                 "JOIN story_path q ON q.path = s.new_path WHERE %s AND s.changes & 2 <> 0 AND s." OWN
                 " UNION ALL SELECT s.segment, s.row, s.first_cs, d.name, p.name FROM story s JOIN story_path p ON "
                 "p.path = s.path JOIN (SELECT DISTINCT p.dir, p.name FROM story s JOIN story_path p ON p.path = "
                 "s.path WHERE %s AND s.changes & 4 <> 0) d ON d.dir = p.dir AND d.name = regexp_replace(p.name, "
                 "'\\.[^.]{1,32}$', '') WHERE %s AND s.changes & 1 <> 0) WHERE e <> '' AND e <> o",
                 which, which, which);
    return ash_sql_run(r, sql, err);
}

/* One extension, by many files within an hour: added to what they had, or given
 * to files of several kinds. */
#define BURSTS                                                                                            \
    "(SELECT e, hour, count(*) AS n FROM renamed GROUP BY e, hour HAVING count(*) >= %d AND (count(DISTINCT o) " \
    "> 1 OR bool_and(added)))"

static int load_extended(ash_signs *s, ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    int rc = make_renamed(r, which, sql, err);
    ash_buf_addf(sql, "SELECT sum(n)::BIGINT, e FROM " BURSTS " GROUP BY e ORDER BY 1 DESC, 2 LIMIT 1", EXTENDED_MIN);
    if (rc == 0)
        rc = first_text(r, sql, &s->extended, s->extension, err);
    if (rc < 0 || s->extended == 0)
        return rc;
    ash_buf_addf(sql, "renamed JOIN " BURSTS " USING (e, hour)", EXTENDED_MIN);
    rc = add_examples(r, sql, &s->encryption, err);
    s->encryption.count = s->extended;
    return rc;
}

#define OVERWRITTEN "grade >= 50 AND changes & 1 <> 0 AND flags & 4 = 0 AND " OWN

static int load_overwritten(ash_signs *s, ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    ash_examples found = {0};
    ash_buf_addf(sql, "SELECT max(n) FROM (SELECT count(*) AS n FROM story WHERE %s AND " OVERWRITTEN
                      " GROUP BY first_cs // 6000)", which);
    int rc = ash_sql_number(r, ash_buf_z(sql), &s->overwritten_minute, err);
    ash_buf_clear(sql);
    if (s->overwritten_minute < OVERWRITTEN_MIN)
        s->overwritten_minute = 0;
    if (rc < 0 || s->overwritten_minute == 0)
        return rc;
    ash_buf_addf(sql, "(SELECT *, count(*) OVER (PARTITION BY first_cs // 6000) AS n FROM story WHERE %s AND " OVERWRITTEN
                      ") WHERE n >= %d", which, OVERWRITTEN_MIN);
    rc = add_examples(r, sql, &found, err);
    s->overwritten = found.count;
    /* Mostly the same files as those renamed. */
    int64_t count = s->encryption.count > found.count ? s->encryption.count : found.count;
    ash_examples_add(&s->encryption, &found);
    s->encryption.count = count;
    return rc;
}

static int load_notes(ash_signs *s, ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    ash_buf_addf(sql,
                 "SELECT max(n), name FROM (SELECT count(DISTINCT s.dir) AS n, p.name FROM story s JOIN story_path p ON "
                 "p.path = s.path WHERE %s AND " NEW " AND " NO_NOTE " GROUP BY p.name, first_cs // 360000) GROUP BY name "
                 "HAVING max(n) >= %d ORDER BY 1 DESC, 2 LIMIT 1",
                 which, NOTE_FOLDERS_MIN);
    int rc = first_text(r, sql, &s->note_folders, s->note, err);
    if (rc < 0 || s->note_folders == 0 || s->encryption.n == ASH_EXAMPLES_MAX)
        return rc;
    ash_buf_addf(sql, "story s JOIN story_path p ON p.path = s.path WHERE %s AND " NEW " AND p.name = ", which);
    ash_sql_quote(sql, ash_view_z(s->note));
    return add_examples(r, sql, &s->encryption, err);
}

/* --- destruction ------------------------------------------------------- */

static int load_deleted(ash_signs *s, ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    struct {
        const char *query;
        int64_t *ret;
    } asked[] = {
        {"SELECT count(*) FROM story WHERE %s AND " ASH_SQL_CHANGED, &s->changed},
        {"SELECT count(DISTINCT (share, path)) FROM story WHERE %s AND changes & 4 <> 0 AND " OWN,
         &s->deleted},
        {"SELECT count(DISTINCT (share, path)) FROM story WHERE %s AND changes & 4 <> 0 AND grade >= 50 AND "
         OWN, &s->deleted_read},
        {"SELECT max(n) FROM (SELECT count(DISTINCT (share, path)) AS n FROM story WHERE %s AND changes & 4 <> 0 "
         "AND " OWN " GROUP BY principal, first_cs // 8640000)", &s->deleted_day},
        {"SELECT max(n) FROM (SELECT sum(deleted)::BIGINT AS n FROM rest WHERE " ASH_SQL_ACCOUNTS
         " GROUP BY principal, quarter // 96)", &s->deleted_habit},
    };
    int rc = 0;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0] && rc == 0; i++) {
        ash_buf_addf(sql, asked[i].query, which);
        rc = ash_sql_number(r, ash_buf_z(sql), asked[i].ret, err);
        ash_buf_clear(sql);
    }
    if (rc < 0 || s->deleted == 0)
        return rc;
    ash_buf_addf(sql, "story WHERE %s AND changes & 4 <> 0 AND " OWN, which);
    return add_examples(r, sql, &s->destruction, err);
}

/* --- staging ----------------------------------------------------------- */

/* Not archives that were there, read and overwritten in the same access: that is
 * no packing. Nor what went on to another name that is none of an archive. */
static int load_staging(ash_signs *s, ash_reader *r, const char *which, ash_buf *sql, ash_error *err)
{
    int64_t fresh = 0;
    ash_buf_addf(sql,
                 "story s JOIN story_path p ON p.path = s.path LEFT JOIN story_path q ON q.path = "
                 "s.new_path WHERE %s AND " OWN " AND ((changes & 1 <> 0 AND (flags & 4 <> 0 OR grade < 50) AND "
                 "regexp_matches(lower(p.name), " ARCHIVE ") AND (changes & 2 = 0 OR regexp_matches(lower(q.name), "
                 ARCHIVE "))) OR (changes & 2 <> 0 AND regexp_matches(lower(q.name), " ARCHIVE ") AND NOT "
                 "regexp_matches(lower(p.name), " ARCHIVE ")))",
                 which);
    int rc = add_examples(r, sql, &s->staging, err);
    s->archives = s->staging.count;
    ash_buf_addf(sql, "SELECT count(*) FROM story WHERE %s AND " NEW, which);
    if (rc == 0)
        rc = ash_sql_number(r, ash_buf_z(sql), &fresh, err);
    ash_buf_clear(sql);
    if (rc < 0 || fresh == 0 || fresh > BUNDLES_MAX || s->archives > 0)
        return rc;
    ash_buf_addf(sql,
                 "(SELECT segment, row, first_cs FROM story w WHERE %s AND " NEW " AND (SELECT count(*) FROM "
                 "story x WHERE x.actor = w.actor AND x.deed = 1 AND x.first_cs BETWEEN w.first_cs - %d AND "
                 "w.first_cs) >= %d)",
                 which, BUNDLE_CS, BUNDLE_READS);
    rc = add_examples(r, sql, &s->staging, err);
    s->bundles = s->staging.count;
    return rc;
}

int ash_signs_load(ash_signs *ret, ash_reader *r, const char *which, ash_error *err)
{
    ash_signs s = {0};
    ash_buf sql;
    ash_buf_init(&sql, 1u << 16);
    int rc = load_extended(&s, r, which, &sql, err);
    if (rc == 0)
        rc = load_overwritten(&s, r, which, &sql, err);
    if (rc == 0)
        rc = load_notes(&s, r, which, &sql, err);
    if (rc == 0)
        rc = load_deleted(&s, r, which, &sql, err);
    if (rc == 0)
        rc = load_staging(&s, r, which, &sql, err);
    ash_buf_free(&sql);
    if (rc == 0)
        *ret = s;
    return rc;
}

bool ash_signs_encryption(const ash_signs *s)
{
    return s->extended > 0 || s->overwritten_minute > 0 || s->note_folders > 0;
}

bool ash_signs_destruction(const ash_signs *s)
{
    return s->deleted_day >= DELETED_MIN && s->deleted_day > DELETED_FACTOR * s->deleted_habit;
}

bool ash_signs_staging(const ash_signs *s)
{
    return s->archives + s->bundles > 0;
}
