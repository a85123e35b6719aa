#include "investigate/story.h"

#include "investigate/scope.h"
#include "investigate/sql.h"

/* As ash_deed. */
#define DEED                                                                                       \
    "CASE WHEN " ASH_SQL_CHANGED " THEN 4 WHEN grade = 60 THEN 1 WHEN grade = 50 THEN 2 WHEN grade " \
    "IN (10, 20) THEN 3 ELSE 0 END::UTINYINT"

/* A file a person deleted. */
#define DELETED "changes & 4 <> 0 AND flags & 96 = 0"

/* Where accesses lie in several volumes the same text has several numbers: the
 * least of them stands for it (scope_select.c). */
static const char names_of_many[] =
    "CREATE OR REPLACE TEMP TABLE story_dir AS SELECT dir, min(dir) OVER (PARTITION BY folder, "
    "folder_raw) AS same, folder FROM found_dirs;"
    "CREATE OR REPLACE TEMP TABLE story_path AS SELECT p.path, min(p.path) OVER (PARTITION BY "
    "d.same, p.name, p.name_raw) AS same, d.same AS dir, d.folder, p.name FROM found_paths p LEFT "
    "JOIN story_dir d USING (dir)";
static const char names_of_one[] =
    "CREATE OR REPLACE TEMP TABLE story_dir AS SELECT dir, dir AS same, folder FROM found_dirs;"
    "CREATE OR REPLACE TEMP TABLE story_path AS SELECT p.path, p.path AS same, p.dir, d.folder, "
    "p.name FROM found_paths p LEFT JOIN story_dir d USING (dir)";

/* A listed folder is the place its files lie in: by its text, since as a path
 * and as a folder it has two numbers, of which the path's is made negative. */
static const char places[] =
    "CREATE OR REPLACE TEMP TABLE story_place AS WITH listed AS (SELECT path, rtrim(path_of(dir, "
    "folder, name), '/' || chr(92)) AS text FROM story_path WHERE path IN (SELECT path FROM found "
    "WHERE grade = 40)), dirs AS (SELECT min(same) AS dir, rtrim(folder, '/' || chr(92)) AS text FROM "
    "story_dir GROUP BY ALL) SELECT l.path, coalesce(d.dir::BIGINT, -1 - l.path::BIGINT) AS place "
    "FROM listed l LEFT JOIN dirs d USING (text)";

static const char story[] =
    "CREATE OR REPLACE TEMP TABLE story AS SELECT t.track, t.segment, t.row, t.actor, t.principal, "
    "t.share, t.path AS stored, p.same AS path, p.dir, CASE WHEN t.grade = 40 THEN coalesce(l.place, p.dir) ELSE p.dir "
    "END AS place, t.new_path, " DEED " AS deed, t.grade, t.changes, t.object, t.flags, t.entries, t.first_cs, "
    "t.last_cs FROM of_tracks(0) t JOIN story_path p USING (path) LEFT JOIN story_place l USING (path)";

/* An account's life can be a fifth of the case; its quarters of an hour are few.
 * The tracks' accesses are taken off the sums: asking each access whether it is
 * of a track takes ten times as long. */
int ash_story_add_rest(ash_reader *r, ash_error *err)
{
    ash_buf sql;
    ash_buf_init(&sql, 16u << 20);
    ash_buf_add_z(&sql, "CREATE OR REPLACE TEMP TABLE rest AS SELECT x.actor, x.principal, x.quarter, x.n - coalesce(s.n, 0) "
                        "AS n, x.deleted - coalesce(s.deleted, 0) AS deleted, (x.id // 1048576)::UINTEGER AS segment, x.id "
                        "% 1048576 AS row, x.quarter * 90000 AS first_cs FROM (SELECT actor, principal, first_cs // 90000 "
                        "AS quarter, count(*) AS n, count(*) FILTER (" DELETED ") AS deleted, min(segment::BIGINT * "
                        "1048576 + row) AS id FROM a WHERE ");
    int rc = ash_sql_in(r, &sql, "a.principal", "SELECT DISTINCT principal FROM story", err);
    ash_buf_add_z(&sql, " GROUP BY ALL) x LEFT JOIN (SELECT actor, first_cs // 90000 AS quarter, count(*) AS n, count(*) "
                        "FILTER (" DELETED ") AS deleted FROM story GROUP BY ALL) s USING (actor, quarter) WHERE x.n > "
                        "coalesce(s.n, 0)");
    if (rc == 0)
        rc = ash_sql_run(r, &sql, err);
    ash_buf_free(&sql);
    return rc;
}
_Static_assert(ASH_SEGMENT_ROWS <= 1u << 20, "a row number has 20 bits above");

/* From the sums of each folder, of which the tracks' accesses are taken off. */
int ash_story_add_folders(ash_reader *r, ash_error *err)
{
    ash_buf sql;
    ash_buf_init(&sql, 16u << 20);
    ash_buf_add_z(&sql, "CREATE OR REPLACE TEMP TABLE rest_dir_ AS SELECT c.principal, f.share, f.dir FROM (SELECT "
                        "actor, share, dir, sum(accesses)::BIGINT AS n FROM folder_activity_ids WHERE ");
    int rc = ash_sql_in(r, &sql, "actor",
                        "SELECT actor FROM actor WHERE principal IN (SELECT DISTINCT principal FROM story)", err);
    ash_buf_add_z(&sql, " GROUP BY ALL) f JOIN actor c USING (actor) LEFT JOIN (SELECT actor, share, p.dir, count(*) AS n "
                        "FROM story s JOIN found_paths p ON p.path = s.stored GROUP BY ALL) s ON s.actor = f.actor AND "
                        "s.share = f.share AND s.dir = f.dir WHERE f.dir IS NOT NULL AND f.n > coalesce(s.n, 0)");
    if (rc == 0)
        rc = ash_sql_run(r, &sql, err);
    ash_buf_add_z(&sql, "CREATE OR REPLACE TEMP TABLE rest_dir AS SELECT DISTINCT principal, share, folder FROM rest_dir_ "
                        "JOIN (SELECT dir, folder FROM dir_ WHERE ");
    if (rc == 0)
        rc = ash_sql_in(r, &sql, "dir", "SELECT DISTINCT dir FROM rest_dir_", err);
    ash_buf_add_z(&sql, ") USING (dir); DROP TABLE rest_dir_");
    if (rc == 0)
        rc = ash_sql_run(r, &sql, err);
    ash_buf_free(&sql);
    return rc;
}

/* Those with most accesses, in the order of the list. */
static int choose_tracks(ash_story *s, const ash_tracks *tracks, ash_error *err)
{
    ash_rows *rows = NULL;
    size_t seen = 0;
    int64_t chosen[ASH_STORY_TRACKS_MAX], n[ASH_STORY_TRACKS_MAX];
    int rc = ash_duck_query(s->r->duck,
                            "SELECT track, coalesce(n, 0)::BIGINT FROM (SELECT DISTINCT track FROM part WHERE "
                            "status <> 'rejected') LEFT JOIN (SELECT track, count(*) AS n FROM story GROUP "
                            "BY track) USING (track) ORDER BY 2 DESC, 1",
                            NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        if (seen < ASH_STORY_TRACKS_MAX) {
            chosen[seen] = ash_rows_int(rows, 0);
            n[seen] = ash_rows_int(rows, 1);
        } else {
            s->left_out++;
        }
        seen++;
        rc = 0;
    }
    ash_rows_free(rows);
    for (size_t i = 0; i < tracks->n && rc == 0; i++) {
        for (size_t k = 0; k < seen - s->left_out; k++) {
            if (chosen[k] != tracks->rows[i].id)
                continue;
            s->accesses[s->n] = n[k];
            s->tracks[s->n++] = &tracks->rows[i];
        }
    }
    return rc;
}

int ash_story_open(ash_story *ret, ash_reader *r, const ash_tracks *tracks, ash_error *err)
{
    ash_story s = {.r = r};
    int rc = ash_duck_run(r->duck, r->n_volumes > 1 ? names_of_many : names_of_one, err);
    if (rc == 0)
        rc = ash_duck_run(r->duck, places, err);
    if (rc == 0)
        rc = ash_duck_run(r->duck, story, err);
    if (rc == 0)
        rc = choose_tracks(&s, tracks, err);
    if (rc == 0)
        *ret = s;
    return rc;
}

int ash_story_begin(ash_story *ret, ash_reader *r, const ash_tracks *tracks, ash_error *err)
{
    ash_filter all = ash_filter_none();
    int rc = ash_scope_select(r, &all, err);
    return rc == 0 ? ash_story_open(ret, r, tracks, err) : rc;
}

bool ash_story_has_actor(const ash_track *t, uint32_t actor)
{
    for (size_t i = 0; i < t->n_parts; i++)
        if (t->parts[i].actor == actor && t->parts[i].reason != ASH_PART_SPRAYING)
            return true;
    return false;
}

int ash_story_examples(ash_reader *r, const char *rows, ash_examples *ret, ash_error *err)
{
    ash_buf sql;
    ash_rows *got = NULL;
    *ret = (ash_examples){0};
    ash_buf_init(&sql, 1u << 16);
    ash_buf_addf(&sql, "SELECT count(*) FROM %s", rows);
    int rc = ash_sql_number(r, ash_buf_z(&sql), &ret->count, err);
    ash_buf_clear(&sql);
    ash_buf_addf(&sql, "SELECT segment, row FROM %s ORDER BY first_cs, segment, row LIMIT %u", rows,
                 ASH_EXAMPLES_MAX);
    if (rc == 0 && ret->count > 0)
        rc = ash_duck_query(r->duck, ash_buf_z(&sql), NULL, 0, &got, err);
    while (rc == 0 && got != NULL && (rc = ash_rows_next(got, err)) == 1) {
        ret->at[ret->n].segment = (uint32_t)ash_rows_int(got, 0);
        ret->at[ret->n++].row = ash_rows_int(got, 1);
        rc = 0;
    }
    ash_rows_free(got);
    ash_buf_free(&sql);
    return rc;
}

void ash_examples_add(ash_examples *a, const ash_examples *b)
{
    a->count += b->count;
    for (size_t i = 0; i < b->n && a->n < ASH_EXAMPLES_MAX; i++)
        a->at[a->n++] = b->at[i];
}
