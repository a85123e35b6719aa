/* Values and names of binary XML as text: all types, and all that is unsafe. */
#include "unit.h"

#include "base/digits.h"
#include "source/evtx_text.h"

static ash_buf out;

static ash_view utf16(const char *ascii)
{
    static char units[256];
    size_t n = strlen(ascii);
    for (size_t i = 0; i < n; i++) {
        units[2 * i] = ascii[i];
        units[2 * i + 1] = 0;
    }
    return ash_view_of(units, 2 * n);
}

/* The last argument: bytes, which may hold NULs. */
#define TEXT(style, utf16) \
    (ash_buf_clear(&out), ash_evtx_put_utf16(&out, (utf16), (style)), ash_buf_z(&out))
#define UNITS(literal) ash_view_of((literal), sizeof(literal) - 1)
#define VALUE(type, literal) value_text(type, literal, sizeof(literal) - 1, ASH_EVTX_XML_TEXT)
#define JSON(type, literal) json_text(type, literal, sizeof(literal) - 1)

static const char *value_text(unsigned type, const char *p, size_t n, ash_evtx_style style)
{
    ash_buf_clear(&out);
    ash_evtx_put_value(&out, (ash_evtx_value){(uint8_t)type, {p, n}}, style);
    return ash_buf_z(&out);
}

static const char *json_text(unsigned type, const char *p, size_t n)
{
    ash_buf_clear(&out);
    ash_evtx_put_json(&out, (ash_evtx_value){(uint8_t)type, {p, n}});
    return ash_buf_z(&out);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_INT8, "\x80"), "-128");
    assert_string_equal(VALUE(ASH_EVTX_UINT8, "\x80"), "128");
    assert_string_equal(VALUE(ASH_EVTX_INT16, "\xff\xff"), "-1");
    assert_string_equal(VALUE(ASH_EVTX_UINT16, "\xff\xff"), "65535");
    assert_string_equal(VALUE(ASH_EVTX_INT32, "\0\0\0\x80"), "-2147483648");
    assert_string_equal(VALUE(ASH_EVTX_UINT32, "\0\0\0\x80"), "2147483648");
    assert_string_equal(VALUE(ASH_EVTX_INT64, "\0\0\0\0\0\0\0\x80"), "-9223372036854775808");
    assert_string_equal(VALUE(ASH_EVTX_UINT64, "\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
    assert_string_equal(VALUE(ASH_EVTX_HEX32, "\x9f\x01\x12\0"), "0x12019f");
    assert_string_equal(VALUE(ASH_EVTX_HEX64, "\0\0\0\0\0\0\x20\x80"), "0x8020000000000000");
    assert_string_equal(VALUE(ASH_EVTX_HEX64, "\0\0\0\0\0\0\0\0"), "0x0");
    assert_string_equal(VALUE(ASH_EVTX_SIZE, "\x04\0\0\0"), "0x4");
    assert_string_equal(VALUE(ASH_EVTX_SIZE, "\x04\0\0\0\0\0\0\0"), "0x4");
    assert_string_equal(VALUE(ASH_EVTX_BOOL, "\0\0\0\0"), "false");
    assert_string_equal(VALUE(ASH_EVTX_BOOL, "\x01\0\0\0"), "true");
    assert_string_equal(VALUE(ASH_EVTX_BOOL, "\x02\0\0\0"), "true");
}

static void test_reals(void **state)
{
    (void)state;
    float f = 0.1f;
    double d = 0.1;
    assert_string_equal(value_text(ASH_EVTX_REAL32, (char *)&f, 4, ASH_EVTX_XML_TEXT), "0.1");
    assert_string_equal(value_text(ASH_EVTX_REAL64, (char *)&d, 8, ASH_EVTX_XML_TEXT), "0.1");
    d = 1.0 / 3;
    assert_string_equal(json_text(ASH_EVTX_REAL64, (char *)&d, 8), "0.3333333333333333");
    assert_string_equal(JSON(ASH_EVTX_REAL64, "\0\0\0\0\0\0\xf0\x7f"), "\"Infinity\"");
    assert_string_equal(JSON(ASH_EVTX_REAL64, "\0\0\0\0\0\0\xf0\xff"), "\"-Infinity\"");
    assert_string_equal(JSON(ASH_EVTX_REAL32, "\0\0\xc0\x7f"), "\"NaN\"");
}

static void test_times(void **state)
{
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_FILETIME, "\0\0\0\0\0\0\0\0"), "1601-01-01T00:00:00.0000000Z");
    assert_string_equal(VALUE(ASH_EVTX_FILETIME, "\x90\x9e\x8b\xa8\x20\xc6\xd4\x01"), "2019-02-16T17:54:26.9562512Z");
    assert_string_equal(VALUE(ASH_EVTX_FILETIME, "\xff\xff\xff\xff\xff\xff\xff\xff"), "60056-05-28T05:36:10.9551615Z");
    assert_string_equal(VALUE(ASH_EVTX_SYSTEMTIME, "\xe1\x07\x05\0\x05\0\x13\0\x02\0\x02\0\x24\0\xcb\0"),
                        "2017-05-19T02:02:36.203Z");
    /* No such date: its bytes. */
    assert_string_equal(VALUE(ASH_EVTX_SYSTEMTIME, "\xe1\x07\x0d\0\x05\0\x13\0\x02\0\x02\0\x24\0\xcb\0"),
                        "E1070D0005001300020002002400CB00");
}

static void test_identities(void **state)
{
    static const char guid[] = "\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d";
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_GUID, guid), "{54849625-5478-4994-a5ba-3e3b0328c30d}");
    assert_string_equal(JSON(ASH_EVTX_GUID, guid), "\"54849625-5478-4994-A5BA-3E3B0328C30D\"");
    assert_string_equal(VALUE(ASH_EVTX_SID, "\x01\x01\0\0\0\0\0\x05\x12\0\0\0"), "S-1-5-18");
    assert_string_equal(VALUE(ASH_EVTX_SID, "\x01\0\xff\xff\xff\xff\xff\xff"), "S-1-281474976710655");
    assert_string_equal(VALUE(ASH_EVTX_SID, "\x01\x02\0\0\0\0\0\x05\x12\0\0\0"), "010200000000000512000000");
    assert_string_equal(VALUE(ASH_EVTX_SID, ""), "");
}

static void test_other_lengths(void **state)
{
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_UINT32, "\x01\x02"), "513");
    assert_string_equal(VALUE(ASH_EVTX_INT32, "\xfe\xff"), "-2");
    assert_string_equal(VALUE(ASH_EVTX_UINT32, "\x01\x02\x03"), "010203");
    assert_string_equal(JSON(ASH_EVTX_UINT32, "\x01\x02\x03"), "\"010203\"");
    assert_string_equal(VALUE(ASH_EVTX_GUID, "\x01"), "01");
    assert_string_equal(VALUE(ASH_EVTX_FILETIME, "\x01\x02\x03\x04"), "01020304");
    assert_string_equal(VALUE(0x20, "\xab\xcd"), "ABCD"); /* a type that is not known */
    assert_string_equal(VALUE(ASH_EVTX_BINARY, "\xde\xad\xbe\xef"), "DEADBEEF");
    assert_string_equal(VALUE(ASH_EVTX_NULL, "\x01"), "");
    assert_string_equal(JSON(ASH_EVTX_NULL, ""), "null");
    assert_string_equal(JSON(ASH_EVTX_STRING, "\0\0"), "null");
    assert_string_equal(JSON(ASH_EVTX_STRING, "a\0\0\0"), "\"a\"");
}

static void test_arrays(void **state)
{
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_UINT16 | ASH_EVTX_ARRAY, "\x01\0\x02\0\x03\0"), "1,2,3");
    assert_string_equal(VALUE(ASH_EVTX_STRING | ASH_EVTX_ARRAY, "a\0\0\0\0\0b\0\0\0"), "a,,b");
    assert_string_equal(JSON(ASH_EVTX_UINT16 | ASH_EVTX_ARRAY, "\x01\0\x02\0"), "\"1,2\"");
    assert_string_equal(VALUE(ASH_EVTX_UINT32 | ASH_EVTX_ARRAY, "\x01\0\0\0\x02"), "1,2");
}

static void test_ansi(void **state)
{
    (void)state;
    assert_string_equal(VALUE(ASH_EVTX_ANSI, "a\x80\xe9\x81\0"), "a\u20ac\u00e9&#x81;");
    assert_string_equal(JSON(ASH_EVTX_ANSI, "\"\x1b\xff"), "\"\\\"\\u001B\u00ff\"");
}

static void test_escapes(void **state)
{
    (void)state;
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, utf16("a<b>&'\"\t\n\r")), "a&lt;b&gt;&amp;'\"\t\n&#xd;");
    assert_string_equal(TEXT(ASH_EVTX_XML_ATTRIBUTE, utf16("a<b>&'\"\t\n")), "a&lt;b&gt;&amp;&apos;\"&#x9;&#xa;");
    assert_string_equal(TEXT(ASH_EVTX_JSON_STRING, utf16("<\"\\/\b\f\n\r\t\v\x1b>")),
                        "<\\\"\\\\/\\b\\f\\n\\r\\t\\u000B\\u001B>");
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, utf16("\x1b[2J_x001B_")), "_x001B_[2J_x005F_x001B_");
    assert_string_equal(TEXT(ASH_EVTX_JSON_STRING, utf16("_x001B__xD800__x005F_")), "_x001B__x005F_xD800__x005F_x005F_");
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, utf16("_x12_x1234 _xghij_")), "_x12_x1234 _xghij_");
    /* Direction marks, halves of pairs, a pair, a pair of an unsafe character, NUL. */
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, UNITS("\x2e\x20\x00\xd8x\0\x00\xdc")), "&#x202e;_xD800_x_xDC00_");
    assert_string_equal(TEXT(ASH_EVTX_JSON_STRING, UNITS("\x2e\x20\x00\xd8x\0\x00\xdc")), "\\u202E_xD800_x_xDC00_");
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, UNITS("\x42\xd8\xb7\xdf\x40\xdb\x41\xdc")), "\U00020bb7&#xe0041;");
    assert_string_equal(TEXT(ASH_EVTX_JSON_STRING, UNITS("\x42\xd8\xb7\xdf\x40\xdb\x41\xdc")), "\U00020bb7\\uDB40\\uDC41");
    assert_string_equal(TEXT(ASH_EVTX_JSON_STRING, UNITS("\0\0\x7f\0\xff\xff")), "\\u0000\\u007F\\uFFFF");
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, UNITS("\0\0\x7f\0\xff\xff")), "_x0000_&#x7f;_xFFFF_");
    assert_string_equal(TEXT(ASH_EVTX_XML_TEXT, UNITS("a\0b")), "a"); /* half a unit */
}

/* The fast way takes eight units at once: the same as one character after the other.
 * Without "_", which looks at what follows. */
static void test_any_text(void **state)
{
    (void)state;
    rng r = {7};
    for (int round = 0; round < 9000; round++) {
        char units[96];
        size_t n = rng_below(&r, 48), i = 0;
        ash_evtx_style style = (ash_evtx_style)(round % 3);
        ash_buf single;
        for (; i < n; i++) {
            unsigned u = rng_below(&r, 6) == 0 ? rng_below(&r, 0x10000) : 0x20 + rng_below(&r, 0x60);
            u = u == '_' ? 'x' : u;
            units[2 * i] = (char)u;
            units[2 * i + 1] = (char)(u >> 8);
        }
        ash_buf_init(&single, 4096);
        for (i = 0; i < n;) {
            bool high = ((unsigned char)units[2 * i + 1] & 0xfc) == 0xd8;
            size_t k = high && i + 1 < n && ((unsigned char)units[2 * i + 3] & 0xfc) == 0xdc ? 2 : 1;
            ash_evtx_put_utf16(&single, ash_view_of(units + 2 * i, 2 * k), style);
            i += k;
        }
        assert_string_equal(TEXT(style, ash_view_of(units, 2 * n)), ash_buf_z(&single));
        ash_buf_free(&single);
    }
}

static const char *name(ash_view v, bool colon)
{
    ash_buf_clear(&out);
    ash_evtx_put_name(&out, v, colon);
    return ash_buf_z(&out);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(name(utf16("EventID"), false), "EventID");
    assert_string_equal(name(utf16("a-b.c_d9"), false), "a-b.c_d9");
    assert_string_equal(name(utf16("9a"), false), "_x0039_a");
    assert_string_equal(name(utf16("a b>"), false), "a_x0020_b_x003E_");
    assert_string_equal(name(utf16("a:b"), false), "a_x003A_b");
    assert_string_equal(name(utf16("a:b:c"), true), "a:b_x003A_c");
    assert_string_equal(name(utf16(":a"), true), "_x003A_a");
    assert_string_equal(name(utf16("a:"), true), "a_x003A_");
    assert_string_equal(name(utf16("a:9"), true), "a:_x0039_");
    assert_string_equal(name(utf16("_x0041_"), false), "_x005F_x0041_");
    assert_string_equal(name(UNITS("\xba\x4e"), false), "_x4EBA_");
    assert_string_equal(name((ash_view){0}, false), "_x0000_");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_reals),
        cmocka_unit_test(test_times),         cmocka_unit_test(test_identities),
        cmocka_unit_test(test_other_lengths), cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_ansi),          cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_any_text),      cmocka_unit_test(test_names),
    };
    ash_buf_init(&out, 1 << 16);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    ash_buf_free(&out);
    return rc;
}
