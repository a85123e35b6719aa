/* Sums of what was found in the files of a selection. A content counts once,
 * however many files hold it; so does a person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "classify/persons.h"
#include "investigate/content_view.h"

typedef struct summing {
    ash_content_summary *s;
    ash_case *c;
    ash_persons *persons;
    ash_error *err;
} summing;

static int make_table(ash_case *c, ash_error *err)
{
    /* In memory, of this connection alone: the case may be open for reading only. */
    int rc = ash_db_run(&c->db, "PRAGMA temp_store = MEMORY", err);
    if (rc == 0)
        rc = ash_db_run(&c->db,
                        "CREATE TEMP TABLE IF NOT EXISTS in_scope(content INTEGER PRIMARY KEY, files INTEGER);"
                        "DELETE FROM temp.in_scope",
                        err);
    return rc;
}

static int count_row(summing *m, const ash_content_row *row)
{
    ash_content_summary *s = m->s;
    s->by_outcome[row->outcome]++;
    s->changed += row->changed;
    s->partly += row->partly;
    s->with_classes += row->classes.n > 0;
    return row->content == 0 ? 0
                             : ash_db_exec(&m->c->db, m->err,
                                           "INSERT INTO temp.in_scope VALUES(?, 1) ON CONFLICT(content) "
                                           "DO UPDATE SET files = files + 1",
                                           "i", row->content);
}

static int count_files(summing *m, ash_reader *r, ash_content_view *v)
{
    ash_scope *scope;
    ash_scope_row row;
    ash_content_row found;
    int rc = ash_scope_open(&scope, r, m->err);
    if (rc < 0)
        return rc;
    while ((rc = ash_scope_next(scope, &row, m->err)) == 1 && row.grade >= ASH_GRADE_OPENED) {
        m->s->files++;
        rc = ash_content_look(v, row.share, row.path, &found, m->err);
        m->s->not_looked += rc == 0;
        if (rc == 1)
            rc = count_row(m, &found);
        if (rc < 0)
            break;
    }
    ash_scope_close(scope);
    return rc < 0 ? rc : 0;
}

static int sum_classes(summing *m)
{
    sqlite3_stmt *q;
    int rc = ash_db_query(&m->c->db, &q, m->err,
                          "SELECT k.class, k.\"group\", sum(i.files), sum(k.count) FROM temp.in_scope i "
                          "JOIN classes k ON k.content = i.content WHERE k.count > 0 GROUP BY 1 ORDER BY 3 DESC, 1",
                          "");
    if (rc < 0)
        return rc;
    m->s->classes = calloc(ASH_CONTENT_CLASSES_MAX, sizeof *m->s->classes);
    if (m->s->classes == NULL)
        rc = ash_fail(m->err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    while (rc >= 0 && m->s->n_classes < ASH_CONTENT_CLASSES_MAX && (rc = ash_db_step(&m->c->db, q, m->err)) == 1) {
        ash_content_class *k = &m->s->classes[m->s->n_classes++];
        ash_view name = ash_db_view(q, 0), group = ash_db_view(q, 1);
        snprintf(k->name, sizeof k->name, "%.*s", (int)name.n, name.p);
        snprintf(k->group, sizeof k->group, "%.*s", (int)group.n, group.p);
        k->files = sqlite3_column_int64(q, 2);
        k->count = sqlite3_column_int64(q, 3);
    }
    sqlite3_finalize(q);
    return rc < 0 ? rc : 0;
}

static int sum_persons(summing *m)
{
    sqlite3_stmt *q;
    int rc = ash_persons_new(&m->persons, 0, m->err);
    if (rc == 0)
        rc = ash_db_query(&m->c->db, &q, m->err,
                          "SELECT c.persons, c.sketch FROM temp.in_scope i JOIN contents c ON c.id = i.content "
                          "WHERE length(c.persons) > 0",
                          "");
    if (rc < 0)
        return rc;
    while (rc >= 0 && (rc = ash_db_step(&m->c->db, q, m->err)) == 1) {
        const char *p = sqlite3_column_blob(q, 0);
        size_t n = (size_t)sqlite3_column_bytes(q, 0) / sizeof(ash_identity);
        for (size_t i = 0; i < n && rc >= 0; i++) {
            ash_identity who;
            memcpy(&who, p + i * sizeof who, sizeof who);
            rc = ash_persons_add(m->persons, &who, m->err);
        }
        if (rc >= 0 && sqlite3_column_bytes(q, 1) == ASH_SKETCH_SIZE)
            ash_persons_add_sketch(m->persons, sqlite3_column_blob(q, 1));
    }
    sqlite3_finalize(q);
    m->s->persons = ash_persons_result(m->persons);
    return rc < 0 ? rc : 0;
}

int ash_content_summarise(ash_content_summary *ret, ash_reader *r, ash_error *err)
{
    ash_content_summary s = {.examined = false};
    ash_content_view *v;
    summing m = {.s = &s, .c = r->c, .err = err};
    int rc = ash_content_view_open(&v, r->c, err);
    if (rc < 0)
        return rc;
    s.examined = ash_content_examined(v);
    if (s.examined) {
        rc = make_table(r->c, err);
        if (rc == 0)
            rc = count_files(&m, r, v);
        if (rc == 0)
            rc = ash_db_int(&r->c->db, &s.contents, 0, err, "SELECT count(*) FROM temp.in_scope", "");
        if (rc == 0)
            rc = sum_classes(&m);
        if (rc == 0)
            rc = sum_persons(&m);
        ash_persons_free(m.persons);
    }
    ash_content_view_close(v);
    if (rc < 0)
        ash_content_summary_free(&s);
    else
        *ret = s;
    return rc;
}

void ash_content_summary_free(ash_content_summary *s)
{
    free(s->classes);
    s->classes = NULL;
    s->n_classes = 0;
}
