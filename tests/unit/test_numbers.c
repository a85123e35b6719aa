/* Spans of record numbers: what is there, what is missing, what comes twice. */
#include "base/limits.h"
#include "base/time.h"
#include "fold/numbers.h"
#include "unit.h"

#define T0 (INT64_C(1800000000) * ASH_NS_PER_S)

static void add(ash_numbers *x, uint64_t first, uint64_t last, int64_t from, int64_t to)
{
    assert_true(ash_numbers_add(
        x, 0, &(ash_span){first, last, T0 + from * ASH_NS_PER_S, T0 + to * ASH_NS_PER_S}));
}

static bool has(const ash_numbers *x, uint64_t number, int64_t at)
{
    return ash_numbers_has(x, 0, number, T0 + at * ASH_NS_PER_S);
}

static void spans_grow_together(void **state)
{
    (void)state;
    ash_numbers x = {0};
    add(&x, 100, 199, 0, 100);
    add(&x, 300, 399, 200, 300);
    assert_int_equal(x.lists[0].n, 2);
    assert_true(has(&x, 150, 50) && !has(&x, 250, 150) && has(&x, 399, 300));
    add(&x, 200, 299, 100, 200);
    assert_int_equal(x.lists[0].n, 1);
    assert_int_equal(x.spans, 1);
    assert_true(has(&x, 250, 150));
    assert_false(has(&x, 250, 500)); /* another record of that number */
    assert_false(ash_numbers_has(&x, 1, 250, T0 + 150 * ASH_NS_PER_S));
    ash_numbers_free(&x);
}

static void a_log_begun_anew_is_another_list(void **state)
{
    (void)state;
    ash_numbers x = {0};
    add(&x, 1, 5000, 0, 900000);
    add(&x, 1, 50, 900100, 900200);
    assert_int_equal(x.n, 2);
    assert_int_equal(x.lists[1].epoch, 1);
    add(&x, 5001, 5010, 900001, 900002); /* the old one goes on, in another file */
    assert_int_equal(x.n, 2);
    assert_int_equal(x.lists[0].spans[0].last, 5010);
    ash_numbers_free(&x);
}

static void any_order_gives_the_same(void **state)
{
    (void)state;
    rng r = {7};
    for (int round = 0; round < 200; round++) {
        ash_numbers x = {0};
        bool there[200] = {0};
        for (int k = 0; k < 60; k++) {
            uint32_t first = 1 + rng_below(&r, 180), n = rng_below(&r, 12);
            add(&x, first, first + n, first, first + n);
            for (uint32_t i = first; i <= first + n; i++)
                there[i] = true;
        }
        assert_int_equal(x.n, 1);
        for (uint32_t i = 1; i < 199; i++)
            assert_int_equal(has(&x, i, i), there[i]);
        for (uint32_t i = 1; i < x.lists[0].n; i++)
            assert_true(x.lists[0].spans[i].first > x.lists[0].spans[i - 1].last + 1);
        assert_int_equal(x.spans, x.lists[0].n);
        ash_numbers_free(&x);
    }
}

static void memory_is_bounded(void **state)
{
    (void)state;
    ash_numbers x = {0};
    for (uint64_t i = 1; i < ASH_SPANS_MAX + 1000; i++)
        add(&x, i * 3, i * 3, (int64_t)i, (int64_t)i);
    assert_true(x.spans <= ASH_SPANS_MAX);
    assert_true(x.lists[0].inexact);
    assert_false(has(&x, 3, 1)); /* no longer told: it could be a hole */
    ash_numbers_free(&x);
}

static void the_state_comes_back(void **state)
{
    (void)state;
    ash_numbers x = {0}, y = {0};
    ash_buf b;
    ash_buf_init(&b, 1u << 20);
    add(&x, 100, 199, 0, 100);
    add(&x, 300, 399, 200, 300);
    add(&x, 1, 50, 900100, 900200);
    ash_numbers_save(&x, &b);
    ash_cursor c = ash_cursor_of(ash_buf_view(&b));
    assert_true(ash_numbers_load(&y, &c));
    assert_int_equal(y.n, 2);
    assert_int_equal(y.lists[0].n, 2);
    assert_true(has(&y, 350, 250) && !has(&y, 250, 150));
    for (size_t n = 0; n < b.n; n++) {
        ash_numbers z = {0};
        ash_cursor cut = ash_cursor_of(ash_view_first(ash_buf_view(&b), n));
        assert_false(ash_numbers_load(&z, &cut));
        ash_numbers_free(&z);
    }
    ash_buf_free(&b);
    ash_numbers_free(&x);
    ash_numbers_free(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_grow_together),       cmocka_unit_test(a_log_begun_anew_is_another_list),
        cmocka_unit_test(any_order_gives_the_same),  cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(the_state_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
