/* Validators: published numbers pass, and near misses do not. */
#include "base/text.h"
#include "classify/scan_internal.h"
#include "classify/validate.h"
#include "unit.h"

typedef bool (*valid)(ash_view);

/* Every digit of a valid number changed by one must fail, for those checks that notice
 * each such change. */
static void expect_every_change_fails(valid f, const char *number, size_t from, size_t to)
{
    char copy[40];
    size_t n = strlen(number);
    assert_true(f(ash_view_of(number, n)));
    for (size_t i = from; i < to; i++) {
        memcpy(copy, number, n);
        copy[i] = (char)(copy[i] == '9' ? '0' : copy[i] + 1);
        assert_false(f(ash_view_of(copy, n)));
    }
    assert_false(f(ash_view_of(number, n - 1)));
    assert_false(f(ash_view_z("")));
}

static void mynumber(void **state)
{
    (void)state;
    /* The example of the ordinance's explanations. */
    expect_every_change_fails(ash_valid_mynumber, "123456789018", 0, 12);
    assert_false(ash_valid_mynumber(ASH_VIEW_LIT("000000000000")));
    assert_false(ash_valid_mynumber(ASH_VIEW_LIT("12345678901a")));
}

static void corporate(void **state)
{
    (void)state;
    /* National Tax Agency, and the example of the ordinance (8700110005901). */
    assert_true(ash_valid_corporate(ASH_VIEW_LIT("7000012050002")));
    assert_true(ash_valid_corporate(ASH_VIEW_LIT("8700110005901")));
    assert_false(ash_valid_corporate(ASH_VIEW_LIT("7700110005901")));
    assert_false(ash_valid_corporate(ASH_VIEW_LIT("8700110005902")));
    assert_false(ash_valid_corporate(ASH_VIEW_LIT("870011000590")));
}

static void licence(void **state)
{
    (void)state;
    /* 4598033587: sum 174, rest 9, check digit 2. */
    assert_true(ash_valid_licence(ASH_VIEW_LIT("459803358720")));
    assert_true(ash_valid_licence(ASH_VIEW_LIT("459803358729"))); /* issued again nine times */
    assert_true(ash_valid_licence(ASH_VIEW_LIT("309012345620")));
    assert_false(ash_valid_licence(ASH_VIEW_LIT("459803358730")));
    assert_false(ash_valid_licence(ASH_VIEW_LIT("159803358720"))); /* no commission 15 */
    assert_false(ash_valid_licence(ASH_VIEW_LIT("000000000010")));
}

static void insurer(void **state)
{
    (void)state;
    expect_every_change_fails(ash_valid_insurer, "33120015", 2, 8);
    assert_true(ash_valid_insurer(ASH_VIEW_LIT("06139463")));
    assert_false(ash_valid_insurer(ASH_VIEW_LIT("99120015")));
}

static void cards(void **state)
{
    (void)state;
    /* Numbers the networks publish for tests. */
    expect_every_change_fails(ash_valid_card, "4111111111111111", 6, 16);
    expect_every_change_fails(ash_valid_card, "5555555555554444", 6, 16);
    assert_true(ash_valid_card(ASH_VIEW_LIT("378282246310005")));
    assert_true(ash_valid_card(ASH_VIEW_LIT("3530111333300000")));
    assert_true(ash_valid_card(ASH_VIEW_LIT("30569309025904")));
    assert_true(ash_valid_card(ASH_VIEW_LIT("6011111111111117")));
    /* Right by Luhn, and no network's. */
    assert_true(ash_valid_luhn(ASH_VIEW_LIT("1234567812345670")));
    assert_false(ash_valid_card(ASH_VIEW_LIT("1234567812345670")));
    assert_false(ash_valid_card(ASH_VIEW_LIT("4444444444444444")));
    assert_true(ash_card_is_sample(ASH_VIEW_LIT("4111111111111111")));
}

static void ssn(void **state)
{
    (void)state;
    assert_true(ash_valid_ssn(ASH_VIEW_LIT("536904399")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("000904399")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("666904399")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("900904399")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("536004399")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("536900000")));
    assert_false(ash_valid_ssn(ASH_VIEW_LIT("078051120"))); /* Woolworth's wallet */
}

static void iban(void **state)
{
    (void)state;
    /* Examples of the IBAN registry. */
    static const char *const good[] = {"DE89370400440532013000", "GB29NWBK60161331926819",
                                       "FR1420041010050500013M02606", "NO9386011117947",
                                       "MT84MALT011000012345MTLCAST001S", "SA0380000000608010167519"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(ash_valid_iban(ash_view_z(good[i])));
    assert_false(ash_valid_iban(ASH_VIEW_LIT("DE88370400440532013000")));
    assert_false(ash_valid_iban(ASH_VIEW_LIT("DE8937040044053201300")));
    assert_false(ash_valid_iban(ASH_VIEW_LIT("JP89370400440532013000")));
}

static bool groups(const char *digits, unsigned a, unsigned b, unsigned c)
{
    const unsigned lengths[] = {a, b, c};
    return ash_valid_phone_jp_groups(ash_view_z(digits), lengths, 3);
}

static void phones(void **state)
{
    (void)state;
    assert_true(groups("0312345678", 2, 4, 4));
    assert_true(groups("0451234567", 3, 3, 4));
    assert_true(groups("09012345678", 3, 4, 4));
    assert_true(groups("0120444444", 4, 3, 3));
    assert_true(groups("0123456789", 4, 2, 4));
    assert_false(groups("0312345678", 3, 4, 3));
    assert_false(groups("01234567890", 4, 3, 4)); /* eleven digits, and no mobile */
    assert_false(groups("0000000000", 2, 4, 4));
    assert_true(ash_valid_phone_e164(ASH_VIEW_LIT("81312345678")));
    assert_true(ash_valid_phone_e164(ASH_VIEW_LIT("442079460958")));
    assert_true(ash_valid_phone_e164(ASH_VIEW_LIT("14155552671")));
    assert_false(ash_valid_phone_e164(ASH_VIEW_LIT("11155552671")));
    assert_false(ash_valid_phone_e164(ASH_VIEW_LIT("9991")));
    assert_false(ash_valid_phone_nanp(ASH_VIEW_LIT("9112345678")));
}

static void mrz(void **state)
{
    (void)state;
    /* ICAO 9303-4, the specimen of Utopia. */
    assert_true(ash_valid_mrz(ASH_VIEW_LIT("L898902C3"), '6'));
    assert_true(ash_valid_mrz(ASH_VIEW_LIT("740812"), '2'));
    assert_false(ash_valid_mrz(ASH_VIEW_LIT("740812"), '3'));
}

static void expect_date(const char *text, const char *wanted)
{
    char out[9] = "";
    size_t n = ash_birth_date(ash_view_z(text), out);
    if (wanted == NULL) {
        assert_int_equal(n, 0);
        return;
    }
    assert_true(n > 0);
    assert_memory_equal(out, wanted, 8);
}

static void dates(void **state)
{
    (void)state;
    expect_date("1980/04/01", "19800401");
    expect_date("1980-4-1", "19800401");
    expect_date("1980年4月1日", "19800401");
    expect_date("19800401", "19800401");
    expect_date("昭和55年4月1日", "19800401");
    expect_date("S55.4.1", "19800401");
    expect_date("平成元年 1月8日", "19890108");
    expect_date("April 1, 1980", "19800401");
    expect_date("1 Apr 1980", "19800401");
    expect_date("04/21/1980", "19800421");
    expect_date("1980/13/01", NULL);
    expect_date("1880/04/01", NULL);
    expect_date("昭和70年4月1日", NULL);
    expect_date("12345", NULL);
    expect_date("", NULL);
}

static void names(void **state)
{
    (void)state;
    ash_names *n;
    ash_error err;
    assert_int_equal(ash_names_new(&n, &err), 0);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("山田 太郎")), ASH_NAME_FULL);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("山田太郎")), ASH_NAME_FULL);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("ヤマダ タロウ")), ASH_NAME_FULL);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("John Smith")), ASH_NAME_FULL);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("Smith, John")), ASH_NAME_FULL);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("田中")), ASH_NAME_SURNAME);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("株式会社")), ASH_NAME_NO);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("営業部")), ASH_NAME_NO);
    assert_int_equal(ash_name_judge(n, ASH_VIEW_LIT("1234")), ASH_NAME_NO);
    assert_int_equal(ash_name_at(n, ASH_VIEW_LIT("佐藤健一、鈴木")), strlen("佐藤健一"));
    assert_int_equal(ash_name_before(n, ASH_VIEW_LIT("担当の田中")), strlen("田中"));
    char a[64], b[64];
    size_t na = ash_name_normal(a, ASH_VIEW_LIT("髙橋 健一")),
           nb = ash_name_normal(b, ASH_VIEW_LIT("高橋健一"));
    assert_int_equal(na, nb);
    assert_memory_equal(a, b, na);
    na = ash_name_normal(a, ASH_VIEW_LIT("Smith, John"));
    nb = ash_name_normal(b, ASH_VIEW_LIT("JOHN SMITH"));
    assert_int_equal(na, nb);
    assert_memory_equal(a, b, na);
    ash_names_free(n);
}

static void masks(void **state)
{
    (void)state;
    char out[128];
    assert_string_equal(ash_mask(out, sizeof out, ASH_VIEW_LIT("山田太郎")), "山***");
    assert_string_equal(ash_mask(out, sizeof out, ASH_VIEW_LIT("123456789018")), "12**********");
    assert_string_equal(ash_mask(out, sizeof out, ASH_VIEW_LIT("a@example.com is much longer")), "a@**************");
    assert_string_equal(ash_mask(out, sizeof out, ASH_VIEW_LIT("\x1b[31m")), "\\x1b[***");
    assert_string_equal(ash_mask(out, sizeof out, ASH_VIEW_LIT("")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mynumber), cmocka_unit_test(corporate), cmocka_unit_test(licence),
        cmocka_unit_test(insurer),  cmocka_unit_test(cards),     cmocka_unit_test(ssn),
        cmocka_unit_test(iban),     cmocka_unit_test(phones),    cmocka_unit_test(mrz),
        cmocka_unit_test(dates),    cmocka_unit_test(names),     cmocka_unit_test(masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
