/* Path dictionary: one id a path, whatever the table's size and order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "store/pathdict.h"

static const uint8_t key[ASH_SIPKEY_SIZE] = {1, 2, 3};

static uint32_t id_of(ash_pathdict *p, const char *path, uint32_t *ret_dir)
{
    ash_error err;
    uint32_t id = 0, dir = 0;
    assert_int_equal(ash_pathdict_id(p, ash_view_z(path), &id, &dir, &err), 0);
    if (ret_dir != NULL)
        *ret_dir = dir;
    return id;
}

static void open_dict(ash_pathdict *p)
{
    ash_error err;
    assert_int_equal(ash_pathdict_init(p, key, 1, 10, 20, &err), 0);
}

static void ids_survive_every_growth(void **state)
{
    (void)state;
    enum { PATHS = 200000 };
    char path[64];
    ash_pathdict p;
    open_dict(&p);
    for (uint32_t i = 0; i < PATHS; i++) {
        snprintf(path, sizeof path, "/srv/%u/%u", i % 97, i);
        assert_int_equal(id_of(&p, path, NULL), 10 + i);
        /* Some old one with each new one: a table that loses one is caught at once. */
        uint32_t old = (uint32_t)((uint64_t)i * 2654435761u % (i + 1));
        snprintf(path, sizeof path, "/srv/%u/%u", old % 97, old);
        assert_int_equal(id_of(&p, path, NULL), 10 + old);
    }
    for (uint32_t i = 0; i < PATHS; i++) {
        snprintf(path, sizeof path, "/srv/%u/%u", i % 97, i);
        assert_int_equal(id_of(&p, path, NULL), 10 + i);
    }
    assert_int_equal(p.next_path, 10 + PATHS);
    assert_int_equal(p.next_dir, 20 + 97);
    ash_pathdict_free(&p);
}

static void folder_and_name_part_at_the_last_slash(void **state)
{
    (void)state;
    uint32_t flat, root, a, b;
    ash_pathdict p;
    open_dict(&p);
    id_of(&p, "name", &flat);
    id_of(&p, "/name", &root);
    id_of(&p, "/srv/a", &a);
    id_of(&p, "/srv/b", &b);
    assert_int_equal(flat, ASH_PATH_NONE);
    assert_int_equal(root, 20);
    assert_int_equal(a, 21);
    assert_int_equal(b, a);
    assert_int_equal(p.next_path, 14); /* the four are four paths */
    ash_pathdict_free(&p);
}

static void settled_names_are_in_order_and_known_by_their_new_ids(void **state)
{
    (void)state;
    static const char *const paths[] = {"/b/2", "/a/z", "/b/1", "/a/y"};
    uint32_t old[4], dirs[4], *path_map, *dir_map, first_path, first_dir;
    ash_error err;
    ash_pathdict p;
    open_dict(&p);
    for (int i = 0; i < 4; i++)
        old[i] = id_of(&p, paths[i], &dirs[i]);
    assert_int_equal(ash_pathdict_settle(&p, &path_map, &first_path, &dir_map, &first_dir, &err), 0);
    assert_int_equal(first_path, 10);
    assert_int_equal(first_dir, 20);
    static const char *const sorted[] = {"/a/y", "/a/z", "/b/1", "/b/2"};
    for (int i = 0; i < 4; i++) {
        uint32_t dir, id = id_of(&p, paths[i], &dir);
        assert_int_equal(id, path_map[old[i] - first_path]);
        assert_int_equal(dir, dir_map[dirs[i] - first_dir]);
        assert_int_equal(id_of(&p, sorted[i], NULL), 10 + i);
    }
    free(path_map);
    free(dir_map);
    ash_pathdict_free(&p);
}

/* Takes new names out of the dictionary, as a segment does. */
static void take(ash_pathdict *p)
{
    ash_new_names_clear(&p->new_paths);
    ash_new_names_clear(&p->new_dirs);
}

static void fill(ash_pathdict *p, uint32_t from, uint32_t to)
{
    char path[64];
    for (uint32_t i = from; i < to; i++) {
        snprintf(path, sizeof path, "/srv/%u", i);
        id_of(p, path, NULL);
        if (i % 65536 == 0)
            take(p);
    }
}

static void a_new_volume_forgets_names_met_once(void **state)
{
    (void)state;
    char path[64];
    ash_pathdict p;
    open_dict(&p);
    fill(&p, 0, ASH_VOLUME_PATHS);
    assert_true(ash_pathdict_full(&p));
    /* Every third one is asked for again. */
    for (uint32_t i = 0; i < ASH_VOLUME_PATHS; i += 3) {
        snprintf(path, sizeof path, "/srv/%u", i);
        assert_int_equal(id_of(&p, path, NULL), 10 + i);
    }
    ash_pathdict_next_volume(&p);
    assert_int_equal(p.volume, 2);
    assert_false(ash_pathdict_full(&p));
    for (uint32_t i = 0; i < ASH_VOLUME_PATHS; i += 3) {
        snprintf(path, sizeof path, "/srv/%u", i);
        assert_int_equal(id_of(&p, path, NULL), 10 + i);
    }
    assert_int_equal(p.next_path, 10 + ASH_VOLUME_PATHS);
    assert_int_equal(id_of(&p, "/srv/1", NULL), 10 + ASH_VOLUME_PATHS); /* was forgotten */
    assert_int_equal(id_of(&p, "/srv/1", NULL), 10 + ASH_VOLUME_PATHS);
    assert_int_equal(p.next_dir, 21); /* the table of folders was not full */
    ash_pathdict_free(&p);
}

static void a_new_volume_forgets_all_where_all_is_in_use(void **state)
{
    (void)state;
    ash_pathdict p;
    open_dict(&p);
    fill(&p, 0, ASH_VOLUME_PATHS);
    fill(&p, 0, ASH_VOLUME_PATHS);
    assert_int_equal(p.next_path, 10 + ASH_VOLUME_PATHS);
    ash_pathdict_next_volume(&p);
    assert_int_equal(id_of(&p, "/srv/7", NULL), 10 + ASH_VOLUME_PATHS);
    ash_pathdict_free(&p);
}

static void a_new_volume_with_room_forgets_nothing(void **state)
{
    (void)state;
    ash_pathdict p;
    open_dict(&p);
    assert_int_equal(id_of(&p, "/a/b", NULL), 10);
    ash_pathdict_next_volume(&p);
    assert_int_equal(p.volume, 2);
    assert_int_equal(id_of(&p, "/a/b", NULL), 10);
    ash_pathdict_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_survive_every_growth),
        cmocka_unit_test(folder_and_name_part_at_the_last_slash),
        cmocka_unit_test(settled_names_are_in_order_and_known_by_their_new_ids),
        cmocka_unit_test(a_new_volume_forgets_names_met_once),
        cmocka_unit_test(a_new_volume_forgets_all_where_all_is_in_use),
        cmocka_unit_test(a_new_volume_with_room_forgets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
