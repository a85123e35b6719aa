/* JSON read in place: what it takes, what not, and where it stops. */
#include "base/arena.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "unit.h"

static ash_json_tree tree;
static ash_arena arena;

static ash_json_status read_text(ash_view v, size_t *ret_n)
{
    const char *why, *why_alone;
    size_t n_alone;
    ash_json_status s = ash_json_read(&tree, v, ret_n, &why);
    /* Looking for the end only comes to the same. */
    assert_int_equal(ash_json_read(NULL, v, &n_alone, &why_alone), s);
    assert_int_equal(n_alone, *ret_n);
    assert_string_equal(why_alone, why);
    assert_int_equal(s == ASH_JSON_BAD, why[0] != '\0');
    return s;
}

static const ash_json_node *at(const char *name)
{
    return ash_json_get(&tree, tree.nodes, ash_view_z(name));
}

static void expect_text(const char *name, const char *text, size_t n)
{
    ash_view got = ash_json_text_of(at(name), &arena);
    assert_int_equal(got.n, n);
    assert_memory_equal(got.p, text, n);
}

static void every_kind_of_value(void **state)
{
    (void)state;
    static const char text[] = " {\"s\": \"a b\", \"n\":-1.5e+3 ,\"t\":true,\"f\":false,\"z\":null,"
                               "\"a\":[1,[],{}],\"o\":{\"x\":{\"y\":0}}} tail";
    size_t n;
    assert_int_equal(read_text(ash_view_z(text), &n), ASH_JSON_OK);
    assert_int_equal(n, sizeof text - 1 - strlen(" tail"));
    static const struct {
        const char *name;
        ash_json_kind kind;
        const char *text;
    } want[] = {
        {"s", ASH_JSON_STRING, "a b"}, {"n", ASH_JSON_NUMBER, "-1.5e+3"}, {"t", ASH_JSON_TRUE, "true"},
        {"f", ASH_JSON_FALSE, "false"}, {"z", ASH_JSON_NULL, ""}, {"a", ASH_JSON_ARRAY, ""},
        {"o", ASH_JSON_OBJECT, ""},
    };
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(at(want[i].name)->kind, want[i].kind);
        expect_text(want[i].name, want[i].text, strlen(want[i].text));
    }
    assert_null(at("x")); /* of "o", not of the whole */
    const ash_json_node *o = ash_json_get(&tree, at("o"), ASH_VIEW_LIT("x"));
    EXPECT_VIEW(ash_json_text_of(ash_json_get(&tree, o, ASH_VIEW_LIT("y")), &arena), "0");
    const ash_json_node *a = at("a"), *first = ash_json_first(&tree, a);
    const ash_json_node *second = ash_json_next(&tree, a, first);
    const ash_json_node *third = ash_json_next(&tree, a, second);
    assert_int_equal(first->kind, ASH_JSON_NUMBER);
    assert_int_equal(second->kind, ASH_JSON_ARRAY);
    assert_int_equal(third->kind, ASH_JSON_OBJECT);
    assert_null(ash_json_first(&tree, second));
    assert_null(ash_json_first(&tree, third));
    assert_null(ash_json_next(&tree, a, third));
    assert_null(ash_json_get(&tree, a, ASH_VIEW_LIT("x")));
    assert_null(ash_json_get(&tree, NULL, ASH_VIEW_LIT("x")));
}

static void escapes_are_resolved(void **state)
{
    (void)state;
    size_t n;
    static const char text[] =
        "{\"plain\":\"C:\\\\x\\/\\\"q\\\"\\b\\f\\n\\r\\t\","
        "\"unicode\":\"\\u65e5\\u672c \\u00e9\\u0041\","
        "\"pair\":\"\\ud83d\\ude00!\",\"nul\":\"a\\u0000b\",\"k\\u0065y\":\"found\"}";
    assert_int_equal(read_text(ash_view_z(text), &n), ASH_JSON_OK);
    expect_text("plain", "C:\\x/\"q\"\b\f\n\r\t", 13);
    expect_text("unicode", "日本 éA", strlen("日本 éA"));
    expect_text("pair", "\xf0\x9f\x98\x80!", 5);
    expect_text("nul", "a\0b", 3);
    expect_text("key", "found", 5);
    const ash_json_node *last = tree.nodes + tree.n - 1;
    EXPECT_VIEW(ash_json_key_of(last, &arena), "key");
}

/* Half a pair is no text, but names with it exist, and have to stay apart. */
static void half_a_pair_keeps_its_value(void **state)
{
    (void)state;
    size_t n;
    assert_int_equal(read_text(ASH_VIEW_LIT("{\"a\":\"\\ud800\",\"b\":\"\\ud801\",\"c\":\"\\udc00\\ud800x\"}"),
                               &n),
                     ASH_JSON_OK);
    expect_text("a", "\xed\xa0\x80", 3);
    expect_text("b", "\xed\xa0\x81", 3);
    expect_text("c", "\xed\xb0\x80\xed\xa0\x80x", 7);
}

/* A run of pairs longer than what is converted at once. */
static void long_runs_of_pairs(void **state)
{
    (void)state;
    char text[4096], want[4096];
    for (unsigned shift = 0; shift < 2; shift++) {
        size_t k = 0, m = 0, n;
        k += (size_t)snprintf(text, sizeof text, "{\"a\":\"%s", shift ? "\\u0041" : "");
        m += (size_t)snprintf(want, sizeof want, "%s", shift ? "A" : "");
        for (unsigned i = 0; i < 100; i++, m += 4) {
            k += (size_t)snprintf(text + k, sizeof text - k, "\\ud83d\\ude00");
            memcpy(want + m, "\xf0\x9f\x98\x80", 4);
        }
        k += (size_t)snprintf(text + k, sizeof text - k, "\"}");
        assert_int_equal(read_text(ash_view_of(text, k), &n), ASH_JSON_OK);
        expect_text("a", want, m);
    }
}

static void of_equal_names_the_last_counts(void **state)
{
    (void)state;
    size_t n;
    assert_int_equal(read_text(ASH_VIEW_LIT("{\"a\":1,\"a\":{\"a\":2},\"a\":3}"), &n), ASH_JSON_OK);
    expect_text("a", "3", 1);
}

/* Bytes that a writer should have escaped, and an intruder chose. */
static void strings_hold_any_bytes_but_a_newline(void **state)
{
    (void)state;
    size_t n;
    static const char text[] = "{\"a\":\"\x01\t\0\xff\xed\xa0\x80\x7f\"}";
    assert_int_equal(read_text(ash_view_of(text, sizeof text - 1), &n), ASH_JSON_OK);
    expect_text("a", "\x01\t\0\xff\xed\xa0\x80\x7f", 8);
    static const char *const torn[] = {"{\"a\":\"x\n\"}", "{\"a\":\"\\\\x\n\"}", "{\"a\n\":1}"};
    for (size_t i = 0; i < COUNT(torn); i++) {
        assert_int_equal(read_text(ash_view_z(torn[i]), &n), ASH_JSON_BAD);
        assert_int_equal(torn[i][n], '\n');
    }
}

static void bad_text_is_refused_where_it_is_bad(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {
        {"{a:1}", 1},        {"{\"a\" 1}", 5},     {"{\"a\":1,}", 7},    {"{,}", 1},
        {"[1,]", 3},         {"[1 2]", 3},         {"{\"a\":1]", 6},     {"[1}", 2},
        {"{\"a\":tru}", 5},  {"{\"a\":nul1}", 5},  {"{\"a\":01}", 5},    {"{\"a\":1.}", 5},
        {"{\"a\":-}", 5},    {"{\"a\":1e}", 5},    {"{\"a\":+1}", 5},    {"{\"a\":.5}", 5},
        {"{\"a\":\"\\x\"}", 6}, {"{\"a\":\"\\u12g4\"}", 6}, {"{\"a\":}", 5}, {"{\"a\"}", 4},
        {"}", 0},            {"x", 0},             {"{\"a\":'b'}", 5},   {"{1:2}", 1},
        {"{\"a\":1{", 6},    {"{\"a\":1\n{\"b\":2}", 7},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        size_t n;
        if (read_text(ash_view_z(bad[i].text), &n) != ASH_JSON_BAD || n != bad[i].at)
            fail_msg("%s: stopped at %zu, expected %zu", bad[i].text, n, bad[i].at);
    }
}

/* Every beginning of a good text is incomplete: never good, never bad, and not a
 * byte behind it is looked at (sanitizers see to that). */
static void every_beginning_is_incomplete(void **state)
{
    (void)state;
    static const char text[] = "{\"k\\u0041\":[true,false,null,-12.5e-7,\"s\\\\\\u00e9\\\"\",{\"a\":{}},[[]]]}";
    for (size_t k = 0; k < sizeof text - 1; k++) {
        size_t n;
        char *copy = malloc(k == 0 ? 1 : k);
        assert_non_null(copy);
        memcpy(copy, text, k);
        assert_int_equal(read_text(ash_view_of(copy, k), &n), ASH_JSON_INCOMPLETE);
        assert_int_equal(n, k);
        free(copy);
    }
}

static void depth_and_number_of_values_have_limits(void **state)
{
    (void)state;
    size_t n, size = 10u << 20;
    char *text = malloc(size);
    assert_non_null(text);
    for (unsigned object = 0; object < 2; object++) {
        const char *open = object ? "{\"a\":" : "[", *close = object ? "}" : "]";
        for (unsigned depth = ASH_JSON_READ_DEPTH; depth <= ASH_JSON_READ_DEPTH + 1; depth++) {
            char *p = text;
            for (unsigned i = 0; i < depth; i++)
                p = stpcpy(p, open);
            p = stpcpy(p, "1");
            for (unsigned i = 0; i < depth; i++)
                p = stpcpy(p, close);
            assert_int_equal(read_text(ash_view_z(text), &n),
                             depth > ASH_JSON_READ_DEPTH ? ASH_JSON_BAD : ASH_JSON_OK);
        }
    }
    memset(text, '[', size);
    assert_int_equal(read_text(ash_view_of(text, size), &n), ASH_JSON_BAD);
    for (uint32_t values = ASH_JSON_NODES_MAX - 1; values <= ASH_JSON_NODES_MAX; values++) {
        size_t k = 0;
        text[k++] = '[';
        for (uint32_t i = 0; i < values; i++) {
            text[k++] = '1';
            text[k++] = i + 1 < values ? ',' : ']';
        }
        assert_int_equal(read_text(ash_view_of(text, k), &n),
                         values < ASH_JSON_NODES_MAX ? ASH_JSON_OK : ASH_JSON_BAD);
    }
    free(text);
}

static int set_up(void **state)
{
    (void)state;
    ash_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ash_arena_free(&arena);
    ash_json_tree_free(&tree);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value),
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(half_a_pair_keeps_its_value),
        cmocka_unit_test(long_runs_of_pairs),
        cmocka_unit_test(of_equal_names_the_last_counts),
        cmocka_unit_test(strings_hold_any_bytes_but_a_newline),
        cmocka_unit_test(bad_text_is_refused_where_it_is_bad),
        cmocka_unit_test(every_beginning_is_incomplete),
        cmocka_unit_test(depth_and_number_of_values_have_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
