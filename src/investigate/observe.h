/* Shared by the files that observe a track. */
#ifndef ASH_INVESTIGATE_OBSERVE_H
#define ASH_INVESTIGATE_OBSERVE_H

#include "investigate/observations.h"

#define LL(x) ((long long)(x))

typedef struct ash_observer {
    const ash_story *s;
    const ash_track *t;
    const ash_known *k;
    char which[40]; /* SQL on rows of story: this track's */
    ash_observations *out;
    ash_error *err;
    int64_t accesses;
} ash_observer;

/* Each sets some observations, in one place. 0 or an error. */
int ash_observe_who(ash_observer *o) ASH_MUST_USE;
int ash_observe_what(ash_observer *o) ASH_MUST_USE;
int ash_observe_when(ash_observer *o) ASH_MUST_USE;

/* The first row of a query: n numbers, 0 where there is no row. The format takes
 * `which` as often as it asks for it. */
int ash_observe_numbers(ash_observer *o, int64_t *ret, size_t n, const char *fmt, ...) ASH_PRINTF(4, 5)
    ASH_MUST_USE;

/* Sets an observation; the format is for people. */
int ash_observed_set(ash_observer *o, ash_observed v, const char *fmt, ...) ASH_PRINTF(3, 4) ASH_MUST_USE;

/* Names examples for it: "story WHERE ..." as ash_story_examples takes it. */
int ash_observed_examples(ash_observer *o, ash_observed v, const char *fmt, ...) ASH_PRINTF(3, 4) ASH_MUST_USE;

#endif
