/* Values beside labels and under headers, and those that need none: mail addresses. */
#include "base/text.h"
#include "classify/scan_internal.h"
#include "classify/validate.h"

#define VALUE_MAX 512u

static bool mail_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("._%+-'", c) != NULL);
}

/* Mailboxes of many, not of one. */
static bool shared_mailbox(ash_view local)
{
    static const char *const names[] = {"info", "sales", "support", "noreply", "no-reply", "admin", "contact", "webmaster",
                                        "postmaster", "office", "help", "hr", "jinji", "soumu", "recruit", "privacy",
                                        "service", "inquiry", "toiawase", "abuse", "root", "donotreply", "marketing",
                                        "customer", "billing", "accounting", "security", "hello", "mail", "kojin"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (ash_view_is(local, names[i]))
            return true;
    }
    return false;
}

/* "山田 太郎 <yamada@...>": the name before an address begins the record. */
static void name_before(ash_scan *s, ash_line *l, const char *from)
{
    ash_view before = ash_view_of(l->text.p, (size_t)(from - l->text.p));
    ash_view name = before.n > 1 && before.p[before.n - 1] == '<' ? ash_view_first(before, before.n - 1) : (ash_view){0};
    name = ash_view_trim(name);
    bool quoted = name.n > 2 && name.p[name.n - 1] == '"';
    if (quoted) { /* "Yamada, Taro" */
        const char *quote = memrchr(name.p, '"', name.n - 1);
        quoted = quote != NULL;
        if (quoted)
            name = ash_view_skip(name, (size_t)(quote - name.p));
    }
    while (name.n > 0 && !quoted) {
        ptrdiff_t comma = ash_view_find(name, ',');
        ptrdiff_t colon = ash_view_find(name, ':');
        ptrdiff_t cut = comma > colon ? comma : colon;
        if (cut < 0)
            break;
        name = ash_view_skip(name, (size_t)cut + 1);
    }
    name = ash_undecorated(name);
    if (!s->record.in_row && ash_name_judge(s->rules->names, name) >= ASH_NAME_POSSIBLE &&
        ash_name_judge(s->rules->names, name) != ASH_NAME_SURNAME)
        (void)ash_person_names(s, l, name);
}

/* `end` is behind the first letter of the domain's second part. */
void ash_value_mail(ash_scan *s, ash_line *l, const char *end)
{
    const char *limit = l->text.p + l->text.n;
    char low[VALUE_MAX];
    const char *at = memrchr(l->text.p, '@', (size_t)(end - l->text.p));
    if (at == NULL)
        return;
    const char *from = at, *to = at + 1, *dot = NULL;
    while (from > l->text.p && mail_char(from[-1]) && at - from < 64)
        from--;
    while (from < at && (*from == '.' || *from == '\'' || *from == '-'))
        from++;
    while (to < limit && to - at < 254 && (mail_char(*to) && *to != '%' && *to != '+' && *to != '_' && *to != '\'')) {
        dot = *to == '.' ? to : dot;
        to++;
    }
    while (to > at + 1 && (to[-1] == '.' || to[-1] == '-'))
        to--;
    if (dot != NULL && dot >= to)
        dot = memrchr(at, '.', (size_t)(to - at));
    if (from == at || dot == NULL || to - dot < 3 || end > to)
        return;
    for (const char *p = dot + 1; p < to; p++) {
        if (!((*p | 32) >= 'a' && (*p | 32) <= 'z'))
            return;
    }
    static const char *const files[] = {"png", "jpg", "gif", "jpeg", "svg", "css", "js", "webp", "local", "internal"};
    for (size_t i = 0; i < 8; i++) {
        if ((size_t)(to - dot - 1) == strlen(files[i]) && strncasecmp(dot + 1, files[i], strlen(files[i])) == 0)
            return;
    }
    size_t n = (size_t)(to - from);
    for (size_t i = 0; i < n; i++)
        low[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] + 32 : from[i]);
    ash_view normal = ash_view_of(low, n);
    ash_scan_found(s, ASH_CLASS_EMAIL, ASH_CONFIDENCE_HIGH, normal, ash_view_of(from, n), l->no);
    l->contact = true;
    if (shared_mailbox(ash_view_first(normal, (size_t)(at - from))))
        return;
    name_before(s, l, from);
    ash_record_value(s, ASH_CLASS_EMAIL, normal, l->no);
}

void ash_value_birth(ash_scan *s, ash_line *l, const char digits[8], ash_view raw)
{
    ash_view normal = ash_view_of(digits, 8);
    ash_scan_found(s, ASH_CLASS_BIRTH, ASH_CONFIDENCE_HIGH, normal, raw, l->no);
    ash_record_value(s, ASH_CLASS_BIRTH, normal, l->no);
    l->contact = true;
}

void ash_value_address(ash_scan *s, ash_line *l, ash_view text, ash_confidence c)
{
    char normal[VALUE_MAX];
    text = ash_view_first(text, sizeof normal);
    size_t n = ash_address_normal(normal, text);
    ash_scan_found(s, ASH_CLASS_ADDRESS, c, ash_view_of(normal, n), text, l->no);
    ash_record_value(s, ASH_CLASS_ADDRESS, ash_view_of(normal, n), l->no);
    l->contact = true;
    l->address = true;
}

static bool birth(ash_scan *s, ash_line *l, ash_view text)
{
    char digits[8];
    size_t n = ash_birth_date(text, digits);
    if (n == 0)
        return false;
    ash_value_birth(s, l, digits, ash_view_first(text, n));
    return true;
}

/* "〒150-0001 東京都渋谷区...": the postal code is no part of it. */
static bool address(ash_scan *s, ash_line *l, ash_view text)
{
    if (ash_view_starts(text, ASH_VIEW_LIT("〒")))
        text = ash_view_trim(ash_view_skip(text, 3));
    if (text.n > 9 && text.p[3] == '-' && text.p[0] >= '0' && text.p[0] <= '9' && text.p[8] == ' ')
        text = ash_view_skip(text, 9);
    if (l->address && !s->record.in_row)
        return false;
    if (!ash_address_like(text))
        return false;
    ash_value_address(s, l, text, ASH_CONFIDENCE_HIGH);
    return true;
}

static bool kana(ash_scan *s, ash_line *l, ash_view text)
{
    text = ash_undecorated(text);
    if (!ash_all_kana(text) || text.n > 60)
        return false;
    ash_record_name(s, text, true, l->no);
    return true;
}

/* A short number after its label: security codes. */
static bool short_digits(ash_scan *s, ash_line *l, uint32_t cls, ash_view text, size_t min, size_t max)
{
    size_t n = 0;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
        n++;
    if (n < min || n > max)
        return false;
    ash_scan_found(s, cls, s->record.has_card ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_MEDIUM,
                   ash_view_first(text, n), ash_view_first(text, n), l->no);
    return true;
}

static bool account(ash_scan *s, ash_line *l, ash_view text)
{
    char digits[20];
    size_t n = 0;
    while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '-' || (text.p[n] == ' ' && n > 0)))
        n++;
    ash_view raw = ash_view_trim(ash_view_first(text, n));
    n = ash_digits_of(raw, digits, sizeof digits);
    /* Seven digits and more come as numbers of their own. */
    if (n < 5 || n > 6)
        return false;
    ash_scan_found(s, ASH_CLASS_BANK, ASH_CONFIDENCE_MEDIUM, ash_view_of(digits, n), raw, l->no);
    return true;
}

/* Letters and digits, as passports of most countries have. Japan's are found without. */
static bool passport(ash_scan *s, ash_line *l, ash_view text)
{
    size_t n = 0, digits = 0;
    while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || (text.p[n] >= 'A' && text.p[n] <= 'Z')))
        digits += text.p[n] >= '0' && text.p[n] <= '9', n++;
    if (n < 6 || n > 10 || digits < 5 || digits == n || (n == 9 && digits == 7 && text.p[1] >= 'A'))
        return false;
    ash_scan_found(s, ASH_CLASS_PASSPORT, ASH_CONFIDENCE_MEDIUM, ash_view_first(text, n), ash_view_first(text, n), l->no);
    ash_record_value(s, ASH_CLASS_PASSPORT, ash_view_first(text, n), l->no);
    return true;
}

static bool password(ash_scan *s, ash_line *l, ash_view text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] > ' ' && text.p[n] < 0x7f && text.p[n] != ',' && text.p[n] != ';')
        n++;
    ash_view v = ash_undecorated(ash_view_first(text, n));
    bool digit = false, alpha = false, sign = false;
    for (size_t i = 0; i < v.n; i++) {
        digit |= v.p[i] >= '0' && v.p[i] <= '9';
        alpha |= (v.p[i] | 32) >= 'a' && (v.p[i] | 32) <= 'z';
        sign |= strchr("!@#$%^&*+?~", v.p[i]) != NULL;
        if (strchr("(<{[>/\\", v.p[i]) != NULL) /* source code, paths */
            return false;
    }
    /* Beside its label, or in a column of passwords. */
    bool told = text.p > l->text.p && strchr(":= \t\"'", text.p[-1]) != NULL;
    if (v.n > 2 && memcmp(v.p + v.n - 2, "_t", 2) == 0) /* a type */
        return false;
    if (v.n < 6 || v.n > 64 || !alpha || (!digit && !sign) || (!told && !s->record.in_row))
        return false;
    ash_scan_found(s, ASH_CLASS_PASSWORD, ASH_CONFIDENCE_MEDIUM, v, v, l->no);
    return true;
}

/* The insured's symbol and number: "123・4567", "記号 1122 番号 334". Seven digits together
 * come as a number of their own. */
static bool insured(ash_scan *s, ash_line *l, ash_view text)
{
    static const char *const between[] = {"・", "記号", "番号", ":", "-", " ", "/"};
    size_t n = 0, digits = 0, run = 0, longest = 0, end = 0;
    while (n < text.n && n < 48) {
        size_t k = text.p[n] >= '0' && text.p[n] <= '9';
        digits += k;
        run = k > 0 ? run + 1 : text.p[n] == '-' || text.p[n] == ' ' ? run : 0;
        longest = run > longest ? run : longest;
        end = k > 0 ? n + 1 : end;
        for (size_t i = 0; i < sizeof between / sizeof *between && k == 0; i++) {
            if (ash_view_starts(ash_view_skip(text, n), ash_view_z(between[i])))
                k = strlen(between[i]);
        }
        if (k == 0)
            break;
        n += k;
    }
    if (digits < 3 || digits > 16 || longest >= 7)
        return false;
    size_t from = 0;
    while (text.p[from] < '0' || text.p[from] > '9')
        from++;
    ash_view raw = ash_view_of(text.p + from, end - from);
    ash_scan_found(s, ASH_CLASS_INSURANCE, ASH_CONFIDENCE_MEDIUM, raw, raw, l->no);
    ash_record_value(s, ASH_CLASS_INSURANCE, raw, l->no);
    return true;
}

bool ash_value_labelled(ash_scan *s, ash_line *l, ash_role role, ash_view text)
{
    text = ash_view_first(text, VALUE_MAX);
    switch (role) {
    case ASH_ROLE_NAME:
    case ASH_ROLE_CARD_NAME: return ash_person_names(s, l, text);
    case ASH_ROLE_KANA: return kana(s, l, text);
    case ASH_ROLE_ADDRESS: return address(s, l, text);
    case ASH_ROLE_BIRTH: return birth(s, l, text);
    case ASH_ROLE_CVV: return short_digits(s, l, ASH_CLASS_CARD_AUTH, text, 3, 4);
    case ASH_ROLE_PASSPORT: return passport(s, l, text);
    case ASH_ROLE_PASSWORD: return password(s, l, text);
    case ASH_ROLE_ACCOUNT: return account(s, l, text);
    case ASH_ROLE_INSURED: return insured(s, l, text);
    default: return false;
    }
}
