/* Collecting that no rate shows: a company of twelve at work, and somebody beside it. */
#include "base/limits.h"
#include "detect/habits.h"
#include "detect/memo.h"
#include "detecting.h"

#define HOUR 3600.0
#define DAY 86400.0
#define PEOPLE 12u
#define DEPTS 4u

typedef struct world {
    detecting *d;
    uint64_t rng;
    uint32_t actor[PEOPLE];
} world;

static unsigned draw(world *w, unsigned below)
{
    w->rng = w->rng * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(w->rng >> 33) % below;
}

static world open_world(void)
{
    world w = {.d = detecting_open(), .rng = 7};
    w.d->slow = true;
    for (unsigned p = 0; p < PEOPLE; p++) {
        char account[16], client[16], workstation[16];
        snprintf(account, sizeof account, "person%u", p);
        snprintf(client, sizeof client, "10.0.0.%u", p + 1);
        snprintf(workstation, sizeof workstation, "ws%u", p);
        w.actor[p] = actor_at(w.d, account, client, workstation);
    }
    return w;
}

static void visit(world *w, uint32_t actor, double second, unsigned dept, unsigned project, bool save)
{
    char path[64];
    snprintf(path, sizeof path, "/srv/data/dept%u/project%u", dept, project);
    touch_path(w->d, actor, second, ASH_GREW_LISTED, path);
    snprintf(path, sizeof path, "/srv/data/dept%u/project%u/f%u", dept, project, draw(w, 20));
    touch_path(w->d, actor, second + 5, ASH_GREW_OPENED | ASH_GREW_READ, path);
    if (save)
        touch_path(w->d, actor, second + 60, ASH_GREW_WRITTEN, path);
}

/* Everybody in the own department, from nine to five; weekends off. Days begin on a Monday. */
static void work(world *w, unsigned day)
{
    if (day % 7 >= 5)
        return;
    for (unsigned step = 0; step < 24; step++)
        for (unsigned p = 0; p < PEOPLE; p++)
            visit(w, w->actor[p], day * DAY + 9 * HOUR + step * 1200 + p * 90, p % DEPTS,
                  draw(w, 6) + p / DEPTS, draw(w, 4) == 0);
}

/* kind 0: there is none. */
static ash_finding strongest(const detecting *d, ash_finding_kind kind, uint32_t actor)
{
    ash_finding best = {0};
    for (size_t i = 0; i < d->n; i++)
        if (d->found[i].kind == kind && d->found[i].actor == actor &&
            d->found[i].severity > best.severity)
            best = d->found[i];
    return best;
}

static size_t count_high(const detecting *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += d->found[i].severity == ASH_SEVERITY_HIGH;
    return n;
}

/* --- slow collection ----------------------------------------------------------- */

static void take_at_night(world *w, uint32_t actor, unsigned day)
{
    for (unsigned i = 0; i < 3; i++)
        visit(w, actor, day * DAY + 23 * HOUR + i * 300, 1 + (day + i) % 3, draw(w, 9), false);
}

static void a_few_files_a_night_are_found_within_days(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t thief = actor_at(w.d, "person0", "10.9.9.9", "desktop-x");
    for (unsigned day = 0; day < 25; day++) {
        work(&w, day);
        if (day >= 15)
            take_at_night(&w, thief, day);
    }
    detecting_finish(w.d);
    ash_finding f = strongest(w.d, ASH_FINDING_SLOW_COLLECTION, thief);
    assert_true(f.kind != 0);
    assert_int_equal(f.severity, ASH_SEVERITY_HIGH);
    assert_int_equal((f.first / ASH_NS_PER_S - DAY0) / 86400, 15);
    assert_in_range((f.at / ASH_NS_PER_S - DAY0) / 86400, 15, 18);
    assert_true(f.flags & ASH_FINDING_STRANGER);
    assert_true(f.read >= 3 && f.folders > 0 && f.n_telling == ASH_TELLING_MAX);
    assert_int_equal(count_high(w.d), 1);
    detecting_close(w.d);
}

/* The name is what the client says: the victim's is no pass at night. */
static void a_known_name_is_no_alibi_at_night(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t thief = actor_at(w.d, "person0", "10.9.9.9", "ws0");
    for (unsigned day = 0; day < 25; day++) {
        work(&w, day);
        if (day >= 15)
            take_at_night(&w, thief, day);
    }
    detecting_finish(w.d);
    assert_int_equal(strongest(w.d, ASH_FINDING_SLOW_COLLECTION, thief).severity, ASH_SEVERITY_HIGH);
    assert_int_equal(count_high(w.d), 1);
    detecting_close(w.d);
}

static void a_new_address_of_the_same_machine_is_no_stranger(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 25; day++) {
        if (day == 15)
            w.actor[0] = actor_at(w.d, "person0", "10.9.9.9", "ws0");
        work(&w, day);
    }
    detecting_finish(w.d);
    for (size_t i = 0; i < w.d->n; i++)
        assert_true(w.d->found[i].actor != w.actor[0]);
    detecting_close(w.d);
}

static void a_new_computer_for_the_old_work_is_no_collection(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 25; day++) {
        if (day == 15)
            w.actor[0] = actor_at(w.d, "person0", "10.0.0.77", "ws-new");
        work(&w, day);
    }
    detecting_finish(w.d);
    assert_int_equal(strongest(w.d, ASH_FINDING_SLOW_COLLECTION, w.actor[0]).kind, 0);
    assert_int_equal(count_high(w.d), 0);
    detecting_close(w.d);
}

static void who_always_works_at_night_is_not_reported(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t night = actor_at(w.d, "guard", "10.0.0.99", "gate");
    for (unsigned day = 0; day < 25; day++) {
        work(&w, day);
        for (unsigned i = 0; i < 6; i++)
            visit(&w, night, day * DAY + 22 * HOUR + i * 900, 2, i % 3, i == 5);
    }
    detecting_finish(w.d);
    for (size_t i = 0; i < w.d->n; i++)
        assert_true(w.d->found[i].actor != night || w.d->found[i].severity < ASH_SEVERITY_MEDIUM);
    detecting_close(w.d);
}

/* --- insider ---------------------------------------------------------------------- */

static void browse(world *w, unsigned person, unsigned day, bool works)
{
    if (day % 7 >= 5)
        return;
    for (unsigned i = 0; i < 6; i++) {
        unsigned dept = works ? 1 : 1 + i % 3, project = draw(w, 9);
        for (unsigned k = 0; k < 3; k++)
            visit(w, w->actor[person], day * DAY + 11 * HOUR + i * 700 + k * 20, dept, project,
                  works && k == 1);
    }
}

static void reading_beside_the_own_work_is_found(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 30; day++) {
        work(&w, day);
        if (day >= 21)
            browse(&w, 0, day, false);
    }
    detecting_finish(w.d);
    ash_finding f = strongest(w.d, ASH_FINDING_INSIDER, w.actor[0]);
    assert_true(f.kind != 0);
    assert_int_equal(f.severity, ASH_SEVERITY_HIGH);
    assert_int_equal((f.first / ASH_NS_PER_S - DAY0) / 86400, 21);
    assert_in_range((f.at / ASH_NS_PER_S - DAY0) / 86400, 21, 25);
    assert_true(f.read >= 8);
    detecting_close(w.d);
}

/* Who reads up on one department will work there: serious only when it goes on without any work. */
static void reading_in_one_place_is_serious_when_it_lasts(void **state)
{
    (void)state;
    for (unsigned days = 3; days <= 10; days += 7) {
        world w = open_world();
        for (unsigned day = 0; day < 21 + days; day++) {
            work(&w, day);
            for (unsigned i = 0; day >= 21 && day % 7 < 5 && i < 6; i++)
                visit(&w, w.actor[0], day * DAY + 11 * HOUR + i * 700, 1, draw(&w, 9), false);
        }
        detecting_finish(w.d);
        assert_int_equal(strongest(w.d, ASH_FINDING_INSIDER, w.actor[0]).severity,
                         days == 3 ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_HIGH);
        detecting_close(w.d);
    }
}

static void who_moves_to_another_department_is_not(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 30; day++) {
        work(&w, day);
        if (day >= 21)
            browse(&w, 0, day, true);
    }
    detecting_finish(w.d);
    assert_int_equal(strongest(w.d, ASH_FINDING_INSIDER, w.actor[0]).kind, 0);
    assert_int_equal(count_high(w.d), 0);
    detecting_close(w.d);
}

/* --- breadth and beacon --------------------------------------------------------------- */

static void walk(world *w, uint32_t actor, unsigned day, unsigned folders, double gap)
{
    char path[64];
    double t = day * DAY + 10 * HOUR;
    for (unsigned i = 0; i < folders; i++) {
        snprintf(path, sizeof path, "/srv/data/archive/year%u", i);
        touch_path(w->d, actor, t, ASH_GREW_LISTED, path);
        for (unsigned k = 0; k < 10; k++, t += gap + draw(w, 10)) {
            snprintf(path, sizeof path, "/srv/data/archive/year%u/f%u", i, k);
            touch_path(w->d, actor, t, ASH_GREW_OPENED | ASH_GREW_READ, path);
        }
    }
}

static void a_slow_walk_is_found_the_same_day(void **state)
{
    (void)state;
    world w = open_world();
    ash_finding f;
    for (unsigned day = 0; day < 16; day++)
        work(&w, day);
    walk(&w, w.actor[3], 16, 50, 30);
    detecting_finish(w.d);
    f = strongest(w.d, ASH_FINDING_BREADTH, w.actor[3]);
    assert_true(f.kind != 0);
    assert_int_equal(f.severity, ASH_SEVERITY_HIGH);
    assert_int_equal((f.at / ASH_NS_PER_S - DAY0) / 86400, 16);
    assert_int_equal(f.folders, 50);
    assert_true(f.value >= f.threshold && f.threshold > 0);
    f = strongest(w.d, ASH_FINDING_BEACON, w.actor[3]);
    assert_true(f.kind != 0);
    assert_true(f.value > 25 && f.value < 45); /* seconds between two files */
    detecting_close(w.d);
}

/* Folders of a department never seen before, eight files each, in less than two hours. */
static void read_up(world *w, uint32_t actor, double hour, unsigned dept, unsigned folders)
{
    double t = 16 * DAY + hour * HOUR;
    for (unsigned i = 0; i < folders; i++)
        for (unsigned k = 0; k < 8; k++, t += 10)
            visit(w, actor, t, dept, 100 + i, false);
}

static ash_finding breadth_of(double hour, const char *client, unsigned dept)
{
    world w = open_world();
    for (unsigned day = 0; day < 16; day++)
        work(&w, day);
    read_up(&w, actor_at(w.d, "person3", client, "ws-3"), hour, dept, 40);
    detecting_finish(w.d);
    ash_finding best = {0};
    for (size_t i = 0; i < w.d->n; i++)
        if (w.d->found[i].kind == ASH_FINDING_BREADTH && w.d->found[i].severity > best.severity)
            best = w.d->found[i];
    detecting_close(w.d);
    return best;
}

static void a_handover_is_no_intrusion_but_far_from_home_it_is(void **state)
{
    (void)state;
    ash_finding f = breadth_of(10, "10.0.0.4", 3);
    assert_int_equal(f.severity, ASH_SEVERITY_MEDIUM);
    assert_true(f.flags & ASH_FINDING_OWN_WORK);
    f = breadth_of(10, "10.9.9.9", 1);
    assert_int_equal(f.severity, ASH_SEVERITY_HIGH);
    assert_false(f.flags & ASH_FINDING_OWN_WORK);
}

/* --- bursts, by whose places they are in ------------------------------------------------ */

static ash_finding burst_in(unsigned dept, unsigned files, const char *client)
{
    world w = open_world();
    char path[64];
    w.d->slow = false;
    for (unsigned day = 0; day < 16; day++)
        work(&w, day);
    uint32_t actor = actor_at(w.d, "person3", client, "ws-3");
    for (unsigned i = 0; i < files; i++) {
        snprintf(path, sizeof path, "/srv/data/dept%u/project%u/g%u", dept, i / 2 % 60, i);
        touch_path(w.d, actor, 16 * DAY + 10 * HOUR + i * 0.1, ASH_GREW_OPENED | ASH_GREW_READ, path);
    }
    detecting_finish(w.d);
    ash_finding f = strongest(w.d, ASH_FINDING_MASS_READ, actor);
    detecting_close(w.d);
    return f;
}

static void packing_the_own_projects_is_medium_and_says_why(void **state)
{
    (void)state;
    ash_finding f = burst_in(3, 400, "10.0.0.4");
    assert_int_equal(f.severity, ASH_SEVERITY_MEDIUM);
    assert_true(f.flags & ASH_FINDING_OWN_WORK);
    assert_int_equal(burst_in(3, 25000, "10.0.0.4").severity, ASH_SEVERITY_HIGH);
    assert_int_equal(burst_in(3, 400, "10.9.9.9").severity, ASH_SEVERITY_HIGH);
}

static void those_of_others_are_serious_before_fifty_files(void **state)
{
    (void)state;
    assert_int_equal(burst_in(1, 50, "10.0.0.4").severity, ASH_SEVERITY_HIGH);
    assert_int_equal(burst_in(1, 35, "10.0.0.4").kind, 0);
    assert_int_equal(burst_in(3, 50, "10.0.0.4").kind, 0);
}

static void a_busy_day_is_no_breadth(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 16; day++)
        work(&w, day);
    walk(&w, w.actor[3], 16, 5, 30);
    detecting_finish(w.d);
    assert_int_equal(strongest(w.d, ASH_FINDING_BREADTH, w.actor[3]).kind, 0);
    assert_int_equal(strongest(w.d, ASH_FINDING_BEACON, w.actor[3]).kind, 0);
    detecting_close(w.d);
}

static void backup_is_a_job_and_says_so(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t job = actor_at(w.d, "svc_backup", "10.0.1.1", "bkup");
    for (unsigned day = 0; day < 20; day++) {
        work(&w, day);
        walk(&w, job, day, 60, 20);
    }
    detecting_finish(w.d);
    ash_finding f = strongest(w.d, ASH_FINDING_BREADTH, job);
    assert_true(f.kind == 0 || (f.severity == ASH_SEVERITY_LOW && (f.flags & ASH_FINDING_SERVICE)));
    assert_int_equal(count_high(w.d), 0);
    detecting_close(w.d);
}

/* --- strangers --------------------------------------------------------------------------- */

static void an_account_that_wakes_up_elsewhere_is_told(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t left = w.actor[5];
    for (unsigned day = 0; day < 100; day++) {
        w.actor[5] = day < 12 ? left : w.actor[1];
        work(&w, day);
    }
    uint32_t other = actor_at(w.d, "person5", "10.7.7.7", "kali");
    visit(&w, other, 100 * DAY + 3 * HOUR, 1, 1, false);
    detecting_finish(w.d);
    ash_finding f = strongest(w.d, ASH_FINDING_DORMANT_ACCOUNT, other);
    assert_true(f.kind != 0);
    assert_int_equal(f.severity, ASH_SEVERITY_MEDIUM);
    assert_true(f.value > 80 && f.value < 100);
    assert_true(strongest(w.d, ASH_FINDING_NEW_CLIENT, other).kind != 0);
    f = strongest(w.d, ASH_FINDING_OFF_HOURS, other);
    assert_true(f.kind != 0);
    assert_true(f.value == 3);
    detecting_close(w.d);
}

static void a_month_of_absence_is_none(void **state)
{
    (void)state;
    world w = open_world();
    for (unsigned day = 0; day < 12; day++)
        work(&w, day);
    visit(&w, w.actor[5], 42 * DAY + 10 * HOUR, 1, 1, false);
    detecting_finish(w.d);
    assert_int_equal(strongest(w.d, ASH_FINDING_DORMANT_ACCOUNT, w.actor[5]).kind, 0);
    detecting_close(w.d);
}

static void a_tool_in_the_same_hands_is_an_operator_change(void **state)
{
    (void)state;
    world w = open_world();
    uint32_t thief = actor_at(w.d, "person0", "10.9.9.9", "desktop-x");
    for (unsigned day = 0; day < 20; day++) {
        work(&w, day);
        if (day >= 14)
            take_at_night(&w, thief, day);
    }
    assert_int_equal(strongest(w.d, ASH_FINDING_OPERATOR_CHANGE, thief).kind, 0);
    for (unsigned i = 0; i < 300; i++)
        visit(&w, thief, 20 * DAY + 23 * HOUR + i * 0.1, i % DEPTS, i, false);
    ash_finding f = strongest(w.d, ASH_FINDING_OPERATOR_CHANGE, thief);
    assert_true(f.kind != 0);
    assert_true(f.value >= 20 * f.usual && f.usual > 0);
    detecting_close(w.d);
}

/* --- state ---------------------------------------------------------------------------------- */

static void run_all(world *w, unsigned cut)
{
    uint32_t thief = actor_at(w->d, "person0", "10.9.9.9", "desktop-x");
    for (unsigned day = 0; day < 26; day++) {
        if (day == cut)
            detecting_reload(w->d);
        work(w, day);
        if (day >= 12)
            take_at_night(w, thief, day);
        if (day >= 17)
            browse(w, 6, day, false);
        if (day == 22)
            walk(w, w->actor[3], day, 40, 30);
        if (day * 2 + 1 == cut)
            detecting_reload(w->d);
    }
    detecting_finish(w->d);
}

static void a_cut_anywhere_changes_no_finding(void **state)
{
    (void)state;
    world whole = open_world();
    run_all(&whole, UINT32_MAX);
    assert_true(count_high(whole.d) >= 3);
    for (unsigned cut = 1; cut < 26; cut += 3) {
        world w = open_world();
        run_all(&w, cut);
        assert_int_equal(w.d->n, whole.d->n);
        for (size_t i = 0; i < w.d->n; i++)
            assert_memory_equal(&w.d->found[i], &whole.d->found[i], sizeof w.d->found[i]);
        detecting_close(w.d);
    }
    detecting_close(whole.d);
}

static void a_memory_forgets_the_oldest_and_no_more(void **state)
{
    (void)state;
    ash_memo m;
    ash_memo_init(&m, sizeof(ash_memo_head), 1024);
    for (uint32_t i = 1; i <= 100000; i++) {
        ash_memo_head *e = ash_memo_get(&m, ash_memo_key(i, 0), (int32_t)i);
        assert_non_null(e);
        assert_true(ash_memo_find(&m, ash_memo_key(i, 0)) == e);
    }
    assert_true(m.n <= 1024 && m.buckets * ASH_MEMO_WAYS == 1024);
    assert_int_equal(m.forgotten, 100000 - m.n);
    assert_non_null(ash_memo_find(&m, ash_memo_key(100000, 0)));
    assert_null(ash_memo_find(&m, ash_memo_key(1, 0)));
    ash_memo_free(&m);
}

static void damaged_state_is_refused(void **state)
{
    (void)state;
    ash_buf good;
    ash_memo m;
    ash_memo_init(&m, sizeof(ash_memo_head), 1024);
    for (uint32_t i = 1; i <= 50; i++)
        assert_non_null(ash_memo_get(&m, ash_memo_key(i, 0), 1));
    ash_buf_init(&good, 1u << 20);
    ash_memo_save(&m, NULL, &good);
    ash_memo_free(&m);
    for (size_t cut = 0; cut <= good.n; cut++) {
        ash_cursor c = ash_cursor_of(ash_view_of(good.p, cut));
        ash_memo_init(&m, sizeof(ash_memo_head), 1024);
        assert_int_equal(ash_memo_load(&m, NULL, &c), cut == good.n);
        ash_memo_free(&m);
    }
    good.p[16] = (char)0xff; /* an index beyond the table */
    good.p[17] = (char)0xff;
    ash_cursor c = ash_cursor_of(ash_buf_view(&good));
    ash_memo_init(&m, sizeof(ash_memo_head), 1024);
    assert_false(ash_memo_load(&m, NULL, &c));
    ash_memo_free(&m);
    ash_buf_free(&good);
}

static void all_together_keep_below_the_promised_memory(void **state)
{
    (void)state;
    size_t sum = ash_habits_limit;
    for (size_t i = 0; i < ash_n_detectors; i++)
        sum += ash_detectors[i]->state_limit;
    assert_true(sum <= (size_t)256 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_files_a_night_are_found_within_days),
        cmocka_unit_test(a_known_name_is_no_alibi_at_night),
        cmocka_unit_test(a_new_address_of_the_same_machine_is_no_stranger),
        cmocka_unit_test(a_new_computer_for_the_old_work_is_no_collection),
        cmocka_unit_test(who_always_works_at_night_is_not_reported),
        cmocka_unit_test(reading_beside_the_own_work_is_found),
        cmocka_unit_test(reading_in_one_place_is_serious_when_it_lasts),
        cmocka_unit_test(who_moves_to_another_department_is_not),
        cmocka_unit_test(a_slow_walk_is_found_the_same_day),
        cmocka_unit_test(a_handover_is_no_intrusion_but_far_from_home_it_is),
        cmocka_unit_test(packing_the_own_projects_is_medium_and_says_why),
        cmocka_unit_test(those_of_others_are_serious_before_fifty_files),
        cmocka_unit_test(a_busy_day_is_no_breadth),
        cmocka_unit_test(backup_is_a_job_and_says_so),
        cmocka_unit_test(an_account_that_wakes_up_elsewhere_is_told),
        cmocka_unit_test(a_month_of_absence_is_none),
        cmocka_unit_test(a_tool_in_the_same_hands_is_an_operator_change),
        cmocka_unit_test(a_cut_anywhere_changes_no_finding),
        cmocka_unit_test(a_memory_forgets_the_oldest_and_no_more),
        cmocka_unit_test(damaged_state_is_refused),
        cmocka_unit_test(all_together_keep_below_the_promised_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
