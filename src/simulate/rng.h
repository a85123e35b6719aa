/*
 * A small counter-based generator. Every actor owns one, so that adding an
 * attacker does not change one byte of what the others do. Never draw twice in one
 * expression: compilers choose the order, and the bytes would depend on the compiler.
 */
#ifndef ASH_SIMULATE_RNG_H
#define ASH_SIMULATE_RNG_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t ash_mix64(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t ash_rng_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return ash_mix64(*state);
}

/* Uniform in [0, n); n > 0. */
static inline uint32_t ash_rng_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(((ash_rng_next(state) >> 32) * n) >> 32);
}

/* Uniform in [lo, hi]. */
static inline uint32_t ash_rng_range(uint64_t *state, uint32_t lo, uint32_t hi)
{
    return lo + ash_rng_below(state, hi - lo + 1);
}

static inline bool ash_rng_chance(uint64_t *state, uint32_t per_10000)
{
    return ash_rng_below(state, 10000) < per_10000;
}

/*
 * Skewed index in [0, n): the cube of a uniform number, i.e. a density that
 * falls as index^(-2/3). Close to a Zipf law over the ranks that matter here,
 * and integer only, so that every machine draws the same.
 */
static inline uint32_t ash_rng_skewed(uint64_t *state, uint32_t n)
{
    uint64_t u = ash_rng_next(state) >> 32;
    uint64_t x = (u * u) >> 32;
    x = (x * u) >> 32;
    return (uint32_t)((x * n) >> 32);
}

#endif
