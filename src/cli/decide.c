#include "cli/decide.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/text.h"
#include "investigate/decisions.h"
#include "investigate/scope.h"
#include "report/model.h"

static const ash_column_def columns[] = {
    {"decision", N_("decision"), false, false},
    {"time", N_("time"), false, false},
    {"by", N_("by"), false, false},
    {"action", N_("action"), false, false},
    {"change", N_("part"), false, false},
    {"track", N_("track"), false, false},
    {"account", N_("account"), false, false},
    {"client", N_("client"), false, false},
    {"workstation", N_("workstation"), false, false},
    {"server", NULL, false, false},
    {"first", N_("first"), false, false},
    {"last", N_("last"), false, false},
    {"filters", NULL, false, false},
    {"why", N_("why"), false, true},
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

#define LOG "log"

const char *ash_track_action_name(size_t i)
{
    return i < ASH_ACTIONS ? ash_action_name((ash_action)i) : i == ASH_ACTIONS ? LOG : NULL;
}

/* --- the list ---------------------------------------------------------- */

static void put_time(ash_table *t, const ash_listing *l, int64_t time, int digits)
{
    char text[ASH_TIME_TEXT];
    ash_time_text(text, time, &l->r->c->zone, l->people ? 0 : digits);
    if (l->people)
        text[19] = '\0';
    ash_table_z(t, text);
}

static void put_part(ash_table *t, const ash_listing *l, const ash_decision *d,
                     const ash_decision_part *p)
{
    char id[24], track[24];
    ash_actor a = ash_actors_at(l->r->actors, p->part.actor);
    ash_table_z(t, ash_decision_name(d->id, id));
    put_time(t, l, d->time, 6);
    ash_table_text(t, ash_view_z(d->by));
    ash_table_words(t, d->action);
    ash_table_words(t, p->change);
    ash_table_z(t, ash_track_name(p->track, track));
    ash_table_text(t, a.account);
    ash_table_text(t, a.client);
    ash_table_text(t, a.workstation);
    ash_table_text(t, a.server);
    put_time(t, l, p->part.first, 3);
    put_time(t, l, p->part.last, 3);
    ash_table_text(t, ash_view_z(d->filters));
    ash_table_text(t, ash_view_z(d->why));
}

/* The decisions from a number on. */
static int list_decisions(const ash_listing *l, int64_t from, ash_error *err)
{
    ash_decisions all;
    ash_table t;
    int rc = ash_decisions_load(&all, l->r, err);
    if (rc < 0)
        return rc;
    if (l->people)
        ash_pager_begin();
    if (l->people && all.n == 0)
        printf("%s\n", _("No decision."));
    if (!l->people || all.n > 0) {
        ash_table_begin(&t, l->format, columns, N(columns));
        for (size_t i = 0; i < all.n; i++)
            for (size_t k = 0; k < all.rows[i].n_parts && all.rows[i].id >= from; k++)
                put_part(&t, l, &all.rows[i], &all.rows[i].parts[k]);
        ash_table_end(&t);
    }
    ash_pager_end();
    ash_decisions_free(&all);
    return 0;
}

static int list_all(const ash_listing *l, ash_error *err)
{
    return list_decisions(l, 0, err);
}

/* --- what is decided --------------------------------------------------- */

static const char *const filter_options[] = {"account", "client", "server", "since", "until"};
#define GROW "grow"

static bool has_filter(const ash_args *a)
{
    for (size_t i = 0; i < N(filter_options); i++)
        if (ash_arg(a, filter_options[i]) != NULL)
            return true;
    return false;
}

/* The filters as they could be typed again. */
static void filters_text(const ash_args *a, ash_buf *out)
{
    for (size_t i = 0; i < N(filter_options); i++) {
        const char *value = ash_arg(a, filter_options[i]);
        if (value == NULL)
            continue;
        ash_buf_addf(out, "%s--%s '", out->n > 0 ? " " : "", filter_options[i]);
        for (; *value != '\0'; value++) {
            if (*value == '\'')
                ash_buf_add_z(out, "'\\''");
            else
                ash_buf_add_c(out, *value);
        }
        ash_buf_add_c(out, '\'');
    }
    if (ash_flag(a, GROW))
        ash_buf_addf(out, "%s--" GROW, out->n > 0 ? " " : "");
}

/* Who sits here: also the one who became root since. */
static const char *login_name(char *buf, size_t size)
{
    if (getlogin_r(buf, size) == 0 && buf[0] != '\0')
        return buf;
    const struct passwd *p = getpwuid(getuid());
    if (p != NULL)
        return p->pw_name;
    snprintf(buf, size, "%ld", (long)getuid());
    return buf;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * ASH_NS_PER_S + t.tv_nsec;
}

static void tell(const ash_decide *d, const ash_decided *done)
{
    char track[24], from[24];
    ash_track_name(done->track, track);
    ash_track_name(d->track, from);
    switch (d->action) {
    case ASH_ACTION_ACCEPT: printf(_("%s accepted (parts: %zu)."), track, done->parts); break;
    case ASH_ACTION_REJECT: printf(_("%s rejected (parts: %zu)."), track, done->parts); break;
    case ASH_ACTION_SPLIT:
        printf(_("%s split off %s (parts: %zu; left in %s: %zu)."), track, from, done->parts, from,
               done->left);
        break;
    case ASH_ACTION_ADD:
        if (d->track == 0)
            printf(_("%s made (parts: %zu)."), track, done->parts);
        else
            printf(_("Added to %s (parts: %zu)."), track, done->parts);
        if (done->from_others > 0)
            printf(_(" Taken from other tracks: %zu."), done->from_others);
        break;
    case ASH_ACTION_DROP:
        printf(_("Dropped from %s (parts: %zu; left: %zu)."), track, done->parts, done->left);
        break;
    }
    putchar('\n');
}

static int tell_scope(ash_reader *r, ash_error *err)
{
    ash_filter f = ash_filter_none();
    ash_counts n = {0};
    char read[32], opened[32];
    int rc = ash_reader_load_tracks(r, err);
    if (rc == 0)
        rc = ash_scope_select(r, &f, err);
    if (rc == 0)
        rc = ash_scope_counts(r, &n, err);
    if (rc == 0)
        printf(_("Files in scope now: %s read, %s opened. `ashiato report --case %s` writes the report "
                 "anew.\n"),
               ash_number_text(n.read, read), ash_number_text(n.opened, opened), r->c->dir);
    return rc;
}

/* All of it or nothing: several tracks are one transaction. */
static int decide_all(const ash_listing *l, ash_decide *d, ash_decided *done, const int64_t *tracks,
                      size_t n, ash_error *err)
{
    int rc = ash_case_begin(l->r->c, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n && rc == 0; i++) {
        d->track = tracks[i];
        rc = ash_decide_on(l->r, d, &done[i], err);
    }
    if (rc == 0)
        rc = ash_case_commit(l->r->c, err);
    if (rc < 0)
        ash_case_rollback(l->r->c);
    return rc;
}

static int decide_and_tell(const ash_listing *l, ash_decide *d, const int64_t *tracks, size_t n,
                           ash_error *err)
{
    ash_decided *done = calloc(n, sizeof *done);
    if (done == NULL)
        return ash_fail(err, ASH_E_NOMEM, "cli", "out of memory");
    int rc = decide_all(l, d, done, tracks, n, err);
    if (rc == 0 && !l->people)
        rc = list_decisions(l, done[0].decision, err);
    for (size_t i = 0; i < n && rc == 0 && l->people; i++) {
        d->track = tracks[i];
        tell(d, &done[i]);
    }
    if (rc == 0 && l->people)
        rc = tell_scope(l->r, err);
    free(done);
    return rc;
}

/* The tracks named: operands, or for `add` the one of --track. */
static int read_tracks(const ash_listing *l, ash_action action, int64_t *ret, size_t *ret_n,
                       ash_error *err)
{
    const ash_args *a = l->args;
    int rc = 0;
    *ret_n = action == ASH_ACTION_ADD ? 1 : a->n_operands - 1;
    ret[0] = l->filter.track;
    for (size_t i = 1; i < a->n_operands && rc == 0; i++)
        rc = ash_track_parse(a->operands[i], &ret[i - 1], err);
    return rc;
}

static ash_action action_of(const ash_args *a)
{
    int i = 0;
    while (strcmp(ash_action_name((ash_action)i), a->operands[0]) != 0)
        i++;
    return (ash_action)i;
}

static int run_action(const ash_listing *l, ash_error *err)
{
    const ash_args *a = l->args;
    const char *by = ash_arg(a, "by"), *why = ash_arg(a, "why");
    char login[256];
    ash_buf filters;
    ash_filter f = l->filter;
    /* Times are kept to the hundredth: pieces must not share one. */
    f.since = f.since == ASH_TIME_NONE ? f.since : f.since / ASH_CS_NS * ASH_CS_NS;
    f.until = f.until == ASH_TIME_NONE ? f.until : f.until / ASH_CS_NS * ASH_CS_NS + ASH_CS_NS - 1;
    ash_buf_init(&filters, 1u << 16);
    filters_text(a, &filters);
    ash_decide d = {.action = action_of(a),
                    .filter = &f,
                    .filter_text = ash_buf_z(&filters),
                    .grow = ash_flag(a, GROW),
                    .by = by != NULL ? by : login_name(login, sizeof login),
                    .why = why != NULL ? why : "",
                    .time = now()};
    size_t n = 0;
    int64_t *tracks = calloc(a->n_operands, sizeof *tracks);
    int rc = tracks == NULL || filters.failed ? ash_fail(err, ASH_E_NOMEM, "cli", "out of memory") : 0;
    if (rc == 0)
        rc = read_tracks(l, d.action, tracks, &n, err);
    if (rc == 0)
        rc = decide_and_tell(l, &d, tracks, n, err);
    free(tracks);
    ash_buf_free(&filters);
    return rc;
}

/* --- the command line -------------------------------------------------- */

static int check_names(const ash_args *a)
{
    const char *by = ash_arg(a, "by"), *why = ash_arg(a, "why");
    if (by != NULL && (by[0] == '\0' || strlen(by) > ASH_NAME_MAX))
        return ash_usage_error(_("--by needs a name of at most %u bytes"), ASH_NAME_MAX);
    if (why != NULL && strlen(why) > ASH_WHY_MAX)
        return ash_usage_error(_("--why may have at most %u bytes"), ASH_WHY_MAX);
    return 0;
}

static int check_action(const ash_args *a, const char *name)
{
    ash_action action = action_of(a);
    bool judges = action == ASH_ACTION_ACCEPT || action == ASH_ACTION_REJECT;
    size_t n = a->n_operands - 1;
    if (judges && n == 0)
        return ash_usage_error(_("%s needs the tracks it is about, such as T1"), name);
    if (judges && has_filter(a))
        return ash_usage_error(_("%s is about whole tracks; `ashiato tracks split` parts one first"), name);
    if ((action == ASH_ACTION_SPLIT || action == ASH_ACTION_DROP) && n != 1)
        return ash_usage_error(_("%s needs one track, such as T1"), name);
    if (action == ASH_ACTION_ADD && n > 0)
        return ash_usage_error(_("add takes no argument '%s'; --track names the track to add to"),
                               a->operands[1]);
    if (action != ASH_ACTION_ADD && ash_arg(a, "track") != NULL)
        return ash_usage_error(_("--track goes with add only"));
    if (action != ASH_ACTION_ADD && ash_flag(a, GROW))
        return ash_usage_error(_("--grow goes with add only"));
    if (!judges && !has_filter(a))
        return ash_usage_error(_("%s needs to know what: --account, --client, --server, --since, --until"),
                               name);
    return check_names(a);
}

static int run_log(const ash_args *a)
{
    if (a->n_operands > 1)
        return ash_usage_error(_("log takes no argument '%s'"), a->operands[1]);
    if (has_filter(a) || ash_arg(a, "track") != NULL || ash_arg(a, "why") != NULL ||
        ash_arg(a, "by") != NULL || ash_flag(a, GROW))
        return ash_usage_error("%s", _("log lists all decisions; it takes no filter"));
    return ash_list_run(a, 0, list_all);
}

int ash_track_action_run(const ash_args *a)
{
    const char *name = a->operands[0];
    bool known = false;
    for (size_t i = 0; ash_track_action_name(i) != NULL; i++)
        known = known || strcmp(ash_track_action_name(i), name) == 0;
    if (!known)
        return ash_usage_error(_("tracks has no action '%s'; use accept, reject, split, add, drop or log"),
                               name);
    if (strcmp(name, LOG) == 0)
        return run_log(a);
    int usage = check_action(a, name);
    return usage != 0 ? usage : ash_list_run_in(a, ASH_CASE_WRITE, 0, run_action);
}
