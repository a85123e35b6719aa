/* Text of simple files: encodings, escapes, places, limits. */
#include "unit.h"

#include "extracting.h"

static void expect(const char *file, size_t n, const char *text, ash_kind kind)
{
    extracted e;
    extract_bytes(&e, file, n, NULL);
    assert_string_equal(ash_buf_z(&e.text), text);
    assert_string_equal(ash_kind_name(e.r.kind), ash_kind_name(kind));
    assert_int_equal(e.r.outcome, ASH_READOUT_OK);
    extracted_free(&e);
}

#define EXPECT(file, text, kind) expect(file, sizeof(file) - 1, text, ASH_KIND_##kind)

static void encodings(void **state)
{
    (void)state;
    EXPECT("\xef\xbb\xbf氏名 山田\n", "氏名 山田\n", TEXT);
    EXPECT("\x8e\x81\x96\xbc \x8e\x52\x93\x63 \x82\xb3\x82\xf1\n", "氏名 山田 さん\n", TEXT);
    EXPECT("\xbb\xe1\xcc\xbe \xbb\xb3\xc5\xc4 \xa4\xb5\xa4\xf3\n", "氏名 山田 さん\n", TEXT);
    EXPECT("\x1b$B;aL>\x1b(B yamada\n", "氏名 yamada\n", TEXT);
    EXPECT("\xff\xfe\x0f\x6c\x0d\x54\n\0", "氏名\n", TEXT);
    EXPECT("\xfe\xff\x6c\x0f\x54\x0d\0\n", "氏名\n", TEXT);
    EXPECT("a\0b\0c\0\n\0", "abc\n", TEXT);
    EXPECT("caf\xe9 au lait, gar\xe7on, tr\xe8s fran\xe7" "ais\n", "café au lait, garçon, très français\n", TEXT);
    EXPECT("\xe9,\xe7\n", "é,ç\n", TEXT);
}

/* The first byte above ASCII comes late: what was before it is text already. */
static void encoding_found_late(void **state)
{
    (void)state;
    size_t n = 700000;
    char *file = malloc(n + 16);
    extracted e;
    assert_non_null(file);
    for (size_t i = 0; i < n; i++)
        file[i] = i % 50 == 49 ? '\n' : 'x';
    memcpy(file + n, "\x8e\x52\x93\x63\x82\xb3\x82\xf1\n", 9);
    extract_bytes(&e, file, n + 9, NULL);
    assert_string_equal(e.r.encoding, "cp932");
    assert_string_equal(e.text.p + n, "山田さん\n");
    assert_true(e.longest <= ASH_PIECE_MAX && e.pieces > 10);
    extracted_free(&e);
    free(file);
}

static void escapes(void **state)
{
    (void)state;
    EXPECT("{\"n\": \"\\u5c71\\u7530\\n\\ud83d\\ude00\\\"\"}", "{\"n\": \"山田 😀\"\"}", JSON);
    EXPECT("[\"\\ud83d\", \"\\u00e9\\q\"]", "[\"\", \"éq\"]", JSON);
    EXPECT("{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset128 MS;}{\\f1\\fcharset0 Arial;}}\\f0\\'8e\\'52\\'93\\'63\\par "
           "\\f1 caf\\'e9 \\uc1\\u23665?\\u30000?{\\*\\unknown hidden}{\\pict 00ff}\\cell x\\row}",
           "山田\ncafé 山田\tx\n", RTF);
    EXPECT("<?xml version=\"1.0\"?><r><p id=\"1\"><name>山田</name><tel>03</tel></p></r>",
           "r p id 1 name 山田\ttel 03\t\n\n", XML);
    EXPECT("<html><body><table><tr><td>a</td><td>b</td></tr></table><script>no</script>x<br>y &amp; z</body></html>",
           "a\tb\t\n\nx\ny & z", HTML);
}

static void no_text(void **state)
{
    (void)state;
    static const struct {
        const char *p;
        size_t n;
        ash_kind kind;
        ash_readout outcome;
    } files[] = {
        {"", 0, ASH_KIND_EMPTY, ASH_READOUT_EMPTY},
        {"\x89PNG\r\n\x1a\n....", 12, ASH_KIND_IMAGE, ASH_READOUT_NO_TEXT},
        {"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\0\0\0\0", 12, ASH_KIND_KEEPASS, ASH_READOUT_ENCRYPTED},
        {"!BDN........", 12, ASH_KIND_PST, ASH_READOUT_UNSUPPORTED},
        {"\1\2\3\4\5\6\7\x08\x0e\x0f\x10\x11", 12, ASH_KIND_UNKNOWN, ASH_READOUT_UNSUPPORTED},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, ASH_KIND_OLE, ASH_READOUT_DAMAGED},
        {"SQLite format 3\0\0\0\0\0\0", 21, ASH_KIND_SQLITE, ASH_READOUT_DAMAGED},
        {"%PDF-1.4\n", 9, ASH_KIND_PDF, ASH_READOUT_NO_PROGRAM},
        {"PK\3\4....", 8, ASH_KIND_ZIP, ASH_READOUT_DAMAGED},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        extracted e;
        extract_bytes(&e, files[i].p, files[i].n, NULL);
        assert_string_equal(ash_kind_name(e.r.kind), ash_kind_name(files[i].kind));
        assert_string_equal(ash_readout_name(e.r.outcome), ash_readout_name(files[i].outcome));
        extracted_free(&e);
    }
}

/* Lines are counted over pieces, and a line longer than a piece is one line. */
static void places(void **state)
{
    (void)state;
    size_t n = 300000;
    char *file = malloc(n);
    extracted e;
    assert_non_null(file);
    memset(file, 'x', n);
    file[10] = file[20] = file[200000] = '\n';
    extract_bytes(&e, file, n, NULL);
    assert_int_equal(e.text.n, n);
    assert_string_equal(ash_buf_z(&e.log), "||1:1\n||1:3+\n||1:3+\n||1:3+\n||1:3+\n||1:3\n||1:4+\n||1:4+\n||1:4\n");
    extracted_free(&e);
    free(file);
}

static void limits(void **state)
{
    (void)state;
    char file[100000];
    extracted e;
    memset(file, 'a', sizeof file);
    extract_bytes(&e, file, sizeof file, &(ash_extract_limits){.text_bytes = 50000});
    assert_int_equal(e.r.outcome, ASH_READOUT_TOO_LARGE);
    assert_true(e.r.partly && e.text.n >= 50000 && e.text.n <= 50000 + ASH_PIECE_MAX);
    extracted_free(&e);
    extract_bytes(&e, file, sizeof file, &(ash_extract_limits){.file_bytes = 99999});
    assert_int_equal(e.r.outcome, ASH_READOUT_TOO_LARGE);
    assert_int_equal(e.text.n, 0);
    extracted_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings), cmocka_unit_test(encoding_found_late), cmocka_unit_test(escapes),
        cmocka_unit_test(no_text),   cmocka_unit_test(places),              cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
