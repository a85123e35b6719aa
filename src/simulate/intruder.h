/* What intruders have in common: an account that is somebody's, folders they are after. */
#ifndef ASH_SIMULATE_INTRUDER_H
#define ASH_SIMULATE_INTRUDER_H

#include "simulate/people.h"
#include "simulate/walk.h"

enum { ASH_TARGETS = 3 };

typedef struct ash_intruder {
    ash_sim_actor actor; /* first */
    ash_person *victim;  /* whose account it is */
    uint32_t day;        /* being planned or worked on */
    uint32_t last_day;
    unsigned phase;                /* of the scenario; 0 first */
    uint32_t targets[ASH_TARGETS]; /* groups */
    unsigned left, here;           /* files: of this visit, of this folder */
    uint32_t folder;
    uint32_t seen_lo, seen_hi; /* folders listed by a scan */
    ash_walk walk;
} ash_intruder;

/* An intruder with somebody's account; NULL: no memory, or nobody fits. `which`: each has
 * a random stream of its own. */
ash_intruder *ash_intruder_add(ash_sim *s, unsigned which, ash_sim_step *step);
/* A machine that nobody has seen before. */
void ash_intruder_foreign(ash_intruder *t, unsigned net, const char *workstation);
/* The owner's own. */
void ash_intruder_at_home(ash_intruder *t);

/* A day between two per cent of the whole. */
uint32_t ash_intruder_day(const ash_sim *s, ash_intruder *t, unsigned lo, unsigned hi);

/* Somebody looking for something: lists a folder, reads some files of it. One step; t->left
 * counts down. False: it is 0. */
bool ash_intruder_browse(ash_sim *s, ash_intruder *t);

/* Lists folders one after the other, then reads files of a stretch of them. */
void ash_intruder_begin_scan(ash_sim *s, ash_intruder *t, unsigned percent_lo, unsigned percent_hi);
void ash_intruder_begin_taking(ash_sim *s, ash_intruder *t);

#endif
