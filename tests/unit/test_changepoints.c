/* Changes of behaviour: known ones are found, none are made up, and the best
 * segmentation is the best of all. */
#include <math.h>

#include "base/limits.h"
#include "investigate/changepoints.h"
#include "unit.h"

static ash_item item(double a, double b, double level)
{
    return (ash_item){.n = {a, b}, .level = level};
}

static size_t find(const ash_item *items, size_t n, size_t *begins)
{
    ash_error err = {0};
    double spread;
    size_t found = 0;
    ASSERT_OK(ash_changepoints_spread(items, n, 1, 3, &spread, &err));
    ASSERT_OK(ash_changepoints(items, n, spread, ash_changepoints_penalty(n), begins, &found, &err));
    return found;
}

static void a_change_of_the_mix_is_found(void **state)
{
    ash_item items[100];
    size_t begins[100];
    (void)state;
    for (size_t i = 0; i < 100; i++)
        items[i] = i < 60 ? item(8, 2, 3) : item(2, 8, 3);
    assert_int_equal(find(items, 100, begins), 2);
    assert_int_equal(begins[0], 0);
    assert_int_equal(begins[1], 60);
}

static void a_change_of_the_level_is_found(void **state)
{
    ash_item items[90];
    size_t begins[90];
    (void)state;
    for (size_t i = 0; i < 90; i++)
        items[i] = item(5, 5, i < 30 || i >= 70 ? 3 : 9);
    assert_int_equal(find(items, 90, begins), 3);
    assert_int_equal(begins[1], 30);
    assert_int_equal(begins[2], 70);
}

/* Noise of the spread that is told, and mixes drawn from one share. */
static void the_same_behaviour_is_one_segment(void **state)
{
    ash_item items[400];
    size_t begins[400];
    rng r = {42};
    (void)state;
    for (size_t i = 0; i < COUNT(items); i++) {
        double a = 0, level = 4;
        for (int k = 0; k < 20; k++)
            a += rng_below(&r, 10) < 3;
        for (int k = 0; k < 12; k++)
            level += rng_below(&r, 1000) / 1000.0 - 0.5; /* spread 1 */
        items[i] = item(a, 20 - a, level);
    }
    assert_int_equal(find(items, COUNT(items), begins), 1);
    assert_int_equal(begins[0], 0);
}

/* -2 log likelihood of a segment, written down again. */
static double cost_of(const ash_item *items, size_t begin, size_t end, double spread)
{
    double n[ASH_ITEM_KINDS] = {0}, total = 0, mean = 0, out = 0;
    for (size_t i = begin; i < end; i++) {
        mean += items[i].level / (double)(end - begin);
        for (int k = 0; k < ASH_ITEM_KINDS; k++)
            n[k] += items[i].n[k];
    }
    for (int k = 0; k < ASH_ITEM_KINDS; k++)
        total += n[k];
    for (int k = 0; k < ASH_ITEM_KINDS; k++)
        out -= n[k] > 0 ? 2 * n[k] * log(n[k] / total) : 0;
    for (size_t i = begin; i < end; i++)
        out += (items[i].level - mean) * (items[i].level - mean) / (spread * spread);
    return out;
}

#define SMALL 10

/* Bit i: a segment begins behind item i. */
static double cost_of_all(const ash_item *items, unsigned cuts, double spread, double penalty)
{
    double out = 0;
    size_t begin = 0;
    for (size_t i = 0; i < SMALL; i++) {
        if (i + 1 < SMALL && !(cuts >> i & 1))
            continue;
        out += cost_of(items, begin, i + 1, spread) + penalty;
        begin = i + 1;
    }
    return out;
}

static void no_segmentation_is_better(void **state)
{
    rng r = {7};
    (void)state;
    for (int round = 0; round < 200; round++) {
        ash_item items[SMALL];
        ash_error err = {0};
        size_t begins[SMALL], n = 0;
        double best = HUGE_VAL, penalty = 1 + rng_below(&r, 12);
        unsigned found = 0;
        for (size_t i = 0; i < SMALL; i++) {
            items[i] = (ash_item){.level = rng_below(&r, 8)};
            for (int k = 0; k < ASH_ITEM_KINDS; k++)
                items[i].n[k] = rng_below(&r, 3) == 0 ? rng_below(&r, 9) : 0;
        }
        ASSERT_OK(ash_changepoints(items, SMALL, 1.5, penalty, begins, &n, &err));
        for (size_t i = 1; i < n; i++)
            found |= 1u << (begins[i] - 1);
        for (unsigned cuts = 0; cuts < 1u << (SMALL - 1); cuts++) {
            double c = cost_of_all(items, cuts, 1.5, penalty);
            best = c < best ? c : best;
        }
        assert_true(fabs(cost_of_all(items, found, 1.5, penalty) - best) < 1e-6);
    }
}

static void the_spread_is_that_of_neighbours(void **state)
{
    ash_item items[200];
    ash_error err = {0};
    double spread;
    (void)state;
    for (size_t i = 0; i < COUNT(items); i++)
        items[i] = item(1, 0, (i < 100 ? 2 : 12) + (i % 2 == 0 ? 0 : 1.9));
    ASSERT_OK(ash_changepoints_spread(items, COUNT(items), 0.1, 9, &spread, &err));
    assert_true(fabs(spread - 1.9 / (0.6745 * sqrt(2))) < 1e-9);
    ASSERT_OK(ash_changepoints_spread(items, COUNT(items), 2.5, 9, &spread, &err));
    assert_true(spread == 2.5);
    ASSERT_OK(ash_changepoints_spread(items, COUNT(items), 0.1, 0.5, &spread, &err));
    assert_true(spread == 0.5);
    ASSERT_OK(ash_changepoints_spread(items, 7, 1, 9, &spread, &err));
    assert_true(spread == 1);
}

static void limits(void **state)
{
    ash_item *items = calloc(ASH_CELLS_MAX + 1, sizeof *items);
    size_t *begins = calloc(ASH_CELLS_MAX + 1, sizeof *begins), n = 0;
    ash_error err = {0};
    (void)state;
    assert_non_null(items);
    assert_non_null(begins);
    for (size_t i = 0; i <= ASH_CELLS_MAX; i++)
        items[i] = item(i % 2 == 0 ? 9 : 0, i % 2 == 0 ? 0 : 9, i % 3 == 0 ? 1 : 20);
    ASSERT_OK(ash_changepoints(items, ASH_CELLS_MAX, 1, 0.01, begins, &n, &err));
    assert_int_equal(n, ASH_CELLS_MAX);
    assert_int_equal(ash_changepoints(items, ASH_CELLS_MAX + 1, 1, 1, begins, &n, &err), ASH_E_LIMIT);
    ASSERT_OK(ash_changepoints(items, 1, 1, 1, begins, &n, &err));
    assert_int_equal(n, 1);
    memset(items, 0, 5 * sizeof *items);
    ASSERT_OK(ash_changepoints(items, 5, 1, 1, begins, &n, &err));
    assert_int_equal(n, 1);
    free(items);
    free(begins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_the_mix_is_found),
        cmocka_unit_test(a_change_of_the_level_is_found),
        cmocka_unit_test(the_same_behaviour_is_one_segment),
        cmocka_unit_test(no_segmentation_is_better),
        cmocka_unit_test(the_spread_is_that_of_neighbours),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
