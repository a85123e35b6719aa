/* UTF-16LE to UTF-8: what every Windows name goes through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "base/utf16.h"

static void expect(const char *utf16, size_t n, const char *utf8)
{
    char out[ASH_UTF16_ROOM(64)];
    assert_true(n <= 64);
    size_t got = ash_utf16_to_utf8(out, ash_view_of(utf16, n));
    assert_int_equal(got, strlen(utf8));
    assert_memory_equal(out, utf8, got);
}

static void every_width(void **state)
{
    (void)state;
    expect("", 0, "");
    expect("a\0b\0c\0", 6, "abc");
    expect("a\0b\0c\0d\0e\0f\0g\0h\0i\0", 18, "abcdefghi"); /* four at once, and a rest */
    expect("a\0b\0c\0\xe9\0e\0", 10, "abc\xc3\xa9" "e");
    expect("\x42\x30\x44\x30", 4, "\xe3\x81\x82\xe3\x81\x84");
    expect("\x3d\xd8\x00\xde", 4, "\xf0\x9f\x98\x80");
    expect("a\0b", 3, "a"); /* odd */
}

static void broken_halves_stay_apart(void **state)
{
    (void)state;
    expect("\x3d\xd8", 2, "\xed\xa0\xbd");
    expect("\x3d\xd8" "a\0", 4, "\xed\xa0\xbd" "a");
    expect("\x00\xde\x3d\xd8", 4, "\xed\xb8\x80\xed\xa0\xbd");
}

static void all_scalar_values(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        char in[4], want[4], got[ASH_UTF16_ROOM(4)];
        uint32_t a = cp, b = 0;
        if (cp >= 0x10000) {
            a = 0xD800 + ((cp - 0x10000) >> 10);
            b = 0xDC00 + ((cp - 0x10000) & 0x3FF);
        }
        memcpy(in, (char[]){(char)a, (char)(a >> 8), (char)b, (char)(b >> 8)}, 4);
        unsigned n = ash_utf8_encode(cp, want);
        size_t m = ash_utf16_to_utf8(got, ash_view_of(in, cp >= 0x10000 ? 4 : 2));
        assert_int_equal(m, n);
        assert_memory_equal(got, want, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_width),
        cmocka_unit_test(broken_halves_stay_apart),
        cmocka_unit_test(all_scalar_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
