/* Ransomware, sweeps, staging, many accounts, log silence, routine: what is found,
 * what almost is, and that a stream cut anywhere gives the same. */
#include "base/limits.h"
#include "detecting.h"
#include "detect/routine.h"

#define DAY 86400.0

/* --- accesses with names ------------------------------------------------- */

typedef struct deed {
    const char *path, *new_path;
    unsigned grew;
    ash_grade grade;
    unsigned changes, flags;
    uint32_t share;
} deed;

static void does(detecting *d, uint32_t actor, double second, deed x)
{
    const int64_t t = DAY0 * ASH_NS_PER_S + (int64_t)(second * 1e6) * 1000;
    const ash_access a = {.actor = actor,
                          .path = ash_view_z(x.path),
                          .new_path = ash_view_z(x.new_path == NULL ? "" : x.new_path),
                          .share = x.share,
                          .first = t,
                          .last = t,
                          .input = 1,
                          .offset = ++d->path,
                          .records = 1,
                          .grade = (uint8_t)x.grade,
                          .changes = (uint8_t)x.changes,
                          .object = ASH_OBJECT_FILE,
                          .flags = (uint8_t)x.flags};
    ash_engine_access(d->engine, &a, x.grew, true);
}

static const char *const extensions[] = {"docx", "xlsx", "pdf", "dwg", "txt"};

typedef enum style {
    REPLACE,     /* read, written over, renamed with another extension */
    RENAME_LAST, /* renamed, then written under the new name */
    APPEND,      /* renamed only: nothing else is in the log */
    OVERWRITE,   /* read and written over, the name stays */
    COPY,        /* a new file with a longer name, then the old one goes */
    COPY_UNSURE, /* ... where the log does not say that the file is new */
    N_STYLES
} style;

static void encrypt(detecting *d, uint32_t actor, double t, unsigned i, style how)
{
    char path[64], locked[80];
    snprintf(path, sizeof path, "/srv/d%u/file%u.%s", i / 4, i, extensions[i % 5]);
    snprintf(locked, sizeof locked, "%s.locked", path);
    const deed read = {path, NULL, ASH_GREW_READ, ASH_GRADE_READ, 0, 0, 0};
    const deed over = {path, NULL, ASH_GREW_WRITTEN, ASH_GRADE_READ, ASH_CHANGE_WRITTEN, 0, 0};
    const unsigned both = ASH_CHANGE_WRITTEN | ASH_CHANGE_RENAMED;
    if (how != APPEND)
        does(d, actor, t, read);
    if (how == REPLACE || how == OVERWRITE)
        does(d, actor, t + 0.01, over);
    if (how == REPLACE)
        does(d, actor, t + 0.02, (deed){path, locked, ASH_GREW_RENAMED, ASH_GRADE_READ, both, 0, 0});
    if (how == RENAME_LAST || how == APPEND)
        does(d, actor, t + 0.01,
             (deed){path, locked, ASH_GREW_RENAMED, ASH_GRADE_SEEN, ASH_CHANGE_RENAMED, 0, 0});
    if (how == RENAME_LAST)
        does(d, actor, t + 0.02,
             (deed){locked, NULL, ASH_GREW_WRITTEN, ASH_GRADE_OPENED, ASH_CHANGE_WRITTEN, 0, 0});
    if (how == COPY || how == COPY_UNSURE) {
        const unsigned flags = how == COPY ? ASH_ACCESS_NEW : 0;
        does(d, actor, t + 0.01,
             (deed){locked, NULL, ASH_GREW_WRITTEN, ASH_GRADE_NONE, ASH_CHANGE_WRITTEN, flags, 0});
        does(d, actor, t + 0.02,
             (deed){path, NULL, ASH_GREW_DELETED, ASH_GRADE_READ, ASH_CHANGE_DELETED, 0, 0});
    }
}

/* --- ransomware ---------------------------------------------------------- */

static void encryption_is_found_before_ten_files_are_lost(void **state)
{
    (void)state;
    for (unsigned how = 0; how < N_STYLES; how++) {
        detecting *d = detecting_open();
        const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
        unsigned i = 0;
        while (i < 30 && found(d, ASH_FINDING_RANSOMWARE, NULL) == 0)
            encrypt(d, kato, 100 + i * 2, i, (style)how), i++;
        if (i > 10)
            fail_msg("style %u: %u files were lost", how, i);
        for (unsigned k = i; k < 200; k++)
            encrypt(d, kato, 100 + k * 2, k, (style)how);
        detecting_finish(d);
        const ash_finding *f = NULL;
        assert_int_equal(found(d, ASH_FINDING_RANSOMWARE, &f), 1);
        assert_int_equal(f->severity, ASH_SEVERITY_HIGH);
        assert_in_range(f->changed, 180, 200);
        assert_true(f->n_telling > 0);
        detecting_close(d);
    }
}

static void notes_in_folder_after_folder_speak_for_themselves(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    const ash_finding *f = NULL;
    for (unsigned i = 0; i < 4; i++) {
        char note[64];
        snprintf(note, sizeof note, "/srv/d%u/README.txt", i);
        encrypt(d, kato, i * 3, i * 4, OVERWRITE);
        does(d, kato, i * 3 + 1,
             (deed){note, NULL, ASH_GREW_WRITTEN, ASH_GRADE_NONE, ASH_CHANGE_WRITTEN, ASH_ACCESS_NEW, 0});
    }
    assert_int_equal(found(d, ASH_FINDING_RANSOMWARE, &f), 1);
    assert_true(f->flags & ASH_FINDING_NOTES);
    detecting_close(d);
}

typedef void honest_work(detecting *d, uint32_t actor, unsigned i);

static void renames_photos(detecting *d, uint32_t actor, unsigned i)
{
    char from[64], to[64];
    snprintf(from, sizeof from, "/srv/photos/IMG_%04u.jpg", i);
    snprintf(to, sizeof to, "/srv/photos/wedding_%04u.jpg", i);
    does(d, actor, i * 0.05, (deed){from, to, ASH_GREW_RENAMED, ASH_GRADE_SEEN, ASH_CHANGE_RENAMED, 0, 0});
}

static void tags_photos(detecting *d, uint32_t actor, unsigned i)
{
    char path[64];
    snprintf(path, sizeof path, "/srv/photos/%u/IMG_%04u.jpg", i / 50, i);
    does(d, actor, i * 0.2, (deed){path, NULL, ASH_GREW_READ, ASH_GRADE_READ, 0, 0, 0});
    does(d, actor, i * 0.2 + 0.1,
         (deed){path, NULL, ASH_GREW_WRITTEN, ASH_GRADE_READ, ASH_CHANGE_WRITTEN, 0, 0});
}

static void moves_to_archive(detecting *d, uint32_t actor, unsigned i)
{
    char from[64], to[64];
    snprintf(from, sizeof from, "/srv/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    snprintf(to, sizeof to, "/srv/archive/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    does(d, actor, i * 0.1, (deed){from, to, ASH_GREW_RENAMED, ASH_GRADE_SEEN, ASH_CHANGE_RENAMED, 0, 0});
}

static void copies_over(detecting *d, uint32_t actor, unsigned i)
{
    char path[64];
    snprintf(path, sizeof path, "/srv/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    does(d, actor, i * 0.1, (deed){path, NULL, ASH_GREW_WRITTEN, ASH_GRADE_OPENED, ASH_CHANGE_WRITTEN, 0, 0});
}

static void saves_documents(detecting *d, uint32_t actor, unsigned i)
{
    char path[64];
    snprintf(path, sizeof path, "/srv/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    does(d, actor, i * 4.0, (deed){path, NULL, ASH_GREW_READ, ASH_GRADE_READ, 0, 0, 0});
    does(d, actor, i * 4.0 + 1, (deed){path, NULL, ASH_GREW_WRITTEN, ASH_GRADE_READ, ASH_CHANGE_WRITTEN,
                                       ASH_ACCESS_SAVED, 0});
}

static void checks_out(detecting *d, uint32_t actor, unsigned i)
{
    char temp[64], path[64];
    snprintf(temp, sizeof temp, "/srv/repo/d%u/file%u.%s.lock", i / 10, i, extensions[i % 5]);
    snprintf(path, sizeof path, "/srv/repo/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    does(d, actor, i * 0.05, (deed){path, NULL, ASH_GREW_DELETED, ASH_GRADE_NONE, ASH_CHANGE_DELETED, 0, 0});
    does(d, actor, i * 0.05 + 0.01,
         (deed){temp, NULL, ASH_GREW_WRITTEN, ASH_GRADE_NONE, ASH_CHANGE_WRITTEN, ASH_ACCESS_NEW, 0});
    does(d, actor, i * 0.05 + 0.02, (deed){temp, path, ASH_GREW_RENAMED, ASH_GRADE_NONE,
                                           ASH_CHANGE_WRITTEN | ASH_CHANGE_RENAMED, ASH_ACCESS_NEW, 0});
}

static void packs_each(detecting *d, uint32_t actor, unsigned i)
{
    char path[64], packed[72];
    snprintf(path, sizeof path, "/srv/d%u/file%u.%s", i / 10, i, extensions[i % 5]);
    snprintf(packed, sizeof packed, "%s.gz", path);
    does(d, actor, i * 0.1, (deed){path, NULL, ASH_GREW_READ, ASH_GRADE_READ, 0, 0, 0});
    does(d, actor, i * 0.1 + 0.01,
         (deed){packed, NULL, ASH_GREW_WRITTEN, ASH_GRADE_NONE, ASH_CHANGE_WRITTEN, ASH_ACCESS_NEW, 0});
    does(d, actor, i * 0.1 + 0.02,
         (deed){path, NULL, ASH_GREW_DELETED, ASH_GRADE_READ, ASH_CHANGE_DELETED, 0, 0});
}

static void honest_bulk_work_is_never_high(void **state)
{
    (void)state;
    static honest_work *const works[] = {renames_photos, tags_photos,     moves_to_archive,
                                         copies_over,    saves_documents, checks_out, packs_each};
    for (size_t w = 0; w < COUNT(works); w++) {
        detecting *d = detecting_open();
        const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
        for (unsigned i = 0; i < 400; i++)
            works[w](d, kato, i);
        detecting_finish(d);
        assert_int_equal(found(d, ASH_FINDING_RANSOMWARE, NULL), 0);
        for (size_t i = 0; i < d->n; i++)
            if (d->found[i].kind == ASH_FINDING_MASS_CHANGE && d->found[i].severity == ASH_SEVERITY_HIGH)
                fail_msg("work %zu is high", w);
        detecting_close(d);
    }
}

static void four_files_now_and_then_are_no_encryption(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (unsigned hour = 0; hour < 24; hour++)
        for (unsigned i = 0; i < 4; i++)
            encrypt(d, kato, hour * 3600 + i, hour * 4 + i, REPLACE);
    detecting_finish(d);
    assert_int_equal(found(d, ASH_FINDING_RANSOMWARE, NULL), 0);
    detecting_close(d);
}

/* --- sweeps -------------------------------------------------------------- */

static void visit(detecting *d, uint32_t actor, double t, uint32_t share, bool refused)
{
    does(d, actor, t, (deed){"/srv/x", NULL, refused ? ASH_GREW_DENIED : ASH_GREW_LISTED,
                             refused ? ASH_GRADE_DENIED : ASH_GRADE_LISTED, 0, 0, share});
}

static void five_closed_doors_are_a_sweep(void **state)
{
    (void)state;
    for (unsigned doors = 4; doors <= 5; doors++) {
        detecting *d = detecting_open();
        const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
        for (unsigned i = 0; i < doors; i++)
            visit(d, kato, i, i, true);
        assert_int_equal(found(d, ASH_FINDING_SWEEP, NULL), doors == 5);
        detecting_close(d);
    }
}

static void open_doors_count_for_the_visitor(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (unsigned i = 0; i < 12; i++)
        visit(d, kato, i, i, i % 2 == 0);
    for (unsigned i = 0; i < 100; i++) /* the same doors again and again */
        visit(d, kato, 20 + i, i % 12, true);
    assert_int_equal(found(d, ASH_FINDING_SWEEP, NULL), 0);
    detecting_close(d);
}

static void many_open_doors_are_a_sweep_whatever_order_the_logs_come_in(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5"), it = actor_of(d, "it", "10.0.0.9");
    const ash_finding *f = NULL;
    visit(d, kato, 0, 0, false);
    for (unsigned server = 0; server < 8; server++) {
        visit(d, it, 3 * DAY + 600 - server * 10, 100 + server, false);
        visit(d, kato, 3 * DAY, 0, false);
        ash_engine_break(d->engine);
    }
    assert_int_equal(found(d, ASH_FINDING_SWEEP, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_HIGH); /* never seen before */
    assert_int_equal(f->value, 8);
    detecting_close(d);
}

/* --- staging ------------------------------------------------------------- */

static void reads(detecting *d, uint32_t actor, double t, unsigned n)
{
    char path[64];
    for (unsigned i = 0; i < n; i++) {
        snprintf(path, sizeof path, "/srv/d%u/file%u.docx", i / 10, i);
        does(d, actor, t + i * 8, (deed){path, NULL, ASH_GREW_READ, ASH_GRADE_READ, 0, 0, 0});
    }
}

static const deed archive = {"/srv/tmp/out.part1.rar", NULL, ASH_GREW_WRITTEN, ASH_GRADE_NONE, ASH_CHANGE_WRITTEN,
                             ASH_ACCESS_NEW, 0};

static void an_archive_after_many_reads_is_staging(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    reads(d, kato, 0, 60);
    does(d, kato, 500, archive);
    assert_int_equal(found(d, ASH_FINDING_STAGING, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_MEDIUM);
    assert_int_equal(f->telling[0].offset, 61); /* the archive */
    detecting_close(d);
}

static void an_archive_of_little_or_of_yesterday_is_not(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    reads(d, kato, 0, 39);
    does(d, kato, 500, archive);
    reads(d, kato, 600, 39);
    does(d, kato, DAY, archive);
    deed document = archive;
    document.path = "/srv/tmp/out.docx";
    reads(d, kato, 2 * DAY, 60);
    does(d, kato, 2 * DAY + 500, document);
    assert_int_equal(found(d, ASH_FINDING_STAGING, NULL), 0);
    detecting_close(d);
}

static void who_packs_every_day_is_low(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int day = 0; day < 6; day++) {
        if (day == 5)
            reads(d, kato, day * DAY, 60);
        does(d, kato, day * DAY + 500, archive);
    }
    assert_int_equal(found(d, ASH_FINDING_STAGING, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_LOW);
    detecting_close(d);
}

/* --- many accounts --------------------------------------------------------- */

static void use_accounts(detecting *d, const char *client, double t, unsigned n)
{
    char name[16];
    for (unsigned i = 0; i < n; i++) {
        snprintf(name, sizeof name, "user%u", i);
        logon(d, actor_of(d, name, client), t + i * 60, true, false);
    }
}

static void many_accounts_at_a_strange_client_are_high(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    use_accounts(d, "10.0.0.5", 0, 3);
    use_accounts(d, "10.0.0.66", 3 * DAY, 3);
    assert_int_equal(found(d, ASH_FINDING_MANY_ACCOUNTS, NULL), 0);
    use_accounts(d, "10.0.0.77", 3 * DAY, 4);
    assert_int_equal(found(d, ASH_FINDING_MANY_ACCOUNTS, &f), 1);
    assert_int_equal(f->severity, ASH_SEVERITY_HIGH);
    assert_int_equal(f->accounts, 4);
    detecting_close(d);
}

static void a_terminal_server_is_known_after_two_days(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    for (int day = 0; day < 10; day++)
        use_accounts(d, "10.0.0.5", day * DAY, 12);
    size_t first = found(d, ASH_FINDING_MANY_ACCOUNTS, NULL);
    assert_in_range(first, 1, 2);
    use_accounts(d, "10.0.0.5", 20 * DAY, 15);
    assert_int_equal(found(d, ASH_FINDING_MANY_ACCOUNTS, NULL), first);
    use_accounts(d, "10.0.0.5", 30 * DAY, 30);
    assert_int_equal(found(d, ASH_FINDING_MANY_ACCOUNTS, NULL), first + 1);
    detecting_close(d);
}

/* --- log silence ----------------------------------------------------------- */

/* A working day: an access every 20 s from 8 to 18, but not from `from` to `to`. */
static void working_day(detecting *d, uint32_t actor, double day, double from, double to)
{
    for (double t = 8 * 3600; t < 18 * 3600; t += 20)
        if (t < from * 3600 || t >= to * 3600)
            hit(d, actor, day * DAY + t, ASH_GREW_OPENED);
}

static void a_log_that_stops_in_the_middle_of_work_is_news(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    for (int day = 0; day < 14; day++)
        working_day(d, kato, day, 0, 0);
    assert_int_equal(d->n, 0); /* neither nights nor the morning after */
    working_day(d, kato, 14, 10, 10.4);
    assert_int_equal(d->n, 0); /* a short one */
    working_day(d, kato, 15, 10, 11);
    assert_int_equal(found(d, ASH_FINDING_LOG_SILENCE, &f), 1);
    assert_in_range(f->window_s, 3590, 3630);
    detecting_close(d);
}

/* In a western zone the first hours of 1970 are of 1969. */
static void times_before_1970_do_no_harm(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_zone west = ash_zone_fixed(-12 * 3600);
    const uint32_t kato = actor_of(d, "kato", "10.0.0.5");
    ash_engine_set_zone(d->engine, &west);
    for (int i = 0; i < 3000; i++)
        hits(d, kato, -(double)DAY0 + i * 60, 1, 0, ASH_GREW_READ);
    hits(d, kato, -(double)DAY0, 500, 0.001, ASH_GREW_DELETED);
    detecting_reload(d);
    detecting_finish(d);
    assert_true(d->n > 0);
    detecting_close(d);
}

/* --- routine --------------------------------------------------------------- */

static void jobs_are_known_after_three_days(void **state)
{
    (void)state;
    ash_routine r = {0};
    const uint32_t shares = ash_share_bit(1) | ash_share_bit(2);
    for (int32_t day = 100; day < 103; day++) {
        const ash_local t = {.day = day, .hour = 1};
        assert_false(ash_routine_fits(&r, t, shares));
        ash_routine_add(&r, t, shares);
        assert_false(ash_routine_fits(&r, t, shares)); /* the same night */
    }
    assert_true(ash_routine_fits(&r, (ash_local){.day = 103, .hour = 1}, shares));
    assert_true(ash_routine_fits(&r, (ash_local){.day = 103, .hour = 2}, ash_share_bit(1)));
    assert_false(ash_routine_fits(&r, (ash_local){.day = 103, .hour = 4}, shares));
    assert_false(ash_routine_fits(&r, (ash_local){.day = 103, .hour = 1}, shares | ash_share_bit(3)));
    assert_false(ash_routine_fits(&r, (ash_local){.day = 140, .hour = 1}, shares));
    assert_false(ash_routine_fits(&r, (ash_local){.day = 99, .hour = 1}, shares));
}

static void a_job_is_low_and_one_finding_and_says_why(void **state)
{
    (void)state;
    detecting *d = detecting_open();
    const ash_finding *f = NULL;
    const uint32_t job = actor_of(d, "kikaku", "10.0.0.5");
    /* More each night than its own habit allows. */
    double files = 200;
    for (int night = 0; night < 10; night++, files *= 1.6)
        hits(d, job, night * DAY + 3600, (unsigned)files, 0.001, ASH_GREW_READ);
    detecting_finish(d);
    found(d, ASH_FINDING_MASS_READ, &f);
    assert_int_equal(f->severity, ASH_SEVERITY_LOW);
    assert_true(f->flags & ASH_FINDING_REGULAR);
    assert_int_equal(f->times, 7);
    size_t before = d->n;
    /* At noon it is none. */
    hits(d, job, 10 * DAY + 12 * 3600, 60000, 0.0001, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, before + 1);
    assert_false(d->found[before].flags & ASH_FINDING_REGULAR);
    assert_int_equal(d->found[before].severity, ASH_SEVERITY_HIGH);
    detecting_close(d);
}

/* --- limits and checkpoints ------------------------------------------------ */

static void random_deeds(detecting *d, uint64_t seed, uint32_t cut)
{
    rng r = {seed};
    double t = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        char name[16], client[24];
        snprintf(name, sizeof name, "u%u", rng_below(&r, 12));
        snprintf(client, sizeof client, "10.0.0.%u", rng_below(&r, 4));
        const uint32_t actor = actor_of(d, name, client);
        switch (rng_below(&r, 6)) {
        case 0: encrypt(d, actor, t, i, (style)rng_below(&r, N_STYLES)); break;
        case 1: visit(d, actor, t, rng_below(&r, 40), rng_below(&r, 2) == 0); break;
        case 2: does(d, actor, t, archive); break;
        case 3: logon(d, actor, t, rng_below(&r, 3) == 0, false); break;
        case 4: t = hits(d, actor, t, rng_below(&r, 40), 0.01, ASH_GREW_READ); break;
        default: hit(d, actor, t, ASH_GREW_LISTED); break;
        }
        t += rng_below(&r, 50) == 0 ? 4000 : rng_below(&r, 20) / 10.0;
        if (rng_below(&r, 700) == 0)
            t -= 3000; /* a clock that is set back */
        if (cut != 0 && i % cut == 0)
            detecting_reload(d);
        if (cut != 0 && i % (cut * 3) == 0)
            detecting_finish(d); /* the input ended here, and goes on */
    }
    detecting_finish(d);
}

static void a_stream_cut_anywhere_gives_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= (SLOW ? 1 : 3); seed++) {
        detecting *whole = detecting_open();
        random_deeds(whole, seed, 0);
        assert_true(whole->n > 10 && whole->n <= FOUND_MAX);
        for (uint32_t cut = 37; cut < 1500; cut *= 6) {
            detecting *parts = detecting_open();
            random_deeds(parts, seed, cut);
            assert_int_equal(parts->n, whole->n);
            for (size_t i = 0; i < whole->n; i++)
                assert_memory_equal(&parts->found[i], &whole->found[i], sizeof whole->found[i]);
            detecting_close(parts);
        }
        detecting_close(whole);
    }
}

static void settings_are_checked(void **state)
{
    (void)state;
    ash_settings s;
    ash_error err = {0};
    ash_settings_default(&s);
    int scan = ash_settings_detector(ASH_VIEW_LIT("mass-scan"));
    assert_true(scan >= 0);
    assert_int_equal(ash_settings_detector(ASH_VIEW_LIT("mass-scam")), -1);
    ASSERT_OK(ash_settings_set(&s, scan, ASH_VIEW_LIT("read_60s"), ASH_VIEW_LIT("99.5"), &err));
    assert_true(s.values[scan][3] == 99.5);
    static const char *const bad[] = {"", "4", "1e9", "nan", "inf", "60 files", "0x", "--5"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(ash_settings_set(&s, scan, ASH_VIEW_LIT("read_60s"), ash_view_z(bad[i]), &err),
                         ASH_E_USAGE);
    assert_int_equal(ash_settings_set(&s, scan, ASH_VIEW_LIT("none"), ASH_VIEW_LIT("1"), &err), ASH_E_USAGE);
    assert_true(s.values[scan][3] == 99.5);
    ASSERT_OK(ash_settings_set(&s, scan, ASH_VIEW_LIT("enabled"), ASH_VIEW_LIT("false"), &err));
    detecting *d = detecting_open();
    ash_engine_configure(d->engine, &s);
    hits(d, actor_of(d, "kato", "10.0.0.5"), 0, 500, 0.01, ASH_GREW_READ);
    detecting_finish(d);
    assert_int_equal(d->n, 0);
    detecting_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encryption_is_found_before_ten_files_are_lost),
        cmocka_unit_test(notes_in_folder_after_folder_speak_for_themselves),
        cmocka_unit_test(honest_bulk_work_is_never_high),
        cmocka_unit_test(four_files_now_and_then_are_no_encryption),
        cmocka_unit_test(five_closed_doors_are_a_sweep),
        cmocka_unit_test(open_doors_count_for_the_visitor),
        cmocka_unit_test(many_open_doors_are_a_sweep_whatever_order_the_logs_come_in),
        cmocka_unit_test(an_archive_after_many_reads_is_staging),
        cmocka_unit_test(an_archive_of_little_or_of_yesterday_is_not),
        cmocka_unit_test(who_packs_every_day_is_low),
        cmocka_unit_test(many_accounts_at_a_strange_client_are_high),
        cmocka_unit_test(a_terminal_server_is_known_after_two_days),
        cmocka_unit_test(a_log_that_stops_in_the_middle_of_work_is_news),
        cmocka_unit_test(times_before_1970_do_no_harm),
        cmocka_unit_test(jobs_are_known_after_three_days),
        cmocka_unit_test(a_job_is_low_and_one_finding_and_says_why),
        cmocka_unit_test(a_stream_cut_anywhere_gives_the_same),
        cmocka_unit_test(settings_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
