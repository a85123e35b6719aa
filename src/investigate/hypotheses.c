#include "investigate/hypotheses.h"

#include <stdlib.h>

#include "base/i18n.h"

static const char *const names[] = {
#define HYPOTHESIS(id, name, short_title) name,
#include "investigate/observations.def"
};

static const char *const short_titles[] = {
#define HYPOTHESIS(id, name, short_title) short_title,
#include "investigate/observations.def"
};

/* By ash_observed. */
static const char *const signs[] = {
    "0000000",
#define VALUE(id, kind, name, s, words) s,
#include "investigate/observations.def"
};
_Static_assert(ASH_HYPOTHESES == 7, "a sign for each");

const char *ash_hypothesis_name(ash_hypothesis_kind k)
{
    return names[k];
}

const char *ash_hypothesis_short(ash_hypothesis_kind k)
{
    return _(short_titles[k]);
}

const char *ash_hypothesis_title(ash_hypothesis_kind k)
{
    switch (k) {
    case ASH_HYPOTHESIS_STOLEN_ACCOUNT: return _("An intruder collects data with a stolen account");
    case ASH_HYPOTHESIS_OPERATOR_CHANGE:
        return _("An intruder's access went on to another operator, for instance by sale");
    case ASH_HYPOTHESIS_SHOW_OF_FORCE: return _("An intruder wants to be noticed: a show of force, or a diversion");
    case ASH_HYPOTHESIS_RANSOMWARE: return _("Encryption or destruction was prepared or attempted");
    case ASH_HYPOTHESIS_INSIDER: return _("The account's owner takes data");
    case ASH_HYPOTHESIS_TOOL_MISUSE:
        return _("The account's owner or an administrator used a tool carelessly");
    default: return _("A legitimate mass job: backup, indexer, migration, audit");
    }
}

const char *ash_hypothesis_decides(ash_hypothesis_kind k)
{
    switch (k) {
    case ASH_HYPOTHESIS_STOLEN_ACCOUNT:
        return _("logons of the account on other systems (domain controller, VPN, mail) at the first footprint, and "
                 "its owner's word on where they were");
    case ASH_HYPOTHESIS_OPERATOR_CHANGE:
        return _("remote access and process records of the clients on both sides of the change: tools, languages, "
                 "hours, addresses");
    case ASH_HYPOTHESIS_SHOW_OF_FORCE:
        return _("messages or claims that were received, and what happened on other systems at the same time");
    case ASH_HYPOTHESIS_RANSOMWARE:
        return _("process records of the client, changes to backups and shadow copies, and whether the files can "
                 "still be opened");
    case ASH_HYPOTHESIS_INSIDER:
        return _("records of the person's own PC (logons, removable media, mail, uploads), door records, and what "
                 "the personnel department knows");
    case ASH_HYPOTHESIS_TOOL_MISUSE:
        return _("process and command records of the client, and the word of who sat at it");
    default: return _("schedules and logs of the backup, search and inventory software for that hour, and the calendar of "
                      "changes");
    }
}

char ash_hypothesis_sign(ash_hypothesis_kind k, ash_observed v)
{
    return signs[v][k];
}

const char *ash_hypothesis_word(ash_hypothesis_kind k, ash_observed v)
{
    char sign = ash_hypothesis_sign(k, v);
    return sign == '+' ? "for" : sign == '-' ? "against" : "";
}

/* What speaks for it orders those of one rank, for the eye; it decides nothing. */
static int compare(const void *a, const void *b)
{
    const ash_hypothesis *x = a, *y = b;
    if (x->contradicts != y->contradicts)
        return x->contradicts < y->contradicts ? -1 : 1;
    if (x->supports != y->supports)
        return x->supports > y->supports ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

void ash_hypotheses_rank(const ash_observations *o, ash_hypothesis ret[ASH_HYPOTHESES])
{
    for (unsigned k = 0; k < ASH_HYPOTHESES; k++) {
        ret[k] = (ash_hypothesis){.kind = (ash_hypothesis_kind)k};
        for (int i = 0; i < ASH_OBSERVATIONS; i++) {
            char sign = ash_hypothesis_sign(ret[k].kind, o->at[i].value);
            ret[k].supports += sign == '+';
            ret[k].contradicts += sign == '-';
        }
    }
    qsort(ret, ASH_HYPOTHESES, sizeof *ret, compare);
    for (unsigned k = 0; k < ASH_HYPOTHESES; k++) {
        bool equal = k > 0 && ret[k].contradicts == ret[k - 1].contradicts;
        ret[k].rank = equal ? ret[k - 1].rank : k + 1;
    }
}

size_t ash_hypotheses_leading(const ash_weighed *w)
{
    size_t n = 0;
    while (n < ASH_HYPOTHESES && w->at[n].rank == 1)
        n++;
    return n;
}

bool ash_hypotheses_compared(const ash_weighed *w)
{
    static const ash_observation_kind comparisons[] = {
        ASH_OBSERVATION_CLIENT,  ASH_OBSERVATION_WORKSTATION, ASH_OBSERVATION_OVERLAP,
        ASH_OBSERVATION_HOURS,   ASH_OBSERVATION_FOLDERS,     ASH_OBSERVATION_HABIT};
    bool any = false;
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++)
        any = any || w->observations.at[comparisons[i]].value != ASH_OBSERVED_NOTHING;
    return any;
}

static void add_words(const ash_weighed *w, ash_hypothesis_kind kind, char sign, ash_buf *out)
{
    const char *comma = "";
    for (int i = 0; i < ASH_OBSERVATIONS; i++) {
        ash_observed v = w->observations.at[i].value;
        if (ash_hypothesis_sign(kind, v) != sign)
            continue;
        ash_buf_addf(out, "%s%s", comma, ash_observed_words(v));
        comma = _(", ");
    }
}

void ash_hypothesis_text(const ash_weighed *w, size_t i, ash_buf *out)
{
    const ash_hypothesis *h = &w->at[i];
    ash_buf against, for_it;
    ash_buf_init(&against, 1u << 12);
    ash_buf_init(&for_it, 1u << 12);
    add_words(w, h->kind, '-', &against);
    add_words(w, h->kind, '+', &for_it);
    if (h->contradicts == 0)
        ash_buf_add_z(out, _("nothing observed speaks against it"));
    else
        ash_buf_addf(out, _("against it: %s"), ash_buf_z(&against));
    if (h->supports == 0)
        ash_buf_add_z(out, _("; nothing for it"));
    else
        ash_buf_addf(out, _("; for it: %s"), ash_buf_z(&for_it));
    ash_buf_free(&against);
    ash_buf_free(&for_it);
}

int ash_hypotheses_load(ash_hypotheses *ret, const ash_story *s, const ash_known *k, ash_error *err)
{
    ash_hypotheses h = {0};
    int rc = 0;
    *ret = h;
    if (s->n == 0)
        return 0;
    h.at = calloc(s->n, sizeof *h.at);
    if (h.at == NULL)
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    for (; h.n < s->n && rc == 0; h.n++) {
        rc = ash_observations_load(&h.at[h.n].observations, s, h.n, k, err);
        ash_hypotheses_rank(&h.at[h.n].observations, h.at[h.n].at);
    }
    if (rc < 0) {
        ash_hypotheses_free(&h);
        return rc;
    }
    *ret = h;
    return 0;
}

void ash_hypotheses_free(ash_hypotheses *h)
{
    for (size_t i = 0; i < h->n; i++)
        ash_observations_free(&h->at[i].observations);
    free(h->at);
    *h = (ash_hypotheses){0};
}
