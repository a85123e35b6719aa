/* Visits: what an account did in one folder from one client without a pause. They
 * are what owner and intruder are told apart by: single accesses say too little,
 * sessions mix the two. */
#ifndef ASH_INVESTIGATE_VISITS_H
#define ASH_INVESTIGATE_VISITS_H

#include "investigate/terrain.h"
#include "investigate/reader.h"

/* What speaks for the intruder (positive) or the owner (negative), in nats. */
typedef enum ash_term {
    ASH_TERM_PLACE,
    ASH_TERM_CLIENT,
    ASH_TERM_HOUR,
    ASH_TERM_WALK,
    ASH_TERM_CHANGE,
    ASH_TERM_LOOK,
    ASH_TERM_MACHINE,
    ASH_TERM_ALARM,
    ASH_TERM_NEAR,
    ASH_TERMS,
} ash_term;

typedef struct ash_visit {
    int64_t first_cs, last_cs; /* last_cs: when its last access began */
    uint32_t actor, machine;   /* machine: its workstation's name, else its client, as a place */
    uint32_t place, network;   /* ash_terrain */
    uint32_t accesses, reads, changes;
    int32_t day; /* since 1970 in the case's zone */
    uint8_t hour;
    bool listed, usual; /* usual: from the account's usual machine */
    uint32_t walk;      /* visits of the walk it is part of; 1: of none */
    float terms[ASH_TERMS];
    float presence;     /* that the intruder was there on the day */
    float probability;  /* that it was the intruder's */
} ash_visit;

/* An access and its visit. */
typedef struct ash_touch {
    int64_t at_cs;
    uint32_t segment, row, visit;
} ash_touch;

typedef struct ash_visits {
    ash_visit *v; /* owned; in order of time */
    size_t n, cap;
    ash_touch *touches; /* owned */
    size_t n_touches, cap_touches;
    int64_t left_out; /* accesses above ASH_JUDGED_MAX */
} ash_visits;

/* Which places there are, and how many accounts use each: once for all accounts. */
typedef struct ash_map {
    ash_terrain places;
    uint32_t folders, networks, machines; /* the roots */
    uint32_t *of_actor, *machine_of;      /* owned: network and machine by actor */
    struct ash_map_entry *known; /* owned: place by share and folder */
    size_t n_known, cap_known;
} ash_map;

int ash_map_make(ash_map *m, ash_reader *r, ash_error *err) ASH_MUST_USE;
void ash_map_free(ash_map *m);

/* The visits of an account; principal as ash_actors_principal. */
int ash_visits_load(ash_visits *ret, ash_map *m, ash_reader *r, uint32_t principal, ash_error *err)
    ASH_MUST_USE;
void ash_visits_free(ash_visits *v);

/* Finds walks: one folder after the other, each next to the one before. */
int ash_walks_find(ash_visits *v, const ash_map *m, ash_error *err) ASH_MUST_USE;

#endif
