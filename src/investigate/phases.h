/* The phases of a track: when it entered, looked around, collected, changed,
 * paused, became loud and ended. How they are found: course.h. */
#ifndef ASH_INVESTIGATE_PHASES_H
#define ASH_INVESTIGATE_PHASES_H

#include "investigate/course.h"
#include "investigate/story.h"

/* Some names of a kind, of `count` different ones. */
typedef struct ash_some_ids {
    int64_t count;
    size_t n;
    uint32_t at[ASH_NAMES_MAX];
} ash_some_ids;

typedef struct ash_phase {
    int64_t track;
    ash_phase_name name;
    ash_phase_name activity; /* what most of its accesses did; PAUSE or END: none did */
    int64_t from, to;        /* ns */
    int64_t accesses, minutes; /* minutes of the clock with an access */
    int64_t read, opened, listed, denied, missing; /* different paths, by strongest grade in it */
    int64_t written, renamed, deleted, changed;    /* different paths; changed: any of them */
    int64_t folders;                 /* different ones: listed, or holding what was accessed */
    int64_t logons, failed_logons;   /* of the track's actors */
    double pace;                     /* accesses a minute, of minutes with any */
    ash_some_ids actors, shares;     /* actors: one for each account and client */
    ash_examples examples;           /* its first accesses */
    char *text;                      /* owned; why it is called so, for people */
} ash_phase;

typedef struct ash_phases {
    ash_phase *at; /* owned; by track, then time */
    size_t n;
} ash_phases;

int ash_phases_load(ash_phases *ret, const ash_story *s, ash_error *err) ASH_MUST_USE;
void ash_phases_free(ash_phases *p);

#endif
