/* Years and zones that times do not state; hours and steps of the clock. */
#include "ashiato/event.h"
#include "base/time.h"
#include "fold/clock.h"
#include "fold/hours.h"
#include "unit.h"

#define NO_YEAR (ASH_EVENT_NO_YEAR | ASH_EVENT_NO_ZONE)

/* "12-31 23:59:58" as a yearless time; "2026-12-31 ..." as a whole one. */
static int64_t at(const char *text)
{
    char full[40];
    int64_t t;
    int32_t off;
    snprintf(full, sizeof full, "%s%s", text[4] == '-' ? "" : "1972-", text);
    assert_true(ash_time_parse_iso(ash_view_z(full), &t, &off) > 0);
    return t;
}

static ash_clock clock_of(const char *zone, int year, const char *written)
{
    ash_clock c;
    ash_zone z;
    ash_error err = {0};
    ASSERT_OK(ash_zone_parse(zone, &z, &err));
    ash_clock_init(&c, &z, year, written == NULL ? ASH_TIME_NONE : at(written));
    return c;
}

static void expect_fixed(ash_clock *c, const char *yearless, const char *whole)
{
    char text[ASH_TIME_TEXT];
    ash_zone utc = ash_zone_fixed(0);
    int64_t t = ash_clock_fix(c, at(yearless), NO_YEAR);
    ash_time_text(text, t, &utc, 0);
    text[19] = '\0';
    text[10] = ' ';
    if (strcmp(text, whole) != 0)
        fail_msg("%s became %s, expected %s", yearless, text, whole);
}

static void the_year_is_that_of_the_last_writing(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 0, "2026-11-24 02:00:00");
    expect_fixed(&c, "11-23 10:00:00", "2026-11-23 10:00:00");
    assert_true(c.used_year);
    assert_int_equal(c.first_year, 2026);
    /* Later in the year than the writing: it was the year before. */
    c = clock_of("UTC", 0, "2026-11-24 02:00:00");
    expect_fixed(&c, "11-26 10:00:00", "2025-11-26 10:00:00");
    /* But a day of grace for zones. */
    c = clock_of("UTC", 0, "2026-11-24 02:00:00");
    expect_fixed(&c, "11-24 22:00:00", "2026-11-24 22:00:00");
}

static void a_given_year_is_that_of_the_first_record(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 2019, "2026-11-24 02:00:00");
    expect_fixed(&c, "12-30 10:00:00", "2019-12-30 10:00:00");
    expect_fixed(&c, "01-02 10:00:00", "2020-01-02 10:00:00");
    assert_true(c.year_given);
}

static void december_is_followed_by_january(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 0, "2026-01-05 00:00:00");
    expect_fixed(&c, "12-31 23:59:58", "2025-12-31 23:59:58");
    expect_fixed(&c, "01-01 00:00:01", "2026-01-01 00:00:01");
    expect_fixed(&c, "01-01 00:00:02", "2026-01-01 00:00:02");
}

static void a_straggler_of_the_old_year_stays_there(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 2025, NULL);
    expect_fixed(&c, "12-31 23:59:58", "2025-12-31 23:59:58");
    expect_fixed(&c, "01-01 00:00:01", "2026-01-01 00:00:01");
    expect_fixed(&c, "12-31 23:59:59", "2025-12-31 23:59:59");
    expect_fixed(&c, "01-01 00:00:02", "2026-01-01 00:00:02");
    expect_fixed(&c, "02-01 00:00:02", "2026-02-01 00:00:02");
}

static void a_log_over_several_years(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 2020, NULL);
    static const char *const months[] = {"03-01", "06-01", "09-01", "12-01"};
    for (int year = 2020; year < 2026; year++) {
        for (size_t i = 0; i < COUNT(months); i++) {
            char yearless[32], whole[32];
            snprintf(yearless, sizeof yearless, "%s 12:00:00", months[i]);
            snprintf(whole, sizeof whole, "%d-%s 12:00:00", year, months[i]);
            expect_fixed(&c, yearless, whole);
        }
    }
}

static void the_29th_of_february(void **state)
{
    (void)state;
    ash_clock c = clock_of("UTC", 2024, NULL);
    expect_fixed(&c, "02-28 12:00:00", "2024-02-28 12:00:00");
    expect_fixed(&c, "02-29 12:00:00", "2024-02-29 12:00:00");
    expect_fixed(&c, "03-01 12:00:00", "2024-03-01 12:00:00");
    /* There is none in 2026: the day after the 28th. */
    c = clock_of("UTC", 2026, NULL);
    expect_fixed(&c, "02-29 12:00:00", "2026-03-01 12:00:00");
}

static void local_times_are_put_into_their_zone(void **state)
{
    (void)state;
    ash_clock c = clock_of("Asia/Tokyo", 2026, NULL);
    expect_fixed(&c, "01-01 08:59:59", "2025-12-31 23:59:59");
    expect_fixed(&c, "01-01 09:00:00", "2026-01-01 00:00:00");
    assert_true(c.used_zone);
    c = clock_of("Europe/Berlin", 2026, NULL);
    expect_fixed(&c, "01-15 12:00:00", "2026-01-15 11:00:00");
    expect_fixed(&c, "07-15 12:00:00", "2026-07-15 10:00:00");
    c = clock_of("-05:30", 2026, NULL);
    expect_fixed(&c, "01-15 12:00:00", "2026-01-15 17:30:00");
}

static void whole_times_are_left_alone(void **state)
{
    (void)state;
    ash_clock c = clock_of("Asia/Tokyo", 2026, NULL);
    int64_t t = at("2013-05-05 05:05:05");
    assert_int_equal(ash_clock_fix(&c, t, 0), t);
    assert_false(c.used_year);
    assert_false(c.used_zone);
    /* A year but no zone. */
    assert_int_equal(ash_clock_fix(&c, t, ASH_EVENT_NO_ZONE), t - 9 * 3600 * ASH_NS_PER_S);
    assert_false(c.used_year);
}

/* Records in no order at all must not drive the year out of what a time holds. */
static void disorder_does_not_run_away_with_the_year(void **state)
{
    (void)state;
    static const char *const months[] = {"01-01 00:00:00", "05-01 00:00:00", "09-01 00:00:00"};
    ash_clock c = clock_of("UTC", 2026, NULL);
    for (unsigned i = 0; i < 3000; i++)
        ash_clock_fix(&c, at(months[i % 3]), NO_YEAR);
    assert_in_range(c.year, 1970, 2262);
}

/* --- hours and steps --------------------------------------------------- */

#define S ASH_NS_PER_S
#define HOUR_NS (3600 * ASH_NS_PER_S)

static void hours_hold_every_record(void **state)
{
    (void)state;
    ash_hours h;
    rng r = {3};
    uint64_t records = 0;
    ash_hours_init(&h);
    for (int i = 0; i < 20000; i++) {
        ash_hours_add(&h, rng_below(&r, 5), (int64_t)rng_below(&r, 400) * 1000 * S);
        records++;
    }
    ash_hours_finish(&h);
    uint64_t got = 0;
    for (size_t i = 0; i < h.n_done; i++) {
        const ash_hour *b = &h.done[i];
        got += b->records;
        assert_true(b->first <= b->last);
        assert_true(b->first >= b->hour * HOUR_NS && b->last < (b->hour + 1) * HOUR_NS);
        assert_true(b->quiet <= HOUR_NS);
        assert_true(b->server < 5);
    }
    assert_int_equal(got, records);
    assert_false(h.failed);
    ash_hours_free(&h);
}

static void the_longest_pause_within_an_hour_is_kept(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    static const int64_t seconds[] = {0, 10, 700, 710, 3599};
    for (size_t i = 0; i < COUNT(seconds); i++)
        ash_hours_add(&h, 1, seconds[i] * S);
    ash_hours_finish(&h);
    assert_int_equal(h.n_done, 1);
    assert_int_equal(h.done[0].quiet, 2889 * S);
    assert_int_equal(h.done[0].records, 5);
    ash_hours_free(&h);
}

static void times_before_1970_have_hours_too(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    ash_hours_add(&h, 0, -1);
    ash_hours_add(&h, 0, 0);
    ash_hours_finish(&h);
    assert_int_equal(h.n_done, 2);
    assert_int_equal(h.done[0].hour + h.done[1].hour, -1);
    ash_hours_free(&h);
}

static void steps_back_are_noted_once_each(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    const int64_t t0 = 1000000 * S;
    ash_hours_add(&h, 1, t0);
    ash_hours_add(&h, 1, t0 - 60 * S); /* as much as unsorted records may be */
    assert_int_equal(h.n_steps, 0);
    ash_hours_add(&h, 1, t0 + 10 * S);
    ash_hours_add(&h, 1, t0 - 51 * S);
    assert_int_equal(h.n_steps, 1);
    assert_int_equal(h.steps[0].from, t0 + 10 * S);
    assert_int_equal(h.steps[0].to, t0 - 51 * S);
    ash_hours_add(&h, 1, t0 - 50 * S); /* and on from there */
    assert_int_equal(h.n_steps, 1);
    ash_hours_add(&h, 1, t0 - 10 * HOUR_NS);
    assert_int_equal(h.n_steps, 2);
    ash_hours_free(&h);
}

static void servers_have_clocks_of_their_own(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    for (int64_t i = 0; i < 100; i++) {
        ash_hours_add(&h, 1, (1000000 + i) * S);
        ash_hours_add(&h, 2, (2000000 + i) * S);
    }
    assert_int_equal(h.n_steps, 0);
    ash_hours_add(&h, 1, (1000000 - 1000) * S);
    assert_int_equal(h.n_steps, 1);
    assert_int_equal(h.steps[0].server, 1);
    ash_hours_free(&h);
}

static void steps_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    for (int64_t i = 0; i < ASH_CLOCK_STEPS + 10; i++) {
        ash_hours_add(&h, 1, 100000 * S);
        ash_hours_add(&h, 1, 0);
    }
    assert_int_equal(h.n_steps, ASH_CLOCK_STEPS);
    assert_int_equal(h.steps_total, ASH_CLOCK_STEPS + 10);
    ash_hours_free(&h);
}

static void the_first_record_of_a_far_future_is_no_step(void **state)
{
    (void)state;
    ash_hours h;
    ash_hours_init(&h);
    ash_hours_add(&h, 1, at("2261-12-31 23:59:59"));
    assert_int_equal(h.n_steps, 0);
    ash_hours_add(&h, 1, at("1970-01-01 00:00:00"));
    assert_int_equal(h.n_steps, 1);
    ash_hours_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_year_is_that_of_the_last_writing),
        cmocka_unit_test(a_given_year_is_that_of_the_first_record),
        cmocka_unit_test(december_is_followed_by_january),
        cmocka_unit_test(a_straggler_of_the_old_year_stays_there),
        cmocka_unit_test(a_log_over_several_years),
        cmocka_unit_test(the_29th_of_february),
        cmocka_unit_test(local_times_are_put_into_their_zone),
        cmocka_unit_test(whole_times_are_left_alone),
        cmocka_unit_test(disorder_does_not_run_away_with_the_year),
        cmocka_unit_test(hours_hold_every_record),
        cmocka_unit_test(the_longest_pause_within_an_hour_is_kept),
        cmocka_unit_test(times_before_1970_have_hours_too),
        cmocka_unit_test(steps_back_are_noted_once_each),
        cmocka_unit_test(servers_have_clocks_of_their_own),
        cmocka_unit_test(steps_beyond_the_limit_are_counted),
        cmocka_unit_test(the_first_record_of_a_far_future_is_no_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
