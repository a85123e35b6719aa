/* What the scoring of an account's visits works on. */
#ifndef ASH_INVESTIGATE_SCORE_INTERNAL_H
#define ASH_INVESTIGATE_SCORE_INTERNAL_H

#include "investigate/score.h"

#define SHARES 7

/* Visits, each counted as far as it is the owner's and the intruder's. */
typedef struct count {
    double own, intruder;
} count;

typedef struct day {
    size_t from, to; /* its visits */
    double alarm;    /* nats: a seed lies in it */
    double evidence, weights[SHARES];
    double away, there, presence;
} day;

typedef struct scoring {
    ash_visits *v;
    const ash_map *map;
    const ash_part *seeds;
    size_t n_seeds;
    unsigned pass;
    bool seed_at_usual; /* the intruder is known to have been at the usual machine */
    uint32_t *local;  /* by place: number among the places of this account, and above */
    double *machines; /* by place: a sum while it is made */
    uint32_t n_local;
    count *total, *today, *before, *upto; /* by local number */
    double *singles; /* by local number: places below that the owner was at once */
    double hours[24], hours_today[24];
    day *days;
    size_t n_days;
} scoring;

/* Numbers the places, finds the days and the usual machine. False: out of memory;
 * to be ended either way. */
bool ash_scoring_begin(scoring *s);
void ash_scoring_end(scoring *s);

#endif
