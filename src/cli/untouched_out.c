#include "cli/untouched_out.h"

#include <stdio.h>
#include <string.h>

#include "ashiato/access.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cli/words.h"
#include "investigate/tracks.h"
#include "report/report.h"

/* Accesses and times told at length on a terminal. */
#define TOLD 20u
#define N(a) (sizeof(a) / sizeof((a)[0]))

static bool is_open(int64_t t)
{
    return t == ASH_TIME_NONE || t <= ASH_TIME_NEVER_BEFORE || t == ASH_TIME_EVER;
}

static void put_time(ash_table *t, const ash_listing *l, int64_t time)
{
    char text[ASH_TIME_TEXT];
    if (is_open(time)) {
        ash_table_z(t, NULL);
        return;
    }
    ash_time_text(text, time, &l->r->c->zone, l->people ? 0 : 3);
    if (l->people)
        text[19] = '\0';
    ash_table_z(t, text);
}

/* --- at length ----------------------------------------------------------- */

static const ash_column_def touch_columns[] = {
    {"grade", N_("grade"), false, false},   {"first", N_("first"), false, false},
    {"account", N_("account"), false, false}, {"client", N_("client"), false, false},
    {"track", N_("track"), false, false},   {"id", N_("access"), false, false},
    {"path", N_("path"), false, true},
};

static void put_touches(const ash_listing *l, const ash_untouched_row *row)
{
    ash_table t;
    size_t n = row->n_touches < TOLD ? row->n_touches : TOLD;
    const ash_touch_counts *c = &row->counts;
    int64_t all = c->read + c->opened + c->listed + c->changed;
    if (n == 0)
        return;
    printf("\n%s\n", _("Accesses, the strongest first:"));
    ash_table_begin(&t, ASH_FORMAT_TABLE, touch_columns, N(touch_columns));
    for (size_t i = 0; i < n; i++) {
        const ash_touch *x = &row->touches[i];
        ash_actor a = ash_actors_at(l->r->actors, x->actor);
        char track[24], id[40];
        ash_table_words(&t, ash_access_word((ash_grade)x->grade, x->changes));
        put_time(&t, l, x->first_cs * ASH_CS_NS);
        ash_table_text(&t, a.account);
        ash_table_text(&t, a.client);
        ash_table_z(&t, x->track == 0 ? NULL : ash_track_name(x->track, track));
        ash_table_z(&t, ash_access_name(x->segment, x->row, id));
        ash_table_text(&t, ash_view_of(x->path, x->path_n));
    }
    ash_table_end(&t);
    if (all > (int64_t)n)
        printf(_("%zu are shown; `ashiato scope --all --path` lists the paths, --json more accesses\n"), n);
}

static const ash_column_def hidden_columns[] = {
    {"from", N_("from"), false, false},     {"to", N_("to"), false, false},
    {"hides", N_("hides"), false, false},   {"reason", N_("reason"), false, false},
    {"text", N_("what"), false, true},
};

static void put_hidden(ash_table *t, const ash_listing *l, const ash_hidden *h)
{
    char text[1400], input[300];
    put_time(t, l, h->first);
    put_time(t, l, h->last);
    ash_table_words(t, ash_hides_name(h->hides));
    ash_table_z(t, h->reason);
    bool named = h->input == NULL || strstr(h->text, h->input) != NULL;
    snprintf(text, sizeof text, "%s%s%s",
             named ? "" : ash_text_escape(input, sizeof input, ash_view_z(h->input)), named ? "" : ": ",
             h->text);
    ash_table_z(t, text);
}

static void put_all_hidden(const ash_listing *l, const ash_hiddens *own, const ash_hiddens *of_server)
{
    ash_table t;
    size_t all = own->n + (of_server == NULL ? 0 : of_server->n);
    if (all == 0)
        return;
    printf("\n%s\n", _("What could hide something:"));
    ash_table_begin(&t, ASH_FORMAT_TABLE, hidden_columns, N(hidden_columns));
    for (size_t i = 0; i < all && i < TOLD; i++)
        put_hidden(&t, l, i < own->n ? &own->rows[i] : &of_server->rows[i - own->n]);
    ash_table_end(&t);
    if (all > TOLD)
        printf(_("%zu more; --json lists all\n"), all - TOLD);
}

static void put_answers(const ash_untouched_row *row)
{
    const ash_touch_counts *n = &row->counts;
    if (row->read == ASH_ANSWER_TOUCHED)
        printf(_("Was anything read? Yes, in %lld accesses.\n"), (long long)n->read);
    else
        printf("%s\n", row->read == ASH_ANSWER_UNTOUCHED
                           ? _("Was anything read? No, and these records prove it.")
                           : _("Was anything read? No record says so, but that is no proof: see below."));
    if (row->opened == ASH_ANSWER_TOUCHED)
        printf(_("Was anything opened, listed or changed? Yes (read: %lld, opened: %lld, listed: %lld, "
                 "changed: %lld).\n"),
               (long long)n->read, (long long)n->opened, (long long)n->listed, (long long)n->changed);
    else
        printf("%s\n", row->opened == ASH_ANSWER_UNTOUCHED
                           ? _("Was anything opened, listed or changed? No, and these records prove it.")
                           : _("Was anything opened, listed or changed? No record says so, but that is no "
                               "proof: see below."));
    if (n->denied + n->missing + n->seen > 0)
        printf(_("Beside that: refused: %lld; not there: %lld; only looked up: %lld.\n"),
               (long long)n->denied, (long long)n->missing, (long long)n->seen);
}

/* Silences that the asker may know to be none of the log's fault. */
static size_t count_quiet(const ash_untouched_server *s)
{
    size_t n = 0;
    for (size_t i = 0; s != NULL && i < s->hidden.n; i++)
        n += strcmp(s->hidden.rows[i].reason, "quiet") == 0;
    return n;
}

static void put_remarks(const ash_question *q, const ash_untouched_row *row,
                        const ash_untouched_server *s)
{
    size_t quiet = count_quiet(s);
    printf("\n");
    if (quiet > 0)
        printf(_("- Silences at times when the server is often quiet (nights, weekends): %zu. Who knows that no "
                 "record is missing there can say so with --assume-quiet.\n"),
               quiet);
    if (!row->named)
        printf("- %s\n", _("No record of the case names this path or anything below it. If it is "
                           "misspelt, the answer is about nothing."));
    if (q->assume_quiet)
        printf("- %s\n", _("Silences at times when the server is often quiet were taken for whole, because "
                           "--assume-quiet says so."));
    if (s != NULL && s->shift > 0)
        printf(_("- The server's clock was set by up to %lld s: times may be off by that much.\n"),
               (long long)(s->shift / ASH_NS_PER_S));
    printf("- %s\n", _("Access by other routes (at the server itself, NFS, backups) leaves no record in "
                       "these logs."));
}

static void put_head(const ash_listing *l, const ash_question *q, const ash_untouched_row *row,
                     const ash_untouched_server *s)
{
    char path[1024], name[160], from[ASH_TIME_TEXT], to[ASH_TIME_TEXT];
    ash_text_escape(path, sizeof path, q->paths[row->path].text);
    if (s == NULL) {
        printf("%s\n", path);
        return;
    }
    printf(_("%s, server %s"), path, s->name.n == 0 ? "-" : ash_text_escape(name, sizeof name, s->name));
    for (size_t i = 0; i < row->n_shares; i++) {
        ash_share share = ash_shares_at(l->r->actors, row->shares[i]);
        printf("%s%s", i == 0 ? _(", share ") : " ", ash_text_escape(name, sizeof name, share.name));
    }
    if (!is_open(s->since) && !is_open(s->until))
        printf(_("\nFrom %s to %s%s\n"), ash_time_text(from, s->since, &l->r->c->zone, 0),
               ash_time_text(to, s->until, &l->r->c->zone, 0),
               q->since == ASH_TIME_NONE && q->until == ASH_TIME_NONE
                   ? _(": all that the records of this server cover")
                   : "");
    else
        putchar('\n');
}

void ash_untouched_tell(const ash_listing *l, const ash_question *q, const ash_untouched *u,
                        const ash_untouched_row *row)
{
    const ash_untouched_server *s = row->server == ASH_NO_SERVER ? NULL : &u->servers[row->server];
    put_head(l, q, row, s);
    putchar('\n');
    put_answers(row);
    put_touches(l, row);
    put_all_hidden(l, &row->hidden, s == NULL ? NULL : &s->hidden);
    put_remarks(q, row, s);
}

/* --- a row each ---------------------------------------------------------- */

static const ash_column_def columns[] = {
    {"path", N_("path"), false, true},
    {"server", N_("server"), false, false},
    {"from", NULL, false, false},
    {"to", NULL, false, false},
    {"read", N_("read"), false, false},
    {"opened", N_("opened"), false, false},
    {"named", NULL, false, false},
    {"n_read", NULL, true, false},
    {"n_opened", NULL, true, false},
    {"n_listed", NULL, true, false},
    {"n_changed", NULL, true, false},
    {"n_denied", NULL, true, false},
    {"n_missing", NULL, true, false},
    {"n_seen", NULL, true, false},
    {"reasons", N_("reasons"), false, false},
};

/* The different reasons that hide something, in order. */
static void add_reasons(const ash_hiddens *h, ash_buf *out)
{
    for (size_t i = 0; i < h->n; i++) {
        const char *known = out->n == 0 ? NULL : strstr(out->p, h->rows[i].reason);
        size_t n = strlen(h->rows[i].reason);
        bool there = known != NULL && (known == out->p || known[-1] == ' ') &&
                     (known[n] == ' ' || known[n] == '\0');
        if (!there)
            ash_buf_addf(out, "%s%s", out->n > 0 ? " " : "", h->rows[i].reason);
    }
}

static void put_row(ash_table *t, const ash_listing *l, const ash_question *q, const ash_untouched *u,
                    const ash_untouched_row *row)
{
    const ash_untouched_server *s = row->server == ASH_NO_SERVER ? NULL : &u->servers[row->server];
    const ash_touch_counts *n = &row->counts;
    const int64_t counts[] = {n->read,   n->opened,  n->listed, n->changed,
                              n->denied, n->missing, n->seen};
    ash_buf reasons;
    ash_buf_init(&reasons, 1u << 16);
    add_reasons(&row->hidden, &reasons);
    if (s != NULL)
        add_reasons(&s->hidden, &reasons);
    ash_table_text(t, q->paths[row->path].text);
    ash_table_text(t, s == NULL ? (ash_view){0} : s->name);
    put_time(t, l, s == NULL ? q->since : s->since);
    put_time(t, l, s == NULL ? q->until : s->until);
    ash_table_words(t, ash_answer_name(row->read));
    ash_table_words(t, ash_answer_name(row->opened));
    ash_table_z(t, row->named ? "yes" : "no");
    for (size_t i = 0; i < N(counts); i++)
        ash_table_int(t, counts[i]);
    ash_table_z(t, ash_buf_z(&reasons));
    ash_buf_free(&reasons);
}

void ash_untouched_list(const ash_listing *l, const ash_question *q, const ash_untouched *u)
{
    ash_table t;
    if (l->people)
        ash_pager_begin();
    ash_table_begin(&t, l->format, columns, N(columns));
    for (size_t i = 0; i < u->n_rows; i++)
        put_row(&t, l, q, u, &u->rows[i]);
    ash_table_end(&t);
    ash_pager_end();
}
