/* What honest people do once in a while, in bulk. */
#ifndef ASH_SIMULATE_ERRANDS_H
#define ASH_SIMULATE_ERRANDS_H

#include "simulate/people.h"
#include "simulate/walk.h"

struct ash_errand_kind;

typedef struct ash_errand {
    ash_sim_actor actor; /* first */
    const struct ash_errand_kind *kind;
    ash_person *who;
    bool planned, begun;
    bool once;       /* no other follows */
    bool fixed;      /* who is given */
    unsigned shares; /* actors that do this kind */
    uint32_t day;    /* the earliest */
    uint32_t today;  /* still to be done of that day */
    /* the work */
    uint32_t first; /* folder or project begun with */
    uint32_t made;  /* project or folder made */
    uint32_t left, here;
    bool removes; /* afterwards, what was archived */
    ash_walk walk;
} ash_errand;

typedef struct ash_errand_kind {
    const char *name; /* in truth.json */
    unsigned a_month; /* of 1,000 people; 0: with changes of staff */
    unsigned dept, other_dept;
    bool month_end, evening;
    bool admin; /* with an administrator's account */
    void (*begin)(ash_sim *s, ash_errand *e);
    /* False: done; else it has set when it goes on. */
    bool (*step)(ash_sim *s, ash_errand *e);
} ash_errand_kind;

extern const ash_errand_kind ash_errand_kinds[]; /* the last has no name */
/* Those of a_month 0: of somebody who is new in a department, and of somebody who leaves. */
extern const ash_errand_kind ash_errand_handover, ash_errand_keepsake;

#endif
