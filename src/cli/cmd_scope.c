#include <stdio.h>
#include <string.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/content_view.h"
#include "investigate/scope.h"
#include "investigate/standing.h"
#include "investigate/tracks.h"
#include "report/report.h"

static const ash_column_def columns[] = {
    {"path", N_("path"), false, true},
    {"share", N_("share"), false, false},
    {"server", NULL, false, false},
    {"grade", N_("grade"), false, false},
    {"first", N_("first"), false, false},
    {"last", NULL, false, false},
    {"records", N_("records"), true, false},
    {"account", N_("account"), false, false},
    {"client", N_("client"), false, false},
    {"workstation", NULL, false, false},
    {"changes", N_("changes"), false, false},
    {"remarks", NULL, false, false},
    {"new_path", NULL, false, false},
    {"names", NULL, true, false},
    {"accesses", NULL, true, false},
    {"actors", NULL, true, false},
    {"track", N_("track"), false, false},
    {"id", N_("access"), false, false},
    {"standing", N_("standing"), false, false},
    {"why", NULL, false, false},
    /* what classify found; titles only where it ran */
    {"content", NULL, false, false},
    {"classes", NULL, false, false},
    {"size", NULL, true, false},
    {"sha256", NULL, false, false},
    {"changed_after", NULL, false, false},
};
#define CONTENT_COLUMN 20
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_row(ash_table *t, ash_reader *r, const ash_scope_row *row, bool people)
{
    char first[ASH_TIME_TEXT], last[ASH_TIME_TEXT], changes[64], remarks[64], track[24], id[40], why[ASH_WHY_TEXT];
    ash_share s = ash_shares_at(r->actors, row->share);
    ash_actor a = ash_actors_at(r->actors, row->actor);
    ash_time_text(first, row->first_cs * ASH_CS_NS, &r->c->zone, people ? 0 : 2);
    if (people)
        first[19] = '\0';
    ash_table_text(t, row->path);
    ash_table_text(t, s.name);
    ash_table_text(t, s.server);
    ash_table_words(t, ash_access_word(row->grade, row->changes));
    ash_table_z(t, first);
    ash_table_z(t, ash_time_text(last, row->last_cs * ASH_CS_NS, &r->c->zone, 2));
    ash_table_int(t, row->records);
    ash_table_text(t, a.account);
    ash_table_text(t, a.client);
    ash_table_text(t, a.workstation);
    ash_table_words(t, ash_changes_text(row->changes, changes));
    ash_table_z(t, ash_remarks_text(row->flags, remarks));
    ash_table_text(t, row->new_path);
    ash_table_int(t, row->entries);
    ash_table_int(t, row->accesses);
    ash_table_int(t, row->actors);
    ash_table_z(t, row->track == 0 ? NULL : ash_track_name(row->track, track));
    ash_table_z(t, ash_access_name(row->segment, row->row, id));
    ash_table_words(t, row->standing == ASH_STANDING_NONE ? NULL : ash_standing_name(row->standing));
    ash_table_z(t, row->why == 0 ? NULL : ash_why_text(row->why, why));
}

static void put_content(ash_table *t, const ash_content_row *c)
{
    ash_table_words(t, c == NULL ? NULL : ash_readout_name(c->outcome));
    if (c == NULL)
        ash_table_z(t, NULL);
    else
        ash_table_text(t, c->classes);
    if (c == NULL || c->size < 0)
        ash_table_z(t, NULL);
    else
        ash_table_int(t, c->size);
    ash_table_z(t, c == NULL || c->sha256.n == 0 ? NULL : c->sha256.p);
    ash_table_z(t, c == NULL || c->size < 0 ? NULL : c->changed ? "yes" : "no");
}

/* The rows of the class wanted, or all. */
static int put_rows(const ash_listing *l, ash_scope *s, ash_table *t, ash_content_view *view, ash_error *err)
{
    const char *wanted = ash_arg(l->args, "class");
    ash_scope_row row;
    ash_content_row content;
    int rc;
    while ((rc = ash_scope_next(s, &row, err)) == 1) {
        int found = ash_content_look(view, row.share, row.path, &content, err);
        if (found < 0)
            return found;
        if (wanted != NULL && (found == 0 || !ash_content_has_class(content.classes, wanted)))
            continue;
        put_row(t, l->r, &row, l->people);
        put_content(t, found == 1 ? &content : NULL);
    }
    return rc;
}

static int list_with(const ash_listing *l, ash_content_view *view, ash_error *err)
{
    ash_column_def shown[N(columns)];
    ash_scope *s = NULL;
    ash_table t;
    int rc = ash_scope_select(l->r, &l->filter, err);
    if (rc == 0)
        rc = ash_scope_open(&s, l->r, err);
    if (rc < 0)
        return rc;
    if (l->people)
        ash_pager_begin();
    memcpy(shown, columns, sizeof shown);
    if (ash_content_examined(view)) {
        shown[CONTENT_COLUMN].title = N_("content");
        shown[CONTENT_COLUMN + 1].title = N_("classes");
    }
    ash_table_begin(&t, l->format, shown, N(columns));
    rc = put_rows(l, s, &t, view, err);
    uint64_t rows = t.rows;
    bool out = ash_table_end(&t);
    if (l->people && rows == 0 && rc == 0 && out)
        printf("%s\n", l->filter.all ? _("No access matches.")
                                     : _("No track is proposed or accepted, or none of its accesses "
                                         "matches; --all lists every access."));
    ash_pager_end();
    ash_scope_close(s);
    return rc;
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_content_view *view;
    int rc = ash_content_view_open(&view, l->r->c, err);
    if (rc < 0)
        return rc;
    if (ash_flag(l->args, "class") && !ash_content_examined(view))
        rc = ash_fail(err, ASH_E_STATE, "cli", "%s",
                      _("the content was not examined: run `ashiato classify` first"));
    else
        rc = list_with(l, view, err);
    ash_content_view_close(view);
    return rc;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    {"all", 'a', NULL, N_("every access, not only those of proposed and accepted tracks"), false},
    ASH_OPT_TRACK,
    {"grade", 'g', "GRADE",
     N_("read, opened, listed, seen, denied, missing; written, renamed, deleted"), true},
    {"standing", 0, "STANDING", N_("confirmed, probable, possible: how sure it was the intruder"), true},
    {"path", 'p', "GLOB", N_("only these paths; a folder includes everything below it"), false},
    {"class", 0, "CLASS", N_("only files in which `ashiato classify` found this: my-number, phone, ..."), false},
    {"share", 0, "NAME", N_("only this share"), false},
    ASH_OPT_SERVER,
    ASH_OPTS_FILTER,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_scope = {
    .name = "scope",
    .operands = "",
    .summary = N_("List what an intruder read, opened or listed, one row per path"),
    .details = N_("One row per path, with its strongest grade. Without --all: the accesses of proposed and\n"
                  "accepted tracks. The last column names the access; `ashiato show` prints the raw\n"
                  "records behind it."),
    .examples = "  ashiato scope --case ./case --grade read\n"
                "  ashiato scope --case ./case --all --account kato --since 2026-11-20 --format tsv\n"
                "  ashiato scope --case ./case --path '/srv/kyoyu/経理部/*' --format csv > read.csv",
    .options = options,
    .n_options = N(options),
    .run = run,
};
