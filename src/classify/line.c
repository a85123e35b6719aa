/* One line: labels, cells and matches, each given to whom it concerns. */
#include "base/text.h"
#include "classify/scan_internal.h"
#include "classify/validate.h"

/* From a label to its value: what stands between them. */
static ash_view value_after(const char *from, const char *to)
{
    static const char *const skip[] = {" ", "\t", ":", "=", "|", ")", "]", "】", "」", "〕", "》", "は", ",", ";", "\"", "・", "-", "#", "'", "→", ".", "("};
    ash_view v = ash_view_of(from, (size_t)(to - from));
    if (ash_view_starts(v, ASH_VIEW_LIT("("))) { /* "氏名(漢字): ..." */
        ptrdiff_t close = ash_view_find(v, ')');
        bool digits = false;
        for (ptrdiff_t i = 0; i < close; i++)
            digits |= v.p[i] >= '0' && v.p[i] <= '9';
        if (close > 0 && close < 40 && !digits)
            v = ash_view_skip(v, (size_t)close + 1);
    }
    for (bool more = true; more && v.n > 0;) {
        unsigned char c = (unsigned char)v.p[0];
        more = false;
        if ((c >= 0xe4 && c <= 0xe9) || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            break; /* the value begins */
        for (size_t i = 0; i < sizeof skip / sizeof *skip; i++) {
            if (ash_view_starts(v, ash_view_z(skip[i]))) {
                v = ash_view_skip(v, strlen(skip[i]));
                more = true;
            }
        }
    }
    /* "my name is ...", "born on ..." */
    static const char *const verbs[] = {"is ", "on ", "was ", "of "};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (ash_view_starts(v, ash_view_z(verbs[i])))
            v = ash_view_skip(v, strlen(verbs[i]));
    }
    return ash_view_trim(v);
}

/* True where a label can have a value: it is followed by a separator, a bracket or the
 * line's end. Within a sentence it is only a word ("氏名を記入"). */
static bool introduces(const ash_line *l, const ash_label *b)
{
    static const char *const after[] = {" ", "\t", ":", "=", "|", "(", ")", "]", "】", "」", "〕", "》", "は", ",", ";", "\"", "・", "#", "'", "→", "-"};
    ash_view rest = ash_view_of(b->to, (size_t)(l->text.p + l->text.n - b->to));
    if (rest.n == 0)
        return true;
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        if (ash_view_starts(rest, ash_view_z(after[i])))
            return true;
    }
    return false;
}

static void labelled_values(ash_scan *s, ash_line *l)
{
    const char *end = l->text.p + l->text.n;
    for (size_t i = 0; i < l->n_labels; i++) {
        const ash_label *b = &l->labels[i];
        if (!introduces(l, b))
            continue;
        const char *to = i + 1 < l->n_labels ? l->labels[i + 1].from : end;
        /* A label right behind one says more of the same: "電話番号 (携帯)". */
        ash_view v = value_after(b->to, to);
        ptrdiff_t tab = ash_view_find(v, '\t');
        if (tab >= 0 && b->role != ASH_ROLE_NAME)
            v = ash_view_first(v, (size_t)tab);
        /* A name goes on to the next gap, an address over words that are labels elsewhere. */
        if (b->role == ASH_ROLE_ADDRESS && to != end) {
            const char *stop = memmem(b->to, (size_t)(end - b->to), "  ", 2);
            v = value_after(b->to, stop != NULL && stop > to ? stop : to);
        }
        if (b->role == ASH_ROLE_INSURED) /* "記号 1122 番号 334" */
            v = value_after(b->to, end);
        if (v.n > 0)
            (void)ash_value_labelled(s, l, b->role, v);
    }
}

/* A marking stands by itself: on its line, in its cell, in brackets. */
static bool stamped(const ash_line *l, const char *from, const char *to)
{
    const char *end = l->text.p + l->text.n;
    ash_view whole = ash_undecorated(l->text);
    if (whole.p == from && whole.n == (size_t)(to - from))
        return true;
    bool left = from == l->text.p || strchr("[(<\t|,", from[-1]) != NULL ||
                (from - l->text.p >= 3 && (memcmp(from - 3, "【", 3) == 0 || memcmp(from - 3, "《", 3) == 0 || memcmp(from - 3, "〔", 3) == 0 || memcmp(from - 3, "「", 3) == 0));
    bool right = to == end || strchr("])>\t|,", *to) != NULL ||
                 (end - to >= 3 && (memcmp(to, "】", 3) == 0 || memcmp(to, "》", 3) == 0 || memcmp(to, "〕", 3) == 0 || memcmp(to, "」", 3) == 0));
    bool boxed = left && right && from > l->text.p && to < end;
    /* "CONFIDENTIAL - Project X", "機密  2024年度計画": at an end of a short line, apart. */
    bool apart = (from == l->text.p && to < end && (*to == ' ' || *to == '/' || *to == ':' || *to == '_')) ||
                 (to == end && from > l->text.p && (from[-1] == ' ' || from[-1] == '_'));
    bool capitals = (unsigned char)*from >= 0x80 || (to - from > 1 && from[1] >= 'A' && from[1] <= 'Z');
    return boxed || (apart && l->text.n <= 90 && capitals && to - from > 3) ||
           (l->no == 0 && to - from > 3); /* a file's name */
}

static void mark(ash_scan *s, ash_line *l, const ash_rule *r, const char *from, const char *to)
{
    const char *end = l->text.p + l->text.n;
    bool beside = (from > l->text.p && ((from[-1] >= 'A' && from[-1] <= 'Z') || (from[-1] >= 'a' && from[-1] <= 'z'))) ||
                  (to < end && ((*to >= 'A' && *to <= 'Z') || (*to >= 'a' && *to <= 'z')));
    uint64_t bit = UINT64_C(1) << r->cls; /* one a line: "TOP SECRET//" is not three */
    if ((r->whole && beside) || (r->stamp && !stamped(l, from, to)) || (l->marked & bit) != 0)
        return;
    l->marked |= bit;
    ash_view v = ash_view_of(from, (size_t)(to - from));
    ash_scan_found(s, r->cls, r->stamp ? ASH_CONFIDENCE_MEDIUM : ASH_CONFIDENCE_HIGH, v, v, l->no);
}

static void place(ash_scan *s, ash_line *l, const char *end)
{
    if (l->address)
        return;
    const char *limit = l->text.p + l->text.n, *from = end, *to = end;
    /* From the cell's or word's beginning to its end. */
    while (from > l->text.p && strchr("\t,:|;\"( ", from[-1]) == NULL && end - from < 120)
        from--;
    while (to < limit && strchr("\t,|;\")", *to) == NULL && !(to + 1 < limit && to[0] == ' ' && to[1] == ' ') && to - from < 240)
        to++;
    static const char *const heads[] = {"北海道", "東京都", "京都府", "大阪府"};
    ash_view v = ash_view_of(from, (size_t)(to - from));
    for (size_t i = 0; i < 4; i++) {
        ptrdiff_t at = ash_view_find_str(v, ash_view_z(heads[i]));
        if (at > 0)
            v = ash_view_skip(v, (size_t)at);
    }
    /* A number must follow the places, as in "1-2-3" or "一丁目". */
    ash_view behind = ash_view_of(end, (size_t)(v.p + v.n - end));
    size_t digits = 0;
    for (size_t i = 0; i < behind.n && i < 60; i++)
        digits += behind.p[i] >= '0' && behind.p[i] <= '9';
    bool number = digits > 0 && digits < 14 && ash_view_find_str(behind, ASH_VIEW_LIT("年")) < 0;
    if ((number || ash_view_find_str(behind, ASH_VIEW_LIT("丁目")) >= 0 || ash_view_find_str(behind, ASH_VIEW_LIT("番地")) >= 0) &&
        ash_address_like(v))
        ash_value_address(s, l, v, ASH_CONFIDENCE_MEDIUM);
}

/* Behind a postal code comes an address, on this line or the next. */
static void postal(ash_scan *s, ash_line *l, const char *end)
{
    if (l->address)
        return;
    const char *limit = l->text.p + l->text.n;
    ash_view v = value_after(end, limit);
    ptrdiff_t cut = ash_view_find(v, '\t');
    v = ash_view_first(v, cut < 0 ? v.n : (size_t)cut);
    const char *gap = v.n == 0 ? NULL : memmem(v.p, v.n, "  ", 2);
    if (gap != NULL)
        v.n = (size_t)(gap - v.p);
    if (v.n == 0)
        s->table.one = ASH_ROLE_ADDRESS, s->table.one_age = 0;
    else if (ash_address_like(v))
        ash_value_address(s, l, v, ASH_CONFIDENCE_HIGH);
}

static void iban(ash_scan *s, ash_line *l, const char *end)
{
    /* The pattern ends 15 characters (and up to three spaces) behind the country. */
    const char *limit = l->text.p + l->text.n;
    for (size_t back = 15; back <= 18 && end - l->text.p >= (ptrdiff_t)back; back++) {
        const char *from = end - back;
        char text[36];
        size_t n = 0;
        if (from > l->text.p && ((from[-1] >= 'A' && from[-1] <= 'Z') || (from[-1] >= '0' && from[-1] <= '9')))
            continue;
        for (const char *p = from; p < limit && n < 34; p++) {
            if ((*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9'))
                text[n++] = *p;
            else if (*p != ' ')
                break;
            bool ends = p + 1 == limit || !((p[1] >= 'A' && p[1] <= 'Z') || (p[1] >= '0' && p[1] <= '9'));
            if (ends && ash_valid_iban(ash_view_of(text, n))) {
                ash_scan_found(s, ASH_CLASS_IBAN, ASH_CONFIDENCE_HIGH, ash_view_of(text, n),
                               ash_view_of(from, (size_t)(p + 1 - from)), l->no);
                ash_record_value(s, ASH_CLASS_IBAN, ash_view_of(text, n), l->no);
                return;
            }
        }
    }
}

static void passport(ash_scan *s, ash_line *l, const char *end)
{
    const char *from = end;
    char text[9];
    size_t n = 9;
    while (from > l->text.p && n > 0 && end - from < 10) {
        from--;
        if (*from != ' ' && *from != '-')
            text[--n] = *from;
    }
    if (n != 0 || (from > l->text.p && ((from[-1] | 32) >= 'a' && (from[-1] | 32) <= 'z')))
        return;
    ash_view v = ash_view_of(text, sizeof text), raw = ash_view_of(from, (size_t)(end - from));
    bool told = ash_context_role(s, l, from) == ASH_ROLE_PASSPORT;
    ash_scan_found(s, ASH_CLASS_PASSPORT, told ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_LOW, v, raw, l->no);
    if (told)
        ash_record_value(s, ASH_CLASS_PASSPORT, v, l->no);
}

static void born(ash_scan *s, ash_line *l, const char *end)
{
    char digits[8];
    /* Back to where a year may begin. */
    for (const char *p = end; p > l->text.p && end - p < 40;) {
        p--;
        bool begins = ((unsigned char)*p & 0xc0) != 0x80 && (p == l->text.p || !(p[-1] >= '0' && p[-1] <= '9'));
        if (begins && end - p > 12 && ash_birth_date(ash_view_of(p, (size_t)(end - p)), digits) > 0 &&
            ash_context_role(s, l, p) != ASH_ROLE_BIRTH) {
            ash_value_birth(s, l, digits, ash_view_of(p, (size_t)(end - p)));
            return;
        }
    }
}

static void own(ash_scan *s, ash_line *l, const ash_rule *r, const ash_hit *h)
{
    const ash_own *o = &s->rules->own[r->own];
    ash_view v = ash_view_of(l->base + h->from, h->to - h->from);
    char digits[64];
    bool near = false;
    if (o->valid != NULL) {
        size_t n = ash_digits_of(v, digits, sizeof digits);
        if (!o->valid(ash_view_of(digits, n)))
            return;
    }
    for (size_t i = 0; i < l->n_hits && o->has_words; i++) {
        const ash_rule *w = &s->rules->rules[l->hits[i].rule];
        near |= w->kind == ASH_RULE_OWN_WORD && w->own == r->own;
    }
    if (o->context_required && !near)
        return;
    unsigned points = o->weight + (o->valid != NULL ? 3u : 0u) + (near ? 3u : 0u);
    ash_scan_found(s, r->cls, points >= 8 ? ASH_CONFIDENCE_HIGH : points >= 5 ? ASH_CONFIDENCE_MEDIUM : ASH_CONFIDENCE_LOW,
                   v, v, l->no);
}

static void simple(ash_scan *s, const ash_line *l, uint32_t cls, const char *end)
{
    size_t n = (size_t)(end - l->text.p);
    ash_view tail = ash_view_of(end - (n < 12 ? n : 12), n < 12 ? n : 12);
    ash_scan_found(s, cls, ASH_CONFIDENCE_HIGH, n < 48 ? l->text : ash_view_of(end - 48, 48), tail, l->no);
}

static void match(ash_scan *s, ash_line *l, const ash_hit *h)
{
    const ash_rule *r = &s->rules->rules[h->rule];
    const char *end = l->base + h->to;
    switch (r->kind) {
    case ASH_RULE_DIGITS: ash_value_digits(s, l, end - 1); break;
    case ASH_RULE_MAIL: ash_value_mail(s, l, end); break;
    case ASH_RULE_IBAN: iban(s, l, end); break;
    case ASH_RULE_PASSPORT: passport(s, l, end - 1); break;
    case ASH_RULE_MRZ: simple(s, l, ASH_CLASS_PASSPORT, end); break;
    case ASH_RULE_TRACK: simple(s, l, ASH_CLASS_CARD_AUTH, end); break;
    case ASH_RULE_HONORIFIC: ash_person_honoured(s, l, end); break;
    case ASH_RULE_TITLE: ash_person_titled(s, l, end - 1); break;
    case ASH_RULE_PLACE: place(s, l, end); break;
    case ASH_RULE_POSTAL: postal(s, l, end); break;
    case ASH_RULE_STREET:
        if (!l->address)
            ash_value_address(s, l, ash_view_of(l->text.p, (size_t)(end - l->text.p)), ASH_CONFIDENCE_MEDIUM);
        break;
    case ASH_RULE_BORN: born(s, l, end); break;
    case ASH_RULE_KEY: simple(s, l, ASH_CLASS_PRIVATE_KEY, end); break;
    case ASH_RULE_TOKEN: simple(s, l, ASH_CLASS_TOKEN, end); break;
    case ASH_RULE_HASHED: simple(s, l, ASH_CLASS_PASSWORD, end); break;
    case ASH_RULE_MARK: mark(s, l, r, l->base + h->from, end); break;
    case ASH_RULE_WORD:
        /* ASCII stands alone: what is beside it is no letter. */
        if (!r->whole || ((l->base + h->from == l->text.p || !((end[-(ptrdiff_t)r->n - 1] | 32) >= 'a' && (end[-(ptrdiff_t)r->n - 1] | 32) <= 'z')) &&
                          (end >= l->text.p + l->text.n || !((*end | 32) >= 'a' && (*end | 32) <= 'z'))))
            ash_scan_word(s, r, l->no);
        break;
    case ASH_RULE_OWN: own(s, l, r, h); break;
    default: break;
    }
}

static void matches(ash_scan *s, ash_line *l)
{
    for (size_t i = 0; i < l->n_hits; i++) {
        /* A line may have been cut between a match's beginning and its end. */
        if (l->base + l->hits[i].from >= l->text.p && l->base + l->hits[i].to <= l->text.p + l->text.n + 1)
            match(s, l, &l->hits[i]);
    }
}

/* A row of the table that goes on, or not one: then the table is over. */
static bool row(ash_scan *s, ash_line *l)
{
    ash_table *t = &s->table;
    ash_line_split(l, t->delimiter);
    if (ash_view_trim(l->text).n == 0) {
        if (++t->blank >= 2)
            ash_scan_table_end(s);
        return true;
    }
    t->blank = 0;
    (void)ash_line_label_cells(l);
    if (ash_scan_table_header(s, l))
        return true;
    if (l->n_cells * 2 < t->n || l->n_cells > t->n + 8) {
        ash_record_end(s);
        ash_scan_table_end(s);
        return false;
    }
    ash_scan_table_row(s, l);
    matches(s, l);
    if (s->record.who.name == 0 && l->contact)
        ash_person_near(s, l);
    ash_record_end(s);
    return true;
}

/* A line without a table: may it begin one, or be a row of one without a header? */
static bool begin_table(ash_scan *s, ash_line *l)
{
    bool numbers = false;
    for (size_t i = 0; i < l->n_hits; i++)
        numbers |= s->rules->rules[l->hits[i].rule].kind == ASH_RULE_DIGITS;
    l->n_cells = 0;
    if ((l->n_labels == 0 || (l->n_labels == 1 && l->text.n > 100)) && !numbers)
        return false;
    char delimiter = s->delimiter != 0 ? s->delimiter : ash_line_delimiter(l);
    s->table.delimiter = delimiter;
    ash_line_split(l, delimiter);
    size_t labels = ash_line_label_cells(l);
    if (l->n_cells >= 2 && labels >= 2 && ash_scan_table_header(s, l))
        return true;
    return false;
}

static void one_label(ash_scan *s, ash_line *l)
{
    ash_table *t = &s->table;
    if (t->one == ASH_ROLE_NONE && (l->n_cells != 1 || l->text.n > 100))
        return;
    ash_view text = ash_view_trim(l->text);
    if (text.n == 0)
        return;
    if (l->n_labels >= 1 && l->n_cells == 1 && l->cells[0].role != ASH_ROLE_NONE) {
        t->one = l->cells[0].role;
        t->one_age = 0;
        return;
    }
    if (t->one == ASH_ROLE_NONE)
        return;
    bool name = t->one == ASH_ROLE_NAME;
    /* Words with capitals are too weak a name for a label on another line. */
    bool weak = name && ((unsigned char)text.p[0] & 0x80) == 0 &&
                ash_name_judge(s->rules->names, text) != ASH_NAME_FULL;
    if (l->n_labels == 0 && text.n <= 200 && t->one != ASH_ROLE_PASSWORD && !weak)
        (void)ash_value_labelled(s, l, t->one, text);
    /* Prose follows a heading: what is long is no value, and a form's has one line. */
    if (text.n > 120 || l->n_labels > 0)
        t->one = ASH_ROLE_NONE;
    t->one_age++;
}

void ash_line_scan(ash_scan *s, ash_line *l)
{
    l->contact = l->address = false;
    l->n_names = 0;
    l->marked = 0;
    if (s->table.loose != 0 && (ash_view_trim(l->text).n == 0 || l->no > s->table.loose_line + 1))
        s->table.loose = 0;
    ash_line_labels(s, l);
    if (s->table.active && row(s, l))
        return;
    if (!s->table.active && begin_table(s, l)) {
        matches(s, l); /* markings and words */
        return;
    }
    if (s->table.loose == 0 && ash_scan_table_loose(s, l))
        return;
    if (s->table.loose != 0) {
        s->table.loose_line = l->no;
        ash_record_end(s);
    }
    one_label(s, l);
    labelled_values(s, l);
    matches(s, l);
    if (s->table.loose != 0)
        ash_person_loose(s, l);
    if (l->contact && s->record.who.name == 0)
        ash_person_near(s, l);
}
