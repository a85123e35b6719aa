/* Escaping, UTF-8, times: what every output rests on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "base/time.h"
#include "store/segment.h"

static void expect_escape(const char *in, size_t n, const char *out)
{
    char buf[256];
    assert_string_equal(ash_text_escape(buf, sizeof buf, ash_view_of(in, n)), out);
}

static void escape_is_inert(void **state)
{
    (void)state;
    expect_escape("plain", 5, "plain");
    expect_escape("\x1b[31mred", 8, "\\x1b[31mred");
    expect_escape("a\nb\tc", 5, "a\\x0ab\\x09c");
    expect_escape("\xe3\x81\x82", 3, "\xe3\x81\x82");
    expect_escape("\xe3\x81", 2, "\\xe3\\x81");                  /* cut character */
    expect_escape("\x83\x65", 2, "\\x83" "e");                   /* Shift_JIS */
    expect_escape("\xe2\x80\xae" "fdp", 6, "\\u{202e}fdp");      /* right-to-left override */
    expect_escape("\xc2\x9b" "31m", 5, "\\u{9b}31m");            /* C1 control sequence introducer */
    expect_escape("\xc0\xaf", 2, "\\xc0\\xaf");                  /* overlong '/' */
    expect_escape("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");         /* surrogate */
    expect_escape("a\0b", 3, "a\\x00b");
}

static void escape_cuts_at_a_character(void **state)
{
    (void)state;
    char buf[12];
    for (size_t n = 0; n < 30; n++) {
        char in[90];
        for (size_t i = 0; i < n; i++)
            memcpy(in + 3 * i, "\xe3\x81\x82", 3);
        ash_text_escape(buf, sizeof buf, ash_view_of(in, 3 * n));
        assert_true(strlen(buf) < sizeof buf);
        size_t whole = strlen(buf);
        if (whole > 3 && strcmp(buf + whole - 3, "...") == 0)
            whole -= 3;
        assert_true(ash_utf8_valid(ash_view_of(buf, whole)));
    }
}

static void cut_utf8_is_noticed(void **state)
{
    (void)state;
    assert_true(ash_utf8_cut(ASH_VIEW_LIT("abc\xe3")));
    assert_true(ash_utf8_cut(ASH_VIEW_LIT("abc\xe3\x81")));
    assert_false(ash_utf8_cut(ASH_VIEW_LIT("abc\xe3\x81\x82")));
    assert_false(ash_utf8_cut(ASH_VIEW_LIT("abc")));
    assert_true(ash_utf8_cut(ASH_VIEW_LIT("\xf0\x9f\x98")));
    assert_false(ash_utf8_cut(ASH_VIEW_LIT("\xf0\x9f\x98\x80")));
    assert_false(ash_utf8_cut((ash_view){0}));
}

static void civil_days_round_trip(void **state)
{
    (void)state;
    for (int64_t day = -200000; day < 200000; day += 17) {
        int y;
        unsigned m, d;
        ash_civil_from_days(day, &y, &m, &d);
        assert_int_equal(ash_days_from_civil(y, m, d), day);
    }
    assert_int_equal(ash_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(ash_days_from_civil(2000, 3, 1) - ash_days_from_civil(2000, 2, 28), 2);
}

static void expect_iso(const char *text, size_t used, const char *utc, int32_t offset)
{
    int64_t t = 0;
    int32_t off = 0;
    char buf[ASH_TIME_TEXT];
    ash_zone z = ash_zone_fixed(0);
    assert_int_equal(ash_time_parse_iso(ash_view_z(text), &t, &off), used);
    if (used == 0)
        return;
    assert_string_equal(ash_time_text(buf, t, &z, 6), utc);
    assert_int_equal(off, offset);
}

static void iso_times(void **state)
{
    (void)state;
    expect_iso("2026-11-23T10:36:23.662552+09:00 x", 32, "2026-11-23T01:36:23.662552+00:00", 32400);
    expect_iso("2026-11-23T10:36:23+0900", 24, "2026-11-23T01:36:23.000000+00:00", 32400);
    expect_iso("2026-11-23T10:36:23Z", 20, "2026-11-23T10:36:23.000000+00:00", 0);
    expect_iso("2026-11-23 10:36:23", 19, "2026-11-23T10:36:23.000000+00:00", INT32_MIN);
    expect_iso("2026-02-30T10:36:23Z", 20, "2026-03-02T10:36:23.000000+00:00", 0);
    expect_iso("2026-13-23T10:36:23Z", 0, "", 0);
    expect_iso("2026-11-23T25:36:23Z", 0, "", 0);
    expect_iso("9999-11-23T10:36:23Z", 0, "", 0); /* beyond int64 nanoseconds */
    expect_iso("2262-01-01T00:00:00Z", 0, "", 0);
    expect_iso("1969-12-31T23:59:59Z", 0, "", 0);
    expect_iso("2261-12-31T23:59:59Z", 20, "2261-12-31T23:59:59.000000+00:00", 0);
    expect_iso("1970-01-01T00:00:00+14:00", 25, "1969-12-31T10:00:00.000000+00:00", 50400);
    expect_iso("2026-11-23T10:36", 0, "", 0);
}

static void zones(void **state)
{
    (void)state;
    ash_zone z;
    ash_error err;
    assert_int_equal(ash_zone_parse("+09:00", &z, &err), 0);
    assert_int_equal(ash_zone_offset(&z, 0), 32400);
    assert_int_equal(ash_zone_parse("-0530", &z, &err), 0);
    assert_int_equal(ash_zone_offset(&z, 0), -19800);
    assert_int_equal(ash_zone_parse("Asia/Tokyo", &z, &err), 0);
    assert_int_equal(ash_zone_offset(&z, 1795000000), 32400);
    assert_int_equal(ash_zone_parse("Europe/Berlin", &z, &err), 0);
    assert_int_equal(ash_zone_offset(&z, 1782000000), 7200); /* June 2026 */
    assert_int_equal(ash_zone_offset(&z, 1795000000), 3600); /* November 2026 */
    assert_int_equal(ash_zone_parse("../../etc/passwd", &z, &err), ASH_E_USAGE);
    assert_int_equal(ash_zone_parse("Nowhere/Atall", &z, &err), ASH_E_USAGE);
}

static void lasting_never_exceeds(void **state)
{
    (void)state;
    uint32_t before = 0;
    for (int64_t cs = 0; cs < 5000000; cs = cs < 20000 ? cs + 1 : cs + 977) {
        uint32_t code = ash_lasting_encode(cs);
        int64_t back = ash_lasting_cs(code);
        assert_true(back <= cs);
        assert_true(cs - back < (cs < 100 ? 1 : cs < 10000 ? 10 : 100));
        assert_true(code >= before);
        before = code;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escape_is_inert),       cmocka_unit_test(escape_cuts_at_a_character),
        cmocka_unit_test(cut_utf8_is_noticed),   cmocka_unit_test(civil_days_round_trip),
        cmocka_unit_test(iso_times),             cmocka_unit_test(zones),
        cmocka_unit_test(lasting_never_exceeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
