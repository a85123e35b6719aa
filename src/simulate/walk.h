/* Going through folders one after the other: what programs and intruders do. */
#ifndef ASH_SIMULATE_WALK_H
#define ASH_SIMULATE_WALK_H

#include "simulate/world.h"

/* Folders are numbered server by server, department by department; those made later
 * come at the end. */
typedef struct ash_walk {
    uint32_t folder, until; /* the next one; the end */
    uint32_t project;       /* whose upper folders are listed */
    unsigned slot;          /* the next file of the folder before; ASH_SLOTS: none left */
    unsigned dept;          /* whose rights */
    bool upper;             /* lists the folders above as well */
    bool entered;           /* the folder before is open to us */
} ash_walk;

void ash_walk_begin(ash_walk *w, uint32_t first, uint32_t until, unsigned dept, bool upper);
/* Lists the next folder, or what is above it; false: there is none left. */
bool ash_walk_list(ash_sim *s, ash_sim_actor *a, ash_walk *w);
/* The next file of the folder listed last; false: none left. Deed of it: the caller's. */
bool ash_walk_file(const ash_sim *s, ash_walk *w, uint32_t *ret_folder, unsigned *ret_slot);
/* One step of listing and reading everything. False: done. */
bool ash_walk_read(ash_sim *s, ash_sim_actor *a, ash_walk *w);

#endif
