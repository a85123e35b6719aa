/* report.json: the files of the scope, how they lie on disk, and what is in each. */
#include "ashiato/access.h"
#include "base/limits.h"
#include "base/text.h"
#include "investigate/content_view.h"
#include "investigate/standing.h"
#include "report/json_parts.h"
#include "report/report.h"

static void file_row(ash_json *j, ash_model *m, const ash_scope_row *row, const ash_content_row *c)
{
    char name[40], track[24], changes[64], text[ASH_TIME_TEXT], why[ASH_WHY_TEXT];
    ash_share s = ash_shares_at(m->r->actors, row->share);
    ash_actor a = ash_actors_at(m->r->actors, row->actor);
    ash_json_begin(j, '[');
    ash_json_z(j, ash_access_name(row->segment, row->row, name));
    ash_json_text(j, row->path);
    ash_json_text(j, s.name);
    ash_json_text(j, s.server);
    ash_json_z(j, ash_access_word(row->grade, row->changes));
    ash_json_z(j, ash_changes_text(row->changes, changes));
    ash_json_z(j, ash_time_text(text, row->first_cs * ASH_CS_NS, &m->zone, 2));
    ash_json_z(j, ash_time_text(text, row->last_cs * ASH_CS_NS, &m->zone, 2));
    ash_json_int(j, row->records);
    ash_json_text(j, a.account);
    ash_json_text(j, a.client);
    ash_json_z(j, row->track == 0 ? NULL : ash_track_name(row->track, track));
    ash_json_z(j, row->standing == ASH_STANDING_NONE ? NULL : ash_standing_name(row->standing));
    ash_json_z(j, ash_why_text(row->why, why));
    ash_json_z(j, c == NULL ? NULL : ash_readout_name(c->outcome));
    if (c == NULL)
        ash_json_null(j);
    else
        ash_json_text(j, c->classes);
    if (!ash_utf8_valid(row->path))
        ash_json_base64(j, row->path);
    ash_json_end(j, ']');
}

/* How the rows just listed lie on disk, by their numbers. */
static int disk_rows(ash_json *j, ash_model *m, ash_error *err)
{
    ash_scope *s;
    ash_scope_row row;
    ash_disk_file f;
    char text[ASH_TIME_TEXT];
    int64_t n = 0;
    int rc = ash_scope_open(&s, m->r, err);
    if (rc < 0)
        return rc;
    while (n < (int64_t)ASH_REPORT_FILES_MAX && (rc = ash_scope_next(s, &row, err)) == 1 &&
           ash_disk_look(m->disk, &row, &f)) {
        bool there = f.state == ASH_DISK_SAME || f.state == ASH_DISK_CHANGED;
        ash_json_begin(j, '[');
        ash_json_int(j, n++);
        ash_json_z(j, ash_disk_state_name(f.state));
        if (there) {
            ash_json_int(j, f.size);
            ash_json_z(j, ash_time_text(text, f.modified, &m->zone, 3));
        }
        ash_json_end(j, ']');
    }
    ash_scope_close(s);
    return rc < 0 ? rc : 0;
}

int ash_json_disk(ash_json *j, ash_model *m, ash_error *err)
{
    ash_json_key(j, "disk");
    if (m->disk == NULL) {
        ash_json_null(j);
        return 0;
    }
    ash_disk_totals t = ash_disk_sum(m->disk);
    ash_disk_share s;
    ash_json_begin(j, '{');
    ash_json_key_exact(j, "root", ash_view_z(ash_disk_root(m->disk)));
    ash_json_key_int(j, "files", t.files);
    ash_json_key_int(j, "same", t.same);
    ash_json_key_int(j, "changed", t.changed);
    ash_json_key_int(j, "missing", t.missing);
    ash_json_key_int(j, "other", t.other);
    ash_json_key_int(j, "bytes", t.bytes);
    ash_json_key(j, "shares");
    ash_json_begin(j, '[');
    for (size_t i = 0; ash_disk_share_at(m->disk, i, &s); i++) {
        ash_share share = ash_shares_at(m->r->actors, s.share);
        ash_json_begin(j, '{');
        ash_json_key_exact(j, "server", share.server);
        ash_json_key_exact(j, "share", share.name);
        ash_json_key_exact(j, "below", ash_view_z(s.below));
        ash_json_key_int(j, "tried", s.tried);
        ash_json_key_int(j, "found", s.found);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
    ash_json_key(j, "rows");
    ash_json_begin(j, '[');
    int rc = disk_rows(j, m, err);
    ash_json_end(j, ']');
    ash_json_end(j, '}');
    return rc;
}

int ash_json_files(ash_json *j, ash_model *m, ash_error *err)
{
    static const char *const columns[] = {"id",      "path",    "share",  "server", "grade",
                                          "changes", "first",   "last",   "records", "account",
                                          "client",  "track",   "standing", "why",
                                          "content", "classes", "path_base64"};
    ash_scope *s;
    ash_scope_row row;
    int64_t total = 0;
    ash_json_key(j, "files");
    ash_json_begin(j, '{');
    ash_json_key(j, "columns");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        ash_json_z(j, columns[i]);
    ash_json_end(j, ']');
    ash_json_key(j, "rows");
    ash_json_begin(j, '[');
    ash_content_view *view = NULL;
    ash_content_row content;
    int rc = ash_content_view_open(&view, m->r->c, err);
    if (rc < 0)
        return rc;
    rc = ash_scope_open(&s, m->r, err);
    if (rc < 0) {
        ash_content_view_close(view);
        return rc;
    }
    while ((rc = ash_scope_next(s, &row, err)) == 1) {
        if (total++ >= (int64_t)ASH_REPORT_FILES_MAX)
            continue;
        rc = ash_content_look(view, row.share, row.path, &content, err);
        if (rc < 0)
            break;
        file_row(j, m, &row, rc == 1 ? &content : NULL);
    }
    ash_scope_close(s);
    ash_content_view_close(view);
    ash_json_end(j, ']');
    ash_json_key_int(j, "total", total);
    ash_json_end(j, '}');
    return rc;
}
