/* Places, and what a standing is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "investigate/standing.h"
#include "investigate/terrain.h"

static uint32_t path_of(ash_terrain *t, uint32_t root, const char *text)
{
    uint32_t place = ASH_SPOT_NONE;
    assert_int_equal(ash_terrain_path(t, root, ash_view_z(text), &place, NULL), 0);
    return place;
}

static void test_paths(void **state)
{
    ash_terrain t = {0};
    uint32_t root, other;
    (void)state;
    assert_int_equal(ash_terrain_root(&t, &root, NULL), 0);
    assert_int_equal(ash_terrain_root(&t, &other, NULL), 0);
    uint32_t a = path_of(&t, root, "/srv/kyoyu/keiri"), b = path_of(&t, root, "/srv/kyoyu/eigyo/2026");
    assert_int_equal(path_of(&t, root, "/srv//kyoyu/keiri/"), a);
    assert_int_equal(path_of(&t, root, ""), root);
    assert_true(path_of(&t, other, "/srv/kyoyu/keiri") != a);
    assert_int_equal(path_of(&t, root, "D:\\Shares\\x"), path_of(&t, root, "D:\\Shares\\x\\"));
    assert_int_equal(t.p[a].depth, 3);
    unsigned x, y;
    ash_terrain_apart(&t, a, b, &x, &y);
    assert_int_equal(x, 1);
    assert_int_equal(y, 2);
    ash_terrain_apart(&t, a, a, &x, &y);
    assert_int_equal(x + y, 0);
    ash_terrain_free(&t);
}

static void test_many(void **state)
{
    ash_terrain t = {0};
    uint32_t root;
    char name[32];
    (void)state;
    assert_int_equal(ash_terrain_root(&t, &root, NULL), 0);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            uint32_t place;
            snprintf(name, sizeof name, "folder %d", i);
            assert_int_equal(ash_terrain_below(&t, root, ash_view_z(name), &place, NULL), 0);
            assert_int_equal(place, i + 1);
        }
    assert_int_equal(t.p[root].kids, 5000);
    ash_terrain_free(&t);
}

static void test_deep(void **state)
{
    ash_terrain t = {0};
    uint32_t root;
    char path[2001];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof path; i += 2)
        memcpy(path + i, "/a", 2);
    path[2000] = '\0';
    assert_int_equal(ash_terrain_root(&t, &root, NULL), 0);
    uint32_t place = path_of(&t, root, path);
    assert_true(t.full);
    assert_true(t.n < 100);
    assert_true(t.p[place].depth <= 64);
    ash_terrain_free(&t);
}

static void test_accounts(void **state)
{
    ash_terrain t = {0};
    uint32_t root;
    (void)state;
    assert_int_equal(ash_terrain_root(&t, &root, NULL), 0);
    uint32_t a = path_of(&t, root, "/x/a"), b = path_of(&t, root, "/x/b"), x = t.p[a].parent;
    ash_terrain_mark(&t, a, 7);
    ash_terrain_mark(&t, b, 7);
    ash_terrain_mark(&t, a, 7);
    ash_terrain_mark(&t, a, 9);
    assert_int_equal(t.p[a].accounts, 2);
    assert_int_equal(t.p[b].accounts, 1);
    assert_int_equal(t.p[x].accounts, 2);
    assert_int_equal(t.p[x].kid_accounts, 3);
    ash_terrain_free(&t);
}

static void test_standing(void **state)
{
    char text[ASH_WHY_TEXT];
    (void)state;
    assert_int_equal(ash_standing_of(1), ASH_CONFIRMED);
    assert_int_equal(ash_standing_of(0.98), ASH_PROBABLE);
    assert_int_equal(ash_standing_of(0.49), ASH_POSSIBLE);
    assert_int_equal(ash_standing_of(0.05), ASH_STANDING_NONE);
    assert_string_equal(ash_standing_name(ASH_CONFIRMED), "confirmed");
    assert_string_equal(ash_standing_name(ASH_POSSIBLE), "possible");
    assert_string_equal(ash_standing_name(9), "");
    assert_string_equal(ash_why_text(0, text), "");
    assert_string_equal(ash_why_text(ASH_WHY_PLACE | ASH_WHY_WALK, text), "other-folders walk");
    assert_true(strlen(ash_why_text(UINT32_MAX, text)) + 1 < ASH_WHY_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),    cmocka_unit_test(test_many),     cmocka_unit_test(test_deep),
        cmocka_unit_test(test_accounts), cmocka_unit_test(test_standing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
