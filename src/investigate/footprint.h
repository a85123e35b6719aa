/* The first footprint: since when an intruder has been there, and how sure that is.
 *
 * The whole store was searched when the tracks were made; this is the earliest of
 * what they hold, and what bounds it: docs/TRACKS.md. */
#ifndef ASH_INVESTIGATE_FOOTPRINT_H
#define ASH_INVESTIGATE_FOOTPRINT_H

#include "investigate/tracks.h"

/* Why it is this time; bits. */
typedef enum ash_footprint_why {
    ASH_FOOTPRINT_ACCESS = 1u << 0,   /* the first access that is probably the intruder's */
    ASH_FOOTPRINT_LOGON = 1u << 1,    /* a logon from the same client, before any access */
    ASH_FOOTPRINT_FAILED = 1u << 2,   /* refused logons from the same client are earlier */
    ASH_FOOTPRINT_POSSIBLE = 1u << 3, /* accesses before may be the intruder's */
    ASH_FOOTPRINT_CONFIRMED = 1u << 4, /* what is confirmed begins later */
    ASH_FOOTPRINT_LOGS = 1u << 5,     /* the logs begin so shortly before that it may be earlier */
    ASH_FOOTPRINT_NAMED = 1u << 6,    /* an analyst set the beginning */
} ash_footprint_why;
#define ASH_FOOTPRINT_WHYS 7

typedef struct ash_footprint {
    bool known;
    int64_t time; /* ns */
    uint32_t actor;
    const char *what; /* "logon", "failed-logon", "access" */
    int64_t track;
    int reason; /* ash_part_reason */
    int64_t not_before, not_after; /* ns: the beginning lies between, as far as the logs tell */
    int64_t last;                  /* the last thing the tracks hold */
    unsigned why;                  /* ash_footprint_why */
} ash_footprint;

/* Of one track, or (track = 0) of all that are not rejected. logs_begin: ns, or
 * ASH_TIME_NONE. */
int ash_footprint_find(ash_footprint *ret, ash_reader *r, const ash_tracks *tracks, int64_t track,
                       int64_t logs_begin, ash_error *err) ASH_MUST_USE;

/* The i-th reason as a sentence, in the reader's language; NULL if it is none. */
const char *ash_footprint_reason(const ash_footprint *f, unsigned i);

/* Seconds from the first footprint to the last. at_least, at_most: from the two ends of
 * the uncertainty. NULL where not wanted. */
int64_t ash_footprint_dwell(const ash_footprint *f, int64_t *ret_at_least, int64_t *ret_at_most);

#endif
