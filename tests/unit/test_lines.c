/* Walking over lines: what is passed over is counted, offsets stay right. */
#include "base/limits.h"
#include "source/lines.h"
#include "unit.h"

typedef struct seen {
    unsigned n;
    char text[512];
    uint64_t offsets[32];
    uint32_t lengths[32];
} seen;

static seen walk(ash_view v, bool eof, ash_batch *out, ash_lines *ret_left)
{
    seen s = {0};
    ash_lines l = {.rest = v, .offset = 1000, .eof = eof};
    ash_line line;
    memset(out, 0, sizeof *out);
    while (ash_lines_next(&l, &line, out)) {
        assert_true(s.n < 32);
        snprintf(s.text + strlen(s.text), sizeof s.text - strlen(s.text), "[%.*s]",
                 (int)line.text.n, line.text.p);
        s.offsets[s.n] = line.offset;
        s.lengths[s.n++] = line.length;
    }
    if (ret_left != NULL)
        *ret_left = l;
    return s;
}

static void lines_and_offsets(void **state)
{
    (void)state;
    ash_batch b;
    seen s = walk(ASH_VIEW_LIT("one\ntwo\r\n\nfour\n"), true, &b, NULL);
    assert_string_equal(s.text, "[one][two][four]");
    assert_int_equal(b.lines, 4);
    assert_int_equal(s.offsets[0], 1000);
    assert_int_equal(s.offsets[1], 1004);
    assert_int_equal(s.offsets[2], 1010);
    assert_int_equal(s.lengths[1], 5);
    assert_int_equal(b.longest, 5);
    assert_int_equal(b.longest_count, 2);
}

static void last_line_without_newline_needs_eof(void **state)
{
    (void)state;
    ash_batch b;
    ash_lines left;
    seen s = walk(ASH_VIEW_LIT("one\ntwo"), false, &b, &left);
    assert_string_equal(s.text, "[one]");
    EXPECT_VIEW(left.rest, "two");
    assert_int_equal(left.offset, 1004);
    s = walk(ASH_VIEW_LIT("one\ntwo"), true, &b, &left);
    assert_string_equal(s.text, "[one][two]");
    assert_int_equal(left.rest.n, 0);
    assert_int_equal(s.lengths[1], 3);
}

static void only_the_last_carriage_return_goes(void **state)
{
    (void)state;
    ash_batch b;
    assert_string_equal(walk(ASH_VIEW_LIT("a\r\r\n\r\nb\rc\n"), true, &b, NULL).text,
                        "[a\r][b\rc]");
}

static void runs_of_nul_are_passed_over_and_counted(void **state)
{
    (void)state;
    ash_batch b;
    static const char text[] = "one\n\0\0\0\0two\n\0\0\0\nfour\n";
    seen s = walk(ASH_VIEW_LIT(text), true, &b, NULL);
    assert_string_equal(s.text, "[one][two][four]");
    assert_int_equal(s.offsets[1], 1008); /* of the record, not of the NULs */
    assert_int_equal(s.lengths[1], 4);
    assert_int_equal(b.counts[ASH_REASON_ONLY_NULS], 2);
    assert_int_equal(b.counts[ASH_REASON_NUL_INSIDE], 0);
    assert_int_equal(b.lines, 4);
}

static void nul_inside_is_noted(void **state)
{
    (void)state;
    ash_batch b;
    static const char behind_nuls[] = "\0\0a\0b\n", plain[] = "a\0b\n";
    walk(ASH_VIEW_LIT(behind_nuls), true, &b, NULL);
    assert_int_equal(b.counts[ASH_REASON_NUL_INSIDE], 1);
    walk(ASH_VIEW_LIT(plain), true, &b, NULL);
    assert_int_equal(b.counts[ASH_REASON_NUL_INSIDE], 1);
}

static void expect_long(size_t n, bool taken)
{
    ash_batch b;
    char *p = malloc(n + 6);
    assert_non_null(p);
    memset(p, 'x', n);
    memcpy(p + n, "\nnext\n", 6);
    ash_lines l = {.rest = ash_view_of(p, n + 6), .eof = true};
    ash_line line;
    memset(&b, 0, sizeof b);
    assert_true(ash_lines_next(&l, &line, &b));
    if (taken) {
        assert_int_equal(line.text.n, n);
        assert_true(ash_lines_next(&l, &line, &b));
    }
    EXPECT_VIEW(line.text, "next");
    assert_int_equal(line.offset, n + 1);
    assert_int_equal(b.counts[ASH_REASON_TOO_LONG], !taken);
    assert_int_equal(b.records, !taken); /* a skipped record is a record */
    if (!taken) {
        assert_int_equal(b.notes[0].offset, 0);
        assert_non_null(strstr(b.notes[0].detail, "bytes"));
    }
    free(p);
}

static void too_long_lines_are_skipped_and_counted(void **state)
{
    (void)state;
    expect_long(ASH_RECORD_MAX - 1, true);
    expect_long(ASH_RECORD_MAX, true);
    expect_long(ASH_RECORD_MAX + 1, false);
    expect_long(4 * ASH_RECORD_MAX, false);
}

static void notes_name_the_line(void **state)
{
    (void)state;
    ash_batch b;
    ash_lines l = {.rest = ASH_VIEW_LIT("one\ntwo\n"), .eof = true};
    ash_line line;
    memset(&b, 0, sizeof b);
    for (uint32_t i = 0; ash_lines_next(&l, &line, &b); i++) {
        ash_batch_note(&b, ASH_REASON_CUT, line.offset, "");
        assert_int_equal(b.notes[i].line, i + 1);
    }
}

static void cut_is_behind_the_last_newline(void **state)
{
    (void)state;
    assert_int_equal(ash_lines_cut((ash_view){0}), 0);
    assert_int_equal(ash_lines_cut(ASH_VIEW_LIT("abc")), 0);
    assert_int_equal(ash_lines_cut(ASH_VIEW_LIT("abc\n")), 4);
    assert_int_equal(ash_lines_cut(ASH_VIEW_LIT("abc\nde")), 4);
    assert_int_equal(ash_lines_cut(ASH_VIEW_LIT("\n")), 1);
}

/* Of many notes only the first are kept, but all are counted, and no loss is
 * forgotten. */
static void notes_are_bounded_counts_are_not(void **state)
{
    (void)state;
    ash_batch b = {0};
    for (uint64_t i = 0; i < 1000; i++)
        ash_batch_note(&b, ASH_REASON_NO_OPERATION, i, "x");
    assert_int_equal(b.counts[ASH_REASON_NO_OPERATION], 1000);
    assert_int_equal(b.n_notes, ASH_BATCH_NOTES - 1);
    for (uint64_t i = 0; i < 10; i++)
        ash_batch_loss(&b, ASH_REASON_RATE_LIMIT, 5000 + i, 7, (int64_t)i * 100, 0, "lost");
    assert_int_equal(b.counts[ASH_REASON_RATE_LIMIT], 10);
    assert_int_equal(b.n_notes, ASH_BATCH_NOTES);
    assert_int_equal(b.notes[ASH_BATCH_NOTES - 1].count, 70);
    assert_int_equal(b.notes[ASH_BATCH_NOTES - 1].time, 0);
    assert_int_equal(b.notes[ASH_BATCH_NOTES - 1].time_end, 900);
    ash_batch_note(&b, ASH_REASON_FOREIGN, 0, "");
    ash_batch_reset(&b);
    assert_int_equal(b.n_notes, 0);
    assert_int_equal(b.counts[ASH_REASON_RATE_LIMIT], 0);
}

static void foreign_lines_are_counted_without_a_note(void **state)
{
    (void)state;
    ash_batch b = {0};
    ash_batch_note(&b, ASH_REASON_FOREIGN, 0, "");
    assert_int_equal(b.counts[ASH_REASON_FOREIGN], 1);
    assert_int_equal(b.n_notes, 0);
}

static void every_reason_has_a_name_and_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < ASH_REASON_COUNT; i++) {
        assert_true(strlen(ash_reason_name((ash_reason)i)) > 0);
        assert_true(strlen(ash_reason_text((ash_reason)i)) > 0);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(ash_reason_name((ash_reason)i),
                                    ash_reason_name((ash_reason)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_offsets),
        cmocka_unit_test(last_line_without_newline_needs_eof),
        cmocka_unit_test(only_the_last_carriage_return_goes),
        cmocka_unit_test(runs_of_nul_are_passed_over_and_counted),
        cmocka_unit_test(nul_inside_is_noted),
        cmocka_unit_test(too_long_lines_are_skipped_and_counted),
        cmocka_unit_test(notes_name_the_line),
        cmocka_unit_test(cut_is_behind_the_last_newline),
        cmocka_unit_test(notes_are_bounded_counts_are_not),
        cmocka_unit_test(foreign_lines_are_counted_without_a_note),
        cmocka_unit_test(every_reason_has_a_name_and_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
