/* Names: in values, beside honorifics and titles, and near what a person is reached by. */
#include "base/text.h"
#include "classify/scan_internal.h"

static void count(ash_scan *s, ash_line *l, ash_view name, ash_confidence c, bool whole)
{
    char normal[256];
    if (name.n + 8 > sizeof normal)
        return;
    /* A label before it and an honorific behind it find the same name. */
    for (size_t i = 0; i < l->n_names; i++) {
        if (l->names[i] == name.p)
            return;
    }
    if (l->n_names < ASH_LINE_NAMES)
        l->names[l->n_names++] = name.p;
    ash_scan_found(s, ASH_CLASS_NAME, c, ash_view_of(normal, ash_name_normal(normal, name)), name, l->no);
    if (whole)
        ash_record_name(s, name, false, l->no);
}

/* Without what is behind the name: brackets, honorifics. */
static ash_view bare(ash_view v)
{
    static const char *const ends[] = {"様", "殿", "氏", "さん", "先生", "君", "御中", "印", "(印)", "(自署)", "本人", "作成", "記"};
    ptrdiff_t close = ash_view_starts(v, ASH_VIEW_LIT("(")) ? ash_view_find(v, ')') : -1;
    if (close > 0) /* "(委員)新垣 涼" */
        v = ash_view_skip(v, (size_t)close + 1);
    ptrdiff_t bracket = ash_view_find(v, '(');
    if (bracket > 0)
        v = ash_view_first(v, (size_t)bracket);
    v = ash_undecorated(v);
    static const char *const titles[] = {"Mr. ", "Ms. ", "Mrs. ", "Dr. ", "Prof. ", "Mr ", "Ms ", "Mrs ", "Dear "};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (ash_view_starts(v, ash_view_z(titles[i])))
            v = ash_view_skip(v, strlen(titles[i]));
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ash_view_ends(v, ash_view_z(ends[i])) && v.n > 6)
            v = ash_view_trim(ash_view_first(v, v.n - strlen(ends[i])));
    }
    return v;
}

/* "営業部 鈴木 一郎", "株式会社A 佐藤花子": a name within. */
static bool within(ash_scan *s, ash_line *l, ash_view v)
{
    bool boundary = true;
    for (size_t i = 0; i < v.n;) {
        ash_view rest = ash_view_skip(v, i);
        size_t n = boundary ? ash_name_at(s->rules->names, rest) : 0;
        if (n > 0) {
            count(s, l, ash_view_first(rest, n), ASH_CONFIDENCE_HIGH, true);
            return true;
        }
        size_t k = ash_is_kanji(rest);
        boundary = k == 0;
        i += k == 0 ? 1 : k;
    }
    return false;
}

static bool one(ash_scan *s, ash_line *l, ash_view text)
{
    ash_view v = bare(text);
    ash_name_kind kind = ash_name_judge(s->rules->names, v);
    if (kind == ASH_NAME_NO)
        return within(s, l, v);
    count(s, l, v, kind == ASH_NAME_FULL ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_MEDIUM,
          kind != ASH_NAME_SURNAME);
    return true;
}

bool ash_person_names(ash_scan *s, ash_line *l, ash_view text)
{
    static const char *const parts[] = {"、", ",", "・", "/", ";", "\t", "  "};
    bool any = false, gap = false;
    ash_view whole = bare(text);
    if (ash_name_judge(s->rules->names, whole) >= ASH_NAME_POSSIBLE)
        return one(s, l, whole);
    for (unsigned n = 0; text.n > 0 && n < 64; n++) {
        size_t cut = text.n, k = 1;
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            ptrdiff_t at = ash_view_find_str(text, ash_view_z(parts[i]));
            if (at >= 0 && (size_t)at < cut) {
                cut = (size_t)at;
                k = strlen(parts[i]);
            }
        }
        /* Behind a gap stands the next cell, which may be anything. */
        ash_view part = ash_view_first(text, cut);
        if (!gap || ash_name_judge(s->rules->names, bare(part)) == ASH_NAME_FULL)
            any |= one(s, l, part);
        gap = k > 0 && cut + k <= text.n && (text.p[cut] == '\t' || text.p[cut] == ' ');
        text = ash_view_skip(text, cut + k);
    }
    return any;
}

void ash_person_honoured(ash_scan *s, ash_line *l, const char *end)
{
    static const char *const all[] = {"様", "殿", "さん", "氏", "先生", "君"};
    ash_view v = ash_view_of(l->text.p, (size_t)(end - l->text.p));
    /* Where patterns end in what follows, that is at most three bytes. */
    for (size_t back = 0; back <= 3; back++) {
        ash_view w = ash_view_first(v, v.n > back ? v.n - back : 0);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            if (!ash_view_ends(w, ash_view_z(all[i])))
                continue;
            w = ash_view_trim(ash_view_first(w, w.n - strlen(all[i])));
            size_t n = ash_name_before(s->rules->names, w);
            if (n == 0)
                return;
            ash_view name = ash_view_skip(w, w.n - n);
            bool full = ash_name_judge(s->rules->names, name) == ASH_NAME_FULL;
            count(s, l, name, full ? ASH_CONFIDENCE_HIGH : ASH_CONFIDENCE_MEDIUM, full);
            return;
        }
    }
}

/* "Mr. John Smith": capitalised words from `capital` on. */
void ash_person_titled(ash_scan *s, ash_line *l, const char *capital)
{
    const char *limit = l->text.p + l->text.n, *p = capital, *end = p;
    unsigned words = 0;
    if (limit - p > 4 && memchr(p, '.', 4) != NULL) /* "Dear Ms. Johnson": found by the other */
        return;
    while (p < limit && words < 4 && *p >= 'A' && *p <= 'Z') {
        while (p < limit && (((*p | 32) >= 'a' && (*p | 32) <= 'z') || *p == '.' || *p == '-' || *p == '\'' || (*p & 0x80) != 0))
            p++;
        words++;
        end = p;
        if (p >= limit || *p != ' ')
            break;
        p++;
    }
    while (end > capital && end[-1] == '.')
        end--;
    ash_view name = ash_view_of(capital, (size_t)(end - capital));
    ash_name_kind kind = ash_name_judge(s->rules->names, name);
    /* After a title one word is a surname. */
    if (words >= 2 && kind != ASH_NAME_NO)
        count(s, l, name, ASH_CONFIDENCE_MEDIUM, true);
    else if (words == 1 && name.n >= 3 && name.n <= 20)
        count(s, l, name, ASH_CONFIDENCE_MEDIUM, false);
}

/* A known given name and a capitalised word after it, anywhere in v. */
static bool latin_within(ash_scan *s, ash_line *l, ash_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        bool begins = v.p[i] >= 'A' && v.p[i] <= 'Z' && (i == 0 || strchr(" ,\t:;<(\"|", v.p[i - 1]) != NULL);
        if (!begins)
            continue;
        size_t n = i;
        unsigned words = 0;
        size_t end = i;
        while (n < v.n && words < 3 && v.p[n] >= 'A' && v.p[n] <= 'Z') {
            while (n < v.n && (((v.p[n] | 32) >= 'a' && (v.p[n] | 32) <= 'z') || v.p[n] == '-' || v.p[n] == '\''))
                n++;
            end = n;
            words++;
            if (n >= v.n || v.p[n] != ' ')
                break;
            n++;
        }
        ash_view name = ash_view_of(v.p + i, end - i);
        ptrdiff_t space = ash_view_find(name, ' ');
        if (words >= 2 && space > 0 && ash_name_is_given_latin(s->rules->names, ash_view_first(name, (size_t)space)) &&
            ash_name_judge(s->rules->names, name) == ASH_NAME_FULL) {
            count(s, l, name, ASH_CONFIDENCE_MEDIUM, true);
            return true;
        }
        i = end > i ? end : i;
    }
    return false;
}

void ash_person_loose(ash_scan *s, ash_line *l)
{
    char digits[8];
    if ((s->table.loose & UINT64_C(1) << ASH_ROLE_NAME) != 0 && l->n_names == 0)
        (void)(within(s, l, l->text) || latin_within(s, l, l->text));
    if ((s->table.loose & UINT64_C(1) << ASH_ROLE_BIRTH) == 0)
        return;
    bool begins = true;
    for (size_t i = 0; i < l->text.n; i++) {
        size_t n = begins ? ash_birth_date(ash_view_skip(l->text, i), digits) : 0;
        if (n >= 8) {
            ash_value_birth(s, l, digits, ash_view_of(l->text.p + i, n));
            return;
        }
        begins = l->text.p[i] == ' ';
    }
}

void ash_person_near(ash_scan *s, ash_line *l)
{
    if (within(s, l, l->text) || latin_within(s, l, l->text))
        return;
    /* A signature: the name stands on a line above. */
    const char *end = l->text.p;
    for (unsigned up = 0; up < 3 && end > l->base; up++) {
        const char *to = end - 1;
        const char *nl = to > l->base ? memrchr(l->base, '\n', (size_t)(to - l->base)) : NULL;
        const char *from = nl == NULL ? l->base : nl + 1;
        ash_view v = bare(ash_view_of(from, (size_t)(to - from)));
        if (v.n > 0 && ash_name_judge(s->rules->names, v) == ASH_NAME_FULL) {
            count(s, l, v, ASH_CONFIDENCE_MEDIUM, true);
            return;
        }
        end = from;
    }
}
