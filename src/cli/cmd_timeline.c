#include <stdio.h>

#include "base/i18n.h"
#include "cli/list_options.h"
#include "investigate/phases.h"
#include "report/report.h"

static const ash_column_def columns[] = {
    {"track", N_("track"), false, false},
    {"phase", N_("phase"), false, false},
    {"activity", NULL, false, false},
    {"from", N_("from"), false, false},
    {"to", N_("to"), false, false},
    {"accesses", N_("accesses"), true, false},
    {"minutes", NULL, true, false},
    {"pace", N_("a minute"), true, false},
    {"read", N_("read"), true, false},
    {"opened", N_("opened"), true, false},
    {"listed", N_("listed"), true, false},
    {"denied", N_("denied"), true, false},
    {"missing", NULL, true, false},
    {"changed", N_("changed"), true, false},
    {"written", NULL, true, false},
    {"renamed", NULL, true, false},
    {"deleted", NULL, true, false},
    {"folders", N_("folders"), true, false},
    {"logons", NULL, true, false},
    {"failed_logons", NULL, true, false},
    {"accounts", N_("account"), false, false},
    {"clients", N_("client"), false, false},
    {"shares", NULL, false, false},
    {"id", NULL, false, false},
    {"text", N_("why"), false, true},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_time(ash_table *t, const ash_listing *l, int64_t at)
{
    char text[ASH_TIME_TEXT];
    ash_time_text(text, at, &l->r->c->zone, l->people ? 0 : 2);
    if (l->people)
        text[19] = '\0';
    ash_table_z(t, text);
}

typedef ash_view (*name_fn)(const ash_listing *l, uint32_t id);

static ash_view account_of(const ash_listing *l, uint32_t id)
{
    return ash_actors_at(l->r->actors, id).account;
}

static ash_view client_of(const ash_listing *l, uint32_t id)
{
    return ash_actors_at(l->r->actors, id).client;
}

static ash_view share_of(const ash_listing *l, uint32_t id)
{
    return ash_shares_at(l->r->actors, id).name;
}

/* Different names, with commas; "..." where there are more. */
static void put_names(ash_table *t, const ash_listing *l, const ash_some_ids *ids, name_fn name)
{
    ash_buf b;
    ash_buf_init(&b, ASH_NAMES_MAX * (ASH_NAME_MAX + 8));
    for (size_t i = 0; i < ids->n; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again = again || ash_view_eq(name(l, ids->at[k]), name(l, ids->at[i]));
        if (again)
            continue;
        ash_buf_add_z(&b, b.n > 0 ? ", " : "");
        ash_buf_add_view(&b, name(l, ids->at[i]));
    }
    if (ids->count > (int64_t)ids->n)
        ash_buf_add_z(&b, ", ...");
    ash_table_text(t, ash_buf_view(&b));
    ash_buf_free(&b);
}

static void put_phase(ash_table *t, const ash_listing *l, const ash_phase *p)
{
    char text[40];
    bool active = p->name != ASH_PHASE_PAUSE && p->name != ASH_PHASE_END && p->accesses > 0;
    ash_table_z(t, ash_track_name(p->track, text));
    ash_table_words(t, ash_phase_name_text(p->name));
    ash_table_z(t, active ? ash_phase_name_text(p->activity) : NULL);
    put_time(t, l, p->from);
    put_time(t, l, p->to);
    ash_table_int(t, p->accesses);
    ash_table_int(t, p->minutes);
    snprintf(text, sizeof text, "%.1f", p->pace);
    ash_table_z(t, active ? text : NULL);
    const int64_t counts[] = {p->read,    p->opened,  p->listed,  p->denied,  p->missing, p->changed,
                              p->written, p->renamed, p->deleted, p->folders, p->logons,  p->failed_logons};
    for (size_t i = 0; i < N(counts); i++)
        ash_table_int(t, counts[i]);
    put_names(t, l, &p->actors, account_of);
    put_names(t, l, &p->actors, client_of);
    put_names(t, l, &p->shares, share_of);
    ash_table_z(t, p->examples.n == 0 ? NULL
                                      : ash_access_name(p->examples.at[0].segment, p->examples.at[0].row, text));
    ash_table_z(t, p->text);
}

static int list(const ash_listing *l, ash_error *err)
{
    ash_tracks tracks;
    ash_story story;
    ash_phases phases = {0};
    ash_table t;
    int rc = ash_tracks_load(&tracks, l->r, err);
    if (rc < 0)
        return rc;
    rc = ash_story_begin(&story, l->r, &tracks, err);
    if (rc == 0)
        rc = ash_phases_load(&phases, &story, err);
    if (rc == 0 && l->people && phases.n == 0) {
        printf("%s\n", _("No track is proposed or accepted."));
    } else if (rc == 0) {
        ash_table_begin(&t, l->format, columns, N(columns));
        for (size_t i = 0; i < phases.n; i++)
            if (l->filter.track == 0 || l->filter.track == phases.at[i].track)
                put_phase(&t, l, &phases.at[i]);
        ash_table_end(&t);
    }
    ash_phases_free(&phases);
    ash_tracks_free(&tracks);
    return rc;
}

static int run(const ash_args *a)
{
    return ash_list_run(a, 0, list);
}

static const ash_option options[] = {
    ASH_OPT_CASE, ASH_OPT_FORMAT, ASH_OPT_JSON, ASH_OPT_TRACK, ASH_OPT_LANG, ASH_OPT_HELP,
};

const ash_command ash_command_timeline = {
    .name = "timeline",
    .operands = "",
    .summary = N_("List the phases of each track: entry, looking around, collecting, pauses, the end"),
    .details = N_("Phases are found by changes of behaviour: what was done, and how fast. The column `why` says\n"
                  "by which rule a phase has its name. A file counts once in a phase, by its strongest grade\n"
                  "there."),
    .examples = "  ashiato timeline --case ./case\n"
                "  ashiato timeline --case ./case --json | jq '.[] | select(.phase == \"collection\")'",
    .options = options,
    .n_options = N(options),
    .run = run,
};
