/* Labels and cells of a line. */
#include "classify/scan_internal.h"

static bool letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* A word of ASCII stands alone, or begins with a capital within a name like
 * "firstName". */
static bool stands_alone(const ash_line *l, const char *from, const char *to)
{
    const char *end = l->text.p + l->text.n;
    bool left = from == l->text.p || !letter_or_digit(from[-1]) ||
                (upper(*from) && !upper(from[-1]) && !(from[-1] >= '0' && from[-1] <= '9'));
    bool right = to >= end || !((*to >= 'a' && *to <= 'z') || (upper(*to) && upper(to[-1])));
    return left && right;
}

/* One kanji ("姓", "名", "氏", "円") is a label only apart from others: not in "名取". */
static bool apart(const ash_line *l, const char *from, const char *to)
{
    const char *end = l->text.p + l->text.n;
    ash_view next = ash_view_of(to, (size_t)(end - to));
    ash_view before = from - l->text.p >= 3 ? ash_view_of(from - 3, 3) : (ash_view){0};
    return ash_is_kanji(next) == 0 && ash_is_kana(next) == 0 && ash_is_kanji(before) == 0 &&
           ash_is_kana(before) == 0;
}

void ash_line_labels(const ash_scan *s, ash_line *l)
{
    l->n_labels = 0;
    for (size_t i = 0; i < l->n_hits; i++) {
        const ash_rule *r = &s->rules->rules[l->hits[i].rule];
        const char *from = l->base + l->hits[i].from, *to = l->base + l->hits[i].to;
        if (r->kind != ASH_RULE_ROLE || from < l->text.p ||
            (r->whole && !stands_alone(l, from, to)) ||
            (r->n == 3 && (unsigned char)*from >= 0xe4 && !apart(l, from, to)))
            continue;
        ash_label *last = l->n_labels > 0 ? &l->labels[l->n_labels - 1] : NULL;
        if (last != NULL && from >= last->from && to <= last->to)
            continue; /* within a longer one */
        while (l->n_labels > 0 && l->labels[l->n_labels - 1].to > from) {
            const ash_label *over = &l->labels[l->n_labels - 1];
            from = over->from < from ? over->from : from;
            l->n_labels--;
        }
        if (l->n_labels < ASH_LABELS_MAX)
            l->labels[l->n_labels++] = (ash_label){from, to, (ash_role)r->role};
    }
}

static ash_view unquoted(ash_view v)
{
    v = ash_view_trim(v);
    if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
        v = ash_view_trim(ash_view_of(v.p + 1, v.n - 2));
    return v;
}

void ash_line_split(ash_line *l, char delimiter)
{
    const char *end = l->text.p + l->text.n, *from = l->text.p;
    bool quoted = false;
    l->n_cells = 0;
    for (const char *p = from; p <= end; p++) {
        if (p < end && *p == '"' && delimiter != ' ' && delimiter != '\t')
            quoted = !quoted;
        bool cut = p == end || (*p == delimiter && !quoted &&
                                (delimiter != ' ' || (p + 1 < end && p[1] == ' ')));
        if (!cut)
            continue;
        if (l->n_cells < ASH_SCAN_CELLS_MAX)
            l->cells[l->n_cells++] =
                (ash_cell){.text = unquoted(ash_view_of(from, (size_t)(p - from)))};
        while (delimiter == ' ' && p + 1 < end && p[1] == ' ')
            p++;
        from = p + 1;
    }
}

char ash_line_delimiter(const ash_line *l)
{
    static const char all[] = {'\t', '|', ',', ';'};
    for (size_t i = 0; i < sizeof all; i++) {
        if (ash_view_find(l->text, all[i]) >= 0)
            return all[i];
    }
    return ash_view_find_str(ash_view_trim(l->text), ASH_VIEW_LIT("  ")) >= 0 ? ' ' : 0;
}

size_t ash_line_cell_at(const ash_line *l, const char *p)
{
    size_t low = 0, high = l->n_cells;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (p >= l->cells[mid].text.p + l->cells[mid].text.n + 1)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* A letter, a digit or a kanji: nothing that decorates. */
static bool plain_at(ash_view v, size_t i)
{
    unsigned char c = (unsigned char)v.p[i];
    return letter_or_digit((char)c) || (c >= 0xe4 && c <= 0xe9);
}

static bool plain_end(ash_view v)
{
    size_t i = v.n - 1;
    if (((unsigned char)v.p[i] & 0xc0) == 0x80 && v.n >= 3)
        i = v.n - 3; /* a kanji is three bytes */
    return plain_at(v, i) && (i + 1 == v.n || (unsigned char)v.p[i] >= 0xe4);
}

ash_view ash_undecorated(ash_view v)
{
    static const char *const around[] = {" ", "\t", ":", "*", "[", "]", "(", ")", "<", ">", "=", "-", "\"", "'", ".", ",",
                                         "#", "?", "【", "】", "「", "」", "『", "』", "〔", "〕", "■", "□", "●", "○",
                                         "◆", "◇", "・", "※", "★", "▼", "►", "•", "《", "》"};
    for (bool more = true; more && v.n > 0;) {
        more = false;
        bool front = !plain_at(v, 0), back = !plain_end(v);
        for (size_t i = 0; (front || back) && i < sizeof around / sizeof *around; i++) {
            ash_view a = ash_view_z(around[i]);
            if (front && ash_view_starts(v, a)) {
                v = ash_view_skip(v, a.n);
                more = true;
            }
            if (back && ash_view_ends(v, a)) {
                v.n -= a.n;
                more = true;
            }
        }
    }
    return v;
}

/* What a cell says besides its label may be short: "申請者の", "(必須)", "customer_". */
static ash_role cell_role(const ash_line *l, ash_view cell)
{
    ash_view v = ash_undecorated(cell);
    size_t digits = 0;
    for (size_t i = 0; i < v.n; i++)
        digits += v.p[i] >= '0' && v.p[i] <= '9';
    if (v.n == 0 || v.n > 60 || digits > 2)
        return ASH_ROLE_NONE;
    ash_role role = ASH_ROLE_NONE;
    size_t low = 0, high = l->n_labels;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (l->labels[mid].from < v.p)
            low = mid + 1;
        else
            high = mid;
    }
    const char *first = NULL, *last = NULL;
    for (; low < l->n_labels && l->labels[low].to <= v.p + v.n; low++) {
        /* Of "電話番号(自宅)" and "氏名 フリガナ" the first, unless it only says whose. */
        if (role == ASH_ROLE_NONE || role == ASH_ROLE_OTHER || role == ASH_ROLE_NAME ||
            role == ASH_ROLE_COMPANY)
            role = l->labels[low].role;
        first = first == NULL ? l->labels[low].from : first;
        last = l->labels[low].to;
    }
    if (role == ASH_ROLE_NONE)
        return role;
    size_t before = (size_t)(first - v.p), after = (size_t)(v.p + v.n - last);
    bool bracket = after > 0 && (*last == '(' || *last == ' ' || *last == '_' || *last == '[');
    return before <= 18 && (after <= 9 || (bracket && after <= 36)) ? role : ASH_ROLE_NONE;
}

size_t ash_line_label_cells(ash_line *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_cells; i++) {
        l->cells[i].role = l->n_labels == 0 ? ASH_ROLE_NONE : cell_role(l, l->cells[i].text);
        n += l->cells[i].role != ASH_ROLE_NONE;
    }
    return n;
}
