#include "fold/likeness.h"

#include <string.h>

/* Fewer hashes than this decide nothing. */
#define TELLING 16u

void ash_likeness_insert(ash_likeness *k, uint64_t hash)
{
    uint32_t lo = 0, hi = k->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (k->least[mid] < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < k->n && k->least[lo] == hash)
        return;
    if (k->n < ASH_LIKENESS_SIZE)
        k->n++;
    memmove(k->least + lo + 1, k->least + lo, (k->n - 1 - lo) * sizeof k->least[0]);
    k->least[lo] = hash;
}

double ash_likeness_within(const ash_likeness *a, const ash_likeness *b)
{
    /* Below b's largest hash, b is complete. */
    uint64_t top = b->n == ASH_LIKENESS_SIZE ? b->least[ASH_LIKENESS_SIZE - 1] : UINT64_MAX;
    uint32_t n = 0, common = 0;
    for (uint32_t i = 0, j = 0; i < a->n && a->least[i] <= top; i++) {
        while (j < b->n && b->least[j] < a->least[i])
            j++;
        common += j < b->n && b->least[j] == a->least[i];
        n++;
    }
    return n < TELLING ? -1.0 : (double)common / n;
}
