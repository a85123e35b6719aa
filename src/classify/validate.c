#include "classify/validate.h"

#include <stdint.h>

static unsigned at(ash_view v, size_t i)
{
    return (unsigned)(v.p[i] - '0');
}

static bool all_digits(ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    }
    return true;
}

static bool one_digit_only(ash_view v)
{
    for (size_t i = 1; i < v.n; i++) {
        if (v.p[i] != v.p[0])
            return false;
    }
    return true;
}

static uint32_t number(ash_view v, size_t n)
{
    uint32_t x = 0;
    for (size_t i = 0; i < n && i < v.n; i++)
        x = x * 10 + at(v, i);
    return x;
}

/* Sum of the digits, every second one from the right doubled; of a product of two
 * digits both are added. */
static unsigned luhn_sum(ash_view v, bool double_last)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.n; i++) {
        unsigned d = at(v, v.n - 1 - i);
        if ((i % 2 == 0) == double_last)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum;
}

bool ash_valid_luhn(ash_view v)
{
    return v.n >= 2 && all_digits(v) && luhn_sum(v, false) % 10 == 0;
}

bool ash_valid_card(ash_view v)
{
    static const struct {
        uint32_t from, to; /* first six digits */
        uint8_t min, max;  /* lengths */
    } issuers[] = {
        {400000, 499999, 13, 19}, /* Visa */
        {510000, 559999, 16, 16}, {222100, 272099, 16, 16}, /* Mastercard */
        {340000, 349999, 15, 15}, {370000, 379999, 15, 15}, /* American Express */
        {352800, 358999, 16, 19},                           /* JCB */
        {300000, 305999, 14, 19}, {309500, 309599, 14, 19}, /* Diners Club */
        {360000, 369999, 14, 19}, {380000, 399999, 14, 19},
        {601100, 601199, 16, 19}, {644000, 659999, 16, 19}, {622126, 622925, 16, 19}, /* Discover */
        {620000, 629999, 16, 19}, {810000, 817199, 16, 19}, /* UnionPay */
        {500000, 509999, 12, 19}, {560000, 589999, 12, 19}, {670000, 679999, 12, 19}, /* Maestro */
    };
    if (v.n < 12 || v.n > 19 || !ash_valid_luhn(v) || one_digit_only(v))
        return false;
    uint32_t first = number(v, 6);
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        /* Visa's are of 13, 16 and 19 digits. */
        if (first >= issuers[i].from && first <= issuers[i].to && v.n >= issuers[i].min &&
            v.n <= issuers[i].max && (i != 0 || v.n % 3 == 1))
            return true;
    }
    return false;
}

bool ash_card_is_sample(ash_view v)
{
    static const char *const samples[] = {
        "4111111111111111", "4242424242424242", "4012888888881881", "4000000000000002",
        "5555555555554444", "5105105105105100", "378282246310005", "371449635398431",
        "3530111333300000", "3566002020360505", "30569309025904", "38520000023237",
        "6011111111111117", "6011000990139424", "4222222222222",
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (ash_view_is(v, samples[i]))
            return true;
    }
    return false;
}

bool ash_valid_mynumber(ash_view v)
{
    if (v.n != 12 || !all_digits(v) || one_digit_only(v))
        return false;
    unsigned sum = 0;
    for (unsigned n = 1; n <= 11; n++)
        sum += at(v, 11 - n) * (n <= 6 ? n + 1 : n - 5);
    unsigned rest = sum % 11;
    return at(v, 11) == (rest <= 1 ? 0 : 11 - rest);
}

bool ash_valid_corporate(ash_view v)
{
    if (v.n != 13 || !all_digits(v) || one_digit_only(v))
        return false;
    unsigned sum = 0;
    for (unsigned n = 1; n <= 12; n++)
        sum += at(v, 13 - n) * (n % 2 == 1 ? 1 : 2);
    return at(v, 0) == 9 - sum % 9;
}

bool ash_valid_licence(ash_view v)
{
    /* Last codes of each ten; the first is x0 throughout. */
    static const unsigned char last[10] = {0, 14, 25, 30, 49, 55, 65, 74, 83, 97};
    static const unsigned char weights[10] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    if (v.n != 12 || !all_digits(v) || number(v, 2) > last[at(v, 0)])
        return false;
    unsigned sum = 0;
    for (unsigned i = 0; i < 10; i++)
        sum += at(v, i) * weights[i];
    return number(v, 10) != 0 && at(v, 10) == (11 - sum % 11) % 10;
}

bool ash_valid_insurer(ash_view v)
{
    /* Laws under which insurers are: 01-07 employees', 31-34 mutual aid, 39 the
     * aged, 63, 67, 72-75 retired. National health insurance has none. */
    static const unsigned char laws[] = {1,  2,  3,  4,  6,  7,  31, 32, 33, 34,
                                         39, 63, 67, 72, 73, 74, 75};
    if ((v.n != 8 && v.n != 6) || !all_digits(v))
        return false;
    bool known = v.n == 6;
    for (size_t i = 0; i < sizeof laws && !known; i++)
        known = number(v, 2) == laws[i];
    uint32_t prefecture = number(ash_view_skip(v, v.n - 6), 2);
    if (!known || prefecture < 1 || prefecture > 47)
        return false;
    unsigned sum = luhn_sum(ash_view_first(v, v.n - 1), true);
    return at(v, v.n - 1) == (10 - sum % 10) % 10;
}

bool ash_valid_ssn(ash_view v)
{
    if (v.n != 9 || !all_digits(v))
        return false;
    uint32_t area = number(v, 3), whole = number(v, 9);
    /* Printed on wallet inserts and in advertisements. */
    if (whole == 78051120 || whole == 219099999 || whole == 457555462 || whole == 123456789)
        return false;
    return area != 0 && area != 666 && area < 900 && whole / 10000 % 100 != 0 && whole % 10000 != 0;
}

bool ash_valid_iban(ash_view v)
{
    /* Country and length, from the IBAN registry (SWIFT, release 99). */
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
        "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28"
        "LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25"
        "QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";
    size_t want = 0;
    for (size_t i = 0; v.n >= 15 && i + 4 < sizeof lengths; i += 4) {
        if (lengths[i] == v.p[0] && lengths[i + 1] == v.p[1])
            want = (size_t)(lengths[i + 2] - '0') * 10 + (size_t)(lengths[i + 3] - '0');
    }
    if (want == 0 || v.n != want)
        return false;
    unsigned rest = 0;
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[(i + 4) % v.n];
        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return false;
    }
    return rest == 1;
}

bool ash_valid_mrz(ash_view field, char check)
{
    static const unsigned weights[3] = {7, 3, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < field.n; i++) {
        char c = field.p[i];
        unsigned x = c >= '0' && c <= '9' ? (unsigned)(c - '0')
                     : c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10 : 0;
        sum += x * weights[i % 3];
    }
    return check == (char)('0' + sum % 10) || (check == '<' && sum == 0);
}
