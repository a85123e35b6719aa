/* Mass listing, reading, refusal and change: what is found, and what almost is. */
#include <math.h>

#include "base/limits.h"
#include "detecting.h"

#define HOUR 3600.0
#define DAY 86400.0

/* --- positive and near miss -------------------------------------------- */

typedef struct burst_case {
    const char *name;
    unsigned grew;
    unsigned n;
    double gap;
    ash_finding_kind kind;
    unsigned findings;
    ash_severity severity;
} burst_case;

static const burst_case cases[] = {
    {"60 files read at once", ASH_GREW_READ, 60, 0, ASH_FINDING_MASS_READ, 1, ASH_SEVERITY_MEDIUM},
    {"59 are not enough", ASH_GREW_READ, 59, 0, ASH_FINDING_MASS_READ, 0, 0},
    {"180 are three times as many", ASH_GREW_READ, 180, 0, ASH_FINDING_MASS_READ, 1,
     ASH_SEVERITY_HIGH},
    {"a person's nine a minute all day", ASH_GREW_READ, 4000, 60.0 / 9, ASH_FINDING_MASS_READ, 0, 0},
    {"25 a minute for half an hour", ASH_GREW_READ, 750, 60.0 / 25, ASH_FINDING_MASS_READ, 1,
     ASH_SEVERITY_MEDIUM},
    {"12 a minute for two hours: only the hour's window sees it", ASH_GREW_READ, 1400, 5,
     ASH_FINDING_MASS_READ, 1, ASH_SEVERITY_MEDIUM},
    {"... for four hours: slow, but much in all", ASH_GREW_READ, 3000, 5, ASH_FINDING_MASS_READ, 1,
     ASH_SEVERITY_HIGH},
    {"40 folders listed", ASH_GREW_LISTED, 40, 0, ASH_FINDING_MASS_LISTING, 1,
     ASH_SEVERITY_MEDIUM},
    {"189 folders listed in 6 s", ASH_GREW_LISTED, 189, 6.0 / 189, ASH_FINDING_MASS_LISTING, 1,
     ASH_SEVERITY_HIGH},
    {"35 folders listed in a minute", ASH_GREW_LISTED, 35, 1.7, ASH_FINDING_MASS_LISTING, 0, 0},
    {"20 names refused", ASH_GREW_DENIED, 20, 0, ASH_FINDING_MASS_DENIED, 1, ASH_SEVERITY_LOW},
    {"19 names refused", ASH_GREW_DENIED, 19, 0, ASH_FINDING_MASS_DENIED, 0, 0},
    {"60 names missing", ASH_GREW_MISSING, 60, 0, ASH_FINDING_MASS_DENIED, 1, ASH_SEVERITY_MEDIUM},
    {"60 files written over", ASH_GREW_WRITTEN, 60, 0, ASH_FINDING_MASS_CHANGE, 1,
     ASH_SEVERITY_MEDIUM},
    {"120 files renamed", ASH_GREW_RENAMED, 120, 0, ASH_FINDING_MASS_CHANGE, 1, ASH_SEVERITY_MEDIUM},
    {"180 files deleted, in as many folders", ASH_GREW_DELETED, 180, 0, ASH_FINDING_MASS_CHANGE, 1,
     ASH_SEVERITY_HIGH},
    {"59 files deleted", ASH_GREW_DELETED, 59, 0, ASH_FINDING_MASS_CHANGE, 0, 0},
    {"opens do not count where reads are logged", ASH_GREW_OPENED, 500, 0, ASH_FINDING_MASS_READ, 0,
     0},
};

static void thresholds_are_where_they_are_said_to_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const burst_case *c = &cases[i];
        detecting *d = detecting_open();
        const ash_finding *f = NULL;
        hits(d, actor_of(d, "kato", "10.0.0.5"), 0, c->n, c->gap, c->grew);
        detecting_finish(d);
        size_t n = found(d, c->kind, &f);
        if (n != c->findings || d->n != n || (n > 0 && f->severity != c->severity))
            fail_msg("%s: %zu findings (%zu in all), severity %d", c->name, n, d->n,
                     f == NULL ? 0 : f->severity);
        detecting_close(d);
    }
}

static void opens_count_where_reads_are_not_logged(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int i = 0; i < 70; i++)
        hit_opened(d, kato, i * 0.1, false);
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
    assert_true(f->flags & ASH_FINDING_OPENS);
    assert_int_equal(f->opened, 70);
    assert_int_equal(f->read, 0);
    detecting_close(d);
}

/* --- what a finding says ----------------------------------------------- */

static void a_finding_tells_when_how_many_and_what_it_exceeded(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    hits(d, kato, 100, 30, 0.1, ASH_GREW_LISTED);
    hits(d, kato, 110, 100, 0.1, ASH_GREW_READ);
    hits(d, kato, 121, 3, 0.1, ASH_GREW_DENIED);
    detecting_finish(d);
    assert_int_equal(d->n, 1);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
    assert_int_equal(f->actor, kato);
    assert_int_equal(f->read, 100);
    assert_int_equal(f->listed, 30);
    assert_int_equal(f->denied, 3);
    assert_true(fabs((double)f->folders - 133) < 30); /* estimated by linear counting */
    assert_int_equal((f->first / ASH_NS_PER_S) - DAY0, 100);
    assert_int_equal((f->last / ASH_NS_PER_S) - DAY0, 121);
    assert_in_range((f->at / ASH_NS_PER_S) - DAY0, 115, 117);
    assert_int_equal(f->window_s, 60);
    assert_int_equal(f->measure, ASH_MEASURE_FILES);
    assert_int_equal(f->basis, ASH_BASIS_FLOOR);
    assert_int_equal(f->times, 1);
    assert_int_equal(f->n_telling, 4);
    assert_int_equal(f->telling[0].grew, ASH_GREW_LISTED);
    assert_int_equal(f->telling[0].time, f->first);
    assert_true(f->threshold == 60 && f->value >= 60 && f->value <= 100);
    assert_string_equal(ash_finding_kind_name((ash_finding_kind)f->kind), "mass-read");
    assert_string_equal(ash_finding_technique(f), "T1039");
    detecting_close(d);
}

static void bursts_apart_are_findings_apart(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    hits(d, kato, 0, 100, 0.1, ASH_GREW_READ);
    hit(d, kato, 400, ASH_GREW_READ);
    assert_int_equal(d->n, 1); /* reported as soon as it is over */
    hits(d, kato, 6000, 300, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 2);
    assert_int_equal(d->found[0].read, 100);
    assert_in_range(d->found[1].read, 300, 301);
    detecting_close(d);
}

static void bursts_close_together_are_one_finding_that_grows(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int i = 0; i < 3; i++)
        hits(d, kato, i * 600, 100, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->found[0].times, 3);
    assert_int_equal(d->found[0].read, 300);
    assert_int_equal(d->found[0].first / ASH_NS_PER_S, DAY0);
    assert_int_equal(d->found[0].last / ASH_NS_PER_S, DAY0 + 1209);
    assert_int_equal(d->found[0].n_telling, ASH_TELLING_MAX);
    detecting_close(d);
}

static void a_burst_is_reported_at_once_and_when_it_is_over(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    hits(d, actor_of(d, "kato", "10.0.0.5"), 0, 100, 0.1, ASH_GREW_READ);
    assert_int_equal(d->reports, 1);
    assert_in_range(d->found[0].read, 60, 66); /* the count has faded a little since the first */
    for (int minute = 1; minute < 10; minute++)
        hit(d, actor_of(d, "suzuki", "10.0.0.6"), minute * 60, ASH_GREW_READ);
    assert_int_equal(d->reports, 2);
    detecting_finish(d);
    assert_int_equal(d->reports, 2);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->found[0].read, 100);
    detecting_close(d);
}

/* The end of an input may not be the end of a burst. */
static void a_finding_says_since_when_it_is_serious(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    uint32_t sato = actor_of(d, "sato", "10.0.0.5");
    hits(d, sato, 1000, 300, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_HIGH);
    /* Medium at 60 files, high at three times as many. */
    assert_in_range(f->at / ASH_NS_PER_S - DAY0, 1005, 1007);
    assert_in_range(f->raised / ASH_NS_PER_S - DAY0, 1018, 1025);
    detecting_close(d);
}

static void finishing_forgets_nothing(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    hits(d, kato, 0, 100, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    hits(d, kato, 10, 100, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->found[0].read, 200);
    assert_int_equal(d->found[0].times, 1);
    detecting_close(d);
}

/* An hour's work that is logged twice over, at the same times. */
static void a_clock_set_back_is_no_burst(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int hour = 0; hour < 5; hour++)
        hits(d, kato, 0, 40, 90, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 0);
    /* And what is loud is so once. */
    hits(d, kato, 3600, 100, 0.1, ASH_GREW_READ);
    hits(d, kato, 0, 40, 90, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->found[0].read, 100);
    detecting_close(d);
}

/* The second server's part of one scan is read after the first one's. */
static void a_burst_on_two_servers_is_one_finding(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    hits(d, kato, 100, 100, 0.1, ASH_GREW_READ);
    ash_engine_break(d->engine);
    hits(d, kato, 50, 100, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->found[0].read, 200);
    assert_int_equal(d->found[0].first / ASH_NS_PER_S, DAY0 + 50);
    detecting_close(d);
}

static void a_new_account_at_a_known_client_is_no_stranger(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++) {
        detecting *d = detecting_open();
        const ash_finding *f = NULL;
        hit(d, actor_of(d, "kato", "10.0.0.5"), 0, ASH_GREW_READ);
        if (known)
            hit(d, actor_of(d, "ito", "10.0.0.6"), 3600, ASH_GREW_READ);
        hits(d, actor_of(d, "adm.ito", "10.0.0.6"), 3 * DAY, 100, 0.1, ASH_GREW_READ);
        detecting_finish(d);
        assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
        assert_int_equal((f->flags & ASH_FINDING_STRANGER) == 0, known);
        assert_int_equal(f->severity, known ? ASH_SEVERITY_MEDIUM : ASH_SEVERITY_HIGH);
        detecting_close(d);
    }
}

static void another_server_begins_with_calm(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int server = 0; server < 5; server++) {
        hits(d, kato, 0, 50, 0.5, ASH_GREW_READ);
        ash_engine_break(d->engine);
        ash_engine_break(d->engine); /* a server where nothing of kato is */
    }
    assert_int_equal(d->n, 0);
    detecting_close(d);
}

static void changes_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        unsigned grew;
        const char *technique;
    } kinds[] = {{ASH_GREW_RENAMED | ASH_GREW_WRITTEN, "T1486"},
                 {ASH_GREW_DELETED, "T1485"},
                 {ASH_GREW_WRITTEN, "T1565.001"}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        detecting *d = detecting_open();
        const ash_finding *f = NULL;
        hits(d, actor_of(d, "kato", "10.0.0.5"), 0, 100, 0, kinds[i].grew);
        detecting_finish(d);
        assert_int_equal(found(d, ASH_FINDING_MASS_CHANGE, &f), 1);
        assert_string_equal(ash_finding_technique(f), kinds[i].technique);
        assert_int_equal(f->changed, 100);
        detecting_close(d);
    }
}

static void copying_new_files_in_is_low(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int i = 0; i < 500; i++) {
        const ash_access a = {.actor = kato,
                              .last = (DAY0 + i / 10) * ASH_NS_PER_S,
                              .flags = ASH_ACCESS_NEW};
        ash_engine_access(d->engine, &a, ASH_GREW_WRITTEN, true);
    }
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_CHANGE, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_LOW);
    detecting_close(d);
}

/* --- who --------------------------------------------------------------- */

static void workstation_names_do_not_part_one_actor(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "pc%d", i % 10);
        hit(d, actor_at(d, "kato", "10.0.0.5", name), i * 0.1, ASH_GREW_READ);
    }
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, NULL), 1);
    detecting_close(d);
}

static void different_people_are_not_added_up(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    for (int i = 0; i < 500; i++) {
        char name[16];
        snprintf(name, sizeof name, "user%d", i % 10);
        hit(d, actor_of(d, name, "10.0.0.5"), i * 0.05, ASH_GREW_READ);
    }
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, NULL), 0);
    detecting_close(d);
}

static void service_accounts_are_lowered_unless_refused(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    hits(d, actor_of(d, "svc_backup", "10.0.0.9"), 0, 1000, 0.01, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_MEDIUM);
    assert_true(f->flags & ASH_FINDING_SERVICE);
    detecting_close(d);

    d = detecting_open();
    uint32_t svc = actor_of(d, "svc_backup", "10.0.0.9");
    hits(d, svc, 0, 500, 0.01, ASH_GREW_READ);
    hit(d, svc, 5, ASH_GREW_DENIED);
    hits(d, svc, 5.1, 500, 0.01, ASH_GREW_READ);
    detecting_finish(d);
    /* What was said before the refusal stands; what followed is another finding. */
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 2);
    assert_int_equal(f->severity, ASH_SEVERITY_HIGH);
    assert_false(f->flags & ASH_FINDING_SERVICE);
    detecting_close(d);
}

static void names_of_services(void **state)
{
    (void)state;
    static const char *const yes[] = {"svc_backup", "backup", "Backup$", "EXAMPLE\\veeam", "nas-sync",
                                      "indexer", "job_runner", "SVC-scan01"};
    static const char *const no[] = {"", "kato", "stevejobs", "mybackup", "asvc", "transync"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (!ash_account_is_service(ash_view_z(yes[i])))
            fail_msg("not a service: %s", yes[i]);
    for (size_t i = 0; i < COUNT(no); i++)
        if (ash_account_is_service(ash_view_z(no[i])))
            fail_msg("a service: %s", no[i]);
}

/* --- habits ------------------------------------------------------------ */

static void a_habit_raises_the_threshold(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    /* Every day the same 200 files: it is news until it was so on two days. */
    for (int day = 0; day < 10; day++)
        hits(d, kato, day * DAY, 200, 0.05, ASH_GREW_READ);
    hit(d, kato, 10 * DAY, ASH_GREW_READ);
    size_t usual = d->n;
    assert_int_equal(usual, 2);
    /* Ten times as much is news again, and says that it was above the habit. */
    hits(d, kato, 11 * DAY, 2000, 0.005, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, usual + 1);
    assert_true(d->found[d->n - 1].flags & ASH_FINDING_HABIT);
    assert_true(d->found[d->n - 1].threshold > 250);
    detecting_close(d);
}

static void habits_fade(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    hits(d, kato, 0, 500, 0.01, ASH_GREW_READ);
    for (int day = 1; day < 40; day++) /* too few sessions for a population */
        hits(d, kato, day * DAY, 5, 10, ASH_GREW_READ);
    size_t before = d->n;
    hits(d, kato, 40 * DAY, 200, 0.05, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, before + 1);
    detecting_close(d);
}

static void what_everybody_does_is_no_finding(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    char name[16];
    /* 100 people read 100 files each, day by day. */
    for (int day = 0; day < 3; day++)
        for (int i = 0; i < 100; i++) {
            snprintf(name, sizeof name, "user%d", i);
            hits(d, actor_of(d, name, "10.0.1.1"), day * DAY + i * 400, 100, 0.1, ASH_GREW_READ);
        }
    detecting_finish(d);
    size_t before = d->n;
    hits(d, actor_of(d, "new", "10.0.1.1"), 4 * DAY, 120, 0.1, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, before);
    /* At a foreign client it is. */
    hits(d, actor_of(d, "new", "10.0.9.9"), 4.5 * DAY, 120, 0.1, ASH_GREW_READ);
    assert_int_equal(d->n, ++before);
    hits(d, actor_of(d, "newer", "10.0.1.1"), 5 * DAY, 2000, 0.01, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, before + 1);
    detecting_close(d);
}

/* --- limits and checkpoints -------------------------------------------- */

static void a_subject_that_must_make_room_is_reported(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    char name[32];
    const ash_finding *f = NULL;
    hits(d, actor_of(d, "kato", "10.0.0.5"), 0, 100, 0.01, ASH_GREW_READ);
    /* Within the same minute, so that no tick reports it. */
    for (unsigned i = 0; i < ASH_DETECT_SUBJECTS + 10; i++) {
        snprintf(name, sizeof name, "u%u", i);
        hit(d, actor_of(d, name, "10.0.0.6"), 2 + i * 0.0005, ASH_GREW_READ);
    }
    assert_int_equal(found(d, ASH_FINDING_MASS_READ, &f), 1);
    assert_int_equal(f->read, 100);
    detecting_close(d);
}

static void random_stream(detecting *d, uint64_t seed, bool reload)
{
    static const unsigned grew[] = {ASH_GREW_READ,    ASH_GREW_LISTED,  ASH_GREW_DENIED,
                                    ASH_GREW_WRITTEN, ASH_GREW_RENAMED, ASH_GREW_DELETED,
                                    ASH_GREW_MISSING};
    rng r = {seed};
    double t = 0;
    for (int i = 0; i < 300; i++) {
        char name[16];
        snprintf(name, sizeof name, "%suser%u", rng_below(&r, 4) == 0 ? "svc_" : "",
                 rng_below(&r, 6));
        uint32_t actor = actor_of(d, name, rng_below(&r, 2) ? "10.0.0.5" : "10.0.0.6");
        t = hits(d, actor, t, rng_below(&r, 150), rng_below(&r, 100) / 100.0,
                 grew[rng_below(&r, COUNT(grew))]);
        if (rng_below(&r, 3) == 0)
            logon(d, actor, t, rng_below(&r, 5) == 0, rng_below(&r, 7) == 0);
        t += rng_below(&r, 10) == 0 ? 2000 : rng_below(&r, 100);
        if (reload)
            detecting_reload(d);
    }
    detecting_finish(d);
}

static void saving_and_loading_finds_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (SLOW ? 2 : 6); seed++) {
        detecting *whole = detecting_open(), *parts = detecting_open();
        random_stream(whole, seed, false);
        random_stream(parts, seed, true);
        assert_true(whole->n > 0 && whole->n <= FOUND_MAX);
        assert_int_equal(parts->n, whole->n);
        for (size_t i = 0; i < whole->n; i++)
            assert_memory_equal(&parts->found[i], &whole->found[i], sizeof whole->found[i]);
        detecting_close(whole);
        detecting_close(parts);
    }
}

static void damaged_states_are_refused(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    ash_buf saved;
    ash_error err = {0};
    ash_buf_init(&saved, 64u << 20);
    hits(d, actor_of(d, "kato", "10.0.0.5"), 0, 100, 0.01, ASH_GREW_READ);
    logon(d, actor_of(d, "kato", "10.0.0.5"), 1, false, false);
    ash_engine_save(d->engine, &saved);
    for (size_t n = 0; n < saved.n; n += n < 64 ? 1 : 37) {
        detecting *other = detecting_open();
        actor_of(other, "kato", "10.0.0.5");
        ash_cursor c = ash_cursor_of(ash_view_of(saved.p, n));
        assert_int_equal(ash_engine_load(other->engine, &c, &err), ASH_E_FORMAT);
        detecting_close(other);
    }
    ash_buf_free(&saved);
    detecting_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thresholds_are_where_they_are_said_to_be),
        cmocka_unit_test(opens_count_where_reads_are_not_logged),
        cmocka_unit_test(a_finding_tells_when_how_many_and_what_it_exceeded),
        cmocka_unit_test(bursts_apart_are_findings_apart),
        cmocka_unit_test(bursts_close_together_are_one_finding_that_grows),
        cmocka_unit_test(a_burst_is_reported_at_once_and_when_it_is_over),
        cmocka_unit_test(a_finding_says_since_when_it_is_serious),
        cmocka_unit_test(finishing_forgets_nothing),
        cmocka_unit_test(a_clock_set_back_is_no_burst),
        cmocka_unit_test(another_server_begins_with_calm),
        cmocka_unit_test(a_burst_on_two_servers_is_one_finding),
        cmocka_unit_test(a_new_account_at_a_known_client_is_no_stranger),
        cmocka_unit_test(changes_are_told_apart),
        cmocka_unit_test(copying_new_files_in_is_low),
        cmocka_unit_test(workstation_names_do_not_part_one_actor),
        cmocka_unit_test(different_people_are_not_added_up),
        cmocka_unit_test(service_accounts_are_lowered_unless_refused),
        cmocka_unit_test(names_of_services),
        cmocka_unit_test(a_habit_raises_the_threshold),
        cmocka_unit_test(habits_fade),
        cmocka_unit_test(what_everybody_does_is_no_finding),
        cmocka_unit_test(a_subject_that_must_make_room_is_reported),
        cmocka_unit_test(saving_and_loading_finds_the_same),
        cmocka_unit_test(damaged_states_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
