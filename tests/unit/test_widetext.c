/* UTF-16 inputs: the same UTF-8 however they are cut, compressed or not. */
#include "base/buf.h"
#include "input/stream.h"
#include "input/widetext.h"
#include "unit.h"

typedef struct bytes {
    ash_view left;
    size_t step; /* at most so many at once */
    bool fails;  /* at the end, instead of ending */
} bytes;

static int64_t pull(void *user, void *buf, uint64_t n, ash_error *err)
{
    bytes *b = user;
    size_t k = b->left.n < b->step ? b->left.n : b->step;
    k = k < n ? k : (size_t)n;
    if (k == 0 && b->fails)
        return ash_fail(err, ASH_E_FORMAT, "test", "damaged");
    if (k > 0)
        memcpy(buf, b->left.p, k);
    b->left = ash_view_skip(b->left, k);
    return (int64_t)k;
}

/* Everything that comes out; returns what ended it. */
static int64_t drain(bytes *b, size_t piece, ash_buf *out)
{
    ash_error err = {0};
    ash_widetext *w = ash_widetext_new(pull, b);
    char buf[64];
    int64_t n;
    assert_non_null(w);
    ash_buf_clear(out);
    while ((n = ash_widetext_read(w, buf, piece, &err)) > 0)
        ash_buf_add(out, buf, (size_t)n);
    ash_widetext_free(w);
    return n;
}

static void wide(const char *ascii, bool big, ash_buf *out)
{
    for (const char *p = ascii; *p != '\0'; p++) {
        ash_buf_add_c(out, big ? '\0' : *p);
        ash_buf_add_c(out, big ? *p : '\0');
    }
}

#define MIXED "<a>\xe6\x97\xa5\xf0\x9f\x98\x80" "b</a>"

/* MIXED, between them what stands outside of the basic plane. */
static void mixed(bool big, bool mark, ash_buf *out)
{
    static const unsigned char little[] = {0xe5, 0x65, 0x3d, 0xd8, 0x00, 0xde};
    static const unsigned char other[] = {0x65, 0xe5, 0xd8, 0x3d, 0xde, 0x00};
    if (mark)
        ash_buf_add(out, big ? "\xfe\xff" : "\xff\xfe", 2);
    wide("<a>", big, out);
    ash_buf_add(out, big ? other : little, sizeof little);
    wide("b</a>", big, out);
}

static void every_cut_gives_the_same(void **state)
{
    (void)state;
    ash_buf in, out;
    ash_buf_init(&in, 1024);
    ash_buf_init(&out, 1024);
    for (unsigned kind = 0; kind < 3; kind++) {
        ash_buf_clear(&in);
        mixed(kind == 1, kind < 2, &in);
        assert_true(ash_widetext_looks(in.p, in.n));
        for (size_t step = 1; step <= in.n; step++)
            for (size_t piece = 1; piece < 9; piece++) {
                bytes b = {.left = ash_buf_view(&in), .step = step};
                assert_int_equal(drain(&b, piece, &out), 0);
                assert_string_equal(ash_buf_z(&out), MIXED);
            }
    }
    ash_buf_free(&in);
    ash_buf_free(&out);
}

static void what_is_broken_is_not_lost(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t n;
        const char *out;
    } cases[] = {
        {"\xff\xfe" "a\0\0\xd8", 6, "a\xed\xa0\x80"},         /* half a pair at the end */
        {"\xff\xfe\0\xd8" "a\0", 6, "\xed\xa0\x80" "a"},      /* and inside */
        {"\xff\xfe\0\xdc\0\xd8", 6, "\xed\xb0\x80\xed\xa0\x80"},
        {"\xff\xfe" "a\0b", 5, "a\xef\xbf\xbd"},              /* half a unit */
        {"\xff\xfe\0\xd8\0", 5, "\xed\xa0\x80\xef\xbf\xbd"},
        {"\xff\xfe", 2, ""},
        {"\xff\xfe\xff\xfe" "a\0", 6, "\xef\xbb\xbf" "a"},    /* only the first is a mark */
    };
    ash_buf out;
    ash_buf_init(&out, 1024);
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t step = 1; step < 4; step++) {
            bytes b = {.left = ash_view_of(cases[i].in, cases[i].n), .step = step};
            assert_int_equal(drain(&b, 5, &out), 0);
            assert_string_equal(ash_buf_z(&out), cases[i].out);
        }
    ash_buf_free(&out);
}

static void damage_comes_after_what_was_before_it(void **state)
{
    (void)state;
    ash_buf out;
    ash_buf_init(&out, 1024);
    bytes b = {.left = ash_view_of("\xff\xfe" "a\0b\0", 6), .step = 3, .fails = true};
    assert_int_equal(drain(&b, 1, &out), ASH_E_FORMAT);
    assert_string_equal(ash_buf_z(&out), "ab");
    ash_buf_free(&out);
}

static void other_text_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "<", "<a>", "{\"a\":1}", "ElfFile", "\xef\xbb\xbf<a>"};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_false(ash_widetext_looks(texts[i], strlen(texts[i])));
    assert_false(ash_widetext_looks("\0\0\0\0", 4));
    assert_false(ash_widetext_looks("<\0\0\0", 4)); /* UTF-32 is not read */
    assert_false(ash_widetext_looks("<\0a", 3));
}

/* --- as part of a stream ----------------------------------------------- */

static void expect_stream(const char *path, uint64_t from, const ash_buf *want)
{
    ash_error err = {0};
    ash_stream *s;
    ash_buf got;
    char buf[1000], ahead[777];
    int64_t n;
    ash_buf_init(&got, 16u << 20);
    ASSERT_OK(ash_stream_open(&s, path, from, &err));
    assert_true(ash_stream_ahead(s, ahead, sizeof ahead, &err) >= 0);
    while ((n = ash_stream_read(s, buf, sizeof buf, &err)) > 0)
        ash_buf_add(&got, buf, (size_t)n);
    assert_int_equal(n, 0);
    assert_int_equal(got.n, want->n - from);
    assert_memory_equal(got.p, want->p + from, got.n);
    assert_false(ash_stream_open_tail(s));
    ash_stream_close(s);
    ash_buf_free(&got);
}

static void inputs_of_any_kind(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    const char *path = temp_path(dir, "a.xml"), *xz = temp_path(dir, "a.xml.xz");
    const char *gz = temp_path(dir, "a.xml.gz");
    uint8_t first[ASH_SHA256_SIZE], second[ASH_SHA256_SIZE];
    ash_buf in, want;
    ash_buf_init(&in, 16u << 20);
    ash_buf_init(&want, 16u << 20);
    mixed(false, true, &in);
    ash_buf_add_z(&want, MIXED);
    for (unsigned i = 0; i < 20000; i++) {
        mixed(false, false, &in);
        ash_buf_add_z(&want, MIXED);
    }
    write_file(path, in.p, in.n);
    shell("xz -k %s && gzip -k %s", path, path);
    for (uint64_t from = 0; from < 100000; from = from * 3 + 1) {
        expect_stream(path, from, &want);
        expect_stream(xz, from, &want);
        expect_stream(gz, from, &want);
    }
    /* The hash is that of the file, not of what was made of it. */
    assert_true(ash_stream_hash_file(path, first));
    ash_sha256 *h;
    ash_error err = {0};
    ASSERT_OK(ash_sha256_new(&h, &err));
    ash_sha256_update(h, in.p, in.n);
    ash_sha256_digest(h, second);
    ash_sha256_free(h);
    assert_memory_equal(first, second, sizeof first);
    ash_buf_free(&in);
    ash_buf_free(&want);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_gives_the_same),
        cmocka_unit_test(what_is_broken_is_not_lost),
        cmocka_unit_test(damage_comes_after_what_was_before_it),
        cmocka_unit_test(other_text_is_left_alone),
        cmocka_unit_test(inputs_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
