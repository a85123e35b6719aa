/* The outer layers of .evtx: where spans, chunks and records begin and end. */
#include "evtx_build.h"
#include "source/evtx_chunk.h"

static void chunk_of(evtx_build *b, uint64_t first, unsigned n)
{
    evtx_chunk_begin(b);
    for (unsigned i = 0; i < n; i++)
        evtx_add_share_access(b, first + i);
    evtx_chunk_end(b);
}

/* "H C65536 Z512 O3": kinds and lengths (of H none) of the spans of v. */
static void spans_text(ash_view v, char *out, size_t size)
{
    static const char kinds[] = {'H', 'C', 'Z', 'O'};
    ash_evtx_spans s = {.rest = v, .offset = 7, .eof = true};
    ash_evtx_span span;
    size_t n = 0, at = 7;
    out[0] = '\0';
    while (ash_evtx_spans_next(&s, &span)) {
        assert_int_equal(span.offset, at);
        at += span.bytes.n;
        n += (size_t)snprintf(out + n, size - n, "%s%c%zu", n > 0 ? " " : "", kinds[span.kind],
                              span.bytes.n);
    }
    assert_int_equal(at, 7 + v.n);
}

static void expect_spans(const evtx_build *b, const char *expected)
{
    char got[512];
    spans_text(ash_buf_view(&b->out), got, sizeof got);
    assert_string_equal(got, expected);
}

static void a_file(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_file_header(&b, false);
    chunk_of(&b, 1, 3);
    chunk_of(&b, 4, 3);
    expect_spans(&b, "H4096 C65536 C65536");
    evtx_free(&b);
}

static void joined_files_and_room(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_file_header(&b, false);
    chunk_of(&b, 1, 3);
    for (int i = 0; i < 70000; i++)
        evtx_uint(&b, 0, 1);
    evtx_file_header(&b, true);
    chunk_of(&b, 1, 3);
    for (int i = 0; i < 70000; i++)
        evtx_uint(&b, 0, 1);
    expect_spans(&b, "H4096 C65536 Z65536 Z4464 H4096 C65536 Z65536 Z4464");
    evtx_free(&b);
}

static void carved_and_garbage(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_raw(&b, "what is this", 12);
    chunk_of(&b, 1, 3);
    evtx_raw(&b, "and this", 8);
    chunk_of(&b, 4, 3);
    b.out.n -= 60000;
    expect_spans(&b, "O12 C65536 O8 C5536");
    evtx_free(&b);
}

/* Bytes are missing from the first chunk, its magic or the file's header is
 * destroyed: the next chunk is found all the same. */
static void the_chunk_behind_damage_is_found(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_file_header(&b, false);
    chunk_of(&b, 1, 30);
    chunk_of(&b, 31, 3);
    size_t at = ASH_EVTX_FILE_HEADER + 2000;
    memmove(b.out.p + at, b.out.p + at + 512, b.out.n - at - 512);
    b.out.n -= 512;
    expect_spans(&b, "H4096 C65024 C65536");
    b.out.p[ASH_EVTX_FILE_HEADER + 3] = 'x';
    expect_spans(&b, "H4096 C65024 C65536"); /* known by its records */
    b.out.p[0] = 'x';
    expect_spans(&b, "C65536 Z3584 C65536"); /* nothing says where the first one begins */
    evtx_free(&b);
}

/* The same spans wherever the input is cut into blocks. */
static void blocks_have_the_same_spans(void **state)
{
    (void)state;
    evtx_build b;
    rng r = {42};
    evtx_init(&b);
    evtx_file_header(&b, false);
    chunk_of(&b, 1, 3);
    chunk_of(&b, 4, 3);
    b.out.n -= 10000;
    evtx_file_header(&b, false);
    chunk_of(&b, 7, 3);
    for (int i = 0; i < 150000; i++)
        evtx_uint(&b, i > 140000, 1);
    chunk_of(&b, 10, 3);
    evtx_raw(&b, "ElfChn", 6);
    ash_view all = ash_buf_view(&b.out);
    ash_evtx_spans whole = {.rest = all, .eof = true};
    ash_evtx_span a, c;
    for (int round = 0; round < 50; round++) {
        whole = (ash_evtx_spans){.rest = all, .eof = true};
        for (size_t at = 0; at < all.n;) {
            size_t want = ASH_EVTX_CHUNK_SIZE + 8 + rng_below(&r, 200000);
            bool last = want >= all.n - at;
            ash_evtx_spans part = {.rest = ash_view_first(ash_view_skip(all, at), want), .offset = at,
                                   .eof = last};
            while (ash_evtx_spans_next(&part, &a)) {
                assert_true(ash_evtx_spans_next(&whole, &c));
                assert_int_equal(a.kind, c.kind);
                assert_int_equal(a.offset, c.offset);
                assert_int_equal(a.bytes.n, c.bytes.n);
            }
            assert_true(part.offset > at);
            at = part.offset;
        }
        assert_false(ash_evtx_spans_next(&whole, &c));
    }
    evtx_free(&b);
}

static void headers(void **state)
{
    (void)state;
    evtx_build b;
    bool dirty;
    evtx_init(&b);
    evtx_file_header(&b, true);
    assert_null(ash_evtx_header_check(ash_buf_view(&b.out), &dirty));
    assert_true(dirty);
    evtx_put(&b, 120, 0, 1); /* flags are not covered by the checksum */
    assert_null(ash_evtx_header_check(ash_buf_view(&b.out), &dirty));
    assert_false(dirty);
    evtx_put(&b, 24, 77, 1);
    assert_non_null(ash_evtx_header_check(ash_buf_view(&b.out), &dirty));
    evtx_put(&b, 24, 0, 1);
    assert_non_null(ash_evtx_header_check(ash_view_first(ash_buf_view(&b.out), 4095), &dirty));
    evtx_free(&b);
}

/* --- records ------------------------------------------------------------- */

/* "1 2 !16 3": ids, and lengths of damage (!) and of what is cut off (?). */
static void expect_records(const evtx_build *b, bool live, unsigned doubt, const char *expected)
{
    char got[512] = "";
    size_t n = 0;
    ash_evtx_span span = {ASH_EVTX_SPAN_CHUNK, ash_buf_view(&b->out), 0};
    ash_evtx_chunk c;
    ash_evtx_record r;
    ash_evtx_found found;
    ash_evtx_chunk_open(&c, &span, live);
    assert_int_equal(c.doubt, doubt);
    while ((found = ash_evtx_chunk_next(&c, &r)) != ASH_EVTX_FOUND_END) {
        assert_true(r.at + r.length <= span.bytes.n);
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s%llu", n > 0 ? " " : "",
                              found == ASH_EVTX_FOUND_RECORD   ? ""
                              : found == ASH_EVTX_FOUND_DAMAGE ? "!"
                                                               : "?",
                              found == ASH_EVTX_FOUND_RECORD ? (unsigned long long)r.id : r.length);
    }
    assert_string_equal(got, expected);
}

/* A chunk with empty records of 32 bytes. */
static void small_records(evtx_build *b, uint64_t first, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        evtx_record_begin(b, first + i, EVTX_DAY0);
        evtx_record_end(b);
    }
}

static size_t place(unsigned record)
{
    return ASH_EVTX_CHUNK_HEADER + 32 * record;
}

static void records_of_a_chunk(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_chunk_begin(&b);
    small_records(&b, 1, 4);
    evtx_chunk_end(&b);
    expect_records(&b, false, 0, "1 2 3 4");
    b.out.p[place(1)] = 'x'; /* magic */
    expect_records(&b, false, ASH_EVTX_BAD_DATA, "1 !32 3 4");
    evtx_put(&b, place(3) + 4, 0, 4); /* length */
    expect_records(&b, false, ASH_EVTX_BAD_DATA, "1 !32 3 !32");
    evtx_put(&b, place(0) + 4, 100000, 4);
    expect_records(&b, false, ASH_EVTX_BAD_DATA, "!64 3 !32");
    evtx_put(&b, place(2) + 28, 40, 4); /* the repeated length differs */
    expect_records(&b, false, ASH_EVTX_BAD_DATA, "!128");
    evtx_free(&b);
}

static void a_header_with_a_wrong_checksum_is_not_used(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_chunk_begin(&b);
    small_records(&b, 1, 4);
    evtx_chunk_end(&b);
    evtx_put(&b, 48, 600, 4); /* the end of the records */
    expect_records(&b, false, ASH_EVTX_BAD_HEADER, "1 2 3 4");
    b.out.p[place(2)] = 'x';
    expect_records(&b, false, ASH_EVTX_BAD_HEADER, "1 2 !32 4");
    b.out.p[0] = 'x';
    expect_records(&b, false, ASH_EVTX_BAD_HEADER | ASH_EVTX_BAD_MAGIC, "1 2 !32 4");
    evtx_free(&b);
}

/* Records written after the header; records of an earlier use of the chunk. */
static void beyond_the_stated_end(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_chunk_begin(&b);
    small_records(&b, 11, 2);
    evtx_chunk_header(&b);
    small_records(&b, 13, 2);
    small_records(&b, 5, 2);
    small_records(&b, 15, 1);
    expect_records(&b, false, ASH_EVTX_SHORT, "11 12");
    expect_records(&b, true, ASH_EVTX_SHORT, "11 12 13 14");
    b.out.p[place(0) + 24] = 'x'; /* the checksum of a file that is being written */
    expect_records(&b, false, ASH_EVTX_SHORT | ASH_EVTX_BAD_DATA, "11 12 13 14");
    evtx_put(&b, place(3) + 8, 99, 8);
    expect_records(&b, true, ASH_EVTX_SHORT | ASH_EVTX_BAD_DATA, "11 12 13");
    evtx_put(&b, 24, 0, 1); /* nothing is stated now */
    expect_records(&b, true, ASH_EVTX_SHORT | ASH_EVTX_BAD_HEADER, "11 12 13 99 ?96");
    evtx_free(&b);
}

static void a_chunk_that_is_cut_off(void **state)
{
    (void)state;
    evtx_build b;
    evtx_init(&b);
    evtx_chunk_begin(&b);
    small_records(&b, 1, 4);
    evtx_chunk_end(&b);
    b.out.n = place(4); /* no record is lost */
    expect_records(&b, false, ASH_EVTX_SHORT, "1 2 3 4");
    b.out.n = place(3) + 10;
    expect_records(&b, false, ASH_EVTX_SHORT | ASH_EVTX_BAD_DATA, "1 2 3 ?10");
    b.out.n = place(3);
    expect_records(&b, false, ASH_EVTX_SHORT | ASH_EVTX_BAD_DATA, "1 2 3");
    b.out.n = 100;
    expect_records(&b, false, ASH_EVTX_SHORT | ASH_EVTX_BAD_HEADER, "");
    evtx_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file),
        cmocka_unit_test(joined_files_and_room),
        cmocka_unit_test(carved_and_garbage),
        cmocka_unit_test(the_chunk_behind_damage_is_found),
        cmocka_unit_test(blocks_have_the_same_spans),
        cmocka_unit_test(headers),
        cmocka_unit_test(records_of_a_chunk),
        cmocka_unit_test(a_header_with_a_wrong_checksum_is_not_used),
        cmocka_unit_test(beyond_the_stated_end),
        cmocka_unit_test(a_chunk_that_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
