/* Going through folders one after the other: what programs and intruders do. */
#ifndef ASH_SIMULATE_WALK_H
#define ASH_SIMULATE_WALK_H

#include "simulate/world.h"

typedef enum ash_walk_order {
    ASH_WALK_FORWARD,
    ASH_WALK_BACKWARD,
    ASH_WALK_SHUFFLED
} ash_walk_order;

/* Folders are numbered server by server, department by department; those made later
 * come at the end. */
typedef struct ash_walk {
    uint32_t first, until;
    uint32_t next;    /* position of the next one, from 0 */
    uint32_t folder;  /* the one entered last */
    uint32_t project; /* whose upper folders are listed */
    uint32_t stride;  /* SHUFFLED: between two positions, prime to their number */
    ash_walk_order order;
    unsigned slot; /* the next file of the folder entered last; ASH_SLOTS: none left */
    unsigned dept; /* whose rights */
    bool upper;    /* lists the folders above as well */
    bool silent;   /* lists nothing: the names are known */
    bool entered;  /* the folder before is open to us */
} ash_walk;

/* Forward, with listings. */
void ash_walk_begin(ash_walk *w, uint32_t first, uint32_t until, unsigned dept, bool upper);
void ash_walk_set_order(ash_walk *w, ash_walk_order order);
/* The folder of the next step; ASH_NO_FOLDER: there is none. */
uint32_t ash_walk_here(const ash_sim *s, const ash_walk *w);
/* Lists the next folder, or what is above it; false: there is none left. */
bool ash_walk_list(ash_sim *s, ash_sim_actor *a, ash_walk *w);
/* The next file of the folder entered last; false: none left. Deed of it: the caller's. */
bool ash_walk_file(const ash_sim *s, ash_walk *w, uint32_t *ret_folder, unsigned *ret_slot);
/* One step of listing and reading everything. False: done. */
bool ash_walk_read(ash_sim *s, ash_sim_actor *a, ash_walk *w);

#endif
