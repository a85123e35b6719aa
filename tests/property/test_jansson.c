/* The JSON reader against jansson, on random texts and damaged ones: what
 * jansson takes it takes and finds the same values in; what only it takes is
 * what its header allows. */
#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "logs.h"

#define TEXTS (SLOW ? 20000u : 200000u)

/* --- random texts ------------------------------------------------------ */

static void add_string(rng *r, ash_buf *b)
{
    static const char *const pieces[] = {"a", "Zz", " ", "\\\\", "\\\"", "\\n", "\\u0041", "\\u65e5",
                                         "\\ud83d\\ude00", "\xc3\xa9", "\xe6\x97\xa5", "\\/", "C:",
                                         "long enough to pass many bytes at once", "\\u00ff", "0x1f"};
    ash_buf_add_c(b, '"');
    for (unsigned n = rng_below(r, 5); n > 0; n--)
        ash_buf_add_z(b, pieces[rng_below(r, COUNT(pieces))]);
    ash_buf_add_c(b, '"');
}

static void add_value(rng *r, ash_buf *b, unsigned depth)
{
    static const char *const numbers[] = {"0", "-1", "12345678901", "1.5", "-0.25e-3", "7E+2", "-0"};
    static const char *const space[] = {"", "", "", " ", "\n", "\t \r"};
    unsigned kind = rng_below(r, depth > 4 ? 5 : 7);
    ash_buf_add_z(b, space[rng_below(r, COUNT(space))]);
    if (kind < 2)
        add_string(r, b);
    else if (kind == 2)
        ash_buf_add_z(b, numbers[rng_below(r, COUNT(numbers))]);
    else if (kind < 5)
        ash_buf_add_z(b, kind == 3 ? "true" : rng_below(r, 2) ? "null" : "false");
    else {
        ash_buf_add_c(b, kind == 5 ? '[' : '{');
        for (unsigned n = rng_below(r, 5), i = 0; i < n; i++) {
            ash_buf_add_z(b, i > 0 ? "," : "");
            if (kind == 6) {
                add_string(r, b);
                ash_buf_add_c(b, ':');
            }
            add_value(r, b, depth + 1);
        }
        ash_buf_add_c(b, kind == 5 ? ']' : '}');
    }
    ash_buf_add_z(b, space[rng_below(r, COUNT(space))]);
}

static void damage(rng *r, ash_buf *b)
{
    static const char bytes[] = "{}[]\",:\\ 01-.eEtfnu\n\x01\xff\xed\xa0\x80";
    for (unsigned n = rng_below(r, 4); n > 0 && b->n > 0; n--) {
        uint32_t at = rng_below(r, (uint32_t)b->n);
        if (rng_below(r, 4) == 0)
            b->n = at;
        else if (rng_below(r, 3) == 0)
            memmove(b->p + at, b->p + at + 1, --b->n - at);
        else
            b->p[at] = bytes[rng_below(r, sizeof bytes - 1)];
    }
}

/* --- the comparison ---------------------------------------------------- */

static ash_arena arena;

static void expect_same(const ash_json_tree *t, const ash_json_node *n, const json_t *want)
{
    static const ash_json_kind kinds[] = {
        [JSON_OBJECT] = ASH_JSON_OBJECT, [JSON_ARRAY] = ASH_JSON_ARRAY,   [JSON_STRING] = ASH_JSON_STRING,
        [JSON_INTEGER] = ASH_JSON_NUMBER, [JSON_REAL] = ASH_JSON_NUMBER,  [JSON_TRUE] = ASH_JSON_TRUE,
        [JSON_FALSE] = ASH_JSON_FALSE,   [JSON_NULL] = ASH_JSON_NULL};
    assert_non_null(n);
    assert_int_equal(n->kind, kinds[json_typeof(want)]);
    ash_view text = ash_json_text_of(n, &arena);
    size_t i = 0, members = 0;
    if (json_is_string(want)) {
        assert_int_equal(text.n, json_string_length(want));
        assert_memory_equal(text.p, json_string_value(want), text.n);
    } else if (json_is_number(want)) {
        char number[64];
        snprintf(number, sizeof number, "%.*s", (int)text.n, text.p);
        assert_true(strtod(number, NULL) == json_number_value(want));
    } else if (json_is_array(want)) {
        const ash_json_node *child = ash_json_first(t, n);
        for (; i < json_array_size(want); i++, child = ash_json_next(t, n, child))
            expect_same(t, child, json_array_get(want, i));
        assert_null(child);
    } else if (json_is_object(want)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)(uintptr_t)want, key, value)
            expect_same(t, ash_json_get(t, n, ash_view_z(key)), value);
        for (const ash_json_node *c = ash_json_first(t, n); c != NULL; c = ash_json_next(t, n, c)) {
            ash_view k = ash_json_key_of(c, &arena);
            assert_non_null(json_object_getn(want, k.p, k.n));
            members++;
        }
        assert_true(members >= json_object_size(want));
    }
}

/* What the reader takes on purpose and jansson does not. */
static bool is_leniency(const json_error_t *e)
{
    enum json_error_code code = json_error_code(e);
    return code == json_error_invalid_utf8 || code == json_error_null_byte_in_key ||
           code == json_error_numeric_overflow || strstr(e->text, "control character") != NULL ||
           strstr(e->text, "invalid Unicode") != NULL || strstr(e->text, "unable to decode byte") != NULL;
}

static bool only_space(ash_view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (memchr(" \t\r\n", v.p[i], 4) == NULL)
            return false;
    return true;
}

static void same_as_jansson(void **state)
{
    rng r = {*(uint64_t *)*state};
    ash_json_tree tree = {0};
    ash_buf b;
    unsigned taken = 0, refused = 0, lenient = 0;
    ash_arena_init(&arena, 0);
    ash_buf_init(&b, 16u << 20);
    for (unsigned i = 0; i < TEXTS; i++) {
        const char *why;
        size_t used;
        json_error_t error = {0};
        ash_buf_clear(&b);
        add_value(&r, &b, 0);
        /* A number at the very end may go on. */
        ash_buf_add_c(&b, '\n');
        if (i % 3 != 0)
            damage(&r, &b);
        assert_false(b.failed);
        json_t *want = json_loadb(b.p, b.n, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
        ash_view text = ash_buf_view(&b);
        ash_json_status s = ash_json_read(&tree, text, &used, &why);
        bool whole = s == ASH_JSON_OK && only_space(ash_view_skip(text, used));
        if (want != NULL && !whole && !(s == ASH_JSON_INCOMPLETE && json_is_number(want)))
            fail_msg("not taken (%s at %zu): %.*s", why, used, (int)b.n, b.p);
        if (want == NULL && whole && !is_leniency(&error))
            fail_msg("taken, but jansson says %s: %.*s", error.text, (int)b.n, b.p);
        if (want != NULL && whole)
            expect_same(&tree, tree.nodes, want);
        taken += want != NULL;
        refused += want == NULL && !whole;
        lenient += want == NULL && whole;
        json_decref(want);
        ash_arena_reset(&arena);
    }
    /* Otherwise this compared nothing. */
    assert_true(taken > TEXTS / 3 && refused > TEXTS / 20 && lenient > TEXTS / 1000);
    ash_json_tree_free(&tree);
    ash_arena_free(&arena);
    ash_buf_free(&b);
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(same_as_jansson, &seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
