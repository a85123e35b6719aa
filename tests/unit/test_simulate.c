/* Same options, same bytes; and the calendar that decides who works. */
#include <dirent.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/time.h"
#include "simulate/calendar.h"
#include "simulate/simulate.h"
#include "unit.h"

static void make_path(char *out, size_t size, const char *dir, const char *name)
{
    assert_in_range(snprintf(out, size, "%s/%s", dir, name), 1, size - 1);
}

/* Adds every file below dir to a number that does not depend on their order; removes them. */
static uint64_t take(const char *dir)
{
    uint64_t sum = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[600];
        ash_buf content;
        if (e->d_name[0] == '.')
            continue;
        make_path(path, sizeof path, dir, e->d_name);
        if (e->d_type == DT_DIR) {
            sum += take(path);
            continue;
        }
        ash_buf_init(&content, 64u << 20);
        assert_int_equal(ash_io_read_file(path, 64u << 20, &content, NULL), 0);
        sum += ash_hash64(content.p, content.n, 0) ^ ash_hash64(e->d_name, strlen(e->d_name), 0);
        ash_buf_free(&content);
        assert_int_equal(unlink(path), 0);
    }
    closedir(d);
    assert_int_equal(rmdir(dir), 0);
    return sum;
}

static ash_sim_options small(const char *scenario, uint64_t seed, ash_sim_format format)
{
    return (ash_sim_options){
        .scenario = ash_scenario_by_name(scenario),
        .seed = seed,
        .start = (uint32_t)ash_days_from_civil(2026, 1, 5),
        .days = 3,
        .users = 6,
        .servers = 2,
        .files = 1000,
        .actions = 20,
        .config = ASH_SIM_LEAN,
        .format = format,
        .truth_all = true,
    };
}

static uint64_t bytes_of(ash_sim_options o, ash_sim_result *ret)
{
    char dir[] = "/tmp/ashiato-simulate-XXXXXX";
    assert_non_null(mkdtemp(dir));
    o.dir = dir;
    assert_int_equal(ash_simulate(&o, ret, NULL), 0);
    return take(dir);
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ash_n_scenarios; i++) {
        for (unsigned f = 0; ash_sim_format_name(f) != NULL; f++) {
            ash_sim_result a, b, c;
            ash_sim_options o = small(ash_scenarios[i].name, 3, (ash_sim_format)f);
            uint64_t first = bytes_of(o, &a);
            assert_true(bytes_of(o, &b) == first);
            assert_true(a.records > 1000 && a.records == b.records && a.truths == b.truths);
            o.seed = 4;
            assert_true(bytes_of(o, &c) != first);
        }
    }
}

static void a_used_folder_is_refused(void **state)
{
    (void)state;
    char dir[] = "/tmp/ashiato-simulate-XXXXXX", path[600];
    ash_sim_options o = small("benign", 1, ASH_SIM_SAMBA);
    ash_sim_result r;
    ash_error err;
    assert_non_null(mkdtemp(dir));
    make_path(path, sizeof path, dir, "here");
    assert_int_equal(ash_io_mkdirs(path, NULL), 0);
    o.dir = dir;
    assert_int_equal(ash_simulate(&o, &r, &err), ASH_E_USAGE);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void stops_when_told(void **state)
{
    (void)state;
    char dir[] = "/tmp/ashiato-simulate-XXXXXX";
    ash_sim_options o = small("benign", 1, ASH_SIM_SAMBA);
    ash_sim_result r;
    atomic_bool stop = true;
    assert_non_null(mkdtemp(dir));
    o.dir = dir;
    o.stop = &stop;
    assert_int_equal(ash_simulate(&o, &r, NULL), ASH_E_INTERRUPTED);
    (void)take(dir);
}

/* Weekdays that are free in 2026, from the Cabinet Office's list and the closed days. */
static void calendar_of_2026(void **state)
{
    (void)state;
    static const unsigned free_days[][2] = {
        {1, 1},  {1, 2},   {1, 12}, {2, 11},  {2, 23},  {3, 20},  {4, 29},
        {5, 4},  {5, 5},   {5, 6},  {7, 20},  {8, 11},  {9, 21},  {9, 22},
        {9, 23}, {10, 12}, {11, 3}, {11, 23}, {12, 29}, {12, 30}, {12, 31},
    };
    unsigned found = 0;
    uint32_t first = (uint32_t)ash_days_from_civil(2026, 1, 1);
    for (uint32_t day = first; day < first + 365; day++) {
        int y;
        unsigned m, d;
        if (ash_weekday(day) == 0 || ash_weekday(day) == 6) {
            assert_false(ash_is_workday(day));
            continue;
        }
        ash_civil_from_days(day, &y, &m, &d);
        bool is_free = false;
        for (size_t i = 0; i < COUNT(free_days); i++)
            is_free |= free_days[i][0] == m && free_days[i][1] == d;
        found += is_free;
        assert_int_equal(ash_is_workday(day), !is_free);
    }
    assert_int_equal(found, COUNT(free_days));
}

static bool month_end(unsigned m, unsigned d)
{
    return ash_is_month_end((uint32_t)ash_days_from_civil(2026, m, d));
}

static void month_ends_are_three_days_and_the_first(void **state)
{
    (void)state;
    assert_true(month_end(1, 28) && month_end(1, 29) && month_end(1, 30));
    assert_false(month_end(1, 27) || month_end(1, 31));
    assert_true(month_end(2, 2) && !month_end(2, 3));
    assert_true(month_end(12, 28) && !month_end(12, 29));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(a_used_folder_is_refused),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(calendar_of_2026),
        cmocka_unit_test(month_ends_are_three_days_and_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
