/* What is found in small documents, where, and what is not. */
#include "base/buf.h"
#include "base/limits.h"
#include "classify/persons.h"
#include "classify/scan.h"
#include "classify/validate.h"
#include "unit.h"

static const uint8_t key[ASH_IDENTITY_KEY_SIZE] = {7};
static ash_rules *rules;

typedef struct seen {
    ash_scan *scan;
    ash_scan_result res;
    ash_identity who[64];
    size_t n_who;
} seen;

static void on_person(void *user, const ash_identity *who)
{
    seen *s = user;
    if (s->n_who < 64)
        s->who[s->n_who++] = *who;
}

static void look_at(seen *s, const ash_rules *r, const char *text)
{
    ash_error err;
    ash_scan_hooks hooks = {.user = s, .on_person = on_person};
    memset(s, 0, sizeof *s);
    assert_int_equal(ash_scan_new(&s->scan, r, key, &hooks, &err), 0);
    assert_int_equal(ash_scan_text(s->scan, ash_view_z(text), &err), 0);
    assert_int_equal(ash_scan_end(s->scan, &s->res, &err), 0);
}

static const ash_scan_class *class_of(const seen *s, uint32_t id)
{
    static const ash_scan_class none;
    for (size_t i = 0; i < s->res.n; i++) {
        if (s->res.classes[i].id == id)
            return &s->res.classes[i];
    }
    return &none;
}

static uint64_t count_in(const char *text, uint32_t id)
{
    seen s;
    look_at(&s, rules, text);
    uint64_t n = class_of(&s, id)->count;
    ash_scan_free(s.scan);
    return n;
}

static void context_decides(void **state)
{
    (void)state;
    assert_int_equal(count_in("マイナンバー: 123456789018\n", ASH_CLASS_MYNUMBER), 1);
    assert_int_equal(count_in("個人番号 1234-5678-9018\n", ASH_CLASS_MYNUMBER), 1);
    assert_int_equal(count_in("マイナンバー: 123456789017\n", ASH_CLASS_MYNUMBER), 0);
    assert_int_equal(count_in("注文番号: 123456789018\n", ASH_CLASS_MYNUMBER), 0);
    assert_int_equal(count_in("123456789018\n", ASH_CLASS_MYNUMBER), 0);
    assert_int_equal(count_in("注文番号: 4111111111111111\n", ASH_CLASS_CARD), 0);
    assert_int_equal(count_in("カード番号: 4111-1111-1111-1111\n", ASH_CLASS_CARD), 1);
    assert_int_equal(count_in("受付番号 03-1234-5678\n", ASH_CLASS_PHONE), 0);
    assert_int_equal(count_in("TEL 03-1234-5678\n", ASH_CLASS_PHONE), 1);
    assert_int_equal(count_in("TEL (03)1234-5678 / FAX 03(1234)5679\n", ASH_CLASS_PHONE), 2);
    assert_int_equal(count_in("1700000000000 2024-01-15 10:23:45\n", ASH_CLASS_PHONE), 0);
    assert_int_equal(count_in("part 123-45-6789\n", ASH_CLASS_SSN), 0);
    assert_int_equal(count_in("SSN: 536-90-4399\n", ASH_CLASS_SSN), 1);
    assert_int_equal(count_in("普通 1234567\n", ASH_CLASS_BANK), 1);
    assert_int_equal(count_in("数量 1234567\n", ASH_CLASS_BANK), 0);
}

static void hyphens_of_all_kinds(void **state)
{
    (void)state;
    static const char *const hyphens[] = {"-", "‐", "‑", "–", "—", "―", "−", "ー", " "};
    for (size_t i = 0; i < sizeof hyphens / sizeof *hyphens; i++) {
        char text[128];
        snprintf(text, sizeof text, "個人番号 1234%s5678%s9018\n", hyphens[i], hyphens[i]);
        assert_int_equal(count_in(text, ASH_CLASS_MYNUMBER), 1);
        snprintf(text, sizeof text, "電話 090%s1234%s5678\n", hyphens[i], hyphens[i]);
        assert_int_equal(count_in(text, ASH_CLASS_PHONE), 1);
    }
}

static void header_speaks_for_its_column(void **state)
{
    (void)state;
    seen s;
    look_at(&s, rules, "番号,氏名,マイナンバー,受注番号\n"
                       "1,山田 太郎,123456789018,123456789018\n"
                       "2,佐藤 花子,111111111118,987654321093\n");
    assert_int_equal(class_of(&s, ASH_CLASS_MYNUMBER)->count, 2);
    assert_int_equal(class_of(&s, ASH_CLASS_MYNUMBER)->distinct, 2);
    assert_int_equal(class_of(&s, ASH_CLASS_MYNUMBER)->places[0].line, 2);
    assert_int_equal(class_of(&s, ASH_CLASS_MYNUMBER)->places[1].line, 3);
    assert_int_equal(s.n_who, 2);
    assert_true(s.who[0].name != 0 && s.who[0].number != 0 && s.who[0].name != s.who[1].name);
    ash_scan_free(s.scan);
}

/* Without a header a column is believed when all of it passes, and one in eleven is not. */
static void column_of_valid_numbers(void **state)
{
    (void)state;
    char text[8192];
    size_t n = 0;
    for (unsigned i = 0; i < 20; i++) {
        char digits[16];
        for (unsigned check = 0; check < 10; check++) {
            snprintf(digits, sizeof digits, "%011llu%u", 50000000000ull + i * 7919ull, check);
            if (ash_valid_mynumber(ash_view_z(digits)))
                break;
        }
        n += (size_t)snprintf(text + n, sizeof text - n, "%u,%s,x\n", i, digits);
    }
    assert_int_equal(count_in(text, ASH_CLASS_MYNUMBER), 20);
    n = 0;
    for (unsigned i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%u,%012llu,x\n", i, 300000000000ull + i * 7919ull);
    assert_int_equal(count_in(text, ASH_CLASS_MYNUMBER), 0);
}

static void markings_stand_alone(void **state)
{
    (void)state;
    assert_int_equal(count_in("【社外秘】\n", ASH_CLASS_MARK_COMPANY), 1);
    assert_int_equal(count_in("CONFIDENTIAL\n", ASH_CLASS_MARK_COMPANY), 1);
    assert_int_equal(count_in("please keep this confidential between us\n", ASH_CLASS_MARK_COMPANY), 0);
    assert_int_equal(count_in("(極秘)\n", ASH_CLASS_MARK_SECRET), 1);
    assert_int_equal(count_in("秘書と極秘に会う話ではない\n", ASH_CLASS_MARK_SECRET), 0);
    assert_int_equal(count_in("本書は特定秘密を含む\n", ASH_CLASS_MARK_DEFENCE), 1);
    assert_int_equal(count_in("VISITARE\n", ASH_CLASS_MARK_DEFENCE), 0);
}

static void secrets(void **state)
{
    (void)state;
    assert_int_equal(count_in("-----BEGIN OPENSSH PRIVATE KEY-----\n", ASH_CLASS_PRIVATE_KEY), 1);
    assert_int_equal(count_in("-----BEGIN PUBLIC KEY-----\n", ASH_CLASS_PRIVATE_KEY), 0);
    assert_int_equal(count_in("PuTTY-User-Key-File-3: ssh-ed25519\n", ASH_CLASS_PRIVATE_KEY), 1);
    assert_int_equal(count_in("id=AKIAIOSFODNN7EXAMPLE\n", ASH_CLASS_TOKEN), 1);
    assert_int_equal(count_in("AKIAIOSFODNN7EXAMPL\n", ASH_CLASS_TOKEN), 0);
    assert_int_equal(count_in("root:$6$abcdefgh$0123456789abcdef:19000:0:99999:7:::\n", ASH_CLASS_PASSWORD), 1);
    assert_int_equal(count_in("パスワード: Tr0ub4dor&3\n", ASH_CLASS_PASSWORD), 1);
    assert_int_equal(count_in("パスワードを変更してください\n", ASH_CLASS_PASSWORD), 0);
}

static void magic(void **state)
{
    (void)state;
    seen s;
    look_at(&s, rules, "");
    ash_error err;
    ash_scan_begin(s.scan, NULL);
    ash_scan_head(s.scan, ash_view_of("\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01", 9));
    assert_int_equal(ash_scan_end(s.scan, &s.res, &err), 0);
    assert_int_equal(class_of(&s, ASH_CLASS_VAULT)->count, 1);
    assert_int_equal(class_of(&s, ASH_CLASS_VAULT)->places[0].line, 0);
    ash_scan_free(s.scan);
}

static void parts_and_lines(void **state)
{
    (void)state;
    seen s;
    ash_error err;
    look_at(&s, rules, "");
    ash_scan_begin(s.scan, NULL);
    assert_int_equal(ash_scan_text(s.scan, ASH_VIEW_LIT("\n\na@example.com\n"), &err), 0);
    assert_int_equal(ash_scan_part(s.scan, ASH_VIEW_LIT("Sheet2"), &err), 0);
    assert_int_equal(ash_scan_text(s.scan, ASH_VIEW_LIT("x\nb@example.com"), &err), 0);
    assert_int_equal(ash_scan_end(s.scan, &s.res, &err), 0);
    const ash_scan_class *c = class_of(&s, ASH_CLASS_EMAIL);
    assert_int_equal(c->count, 2);
    assert_string_equal(c->places[0].part, "");
    assert_int_equal(c->places[0].line, 3);
    assert_string_equal(c->places[1].part, "Sheet2");
    assert_int_equal(c->places[1].line, 2);
    ash_scan_free(s.scan);
}

static void own_classes(void **state)
{
    (void)state;
    ash_rules *own;
    ash_error err;
    seen s;
    assert_int_equal(ash_rules_new(&own, ASH_VIEW_LIT("classes:\n"
                                                      "  - name: project\n"
                                                      "    pattern: 'PX-[0-9]{6}'\n"
                                                      "    words: [案件]\n"
                                                      "    context: required\n"
                                                      "  - name: badge\n"
                                                      "    pattern: 'B[0-9]{4}'\n"), "r.yaml", &err), 0);
    assert_int_equal(ash_rules_classes(own), ASH_CLASSES_BUILT_IN + 2);
    assert_true(ash_rules_version(own) != ash_rules_version(rules));
    look_at(&s, own, "案件 PX-123456\nPX-654321\nB1234\n");
    assert_int_equal(class_of(&s, ASH_CLASSES_BUILT_IN)->count, 1);
    assert_int_equal(class_of(&s, ASH_CLASSES_BUILT_IN + 1)->count, 1);
    ash_scan_free(s.scan);
    ash_rules_free(own);
}

static void expect_bad_rules(const char *yaml, uint64_t line)
{
    ash_rules *own = NULL;
    ash_error err;
    assert_int_equal(ash_rules_new(&own, ash_view_z(yaml), "r.yaml", &err), ASH_E_FORMAT);
    assert_null(own);
    assert_int_equal(err.line, line);
    assert_string_equal(err.input, "r.yaml");
}

static void bad_rules_have_a_line(void **state)
{
    (void)state;
    expect_bad_rules("classes: [", 2); /* where the text ends */
    expect_bad_rules("rules: []\n", 1);
    expect_bad_rules("classes:\n  - name: email\n    pattern: x\n", 2);
    expect_bad_rules("classes:\n  - name: a\n    pattern: '('\n", 3);
    expect_bad_rules("classes:\n  - name: a\n    pattern: x\n    weight: 11\n", 4);
    expect_bad_rules("classes:\n  - name: a\n    pattern: x\n    validator: crc\n", 4);
    expect_bad_rules("classes:\n  - name: a\n    pattern: x\n    words: y\n", 4);
    expect_bad_rules("classes:\n  - name: A b\n    pattern: x\n", 2);
    expect_bad_rules("classes:\n  - name: a\n    pattern: x\n    contxt: required\n", 4);
}

/* More classes, words and bytes of a pattern than a file of rules may have. */
static void limits_of_own_rules(void **state)
{
    (void)state;
    ash_buf b;
    ash_buf_init(&b, 1u << 20);
    ash_buf_addf(&b, "classes:\n  - name: a\n    pattern: '%0*d'\n", (int)ASH_OWN_PATTERN_MAX + 1, 0);
    expect_bad_rules(ash_buf_z(&b), 2);
    b.n = 0;
    ash_buf_addf(&b, "classes:\n  - name: a\n    pattern: x\n    words:\n");
    for (unsigned i = 0; i <= ASH_OWN_WORDS_MAX; i++)
        ash_buf_addf(&b, "      - w%u\n", i);
    expect_bad_rules(ash_buf_z(&b), 5 + ASH_OWN_WORDS_MAX);
    b.n = 0;
    ash_buf_addf(&b, "classes:\n");
    for (unsigned i = 0; i <= ASH_OWN_CLASSES_MAX; i++)
        ash_buf_addf(&b, "  - {name: c%u, pattern: 'X%u'}\n", i, i);
    expect_bad_rules(ash_buf_z(&b), 2 + ASH_OWN_CLASSES_MAX);
    ash_buf_free(&b);
}

/* A line longer than the window is judged in pieces, and one with more matches than are
 * kept in parts: both are found whole, the first is told. */
static void long_and_dense_lines(void **state)
{
    (void)state;
    seen s;
    size_t n = 0, mails = ASH_HITS_MAX + 1000;
    char *text = malloc(ASH_SCAN_WINDOW + mails * 24);
    assert_non_null(text);
    for (size_t i = 0; i < mails; i++)
        n += (size_t)snprintf(text + n, 24, "a%zu@b.example\n", i);
    look_at(&s, rules, text);
    assert_int_equal(class_of(&s, ASH_CLASS_EMAIL)->count, mails);
    assert_true(class_of(&s, ASH_CLASS_EMAIL)->distinct > ASH_DISTINCT_EXACT);
    assert_false(s.res.cut_lines);
    ash_scan_free(s.scan);
    memset(text, 'x', ASH_SCAN_WINDOW);
    memcpy(text + ASH_SCAN_WINDOW, " y@b.example\n", sizeof " y@b.example\n");
    look_at(&s, rules, text);
    assert_int_equal(class_of(&s, ASH_CLASS_EMAIL)->count, 1);
    assert_true(s.res.cut_lines);
    ash_scan_free(s.scan);
    free(text);
}

/* Weights of words below the limit make no class, the same word again neither. */
static void words_add_up(void **state)
{
    (void)state;
    assert_int_equal(count_in("所得税\n所得税\n所得税\n所得税\n所得税\n所得税\n", ASH_CLASS_PAYROLL), 0);
    assert_int_equal(count_in("給与明細\n基本給\n所得税\n雇用保険料\n差引支給額\n", ASH_CLASS_PAYROLL), 6);
}

/* What comes after more lines than the gap is another record. */
static void records_end(void **state)
{
    (void)state;
    for (unsigned blank = 1; blank <= 2 * ASH_RECORD_GAP; blank++) {
        seen s;
        char text[128];
        int n = snprintf(text, sizeof text, "氏名: 山田太郎\n");
        memset(text + n, '\n', blank - 1);
        snprintf(text + n + blank - 1, sizeof text - (size_t)n - blank + 1, "電話: 090-1234-5678\n");
        look_at(&s, rules, text);
        assert_int_equal(s.n_who > 0 && s.who[0].phone != 0, blank <= ASH_RECORD_GAP);
        ash_scan_free(s.scan);
    }
}

static void one_record_one_person(void **state)
{
    (void)state;
    seen s;
    look_at(&s, rules, "氏名: 山田太郎\n住所: 東京都渋谷区神南1-2-3\n電話: 090-1234-5678\nMail: t@example.com\n"
                       "\n\n\n\n\n佐藤花子 様\n");
    assert_int_equal(s.n_who, 2);
    assert_true(s.who[0].name != 0 && s.who[0].phone != 0 && s.who[0].email != 0 && s.who[0].address != 0);
    assert_true(s.who[1].name != 0 && s.who[1].email == 0);
    ash_scan_free(s.scan);
}

static int group_setup(void **state)
{
    (void)state;
    ash_error err;
    return ash_rules_new(&rules, (ash_view){0}, NULL, &err);
}

static int group_teardown(void **state)
{
    (void)state;
    ash_rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_decides),
        cmocka_unit_test(hyphens_of_all_kinds),
        cmocka_unit_test(header_speaks_for_its_column),
        cmocka_unit_test(column_of_valid_numbers),
        cmocka_unit_test(markings_stand_alone),
        cmocka_unit_test(secrets),
        cmocka_unit_test(magic),
        cmocka_unit_test(parts_and_lines),
        cmocka_unit_test(own_classes),
        cmocka_unit_test(bad_rules_have_a_line),
        cmocka_unit_test(limits_of_own_rules),
        cmocka_unit_test(long_and_dense_lines),
        cmocka_unit_test(words_add_up),
        cmocka_unit_test(records_end),
        cmocka_unit_test(one_record_one_person),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
