/* Numbers: which digits belong together, and what they are in their context. */
#include "classify/scan_internal.h"
#include "classify/validate.h"

#define GROUPS 16u
#define DIGITS 40u

/* Digits written together, with one kind of separator between its groups. */
typedef struct number {
    const char *from, *to; /* the first digit, and behind the last */
    unsigned n;
    const char *begin[GROUPS];
    unsigned length[GROUPS];
    char separator[GROUPS]; /* before each group; '?' for a mixture */
} number;

size_t ash_separator(ash_view v, char *ret_kind)
{
    static const char simple[] = " .()/";
    if (v.n == 0)
        return 0;
    *ret_kind = v.p[0];
    if (v.p[0] == '-')
        return 1;
    if (memchr(simple, v.p[0], sizeof simple - 1) != NULL)
        return 1;
    *ret_kind = '-';
    const unsigned char *p = (const unsigned char *)v.p;
    if (v.n >= 3 && ((p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0x95) ||
                     (p[0] == 0xe2 && p[1] == 0x88 && p[2] == 0x92) ||
                     (p[0] == 0xe3 && p[1] == 0x83 && p[2] == 0xbc) ||
                     (p[0] == 0xef && p[1] == 0xbc && p[2] == 0x8d)))
        return 3;
    return 0;
}

size_t ash_digits_of(ash_view v, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n;) {
        char kind;
        if (v.p[i] >= '0' && v.p[i] <= '9') {
            if (n == max)
                return 0;
            out[n++] = v.p[i++];
            continue;
        }
        size_t k = ash_separator(ash_view_skip(v, i), &kind);
        if (k == 0)
            return 0;
        i += k;
    }
    return n;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Length of the separator that ends at p, not before `front`. */
static size_t separator_before(const char *front, const char *p, char *ret_kind)
{
    if (p > front && ash_separator(ash_view_of(p - 1, 1), ret_kind) == 1)
        return 1;
    return p - front >= 3 && ash_separator(ash_view_of(p - 3, 3), ret_kind) == 3 ? 3 : 0;
}

/* The groups that end at `end`, from the right to the left. */
static void collect(const char *front, const char *end, number *x)
{
    const char *p = end;
    unsigned digits = 0;
    x->n = 0;
    x->to = end;
    while (x->n < GROUPS && digits < DIGITS) {
        const char *to = p;
        while (p > front && digit(p[-1]) && digits < DIGITS) {
            p--;
            digits++;
        }
        if (p == to)
            break;
        x->begin[x->n] = p;
        x->length[x->n] = (unsigned)(to - p);
        char kind = 0, more;
        size_t k = separator_before(front, p, &kind);
        size_t second = k == 0 ? 0 : separator_before(front, p - k, &more);
        x->separator[x->n++] = second > 0 && more != kind ? '?' : kind;
        if (k == 0 || p - k - second <= front || !digit(p[-(ptrdiff_t)(k + second) - 1]))
            break;
        if (second > 0 && more == kind) /* two spaces part two numbers */
            break;
        p -= k + second;
    }
    x->from = x->n > 0 ? x->begin[x->n - 1] : end;
    for (unsigned i = 0; i < x->n / 2; i++) { /* in order */
        unsigned j = x->n - 1 - i, length = x->length[i];
        const char *begin = x->begin[i];
        char separator = x->separator[i];
        x->begin[i] = x->begin[j], x->length[i] = x->length[j], x->separator[i] = x->separator[j];
        x->begin[j] = begin, x->length[j] = length, x->separator[j] = separator;
    }
}

ash_role ash_context_role(const ash_scan *s, const ash_line *l, const char *p)
{
    ash_role column = ash_scan_table_role(s, l, p);
    if (column != ASH_ROLE_NONE)
        return column;
    const ash_label *best = NULL;
    for (size_t i = 0; i < l->n_labels && l->labels[i].to <= p; i++) {
        const ash_label *b = &l->labels[i];
        /* "普通 No.1234567", "Passport #": the word before it says which number. */
        bool of_before = best != NULL && b->role == ASH_ROLE_OTHER && b->from - best->to <= 3 &&
                         b->to - b->from <= 6;
        if (!of_before)
            best = b;
    }
    if (best != NULL) {
        size_t gap = (size_t)(p - best->to);
        bool weak = best->role == ASH_ROLE_OTHER || best->role == ASH_ROLE_AMOUNT ||
                    best->role == ASH_ROLE_DATE;
        bool other_digits = false;
        for (const char *q = best->to; q < p; q++)
            other_digits |= digit(*q);
        if (gap <= (weak ? 24u : 100u) && !(weak && other_digits))
            return best->role;
    }
    for (size_t i = 0; i < l->n_labels; i++) { /* "090-... (携帯)" */
        const ash_label *b = &l->labels[i];
        if (b->from > p && b->from - p <= 30 && memchr(p, '(', (size_t)(b->from - p)) != NULL)
            return b->role;
    }
    return best == NULL ? s->table.one : ASH_ROLE_NONE;
}

static bool found(ash_scan *s, ash_line *l, uint32_t cls, ash_confidence c, ash_view digits, ash_view raw)
{
    ash_scan_found(s, cls, c, digits, raw, l->no);
    if (c != ASH_CONFIDENCE_LOW)
        ash_record_value(s, cls, digits, l->no);
    return true;
}

/* A number with an area's or country's leading digits; in Japan's form for comparing. */
static bool phone(ash_scan *s, ash_line *l, ash_role role, ash_view d, const unsigned *groups,
                  unsigned n, char separator, ash_view raw, bool plus)
{
    char own[DIGITS + 1];
    bool labelled = role == ASH_ROLE_PHONE, ok;
    ash_confidence c = labelled ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_MEDIUM;
    if (plus) {
        ok = ash_valid_phone_e164(d);
        /* "+81 (0)3-..." */
        if (!ok && ash_view_starts(d, ASH_VIEW_LIT("810")) && d.n > 3)
            ok = ash_valid_phone_jp(ash_view_skip(d, 2));
    } else if (d.p[0] == '0') {
        ok = labelled ? ash_valid_phone_jp(d) || (d.n >= 9 && d.n <= 12)
                      : n >= 2 && separator != ' ' && separator != '.' && ash_valid_phone_jp_groups(d, groups, n);
        if (!ok && n == 1 && ash_valid_phone_jp(d) && d.n == 11 && role == ASH_ROLE_NONE) {
            c = l->contact || s->record.who.name != 0 ? ASH_CONFIDENCE_MEDIUM : ASH_CONFIDENCE_LOW;
            ok = true;
        }
    } else {
        bool nanp = d.n == 10 ? ash_valid_phone_nanp(d)
                              : d.n == 11 && d.p[0] == '1' && ash_valid_phone_nanp(ash_view_skip(d, 1));
        ok = labelled ? nanp || (d.n >= 7 && d.n <= 12)
                      : nanp && n >= 3 && groups[n - 1] == 4 && groups[n - 2] == 3 && separator != ' ';
    }
    if (!ok)
        return false;
    size_t from = 0, to = 0;
    if (plus && ash_view_starts(d, ASH_VIEW_LIT("81"))) {
        own[to++] = '0';
        from = d.p[2] == '0' ? 3 : 2;
    } else if (d.n == 11 && d.p[0] == '1') {
        from = 1;
    }
    memcpy(own + to, d.p + from, d.n - from);
    if (c != ASH_CONFIDENCE_LOW)
        l->contact = true;
    return found(s, l, ASH_CLASS_PHONE, c, ash_view_of(own, d.n - from + to), raw);
}

static bool with_context(ash_scan *s, ash_line *l, ash_role role, ash_view d, ash_view raw)
{
    switch (role) {
    case ASH_ROLE_MYNUMBER:
        return ash_valid_mynumber(d) && found(s, l, ASH_CLASS_MYNUMBER, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_CORPORATE:
        return ash_valid_corporate(d) && found(s, l, ASH_CLASS_CORPORATE, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_LICENCE:
        return ash_valid_licence(d) && found(s, l, ASH_CLASS_LICENCE, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_PENSION:
        return d.n == 10 && found(s, l, ASH_CLASS_PENSION, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_INSURER:
        return ash_valid_insurer(d) && found(s, l, ASH_CLASS_INSURANCE, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_INSURED:
        return d.n >= 6 && d.n <= 14 && found(s, l, ASH_CLASS_INSURANCE, ASH_CONFIDENCE_MEDIUM, d, raw);
    case ASH_ROLE_SSN:
        return ash_valid_ssn(d) && found(s, l, ASH_CLASS_SSN, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_PASSPORT:
        return d.n == 9 && found(s, l, ASH_CLASS_PASSPORT, ASH_CONFIDENCE_MEDIUM, d, raw);
    case ASH_ROLE_ACCOUNT:
        if (raw.n == 10 && raw.p[4] == '-' && raw.p[7] == '-') /* a date */
            return false;
        return d.n >= 7 && d.n <= 17 && found(s, l, ASH_CLASS_BANK, ASH_CONFIDENCE_HIGH, d, raw);
    case ASH_ROLE_ACCOUNT_KIND:
    case ASH_ROLE_BRANCH:
    case ASH_ROLE_BANK:
        return d.n == 7 && raw.n == 7 && found(s, l, ASH_CLASS_BANK, ASH_CONFIDENCE_HIGH, d, raw);
    default:
        return false;
    }
}

/* Four groups of four, or as American Express writes it. */
static bool card_groups(const unsigned *g, unsigned n)
{
    return (n == 4 && g[0] == 4 && g[1] == 4 && g[2] == 4) || (n == 3 && g[0] == 4 && g[1] == 6);
}

static bool names_a_number(ash_role role)
{
    switch (role) {
    case ASH_ROLE_MYNUMBER:
    case ASH_ROLE_CORPORATE:
    case ASH_ROLE_PASSPORT:
    case ASH_ROLE_LICENCE:
    case ASH_ROLE_PENSION:
    case ASH_ROLE_INSURER:
    case ASH_ROLE_INSURED:
    case ASH_ROLE_CARD:
    case ASH_ROLE_CVV:
    case ASH_ROLE_SSN:
    case ASH_ROLE_ACCOUNT:
    case ASH_ROLE_IBAN: return true;
    default: return false;
    }
}

bool ash_number_judge(ash_scan *s, ash_line *l, ash_role role, ash_view d, const unsigned *groups,
                      unsigned n, char separator, ash_view raw)
{
    bool plus = raw.p > l->text.p && raw.p[-1] == '+';
    if (!plus && raw.p - l->text.p >= 2 && raw.p[-1] == '(')
        plus = raw.p[-2] == '+';
    if (d.n >= 12 && ash_valid_card(d) &&
        (role == ASH_ROLE_CARD || role == ASH_ROLE_CARD_NAME || role == ASH_ROLE_EXPIRY ||
         (role == ASH_ROLE_NONE && card_groups(groups, n)) ||
         (role != ASH_ROLE_OTHER && role != ASH_ROLE_AMOUNT && s->record.has_card && d.n >= 14))) {
        ash_confidence c = role == ASH_ROLE_CARD ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_MEDIUM;
        return found(s, l, ASH_CLASS_CARD, ash_card_is_sample(d) && c != ASH_CONFIDENCE_HIGH ? ASH_CONFIDENCE_LOW : c, d, raw);
    }
    if (with_context(s, l, role, d, raw))
        return true;
    for (unsigned r = 0; role == ASH_ROLE_NONE && s->table.loose != 0 && r < ASH_ROLES; r++) {
        if ((s->table.loose & UINT64_C(1) << r) != 0 &&
            (with_context(s, l, (ash_role)r, d, raw) ||
             (r == ASH_ROLE_PHONE && phone(s, l, ASH_ROLE_PHONE, d, groups, n, separator, raw, plus))))
            return true;
    }
    /* Under a label of another kind of number it is that, or wrong. */
    bool free_role = role != ASH_ROLE_OTHER && role != ASH_ROLE_AMOUNT && role != ASH_ROLE_DATE &&
                     (plus || !names_a_number(role));
    if (free_role && phone(s, l, role, d, groups, n, separator, raw, plus))
        return true;
    /* "T1234567890123": who may issue qualified invoices (Consumption Tax Act 57-2). */
    if (d.n == 13 && n == 1 && raw.p > l->text.p && raw.p[-1] == 'T' && ash_valid_corporate(d))
        return found(s, l, ASH_CLASS_CORPORATE, ASH_CONFIDENCE_MEDIUM, d, raw);
    if (role != ASH_ROLE_NONE)
        return false;
    ash_scan_table_number(s, l, d, raw.p);
    if (n == 3 && groups[0] == 3 && groups[1] == 2 && groups[2] == 4 && ash_valid_ssn(d))
        return found(s, l, ASH_CLASS_SSN, ASH_CONFIDENCE_LOW, d, raw);
    if (d.n >= 14 && n == 1 && ash_valid_card(d))
        return found(s, l, ASH_CLASS_CARD, ASH_CONFIDENCE_LOW, d, raw);
    return false;
}

/* Groups i to j as one number. */
static bool try_groups(ash_scan *s, ash_line *l, const number *x, unsigned i, unsigned j)
{
    char d[DIGITS];
    unsigned n = 0;
    char kind = j > i ? x->separator[i + 1] : 0;
    const char *to = x->begin[j] + x->length[j];
    for (unsigned k = i; k <= j; k++) {
        char this = k > i ? x->separator[k] : kind;
        if (this != kind)
            kind = '?';
        if (n + x->length[k] > DIGITS)
            return false;
        memcpy(d + n, x->begin[k], x->length[k]);
        n += x->length[k];
    }
    /* Mixed separators are for telephones: "(03) 1234-5678", "+1 415-555-2671". */
    bool plus = x->begin[i] > l->text.p && (x->begin[i][-1] == '+');
    bool bracket = x->begin[i] > l->text.p && x->begin[i][-1] == '(';
    if (kind == '?' && !plus && !bracket && memchr(x->begin[i], '(', (size_t)(to - x->begin[i])) == NULL)
        return false;
    if (n < 7 || kind == '/')
        return false;
    ash_role role = ash_context_role(s, l, x->begin[i]);
    return ash_number_judge(s, l, role, ash_view_of(d, n), x->length + i, j - i + 1, kind,
                            ash_view_of(x->begin[i], (size_t)(to - x->begin[i])));
}

static bool may_cut(char separator)
{
    return separator == ' ' || separator == '/' || separator == '?' || separator == '(' || separator == ')';
}

void ash_value_digits(ash_scan *s, ash_line *l, const char *end)
{
    const char *limit = l->text.p + l->text.n;
    char kind;
    if (end > limit)
        end = limit;
    if (end <= l->text.p || !digit(end[-1]))
        return;
    if (end < limit) { /* the number goes on: another match ends it */
        ash_view rest = ash_view_of(end, (size_t)(limit - end));
        size_t k = ash_separator(rest, &kind);
        if (k > 0 && rest.n > k && digit(rest.p[k]))
            return;
        if (k > 0) {
            size_t more = ash_separator(ash_view_skip(rest, k), &kind);
            if (more > 0 && rest.n > k + more && digit(rest.p[k + more]))
                return;
        }
        if (letter(*end) && *end != 'x' && *end != 'e')
            return;
    }
    number x;
    collect(l->text.p, end, &x);
    if (x.n == 0)
        return;
    if (x.from > l->text.p && letter(x.from[-1]) &&
        !(x.from[-1] == 'T' && (x.from - 1 == l->text.p || !letter(x.from[-2]))) &&
        x.from[-1] != 'l' && x.from[-1] != 'L') /* "Tel03-..." */
        return;
    for (unsigned i = 0; i < x.n;) {
        unsigned j = x.n;
        bool taken = false;
        while (j-- > i && !taken) {
            bool left = i == 0 || may_cut(x.separator[i]),
                 right = j + 1 == x.n || may_cut(x.separator[j + 1]);
            taken = left && right && try_groups(s, l, &x, i, j);
            if (taken)
                break;
        }
        i = taken ? j + 1 : i + 1;
    }
}
