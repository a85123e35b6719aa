/* Where the records of a share reach, and whether that covers a path: a place no
 * record is from may not be logged at all. */
#include <stdlib.h>
#include <string.h>

#include "investigate/untouched_internal.h"

static int nomem(ash_error *err)
{
    return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* Length without separators at the end. */
static size_t trimmed(const char *p, size_t n)
{
    while (n > 0 && is_separator(p[n - 1]))
        n--;
    return n;
}

/* Is `path` the folder itself, or something below it? "": everything. */
static bool is_within(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (n == 0 || path[n] == '\0' || is_separator(path[n]));
}

/* --- shares ------------------------------------------------------------ */

/* Files that were opened, and folders that were listed: lookups also go to places
 * outside of the share. `t` is the folder, without a separator at its end. */
static const char places_sql[] =
    "SELECT share, min(t), max(t), bool_or(relative), bool_or(NOT relative), min(first_cs), max(last_cs) "
    "FROM (SELECT r.share, r.first_cs, r.last_cs, "
    "rtrim(path_of(p.dir, d.f, " ASH_SQL_NORM("p.name") "), '/\\') AS t, NOT "
    "is_absolute(path_of(p.dir, d.f, p.name)) AS relative FROM reached r JOIN path_ p USING (path) LEFT "
    "JOIN dir_norm d USING (dir) WHERE r.listed UNION ALL SELECT x.share, x.first_cs, x.last_cs, "
    "coalesce(rtrim(d.f, '/\\'), ''), d.f IS NULL OR NOT is_absolute(d.f || '/') FROM (SELECT r.share, "
    "p.dir, min(r.first_cs) AS first_cs, max(r.last_cs) AS last_cs FROM reached r JOIN path_ p USING "
    "(path) WHERE r.file GROUP BY r.share, p.dir) x LEFT JOIN dir_norm d USING (dir)) GROUP BY share";

static const char prepare_sql[] =
    "CREATE OR REPLACE TEMP MACRO is_absolute(t) AS starts_with(t, '/') OR regexp_matches(t, "
    "'^[A-Za-z]:[/\\\\]');"
    "CREATE OR REPLACE TEMP TABLE dir_norm AS SELECT dir, " ASH_SQL_NORM("folder") " AS f FROM dir_;"
    "CREATE OR REPLACE TEMP TABLE reached AS SELECT share, path, bool_or(grade = 40) AS listed, "
    "bool_or(grade >= 50 AND object = 1) AS file, min(first_cs) AS first_cs, max(last_cs) AS last_cs FROM "
    "a WHERE grade >= 40 GROUP BY share, path;";

/* The deepest folder that holds two texts, of which one sorts first and the other
 * last of many: it holds all of them. */
static char *common_folder(ash_view lo, ash_view hi)
{
    size_t n = 0;
    while (n < lo.n && n < hi.n && lo.p[n] == hi.p[n])
        n++;
    bool is_folder = n == lo.n && (n == hi.n || is_separator(hi.p[n]));
    while (!is_folder && n > 0 && !is_separator(lo.p[n - 1]))
        n--;
    n = trimmed(lo.p, n);
    return n == 0 ? strdup("") : strndup(lo.p, n);
}

static int add_operations(ash_places *p, ash_reader *r, ash_error *err)
{
    sqlite3_stmt *st;
    int rc = ash_db_query(&r->c->db, &st, err, "SELECT id, operations FROM shares", "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(&r->c->db, st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);
        if (id >= 0 && (size_t)id < p->n)
            p->rows[id].operations = sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return rc;
}

static int add_folders(ash_places *p, ash_reader *r, ash_error *err)
{
    ash_rows *rows = NULL;
    int rc = ash_duck_run(r->duck, prepare_sql, err);
    if (rc == 0)
        rc = ash_duck_query(r->duck, places_sql, NULL, 0, &rows, err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        int64_t share = ash_rows_int(rows, 0);
        rc = 0;
        if (share < 0 || (size_t)share >= p->n)
            continue;
        ash_place *place = &p->rows[share];
        place->known = true;
        place->relative = ash_rows_int(rows, 3) != 0;
        place->absolute = ash_rows_int(rows, 4) != 0;
        place->first_cs = ash_rows_int(rows, 5);
        place->last_cs = ash_rows_int(rows, 6);
        place->folder = common_folder(ash_rows_text(rows, 1), ash_rows_text(rows, 2));
        if (place->folder == NULL)
            rc = nomem(err);
    }
    ash_rows_free(rows);
    return rc;
}

int ash_places_load(ash_places *ret, ash_reader *r, ash_error *err)
{
    ash_places p = {.n = ash_shares_count(r->actors)};
    p.rows = calloc(p.n + 1, sizeof *p.rows);
    if (p.rows == NULL)
        return nomem(err);
    for (size_t i = 0; i < p.n; i++)
        p.rows[i] = (ash_place){.share = (uint32_t)i, .server = SIZE_MAX};
    int rc = add_operations(&p, r, err);
    if (rc == 0)
        rc = add_folders(&p, r, err);
    if (rc < 0) {
        ash_places_free(&p);
        return rc;
    }
    *ret = p;
    return 0;
}

void ash_places_free(ash_places *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->rows[i].folder);
    free(p->rows);
    *p = (ash_places){0};
}

ash_reach ash_place_reach(const ash_place *p, const ash_target *t)
{
    if (p->known && t->anywhere)
        return ASH_REACH_PART;
    if (!p->known || (t->absolute && !p->absolute) || (!t->absolute && !p->relative))
        return ASH_REACH_NONE;
    if (is_within(t->base, p->folder))
        return ASH_REACH_ALL;
    return is_within(p->folder, t->base) ? ASH_REACH_PART : ASH_REACH_NONE;
}

/* --- targets ----------------------------------------------------------- */

/* All texts normalised by the database, so that they are what paths are. */
static int normalise(ash_reader *r, const ash_question *q, char **out, ash_error *err)
{
    ash_rows *rows = NULL;
    int64_t *number = malloc((q->n_paths + 1) * sizeof *number);
    ash_view *text = malloc((q->n_paths + 1) * sizeof *text);
    int rc = number == NULL || text == NULL ? nomem(err) : 0;
    for (size_t i = 0; i < q->n_paths && rc == 0; i++) {
        number[i] = (int64_t)i;
        text[i] = q->paths[i].text;
    }
    const ash_column columns[] = {{.name = "i", .type = ASH_COL_I64, .data = number},
                                  {.name = "t", .type = ASH_COL_TEXT, .data = text}};
    const ash_columns c = {.columns = columns, .n_columns = 2, .n_rows = q->n_paths};
    if (rc == 0)
        rc = ash_duck_table(r->duck, &c, "asked_text", err);
    if (rc == 0)
        rc = ash_duck_query(r->duck, "SELECT i, " ASH_SQL_NORM("t") " FROM asked_text", NULL, 0, &rows,
                            err);
    while (rc == 0 && (rc = ash_rows_next(rows, err)) == 1) {
        ash_view v = ash_rows_text(rows, 1);
        char *copy = v.n == 0 ? strdup("") : strndup(v.p, v.n);
        out[ash_rows_int(rows, 0)] = copy;
        rc = copy == NULL ? nomem(err) : 0;
    }
    ash_rows_free(rows);
    free(number);
    free(text);
    return rc;
}

/* A backslash is a separator here, and takes the meaning from what follows it in
 * GLOB. */
static char *pattern_of(const char *text)
{
    size_t n = 0;
    char *out = malloc(2 * strlen(text) + 1);
    for (const char *p = text; out != NULL && *p != '\0'; p++) {
        if (*p == '\\')
            out[n++] = '\\';
        out[n++] = *p;
    }
    if (out != NULL)
        out[n] = '\0';
    return out;
}

static int make_target(ash_target *t, char *text, bool glob, ash_error *err)
{
    size_t n = strlen(text), wild = strcspn(text, "*?[");
    t->base = text;
    t->absolute = text[0] == '/' || (text[0] != '\0' && text[1] == ':' && is_separator(text[2]));
    for (const char *p = text; *p != '\0'; p++)
        t->control = t->control || (unsigned char)*p < 0x20 || *p == 0x7f;
    t->anywhere = glob && wild == 0 && n > 0;
    if (glob && wild < n) {
        t->pattern = pattern_of(text);
        if (t->pattern == NULL)
            return nomem(err);
        for (n = wild; n > 0 && !is_separator(text[n - 1]); n--)
            ;
    }
    n = trimmed(text, n);
    text[n] = '\0';
    const char *slash = ash_path_slash(ash_view_of(text, n));
    size_t parted = slash == NULL ? 0 : (size_t)(slash - text) + 1;
    t->name = strdup(text + parted);
    /* Folders of Windows end in their separator. */
    if (slash != NULL)
        t->folder = strndup(text, *slash == '\\' ? parted : parted - 1);
    return t->name == NULL || (slash != NULL && t->folder == NULL) ? nomem(err) : 0;
}

int ash_targets_make(ash_target **ret, ash_reader *r, const ash_question *q, ash_error *err)
{
    char **text = calloc(q->n_paths + 1, sizeof *text);
    ash_target *t = calloc(q->n_paths + 1, sizeof *t);
    int rc = text == NULL || t == NULL ? nomem(err) : normalise(r, q, text, err);
    for (size_t i = 0; i < q->n_paths && rc == 0; i++) {
        rc = make_target(&t[i], text[i], q->paths[i].glob, err);
        text[i] = NULL;
    }
    for (size_t i = 0; text != NULL && i < q->n_paths; i++)
        free(text[i]);
    free(text);
    if (rc < 0) {
        ash_targets_free(t, q->n_paths);
        return rc;
    }
    *ret = t;
    return 0;
}

void ash_targets_free(ash_target *t, size_t n)
{
    for (size_t i = 0; t != NULL && i < n; i++) {
        free(t[i].base);
        free(t[i].folder);
        free(t[i].name);
        free(t[i].pattern);
    }
    free(t);
}
