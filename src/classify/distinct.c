/* How many different values: exactly while they are few, then by HyperLogLog (Flajolet,
 * Fusy, Gandouet, Meunier 2007, with linear counting for small numbers). */
#include <math.h>
#include <string.h>

#include "classify/scan_internal.h"

void ash_sketch_add(uint8_t *sketch, uint64_t digest)
{
    uint64_t rest = digest << 12 | 1u << 11; /* the last bit ends the count */
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    uint8_t *slot = &sketch[digest >> 52];
    if (rank > *slot)
        *slot = rank;
}

void ash_sketch_join(uint8_t *sketch, const uint8_t *other)
{
    for (size_t i = 0; i < ASH_SKETCH_SIZE; i++)
        sketch[i] = other[i] > sketch[i] ? other[i] : sketch[i];
}

double ash_sketch_count(const uint8_t *sketch)
{
    const double m = ASH_SKETCH_SIZE;
    double sum = 0;
    unsigned empty = 0;
    for (size_t i = 0; i < ASH_SKETCH_SIZE; i++) {
        sum += ldexp(1, -sketch[i]);
        empty += sketch[i] == 0;
    }
    double raw = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return raw <= 2.5 * m && empty > 0 ? m * log(m / empty) : raw;
}

void ash_tally_distinct(ash_tally *t, uint64_t digest)
{
    if (!t->sketched) {
        for (uint32_t i = 0; i < t->n_exact; i++) {
            if (t->exact[i] == digest)
                return;
        }
        if (t->n_exact < ASH_DISTINCT_EXACT) {
            t->exact[t->n_exact++] = digest;
            return;
        }
        t->sketched = true;
        memset(t->sketch, 0, sizeof t->sketch);
        for (uint32_t i = 0; i < t->n_exact; i++)
            ash_sketch_add(t->sketch, t->exact[i]);
    }
    ash_sketch_add(t->sketch, digest);
}

uint64_t ash_tally_distinct_count(const ash_tally *t)
{
    return t->sketched ? (uint64_t)(ash_sketch_count(t->sketch) + 0.5) : t->n_exact;
}
