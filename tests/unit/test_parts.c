/* Cutting parts of tracks: nothing is lost, nothing doubled. */
#include "investigate/parts.h"
#include "unit.h"

static void add(ash_parts *l, uint32_t actor, int64_t first, int64_t last, int reason)
{
    const ash_part p = {.actor = actor, .first = first, .last = last, .reason = reason};
    assert_int_equal(ash_parts_add(l, p, NULL), 0);
}

static void check(const ash_parts *l, size_t i, uint32_t actor, int64_t first, int64_t last, bool cut)
{
    assert_true(i < l->n);
    assert_int_equal(l->p[i].actor, actor);
    assert_int_equal(l->p[i].first, first);
    assert_int_equal(l->p[i].last, last);
    assert_int_equal(l->p[i].cut, cut);
}

static void clips(void **state)
{
    (void)state;
    ash_parts l = {0};
    const ash_part p = {.actor = 1, .first = 100, .last = 200, .reason = ASH_PART_FOREIGN};
    assert_int_equal(ash_parts_add_clipped(&l, p, ASH_TIME_NONE, ASH_TIME_NONE, NULL), 0);
    check(&l, 0, 1, 100, 200, false);
    assert_int_equal(ash_parts_add_clipped(&l, p, 100, 200, NULL), 0);
    check(&l, 1, 1, 100, 200, false);
    assert_int_equal(ash_parts_add_clipped(&l, p, 150, 160, NULL), 0);
    check(&l, 2, 1, 150, 160, true);
    assert_int_equal(l.p[2].reason, ASH_PART_FOREIGN);
    assert_int_equal(ash_parts_add_clipped(&l, p, 201, ASH_TIME_NONE, NULL), 0);
    assert_int_equal(ash_parts_add_clipped(&l, p, ASH_TIME_NONE, 99, NULL), 0);
    assert_int_equal(l.n, 3);
    ash_parts_free(&l);
}

static void leaves_pieces(void **state)
{
    (void)state;
    ash_parts l = {0}, away = {0};
    add(&l, 1, 100, 200, ASH_PART_FOREIGN);
    add(&l, 2, 100, 200, ASH_PART_SPRAY);
    /* Out of order, overlapping, at the ends, of another actor. */
    add(&away, 1, 180, 300, 0);
    add(&away, 1, 120, 130, 0);
    add(&away, 1, 125, 140, 0);
    add(&away, 3, 0, 1000, 0);
    assert_int_equal(ash_parts_subtract(&l, away.p, away.n, NULL), 0);
    assert_int_equal(l.n, 3);
    check(&l, 0, 1, 100, 119, true);
    check(&l, 1, 1, 141, 179, true);
    check(&l, 2, 2, 100, 200, false);
    assert_int_equal(l.p[1].reason, ASH_PART_FOREIGN);
    ash_parts_free(&away);
    add(&away, 1, 0, 1000, 0);
    add(&away, 2, 100, 199, 0);
    assert_int_equal(ash_parts_subtract(&l, away.p, away.n, NULL), 0);
    assert_int_equal(l.n, 1);
    check(&l, 0, 2, 200, 200, true);
    ash_parts_free(&away);
    ash_parts_free(&l);
}

static void takes_nothing(void **state)
{
    (void)state;
    ash_parts l = {0};
    assert_int_equal(ash_parts_subtract(&l, NULL, 0, NULL), 0);
    assert_int_equal(l.n, 0);
    add(&l, 1, 100, 200, ASH_PART_BURST);
    assert_int_equal(ash_parts_subtract(&l, NULL, 0, NULL), 0);
    const ash_part before = {.actor = 1, .first = 0, .last = 99}, behind = {.actor = 1, .first = 201, .last = 300};
    assert_int_equal(ash_parts_subtract(&l, &before, 1, NULL), 0);
    assert_int_equal(ash_parts_subtract(&l, &behind, 1, NULL), 0);
    assert_int_equal(l.n, 1);
    check(&l, 0, 1, 100, 200, false);
    ash_parts_free(&l);
}

/* Every moment is counted once: in what is taken away, or in what is left. */
static void counts_every_moment(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int round = 0; round < 2000; round++) {
        ash_parts l = {0}, away = {0};
        bool had[64] = {false}, taken[64] = {false};
        for (int i = 0; i < 2; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            int64_t first = i * 32 + (int64_t)(random % 32), last = first + (int64_t)(random / 64 % 32);
            last = last > i * 32 + 31 ? i * 32 + 31 : last;
            add(&l, 1, first, last, 0);
            for (int64_t t = first; t <= last; t++)
                had[t] = true;
        }
        for (int i = 0; i < 4; i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            int64_t first = (int64_t)(random % 64), last = first + (int64_t)(random / 64 % 12);
            add(&away, 1, first, last, 0);
            for (int64_t t = first; t <= last && t < 64; t++)
                taken[t] = true;
        }
        assert_int_equal(ash_parts_subtract(&l, away.p, away.n, NULL), 0);
        int left[64] = {0};
        for (size_t i = 0; i < l.n; i++)
            for (int64_t t = l.p[i].first; t <= l.p[i].last; t++)
                left[t]++;
        for (int t = 0; t < 64; t++)
            assert_int_equal(left[t], had[t] && !taken[t] ? 1 : 0);
        ash_parts_free(&l);
        ash_parts_free(&away);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clips),
        cmocka_unit_test(leaves_pieces),
        cmocka_unit_test(takes_nothing),
        cmocka_unit_test(counts_every_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
