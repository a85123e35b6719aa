#include "investigate/content_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"

struct ash_content_view {
    ash_case *c;
    bool examined;
    sqlite3_stmt *of_file, *of_content; /* kept: a report asks for 200,000 files */
    ash_buf sha256, classes;
};

static int prepare(ash_content_view *v, ash_error *err)
{
    int rc = ash_db_query(&v->c->db, &v->of_file, err,
                          "SELECT f.outcome, coalesce(f.changed, 0), coalesce(f.content, 0), coalesce(f.size, -1), "
                          "coalesce(c.sha256, ''), coalesce(c.partly, 0) FROM files f LEFT JOIN contents c "
                          "ON c.id = f.content WHERE f.share = ? AND f.path = ?",
                          "nn");
    if (rc < 0)
        return rc;
    return ash_db_query(&v->c->db, &v->of_content, err,
                        "SELECT class, count FROM classes WHERE content = ? AND count > 0 ORDER BY count DESC, class",
                        "n");
}

int ash_content_view_open(ash_content_view **ret, ash_case *c, ash_error *err)
{
    int64_t tables = 0, files = 0;
    int rc = ash_db_int(&c->db, &tables, 0, err, "SELECT count(*) FROM sqlite_schema WHERE name = 'files'", "");
    if (rc == 0 && tables > 0)
        rc = ash_db_int(&c->db, &files, 0, err, "SELECT 1 FROM files LIMIT 1", "");
    ash_content_view *v = rc < 0 ? NULL : calloc(1, sizeof *v);
    if (rc < 0)
        return rc;
    if (v == NULL)
        return ash_fail(err, ASH_E_NOMEM, "content", "%s", _("out of memory"));
    v->c = c;
    v->examined = files > 0;
    ash_buf_init(&v->sha256, 256);
    ash_buf_init(&v->classes, 1u << 16);
    if (v->examined && (rc = prepare(v, err)) < 0) {
        ash_content_view_close(v);
        return rc;
    }
    *ret = v;
    return 0;
}

void ash_content_view_close(ash_content_view *v)
{
    if (v == NULL)
        return;
    sqlite3_finalize(v->of_file);
    sqlite3_finalize(v->of_content);
    ash_buf_free(&v->sha256);
    ash_buf_free(&v->classes);
    free(v);
}

bool ash_content_examined(const ash_content_view *v)
{
    return v->examined;
}

static int look_classes(ash_content_view *v, int64_t content, ash_error *err)
{
    sqlite3_stmt *q = v->of_content;
    int rc;
    sqlite3_bind_int64(q, 1, content);
    while ((rc = ash_db_step(&v->c->db, q, err)) == 1) {
        if (v->classes.n > 0)
            ash_buf_add_c(&v->classes, ' ');
        ash_buf_add_view(&v->classes, ash_db_view(q, 0));
        ash_buf_addf(&v->classes, "=%lld", (long long)sqlite3_column_int64(q, 1));
    }
    sqlite3_reset(q);
    return rc;
}

int ash_content_look(ash_content_view *v, int64_t share, ash_view path, ash_content_row *ret, ash_error *err)
{
    sqlite3_stmt *q = v->of_file;
    if (!v->examined)
        return 0;
    ash_buf_clear(&v->sha256);
    ash_buf_clear(&v->classes);
    sqlite3_bind_int64(q, 1, share);
    sqlite3_bind_text64(q, 2, path.n == 0 ? "" : path.p, path.n, SQLITE_STATIC, SQLITE_UTF8);
    int rc = ash_db_step(&v->c->db, q, err);
    if (rc == 1) {
        *ret = (ash_content_row){.outcome = ASH_READOUT_STOPPED,
                                 .changed = sqlite3_column_int(q, 1) != 0,
                                 .content = sqlite3_column_int64(q, 2),
                                 .size = sqlite3_column_int64(q, 3),
                                 .partly = sqlite3_column_int(q, 5) != 0};
        ash_readout_by_name(ash_db_view(q, 0), &ret->outcome);
        ash_buf_add_view(&v->sha256, ash_db_view(q, 4));
    }
    sqlite3_reset(q);
    sqlite3_clear_bindings(q); /* the path is the caller's */
    if (rc != 1)
        return rc;
    if (ret->content != 0)
        rc = look_classes(v, ret->content, err);
    ret->sha256 = ash_buf_view(&v->sha256);
    ret->classes = ash_buf_view(&v->classes);
    return rc < 0 ? rc : 1;
}

bool ash_content_has_class(ash_view classes, const char *name)
{
    size_t n = strlen(name);
    while (classes.n > 0) {
        ptrdiff_t space = ash_view_find(classes, ' ');
        ash_view one = ash_view_first(classes, space < 0 ? classes.n : (size_t)space);
        if (one.n > n && one.p[n] == '=' && memcmp(one.p, name, n) == 0)
            return true;
        classes = ash_view_skip(classes, one.n + 1);
    }
    return false;
}
