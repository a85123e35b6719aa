/* The fold under load and across checkpoints: nothing is lost when its tables
 * are full, and a saved and loaded fold goes on as if nothing had happened. */
#include "base/limits.h"
#include "base/time.h"
#include "fold/grade.h"
#include "folding.h"
#include "logs.h"

static void random_log(rng *r, unsigned n, ash_buf *log)
{
    ash_buf script;
    ash_buf_init(&script, 64u << 20);
    random_script(r, n, &script);
    script_log(ash_buf_z(&script), log);
    ash_buf_free(&script);
}

/* Folds a log in pieces of `lines` lines; reload: through a saved state each. */
static char *fold_in_pieces(ash_view log, size_t lines, bool reload, ash_fold_stats *ret)
{
    folding f;
    decoder d;
    folding_open(&f);
    f.times = true;
    decoder_open(&d, "samba", log, "%u|%I|%m|%S");
    for (size_t at = 0; at < log.n;) {
        size_t end = at;
        for (size_t k = 0; k < lines && end < log.n; k++)
            end += (size_t)ash_view_find(ash_view_skip(log, end), '\n') + 1;
        decoder_feed(&d, ash_view_of(log.p + at, end - at), at, false);
        folding_batch(&f, &d.batch);
        if (reload)
            folding_reload(&f);
        at = end;
    }
    folding_flush(&f);
    if (ret != NULL)
        *ret = *ash_fold_stats_of(f.fold);
    ash_buf all;
    ash_buf_init(&all, 256u << 20);
    ash_buf_addf(&all, "%s--\n%s%u %llu %u\n", ash_buf_z(&f.accesses), ash_buf_z(&f.grown),
                 f.n_sessions, (unsigned long long)f.session_records, f.n_logons);
    decoder_close(&d);
    folding_close(&f);
    assert_non_null(all.p);
    return all.p;
}

static void saving_and_loading_changes_nothing(void **state)
{
    (void)state;
    rng r = {2026};
    for (unsigned round = 0; round < (SLOW ? 3 : 12); round++) {
        ash_buf log;
        ash_buf_init(&log, 64u << 20);
        random_log(&r, SLOW ? 200 : 800, &log);
        char *whole = fold_in_pieces(ash_buf_view(&log), SIZE_MAX, false, NULL);
        static const size_t pieces[] = {1, 7, 100};
        for (size_t i = SLOW; i < COUNT(pieces); i++) {
            char *parts = fold_in_pieces(ash_buf_view(&log), pieces[i], true, NULL);
            assert_string_equal(parts, whole);
            free(parts);
        }
        free(whole);
        ash_buf_free(&log);
    }
}

static void where_a_batch_ends_changes_nothing(void **state)
{
    (void)state;
    rng r = {99};
    ash_buf log;
    ash_buf_init(&log, 64u << 20);
    random_log(&r, 5000, &log);
    char *whole = fold_in_pieces(ash_buf_view(&log), SIZE_MAX, false, NULL);
    static const size_t pieces[] = {1, 3, 50, 977};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        char *parts = fold_in_pieces(ash_buf_view(&log), pieces[i], false, NULL);
        assert_string_equal(parts, whole);
        free(parts);
    }
    free(whole);
    ash_buf_free(&log);
}

/* --- full tables ------------------------------------------------------- */

/* Not with strstr, which a sanitizer lets measure the text each time. */
static unsigned count(const char *text, const char *word)
{
    unsigned n = 0;
    ptrdiff_t at;
    for (ash_view v = ash_view_z(text); (at = ash_view_find_str(v, ash_view_z(word))) >= 0; n++)
        v = ash_view_skip(v, (size_t)at + strlen(word));
    return n;
}

/* n files read within a minute, their paths `pad` bytes longer than need be. */
static void read_many(folding *f, unsigned n, unsigned pad)
{
    char padding[4000];
    decoder d;
    ash_buf log;
    memset(padding, 'x', sizeof padding);
    ash_buf_init(&log, 64u << 20);
    script_log("0 connect|ok|data\n", &log);
    decoder_open(&d, "samba", ash_buf_view(&log), "%u|%I|%m|%S");
    for (unsigned i = 0; i < n;) {
        ash_buf_clear(&log);
        for (unsigned k = 0; k < 5000 && i < n; k++, i++)
            ash_buf_addf(&log,
                         "2026-11-23T00:00:%02u.000000Z fs01 smbd_audit: kato|10.0.0.5|pc01|data|"
                         "pread|ok|/s/%.*s/%06u\n",
                         i * 60 / n, (int)pad, padding, i);
        decoder_feed(&d, ash_buf_view(&log), 0, false);
        folding_batch(f, &d.batch);
    }
    decoder_close(&d);
    ash_buf_free(&log);
}

static void expect_all_reads(unsigned n, unsigned pad, bool early)
{
    folding f;
    folding_open(&f);
    read_many(&f, n, pad);
    folding_flush(&f);
    const ash_fold_stats *s = ash_fold_stats_of(f.fold);
    assert_int_equal(s->accesses, n); /* each was read once, so none may be split */
    assert_int_equal(count(ash_buf_z(&f.accesses), "read /s/"), n);
    assert_int_equal(s->split_early > 0, early);
    folding_close(&f);
}

static void nothing_is_closed_early_while_there_is_room(void **state)
{
    (void)state;
    expect_all_reads(2000, 100, false);
}

static void a_full_table_keeps_every_read(void **state)
{
    (void)state;
    expect_all_reads(ASH_OPEN_ACCESSES_MAX + 50000, 0, true);
}

static void full_path_memory_keeps_every_read(void **state)
{
    (void)state;
    expect_all_reads((ASH_OPEN_YOUNG_BYTES + ASH_OPEN_OLD_BYTES) / 3500 + 3000, 3500, true);
}

/* An access that is split keeps its grade in each part it earned it in. */
static void split_accesses_stay_read(void **state)
{
    (void)state;
    folding f;
    decoder d;
    ash_buf log;
    folding_open(&f);
    ash_buf_init(&log, 65536);
    script_log("0@suzuki pread|ok|/s/first\n", &log);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    read_many(&f, ASH_OPEN_ACCESSES_MAX + 1000, 0);
    ash_buf_clear(&log);
    script_log("60@suzuki pread|ok|/s/first\n61@suzuki openat|ok|r|/s/first\n", &log);
    decoder_feed(&d, ash_buf_view(&log), 0, true);
    folding_batch(&f, &d.batch);
    folding_flush(&f);
    assert_int_equal(count(ash_buf_z(&f.accesses), "read /s/first\n"), 2);
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

/* The entries of a listing with more names than the young ring holds. */
static void a_huge_listing_is_counted_whole(void **state)
{
    (void)state;
    const unsigned n = ASH_OPEN_ACCESSES_MAX + 20000;
    folding f;
    decoder d;
    ash_buf log;
    folding_open(&f);
    ash_buf_init(&log, 64u << 20);
    script_log("0 create_file|ok|0x81|dir|open|/s/d\n0 fdopendir|ok|/s/d\n", &log);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    for (unsigned i = 0; i < n;) {
        ash_buf_clear(&log);
        for (unsigned k = 0; k < 5000 && i < n; k++, i++)
            ash_buf_addf(&log, "2026-11-23T00:00:%02u.000000Z fs01 smbd_audit: kato|10.0.0.5|pc01|"
                               "data|openat|ok|r|/s/d/%u\n",
                         i * 60 / n, i);
        decoder_feed(&d, ash_buf_view(&log), 0, false);
        folding_batch(&f, &d.batch);
    }
    folding_flush(&f);
    char expected[64];
    snprintf(expected, sizeof expected, "listed /s/d names=%u dir\n", n);
    assert_string_equal(ash_buf_z(&f.accesses), expected);
    decoder_close(&d);
    folding_close(&f);
    ash_buf_free(&log);
}

/* --- hostile times and states ------------------------------------------ */

/* As far apart as times can be written: nothing may overflow. */
static void times_at_both_ends_of_the_calendar(void **state)
{
    (void)state;
    static const char log[] =
        "2261-12-31T23:59:59Z fs01 smbd_audit: kato|10.0.0.5|pc|data|pread|ok|/s/a\n"
        "1970-01-01T00:00:00Z fs01 smbd_audit: kato|10.0.0.5|pc|data|pread|ok|/s/a\n"
        "1970-01-01T00:00:00Z fs01 smbd_audit: kato|10.0.0.5|pc|data|fdopendir|ok|/s\n"
        "2261-12-31T23:59:59Z fs01 smbd_audit: kato|10.0.0.5|pc|data|pread|ok|/s/a\n";
    folding f;
    decoder d;
    folding_open(&f);
    decode_bytes(&d, ASH_VIEW_LIT(log), "%u|%I|%m|%S");
    folding_batch(&f, &d.batch);
    folding_flush(&f);
    assert_int_equal(count(ash_buf_z(&f.accesses), "read /s/a\n"), 3);
    decoder_close(&d);
    folding_close(&f);
}

static void make_state(folding *f, ash_buf *out)
{
    decoder d;
    rng r = {5};
    ash_buf log;
    ash_buf_init(&log, 1u << 20);
    random_log(&r, 60, &log);
    folding_open(f);
    decode_bytes(&d, ash_buf_view(&log), "%u|%I|%m|%S");
    folding_batch(f, &d.batch);
    ash_buf_init(out, 1u << 20);
    ash_fold_save(f->fold, out);
    decoder_close(&d);
    ash_buf_free(&log);
}

static int load(const folding *f, ash_view state)
{
    static const ash_fold_sink no_sink = {0};
    ash_error err = {0};
    ash_fold *fold;
    ASSERT_OK(ash_fold_new(&fold, f->actors, &no_sink, TEST_SEED, &err));
    ash_cursor c = ash_cursor_of(state);
    int rc = ash_fold_load(fold, &c, &err);
    ash_fold_free(fold);
    return rc;
}

static void a_state_cut_short_is_refused(void **state)
{
    (void)state;
    folding f;
    ash_buf saved;
    make_state(&f, &saved);
    assert_int_equal(load(&f, ash_buf_view(&saved)), 0);
    for (size_t n = 0; n < saved.n; n += n < 64 ? 1 + 15 * SLOW : 13 + 100 * SLOW)
        assert_int_equal(load(&f, ash_view_of(saved.p, n)), ASH_E_FORMAT);
    ash_buf_free(&saved);
    folding_close(&f);
}

/* Ids the case does not have must not be taken from a state. */
static void a_state_with_impossible_ids_is_refused(void **state)
{
    (void)state;
    static const uint32_t ids[] = {1000, ASH_ORIGINS_MAX + 1, 0x7fffffff, 0x80000000, 0xfffffffe};
    folding f;
    ash_buf saved;
    make_state(&f, &saved);
    /* magic, next session, now, next sweep; then the shares, then actor ids. */
    size_t at = 4 + 4 + 8 + 8;
    ash_cursor c = ash_cursor_of(ash_view_skip(ash_buf_view(&saved), at));
    at += 4 + 4 * (size_t)ash_get_u32(&c);
    for (size_t i = 0; i < COUNT(ids); i++) {
        char kept[4];
        memcpy(kept, saved.p + at, 4);
        memcpy(saved.p + at, &ids[i], 4);
        assert_int_equal(load(&f, ash_buf_view(&saved)), ASH_E_FORMAT);
        memcpy(saved.p + at, kept, 4);
    }
    ash_buf_free(&saved);
    folding_close(&f);
}

static void any_flipped_bit_is_survived(void **state)
{
    (void)state;
    folding f;
    ash_buf saved;
    rng r = {11};
    make_state(&f, &saved);
    for (unsigned i = 0; i < (SLOW ? 50 : 300); i++) {
        size_t bit = rng_below(&r, (uint32_t)saved.n * 8);
        saved.p[bit / 8] ^= (char)(1u << bit % 8);
        int rc = load(&f, ash_buf_view(&saved));
        assert_true(rc == 0 || rc == ASH_E_FORMAT);
        saved.p[bit / 8] ^= (char)(1u << bit % 8);
    }
    ash_buf_free(&saved);
    folding_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saving_and_loading_changes_nothing),
        cmocka_unit_test(where_a_batch_ends_changes_nothing),
        cmocka_unit_test(nothing_is_closed_early_while_there_is_room),
        cmocka_unit_test(a_full_table_keeps_every_read),
        cmocka_unit_test(full_path_memory_keeps_every_read),
        cmocka_unit_test(split_accesses_stay_read),
        cmocka_unit_test(a_huge_listing_is_counted_whole),
        cmocka_unit_test(times_at_both_ends_of_the_calendar),
        cmocka_unit_test(a_state_cut_short_is_refused),
        cmocka_unit_test(a_state_with_impossible_ids_is_refused),
        cmocka_unit_test(any_flipped_bit_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
