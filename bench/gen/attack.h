/* The intruder: a stolen account on a machine nobody has seen before. */
#ifndef GEN_ATTACK_H
#define GEN_ATTACK_H

#include "world.h"

struct attacker {
    struct actor actor; /* first */
    char account[28];
    char client[16];
};

/* Sets w->attacker, or leaves it NULL when there is no attack. Needs the users. */
void attack_init(struct world *w);
void attack_free(struct world *w);

/* attack_scan.c, attack_slow.c: allocate one, with everything but account and rng set. */
struct attacker *attack_scan_new(struct world *w);
struct attacker *attack_slow_new(struct world *w);
/* Chooses the first step when the victim is known. */
void attack_slow_begin(struct world *w, struct attacker *t, unsigned victim_dept,
                       unsigned victim_server);

#endif
