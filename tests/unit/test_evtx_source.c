/* The source evtx: what it takes for a log, and what it says about a bad one. */
#include "decode.h"
#include "evtx_build.h"
#include "source/evtx_chunk.h"

static int probe(ash_view sample, bool *ret_open)
{
    ash_error err = {0};
    const ash_source *s = ash_source_by_name("evtx");
    const ash_source_options options = {.seed = TEST_SEED};
    ash_profile p = {.source = s};
    int score = s->probe(&sample, 1, &options, &p, &err);
    *ret_open = p.remarks[0] != '\0';
    if (score > 0)
        assert_string_equal(p.format, "Windows event log (.evtx)");
    ash_profile_free(&p);
    return score;
}

static void file_of_two_chunks(evtx_build *b, bool dirty)
{
    evtx_init(b);
    evtx_file_header(b, dirty);
    for (uint64_t c = 0; c < 2; c++) {
        evtx_chunk_begin(b);
        for (uint64_t i = 1; i <= 3; i++)
            evtx_add_share_access(b, 10 * c + i);
        evtx_chunk_end(b);
    }
}

static void what_is_recognised(void **state)
{
    (void)state;
    evtx_build b;
    bool open;
    file_of_two_chunks(&b, false);
    ash_view all = ash_buf_view(&b.out);
    assert_int_equal(probe(all, &open), 100);
    assert_false(open);
    assert_int_equal(probe(ash_view_first(all, 100), &open), 100);
    assert_int_equal(probe(ash_view_skip(all, ASH_EVTX_FILE_HEADER), &open), 95);
    assert_false(open);
    b.out.p[120] = 1; /* dirty */
    assert_int_equal(probe(all, &open), 100);
    assert_true(open);
    b.out.p[0] = 'x';
    assert_int_equal(probe(all, &open), 60);
    b.out.p[ASH_EVTX_FILE_HEADER] = 'x';
    assert_true(probe(all, &open) > 0); /* by its records */
    assert_int_equal(probe((ash_view){0}, &open), 0);
    assert_int_equal(probe(ASH_VIEW_LIT("kato|10.0.0.5|ws|data|openat|ok|r|/a\n"), &open), 0);
    memset(b.out.p, 0, b.out.n);
    assert_int_equal(probe(all, &open), 0);
    evtx_free(&b);
}

static void events_of_a_log(void **state)
{
    (void)state;
    evtx_build b;
    decoder d;
    file_of_two_chunks(&b, false);
    ash_view all = ash_buf_view(&b.out);
    decoder_open(&d, "evtx", all, NULL);
    assert_int_equal(decoder_feed(&d, all, 1000, true), all.n);
    assert_int_equal(d.batch.n, 6);
    assert_int_equal(d.batch.records, 6);
    assert_int_equal(d.batch.n_notes, 0);
    const ash_event *e = &d.batch.events[4];
    EXPECT_VIEW(e->path, "Finance\\plan 12.xlsx");
    EXPECT_VIEW(origin_of(&d, 4)->client, "10.0.0.5");
    assert_int_equal(e->windows->record, 12);
    /* Where the event says, there is the record. */
    assert_memory_equal(all.p + e->offset - 1000, "**\0\0", 4);
    assert_string_equal(d.profile.source->native_name(e->native), "5145");
    decoder_close(&d);
    evtx_free(&b);
}

/* Blocks end where chunks do; what is not whole yet is left. */
static void blocks(void **state)
{
    (void)state;
    evtx_build b;
    decoder d;
    file_of_two_chunks(&b, false);
    ash_view all = ash_buf_view(&b.out);
    decoder_open(&d, "evtx", all, NULL);
    const ash_source *s = d.profile.source;
    const size_t first = ASH_EVTX_FILE_HEADER, second = first + ASH_EVTX_CHUNK_SIZE;
    assert_int_equal(s->cut(&d.profile, ash_view_first(all, first - 1)), 0);
    assert_int_equal(s->cut(&d.profile, ash_view_first(all, second)), first);
    assert_int_equal(s->cut(&d.profile, ash_view_first(all, second + 7)), first);
    assert_int_equal(s->cut(&d.profile, ash_view_first(all, second + 8)), second);
    assert_int_equal(s->cut(&d.profile, all), second);
    assert_int_equal(decoder_feed(&d, all, 0, false), second);
    assert_int_equal(d.batch.n, 3);
    assert_int_equal(decoder_feed(&d, ash_view_skip(all, second), second, true), ASH_EVTX_CHUNK_SIZE);
    assert_int_equal(d.batch.n, 3);
    decoder_close(&d);
    evtx_free(&b);
}

static void expect_note(const decoder *d, size_t i, ash_reason reason, uint64_t offset,
                        const char *detail)
{
    assert_true(i < d->batch.n_notes);
    const ash_note *n = &d->batch.notes[i];
    assert_string_equal(ash_reason_name(n->reason), ash_reason_name(reason));
    assert_int_equal(n->offset, offset);
    assert_string_equal(n->detail, detail);
}

/* Every kind of damage in one input, each with its place. */
static void what_is_said_of_damage(void **state)
{
    (void)state;
    evtx_build b;
    decoder d;
    evtx_init(&b);
    evtx_file_header(&b, true);
    evtx_put(&b, 30, 1, 1);
    evtx_chunk_begin(&b);
    evtx_add_share_access(&b, 1);
    evtx_chunk_end(&b);
    evtx_put(&b, b.chunk + 44, 1, 1);
    evtx_chunk_begin(&b);
    const size_t second = b.chunk;
    evtx_add_share_access(&b, 2);
    evtx_add_share_access(&b, 3);
    const size_t third_record = b.record;
    evtx_add_share_access(&b, 4);
    const size_t fourth_record = b.record;
    evtx_chunk_end(&b);
    evtx_put(&b, third_record + 24 + 4 + 2, 0x1234, 4); /* another template's id */
    evtx_put(&b, fourth_record, 0, 4);
    for (unsigned i = 0; i < ASH_EVTX_CHUNK_SIZE; i++)
        evtx_uint(&b, 0, 1);
    const size_t garbage = b.out.n;
    evtx_raw(&b, "no chunk", 8);
    evtx_chunk_begin(&b);
    evtx_add_share_access(&b, 5);
    evtx_add_share_access(&b, 6);
    evtx_chunk_end(&b);
    const size_t last = b.record;
    b.out.n = last + 77;

    ash_view all = ash_buf_view(&b.out);
    decoder_open(&d, "evtx", all, NULL);
    assert_int_equal(decoder_feed(&d, all, 0, true), all.n);
    assert_int_equal(d.batch.n, 3);
    assert_int_equal(d.batch.records, 7);
    expect_note(&d, 0, ASH_REASON_CHECKSUM, 0, "checksum of the file's header");
    expect_note(&d, 1, ASH_REASON_CHECKSUM, ASH_EVTX_FILE_HEADER, "header of a chunk");
    expect_note(&d, 2, ASH_REASON_CHECKSUM, second, "records of a chunk");
    expect_note(&d, 3, ASH_REASON_BAD_RECORD, third_record,
                "number 3: another template is where its template should be");
    assert_int_equal(d.batch.notes[4].reason, ASH_REASON_BAD_RECORD);
    assert_int_equal(d.batch.notes[4].offset, fourth_record);
    assert_non_null(strstr(d.batch.notes[4].detail, " bytes"));
    expect_note(&d, 5, ASH_REASON_BAD_CHUNK, garbage, "");
    expect_note(&d, 6, ASH_REASON_CUT_OFF, last, "77 bytes");
    assert_int_equal(d.batch.n_notes, 7);
    assert_int_equal(d.batch.counts[ASH_REASON_EMPTY_CHUNK], 1);
    decoder_close(&d);
    evtx_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_recognised),
        cmocka_unit_test(events_of_a_log),
        cmocka_unit_test(blocks),
        cmocka_unit_test(what_is_said_of_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
