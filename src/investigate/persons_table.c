#include "investigate/persons_table.h"

#include <stdlib.h>
#include <string.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "classify/classes.h"
#include "investigate/content_view.h"

typedef struct group {
    char *name; /* owned */
    int64_t files;
    ash_persons_count count;
} group;

typedef struct counting {
    ash_reader *r;
    ash_db *db;
    ash_persons_by by;
    unsigned depth;
    group *groups; /* owned; [0] is all */
    size_t n;
    ash_error *err;
} counting;

const char *ash_persons_by_name(ash_persons_by by)
{
    static const char *const names[ASH_PERSONS_BYS] = {"class", "server", "share", "folder"};
    return names[by];
}

/* --- which contents are in which group ------------------------------------ */

/* The folder of a path, its first `depth` parts if depth is not 0. */
static ash_view folder_of(ash_view path, unsigned depth)
{
    const char *slash = ash_path_slash(path);
    ash_view folder = slash == NULL ? (ash_view){0} : ash_view_first(path, (size_t)(slash - path.p));
    for (size_t i = 1; depth > 0 && i < folder.n; i++) {
        if (folder.p[i] == *slash && --depth == 0)
            folder.n = i;
    }
    return folder;
}

static int put_file(counting *c, int64_t share, ash_view path, int64_t content)
{
    ash_view key = {0};
    bool known = share >= 0 && share < (int64_t)ash_shares_count(c->r->actors);
    if (c->by == ASH_PERSONS_BY_FOLDER)
        key = folder_of(path, c->depth);
    else if (c->by != ASH_PERSONS_BY_CLASS && known)
        key = c->by == ASH_PERSONS_BY_SERVER ? ash_shares_at(c->r->actors, (uint32_t)share).server
                                             : ash_shares_at(c->r->actors, (uint32_t)share).name;
    return ash_db_exec(c->db, c->err,
                       "INSERT INTO temp.person_groups VALUES(?, ?, 1) ON CONFLICT DO UPDATE SET files = files + 1",
                       "vi", key, content);
}

static int put_scope(counting *c)
{
    ash_content_view *v;
    ash_scope *scope;
    ash_scope_row row;
    ash_content_row found;
    int rc = ash_content_view_open(&v, c->r->c, c->err);
    if (rc < 0)
        return rc;
    rc = ash_scope_open(&scope, c->r, c->err);
    if (rc == 0) {
        while ((rc = ash_scope_next(scope, &row, c->err)) == 1 && row.grade >= ASH_GRADE_OPENED) {
            rc = ash_content_look(v, row.share, row.path, &found, c->err);
            if (rc == 1 && found.content != 0)
                rc = put_file(c, row.share, row.path, found.content);
            if (rc < 0)
                break;
        }
        ash_scope_close(scope);
    }
    ash_content_view_close(v);
    return rc < 0 ? rc : 0;
}

static int put_tree(counting *c)
{
    sqlite3_stmt *q;
    int rc = ash_db_query(c->db, &q, c->err, "SELECT share, path, content FROM files WHERE content > 0", "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(c->db, q, c->err)) == 1) {
        rc = put_file(c, sqlite3_column_int64(q, 0), ash_db_view(q, 1), sqlite3_column_int64(q, 2));
        if (rc < 0)
            break;
    }
    sqlite3_finalize(q);
    return rc;
}

static int collect(counting *c, bool tree)
{
    int64_t examined = 0;
    int rc = ash_db_int(c->db, &examined, 0, c->err, "SELECT count(*) FROM sqlite_schema WHERE name = 'files'", "");
    if (rc == 0 && examined == 0)
        return ash_fail(c->err, ASH_E_STATE, "content", "%s",
                        _("no content was examined; run `ashiato classify` first"));
    if (rc == 0)
        rc = ash_db_run(c->db,
                        "PRAGMA temp_store = MEMORY;"
                        "CREATE TEMP TABLE IF NOT EXISTS person_groups(name TEXT, content INTEGER, files INTEGER,"
                        " PRIMARY KEY(name, content)) WITHOUT ROWID; DELETE FROM temp.person_groups",
                        c->err);
    if (rc < 0)
        return rc;
    return tree ? put_tree(c) : put_scope(c);
}

/* --- counting ---------------------------------------------------------------- */

/* Those with one of `classes` (0: all) in the contents of the group (NULL: any). */
static int count(counting *c, const char *name, uint64_t classes, group *g)
{
    ash_persons *persons;
    sqlite3_stmt *q;
    int rc = ash_persons_new(&persons, 0, c->err);
    if (rc < 0)
        return rc;
    rc = ash_db_query(c->db, &q, c->err,
                      "SELECT c.persons, c.sketch, g.files FROM (SELECT content, sum(files) AS files FROM"
                      " temp.person_groups WHERE ?1 IS NULL OR name = ?1 GROUP BY content) g"
                      " JOIN contents c ON c.id = g.content WHERE length(c.persons) > 0 ORDER BY c.id",
                      "s", name);
    while (rc >= 0 && (rc = ash_db_step(c->db, q, c->err)) == 1) {
        const char *p = sqlite3_column_blob(q, 0);
        size_t n = (size_t)sqlite3_column_bytes(q, 0) / sizeof(ash_identity), taken = 0;
        for (size_t i = 0; i < n && rc >= 0; i++) {
            ash_identity who;
            memcpy(&who, p + i * sizeof who, sizeof who);
            if (classes != 0 && (who.classes & classes) == 0)
                continue;
            taken++;
            rc = ash_persons_add(persons, &who, c->err);
        }
        g->files += taken > 0 ? sqlite3_column_int64(q, 2) : 0;
        /* Of records beyond the limit it is not known what they hold. */
        if (rc >= 0 && taken > 0 && sqlite3_column_bytes(q, 1) == ASH_SKETCH_SIZE)
            ash_persons_add_sketch(persons, sqlite3_column_blob(q, 1));
    }
    sqlite3_finalize(q);
    g->count = ash_persons_result(persons);
    ash_persons_free(persons);
    return rc < 0 ? rc : 0;
}

static group *add_group(counting *c, ash_view name)
{
    if (c->n == ASH_PERSON_GROUPS_MAX)
        return NULL;
    group *g = &c->groups[c->n];
    g->name = strndup(name.p == NULL ? "" : name.p, name.n);
    c->n += g->name != NULL;
    return g->name == NULL ? NULL : g;
}

static int count_classes(counting *c)
{
    int rc = 0;
    for (unsigned i = 0; i < ASH_CLASSES_BUILT_IN && rc == 0; i++) {
        group *g = add_group(c, ash_view_z(ash_class_of((ash_class_id)i)->name));
        if (g == NULL)
            return ash_fail(c->err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
        rc = count(c, NULL, UINT64_C(1) << i, g);
        if (rc == 0 && g->count.records == 0) {
            free(g->name);
            memset(g, 0, sizeof *g);
            c->n--;
        }
    }
    return rc;
}

static int count_groups(counting *c)
{
    sqlite3_stmt *q;
    int rc = ash_db_query(c->db, &q, c->err, "SELECT DISTINCT name FROM temp.person_groups ORDER BY name", "");
    if (rc < 0)
        return rc;
    while ((rc = ash_db_step(c->db, q, c->err)) == 1) {
        if (add_group(c, ash_db_view(q, 0)) == NULL) {
            rc = ash_fail(c->err, ASH_E_LIMIT, "content", "%s",
                          _("more groups than can be counted; use --depth to take folders together"));
            break;
        }
    }
    sqlite3_finalize(q);
    for (size_t i = 1; i < c->n && rc >= 0; i++)
        rc = count(c, c->groups[i].name, 0, &c->groups[i]);
    return rc < 0 ? rc : 0;
}

static int most_first(const void *a, const void *b)
{
    const group *x = a, *y = b;
    if (x->count.estimate != y->count.estimate)
        return x->count.estimate > y->count.estimate ? -1 : 1;
    return strcmp(x->name, y->name);
}

int ash_persons_table(ash_reader *r, ash_persons_by by, bool tree, unsigned depth,
                      void (*each)(void *user, const ash_persons_row *row), void *user, ash_error *err)
{
    counting c = {.r = r, .db = &r->c->db, .by = by, .depth = depth, .err = err};
    c.groups = calloc(ASH_PERSON_GROUPS_MAX, sizeof *c.groups);
    if (c.groups == NULL || add_group(&c, (ash_view){0}) == NULL) {
        free(c.groups);
        return ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    }
    int rc = collect(&c, tree);
    if (rc == 0)
        rc = count(&c, NULL, 0, &c.groups[0]);
    if (rc == 0)
        rc = by == ASH_PERSONS_BY_CLASS ? count_classes(&c) : count_groups(&c);
    if (rc == 0)
        qsort(c.groups + 1, c.n - 1, sizeof *c.groups, most_first);
    for (size_t i = 0; i < c.n; i++) {
        const group *g = &c.groups[i];
        ash_persons_row row = {.all = i == 0, .group = ash_view_z(g->name), .files = g->files, .count = g->count};
        if (rc == 0 && (row.all || row.count.records > 0))
            each(user, &row);
        free(g->name);
    }
    free(c.groups);
    return rc;
}
