#include <stdio.h>

#include "ashiato/access.h"
#include "base/json.h"
#include "cli/untouched_out.h"
#include "investigate/tracks.h"
#include "report/report.h"

static void key_time(ash_json *j, const char *key, int64_t t, ash_zone *z, int digits)
{
    char text[ASH_TIME_TEXT];
    bool open = t == ASH_TIME_NONE || t <= ASH_TIME_NEVER_BEFORE || t == ASH_TIME_EVER;
    ash_json_key_z(j, key, open ? NULL : ash_time_text(text, t, z, digits));
}

static void hidden(ash_json *j, const ash_hiddens *h, ash_zone *z)
{
    ash_json_key(j, "prevents");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < h->n; i++) {
        const ash_hidden *x = &h->rows[i];
        ash_json_begin(j, '{');
        ash_json_key_z(j, "reason", x->reason);
        ash_json_key_z(j, "hides", ash_hides_name(x->hides));
        key_time(j, "from", x->first, z, 3);
        key_time(j, "to", x->last, z, 3);
        ash_json_key(j, "input");
        ash_json_z(j, x->input);
        ash_json_key_z(j, "text", x->text);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void servers(ash_json *j, const ash_untouched *u, ash_zone *z)
{
    ash_json_key(j, "servers");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < u->n_servers; i++) {
        const ash_untouched_server *s = &u->servers[i];
        ash_json_begin(j, '{');
        ash_json_key_exact(j, "server", s->name);
        key_time(j, "records_begin", s->first, z, 3);
        key_time(j, "records_end", s->last, z, 3);
        key_time(j, "from", s->since, z, 3);
        key_time(j, "to", s->until, z, 3);
        ash_json_key_int(j, "clock_shift_s", s->shift / ASH_NS_PER_S);
        hidden(j, &s->hidden, z);
        ash_json_end(j, '}');
    }
    ash_json_end(j, ']');
}

static void touch(ash_json *j, ash_reader *r, const ash_touch *t)
{
    char id[40], changes[64], remarks[64], track[24];
    ash_zone *z = &r->c->zone;
    ash_actor a = ash_actors_at(r->actors, t->actor);
    ash_json_begin(j, '{');
    ash_json_key_z(j, "id", ash_access_name(t->segment, t->row, id));
    ash_json_key_exact(j, "path", ash_view_of(t->path, t->path_n));
    ash_json_key_exact(j, "share", ash_shares_at(r->actors, t->share).name);
    ash_json_key_z(j, "grade", ash_access_word((ash_grade)t->grade, t->changes));
    ash_json_key_z(j, "changes", ash_changes_text(t->changes, changes));
    ash_json_key_z(j, "remarks", ash_remarks_text(t->flags, remarks));
    key_time(j, "first", t->first_cs * ASH_CS_NS, z, 2);
    key_time(j, "last", t->last_cs * ASH_CS_NS, z, 2);
    ash_json_key_exact(j, "account", a.account);
    ash_json_key_exact(j, "client", a.client);
    ash_json_key_exact(j, "workstation", a.workstation);
    ash_json_key_z(j, "track", t->track == 0 ? NULL : ash_track_name(t->track, track));
    ash_json_end(j, '}');
}

static void counts(ash_json *j, const ash_touch_counts *n)
{
    ash_json_key(j, "counts");
    ash_json_begin(j, '{');
    ash_json_key_int(j, "read", n->read);
    ash_json_key_int(j, "opened", n->opened);
    ash_json_key_int(j, "listed", n->listed);
    ash_json_key_int(j, "changed", n->changed);
    ash_json_key_int(j, "denied", n->denied);
    ash_json_key_int(j, "missing", n->missing);
    ash_json_key_int(j, "seen", n->seen);
    ash_json_end(j, '}');
}

static void row(ash_json *j, ash_reader *r, const ash_question *q, const ash_untouched *u,
                const ash_untouched_row *x)
{
    const ash_untouched_server *s = x->server == ASH_NO_SERVER ? NULL : &u->servers[x->server];
    ash_json_begin(j, '{');
    ash_json_key_exact(j, "path", q->paths[x->path].text);
    if (s != NULL) {
        ash_json_key_exact(j, "server", s->name);
    } else {
        ash_json_key(j, "server");
        ash_json_null(j);
    }
    ash_json_key(j, "shares");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < x->n_shares; i++)
        ash_json_text(j, ash_shares_at(r->actors, x->shares[i]).name);
    ash_json_end(j, ']');
    key_time(j, "from", s == NULL ? q->since : s->since, &r->c->zone, 3);
    key_time(j, "to", s == NULL ? q->until : s->until, &r->c->zone, 3);
    ash_json_key_z(j, "read", ash_answer_name(x->read));
    ash_json_key_z(j, "opened", ash_answer_name(x->opened));
    ash_json_key(j, "named");
    ash_json_bool(j, x->named);
    counts(j, &x->counts);
    ash_json_key(j, "accesses");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < x->n_touches; i++)
        touch(j, r, &x->touches[i]);
    ash_json_end(j, ']');
    hidden(j, &x->hidden, &r->c->zone);
    ash_json_end(j, '}');
}

int ash_untouched_json(const ash_listing *l, const ash_question *q, const ash_untouched *u,
                       ash_error *err)
{
    ash_json_out *out = ash_json_out_begin();
    if (out == NULL)
        return ash_fail(err, ASH_E_NOMEM, "cli", "out of memory");
    ash_json *j = ash_json_of(out);
    ash_json_begin(j, '{');
    ash_json_key(j, "assume_quiet");
    ash_json_bool(j, q->assume_quiet);
    servers(j, u, &l->r->c->zone);
    ash_json_key(j, "paths");
    ash_json_begin(j, '[');
    for (size_t i = 0; i < u->n_rows; i++)
        row(j, l->r, q, u, &u->rows[i]);
    ash_json_end(j, ']');
    ash_json_end(j, '}');
    ash_json_out_end(out); /* what cannot be written is told when the program ends */
    return 0;
}
