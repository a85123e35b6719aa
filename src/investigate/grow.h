/* From what is known of an intruder to all of its track: other clients of the
 * accounts it used, other accounts at its machines, machines of the same name, and,
 * where the owner was at a client too, which accesses were whose.
 *
 * Rules: docs/TRACKS.md. */
#ifndef ASH_INVESTIGATE_GROW_H
#define ASH_INVESTIGATE_GROW_H

#include "investigate/activity.h"
#include "investigate/parts.h"
#include "investigate/standing.h"

typedef struct ash_judged {
    uint32_t segment, row, actor, why;
    int64_t at_cs;
    int32_t score; /* sum of the terms, hundredths of a nat */
    uint8_t standing;
} ash_judged;

typedef struct ash_grown {
    ash_parts parts;    /* the seeds' own actors are among them if something speaks for it */
    ash_judged *judged; /* owned; accesses of the scored parts */
    size_t n_judged, cap_judged;
    int64_t left_out; /* accesses that were too many to be judged */
} ash_grown;

/* seeds: actors and times at which the intruder is known to have been there. */
int ash_grow(ash_grown *ret, ash_reader *r, const ash_activity *h, const ash_part *seeds, size_t n_seeds,
             ash_error *err) ASH_MUST_USE;
void ash_grown_free(ash_grown *g);

/* Stores the judged accesses, in a transaction of the caller's. Where an access was
 * judged before, the stronger standing stays. */
int ash_grown_store(const ash_grown *g, ash_case *c, ash_error *err) ASH_MUST_USE;

/* Forgets judged accesses that lie in no scored part any more. */
int ash_judged_sweep(ash_case *c, ash_error *err) ASH_MUST_USE;

#endif
