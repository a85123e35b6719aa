/* Who and from where: clients, workstation names, accounts, logons. */
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "detect/engine.h"
#include "investigate/observe.h"

/* The usual client is the one the account is active from in most quarters of an
 * hour, the track left out. */
static int observe_client(ash_observer *o)
{
    int64_t n[3];
    int rc = ash_observe_numbers(
        o, n, 3,
        "WITH who AS (SELECT account, client, count(*) AS n FROM story JOIN actor USING (actor) WHERE %s AND "
        "client <> '' GROUP BY ALL), else_ AS (SELECT account, client, count(DISTINCT quarter) AS t FROM "
        "rest JOIN actor USING (actor) WHERE client <> '' GROUP BY ALL) SELECT sum(n) FILTER (mine >= "
        "other AND mine > 0)::BIGINT, sum(n) FILTER (other > mine)::BIGINT, sum(n)::BIGINT FROM (SELECT w.n, "
        "coalesce(e.t, 0) AS mine, coalesce((SELECT max(t) FROM else_ b WHERE b.account = w.account AND "
        "b.client <> w.client), 0) AS other FROM who w LEFT JOIN else_ e USING (account, client))",
        o->which);
    if (rc < 0 || n[2] == 0)
        return rc;
    if (2 * n[1] >= n[2])
        rc = ash_observed_set(o, ASH_OBSERVED_CLIENT_OTHER,
                              _("%lld of its %lld accesses come from a client that is not the one the account is "
                                "otherwise used from"), LL(n[1]), LL(n[2]));
    else if (2 * n[0] >= n[2])
        rc = ash_observed_set(o, ASH_OBSERVED_CLIENT_USUAL,
                              _("%lld of its %lld accesses come from the client the account is otherwise used from"),
                              LL(n[0]), LL(n[2]));
    return rc;
}

/* Names clients give themselves differ in case from log to log. */
static int observe_workstation(ash_observer *o)
{
    int64_t n[3];
    char name[160] = "";
    ash_view shown = {0};
    int rc = ash_observe_numbers(
        o, n, 3,
        "WITH mine AS (SELECT principal, lower(workstation) AS w, min(actor) AS actor FROM story JOIN actor USING "
        "(actor, principal) WHERE %s AND workstation <> '' GROUP BY ALL), others AS (SELECT DISTINCT principal, "
        "lower(workstation) AS w FROM rest JOIN actor USING (actor, principal) WHERE workstation <> '' AND "
        ASH_SQL_ACCOUNTS ") SELECT count(*) FILTER (known), count(*) FILTER (NOT known), coalesce(min(actor) FILTER (NOT "
        "known), min(actor)) FROM (SELECT m.*, (m.principal, m.w) IN (SELECT (principal, w) FROM others) AS known "
        "FROM mine m WHERE principal IN (SELECT principal FROM others))",
        o->which, o->which);
    if (rc < 0 || n[0] + n[1] == 0)
        return rc;
    shown = ash_actors_at(o->s->r->actors, (uint32_t)n[2]).workstation;
    ash_text_escape(name, sizeof name, shown);
    return n[1] > 0 ? ash_observed_set(o, ASH_OBSERVED_WORKSTATION_NEW,
                                       _("its client calls itself %s, as none in the account's other records does"), name)
                    : ash_observed_set(o, ASH_OBSERVED_WORKSTATION_KNOWN,
                                       _("its client calls itself %s, as in the account's other records"), name);
}

/* People have a second device, and addresses change: less says nothing. */
#define OVERLAP_MIN 3    /* quarters of an hour */
#define OVERLAP_SHARE 10 /* one in so many of the track's */

/* In the same quarter of an hour, from a client that is not the track's. */
#define ELSEWHERE                                                                                         \
    "FROM rest r JOIN actor c USING (actor) WHERE c.client <> '' AND c.client NOT IN (SELECT client FROM story " \
    "JOIN actor USING (actor) WHERE %s) AND (r.principal, r.quarter) IN (SELECT (s.principal, "      \
    "s.first_cs // 90000) FROM story s JOIN actor d USING (actor) WHERE %s AND d.client <> '')"

static int observe_overlap(ash_observer *o)
{
    int64_t n[1], all[1];
    int rc = ash_observe_numbers(o, n, 1, "SELECT count(DISTINCT r.quarter) " ELSEWHERE, o->which, o->which);
    if (rc == 0)
        rc = ash_observe_numbers(o, all, 1, "SELECT count(DISTINCT first_cs // 90000) FROM story WHERE %s", o->which);
    if (rc < 0 || n[0] < OVERLAP_MIN || OVERLAP_SHARE * n[0] < all[0])
        return rc;
    rc = ash_observed_set(o, ASH_OBSERVED_OVERLAP_YES,
                          _("in %lld of its %lld quarters of an hour the account was in use from another client as well"),
                          LL(n[0]), LL(all[0]));
    return rc < 0 ? rc
                  : ash_observed_examples(o, ASH_OBSERVED_OVERLAP_YES,
                                          "(SELECT r.segment, r.row, r.first_cs " ELSEWHERE ")", o->which, o->which);
}

static int observe_accounts(ash_observer *o)
{
    int64_t n[1];
    int rc = ash_observe_numbers(o, n, 1,
                                 "SELECT max(n) FROM (SELECT count(DISTINCT account) AS n FROM story JOIN actor USING "
                                 "(actor) WHERE %s AND client <> '' GROUP BY client)",
                                 o->which);
    if (rc < 0 || n[0] == 0)
        return rc;
    return n[0] > 1 ? ash_observed_set(o, ASH_OBSERVED_ACCOUNTS_SEVERAL,
                                       _("%lld accounts were used from one client"), LL(n[0]))
                    : ash_observed_set(o, ASH_OBSERVED_ACCOUNTS_ONE, _("no client used more than one account"));
}

static int observe_logons(ash_observer *o)
{
    int64_t ok = 0, failed = 0, attacks = 0;
    for (size_t i = 0; i < o->t->n_parts; i++)
        attacks += o->t->parts[i].reason == ASH_PART_SPRAY || o->t->parts[i].reason == ASH_PART_SPRAYING;
    for (size_t i = 0; i < o->k->findings->n; i++)
        attacks += o->k->findings->rows[i].track == o->t->id && ASH_FINDING_IS_LOGON(o->k->findings->rows[i].f.kind);
    for (size_t i = 0; i < o->k->phases->n; i++) {
        if (o->k->phases->at[i].track != o->t->id)
            continue;
        ok += o->k->phases->at[i].logons;
        failed += o->k->phases->at[i].failed_logons;
    }
    if (attacks > 0)
        return ash_observed_set(o, ASH_OBSERVED_LOGONS_ATTACKED,
                                _("accounts or passwords were tried before or during it: %lld logons failed"), LL(failed));
    if (ok > 0 && failed == 0)
        return ash_observed_set(o, ASH_OBSERVED_LOGONS_CLEAN, _("all of its %lld logons succeeded"), LL(ok));
    return 0;
}

static int observe_name(ash_observer *o)
{
    char name[160];
    size_t services = 0, people = 0;
    ash_view shown = {0};
    for (size_t i = 0; i < o->t->n_parts; i++) {
        ash_view account = ash_actors_at(o->s->r->actors, o->t->parts[i].actor).account;
        if (o->t->parts[i].reason == ASH_PART_SPRAYING || account.n == 0)
            continue;
        shown = account;
        *(ash_account_is_service(account) ? &services : &people) += 1;
    }
    ash_text_escape(name, sizeof name, shown);
    if (services > 0 && people == 0)
        return ash_observed_set(o, ASH_OBSERVED_NAME_SERVICE, _("%s is named like the account of a program"), name);
    if (people > 0 && services == 0)
        return ash_observed_set(o, ASH_OBSERVED_NAME_PERSON, _("%s is not named like the account of a program"), name);
    return 0;
}

int ash_observe_who(ash_observer *o)
{
    int (*const each[])(ash_observer *) = {observe_client,   observe_workstation, observe_overlap,
                                           observe_accounts, observe_logons,      observe_name};
    int rc = 0;
    for (size_t i = 0; i < sizeof each / sizeof each[0] && rc == 0; i++)
        rc = each[i](o);
    return rc;
}
