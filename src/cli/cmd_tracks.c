#include <stdio.h>
#include "base/i18n.h"
#include "cli/decide.h"
#include "investigate/footprint.h"
#include "investigate/scope.h"
#include "investigate/standing.h"
#include "investigate/tracks.h"

static const ash_column_def columns[] = {
    {"track", N_("track"), false, false},
    {"status", N_("status"), false, false},
    {"origin", NULL, false, false},
    {"confidence", N_("confidence"), false, false},
    {"account", N_("account"), false, false},
    {"client", N_("client"), false, false},
    {"workstation", N_("workstation"), false, false},
    {"server", NULL, false, false},
    {"first", N_("first"), false, false},
    {"last", N_("last"), false, false},
    {"track_read", N_("read"), true, false},
    {"track_listed", N_("listed"), true, false},
    {"reason", N_("why"), false, true},
    {"standing", N_("standing"), false, false},
    {"scored", NULL, false, false},
    {"track_confirmed", N_("confirmed"), true, false},
    {"track_probable", N_("probable"), true, false},
    {"track_possible", N_("possible"), true, false},
    {"first_footprint", NULL, false, false},
    {"not_before", NULL, false, false},
    {"not_after", NULL, false, false},
    {"dwell_s", NULL, true, false},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static bool wanted(const ash_listing *l, const ash_part *p)
{
    return ash_filter_actor(&l->filter, l->r, p->actor) && ash_filter_span(&l->filter, p->first, p->last);
}

static void put_track(ash_table *t, const ash_listing *l, const ash_track *track,
                      const ash_counts *counts, const ash_footprint *f)
{
    ash_reader *r = l->r;
    char id[24], first[ASH_TIME_TEXT], last[ASH_TIME_TEXT];
    for (size_t i = 0; i < track->n_parts; i++) {
        const ash_part *p = &track->parts[i];
        if (!wanted(l, p))
            continue;
        ash_actor a = ash_actors_at(r->actors, p->actor);
        ash_time_text(first, p->first, &r->c->zone, l->people ? 0 : 3);
        ash_time_text(last, p->last, &r->c->zone, l->people ? 0 : 3);
        if (l->people)
            first[19] = last[19] = '\0';
        ash_table_z(t, ash_track_name(track->id, id));
        ash_table_words(t, track->status);
        ash_table_z(t, track->origin);
        ash_table_words(t, track->confidence);
        ash_table_text(t, a.account);
        ash_table_text(t, a.client);
        ash_table_text(t, a.workstation);
        ash_table_text(t, a.server);
        ash_table_z(t, first);
        ash_table_z(t, last);
        ash_table_int(t, counts->read);
        ash_table_int(t, counts->listed);
        ash_table_z(t, ash_part_reason_text(p->reason));
        ash_table_words(t, ash_standing_name(p->standing));
        ash_table_z(t, p->scored ? "yes" : "no");
        ash_table_int(t, counts->confirmed);
        ash_table_int(t, counts->probable);
        ash_table_int(t, counts->possible);
        ash_table_z(t, f->known ? ash_time_text(first, f->time, &r->c->zone, 3) : NULL);
        ash_table_z(t, f->known ? ash_time_text(first, f->not_before, &r->c->zone, 3) : NULL);
        ash_table_z(t, f->known ? ash_time_text(first, f->not_after, &r->c->zone, 3) : NULL);
        ash_table_int(t, f->known ? ash_footprint_dwell(f, NULL, NULL) : 0);
    }
}

/* The earliest record of the case, as far as the accesses and logons reach. */
static int find_logs_begin(const ash_listing *l, int64_t *ret, ash_error *err)
{
    int64_t first_cs = 0;
    int rc = ash_db_int(&l->r->c->db, &first_cs, INT64_MIN, err, "SELECT min(first_cs) FROM actors", "");
    *ret = first_cs == INT64_MIN ? ASH_TIME_NONE : first_cs * ASH_CS_NS;
    return rc;
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_tracks tracks;
    ash_table t;
    ash_reader *r = l->r;
    int64_t logs_begin;
    int rc = find_logs_begin(l, &logs_begin, err);
    if (rc == 0)
        rc = ash_tracks_load(&tracks, r, err);
    if (rc < 0)
        return rc;
    if (l->people && tracks.n == 0) {
        printf("%s\n", _("No track."));
        return 0;
    }
    ash_table_begin(&t, l->format, columns, N(columns));
    for (size_t i = 0; i < tracks.n && rc == 0; i++) {
        ash_filter one = ash_filter_none();
        ash_counts counts = {0};
        ash_footprint f = {0};
        one.track = tracks.rows[i].id;
        rc = ash_scope_select(r, &one, err);
        if (rc == 0)
            rc = ash_scope_counts(r, &counts, err);
        if (rc == 0)
            rc = ash_footprint_find(&f, r, &tracks, one.track, logs_begin, err);
        if (rc == 0)
            put_track(&t, l, &tracks.rows[i], &counts, &f);
    }
    ash_table_end(&t);
    ash_tracks_free(&tracks);
    return rc;
}

static int run(const ash_args *a)
{
    if (a->n_operands > 0)
        return ash_track_action_run(a);
    if (ash_arg(a, "track") != NULL || ash_arg(a, "why") != NULL || ash_arg(a, "by") != NULL ||
        ash_flag(a, "grow"))
        return ash_usage_error("%s", _("--track, --grow, --why and --by go with a decision: `ashiato tracks "
                                       "accept T1 --why ...`"));
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE,
    ASH_OPT_FORMAT,
    ASH_OPT_JSON,
    ASH_OPT_SERVER,
    ASH_OPTS_FILTER,
    {"track", 0, "ID", N_("add: to this track, not to a new one"), false},
    {"grow", 0, NULL, N_("add: begin with what is named, and find the rest of the intruder's track"), false},
    {"why", 0, "TEXT", N_("reason for a decision; it is kept with it"), false},
    {"by", 0, "NAME", N_("who decides; the login name if not given"), false},
    ASH_OPTS_SEAL,
    ASH_OPT_LANG,
    ASH_OPT_HELP,
};

const ash_command ash_command_tracks = {
    .name = "tracks",
    .operands = "[ACTION [TRACK...]]",
    .summary = N_("List the tracks (what is attributed to an intruder, and why), and decide on them"),
    .details =
        N_("A track has one row for each account and client that is part of it. The counts are those\n"
           "of the whole track.\n"
           "\n"
           "Actions: `accept` and `reject` judge whole tracks. `split` moves the parts that the filters\n"
           "choose to a new track; `add` makes a track of the accounts and clients they choose, or adds\n"
           "them to --track; `drop` leaves parts out of every track. --since and --until cut parts in\n"
           "two. With --grow what `add` names is where to begin: other clients and accounts of the\n"
           "intruder are found from there, and which accesses at the owner's PC were not the owner's.\n"
           "What was decided stays so in later runs of `ashiato investigate`; scope and report\n"
           "follow it. `log` lists the decisions, with who, when and why."),
    .examples =
        "  ashiato tracks --case ./case\n"
        "  ashiato tracks accept T1 --case ./case --why 'not his PC; he was on leave'\n"
        "  ashiato tracks split T1 --case ./case --client 10.0.0.40 --why 'the backup server'\n"
        "  ashiato tracks add --case ./case --account kato --client 10.6.6.6 --since 2026-11-20\n"
        "  ashiato tracks add --grow --case ./case --account kato --since 2026-11-23 --until 2026-11-23\n"
        "  ashiato tracks log --case ./case",
    .options = options,
    .n_options = N(options),
    .run = run,
};
