/* Different persons: what joins records, what keeps them apart, and large numbers. */
#include "base/hash.h"
#include "base/limits.h"
#include "classify/persons.h"
#include "unit.h"

static ash_persons_count count(const ash_identity *who, size_t n, uint32_t max)
{
    ash_persons *p;
    ash_error err;
    assert_int_equal(ash_persons_new(&p, max, &err), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(ash_persons_add(p, &who[i], &err), 0);
    ash_persons_count c = ash_persons_result(p);
    ash_persons_free(p);
    assert_true(c.low <= c.estimate && c.estimate <= c.high);
    return c;
}

static void expect(const ash_identity *who, size_t n, uint64_t low, uint64_t estimate, uint64_t high)
{
    ash_persons_count c = count(who, n, 0);
    assert_int_equal(c.low, low);
    assert_int_equal(c.estimate, estimate);
    assert_int_equal(c.high, high);
    assert_int_equal(c.records, n);
    assert_false(c.sketched);
}

static void joined_by_details(void **state)
{
    (void)state;
    const ash_identity same_mail[] = {{.name = 1, .email = 9}, {.email = 9, .phone = 4}};
    expect(same_mail, 2, 1, 1, 1);
    const ash_identity same_number[] = {{.name = 1, .number = 9}, {.name = 2, .number = 9}};
    expect(same_number, 2, 1, 1, 1); /* she married */
    const ash_identity chain[] = {{.name = 1, .email = 5}, {.email = 5, .number = 6}, {.number = 6, .birth = 7}};
    expect(chain, 3, 1, 1, 1);
    /* The joint comes last. */
    const ash_identity late[] = {{.name = 1, .email = 5}, {.name = 2, .number = 6}, {.email = 5, .number = 6}};
    expect(late, 3, 1, 1, 1);
}

static void the_same_name(void **state)
{
    (void)state;
    /* Nothing contradicts: one, at most two. */
    const ash_identity other_details[] = {{.name = 1, .email = 5}, {.name = 1, .phone = 6}};
    expect(other_details, 2, 1, 1, 2);
    const ash_identity birth[] = {{.name = 1, .birth = 5}, {.name = 1, .birth = 6}};
    expect(birth, 2, 1, 2, 2);
    /* Another address, the same telephone: moved. */
    const ash_identity moved[] = {{.name = 1, .phone = 5, .address = 6}, {.name = 1, .phone = 5, .address = 7}};
    expect(moved, 2, 1, 1, 1);
    const ash_identity only_names[] = {{.name = 1}, {.name = 1}, {.name = 2}};
    expect(only_names, 3, 2, 2, 2);
    const ash_identity shared_phone[] = {{.name = 1, .phone = 5}, {.name = 2, .phone = 5}};
    expect(shared_phone, 2, 2, 2, 2); /* a family, a company */
}

static void nobody(void **state)
{
    (void)state;
    const ash_identity none[] = {{.phone = 5}, {.address = 6}};
    expect(none, 2, 0, 0, 0);
    expect(none, 0, 0, 0, 0);
}

/* n persons, each in three records of other details; every tenth has a namesake. */
static void many(void **state)
{
    (void)state;
    uint32_t persons = SLOW ? 20000 : 100000;
    ash_identity *who = calloc(persons, 3 * sizeof *who);
    assert_non_null(who);
    for (uint32_t i = 0; i < persons; i++) {
        uint64_t id = ash_hash64(&i, sizeof i, 1), name = i % 10 == 0 ? id : ash_hash64(&i, sizeof i, 2);
        if (i % 10 == 1) {
            uint32_t before = i - 1;
            name = ash_hash64(&before, sizeof before, 1);
        }
        uint64_t mail = id ^ 0x55, birth = ash_hash64(&i, sizeof i, 3);
        who[i] = (ash_identity){.name = name, .email = mail, .birth = birth};
        who[persons + i] = (ash_identity){.name = name, .birth = birth, .phone = ash_hash64(&i, sizeof i, 4)};
        who[2 * persons + i] = (ash_identity){.email = mail};
    }
    ash_persons_count exact = count(who, 3 * (size_t)persons, 0);
    assert_false(exact.sketched);
    assert_int_equal(exact.estimate, persons);
    assert_int_equal(exact.low, persons - persons / 10);
    ash_persons_count rough = count(who, 3 * (size_t)persons, persons / 2);
    assert_true(rough.sketched);
    assert_true(rough.high >= persons * 9ull / 10);
    free(who);
}

/* Beyond the limit all are of one shape: the sketch is within five percent. */
static void sketched(void **state)
{
    (void)state;
    uint32_t persons = SLOW ? 20000 : 200000;
    ash_persons *p;
    ash_error err;
    assert_int_equal(ash_persons_new(&p, 5000, &err), 0);
    for (uint32_t i = 0; i < 2 * persons; i++) {
        uint32_t who = i % persons;
        ash_identity w = {.name = ash_hash64(&who, sizeof who, 1), .birth = ash_hash64(&who, sizeof who, 2)};
        assert_int_equal(ash_persons_add(p, &w, &err), 0);
    }
    ash_persons_count c = ash_persons_result(p);
    assert_true(c.sketched);
    assert_true(c.estimate > persons * 0.95 && c.estimate < persons * 1.05);
    assert_true(c.low <= persons && c.high >= persons);
    ash_persons_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_by_details), cmocka_unit_test(the_same_name), cmocka_unit_test(nobody),
        cmocka_unit_test(many),              cmocka_unit_test(sketched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
