#include "attack.h"

#include "mem.h"
#include "user.h"

enum { OPEN_DEPTS = 12 }; /* the restricted ones come last */

void attack_init(struct world *w)
{
    const struct options *opt = w->opt;
    if (opt->attack == ATTACK_NONE)
        return;
    bool scan = opt->attack == ATTACK_SCAN;
    struct attacker *t = scan ? attack_scan_new(w) : attack_slow_new(w);
    struct actor *a = &t->actor;
    a->rng = ash_mix64(opt->seed * 1000003 + 0xa0000000);
    a->due.order = UINT32_MAX;
    a->client.noted = true;

    const struct user *victim = &w->users[ash_rng_below(&a->rng, opt->users)];
    for (unsigned i = 0; victim->dept >= OPEN_DEPTS && i < opt->users; i++)
        victim = &w->users[i];
    memcpy(t->account, victim->account, sizeof t->account);
    unsigned net = ash_rng_below(&a->rng, 250);
    unsigned host = 10 + ash_rng_below(&a->rng, 230);
    snprintf(t->client, sizeof t->client, "10.%u.%u.%u", scan ? 77u : 91u, net, host);
    ash_smb_set_who(&a->client, t->account, t->client, scan ? "kali" : "desktop-7qk2a");
    if (!scan)
        attack_slow_begin(w, t, victim->dept, victim->server);
    a->due.us = a->resume_us;
    w->attacker = a;
}

void attack_free(struct world *w)
{
    free(w->attacker);
    w->attacker = NULL;
}
