/* How an input is read decides nothing: the number of decoder threads, where
 * blocks end and interruptions all leave the same accesses. */
#include <unistd.h>

#include "base/limits.h"
#include "folding.h"
#include "ingest/pipeline.h"
#include "logs.h"

/* Everything a fold told, as text. */
static char *told(folding *f)
{
    ash_buf all;
    ash_buf_init(&all, 512u << 20);
    folding_flush(f);
    ash_buf_addf(&all, "%s--\n%s%u %llu %u\n", ash_buf_z(&f->accesses), ash_buf_z(&f->grown),
                 f->n_sessions, (unsigned long long)f->session_records, f->n_logons);
    assert_false(all.failed);
    return all.p;
}

static void random_log(rng *r, size_t bytes, ash_buf *log)
{
    ash_buf script;
    ash_buf_init(&script, 64u << 20);
    while (log->n < bytes) {
        ash_buf_clear(&script);
        random_script(r, 5000, &script);
        script_log(ash_buf_z(&script), log);
    }
    ash_buf_free(&script);
}

/* --- threads ----------------------------------------------------------- */

static char *through_pipeline(const char *path, const ash_profile *p, unsigned decoders)
{
    folding f;
    ash_error err = {0};
    ash_stream *stream;
    ash_pipeline *pipeline;
    ash_block *b;
    uint64_t at = 0, records = 0, events = 0;
    int rc;
    folding_open(&f);
    f.times = true;
    ASSERT_OK(ash_stream_open(&stream, path, 0, &err));
    const ash_pipeline_options po = {.decoders = decoders};
    ASSERT_OK(ash_pipeline_start(&pipeline, stream, p, &po, &err));
    while ((rc = ash_pipeline_next(pipeline, &b, &err)) == 1) {
        assert_int_equal(b->offset, at);
        at += b->length;
        records += b->batch.records;
        events += b->batch.n;
        folding_batch(&f, &b->batch);
        ash_pipeline_release(pipeline, b);
    }
    ASSERT_OK(rc);
    assert_int_equal(records, events);
    ash_fold_forget_decoders(f.fold);
    ash_pipeline_finish(pipeline);
    ash_stream_close(stream);
    char *text = told(&f);
    folding_close(&f);
    return text;
}

static void the_number_of_threads_decides_nothing(void **state)
{
    rng r = {*(uint64_t *)*state};
    char *dir = temp_dir_make();
    const char *path = temp_path(dir, "a.log");
    decoder d;
    ash_buf log;
    ash_buf_init(&log, 64u << 20);
    random_log(&r, (SLOW ? 2u : 6u) << 20, &log);
    write_file(path, log.p, log.n);
    decoder_open(&d, "samba", ash_view_first(ash_buf_view(&log), ASH_PROBE_SIZE), NULL);
    char *alone = through_pipeline(path, &d.profile, 0);
    static const unsigned decoders[] = {1, 2, 3, ASH_DECODERS_MAX};
    for (size_t i = 0; i < COUNT(decoders); i++) {
        char *many = through_pipeline(path, &d.profile, decoders[i]);
        assert_string_equal(many, alone);
        free(many);
    }
    free(alone);
    decoder_close(&d);
    ash_buf_free(&log);
    temp_dir_remove(dir);
}

/* --- blocks and interruptions ------------------------------------------ */

/* Decodes in blocks of about `block` bytes (random up to it), folds each; now
 * and then saves the fold and goes on with what is loaded. */
static char *in_blocks(ash_view log, size_t block, rng *r, bool interrupt)
{
    folding f;
    decoder d;
    folding_open(&f);
    f.times = true;
    decoder_open(&d, "samba", log, NULL);
    for (size_t at = 0; at < log.n;) {
        size_t want = 1 + rng_below(r, (uint32_t)block), n = 0;
        for (; n == 0 && want < log.n - at; want += block)
            n = d.profile.source->cut(&d.profile, ash_view_of(log.p + at, want));
        n = n == 0 ? log.n - at : n;
        assert_int_equal(decoder_feed(&d, ash_view_of(log.p + at, n), at, true), n);
        folding_batch(&f, &d.batch);
        if (interrupt && rng_below(r, 4) == 0)
            folding_reload(&f);
        at += n;
    }
    char *text = told(&f);
    decoder_close(&d);
    folding_close(&f);
    return text;
}

static void expect_same_in_blocks(rng *r, ash_view log)
{
    static const size_t blocks[] = {300, 4000, 60000};
    char *whole = in_blocks(log, log.n, r, false);
    for (size_t i = SLOW; i < COUNT(blocks); i++)
        for (int interrupt = 0; interrupt < 2; interrupt++) {
            char *parts = in_blocks(log, blocks[i], r, interrupt);
            assert_string_equal(parts, whole);
            free(parts);
        }
    free(whole);
}

static void where_blocks_end_decides_nothing(void **state)
{
    rng r = {*(uint64_t *)*state};
    for (int round = 0; round < (SLOW ? 1 : 4); round++) {
        ash_buf log;
        ash_buf_init(&log, 64u << 20);
        random_log(&r, 100000, &log);
        expect_same_in_blocks(&r, ash_buf_view(&log));
        ash_buf_free(&log);
    }
}

static void nor_in_real_logs(void **state)
{
    static const char *const files[] = {
        "lean/audit.log",        "syslog-no/log.smbd",  "hostile-names-smbd-log/log.smbd",
        "two-prefixes/audit.log", "rfc3164/audit.log",  "ransom/audit.log",
        "truncated/audit.log",   "impacket/audit.log",
    };
    rng r = {*(uint64_t *)*state};
    for (size_t i = 0; i < COUNT(files); i++) {
        size_t n;
        char path[512];
        snprintf(path, sizeof path, ASH_SOURCE_DIR "/tests/captures/%s", files[i]);
        char *text = read_file(path, &n);
        expect_same_in_blocks(&r, ash_view_of(text, n));
        free(text);
    }
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_number_of_threads_decides_nothing, &seed),
        cmocka_unit_test_prestate(where_blocks_end_decides_nothing, &seed),
        cmocka_unit_test_prestate(nor_in_real_logs, &seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
