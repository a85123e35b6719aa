/* Dates of birth and postal addresses. */
#include "base/text.h"
#include "classify/scan_internal.h"

static size_t number(ash_view v, unsigned max, unsigned *ret)
{
    size_t i = 0;
    *ret = 0;
    while (i < v.n && i < max && v.p[i] >= '0' && v.p[i] <= '9')
        *ret = *ret * 10 + (unsigned)(v.p[i++] - '0');
    return i;
}

/* One separator of a date, and spaces beside it; 0 if there is none. */
static size_t between(ash_view v)
{
    static const char *const all[] = {"-", "/", ".", "年", "月", "‐", "－", "−", ","};
    size_t at = 0, found = 0;
    while (at < v.n && v.p[at] == ' ')
        at++;
    for (size_t i = 0; i < sizeof all / sizeof *all && found == 0; i++) {
        if (ash_view_starts(ash_view_skip(v, at), ash_view_z(all[i])))
            found = strlen(all[i]);
    }
    if (found == 0)
        return at;
    at += found;
    while (at < v.n && v.p[at] == ' ')
        at++;
    return at;
}

static bool put(char out[8], unsigned year, unsigned month, unsigned day)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1900 || year > 2030 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return false;
    unsigned all = year * 10000 + month * 100 + day;
    for (size_t i = 8; i-- > 0; all /= 10)
        out[i] = (char)('0' + all % 10);
    return true;
}

/* Meiji to Reiwa: "昭和55年", "昭和 55", "S55", "平成元年". Returns the length; the year
 * before the era's first into *ret_base, and its year. */
static size_t era(ash_view v, unsigned *ret_year)
{
    static const struct {
        const char *name;
        unsigned base, last;
    } eras[] = {{"明治", 1867, 45}, {"大正", 1911, 15}, {"昭和", 1925, 64}, {"平成", 1988, 31},
                {"令和", 2018, 12}, {"M", 1867, 45},    {"T", 1911, 15},    {"S", 1925, 64},
                {"H", 1988, 31},    {"R", 2018, 12}};
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        if (!ash_view_starts(v, ash_view_z(eras[i].name)))
            continue;
        size_t at = strlen(eras[i].name);
        unsigned year = 1;
        while (at < v.n && (v.p[at] == ' ' || v.p[at] == '.'))
            at++;
        size_t k = ash_view_starts(ash_view_skip(v, at), ASH_VIEW_LIT("元"))
                       ? 3 : number(ash_view_skip(v, at), 2, &year);
        if (k == 0 || year < 1 || year > eras[i].last)
            return 0;
        *ret_year = eras[i].base + year;
        return at + k;
    }
    return 0;
}

static unsigned month_name(ash_view v, size_t *ret_n)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char low[3];
    *ret_n = 0;
    while (*ret_n < v.n && ((v.p[*ret_n] | 32) >= 'a' && (v.p[*ret_n] | 32) <= 'z'))
        (*ret_n)++;
    if (*ret_n < 3)
        return 0;
    for (size_t i = 0; i < 3; i++)
        low[i] = (char)(v.p[i] | 32);
    for (unsigned m = 0; m < 12; m++) {
        if (memcmp(names + 3 * m, low, 3) == 0)
            return m + 1;
    }
    return 0;
}

/* "April 1, 1980", "1 April 1980", "01-Apr-1980" */
static size_t in_words(ash_view v, char out[8])
{
    unsigned day = 0, year, month;
    size_t n, at = number(v, 2, &day);
    if (at > 0)
        at += between(ash_view_skip(v, at));
    month = month_name(ash_view_skip(v, at), &n);
    if (month == 0)
        return 0;
    at += n;
    at += between(ash_view_skip(v, at));
    if (day == 0) {
        n = number(ash_view_skip(v, at), 2, &day);
        at += n;
        while (at < v.n && v.p[at] >= 'a' && v.p[at] <= 'z') /* 1st */
            at++;
        at += between(ash_view_skip(v, at));
    }
    n = number(ash_view_skip(v, at), 4, &year);
    return n == 4 && put(out, year, month, day) ? at + n : 0;
}

size_t ash_birth_date(ash_view v, char out[8])
{
    unsigned a, b, c;
    size_t at = era(v, &a), k;
    if (at == 0) {
        at = number(v, 8, &a);
        if (at == 8)
            return put(out, a / 10000, a / 100 % 100, a % 100) ? at : 0;
        if (at != 4 && at != 1 && at != 2)
            return in_words(v, out);
    }
    bool year_first = a > 31;
    if ((k = between(ash_view_skip(v, at))) == 0)
        return in_words(v, out);
    at += k;
    size_t n = number(ash_view_skip(v, at), 2, &b);
    if (n == 0)
        return in_words(v, out);
    at += n;
    at += between(ash_view_skip(v, at));
    n = number(ash_view_skip(v, at), 4, &c);
    if (n == 0 || (!year_first && n != 4))
        return 0;
    at += n;
    bool ok = year_first ? put(out, a, b, c) : put(out, c, a, b) || put(out, c, b, a);
    if (!ok)
        return 0;
    return ash_view_starts(ash_view_skip(v, at), ASH_VIEW_LIT("日")) ? at + 3 : at;
}

/* A house's number and a word: "12 Oak Road", "221b Baker Street", "7-3 Hill Rd". Not addresses
 * of memory and of machines ("0x4BB292A8 is", "127.0.0.1"). */
static bool house_first(ash_view v)
{
    size_t at = 0;
    while (at < v.n && at < 7 && ((v.p[at] >= '0' && v.p[at] <= '9') || (at > 0 && v.p[at] == '-')))
        at++;
    if (at == 0)
        return false;
    at += at < v.n && v.p[at] != ' ' && v.p[at] != ',';
    if (at < v.n && v.p[at] == ',')
        at++;
    unsigned char c = at + 1 < v.n && v.p[at] == ' ' ? (unsigned char)v.p[at + 1] : 0;
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 || ash_view_starts(ash_view_skip(v, at), ASH_VIEW_LIT(" rue "));
}

/* "12 Oak Road, Leeds", "Musterstr. 5, 10115 Berlin": a number first, or one of three digits
 * and more behind a comma. No sentence and no code. */
static bool western_address(ash_view v)
{
    unsigned letters = 0, words = 0, run = 0, longest = 0;
    bool comma = false;
    for (size_t i = 0; i < v.n; i++) {
        bool digit = v.p[i] >= '0' && v.p[i] <= '9';
        letters += ((v.p[i] | 32) >= 'a' && (v.p[i] | 32) <= 'z');
        words += v.p[i] == ' ';
        comma |= v.p[i] == ',';
        run = digit ? run + 1 : 0;
        longest = run > longest ? run : longest;
        if (memchr(";=@(){}[]<>\"", v.p[i], 12) != NULL)
            return false;
    }
    bool town = comma && longest >= 3 && longest <= 6 && ((v.p[0] >= 'A' && v.p[0] <= 'Z') || (unsigned char)v.p[0] >= 0x80);
    return letters >= 4 && words >= 2 && v.n <= 160 && ((longest <= 6 && house_first(v)) || town);
}

bool ash_address_like(ash_view v)
{
    static const char *const places[] = {"都", "道", "府", "県", "市", "区", "町", "村", "郡", "丁目", "番地"};
    static const char *const kanji[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
    if (v.n < 8 || v.n > 400)
        return false;
    unsigned found = 0;
    bool digit = false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        found += ash_view_find_str(v, ash_view_z(places[i])) > 0;
    for (size_t i = 0; i < v.n; i++)
        digit |= v.p[i] >= '0' && v.p[i] <= '9';
    for (size_t i = 0; i < sizeof kanji / sizeof *kanji && !digit && found >= 2; i++)
        digit = ash_view_find_str(v, ash_view_z(kanji[i])) > 0;
    return (found >= 1 && digit) || found >= 3 || western_address(v);
}

size_t ash_address_normal(char *out, ash_view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n;) {
        char kind;
        size_t k = ash_separator(ash_view_skip(v, i), &kind);
        static const char *const words[] = {"丁目", "番地", "番", "号", "の", ",", "〒"};
        for (size_t w = 0; w < sizeof words / sizeof *words && k == 0; w++) {
            if (ash_view_starts(ash_view_skip(v, i), ash_view_z(words[w])))
                k = strlen(words[w]);
        }
        if (k > 0) {
            i += k;
            continue;
        }
        out[n++] = (char)(v.p[i] >= 'A' && v.p[i] <= 'Z' ? v.p[i] + 32 : v.p[i]);
        i++;
    }
    return n;
}
