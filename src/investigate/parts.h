/* Parts of tracks: an actor and a span of time each, and lists of them. */
#ifndef ASH_INVESTIGATE_PARTS_H
#define ASH_INVESTIGATE_PARTS_H

#include "investigate/reader.h"

typedef enum ash_part_reason {
    ASH_PART_BURST = 1,   /* the burst, and the session around it */
    ASH_PART_FOREIGN = 2, /* everything from a client that is not the account's usual one */
    ASH_PART_SPRAY = 3,   /* got in from a client that tried many accounts */
    ASH_PART_SPRAYING = 4, /* the attempts themselves */
    ASH_PART_ANALYST = 5, /* named by the analyst */
    ASH_PART_SCORED = 6,  /* the owner was at this machine too: accesses are judged one by one */
    ASH_PART_LINKED = 7,  /* the same account from another machine that is not its owner's */
    ASH_PART_TOOL_MARK = 8, /* another account from a machine of the same name */
} ash_part_reason;

typedef struct ash_part {
    uint32_t actor;
    int64_t first, last; /* ns, both within */
    int reason;          /* ash_part_reason */
    bool cut;            /* its ends were set by cutting, not by what is recorded */
    uint8_t standing;    /* ash_standing of all in it; 0: not said, which is ASH_PROBABLE */
    bool scored;         /* only accesses that were judged one by one are in it (grow.h) */
} ash_part;

typedef struct ash_parts {
    ash_part *p; /* owned */
    size_t n, cap;
} ash_parts;

int ash_parts_add(ash_parts *l, ash_part p, ash_error *err) ASH_MUST_USE;
void ash_parts_free(ash_parts *l);

/* Adds what of p lies from since to until (ASH_TIME_NONE: open). */
int ash_parts_add_clipped(ash_parts *l, ash_part p, int64_t since, int64_t until, ash_error *err)
    ASH_MUST_USE;

/* Takes the time of `away`'s actors out of `from`; what is left keeps its reason. */
int ash_parts_subtract(ash_parts *from, const ash_part *away, size_t n, ash_error *err) ASH_MUST_USE;

/* Narrows the parts that were cut to the accesses and logons in them; those
 * without any go. */
int ash_parts_narrow(ash_parts *l, ash_reader *r, ash_error *err) ASH_MUST_USE;

#endif
