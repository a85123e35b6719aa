/* Random but plausible logs, the same for the same seed. */
#ifndef ASH_TESTS_LOGS_H
#define ASH_TESTS_LOGS_H

#include "base/buf.h"
#include "unit.h"

/* n records of two people on one share, as a script (folding.h): with pauses
 * that end accesses, steps back, renames, refusals and unknown operations. */
void random_script(rng *r, unsigned n, ash_buf *script);

/* The seed of a property test: ASHIATO_SEED, or a fixed one. Printed. */
uint64_t property_seed(void);

#endif
