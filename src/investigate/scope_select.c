/* Choosing accesses and grouping them by path, in steps whose sizes are known
 * before the next one is planned: a person's day out of a hundred million
 * accesses must not cost a join with all names ever seen. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "investigate/scope.h"
#include "investigate/sql.h"

/* Strongest evidence wins, of that the surest standing, the earliest of it, of
 * accesses at the same time the one stored first; and which access that was, in the
 * same number, so that a group keeps one state of 16 bytes for all of it. */
#define BEST                                                                             \
    "(((grade::HUGEINT * 4 + 3 - standing) * 17592186044416 + (8796093022208 - first_cs)) * 1125899906842624 + " \
    "(1073741823 - segment::HUGEINT) * 1048576 + (1048575 - row))"
#define BEST_PLACE "19807040628566084398385987584" /* of the standing in BEST: 2^94 */
_Static_assert(ASH_SEGMENT_ROWS <= 1u << 20, "a row number has 20 bits in BEST");

typedef struct builder {
    ash_reader *r;
    ash_buf sql;
    ash_error *err;
} builder;

static int run(builder *b)
{
    return ash_sql_run(b->r, &b->sql, b->err);
}

/* Appends "column IN (...)" of the query's numbers. */
static int add_in(builder *b, const char *column, const char *numbers)
{
    return ash_sql_in(b->r, &b->sql, column, numbers, b->err);
}

/* --- paths ------------------------------------------------------------- */

/* The path glob first becomes folders, which are few, then path ids. */
static int select_paths(builder *b, const ash_filter *f)
{
    ash_view p = ash_view_z(f->path);
    ash_view literal = ash_view_first(p, strcspn(f->path, "*?["));
    ash_buf_add_z(&b->sql, "CREATE OR REPLACE TEMP TABLE wanted_dirs AS SELECT dir, folder FROM dir_ "
                           "WHERE starts_with(inside(folder), ");
    ash_sql_quote(&b->sql, literal);
    ash_buf_add_z(&b->sql, ") OR starts_with(");
    ash_sql_quote(&b->sql, literal);
    ash_buf_add_z(&b->sql, ", inside(folder))");
    int rc = run(b);
    if (rc < 0)
        return rc;
    ash_buf_add_z(&b->sql, "CREATE OR REPLACE TEMP TABLE wanted AS SELECT p.path FROM path_ p LEFT "
                           "JOIN wanted_dirs d USING (dir) WHERE (p.dir IS NULL OR ");
    rc = add_in(b, "p.dir", "SELECT dir FROM wanted_dirs");
    ash_buf_add_z(&b->sql, ") AND ");
    ash_filter_path_sql(f, "path_of(p.dir, d.folder, p.name)",
                        &b->sql);
    return rc == 0 ? run(b) : rc;
}

/* --- accesses ---------------------------------------------------------- */

static int select_accesses(builder *b, const ash_filter *f)
{
    bool all = f->all && f->track == 0;
    ash_buf_add_z(&b->sql,
                  "CREATE OR REPLACE TEMP TABLE found AS SELECT share, path, actor, max(grade) AS "
                  "grade, bit_or(changes) AS changes, bit_or(flags) AS flags, min(first_cs) AS first_cs, max(last_cs) AS "
                  "last_cs, sum(records)::BIGINT AS records, max(entries)::BIGINT AS entries, "
                  "count(*)::BIGINT AS accesses, max(" BEST ") AS best, max(new_path) AS new_path, ");
    if (all)
        ash_buf_add_z(&b->sql, "NULL::BIGINT AS track, 0::BIGINT AS standing, 0::BIGINT AS why FROM (SELECT "
                               "*, 0 AS standing FROM a) a WHERE ");
    else
        ash_buf_addf(&b->sql, "min(track) AS track, (3 - (max(" BEST ") // " BEST_PLACE
                              ") %% 4)::BIGINT AS standing, bit_or(why) AS why FROM of_tracks(%lld) a WHERE ",
                     (long long)f->track);
    int rc = ash_filter_sql(f, b->r, &b->sql, b->err);
    if (rc == 0 && f->path != NULL) {
        ash_buf_add_z(&b->sql, " AND ");
        rc = add_in(b, "a.path", "SELECT path FROM wanted");
    }
    ash_buf_add_z(&b->sql, " GROUP BY share, path, actor");
    return rc == 0 ? run(b) : rc;
}

/* With --all a track is named where there is one, without narrowing. */
static int name_tracks(builder *b)
{
    int64_t parts = 0;
    int rc = ash_sql_number(b->r, "SELECT count(*) FROM part WHERE status <> 'rejected'", &parts, b->err);
    if (rc < 0 || parts == 0)
        return rc;
    ash_buf_add_z(&b->sql, "UPDATE found SET track = t.track, standing = t.standing, why = t.why FROM "
                           "(SELECT share, path, actor, min(track) AS track, min(standing) AS standing, "
                           "bit_or(why) AS why FROM of_tracks(0) GROUP BY share, path, actor) t "
                           "WHERE t.share = found.share AND t.path = found.path AND t.actor = "
                           "found.actor");
    return run(b);
}

/* --- names ------------------------------------------------------------- */

static int select_names(builder *b)
{
    ash_buf_add_z(&b->sql, "CREATE OR REPLACE TEMP TABLE found_paths AS SELECT path, dir, name, name_raw "
                           "FROM path_ WHERE ");
    int rc = add_in(b, "path", "SELECT path FROM found UNION SELECT new_path FROM found WHERE new_path "
                               "IS NOT NULL");
    if (rc == 0)
        rc = run(b);
    if (rc < 0)
        return rc;
    ash_buf_add_z(&b->sql, "CREATE OR REPLACE TEMP TABLE found_dirs AS SELECT dir, folder, folder_raw "
                           "FROM dir_ WHERE ");
    rc = add_in(b, "dir", "SELECT DISTINCT dir FROM found_paths WHERE dir IS NOT NULL");
    return rc == 0 ? run(b) : rc;
}

/* Within one volume an id is a path. Where accesses lie in several, the same
 * path has several ids, and only its text tells: the least of them stands for
 * it. */
static int select_canonical(builder *b)
{
    ash_buf_add_z(&b->sql,
                  "CREATE OR REPLACE TEMP TABLE canon AS WITH d AS (SELECT dir, min(dir) OVER "
                  "(PARTITION BY folder, folder_raw) AS same FROM found_dirs) SELECT p.path, "
                  "min(p.path) OVER (PARTITION BY d.same, p.name, p.name_raw) AS same FROM "
                  "found_paths p LEFT JOIN d USING (dir)");
    return run(b);
}

static int group(builder *b)
{
    bool many = b->r->n_volumes > 1;
    int rc = many ? select_canonical(b) : 0;
    if (rc < 0)
        return rc;
    ash_buf_add_z(&b->sql, "CREATE OR REPLACE TEMP TABLE scope AS SELECT share, ");
    ash_buf_add_z(&b->sql, many ? "c.same" : "path");
    ash_buf_add_z(&b->sql,
                  " AS path, arg_max(actor, best) AS actor, count(DISTINCT actor)::BIGINT AS actors, "
                  "max(grade) AS grade, bit_or(changes) AS changes, bit_or(flags) AS flags, min(first_cs) AS first_cs, "
                  "max(last_cs) AS last_cs, sum(records)::BIGINT AS records, max(entries) AS "
                  "entries, sum(accesses)::BIGINT AS accesses, max(best) AS best, min(track) AS "
                  "track, max(new_path) AS new_path, arg_max(standing, best) AS standing, bit_or(why) AS why FROM found ");
    ash_buf_add_z(&b->sql, many ? "JOIN canon c USING (path) GROUP BY share, c.same"
                                : "GROUP BY share, path");
    return run(b);
}

/* Grades are about paths, not about single accesses: whatever was read as well
 * as listed is not among the listed. */
static int select_grades(builder *b, const ash_filter *f)
{
    if (f->n_grades == 0)
        return 0;
    ash_buf_add_z(&b->sql, "DELETE FROM scope WHERE NOT ");
    int rc = ash_filter_grades_sql(f, "scope", &b->sql, b->err);
    return rc == 0 ? run(b) : rc;
}

/* So is the standing: the surest of the path's strongest grade. */
static int select_standings(builder *b, const ash_filter *f)
{
    if (f->standings == 0)
        return 0;
    ash_buf_addf(&b->sql, "DELETE FROM scope WHERE (%u >> coalesce(standing, 0)::INTEGER) & 1 = 0", f->standings);
    return run(b);
}

int ash_scope_select(ash_reader *r, const ash_filter *f, ash_error *err)
{
    builder b = {.r = r, .err = err};
    ash_buf_init(&b.sql, 16u << 20);
    int rc = f->path == NULL ? 0 : select_paths(&b, f);
    if (rc == 0)
        rc = select_accesses(&b, f);
    if (rc == 0 && f->all)
        rc = name_tracks(&b);
    if (rc == 0)
        rc = select_names(&b);
    if (rc == 0)
        rc = group(&b);
    if (rc == 0)
        rc = select_grades(&b, f);
    if (rc == 0)
        rc = select_standings(&b, f);
    ash_buf_free(&b.sql);
    return rc;
}
