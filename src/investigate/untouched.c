#include "investigate/untouched.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "fold/grade.h"
#include "investigate/filter.h"
#include "investigate/untouched_internal.h"

const char *ash_answer_name(ash_answer a)
{
    static const char *const names[] = {"untouched", "not-provable", "touched"};
    return names[a];
}

const char *ash_hides_name(unsigned hides)
{
    return hides == ASH_HIDES_READS ? "reads" : hides == ASH_HIDES_OPENS ? "opens" : "all";
}

/* One question being answered. */
typedef struct asking {
    ash_reader *r;
    const ash_question *q;
    ash_untouched u;
    ash_coverage coverage;
    ash_places places;
    ash_target *targets;
    ash_untouched_server nowhere; /* for paths no server's records reach */
    ash_error *err;
} asking;

static int nomem(asking *a)
{
    return ash_fail(a->err, ASH_E_NOMEM, "investigate", "out of memory");
}

/* --- servers ----------------------------------------------------------- */

/* A share of services, not of files. */
static bool is_pipes(ash_view share)
{
    return share.n == 4 && strncasecmp(share.p, "IPC$", 4) == 0;
}

static bool is_meant(const asking *a, ash_share s)
{
    const ash_filter server = {.server = a->q->server}, share = {.server = a->q->share};
    return !is_pipes(s.name) && ash_filter_server(&server, s.server) && ash_filter_server(&share, s.name);
}

static size_t server_index(asking *a, ash_view name)
{
    for (size_t i = 0; i < a->u.n_servers; i++)
        if (ash_view_eq(a->u.servers[i].name, name))
            return i;
    a->u.servers[a->u.n_servers] = (ash_untouched_server){
        .name = name, .first = ASH_TIME_NONE, .last = ASH_TIME_NONE};
    return a->u.n_servers++;
}

static int find_servers(asking *a)
{
    a->u.servers = calloc(a->places.n + 1, sizeof *a->u.servers);
    if (a->u.servers == NULL)
        return nomem(a);
    for (size_t i = 0; i < a->places.n; i++) {
        ash_place *p = &a->places.rows[i];
        ash_share s = ash_shares_at(a->r->actors, p->share);
        if (is_meant(a, s))
            p->server = server_index(a, s.server);
        /* What programs of a Windows server did there is in no share. */
        if (s.name.n == 0 && (p->operations & (RECORDS_WINDOWS | RECORDS_OBJECTS)))
            p->known = false;
    }
    return a->u.n_servers > 0
               ? 0
               : ash_fail(a->err, ASH_E_NOTFOUND, "investigate",
                          "no server of the case has a share of that name; `ashiato query \"SELECT * "
                          "FROM shares\"` lists them");
}

static uint32_t server_id(const ash_reader *r, ash_view name)
{
    for (uint32_t i = 0; i < ash_servers_count(r->actors); i++)
        if (ash_view_eq(ash_servers_at(r->actors, i), name))
            return i;
    return UINT32_MAX; /* no hour has it: no records */
}

/* --- rows -------------------------------------------------------------- */

static ash_untouched_row *add_row(asking *a, size_t *cap, size_t path, size_t server)
{
    if (a->u.n_rows == *cap) {
        *cap = *cap == 0 ? 64 : *cap * 2;
        ash_untouched_row *p = realloc(a->u.rows, *cap * sizeof *p);
        if (p == NULL)
            return NULL;
        a->u.rows = p;
    }
    ash_untouched_row *row = &a->u.rows[a->u.n_rows++];
    *row = (ash_untouched_row){.path = path, .server = server};
    return row;
}

static const ash_untouched_server *server_of(const asking *a, const ash_untouched_row *row)
{
    return row->server == ASH_NO_SERVER ? &a->nowhere : &a->u.servers[row->server];
}

/* What a share does not record, as its records show. Where one lies from which
 * nothing was ever seen, nobody can tell. */
static int add_share_facts(asking *a, ash_untouched_row *row, const ash_place *p)
{
    const ash_untouched_server *s = server_of(a, row);
    ash_hiddens *h = &row->hidden;
    char name[128];
    int64_t has = p->operations;
    int rc = 0;
    ash_text_escape(name, sizeof name, ash_shares_at(a->r->actors, p->share).name);
#define HIDE(hides, reason, text) \
    rc = rc < 0 ? rc : ash_hidden_add(h, s, s->since, s->until, hides, reason, NULL, a->err, text, name)
    if (p->relative && p->absolute)
        HIDE(ASH_HIDES_ALL, "mixed-names",
             _("share %s: its log names files in two ways, from the share's root and from the server's; "
               "one file has two names"));
    if (has & (RECORDS_WINDOWS | RECORDS_OBJECTS)) {
        if (!(has & RECORDS_WINDOWS))
            HIDE(ASH_HIDES_ALL, "no-share-access",
                 _("share %s: no checks of access are recorded (5145), and which folders have an audit rule "
                   "for 4663 does not show"));
        if (!(has & RECORDS_READS))
            HIDE(ASH_HIDES_READS, has & RECORDS_OBJECTS ? "no-reads" : "no-object-access",
                 _("share %s: no use of the right to read is recorded (4663 with ReadData)"));
        return rc;
    }
    if (!(has & (RECORDS_READS | RECORDS_BEGINS)))
        HIDE(ASH_HIDES_READS, "no-reads", _("share %s records no read operations"));
    if (!(has & RECORDS_OPENS))
        HIDE(ASH_HIDES_OPENS, "no-opens",
             _("share %s records no create_file: opens and listings cannot be told from lookups"));
#undef HIDE
    return rc;
}

/* What a share is set to record shows while it records. */
#define SLACK (3600 * ASH_NS_PER_S)

static int add_share_ends(asking *a, ash_untouched_row *row, const ash_place *p)
{
    const ash_untouched_server *s = server_of(a, row);
    char name[128];
    int64_t first = p->first_cs * ASH_CS_NS, last = p->last_cs * ASH_CS_NS;
    /* Beyond the server's records is another matter. */
    int64_t since = s->since > s->first ? s->since : s->first;
    int64_t until = s->until < s->last ? s->until : s->last;
    int rc = 0;
    ash_text_escape(name, sizeof name, ash_shares_at(a->r->actors, p->share).name);
    if (first - SLACK > since)
        rc = ash_hidden_add(&row->hidden, s, since, first - 1, ASH_HIDES_ALL, "share-silence", NULL,
                            a->err,
                            _("share %s: nothing was opened or listed before; whether that was recorded "
                              "then does not show"),
                            name);
    if (rc == 0 && last + SLACK < until)
        rc = ash_hidden_add(&row->hidden, s, last + 1, until, ASH_HIDES_ALL, "share-silence", NULL,
                            a->err,
                            _("share %s: nothing was opened or listed after; whether that was recorded "
                              "then does not show"),
                            name);
    return rc;
}

static int add_share(asking *a, ash_untouched_row *row, const ash_place *p)
{
    uint32_t *x = realloc(row->shares, (row->n_shares + 1) * sizeof *x);
    if (x == NULL)
        return nomem(a);
    row->shares = x;
    x[row->n_shares++] = p->share;
    int rc = add_share_facts(a, row, p);
    return rc == 0 ? add_share_ends(a, row, p) : rc;
}

static int add_reach(asking *a, ash_untouched_row *row, ash_reach best)
{
    const ash_untouched_server *s = server_of(a, row);
    int rc = 0;
    if (a->targets[row->path].control)
        rc = ash_hidden_add(&row->hidden, s, s->since, s->until, ASH_HIDES_ALL, "control-characters", NULL,
                            a->err, "%s",
                            _("the path holds control characters, and syslog writes them in other ways: ask "
                              "for it as the log has it, #033 for escape"));
    if (rc < 0 || best == ASH_REACH_ALL)
        return rc;
    return ash_hidden_add(&row->hidden, s, s->since, s->until, ASH_HIDES_ALL,
                          best == ASH_REACH_PART ? "partly-logged" : "not-logged", NULL, a->err, "%s",
                          best == ASH_REACH_PART
                              ? _("the records are from a part of what is meant; whether the rest is logged "
                                  "does not show")
                              : _("no record shows that what is meant is logged at all"));
}

/* The rows of one path: of each server whose records reach there. */
static int make_rows(asking *a, size_t path, size_t *cap)
{
    size_t before = a->u.n_rows;
    int rc = 0;
    for (size_t s = 0; s < a->u.n_servers && rc == 0; s++) {
        ash_untouched_row *row = NULL;
        ash_reach best = ASH_REACH_NONE;
        for (size_t i = 0; i < a->places.n && rc == 0; i++) {
            const ash_place *p = &a->places.rows[i];
            ash_reach reach = p->server == s ? ash_place_reach(p, &a->targets[path]) : ASH_REACH_NONE;
            if (reach == ASH_REACH_NONE)
                continue;
            if (row == NULL && (row = add_row(a, cap, path, s)) == NULL)
                return nomem(a);
            best = reach > best ? reach : best;
            rc = add_share(a, row, p);
        }
        if (rc == 0 && row != NULL)
            rc = add_reach(a, row, best);
    }
    if (rc < 0 || a->u.n_rows > before)
        return rc;
    ash_untouched_row *row = add_row(a, cap, path, a->u.n_servers == 1 ? 0 : ASH_NO_SERVER);
    return row == NULL ? nomem(a) : add_reach(a, row, ASH_REACH_NONE);
}

/* --- answers ----------------------------------------------------------- */

static bool hides(const ash_hiddens *h, unsigned what)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->rows[i].hides & what)
            return true;
    return false;
}

static ash_answer answer(const asking *a, const ash_untouched_row *row, bool touched, unsigned what)
{
    if (touched)
        return ASH_ANSWER_TOUCHED;
    return hides(&row->hidden, what) || hides(&server_of(a, row)->hidden, what) ? ASH_ANSWER_NOT_PROVABLE
                                                                                : ASH_ANSWER_UNTOUCHED;
}

static int judge(asking *a, ash_untouched_row *row)
{
    const ash_touch_counts *n = &row->counts;
    int rc = 0;
    /* The server copies a file for a client without a read: only the opening is in
     * the record (tests/captures/server-copy-rich). */
    if (n->opened > 0)
        rc = ash_hidden_add(&row->hidden, server_of(a, row), n->opened_first_cs * ASH_CS_NS,
                            n->opened_last_cs * ASH_CS_NS + ASH_CS_NS - 1, ASH_HIDES_READS, "opened", NULL,
                            a->err,
                            _("opened with the right to read %lld times: a copy made by the server itself "
                              "leaves no read record"),
                            (long long)n->opened);
    row->read = answer(a, row, n->read > 0, ASH_HIDES_READS);
    row->opened = answer(a, row, n->read + n->opened + n->listed + n->changed > 0, ASH_HIDES_OPENS);
    return rc;
}

/* --- all --------------------------------------------------------------- */

static int ask(asking *a)
{
    size_t cap = 0;
    int rc = ash_coverage_load(&a->coverage, a->r, a->err);
    if (rc == 0)
        rc = ash_places_load(&a->places, a->r, a->err);
    if (rc == 0)
        rc = find_servers(a);
    for (size_t i = 0; i < a->u.n_servers && rc == 0; i++)
        rc = ash_untouched_times(&a->u.servers[i], server_id(a->r, a->u.servers[i].name), a->r,
                                 &a->coverage, a->q, a->err);
    if (rc == 0)
        rc = ash_targets_make(&a->targets, a->r, a->q, a->err);
    for (size_t i = 0; i < a->q->n_paths && rc == 0; i++)
        rc = make_rows(a, i, &cap);
    if (rc == 0)
        rc = ash_untouched_find(&a->u, a->r, a->q, a->targets, &a->places, a->err);
    for (size_t i = 0; i < a->u.n_rows && rc == 0; i++)
        rc = judge(a, &a->u.rows[i]);
    return rc;
}

int ash_untouched_ask(ash_untouched *ret, ash_reader *r, const ash_question *q, ash_error *err)
{
    asking a = {.r = r,
                .q = q,
                .nowhere = {.since = ASH_TIME_NEVER_BEFORE, .until = ASH_TIME_EVER},
                .err = err};
    int rc = ask(&a);
    ash_coverage_free(&a.coverage);
    ash_places_free(&a.places);
    ash_targets_free(a.targets, q->n_paths);
    if (rc < 0) {
        ash_untouched_free(&a.u);
        return rc;
    }
    *ret = a.u;
    return 0;
}

void ash_untouched_free(ash_untouched *u)
{
    for (size_t i = 0; i < u->n_servers; i++)
        ash_hiddens_free(&u->servers[i].hidden);
    for (size_t i = 0; i < u->n_rows; i++) {
        ash_untouched_row *row = &u->rows[i];
        for (size_t k = 0; k < row->n_touches; k++)
            free(row->touches[k].path);
        free(row->touches);
        free(row->shares);
        ash_hiddens_free(&row->hidden);
    }
    free(u->servers);
    free(u->rows);
    *u = (ash_untouched){0};
}
