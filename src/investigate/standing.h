/* How sure it is that an access was the intruder's, and why.
 *
 * The rules, their sources and what was measured: docs/TRACKS.md. */
#ifndef ASH_INVESTIGATE_STANDING_H
#define ASH_INVESTIGATE_STANDING_H

#include "base/buf.h"

typedef enum ash_standing {
    ASH_STANDING_NONE = 0, /* the owner's, as far as the log tells */
    ASH_CONFIRMED = 1,     /* in this order: the strongest is the smallest */
    ASH_PROBABLE = 2,
    ASH_POSSIBLE = 3,
} ash_standing;

/* Probabilities from which an access has a standing. */
#define ASH_CONFIRMED_FROM 0.99
#define ASH_PROBABLE_FROM 0.5
#define ASH_POSSIBLE_FROM 0.1

/* What speaks for (or, the second of a pair, against) the intruder; bits. */
typedef enum ash_why {
    ASH_WHY_PLACE = 1u << 0,       /* folders this account does not use */
    ASH_WHY_OWN_PLACE = 1u << 1,   /* folders it does use */
    ASH_WHY_CLIENT = 1u << 2,      /* a client it does not use */
    ASH_WHY_HOUR = 1u << 3,        /* an hour at which it is not active */
    ASH_WHY_WALK = 1u << 4,        /* one folder after the other */
    ASH_WHY_WRITES = 1u << 5,      /* changes, as at work */
    ASH_WHY_LOOK = 1u << 6,        /* a folder listed, then files read */
    ASH_WHY_MACHINE = 1u << 7,     /* what else was done at this machine */
    ASH_WHY_ALARM = 1u << 8,       /* during the alarm, or the time an analyst named */
    ASH_WHY_DAYS = 1u << 9,        /* on days on which the intruder was there */
    ASH_WHY_BURST = 1u << 10,      /* the parts' own reasons */
    ASH_WHY_FOREIGN = 1u << 11,
    ASH_WHY_SPRAY = 1u << 12,
    ASH_WHY_ANALYST = 1u << 13,
    ASH_WHY_LINKED = 1u << 14,
    ASH_WHY_TOOL_MARK = 1u << 15,
} ash_why;

/* "confirmed", "probable", "possible"; "" for ASH_STANDING_NONE. */
const char *ash_standing_name(int standing);
ash_standing ash_standing_of(double probability);

/* Stable names of the bits, separated by spaces; returns buf. */
#define ASH_WHY_TEXT 256
const char *ash_why_text(uint32_t why, char buf[ASH_WHY_TEXT]);

#endif
