/* The course of a track: its phases, pauses and their names. */
#include "investigate/course.h"
#include "unit.h"

#define SECOND INT64_C(100)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

typedef struct plan {
    ash_slot *slots;
    size_t n;
    rng r;
} plan;

static plan plan_new(void)
{
    plan p = {.slots = calloc(ASH_SLOTS_MAX, sizeof *p.slots), .r = {11}};
    assert_non_null(p.slots);
    return p;
}

static void add(plan *p, int64_t at, int64_t lasting, ash_deed deed, int64_t n)
{
    assert_true(p->n < ASH_SLOTS_MAX);
    assert_true(p->n == 0 || p->slots[p->n - 1].first <= at);
    ash_slot *s = &p->slots[p->n++];
    *s = (ash_slot){.first = at, .last = at + lasting, .end = at + lasting, .minutes = 1};
    s->n[deed] = n;
}

/* A day's work by hand: three visits, each of listings and twice as many reads. */
static void quiet_day(plan *p, int64_t day)
{
    for (int visit = 0; visit < 3; visit++) {
        int64_t at = day * DAY + (9 + 3 * visit) * HOUR + rng_below(&p->r, 3600) * SECOND;
        for (int i = 0; i < 4; i++) {
            add(p, at, 0, ASH_DEED_LISTED, 1);
            add(p, at + 20 * SECOND, 0, ASH_DEED_READ, 1 + rng_below(&p->r, 3));
            at += 3 * MINUTE;
        }
    }
}

static void quiet_days(plan *p, int64_t from, int64_t to)
{
    for (int64_t d = from; d < to; d++)
        if (d % 7 < 5)
            quiet_day(p, d);
}

static ash_course course_of(const plan *p)
{
    ash_course c;
    ash_error err = {0};
    ASSERT_OK(ash_course_find(&c, p->slots, p->n, true, &err));
    ASSERT_OK(ash_course_name(&c, &err));
    return c;
}

static void expect_names(const ash_course *c, const char *expected)
{
    char got[1024] = "";
    for (size_t i = 0; i < c->n; i++) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%s", i > 0 ? " " : "", ash_phase_name_text(c->at[i].name));
    }
    assert_string_equal(got, expected);
}

static void done(plan *p, ash_course *c)
{
    ash_course_free(c);
    free(p->slots);
}

static void days_alike_are_one_phase(void **state)
{
    plan p = plan_new();
    (void)state;
    quiet_days(&p, 0, 120);
    ash_course c = course_of(&p);
    expect_names(&c, "entry collection");
    done(&p, &c);
}

static void looking_then_taking(void **state)
{
    plan p = plan_new();
    (void)state;
    for (int i = 0; i < 40; i++)
        add(&p, i * SECOND, 0, ASH_DEED_LISTED, 12);
    for (int i = 0; i < 60; i++)
        add(&p, 5 * MINUTE + i * SECOND, 0, ASH_DEED_READ, 15);
    for (int i = 0; i < 30; i++)
        add(&p, 20 * MINUTE + i * SECOND, 0, ASH_DEED_CHANGED, 10);
    ash_course c = course_of(&p);
    expect_names(&c, "reconnaissance collection change");
    assert_int_equal(c.at[1].from, 5 * MINUTE);
    assert_int_equal(c.at[1].last, 5 * MINUTE + 59 * SECOND);
    assert_int_equal(c.at[2].from, 20 * MINUTE);
    done(&p, &c);
}

static void a_holiday_is_a_pause_and_a_weekend_is_none(void **state)
{
    plan p = plan_new();
    (void)state;
    quiet_days(&p, 0, 60);
    quiet_days(&p, 84, 140);
    ash_course c = course_of(&p);
    expect_names(&c, "entry collection pause collection");
    assert_in_range(c.at[2].to - c.at[2].from, 24 * DAY, 29 * DAY);
    assert_in_range(c.at[2].other_idle, 2 * DAY, 3 * DAY);
    done(&p, &c);
}

static void a_burst_ends_a_quiet_year(void **state)
{
    plan p = plan_new();
    (void)state;
    quiet_days(&p, 0, 365);
    for (int i = 0; i < 10; i++)
        add(&p, 370 * DAY + i * MINUTE, 0, ASH_DEED_LISTED, 300);
    ash_course c = course_of(&p);
    expect_names(&c, "entry collection loud-end");
    assert_int_equal(c.at[2].activity, ASH_PHASE_RECONNAISSANCE);
    assert_int_equal(c.at[2].from, 370 * DAY);
    assert_true(c.at[2].pace_before < 5);
    assert_true(ash_stretch_pace(&c.at[2]) > 200);
    done(&p, &c);
}

/* The same burst after an hour of looking around is no end of a quiet time. */
static void a_burst_within_hours_has_its_own_name(void **state)
{
    plan p = plan_new();
    (void)state;
    for (int i = 0; i < 30; i++)
        add(&p, (i < 5 ? i : 5 + i) * MINUTE, 0, i % 3 == 0 ? ASH_DEED_READ : ASH_DEED_LISTED, 2);
    for (int i = 0; i < 10; i++)
        add(&p, 2 * HOUR + i * MINUTE, 0, ASH_DEED_READ, 300);
    ash_course c = course_of(&p);
    expect_names(&c, "entry reconnaissance pause collection");
    done(&p, &c);
}

static void one_command_is_one_phase(void **state)
{
    plan p = plan_new();
    (void)state;
    for (int i = 0; i < 20; i++)
        add(&p, i * 10, 0, i < 3 ? ASH_DEED_LISTED : ASH_DEED_READ, 50);
    ash_course c = course_of(&p);
    expect_names(&c, "collection");
    done(&p, &c);
    p = plan_new();
    add(&p, 5, 0, ASH_DEED_REFUSED, 1);
    c = course_of(&p);
    expect_names(&c, "reconnaissance");
    done(&p, &c);
}

/* A night between two visits is nobody's pause; a week is one. */
static void two_visits(void **state)
{
    plan p = plan_new();
    (void)state;
    add(&p, 0, MINUTE, ASH_DEED_READ, 40);
    add(&p, 15 * HOUR, MINUTE, ASH_DEED_READ, 40);
    ash_course c = course_of(&p);
    expect_names(&c, "collection");
    done(&p, &c);
    p = plan_new();
    add(&p, 0, MINUTE, ASH_DEED_READ, 40);
    add(&p, 7 * DAY, MINUTE, ASH_DEED_READ, 40);
    c = course_of(&p);
    expect_names(&c, "collection pause collection");
    done(&p, &c);
}

/* An open file may outlast the next beginning: no idle time comes of it. */
static void accesses_that_last(void **state)
{
    plan p = plan_new();
    (void)state;
    for (int i = 0; i < 50; i++)
        add(&p, i * HOUR, 2 * HOUR, ASH_DEED_READ, 3);
    ash_course c = course_of(&p);
    for (size_t i = 0; i < c.n; i++)
        assert_int_not_equal(c.at[i].name, ASH_PHASE_PAUSE);
    done(&p, &c);
}

/* Nothing is lost or counted twice, and there are never too many. */
static void any_course_holds_all_and_is_short(void **state)
{
    rng r = {3};
    (void)state;
    for (int round = 0; round < 60; round++) {
        plan p = plan_new();
        int64_t at = 0, sum = 0, got = 0;
        size_t n = round == 0 ? ASH_SLOTS_MAX : 1 + rng_below(&r, 3000);
        for (size_t i = 0; i < n; i++) {
            int64_t many = 1 + rng_below(&r, 1u << rng_below(&r, 12));
            at += 1 + rng_below(&r, 1u << rng_below(&r, 24));
            add(&p, at, rng_below(&r, 500), (ash_deed)((i / 40 + rng_below(&r, 4) / 3) % ASH_DEEDS), many);
            at = p.slots[i].last;
            sum += many;
        }
        ash_course c = course_of(&p);
        assert_true(c.n <= ASH_PHASES_MAX);
        for (size_t i = 0; i < c.n; i++) {
            got += ash_stretch_total(&c.at[i]);
            assert_true(c.at[i].from <= c.at[i].to);
            assert_true(i == 0 || c.at[i].from >= c.at[i - 1].from);
        }
        assert_int_equal(got, sum);
        done(&p, &c);
    }
}

static void a_dense_part_can_be_looked_at_closer(void **state)
{
    plan p = plan_new(), q = plan_new();
    ash_course c, part;
    ash_error err = {0};
    (void)state;
    quiet_days(&p, 0, 60);
    add(&p, 60 * DAY, 4 * MINUTE, ASH_DEED_READ, 3000);
    ASSERT_OK(ash_course_find(&c, p.slots, p.n, true, &err));
    size_t last = c.n - 1;
    assert_true(ash_course_is_dense(&c, last));
    assert_false(ash_course_is_dense(&c, last - 1));
    for (int i = 0; i < 60; i++)
        add(&q, 60 * DAY + i * SECOND, 0, ASH_DEED_LISTED, 25);
    for (int i = 0; i < 60; i++)
        add(&q, 60 * DAY + 3 * MINUTE + i * SECOND, 0, ASH_DEED_READ, 25);
    ASSERT_OK(ash_course_find(&part, q.slots, q.n, false, &err));
    assert_int_equal(part.n, 2);
    ASSERT_OK(ash_course_replace(&c, last, &part, &err));
    ASSERT_OK(ash_course_name(&c, &err));
    expect_names(&c, "entry collection loud-end loud-end");
    assert_int_equal(c.at[3].activity, ASH_PHASE_COLLECTION);
    ash_course_free(&part);
    free(q.slots);
    done(&p, &c);
}

static void nothing(void **state)
{
    ash_course c;
    ash_error err = {0};
    (void)state;
    ASSERT_OK(ash_course_find(&c, NULL, 0, true, &err));
    ASSERT_OK(ash_course_name(&c, &err));
    assert_int_equal(c.n, 0);
    ash_course_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_alike_are_one_phase),
        cmocka_unit_test(looking_then_taking),
        cmocka_unit_test(a_holiday_is_a_pause_and_a_weekend_is_none),
        cmocka_unit_test(a_burst_ends_a_quiet_year),
        cmocka_unit_test(a_burst_within_hours_has_its_own_name),
        cmocka_unit_test(one_command_is_one_phase),
        cmocka_unit_test(two_visits),
        cmocka_unit_test(accesses_that_last),
        cmocka_unit_test(any_course_holds_all_and_is_short),
        cmocka_unit_test(a_dense_part_can_be_looked_at_closer),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
