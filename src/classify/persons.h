/* How many different persons: an estimate with an interval, over records in any
 * number. Method and error: docs/CLASSES.md, "Different persons".
 *
 * Up to ASH_PERSONS_EXACT_MAX records are clustered exactly; further ones are
 * counted by sketches and scaled by what clustering did to the first ones. */
#ifndef ASH_CLASSIFY_PERSONS_H
#define ASH_CLASSIFY_PERSONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ashiato/error.h"
#include "classify/identity.h"

typedef struct ash_persons ash_persons;

typedef struct ash_persons_count {
    uint64_t low;      /* the same name is the same person */
    uint64_t estimate; /* the same name is another person where details contradict */
    uint64_t high;     /* only equal details are the same person */
    uint64_t records;
    bool sketched;     /* more records than are clustered: +- 3 % besides */
} ash_persons_count;

/* max_exact: records clustered exactly, at most ASH_PERSONS_EXACT_MAX (also for 0);
 * memory grows to about 300 bytes for each. The caller frees. */
int ash_persons_new(ash_persons **ret, uint32_t max_exact, ash_error *err) ASH_MUST_USE;
void ash_persons_free(ash_persons *p); /* NULL is fine */

/* Order does not matter to low and high; the estimate may differ by a few. */
int ash_persons_add(ash_persons *p, const ash_identity *who, ash_error *err) ASH_MUST_USE;
/* Records that are known only by a sketch (classify/use.h). */
void ash_persons_add_sketch(ash_persons *p, const uint8_t *sketch);
/* By what a record is counted in sketches. */
uint64_t ash_persons_sketch_key(const ash_identity *who);
ash_persons_count ash_persons_result(const ash_persons *p);

#endif
