/* Decayed counts, histories of peaks, bounded slots. */
#include <math.h>

#include "detect/rates.h"
#include "detect/slots.h"
#include "unit.h"

static void a_burst_counts_its_size(void **state)
{
    (void)state;
    ash_rate r[2] = {0};
    for (int i = 0; i < 100; i++)
        ash_rates_add(r, 2, ash_keep_after(0), 1);
    for (int w = 0; w < ASH_WINDOWS; w++) {
        assert_true(r[1].value[w] == 100.0f);
        assert_true(r[1].peak[w] == 100.0f);
        assert_true(r[0].value[w] == 0.0f);
    }
}

static void a_steady_rate_counts_rate_times_window(void **state)
{
    (void)state;
    ash_rate r = {0};
    for (int i = 0; i < 100000; i++)
        ash_rates_add(&r, 1, ash_keep_after(2), 0);
    for (int w = 0; w < ASH_WINDOWS; w++) {
        double expected = ash_window_s[w] / 2;
        assert_true(fabs((double)r.value[w] - expected) < expected * 0.05);
    }
}

static void silence_lets_counts_fall(void **state)
{
    (void)state;
    ash_rate r[2] = {0};
    for (int i = 0; i < 1000; i++)
        ash_rates_add(r, 2, ash_keep_after(0), 0);
    ash_rates_add(r, 2, ash_keep_after(60), 1);
    assert_true(fabs((double)r[0].value[0] - 1000 / exp(1)) < 1);
    assert_true(r[0].peak[0] == 1000.0f);
    ash_rates_add(r, 2, ash_keep_after(1e9), 1);
    for (int w = 0; w < ASH_WINDOWS; w++)
        assert_true(r[0].value[w] < 1e-6f);
    ash_rates_add(r, 2, ash_keep_after(-100), 1); /* the clock went back: nothing grows */
    assert_true(r[0].value[0] < 1e-6f);
    assert_true(r[1].value[0] <= 3.0f);
}

static void quantiles_of_peaks(void **state)
{
    (void)state;
    ash_peaks p = {0};
    assert_true(ash_peaks_quantile(&p, 0.99) == 0);
    for (int i = 0; i < 990; i++)
        ash_peaks_add(&p, 10);
    for (int i = 0; i < 10; i++)
        ash_peaks_add(&p, 1000);
    double median = ash_peaks_quantile(&p, 0.5), high = ash_peaks_quantile(&p, 0.995);
    assert_true(median >= 10 && median < 20);
    assert_true(high >= 1000 && high < 2000);
    assert_true(ash_peaks_quantile(&p, 0.99) <= high);
}

static void peaks_have_bounds(void **state)
{
    (void)state;
    ash_peaks p = {0};
    static const double odd[] = {0, 0.5, 1, 1e30, 1e300};
    for (int i = 0; i < 200000; i++)
        ash_peaks_add(&p, odd[i % 5]);
    assert_true(p.total <= 4097);
    assert_true(isfinite(ash_peaks_quantile(&p, 1)));
}

/* What was usual long ago is forgotten. */
static void old_peaks_fade(void **state)
{
    (void)state;
    ash_peaks p = {0};
    for (int i = 0; i < 4000; i++)
        ash_peaks_add(&p, 1000);
    for (int i = 0; i < 40000; i++)
        ash_peaks_add(&p, 10);
    assert_true(ash_peaks_quantile(&p, 0.98) < 20);
}

static void peaks_survive_a_checkpoint(void **state)
{
    (void)state;
    ash_peaks p = {0}, q = {0};
    ash_buf b;
    rng r = {9};
    ash_buf_init(&b, 65536);
    for (int i = 0; i < 3000; i++)
        ash_peaks_add(&p, rng_below(&r, 5000));
    ash_peaks_save(&p, &b);
    ash_cursor c = ash_cursor_of(ash_buf_view(&b));
    ash_peaks_load(&q, &c);
    assert_memory_equal(&p, &q, sizeof p);
    ash_buf_free(&b);
}

/* --- slots ------------------------------------------------------------- */

typedef struct evicted {
    unsigned n;
    uint32_t last;
} evicted;

static void on_evict(void *user, void *state)
{
    evicted *e = user;
    e->n++;
    e->last = *(uint32_t *)state;
}

static void slots_keep_states_apart(void **state)
{
    (void)state;
    ash_slots s;
    evicted e = {0};
    ash_slots_init(&s, sizeof(uint32_t), 16384);
    assert_null(ash_slots_find(&s, 1));
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t *p = ash_slots_get(&s, i * 977, on_evict, &e);
        assert_non_null(p);
        assert_int_equal(*p, 0); /* zeroed when new */
        *p = i + 1;
    }
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(*(uint32_t *)ash_slots_find(&s, i * 977), i + 1);
        assert_int_equal(*(uint32_t *)ash_slots_get(&s, i * 977, on_evict, &e), i + 1);
    }
    assert_null(ash_slots_find(&s, 978));
    assert_int_equal(e.n, 0);
    ash_slots_free(&s);
}

static void the_slot_unused_for_longest_goes_first(void **state)
{
    (void)state;
    ash_slots s;
    evicted e = {0};
    ash_slots_init(&s, sizeof(uint32_t), 16384);
    for (uint32_t i = 0; i < 16384; i++)
        *(uint32_t *)ash_slots_get(&s, i, on_evict, &e) = i;
    /* 0 and 1 were used again. */
    ash_slots_get(&s, 0, on_evict, &e);
    ash_slots_get(&s, 1, on_evict, &e);
    for (uint32_t k = 0; k < 20; k++) {
        uint32_t *p = ash_slots_get(&s, 1000000 + k, on_evict, &e);
        assert_int_equal(*p, 0);
        assert_int_equal(e.n, k + 1);
        assert_int_equal(e.last, k + 2);
        assert_null(ash_slots_find(&s, k + 2));
    }
    assert_int_equal(*(uint32_t *)ash_slots_find(&s, 5000), 5000);
    assert_int_equal(s.n, 16384);
    assert_int_equal(s.evictions, 20);
    ash_slots_free(&s);
}

static void slots_come_back_in_the_order_of_their_use(void **state)
{
    (void)state;
    ash_slots s, t;
    evicted e = {0};
    ash_buf b;
    ash_buf_init(&b, 1u << 20);
    ash_slots_init(&s, sizeof(uint32_t), 100);
    ash_slots_init(&t, sizeof(uint32_t), 100);
    rng r = {3};
    /* Many keys, most of them given up: every removal must leave the others findable. */
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t key = rng_below(&r, 300) * 128;
        *(uint32_t *)ash_slots_get(&s, key, on_evict, &e) = key;
    }
    ash_slots_save_begin(&s, &b);
    for (uint32_t *p = ash_slots_oldest(&s); p != NULL; p = ash_slots_next(&s, p)) {
        assert_ptr_equal(ash_slots_find(&s, *p), p);
        ash_slots_save_key(&s, p, &b);
    }
    ash_cursor c = ash_cursor_of(ash_buf_view(&b));
    assert_int_equal(ash_slots_load_begin(&t, &c), 100);
    const uint32_t *q = ash_slots_oldest(&s);
    for (uint32_t i = 0; i < 100; i++, q = ash_slots_next(&s, q)) {
        uint32_t *p = ash_slots_load_key(&t, &c);
        assert_non_null(p);
        *p = *q;
        assert_ptr_equal(ash_slots_find(&t, *q), p);
    }
    assert_null(q);
    assert_int_equal(c.at, c.n);
    ash_slots_free(&s);
    ash_slots_free(&t);
    ash_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_counts_its_size),
        cmocka_unit_test(a_steady_rate_counts_rate_times_window),
        cmocka_unit_test(silence_lets_counts_fall),
        cmocka_unit_test(quantiles_of_peaks),
        cmocka_unit_test(peaks_have_bounds),
        cmocka_unit_test(old_peaks_fade),
        cmocka_unit_test(peaks_survive_a_checkpoint),
        cmocka_unit_test(slots_keep_states_apart),
        cmocka_unit_test(the_slot_unused_for_longest_goes_first),
        cmocka_unit_test(slots_come_back_in_the_order_of_their_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
