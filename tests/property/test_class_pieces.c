/* Wherever text is cut into pieces, the result is the same; the same document twice gives
 * the same; and one document leaves nothing behind for the next. */
#include "classify/scan.h"
#include "logs.h"
#include "unit.h"

static const uint8_t key[ASH_IDENTITY_KEY_SIZE] = {3};

typedef struct outcome {
    ash_scan_result res;
    ash_scan_class classes[ASH_CLASSES_BUILT_IN];
    uint64_t persons; /* a digest over all identities, in order */
} outcome;

static void on_person(void *user, const ash_identity *who)
{
    outcome *o = user;
    const uint64_t *d = (const uint64_t *)who;
    for (size_t i = 0; i < sizeof *who / sizeof *d; i++)
        o->persons = (o->persons ^ d[i]) * 1099511628211u;
}

/* Words that together make and unmake everything that is looked for. */
static size_t make_text(rng *r, char *text, size_t max)
{
    static const char *const words[] = {
        "氏名", "山田 太郎", "佐藤花子", "様", "電話", "03-1234-5678", "090 1234 5678", "マイナンバー", "1234 5678 9018",
        ",", "\t", "\n", "\n\n", ": ", " ", "住所", "東京都渋谷区神南1-2-3", "a@example.com", "生年月日", "昭和55年4月1日",
        "カード番号", "4111-1111-1111-1111", "CVV", "123", "注文番号", "999999999999", "【社外秘】", "診断名", "給与明細", "Name",
        "John Smith", "DE89 3704 0044 0532 0130 00", "-----BEGIN PRIVATE KEY-----", "\"", "|", "  ", "x", "ー", "\xff", "\xe3\x81"};
    size_t n = 0;
    while (n + 64 < max) {
        const char *w = words[rng_below(r, COUNT(words))];
        size_t k = strlen(w);
        memcpy(text + n, w, k);
        n += k;
    }
    return n;
}

static void scan_in_pieces(ash_scan *s, outcome *o, rng *r, const char *text, size_t n, size_t longest)
{
    ash_error err;
    ash_scan_begin(s, NULL);
    for (size_t at = 0; at < n;) {
        size_t k = longest == 0 ? n : 1 + rng_below(r, longest);
        k = k < n - at ? k : n - at;
        assert_int_equal(ash_scan_text(s, ash_view_of(text + at, k), &err), 0);
        at += k;
    }
    assert_int_equal(ash_scan_end(s, &o->res, &err), 0);
    memcpy(o->classes, o->res.classes, o->res.n * sizeof *o->classes);
}

static void expect_same(const outcome *a, const outcome *b)
{
    assert_int_equal(a->res.n, b->res.n);
    assert_int_equal(a->res.records, b->res.records);
    assert_int_equal(a->persons, b->persons);
    for (size_t i = 0; i < a->res.n; i++) {
        const ash_scan_class *x = &a->classes[i], *y = &b->classes[i];
        assert_int_equal(x->id, y->id);
        assert_int_equal(x->count, y->count);
        assert_int_equal(x->doubtful, y->doubtful);
        assert_int_equal(x->distinct, y->distinct);
        assert_int_equal(x->n_places, y->n_places);
        assert_memory_equal(x->places, y->places, x->n_places * sizeof x->places[0]);
    }
}

static void pieces(void **state)
{
    rng r = {*(uint64_t *)*state};
    static const size_t sizes[] = {100, 3000, 300000, 700000};
    static outcome whole, cut;
    ash_rules *rules;
    ash_error err;
    assert_int_equal(ash_rules_new(&rules, (ash_view){0}, NULL, &err), 0);
    char *text = malloc(sizes[3]);
    assert_non_null(text);
    for (int round = 0; round < (SLOW ? 8 : 24); round++) {
        size_t n = make_text(&r, text, sizes[round % 4]);
        ash_scan *s;
        ash_scan_hooks hooks = {.user = &cut, .on_person = on_person};
        memset(&whole, 0, sizeof whole);
        memset(&cut, 0, sizeof cut);
        assert_int_equal(ash_scan_new(&s, rules, key, &hooks, &err), 0);
        scan_in_pieces(s, &cut, &r, text, n, 0);
        whole = cut;
        static const size_t longest[] = {1, 7, 100, 5000, 100000};
        for (size_t i = n > 5000; i < COUNT(longest); i++) {
            memset(&cut, 0, sizeof cut);
            scan_in_pieces(s, &cut, &r, text, n, longest[i]);
            expect_same(&whole, &cut);
        }
        ash_scan_free(s);
    }
    free(text);
    ash_rules_free(rules);
}

int main(void)
{
    uint64_t seed = property_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(pieces, &seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
