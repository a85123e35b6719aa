/* The ring of path bytes and the table of open accesses against simple models. */
#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"
#include "fold/ring.h"
#include "fold/table.h"
#include "unit.h"

/* --- ring -------------------------------------------------------------- */

typedef struct model_piece {
    uint32_t at, n, owner;
} model_piece;

static void expect_apart(const model_piece *a, const model_piece *b)
{
    if (a->at < b->at + b->n && b->at < a->at + a->n)
        fail_msg("%u+%u and %u+%u overlap", a->at, a->n, b->at, b->n);
}

static void ring_gives_out_bytes_that_do_not_overlap(void **state)
{
    (void)state;
    const uint32_t cap = 300, pieces = 20;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        rng r = {seed};
        ash_ring ring;
        model_piece live[20];
        uint32_t n = 0, first = 0;
        assert_true(ash_ring_init(&ring, cap, pieces));
        for (uint32_t step = 0; step < 2000; step++) {
            uint32_t want = rng_below(&r, 60), at;
            const ash_ring_piece what = {.owner = step, .serial = step + 1, .stamp = 7};
            if (n > 0 && rng_below(&r, 2) == 0) {
                const ash_ring_piece *tail = ash_ring_tail(&ring);
                assert_int_equal(tail->owner, live[first % 20].owner); /* first in, first out */
                assert_int_equal(tail->serial, tail->owner + 1);
                ash_ring_pop(&ring);
                first++;
                n--;
            } else if (ash_ring_push(&ring, want, what, &at)) {
                const model_piece p = {at, want, step};
                assert_true(at + want <= cap);
                for (uint32_t i = 0; i < n; i++)
                    expect_apart(&p, &live[(first + i) % 20]);
                memset(ash_ring_bytes(&ring, at), (int)step, want);
                live[(first + n++) % 20] = p;
            } else {
                assert_true(n == pieces || ring.used + want > cap / 2);
            }
            assert_int_equal(ring.n, n);
        }
        ash_ring_free(&ring);
    }
}

static void an_empty_ring_has_all_its_room(void **state)
{
    (void)state;
    ash_ring ring;
    uint32_t at;
    assert_true(ash_ring_init(&ring, 100, 4));
    for (int i = 0; i < 50; i++) {
        assert_true(ash_ring_push(&ring, 60, (ash_ring_piece){0}, &at));
        ash_ring_pop(&ring);
        assert_true(ash_ring_push(&ring, 100, (ash_ring_piece){0}, &at));
        assert_int_equal(at, 0);
        assert_false(ash_ring_push(&ring, 1, (ash_ring_piece){0}, &at));
        ash_ring_pop(&ring);
        assert_null(ash_ring_tail(&ring));
    }
    assert_false(ash_ring_push(&ring, 101, (ash_ring_piece){0}, &at));
    assert_true(ash_ring_push(&ring, 0, (ash_ring_piece){0}, &at));
    ash_ring_free(&ring);
}

/* --- table ------------------------------------------------------------- */

typedef struct model_entry {
    bool used;
    char path[40], new_path[40];
    uint32_t actor, share, index;
} model_entry;

#define MODEL 200u

static uint64_t key_of(const model_entry *m)
{
    /* Few different hashes: paths that collide must be told apart by their text. */
    uint64_t hash = ash_hash64(m->path, strlen(m->path), 1) % 7;
    return ash_table_key(m->actor, m->share, hash);
}

static void expect_found(const ash_table *t, const model_entry *m)
{
    uint32_t i = ash_table_find(t, key_of(m), m->actor, m->share, ash_view_z(m->path));
    if (!m->used) {
        assert_int_equal(i, ASH_OPEN_NONE);
        return;
    }
    assert_int_equal(i, m->index);
    EXPECT_VIEW(ash_table_path(t, &t->open[i]), m->path);
    EXPECT_VIEW(ash_table_new_path(t, &t->open[i]), m->new_path);
}

static void add_entry(ash_table *t, model_entry *m)
{
    m->index = ash_table_add(t, key_of(m), ash_view_z(m->path), 0);
    assert_true(m->index != ASH_OPEN_NONE);
    t->open[m->index].actor = m->actor;
    t->open[m->index].share = m->share;
    m->used = true;
    m->new_path[0] = '\0';
}

static void table_holds_what_a_list_would(void **state)
{
    (void)state;
    static model_entry model[MODEL];
    ash_table t;
    ash_error err = {0};
    rng r = {17};
    ASSERT_OK(ash_table_init(&t, &err));
    memset(model, 0, sizeof model);
    for (uint32_t i = 0; i < MODEL; i++) {
        snprintf(model[i].path, sizeof model[i].path, "/s/%u", i % 50);
        model[i].actor = i / 50;
        model[i].share = i / 100;
    }
    for (uint32_t step = 0; step < 100000; step++) {
        model_entry *m = &model[rng_below(&r, MODEL)];
        expect_found(&t, m);
        if (!m->used) {
            add_entry(&t, m);
        } else if (rng_below(&r, 3) == 0) {
            snprintf(m->new_path, sizeof m->new_path, "/new/%u", step);
            assert_true(ash_table_move(&t, m->index, true, ash_view_z(m->new_path), 0));
        } else {
            ash_table_remove(&t, m->index);
            m->used = false;
        }
        expect_found(&t, m);
        /* Make room as the fold does: pieces whose owner is gone or moved on. */
        for (int old = 0; old < 2; old++) {
            ash_ring *ring = old ? &t.old : &t.young;
            const ash_ring_piece *p;
            while ((p = ash_ring_tail(ring)) != NULL &&
                   ash_table_owner(&t, p, old) == ASH_OPEN_NONE)
                ash_ring_pop(ring);
        }
    }
    for (uint32_t i = 0; i < MODEL; i++)
        expect_found(&t, &model[i]);
    ash_table_free(&t);
}

static void a_full_table_says_so(void **state)
{
    (void)state;
    ash_table t;
    ash_error err = {0};
    ASSERT_OK(ash_table_init(&t, &err));
    for (uint32_t i = 0; i < ASH_OPEN_ACCESSES_MAX; i++)
        assert_int_equal(ash_table_add(&t, ash_table_key(i, 0, i), ASH_VIEW_LIT("/p"), 0), i);
    assert_int_equal(ash_table_add(&t, ash_table_key(1, 1, 1), ASH_VIEW_LIT("/p"), 0),
                     ASH_OPEN_NONE);
    ash_table_remove(&t, 77);
    ash_ring_pop(&t.young); /* a piece is needed as well as an entry */
    assert_int_equal(ash_table_add(&t, ash_table_key(1, 1, 1), ASH_VIEW_LIT("/p"), 0), 77);
    ash_table_free(&t);
}

static void a_piece_belongs_to_its_owner_only_while_it_is_the_present_one(void **state)
{
    (void)state;
    ash_table t;
    ash_error err = {0};
    ASSERT_OK(ash_table_init(&t, &err));
    uint32_t i = ash_table_add(&t, ash_table_key(1, 1, 1), ASH_VIEW_LIT("/a"), 0);
    const ash_ring_piece first = *ash_ring_tail(&t.young);
    assert_int_equal(ash_table_owner(&t, &first, false), i);
    assert_int_equal(ash_table_owner(&t, &first, true), ASH_OPEN_NONE);
    assert_true(ash_table_move(&t, i, true, (ash_view){0}, 0));
    assert_int_equal(ash_table_owner(&t, &first, false), ASH_OPEN_NONE);
    ash_table_remove(&t, i);
    assert_int_equal(ash_table_owner(&t, ash_ring_tail(&t.old), true), ASH_OPEN_NONE);
    /* The slot again, by another access: the old pieces are not its own. */
    assert_int_equal(ash_table_add(&t, ash_table_key(2, 1, 1), ASH_VIEW_LIT("/b"), 0), i);
    assert_int_equal(ash_table_owner(&t, &first, false), ASH_OPEN_NONE);
    ash_table_free(&t);
}

static void keys_are_never_zero(void **state)
{
    (void)state;
    rng r = {23};
    for (int i = 0; i < 100000; i++)
        assert_true(ash_table_key((uint32_t)rng_next(&r), (uint32_t)rng_next(&r), rng_next(&r)) !=
                    0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_gives_out_bytes_that_do_not_overlap),
        cmocka_unit_test(an_empty_ring_has_all_its_room),
        cmocka_unit_test(table_holds_what_a_list_would),
        cmocka_unit_test(a_full_table_says_so),
        cmocka_unit_test(a_piece_belongs_to_its_owner_only_while_it_is_the_present_one),
        cmocka_unit_test(keys_are_never_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
